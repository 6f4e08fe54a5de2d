"""What people did and said in answer to an incident, from every source that tells of it, in one list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from forensics import runbook
from forensics.analysis import reverts, told_commands
from forensics.analysis.commands import commands, parts
from forensics.analysis.impact import Measured
from forensics.analysis.messages import Said
from forensics.analysis.strain import Strain
from forensics.model import Change, Citation, Evidence
from forensics.runbook import Trace
from forensics.store import Store


@dataclass(frozen=True, slots=True)
class Act:
    """One trace of something that somebody did or said."""

    time: datetime | None
    """None where nothing dates it."""
    kind: Literal["message", "record", "process", "command", "change", "file"]
    text: str
    citation: Citation
    who: str = ""
    """A role, where one is known."""
    what: str = ""
    """What the store calls it; of a file, its format."""
    channel: str = ""
    until: datetime | None = None
    """For what only stands between two dated things, as a command or a changed setting: it was done after `time` and before this."""
    failed: bool = False
    """Whether a command was refused: what it names is not there, or not allowed."""
    over: tuple[str, ...] = ()
    """For a command, the resources that were over their limit, or full, when it was given."""
    ahead: timedelta = timedelta(0)
    """For a message, how far ahead of UTC the clock stands by which its writer tells times of day (analysis/wall_clocks.py)."""
    undoes: bool = False
    """For a change, whether it takes back another one, or an older version replaced a newer one."""


Ahead = Callable[[str, str], timedelta]
"""How far ahead of UTC the clock of who writes in a file stands: by the file's path and the writer's name."""


def acts(
    store: Store,
    said: Iterable[Said],
    changes: Iterable[Change],
    evidence: Iterable[Evidence],
    measured: Measured,
    ahead: Ahead = lambda path, who: timedelta(0),
) -> list[Act]:
    """Return every act, dated ones first, in order; of those that share a time, in the order in which they stand."""
    held = list(evidence)
    formats = {entry.path: entry.format or "" for entry in held}
    events = list(said)
    given = list(_commands(store, measured))
    made = list(changes)
    undone = {by.citation for _, by in reverts.reverted(made)} | {c.citation for c in made if reverts.rolls_back(c)}
    told = {e.citation for e in events if e.what == "restart" or (e.kind, e.what) == ("change", "data")}
    told |= {act.citation for act in given}
    found = [
        *_said(events, formats, ahead),
        *given,
        *(
            Act(
                c.time,
                "change",
                f"{c.kind} {c.summary}",
                c.citation,
                what=c.kind,
                until=c.until,
                undoes=c.citation in undone,
            )
            for c in made
            if c.citation not in told
        ),
        *(
            Act(_saved(e), "file", f"saved as {e.path}", Citation(e.path), what=e.format or "")
            for e in held
            if e.status in ("ok", "partial") and e.records
        ),
    ]
    return sorted(found, key=lambda act: (act.time is None, act.time or datetime.min, act.citation.place, act.text))


def room(path: str, evidence: Iterable[Evidence]) -> str | None:
    """Return the channel of Slack in which the messages of a file stood, as `#name`; None where nothing states it.

    An export of Slack holds a list of channels and, beside it, a folder of days for each of them, which has its name.
    """
    export, _, name = path.rpartition("/")[0].rpartition("/")
    listed = (entry.path.rpartition("/")[0] for entry in evidence if entry.format == "slack-channels")
    return f"#{name}" if name and export in listed else None


def _saved(entry: Evidence) -> datetime | None:
    """Return when a capture was made. What else was saved holds the times of other things."""
    return entry.covers[1] if entry.kind == "capture" and entry.covers else None


def _said(events: Iterable[Said], formats: dict[str, str], ahead: Ahead) -> Iterator[Act]:
    channels = runbook.load().channels
    for event in events:
        channel = channels.get(formats.get(event.citation.path, ""), "")
        if event.kind == "action":
            yield Act(event.time, "process", event.text, event.citation, event.who, event.what, channel)
        elif event.person or (event.kind == "communication" and is_template(event.text)):
            kind: Literal["message", "record"] = "record" if channel in _RECORDS else "message"
            clock = ahead(event.citation.path, event.who)
            yield Act(event.time, kind, event.text, event.citation, event.who, event.what, channel, ahead=clock)


_RECORDS = ("incident record", "status page")


def _commands(store: Store, measured: Measured) -> Iterator[Act]:
    strain = Strain(store, measured)
    for one in commands(store):
        over = strain.then(one.citation, one.time, one.until)
        yield Act(
            one.time,
            "command",
            one.text,
            one.citation,
            what="command",
            until=one.until,
            failed=one.failed,
            over=over,
        )


def is_template(text: str) -> bool:
    """Say whether a message is the runbook's template, heading and status: people send it through programs, too."""
    words = runbook.load().updates
    return bool(re.search(words.template, text) and any(re.search(words.state, line) for line in text.splitlines()))


@lru_cache(2**16)
def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences and lines of a message in which nobody asks, wishes, plans or denies."""
    unsure = runbook.load().updates.unsure
    return tuple(one for one in every_sentence(text) if not re.search(unsure, one))


def every_sentence(text: str) -> tuple[str, ...]:
    """Return the sentences and lines of a message."""
    return tuple(one.strip() for one in _SENTENCE.findall(text[:MOST]))


@lru_cache(2**16)
def sure(text: str) -> str:
    """Return what a message says in sentences in which nobody asks, wishes, plans or denies."""
    return " ".join(sentences(text))


MOST = 4000
"""Characters of a message that are looked at; it has to be said by then."""
_SENTENCE = re.compile(r"[^.!?;\n]+(?:[.!?;](?=\S)[^.!?;\n]*)*[.!?;]?")
"""What ends at a full stop, a semicolon or a line; a dot inside a word, as in a file's name, ends nothing."""


def shows(trace: Trace, act: Act) -> bool:
    """Say whether an act is a trace of something."""
    if act.kind == "command":
        return bool(trace.command and any(re.search(trace.command, part) for part in parts(act.text)))
    if act.kind == "change":
        return bool(trace.change and re.search(trace.change, act.text))
    if act.kind == "file":
        return act.what in trace.formats
    if act.what in trace.events:
        return True
    if act.kind == "message" and trace.command:
        given = [part for command in told_commands.told(act.text) for part in parts(command)]
        if any(re.search(trace.command, part) for part in given):
            return True
    return bool(trace.says and act.kind != "process" and re.search(trace.says, sure(act.text)))


def state_of(act: Act) -> str | None:
    """Return the state that an update states, an empty text where it states none; None for what is no update."""
    words = runbook.load().updates
    if act.kind == "record":
        found = re.search(words.record, act.text)
        return _state(found["state"]) if found else None
    if act.kind != "message" or not act.channel:
        return None
    found = re.search(words.opening, act.text)
    if not found and not any(re.search(pattern, act.text) for pattern in (words.template, words.heading)):
        return None
    lines = (re.search(words.state, line) for line in act.text.splitlines())
    found = next(filter(None, lines), None) or found
    return _state(found["state"]) if found else ""


def _state(word: str) -> str:
    return "Resolved" if word.lower() == "closed" else word.capitalize()
