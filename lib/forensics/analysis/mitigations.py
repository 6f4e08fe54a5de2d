"""What people did against an incident, each action once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import event_words, mitigation_words, told_times
from forensics.analysis.acts import Act, shows, state_of, sure
from forensics.analysis.commands import parts
from forensics.runbook import Mitigation

ONE_ACT = timedelta(minutes=2)
"""Traces of one kind closer than this tell of one action."""
TAKING_BACK = "configuration"
"""The kind of what takes back a change, whatever it was a change of."""
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
    def text(self) -> str:
        """What the evidence says of it: its first line; of data that was put back step by step, the last, too."""
        first, last = (event_words.said(act.text.splitlines()[0]) for act in (self.first, self.traces[-1]))
        return f"{first}; and last: {last}" if self.traces[-1].what == "restore" and last != first else first

    @property
    def named(self) -> str:
        """What people who know no commands call one of its kind."""
        return next((one.named for one in runbook.load().mitigations if one.kind == self.kind), "an action")

    @property
    def affects(self) -> tuple[str, ...]:
        """What else than requests actions of its kind affect."""
        return next((one.affects for one in runbook.load().mitigations if one.kind == self.kind), ())

    @property
    def announced(self) -> bool:
        """Whether people told of it while they were at it ("restarting it"), and not when it was done."""
        if self.first.kind == "message" and mitigation_words.announced(self.first.text, self.kind):
            return True
        says = next(one.trace.says for one in runbook.load().mitigations if one.kind == self.kind)
        found = re.search(says, sure(self.first.text)) if says else None
        verbs = re.findall(r"(?:ed|ing)\b", found[0]) if found else []
        return bool(verbs) and verbs[-1] == "ing"


def mitigations(acts: Iterable[Act], begun: datetime | None) -> list[Done]:
    """Return what was done against it, once the response had begun, in order; several traces of one action are one."""
    if begun is None:
        return []
    since = [act for act in acts if act.time and act.time >= begun and act.kind != "file"]
    later = sorted((told_times.dated(act, begun, _does) for act in since), key=lambda act: act.time or begun)
    found: list[Done] = []
    open_: dict[str, _Series] = {}
    for act in later:
        kind = None if _tells(act) else _kind(act)
        if kind is None:
            continue
        same = open_.get(kind.kind)
        if same and same.goes_on_with(act):
            same.traces.append(act)
            continue
        if same:
            found.append(same.done)
        open_[kind.kind] = _Series(kind, [act])
    found += [one.done for one in open_.values()]
    done = {one.kind for one in found} | ({"other"} if found else set())
    for act in later:
        for kind in _told(act):
            if kind.kind not in done:
                done.add(kind.kind)
                found.append(Done(kind.kind, kind.words, (act,), told_only=True))
    return sorted(found, key=lambda one: (one.first.time or datetime.max, one.kind))


@dataclass(slots=True)
class _Series:
    """Traces of one action, as they are found."""

    kind: Mitigation
    traces: list[Act]
    """In the order of their times."""

    def goes_on_with(self, act: Act) -> bool:
        """Say whether a later trace of the kind still tells of this action."""
        last = self.traces[-1].time
        return bool(last and act.time and act.time - last <= ONE_ACT)

    @property
    def done(self) -> Done:
        """The action that they tell of."""
        return Done(self.kind.kind, self.kind.words, tuple(self.traces), told_only=False)


def _does(act: Act) -> bool:
    """Say whether an act tells of a mitigation that was done, and not of one that somebody is at."""
    kind = None if _tells(act) else _kind(act)
    return kind is not None and not Done(kind.kind, kind.words, (act,), told_only=False).announced


def _kind(act: Act) -> Mitigation | None:
    """Return which kind of mitigation an act is; a command that was refused is none."""
    if act.failed:
        return None
    said = mitigation_words.kinds(act.text) if act.kind == "message" else frozenset[str]()
    kinds = runbook.load().mitigations
    found = next((one for one in kinds if shows(one.trace, act) or relieves(one, act) or one.kind in said), None)
    return found or next((one for one in kinds if act.undoes and one.kind == TAKING_BACK), None)


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
