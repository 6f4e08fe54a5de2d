"""The runbook's criteria in plain Python: buckets, runs of buckets over a limit, and whether one lasted too long."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, NamedTuple

from .clock import iso


class Seen(NamedTuple):
    """One completed request, from one point of view."""

    time: int
    """When it was completed."""
    took: int
    failed: bool


Run = dict[str, Any]


def percentile(values: list[int], rank: float) -> float:
    """Interpolate between the two closest ranks."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * rank / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def error_rate(bucket: list[Seen]) -> float:
    """Percent of a bucket's requests."""
    return 100 * sum(seen.failed for seen in bucket) / len(bucket)


def p95(bucket: list[Seen]) -> float:
    """The smallest time that at least 95 % of the requests did not exceed: the nearest rank, a time that was seen."""
    ordered = sorted(seen.took for seen in bucket)
    return ordered[math.ceil(0.95 * len(ordered)) - 1]


def mean(bucket: list[Seen]) -> float:
    return sum(seen.took for seen in bucket) / len(bucket)


def tumbling(
    view: Iterable[Seen], width: int, measure: Callable[[list[Seen]], float], limit: float, sustained: int = 0
) -> list[Run]:
    """Find the runs of buckets over the limit. Buckets stand on the epoch; an empty one breaks a run."""
    buckets: dict[int, list[Seen]] = {}
    for seen in view:
        buckets.setdefault(seen.time - seen.time % width, []).append(seen)
    over = [start for start in sorted(buckets) if measure(buckets[start]) > limit]
    return [_run(first, last + width, sustained) for first, last in _unbroken(over, width)]


def rolling(view: Iterable[Seen], limit: float, sustained: int) -> list[Run]:
    """The error rate of the last sixty seconds, asked every second; a run ends at the last second over."""
    ordered = sorted(view)
    times = [seen.time for seen in ordered]
    failures = [0, *accumulate(seen.failed for seen in ordered)]
    over = []
    for second in range(times[0] // 1000, times[-1] // 1000 + 61):
        low, high = bisect_right(times, second * 1000 - 60_000), bisect_right(times, second * 1000)
        if high > low and 100 * (failures[high] - failures[low]) / (high - low) > limit:
            over.append(second * 1000)
    runs = [_run(first, last, sustained) for first, last in _unbroken(over, 1000)]
    return [{**run, "seconds": float(run["seconds"])} for run in runs]


def sample_runs(samples: list[tuple[int, float]], limit: float) -> list[Run]:
    """Find the stretches of consecutive samples over the limit."""
    runs: list[Run] = []
    before = False
    for time, value in samples:
        if value > limit and not before:
            runs.append({"first_sample": iso(time), "last_sample": iso(time), "samples": 0})
        if value > limit:
            runs[-1] |= {"last_sample": iso(time), "samples": runs[-1]["samples"] + 1}
        before = value > limit
    return runs


def dark(view: Iterable[Seen]) -> list[Run]:
    """Find where every request failed, at least three in a row, and for how long until one succeeded."""
    runs: list[Run] = []
    failed: list[Seen] = []
    for seen in sorted(view):
        if seen.failed:
            failed.append(seen)
            continue
        if len(failed) >= 3:
            lasted = round((seen.time - failed[0].time) / 1000, 1)
            run = {"first_failed": iso(failed[0].time), "next_success": iso(seen.time), "seconds": lasted}
            runs.append({**run, "failed": len(failed), "qualifies": lasted > 300})
        failed = []
    return runs


def verdicts(by_definition: dict[str, list[Run]]) -> dict[str, bool]:
    return {name: any(run["qualifies"] for run in runs) for name, runs in by_definition.items()}


def _unbroken(times: list[int], step: int) -> list[tuple[int, int]]:
    """First and last of each stretch in which no step is missing."""
    stretches: list[tuple[int, int]] = []
    for time in times:
        if stretches and stretches[-1][1] + step == time:
            stretches[-1] = (stretches[-1][0], time)
        else:
            stretches.append((time, time))
    return stretches


def _run(start: int, end: int, sustained: int) -> Run:
    lasted = (end - start) // 1000
    return {"start": iso(start), "end": iso(end), "seconds": lasted, "qualifies": lasted > sustained}
