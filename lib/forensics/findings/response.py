"""The response in the contract's form: updates, the promise, who was told, mitigations with their effect, steps with their traces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forensics import runbook
from forensics.analysis import mitigations
from forensics.analysis.acts import Act, room, shows
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.known import Record
from forensics.analysis.mitigations import Done
from forensics.analysis.moments import noticed
from forensics.analysis.relapses import Relapse
from forensics.findings import drafts, fix_steps, mitigated, phases, promise, updates
from forensics.findings.claims import Ledger
from forensics.findings.mitigated import MOST_TRACES
from forensics.findings.updates import Course, Due, Update
from forensics.model import Citation, Event, Evidence, Json, Moment, Parameters, Severity
from forensics.runbook import Step
from forensics.store import Store
from forensics.times import iso, parse_time


@dataclass(frozen=True, slots=True)
class Responded:
    """What the response is read from."""

    store: Store
    measured: Measured
    impact: Impact
    acts: list[Act]
    records: list[Record]
    moments: dict[str, Moment]
    severity: Severity
    severity_claim: str
    title: str
    evidence: list[Evidence]
    parameters: Parameters
    ledger: Ledger
    again: Sequence[Relapse] = ()
    """Where it ceased and came back."""


def response(known: Responded) -> tuple[list[Json] | None, str, Json]:
    """Return the updates, why there are none to speak of, and everything else that is known of the response."""
    acts = known.acts
    sent = updates.sent(acts, known.records)
    every = mitigations.mitigations(acts, noticed(known.moments))
    channels = runbook.load().channels
    ends = [entry.covers[1] for entry in known.evidence if entry.covers and entry.format in channels]
    declared, ours = known.moments["declared"], known.severity.level
    course = updates.course(
        acts, sent, known.records, declared, ours, max(ends, default=None), known.parameters.severity_words
    )
    resolved = course.end if isinstance(course, Course) else None
    done = mitigated.of_this(every, known.moments["recovered"], _last_over(known), resolved)
    told: Json = {
        "rule": updates.RULE,
        "course": None,
        "silence": None,
        "promise": _promise(known, course),
        "mobilised": [_mobilised(known, acts, called) for called in runbook.load().to_call],
        "mitigations": mitigated.told(known.store, known.measured, known.impact, done, known.ledger),
        "later_actions": len(every) - len(done),
        "phases": _phases(known, acts, done, sent, course),
        "channels": sorted({act.channel for act in acts if act.channel and act.kind != "process"}),
    }
    if isinstance(course, str):
        return None, course, told
    told["course"] = _course(known, course)
    of_course = told["course"]["claim"]
    told["silence"] = _silence(known, course, sent, acts, of_course)
    due = updates.due(course, sent)
    entries = _updates(known, course, due, done, of_course)
    told["counts"] = _counts(known, course, due, [of_course, *(entry["claim"] for entry in entries)])
    return entries, "", told


def _last_over(known: Responded) -> datetime | None:
    """Return when anything was last over a limit; None where that had no end in the evidence, or nothing was."""
    runs = [run for found in known.measured.runs.values() for run in found]
    return None if any(run.open for run in runs) else max((run.latest_end for run in runs), default=None)


def commands(acts: Sequence[Act], moments: dict[str, Moment]) -> list[Act]:
    """Return the commands by which people mitigated and fixed it."""
    begun = noticed(moments)
    book = runbook.load()
    fixes = fix_steps.steps()
    wanted = [one.trace for one in book.mitigations] + [step.trace for step in fixes]
    given = [act for act in acts if act.kind == "command" and act.time and begun and act.time >= begun]
    recovered = moments["recovered"].span
    until = recovered.latest + book.recovery.stable if recovered else datetime.max
    return [
        act
        for act in given
        if act.time and any(shows(trace, act) for trace in wanted)
        and (act.time <= until or any(shows(step.trace, act) for step in fixes))
    ]  # fmt: skip


def events(given: Sequence[Act]) -> list[Event]:
    """Return commands as events of the timeline; those that are only known to lie between two times have no place in it."""
    return [
        Event(act.time, "action", f"{fix_steps.COMMAND}{act.text[:200]}", act.citation, weight=3)
        for act in given
        if act.time and act.until is None
    ]


# ---- updates --------------------------------------------------------------------------------------------------------


def _course(known: Responded, course: Course) -> Json:
    told: Json = {
        "start": iso(course.start),
        "start_why": course.start_why,
        "end": iso(course.end),
        "end_why": course.end_why,
        "resolved": course.resolved,
        "levels": [{"time": iso(one.time), "level": one.value, "where": str(one.citation)} for one in course.levels],
    }
    statement = f"updates were due from {told['start']} ({course.start_why}) to {told['end']} ({course.end_why})"
    cited = [*course.start_from, *course.end_from, *(one.citation for one in course.levels)]
    told["claim"] = known.ledger.claim(
        "course of the response",
        statement,
        told,
        claims=[known.moments["declared"].claim, known.moments["recovered"].claim],
        evidence=cited,
    )
    return told


def _updates(known: Responded, course: Course, due: Sequence[Due], done: Sequence[Done], of_course: str) -> list[Json]:
    found: list[Json] = []
    for place, one in enumerate(due):
        update = one.update
        entry: Json = {
            "due": iso(one.due),
            "sent": iso(update.time) if update else None,
            "channel": ", ".join(update.channels) if update else None,
            "room": room(update.citations[0].path, known.evidence) if update else None,
            "late_s": one.late,
            "status": update.state if update else None,
            "missing": update is None,
            "level": one.level,
            "where": str(update.citations[0]) if update else None,
        }
        statement = f"an update due {entry['due']} at {one.level} was " + (
            f"sent {entry['sent']} in {entry['channel']}" if update else "not found in the evidence"
        )
        entry["claim"] = known.ledger.claim(
            f"update {place + 1}",
            statement,
            {"due": entry["due"], "sent": entry["sent"], "late_s": one.late},
            parameters={"due": entry["due"], "from": iso(course.start), "to": iso(course.end)},
            claims=[of_course],
            evidence=update.citations if update else course.start_from,
        )
        if update is None and one.due is not None:
            before = [other.update for other in due[:place] if other.update]
            number = 1 + sum("draft" in other for other in found)
            every = updates.every(one.level)
            shown = drafts.Shown(known.store, known.measured, known.moments, known.title, known.ledger, known.again)
            last = found[-1]["sent"] or found[-1]["due"] if found else None
            since = parse_time(last) if last else None
            told = drafts.draft(shown, one.due, every, before, done, since)
            entry["draft"] = {"name": f"update-{number}.md", **told}
        found.append(entry)
    return found


def _counts(known: Responded, course: Course, due: Sequence[Due], claims: Sequence[str]) -> Json:
    """Count the updates that were sent, those of them that were late, and those that are missing."""
    told: Json = {
        "sent": sum(one.update is not None for one in due),
        "late": sum(bool(one.late) for one in due),
        "missing": sum(one.update is None for one in due) + course.unlisted,
        "unlisted": course.unlisted,
    }
    statement = f"updates sent {told['sent']}, late {told['late']}, missing {told['missing']}"
    cited = [citation for one in due if one.update for citation in one.update.citations]
    told["claim"] = known.ledger.claim(
        "updates sent and missing", statement, dict(told), claims=claims, evidence=cited or course.start_from
    )
    return told


def _silence(known: Responded, course: Course, sent: Sequence[Update], acts: Sequence[Act], of_course: str) -> Json:
    """State the longest stretch without an update, and how much people wrote in it that is none."""
    inside = [one for one in sent if course.start < one.time < course.end]
    ends = [(course.start, course.start_from), *((u.time, u.citations) for u in inside), (course.end, course.end_from)]
    longest = max(range(len(ends) - 1), key=lambda place: (ends[place + 1][0] - ends[place][0], -place))
    (start, first), (end, last) = ends[longest], ends[longest + 1]
    others = [a for a in acts if a.kind == "message" and a.time and start < a.time < end and a.channel]
    told: Json = {
        "start": iso(start),
        "end": iso(end),
        "length_s": round((end - start).total_seconds(), 3),
        "messages": len(others),
    }
    statement = f"the longest stretch without an update: {told['start']} to {told['end']}"
    told["where"] = [str(citation) for citation in (*first[:1], *last[:1])]
    told["claim"] = known.ledger.claim(
        "longest silence",
        statement,
        {"length_s": told["length_s"], "messages": len(others)},
        parameters={"start": told["start"], "end": told["end"]},
        claims=[of_course],
        evidence=[*first, *last],
    )
    return told


def _promise(known: Responded, course: Course | str) -> Json:
    level, how = known.severity.level, "ours"
    if isinstance(course, Course):
        level, how = course.level(course.start)
    elif known.severity.stated:
        level, how = (
            runbook.load().stated_level(known.severity.stated, known.parameters.severity_words) or level,
            "declared",
        )
    hours = promise.hours(known.parameters.business_hours, known.parameters.zone)
    told = promise.promise(known.moments, level, how, hours)
    told["parameters"] = {"business_hours": known.parameters.business_hours, "zone": known.parameters.zone}
    named = [known.moments[name] for name in ("detected", "declared", "acknowledged")]
    told["claim"] = known.ledger.claim(
        "response time",
        f"acknowledged within the time promised at {level}: {told['verdict'].replace('_', ' ')}",
        {name: told.get(name) for name in ("promise_s", "took_s", "counted_s", "until", "verdict")},
        parameters={"level": level, "business_hours": known.parameters.business_hours, "zone": known.parameters.zone},
        claims=[known.severity_claim, *(moment.claim for moment in named)],
        evidence=[citation for moment in named for citation in moment.citations],
    )
    return told


# ---- people and actions ---------------------------------------------------------------------------------------------


def _mobilised(known: Responded, acts: Sequence[Act], called: runbook.Called) -> Json:
    found = phases.mobilised(acts, called)
    told: Json = {"id": called.id, "words": called.words, "trace": "no trace"}
    if found is None:
        return told
    act, how = found
    claim = known.ledger.claim(
        f"mobilised {called.id}",
        f"the first trace of {called.id}: {how}, {act.channel or act.kind}, {iso(act.time)}",
        iso(act.time),
        evidence=[act.citation],
    )
    return told | {
        "trace": how,
        "time": iso(act.time),
        "channel": act.channel or None,
        "room": room(act.citation.path, known.evidence),
        "where": str(act.citation),
        "claim": claim,
    }


# ---- steps ----------------------------------------------------------------------------------------------------------


def _phases(
    known: Responded, acts: Sequence[Act], done: Sequence[Done], sent: Sequence[Update], course: Course | str
) -> list[Json]:
    found = []
    for phase in runbook.load().phases:
        steps = []
        for step in phase.steps:
            traces = _traces(known, step, acts, done, sent, course)
            dated = [time for time, _, _ in traces if time]
            entry: Json = {
                "section": step.section,
                "words": step.words,
                "trace": "found" if traces else "no trace",
                "count": len(traces),
                "first": iso(min(dated, default=None)),
                "last": iso(max(dated, default=None)),
                "traces": [
                    {"time": iso(time), "text": text[:200], "where": str(citation)}
                    for time, text, citation in traces[:MOST_TRACES]
                ],
            }
            if traces:
                entry["claim"] = known.ledger.claim(
                    f"step {phase.number} {step.section} {step.words}",
                    f"traces of “{step.words}”: {len(traces)}",
                    {"count": len(traces), "first": entry["first"], "last": entry["last"]},
                    evidence=[citation for _, _, citation in traces],
                )
            steps.append(entry)
        found.append({"phase": phase.number, "title": phase.title, "steps": steps})
    return found


def _traces(
    known: Responded,
    step: Step,
    acts: Sequence[Act],
    done: Sequence[Done],
    sent: Sequence[Update],
    course: Course | str,
) -> list[tuple[datetime | None, str, Citation]]:
    if step.moment:
        moment = known.moments[step.moment]
        return [(moment.span.earliest, moment.why, one) for one in moment.citations] if moment.span else []
    if step.stated == "updates":
        return [(one.time, one.text.splitlines()[0], one.citations[0]) for one in sent]
    if step.stated:
        if isinstance(course, str):
            return []
        if step.stated == "severity":
            return [(one.time, one.value, one.citation) for one in course.levels]
        return [(course.end, course.end_why, one) for one in course.end_from] if course.resolved else []
    since = noticed(known.moments)
    if step.since:
        span = known.moments[step.since].span
        if span is None:
            return []
        since = span.latest
    found = phases.traces(step, acts, since, done)
    return [(act.time, act.text.splitlines()[0], act.citation) for act in found]
