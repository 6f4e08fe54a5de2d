"""The page of the post-mortem meeting (runbook 5.1): who attends, the five points in order, and what is known for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from forensics import declarations
from forensics.findings import notes
from forensics.model import Json
from forensics.report import backtest, bounding, folded, moments_told, nothing, response, sheet, story, written
from forensics.report.redaction import Redactor
from forensics.report.words import Times, clip, lengths, plural, sentence

MOST_QUESTIONS = 8
"""Open questions that one point asks; a meeting answers no more."""
BOUND = bounding.Bounds(text=700, rows=12)


@dataclass(slots=True)
class Point:
    """One point of the agenda, with what the evidence gives it."""

    name: str
    title: str
    minutes: int
    leads: str
    goal: str
    sections: list[str]
    """The parts of the post-mortem that it settles, by their names in narrative.toml."""
    facts: list[tuple[str, str]] = field(default_factory=list)
    """What is known, as pairs of a name and a sentence."""
    ask: list[str] = field(default_factory=list)
    """What only the people in the room can settle."""
    unwritten: list[tuple[str, str]] = field(default_factory=list)
    """What the post-mortem still lacks, and whose it is."""
    said: list[tuple[str, str]] = field(default_factory=list)
    """What people have written already."""


def _data() -> dict[str, Any]:
    return declarations.declared("report/meeting.toml")


def render(result: Json, claims: list[Json], redact: Redactor) -> str:
    """Return the page."""
    told = bounding.bounded(result, redact, BOUND)
    times = Times(story.zone(told))
    points = agenda(told, times)
    lines = {line.name: line.text for line in story.summary(told, times)}
    return sheet.render(
        "meeting.html.j2",
        title=story.heading(told),
        quiet=nothing.quiet(told),
        summary=[(name, lines[name]) for name in ("What", "When", "How long", "Who was hit", "State now", "Severity")],
        attendees=attendees(told),
        points=points,
        minutes=sum(point.minutes for point in points),
        events=[event for event in told["timeline"] if event["key"]],
        counted=lambda event: folded.counted(event, times),
        times=times,
        actions=written.actions(told),
        findings=bounding.drawn_from(told)[: BOUND.rows],
        review=written.review(told),
        redacted=redact.enabled,
    )


def invited() -> list[Json]:
    """Return the roles that attend, what each brings, and by which calls of the runbook the evidence shows it."""
    return list(_data()["attendee"])


def agenda_points() -> list[Point]:
    """Return the five points in the runbook's order, not filled yet."""
    return [Point(**one) for one in _data()["point"]]


def attendees(told: Json) -> list[Json]:
    """Return who attends, by role, with what they bring and whether the evidence shows them in the response."""
    traces = {one["id"]: one["trace"] for one in (told.get("response") or {}).get("mobilised", [])}
    found = []
    for one in invited():
        seen = [traces[name] for name in one["traces"] if name in traces]
        took = any(trace != "no trace" for trace in seen)
        shown = "" if not seen else "seen in the response" if took else "no trace in the evidence"
        found.append({"role": one["role"], "brings": one["brings"], "shown": shown})
    return found


def agenda(told: Json, times: Times) -> list[Point]:
    """Return the five points in the runbook's order, filled from the result."""
    points = agenda_points()
    if not nothing.quiet(told):
        for point in points:
            _FILLED[point.name](point, told, times)
            _sections(point, told)
            point.ask = list(dict.fromkeys(point.ask))[:MOST_QUESTIONS]
    return points


def _timeline(point: Point, told: Json, times: Times) -> None:
    for name in moments_told.course(told):
        moment = told["moments"][name]
        if moment.get("earliest"):
            when = times.span(moment["earliest"], moment["latest"])
            point.facts.append((name.capitalize(), f"{when}: {clip(moment.get('why', ''), 300)}"))
        else:
            state = "not reached" if moment.get("reached") is False else "not known"
            point.facts.append((name.capitalize(), f"{state}: {clip(moment.get('why', 'no reason given'), 300)}"))
            if moment.get("reached") is not False:
                point.ask.append(f"When was it {name}? The evidence does not tell.")
        for line in moments_told.stated(moment, times):
            if "agrees" not in line.text and ("earlier" in line.text or "later" in line.text):
                point.ask.append(f"{name.capitalize()}: people stated {line.text}. Which holds?")
    holes = sum(len(one.get("holes", ())) for one in told["coverage"])
    if holes:
        point.facts.append(
            ("Gaps", f"{plural(holes, 'hole')} in what was recorded; “Evidence” in the post-mortem lists them.")
        )


