"""Which action ended the impact, as far as the evidence tells: the last before recovery that was not in vain.

A program's record is the time of an action; what people write comes before it or after it. What requests did after the last action
says whether it can have ended anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import event_words, relapses, told_commands, too_late, unruled, what_followed
from forensics.analysis.acts import shows
from forensics.analysis.known import Known, unknown
from forensics.analysis.messages import Said
from forensics.analysis.mitigations import Done, mitigations
from forensics.analysis.what_followed import Followed
from forensics.lengths import lasting
from forensics.model import Citation, Moment
from forensics.store import Store
from forensics.times import Span, clock, utc

AFTERWARDS = timedelta(minutes=15)
"""An action this long after recovery is still named, as one that cannot be shown to have ended the impact."""
CLOSE = timedelta(seconds=60)
"""An action so soon after the last failure may still have ended the impact: failures come at intervals, and clocks differ."""
TOLD_SOON = timedelta(minutes=5)
"""What people say so soon after recovery that they have done may be what ended it, where what was done before did not."""
BRINGS_OUT = "Deploy fix"
"""The step of the runbook whose commands bring out a fix."""
_TURNS = ("commit", "deploy", "config", "flag", "scaling")
"""Kinds of changes that may end an impact where nobody is known to have done anything else."""


def mitigated(store: Store, known: Known, onset: Moment, noticed: datetime | None, recovered: Moment) -> Moment:
    """Return the last action before the service recovered: the mitigations that are known, else any change. What was done when no
    request failed any more is none where something else, done or told, came before it."""
    if onset.span is None:
        return unknown("mitigated", "no onset is known, so no action can be said to have ended what it began")
    if recovered.span is None:
        if stated := _said_to_mitigate(known, onset.span.earliest) or _restored(known, noticed):
            return stated
        return unknown("mitigated", "the impact's end is not known, so no action can be said to have ended it")
    begun, ended = onset.span.earliest, recovered.span.latest
    since = max(begun, noticed or begun)
    done = [one for one in mitigations(known.acts, noticed) if not one.told_only]
    found = _dated(done, since, ended)
    if not any(told <= ended + AFTERWARDS for told, *_ in found):
        found = _any_change(known, begun)
    again = [one for one in relapses.relapses(store, known, onset) if one.again <= ended]
    if again and found:
        since = max(since, again[-1].again)
        found = _since(known, found, again[-1].again, ended)
        if not found:
            return _untold(again[-1], ended)
    found.sort(key=lambda one: (one[0], one[2]))
    before = [one for one in found if one[0] <= ended]
    after = [one for one in found if ended < one[0] <= ended + AFTERWARDS]
    if not before and not after:
        return unknown("mitigated", "no restart, change or stated action around the recovery is in the evidence")
    if before and (went_on := _in_vain(store, known, before, begun, ended)):
        return _not_these(known, before, after, went_on, ended)
    told, span, text, citation = before[-1] if before else after[0]
    how = "the last action before the service recovered"
    if again and told >= again[-1].again:
        how += f" (it had ceased at {clock(again[-1].ceased)} and come back at {clock(again[-1].again)}{utc(again[-1].again)})"
    failed = too_late.failures(store, known.impact)
    if failed and any(run.signal == unruled.QUEUE and run.breach.end > failed.last for run in known.impact.runs):
        failed = None  # what still waited then was hit, too
    if before and failed and failed.over_by(span.earliest, known.apart):
        late = f"“{text}” came {lasting(span.earliest - failed.last)} after the last request that failed"
        earlier = [one for one in before if not failed.over_by(one[1].earliest, known.apart)]
        if not earlier:
            return _told_before(known, Span(since, failed.last), late) or Moment(
                "mitigated", "derived", span, f"{how}, though {late}", citations=(citation,)
            )
        told, span, text, citation = earlier[-1]
        how = f"the last action before requests ceased to fail ({late})"
    if told > ended:
        how = "the first action in the evidence, after the service had recovered"
        if span.earliest < told:
            how = "the first action that was told after the service had recovered, and may have been done before"
        elif told <= ended + CLOSE:
            how = "the first action after the service was last seen to suffer, and so close that it may have ended it"
    return Moment("mitigated", "derived", span, f"{how}: {text}", citations=(citation,))


_Found = tuple[datetime, Span, str, Citation]


def _since(known: Known, found: Sequence[_Found], again: datetime, ended: datetime) -> list[_Found]:
    """Return what was done after it had come back, else what was changed then."""
    done = [one for one in found if again <= one[0] <= ended + AFTERWARDS]
    return done or [one for one in _any_change(known, again) if one[0] <= ended + AFTERWARDS]


def _untold(relapse: relapses.Relapse, ended: datetime) -> Moment:
    """Return within what times it was mitigated where nothing is known to have been done since it came back."""
    why = (
        f"something that the evidence does not tell, since it came back at {clock(relapse.again)}{utc(relapse.again)}: what was done "
        "before that did not end it"
    )
    asked = (*relapse.asked, relapses.records(relapse.asked[-1]))
    return Moment("mitigated", "derived", Span(relapse.again, ended), why, citations=(relapse.source,), asked=asked)


def _any_change(known: Known, begun: datetime) -> list[_Found]:
    """Return the changes that may have ended it, and the commands by which a fix was brought out."""
    found = [
        (c.time, Span(c.time, c.until or c.time), f"{c.kind} {c.id[:7]} “{c.summary}”", c.citation)
        for c in known.changes
        if c.kind in _TURNS and c.time and c.time >= begun
    ]
    traces = [step.trace for phase in runbook.load().phases for step in phase.steps if step.words == BRINGS_OUT]
    return found + [
        (act.time, Span(act.time, act.until or act.time), event_words.said(act.text.splitlines()[0]), act.citation)
        for act in known.acts
        if act.kind == "command" and act.time and act.time >= begun and not act.failed
        if any(shows(trace, act) for trace in traces)
    ]


def _in_vain(store: Store, known: Known, before: Sequence[_Found], begun: datetime, ended: datetime) -> Followed | None:
    """Return what requests did after the last actions before recovery, where they went on going wrong as before; else None.

    What takes a while to arrive shows in the second half of the time between them and recovery.
    """
    last = what_followed.groups([told for told, *_ in before])[-1]
    first, latest = before[last[0]][0], before[last[-1]][1].latest
    if ended - latest < what_followed.SOONEST:
        return None
    half = latest + (ended - latest) / 2
    arrived = half if ended - half >= what_followed.SOONEST else latest
    seen = what_followed.followed(store, begun, first, arrived, ended, known.wrong)
    return seen if seen and seen.went_on else None


def _not_these(
    known: Known, before: Sequence[_Found], after: Sequence[_Found], went_on: Followed, ended: datetime
) -> Moment:
    """Return within what times it was mitigated where what was done last before recovery was in vain: by another change, by what
    people soon said that they had done, or by what the evidence does not tell."""
    _, vain, words, citation = before[-1]
    told = f"after “{words}” {went_on.told} recovery)"
    changed = [one for one in _any_change(known, vain.latest) if vain.latest < one[0] and one[1].latest <= ended]
    said = [one for one in after if one[1].earliest < one[0] <= ended + TOLD_SOON]
    if changed:
        _, span, text, citation = max(changed, key=lambda one: (one[0], one[2]))
        why = f"the last change before the service recovered: {text}; {told}"
    elif said:
        latest, _, text, citation = said[0]
        span = Span(vain.latest, latest)
        why = f"people told it soon after the service recovered: {text}; {told}"
    else:
        span = Span(vain.latest, ended)
        why = f"something that the evidence does not tell, since the last action before the service recovered: {told}"
    return Moment("mitigated", "derived", span, why, citations=(citation,), asked=went_on.asked)


def _told_before(known: Known, span: Span, late: str) -> Moment | None:
    """Return the time within which something was done of which only the closing of the incident tells."""
    told = [one for one in mitigations(known.acts, span.earliest) if one.told_only]
    if not told:
        return None
    first = told[0].first
    why = f"told when the incident was closed: “{told[0].text}”; when it was done is not recorded, and {late}"
    return Moment("mitigated", "derived", span, why, citations=(first.citation,))


def _dated(done: Sequence[Done], since: datetime, ended: datetime) -> list[_Found]:
    """Return what was done in the order of its times; what a person told was done since the person, or the same chat, told of
    what was done before it."""
    found: list[_Found] = []
    last: dict[str, datetime] = {}
    for one in sorted(done, key=lambda one: one.first.time or since):
        time, path = one.first.time, one.first.citation.path
        if time is not None:
            found.append((time, *_done(one, time, min(time, max(since, last.get(path, since))), ended)))
            last[path] = max(last.get(path, time), one.traces[-1].time or time)
    return found


def _done(one: Done, time: datetime, since: datetime, ended: datetime) -> tuple[Span, str, Citation]:
    """Return when an action was done, what it was, and where that stands.

    A program's record is the action's time. What a person writes comes a while before it ("restarting it"), and then it
    was done by the recovery; a command that is pasted was given then; else it comes after it ("restarted it"), and then
    at any time since people may have noticed.
    """
    act = one.first
    span = Span(time, act.until or time)
    if act.kind in ("message", "record") and act.until is None and not told_commands.told(act.text):
        span = Span(time, max(time, ended)) if one.announced else Span(min(since, time), time)
    return span, event_words.said(act.text.splitlines()[0]), act.citation


def _restored(known: Known, noticed: datetime | None) -> Moment | None:
    """Return the last time that lost data was put back, where nothing else happened than that it was lost."""
    if not known.impact.runs or any(run.signal != "data" for run in known.impact.runs):
        return None
    done = [act for one in mitigations(known.acts, noticed) for act in one.traces if act.what == "restore"]
    if not done:
        return None
    last = done[-1]
    assert last.time is not None
    why = f"the last that is told of putting data back: {last.text.splitlines()[0]}; no later state of the database shows what came back"
    return Moment("mitigated", "derived", Span(last.time, last.time), why, citations=(last.citation,))


def _said_to_mitigate(known: Known, begun: datetime) -> Moment | None:
    """Return the first mitigation that people wrote down, from its start until the same source last tells of it."""
    told = [e for e in known.said if e.person and "mitigation" in e.means and e.time >= begun]
    if not told:
        return None
    same = [e for e in told if e.citation.path == told[0].citation.path and e.time - told[0].time <= AFTERWARDS]
    why = f"people wrote “{_line(told[0])}”" + (f", and last “{_line(same[-1])}”" if len(same) > 1 else "")
    why += "; nothing measures whether it ended the impact"
    span = Span(told[0].time, same[-1].time)
    return Moment("mitigated", "stated", span, why, citations=tuple(e.citation for e in same))


def _line(event: Said) -> str:
    return event.text.splitlines()[0]
