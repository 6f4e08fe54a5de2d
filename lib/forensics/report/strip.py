"""The coverage strip in characters: which stretch of time each source covers, for a terminal. Nothing here asks the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.model import Json
from forensics.report.words import length, plural
from forensics.times import parse_time

RUNNING = ("log", "metrics", "traces", "unknown")
"""Kinds whose stretch is a bar; of others, which speak seldom, only the two ends are known to be told."""

OLDER = ("changes", "sqlite-dump", "sqlite-database", "document", "configuration")
"""Kinds that hold much of before the incident."""

MOST = 40
"""Sources drawn; what is left out is counted."""

LEAST_SHARE = 0.02
"""The axis reaches beyond the common stretch by so much of it on either side."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The characters of a strip."""

    told: str
    seldom: str
    silent: str
    paused: str
    before: str
    after: str
    dash: str


BLOCKS = Marks("█", "─", "·", "┄", "‹", "›", "–")
PLAIN = Marks("#", "-", ".", "=", "<", ">", "-")


def axis(coverage: Sequence[Json]) -> tuple[datetime, datetime] | None:
    """Return the stretch to draw: what the sources that go on telling cover, or whatever speaks of this time at all."""
    near = [one for one in coverage if not one["apart"] and one["kind"] not in OLDER]
    steady = [one for one in near if dense(one)]
    drawn = steady or near or list(coverage)
    if not drawn:
        return None
    start, end = min(parse_time(one["start"]) for one in drawn), max(parse_time(one["end"]) for one in drawn)
    if (
        steady
    ):  # what speaks seldom widens the picture, but one line of long ago must not press all others into a corner
        seldom = [one for one in near if one["kind"] in RUNNING]
        start = max(min(parse_time(one["start"]) for one in seldom), start - (end - start) / 4)
        end = min(max(parse_time(one["end"]) for one in seldom), end + (end - start) / 4)
    margin = max(LEAST_SHARE * (end - start), timedelta(seconds=1))
    return start - margin, end + margin


def dense(one: Json) -> bool:
    """Say whether a source goes on telling, so that between its holes it covers all of its stretch."""
    return one["kind"] in RUNNING and one["usual_s"] is not None and not one["extract"]


def momentary(one: Json) -> bool:
    """Say whether a source is the output of a command, saved at one moment."""
    return one["kind"] == "capture" and one["usual_s"] is None


def strip(coverage: Sequence[Json], width: int, marks: Marks, names: int = 34) -> list[str]:
    """Draw one row for each source, `width` characters of time beside its name."""
    shown = axis(coverage)
    if shown is None:
        return []
    start, end = shown
    dates = f"{start:%Y-%m-%d %H:%M:%S} {marks.dash} {end:%H:%M:%S} UTC"
    if start.date() != end.date():
        dates = f"{start:%Y-%m-%d %H:%M} {marks.dash} {end:%Y-%m-%d %H:%M} UTC"
    moments = [one for one in coverage if momentary(one)]
    drawn = ordered(one for one in coverage if not momentary(one))
    rows = [
        f"{dates}; one character is {length((end - start).total_seconds() / width)}",
        *(f"{_name(one['path'], names)}  {_row(one, shown, width, marks)}".rstrip() for one in drawn[:MOST]),
    ]
    if len(drawn) > MOST:
        rows.append(f"{len(drawn) - MOST:,} more sources are not drawn")
    if moments:
        rows.append(f"{_name(plural(len(moments), 'capture'), names)}  {_moments(moments, shown, width, marks)}")
    paused = f"{marks.paused} between runs   " if any(one["pauses"] for one in drawn) else ""
    rows.append(
        f"{marks.told} told   {marks.seldom} told now and then   {paused}{marks.silent} a hole, or not covered   [ begins late   "
        f"] ends early   {marks.before} {marks.after} lies beyond   ? its zone is not stated"
    )
    return rows


def ordered(coverage: Iterable[Json]) -> list[Json]:
    """Put what runs before what happens, and each in the order of time."""
    return sorted(coverage, key=lambda one: (one["kind"] not in RUNNING, one["start"], one["path"]))


def _moments(captures: Sequence[Json], shown: tuple[datetime, datetime], width: int, marks: Marks) -> str:
    """Draw in one row when people saved the outputs of commands."""
    cells = [marks.silent] * width
    for one in captures:
        for edge in ("start", "end"):
            if shown[0] <= (time := parse_time(one[edge])) <= shown[1]:
                cells[_cell(time, shown, width)] = marks.told
    return "".join(cells)


def _name(path: str, most: int) -> str:
    return path.ljust(most) if len(path) <= most else "…" + path[1 - most :]


def _row(one: Json, shown: tuple[datetime, datetime], width: int, marks: Marks) -> str:
    start, end = shown
    first, last = parse_time(one["start"]), parse_time(one["end"])
    doubt = " ?" if one["doubtful"] else ""
    if last < start or first > end:
        beyond = (
            f"{marks.before} until {last:%Y-%m-%d %H:%M}"
            if last < start
            else f"from {first:%Y-%m-%d %H:%M} {marks.after}"
        )
        return (beyond.ljust(width) if last < start else beyond.rjust(width)) + doubt
    left, right = _cell(first, shown, width), _cell(last, shown, width)
    cells = [marks.silent] * width
    cells[left : right + 1] = (marks.told if dense(one) else marks.seldom) * (right + 1 - left)
    for silences, mark in ((one["pauses"], marks.paused), (one["holes"], marks.silent)):
        for silence in silences:
            _clear(cells, parse_time(silence["start"]), parse_time(silence["end"]), shown, mark)
    cells[left], cells[right] = marks.told, marks.told
    if one["begins_late_s"]:
        cells[left] = "["
    if one["ends_early_s"]:
        cells[right] = "]"
    if first < start:
        cells[0] = marks.before
    if last > end:
        cells[-1] = marks.after
    return "".join(cells) + doubt


def _cell(time: datetime, shown: tuple[datetime, datetime], width: int) -> int:
    start, end = shown
    return min(max(int((time - start) / (end - start) * width), 0), width - 1)


def _clear(cells: list[str], first: datetime, last: datetime, shown: tuple[datetime, datetime], silent: str) -> None:
    """Leave a silence open: the characters that lie in it, and at least one, so that none is too short to be seen."""
    if last < shown[0] or first > shown[1]:
        return
    left, right = _cell(first, shown, len(cells)) + 1, _cell(last, shown, len(cells))
    for place in range(left, max(right, left + 1)):
        if place < len(cells):
            cells[place] = silent
