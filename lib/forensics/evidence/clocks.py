"""Which clock each source keeps, and how we know: stated, inferred from matched events, assumed; and how far they differ.

What is written stays as it is in `own_clock`. A time is moved only where a person stated the source's zone, year or
beginning, or where events that two sources share leave one reading; a difference between clocks is told, never applied.
"""

from __future__ import annotations

import re
import zoneinfo
from calendar import isleap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from statistics import median

from forensics.errors import UsageError
from forensics.model import Clock, Evidence, Parameters, Problem, parse_time
from forensics.store import Store

QUARTER = timedelta(minutes=15)
"""Offsets of zones are whole quarters of an hour."""

LEAST_MATCHES = 3
"""So many events must be seen in both sources before they tell anything about its clock."""

LEAST_AGREEING = 0.8
"""This share of them must tell the same."""

NEAR = timedelta(minutes=2)
"""Two accounts of one event lie this close, once the zones are right."""

SKEWED = timedelta(seconds=30)
"""Clocks that differ by more than this are said to."""

JUMP = timedelta(seconds=60)
"""A fall of the clock by more is a jump; less is what threads and buffers do."""

LEAP_YEARS = 8
"""Years among which one is a leap year, wherever they begin."""

MOST_EVENTS = 200_000
"""Sources with more events than this are compared by a sample."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person says about clocks."""

    zones: Mapping[str, str] = field(default_factory=dict)
    """Zone by path or pattern of paths: the name of a zone, or an offset such as +02:00."""
    reference: datetime | None = None
    """Stamps without a year lie before the end of this day."""
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    """When a relative clock began, by path."""

    def zone(self, path: str) -> str | None:
        """Return the zone stated for a source."""
        return next((zone for pattern, zone in self.zones.items() if fnmatchcase(path, pattern)), None)


def stated(parameters: Parameters) -> Stated:
    """Read what a person stated. Raises UsageError where it cannot be understood."""
    zones = _pairs("clocks", parameters.clocks)
    for zone in zones.values():
        _checked_zone(zone)
    anchors = {path: _time("anchors", text) for path, text in _pairs("anchors", parameters.anchors).items()}
    return Stated(zones, _time("reference", parameters.reference) if parameters.reference else None, anchors)


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


