"""The clock points of an incident, each with bounds that follow from the samples around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from forensics.analysis import by_dated_logs, level_words, messages, mitigated, noticed_words
from forensics.analysis import onset as onsets
from forensics.analysis import recovered as ends
from forensics.analysis.impact import Impact
from forensics.analysis.known import Known, declaring, unknown
from forensics.analysis.mitigations import mitigations
from forensics.model import Citation, Moment, Parameters, Query
from forensics.store import Store
from forensics.times import Span


def moments(store: Store, known: Known, parameters: Parameters) -> dict[str, Moment]:
    """Return the six moments by name."""
    with store.noted() as asked:
        onset = onsets.onset(store, known, parameters)
    if known.impact.runs:
        asked += known.found_by(known.impact.first)
    if onset.source == "stated":
        asked.append(Query("evidence_span"))
    onset = replace(onset, asked=tuple(asked))
    recovered = ends.recovered(store, known, onset)
    if known.impact.runs and recovered.span is None:
        last = max(known.impact.runs, key=lambda run: (run.breach.latest_end, run.breach.end))
        recovered = replace(recovered, asked=recovered.asked or known.found_by(last))
    if known.impact.dated.incident:
        onset, recovered = (
            by_dated_logs.onset(known.impact.dated, onset),
            by_dated_logs.recovered(known.impact, recovered),
        )
    begun = onset.span.earliest if onset.span else None
    found = [
        onset,
        _noticed_by_then(known, onset, _detected(known, onset.span), recovered),
        _declared(known, begun),
        _acknowledged(known, begun),
    ]
    ended_by = mitigated.mitigated(store, known, onset, noticed({moment.name: moment for moment in found}), recovered)
    if still := ends.never_usual(store, known, onset, recovered):
        recovered = still
        ended_by = replace(ended_by, why=ended_by.why.replace("the service recovered", "the limits were kept again"))
    found += [ended_by, recovered]
    return {moment.name: moment for moment in found}


def noticed(found: Mapping[str, Moment]) -> datetime | None:
    """Return when people may have begun to respond: nobody mitigates what nobody has noticed."""
    spans = [found[name].span for name in ("detected", "declared", "acknowledged")]
    told = [span.earliest for span in spans if span] or [span.earliest for span in [found["onset"].span] if span]
    return min(told, default=None)


def _first(name: str, found: Iterable[tuple[datetime, str, Citation]], why_not: str) -> Moment:
    best = min(found, key=lambda one: (one[0], one[1], str(one[2])), default=None)
    if best is None:
        return unknown(name, why_not)
    time, why, citation = best
    return Moment(name, "derived", Span(time, time), why, citations=(citation,))


def _detected(known: Known, onset: Span | None) -> Moment:
    """Return the first alert, incident, failed probe or message that something is wrong, else the first message: a person's word
    counts from the latest that the onset can have been, for before that it may have been about something else, unless nothing
    else tells of it."""
    after = onset.earliest if onset else datetime.min
    found = [
        (e.time, "the first alert", e.citation)
        for e in messages.alerts(known.said)
        if e.time >= after and not messages.ahead(e.text)
    ]
    found += [
        (r.started, "the monitoring opened an incident by itself", r.citation)
        for r in known.records
        if r.automatic and r.started and r.started >= after
    ]
    found += [(time, f"a failed probe of {target}", citation) for time, target, citation in known.failed_probes(after)]
    if found and onset:
        after = onset.latest
    wrote = [e for e in known.said if e.kind == "communication" and e.person and e.time >= after]
    alarmed = [e for e in wrote if "acknowledged" in e.means or noticed_words.noticed(e.text)]
    why = "a person's report" if alarmed else "a person's message"
    found += [(e.time, why, e.citation) for e in alarmed or wrote]
    return _first("detected", found, "no alert, failed probe or message after the onset is in the evidence")


def _noticed_by_then(known: Known, onset: Moment, detected: Moment, recovered: Moment) -> Moment:
    """Where nothing tells of detection, return that it was by the first thing that a person did against the incident.

    A process may restart by itself: only commands, changes, restored data and what people wrote show that somebody knew. What
    was done when the service was back answers something else.
    """
    if detected.span or onset.span is None or onset.source == "unknown":
        return detected
    until = recovered.span.latest if recovered.span else datetime.max
    done = mitigations(known.acts, onset.span.earliest)
    acts = [one.first for one in done if not one.told_only]
    acts = [act for act in acts if act.time and act.time <= until and (act.kind != "process" or act.what == "restore")]
    if not acts:
        return detected
    first = acts[0]
    why = f"{detected.why}; somebody knew of it when this was done: {first.text.splitlines()[0]}"
    latest = first.until or first.time or onset.span.latest
    return Moment("detected", "derived", Span(onset.span.earliest, latest), why, citations=(first.citation,))


def _declared(known: Known, begun: datetime | None) -> Moment:
    found = [(r.started, "a person opened an incident", r.citation) for r in declaring(known.records) if r.started]
    found += [
        (e.time, "a person opened an incident through the API", e.citation)
        for e in known.said
        if e.kind == "decision" and e.what == "POST" and e.person
    ]
    named = ((e, level_words.named(e.text)) for e in known.said if e.person and e.time >= (begun or datetime.min))
    found += [(e.time, f"a person named a severity: {said.words}", e.citation) for e, said in named if said]
    return _first("declared", found, "no incident record opened by a person is in the evidence")


def _acknowledged(known: Known, begun: datetime | None) -> Moment:
    after = begun or datetime.min
    found = [
        (
            e.time,
            "a person updated the incident" if e.what == "incident update" else "a person wrote that they were on it",
            e.citation,
        )
        for e in known.said
        if e.person and e.time >= after and e.what != "POST" and ("acknowledged" in e.means or "update" in e.means)
    ]
    return _first("acknowledged", found, "nobody wrote that they took it, and no alert was acknowledged")


def durations(found: dict[str, Moment], impact: Impact) -> dict[str, list[float | None] | None]:
    """Return the ranges of the durations, in seconds from onset; a null maximum is still open.

    Where a moment's clock is known to stand ahead of the onset's, the range holds both readings, as written and corrected.
    """

    def since(name: str) -> list[float | None] | None:
        onset, moment = found["onset"], found[name]
        if onset.span is None:
            return None
        if moment.span is None:
            return None if moment.reached else [0.0, None]
        low = (moment.span.earliest - onset.span.latest).total_seconds()
        high = (moment.span.latest - onset.span.earliest).total_seconds()
        if moment.clock and moment.clock.ahead:
            low, high = min(low, low - moment.clock.ahead.most), max(high, high - moment.clock.ahead.least)
        return [round(max(0.0, low), 3), round(max(0.0, high), 3)]

    measured = any(run.signal != "data" for run in impact.runs)
    least, most = round(impact.seconds(), 3), round(impact.seconds(most=True), 3)
    return {
        "to_detect_s": since("detected"),
        "to_acknowledge_s": since("acknowledged"),
        "to_mitigate_s": since("mitigated"),
        "to_recover_s": since("recovered"),
        "impact_s": [least, None if impact.open else most] if measured else None,
    }
