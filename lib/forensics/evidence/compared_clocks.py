"""Clocks beside each other: zones inferred from events that sources share, and how far the others differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from forensics.evidence import (
    civil_zones,
    intake,
    local_zones,
    machine_zones,
    named_zones,
    own_offsets,
    quiet_texts,
    relative_clocks,
    rotation,
    said_zones,
    shared_deaths,
    shared_events,
    shared_targets,
)
from forensics.evidence.relative_clocks import Heads
from forensics.evidence.rotation import Piece
from forensics.evidence.shared_events import Match, Telling, written
from forensics.model import Clock, Evidence, Problem
from forensics.store import Store

SKEWED = timedelta(seconds=30)
"""Clocks that differ by more than this are said to."""

SHOWN = timedelta(seconds=1)
"""Reports tell times to the second: a smaller difference would be seen nowhere."""


def compare(store: Store, settled: dict[str, Evidence], places: Mapping[str, Path]) -> list[Evidence]:
    """Infer zones and beginnings from what sources tell of each other, where nobody stated them; tell how far other clocks differ.

    `places` says where the files lie, for what the store does not hold of them: their headings, and quiet lines of large logs.
    """

    def heads(path: str) -> list[str]:
        return intake.head(places[path]) if path in places else []

    comparison = Comparison(store, settled, heads)
    comparison.place_counted()
    several = len([e for e in settled.values() if e.covers or e.own_clock]) > 1
    quiet_texts.hear(store, places if several or any(map(_open, settled.values())) else {})
    logs = {path: places[path] for path, entry in settled.items() if entry.kind == "log" and path in places}
    if len(logs) > 1:
        quiet_texts.hear_ids(store, logs)
    if several:
        formats = {entry.path: entry.format or "" for entry in settled.values()}
        counted = [path for path, entry in settled.items() if relative_clocks.counts(entry)]
        found = shared_events.matches(store, formats, counted)
        pieces = [Piece(entry.path, entry.format or "", *entry.covers) for entry in settled.values() if entry.covers]
        one_log = {path: log[0] for log in rotation.sets(pieces) for path in log}
        comparison.found = [m for m in found if m.first not in one_log or one_log[m.first] != one_log.get(m.second)]
    comparison.place_shared()
    comparison.place(local_zones.headings(settled, list(filter(_open, settled.values())), heads))
    comparison.place_shared()
    comparison.place(_told(store, settled))
    comparison.place_shared()
    comparison.place_paced()
    comparison.place_shared()
    written_there = [e for e in settled.values() if _open(e) and _fresh(e) and e.kind in machine_zones.KINDS]
    comparison.place(machine_zones.told(store, settled, written_there, heads))
    comparison.place_shared()
    comparison.place_counted()
    comparison.carry()
    comparison.place(named_zones.told(store, settled, heads))
    comparison.place(local_zones.beside(settled, comparison.untold(), heads))
    kept = local_zones.kept(settled, heads)
    comparison.place(said_zones.told(store, comparison.untold(), kept))
    comparison.place(local_zones.by_hand(store, settled, comparison.untold(), heads))
    comparison.place_shared(assumed=True)
    _keep_shared(store, settled, comparison.found)
    for match in comparison.found:
        _tell_skew(settled, match)
    return list(settled.values())


def _keep_shared(store: Store, settled: Mapping[str, Evidence], found: Iterable[Match]) -> None:
    """Keep how many events two logs share, by what was found among those that were compared."""
    matches = list(found)
    if not matches:
        return
    looked = shared_events.compared(store)

    def share(path: str) -> float:
        lines = settled[path].lines if path in settled else None
        return min(1.0, looked.get(path, 0) / lines.accepted) if lines and lines.accepted else 1.0

    rows = [[one.first, one.second, len(one.accounts), share(one.first) * share(one.second)] for one in matches]
    store.add("shared_events", ["first", "second", "found", "looked_at"], rows)


@dataclass
class Comparison:
    """The clocks of a folder while they are placed, and the events that pairs of them share, as far as those are placed."""

    store: Store
    settled: dict[str, Evidence]
    heads: Heads
    found: list[Match] = field(default_factory=list)
    silent: set[tuple[str, str, str]] = field(default_factory=set)
    """Pairs that told nothing of the last one of these, since they were placed."""

    def place_counted(self) -> None:
        """Place the clocks that only count seconds where their own text, or a dated log beside them, says when they began."""
        dated = [path for path, entry in self.settled.items() if entry.clock.how in ("stated", "inferred")]
        for path, entry in self.settled.items():
            if relative_clocks.counts(entry):
                told = relative_clocks.said(self.store, entry, self.heads, dated)
                self.settled[path] = relative_clocks.inferred(self.store, entry, told) if told else entry

    def place_shared(self, *, assumed: bool = False) -> None:
        """Place clocks by the events that they share with a known one, those that share most first, as long as any is told.

        With `assumed`, those that only count seconds are placed beside a clock whose zone is assumed, too.
        """
        ask = self._beside_assumed if assumed else self._told
        while told := next(filter(None, map(ask, sorted(self.found, key=lambda one: -len(one.accounts)))), None):
            self._one(told)

    def place_paced(self) -> None:
        """Place clocks by requests that a known one tells of too, by their targets alone, those that share most first."""
        unknown = [entry for entry in self.settled.values() if _open(entry)]
        told = [entry for entry in self.settled.values() if _open(entry) or _dated(entry)]
        if not unknown or len(told) == len(unknown):
            return
        pairs = list(shared_targets.paced(self.store, {entry.path: entry.format or "" for entry in told}))
        pairs.sort(key=lambda one: -one.events)
        moved: dict[str, timedelta] = {}
        while ready := [(one, path) for one in pairs if (path := self._lacking(one))]:
            pair, path = ready[0]
            telling = pair.telling(path, moved)
            moved[path] = telling.offset
            self._one(telling)

    def untold(self) -> list[Evidence]:
        """Return the sources of whose zone nothing told anything yet: they are read as if they were UTC."""
        read = [e for e in self.settled.values() if _open(e) and _fresh(e) and e.clock.lacks in ("zone", "year")]
        shown = [e for e in self.settled.values() if local_zones.shown(e) and _fresh(e) and e not in read]
        return [e for e in (*read, *shown) if e.clock.zone == "UTC"]

    def _lacking(self, pair: shared_targets.Paced) -> str | None:
        """Return which of two clocks is not known, when the other is."""
        open_ = [path for path in (pair.first, pair.second) if _open(self.settled[path])]
        return open_[0] if len(open_) == 1 else None

    def place(self, tellings: Iterable[Telling]) -> None:
        """Place the clocks of which all that is told agrees."""
        of: dict[str, list[Telling]] = {}
        for told in tellings:
            of.setdefault(told.path, []).append(told)
        for found in of.values():
            if len({(told.offset, told.days, told.zone) for told in found}) == 1:
                best = max(found, key=lambda told: (not told.assumed, told.confidence))
                self._one(replace(best, why="; ".join(told.why for told in found[:3])))

    def _told(self, match: Match) -> Telling | None:
        first, second = self.settled.get(match.first), self.settled.get(match.second)
        if first is None or second is None:
            return None
        unknown = [entry for entry in (first, second) if _open(entry) or relative_clocks.counts(entry)]
        if len(unknown) != 1:
            return None
        (entry,) = unknown
        asked = match.first, match.second, entry.path
        if asked in self.silent:
            return None
        told = match.zero(entry.path) if relative_clocks.counts(entry) else match.zone(entry.path)
        if told is None:
            self.silent.add(asked)
        return told

    def _beside_assumed(self, match: Match) -> Telling | None:
        pair = [self.settled[path] for path in (match.first, match.second) if path in self.settled]
        counting = [entry for entry in pair if relative_clocks.counts(entry)]
        if len(pair) != 2 or len(counting) != 1:
            return None
        told = match.zero(counting[0].path)
        return replace(told, assumed=True, why=f"{told.why}; the zone of that one is assumed") if told else None

    def carry(self) -> None:
        """Assume of a log that it keeps the clock of those that lie beside it in the same format, where theirs was inferred.

        That two exports of measurements are tables says nothing of who exported them.
        """
        told: dict[tuple[str, str | None], list[Evidence]] = {}
        for entry in self.settled.values():
            if entry.clock.how == "inferred" and entry.clock.lacks == "zone" and entry.kind != "metrics":
                told.setdefault((entry.path.rpartition("/")[0], entry.format), []).append(entry)
        for path, entry in list(self.settled.items()):
            beside = told.get((path.rpartition("/")[0], entry.format), [])
            if not _open(entry) or entry.clock.lacks != "zone" or len({one.clock.zone for one in beside}) != 1:
                continue
            like = beside[0]
            why = f"its stamps name no zone; {like.path}, beside it in the same format, keeps {like.clock.zone}"
            clock = replace(entry.clock, zone=like.clock.zone, offset_s=like.clock.offset_s, why=why)
            note = Problem("zone-carried", f"{why}, and so it is assumed to")
            zone = "" if like.clock.zone == "UTC" or like.clock.zone[0] in "+-" else like.clock.zone
            ahead = timedelta(seconds=like.clock.offset_s)
            self.settled[path] = _moved(self.store, entry, ahead, clock, note, zone)
            self._follow(path, _by(zone, ahead))

    def _one(self, told: Telling) -> None:
        entry = self.settled[told.path]
        if relative_clocks.counts(entry):
            self.settled[told.path] = relative_clocks.inferred(self.store, entry, told)
            self._follow(told.path, lambda own, _: own + told.offset)
            return
        if told.at and not told.zone:
            falls = self.store.rows("clock_falls", path=told.path)
            zone = civil_zones.changing([(before, after) for before, after in falls], told.offset, told.at)
            if zone:
                why = f"{told.why}; its stamps fall by an hour just when clocks of {zone} do"
                told = replace(told, zone=zone, why=why)
            elif entry.covers:
                covers = entry.covers[0] - told.offset, entry.covers[1] - told.offset
                edges = civil_zones.unsure_beyond(told.offset, told.at, covers)
                if edges:
                    days = " and ".join(f"{edge:%Y-%m-%d}" for edge in edges)
                    why = f"{told.why}; where its zone keeps summer time, times around {days} are an hour off"
                    told = replace(told, why=why)
        _place(self.store, self.settled, told)
        self._follow(told.path, _by(told.zone, told.offset + timedelta(days=told.days)))

    def _follow(self, path: str, place: Callable[[datetime, datetime], datetime]) -> None:
        """Let the events that a source shares with others be where it was placed."""
        self.found = [one.placed(path, place) if path in (one.first, one.second) else one for one in self.found]
        self.silent = {asked for asked in self.silent if path not in asked}


def _by(zone: str, ahead: timedelta) -> Callable[[datetime, datetime], datetime]:
    """Return what places a written time: by a zone, near another account of it, or by a fixed offset."""
    if zone:
        return lambda own, near: civil_zones.instant(zone, own, near)
    return lambda own, _: own - ahead


def _open(entry: Evidence) -> bool:
    """Say whether nothing told yet which zone a source's stamps are in."""
    return (
        bool(entry.covers)
        and entry.clock.lacks in ("zone", "name", "year")
        and entry.clock.how in ("assumed", "unknown")
    )


