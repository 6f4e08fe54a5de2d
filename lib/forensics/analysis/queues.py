"""Queues that grew: what takes from one stood still or was too slow, though nothing failed and no limit was measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median
from typing import Any

from forensics.analysis import series_labels
from forensics.analysis.named_signals import LEAST_GAP_S, spoken
from forensics.analysis.signals import Signal, Span, keep
from forensics.analysis.trouble import Trouble, declared, number, when
from forensics.lengths import lasting
from forensics.model import Citation, Json
from forensics.store import Store
from forensics.times import clock, own_clock, utc

Row = tuple[datetime, float]
"""When, and how long the queue was."""


def is_queue(name: str, others: Iterable[str] = ()) -> bool:
    """Say whether a name is the length of a queue, beside the `others` that the same file measures."""
    said, rule = spoken(name), declared()["queue"]
    if any(re.fullmatch(one, said) for one in rule["except_names"]):
        return False
    if any(re.fullmatch(one, said) for one in rule["names"]):
        return True
    beside = {spoken(one) for one in others if one != name} if said in rule["short_names"] else set()
    return any(re.fullmatch(one, other) for one in rule["beside"] for other in beside)


def grown(
    store: Store, span: Span, series: Sequence[tuple[Any, ...]], told: Sequence[Trouble] = ()
) -> Iterator[Trouble]:
    """Yield each queue that was far longer than usual, once, with its longest stretch; what stands before a resource of which
    all was in use is `told` with that."""
    known = {(citation.path, str(one.value.get("queue", ""))) for one in told for citation in one.citations}
    rule = declared()["queue"]
    measured: dict[str, set[str]] = {}
    for path, name, *_ in series:
        measured.setdefault(path, set()).add(name)
    found = [
        (path, name, series_labels.without(labels, rule["parts"]), labels)
        for path, name, labels, samples, _ in series
        if samples >= rule["least_before"] + rule["least"]
        and is_queue(name, measured[path])
        and (path, name) not in known
    ]
    for (path, name, whole), members in groupby(sorted(found), key=lambda one: one[:3]):
        parts = [one[3] for one in members]
        spacing = store.one("series_spacing", path=path, name=name, start=span.start, end=span.end) or 0.0
        with store.noted() as asked:
            rows = store.rows("queue_lengths", path=path, name=name, parts=parts, start=span.start, end=span.end)
        others = {one[2] for one in found if one[:2] == (path, name)}
        said = (
            name
            + (f", the sum of its {len(parts)} parts," if len(parts) > 1 else "")
            + series_labels.told(whole, others)
        )
        one = _trouble(rows, max(3 * spacing, LEAST_GAP_S), path, said, parts)
        if one:
            course = _drawn(store, span, path, name, parts, said, max(3 * spacing, LEAST_GAP_S))
            limit = max(rule["times"] * one.value["usual"], float(rule["least_length"]))
            yield replace(one, asked=tuple(asked), course=course, limit=limit)


def _drawn(store: Store, span: Span, path: str, name: str, parts: Sequence[str], said: str, reach: float) -> Signal:
    """Let the store hold the course of a queue, for whoever draws it."""
    id_ = f"queue/{path}/{said}"
    store.run("points_queue", id=id_, path=path, name=name, parts=list(parts), start=span.start, end=span.end)
    course = Signal(id_, "queue", "Length of a queue", "", said, path, "queue", "sample", reach)
    keep(store, [course])
    return course


def stretches(rows: Sequence[Row], reach: float) -> tuple[list[list[Row]], list[float]]:
    """Return the stretches in which a queue was far longer than usual, and its lengths before the first of them.

    Usual is the middle one of the samples before, within so many spreads (Hampel's identifier, as for falls), and what a share
    of them exceeded, too; a stretch ends where it is usual again, or at a hole that is wider than `reach` seconds.
    """
    rule, spreads = declared()["queue"], declared()["fall"]["spreads"]
    before: list[float] = []
    found: list[list[Row]] = []
    last: datetime | None = None
    limit = float("inf")
    for time, length in rows:
        if not found and len(before) >= rule["least_before"]:
            usual = median(before)
            spread = 1.4826 * median(abs(one - usual) for one in before)
            often = sorted(before)[int(rule["often"] * len(before))]
            limit = max(usual + spreads * spread, rule["times"] * usual, often, rule["least_length"])
        if length > limit:
            near = last is not None and (time - last).total_seconds() <= reach
            if found and near and found[-1][-1][0] == last:
                found[-1].append((time, length))
            else:
                found.append([(time, length)])
        elif not _long(found):
            before += [one for run in found for _, one in run] + [length]
            found = []
        last = time
    return [run for run in found if _long([run])], before


def _long(runs: Sequence[Sequence[Row]]) -> bool:
    rule = declared()["queue"]
    return any(
        len(run) >= rule["least"] and run[-1][0] - run[0][0] >= timedelta(seconds=rule["least_s"]) for run in runs
    )


def _trouble(rows: Sequence[Row], reach: float, path: str, said: str, parts: Sequence[str]) -> Trouble | None:
    runs, before = stretches(rows, reach)
    if not runs:
        return None
    start, end = runs[0][0][0], runs[-1][-1][0]
    is_open = end == rows[-1][0]
    at, most = max(((time, length) for run in runs for time, length in run), key=lambda one: one[1])
    long = when(start, end, is_open=is_open)
    if own_clock(start):
        long = long.replace(utc(start), f" on the clock of {path}")
    longest = max(runs, key=lambda run: (run[-1][0] - run[0][0], run[0][0]))
    parted = ""
    if len(runs) > 1:
        length = lasting((longest[-1][0] - longest[0][0]).total_seconds())
        parted = f" in {len(runs)} stretches, the longest {length} from {clock(longest[0][0])},"
    statement = (
        f"{said} was longer than usual{parted} {long}: {number(most)} at the most, at {clock(at)}, usually "
        f"{number(median(before))} before: what takes from this queue stood still, or was too slow"
    )
    value: Json = {
        "usual": median(before),
        "most": most,
        "most_at": at.isoformat() + "Z",
        "stretches": len(runs),
        "samples": sum(len(run) for run in runs),
        "parts": len(parts),
        "open": is_open,
        "path": path,
        "measure": said,
    }
    return Trouble("queue", "fact", statement, start, end, value, (Citation(path),), "queue_lengths", (), False)
