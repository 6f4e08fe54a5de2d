"""From signals to the incident: which stretches were over which limits, and from when to when users were hit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from forensics import runbook
from forensics.analysis import (
    beyond_limits,
    breaches,
    by_chance,
    comparisons,
    dated_errors,
    losses,
    measurement,
    outages,
    security,
    signals,
    trouble,
    unruled,
)
from forensics.analysis.by_chance import ByChance
from forensics.analysis.chance import WATCHED
from forensics.analysis.signals import Signal
from forensics.model import Breach, Citation, Json, Parameters, Query
from forensics.store import Store
from forensics.times import Span, own_clock


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch over a limit, and what it says about the incident."""

    breach: Breach
    signal: str
    tier: int
    """1: a decision criterion was met; 2: users were hit, for shorter; 3: a resource was over its threshold."""
    limit: float = 0.0
    """What a series was over."""


@dataclass(slots=True)
class Measured:
    """Everything that was measured, before anybody judges."""

    span: signals.Span
    baseline: timedelta
    """How far back what was usual is looked for."""
    signals: list[Signal]
    runs: dict[tuple[str, str], tuple[Breach, ...]]
    """Runs over the limit, by rule and signal id."""
    ends: dict[str, datetime]
    """Where the evidence ends for each signal that a limit was looked for in."""
    requests: outages.View
    probes: list[outages.View]
    down: tuple[outages.Down, ...]
    silences: tuple[outages.Silence, ...]
    """Where no request was logged for longer than a service may be unavailable, though requests were elsewhere."""
    bursts: tuple[security.Burst, ...]
    successes: tuple[security.Success, ...]
    lost: tuple[losses.Lost, ...]
    evidence: tuple[datetime, datetime] | None
    """What logs, metrics and probes cover together."""
    troubles: tuple[trouble.Trouble, ...]
    """What crossed no limit and is no health either."""
    failed_probes: tuple[tuple[datetime, str, Citation], ...]
    """Each failed probe: when, of what, and where it stands."""
    availability_asked: tuple[Query, ...] = ()
    """What was asked for requests, probes, deaths and silences."""
    bucket: int = 30
    """Seconds of the buckets in which requests are judged."""
    without_checks: outages.View | None = None
    """What external requests saw that ask for more than the health of the service; None where none asks for health."""
    by_chance: tuple[ByChance, ...] = ()
    """What was over an alert's limit no more than usual traffic is by chance."""

    @property
    def anything(self) -> bool:
        """Whether the evidence holds anything at all that could have been over a limit."""
        return bool(self.signals or self.requests.seen or self.probes or self.bursts or self.down or self.lost)

    def of(self, signal: str) -> list[Signal]:
        """Return the signals that speak for one of the runbook's, ours first; or for what it has no rule for."""
        courses = [one.course for one in self.troubles if one.course and one.course.signal == signal]
        return courses or [s for s in self.signals if s.signal == signal]

    def found_by(self, signal: str, statistic: str, limit: float) -> tuple[Query, ...]:
        """Return what was asked to find the stretches of a signal; where several series tell of it, of the one with this
        statistic, over this limit."""
        if trouble := self.trouble(statistic):
            return trouble.asked
        span: Json = {"start": self.span.start, "end": self.span.end}
        guess = runbook.load().rule("declare.security_alert")
        other = {
            "security": (Query("login_bursts", {**security.asked(guess), **span}),),
            "process": (Query("down", span),),
            "availability": self.availability_asked,
            "data": (Query("tables_gone"),),
        }
        return other.get(signal) or tuple(
            Query("breaches", {"id": one.id, "limit": limit, "gap": one.gap_s, "evidence_end": self.ends[one.id]})
            for one in self.of(signal)
            if one.statistic == statistic and one.id in self.ends
        )

    def trouble(self, statistic: str) -> trouble.Trouble | None:
        """Return what shows a stretch that the runbook has no rule for, by what was measured; None for any other."""
        shown = [one for one in self.troubles if one.what in unruled.SIGNALS]
        return next((one for one in shown if unruled.told(one) == statistic), None)

    def judged(self, signal: str) -> list[Signal]:
        """Return those by which its rules are judged; all of them where there are only others."""
        return [s for s in self.of(signal) if s.judged] or self.of(signal)


