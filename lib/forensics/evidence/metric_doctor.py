"""What is wrong with the samples of files: values that cannot be, columns that never move, holes, ends, doubles.

Nothing here decides what happened. A constant column is no outage, a hole is no zero, and a series that ends says only
that nobody measured on; each problem says which question that leaves open.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from forensics.evidence import metric_steps
from forensics.model import Problem
from forensics.store import Store

SHOWN = 5
"""Names that a sentence lists."""

LONG = 120
"""So many characters of the labels of a series are shown."""

Found = Iterator[tuple[str, Problem]]

_STOPPED = "Whether what they measured stopped, or only the measuring, they do not say"

_FAILING = re.compile(r"(?i)(?:err(?:or)?s?|fail(?:ed|ure)?s?)[\w.]*(?:rate|ratio|share|percent|pct|%)")
_GOING_WELL = re.compile(r"(?i)success|avail|health|uptime|(?:^|[_.])up$")
_VARYING = re.compile(r"(?i)usage|util|percent|pct|latency|duration|elapsed|response|(?:^|[_.])p\d\d")
_SET = re.compile(r"(?i)limit|max|min(?:imum)?(?:[_.]|$)|threshold|target|quota|capacity|budget|slo(?:[_.]|$)")
_PERCENT = re.compile(r"(?i)percent|pct|%")
_FRACTION = re.compile(r"(?i)fraction|(?:^|[_.])ratio(?:[_.]|$)")


def problems(store: Store, path: str) -> list[Problem]:
    """Return what is wrong with the metrics of one file."""
    return everything(store, path).get(path, [])


def everything(store: Store, path: str | None = None) -> dict[str, list[Problem]]:
    """Return what is wrong with the metrics of every file, by its path."""
    metric_steps.judge(store, path)
    impossible = _impossible(store, path)
    every = (
        _constant(store),
        _sentinels(store, path),
        impossible,
        _ends(store),
        _rings(store),
        _holes(store),
        _resets(store, path),
        _doubles(store),
        _order(store),
        _shares(store),
    )
    told: dict[str, list[Problem]] = defaultdict(list)
    for found in every if store.one("samples_count") else (impossible,):  # statuses of requests are no samples
        for where, problem in found:
            told[where].append(problem)
    return dict(told)


def _by_path(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Yield each path with the rest of its rows."""
    for path, of_path in groupby(rows, key=itemgetter(0)):
        yield path, [row[1:] for row in of_path]


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more


def _at(place: float, dated: bool) -> str:
    """Write a place in time as people read it: UTC, or seconds of the file's own clock."""
    return f"{datetime.fromtimestamp(place, UTC):%Y-%m-%d %H:%M:%S} UTC" if dated else f"{place:g} s"


def _lasting(seconds: float) -> str:
    if seconds >= 7200:
        return f"{seconds / 3600:,.1f} h"
    return f"{seconds / 60:,.1f} min" if seconds >= 120 else f"{seconds:g} s"


def _series(store: Store, path: str, name: str, labels: str) -> str:
    """Name a series, with the labels that tell it apart from others of its name."""
    kinds = [row[0] for row in store.rows("metric_same_name", path=path, name=name)]
    if len(kinds) < 2:
        return name
    try:
        own, others = json.loads(labels), [json.loads(one) for one in kinds]
        told = json.dumps({key: own[key] for key in own if any(one.get(key) != own[key] for one in others)})
    except (ValueError, TypeError, AttributeError):
        told = labels
    if told == "{}":
        return name
    return f"{name} {told if len(told) <= LONG else told[:LONG] + '…'}"


def _constant(store: Store) -> Found:
    for path, every in _by_path(store.rows("metric_constant")):
        rows = [row for row in every if _stands_in(row[0], row[1])]
        if not rows:
            continue
        told = _listed([f"{name} is {value:g} in all {samples:,} samples" for name, value, samples in rows])
        yield (
            path,
            Problem(
                "constant",
                f"never changes: {told}. A constant tells nothing of the incident: neither an outage nor health",
                "look whether the collector measures it at all, and on which dashboard the true value stands",
                leaves_open=f"What did {rows[0][0]} do during the incident?",
            ),
        )


