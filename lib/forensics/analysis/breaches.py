"""Breaches: unbroken stretches of time in which a signal was over a limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from forensics.analysis.signals import Signal
from forensics.model import Between, Breach
from forensics.store import Store
from forensics.times import Span


def over(store: Store, signal: Signal, limit: float, evidence_end: datetime) -> tuple[Breach, ...]:
    """Return every run strictly over the limit, however short.

    Where each number is of the time before it, as a rate over five minutes, a run begins and ends somewhere within that time: its
    ends have bounds so far apart, and its length is that from number to number.
    """
    highest = store.one("points_highest", id=signal.id)
    if highest is None or not highest > limit:  # most never are, and one number costs less than to look for runs
        return ()
    rows = store.rows("breaches", id=signal.id, limit=limit, gap=signal.gap_s, evidence_end=evidence_end)
    found = tuple(
        Breach(
            start,
            end,
            peak,
            ended,
            open_start,
            signal.statistic,
            points,
            rate,
            Between(start_latest, start_line) if start_latest else None,
            Between(end_latest, end_line) if end_latest else None,
        )
        for start, end, peak, ended, open_start, points, rate, start_latest, start_line, end_latest, end_line in rows
    )
    return tuple(_within(run, signal.within_s) for run in found) if signal.within_s else found


def _within(run: Breach, seconds: float) -> Breach:
    """Widen the ends of a run of numbers that are each of some time before them: it began, and ended, somewhere within that."""
    if run.start_between or run.end_between:
        return run
    back = timedelta(seconds=seconds)
    first, last = Between(run.start, None), Between(run.end, None)
    return replace(run, start=run.start - back, end=run.end - back, start_between=first, end_between=last)


def lasting(runs: tuple[Breach, ...], sustained: timedelta | None) -> tuple[Breach, ...]:
    """Keep the runs that lasted strictly longer than the rule allows; all of them where it names no duration."""
    if sustained is None:
        return runs
    return tuple(run for run in runs if run.end - run.start > sustained)


def holes(store: Store, signal: Signal, window: Span, longer: float) -> tuple[Span, ...]:
    """Return the stretches of the window, longer than so many seconds, in which the signal says nothing."""
    rows = store.rows("holes", id=signal.id, start=window.earliest, end=window.latest, longer=max(longer, signal.gap_s))
    return tuple(Span(start, end) for start, end in rows)
