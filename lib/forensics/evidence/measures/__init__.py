"""Numbers in the outputs of commands, as declared in measures/*.toml; the lines themselves stay what they are.

A command's output rarely says when it was taken. A line above it that holds nothing but a time dates it, or the `date`
that was saved beside it under the same name; otherwise its samples have no time.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import pyarrow as pa

from forensics.evidence import lines, pattern_holds
from forensics.evidence.content import Content
from forensics.evidence.patterns import group_names
from forensics.evidence.tables.columns import declared, name_unit
from forensics.model import Problem
from forensics.store import Store

LARGEST = 8 * 1024 * 1024
"""Bytes; an output of a command is small, and a larger text is a log."""

NUMBERS, OUTPUTS = "number-table", "command-outputs"
"""What a text is called that no declared format fits, and that is a table of numbers, or what several commands printed."""

TERMINAL = "terminal"
"""The format in which the output of any command may stand."""

NEVER = "$^"
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Value:
    """One number that a line tells."""

    name: str
    """What it measures; `{part}` at its end is what the line calls it."""
    value: str
    """The part of the pattern that holds it."""
    unit: str = ""
    of: str = ""
    """The part that holds the whole, for shares."""
    reads: str = "number"
    """`number`, `lasted` (a duration, in ms), `share` of the whole, `rest` to the whole, `pairs` of name=value
    which are statistics of it, `fields` of name=value between commas."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One kind of line, or one kind of table, that tells numbers."""

    name: str
    formats: tuple[str, ...]
    """Formats of text in which it is looked for; `*` is text that no declared format fits."""
    pattern: str
    context: str
    """Lines whose parts hold for all lines below them."""
    leave: str
    """Lines that are left alone although the pattern fits."""
    wraps: str
    """Lines that go on in the next one, where that is indented."""
    when: str
    """A part that must have been found, on the line or above it; empty: none."""
    unless: str
    """A part that must not have been found."""
    header: str
    """Instead of a pattern: the line that names the columns of the rows below it."""
    skips: tuple[str, ...]
    """Words of such a header that name no measurement."""
    prefix: str
    labels: dict[str, str]
    """Labels, and the parts of the pattern, or the words of the header, that hold them; `=text` is that text."""
    values: tuple[Value, ...]
    examples: tuple[dict[str, Any], ...]
    rejects: tuple[dict[str, Any], ...]

    @property
    def telling(self) -> str:
        """What a line must fit for the measure to be looked for: the line above, where those below go over two."""
        return self.pattern if self.wraps == NEVER else self.context


@dataclass(frozen=True, slots=True)
class Measured:
    """What numbers a text gave."""

    samples: int
    mostly: bool
    """Whether at least half of the lines gave some, so that the text is a table of numbers more than anything else."""
    kinds: int
    """How many declared measures fitted lines of it."""
    covers: tuple[datetime, datetime] | None
    stated: bool
    """Whether its own times name their zone."""
    problems: tuple[Problem, ...]


@cache
def load() -> tuple[Measure, ...]:
    """Return all measures that ship with the library."""
    folder = files("forensics.evidence").joinpath("measures")
    return tuple(
        _measure(entry)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["measure"]
    )


def _measure(entry: dict[str, Any]) -> Measure:
    return Measure(
        entry["name"],
        tuple(entry["formats"]),
        entry.get("pattern", ""),
        entry.get("context", f"{NEVER}(?P<none>)"),
        entry.get("leave", NEVER),
        entry.get("wraps", NEVER),
        entry.get("when", ""),
        entry.get("unless", ""),
        entry.get("header", ""),
        tuple(entry.get("skips", ())),
        entry.get("prefix", ""),
        dict(entry.get("labels", {})),
        tuple(Value(**value) for value in entry.get("value", ())),
        tuple(entry.get("example", ())),
        tuple(entry.get("reject", ())),
    )