def _stands_in(name: str, value: float) -> bool:
    """Say whether a value that never changes stands in for one that would: -1, 0.1 % errors, no success at all.

    What is set does not change, what did not happen is 0, and what goes well may do so throughout: these are no news.
    """
    if value < 0:
        return True
    if _SET.search(name) or content(name, value):
        return False
    going_well = _GOING_WELL.search(name) is not None
    return going_well or (value != 0 and (_FAILING.search(name) or _VARYING.search(name)) is not None)


def content(name: str, value: float) -> bool:
    """Say whether a measure of failure or success that is always so says that nothing ever failed."""
    return value == 0 if _FAILING.search(name) else value in (1, 100) and _GOING_WELL.search(name) is not None


def _sentinels(store: Store, path: str | None) -> Found:
    for where, rows in _by_path(store.rows("metric_sentinel", path=path)):
        told = _listed([f"{name} in {unknown:,} of {samples:,} samples" for name, unknown, samples in rows])
        yield (
            where,
            Problem(
                "minus-one", f"-1 where nothing else is below 0 means that nothing was known, and is no value: {told}"
            ),
        )


def _impossible(store: Store, path: str | None) -> Found:
    for where, rows in _by_path(store.rows("metric_impossible", path=path)):
        for name, kind, count, samples, worst in rows[:SHOWN]:
            yield (
                where,
                Problem(
                    "impossible-values",
                    f"{count:,} of {samples:,} samples of {name} are no possible {kind} (for example {worst:g})",
                    leaves_open=f"What was {name} then?",
                ),
            )
    for where, rows in _by_path(store.rows("metric_statuses", path=path)):
        for what, requests, line in rows[:SHOWN]:
            yield where, Problem("impossible-values", f"{requests:,} requests have {what}", line=line)
        if rows[SHOWN:]:
            more = f"{sum(row[1] for row in rows[SHOWN:]):,} requests have {len(rows[SHOWN:]):,} further values that cannot be"
            yield where, Problem("impossible-values", more, line=min(row[2] for row in rows[SHOWN:]))


def _ends(store: Store) -> Found:
    kept = {path: number for path, number, *_ in store.rows("metric_rings")}
    for path, rows in _by_path(store.rows("metric_ends")):
        early = [(name, labels, last, dated) for name, labels, _, last, dated, _, ends, *_ in rows if ends]
        # Where only the newest were kept, a full series begins late for no other reason.
        late = [
            (name, labels, first, dated)
            for name, labels, first, _, dated, begins, _, placed, _ in rows
            if begins and placed != kept.get(path)
        ]
        if early:
            yield (
                path,
                Problem(
                    "series-ends",
                    f"{len(early):,} of {rows[0][-1]:,} series end before the file does: {_placed(store, path, early)}. {_STOPPED}",
                    leaves_open="What happened to these after their last sample?",
                ),
            )
        if late:
            yield (
                path,
                Problem(
                    "series-appears",
                    f"{len(late):,} of {rows[0][-1]:,} series begin after the file does: {_placed(store, path, late)}. "
                    "What came before is not known to have been 0",
                    leaves_open="How were these before their first sample?",
                ),
            )


def _placed(store: Store, path: str, series: Sequence[tuple[str, str, float, bool]]) -> str:
    """List series with the place in time of each."""
    told = [
        f"{_series(store, path, name, labels)} at {_at(place, dated)}" for name, labels, place, dated in series[:SHOWN]
    ]
    return _listed([*told, *("" for _ in series[SHOWN:])])


def of_a_cut(message: str) -> str:
    """Return what is said of the series of a document, where that breaks off: the cut may be what ended one of them."""
    return message.replace(_STOPPED, "The document breaks off: one of them may end there and nowhere else")


def _rings(store: Store) -> Found:
    for path, kept, series, shortest, shortest_s, longest, longest_s, latest, dated in store.rows("metric_rings"):
        busiest, quietest = (_series(store, path, *one) for one in (shortest, longest))
        yield (
            path,
            Problem(
                "ring-buffer",
                _ring(series, kept, (busiest, shortest_s), (quietest, longest_s)),
                "export metrics at short intervals, or from where they are stored for good",
                leaves_open=f"How was {busiest} before {_at(latest, dated)}?",
            ),
        )


