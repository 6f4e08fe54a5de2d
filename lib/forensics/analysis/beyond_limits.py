"""What numbers tell that cross no limit of the runbook: work that collapses without an error, a process that stood still, a
resource of which there is no more while a queue for it grows. What is declared of them is in beyond_limits.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import groupby
from statistics import median
from typing import Any, Literal

from forensics import runbook
from forensics.analysis.named_signals import LEAST_GAP_S, spoken
from forensics.analysis.signals import Span
from forensics.model import Citation, Json, Parameters, clock, utc
from forensics.store import Store

LEAST_SATURATED = 3
"""One or two samples at the limit are a coincidence."""


@cache
def declared() -> dict[str, Any]:
    """Return beyond_limits.toml."""
    return tomllib.loads(files("forensics.analysis").joinpath("beyond_limits.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that crossed no limit and is no health either."""

    what: Literal["throughput", "standstill", "saturation"]
    kind: Literal["fact", "inference"]
    statement: str
    start: datetime
    end: datetime
    """The last that was seen of it, where the evidence ends first."""
    value: Json
    """Its numbers."""
    citations: tuple[Citation, ...]
    query: str
    possible_outage: bool
    """Whether users may not have been served meanwhile; nothing shows that they were not."""


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
    open: bool
    """Whether it lasted when the evidence ended."""


def find(
    store: Store, parameters: Parameters, span: Span, stopped: Sequence[tuple[datetime, datetime]]
) -> tuple[Trouble, ...]:
    """Return what crossed no limit, in order of time. What happened while the process was `stopped` is explained by that."""
    series = store.rows("series_names", start=span.start, end=span.end)
    found = [
        *_requests(store, parameters, span),
        *_throughputs(store, parameters, span, series),
        *_standstills(store, span, series, stopped),
        *_saturations(store, span, series),
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.what, one.statement)))


# ---- work that collapses -------------------------------------------------------------------------------------------


