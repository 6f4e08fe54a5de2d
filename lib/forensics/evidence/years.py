"""Which year stamps without one are of: told by a person or by other evidence, or else one that stands in."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from forensics.model import Clock, Evidence, Problem
from forensics.store import Store
from forensics.times import STAND_IN

LEAP_YEARS = 8
"""Years among which one is a leap year, wherever they begin."""


def place(
    store: Store,
    entry: Evidence,
    reference: datetime | None,
    around: datetime | None,
    dated: Sequence[tuple[datetime, datetime]],
) -> Evidence:
    """Give stamps without a year the one that a reference tells: stated, or else the stamps that its own messages hold, or
    its other lines, which state a year, or a time around which it was, or the end of the other evidence, which is `dated`."""
    rows = store.rows("clock_own_last", path=entry.path)
    if not rows or rows[0][0] is None:
        return entry
    last, turns, leap_days, *edges = rows[0]
    how = "stated"
    within = None if reference else _within(store, entry.path)
    beside = None
    if reference is None:
        beside = None if within else store.rows("clock_span", path=entry.path)[0][1]
        told = within[0] if within else beside or around
        reference, how = told or max((end for _, end in dated), default=None), "inferred"
    year = _year(last, reference, how, leap_days) if reference else None
    if reference is None or year is None:
        why = "no year near what else is here has its 29th of February" if reference else "nothing else here tells it"
        problem = Problem(
            "no-year",
            f"its stamps hold no year, and {why}: times are kept as written",
            f"state the day after its last stamp, with its year: -p reference=YEAR-{last + timedelta(days=1):%m-%d}",
            leaves_open="When was it, and what happened at the same time elsewhere?",
        )
        begins, ends = (f"{edge:%b %d %H:%M:%S}" for edge in edges)
        return replace(entry, own_clock=(begins, ends), problems=(*entry.problems, problem))
    store.run("clock_year", path=entry.path, years=year - 2000 - turns)
    first, end = store.rows("clock_span", path=entry.path)[0]
    source = f"the year {year} of its last stamp is {how}, from {reference.date().isoformat()}"
    source += (
        f", as its own messages state it (line {within[1]:,})"
        if within
        else ", which others of its lines state"
        if beside
        else ""
    )
    note = Problem("year-" + how, f"its stamps hold no year: {source}")
    clock = Clock(entry.clock.zone, "assumed" if how == "inferred" else entry.clock.how, 0.0, "year", source)
    return replace(entry, clock=clock, covers=(first, end), own_clock=None, problems=(*entry.problems, note))


MOSTLY = 0.9
"""Of the stamps that messages hold, so many must be of their line's own day, to tell when the line was written."""


def _within(store: Store, path: str) -> tuple[datetime, int] | None:
    """Return the last time that the messages of a log without years state of themselves, and its line; None where their stamps
    are mostly of other days, or disagree about the year."""
    held, near, ways, stamp, line = store.rows("clock_inner_year", path=path)[0]
    return (stamp, line) if held and near >= MOSTLY * held and ways == 1 else None


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
