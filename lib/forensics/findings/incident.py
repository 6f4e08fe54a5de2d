"""The incident itself: which records are of it, what it is called, when it was, and how it stands when the evidence ends."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import timedelta
from functools import cache

from forensics import declarations
from forensics.analysis import acts as acting
from forensics.analysis import impact as impacts
from forensics.analysis import messages
from forensics.analysis.known import Record, declaring
from forensics.findings import updates
from forensics.model import Citation, Json, Moment, Parameters, Severity
from forensics.store import Store
from forensics.times import Span


def records(store: Store) -> list[Record]:
    """Return the records of incident systems, as far as they say what they are."""
    found = []
    for row in store.records("incident_records"):
        services = json.loads(row["services"]) if row["services"] and row["services"].startswith("[") else []
        found.append(
            Record(
                id=row["id"] or "",
                title=row["title"] or "",
                severity=row["severity"],
                status=row["status"],
                started=row["started"],
                ended=row["ended"],
                automatic=row["automatic"],
                services=tuple(str(service) for service in services),
                citation=Citation(row["path"], position=row["position"]),
                resolution=row["resolution"],
            )
        )
    return found


EARLIER = timedelta(days=1)
"""No clock that is read in a wrong zone stands further off: a record that is older than that is of another incident."""


def of_this(found: list[Record], impact: impacts.Impact) -> list[Record]:
    """Leave out the records of earlier incidents, as a table of a help desk holds them: those opened more than a day before it began,
    where others were opened later."""
    if not impact.runs or impact.by_own_clock:
        return found
    later = [one for one in found if one.started is None or one.started >= impact.start - EARLIER]
    return later if any(one.started for one in later) else found


def named_by(found: list[Record], lasted: Span | None) -> Record | None:
    """Return the record that names the incident: the first of the gravest that people opened, else the first that a program opened
    while it lasted; where nothing tells when it lasted, the first of all."""
    person = next(iter(declaring(found)), None)
    then = [one for one in found if lasted and one.started and lasted.earliest <= one.started <= lasted.latest]
    return person or next(iter(then if lasted else found), None)


@cache
def _alerts() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one["pattern"]) for one in declarations.declared("findings/alert_titles.toml")["alert"])


def of_alert(title: str) -> bool:
    """Say whether a title is the name or the condition of an alert, as alert_titles.toml knows them."""
    return any(one.search(title) for one in _alerts())


def titled(named: Record | None, impact: impacts.Impact) -> str:
    """Return the title that the record gives; none where it is an alert's, and what users felt was measured and says more."""
    title = named.title if named else ""
    return "" if impact.kind != "none" and of_alert(title) else title


POSSIBLE = {"throughput": "far less was done than was usual", "standstill": "the process may have stood still"}
"""What may have been an outage though no request failed, by what shows it."""


_MET = {
    "declare.security_alert": "A security alert",
    "declare.complaints": "Customers complained more and more",
}
"""What an incident is called that nothing but such a criterion shows."""


def possible(measured: impacts.Measured) -> str:
    """Return what may have been an outage though no limit was broken; empty where nothing may."""
    return next((POSSIBLE[one.what] for one in measured.troubles if one.possible_outage and one.what in POSSIBLE), "")


def untitled(
    impact: impacts.Impact,
    severity: Severity,
    elsewhere: tuple[str, str] | None,
    only_route: Json | None,
    may: str = "",
    met: Collection[str] = (),
) -> str:
    """Return a title for an incident to which nobody gave one: what users felt; `elsewhere` as of `leading.seen_elsewhere`, `may` as of
    `possible`, and `met` are the rules that were."""
    if impact.kind == "none" and severity.level not in ("none", "undetermined", "P3"):
        return next(
            (title for rule, title in _MET.items() if rule in met and severity.level == "P2"), "Data lost or damaged"
        )
    if impact.kind == "none" and elsewhere:
        return f"An incident as the {elsewhere[1]} saw it, none as the {elsewhere[0]} did"
    if impact.kind == "none" and may:
        return f"No limit was broken, but {may}"
    if impact.kind == "none":
        return "Not known" if severity.level == "undetermined" else "No incident in this evidence"
    if impact.first.signal == "response_time" and any(r.signal == "error_rate" and r.tier == 1 for r in impact.runs):
        return (
            f"Requests to {only_route['route']} failed or were slow" if only_route else "Requests failed or were slow"
        )
    if impact.first.signal == "error_rate" and any(r.signal == "availability" and r.tier == 1 for r in impact.runs):
        return "Service unavailable"
    if impact.first.signal == "error_rate" and only_route:
        return f"Requests to {only_route['route']} failed"
    return {
        "error_rate": "Requests failed",
        "response_time": "Slow responses",
        "availability": "Service unavailable",
        "security": "Failed logins",
        "data": "Data lost",
        "process": "The process died",
        "refused": "Requests were refused",
        "queue": "A queue grew",
        "db_connections": "Database connections over their threshold",
    }.get(impact.first.signal, f"{impact.first.signal.replace('_', ' ').capitalize()} over its threshold")


def state(
    impact: impacts.Impact,
    found: dict[str, Moment],
    severity: Severity,
    elsewhere: tuple[str, str] | None,
    may: str = "",
) -> str:
    """Say how it stands when the evidence ends."""
    if impact.kind == "none" and severity.level not in ("none", "undetermined", "P3"):
        return "not known"
    if impact.kind == "none" and elsewhere:
        return f"not known: no incident as the {elsewhere[0]} saw it, one as the {elsewhere[1]} did"
    if impact.kind == "none" and may:
        return f"not known: no limit was broken, but {may}"
    if impact.kind == "none":
        return "not known: too little evidence" if severity.level == "undetermined" else "no incident in this evidence"
    if impact.open or not found["recovered"].reached:
        return "ongoing when the evidence ends"
    return "recovered" if found["recovered"].span else "not known"


def window(
    measured: impacts.Measured,
    impact: impacts.Impact,
    found: dict[str, Moment],
    said: list[messages.Said],
    parameters: Parameters,
) -> tuple[Span | None, str]:
    """Return from when to when it was, and how that is known: the contract's `window`."""
    if parameters.start and parameters.end:
        return Span(measured.span.start, measured.span.end), "stated"
    onset, recovered = found["onset"], found["recovered"]
    if onset.span is not None and (impact.runs or recovered.span):
        last = impact.end_on(onset.span.earliest) if impact.runs else onset.span.latest
        end = max(recovered.span.latest, last) if recovered.span else last
        return Span(onset.span.earliest, max(end, onset.span.latest)), "derived"
    experiments = [event.time for event in said if event.what == "experiment"]
    if experiments:
        return Span(min(experiments), max(experiments)), "stated"  # other files may tell of other days
    if measured.evidence:
        return Span(*measured.evidence), "evidence span"
    return None, ""


def level_named(acts: list[acting.Act], onset: Moment, parameters: Parameters) -> str | None:
    """Return the level that people first named in their messages since it began; None where nobody did."""
    if onset.span is None:
        return None
    return next(
        (one.value for one in updates.levels(acts, (), parameters.severity_words) if one.time >= onset.span.earliest),
        None,
    )
