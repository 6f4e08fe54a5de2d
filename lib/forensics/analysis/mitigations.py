"""What people did against an incident, each action once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis.acts import Act, shows, state_of, sure
from forensics.analysis.commands import parts
from forensics.runbook import Mitigation

ONE_ACT = timedelta(minutes=2)
"""Traces of one kind closer than this tell of one action."""
SOONEST = ("process", "change", "command", "record", "message")
"""Whose time is nearest to that of the action: a process manager's, then a commit's … a message is written before or after."""


@dataclass(frozen=True, slots=True)
class Done:
    """One mitigation, with everything that tells of it."""

    kind: str
    words: str
    traces: tuple[Act, ...]
    told_only: bool
    """Only an update tells of it, in passing: when it was done is not known."""

    @property
    def first(self) -> Act:
        """The trace whose time is nearest to the action's."""
        return min(self.traces, key=lambda act: (SOONEST.index(act.kind), act.time or datetime.max))

    @property
    def affects(self) -> tuple[str, ...]:
        """What else than requests actions of its kind affect."""
        return next((one.affects for one in runbook.load().mitigations if one.kind == self.kind), ())

    @property
    def announced(self) -> bool:
        """Whether people told of it while they were at it ("restarting it"), and not when it was done."""
        says = next(one.trace.says for one in runbook.load().mitigations if one.kind == self.kind)
        found = re.search(says, sure(self.first.text)) if says else None
        verbs = re.findall(r"(?:ed|ing)\b", found[0]) if found else []
        return bool(verbs) and verbs[-1] == "ing"


def mitigations(acts: Iterable[Act], begun: datetime | None) -> list[Done]:
    """Return what was done against it, once the response had begun, in order; several traces of one action are one."""
    if begun is None:
        return []
    later = [act for act in acts if act.time and act.time >= begun and act.kind != "file"]
    found: list[Done] = []
    for act in later:
        kind = None if _tells(act) else _kind(act)
        if kind is None:
            continue
        same = next((d for d in reversed(found) if d.kind == kind.kind and _near(d, act)), None)
        if same:
            found[found.index(same)] = Done(kind.kind, kind.words, (*same.traces, act), told_only=False)
        else:
            found.append(Done(kind.kind, kind.words, (act,), told_only=False))
    done = {one.kind for one in found} | ({"other"} if found else set())
    for act in later:
        for kind in _told(act):
            if kind.kind not in done:
                done.add(kind.kind)
                found.append(Done(kind.kind, kind.words, (act,), told_only=True))
    return sorted(found, key=lambda one: (one.first.time or datetime.max, one.kind))


def _near(done: Done, act: Act) -> bool:
    return any(other.time and act.time and act.time - other.time <= ONE_ACT for other in done.traces)


def _kind(act: Act) -> Mitigation | None:
    """Return which kind of mitigation an act is; a command that was refused is none."""
    if act.failed:
        return None
    return next((one for one in runbook.load().mitigations if shows(one.trace, act) or relieves(one, act)), None)


def relieves(kind: Mitigation, act: Act) -> bool:
    """Say whether a command relieved a resource that was over its limit, or full, when it was given."""
    return any(
        resource in act.over and re.search(command, part)
        for resource, command in kind.while_over
        for part in (parts(act.text) if act.kind == "command" else ())
    )


def _tells(act: Act) -> bool:
    """Say whether an act only tells of what was done: updates do, and so does what closes an incident."""
    state = state_of(act)
    return state is not None and (act.kind == "message" or state == "Resolved")


def _told(act: Act) -> list[Mitigation]:
    """Return the kinds of mitigation that an update tells in its line of actions, or the closing of an incident."""
    if not _tells(act):
        return []
    line = re.search(runbook.load().updates.actions, act.text)
    said = line["actions"] if line else act.text if act.kind == "record" else ""
    told = (_kind(Act(act.time, "message", one, act.citation)) for one in re.split(r"[,;]", said))
    return [one for one in told if one]
