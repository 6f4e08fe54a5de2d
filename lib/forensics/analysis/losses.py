"""Data that was lost: tables that an earlier state of a database holds and a later one does not, and damaged databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forensics.model import Citation
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
    """False where no statement tells that the table was dropped: a dump may leave it out, and another database never had it."""


def lost(store: Store) -> tuple[Lost, ...]:
    """Return the tables with rows that are gone from a later state, the most rows first, and then the damaged databases.

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
    return (*gone, *damaged)
