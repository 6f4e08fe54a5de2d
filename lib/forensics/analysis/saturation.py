"""Resources of which there is no more: stretches in which all of one was in use while the queue for it grew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Any

from forensics.analysis.named_signals import LEAST_GAP_S, spoken
from forensics.analysis.signals import Span
from forensics.analysis.trouble import Trouble, declared, number, when
from forensics.model import Citation, Json, clock
from forensics.store import Store

LEAST_SATURATED = 3
"""One or two samples at the limit are a coincidence."""


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


def saturations(store: Store, span: Span, series: Sequence[tuple[Any, ...]]) -> Iterator[Trouble]:
    """Yield the stretches in which all of a resource was busy while the queue for it grew beyond what it was before."""
    for path, name, labels, samples, highest in series:
        for entry, limits, queues in resources(name) if samples >= 3 else ():
            most, queue = (_beside(series, path, labels, names) for names in (limits, queues))
            if queue is None or (limits and most is None):
                continue
            spacing = store.one("series_spacing", path=path, name=name, start=span.start, end=span.end) or 0.0
            reach = max(3 * spacing, LEAST_GAP_S)
            with store.noted() as asked:
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
            found = _saturated(rows, reach, (path, name, labels), most, queue)
            yield from (replace(one, asked=tuple(asked)) for one in found)


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
    limits = f"{most[1]} is {number(limit)}" if most else f"{number(limit)} or more is as good as all"
    usually = f"usually {number(median(before))} before" if before else f"{number(run[0][3])} at first"
    statement = (
        f"all of {name}{of} was in use {when(start, end, is_open=is_open)} ({limits}) while {queue[1]} was "
        f"{number(median(one[3] for one in run))} in the middle and {number(longest[3])} at the most, at {clock(longest[0])}, {usually}: "
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
    return Trouble("saturation", "fact", statement, start, end, value, cited, "saturation", (), possible_outage=False)
