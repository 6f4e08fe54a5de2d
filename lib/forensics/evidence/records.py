"""What a format declares about a document's records: where they are, which column takes what, and what to say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from forensics.model import Problem

Field = str | tuple[str, ...]
"""An expression; or several, whose objects are merged into one: labels that stand in more than one place."""


@dataclass(frozen=True, slots=True)
class Records:
    """One kind of record inside a JSON document."""

    each: str
    """The path of the records; empty: the document itself."""
    into: str
    fields: dict[str, Field]
    points: str = ""
    """Inside the record: a list of [time, value] pairs, or one pair; with `times` a list of values; with `heads` a
    list of columns."""
    times: str = ""
    """A list of times, one for each of the values at `points`; after `^.`, in the object around the record."""
    heads: str = ""
    """What the columns at `points` hold: one object each, with a name and a type; or names, and `points` has rows."""
    value_first: bool = False
    """Pairs are [value, time]."""
    measures: bool = False
    """Every number inside the record is a sample of its own, named by the keys that lead to it."""
    leave: tuple[str, ...] = ()
    """Names inside the record that are no measures, as `measures` would name them: its time, its number."""
    when: tuple[str, ...] = ()
    """Only elements for which all of these hold are such records."""
    optional: bool = False
    """An element without the values that the table needs is no such record, instead of a damaged one."""
    undated: bool = False
    """Such records carry no time."""
    change_of: str = ""
    """Keep a record only where `change_in` differs from the last record of the same `change_of`: a state that is asked
    for again and again is told once."""
    change_in: str = ""
    levels: dict[str, str] = field(default_factory=dict)
    """What this format's own words and numbers for severities mean."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say about a document in which all of `when` holds."""

    when: tuple[str, ...]
    problem: Problem
    """Its message may name `{given}` and `{stated}`."""
    of: str = ""
    """The path of the records that are given, where their number matters."""
    stated: str = ""
    """Where the document states how many there are: it is said only where that is more than are given."""
    exactly: tuple[int, ...] = ()
    """It is said only where so many are given."""


def declared_records(entry: dict[str, Any], levels: dict[str, str]) -> Records:
    """Read one [[records]] entry of a declaration. Raises KeyError."""
    fields = {
        name: tuple(value) if isinstance(value, list) else str(value) for name, value in dict(entry["fields"]).items()
    }
    when = entry.get("when", ())
    return Records(
        entry["each"],
        entry["into"],
        fields,
        points=entry.get("points", ""),
        times=entry.get("times", ""),
        heads=entry.get("heads", ""),
        value_first=entry.get("value_first", False),
        measures=entry.get("measures", False),
        leave=tuple(entry.get("leave", ())),
        when=(when,) if isinstance(when, str) else tuple(when),
        optional=entry.get("optional", False),
        undated=entry.get("undated", False),
        change_of=entry.get("change_of", ""),
        change_in=entry.get("change_in", ""),
        levels=levels,
    )


def declared_notice(entry: dict[str, Any]) -> Notice:
    """Read one [[notice]] entry of a declaration. Raises KeyError."""
    problem = Problem(
        entry["code"], entry["message"], entry.get("remedy", ""), leaves_open=entry.get("leaves_open", "")
    )
    when = entry.get("when", ())
    return Notice(
        (when,) if isinstance(when, str) else tuple(when),
        problem,
        of=entry.get("of", ""),
        stated=entry.get("stated", ""),
        exactly=tuple(entry.get("exactly", ())),
    )