def _written(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def settle(store: Store, entries: Sequence[Evidence], said: Stated) -> list[Evidence]:
    """Place the sources' times as far as people or other sources tell where, and say what is known of each clock."""
    settled = {entry.path: entry for entry in entries}
    for entry in entries:
        settled[entry.path] = _stated_zone(store, entry, said)
    dated = [entry.covers for entry in settled.values() if entry.covers and entry.clock.how != "unknown"]
    for entry in entries:
        if entry.clock.lacks == "year":
            settled[entry.path] = _place_year(store, settled[entry.path], said, dated)
        elif entry.clock.lacks == "epoch" and entry.path in said.anchors:
            settled[entry.path] = _anchor(store, settled[entry.path], said.anchors[entry.path])
    return _jumps(store, _compare(store, settled))


def _jumps(store: Store, entries: list[Evidence]) -> list[Evidence]:
    """Name the sources whose times fall back from one line to the next; nothing is sorted away."""
    told: dict[str, Problem] = {}
    for path, falls, _, deepest, line, before, written in store.rows("clock_jumps"):
        code = "clock-back" if deepest >= JUMP.total_seconds() else "out-of-order"
        message = (
            f"its times fall back {falls:,} times, at most by {deepest:,.3f} s "
            f"(line {line:,}: {written.isoformat()} after {before.isoformat()}); the order of the file is kept"
        )
        if abs(deepest - 3600) < NEAR.total_seconds():
            message += "; by an hour, as a clock does when summer time ends"
        told[path] = Problem(code, message, line=line)
    return [replace(e, problems=(*e.problems, told[e.path])) if e.path in told else e for e in entries]


# ---- what a person stated -------------------------------------------------------------------------------------


def _stated_zone(store: Store, entry: Evidence, said: Stated) -> Evidence:
    zone = said.zone(entry.path)
    if zone is None or entry.clock.lacks not in ("zone", "name") or not entry.covers:
        return entry
    offset = _offset(zone)
    if offset is not None:
        store.run("clock_shift", path=entry.path, offset=offset)
    else:
        store.run("clock_zone", path=entry.path, zone=zone)
    first, last = store.rows("clock_span", path=entry.path)[0]
    shift = entry.covers[0] - first if first else timedelta(0)
    clock = Clock(zone, "stated", shift.total_seconds(), entry.clock.lacks, "a person stated it")
    problems = [problem for problem in entry.problems if problem.code != "zone-unknown"]
    if offset is None:
        problems += _odd_hours(store, entry.path, zone)
    return replace(entry, clock=clock, covers=(first, last) if first else entry.covers, problems=tuple(problems))


def _odd_hours(store: Store, path: str, zone: str) -> list[Problem]:
    """Name the times that a zone leaves out or has twice when summer time begins or ends."""
    left_out, twice = store.rows("clock_odd", path=path, zone=zone)[0]
    found = []
    if left_out:
        found.append(
            Problem("dst-gap", f"{left_out:,} of its times do not exist in {zone} (summer time began): kept as written")
        )
    if twice:
        found.append(
            Problem(
                "dst-fold",
                f"{twice:,} of its times came twice in {zone} (summer time ended): read in the order of the file, "
                "the second run from the line on which the clock falls back",
            )
        )
    return found


def _anchor(store: Store, entry: Evidence, began: datetime) -> Evidence:
    store.run("clock_anchor", path=entry.path, began=began)
    first, last = store.rows("clock_span", path=entry.path)[0]
    clock = Clock("UTC", "stated", 0.0, "epoch", f"a person stated that it began at {began.isoformat()}Z")
    kept = tuple(problem for problem in entry.problems if problem.code not in ("relative-clock", "no-date"))
    return replace(entry, clock=clock, covers=(first, last) if first else None, own_clock=None, problems=kept)


# ---- years ----------------------------------------------------------------------------------------------------


def _place_year(store: Store, entry: Evidence, said: Stated, dated: Sequence[tuple[datetime, datetime]]) -> Evidence:
    """Give stamps without a year the one that a reference tells: stated, or the end of the other evidence."""
    rows = store.rows("clock_own_last", path=entry.path)
    if not rows or rows[0][0] is None:
        return entry
    last, turns, leap_days = rows[0]
    reference, how = said.reference, "stated"
    if reference is None and dated:
        reference, how = max(end for _, end in dated), "inferred"
    year = _year(last, reference, how, leap_days) if reference else None
    if reference is None or year is None:
        why = "no year near what else is here has its 29th of February" if reference else "nothing else here tells it"
        problem = Problem(
            "no-year",
            f"its stamps hold no year, and {why}: times are kept as written",
            "state a date that they lie before: -p reference=2031-04-30",
            leaves_open="When was it, and what happened at the same time elsewhere?",
        )
        return replace(entry, problems=(*entry.problems, problem))
    store.run("clock_year", path=entry.path, years=year - 2000 - turns)
    first, end = store.rows("clock_span", path=entry.path)[0]
    source = f"the year {year} of its last stamp is {how}, from {reference.date().isoformat()}"
    note = Problem("year-" + how, f"its stamps hold no year: {source}")
    clock = Clock(entry.clock.zone, "assumed" if how == "inferred" else entry.clock.how, 0.0, "year", source)
    return replace(entry, clock=clock, covers=(first, end), own_clock=None, problems=(*entry.problems, note))


def _year(last: datetime, reference: datetime, how: str, leap_days: Sequence[int]) -> int | None:
    """Return the year of the last stamp: the last one before the stated date, or the one nearest to other evidence.

    `leap_days` says how many years before that one there was a 29th of February: only some years can be meant.
    """
    oldest = reference.year - (LEAP_YEARS if how == "stated" else 1)
    years = [year for year in range(oldest, reference.year + 2) if all(isleap(year - before) for before in leap_days)]
    if how == "stated":
        before = [year for year in years if last.replace(year=year) <= reference + timedelta(days=1)]
        return before[-1] if before else None
    return min(years, key=lambda year: abs(last.replace(year=year) - reference), default=None)


# ---- events seen in two sources -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """How two sources' accounts of the same events differ: the second's time minus the first's."""

    first: str
    second: str
    differences: tuple[float, ...]
    """Seconds, one for each event that both hold."""

    def agreeing(self) -> tuple[timedelta, float, list[float]]:
        """Return the quarter hour that most events tell, the share that tells it, and what is left of each."""
        quarters = [round(seconds / QUARTER.total_seconds()) for seconds in self.differences]
        common = max(sorted(set(quarters)), key=quarters.count)
        rest = [seconds - common * QUARTER.total_seconds() for seconds in self.differences]
        near = [left for left in rest if abs(left) <= NEAR.total_seconds()]
        return common * QUARTER, len(near) / len(self.differences), near


def matches(store: Store, formats: Mapping[str, str]) -> list[Match]:
    """Return the pairs of sources that tell of the same events, by request ids and texts that are rare in both."""
    found: dict[tuple[str, str], list[float]] = {}
    for first, second, difference in store.rows(
        "clock_matches", most=MOST_EVENTS, paths=list(formats), formats=list(formats.values())
    ):
        found.setdefault((first, second), []).append(difference)
    return [
        Match(first, second, tuple(differences))
        for (first, second), differences in sorted(found.items())
        if len(differences) >= LEAST_MATCHES
    ]


def _compare(store: Store, settled: dict[str, Evidence]) -> list[Evidence]:
    open_zones = [e.path for e in settled.values() if e.clock.lacks in ("zone", "name") and e.clock.how != "stated"]
    if len([e for e in settled.values() if e.covers]) > 1:
        formats = {entry.path: entry.format or "" for entry in settled.values()}
        for match in matches(store, formats):
            pair = settled.get(match.first), settled.get(match.second)
            if pair[0] is None or pair[1] is None:
                continue
            if (match.first in open_zones) != (match.second in open_zones):
                _infer_zone(store, settled, match, open_zones)
            else:
                _tell_skew(settled, match)
    return list(settled.values())


def _infer_zone(store: Store, settled: dict[str, Evidence], match: Match, open_zones: list[str]) -> None:
    offset, share, rest = match.agreeing()
    known, unknown, sign = match.first, match.second, 1
    if match.first in open_zones:
        known, unknown, sign = match.second, match.first, -1
    if share < LEAST_AGREEING or abs(offset) > timedelta(hours=14):
        _tell_skew(settled, match)
        return
    offset, count = offset * sign, len(match.differences)
    entry = settled[unknown]
    if offset:
        store.run("clock_shift", path=unknown, offset=offset)
    why = (
        f"{count:,} events that {known} holds too stand {_written(offset)} off there in {share:.0%} of cases, "
        f"the rest within {max(map(abs, rest), default=0.0):.1f} s"
    )
    covers = (entry.covers[0] - offset, entry.covers[1] - offset) if entry.covers else None
    clock = Clock(_written(offset) if offset else "UTC", "inferred", offset.total_seconds(), entry.clock.lacks, why)
    note = Problem("zone-inferred", f"its stamps name no zone; {clock.zone} is inferred: {why}")
    kept = tuple(problem for problem in entry.problems if problem.code != "zone-unknown")
    settled[unknown] = replace(entry, clock=clock, covers=covers, problems=(*kept, note))
    open_zones.remove(unknown)


def _tell_skew(settled: dict[str, Evidence], match: Match) -> None:
    """Say that two clocks differ, with the bounds within which they do."""
    middle = median(match.differences)
    near = [one for one in match.differences if abs(one - middle) <= NEAR.total_seconds()]
    if abs(middle) < SKEWED.total_seconds() or len(near) < LEAST_AGREEING * len(match.differences):
        return
    note = Problem(
        "clock-skew",
        f"its clock stands {abs(middle):.1f} s {'ahead of' if middle > 0 else 'behind'} that of {match.first} "
        f"(between {min(near):.1f} and {max(near):.1f} s over {len(near):,} events that both hold); times are left as written",
        "state which clock is right, and collect the date of each machine: date -u +%FT%T.%3NZ",
    )
    entry = settled[match.second]
    settled[match.second] = replace(entry, problems=(*entry.problems, note))