def _fresh(entry: Evidence) -> bool:
    """Say whether no event told anything of a source's clock, not even by a coincidence."""
    return not any(problem.code in ("zone-assumed", "date-assumed") for problem in entry.problems)


def _dated(entry: Evidence) -> bool:
    """Say whether a log's times are in UTC, as its stamps or events tell."""
    return bool(entry.covers) and entry.clock.how in ("stated", "inferred") and entry.kind in machine_zones.KINDS


def _known(entry: Evidence) -> bool:
    """Say whether a source's own stamps say their zone."""
    return bool(entry.covers) and entry.clock.how == "stated" and not entry.clock.lacks


def _told(store: Store, settled: Mapping[str, Evidence]) -> Iterable[Telling]:
    """Yield all that events tell of the clocks of which nothing is known yet."""
    unknown = {entry.path: entry.format or "" for entry in settled.values() if _open(entry)}
    known = {entry.path: entry.format or "" for entry in settled.values() if _known(entry)}
    asked = [e for e in settled.values() if not any(problem.code == "only-a-stretch" for problem in e.problems)]
    beside = [entry for entry in asked if _known(entry) and entry.kind != "metrics"]
    ended = [entry for entry in asked if _open(entry) or (entry.own_clock and entry.clock.lacks == "date")]
    return [
        *own_offsets.told(store, [entry for entry in settled.values() if _open(entry)]),
        *(shared_events.quoted(store, list(unknown)) if unknown else ()),
        *(shared_events.sequences(store, known, unknown) if known and unknown else ()),
        *(shared_events.edges(store, beside, ended) if beside and ended else ()),
        *(shared_deaths.told(store, list(known), list(unknown)) if known and unknown else ()),
    ]


