"""The inventory of an incident folder as lines of a terminal: files, problems, coverage, databases, lines not read."""

from __future__ import annotations

import tempfile
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forensics.evidence import reading
from forensics.findings import coverage, inventory
from forensics.model import Json, Parameters
from forensics.report import strip
from forensics.report.words import clip, plural
from forensics.store import Store
from forensics.workbench import holdings

NAMES = 40
"""Characters of a path that a row shows; a longer one has a line of its own."""

LEAST_WIDTH, WIDE = 60, 150
"""Columns: narrower terminals are treated as this wide; from `WIDE` on, a file is told on one line."""

STRIP = 60
"""Columns of time in the coverage strip, where there is room."""

LONGEST_NAME = 34
"""Characters of a path beside its strip."""

MOST_TABLES = 60
MOST_SHOWN = 500
"""Lines of the quarantine that are shown one by one."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a folder holds."""

    entries: list[Json]
    """As in result.json."""
    coverage: list[Json]
    tables: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]
    """One record for each file and reason."""
    lines: list[dict[str, Any]]
    """The first of the lines that could not be read, one by one."""

    @property
    def whole(self) -> bool:
        """Whether all of it was read as it is."""
        return not inventory.reserved({"evidence": self.entries})


def inspect(folder: Path, parameters: Parameters) -> Inspection:
    """Read a folder, without writing anything, as far as an inventory needs it."""
    with (
        tempfile.TemporaryDirectory(prefix="forensics-inspect-") as private,
        Store(Path(private) / "inventory.duckdb", frugal=True) as store,
    ):
        entries = reading.read(folder, store, Path(private), parameters=parameters)
        return Inspection(
            [entry.json() for entry in entries],
            coverage.coverage(store),
            store.records("database_inventory"),
            store.records("quarantine_grouped"),
            store.records("quarantine_shown", most=MOST_SHOWN),
        )


def told(found: Inspection, width: int, *, unicode: bool = True, each_line: bool = False) -> list[str]:
    """Return the lines that a terminal of this width shows; nothing in them acts on it."""
    width = max(width, LEAST_WIDTH)
    if not found.entries:
        return ["The folder holds no file."]
    lines = [line for entry in found.entries for line in _entry(entry, width)]
    for title, section in (
        ("Coverage", [*_coverage(found.coverage, width, unicode), *_unplaced(found.entries)]),
        ("Databases", _tables(found.tables)),
        ("Lines that could not be read", _quarantine(found, width, each_line)),
        ("Left open", _open(found.entries, width)),
        ("In all", _totals(found.entries)),
    ):
        if section:
            lines += ["", title, *(f"  {line}".rstrip() for line in section)]
    shown = [visible(line) for line in lines]
    return shown if unicode else [_ascii(line) for line in shown]


