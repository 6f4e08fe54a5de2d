"""Work that collapses: stretches in which far less was done than was usual, though nothing failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import fmean, median, stdev
from typing import Any

from forensics import runbook
from forensics.analysis.chance import as_high, clustering, more_in_the_second
from forensics.analysis.named_signals import LEAST_GAP_S, spoken
from forensics.analysis.signals import Span
from forensics.analysis.trouble import Trouble, declared, number, when
from forensics.lengths import lasting
from forensics.model import Citation, Json, Parameters, Query
from forensics.store import Store

REQUESTS = "requests"
"""What a collapse of requests is told of; else it is the name of a series."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much was done in a bucket."""

    time: datetime
    done: float
    failed: float = 0.0


@dataclass(frozen=True, slots=True)
class Fall:
    """A stretch in which far less was done than was usual before it."""

    start: datetime
    end: datetime
    usual: float
    """The median of the buckets before it."""
    done: float
    """The median of its own."""
    total: float
    failed: float
    rest_on: timedelta
    """How long before it the baseline reaches back."""
    buckets: int
    """How many the baseline has."""
    chance: float | None
    """How probable it is at most that chance alone made so few of what was done if still half as much was done as before: of a
    pace, and of counts with a baseline shorter than is asked for otherwise."""
    open: bool
    """Whether it lasted when the evidence ended."""
    told_chance: bool = True
    """Whether the chance is worth telling: not where the baseline and the fall are long."""
    steep: bool = True
    """Whether it came in steps that were not usual before; what drifts down does not collapse."""


def falls(
    paces: Sequence[Pace], width: timedelta, baseline: timedelta, lasting: timedelta, counts: bool
) -> Iterator[Fall]:
    """Yield the stretches, lasting longer than that, in which each bucket lies far below those before the stretch.

    `counts`: chance alone spreads whole numbers by the root of their mean. A bucket that is not there ends a stretch, unless samples
    that are so close have no hole between them. Where
    the buckets reach back by a day, the same hours of the day before must not have been as low: that is the day's own course.
    Where they reach back for less than `least_s`, they must be steady, and so few must be improbable by chance. A pace that is low
    until the evidence ends is told from `least_open_s` on, where it is as improbable: how long it stayed so is not known.
    """
    rule = declared()["fall"]
    before: list[Pace] = []
    run: list[Pace] = []
    below = usual = 0.0
    reach = width if counts else max(width, timedelta(seconds=LEAST_GAP_S))
    for place, one in enumerate([*paces, None]):
        joined = one is not None and bool(run) and one.time - run[-1].time <= reach
        if run and one is not None and joined and one.done < below:
            run.append(one)
            continue
        if run:
            fall = _fall(run, width, usual, before, is_open=one is None, counts=counts)
            early = fall.rest_on.total_seconds() < rule["least_s"]
            if (fall.end - fall.start <= lasting and not _goes_on(fall, counts)) or (
                (early or not counts) and not _improbable(fall, width)
            ):
                before += run
            elif not _daily(paces[:place], fall, rule["share"]):
                yield fall
            run = []
        if one is None:
            break
        first = one.time - baseline
        before = [pace for pace in before if pace.time >= first]
        if (
            before
            and (one.time - before[0].time).total_seconds()
            >= rule["least_steady_s" if counts else "least_steady_pace_s"]
        ):
            values = [pace.done for pace in before]
            usual = median(values)
            spread = 1.4826 * median(abs(value - usual) for value in values)
            spread = max(spread, usual**0.5) if counts else spread
            below = min(rule["share"] * usual, usual - rule["spreads"] * spread)
            if one.done < below <= before[-1].done:  # else it fell when nothing told yet what was usual
                run = [one]
                continue
        before.append(one)


def _fall(
    run: Sequence[Pace], width: timedelta, usual: float, before: Sequence[Pace], *, is_open: bool, counts: bool
) -> Fall:
    done, usual_ones = [pace.done for pace in run], [pace.done for pace in before]
    rest_on, end = run[0].time - before[0].time, run[-1].time + width
    failed = sum(pace.failed for pace in run)
    short = rest_on.total_seconds() < declared()["fall"]["least_s"]
    chance = None
    if not counts:
        chance = pace_by_chance(usual_ones, done)
    elif short:
        chance = by_chance(usual_ones, done)
    return Fall(
        run[0].time, end, usual, median(done), sum(done), failed, rest_on, len(before), chance, is_open,
        told_chance=short or (is_open and end - run[0].time <= _lasting()),
        steep=counts or jump_by_chance(usual_ones, done) <= declared()["fall"]["steep"],
    )  # fmt: skip