def _place(store: Store, settled: dict[str, Evidence], told: Telling) -> None:
    """Move the times of a source as far as events tell, and say so."""
    entry = settled[told.path]
    zone = told.zone or (written(told.offset) if told.offset else "UTC")
    offset_s = told.offset.total_seconds()
    clock = replace(entry.clock, zone=zone, how="inferred", offset_s=offset_s, why=told.why, confidence=told.confidence)
    clock = replace(clock, left_s=told.left)
    how = f"inferred ({min(99, int(100 * told.confidence))} % sure)"
    if told.assumed:
        clock, how = replace(clock, how="assumed", confidence=None, left_s=None), "assumed"
    dated = entry.clock.lacks == "date"
    code = f"{'date' if dated else 'zone'}-{clock.how}"
    what = "hold no date; day and zone" if dated else "name no zone;"
    zone = f"({zone}) are" if dated else f"{zone} is"
    note = Problem(code, f"its stamps {what} {zone} {how}: {told.why}")
    settled[told.path] = _moved(store, entry, told.offset + timedelta(days=told.days), clock, note, told.zone)


def _moved(store: Store, entry: Evidence, ahead: timedelta, clock: Clock, note: Problem, zone: str = "") -> Evidence:
    odd: list[Problem] = []
    if zone:
        store.run("clock_zone", path=entry.path, zone=zone)
        odd = civil_zones.odd_hours(store, zone)
    elif ahead:
        store.run("clock_shift", path=entry.path, offset=ahead)
    first, last = store.rows("clock_span", path=entry.path)[0]
    kept = tuple(problem for problem in entry.problems if problem.code not in ("zone-unknown", "no-date", "no-zone"))
    covers = (first, last) if first else entry.covers
    return replace(entry, clock=clock, covers=covers, own_clock=None, problems=(*kept, note, *odd))


