"""Which tables hold nothing, and what need not be asked because of that: half of all questions about a small folder."""

from __future__ import annotations

import re
from functools import cache

import duckdb

from forensics import declarations

_CREATED = re.compile(r"^create table if not exists (\w+)", re.MULTILINE)
_FILLS = re.compile(r"^\s*(insert into|create or replace (?:temp )?table)\s+\"?(\w+)", re.MULTILINE)
_CHANGES = re.compile(r"^\s*(?:update|delete from)\s+\"?(\w+)", re.MULTILINE)
_HARMLESS = (
    duckdb.StatementType.UPDATE,
    duckdb.StatementType.DELETE,
    duckdb.StatementType.DROP,
    duckdb.StatementType.SELECT,
)
"""Statements that put no row where none was."""


@cache
def needs() -> dict[str, tuple[frozenset[str], ...]]:
    """Return for a question, or for the statement of that number in it, sets of tables of which one must hold something."""
    found: dict[str, list[frozenset[str]]] = {}
    for entry in declarations.declared("store/needs.toml")["needs"]:
        for name in entry["asked_by"]:
            found.setdefault(name, []).append(frozenset(entry["tables"]))
    return {name: tuple(several) for name, several in found.items()}


class Tables:
    """The tables of a store that are known to hold nothing; of all others it is not known."""

    def __init__(self) -> None:
        """Know of none."""
        self._empty: set[str] = set()

    def begin(self, schema: str) -> None:
        """Know all tables of a new store."""
        self._empty.update(_CREATED.findall(schema))

    def clear(self) -> None:
        """Know of none any more: anything may have been written."""
        self._empty.clear()

    def filled(self, table: str) -> None:
        """Rows come into a table."""
        self._empty.discard(table)

    def nothing(self, name: str, statement: duckdb.Statement | None = None) -> bool:
        """Say whether a question has no answer, or a statement no effect, because of what holds nothing."""
        if not self._empty:
            return False
        if statement is not None and statement.type in _HARMLESS:
            changed = _CHANGES.search(statement.query)
            return changed is not None and changed[1] in self._empty
        return any(tables <= self._empty for tables in needs().get(name, ()))

    def written(self, statement: duckdb.Statement, answer: list[tuple[object, ...]]) -> None:
        """Learn from what a statement answered: how many rows it put into its table."""
        if statement.type in _HARMLESS:
            return
        fills = _FILLS.search(statement.query)
        if fills is None:
            if statement.type != duckdb.StatementType.CREATE:
                self.clear()
            return
        how, table = fills.groups()
        if answer not in ([], [(0,)]):
            self._empty.discard(table)
        elif how != "insert into":
            self._empty.add(table)
