"""What a database declares about its rows, and which rows break it: asked of the rows that were read."""

from __future__ import annotations

import time
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


def pointer(column: str) -> str:
    """Say where the values of a row keep a column; a JSON pointer holds any name."""
    return "/" + column.replace("~", "~0").replace("/", "~1")


def broken(
    store: Store, path: str, tables: Mapping[str, tuple[Rules, tuple[str, ...], int]], until: float
) -> tuple[list[Violation], int]:
    """Return what the rows of one database break, and how many of its tables were asked before the time was over.

    Of each table, `tables` has the rules, the columns and the number of rows. A rule about a column of which there are
    no rows is passed over.
    """
    found: list[Violation] = []
    names = {table.lower(): table for table in tables}
    for asked, (table, (declared, columns, rows)) in enumerate(tables.items()):
        if not rows:
            continue
        if time.monotonic() > until:
            return found, asked
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
    return found, len(tables)


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
