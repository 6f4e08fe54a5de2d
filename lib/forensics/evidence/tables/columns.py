"""What the columns of a table hold, judged by their cells: a time, a clock of its own, measurements, labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pyarrow as pa

from forensics import declarations
from forensics.evidence import stamps
from forensics.evidence.folder_days import Days
from forensics.evidence.tables.layout import MISSING, Layout
from forensics.evidence.tables.rows import column
from forensics.store import Store

SAMPLED = 5000
"""Rows by which columns are judged."""

MOST = 0.9
"""Of a column's filled cells, this share must be of one kind."""

FEWEST_FILLED = 0.5
"""A time that stands in fewer rows than this says little about the others."""

LONGEST_LABEL = 120
FEW_LABELS = 20
MOST_LABELS = 200
"""Different texts that a column may hold and still be a label: few, or many if they are fewer than half of its rows."""

_MISSING = "|".join(re.escape(word) for word in sorted(MISSING) if word)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the times of a column are read."""

    read: str = "none"
    """`epoch`, `zoned`, `local`, `strptime`, `days` (since 1899-12-30, in UTC), or `none`."""
    patterns: tuple[str, ...] = ("%Y",)
    prefix: str = ""
    dropped: str = "$^"
    zoned: bool = False
    """Whether the stamps themselves place the instant."""


@dataclass(frozen=True, slots=True)
class Value:
    """How the numbers of a column are read."""

    unit: str | None = None
    suffixes: tuple[str, ...] = ()
    """What may stand behind a number in the cell itself."""
    worths: tuple[float, ...] = ()
    """What one of each suffix is worth in the unit."""
    comma: bool = False
    """Whether a comma stands for the decimal point."""
    grouped: bool = False
    """Whether a comma may stand between thousands."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table is what, by position."""

    time: int | None = None
    reading: Reading = field(default_factory=Reading)
    hour: int | None = None
    """The column beside a date that holds the time of the day."""
    whole_hours: bool = False
    """Whether that column holds the number of the hour alone."""
    second: int | None = None
    """Another column that states each row's time."""
    second_reading: Reading = field(default_factory=Reading)
    clock: int | None = None
    worth: float = 1.0
    """Seconds that one unit of the clock is worth."""
    values: dict[int, Value] = field(default_factory=dict)
    """The measurements."""
    labels: tuple[int, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    """Columns that are none of these, and why: by name."""
    messages: bool = False
    """Whether a column that is called so holds messages: mostly texts of several words."""
    matrix: bool = False
    """Whether the first column holds the names of the others: who calls whom."""
    thousands: tuple[str, ...] = ()
    """Columns in which commas were taken for marks between thousands, by name."""
    ambiguous: str = ""
    """The column whose dates leave open which number is the month."""
    order_beside: dict[str, str] = field(default_factory=dict)
    """The order of day and month that other files tell of a column, by its name."""
    day: str = ""
    """A column of days beside which no time of day stands."""


_DOTTED = re.compile(r"\d\d?\.\d\d?\.\d{4}")
"""Dates with full stops: no country writes the month first so."""


_UNTIL = r" - (?:\S+ )?\d\d?:\d\d(?::\d\d)?(?: ?[AP]M)?$"
_RANGE = re.compile(_UNTIL)
"""Where a row was measured over a while, its end; the row stands at its beginning."""


def with_seconds(stamp: str) -> str:
    """Add the seconds to a stamp that ends with its minutes, as spreadsheets write them."""
    return re.sub(r"([T ]\d\d?:\d\d)( ?[AP]M)?$", r"\1:00\2", stamp.strip())


def declared() -> dict[str, Any]:
    """Return tables.toml: units, and the names that support a judgement."""
    return declarations.declared("evidence/tables.toml")


@cache
def _english() -> dict[str, str]:
    return {word: ours for ours, words in declared()["english"].items() for word in words}


def english(name: str) -> str:
    """Return what our formats call a column that is named in another language; any other name as it is written."""
    return _english().get(name.strip().lower(), name)


@cache
def units() -> dict[str, tuple[str, str, float]]:
    """Return kind, unit and worth of every way in which a unit is written."""
    return {
        written: (entry["kind"], entry["unit"], entry["worth"])
        for entry in declared()["unit"]
        for written in entry["written"]
    }


def melted(batch: pa.Table, positions: Sequence[int], most: int | None = None) -> pa.Table:
    """Return one row per cell: line, position, text. Cells are not copied."""
    part = batch.slice(0, most) if most is not None else batch
    return pa.concat_tables(
        pa.table(
            {
                "line": part["line"],
                "position": pa.repeat(pa.scalar(position, pa.int32()), part.num_rows),
                "text": part[column(position)],
            }
        )
        for position in positions
    )


def judge(store: Store, layout: Layout, batch: pa.Table, days: Days = Days()) -> Columns:  # noqa: B008  it never changes
    """Say what the columns hold, by the first rows. `days` are those that other files name."""
    positions = range(len(layout.names))
    store.lend("sampled", melted(batch, positions, SAMPLED))
    profiles = store.records("table_profile", missing=_MISSING)
    store.take_back("sampled")
    return _Judge(store, layout, batch, profiles, days).columns()


class _Judge:
    def __init__(
        self, store: Store, layout: Layout, batch: pa.Table, profiles: list[dict[str, Any]], days: Days
    ) -> None:
        self.store = store
        self.names = layout.names
        self.batch = batch
        self.delimiter = layout.delimiter
        self.profiles = profiles
        self.left_out: dict[str, str] = {}
        self.ambiguous = ""
        self.days = days
        self.order_beside: dict[str, str] = {}

    def columns(self) -> Columns:
        times = sorted(self._times(), key=lambda found: found[:2])
        chosen = times[0] if times else None
        hour = self._hour(chosen[2]) if chosen and chosen[3].read == "local" and self._is(chosen[2], "dates") else None
        day = ""
        if chosen and self._is(chosen[2], "dates") and hour is None:
            day, chosen = self.names[chosen[2]], None
        raw = self._raw()
        bare = next((at for at, of in raw.items() if self._is(of, "stamps") and self._counts_days(at)), None)
        if bare is not None and (chosen is None or chosen[2] == raw[bare]):
            times = [(0, bare, raw[bare], Reading()), *times[1:]]
            chosen, self.ambiguous = (0, bare, bare, Reading("days", zoned=True)), ""
        others = [
            found
            for found in times[1:]
            if found[3].read in ("epoch", "zoned")
            and not self._named(found[2], "late")
            and not self._named(found[2], "early")
        ]
        taken = (
            {found[2] for found in times}
            | ({bare} if bare is not None else set())
            | ({hour} if hour is not None else set())
        )
        clock = self._clock(taken) if chosen is None else None
        if clock is not None:
            taken.add(clock)
        values = {
            p["position"]: value for p in self.profiles if p["position"] not in taken and (value := self._value(p))
        }
        for at in [at for at, of in raw.items() if at in values and of in values]:
            self.left_out[self.names[at]] = "what stands before it, once more"
            del values[at]
        labels = tuple(
            p["position"]
            for p in self.profiles
            if p["position"] not in {*taken, *values, *raw, *raw.values()} and self._label(p)
        )
        return Columns(
            time=chosen[2] if chosen else None,
            reading=self._placed((chosen[2], hour), chosen[3]) if chosen else Reading(),
            hour=hour,
            whole_hours=hour is not None and not self._is(hour, "hours"),
            second=others[0][2] if chosen and others else None,
            second_reading=others[0][3] if chosen and others else Reading(),
            clock=clock,
            worth=self._worth(clock) if clock is not None else 1.0,
            values=values,
            labels=labels,
            left_out=self.left_out,
            messages=any(self._named(p["position"], "message") and self._worded(p) for p in self.profiles),
            matrix=chosen is None and self._matrix(),
            thousands=tuple(self.names[at] for at, value in values.items() if value.grouped and self._holds_groups(at)),
            ambiguous=self.ambiguous,
            order_beside={n: order for n, order in self.order_beside.items() if chosen and n == self.names[chosen[2]]},
            day=day,
        )

    def _placed(self, positions: Sequence[int | None], reading: Reading) -> Reading:
        """Return how times are read: a column that is called UTC says what they leave out."""
        said = any(self._named(position, "utc") for position in positions if position is not None)
        return reading if reading.zoned or not said else replace(reading, zoned=True)

    def _worded(self, profile: dict[str, Any]) -> bool:
        return bool(profile["filled"]) and profile["worded"] >= FEWEST_FILLED * profile["filled"]

    def _matrix(self) -> bool:
        """Say whether rows and columns have the same names, nearly all of them, and all else is numbers."""
        rows = {text.strip() for text in self.batch.slice(0, SAMPLED)[column(0)].to_pylist()}
        both = rows & set(self.names[1:])
        numbers = all(self._is(position, "numbers") for position in range(1, len(self.names)))
        return len(rows) >= 3 and numbers and len(both) >= MOST * max(len(rows), len(self.names) - 1)

    def _is(self, position: int, kind: str) -> bool:
        profile = self.profiles[position]
        return bool(profile["filled"]) and profile[kind] >= MOST * profile["filled"]

    def _named(self, position: int, what: str) -> bool:
        return re.search(declared()["names"][what], english(self.names[position])) is not None

    def _times(self) -> Iterator[tuple[int, int, int, Reading]]:
        """Yield the columns that state times: how little they can be doubted, which comes first, where, how read."""
        for profile in self.profiles:
            position = profile["position"]
            if profile["filled"] < FEWEST_FILLED * profile["cells"]:
                continue
            reading = self._reading(profile)
            if reading is not None:
                edge = 6 * self._named(position, "late") or 3 * self._named(position, "early")
                doubt = 0 if reading.read == "zoned" else 2 if reading.read == "epoch" else 4
                yield edge + doubt, position, position, reading

    def _reading(self, profile: dict[str, Any]) -> Reading | None:
        position = profile["position"]
        if self._is(position, "zoned"):
            return Reading("zoned", zoned=True)
        if self._is(position, "locals") or self._is(position, "dates"):
            return Reading("local")
        if self._is(position, "epochs") and self._like_a_clock(profile):
            return Reading("epoch", zoned=True)
        if self._is(position, "stamps") and not self._is(position, "numbers"):
            return self._stamp(position)
        return None

    def _like_a_clock(self, profile: dict[str, Any]) -> bool:
        """Say whether numbers of the size of an epoch behave like one: called so, or first and never falling."""
        return self._named(profile["position"], "time") or (
            profile["position"] == 0 and profile["falls"] == 0 and profile["rising"] > 0
        )

    def _stamp(self, position: int) -> Reading | None:
        """Find the declared shape of these stamps; where day and month cannot be told apart, there is no time."""
        whole_texts = [text for text in self.batch.slice(0, SAMPLED)[column(position)].to_pylist() if text.strip()]
        texts = [_RANGE.sub("", text) for text in whole_texts]
        for stamp in stamps.load().values():
            whole = re.compile(stamp.shape, re.ASCII)
            if stamp.read != "strptime" or stamp.lacks in ("year", "date", "epoch"):
                continue
            if sum(whole.fullmatch(with_seconds(text)) is not None for text in texts) < MOST * len(texts):
                continue
            orders = stamp.choices[:1] if all(map(_DOTTED.match, texts)) else stamp.choices
            dropped = (
                "|".join(filter(None, (stamp.drop, _UNTIL if any(map(_RANGE.search, whole_texts)) else ""))) or "$^"
            )
            found = [
                Reading("strptime", tuple(stamp.patterns(order)), stamp.prefix, dropped, stamp.lacks == "")
                for order in orders or ("",)
            ]
            reads = [one for one in found if self._readable(position, one)]
            if len(reads) > 1:
                told = stamps.american_order(stamp, texts)
                if not told and (told := self.days.order(stamps.orders(stamp.name, texts))):
                    self.order_beside[self.names[position]] = told
                reads = [one for one in reads if one.patterns == tuple(stamp.patterns(told))] if told else reads
            if len(reads) > 1:
                self.ambiguous = self.names[position]
            return reads[0] if len(reads) == 1 else None
        return None

    def _readable(self, position: int, reading: Reading) -> bool:
        places = self.places(position, reading)
        return bool(places["time"].null_count <= (1 - MOST) * len(places))

    def places(self, position: int, reading: Reading) -> pa.Table:
        """Read the times of a column of the sample."""
        part = self.batch.slice(0, SAMPLED)
        return placed(self.store, part[column(position)], reading)

    def _raw(self) -> dict[int, int]:
        """Return the columns that hold bare what another one shows to people, with that one."""
        names = [name.strip() for name in self.names]
        found = {at: re.search(declared()["names"]["raw"], name) for at, name in enumerate(names)}
        return {at: names.index(one[1]) for at, one in found.items() if one and one[1] in names}

    def _counts_days(self, position: int) -> bool:
        profile = self.profiles[position]
        counted = profile["commas"] + profile["numbers"] >= MOST * profile["filled"]
        places = self.places(position, Reading("days", zoned=True))
        return bool(profile["filled"] and counted and places["time"].null_count == 0)

    def _hour(self, date: int) -> int | None:
        """Find the time of day beside a date, or else a column of hours that is called so."""
        beside = (at for at in (date + 1, date - 1) if 0 <= at < len(self.names) and self._is(at, "hours"))
        return next(beside, None) or next((at for at in range(len(self.names)) if self._counts_hours(at)), None)

    def _counts_hours(self, position: int) -> bool:
        """Say whether a column holds the hours of a day, as numbers; what happens in an hour is another thing."""
        if not self._named(position, "hour") or re.search(r"(?i)per[ _.-]?h", self.names[position]):
            return False
        texts = {text.strip() for text in self.batch.slice(0, SAMPLED)[column(position)].to_pylist()}
        return bool(texts) and all(re.fullmatch(r"[01]?\d|2[0-3]", text) for text in texts)

    def _clock(self, taken: set[int]) -> int | None:
        """Find a column that counts from some start: called so, never falling, and nearly always rising.

        Where each row has an identifier of its own, it is a thing, and the column says for how long it lasts.
        """
        if any(self._named(p["position"], "identifier") and p["kinds"] == p["cells"] for p in self.profiles):
            return None
        for profile in self.profiles:
            position = profile["position"]
            if position in taken or not self._named(position, "clock") or not self._is(position, "numbers"):
                continue
            if profile["falls"] == 0 and profile["least"] >= 0 and (profile["rising"] > 0 or profile["cells"] == 1):
                return int(position)
        return None

    def _worth(self, clock: int) -> float:
        found = re.search(r"(?i)(ms|millis|min|minutes?)\W*$", self.names[clock])
        return 1.0 if found is None else 0.001 if found[1].lower().startswith(("ms", "mil")) else 60.0

    def _value(self, profile: dict[str, Any]) -> Value | None:
        """Say how a column's numbers are read, or None when it holds none."""
        position, filled = profile["position"], profile["filled"]
        name, filled = self.names[position], filled - profile["missing"]
        if not profile["filled"]:
            self.left_out[name] = "empty"
            return None
        if self._named(position, "measureless") and self._is(position, "numbers"):
            return None
        by_name = name_unit(name)
        grouped = self._grouped(profile)
        if profile["numbers"] + profile["grouped_numbers"] * grouped >= MOST * filled:
            return Value(by_name, grouped=grouped)
        comma = self.delimiter == ";" and profile["commas"] + profile["numbers"] >= MOST * filled
        if comma:
            return Value(by_name, comma=True)
        if self.delimiter == ";" and profile["comma_united"] >= MOST * filled and filled and not profile["united"] > 0:
            united = self._united(profile["comma_suffixes"], grouped=False)
            return replace(united, comma=True) if united else None
        if filled and profile["united"] >= MOST * filled and (grouped or not profile["grouped"]):
            return self._united(profile["suffixes"], grouped=grouped)
        return None

    def _grouped(self, profile: dict[str, Any]) -> bool:
        """Say whether commas part thousands: nothing in the column says otherwise, and it says so itself or lies between
        commas, where a decimal comma would need quotes as well but hardly ever has three digits behind it throughout."""
        said = self.delimiter == "," or profile["surely_grouped"] > 0
        return bool(said and not profile["ungroupable"])

    def _holds_groups(self, position: int) -> bool:
        return bool(self.profiles[position]["grouped"])

    def _united(self, suffixes: list[str], *, grouped: bool) -> Value | None:
        known = [units().get(suffix) for suffix in suffixes if suffix]
        if not known or None in known or len({found[0] for found in known if found}) > 1:
            return None
        base = known[0] if len(known) == 1 else next(found for found in units().values() if found[0] == known[0][0])  # type: ignore[index]
        assert base is not None
        worths = tuple(found[2] / base[2] for found in known if found)
        return Value(base[1], tuple(s for s in suffixes if s), worths, grouped=grouped)

    def _label(self, profile: dict[str, Any]) -> bool:
        """Say whether a column tells one series from another."""
        position = profile["position"]
        name = self.names[position]
        if not profile["filled"]:
            return False
        if self._is(position, "truths"):
            self.left_out[name] = "true or false"
            return False
        if self._is(position, "numbers") and (profile["kinds"] > 20 or profile["ones"] >= 0.9 * (profile["cells"] - 1)):
            self.left_out[name] = "numbers that name or number the rows"
            return False
        few = profile["kinds"] <= max(FEW_LABELS, min(MOST_LABELS, profile["cells"] // 2))
        if profile["longest"] > LONGEST_LABEL or not few or profile["filled"] < FEWEST_FILLED * profile["cells"]:
            self.left_out[name] = "text"
            return False
        return True


def name_unit(name: str) -> str | None:
    """Return the unit that a name ends in, as in `wait_ms`, `Latency(s)` or `requests_per_s`."""
    if re.search(r"\d%$", name):
        return None  # a percentile
    bare = re.sub(r"(?i)[_ .-](?:p\d+|avg|mean|min|max|median|sum|total)$", "", name)
    rate = re.search(r"(?i)(?:per[_ ]|/)(s|m)(?:ec|econd|in|inute)?[)\]]?$", bare)
    if rate:
        return "/s" if rate[1].lower() == "s" else "/min"
    found = re.search(r"[(\[]([^()\[\]]+)[)\]]$", bare) or re.search(r"(?:^|[_ .-])([A-Za-zµμ]+)$", bare)
    known = (units().get(found[1]) or units().get(found[1].lower())) if found else None
    return known[1] if known else None


def placed(store: Store, stamp: Any, reading: Reading, *, clock: Any | None = None, worth: float = 1.0) -> pa.Table:
    """Return time and clock_s of rows, in their order."""
    nothing = pa.nulls(len(stamp), pa.string())
    store.lend("arrived", pa.table({"stamp": stamp, "clock": nothing if clock is None else clock}))
    found = store.arrow(
        "table_places",
        read=reading.read,
        prefix=reading.prefix,
        dropped=reading.dropped,
        patterns=list(reading.patterns),
        worth=worth,
    )
    store.take_back("arrived")
    return found