def _tell_skew(settled: dict[str, Evidence], match: Match) -> None:
    """Say that two clocks differ, with the bounds within which they do.

    What is late by some delay is now more and now less so; a difference that exceeds its own variation is one of clocks, or
    of a delay that never varies. Which of the two clocks is right, events do not tell.
    """
    pair = settled.get(match.first), settled.get(match.second)
    skew = match.skew()
    if skew is None or pair[0] is None or pair[1] is None or not (pair[0].covers and pair[1].covers):
        return
    least = min(abs(skew.least), abs(skew.most)) if skew.least * skew.most > 0 else 0.0
    steady = least >= max(SHOWN.total_seconds(), skew.most - skew.least)
    if not steady and abs(skew.seconds) < SKEWED.total_seconds():
        return
    note = Problem(
        "clock-skew",
        f"its clock stands {abs(skew.seconds):.1f} s {'ahead of' if skew.seconds > 0 else 'behind'} that of {match.first}, "
        f"or it tells the same so much {'later' if skew.seconds > 0 else 'earlier'} "
        f"(between {skew.least:.1f} and {skew.most:.1f} s over {skew.events:,} events that both hold, of "
        f"{len(match.accounts):,} compared); times are left as written",
        "state which clock is right, and collect the date of each machine: date -u +%FT%T.%3NZ",
    )
    entry = settled[match.second]
    clock = replace(entry.clock, skews=(*entry.clock.skews, skew))
    settled[match.second] = replace(entry, clock=clock, problems=(*entry.problems, note))
