"""The declared shapes of time stamps: what they look like, how they are read, and what they leave out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from forensics.errors import DeclarationError

Lacks = Literal["", "zone", "name", "year", "date", "epoch"]
"""What a stamp leaves out: its zone (`name`: only letters that several zones claim), its year, its date, or when its
seconds began."""

_NAMED = re.compile(r"\(\?P<time:([\w-]+)>\)")


@dataclass(frozen=True, slots=True)
class Stamp:
    """One shape of time stamps."""

    name: str
    shape: str
    """A regular expression without groups, for both engines."""
    read: Literal["zoned", "cast", "epoch", "tai64n", "seconds", "strptime"]
    parse: tuple[str, ...]
    """strptime patterns, the first that fits reads; fractions follow a full stop, blanks are single."""
    choices: tuple[str, ...]
    """Orders of day, month and year between which only all stamps of a file together decide."""
    prefix: str
    """Written before a stamp that lacks a year or a date, so that it can be read."""
    drop: str
    """A part that is taken out before reading: the letters of a zone."""
    lacks: Lacks
    examples: dict[str, str]
    """Stamps, and the times they are read as."""

    def patterns(self, order: str = "") -> list[str]:
        """Return the strptime patterns; where the order of day and month is open, for this order of theirs."""
        return [pattern.replace("{}", order or (self.choices or ("",))[0]) for pattern in self.parse] or ["%Y"]


@cache
def load() -> dict[str, Stamp]:
    """Return the shapes by name, the most telling first. Raises DeclarationError."""
    text = files("forensics.evidence").joinpath("stamps.toml").read_text(encoding="utf-8")
    return {
        entry["name"]: Stamp(
            entry["name"],
            entry["shape"],
            entry["read"],
            tuple(entry.get("parse", ())),
            tuple(entry.get("choices", ())),
            entry.get("prefix", ""),
            entry.get("drop", ""),
            entry.get("lacks", ""),
            dict(entry["example"]),
        )
        for entry in tomllib.loads(text)["stamp"]
    }


def named(name: str) -> Stamp:
    """Return the shape of that name. Raises DeclarationError, naming those there are."""
    try:
        return load()[name]
    except KeyError:
        raise DeclarationError(f"No stamp is called '{name}'. There are: {', '.join(load())}.") from None


def expand(pattern: str) -> tuple[str, str | None]:
    """Write the shape of the stamp that a pattern names, as in `(?P<time:iso-zoned>)`, into it; return its name too."""
    found = _NAMED.search(pattern)
    if found is None:
        return pattern, None
    return _NAMED.sub(lambda one: f"(?P<time>{named(one[1]).shape})", pattern), found[1]


@cache
def levels() -> dict[str, str]:
    """Return our word for each word that logs write for a severity."""
    text = files("forensics.evidence").joinpath("levels.toml").read_text(encoding="utf-8")
    return {word: ours for ours, words in tomllib.loads(text).items() for word in words}