def read(store: Store, path: str, content: Content, fmt: str, *, declared_format: bool = True) -> Measured | None:
    """Put the numbers of a text into the samples; None when it holds none that are declared."""
    name = fmt if declared_format else _ANY
    spoken = [measure for measure in load() if name in measure.formats or name == TERMINAL]
    if not (spoken or name == _ANY) or content.size > LARGEST:
        return None
    store.run("table_macros")
    store.run("measure_macros")
    store.run("measure_begin")
    before = None
    for chunk in lines.chunks(content.view):
        store.lend("chunk", chunk.table)
        store.run("measure_lines", before=before)
        store.take_back("chunk")
        before = store.one("measure_last")
    fitting = [one for one in spoken if one.header or store.one("measure_fits", pattern=one.telling)]
    for measure in fitting:
        _fill(store, path, measure)
    if name == _ANY:
        _runs(store, path)
    row = store.records("table_covers", path=path)[0]
    samples, telling, filled = store.rows("measure_count", path=path)[0]
    covers = (row["first_time"], row["last_time"]) if row["first_time"] else None
    problems = (*_problems(store, path, row), *_untimed(row, name))
    stated = any("(?P<stamp>" in one.pattern + one.context for one in fitting) or any(
        one.header and store.one("measure_stated", header=one.header) for one in fitting
    )
    return Measured(samples, telling >= filled / 2, len(fitting), covers, stated, problems) if samples else None


def several(fmt: str, texts: Sequence[str]) -> bool:
    """Say whether these lines hold outputs of commands besides the one of this format, all of which are read in any text.

    Of a format that reads no output, two are several.
    """
    whole = "\n".join(texts)
    fitting = [
        one
        for one in load()
        if pattern_holds.all_held(wanted := one.header or one.telling, whole)
        and any(re.search(wanted, line) for line in texts)
    ]
    own = [one for one in fitting if fmt in one.formats]
    others = {one.header or one.telling for one in fitting if _ANY in one.formats and fmt not in one.formats}
    return all(_ANY in one.formats for one in own) and len(others) > (0 if own else 1)


def _fill(store: Store, path: str, measure: Measure) -> None:
    if measure.header:
        store.run(
            "measure_header",
            path=path,
            header=measure.header,
            prefix=measure.prefix,
            labels=list(measure.labels),
            labelled=list(measure.labels.values()),
            skipped=list(measure.skips),
        )
        return
    store.run(
        "measure_pattern",
        path=path,
        pattern=measure.pattern,
        groups=group_names(measure.pattern),
        context=measure.context,
        context_groups=group_names(measure.context),
        leave=measure.leave,
        wraps=measure.wraps,
        when=measure.when,
        unless=measure.unless,
        label_names=list(measure.labels),
        label_groups=list(measure.labels.values()),
        names=[value.name for value in measure.values],
        values=[value.value for value in measure.values],
        wholes=[value.of for value in measure.values],
        units=[value.unit for value in measure.values],
        reads=[value.reads for value in measure.values],
    )


# ---- runs of lines of numbers, under a line that names them ----------------------------------------------------------


def header_names(header: str) -> list[str]:
    """Return what a header calls its columns: `pool(active/idle)` names two, `t(s)` one."""
    found = []
    for word in re.findall(r"[^\s()/|,]+(?:\([^()]*\))?", header.strip().strip("|")):
        group, _, inner = word.partition("(")
        parts = inner.rstrip(")").split("/") if "/" in inner else []
        found += [f"{group}.{part.strip()}" for part in parts] or [word]
    return found


def _runs(store: Store, path: str) -> None:
    """Put the numbers of undeclared tables into the samples."""
    store.run("measure_runs")
    rows: list[tuple[int, int, str, str | None, int, float]] = []
    for run, width, header in store.rows("measure_headers"):
        names = header_names(header or "")
        if len(names) != width or any(re.fullmatch(r"[\d.]+", name) for name in names):
            continue
        ticks = re.search(declared()["names"]["clock"], names[0]) is not None
        worth = 0.001 if "ms" in names[0] else 1.0
        rows += [(run, place, name, name_unit(name), 1 if ticks else 0, worth) for place, name in enumerate(names, 1)]
    fields = {
        "run": pa.int64(),
        "place": pa.int64(),
        "name": pa.string(),
        "unit": pa.string(),
        "clock": pa.int64(),
        "worth": pa.float64(),
    }
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    store.lend(
        "names",
        pa.table(
            [pa.array(values, kind) for values, kind in zip(columns, fields.values(), strict=True)], names=list(fields)
        ),
    )
    store.run("measure_numbers", path=path)
    store.take_back("names")


