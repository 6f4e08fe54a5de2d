"""Which clock each source keeps, and how we know: stated by its stamps or a person, inferred from other sources, or assumed.

What is written stays as it is in `own_clock`. A time is moved only where a person stated the source's zone, year or
beginning, or where events that two sources share leave one reading; a difference between clocks is told, never applied.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from forensics.errors import UsageError
from forensics.evidence import civil_zones, compared_clocks, relative_clocks, years
from forensics.model import Clock, Evidence, Parameters, Problem
from forensics.store import Store
from forensics.times import full, own_clock, parse_time

NEAR = timedelta(minutes=2)
"""A fall of the clock is by an hour if it is by no more or less than this."""

UNDATED = 2000
"""Stamps without a year or a date stand in it."""

MOSTLY = 0.9
FALLS_ENOUGH = 10
"""A source is written newest first if so many of its times, and so large a part of those that change, fall back."""

JUMP = timedelta(seconds=60)
"""A fall of the clock by more is a jump; less is what threads and buffers do."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person says about clocks."""

    zones: Mapping[str, str] = field(default_factory=dict)
    """Zone by path or pattern of paths: the name of a zone, or an offset such as +02:00."""
    reference: datetime | None = None
    """Stamps without a year lie before the end of this day."""
    around: datetime | None = None
    """When it was, as far as a person said: the beginning of the incident, or an end of what is to be judged."""
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    """When a relative clock began, or the first day of one that shows times of day alone, by path."""

    def zone(self, path: str) -> str | None:
        """Return the zone stated for a source."""
        return next((zone for pattern, zone in self.zones.items() if fnmatchcase(path, pattern)), None)


def stated(parameters: Parameters) -> Stated:
    """Read what a person stated. Raises UsageError where it cannot be understood."""
    zones = _pairs("clocks", parameters.clocks)
    for zone in zones.values():
        _checked_zone(zone)
    anchors = {path: _time("anchors", text) for path, text in _pairs("anchors", parameters.anchors).items()}
    around = parameters.at or parameters.end or parameters.start
    return Stated(
        zones,
        _time("reference", parameters.reference) if parameters.reference else None,
        _time("at, start, end", around) if around else None,
        anchors,
    )


def _pairs(name: str, text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split(";") if pair.strip()]
    if any(not equals for _, equals, _ in pairs):
        raise UsageError(f"{name}={text!r}: PATH=VALUE is wanted, several divided by semicolons.")
    return {path.strip(): value.strip() for path, _, value in pairs}


def _time(name: str, text: str) -> datetime:
    try:
        return parse_time(text)
    except ValueError:
        raise UsageError(f"{name}: {text!r} is no time in ISO 8601, for example 2031-04-02T07:30:00Z.") from None


def _checked_zone(zone: str) -> None:
    if _offset(zone) is not None:
        return
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"clocks: {zone!r} is no time zone; write Europe/Berlin, UTC or +02:00.") from None


def _offset(zone: str) -> timedelta | None:
    """Return the offset that is written like +02:00, or None for the name of a zone."""
    found = re.fullmatch(r"([+-])(\d\d):?(\d\d)", zone)
    if found is None:
        return timedelta(0) if zone in ("UTC", "Z") else None
    length = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -length if found[1] == "-" else length


def settle(store: Store, entries: Sequence[Evidence], said: Stated, places: Mapping[str, Path]) -> list[Evidence]:
    """Place the sources' times as far as people or other sources tell where, and say what is known of each clock.

    `places` says where the files lie: a text may say more of its clock than the store holds of it.
    """
    settled = {entry.path: entry for entry in entries}
    for entry in entries:
        settled[entry.path] = _stated_zone(store, entry, said)
    dated = [entry.covers for entry in settled.values() if entry.covers and entry.clock.how != "unknown"]
    for entry in entries:
        if entry.clock.lacks == "year":
            placed = years.place(store, settled[entry.path], said.reference, said.around, dated)
            settled[entry.path] = _stated_zone(store, placed, said) if placed.covers else placed
        elif entry.path in said.anchors and (entry.clock.lacks == "date" or relative_clocks.counts(entry)):
            settled[entry.path] = _anchor(store, settled[entry.path], said.anchors[entry.path])
        elif relative_clocks.counts(entry):
            settled[entry.path] = relative_clocks.marked(store, settled[entry.path])
    return _jumps(store, compared_clocks.compare(store, settled, places))


