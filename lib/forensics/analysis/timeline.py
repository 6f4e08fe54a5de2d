"""The timeline: what happened, in order, each event with its evidence; and the few that tell the story."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from forensics.analysis.impact import Impact, Measured
from forensics.analysis.messages import Said
from forensics.model import Change, Citation, Event, Moment

KEY_EVENTS = 15
LEAD = timedelta(minutes=30)
"""The story begins this long before the onset: what changed recently belongs to it."""

_KINDS = {"signal", "change", "decision", "action", "communication"}
_TITLES = {
    "error_rate": "Error rate over its limit",
    "response_time": "Response time over its limit",
    "availability": "Every request failed",
    "security": "Failed logins from one address",
    "memory": "Memory over its limit",
    "disk": "Disk over its limit",
    "db_connections": "Database connections over their limit",
}


def timeline(said: list[Said], changes: list[Change], impact: Impact, measured: Measured) -> list[Event]:
    """Return every event that can be dated, in order; samples and log lines stay in the store."""
    events = [
        Event(e.time, e.kind if e.kind in _KINDS else "signal", _short(e.text), e.citation, e.who, e.weight)  # type: ignore[arg-type]
        for e in said
    ]
    events += [
        Event(c.time, "change", f"Commit {c.id[:7]}: {_short(c.summary)}", c.citation, weight=3)
        for c in changes
        if c.time is not None and c.kind != "restart"
    ]
    seen: set[tuple[datetime, str]] = set()
    for run in impact.runs:
        title = _TITLES.get(run.signal)
        citation = _path_of(run.breach.signal)
        if title is None or (run.breach.start, run.signal) in seen:
            continue
        seen.add((run.breach.start, run.signal))
        weight = 5 if run.tier == 1 else 3
        peak = f", peak {run.breach.peak:g}" if run.signal not in ("availability",) else ""
        events.append(Event(run.breach.start, "signal", f"{title} ({run.breach.seconds:,.0f} s{peak})", citation, weight=weight))
    for start, target, citation in _first_probes(measured):
        events.append(Event(start, "signal", f"Probe of {target} failed", citation, weight=2))
    return sorted(events, key=lambda e: (e.time, e.kind, e.text, str(e.citation)))


def _first_probes(measured: Measured) -> Iterable[tuple[datetime, str, Citation]]:
    """Yield the first failed probe of each target in each quarter of an hour: the rest says the same."""
    last: dict[str, datetime] = {}
    for time, target, citation in measured.failed_probes:
        if target not in last or time - last[target] > timedelta(minutes=15):
            yield time, target, citation
        last[target] = time


def _path_of(statistic: str) -> Citation:
    return Citation(statistic.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0])


def _short(text: str) -> str:
    first = " ".join(line.strip() for line in text.strip().splitlines()[:4])
    return first if len(first) <= 200 else first[:197] + "…"


def key_events(events: list[Event], moments: dict[str, Moment]) -> list[Event]:
    """Return at most fifteen events that tell the story, in order: the heaviest near the incident."""
    spans = [m.span for m in moments.values() if m.span]
    if not spans:
        return events[:KEY_EVENTS]
    start = min(s.earliest for s in spans) - LEAD
    end = max(s.latest for s in spans) + LEAD
    near = [e for e in events if start <= e.time <= end and e.weight > 1]
    told: dict[str, Event] = {}
    for event in near:
        told.setdefault(f"{event.kind} {event.text}", event)
    chosen = sorted(told.values(), key=lambda e: (-e.weight, e.time, e.text))[:KEY_EVENTS]
    return sorted(chosen, key=lambda e: (e.time, e.kind, e.text))
