"""States of databases that are older than the incident: restored ones, copies, dumps of another day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from forensics.evidence.doctor.words import placed
from forensics.lengths import lasting
from forensics.model import Evidence, Problem
from forensics.store import Store

LEAST_OLDER = timedelta(minutes=1)

PLANNED = timedelta(hours=1)
"""Rows of later than this after all else in the folder were not written then: their times are plans, or another clock's."""

TOLD = ("data-loss-window", "rows-end-early")
"""Problems that say the same, and more."""


def old(
    store: Store, entries: Sequence[Evidence], main: tuple[datetime, datetime] | None
) -> Iterator[tuple[str, Problem]]:
    """Name the states in which no row is as young as the time that the other evidence covers, and rows that are too young."""
    if main is None:
        return
    last = max(main[1], *(entry.covers[1] for entry in entries if entry.covers and entry.kind == "capture"), main[1])
    for path, rows, tables, newest in store.rows("states_later", latest=last + PLANNED):
        yield path, _later(rows, tables, newest, last)
    said = {entry.path for entry in entries for problem in entry.problems if problem.code in TOLD}
    for path, newest in store.rows("states_newest", latest=main[1] + PLANNED):
        if path not in said and main[0] - newest > LEAST_OLDER:
            yield path, _old(newest, main[0])


def _old(newest: datetime, begins: datetime) -> Problem:
    return Problem(
        "state-before",
        f"its newest row is of {placed(newest)}, {lasting(begins - newest)} before the other evidence begins: a state of before the "
        "incident, restored or copied then; what was written since is not in it",
        "keep the file that was in use, with its -wal and -journal, before a backup is put in its place: cp -p local.db* incident/",
        leaves_open="Was data lost or damaged?",
    )


def _later(rows: int, tables: str, newest: datetime, last: datetime) -> Problem:
    return Problem(
        "rows-from-later",
        f"{rows:,} of its rows ({tables}) have times up to {placed(newest)}, {lasting(newest - last)} after everything else here "
        "was collected: they are plans, or another clock wrote them",
    )
