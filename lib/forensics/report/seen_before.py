"""What of an incident earlier ones had already shown: the same errors and messages, and causes that people wrote in like words.

Earlier means: of those whose results lie in the same folder, an incident whose onset (where nothing tells it, the beginning of
its window) was before this one's, whenever each was looked into. So the order in which reports are made changes nothing. What
nothing places in time is neither earlier nor later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forensics.report import likeness
from forensics.report.likeness import Alike
from forensics.report.overview import Incident, in_order
from forensics.report.written import Action

MOST = 3
"""Earlier incidents that are told; the rest is counted."""
_SAME = ("error", "message", "warning")
_ERRORS = ("error", "message")


@dataclass(frozen=True, slots=True)
class Seen:
    """An earlier incident that had shown something of this one."""

    incident: Incident
    same: tuple[str, ...]
    """Errors and messages that both have, in this one's words."""
    alike: tuple[Alike, ...]
    """What people wrote of both in like words."""
    strong: bool
    """Whether an error is among it, or a text: a warning alone, such as of a slow query, may have any cause."""

    @property
    def open(self) -> tuple[Action, ...]:
        """What was to be done about the earlier one and is not known to be done."""
        return tuple(one for one in self.incident.actions if not one.done)


@dataclass(frozen=True, slots=True)
class Before:
    """All that is told of earlier incidents beside one."""

    seen: tuple[Seen, ...]
    """Those with most in common first, and of these the latest."""
    more: int
    """How many others had something in common with it, too."""


def seen_before(incidents: Sequence[Incident]) -> dict[str, Before]:
    """Return, by the id of an incident, what earlier ones of these had shown of it; those with nothing are not there."""
    common = likeness.common(one.texts for one in incidents)
    known = {one.id: _Known(one, common) for one in incidents}
    found: dict[str, Before] = {}
    earlier: list[_Known] = []
    for one in in_order(incidents):
        if one.start is None:
            continue
        mine = known[one.id]
        before = [other for other in earlier if other.incident.start is not None and other.incident.start < one.start]
        if told := _told(mine, before):
            found[one.id] = told
        earlier.append(mine)
    return found


class _Known:
    """What of an incident is compared."""

    def __init__(self, incident: Incident, common: frozenset[str]) -> None:
        self.incident = incident
        self.names = {trait.name for trait in incident.traits if trait.kind in _SAME}
        self.errors = {trait.name for trait in incident.traits if trait.kind in _ERRORS}
        self.words = {text: _without(likeness.telling(text.text), common) for text in incident.texts}

    def same(self) -> dict[str, str]:
        """Return errors and messages by the name by which they are known again; what only repeats another is left out."""
        found: dict[str, str] = {}
        for trait in self.incident.traits:
            if trait.kind in _SAME and not any(name in trait.name for name in found):
                found[trait.name] = trait.words
        return found


def _without(words: dict[str, str], common: frozenset[str]) -> dict[str, str]:
    return {stem: word for stem, word in words.items() if stem not in common}


def _told(mine: _Known, earlier: Sequence[_Known]) -> Before | None:
    names = mine.same()
    found: list[Seen] = []
    for other in reversed(earlier):
        same = [name for name in names if name in other.names]
        alike = tuple(likeness.alike(mine.words, other.words))
        if same or alike:
            strong = bool(alike) or not mine.errors.isdisjoint(same)
            found.append(Seen(other.incident, tuple(names[name] for name in same), alike, strong))
    found.sort(key=lambda one: (not one.strong, -len(one.same) - len(one.alike)))
    return Before(tuple(found[:MOST]), len(found[MOST:])) if found else None