def by_chance(before: Sequence[float], during: Sequence[float]) -> float:
    """Return how probable it is that so few counts as `during`, or fewer, come by chance where a `share` as many as before were to
    come, from counts of equal buckets: exactly, by the binomial distribution (chance.py); 1 where those before are not steady."""
    rule = declared()["fall"]
    factor = clustering(sum(before), sum(count * count for count in before), len(before))
    if factor > rule["steady"] or len(before) < 2:
        return 1.0
    part = len(before) / (len(before) + rule["share"] * len(during))
    return more_in_the_second(sum(during) / factor, sum(before) / factor, part)


def pace_by_chance(before: Sequence[float], during: Sequence[float]) -> float:
    """Return how probable it is that paces as low as `during`, or lower, come by chance where they were to be a `share` of those
    before, from means of equal buckets: by Student's test (chance.py) with the spread of those before; 1 where too few are before."""
    share = declared()["fall"]["share"]
    if len(before) < LEAST_PACES:
        return 1.0
    usual = fmean(before)
    spread = max(stdev(before), SMALLEST_SPREAD * usual)
    doubt = spread * (share**2 / len(before) + 1 / len(during)) ** 0.5
    return as_high((share * usual - fmean(during)) / doubt, len(before) - 1)


def jump_by_chance(before: Sequence[float], during: Sequence[float]) -> float:
    """Return how probable so steep a step from what was before to what is then is among the steps, of two buckets each, that were
    before: what drifts down does not collapse; 1 where too few are before."""
    steps = [later - earlier for earlier, later in zip(before, before[2:], strict=False)]
    if len(before) < LEAST_PACES:
        return 1.0
    spread = max(fmean(step * step for step in steps) ** 0.5, SMALLEST_SPREAD * fmean(before))
    return as_high((before[-1] - during[min(1, len(during) - 1)]) / spread, len(steps))


LEAST_PACES = 4
SMALLEST_SPREAD = 0.001
"""Of a pace, as a share of it: one that is always the same number is not known more exactly than it is written."""


def _goes_on(fall: Fall, counts: bool) -> bool:
    """Say whether a pace stays low until the evidence ends, and for long enough to be told though nothing tells for how long."""
    least = timedelta(seconds=declared()["fall"]["least_open_s"])
    return fall.open and not counts and fall.end - fall.start > least


def _improbable(fall: Fall, width: timedelta) -> bool:
    """Say whether chance would make such a fall in no more than one of a thousand logs: it may begin at each early bucket, or at each
    that the baseline has; and, of a pace, that it came in no more than a few steps."""
    rule = declared()["fall"]
    tried = max(rule["least_s"] / width.total_seconds(), fall.buckets)
    return fall.chance is not None and fall.chance <= rule["risk"] / tried and fall.steep


def _daily(paces: Iterable[Pace], fall: Fall, share: float) -> bool:
    """Say whether as little was done in the same hours of the day before."""
    day = timedelta(days=1)
    same = [pace.done for pace in paces if fall.start - day <= pace.time < fall.end - day]
    return bool(same) and median(same) <= max(fall.done / share, share * fall.usual)


def _lasting() -> timedelta:
    return runbook.load().rule("declare.unavailable").sustained or timedelta(0)


def of_requests(store: Store, parameters: Parameters, span: Span) -> Iterator[Trouble]:
    """Yield the stretches in which far fewer requests than usual were logged, though some were, and they did not fail."""
    paths, _, _, requests, external = store.rows("request_span", start=span.start, end=span.end)[0]
    if not requests:
        return
    width = timedelta(seconds=parameters.bucket)
    with store.noted() as asked:
        rows = store.rows(
            "request_pace", width=parameters.bucket, external=bool(external), start=span.start, end=span.end
        )
    paces = [Pace(*row) for row in rows][1:-1]  # the first and the last bucket are not whole
    most = runbook.load().rule("declare.error_rate").limit or 0.0
    whose = "external requests" if external else "requests"
    for fall in falls(paces, width, timedelta(minutes=parameters.baseline), _lasting(), counts=True):
        if not fall.total or 100 * fall.failed > most * fall.total:
            continue  # no request at all is a silence, which the verdict on unavailability settles; failures are told by theirs
        what = f"{whose}, per bucket of {parameters.bucket} s"
        failed = (
            f"{fall.failed:,.0f} of {fall.total:,.0f} failed" if fall.failed else f"none of {fall.total:,.0f} failed"
        )
        yield _collapse(fall, what, failed, paths.split(", "), "request_pace", asked)


