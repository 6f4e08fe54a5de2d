"""What a database declares about its rows, and which rows break it: asked of the rows that were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from forensics.evidence.databases.sql_text import visible
from forensics.store import Store


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that must name a row of a table."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]
    """The columns they name; empty: that table's primary key."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one table declares."""

    key: tuple[str, ...] = ()
    """Its primary key."""
    required: tuple[str, ...] = ()
    """Columns that may not be empty."""
    unique: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()

    def and_also(self, more: Rules) -> Rules:
        """Add what another statement declares."""
        return Rules(
            self.key or more.key,
            tuple(dict.fromkeys((*self.required, *more.required))),
            tuple(dict.fromkeys((*self.unique, *more.unique))),
            tuple(dict.fromkeys((*self.references, *more.references))),
        )


Kind = Literal["orphans", "empty", "doubles", "check"]


@dataclass(frozen=True, slots=True)
class Violation:
    """Rows of one table that break one rule."""

    table: str
    kind: Kind
    rule: str
    """The rule, as one would say it: `user_id → users.id`; safe to show."""
    rows: int
    example: str = ""
    """The value of one such row, or its number."""


MOST = 16 * 1024**3
"""Bytes of rows that are looked through for one database, question after question."""
QUESTION = 1024**2
"""What a question costs beside the rows that it looks through, in bytes of them."""


@dataclass(slots=True)
class Allowance:
    """What may still be asked of the rows of one database, in bytes that are looked through: they are as many on a slow
    machine as on a fast one, so that no clock decides what is found."""

    sizes: Mapping[str, int]
    """The bytes of each table's rows."""
    left: int

    def covers(self, tables: Iterable[str]) -> bool:
        """Take what it costs to ask these tables one question each, if that is there; say whether it was."""
        cost = sum(QUESTION + self.sizes.get(table, 0) for table in tables)
        if cost > self.left:
            return False
        self.left -= cost
        return True


def pointer(column: str) -> str:
    """Say where the values of a row keep a column; a JSON pointer holds any name."""
    return "/" + column.replace("~", "~0").replace("/", "~1")


def broken(
    store: Store, path: str, tables: Mapping[str, tuple[Rules, tuple[str, ...], int]], allowance: Allowance
) -> tuple[list[Violation], int]:
    """Return what the rows of one database break, and of how many of its tables this was not asked any more.

    Of each table, `tables` has the rules, the columns and the number of rows. A rule about a column of which there are
    no rows is passed over.
    """
    found: list[Violation] = []
    unasked = 0
    names = {table.lower(): table for table in tables}
    for table, (declared, columns, rows) in tables.items():
        if not rows:
            continue
        parents = [parent for one in declared.references if (parent := names.get(one.table.lower()))]
        questions = bool(declared.required) + bool(declared.key) + len(declared.unique) + len(parents)
        if not allowance.covers([table] * questions + parents):
            unasked += 1
            continue
        held = set(columns)
        found += _empty(store, path, table, [column for column in declared.required if column in held])
        for unique in dict.fromkeys((declared.key, *declared.unique)):
            if unique and held.issuperset(unique):
                found += _doubles(store, path, table, unique)
        for reference in declared.references:
            parent = names.get(reference.table.lower())
            if parent is None or not held.issuperset(reference.columns):
                continue
            parent_rules, parent_columns, _ = tables[parent]
            to = reference.to or parent_rules.key
            if to and set(parent_columns).issuperset(to):
                found += _orphans(store, path, table, reference, parent, to)
    return found, unasked


def _at(columns: Iterable[str]) -> list[str]:
    return [pointer(column) for column in columns]


def _empty(store: Store, path: str, table: str, required: list[str]) -> list[Violation]:
    if not required:
        return []
    rows = store.rows("database_empty", path=path, table=table, at=_at(required))
    return [
        Violation(table, "empty", f"{visible(required[place - 1])} may not be empty", count, f"row {first}")
        for place, count, first in rows
    ]


def _doubles(store: Store, path: str, table: str, unique: tuple[str, ...]) -> list[Violation]:
    [(count, example)] = store.rows("database_doubles", path=path, table=table, at=_at(unique))
    rule = f"{visible(', '.join(unique))} may not stand twice"
    return [Violation(table, "doubles", rule, count, _said(example))] if count else []


def _orphans(
    store: Store, path: str, table: str, reference: Reference, parent: str, to: tuple[str, ...]
) -> list[Violation]:
    where = {"path": path, "table": table, "at": _at(reference.columns), "parent": parent, "to": _at(to)}
    [(count, example)] = store.rows("database_orphans", **where)
    rule = f"{visible(', '.join(reference.columns))} → {visible(parent)}.{visible(', '.join(to))}"
    return [Violation(table, "orphans", rule, count, _said(example))] if count else []


def _said(values: list[str] | None) -> str:
    return visible(", ".join(values or ()))
