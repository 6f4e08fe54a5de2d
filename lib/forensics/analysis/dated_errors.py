"""When dated logs tell of errors: they place an incident whose numbers stand on a clock of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis.outages import LEAST_IN_A_ROW
from forensics.analysis.signals import Span
from forensics.model import Citation, Query
from forensics.store import Store
from forensics.times import STAND_IN


def pause() -> timedelta:
    """Return how far apart errors are of different stretches: further than the longest time for which a criterion of the runbook
    must hold, so that no criterion could have been met across it."""
    return max((rule.sustained for rule in runbook.load().rules if rule.sustained), default=timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class Told:
    """One stretch of errors as one log tells it."""

    path: str
    errors: int
    first: datetime
    last: datetime
    first_line: int
    last_line: int
    before: datetime | None
    """The last event of this log before it that is no error; None: it begins with errors."""
    after: datetime | None
    """The first such event after it; None: nothing follows in this log."""

    @property
    def began(self) -> Citation:
        """Where its first error stands."""
        return Citation(self.path, line=self.first_line)

    @property
    def ended(self) -> Citation:
        """Where its last error stands."""
        return Citation(self.path, line=self.last_line)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of errors, as all logs tell it that share it; it has LEAST_IN_A_ROW errors at least."""

    told: tuple[Told, ...]

    @property
    def first(self) -> Told:
        """The log that tells the first of its errors."""
        return min(self.told, key=lambda one: (one.first, one.path))

    @property
    def last(self) -> Told:
        """The log that tells the last of its errors."""
        return max(self.told, key=lambda one: (one.last, one.path))

    @property
    def errors(self) -> int:
        """How many all these logs tell."""
        return sum(one.errors for one in self.told)

    @property
    def paths(self) -> tuple[str, ...]:
        """The logs."""
        return tuple(sorted({one.path for one in self.told}))


@dataclass(frozen=True, slots=True)
class Dated:
    """What dated logs tell of an incident whose own numbers nothing dates."""

    incident: tuple[Stretch, ...] = ()
    """The first stretch, and what the same logs tell later of the same incident; empty where no dated log tells of one."""
    others: tuple[Stretch, ...] = ()
    """Stretches of other logs, or far from it: of other runs, or of other incidents."""
    asked: tuple[Query, ...] = ()

    @property
    def every(self) -> tuple[Stretch, ...]:
        """All of them, in order of time."""
        return tuple(sorted((*self.incident, *self.others), key=lambda one: (one.first.first, one.first.path)))

    @property
    def first(self) -> Told:
        """The log in which it began."""
        return self.incident[0].first

    @property
    def last(self) -> Told:
        """The log in which its last error stands."""
        return self.incident[-1].last


NOTHING = Dated()
"""No dated log tells of an error, or none was asked."""


def find(store: Store, span: Span, apart: timedelta) -> Dated:
    """Return the stretches of errors that dated logs tell; those closer than `apart` that share a log are of one incident.

    A stamp that lacks its year dates nothing.
    """
    asked = {"pause": pause().total_seconds(), "start": span.start, "end": span.end, "first_year": STAND_IN - 9}
    rows = store.rows("dated_stretches", **asked)
    found = [one for one in _merged(Told(*row) for row in rows) if one.errors >= LEAST_IN_A_ROW]
    if not found:
        return NOTHING
    incident, others = [found[0]], list[Stretch]()
    for one in found[1:]:
        near = one.first.first - incident[-1].last.last <= apart
        same = set(one.paths) & {path for mine in incident for path in mine.paths}
        (incident if near and same else others).append(one)
    return Dated(tuple(incident), tuple(others), (Query("dated_stretches", asked),))


def _merged(told: Iterable[Told]) -> Sequence[Stretch]:
    """Join what several logs tell of one stretch of time."""
    groups: list[list[Told]] = []
    reached: datetime | None = None
    for one in sorted(told, key=lambda one: (one.first, one.path)):
        if reached is None or one.first - reached > pause():
            groups.append([])
        groups[-1].append(one)
        reached = max(reached or one.last, one.last)
    return [Stretch(tuple(group)) for group in groups]
