"""Rows on their way into the store: they wait until they fill a whole group of rows, as the store keeps them.

A group that is written down in part is packed anew each time that more comes, and packing costs more than reading.
"""

from __future__ import annotations

import pyarrow as pa

from forensics.store import Store

GROUP = 122_880
"""Rows that DuckDB packs together."""

MOST_BYTES = 48 * 1024 * 1024
"""Rows that hold more than this do not wait."""


class Arriving:
    """Gathers the rows of some tables; what waits is in the store only after `rest`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, list[pa.Table]] = {}
        self._bytes: dict[str, int] = {}

    def add(self, table: str, rows: pa.Table, held: int) -> None:
        """Let rows wait, which keep so many bytes in memory, or append those that fill groups; no row is overtaken."""
        waiting = self._waiting.setdefault(table, [])
        if waiting and waiting[0].schema != rows.schema:
            self._append(table)
        waiting.append(rows)
        self._bytes[table] = self._bytes.get(table, 0) + held
        count = sum(one.num_rows for one in waiting)
        if self._bytes[table] > MOST_BYTES:
            self._append(table)
        elif count >= GROUP:
            self._append(table, count // GROUP * GROUP)

    def _append(self, table: str, count: int | None = None) -> None:
        """Append what waits for a table, or so many rows of it."""
        waiting = self._waiting[table]
        together = pa.concat_tables(waiting)
        self._store.append(table, together.slice(0, count))
        waiting.clear()
        self._bytes[table] = 0
        if count is not None and count < together.num_rows:
            waiting.append(together.slice(count))

    def rest(self) -> None:
        """Append everything that still waits."""
        for table, waiting in self._waiting.items():
            if waiting:
                self._append(table)