def measure(store: Store, parameters: Parameters) -> Measured:
    """Measure every signal against every limit of the runbook."""
    book = runbook.load()
    found = measurement.measure(store, parameters)
    span = signals.judged(parameters)
    first, last = store.rows("evidence_span")[0]
    _, requests_start, requests_end, *_ = store.rows("request_span", start=span.start, end=span.end)[0]
    of_points = {id_: told for id_, *told in store.rows("points_by_signal")}
    runs: dict[tuple[str, str], tuple[Breach, ...]] = {}
    ended: dict[str, datetime] = {}
    chances: list[ByChance] = []
    for rule in book.rules:
        if rule.limit is None or rule.signal == "security":
            continue
        for signal in found:
            if signal.signal == rule.signal:
                end = requests_end if signal.of_requests and requests_end else last
                points, highest = of_points.get(signal.id, (0, rule.limit))
                if points == 1:
                    end = None  # of what was looked at once, nothing says that it went on
                elif signal.own_clock:
                    end = store.one("points_last", id=signal.id)
                ended[signal.id] = min(end or span.end, span.end)
                over = highest > rule.limit
                runs[rule.id, signal.id] = breaches.over(store, signal, rule.limit, ended[signal.id]) if over else ()
                if requests_end and not rule.declares and by_chance.judgeable(signal):
                    seen = signals.Span(requests_start, requests_end)
                    longest = min(one.sustained for one in book.rules if one.signal == rule.signal and one.sustained)
                    held = runs[rule.id, signal.id]
                    chances += by_chance.find(store, rule, signal, held, points, seen, longest)
    guess = book.rule("declare.security_alert")
    with store.noted() as asked:
        requests, probes, down = (
            outages.by_requests(store, span),
            outages.by_probes(store, span),
            outages.down(store, span),
        )
    unavailable = book.rule("declare.unavailable").sustained or timedelta(0)
    begins = span.start if parameters.start else first
    ends = span.end if parameters.end else last
    covered = Span(begins, ends) if begins and ends and requests.covers else None
    with store.noted() as asked_of_silences:
        silences = outages.silences(store, covered, unavailable, probes, down) if covered else ()
    found_bursts = security.bursts(store, span, int(guess.limit or 0), guess.within or timedelta(0))
    return Measured(
        span=span,
        baseline=timedelta(minutes=parameters.baseline),
        signals=found,
        runs=runs,
        ends=ended,
        requests=requests,
        probes=probes,
        down=down,
        silences=silences,
        without_checks=outages.without_checks(store, span),
        availability_asked=(*asked, *asked_of_silences),
        bursts=found_bursts,
        successes=security.successes(store, found_bursts),
        lost=comparisons.with_compared(store, losses.lost(store)),
        evidence=(first, last) if first else None,
        troubles=beyond_limits.find(store, parameters, span, [(one.start, one.end or span.end) for one in down]),
        bucket=parameters.bucket,
        by_chance=tuple(chances),
        failed_probes=tuple(
            (time, target, Citation(path, line=line, position=position))
            for time, target, path, line, position in store.rows("probes_failed", start=span.start, end=span.end)
        ),
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Breaches as serious as those of the incident, but far from it: another incident."""

    start: datetime
    end: datetime
    of: tuple[str, ...]
    """What was over its limit."""
    paths: tuple[str, ...]
    """The files that tell of it."""


def apart() -> timedelta:
    """Return how far apart breaches are of different incidents: further than the longest time between two status updates of
    the runbook, so that people would have told that the one was over before the other began."""
    return max(
        (level.update_every for level in runbook.load().levels if level.update_every), default=timedelta(hours=4)
    )


@dataclass(frozen=True, slots=True)
class Usual:
    """A series that was over an alert's limit most of the time before: the limit does not tell the incident from what is usual,
    so that the incident neither began nor ended with it."""

    signal: str
    limit: float
    statistic: str
    """Of the series."""
    over: timedelta
    """For so long before a criterion was first met,"""
    watched: timedelta
    """of so long."""


@dataclass(frozen=True, slots=True)
class Impact:
    """When users, or the runbook's limits, say that the incident was."""

    runs: tuple[Run, ...]
    """The stretches that make it up, in order; empty when nothing was over any limit."""
    kind: Literal["users", "resource", "none"]
    others: tuple[Stretch, ...] = ()
    """Other incidents in the same evidence, in order."""
    dated: dated_errors.Dated = dated_errors.NOTHING
    """What dated logs tell of errors, where all stretches stand on a clock of their own."""
    usual: tuple[Usual, ...] = ()
    """What was over an alert's limit all along."""
    by_chance: tuple[ByChance, ...] = ()
    """What was over an alert's limit no more than usual traffic is by chance: no part of the incident."""

    @property
    def start(self) -> datetime:
        """Start of the first stretch."""
        return min(run.breach.start for run in self.runs)

    @property
    def end(self) -> datetime:
        """End of the last stretch, at the latest."""
        return max(run.breach.latest_end for run in self.runs)

    @property
    def by_own_clock(self) -> bool:
        """Whether its stretches stand on a clock that only counts seconds."""
        return bool(self.runs) and own_clock(self.runs[0].breach.start)

    @property
    def counted_from(self) -> datetime | None:
        """The beginning of its first stretch, where that stands on a clock that only counts seconds."""
        return self.start if self.by_own_clock else None

    def end_on(self, time: datetime) -> datetime:
        """Return its end on the clock of this time: where that is dated and the stretches are not, the last error of dated logs."""
        if self.dated.incident and not own_clock(time):
            return self.dated.last.last
        return self.end

    @property
    def slow_over(self) -> float:
        """Over how many seconds a response is slow: by the runbook's alert or, where that is usual, by its criterion."""
        always = any(one.signal == "response_time" for one in self.usual)
        limit = runbook.load().rule("declare.response_time" if always else "alert.response_time").limit
        return limit or math.inf

    @property
    def open(self) -> bool:
        """Whether a stretch still lasted when the evidence ended."""
        return any(run.breach.open for run in self.runs)

    @property
    def first(self) -> Run:
        """The stretch that is known to have begun first; of those that began together, the most serious."""
        return min(self.runs, key=lambda run: (run.breach.latest_start, run.tier, run.signal))

    def seconds(self, *, most: bool = False) -> float:
        """Return the total time in breach, overlaps counted once; data that is gone is in no breach.

        Where ends only lie between two times it is the least that it can be or, with `most`, the most.
        """
        total, reached = 0.0, None
        for run in sorted((run for run in self.runs if run.signal != "data"), key=lambda run: run.breach.start):
            start = max(run.breach.start, reached) if reached else run.breach.start
            end = run.breach.latest_end if most else run.breach.end
            if end > start:
                total += (end - start).total_seconds()
            reached = max(reached or end, end)
        return total


def _of_one_clock(every: list[Run]) -> list[Run]:
    """Return the stretches that can be placed in time. Where none can, those on one clock of its own: on the one that shows
    the most serious stretches and, of these, the longest; what was first on different clocks cannot be told."""
    placed = [run for run in every if not own_clock(run.breach.start)]
    if placed:
        return placed
    years = sorted({run.breach.start.year for run in every})
    on = {year: [run for run in every if run.breach.start.year == year] for year in years}
    return min(on.values(), key=_gravity, default=[])


def _gravity(runs: list[Run]) -> tuple[int, float, datetime]:
    serious = min(run.tier for run in runs)
    longest = sum(run.breach.seconds for run in runs if run.tier == serious)
    return serious, -longest, min(run.breach.start for run in runs)


def _usually_over(measured: Measured, every: list[Run], start: datetime) -> tuple[Usual, ...]:
    """Return the signals that were over an alert's limit before a criterion was first met, for more than half of the time in
    both halves of what was watched. What rose only in the second half is no usual state, but may be how it began."""
    if own_clock(start) or not measured.evidence:
        return ()
    first = max(measured.evidence[0], measured.span.start)
    middle = first + (start - first) / 2
    if start - first < WATCHED:
        return ()
    found = []
    for signal, limit in sorted({(run.signal, run.limit) for run in every if run.tier > 1}):
        runs = [run.breach for run in every if (run.signal, run.limit) == (signal, limit)]
        for series in sorted({one.signal for one in runs}):
            of = [one for one in runs if one.signal == series]
            halves = [_within(of, first, middle), _within(of, middle, start)]
            if all(over > (start - first) / 4 for over in halves):
                found.append(Usual(signal, limit, series, sum(halves, timedelta(0)), start - first))
    return tuple(found)


def _within(runs: Iterable[Breach], begin: datetime, end: datetime) -> timedelta:
    """Return for how long, from `begin` to `end`, one series was over its limit."""
    long = (min(one.end, end) - max(one.start, begin) for one in runs)
    return sum((one for one in long if one > timedelta(0)), timedelta(0))


GoesOn = Callable[[datetime, datetime, datetime], bool]
"""Whether it went on from the second time to the third, the first being when a limit was first broken (`going_on.failing`)."""

TOUCHING = timedelta(seconds=30)
"""Two stretches closer than a bucket belong together."""


def impact(measured: Measured, goes_on: GoesOn | None = None) -> Impact:
    """Return the stretches that make up the incident.

    The most serious kind of stretch decides where it begins: criteria that were met, else shorter stretches in which
    users were hit, else resources. A stretch with which the evidence begins cannot show that anything changed, so it
    begins the incident only when nothing else does. Lesser stretches that touch the first one move its start. Stretches
    of that kind that begin far from all before them are another incident, and what follows belongs to that; unless it went on
    between them, as `goes_on` tells.
    """
    book = runbook.load()
    every: list[Run] = []
    for rule in book.rules:
        ours = measured.of(rule.signal)
        if rule.limit is None or not ours or rule.signal == "security":
            continue
        users = rule.signal in ("error_rate", "response_time")
        for signal in measured.judged(rule.signal):
            runs = measured.runs[rule.id, signal.id]
            kept = breaches.lasting(runs, rule.sustained)
            tier = 1 if rule.declares else 2 if users else 3
            every += [Run(run, rule.signal, tier, rule.limit) for run in kept]
    every += _unserved(measured, [run.breach for run in every if run.signal == "error_rate"])
    for down in measured.down:
        if down.died:
            end = down.end or down.start
            told = f"the process was down, from {down.citation.path} (process manager)"
            gone = Breach(down.start, end, 100.0, "back" if down.end else "evidence_end", False, told, 1)
            every.append(Run(gone, "process", 2))
    every += [Run(run, "security", 1) for run in security.intervals(measured.bursts)]
    for one in measured.lost:
        if one.sure and one.earliest and one.latest:
            told = f"{one.told}, from {one.citations[-1].path} (database)"
            every.append(Run(Breach(one.earliest, one.latest, float(one.rows), "gap", False, told, 2), "data", 1))
    usual_now_and_then = {(one.signal, one.breach) for one in measured.by_chance}
    every = [run for run in every if run.tier == 1 or (run.signal, run.breach) not in usual_now_and_then]
    criteria = [run.breach.start for run in every if run.tier == 1 and not run.breach.open_start]
    longer = book.rule("declare.unavailable").sustained or timedelta(0)
    found = (
        unruled.before(measured.troubles, min(criteria), longer) if criteria else unruled.stretches(measured.troubles)
    )
    if criteria or not any(run.tier == 1 for run in every):
        every += [Run(one.breach, one.signal, 2) for one in found]
    every = _of_one_clock(every)
    if not every:
        return Impact((), "none", by_chance=measured.by_chance)
    serious = min(run.tier for run in every)
    begins = [run for run in every if run.tier == serious]
    begins = [run for run in begins if not run.breach.open_start] or begins
    start = min(run.breach.start for run in begins)
    usual = _usually_over(measured, every, start) if serious == 1 else ()
    always = {(one.signal, one.limit, one.statistic) for one in usual}
    worth = [run for run in every if run.tier <= max(serious, 2)]
    worth = [run for run in worth if run.tier == serious or (run.signal, run.limit, run.breach.signal) not in always]
    later = _later([run for run in worth if run.tier == serious and run.breach.start >= start], goes_on)
    until = _grown(worth, later[0][0].breach.start) if later else None
    start = _grown(worth, start)
    kept_runs = tuple(
        sorted(
            (run for run in worth if run.breach.start >= start and (until is None or run.breach.start < until)),
            key=lambda run: (run.breach.start, run.tier, run.signal, run.breach.end),
        )
    )
    others = tuple(_stretch(runs) for runs in later)
    return Impact(kept_runs, "users" if serious < 3 else "resource", others, usual=usual, by_chance=measured.by_chance)


def _grown(runs: list[Run], start: datetime) -> datetime:
    """Return when the first of the stretches began that touch the one that begins at `start`, each the next."""
    while earlier := [
        run.breach.start
        for run in runs
        if run.breach.start < start and run.breach.end >= start - TOUCHING and not run.breach.open_start
    ]:
        start = min(earlier)
    return start


def _unserved(measured: Measured, failing: list[Breach]) -> list[Run]:
    """Return the stretches in which nobody was served; a short one within a stretch of failing requests is told with that."""
    unavailable = runbook.load().rule("declare.unavailable").sustained or timedelta(0)
    found = []
    for run in measured.requests.runs:
        if run.end - run.start > unavailable:
            found.append(Run(run, "availability", 1))
        elif not any(whole.start <= run.start and run.end <= whole.end for whole in failing):
            found.append(Run(run, "availability", 2))
    probed = measured.probes[0].runs if measured.probes and not measured.requests.seen else ()
    found += [Run(run, "availability", 1) for run in breaches.lasting(probed, unavailable)]
    return found + [Run(run, "availability", 1) for silence in measured.silences for run in silence.outages]


def with_dated_errors(store: Store, measured: Measured, found: Impact) -> Impact:
    """Return an incident with what dated logs tell of errors, where its own stretches stand on a clock of their own."""
    return replace(found, dated=dated_errors.find(store, measured.span, apart())) if found.by_own_clock else found


def _later(runs: list[Run], goes_on: GoesOn | None) -> list[list[Run]]:
    """Return the groups of stretches, but for the first, each of which begins far from the end of all before it."""
    groups: list[list[Run]] = []
    reached: datetime | None = None
    in_order = sorted(runs, key=lambda run: (run.breach.start, run.breach.latest_end, run.signal))
    for run in in_order:
        far = reached is not None and run.breach.start - reached > apart()
        if reached is None or (far and not (goes_on and goes_on(in_order[0].breach.start, reached, run.breach.start))):
            groups.append([])
        groups[-1].append(run)
        reached = max(reached or run.breach.latest_end, run.breach.latest_end)
    return groups[1:]


def _stretch(runs: list[Run]) -> Stretch:
    paths = (run.breach.signal.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0] for run in runs)
    end = max(run.breach.latest_end for run in runs)
    return Stretch(runs[0].breach.start, end, tuple(sorted({run.signal for run in runs})), tuple(sorted(set(paths))))
