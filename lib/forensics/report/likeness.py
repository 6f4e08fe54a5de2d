"""Which texts that people wrote about two incidents are alike, and by which words: so that a reader can judge it.

Nothing is learned and nothing is guessed: the rule and its words stand in likeness.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_WORD = re.compile(r"[^\W\d_]{3,}")
_ENOUGH = 4
"""Incidents, from which on a word that most of them use tells nothing."""


@dataclass(frozen=True, slots=True)
class Text:
    """Something that people wrote about an incident."""

    kind: str
    """Root cause, trigger, contributing factor, hypothesis or action."""
    text: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Two texts with enough words in common."""

    mine: Text
    theirs: Text
    words: tuple[str, ...]
    """The words in common, as the first text has them, in the order of the alphabet."""


@cache
def declared() -> dict[str, Any]:
    """Return likeness.toml."""
    return tomllib.loads(files("forensics.report").joinpath("likeness.toml").read_text(encoding="utf-8"))


@cache
def _stop() -> frozenset[str]:
    return frozenset(declared()["stop"].split())


def telling(text: str) -> dict[str, str]:
    """Return the telling words of a text, by their stems."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.lower()):
        if word not in _stop():
            found.setdefault(_stem(word), word)
    return found


def _stem(word: str) -> str:
    """Return what forms of one word share: locks, locked and locking are lock, queries are query."""
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for end in ("ively", "ing", "ive", "ed", "ly"):
        if word.endswith(end) and len(word) - len(end) >= 4:
            word = word[: -len(end)]
            break
    return word[:-1] if word.endswith("e") else word


Words = Mapping[Text, Mapping[str, str]]
"""Texts, each with its telling words by their stems."""


def common(texts: Iterable[Iterable[Text]]) -> frozenset[str]:
    """Return the stems that most incidents use, given the texts of each; none where there are too few to tell."""
    of_each = [{stem for one in some for stem in telling(one.text)} for some in texts]
    of_each = [some for some in of_each if some]
    counts = Counter(stem for some in of_each for stem in some)
    return frozenset(s for s, count in counts.items() if len(of_each) >= _ENOUGH and count > len(of_each) / 2)


def alike(mine: Words, theirs: Words) -> list[Alike]:
    """Return for each of my texts the one of theirs that is most like it, if any is; by their telling words."""
    found = []
    for text, words in mine.items():
        rated = [
            (len(shared), one.text, one, shared)
            for one, others in theirs.items()
            if _enough(shared := words.keys() & others.keys(), words, others)
        ]
        if rated:
            *_, one, shared = max(rated, key=lambda pair: pair[:2])
            found.append(Alike(text, one, tuple(sorted(words[stem] for stem in shared))))
    return found


def _enough(shared: set[str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    rule = declared()
    return len(shared) >= max(int(rule["least"]), float(rule["share"]) * min(len(mine), len(theirs)))