def _ring(series: int, kept: int, *ends: tuple[str, float]) -> str:
    """Say how many samples a buffer keeps, and how far back its shortest and its longest series reach."""
    if series == 1:
        name, lasts = ends[0]
        return (
            f"the fullest series, {name}, holds exactly {kept:,} samples and begins after others do: as if only the newest were "
            f"kept, so that busy series reach back less far (this one over {_lasting(lasts)})"
        )
    told = ", ".join(f"{name} over {_lasting(lasts)}" for name, lasts in ends)
    return (
        f"{series:,} series hold exactly {kept:,} samples each: only the newest are kept, so that busy series reach back less far "
        f"({told})"
    )


def _holes(store: Store) -> Found:
    for path, series, holes, longest, end, usual, name, judged, dated in store.rows("metric_holes"):
        yield (
            path,
            Problem(
                "sampling-holes",
                f"{'a hole' if holes == 1 else f'up to {holes:,} holes'} of three usual steps or more in {series:,} of {judged:,} series; "
                f"the longest, of {name}, lasts {_lasting(longest)} (usual step: {_lasting(usual)}), from {_at(end - longest, dated)} "
                f"to {_at(end, dated)}. Nothing is known of them; they are not 0",
                leaves_open="What happened inside these holes?",
            ),
        )


def _resets(store: Store, path: str | None) -> Found:
    for where, rows in _by_path(store.rows("metric_resets", path=path)):
        for name, resets, time, before, after in rows[:SHOWN]:
            yield (
                where,
                Problem(
                    "counter-reset",
                    f"{name} fell {'once' if resets == 1 else f'{resets:,} times, first'}, from {before:g} to {after:g} at "
                    f"{time:%Y-%m-%d %H:%M:%S} UTC: the counter began again, as after a restart; no rate is computed across",
                ),
            )


def _doubles(store: Store) -> Found:
    for path, doubles, contradictions, series, name in store.rows("metric_doubles"):
        times = "once" if doubles == 1 else f"{doubles:,} times"
        differing = f"{contradictions:,} of them with another value" if contradictions else "with the same value"
        yield (
            path,
            Problem(
                "double-samples",
                f"{times} a series has a further sample of one moment, {differing} ({series:,} series, such as {name})",
                leaves_open="Which of the values was measured?" if contradictions else "",
            ),
        )


def _order(store: Store) -> Found:
    for path, rows in _by_path(store.rows("metric_order")):
        told = _listed([f"{name} ({backward:,} of {samples:,})" for name, backward, samples in rows])
        yield (
            path,
            Problem("out-of-order", f"samples that stand behind later ones: {told}; they are ordered by their times"),
        )


def _shares(store: Store) -> Found:
    for path, rows in _by_path(store.rows("metric_shares")):
        bare = [
            (name, f"{name} (at most {most:g})", most > 1)
            for name, unit, most in rows
            if unit is None and not _scaled(name, most)
        ]
        sure, doubtful = ([one for one in bare if one[-1] is wanted] for wanted in (True, False))
        if sure:
            names = _listed([text for _, text, _ in sure])
            yield path, Problem("no-unit", f"{names}: no unit is stated; above 1, it is taken as percent")
        if doubtful:
            told = _listed([text for _, text, _ in doubtful])
            yield (
                path,
                Problem(
                    "no-unit",
                    f"{told}: no unit is stated, so that a fraction and a percentage cannot be told apart for sure",
                    leaves_open=f"Is 1 one percent, or all? (of {_listed([name for name, *_ in doubtful])})",
                ),
            )


def _scaled(name: str, most: float) -> bool:
    """Say whether a share's name settles its scale, and its values do not speak against it.

    Much that is called a percentage and never exceeds 1 is a fraction; errors of less than one percent are not.
    """
    if _PERCENT.search(name):
        return most > 1 or _FAILING.search(name) is not None
    return most <= 1 and _FRACTION.search(name) is not None