def falls(
    paces: Sequence[Pace], width: timedelta, baseline: timedelta, lasting: timedelta, counts: bool
) -> Iterator[Fall]:
    """Yield the stretches, lasting longer than that, in which each bucket lies far below those before the stretch.

    `counts`: chance alone spreads whole numbers by the root of their mean. A bucket that is not there ends a stretch. Where
    the buckets reach back by a day, the same hours of the day before must not have been as low: that is the day's own course.
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
            if fall.end - fall.start <= lasting:
                before += run
            elif not _daily(paces[:place], fall, rule["share"]):
                yield fall
            run = []
        if one is None:
            break
        first = one.time - baseline
        before = [pace for pace in before if pace.time >= first]
        if before and (one.time - before[0].time).total_seconds() >= rule["least_s"]:
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
    return Fall(run[0].time, run[-1].time + width, usual, median(done), sum(done), failed, rest_on, is_open)


def _daily(paces: Iterable[Pace], fall: Fall, share: float) -> bool:
    """Say whether as little was done in the same hours of the day before."""
    day = timedelta(days=1)
    same = [pace.done for pace in paces if fall.start - day <= pace.time < fall.end - day]
    return bool(same) and median(same) <= max(fall.done / share, share * fall.usual)


def _lasting() -> timedelta:
    return runbook.load().rule("declare.unavailable").sustained or timedelta(0)


def _requests(store: Store, parameters: Parameters, span: Span) -> Iterator[Trouble]:
    """Yield the stretches in which far fewer requests than usual were logged, though some were, and they did not fail."""
    paths, _, _, requests, external = store.rows("request_span", start=span.start, end=span.end)[0]
    if not requests:
        return
    width = timedelta(seconds=parameters.bucket)
    rows = store.rows("request_pace", width=parameters.bucket, external=bool(external), start=span.start, end=span.end)
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
        yield _collapse(fall, what, failed, paths.split(", "), "request_pace")


def _throughputs(
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
            )


def throughput(name: str) -> str:
    """Say whether a name tells how much was done: as a `gauge`, a `counter`, or not at all."""
    said, names = spoken(name), declared()["throughput"]
    if any(re.fullmatch(pattern, said) for pattern in names["except_names"]):
        return ""
    return next((how for how in ("gauge", "counter") if any(re.fullmatch(one, said) for one in names[how])), "")


def _collapse(fall: Fall, what: str, failed: str, paths: Sequence[str], query: str) -> Trouble:
    statement = (
        f"far less was done than was usual, {_when(fall.start, fall.end, is_open=fall.open)}: {_number(fall.done)} instead of "
        f"{_number(fall.usual)} ({what}; medians, the latter of the {fall.rest_on.total_seconds() / 60:.0f} minutes before); {failed}. "
        "Whether less was asked for or less was answered is not told"
    )
    value = {"usual": fall.usual, "during": fall.done, "total": fall.total, "failed": fall.failed, "open": fall.open}
    cited = tuple(Citation(path) for path in paths)
    return Trouble(
        "throughput", "inference", statement, fall.start, fall.end, value, cited, query, possible_outage=True
    )


def _when(start: datetime, end: datetime, *, is_open: bool) -> str:
    until = "until the evidence ends" if is_open else f"to {clock(end)}"
    return f"from {clock(start)}{utc(start)} {until}" if is_open else f"from {clock(start)} {until}{utc(end)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}"


# ---- a process that stood still --------------------------------------------------------------------------------------


def _standstills(
    store: Store, span: Span, series: Sequence[tuple[Any, ...]], stopped: Sequence[tuple[datetime, datetime]]
) -> Iterator[Trouble]:
    """Yield the stretches in which all series of a file stopped though it went on afterwards, and what else tells why."""
    rule = declared()["standstill"]
    rows = store.rows(
        "standstills",
        least=rule["least_samples"],
        steps=rule["steps"],
        start=span.start,
        end=span.end,
    )
    for path, begins, ends, usual in rows:
        if any(start <= ends and end >= begins for start, end in stopped):
            continue
        told = _why_still(store, path, begins, ends)
        if told is None:
            continue
        kind, why, silent, value = told
        names = sum(one[0] == path for one in series)
        them = "its one series" if names == 1 else f"all {names:,} series"
        statement = (
            f"{them} of {path} stopped from {clock(begins)} to {clock(ends)}{utc(ends)} ({(ends - begins).total_seconds():,.0f} s; "
            f"usually there is a sample every {usual:g} s): {why}"
        )
        cited = tuple(Citation(one) for one in (path, *silent))
        yield Trouble(
            "standstill",
            kind,
            statement,
            begins,
            ends,
            value,
            cited,
            "standstills",
            possible_outage=kind == "inference",
        )


def _why_still(
    store: Store, path: str, begins: datetime, ends: datetime
) -> tuple[Literal["fact", "inference"], str, list[str], Json] | None:
    """Say why samples stopped, by counters and by logs; None where the collection had a hole, or nothing else was there."""
    rule = declared()["standstill"]
    long = (ends - begins).total_seconds()
    since = begins - timedelta(minutes=60)
    counters = store.rows("standstill_counters", path=path, since=since, begins=begins, ends=ends)
    paused = [
        (name, (after - at) * worth) for name, _, at, after, _ in counters if at is not None and (worth := pauses(name))
    ]
    spoke = [
        (log, lines)
        for log, lines, pace, *_ in store.rows("standstill_logs", begins=begins, ends=ends)
        if log != path and pace and pace * long >= rule["expected"]
    ]
    silent = [log for log, lines in spoke if not lines]
    went_on = [log for log, lines in spoke if lines]
    value: Json = {"seconds": long, "silent": silent, "went_on": went_on}
    if paused and max(one[1] for one in paused) >= long / 2:
        name, seconds = max(paused, key=lambda one: (one[1], one[0]))
        why = f"the process was stopped, for {name} rose by {seconds:,.1f} s meanwhile{_also(silent, went_on)}"
        return "inference", why, silent, {**value, "paused_s": seconds}
    if long < rule["least_s"]:
        return None
    moving = [
        (after - at) / (usual * long)
        for name, _, at, after, usual in counters
        if at is not None and usual and usual * long >= rule["expected"] and not pauses(name)
    ]
    if moving and max(moving) >= 0.5:
        return None  # what it counts went on meanwhile: only the collection had a hole
    if moving and silent:
        why = (
            f"the process stood still, for what it counts (usually {rule['expected']} or more in so long a time) rose by "
            f"{100 * max(moving):.0f} % of what was usual{_also(silent, went_on)}"
        )
        return "inference", why, silent, {**value, "rose_share": max(moving)}
    if silent and went_on:
        why = (
            f"{_listed(silent)} fell silent with it while {_listed(went_on)} went on: whether the process stood still or nobody "
            "collected what it told cannot be told"
        )
        return "inference", why, silent, value
    return None


def pauses(name: str) -> float:
    """Return how many seconds one of what a name counts is, where it counts the time for which a process was stopped; else 0."""
    said, rule = spoken(name), declared()["pause"]
    if not any(re.fullmatch(pattern, said) for pattern in rule["names"]):
        return 0.0
    return 0.001 if re.fullmatch(rule["thousandths"], said) else 1.0


def _also(silent: Sequence[str], went_on: Sequence[str]) -> str:
    told = [f"{_listed(silent)} fell silent too"] if silent else []
    told += [f"{_listed(went_on)} went on"] if went_on else []
    return f"; {', while '.join(told)}" if told else ""


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3:,} more" if len(paths) > 3 else "")


# ---- a resource of which there is no more ------------------------------------------------------------------------------


def resources(name: str) -> Iterator[tuple[Json, list[str], list[str]]]:
    """Yield what a name may be the use of: the declaration, and the names of its limit and its queue."""
    said = spoken(name)
    for entry in declared()["resource"]:
        if fits := re.fullmatch(entry["busy"], said):
            limits, queues = ([_expanded(fits, one) for one in entry.get(of, ())] for of in ("limit", "queue"))
            yield entry, limits, queues


def _expanded(fits: re.Match[str], pattern: str) -> str:
    r"""Return a pattern with what was captured in the place of \\1 and \\2."""
    captured = [one or "" for one in fits.groups(default="")]
    return re.sub(r"\\([12])", lambda found: captured[int(found[1]) - 1], pattern).lstrip("_")


def _saturations(store: Store, span: Span, series: Sequence[tuple[Any, ...]]) -> Iterator[Trouble]:
    """Yield the stretches in which all of a resource was busy while the queue for it grew beyond what it was before."""
    for path, name, labels, samples, highest in series:
        for entry, limits, queues in resources(name) if samples >= 3 else ():
            most, queue = (_beside(series, path, labels, names) for names in (limits, queues))
            if queue is None or (limits and most is None):
                continue
            spacing = store.one("series_spacing", path=path, name=name, start=span.start, end=span.end) or 0.0
            reach = max(3 * spacing, LEAST_GAP_S)
            rows = store.rows(
                "saturation",
                path=path,
                busy=name,
                series=labels,
                limit_path=most[0] if most else "",
                limit=most[1] if most else "",
                limit_series=most[2] if most else "",
                full=entry.get("full", 0.0) / (100.0 if highest <= 1.0 else 1.0) or None,
                queue_path=queue[0],
                queue=queue[1],
                queue_series=queue[2],
                reach=reach,
                start=span.start,
                end=span.end,
            )
            yield from _saturated(rows, reach, (path, name, labels), most, queue)


def _beside(
    series: Sequence[tuple[Any, ...]], path: str, labels: str, names: Sequence[str]
) -> tuple[str, str, str] | None:
    """Return the first of these names that is measured in the same file with the same labels, or with any if it is the only one."""
    for wanted in names:
        same = [one for one in series if one[0] == path and re.fullmatch(wanted, spoken(one[1]))]
        exact = [one for one in same if one[2] == labels] or (same if len(same) == 1 else [])
        if exact:
            return exact[0][0], exact[0][1], exact[0][2]
    return None


def _saturated(
    rows: Sequence[tuple[datetime, float, float, float]],
    reach: float,
    busy: tuple[str, str, str],
    most: tuple[str, str, str] | None,
    queue: tuple[str, str, str],
) -> Iterator[Trouble]:
    before: list[float] = []  # the queue while there was still some of the resource left
    run: list[tuple[datetime, float, float, float]] = []
    for row in [*rows, None]:
        whole = row is not None and row[1] >= row[2]
        near = row is not None and bool(run) and (row[0] - run[-1][0]).total_seconds() <= reach
        if row is not None and whole and (not run or near):
            run.append(row)
            continue
        if len(run) >= LEAST_SATURATED and _grown([one[3] for one in run], before):
            yield _saturation(run, row is None, before, busy, most, queue)
        run = [row] if row is not None and whole else []
        if row is not None and not whole:
            before.append(row[3])


def _grown(queue: Sequence[float], before: Sequence[float]) -> bool:
    """Say whether a queue was longer than was usual before, by more than it usually varied; where nothing was before, whether
    it grew."""
    if not before:
        return max(queue) > queue[0]
    usual = median(before)
    spreads: float = declared()["fall"]["spreads"]
    return median(queue) > usual + spreads * 1.4826 * median(abs(one - usual) for one in before)


def _saturation(
    run: Sequence[tuple[datetime, float, float, float]],
    is_open: bool,
    before: Sequence[float],
    busy: tuple[str, str, str],
    most: tuple[str, str, str] | None,
    queue: tuple[str, str, str],
) -> Trouble:
    _, name, labels = busy
    start, end, limit = run[0][0], run[-1][0], run[0][2]
    longest = max(run, key=lambda one: (one[3], -one[0].timestamp()))
    of = f" {labels}" if labels != "{}" else ""
    limits = f"{most[1]} is {_number(limit)}" if most else f"{_number(limit)} or more is as good as all"
    usually = f"usually {_number(median(before))} before" if before else f"{_number(run[0][3])} at first"
    statement = (
        f"all of {name}{of} was in use {_when(start, end, is_open=is_open)} ({limits}) while {queue[1]} was "
        f"{_number(median(one[3] for one in run))} in the middle and {_number(longest[3])} at the most, at {clock(longest[0])}, {usually}: "
        "what limits is this resource, or who holds it"
    )
    value = {
        "limit": limit,
        "queue_before": median(before) if before else None,
        "queue_most": longest[3],
        "samples": len(run),
    }
    value |= {"open": is_open}
    cited = tuple(dict.fromkeys(Citation(one[0]) for one in (busy, queue)))
    return Trouble("saturation", "fact", statement, start, end, value, cited, "saturation", possible_outage=False)
