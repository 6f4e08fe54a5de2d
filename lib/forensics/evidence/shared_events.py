"""What events tell of clocks: those that two sources hold, those that one source quotes by another clock, and the ends of logs.

Nothing here moves a time. An offset is told only where whole quarters of an hour explain the differences, and chance hardly does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from forensics.evidence import rotation
from forensics.model import Evidence
from forensics.store import Store

QUARTER = timedelta(minutes=15)
"""Offsets of zones are whole quarters of an hour."""

FARTHEST = timedelta(hours=14)
"""No zone lies further from UTC."""

LEAST_MATCHES = 3
"""So many events must be seen in both sources before they tell anything about its clock."""

LEAST_AGREEING = 0.8
"""This share of them must tell the same."""

NEAR = timedelta(minutes=2)
"""Two accounts of one event lie this close, once the zones are right."""

CLOSE = timedelta(seconds=5)
"""Accounts of events that are told again and again must lie closer: there are many to choose from."""

TOGETHER = timedelta(seconds=30)
"""Logs of one process begin, and end, no further apart."""

SILENCE = timedelta(minutes=15)
"""After a longer one a log begins anew."""

BY_CHANCE = 0.01
"""An agreement that chance would bring about more often tells nothing."""

MOST_EVENTS = 200_000
"""Sources with more events than this are compared by a sample."""

MOST_TOLD = 200
"""A name that a source tells more often picks out no event."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What events tell of one source's clock."""

    path: str
    offset: timedelta
    """How far its writing stands ahead of UTC, in whole quarters of an hour."""
    confidence: float
    """The share of the events that tell it, less the share of such agreements that chance would bring about."""
    left: tuple[float, float]
    """Seconds, at the least and at the most, that remain between the accounts of one event: the bounds of the offset."""
    why: str
    days: int = 0
    """For stamps without a date: the day of its first stamp, counted from the day that stands in for it."""


def chance(left: tuple[float, float], tries: int = 1) -> float:
    """Return how often so many tries would come as near to a quarter of an hour by chance."""
    return min(1.0, tries * 2 * max(1.0, *map(abs, left)) / QUARTER.total_seconds())


def written(offset: timedelta) -> str:
    """Write an offset as stamps do."""
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _quarters(seconds: float) -> int:
    return round(seconds / QUARTER.total_seconds())


def _left(seconds: Sequence[float], quarters: int) -> list[float]:
    return [one - quarters * QUARTER.total_seconds() for one in seconds]


# ---- events that two sources hold once -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """How two sources' accounts of the same events differ: the second's time minus the first's."""

    first: str
    second: str
    differences: tuple[float, ...]
    """Seconds, one for each event that both hold."""

    def zone(self, unknown: str) -> Telling | None:
        """Return the offset that most events tell of one of the two, when the other's clock is known."""
        sign = 1 if unknown == self.second else -1
        known = self.first if unknown == self.second else self.second
        told = _agreeing([sign * seconds for seconds in self.differences])
        if told is None:
            return None
        offset, share, left = told
        why = f"{len(self.differences):,} events that {known} holds too stand {written(offset)} off there in {share:.0%} of cases"
        return Telling(unknown, offset, share, left, f"{why}, {_within(left)}")

    def skew(self) -> tuple[float, float, float, int] | None:
        """Return the usual difference, its least, its most, and how many events tell it; None where they disagree."""
        middle = median(self.differences)
        near = [one for one in self.differences if abs(one - middle) <= NEAR.total_seconds()]
        if len(near) < LEAST_AGREEING * len(self.differences):
            return None
        return middle, min(near), max(near), len(near)


def _agreeing(seconds: Sequence[float]) -> tuple[timedelta, float, tuple[float, float]] | None:
    """Return the offset that most differences tell, the share that does, and what is left of those; None without one."""
    told = [_quarters(one) for one in seconds]
    common = max(sorted(set(told)), key=told.count)
    near = [one for one in _left(seconds, common) if abs(one) <= NEAR.total_seconds()]
    share = len(near) / len(seconds)
    if share < LEAST_AGREEING or abs(common * QUARTER) > FARTHEST:
        return None
    return common * QUARTER, share, (min(near), max(near))


def _within(left: tuple[float, float]) -> str:
    least, most = (f"{one:.1f}".replace("-0.0", "0.0") for one in left)
    return f"with {least} to {most} s left over"


def matches(store: Store, formats: Mapping[str, str]) -> list[Match]:
    """Return the pairs of sources that tell of the same events, by request ids and texts that are rare in both."""
    found: dict[tuple[str, str], list[float]] = {}
    for first, second, difference in store.rows(
        "clock_matches", most=MOST_EVENTS, paths=list(formats), formats=list(formats.values())
    ):
        found.setdefault((first, second), []).append(difference)
    return [
        Match(first, second, tuple(differences))
        for (first, second), differences in sorted(found.items())
        if len(differences) >= LEAST_MATCHES
    ]


# ---- instants that a source quotes -----------------------------------------------------------------------------


