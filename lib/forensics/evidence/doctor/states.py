"""States of databases that are older than the incident: restored ones, copies, dumps of another day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from forensics.evidence.doctor.words import lasting, placed
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
    """Name the states in which no row is as young as the time that the other evidence covers."""
    if main is None:
        return
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
