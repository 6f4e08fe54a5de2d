"""Which clock each source keeps, and how we know: stated, inferred from matched events, assumed; and how far they differ.

What is written stays as it is in `own_clock`. A time is moved only where a person stated the source's zone, year or
beginning, or where events that two sources share leave one reading; a difference between clocks is told, never applied.
"""

from __future__ import annotations

import re
import zoneinfo
from calendar import isleap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from forensics.errors import UsageError
from forensics.evidence import shared_events
from forensics.evidence.shared_events import Match, Telling, written
from forensics.model import STAND_IN, Clock, Evidence, Parameters, Problem, parse_time
from forensics.store import Store

NEAR = timedelta(minutes=2)
"""A fall of the clock is by an hour if it is by no more or less than this."""

SKEWED = timedelta(seconds=30)
"""Clocks that differ by more than this are said to."""

JUMP = timedelta(seconds=60)
"""A fall of the clock by more is a jump; less is what threads and buffers do."""

LEAP_YEARS = 8
"""Years among which one is a leap year, wherever they begin."""


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


def settle(store: Store, entries: Sequence[Evidence], said: Stated) -> list[Evidence]:
    """Place the sources' times as far as people or other sources tell where, and say what is known of each clock."""
    settled = {entry.path: entry for entry in entries}
    for entry in entries:
        settled[entry.path] = _stated_zone(store, entry, said)
    dated = [entry.covers for entry in settled.values() if entry.covers and entry.clock.how != "unknown"]
    for entry in entries:
        if entry.clock.lacks == "year":
            placed = _place_year(store, settled[entry.path], said, dated)
            settled[entry.path] = _stated_zone(store, placed, said) if placed.covers else placed
        elif entry.path in said.anchors and (entry.clock.lacks == "epoch" or _counts(entry)):
            settled[entry.path] = _anchor(store, settled[entry.path], said.anchors[entry.path])
    return _jumps(store, _compare(store, settled))


def _counts(entry: Evidence) -> bool:
    """Say whether a table or a command's output holds numbers on a clock that only counts seconds."""
    return any(problem.code == "relative-clock" for problem in entry.problems)


def _jumps(store: Store, entries: list[Evidence]) -> list[Evidence]:
    """Name the sources whose times fall back from one line to the next; nothing is sorted away."""
    told: dict[str, Problem] = {}
    for path, falls, deepest, line, before, fallen in store.rows("clock_jumps"):
        code = "clock-back" if deepest >= JUMP.total_seconds() else "out-of-order"
        message = (
            f"its times fall back {falls:,} times, at most by {deepest:,.3f} s "
            f"(line {line:,}: {fallen.isoformat()} after {before.isoformat()}); the order of the file is kept"
        )
        if abs(deepest - 3600) < NEAR.total_seconds():
            message += "; by an hour, as a clock does when summer time ends"
        told[path] = Problem(code, message, line=line)
    return [replace(e, problems=(*e.problems, told[e.path])) if e.path in told else e for e in entries]


# ---- what a person stated -------------------------------------------------------------------------------------


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
        problems += _odd_hours(store, zone)
    return replace(entry, clock=clock, covers=(first, last) if first else entry.covers, problems=tuple(problems))


def _odd_hours(store: Store, zone: str) -> list[Problem]:
    """Name the times just placed that a zone leaves out or has twice when summer time begins or ends."""
    left_out, twice = store.rows("clock_odd", zone=zone)[0]
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
    last, turns, leap_days, *edges = rows[0]
    reference, how = said.reference, "stated"
    if reference is None:
        reference, how = said.around or max((end for _, end in dated), default=None), "inferred"
    year = _year(last, reference, how, leap_days) if reference else None
    if reference is None or year is None:
        why = "no year near what else is here has its 29th of February" if reference else "nothing else here tells it"
        problem = Problem(
            "no-year",
            f"its stamps hold no year, and {why}: times are kept as written",
            "state a date that they lie before: -p reference=2031-04-30",
            leaves_open="When was it, and what happened at the same time elsewhere?",
        )
        begins, ends = (f"{edge:%b %d %H:%M:%S}" for edge in edges)
        return replace(entry, own_clock=(begins, ends), problems=(*entry.problems, problem))
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


def yearless(entries: Sequence[Evidence]) -> list[Evidence]:
    """Return the sources without years of an evidence that tells the time of nothing else; none, where it tells any."""
    if any(entry.covers for entry in entries):
        return []
    return [entry for entry in entries if entry.clock.lacks == "year" and entry.own_clock]


def stand_in(store: Store, entries: Sequence[Evidence]) -> None:
    """Let a year stand in for the one that nothing tells, so that lengths and orders within it can be measured.

    The last stamps of several such sources are taken to be of one year.
    """
    for entry in entries:
        _, turns, leap_days, *_ = store.rows("clock_own_last", path=entry.path)[0]
        year = next(y for y in range(STAND_IN, 0, -1) if all(isleap(y - before) for before in leap_days))
        store.run("clock_year", path=entry.path, years=year - 2000 - turns)
        store.run("clock_stand_in", path=entry.path)


# ---- what events tell ------------------------------------------------------------------------------------------


