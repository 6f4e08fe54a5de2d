"""The declared shapes of time stamps: what they look like, how they are read, and what they leave out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal

from forensics import declarations
from forensics.errors import DeclarationError

Lacks = Literal["", "zone", "name", "year", "date", "order", "epoch"]
"""What a stamp leaves out: its zone (`name`: only letters that several zones claim), its year, its date, which
number is the day and which the month, or when its seconds began."""

LETTERED = "lettered "
"""Begins the names of shapes whose zone's letters are read."""

_NAMED = re.compile(r"\(\?P<time:([\w-]+)>\)")


@dataclass(frozen=True, slots=True)
class Stamp:
    """One shape of time stamps."""

    name: str
    shape: str
    """A regular expression without groups, for both engines."""
    read: Literal[
        "zoned",
        "cast",
        "epoch",
        "tai64n",
        "seconds",
        "milliseconds",
        "any",
        "strptime",
        "lettered",
        "worded",
        "lettered worded",
        "month worded",
        "worded zoned",
        "eastern",
    ]
    parse: tuple[str, ...]
    """strptime patterns, the first that fits reads; fractions follow a full stop, blanks are single."""
    choices: tuple[str, ...]
    """Orders of day, month and year between which only all stamps of a file together decide."""
    prefix: str
    """Written before a stamp that lacks a year or a date, so that it can be read."""
    drop: str
    """A part that is taken out before reading: the letters of a zone."""
    lacks: Lacks
    guessed: bool
    """Whether it is looked for in texts of unknown formats, too; what is not speaks only where a format names it."""
    examples: dict[str, str]
    """Stamps, and the times they are read as."""

    def patterns(self, order: str = "") -> list[str]:
        """Return the strptime patterns; where the order of day and month is open, for this order of theirs."""
        return [pattern.replace("{}", order or (self.choices or ("",))[0]) for pattern in self.parse] or ["%Y"]


@cache
def load() -> dict[str, Stamp]:
    """Return the shapes by name, the most telling first. Raises DeclarationError.

    Each shape with the letters of a zone comes a second time, for texts all of whose letters [zones] tells.
    """
    shapes = {
        entry["name"]: Stamp(
            entry["name"],
            entry["shape"].replace("{month}", "|".join(months())),
            entry["read"],
            tuple(entry.get("parse", ())),
            tuple(entry.get("choices", ())),
            entry.get("prefix", ""),
            entry.get("drop", ""),
            entry.get("lacks", ""),
            entry.get("guessed", True),
            dict(entry["example"]),
        )
        for entry in _declared()["stamp"]
    }
    lettered = [one for one in shapes.values() if one.lacks == "name"]
    return shapes | {
        LETTERED + one.name: replace(
            one,
            name=LETTERED + one.name,
            read="lettered worded" if one.read == "worded" else "lettered",
            lacks="",
            guessed=False,
        )
        for one in lettered
    }


def _declared() -> dict[str, Any]:
    return declarations.declared("evidence/stamps.toml")


@cache
def months() -> dict[str, int]:
    """Return the number of each month, by how dates abbreviate it in any language; of several that begin alike, the longest first."""
    known = {word: int(number) for number, words in _declared()["months"].items() for word in words}
    return dict(sorted(known.items(), key=lambda one: -len(one[0])))


@cache
def zones() -> dict[str, str]:
    """Return how far ahead of UTC a zone's letters are, as in +02:00, for those that one zone alone claims."""
    return {letters: ahead for ahead, several in _declared()["zones"].items() for letters in several}


@cache
def claims() -> dict[str, list[str]]:
    """Return how far ahead of UTC the zones are that claim the same letters, for letters of several."""
    return {letters: list(several) for letters, several in _declared()["claims"].items()}


def assumed(letters: str, months: Collection[int] = ()) -> str:
    """Return what is assumed of these letters, in these months; nothing where they leave nothing open."""
    summer = any(4 <= month <= 10 for month in months)
    if summer and letters in _declared()["assumed"]["winter"]:
        return "winter time as written, on dates of summer time: by the clocks on the wall it may be an hour earlier"
    return str(_declared()["assumed"].get(letters, ""))


def letters(stamp: Stamp, written: str) -> str:
    """Return the letters of its zone that a stamp of this shape ends or is interrupted by."""
    dropped = re.search(stamp.drop, written) if stamp.drop else None
    return dropped[0].strip() if dropped else ""


def lettered(name: str, written: list[str]) -> str:
    """Return the shape by which these stamps are read: with their zones, where [zones] tells each of their letters."""
    told = {letters(named(name), stamp) for stamp in written}
    return LETTERED + name if told and told <= zones().keys() else name


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


def zoned(stamp: str) -> bool:
    """Say whether a stamp of any shape says its zone: by an offset, by letters of one zone, or by being an epoch."""
    found = re.search(r"^[\d.]+$|\d(?:Z| ?[+-]\d\d:?\d\d| ?(?P<letters>[A-Z]{2,5}))$", stamp.strip())
    return found is not None and (not found["letters"] or found["letters"] in zones())


def order(name: str, written: list[str]) -> str:
    """Return the order of day, month and year that these stamps decide for, or nothing when they leave it open.

    An order is possible when all stamps are dates by it, with what it puts between the numbers; of several, the one by
    which the dates lie close together, where by the others they are spread over months. Browsers' American times begin with the month.
    """
    possible: dict[str, int] = {}
    for choice, dates in orders(name, written).items():
        if dates and None not in dates:
            known = [date.toordinal() for date in dates if date is not None]
            possible[choice] = max(known) - min(known)
    if len(possible) == 1:
        return next(iter(possible))
    american = american_order(named(name), written)
    if american in possible:
        return american
    near = [choice for choice, span in possible.items() if 0 < span <= _CLOSE_DAYS]
    far = [choice for choice, span in possible.items() if span > _CLOSE_DAYS]
    return near[0] if len(near) == 1 and len(near) + len(far) == len(possible) else ""


def orders(name: str, written: Sequence[str]) -> dict[str, list[date | None]]:
    """Return the dates of stamps by each order in which day, month and year may stand in them; None where one is no date by it."""
    numbers = [[int(part) for part in re.findall(r"\d+", text)[:3]] for text in written]
    between = next(iter(re.findall(r"\d+(\D)", written[0])), "") if written else ""
    choices = named(name).choices
    fields = {one: re.findall(r"%([dmyY])", one) for one in choices}
    return {
        choice: [_date(dict(zip(fields[choice], found, strict=False))) for found in numbers]
        for choice in [one for one in choices if one[2] == between] or choices
    }


def american_order(stamp: Stamp, written: list[str]) -> str:
    """Return the order that begins with the month, where browsers would write so; nothing else."""
    first = next((one for one in stamp.choices if one.startswith("%m/")), "")
    return first if all(map(_AMERICAN.search, written)) else ""


_AMERICAN = re.compile(r"\d\d, .*\d[ \u202f](?:AM|PM)$")
"""Browsers write a comma behind the date and AM or PM in capitals where the language is that of the United States, and the month
first; Azure's portal exports such times."""

_CLOSE_DAYS = 25


def _date(parts: dict[str, int]) -> date | None:
    year = parts.get("Y", 2000 + parts.get("y", 0))
    try:
        return date(year, parts["m"], parts["d"])
    except (KeyError, ValueError):
        return None


@cache
def levels() -> dict[str, str]:
    """Return our word for each word that logs write for a severity."""
    return {word: ours for ours, words in declarations.declared("evidence/levels.toml").items() for word in words}
