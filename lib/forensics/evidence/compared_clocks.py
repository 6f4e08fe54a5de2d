"""Clocks beside each other: zones inferred from events that sources share, and how far the others differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from forensics.evidence import shared_events
from forensics.evidence.shared_events import Match, Telling, written
from forensics.model import Clock, Evidence, Problem
from forensics.store import Store

SKEWED = timedelta(seconds=30)
"""Clocks that differ by more than this are said to."""


def compare(store: Store, settled: dict[str, Evidence]) -> list[Evidence]:
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
