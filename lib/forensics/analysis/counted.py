"""What programs count of themselves: for how long they were stopped, and how often they ran out of memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from forensics.analysis.named_signals import spoken
from forensics.analysis.signals import Span
from forensics.analysis.standstills import pauses
from forensics.analysis.trouble import Trouble, declared, number
from forensics.lengths import lasting
from forensics.model import Citation, Json, Query
from forensics.store import Store
from forensics.times import clock, utc

_Rise = tuple[datetime, datetime, float, float]


def pauses_told(store: Store, span: Span, series: Sequence[tuple[Any, ...]]) -> Iterator[Trouble]:
    """Yield for each file that counts, or logs, for how long a process was stopped: how long that was, and the longest at once.

    Of several counters of a file the one that rose most is told. Short pauses, a small share of the time, are usual and not told.
    """
    rule = declared()["pause"]
    found: dict[str, tuple[float, str, list[_Rise], float, tuple[Query, ...]]] = {}
    for path, name, labels, *_ in series:
        worth = pauses(name)
        if not worth:
            continue
        with store.noted() as asked:
            rises = _rises(store, span, path, name, labels)
        total = sum(after - was for _, _, was, after in rises) * worth
        if rises and (path not in found or total > found[path][0]):
            found[path] = (total, name, rises, worth, tuple(asked))
    for path, (total, name, rises, worth, queries) in found.items():
        start, end = rises[0][0], rises[-1][1]
        most = max(rises, key=lambda one: one[3] - one[2])
        longest = (most[3] - most[2]) * worth
        share = total / (end - start).total_seconds()
        if share < rule["told_share"] and longest < rule["told_s"]:
            continue
        statement = (
            f"by {name} of {path} the process was stopped for {total:,.1f} s of {lasting(end - start)} ({100 * share:.0f} %), "
            f"{longest:,.1f} s of it from {clock(most[0])} to {clock(most[1])}{utc(most[1])}"
        )
        value: Json = {"stopped_s": round(total, 3), "most_at_once_s": round(longest, 3), "share": round(share, 4)}
        yield Trouble(
            "pause",
            "fact",
            statement,
            start,
            end,
            value,
            (Citation(path),),
            "counter_rises",
            queries,
            possible_outage=False,
        )
    yield from _logged(store, span)


def _logged(store: Store, span: Span) -> Iterator[Trouble]:
    rule = declared()["pause"]
    with store.noted() as asked:
        rows = store.rows("collector_pauses", start=span.start, end=span.end)
    for path, count, total, longest, at, line, first, last in rows:
        length = (last - first).total_seconds()
        share = total / length if length else 0.0
        if share < rule["told_share"] and longest < rule["told_s"]:
            continue
        statement = (
            f"{count:,} pauses of the garbage collector in {path} stopped the process for {total:,.1f} s of "
            f"{lasting(last - first)}, the longest for {longest:,.1f} s, told at {clock(at)}{utc(at)}"
        )
        value: Json = {"stopped_s": round(total, 3), "most_at_once_s": round(longest, 3), "share": round(share, 4)}
        cited = (Citation(path, line=line),)
        yield Trouble(
            "pause",
            "fact",
            statement,
            first,
            last,
            value,
            cited,
            "collector_pauses",
            tuple(asked),
            possible_outage=False,
        )


def exhaustions(store: Store, span: Span, series: Sequence[tuple[Any, ...]]) -> Iterator[Trouble]:
    """Yield for each counter of being out of memory between which samples it first rose: it happened somewhere between these."""
    for path, name, labels, *_ in series:
        if not any(re.fullmatch(pattern, spoken(name)) for pattern in declared()["exhaustion"]["names"]):
            continue
        with store.noted() as asked:
            rises = _rises(store, span, path, name, labels)
        if not rises:
            continue
        before, time, was, value = rises[0]
        told = name if labels == "{}" else f"{name} {labels}"
        more = f", and again, the last time by {clock(rises[-1][1])}" if len(rises) > 1 else ""
        statement = (
            f"the counter {told} of {path} rose from {number(was)} to {number(value)} between {clock(before)} "
            f"and {clock(time)}{utc(time)}{more}: memory ran out within that time"
        )
        told_value: Json = {"before": was, "after": rises[-1][3], "rises": len(rises)}
        yield Trouble(
            "exhaustion", "fact", statement, before, time, told_value, (Citation(path),), "counter_rises", tuple(asked),
            possible_outage=False,
        )  # fmt: skip


def _rises(store: Store, span: Span, path: str, name: str, labels: str) -> list[_Rise]:
    asked = {"path": path, "name": name, "series": labels, "start": span.start, "end": span.end}
    return store.rows("counter_rises", **asked)
