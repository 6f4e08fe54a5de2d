"""Onset and recovery by the errors of dated logs, beside what numbers tell on a clock of their own."""

from __future__ import annotations

from dataclasses import replace

from forensics.analysis import dated_errors, signals
from forensics.analysis import impact as impacts
from forensics.analysis.dated_errors import Dated, Told
from forensics.analysis.impact import Impact
from forensics.model import Event, Moment
from forensics.store import Store
from forensics.times import Span, clock, own_clock, utc


def onset(dated: Dated, counted: Moment) -> Moment:
    """Return the onset between the last event without an error and the first error of the log that tells it first.

    `counted` is the onset by a clock that only counts seconds; it stands beside. One that was stated stays, and what is derived
    stands beside it.
    """
    first = dated.first
    many = "one error" if first.errors == 1 else f"{first.errors:,} errors"
    until = f"{many} until {clock(first.last)}{utc(first.last)}"
    if first.before is None:
        why = f"the first error of {first.path} ({until}), which holds nothing before it: it began no later, and may have begun earlier"
    else:
        why = f"between the last event of {first.path} without an error and its first error ({until})"
    own = counted.derived if counted.source == "stated" else counted
    if own is not None and own.span is not None:
        whose = f"the clock of {own.citations[0].path}" if own.citations else "another clock"
        why += f"; what was over a limit stands on {whose}, from {clock(own.span.earliest)} on"
    span = Span(first.before or first.first, first.first)
    found = Moment(
        "onset",
        "derived",
        span,
        why,
        citations=(first.began,),
        on_own_clock=replace(own, asked=()) if own is not None else None,
        asked=(*counted.asked, *dated.asked),
    )
    return replace(counted, derived=found) if counted.source == "stated" else found


def recovered(impact: Impact, counted: Moment) -> Moment:
    """Return the recovery between the last error and the next event without one in the log that tells it; unknown where that log
    ends with it. What was still over a limit when its own evidence ended had not recovered by then."""
    if not counted.reached:
        return counted
    last = impact.dated.last
    asked = (*counted.asked, *impact.dated.asked)
    if last.after is None:
        why = f"{last.path} ends with its last error, at {clock(last.last)}{utc(last.last)}: no later event of it shows whether it was over"
        return Moment("recovered", "unknown", why=why, on_own_clock=counted, asked=asked)
    why = f"between the last error of {last.path} and its next event without one"
    span = Span(last.last, last.after)
    return Moment("recovered", "derived", span, why, citations=(last.ended,), on_own_clock=counted, asked=asked)


def first_within(store: Store, judged: signals.Span, stretch: Span) -> Told | None:
    """Return the log whose errors begin first within a stretch of which only the whole was measured; None where none do, where
    errors were told at its beginning already, or where it stands on a clock that only counts seconds."""
    if own_clock(stretch.earliest):
        return None
    told = [one.first for one in dated_errors.find(store, judged, impacts.apart()).every]
    if any(one.first < stretch.earliest <= one.last for one in told):
        return None
    return next((one for one in told if stretch.earliest <= one.first < stretch.latest), None)


def events(dated: Dated) -> list[Event]:
    """Return what the timeline tells of these stretches: when each began, and when its last error was."""
    found = []
    for stretch in dated.every:
        first, last = stretch.first, stretch.last
        weight = 4 if stretch in dated.incident else 2
        began = f"First of {_errors(stretch.errors)}, in {', '.join(stretch.paths)}"
        found.append(Event(first.first, "signal", began, first.began, weight=weight))
        found.append(
            Event(last.last, "signal", f"Last of {_errors(stretch.errors)}, in {last.path}", last.ended, weight=weight)
        )
    return found


def _errors(count: int) -> str:
    return f"{count:,} errors"
