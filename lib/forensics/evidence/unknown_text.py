"""Text that no declared format fits: a format made for it, from the stamps that its lines hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from forensics.evidence import stamps
from forensics.evidence.formats import FALLBACK, Format
from forensics.evidence.patterns import LinePattern
from forensics.model import Clock

_UPPER = r"TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL|EMERGENCY|ALERT|PANIC|SEVERE"
_LEVEL = (
    rf"{_UPPER}"
    r"|trace|debug|info|notice|warning|warn|error|err|critical|crit|fatal|emerg|alert|panic"
    r"|Trace|Debug|Info|Notice|Warning|Warn|Error|Critical|Fatal"
)
_NEXT = rf"[^A-Za-z]{{{{0,12}}}}\b(?P<level>{_LEVEL})\b"
"""A level right behind the stamp."""
_NEAR = rf"(?:[^A-Za-z]{{{{0,12}}}}(?:[\w./:-]{{{{1,40}}}}[^A-Za-z]{{{{1,4}}}}){{{{1,3}}}}?\b(?P<level>{_UPPER})\b)?"
"""A level some words behind it, if there is one; in small letters it could be a word of the message."""
_PLACES = {
    "begins": (
        rf"^\W{{{{0,3}}}}(?P<time>{{shape}})\b{_NEXT}[\])}}}}>]?[:|,; \t-]{{{{0,3}}}}(?P<message>.*)$",
        rf"^\W{{{{0,3}}}}(?P<time>{{shape}})\b(?P<message>{_NEAR}.*)$",
    ),
    "leads": (rf"^\W{{{{0,3}}}}(?P<level>{_LEVEL})\W{{{{1,6}}}}(?P<time>{{shape}})\b(?P<message>.*)$",),
    "follows": (
        rf"^(?P<message>.{{{{1,80}}}}?[^\w.](?P<time>{{shape}})\b{_NEXT}.*)$",
        rf"^(?P<message>.{{{{1,80}}}}?[^\w.](?P<time>{{shape}})\b{_NEAR}.*)$",
    ),
    "ends": (r"^(?P<message>.*[^\w.](?P<time>{shape})[^\w\r\n]*)$",),
}
"""Where on a line a stamp stands, and the patterns that read such lines, the first that fits. What stands before a stamp
is kept: the message is the whole line there."""
_NAMES = list(_PLACES)
_TOLD = r"(?i:time|stamp|\bts|epoch|date|[ _]at|@)\W{1,3}"
"""What says, within a line, that the number behind it is a time: sizes and identifiers are such numbers as well."""
_MOST_SHAPES = 4
_SEEN = 400
"""Characters of a line in which a stamp is looked for."""


def fallback(lines: Sequence[str]) -> Format:
    """Make a format for lines that no declared one fits, from the stamps that most of them hold.

    Lines with the stamp are dated events; others continue the event above them, or stand alone where few are dated.
    """
    found = _stamped(lines)
    share = sum(hits for hits, _ in found) / len(lines) if lines else 0.0
    continues = "nothing" if found and share >= 0.2 else "undated"
    return Format(
        name=FALLBACK,
        title="Text that no declared format fits: read line by line, with times only where a line holds a stamp",
        kind="unknown",
        structure="lines",
        clock=Clock("UTC", "assumed") if found else Clock("", "unknown"),
        clock_why="nothing says whose clock it is",
        vantage="",
        lines=(
            *(pattern for _, patterns in found for pattern in patterns),
            LinePattern("indented", r"^\s", "nothing", "iso-zoned", "", "", weak=True),
            LinePattern("any", "^(?P<message>.*)$", continues, "iso-zoned", "", "", weak=True),  # type: ignore[arg-type]
        ),
    )


def _stamped(lines: Sequence[str]) -> list[tuple[int, tuple[LinePattern, ...]]]:
    """Return patterns for the stamps that these lines hold, the first stamp of each line, and how many lines hold each."""
    shapes = [stamp for stamp in stamps.load().values() if stamp.guessed]
    hits: dict[tuple[int, int], int] = {}
    for line in lines:
        first = _first_stamp(line[:_SEEN], shapes)
        if first is not None:
            hits[first] = hits.get(first, 0) + 1
    least = max(1 if len(lines) < 20 else 2, 0.01 * len(lines))
    common = sorted(hits, key=lambda one: (-hits[one], one))[:_MOST_SHAPES]
    return [
        (hits[place, rank], tuple(_stamp_patterns(_NAMES[place], shapes[rank])))
        for place, rank in sorted(common)
        if hits[place, rank] >= least
    ]


def _stamp_patterns(place: str, stamp: stamps.Stamp) -> Iterator[LinePattern]:
    for number, pattern in enumerate(_PLACES[place], 1):
        if stamp.read == "epoch":
            pattern = pattern.replace(r"[^\w.](?P<time>", f"{_TOLD.replace('{', '{{').replace('}', '}}')}(?P<time>")  # noqa: PLW2901
        name = f"{stamp.name} {place}" + (f" {number}" if number > 1 else "")
        yield LinePattern(name, pattern.format(shape=stamp.shape), "event", stamp.name, "", "", weak=False)


def _first_stamp(line: str, shapes: Sequence[stamps.Stamp]) -> tuple[int, int] | None:
    """Return where on a line its first stamp stands (the number of its place) and which shape it has."""
    best: tuple[int, int, int] | None = None
    for rank, stamp in enumerate(shapes):
        alone = _alone_told if stamp.read == "epoch" else _alone
        found = alone(stamp.shape).search(line, 0, len(line) if best is None else best[0] + 1)
        if found and (best is None or found.start("stamp") < best[0]):
            best = (found.start("stamp"), rank, found.end())
    if best is None:
        return None
    start, rank, end = best
    if re.fullmatch(r"\W{0,3}", line[:start]):
        return _NAMES.index("begins"), rank
    if re.fullmatch(rf"\W{{0,3}}(?:{_LEVEL})\W{{1,6}}", line[:start]):
        return _NAMES.index("leads"), rank
    if start > 80 or re.fullmatch(r"\W*", line[end:]):
        return (_NAMES.index("ends"), rank) if re.fullmatch(r"\W*", line[end:]) else None
    return _NAMES.index("follows"), rank


@cache
def _alone_told(shape: str) -> re.Pattern[str]:
    """A number that begins a line, perhaps behind its level, or of which the line says that it is a time."""
    return re.compile(rf"(?:^\W{{0,3}}(?:(?:{_LEVEL})\W{{1,6}})?|{_TOLD})(?P<stamp>{shape})\b", re.ASCII)


@cache
def _alone(shape: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])(?P<stamp>{shape})\b" if shape[0] != "@" else f"(?P<stamp>{shape})", re.ASCII)
