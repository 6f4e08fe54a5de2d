"""Which severity a person's message names: in English as the runbook's data say, in other languages as level_words.toml declares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from forensics import declarations, runbook
from forensics.analysis.acts import every_sentence, sure


@dataclass(frozen=True, slots=True)
class Named:
    """A severity that somebody named."""

    level: str
    words: str
    """As they said it."""
    word: str = ""
    """The word that names the level: of P0 to P3, or SEV and a number, which mean what the runbook's data say."""


def declared() -> dict[str, Any]:
    """Return level_words.toml."""
    return declarations.declared("analysis/level_words.toml")


def _named(word: str, words: str) -> Named | None:
    level = runbook.load().stated_level(word)
    return Named(level, words, word) if level else None


@lru_cache(2**14)
def named(text: str) -> Named | None:
    """Return the severity that a message names first; None where it names none, or asks, plans or denies it."""
    english = re.search(runbook.load().updates.level, sure(text))
    if english:
        return _named(english["level"], english[0])
    never, behind = re.compile(declared()["never"]), re.compile(declared()["behind"])
    for sentence in every_sentence(text):
        for one in () if sentence.endswith(("?", "\uff1f")) else declared()["says"]:
            found = re.search(one["pattern"], sentence)
            denied = found and (never.search(sentence[: found.end()]) or behind.search(sentence[found.end() :]))
            if found and not denied:
                level = next(held for name, held in found.groupdict().items() if held and name.startswith("level"))
                return _named(level, found[0])
    return None
