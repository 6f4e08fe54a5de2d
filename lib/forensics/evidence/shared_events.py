"""What events tell of clocks: those that two sources hold, those that one source quotes by another clock, and the ends of logs.

Nothing here moves a time. An offset is told only where whole quarters of an hour explain the differences, and chance hardly does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from forensics.evidence import civil_zones, rotation
from forensics.model import Evidence, Skew
from forensics.store import Store

QUARTER = timedelta(minutes=15)
"""Offsets of zones are whole quarters of an hour."""

EPOCH = datetime(1970, 1, 1)
"""Where a clock that only counts seconds is written as if it had begun."""

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

LEAST_PROMPT = 0.5
"""Where all others are only late, this share must tell the same: what waits in a queue is taken up later, and never sooner."""

BY_CHANCE = 0.01
"""An agreement that chance would bring about more often tells nothing."""

MOST_EVENTS = 200_000
"""Sources with more events than this are compared by a sample."""

MOST_ASKED = 500
"""So many accounts are compared with each zone of the world."""

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
    zone: str = ""
    """A zone whose offset changed between the events; the offset is then the one it has after."""
    at: tuple[datetime, ...] = ()
    """Instants in UTC at which the offset is known to hold."""
    assumed: bool = False
    """Whether it is no more than assumed: one coincidence alone tells it, or a clock that is itself assumed."""


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
    """How two sources' accounts of the same events differ."""

    first: str
    second: str
    accounts: tuple[tuple[datetime, datetime], ...]
    """When the first tells each event that both hold, and when the second does."""

    @property
    def differences(self) -> list[float]:
        """The second's times less the first's, in seconds."""
        return [(second - first).total_seconds() for first, second in self.accounts]

    def of(self, path: str) -> tuple[str, list[tuple[datetime, datetime]]]:
        """Return the other source, and the accounts with the one of this source first."""
        if path == self.first:
            return self.second, list(self.accounts)
        return self.first, [(second, first) for first, second in self.accounts]

    def placed(self, path: str, place: Callable[[datetime, datetime], datetime]) -> Match:
        """Return the match after one of its sources was placed in UTC."""
        if path == self.first:
            return replace(self, accounts=tuple((place(first, second), second) for first, second in self.accounts))
        return replace(self, accounts=tuple((first, place(second, first)) for first, second in self.accounts))

    def zone(self, unknown: str) -> Telling | None:
        """Return the offset that most events tell of one of the two, when the other's clock is known."""
        known, accounts = self.of(unknown)
        return _by_accounts(unknown, accounts, f"{len(accounts):,} events that {known} holds too stand {{}} off there")

    def zero(self, relative: str) -> Telling | None:
        """Return when the clock of one of the two, which only counts, stood at 0; None where its events go at another pace.

        Any two events differ somehow: that the others differ as the first one does is what tells.
        """
        known, accounts = self.of(relative)
        zeros = sorted(utc - (own - EPOCH) for own, utc in accounts)
        middle = zeros[len(zeros) // 2]
        near = [one for one in zeros if abs(one - middle) <= CLOSE]
        share = len(near) / len(zeros)
        spread = max(1.0, (near[-1] - near[0]).total_seconds())
        own = [own for own, _ in accounts]
        by_chance = min(1.0, spread / max(1.0, (max(own) - min(own)).total_seconds())) ** (len(near) - 1)
        if len(near) < LEAST_MATCHES or share < LEAST_AGREEING or by_chance > BY_CHANCE:
            return None
        left = ((near[0] - middle).total_seconds(), (near[-1] - middle).total_seconds())
        why = f"{len(near):,} events that {known} holds too go there at the same pace, {within(left)}"
        return Telling(relative, middle - EPOCH, share * (1 - by_chance), left, why)

    def skew(self) -> Skew | None:
        """Return by how much the second's clock differs from the first's; None where the events disagree."""
        differences = self.differences
        middle = median(differences)
        near = [one for one in differences if abs(one - middle) <= NEAR.total_seconds()]
        if len(near) < LEAST_AGREEING * len(differences):
            return None
        return Skew(self.first, middle, min(near), max(near), len(near))


def _agreeing(seconds: Sequence[float]) -> tuple[timedelta, float, tuple[float, float]] | None:
    """Return the offset that most differences tell, the share that does, and what is left of those; None without one."""
    told = [_quarters(one) for one in seconds]
    common = max(sorted(set(told)), key=told.count)
    near = [one for one in _left(seconds, common) if abs(one) <= NEAR.total_seconds()]
    share = len(near) / len(seconds)
    if not civil_zones.kept(common * QUARTER) or not (share >= LEAST_AGREEING or _late(seconds, common, near)):
        return None
    return common * QUARTER, share, (min(near), max(near))


def _late(seconds: Sequence[float], common: int, near: Sequence[float]) -> bool:
    """Say whether most differences agree, and nearly all others are late on one side, as those are of what waits in a queue.

    Late ones lie anywhere; those that agree lie within seconds of each other, are more than half of all, and no other quarter
    of an hour has a third as many so close.
    """
    if not near:
        return False
    edge = common * QUARTER.total_seconds() + median(near)
    close = [one for one in seconds if abs(one - edge) <= CLOSE.total_seconds()]
    if len(close) < max(LEAST_PROMPT * len(seconds), 10 * LEAST_MATCHES):
        return False
    apart = [one - edge for one in seconds if abs(one - edge) > CLOSE.total_seconds()]
    again = Counter(_quarters(one) for one in apart if abs(_left([one], _quarters(one))[0]) <= CLOSE.total_seconds())
    one_side = max(sum(one > 0 for one in apart), sum(one < 0 for one in apart))
    return one_side >= LEAST_AGREEING * len(apart) and max(again.values(), default=0) <= len(close) / 3


def _by_accounts(path: str, accounts: Sequence[tuple[datetime, datetime]], what: str) -> Telling | None:
    """Return what accounts of events, as a source writes them and in UTC, tell of its offset, or of a zone that changes its own."""
    told = _agreeing([(own - utc).total_seconds() for own, utc in accounts])
    at = sorted(utc for _, utc in accounts)
    found = civil_zones.keeping(_some(accounts), LEAST_AGREEING) if _an_hour_apart(accounts) else None
    if told is not None and (found is None or found[2] <= told[1]):
        offset, share, left = told
        why = f"{what.format(written(offset))} in {share:.0%} of cases, {within(left)}"
        return Telling(path, offset, share, left, why, at=(at[0], at[-1]))
    if found is None:
        return None
    zone, rest, share = found
    left = (min(rest).total_seconds(), max(rest).total_seconds())
    offsets = [civil_zones.ahead(zone, one) for one in (at[0], at[-1])]
    why = f"{what.format(' and then '.join(map(written, offsets)))}, as clocks of {zone} do, in {share:.0%} of cases, {within(left)}"
    return Telling(path, offsets[-1], share, left, why, zone=zone)


def _an_hour_apart(accounts: Sequence[tuple[datetime, datetime]]) -> bool:
    """Say whether most accounts tell one of two offsets that are no more than an hour apart, as a zone's two are."""
    common = Counter(_quarters((own - utc).total_seconds()) for own, utc in accounts).most_common(2)
    enough = len(common) == 2 and common[1][1] >= LEAST_MATCHES
    near = enough and abs(common[0][0] - common[1][0]) * QUARTER <= civil_zones.HOUR
    return near and common[0][1] + common[1][1] >= LEAST_AGREEING * len(accounts)


def _some(accounts: Sequence[tuple[datetime, datetime]]) -> Sequence[tuple[datetime, datetime]]:
    """Return as many of them, evenly chosen, as are worth asking every zone about."""
    return accounts[:: 1 + len(accounts) // MOST_ASKED]


def within(left: tuple[float, float]) -> str:
    """Say what remains between the accounts of one event."""
    least, most = (f"{one:.1f}".replace("-0.0", "0.0") for one in left)
    return f"with {least} to {most} s left over"


def matches(store: Store, formats: Mapping[str, str], relative: Sequence[str] = ()) -> list[Match]:
    """Return the pairs of sources that tell of the same events, by request ids and texts that are rare in both.

    The clocks of `relative` sources only count; their times are as those count, from 1970 on.
    """
    found: dict[tuple[str, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    for first, second, *times in store.rows(
        "clock_matches", most=MOST_EVENTS, paths=list(formats), formats=list(formats.values()), relative=list(relative)
    ):
        found[first, second].append((times[0], times[1]))
    return [
        Match(first, second, tuple(accounts))
        for (first, second), accounts in sorted(found.items())
        if len(accounts) >= LEAST_MATCHES
    ]


def compared(store: Store) -> dict[str, int]:
    """Return how many events of each log were looked at for events that others tell of, too: of large logs a sample."""
    return dict(store.rows("events_compared", most=MOST_EVENTS))


# ---- instants that a source quotes -----------------------------------------------------------------------------


def quoted(store: Store, paths: Sequence[str]) -> Iterator[Telling]:
    """Yield what is told by instants that messages quote with their zone: the Date of an answer, a "timestamp" of a record."""
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for path, *times in store.rows("clock_quoted", paths=list(paths), most=MOST_EVENTS):
        found[path].append((times[0], times[1]))
    for path, accounts in found.items():
        if len(accounts) < LEAST_MATCHES:
            continue
        told = _by_accounts(path, accounts, f"{len(accounts):,} of its lines quote an instant with its zone, {{}} off")
        if told:
            yield replace(told, confidence=told.confidence * (1 - chance(told.left)))


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
        unique = (len(told) == 1 or told[1][1] <= events / 2) and civil_zones.kept(quarters * QUARTER)
        if min(names, moments) >= LEAST_MATCHES and share >= LEAST_AGREEING and unique and by_chance <= BY_CHANCE:
            offset = quarters * QUARTER
            why = f"{events:,} events that {one} tells, of {names:,} names, come at the same pace {written(offset)} off"
            yield Telling(other, offset, share * (1 - by_chance), left, f"{why}, {within(left)}")


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
            offset, days, left, by_chance, beside_it, short = min(found, key=lambda one: one[3])
            log = f"{rotation.stem(pieces[0].path)}, of which it is a piece," if len(pieces) > 1 else "it"
            why = f"{log} begins and ends as {beside_it} beside it does, {written(offset)} off, {within(left)}"
            if short:
                why += f"; it is too short for its ends to be two coincidences, and one comes about in 1 of {1 / by_chance:,.0f} such cases"
            for piece in pieces:
                yield Telling(piece.path, offset, 1 - by_chance, left, why, days, assumed=short)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _beside(
    known: Evidence, runs: Sequence[tuple[datetime, datetime, bool]], tries: int
) -> tuple[timedelta, int, tuple[float, float], float, str, bool] | None:
    """Return by how many quarters of an hour and whole days a log begins and ends apart from one whose clock is known.

    Also what is left, how often chance would bring that about, the known log, and whether the log is short. That both ends
    fit makes it count; how often chance would do it is said of one: jobs that always last as long begin and end together
    by one coincidence, and so do all logs that are shorter than a silence which they may hold.
    """
    if not known.covers or any(_round(edge) for edge in known.covers):
        return None
    first, last = known.covers
    for start, *_ in runs:
        apart = start - first
        day = timedelta(days=round((apart - timedelta(hours=1)) / timedelta(days=1)))
        offset = _quarters((apart - day).total_seconds()) * QUARTER
        left = [(one - offset - day).total_seconds() for one in (apart, runs[0][1] - last)]
        bounds = (min(left), max(left))
        short = last - first <= SILENCE
        one = chance(bounds)
        both = one if short else chance((left[0], left[0])) * chance((left[1], left[1]))
        if (
            civil_zones.kept(offset)
            and max(map(abs, left)) <= TOGETHER.total_seconds()
            and both * tries <= BY_CHANCE
            and not _round(start)
            and not _round(runs[0][1])
        ):
            return offset, day.days, bounds, min(1.0, one * tries), known.path, short
    return None


def _round(moment: datetime) -> bool:
    """Say whether a time stands where people and programs cut: on a whole minute, ten of them, or an hour."""
    seconds = moment.minute * 60 + moment.second + moment.microsecond / 1e6
    return any(min(seconds % whole, whole - seconds % whole) < near for whole, near in ((60, 1), (600, 5), (3600, 60)))
