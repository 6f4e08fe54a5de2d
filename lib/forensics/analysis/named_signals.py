"""Signals found among measured numbers by their names and units: numbers that are a signal, and shares of two numbers.

What speaks for which signal is declared in signals.toml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from forensics import declarations
from forensics.analysis import pool_limits, whole_counts
from forensics.analysis.signals import Signal, Span
from forensics.lengths import lasting
from forensics.model import Parameters
from forensics.store import Store
from forensics.times import own_clock

_TELLS_LITTLE = ("count", "min", "p50", "p90")
"""Statistics that the runbook's limits are not about."""

LEAST_GAP_S = 30.0
"""Samples closer than this have no hole between them, however often others come."""

_WORDS = re.compile(r"[^a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EXPRESSION = re.compile(r"[(\[{]")
_KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+\[[^\[\](){}]*\]")
"""A key of Zabbix: behind its name stands of what it is asked."""
_QUERY = re.compile(r'"query": "(?:[^"\\]|\\.)*"(?:, )?')
"""The label that says by which query a number was asked."""
_STATED = re.compile(r'(?i)"(?:quantile|statistic|stat|percentile|aggregation|agg|le_quantile)": "([^"]*)"')


def declared() -> dict[str, Any]:
    """Return signals.toml."""
    return declarations.declared("analysis/signals.toml")


def totals() -> list[str]:
    """Return the names by which summaries tell how many requests a whole run made."""
    return list(declared()["totals"]["requests"])


@dataclass(frozen=True, slots=True)
class Series:
    """One measured series of the evidence, as the store holds it."""

    path: str
    name: str
    series: str
    unit: str
    samples: int
    most: float
    first: datetime
    told: bool
    loose: int
    whole: bool
    vantage: str
    within_s: float | None = None
    """Each of its numbers is of so many seconds before it, as the query says that gave them; None: of its instant."""

    @property
    def spoken(self) -> str:
        """Its name, as names are compared."""
        return spoken(self.name)

    @property
    def stem(self) -> str:
        """The first word of its name: what is measured twice, as a share and in parts, has it in common."""
        return self.spoken.partition("_")[0]

    @property
    def statistic(self) -> str:
        """Which statistic it holds, by its labels or its name; empty where nothing says so."""
        stated = _STATED.search(self.series)
        words = [stated[1].lower()] if stated else self.spoken.split("_")
        for ours, known in declared()["statistic"].items():
            if any(word in known and (stated or not word.replace(".", "").isdigit()) for word in words):
                return str(ours)
        return ""

    @property
    def told_as(self) -> str:
        """How it is named in a definition."""
        labels = _QUERY.sub("", self.series).replace(", }", "}")
        return self.name if labels in ("{}", "told by failing queries") else f"{self.name} {labels}"

    @property
    def of_what(self) -> str:
        """Of which time its numbers are."""
        if self.within_s:
            return f"each sample of the {lasting(self.within_s)} before it"
        if not self.whole:
            return "each sample"
        return "of the time before it was asked" if _QUERY.search(self.series) else "of the whole run"


def spoken(name: str) -> str:
    """Return a name as names are compared: small letters, words joined by one underscore. An expression is no name."""
    if _EXPRESSION.search(name) and not _KEY.fullmatch(name):
        return ""
    if not name.isascii():
        for words, ours in declared()["words"].items():
            name = re.sub(words, f" {ours} ", name)
    return _WORDS.sub("_", _HUMP.sub("_", name).lower()).strip("_")


def find(store: Store, parameters: Parameters, span: Span) -> Iterator[Signal]:
    """Fill the store's points with every signal that measured numbers hold, and yield them in the order of the declarations."""
    rows = store.records("series_measured", start=span.start, end=span.end)
    held = [Series(**{**row, "unit": str(row["unit"] or "").lower()}) for row in rows]
    for entry in declared()["signal"]:
        finder = _Finder(store, parameters, span, entry)
        found = list(finder.all([one for one in held if finder.may_speak(one)], held))
        yield from found
        if entry["name"] == "error_rate":
            counted = {one.path: one.vantage for one in held if one.whole and one.name in whole_counts.names()}
            yield from whole_counts.signals(store, found, counted)


def means(name: str) -> list[tuple[str, str, list[str]]]:
    """Return what a name may be: the signal, whether it is that itself or a share or counted, and of which names."""
    found: list[tuple[str, str, list[str]]] = []
    for entry in declared()["signal"]:
        one, said = Series("", name, "{}", "", 1, 0.0, datetime(1970, 1, 1), False, 0, False, ""), spoken(name)
        if any(re.fullmatch(pattern, said) for pattern in entry.get("except_names", ())):
            continue
        if any(re.fullmatch(pattern, said) for pattern in entry.get("direct", ())):
            found.append((entry["name"], "direct", []))
        for share in entry.get("share", ()):
            found += [(entry["name"], "share", names) for names in [_wholes(share, one)] if names]
        if any(re.fullmatch(pattern, said) for pattern in entry.get("by_status", ())):
            found.append((entry["name"], "by_status", []))
        if any(re.fullmatch(pattern, said) for pattern in entry.get("each", ())):
            found.append((entry["name"], "each", []))
        found += [(entry["name"], "counted", []) for way in entry.get("counted", ()) if re.fullmatch(way["name"], said)]
    return found


def _wholes(share: dict[str, Any], part: Series) -> list[str]:
    """Return the names of which this may be the part."""
    fits = re.fullmatch(share["part"], part.spoken)
    if fits is None:
        return []
    return [fits.expand(one).lstrip("_") for one in (*share.get("whole", ()), *share.get("plus", ()))]


class _Finder:
    """Finds the series that speak for one signal."""

    def __init__(self, store: Store, parameters: Parameters, span: Span, entry: dict[str, Any]) -> None:
        self.store, self.parameters, self.span, self.entry = store, parameters, span, entry
        self.worth: dict[str, float] = declared()["worth"][entry["unit"]]
        self.top = 100.0 if entry["unit"] == "%" else 1e12
        self.count = 0
        self.limits: pool_limits.Limits | None = None

    def may_speak(self, one: Series) -> bool:
        """Say whether nothing rules a series out."""
        if any(re.fullmatch(pattern, one.spoken) for pattern in self.entry.get("except_names", ())):
            return False
        return not any(re.search(pattern, one.series) for pattern in self.entry.get("except_labels", ()))

    def all(self, held: list[Series], every: list[Series]) -> Iterator[Signal]:
        """Yield the signals, those whose numbers are the signal itself first; shares of what these do not tell."""
        direct = [(one, itself) for one in held if (itself := self._itself(one)) is not None]
        wanted = self._judged({one.statistic for one, _ in direct})
        told: set[tuple[str, str, str]] = set()
        for one, (worth, assumed) in direct:
            told.add((one.path, one.series, one.stem))
            yield self._level(one, worth, assumed, judged=one.statistic in wanted)
        by_status = [one for one in held if self._of_a_status(one)]
        wanted = self._judged({one.statistic for one in by_status})
        for one in by_status:
            if one.statistic in wanted:
                yield self._level(one, self.worth[one.unit], "", judged=False)
        for share in self.entry.get("share", ()):
            yield from self._shares(share, held, every, told)
        for way in self.entry.get("counted", ()):
            yield from self._counted(way, held)
        yield from self._each(held)

    # ---- a number that is the signal ------------------------------------------------------------------------------

    def _itself(self, one: Series) -> tuple[float, str] | None:
        """Return what one of its numbers is worth, and what was assumed for that; None where it is no such number."""
        if not any(re.fullmatch(pattern, one.spoken) for pattern in self.entry.get("direct", ())):
            return None
        if one.statistic in _TELLS_LITTLE:
            return None
        if one.unit:
            worth = self.worth.get(one.unit)
            return None if worth is None else (worth, "")  # bytes are never compared with percent
        ending = declared()["ending"].get(one.spoken.rpartition("_")[2])
        if ending is None and one.statistic:
            ending = next((e for word in one.spoken.split("_") if (e := declared()["ending"].get(word))), None)
        if ending is not None:
            return None if ending not in self.worth else (self.worth[ending], f", unit by its name ({ending})")
        if self.entry["unit"] == "%":
            if one.most > self.top:
                return None
            fraction = one.most <= 1.0
            return (100.0 if fraction else 1.0), f", unit assumed ({'fraction' if fraction else 'percent'})"
        thousandths = one.most >= 50.0
        return (0.001 if thousandths else 1.0), f", unit assumed ({'ms' if thousandths else 's'})"

    def _of_a_status(self, one: Series) -> bool:
        """Say whether it is a statistic that a program keeps of requests by how they ended: one of some of them only, by which
        nothing is judged where one of all is there. Its unit and its statistic must be stated."""
        named = any(re.fullmatch(pattern, one.spoken) for pattern in self.entry.get("by_status", ()))
        return named and one.unit in self.worth and one.statistic not in ("", *_TELLS_LITTLE) and one.samples > 0

    def _judged(self, found: set[str]) -> set[str]:
        """Return which statistics are judged: the one asked for, or those that come nearest to it."""
        if self.entry["name"] != "response_time":
            return found
        for wanted in (self.parameters.statistic, "p95", "p99", "", "mean", "max"):
            if wanted in found:
                return {wanted}
        return found

    def _level(self, one: Series, worth: float, assumed: str, *, judged: bool) -> Signal:
        name = self._named(one)
        self.store.run(
            "points_samples",
            id=name,
            path=one.path,
            name=one.name,
            series=one.series,
            worth=worth,
            top=self.top,
            start=self.span.start,
            end=self.span.end,
        )
        if one.loose:
            assumed += f", {one.loose:,} of them at the earliest time that they can have"
        told = one.told and one.series == "told by failing queries"
        how = "told by failing queries" if told else one.of_what
        what = f"{one.told_as}, {how}{assumed}"
        return self._signal(name, what, one, told=told, judged=judged)

    # ---- a share of two numbers -----------------------------------------------------------------------------------

    def _shares(
        self, share: dict[str, Any], held: list[Series], every: list[Series], told: set[tuple[str, str, str]]
    ) -> Iterator[Signal]:
        parts = [one for one in held if (one.path, one.series, one.stem) not in told and _wholes(share, one)]
        summed = share.get("summed", False)
        if summed:
            parts = list({(one.path, one.name): one for one in reversed(parts)}.values())[::-1]
        for part in parts:
            wholes = self._whole_of(share, part, every, summed)
            together = bool(share.get("plus"))
            stated = self._stated(part) if together or not wholes else None
            if stated and stated.limit:
                told.add((part.path, part.series, part.stem))
                yield self._of_stated(part, stated.limit, stated, summed=summed)
                continue
            if not wholes:
                continue
            told.add((part.path, part.series, part.stem))
            name = self._named(part)
            self.store.run(
                "points_share",
                id=name,
                path=part.path,
                name=part.name,
                series=None if summed else part.series,
                size=_size(part),
                whole_path=wholes[0].path,
                wholes=[one.name for one in wholes],
                whole_series=None if summed else wholes[0].series,
                whole_size=_size(wholes[0]),
                plus=together,
                rest=share.get("rest", False),
                summed=summed,
                start=self.span.start,
                end=self.span.end,
            )
            if not self.store.one("points_count", id=name):
                continue
            of = " + ".join([*([part.name] if together else []), *(one.name for one in wholes)])
            what = f"{'100 % less ' if share.get('rest') else ''}{part.told_as if not summed else part.name} / {of}, {part.of_what}"
            if together:
                why = stated.said if stated else "what the pool may hold at most is not told"
                what += f", of the connections that were open: {why}"
            yield replace(self._signal(name, what, part, judged=True), joined=stated.citations if stated else ())

    def _stated(self, part: Series) -> pool_limits.Joined | None:
        """Return what configuration states that a part is a share of, where the declarations say that it may; a size in bytes is
        no count of connections."""
        if not self.entry.get("stated") or part.unit in declared()["size"]:
            return None
        if self.limits is None:
            self.limits = pool_limits.Limits.read(self.store)
        return self.limits.of(part.spoken, part.series, part.most)

    def _of_stated(self, part: Series, limit: float, stated: pool_limits.Joined, *, summed: bool) -> Signal:
        """Return the share of a limit that stands in another file."""
        name = self._named(part)
        self.store.run(
            "points_of_limit",
            id=name,
            path=part.path,
            name=part.name,
            series=None if summed else part.series,
            summed=summed,
            limit=limit,
            start=self.span.start,
            end=self.span.end,
        )
        told = part.name if summed else part.told_as
        what = f"{told} / {limit:g}, {part.of_what}, {stated.said}"
        return replace(self._signal(name, what, part, judged=True), joined=stated.citations)

    def _whole_of(self, share: dict[str, Any], part: Series, every: list[Series], summed: bool) -> list[Series]:
        """Return what the part is a share of: the first whole that is measured, or all that must be added to it."""
        names = _wholes(share, part)
        found = []
        for name in names:
            same = [one for one in every if one.spoken == name]
            beside = [one for one in same if one.path == part.path] or same
            exact = beside if summed else [one for one in beside if one.series == part.series]
            lone = beside if len({one.series for one in beside}) == 1 else []
            found += (exact or lone)[:1]
        return found if share.get("plus") and len(found) == len(names) else [] if share.get("plus") else found[:1]

    # ---- requests counted by their status -------------------------------------------------------------------------

    def _counted(self, way: dict[str, Any], held: list[Series]) -> Iterator[Signal]:
        """Yield the share of server errors among requests that counters count by status, one signal a file and name."""
        counted: dict[tuple[str, str], list[tuple[Series, bool]]] = {}
        for one in held:
            if re.fullmatch(way["name"], one.spoken):
                labels = labels_of(one.series)
                status = next((labels[key] for key in way["status"] if labels.get(key)), None)
                if status is not None and re.match(r"[1-5](\d\d|xx|XX)$", status):
                    counted.setdefault((one.path, one.name), []).append((one, status[0] == "5"))
        for (path, name), series in counted.items():
            first = series[0][0]
            id_ = self._named(first)
            chosen = pa.table({"series": [one.series for one, _ in series], "failed": [failed for _, failed in series]})
            self.store.lend("chosen", chosen)
            self.store.run(
                "points_counted",
                id=id_,
                path=path,
                name=name,
                width=self.parameters.bucket,
                start=self.span.start,
                end=self.span.end,
            )
            self.store.take_back("chosen")
            if self.store.one("points_count", id=id_):
                what = f"5xx / all that {name} counts, {self.parameters.bucket} s buckets"
                yield replace(
                    self._signal(id_, what, first, judged=True, kind="bucket"), width_s=self.parameters.bucket
                )

    def _each(self, held: list[Series]) -> Iterator[Signal]:
        """Yield what samples tell that are one request each: the chosen statistic of each bucket, one signal a file and name."""
        first: dict[tuple[str, str], Series] = {}
        for one in held:
            if (
                any(re.fullmatch(pattern, one.spoken) for pattern in self.entry.get("each", ()))
                and one.unit in self.worth
            ):
                first.setdefault((one.path, one.name), one)
        statistic, width = self.parameters.statistic, self.parameters.bucket
        for (path, name), one in first.items():
            id_ = self._named(one)
            self.store.run(
                "points_each",
                id=id_,
                path=path,
                name=name,
                worth=self.worth[one.unit],
                top=self.top,
                statistic=statistic,
                width=width,
                start=self.span.start,
                end=self.span.end,
            )
            if self.store.one("points_count", id=id_):
                what = f"{statistic} of all that {name} tells, {width} s buckets"
                signal = self._signal(id_, what, one, judged=True, kind="bucket")
                yield replace(signal, held=statistic, width_s=width)

    # ---- both -----------------------------------------------------------------------------------------------------

    def _named(self, one: Series) -> str:
        self.count += 1
        return f"{self.entry['name']}/{one.path}/{self.count}"

    def _signal(
        self, name: str, what: str, one: Series, *, judged: bool, told: bool = False, kind: str = "sample"
    ) -> Signal:
        spacing = self.store.one("points_spacing", id=name) or 0.0
        return Signal(
            name,
            self.entry["name"],
            self.entry["title"],
            self.entry["unit"],
            what,
            one.path,
            one.vantage,
            kind,
            max(3 * spacing, LEAST_GAP_S),
            told,
            judged,
            own_clock=own_clock(one.first),
            whole=one.whole,
            held=one.statistic,
            within_s=one.within_s if kind == "sample" else None,
            name=one.name,
            labels=one.series,
        )


def labels_of(series: str) -> dict[str, str]:
    """Return the labels of a series, their names in small letters; none where it has none."""
    try:
        read = json.loads(series)
    except ValueError:
        return {}
    return {str(key).lower(): str(value) for key, value in read.items()} if isinstance(read, dict) else {}


def _size(one: Series) -> float:
    """Return how many bytes one of its unit is; 1 where it counts something else."""
    known: dict[str, float] = declared()["size"]
    endings: Sequence[str] = (one.unit, one.spoken.rpartition("_")[2])
    return next((float(known[word]) for word in endings if word in known), 1.0)
