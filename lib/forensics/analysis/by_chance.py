"""Short stretches over an alert's limit that usual traffic shows now and then: in a bucket of few requests, two that fail are many.

A share is judged in buckets, and where each holds few requests, what usually goes wrong breaks a limit in one of them by chance. Such
a stretch does cross the alert's threshold, and its verdict says so; but it neither begins nor ends an incident. Whether it is chance is
told by what went wrong before (exact conditional test, `chance.more_in_the_second`), for as many buckets as there are (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from forensics.analysis.chance import RISK, WATCHED, more_in_the_second
from forensics.analysis.signals import Signal, Span
from forensics.model import Breach
from forensics.runbook import Rule
from forensics.store import Store

LEAST_PIECES = 3
"""Whether something is the same all along is told by at least so many stretches of such a length,"""
MOST_PIECES = 1000
"""and by at most so many, which are longer then."""


@dataclass(frozen=True, slots=True)
class ByChance:
    """A stretch over an alert's limit as usual traffic shows it."""

    rule: str
    signal: str
    """Of the runbook: `error_rate` or `response_time`."""
    breach: Breach
    bad: int
    """Requests of it that failed, or were slow, of all `requests`."""
    requests: int
    usually_bad: int
    """The same before, of all `usually`."""
    usually: int
    buckets: int
    """In so many a stretch could have been."""


def judgeable(signal: Signal) -> bool:
    """Say whether a signal is a share of single requests: of those that failed, or of those that were slower than a limit."""
    return signal.judged and signal.of_requests and (signal.signal == "error_rate" or signal.held == "p95")


@dataclass(frozen=True, slots=True)
class _Counts:
    """Requests in a stretch and before it."""

    requests: int
    bad: int
    before: int
    bad_before: int
    first: datetime | None
    """Of those before."""


def find(
    store: Store, rule: Rule, signal: Signal, runs: Sequence[Breach], buckets: int, seen: Span, longest: timedelta
) -> tuple[ByChance, ...]:
    """Return the stretches that are no more than chance, of those that lasted no longer than `longest`; `seen` is from the first
    request to the last.

    Where nothing in all of it is more than chance, all of them are. Else usual is what went wrong until the first stretch that is
    more; nothing is said before that was watched for long enough.
    """
    if not runs or rule.limit is None:
        return ()
    slow = rule.limit if signal.signal == "response_time" else None
    held = _counted(store, seen.start, [(one.start, one.end) for one in runs], slow)
    short = [one.end - one.start <= longest for one in runs]
    steady = _steady(store, held, seen, slow, buckets) if all(short) else None
    found: list[ByChance] = []
    began: tuple[_Counts, datetime] | None = None
    for run, brief, one in zip(runs, short, held, strict=True):
        if steady:
            usually, usually_bad = steady[0] - one.requests, steady[1] - one.bad
        else:
            usual, until = began or (one, run.start)
            usually, usually_bad = usual.before, usual.bad_before
            known = usual.first is not None and until - usual.first >= WATCHED
            if not (known and brief and _chance(one, usually_bad, usually) * buckets > RISK):
                began = began or (usual, until)
                continue
        found.append(ByChance(rule.id, rule.signal, run, one.bad, one.requests, usually_bad, usually, buckets))
    return tuple(found)


def _chance(one: _Counts, bad: int, requests: int) -> float:
    """Return how probable as many bad requests as in a stretch are, where so many of so many others are."""
    return more_in_the_second(bad, one.bad, one.requests / (one.requests + requests)) if one.requests else 1.0


def _counted(
    store: Store, start: datetime, stretches: Sequence[tuple[datetime, datetime]], slow: float | None
) -> list[_Counts]:
    starts, ends = [first for first, _ in stretches], [until for _, until in stretches]
    return [_Counts(*row) for row in store.rows("wrong_in_stretches", start=start, slow=slow, starts=starts, ends=ends)]


def _steady(
    store: Store, held: Sequence[_Counts], seen: Span, slow: float | None, buckets: int
) -> tuple[int, int] | None:
    """Return how many requests there were in all, and how many went wrong, where neither a stretch nor any ten minutes have more of
    these than the rest has, but by chance; None otherwise, and where too little was seen to tell."""
    length = max(WATCHED, (seen.end - seen.start) / MOST_PIECES)
    pieces = int((seen.end - seen.start) / length)
    if pieces < LEAST_PIECES:
        return None
    edges = [seen.start + length * place for place in range(pieces)]
    every = [*pairwise(edges), (edges[-1], seen.end + timedelta(microseconds=1))]
    counted = _counted(store, seen.start, every, slow)
    requests, bad = sum(one.requests for one in counted), sum(one.bad for one in counted)

    def more(some: Sequence[_Counts], of: int) -> bool:
        return any(_chance(one, bad - one.bad, requests - one.requests) * of <= RISK for one in some)

    return None if more(held, buckets) or more(counted, pieces) else (requests, bad)
