"""Processes that stood still: stretches in which all series of a file stopped, and what else tells why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from forensics.analysis.named_signals import spoken
from forensics.analysis.signals import Span
from forensics.analysis.trouble import Trouble, declared
from forensics.lengths import lasting
from forensics.model import Citation, Json
from forensics.store import Store
from forensics.times import clock, utc


def standstills(
    store: Store, span: Span, series: Sequence[tuple[Any, ...]], stopped: Sequence[tuple[datetime, datetime]]
) -> Iterator[Trouble]:
    """Yield the stretches in which all series of a file stopped though it went on afterwards, and what else tells why."""
    rule = declared()["standstill"]
    with store.noted() as first_asked:
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
        with store.noted() as asked:
            told = _why_still(store, path, begins, ends)
        if told is None:
            continue
        kind, why, silent, value = told
        names = sum(one[0] == path for one in series)
        them = "its one series" if names == 1 else f"all {names:,} series"
        statement = (
            f"{them} of {path} stopped from {clock(begins)} to {clock(ends)}{utc(ends)} ({lasting(ends - begins)}; "
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
            (*first_asked, *asked),
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