def visible(text: str) -> str:
    """Write whatever could act on a terminal as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _ascii(text: str) -> str:
    for typographic, plain in {"“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "×": "x", "µ": "u"}.items():
        text = text.replace(typographic, plain)
    return text.encode("ascii", "backslashreplace").decode("ascii")


# ---- files ---------------------------------------------------------------------------------------------------------


def _entry(entry: Json, width: int) -> list[str]:
    name = entry["path"]
    fmt = f"{entry['kind']}: {entry['format'] or 'no format'} ({holdings.how(entry)})"
    read = plural(entry["records"], "record")
    read += f" of {plural(entry['lines']['physical'], 'line')}" if entry["lines"] else ""
    facts = [entry["status"], fmt, read, _span(entry["covers"]), holdings.clock(entry).removeprefix(holdings.NONE)]
    above = [name] if len(name) > NAMES and width >= WIDE else []
    head = f"{'' if above else name:{NAMES}}  {entry['status']:13}"
    if width >= WIDE:
        first = [*above, f"{head}  {clip(fmt, 46):46}  {read:32}  {facts[3]:43}  {facts[4]}".rstrip()]
    else:
        first = [head.rstrip(), *_wrapped("; ".join(fact for fact in facts[1:] if fact), width, "    ")]
    return first + [line for problem in entry["problems"] for line in _problem(problem, width)]


def _span(covers: Json | None) -> str:
    if covers is None:
        return "no time"
    if isinstance(covers["start"], dict):
        if "offset_s" in covers["start"]:
            return f"{covers['start']['offset_s']:,.12g} s – {covers['end']['offset_s']:,.12g} s of its own"
        return f"{covers['start']['written']} – {covers['end']['written']} (as written)"
    start, end = covers["start"][:19], covers["end"][:19]
    return f"{start}Z – {end[11:] if end[:10] == start[:10] else end}Z"  # whatever clock it keeps


def _problem(problem: Json, width: int) -> list[str]:
    where = f" (line {problem['line']:,})" if problem["line"] else ""
    lines = _wrapped(f"! {problem['message']}{where}", width, "    ", "      ")
    if problem["leaves_open"]:
        lines += _wrapped(f"leaves open: {problem['leaves_open']}", width, "      ", "        ")
    if problem["remedy"]:
        lines.append(
            f"      collect: {problem['remedy']}"
        )  # a command is not broken over lines: it is there to be copied
    return lines


def _wrapped(text: str, width: int, first: str, others: str = "") -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()), width, initial_indent=first, subsequent_indent=others or first, break_long_words=False
    )


# ---- the rest ------------------------------------------------------------------------------------------------------


def _coverage(held: Sequence[Json], width: int, unicode: bool) -> list[str]:
    marks = strip.BLOCKS if unicode else strip.PLAIN
    names = min(LONGEST_NAME, max((len(one["path"]) for one in held), default=0))
    return strip.strip(held, max(20, min(STRIP, width - names - 8)), marks, names)


def _unplaced(entries: Sequence[Json]) -> list[str]:
    """List the files whose times no clock places: they are on no common axis."""
    return [
        f"{entry['path']}  {_span(entry['covers'])}: on no common clock"
        for entry in entries
        if entry["covers"] and isinstance(entry["covers"]["start"], dict)
    ]


def _tables(tables: Sequence[dict[str, Any]]) -> list[str]:
    """List the tables that hold rows, or of which it is not known; of virtual ones the rows stand in the tables under them."""
    virtual = [one for one in tables if one["is_virtual"] and one["rows"] == 0]
    filled = [one for one in tables if one["rows"] != 0]
    rows = [["database", "table", "rows", "first write", "last write", "broken rules"]]
    rows += [
        [
            one["path"],
            one["table"],
            f"{one['rows']:,}" if one["rows"] is not None else "not known",
            _time(one["first_write"]),
            _time(one["last_write"]),
            one["broken_rules"] or "none",
        ]
        for one in filled[:MOST_TABLES]
    ]
    empty = len(tables) - len(filled) - len(virtual)
    left = [(len(filled) - MOST_TABLES, "more table"), (empty, "empty table"), (len(virtual), "virtual table")]
    more = [plural(count, what) for count, what in left if count > 0]
    return [*_columns(rows), *([f"and {' and '.join(more)}"] if more else [])] if tables else []


def _time(time: Any) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time is not None else "not known"


def _quarantine(found: Inspection, width: int, each_line: bool) -> list[str]:
    if each_line:
        lines = [
            f"{one['path']}:{one['line']}  {one['length']:,} bytes from byte {one['offset']:,}; {one['reason']}: {clip(one['shown'], 160)}"
            for one in found.lines
        ]
        left = sum(one["lines"] for one in found.quarantine) - len(lines)
        return [*lines, *([f"and {left:,} more"] if left else [])]
    return [
        line
        for one in found.quarantine
        for line in _wrapped(
            f"{one['lines']:,} of {one['path']}: {one['reason']}; the first is line {one['first_line']:,}: {clip(one['shown'], 80)}",
            width - 2,
            "",
            "  ",
        )
    ]


def _open(entries: Sequence[Json], width: int) -> list[str]:
    """List the questions that problems leave open, each with the files that would answer it."""
    files: dict[str, list[str]] = {}
    for entry in entries:
        for problem in entry["problems"]:
            if problem["leaves_open"] and entry["path"] not in files.setdefault(problem["leaves_open"], []):
                files[problem["leaves_open"]].append(entry["path"])
    return [
        line
        for question, paths in files.items()
        for line in _wrapped(f"{question} ({_listed(paths)})", width - 2, "", "  ")
    ]


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")


def _totals(entries: Sequence[Json]) -> list[str]:
    states = Counter(entry["status"] for entry in entries)
    counted = [entry for entry in entries if entry["lines"]]
    lines: Counter[str] = Counter()
    for entry in counted:
        lines[holdings.how(entry)] += entry["lines"]["physical"] - entry["lines"]["quarantined"]
    quarantined = sum(entry["lines"]["quarantined"] for entry in counted)
    kinds = {"exact": "by one declared format", "mixed": "by several", "by stamps alone": "by their stamps alone"}
    read = [f"{lines[kind]:,} {words}" for kind, words in kinds.items() if lines[kind]]
    total = sum(entry["lines"]["physical"] for entry in counted)
    return [
        f"{plural(len(entries), 'file')}, {_size(sum(entry['bytes'] for entry in entries))}: "
        + ", ".join(f"{count:,} {state}" for state, count in states.most_common()),
        f"{plural(total, 'line')}: " + ", ".join([*read, f"{quarantined:,} not read"]),
        plural(sum(entry["records"] for entry in entries), "record"),
    ]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [min(40, max(len(row[place]) for row in rows)) for place in range(len(rows[0]))]
    return ["  ".join(f"{cell:{wide}}" for cell, wide in zip(row, widths, strict=True)).rstrip() for row in rows]


def _size(count: int) -> str:
    """Say a number of bytes in the unit that people use for so many."""
    for unit, of in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= of:
            return f"{count / of:,.1f} {unit}"
    return plural(count, "byte")