def _jumps(store: Store, entries: list[Evidence]) -> list[Evidence]:
    """Name the sources whose times fall back from one line to the next; nothing is sorted away."""
    told: dict[str, Problem] = {}
    records = {entry.path: entry.records for entry in entries}
    for path, falls, deepest, line, before, fallen, rises, highest, rises_at in store.rows("clock_jumps"):
        steps = records.get(path, 0) / 2 if rises is None else MOSTLY * (falls + rises)
        if falls >= max(steps, FALLS_ENOUGH):
            told[path] = _newest_first(falls, rises or 0, highest, rises_at)
            continue
        code = "clock-back" if deepest >= JUMP.total_seconds() else "out-of-order"
        message = (
            f"its times fall back {f'{falls:,} times, at most' if falls > 1 else 'once,'} by {deepest:,.3f} s "
            f"(line {line:,}: {_fine(fallen)} after {_fine(before)}); the order of the file is kept"
        )
        if abs(deepest - 3600) < NEAR.total_seconds():
            message += "; by an hour, as a clock does when summer time ends"
        zones = civil_zones.set_back(before, fallen) if fallen.year != UNDATED else {}
        if zones:
            message += f"; clocks of {' and '.join(sorted(zones.values()))} were set back by an hour just then"
        told[path] = Problem(code, message, line=line)
    return [replace(e, problems=(*e.problems, told[e.path])) if e.path in told else e for e in entries]


def _newest_first(falls: int, rises: int, highest: float | None, line: int | None) -> Problem:
    """Say of a source that it is written the other way round, and where it is not."""
    but = "" if not rises else f"; {rises:,} of its times rise, at most by {highest or 0:,.3f} s (line {line:,})"
    return Problem(
        "newest-first",
        f"it is written newest first: from one line to the next, time goes back {falls:,} times{but}. The order of the file is kept, "
        "and its events are told in the order of their times",
        line=line if rises else None,
    )


def _stated_zone(store: Store, entry: Evidence, said: Stated) -> Evidence:
    zone = said.zone(entry.path)
    if zone is None or entry.clock.lacks not in ("zone", "name", "year") or not entry.covers:
        return entry
    offset = _offset(zone)
    if offset is not None:
        store.run("clock_shift", path=entry.path, offset=offset)
    else:
        store.run("clock_zone", path=entry.path, zone=zone)
    first, last = store.rows("clock_span", path=entry.path)[0]
    shift = entry.covers[0] - first if first else timedelta(0)
    clock = replace(entry.clock, zone=zone, how="stated", offset_s=shift.total_seconds(), why="a person stated it")
    problems = [problem for problem in entry.problems if problem.code != "zone-unknown"]
    if offset is None and entry.clock.lacks != "year":
        problems += civil_zones.odd_hours(store, zone)
    return replace(entry, clock=clock, covers=(first, last) if first else entry.covers, problems=tuple(problems))


def _fine(time: datetime) -> str:
    """Say a time with what falls within its second: that is how far clocks fall back."""
    return full(time) if own_clock(time) or not time.microsecond else f"{full(time)}.{time.microsecond // 1000:03d}"


def _anchor(store: Store, entry: Evidence, began: datetime) -> Evidence:
    lacks, what = ("date", "its first day") if entry.clock.lacks == "date" else ("epoch", "it")
    clock = Clock("UTC", "stated", 0.0, lacks, f"a person stated that {what} began at {began.isoformat()}Z")
    return relative_clocks.placed(store, entry, began, clock)
