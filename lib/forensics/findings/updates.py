"""Status updates: those that the evidence holds, beside those that were due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import level_words
from forensics.analysis.acts import Act, state_of
from forensics.analysis.known import Record, declaring
from forensics.model import Citation, Moment

RULE = (
    "An update is a message of a person that opens as one (“INCIDENT UPDATE”) or with the state (Investigating, Identified, "
    "Monitoring, Resolved), or a state that a person set in an incident record or published on a status page; what a program "
    "writes is none, but for the whole template, which people send through programs. One is due when as much time as the "
    "level allows has passed since the declaration, the last update, or the last one that was due; it is missing when none "
    "came before the next one was due."
)
ONE_ACT = timedelta(minutes=5)
"""The same state, told in two channels within this time, is one update."""
AT_ONCE = timedelta(seconds=10)
"""A record's first entry is the declaration itself."""
MOST = 48
"""Updates due are listed up to so many; more of them say no more."""


@dataclass(frozen=True, slots=True)
class Update:
    """One status update that was sent."""

    time: datetime
    state: str | None
    """One of the runbook's states; None where it states none."""
    channels: tuple[str, ...]
    citations: tuple[Citation, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Due:
    """One update that was due, sent, or both."""

    due: datetime | None
    """None where no update is promised at that level."""
    level: str
    update: Update | None

    @property
    def late(self) -> float | None:
        """Seconds after it was due; 0 for one in time, None for one that is missing or was never due."""
        if self.update is None or self.due is None:
            return None
        return max(0.0, round((self.update.time - self.due).total_seconds(), 3))


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody stated, from when on."""

    time: datetime
    value: str
    citation: Citation


@dataclass(slots=True)
class Course:
    """From when to when updates were due, and how we know."""

    start: datetime
    start_why: str
    start_from: tuple[Citation, ...]
    end: datetime
    end_why: str
    end_from: tuple[Citation, ...]
    resolved: bool
    levels: list[Stated]
    ours: str
    """The level that holds as long as nobody stated one."""
    unlisted: int = field(default=0)
    """Missing updates beyond those listed."""

    def level(self, time: datetime) -> tuple[str, str]:
        """Return the level at that time, and whether it was declared or is ours."""
        stated = [one for one in self.levels if one.time <= time + AT_ONCE]
        return (stated[-1].value, "declared") if stated else (self.ours, "ours")


def sent(acts: Iterable[Act], records: Sequence[Record]) -> list[Update]:
    """Return the updates that were sent, in order; one that was told in several channels at once is one."""
    opened = [record.started for record in records if record.started]
    found: list[Update] = []
    for act in acts:
        state = state_of(act)
        if state is None or act.time is None:
            continue
        if act.kind == "record" and any(abs(act.time - time) <= AT_ONCE for time in opened):
            continue
        one = Update(act.time, state or None, (act.channel,), (act.citation,), act.text)
        same = next((u for u in reversed(found) if state and u.state == state and act.time - u.time <= ONE_ACT), None)
        if same and (act.channel not in same.channels or act.channel == "incident record"):
            channels = tuple(dict.fromkeys((*same.channels, act.channel)))
            told = act.text if same.channels == ("incident record",) else same.text
            found[found.index(same)] = Update(same.time, state, channels, (*same.citations, act.citation), told)
        else:
            found.append(one)
    return found


def levels(acts: Iterable[Act], records: Sequence[Record], own: str) -> list[Stated]:
    """Return which level people stated from when on, where that changed; `own` are words of severity that a person stated."""
    book = runbook.load()
    found = [
        Stated(record.started, book.stated_level(record.severity, own) or "", record.citation)
        for record in declaring(records)
        if record.severity and record.started
    ]
    for act in acts:
        if act.time is None or act.kind not in ("record", "message"):
            continue
        if act.what in ("POST", "PATCH"):
            # What is sent holds the title before the severity, or, where it only changes that, the severity alone.
            words = act.text.split()
            word = words[-1] if act.what == "POST" else words[2] if len(words) > 2 else ""
            found.append(Stated(act.time, book.stated_level(word, own) or "", act.citation))
        else:
            named = level_words.named(act.text)
            level = book.stated_level(named.word, own) if named else None
            found += [Stated(act.time, level, act.citation)] if level else []
    ordered = sorted((one for one in found if book.level(one.value)), key=lambda one: one.time)
    return [one for place, one in enumerate(ordered) if place == 0 or one.value != ordered[place - 1].value]


def course(
    acts: Sequence[Act],
    updates: Sequence[Update],
    records: Sequence[Record],
    declared: Moment,
    ours: str,
    channels_end: datetime | None,
    own: str,
) -> Course | str:
    """Return from when to when updates were due; or, in words, why that cannot be said."""
    people = [act for act in acts if act.time and act.kind in ("message", "record")]
    if declared.span is not None:
        start, why, citations = declared.span.earliest, declared.why, declared.citations
    elif updates:
        first = updates[0]
        start, why, citations = (
            first.time,
            "no declaration is in the evidence: counted from the first update",
            first.citations,
        )
    else:
        return f"{declared.why}, and no status update is either"
    channels = {act.channel for act in people if act.channel}
    if channels <= {"incident record"} and not any(one.time > start + AT_ONCE for one in updates):
        return "no channel in which updates would stand is in the evidence: no messages, mails or published states"
    resolved = _resolved(updates, records, start)
    if resolved:
        end, end_why, end_from = resolved
    else:
        last = max([start, *(act.time for act in people if act.time), *([channels_end] if channels_end else [])])
        end, end_from = last, ()
        end_why = "no declared resolution is in the evidence: counted to the last that its channels tell"
    return Course(start, why, citations, end, end_why, end_from, resolved is not None, levels(acts, records, own), ours)


def _resolved(
    updates: Iterable[Update], records: Iterable[Record], start: datetime
) -> tuple[datetime, str, tuple[Citation, ...]] | None:
    """Return when people declared it resolved for good: the first time after which no other state was stated."""
    found = [(u.time, u.state, "a person stated that it was resolved", u.citations) for u in updates if u.state]
    found += [
        (r.ended, "Resolved", "the incident record says when it ended", (r.citation,))
        for r in records
        if r.ended and not r.automatic
    ]
    last = None
    for time, state, why, citations in sorted(found, key=lambda one: one[0]):
        if time < start:
            continue
        if state != "Resolved":
            last = None
        elif last is None:
            last = (time, why, citations)
    return last


def due(course: Course, updates: Iterable[Update]) -> list[Due]:
    """Return the updates that were due or sent from the declaration on, in order."""
    waiting, found = [], []
    for one in updates:
        if one.time < course.start:
            found.append(Due(None, course.level(one.time)[0], one))
        else:
            waiting.append(one)
    anchor = course.start
    while True:
        level, when, often = _next(course, anchor)
        coming = waiting[0] if waiting else None
        if coming and (when is None or often is None or coming.time < when + often or when >= course.end):
            found.append(Due(when, level, waiting.pop(0)))
            anchor = coming.time
        elif when is not None and when < course.end:
            if sum(one.update is None for one in found) < MOST:
                found.append(Due(when, level, None))
            else:
                course.unlisted += 1
            anchor = when
        else:
            return found


def _next(course: Course, anchor: datetime) -> tuple[str, datetime | None, timedelta | None]:
    """Return the level, when the next update after this one is due, and how often they are; a level that is raised
    asks for one sooner, one that is lowered gives more time."""
    level, _ = course.level(anchor)
    often = every(level)
    when = anchor + often if often else None
    for change in course.levels:
        if anchor + AT_ONCE < change.time and (when is None or change.time < when):
            wanted = every(change.value)
            if wanted is None:
                when = None
            elif often is None or wanted < often:
                when = min(when, change.time + wanted) if when else change.time + wanted
            else:
                when = anchor + wanted
            level, often = change.value, wanted
    return level, when, often


def every(level: str) -> timedelta | None:
    """Return how often updates are promised at a level; None where none are."""
    known = runbook.load().level(level)
    return known.update_every if known else None
