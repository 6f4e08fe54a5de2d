"""Resources of which there is no more: stretches in which all of one was in use while the queue for it grew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any

from forensics.analysis import series_labels
from forensics.analysis.named_signals import LEAST_GAP_S, spoken
from forensics.analysis.pool_limits import Joined, Limits
from forensics.analysis.signals import Span
from forensics.analysis.trouble import Trouble, declared, number, when
from forensics.model import Citation, Json
from forensics.store import Store
from forensics.times import clock, own_clock, utc

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
    known = Limits.read(store)
    for path, name, labels, samples, highest in series:
        for entry, limits, queues in resources(name) if samples >= 3 else ():
            most, queue = (_beside(series, path, labels, names) for names in (limits, queues))
            if queue is None:
                continue
            stated = known.of(spoken(name), labels, highest) if entry.get("stated") and most is None else None
            if limits and most is None and (stated is None or stated.limit is None):
                continue
            full = entry.get("full", 0.0) / (100.0 if highest <= 1.0 else 1.0) or None
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
                    full=stated.limit if stated else full,
                    queue_path=queue[0],
                    queue=queue[1],
                    queue_series=queue[2],
                    reach=reach,
                    start=span.start,
                    end=span.end,
                )
            others = [one[2] for one in series if one[:2] == (path, name)]
            whose = series_labels.told(labels, others)
            found = _saturated(rows, reach, _Of((path, name, labels), most, queue, stated, whose))
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


Row = tuple[datetime, float, float, float]
"""When, how much was busy, of how much, and how long the queue was."""


@dataclass(frozen=True, slots=True)
class _Of:
    """Which series tell of one resource, each by its file, its name and its labels."""

    busy: tuple[str, str, str]
    most: tuple[str, str, str] | None
    queue: tuple[str, str, str]
    stated: Joined | None
    """What configuration states of its limit, where nothing measures it."""
    whose: str
    """What tells it from the others of its name; empty where there are none."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One stretch in which all of it was in use."""

    run: Sequence[Row]
    is_open: bool
    before: tuple[float, ...]
    """How long the queue was before it, while some of the resource was left."""


def _saturated(rows: Sequence[Row], reach: float, of: _Of) -> Iterator[Trouble]:
    """Yield the stretches of one resource as one: the longest, and how many there were."""
    found = list(_stretches(rows, reach))
    if found:
        longest = max(found, key=lambda one: (one.run[-1][0] - one.run[0][0], max(row[3] for row in one.run)))
        yield _saturation(longest, found, of)


def _stretches(rows: Sequence[Row], reach: float) -> Iterator[_Stretch]:
    rule = declared()["saturation"]
    before: list[float] = []  # the queue while there was still some of the resource left
    run: list[Row] = []
    between: list[
        Row
    ] = []  # samples after the run that may lie within it: a little was left, and the queue was still there
    for row in [*rows, None]:
        whole = row is not None and row[1] >= row[2]
        last = between[-1] if between else run[-1] if run else None
        near = row is not None and last is not None and (row[0] - last[0]).total_seconds() <= reach
        if row is not None and whole and (not run or near):
            run, between = [*run, *between, row], []
            continue
        little = row is not None and near and row[1] >= rule["nearly"] * row[2] and row[3] >= max(run[-1][3] / 2, 1)
        if row is not None and little and len(between) < rule["across"]:
            between.append(row)
            continue
        if len(_full(run)) >= LEAST_SATURATED and _grown([one[3] for one in run], before):
            yield _Stretch(run, row is None and not between, tuple(before))
        before += [one[3] for one in between]
        run, between = [row] if row is not None and whole else [], []
        if row is not None and not whole:
            before.append(row[3])


def _full(run: Sequence[Row]) -> list[Row]:
    return [one for one in run if one[1] >= one[2]]


def _grown(queue: Sequence[float], before: Sequence[float]) -> bool:
    """Say whether a queue was longer than was usual before, by more than it usually varied; where nothing was before, whether
    it grew."""
    if not before:
        return max(queue) > queue[0]
    usual = median(before)
    spreads: float = declared()["fall"]["spreads"]
    return median(queue) > usual + spreads * 1.4826 * median(abs(one - usual) for one in before)


def _saturation(told: _Stretch, every: Sequence[_Stretch], of: _Of) -> Trouble:
    """State the longest stretch; of several, how many there were, and from when to when."""
    run, before, is_open = told.run, told.before, told.is_open
    name = of.busy[1]
    start, end, limit = run[0][0], run[-1][0], run[0][2]
    longest = max(run, key=lambda one: (one[3], -one[0].timestamp()))
    first, last = every[0].run[0][0], every[-1].run[-1][0]
    limits = f"{of.most[1]} is {number(limit)}" if of.most else f"{number(limit)} or more is as good as all"
    limits = f"{number(limit)} is {of.stated.said}" if of.stated else limits
    usually = f"usually {number(median(before))} before" if before else f"{number(run[0][3])} at first"
    left = len(run) - len(_full(run))
    at = when(start, end, is_open=is_open)
    if own_clock(start):
        at = at.replace(utc(start), f" on the clock of {of.busy[0]}")
    but = f", but for {left:,} of {len(run):,} samples," if left else ""
    if len(every) > 1:
        between = when(first, last, is_open=every[-1].is_open)
        if own_clock(first):
            between = between.replace(utc(first), f" on the clock of {of.busy[0]}")
        at = f"in {len(every)} stretches {between}, the longest {at}{but.rstrip(',')}"
        but = ""
    statement = (
        f"all of {name}{of.whose} was in use{but} {at} ({limits}) while {of.queue[1]} was "
        f"{number(median(one[3] for one in run))} in the middle and {number(longest[3])} at the most, at {clock(longest[0])}, {usually}: "
        "what limits is this resource, or who holds it"
    )
    value: Json = {
        "limit": limit,
        "queue_before": median(before) if before else None,
        "queue_most": longest[3],
        "samples": len(run),
        "stretches": len(every),
        "queue": of.queue[1],
    }
    value |= {"open": every[-1].is_open, "path": of.busy[0], "labels": of.busy[2]}
    cited = [Citation(one[0]) for one in (of.busy, of.queue)] + list(of.stated.citations if of.stated else ())
    return Trouble(
        "saturation",
        "fact",
        statement,
        first,
        last,
        value,
        tuple(dict.fromkeys(cited)),
        "saturation",
        (),
        possible_outage=False,
    )