def _problems(store: Store, path: str, told: dict[str, Any]) -> Iterator[Problem]:
    if told["clocked"]:
        yield Problem(
            "relative-clock",
            f"{told['clocked']:,} numbers stand on a clock of their own, from {told['first_s']:g} s to {told['last_s']:g} s: "
            "the file does not say on which day, or since when",
            "state when the clock stood at 0: -p anchors='FILE=2031-04-02T07:30:00Z'",
            leaves_open="When, by the clocks of the other evidence, did this happen?",
        )
    unknown = store.one("measure_unknown", path=path)
    if unknown:
        yield Problem(
            "minus-one",
            f"{unknown:,} numbers are -1, where nothing else is below 0: they mean that nothing was known yet",
        )


def _untimed(told: dict[str, Any], fmt: str) -> Iterator[Problem]:
    """Say that numbers on a terminal have no times: a command comes after the time above it, nobody knows how long."""
    open_ones = told["records"] - told["timed"] - told["clocked"]
    if open_ones and fmt == TERMINAL:
        yield open_numbers(open_ones)


def open_numbers(count: int) -> Problem:
    """Say that so many numbers on a terminal have no times."""
    numbers = (
        "1 number that a command printed has no time of its own: it lies"
        if count == 1
        else (f"{count:,} numbers that commands printed have no times of their own: they lie")
    )
    return Problem(
        "no-time",
        f"{numbers} between the times that the recording holds before and after {'its command' if count == 1 else 'their commands'}",
        "print the time with each command: date -u +%FT%TZ; df -h. Or record it: script -T TIMES FILE",
        leaves_open="When exactly was it so?",
    )


# ---- times from the lines themselves -------------------------------------------------------------------------------


def line_times(store: Store, captures: Sequence[str]) -> None:
    """Give samples without a time the one that their own line states, or that the capture's first line does: years and
    zones of these are known only once all files are read."""
    if captures:
        store.run("measure_line_times", captures=list(captures))
        store.run("measure_block_times", captures=list(captures))


# ---- times from the `date` beside it -------------------------------------------------------------------------------


def date_beside(store: Store) -> dict[str, tuple[str, datetime, Problem]]:
    """Give the samples of a capture without a time the time of the `date` that was saved with it; return by path which
    that is, its time, and what to say of it.

    The two belong together when the folder holds one such capture alone, or when their names have the same ending,
    as in df-early.txt and date-early.txt.
    """
    dates = dict(store.rows("measure_dates"))
    undated = [path for (path,) in store.rows("measure_undated")]
    told = {}
    for path in undated:
        date = date_of(path, dates, undated)
        if date is not None:
            store.run("measure_dated", path=path, time=dates[date])
            words = f"its numbers have the time that {date} states, the date that was saved with it"
            told[path] = (date, dates[date], Problem("time-from-date", words))
    return told


def untimed(store: Store, captures: Sequence[str]) -> dict[str, list[Problem]]:
    """Return what is to be said of captures whose numbers have no time: when the command was run, nothing tells."""
    told = {}
    for path, samples, times, name, differ in store.rows("measure_untimed", captures=list(captures)):
        several = (
            f"; {name} stands in it {times:,} times{', with other values' if differ else ''}: more than one moment"
            if times > 1
            else ""
        )
        numbers = "its number has" if samples == 1 else f"its {samples:,} numbers have"
        problem = Problem(
            "no-time",
            f"{numbers} no time: the output does not state when the command was run, and no date was saved with it{several}",
            "let a time stand above the output: (date -u +%FT%TZ; COMMAND) > FILE",
            leaves_open="When was it so?",
        )
        told[path] = [problem]
    return told


def date_of(path: str, dates: Mapping[str, datetime], captures: Iterable[str]) -> str | None:
    """Return which of the captures of `date`, by their paths, was saved with a capture; None where that is not plain.

    Of `disk-usage.txt` the whole name is the command's where one of the other `captures` is `disk-usage-late.txt`.
    """
    near = [other for other in dates if other.rpartition("/")[0] == path.rpartition("/")[0]]
    stem = _stem(path)
    ending = "" if any(_stem(other) == f"{stem}-{_ending(other)}" for other in captures) else _ending(path)
    fitting = near if len(near) == 1 else [other for other in near if _ending(other) == ending]
    return fitting[0] if len(fitting) == 1 else None


def _stem(path: str) -> str:
    """Return the name of a file without what follows its last point, and with one kind of join between its words."""
    name = path.rpartition("/")[2]
    return re.sub(r"[-_.]", "-", name.rpartition(".")[0] or name)


def _ending(path: str) -> str:
    """What follows the command in a file's name: `before` in ferry-before.txt."""
    return _stem(path).rpartition("-")[2] if "-" in _stem(path) else ""
