"""What people and the monitoring said: alerts, messages, complaints, actions, with their meanings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from forensics import declarations
from forensics.analysis.signals import ALWAYS
from forensics.evidence import meanings
from forensics.model import Citation
from forensics.store import Store


@dataclass(frozen=True, slots=True)
class Said:
    """One dated event of the store, with what it means."""

    time: datetime
    kind: str
    what: str
    who: str
    text: str
    weight: int
    citation: Citation
    person: bool
    """Whether a person said it, not a program."""
    means: dict[str, dict[str, str]] = field(default_factory=dict)


_PROGRAMS = re.compile(r"(?i)bot|monitor|uptime|system|automatic")


def said(store: Store) -> list[Said]:
    """Return every dated event of the store, in order."""
    found = []
    for time, kind, what, who, text, weight, path, line, position, person in store.rows(
        "events_between", start=ALWAYS[0], end=ALWAYS[1]
    ):
        communicates = kind in ("communication", "decision")
        by_person = communicates and what != "bot_message" and (person or not _PROGRAMS.search(who or ""))
        found.append(
            Said(
                time,
                kind,
                what or "",
                who or "",
                text,
                weight,
                Citation(path, line=line, position=position if line is None else None),
                by_person,
                meanings.of_message(text) if communicates else {},
            )
        )
    return found


@cache
def _declared(kind: str) -> re.Pattern[str]:
    declared = declarations.declared("analysis/rehearsals.toml")
    return re.compile("|".join(f"(?:{one})" for one in declared[kind]), re.IGNORECASE)


def ahead(text: str) -> bool:
    """Say whether an alert tells of what is to come in days, as rehearsals.toml declares: nothing is wrong yet."""
    return bool(_declared("ahead").search(text))


def rehearsed(text: str) -> bool:
    """Say whether an alert only tries out whether alerts arrive, as rehearsals.toml declares."""
    return bool(_declared("patterns").search(text))


def alerts(events: Iterable[Said]) -> list[Said]:
    """Return what the monitoring raised: alert records, and messages of programs that announce one; no rehearsals."""
    raised = [e for e in events if e.what == "alert" or (not e.person and "alert" in e.means)]
    return [e for e in raised if not rehearsed(e.text)]


def complaints(events: Iterable[Said]) -> list[tuple[Said, int]]:
    """Return the messages that count complaints, with their counts."""
    return [(e, int(e.means["complaints"]["count"])) for e in events if "complaints" in e.means]
