"""The steps of the permanent fix as events of the timeline: its branch, its tests and its deployment, each with its citation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from forensics import runbook
from forensics.analysis import timeline
from forensics.analysis.acts import Act, shows
from forensics.analysis.moments import noticed
from forensics.model import Citation, Event, Moment
from forensics.times import clock, utc

SECTION = "3.2 "
"""The section of the runbook whose steps these are."""
COMMAND = "Command: "
"""How the timeline begins what it tells of a command that is no step of the fix."""


def steps() -> list[runbook.Step]:
    """Return the runbook's steps of the permanent fix."""
    return [step for phase in runbook.load().phases for step in phase.steps if step.section.startswith(SECTION)]


def marked(events: Iterable[Event], acts: Sequence[Act], moments: dict[str, Moment]) -> list[Event]:
    """Return the events in order, with the step of the fix that each is a trace of, and beside them the traces that were no events yet.

    A step counts from when the incident was noticed. What only lies between two times stands at the earlier, and says so; what
    nothing dates has no place among events, and stays a trace in the phases of the response.
    """
    begun = noticed(moments)
    if begun is None:
        return sorted(events, key=timeline.order)
    traces: dict[Citation, tuple[str, Act]] = {}
    for step in steps():
        for act in acts:
            if act.time and act.time >= begun and not act.failed and act.kind != "file" and shows(step.trace, act):
                traces.setdefault(act.citation, (step.words, act))
    found = []
    for event in events:
        words, trace = traces.pop(event.citation, ("", None))
        told = trace is not None and trace.kind == "command"
        text = f"{words}: {event.text.removeprefix(COMMAND)}" if told else event.text
        found.append(replace(event, text=text, step=words))
    return sorted([*found, *(_event(words, act) for words, act in traces.values())], key=timeline.order)


def _event(words: str, act: Act) -> Event:
    """Return a trace as an event: what is done with the code is a change, what is tried out or told is none."""
    lies = f" (at some time until {clock(act.until)}{utc(act.until)})" if act.until else ""
    assert act.time is not None
    lanes: dict[str, Literal["change", "communication"]] = {
        "change": "change",
        "message": "communication",
        "record": "communication",
    }
    text = f"{words}: {act.text.splitlines()[0][:200]}{lies}"
    return Event(act.time, lanes.get(act.kind, "action"), text, act.citation, act.who, weight=3, step=words)
