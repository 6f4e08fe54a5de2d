"""What messages say that somebody did or decided: of that kind the timeline types them.

In English as deeds.toml declares, in other languages by the words for mitigations and levels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from forensics import declarations, runbook
from forensics.analysis import acts, level_words, mitigation_words
from forensics.errors import DeclarationError
from forensics.model import Event

Kind = Literal["signal", "change", "decision", "action", "communication"]
KINDS: tuple[Kind, ...] = ("action", "change", "decision")
"""What a message can be beside communication."""


@dataclass(frozen=True, slots=True)
class Says:
    """One way of saying that something was done or decided."""

    kind: Kind
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    rejects: tuple[tuple[str, str], ...]
    """Messages that do not say so, each with the reason."""


def _declared() -> dict[str, Any]:
    return declarations.declared("analysis/deeds.toml")


@cache
def declared() -> tuple[Says, ...]:
    """Return deeds.toml. Raises DeclarationError for a kind that messages cannot be of."""
    found = []
    for entry in _declared()["says"]:
        if entry["kind"] not in KINDS:
            raise DeclarationError(f"deeds.toml: '{entry['kind']}' is none of {', '.join(KINDS)}.")
        examples = tuple(one["message"] for one in entry.get("example", ()))
        rejects = tuple((one["message"], one["why"]) for one in entry.get("reject", ()))
        found.append(Says(entry["kind"], re.compile(entry["pattern"]), examples, rejects))
    return tuple(found)


_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|^\s*>.*$", re.MULTILINE)
_DENIED = re.compile(r"(?i)\?|\b(?:not|never|nobody|no one|unless|if)\b|n['’]t\b")


def kind(event: Event) -> Kind:
    """Return what kind of event this is to who reads the timeline: of a message, what it says that was done or decided."""
    if event.kind != "communication" or _reports(event.text):
        return event.kind
    return of_message(event.text) or event.kind


@lru_cache(2**14)
def of_message(text: str) -> Kind | None:
    """Return what somebody did or decided by the words of a message; None where it says no such thing."""
    plain = _QUOTED.sub(" … ", text[: acts.MOST])
    never = re.compile(_declared()["never"])
    sure = [one for one in acts.sentences(plain) if not never.search(one) and not _DENIED.search(one)]
    said = [one for one in acts.every_sentence(plain) if not _DENIED.search(one)]
    for one in declared():
        if any(one.pattern.search(sentence) for sentence in (said if one.kind == "decision" else sure)):
            return one.kind
    if mitigation_words.kinds(plain):
        return "action"
    return "decision" if level_words.named(plain) else None


def _reports(text: str) -> bool:
    """Say whether a message is an update in the runbook's template, or an entry of an incident record."""
    words = runbook.load().updates
    return any(re.search(one, text) for one in (words.template, words.heading, words.record, words.opening))
