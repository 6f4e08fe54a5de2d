"""Requests that were refused far more often than usual: a status from 400 to 499 is no failure by the runbook, whoever gets it.

What clients do wrong, they do now and then, and a scanner does it alone. Where a status that was seldom is suddenly the answer to more
requests than may fail, and to those of many, it is the service that changed: tokens that are not accepted any more, a limit that is
reached, a route that is gone, answers that came after users had given up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from math import ceil
from typing import Any

from forensics import runbook
from forensics.analysis.chance import RISK, WATCHED, more_in_the_second
from forensics.analysis.signals import Signal, Span, keep
from forensics.analysis.trouble import Trouble, when
from forensics.lengths import quantity
from forensics.model import Citation, Json
from forensics.store import Store

MOST_BUCKETS = 20_000
"""Of a longer time, buckets are wider."""
MOSTLY = 0.5
"""Where more of those refused came from one address, that is who changed, unless it asks for as much at other times."""
GIVEN_UP = (408, 460, 499)
"""Statuses that tell that a client gave up waiting: nginx's 499, the 460 of load balancers of AWS, and a timeout of its request."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Requests of one bucket."""

    time: datetime
    requests: int
    refused: int


def refusals(store: Store, span: Span, width: int) -> Iterator[Trouble]:
    """Yield the longest stretch of each status in which it was far more frequent than usual, for longer than an error rate may be over
    its limit, in buckets of so many seconds; all usual buckets together show one that is so by chance no more often than `RISK`
    (Bonferroni)."""
    _, first, last, *_ = store.rows("request_span", start=span.start, end=span.end)[0]
    if first:
        width *= ceil(((last - first).total_seconds() + width) / width / MOST_BUCKETS)
    with store.noted() as asked:
        rows = store.rows("refused_by_bucket", width=width, start=span.start, end=span.end)
    for status, of in groupby(rows, key=lambda row: row[0]):
        buckets = [Bucket(*row[1:]) for row in of]
        found = stretches(buckets, timedelta(seconds=width))
        kept = [one for one in found if _of_many(store, span, status, one, timedelta(seconds=width))]
        if kept:
            one = _trouble(store, status, kept, buckets, timedelta(seconds=width), asked)
            limit = runbook.load().rule("declare.error_rate").limit
            yield replace(one, course=_drawn(store, span, status, width, one), limit=limit)


def stretches(buckets: Sequence[Bucket], width: timedelta) -> list[list[Bucket]]:
    """Return the stretches in which more were refused than may fail, and than chance has of what was usual before the first of them.

    A stretch goes on across buckets that are not so, for as long as a rate must be over its limit to count.
    """
    rule = runbook.load().rule("declare.error_rate")
    limit, lasts = (rule.limit or 0.0) / 100, rule.sustained or timedelta(0)
    usually, usually_refused = 0, 0
    found: list[list[Bucket]] = []
    for one in buckets:
        share = one.requests / (one.requests + usually)
        high = (
            one.refused > limit * one.requests
            and one.time - buckets[0].time >= WATCHED
            and more_in_the_second(usually_refused, one.refused, share) * len(buckets) <= RISK
        )
        if high and found and one.time - found[-1][-1].time <= lasts:
            found[-1].append(one)
        elif high:
            found = [run for run in found if _long(run, width, lasts)] + [[one]]
        elif not any(_long(run, width, lasts) for run in found):
            usually, usually_refused = usually + one.requests, usually_refused + one.refused
    return [run for run in found if _long(run, width, lasts)]


def _long(run: Sequence[Bucket], width: timedelta, lasts: timedelta) -> bool:
    return run[-1].time + width - run[0].time > lasts


def _of_many(store: Store, span: Span, status: int, run: Sequence[Bucket], width: timedelta) -> bool:
    """Say whether those refused were many, or one who asks for as much at other times, as a proxy does."""
    end = run[-1].time + width
    row = store.rows("refused_from", status=status, first=span.start, start=run[0].time, end=end)[0]
    _, addresses, share, usual = row
    if not addresses or usual is None:
        return status not in (400, 404, 405, 410)  # scanners get these, and nothing tells that it was none
    return bool(share <= MOSTLY or share < 2 * usual)


def _trouble(
    store: Store,
    status: int,
    runs: Sequence[Sequence[Bucket]],
    buckets: Sequence[Bucket],
    width: timedelta,
    asked: Sequence[Any],
) -> Trouble:
    run = max(runs, key=lambda one: (one[-1].time - one[0].time, one[0].time))
    start, end = runs[0][0].time, runs[-1][-1].time + width
    within = [one for one in buckets if run[0].time <= one.time <= run[-1].time]
    before = [one for one in buckets if one.time < start]
    refused, requests = sum(one.refused for one in within), sum(one.requests for one in within)
    usual, usually = sum(one.refused for one in before), sum(one.requests for one in before)
    worst = max(within, key=lambda one: (one.refused / one.requests, one.time))
    is_open = runs[-1][-1].time == buckets[-1].time
    with store.noted() as edges:
        row = store.rows("refused_edges", status=status, start=start, end=end)[0]
    parted = f" in {len(runs)} stretches, in the longest of them" if len(runs) > 1 else ""
    statement = (
        f"{refused:,} of {requests:,} external requests ({quantity(100 * refused / requests, '%')}) were answered with {status}"
        f"{_meaning(status)}{parted} {when(run[0].time, run[-1].time + width, is_open=is_open and run is runs[-1])}; before, "
        f"{usual:,} of {usually:,} were ({quantity(100 * usual / usually, '%')}). By the runbook such requests did not fail"
    )
    value: Json = {
        "measure": f"status {status}",
        "status": status,
        "refused": refused,
        "requests": requests,
        "usually_refused": usual,
        "usually": usually,
        "peak": round(100 * worst.refused / worst.requests, 3),
        "stretches": len(runs),
        "open": is_open,
    }
    cited = (Citation(row[0], line=row[1]), Citation(row[3], line=row[4]))
    return Trouble("refusal", "fact", statement, start, end, value, cited, "refused_by_bucket", (*asked, *edges), False)


def _drawn(store: Store, span: Span, status: int, width: int, one: Trouble) -> Signal:
    """Let the store hold the course of it, for whoever draws it."""
    id_ = f"refused/{status}/{width}"
    store.run("points_refused", id=id_, status=status, width=width, start=span.start, end=span.end)
    what = f"answered with {status} / all external requests, {width} s buckets"
    paths = ", ".join(sorted({cited.path for cited in one.citations}))
    told = (id_, "refused", f"Answered with {status}", "%", what, paths, "server", "bucket")
    course = Signal(*told, 0.0, of_requests=True, width_s=width)
    keep(store, [course])
    return course


def _meaning(status: int) -> str:
    return " (whoever asked had given up waiting)" if status in GIVEN_UP else ""