def quoted(store: Store, paths: Sequence[str]) -> Iterator[Telling]:
    """Yield what is told by instants that messages quote with their zone: the Date of an answer, a "timestamp" of a record."""
    found: dict[str, list[float]] = defaultdict(list)
    for path, seconds in store.rows("clock_quoted", paths=list(paths), most=MOST_EVENTS):
        found[path].append(seconds)
    for path, differences in found.items():
        told = _agreeing(differences) if len(differences) >= LEAST_MATCHES else None
        if told:
            offset, share, left = told
            why = f"{len(differences):,} of its lines quote an instant with its zone, {written(offset)} off in {share:.0%} of cases"
            yield Telling(path, offset, share * (1 - chance(left)), left, f"{why}, {_within(left)}")


# ---- events that are told again and again ----------------------------------------------------------------------


def sequences(store: Store, known: Mapping[str, str], unknown: Mapping[str, str]) -> Iterator[Telling]:
    """Yield what is told by names (of jobs, tasks, experiments) that two programs tell in the same order and at the same pace.

    Both are given with their formats. One run of a job that is run often fits one offset closely; where its runs
    are whole quarters of an hour apart, several fit, and none is told.
    """
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for one, other, *rest in store.rows(
        "clock_sequences",
        known=list(known),
        known_formats=list(known.values()),
        unknown=list(unknown),
        unknown_formats=list(unknown.values()),
        farthest=FARTHEST.total_seconds(),
        close=CLOSE.total_seconds(),
        most=MOST_EVENTS,
        most_told=MOST_TOLD,
    ):
        found[one, other].append(tuple(rest))
    for (one, other), told in found.items():
        quarters, events, names, moments, least, most, runs, whole = told[0]
        left, tries = (least, most), runs * sum(other == theirs for _, theirs in found)
        share, by_chance = events / whole, chance(left, tries)
        unique = len(told) == 1 or told[1][1] <= events / 2
        if min(names, moments) >= LEAST_MATCHES and share >= LEAST_AGREEING and unique and by_chance <= BY_CHANCE:
            offset = quarters * QUARTER
            why = f"{events:,} events that {one} tells, of {names:,} names, come at the same pace {written(offset)} off"
            yield Telling(other, offset, share * (1 - by_chance), left, f"{why}, {_within(left)}")


# ---- where logs begin and end ----------------------------------------------------------------------------------


def edges(store: Store, known: Sequence[Evidence], unknown: Sequence[Evidence]) -> Iterator[Telling]:
    """Yield what is told by logs of one folder that begin and end together: those of one process, or of one run.

    A rotated log is one log. An end that stands on a whole minute or hour may be where somebody cut, and tells nothing.
    """
    logs: dict[tuple[str, str | None], list[Evidence]] = defaultdict(list)
    for entry in unknown:
        logs[rotation.stem(entry.path), entry.format].append(entry)
    for pieces in logs.values():
        beside = [one for one in known if one.covers and _folder(one.path) == _folder(pieces[0].path)]
        runs = store.rows("clock_runs", paths=[one.path for one in pieces], silence=SILENCE.total_seconds())
        found = [told for one in beside if (told := _beside(one, runs, len(beside) * len(runs)))]
        if pieces[0].clock.lacks != "date":
            found = [told for told in found if told[1] == 0]
        elif runs and runs[0][2]:
            continue  # it turns at midnight, and which of its days is meant is open
        if len({(offset, days) for offset, days, *_ in found}) == 1:
            offset, days, left, by_chance, path = min(found, key=lambda one: one[3])
            log = f"{rotation.stem(pieces[0].path)}, of which it is a piece," if len(pieces) > 1 else "it"
            why = f"{log} begins and ends as {path} beside it does, {written(offset)} off, {_within(left)}"
            for piece in pieces:
                yield Telling(piece.path, offset, 1 - by_chance, left, why, days)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _beside(
    known: Evidence, runs: Sequence[tuple[datetime, datetime, bool]], tries: int
) -> tuple[timedelta, int, tuple[float, float], float, str] | None:
    """Return by how many quarters of an hour and whole days a log begins and ends apart from one whose clock is known."""
    if not known.covers or any(_round(edge) for edge in known.covers):
        return None
    first, last = known.covers
    for start, *_ in runs:
        apart = start - first
        day = timedelta(days=round((apart - timedelta(hours=1)) / timedelta(days=1)))
        offset = _quarters((apart - day).total_seconds()) * QUARTER
        left = [(one - offset - day).total_seconds() for one in (apart, runs[0][1] - last)]
        bounds = (min(left), max(left))
        # The two ends of a short log are one coincidence, not two.
        short = last - first <= SILENCE
        both = chance(bounds) if short else chance((left[0], left[0])) * chance((left[1], left[1]))
        if (
            max(map(abs, left)) <= TOGETHER.total_seconds()
            and both * tries <= BY_CHANCE
            and not _round(start)
            and not _round(runs[0][1])
        ):
            return offset, day.days, bounds, both * tries, known.path
    return None


def _round(moment: datetime) -> bool:
    """Say whether a time stands where people and programs cut: on a whole minute, ten of them, or an hour."""
    seconds = moment.minute * 60 + moment.second + moment.microsecond / 1e6
    return any(min(seconds % whole, whole - seconds % whole) < near for whole, near in ((60, 1), (600, 5), (3600, 60)))
