"""Which texts that people wrote about two incidents are alike, and by which words: so that a reader can judge it.

Nothing is learned and nothing is guessed: the rule and its words stand in likeness.toml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import snowballstemmer

from forensics import declarations

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


def declared() -> dict[str, Any]:
    """Return likeness.toml."""
    return declarations.declared("report/likeness.toml")


@dataclass(frozen=True, slots=True)
class _Script:
    """Words that are told apart by their letters, whatever the rest of a text is."""

    word: re.Pattern[str]
    ends: tuple[str, ...]
    stop: frozenset[str]

    def stem(self, word: str) -> str:
        """Return the word without the first of the endings that it has, where something is left."""
        end = next((end for end in self.ends if word.endswith(end) and len(word) > len(end)), "")
        return word.removesuffix(end)


@cache
def _scripts() -> tuple[_Script, ...]:
    return tuple(
        _Script(re.compile(one["word"]), tuple(one["ends"].split()), frozenset(one["stop"].split()))
        for one in declared()["script"]
    )


@cache
def _stop() -> dict[str, frozenset[str]]:
    """Return the words that tell nothing, by the name of the language's Snowball algorithm."""
    return {one["stems"]: frozenset(one["stop"].split()) for one in declared()["language"]}


@cache
def _stemmer(language: str) -> Any:
    """Return the Snowball stemmer of a language (M. Porter, snowballstem.org)."""
    return snowballstemmer.stemmer(language)


def language(words: Iterable[str]) -> str:
    """Return the Snowball algorithm of the language most of whose stop words are among these; of equals the first declared."""
    kept = list(words)
    return max(_stop(), key=lambda name: sum(word in _stop()[name] for word in kept))


def telling(text: str) -> dict[str, str]:
    """Return the telling words of a text, by their stems."""
    lowered = text.lower()
    found: dict[str, str] = {}
    for script in _scripts():
        for word in script.word.findall(lowered):
            stem = script.stem(word)
            if not {word, stem} & script.stop:
                found.setdefault(stem, word)
    words = [word for word in _WORD.findall(lowered) if not any(one.word.search(word) for one in _scripts())]
    spoken = language(words)
    for word in words:
        if word not in _stop()[spoken]:
            found.setdefault(_stemmer(spoken).stemWord(word), word)
    return found


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
