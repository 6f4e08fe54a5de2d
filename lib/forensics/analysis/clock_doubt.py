"""How far the clocks of the sources leave it open when a moment was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from forensics.model import ClockDoubt, Evidence, Moment, Skew
from forensics.store import Store
from forensics.times import Span

TICK = timedelta(microseconds=1)
LEAST_OF_MINUTES = 3
"""Fewer times may lie on whole minutes by chance."""
DRIFTED = timedelta(minutes=2)
"""What differs by more is a zone, or a delay, rather than a clock."""
_DAY = datetime(2000, 1, 1)


def doubted(store: Store, found: Mapping[str, Moment], evidence: Iterable[Evidence]) -> dict[str, Moment]:
    """Widen the bounds of derived moments by what their source's clock leaves open.

    A source that writes whole seconds (or minutes) leaves the rest of that second open; a zone that was inferred leaves open
    what remains between the accounts of one event. That a zone is only assumed, or that a clock differs from the one that
    dates the onset, is told and changes no bounds.
    """
    entries = {entry.path: entry for entry in evidence}
    onset = found["onset"].citations[0].path if found["onset"].citations else ""
    return {name: _doubted(store, moment, entries, onset) for name, moment in found.items()}


def apart(evidence: Iterable[Evidence]) -> timedelta:
    """Return by how much, at the most, clocks of two sources are known to differ, as clocks do that nobody sets."""
    known = [timedelta(seconds=abs(skew.seconds)) for entry in evidence for skew in entry.clock.skews]
    return max((one for one in known if one <= DRIFTED), default=timedelta(0))


def _doubted(store: Store, moment: Moment, entries: Mapping[str, Evidence], onset: str) -> Moment:
    if moment.span is None or moment.source != "derived" or not moment.citations:
        return moment
    entry = entries.get(moment.citations[0].path)
    if entry is None or entry.own_clock:
        return moment
    step = timedelta(seconds=_resolution(store, entry.path))
    if step and (moment.span.latest - _DAY) % step:
        step = timedelta(0)  # this end was told by a finer clock
    low, high = entry.clock.left_s if entry.clock.how == "inferred" and entry.clock.left_s else (0.0, 0.0)
    earliest = moment.span.earliest - timedelta(seconds=max(0.0, high))
    latest = moment.span.latest - timedelta(seconds=min(0.0, low)) + max(step - TICK, timedelta(0))
    doubt = ClockDoubt(
        entry.path,
        entry.clock.zone,
        entry.clock.how,
        step.total_seconds(),
        (low, high) if low or high else None,
        _ahead(entries, entry.path, onset),
        _others(entries, onset) if moment.name == "onset" else (),
    )
    return replace(moment, span=Span(earliest, latest), clock=doubt)


def _resolution(store: Store, path: str) -> float:
    """Return to how many seconds a source writes its times: 60, 1, or 0 for anything finer."""
    times, finer_than_minute, finer_than_second = store.rows("stamp_resolution", path=path)[0]
    if not times or finer_than_second:
        return 0.0
    return 1.0 if finer_than_minute or times < LEAST_OF_MINUTES else 60.0


def _ahead(entries: Mapping[str, Evidence], path: str, onset: str) -> Skew | None:
    """Return how far this clock stands ahead of the one that dates the onset, where both tell of the same events."""
    if path == onset or onset not in entries:
        return None
    for skew in entries[path].clock.skews:
        if skew.than == onset:
            return skew
    return next((_turned(skew, onset) for skew in entries[onset].clock.skews if skew.than == path), None)


def _others(entries: Mapping[str, Evidence], onset: str) -> tuple[Skew, ...]:
    """Return how far the clock that dates the onset stands ahead of each other that is known to differ from it."""
    found = {skew.than: skew for skew in entries[onset].clock.skews}
    for path, entry in entries.items():
        for skew in entry.clock.skews:
            if skew.than == onset:
                found.setdefault(path, _turned(skew, path))
    return tuple(found[path] for path in sorted(found))


def _turned(skew: Skew, than: str) -> Skew:
    """Return the same difference as the other source's clock has it."""
    return Skew(than, -skew.seconds, -skew.most, -skew.least, skew.events)
