"""What a database of the evidence tells of changes: tables in which somebody keeps deploys, releases and flags (changes.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from forensics import declarations
from forensics.evidence.databases.tables import Table
from forensics.store import Store


def declared() -> dict[str, Any]:
    """Return changes.toml."""
    return declarations.declared("evidence/databases/changes.toml")


def keeps(table: str, columns: Sequence[str]) -> bool:
    """Say whether a table of this name, with these columns, keeps changes: what was changed, and when."""
    told, small = declared(), {column.lower() for column in columns}
    return bool(re.fullmatch(told["table"], table.lower()) and small & set(told["id"]) and small & set(told["time"]))


def tell(store: Store, path: str, tables: Iterable[Table]) -> int:
    """Put the changes that the tables of one database keep among all others; return how many there are."""
    listed, told = list(tables), declared()
    before = store.one("changes_of", path=path)
    for table in listed:
        if not keeps(table.name, table.columns):
            continue
        columns = {column.lower(): column for column in table.columns}
        held = {
            part: [_pointer(columns[name]) for name in told[part] if name in columns]
            for part in ("id", "time", "service", "summary", "notes", "author")
        }
        of, key, name = _named_elsewhere(listed, columns) if not held["service"] else ("", "/", "/")
        store.run("database_changes", path=path, table=table.name, **held, named_in=of, named_by=key, name=name)
    return int(store.one("changes_of", path=path)) - int(before)


def _pointer(column: str) -> str:
    return "/" + column.replace("~", "~0").replace("/", "~1")


def _named_elsewhere(tables: Sequence[Table], columns: dict[str, str]) -> tuple[str, str, str]:
    """Return the table that holds what a row is of, this table's column that names its row, and its column of names."""
    told = declared()
    for whose in told["service"]:
        for table in tables:
            small = {column.lower(): column for column in table.columns}
            named = next((small[name] for name in told["names"] if name in small), None)
            if f"{whose}_id" in columns and table.name.lower() in (whose, f"{whose}s") and named and "id" in small:
                return table.name, _pointer(columns[f"{whose}_id"]), _pointer(named)
    return "", "/", "/"
