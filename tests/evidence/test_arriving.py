"""Rows on their way into the store."""

from __future__ import annotations

import pyarrow as pa
from forensics.evidence.arriving import GROUP, MOST_BYTES, Arriving
from forensics.store import Store


def _lines(first: int, count: int) -> pa.Table:
    return pa.table({"line": pa.array(range(first, first + count), pa.int64())})


def _held(store: Store) -> list[int]:
    return [line for (line,) in store.connection.execute("select line from log_events order by rowid").fetchall()]


def test_only_whole_groups_of_rows_go_into_the_store_before_the_end() -> None:
    """What does not fill a group waits for more, or for the end; the rows stay in their order."""
    with Store() as store:
        arriving = Arriving(store)
        arriving.add("log_events", _lines(0, GROUP - 1), 1)
        before = len(_held(store))
        arriving.add("log_events", _lines(GROUP - 1, 5), 1)
        whole = len(_held(store))
        arriving.rest()

        assert (before, whole, _held(store)) == (0, GROUP, list(range(GROUP + 4)))


def test_rows_that_keep_much_memory_do_not_wait() -> None:
    """Few rows that keep many bytes go into the store at once."""
    with Store() as store:
        arriving = Arriving(store)
        arriving.add("log_events", _lines(0, 2), MOST_BYTES)
        before = len(_held(store))
        arriving.add("log_events", _lines(2, 1), 1)

        assert (before, _held(store)) == (0, [0, 1, 2])