def _compare(store: Store, settled: dict[str, Evidence]) -> list[Evidence]:
    """Infer zones from events that sources share, where nobody stated one; tell how far the other clocks differ."""
    if len([e for e in settled.values() if e.covers]) > 1:
        formats = {entry.path: entry.format or "" for entry in settled.values()}
        for match in shared_events.matches(store, formats):
            pair = settled.get(match.first), settled.get(match.second)
            if pair[0] is None or pair[1] is None:
                continue
            unknown = [entry for entry in pair if entry and _open(entry)]
            told = match.zone(unknown[0].path) if len(unknown) == 1 else None
            if told:
                _place(store, settled, told, told.why)
            else:
                _tell_skew(settled, match)
    tellings: dict[str, list[Telling]] = {}
    for told in _told(store, settled):
        tellings.setdefault(told.path, []).append(told)
    for found in tellings.values():
        if len({(told.offset, told.days) for told in found}) == 1:
            _place(
                store, settled, max(found, key=lambda told: told.confidence), "; ".join(told.why for told in found[:3])
            )
    _carry(store, settled)
    return list(settled.values())


def _open(entry: Evidence) -> bool:
    """Say whether nothing told yet which zone a source's stamps are in."""
    return (
        bool(entry.covers)
        and entry.clock.lacks in ("zone", "name", "year")
        and entry.clock.how in ("assumed", "unknown")
    )


def _known(entry: Evidence) -> bool:
    """Say whether a source's own stamps say their zone."""
    return bool(entry.covers) and entry.clock.how == "stated" and not entry.clock.lacks


def _told(store: Store, settled: Mapping[str, Evidence]) -> Iterable[Telling]:
    """Yield all that events tell of the clocks of which nothing is known yet."""
    unknown = {entry.path: entry.format or "" for entry in settled.values() if _open(entry)}
    known = {entry.path: entry.format or "" for entry in settled.values() if _known(entry)}
    asked = [e for e in settled.values() if not any(problem.code == "only-a-stretch" for problem in e.problems)]
    beside = [entry for entry in asked if _known(entry) and entry.kind != "metrics"]
    ended = [entry for entry in asked if _open(entry) or (entry.own_clock and entry.clock.lacks == "date")]
    return [
        *(shared_events.quoted(store, list(unknown)) if unknown else ()),
        *(shared_events.sequences(store, known, unknown) if known and unknown else ()),
        *(shared_events.edges(store, beside, ended) if beside and ended else ()),
    ]


def _place(store: Store, settled: dict[str, Evidence], told: Telling, why: str) -> None:
    """Move the times of a source as far as events tell, and say so."""
    entry = settled[told.path]
    zone = written(told.offset) if told.offset else "UTC"
    clock = replace(
        entry.clock,
        zone=zone,
        how="inferred",
        offset_s=told.offset.total_seconds(),
        why=why,
        confidence=told.confidence,
        left_s=told.left,
    )
    sure = f" ({min(99, int(100 * told.confidence))} % sure)"
    if entry.clock.lacks == "date":
        note = Problem("date-inferred", f"its stamps hold no date; day and zone ({zone}) are inferred{sure}: {why}")
    else:
        note = Problem("zone-inferred", f"its stamps name no zone; {zone} is inferred{sure}: {why}")
    settled[told.path] = _moved(store, entry, told.offset + timedelta(days=told.days), clock, note)


def _moved(store: Store, entry: Evidence, ahead: timedelta, clock: Clock, note: Problem) -> Evidence:
    if ahead:
        store.run("clock_shift", path=entry.path, offset=ahead)
    first, last = store.rows("clock_span", path=entry.path)[0]
    kept = tuple(problem for problem in entry.problems if problem.code not in ("zone-unknown", "no-date"))
    covers = (first, last) if first else entry.covers
    return replace(entry, clock=clock, covers=covers, own_clock=None, problems=(*kept, note))


def _carry(store: Store, settled: dict[str, Evidence]) -> None:
    """Assume of a log that it keeps the clock of those that lie beside it in the same format, where theirs was inferred."""
    told: dict[tuple[str, str | None], list[Evidence]] = {}
    for entry in settled.values():
        if entry.clock.how == "inferred" and entry.clock.lacks == "zone":
            told.setdefault((entry.path.rpartition("/")[0], entry.format), []).append(entry)
    for entry in list(settled.values()):
        beside = told.get((entry.path.rpartition("/")[0], entry.format), [])
        if not _open(entry) or entry.clock.lacks != "zone" or len({one.clock.zone for one in beside}) != 1:
            continue
        like = beside[0]
        why = f"its stamps name no zone; {like.path}, beside it in the same format, keeps {like.clock.zone}"
        clock = replace(entry.clock, zone=like.clock.zone, offset_s=like.clock.offset_s, why=why)
        note = Problem("zone-carried", f"{why}, and so it is assumed to")
        settled[entry.path] = _moved(store, entry, timedelta(seconds=like.clock.offset_s), clock, note)


def _tell_skew(settled: dict[str, Evidence], match: Match) -> None:
    """Say that two clocks differ, with the bounds within which they do."""
    skew = match.skew()
    if skew is None or abs(skew[0]) < SKEWED.total_seconds():
        return
    middle, least, most, events = skew
    note = Problem(
        "clock-skew",
        f"its clock stands {abs(middle):.1f} s {'ahead of' if middle > 0 else 'behind'} that of {match.first} "
        f"(between {least:.1f} and {most:.1f} s over {events:,} events that both hold, of "
        f"{len(match.differences):,} compared); times are left as written",
        "state which clock is right, and collect the date of each machine: date -u +%FT%T.%3NZ",
    )
    entry = settled[match.second]
    settled[match.second] = replace(entry, problems=(*entry.problems, note))
