"""Work that collapses: stretches in which far less was done than was usual, though nothing failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median
from typing import Any

from forensics import runbook
from forensics.analysis.chance import clustering, more_in_the_second
from forensics.analysis.named_signals import spoken
from forensics.analysis.signals import Span
from forensics.analysis.trouble import Trouble, declared, number, when
from forensics.lengths import lasting
from forensics.model import Citation, Json, Parameters, Query
from forensics.store import Store


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
    """Of a baseline shorter than is asked for otherwise: how probable it is at most that chance alone made so few of what was done
    if still half as much was done as before."""
    open: bool
    """Whether it lasted when the evidence ended."""


def falls(
    paces: Sequence[Pace], width: timedelta, baseline: timedelta, lasting: timedelta, counts: bool
) -> Iterator[Fall]:
    """Yield the stretches, lasting longer than that, in which each bucket lies far below those before the stretch.

    `counts`: chance alone spreads whole numbers by the root of their mean. A bucket that is not there ends a stretch. Where
    the buckets reach back by a day, the same hours of the day before must not have been as low: that is the day's own course.
    Where they are counts and reach back for less than `least_s`, they must be steady, and so few must be improbable by chance.
    """
    rule = declared()["fall"]
    before: list[Pace] = []
    run: list[Pace] = []
    below = usual = 0.0
    for place, one in enumerate([*paces, None]):
        joined = one is not None and bool(run) and one.time - run[-1].time <= width
        if run and one is not None and joined and one.done < below:
            run.append(one)
            continue
        if run:
            fall = _fall(run, width, usual, before, one is None)
            if fall.end - fall.start <= lasting or (
                fall.rest_on.total_seconds() < rule["least_s"] and not _improbable(fall, width)
            ):
                before += run
            elif not _daily(paces[:place], fall, rule["share"]):
                yield fall
            run = []
        if one is None:
            break
        first = one.time - baseline
        before = [pace for pace in before if pace.time >= first]
        if before and (one.time - before[0].time).total_seconds() >= rule["least_steady_s" if counts else "least_s"]:
            values = [pace.done for pace in before]
            usual = median(values)
            spread = 1.4826 * median(abs(value - usual) for value in values)
            spread = max(spread, usual**0.5) if counts else spread
            below = min(rule["share"] * usual, usual - rule["spreads"] * spread)
            if one.done < below <= before[-1].done:  # else it fell when nothing told yet what was usual
                run = [one]
                continue
        before.append(one)


def _fall(run: Sequence[Pace], width: timedelta, usual: float, before: Sequence[Pace], is_open: bool) -> Fall:
    done = [pace.done for pace in run]
    rest_on = run[0].time - before[0].time
    failed = sum(pace.failed for pace in run)
    chance = None
    if rest_on.total_seconds() < declared()["fall"]["least_s"]:
        chance = by_chance([pace.done for pace in before], done)
    return Fall(
        run[0].time, run[-1].time + width, usual, median(done), sum(done), failed, rest_on, len(before), chance, is_open
    )


def by_chance(before: Sequence[float], during: Sequence[float]) -> float:
    """Return how probable it is that so few counts as `during`, or fewer, come by chance where a `share` as many as before were to
    come, from counts of equal buckets: exactly, by the binomial distribution (chance.py); 1 where those before are not steady."""
    rule = declared()["fall"]
    factor = clustering(sum(before), sum(count * count for count in before), len(before))
    if factor > rule["steady"] or len(before) < 2:
        return 1.0
    part = len(before) / (len(before) + rule["share"] * len(during))
    return more_in_the_second(sum(during) / factor, sum(before) / factor, part)


def _improbable(fall: Fall, width: timedelta) -> bool:
    """Say whether chance would make such a fall in no more than one of a thousand logs: it may begin at each early bucket."""
    rule = declared()["fall"]
    return fall.chance is not None and fall.chance <= rule["risk"] * width.total_seconds() / rule["least_s"]


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
        seconds = max(parameters.bucket, -(-3 * int(spacing + 0.5) // parameters.bucket) * parameters.bucket)
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
            )


def throughput(name: str) -> str:
    """Say whether a name tells how much was done: as a `gauge`, a `counter`, or not at all."""
    said, names = spoken(name), declared()["throughput"]
    if any(re.fullmatch(pattern, said) for pattern in names["except_names"]):
        return ""
    return next((how for how in ("gauge", "counter") if any(re.fullmatch(one, said) for one in names[how])), "")


def _collapse(fall: Fall, what: str, failed: str, paths: Sequence[str], query: str, asked: Sequence[Query]) -> Trouble:
    before = f"{fall.rest_on.total_seconds() / 60:.0f} minutes before"
    if fall.chance is not None:
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
        "usual": fall.usual,
        "during": fall.done,
        "total": fall.total,
        "failed": fall.failed,
        "open": fall.open,
    }
    value |= {
        "baseline_s": fall.rest_on.total_seconds(),
        "chance": None if fall.chance is None else float(f"{fall.chance:.3g}"),
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