def of_throughputs(
    store: Store, parameters: Parameters, span: Span, series: Sequence[tuple[Any, ...]]
) -> Iterator[Trouble]:
    """Yield the same of whatever else measures how much was done; of requests only where no log tells of them."""
    logged = bool(store.rows("request_span", start=span.start, end=span.end)[0][3])
    for (path, name), _ in groupby(series, key=lambda one: (one[0], one[1])):
        means = throughput(name)
        if not means or (logged and "request" in name.lower()):
            continue
        spacing = store.one("series_spacing", path=path, name=name, start=span.start, end=span.end)
        if not spacing:
            continue
        lasts = store.one("series_length", path=path, name=name, start=span.start, end=span.end) or 0.0
        seconds = bucket(spacing, parameters.bucket, lasts)
        with store.noted() as asked:
            rows = store.rows(
                "throughput_pace",
                path=path,
                name=name,
                counter=means == "counter",
                width=seconds,
                start=span.start,
                end=span.end,
            )
        width = timedelta(seconds=seconds)
        for fall in falls(
            [Pace(*row) for row in rows][1:-1], width, timedelta(minutes=parameters.baseline), _lasting(), counts=False
        ):
            per = " a second" if means == "counter" else ""
            yield _collapse(
                fall,
                f"{name}{per}, in buckets of {seconds} s",
                "it tells nothing of failures",
                [path],
                "throughput_pace",
                asked,
                name,
            )


def bucket(spacing: float, usual: int, lasts: float) -> int:
    """Return of how many seconds the buckets of a pace are: as `usual`, or shorter where all of it is, or as many times that as
    three steps between its samples take."""
    rule = declared()["fall"]
    whole = rule["short_bucket_s"] if lasts < rule["short_s"] else usual
    return int(max(whole, -(-3 * int(spacing + 0.5) // whole) * whole))


def throughput(name: str) -> str:
    """Say whether a name tells how much was done: as a `gauge`, a `counter`, or not at all."""
    said, names = spoken(name), declared()["throughput"]
    if any(re.fullmatch(pattern, said) for pattern in names["except_names"]):
        return ""
    return next((how for how in ("gauge", "counter") if any(re.fullmatch(one, said) for one in names[how])), "")


def _collapse(
    fall: Fall,
    what: str,
    failed: str,
    paths: Sequence[str],
    query: str,
    asked: Sequence[Query],
    measure: str = "requests",
) -> Trouble:
    before = f"{fall.rest_on.total_seconds() / 60:.0f} minutes before"
    if fall.chance is not None and fall.told_chance:
        before = (
            f"{lasting(fall.rest_on.total_seconds())} before, in {fall.buckets} buckets that are steady enough: that chance alone "
            f"made so few of half as many has a probability of {fall.chance:.1g} at the most"
        )
    statement = (
        f"far less was done than was usual, {when(fall.start, fall.end, is_open=fall.open)}: {number(fall.done)} instead of "
        f"{number(fall.usual)} ({what}; medians, the latter of the {before}); {failed}. "
        "Whether less was asked for or less was answered is not told"
    )
    value: Json = {
        "measure": measure,
        "usual": fall.usual,
        "during": fall.done,
        "total": fall.total,
        "failed": fall.failed,
        "open": fall.open,
    }
    value |= {
        "baseline_s": fall.rest_on.total_seconds(),
        "chance": None if fall.chance is None or not fall.told_chance else float(f"{fall.chance:.3g}"),
    }
    cited = tuple(Citation(path) for path in paths)
    return Trouble(
        "throughput",
        "inference",
        statement,
        fall.start,
        fall.end,
        value,
        cited,
        query,
        tuple(asked),
        possible_outage=True,
    )
