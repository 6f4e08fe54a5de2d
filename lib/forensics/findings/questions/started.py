"""When did the issue start?"""

from __future__ import annotations

from forensics.analysis import messages
from forensics.findings.questions.case import (
    Case,
    between,
    remedies,
)
from forensics.lengths import cut
from forensics.model import Answer
from forensics.times import full, iso, own_clock, utc


def started(case: Case, question: str, words: str) -> Answer:
    onset = case.moments["onset"]
    if onset.span is None:
        people = [one for one in case.stated if one.moment == "onset" and one.written]
        said = "".join(
            f" “{one.words}” stands in {one.citation}; no data bear it out or contradict it." for one in people[:2]
        )
        claims: list[str] = []
        if alerts := messages.alerts(case.said):
            first = min(alerts, key=lambda one: (one.time, one.citation.place))
            told = f"the first alert is of {full(first.time)}{utc(first.time)}: “{cut(first.text)}” ({first.citation})"
            said += f" {told[:1].upper()}{told[1:]}; whether it began then is not measured."
            claims.append(case.ledger.claim("first alert", told, iso(first.time), evidence=[first.citation]))
        return Answer(
            question,
            words,
            "partial" if people or claims else "unknown",
            onset.why[0].upper() + onset.why[1:] + "." + said,
            tuple(claims),
            collect_next=remedies(case, "empty", "saved-error-page", "cut", "serialised-map", "empty-json"),
        )
    text = f"The service left its normal behaviour {between(onset.span)} ({onset.why})."
    status = "partial" if case.impact.runs and case.impact.first.breach.open_start else "answered"
    logs = [(entry.covers[0], entry.path) for entry in case.evidence if entry.kind == "log" and entry.covers]
    begins, path = min(logs, default=(onset.span.earliest, ""))
    if begins > onset.span.earliest and not own_clock(onset.span.earliest) and not own_clock(begins):
        status = "partial"
        text += f" No log reaches back to it: the first line is of {full(begins)}{utc(begins)} ({path})."
    return Answer(question, words, status, text, (onset.claim,) if onset.claim else ())  # type: ignore[arg-type]
