"""How the samples of each series follow each other: how far apart, in which order, with which holes.

A hole is three usual steps; what is not sampled at a beat has one only far beyond its own long steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forensics.store import Store

TOGETHER = 1_000_000
"""So many samples are looked at together."""

BEAT = 0.7
"""Of the steps of a series that is sampled at a beat, so many are about the usual one."""

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


def judge(store: Store, path: str | None) -> None:
    """Fill the table metric_series: one row per series of one file, or of all."""
    store.run("metric_names", path=path)
    samples = int(store.one("samples_count"))
    parts = 1 + samples // TOGETHER
    for part in range(parts if samples else 0):
        points = store.arrow("metric_points", part=part, parts=parts)
        if points.num_rows:
            store.lend("found", _judged(points))
            store.run("metric_series")
            store.take_back("found")


@dataclass(frozen=True, slots=True)
class _Runs:
    """Samples in order, the series one after the other."""

    starts: Numbers
    """Where each series begins."""
    lengths: Numbers
    place: Floats
    value: Floats

    def each(self, how: np.ufunc, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return one number a series, out of one a sample."""
        return how.reduceat(values, self.starts) if len(self.starts) else values[:0]

    def count(self, which: npt.NDArray[np.bool_]) -> Numbers:
        """Return how many samples of each series are meant."""
        return self.each(np.add, which.astype(np.int64))

    def steps(self, values: Floats) -> Floats:
        """Return by how much each sample is more than the one before it in its series; the first one's is no number."""
        found = np.diff(values, prepend=np.nan)
        found[self.starts] = np.nan
        return found


def _judged(points: pa.Table) -> pa.Table:
    """Return one row per series, by its number."""
    number = points["number"].to_numpy()
    place, value = (points[name].to_numpy() for name in ("place", "value"))
    line, position = (points[name].fill_null(np.iinfo(np.int64).max).to_numpy() for name in ("line", "position"))
    written = _ordered([number, line, position])
    number, place, value, line, position = (one[written] for one in (number, place, value, line, position))
    dated = points["dated"].to_numpy()[written]

    every = _runs(number, place, value)
    kept = np.flatnonzero(~np.isnan(place))
    as_written = _runs(number[kept], place[kept], value[kept])
    back = as_written.steps(as_written.place)
    order = _ordered([number[kept], place[kept], line[kept], position[kept]])
    in_time = _runs(number[kept], place[kept][order], value[kept][order])

    whole = {
        "number": number[every.starts],
        "dated": every.count(dated) > 0,
        "samples": every.lengths,
        "valued": every.count(~np.isnan(value)),
        "placed": every.count(~np.isnan(place)),
        "first": every.each(np.fmin, place),
        "last": every.each(np.fmax, place),
        "least": every.each(np.fmin, value),
        "most": every.each(np.fmax, value),
    }
    stepped = {
        **_stepped(in_time),
        "backward": as_written.count(back < 0),
        "forward": as_written.count(back > 0),
    }
    where = np.searchsorted(whole["number"], number[kept][in_time.starts])
    for name, found in stepped.items():
        counted = found.dtype == np.int64
        column = np.zeros(len(every.starts), np.int64) if counted else np.full(len(every.starts), np.nan)
        column[where] = found
        whole[name] = column
    return pa.table({name: pa.array(column, from_pandas=True) for name, column in whole.items()})


def _ordered(keys: list[npt.NDArray[Any]]) -> Numbers | slice:
    """Return the order by these keys, the first one first; most samples stand in it already."""
    same = np.ones(max(0, len(keys[0]) - 1), dtype=bool)
    for key in keys:
        if (same & (key[1:] < key[:-1])).any():
            return np.lexsort(keys[::-1])
        same &= key[1:] == key[:-1]
    return slice(None)


def _runs(number: Numbers, place: Floats, value: Floats) -> _Runs:
    starts = np.flatnonzero(np.diff(number, prepend=number[0] - 1)) if len(number) else np.zeros(0, np.int64)
    return _Runs(starts, np.diff(starts, append=len(number)), place, value)


def _stepped(runs: _Runs) -> dict[str, npt.NDArray[Any]]:
    """Return what the steps of samples in the order of their times tell of each series."""
    step, rise = runs.steps(runs.place), runs.steps(runs.value)
    usual, long = _usual(runs, step)
    wide = np.repeat(usual, runs.lengths)
    near = runs.count((step >= wide / 2) & (step <= wide * 1.5))
    hole = np.where(near >= BEAT * runs.count(step > 0), 3 * usual, 10 * long)
    holes = step >= np.repeat(hole, runs.lengths)
    longest = runs.each(np.fmax, step)
    widest = holes & (step == np.repeat(longest, runs.lengths))
    return {
        "usual": usual,
        "doubles": runs.count(step == 0),
        "contradictions": runs.count((step == 0) & (rise != 0) & ~np.isnan(rise)),
        "holes": runs.count(holes),
        "longest": longest,
        "hole_end": runs.each(np.fmin, np.where(widest, runs.place, np.nan)),
    }


def _usual(runs: _Runs, step: Floats) -> tuple[Floats, Floats]:
    """Return the median of each series' steps forward, and the step that one in twenty exceeds."""
    forward = np.where(step > 0, step, np.nan)
    usual, most = runs.each(np.fmin, forward), runs.each(np.fmax, forward)
    long = usual.copy()
    for nth in np.flatnonzero(usual < most):
        own = forward[runs.starts[nth] : runs.starts[nth] + runs.lengths[nth]]
        usual[nth], long[nth] = np.quantile(own[~np.isnan(own)], [0.5, 0.95])
    return usual, long