def _causes(point: Point, told: Json, times: Times) -> None:
    for question in told["questions"]:
        if question["id"] in ("started", "changed", "triggered"):
            point.facts.append((question["words"], question["answer"]))
            if question["status"] != "answered":
                point.ask.append(f"{question['words']} The evidence answers it {_partly(question['status'])}.")
    point.said += [("Hypothesis", one) for one in written.hypotheses(told)]
    for verdict in told["verdicts"]:
        if verdict["depends"]:
            point.ask.append(f"“{verdict['words']}”: the verdict depends on the definition. Which one do we hold to?")


def _response(point: Point, told: Json, times: Times) -> None:
    done = told.get("response") or {}
    spans = {
        "Onset to detection": "to_detect_s",
        "Onset to acknowledgement": "to_acknowledge_s",
        "Onset to mitigation": "to_mitigate_s",
    }
    point.facts += [(name, sentence(lengths(told["durations"].get(key)))) for name, key in spans.items()]
    named = [("Declaration", story.declarable(told, times)), ("Response time", sentence(response.promise(told)))]
    named += [("Updates", response.cadence(told, times)), ("Silence", response.silence(told, times))]
    point.facts += [(name, text) for name, text in named if text]
    for one in done.get("mitigations", []):
        effects = ", ".join(
            f"{name.replace('_', ' ')} {response.effect(one, name)}" for name in ("error_rate", "response_time")
        )
        point.facts.append(
            (f"Mitigation: {one['kind']}", f"{response.when(one, times)}: “{clip(one['text'], 120)}” ({effects})")
        )
    for one in done.get("mobilised", []):
        if one["trace"] == "no trace":
            point.ask.append(f"“{one['words']}” left no trace. Was it done, and when?")
    point.ask += ["No mitigation is in the evidence. What ended it?"] if done and not done.get("mitigations") else []


def _improvements(point: Point, told: Json, times: Times) -> None:
    audit = told["alert_audit"]
    point.facts.append(("Alerts", backtest.summary(audit)))
    point.facts += [("Alert setting", said) for said in backtest.outcomes(audit)]
    recovery = told["recovery"]
    if recovery:
        point.facts.append(("Recovery", f"{sentence(story.stability(recovery))} {recovery.get('why', '')}".strip()))
    open_rules = [verdict for verdict in told["verdicts"] if verdict["verdict"] == "not_assessable"]
    for verdict in open_rules:
        wanted = "; ".join(verdict["missing"]) or verdict["why"]
        point.facts.append(("Not measured", f"“{verdict['words']}”: {clip(wanted, 300)}"))
    point.ask += ["Which of what was not measured do we want to measure next time?"] if open_rules else []
    point.facts += [
        ("Runbook", one["statement"]) for one in told.get("runbook_corrections") or [] if one.get("statement")
    ]


def _actions(point: Point, told: Json, times: Times) -> None:
    for one in written.actions(told):
        if one.lacks and not one.done:
            point.ask.append(f"“{clip(one.text, 100)}” lacks: {', '.join(one.lacks)}.")
    answered = " ".join(one.answers for one in written.actions(told)).split()
    left = [finding for finding in bounding.drawn_from(told) if finding["id"] not in answered]
    if left:
        point.ask.append(f"{plural(len(left), 'finding')} above without an action. Which of them need one?")


_FILLED = {
    "timeline": _timeline,
    "causes": _causes,
    "response": _response,
    "improvements": _improvements,
    "actions": _actions,
}


def _sections(point: Point, told: Json) -> None:
    """Say what people have written of the sections that this point is about, and whose the others are."""
    for name in point.sections:
        section, text = notes.sections()[name], written.narrative(told, name)
        if text:
            point.said.append((section.title, text))
        else:
            point.unwritten.append((section.title, section.owner))


def _partly(status: str) -> str:
    return {"partial": "in part"}.get(status, "not at all")
