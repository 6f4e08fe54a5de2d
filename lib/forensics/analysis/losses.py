"""Data that was lost or damaged: tables that a later state of a database has not any more, and what says that data is wrong.

What failed checks say of data is declared in losses.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forensics import declarations
from forensics.lengths import cut
from forensics.model import Citation, Json, Query
from forensics.store import Store


@dataclass(frozen=True, slots=True)
class Lost:
    """One loss, and between which times it came about."""

    table: str
    rows: int
    """Rows of the earlier state that the later one has not."""
    earliest: datetime | None
    """When the earlier state was taken; null where nothing tells."""
    latest: datetime | None
    told: str
    citations: tuple[Citation, ...]
    sure: bool = True
    """False where no statement tells that the table was dropped (a dump may leave it out, and another database never had it),
    or where checks only doubt the data."""
    asked: Query | None = None
    """What tells it, where that is no failed check."""

    @property
    def became(self) -> str:
        """What became of the data."""
        return "lost" if self.table else "damaged"


SHOWN = 300
"""So much of a statement is quoted."""


def lost(store: Store) -> tuple[Lost, ...]:
    """Return the tables with rows that are gone from a later state, the most rows first; then the damaged databases, and what
    else says that data is damaged or doubted.

    Rows removed from a table that is still there may have been removed rightly, and are none of these.
    """
    gone = [
        Lost(
            table,
            rows,
            earliest,
            latest,
            f"the table {table} and its {rows:,} rows, which {earlier} holds, are "
            + (f"gone in {later}" if sure else f"not in {later}: they are gone, or were never meant to be there"),
            (Citation(earlier), Citation(later)),
            sure,
        )
        for table, rows, earlier, later, earliest, latest, sure in store.rows("tables_gone")
    ]
    damaged = [
        Lost("", 0, None, taken, f"{path} is damaged ({integrity.splitlines()[0]})", (Citation(path),))
        for path, integrity, taken in store.rows("databases_damaged")
    ]
    damaged += [
        Lost("", 0, None, None, f"{path} says so: “{cut(text, SHOWN)}”", (Citation(path, line=line),))
        for path, _, text, line in store.rows("damage_told")
    ]
    damaged += [
        Lost(
            "",
            0,
            None,
            None,
            f"{failed:,} {'checks' if failed > 1 else 'check'} of data failed in {path}"
            f"{', the first' if failed > 1 else ''}: “{cut(message, SHOWN)}”",
            (Citation(path, line=line),),
            name == "damaged",
        )
        for name, path, failed, message, line in store.rows("checks_failed", **asked())
    ]
    return (*gone, *damaged)


def counted(row: str) -> tuple[int, int] | None:
    """Return how many records are there and how many should be, by the words of a failed check; None where it counts none, or
    where none is missing."""
    for entry in declared()["count"]:
        found = re.search(entry["pattern"], row)
        if found and found["of"].lower() == found["also"].lower() and int(found["present"]) < int(found["expected"]):
            return int(found["present"]), int(found["expected"])
    return None


def asked() -> Json:
    """Return by which names and patterns failed checks are asked for."""
    checks = declared()["check"]
    return {"names": [one["name"] for one in checks], "patterns": [one["pattern"] for one in checks]}


def declared() -> dict[str, Any]:
    """Return losses.toml."""
    return declarations.declared("analysis/losses.toml")
