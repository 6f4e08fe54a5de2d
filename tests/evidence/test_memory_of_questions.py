"""A store that reads evidence with little memory takes more of it rather than give up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from forensics.store import Store, sizing

LITTLE = sizing.FRUGAL / 10**6


def memory(store: Store) -> float:
    """Return how much a store may take, in MB."""
    (told,) = store.connection.execute("select current_setting('memory_limit')").fetchone()  # type: ignore[misc]
    number, unit = told.split()
    return float(number) * {"MiB": 2**20 / 10**6, "GiB": 2**30 / 10**6}[unit]


@pytest.fixture(autouse=True)
def hungry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every question want more memory than a frugal store has."""
    asked = Store._asked

    def hungry(store: Store, *question: Any) -> Any:
        if memory(store) <= LITTLE:
            raise duckdb.OutOfMemoryException("failed to allocate data")
        return asked(store, *question)

    monkeypatch.setattr(Store, "_asked", hungry)


def test_a_question_that_wants_more_memory_gets_what_the_machine_has(tmp_path: Path) -> None:
    """It is answered with as much memory as a store has that is not frugal, which nobody can change any more."""
    with Store(tmp_path / "a.duckdb", frugal=True) as frugal, Store(tmp_path / "b.duckdb") as ample:
        assert memory(frugal) < LITTLE
        assert frugal.rows("evidence_span") == [(None, None)]
        assert memory(frugal) == pytest.approx(memory(ample), rel=0.2)
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            frugal.connection.execute("set memory_limit = '1GB'")


def test_what_is_written_for_its_effect_gets_it_too(tmp_path: Path) -> None:
    """So does a file of several statements."""
    with Store(tmp_path / "a.duckdb", frugal=True) as store:
        store.run("clock_heard")
        assert memory(store) > LITTLE
        assert store.connection.execute("select count(*) from heard_events").fetchone() == (0,)


def test_what_is_written_as_a_whole_is_never_written_in_part(tmp_path: Path) -> None:
    """Inside a transaction, running out of memory is an error, and nothing of it is kept."""
    with Store(tmp_path / "a.duckdb", frugal=True) as store:
        with pytest.raises(duckdb.OutOfMemoryException):
            write(store)
        assert store.connection.execute("select count(*) from log_events").fetchone() == (0,)


def test_a_store_that_is_not_frugal_has_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all that the machine has is not enough, that is said."""
    monkeypatch.setattr(sizing, "LEAST_MEMORY", sizing.FRUGAL // 2)
    monkeypatch.setattr(sizing, "MOST_MEMORY", sizing.FRUGAL // 2)
    with Store(tmp_path / "a.duckdb") as store, pytest.raises(duckdb.OutOfMemoryException):
        store.rows("evidence_span")


def write(store: Store) -> None:
    """Write one event, and ask for too much before it is written down."""
    with store.transaction():
        store.connection.execute("insert into log_events (path, line) values ('b.log', 1)")
        store.rows("evidence_span")
