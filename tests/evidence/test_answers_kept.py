"""A question asked twice is answered once, and never with what was true before something was written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st

FACT = {"name": "a fact of this test"}


def told(store: Store) -> Any:
    """Ask what the store holds under that name."""
    return store.one("fact", **FACT)


def put(store: Store, value: str) -> None:
    """Write another value under that name."""
    store.connection.execute("delete from facts where name = $name", FACT)
    store.add("facts", ["name", "value"], [[FACT["name"], value]])


@pytest.fixture
def store() -> Store:
    """A new store."""
    return Store()


def test_what_is_written_is_told(store: Store) -> None:
    """After each kind of writing, the answer is that of the store as it is then."""
    assert told(store) is None
    put(store, "one")
    assert told(store) == "one"
    assert told(store) == "one"
    put(store, "two")
    assert told(store) == "two"
    store.connection.execute("delete from facts")
    assert told(store) is None


def test_a_question_that_writes_is_seen(store: Store) -> None:
    """Where sql/points_schema.sql makes an empty table of points, the next asked counts none."""
    begin = {"first_year": 2001, "totals": ["total"], "rates": ["rate"], "lengths": ["length"]}
    store.run("points_schema", **begin)
    store.add("points", ["id", "time", "value"], [["a", datetime(2031, 4, 2), 1.0], ["a", datetime(2031, 4, 3), 2.0]])
    assert store.one("points_count", id="a") == 2
    store.run("points_schema", **begin)
    assert store.one("points_count", id="a") == 0


def test_what_a_failed_transaction_wrote_is_not_told(store: Store) -> None:
    """An answer that was given inside a transaction does not outlive it when it is taken back."""

    def write_and_fail() -> None:
        with store.transaction():
            put(store, "never")
            assert told(store) == "never"
            raise ValueError

    with pytest.raises(ValueError):
        write_and_fail()
    assert told(store) is None


def test_an_answer_belongs_to_whoever_gets_it(store: Store) -> None:
    """Changing the rows that one caller got changes nothing for the next."""
    put(store, "one")
    first = store.records("fact", **FACT)
    first[0].clear()
    first.clear()
    rows = store.rows("fact", **FACT)
    rows.clear()
    assert store.rows("fact", **FACT) == [("one",)]


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=12))
def test_any_order_of_writing_and_asking(steps: list[str | None]) -> None:
    """Whatever is written and asked in whatever order, each answer is what was last written. None asks."""
    store = Store()
    last: str | None = None
    for step in steps:
        if step is None:
            assert told(store) == last
        else:
            put(store, step)
            last = step
    store.close()
