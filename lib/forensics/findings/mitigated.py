"""What was done against an incident, in the contract's form: each mitigation with its claim and its measured effect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from forensics import runbook
from forensics.analysis import effects
from forensics.analysis.impact import Measured
from forensics.analysis.mitigations import Done
from forensics.findings.claims import Ledger
from forensics.model import Json, Moment, Query, Span, iso, parse_time
from forensics.store import Store

MOST_TRACES = 10
"""Of one step; the rest is counted."""


def of_this(done: Sequence[Done], recovered: Moment, last: datetime | None, resolved: datetime | None) -> list[Done]:
    """Return what was done until the service had been back for as long as the runbook watches it, or until people resolved
    the incident, whichever came last: what is done later answers something else. Where it is not known when the service was
    back, it is counted from the `last` that anything was over a limit; None where that had no end."""
    back = recovered.span.latest if recovered.span else last
    if back is None:
        return list(done)
    until = max([back + runbook.load().recovery.stable, *([resolved] if resolved else [])])
    return [one for one in done if one.first.time is None or one.first.time <= until]


def told(store: Store, measured: Measured, done: Sequence[Done], ledger: Ledger) -> list[Json]:
    """State each mitigation, when it was done, and what was measured before and after it."""
    return [_told(store, measured, one, number, done, ledger) for number, one in enumerate(done, 1)]


def acted(mitigations: Sequence[Json]) -> list[datetime]:
    """Return by when each mitigation was done, of those whose time is known."""
    done = [one["time"] for one in mitigations if not one["told_only"] and one["time"]]
    return [parse_time(time["latest"] if isinstance(time, dict) else time) for time in done]


def _told(store: Store, measured: Measured, one: Done, number: int, done: Sequence[Done], ledger: Ledger) -> Json:
    act = one.first
    time, until = act.time, act.until
    asked: list[Query] = []
    entry: Json = {
        "kind": one.kind,
        "time": Span(time, until).json() if time and until else iso(time),
        "text": one.text[:300],
        "source": act.channel or act.kind,
        "told_only": one.told_only,
        "where": str(act.citation),
        "traces": [str(other.citation) for other in one.traces[:MOST_TRACES]],
        "effect": None,
        "why_not_measured": "",
    }
    if one.told_only:
        entry["why_not_measured"] = "an update tells of it; when it was done is not known"
    else:
        with store.noted() as asked:
            effect = effects.effect(store, measured, act, one.affects)
        entry["effect"] = effect if any(effect.values()) else None
        if entry["effect"] is None and not effects.known_closely(act):
            entry["why_not_measured"] = "when it was done is not known closely enough"
        elif entry["effect"] is None:
            entry["why_not_measured"] = "no requests or samples stand around it in the evidence"
        if time and effects.known_closely(act):
            near = [other.first.time for other in done if other is not one and other.first.time]
            entry["beside"] = sum(abs(other - time) <= effects.AROUND for other in near)
    entry["claim"] = ledger.claim(
        f"mitigation {number} {one.kind}",
        f"{one.kind} at {iso(time)}: {entry['text']}",
        {"time": entry["time"], "effect": entry["effect"], "beside": entry.get("beside")},
        query="effect_of_action" if entry["effect"] else "",
        asked=asked if entry["effect"] else (),
        places=True,
        parameters={
            "time": iso(time),
            "minutes": effects.AROUND.total_seconds() / 60,
            "signals": [one["signal"] for one in (entry["effect"] or {}).values() if one],
        },
        evidence=[other.citation for other in one.traces],
    )
    return entry
