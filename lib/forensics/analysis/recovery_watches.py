"""What no limit is about, watched after the mitigation: probes, logins, complaints, and how much was done, of which too little is off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import Any

from forensics import runbook
from forensics.analysis import falls, messages, outages
from forensics.analysis.chance import more_in_the_second
from forensics.analysis.falls import Pace
from forensics.analysis.impact import Measured
from forensics.analysis.messages import Said
from forensics.analysis.watched import HOLE, Baseline, Watched, between, declared, off, silent, told
from forensics.store import Store
from forensics.times import Span, own_clock

UNLIKELY = 0.01
"""What comes by chance no more often is no chance."""


def others(
    store: Store, measured: Measured, said: Sequence[Said], usual: tuple[datetime, datetime], begins: datetime
) -> Iterator[Watched]:
    """Yield whatever is judged or measured beside the series of the alert rules: on the clock of `begins` only."""
    if measured.bursts:
        yield _logins(store, measured, usual, begins)
    if own_clock(begins):
        return
    yield from _probes(store, measured, usual, begins)
    yield from _throughputs(store, measured, usual, begins)
    yield from _complaints(said, usual[1], begins)


def _logins(store: Store, measured: Measured, usual: tuple[datetime, datetime], begins: datetime) -> Watched:
    """Watch the logs that tell of logins: no further burst since the last one."""
    end = store.one("login_log_end", end=measured.span.end)
    back = max(begins, *(burst.end for burst in measured.bursts))
    path = measured.bursts[-1].citation.path
    within = runbook.load().rule("declare.security_alert").within or HOLE
    seen: dict[str, Any] = {
        "title": "Failed logins from one address", "signal": "security", "unit": "failed logins", "path": path,
        "statistic": f"bursts of failed logins, from {path} (server)", "limit": None,
        "baseline": _without_bursts(store, measured, usual, within),
    }  # fmt: skip
    if end is None or end <= back:
        return silent(seen, back)
    rows = store.rows("login_log_silences", start=back, end=end, longer=within.total_seconds())
    holes = [Span(*row) for row in rows]
    return told(Watched(**seen, back=back, until=end, stretches=between(Span(back, end), holes)), holes)


def _without_bursts(
    store: Store, measured: Measured, usual: tuple[datetime, datetime], within: timedelta
) -> Baseline | None:
    """Return that no bursts were usual, where the logs of logins told for long enough before the onset and held none."""
    since, onset = usual
    first = store.records("login_counts", start=measured.span.start, end=measured.span.end)[0]["first_time"]
    start = max(since, first) if first else onset
    known = onset - start
    rows = store.rows("login_log_silences", start=start, end=onset, longer=within.total_seconds()) if known else []
    known -= sum((to - of for of, to in rows), timedelta(0))
    before = [burst for burst in measured.bursts if since <= burst.fired < onset]
    if known.total_seconds() < declared()["baseline"]["least_s"] or before:
        return None
    return Baseline(0.0, 0.0, 0.0, 1, start, onset)


# ---- probes -------------------------------------------------------------------------------------------------------


def _probes(store: Store, measured: Measured, usual: tuple[datetime, datetime], begins: datetime) -> Iterator[Watched]:
    """Watch each target that was ever answered: not three in a row fail, no more than the limit of failed requests allows, and no
    more than before, as far as chance does not explain it."""
    limit = runbook.load().rule("declare.error_rate").limit or 0.0
    for view in measured.probes:
        if not view.target:
            continue
        before = store.records("probes_counted", target=view.target, start=usual[0], end=usual[1])[0]
        since = store.records("probes_counted", target=view.target, start=begins, end=measured.span.end)[0]
        every = store.records("probes_counted", target=view.target, start=measured.span.start, end=measured.span.end)[0]
        if every["probes"] == every["failed"]:
            continue  # nothing ever answered it: that tells of the probe and not of the service
        baseline = _answered_before(before, limit)
        path = view.name.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0]
        seen: dict[str, Any] = {
            "title": f"Probes of {view.target}", "signal": "availability", "unit": "%", "path": path,
            "statistic": f"failed / all {view.name}", "limit": limit, "baseline": baseline,
        }  # fmt: skip
        if not since["probes"] or since["last_time"] <= begins:
            yield silent(seen, begins)
            continue
        runs = [run for run in view.runs if run.end > begins]
        if any(run.open for run in runs):
            yield off(seen, since["last_time"], f"failing, {outages.LEAST_IN_A_ROW} or more in a row,")
            continue
        back = max([begins, *(run.end for run in runs)])
        after = store.records("probes_counted", target=view.target, start=back, end=measured.span.end)[0]
        if after["failed"] and (100 * after["failed"] > limit * after["probes"] or _more_than_before(after, before)):
            back = after["last_failed"]
        until = since["last_time"]
        if back >= until:
            yield off(seen, until, "failing")
            continue
        longer = max(HOLE.total_seconds(), 3 * (every["usual_step"] or 0.0))
        rows = store.rows("probe_silences", target=view.target, width=1, start=back, end=until, longer=longer)
        holes = [Span(*row) for row in rows]
        level = 100 * after["failed"] / after["probes"] if after["probes"] else None
        yield told(
            Watched(**seen, back=back, until=until, stretches=between(Span(back, until), holes), level=level), holes
        )


def _answered_before(before: dict[str, Any], limit: float) -> Baseline | None:
    """Return how many probes failed usually, where there were enough of them for long enough before the onset."""
    rule = declared()["baseline"]
    if before["probes"] < rule["least_readings"]:
        return None
    if (before["last_time"] - before["first_time"]).total_seconds() < rule["least_s"] - (before["usual_step"] or 0.0):
        return None
    share = 100 * before["failed"] / before["probes"]
    near = share + rule["slack"] * limit
    return Baseline(share, 0.0, near, before["probes"], before["first_time"], before["last_time"])


def _more_than_before(after: dict[str, Any], before: dict[str, Any]) -> bool:
    """Say whether chance does not explain that so many failed, where any are known before: the exact test of two counts."""
    if not before["probes"]:
        return False
    part = after["probes"] / (after["probes"] + before["probes"])
    return more_in_the_second(before["failed"], after["failed"], part) <= UNLIKELY


# ---- how much was done --------------------------------------------------------------------------------------------


def _throughputs(
    store: Store, measured: Measured, usual: tuple[datetime, datetime], begins: datetime
) -> Iterator[Watched]:
    """Watch how many requests are answered, and each pace that was told to collapse: falling is as abnormal as failing."""
    span = measured.span
    paths, _, last, requests, external = store.rows("request_span", start=span.start, end=span.end)[0]
    if requests:
        rows = store.rows(
            "request_pace", width=measured.bucket, external=bool(external), start=span.start, end=span.end
        )
        whose = "external requests" if external else "requests"
        seen = {"title": "Requests served", "unit": f"per {measured.bucket} s", "path": paths}
        seen["statistic"] = f"{whose} in buckets of {measured.bucket} s, from {paths} (server)"
        width = timedelta(seconds=measured.bucket)
        yield _pace(seen, [Pace(*row) for row in rows], width, usual, begins, last)
    fallen = {(one.citations[0].path, one.value["measure"]) for one in measured.troubles if "measure" in one.value}
    for path, name in sorted(one for one in fallen if one[1] != falls.REQUESTS):
        spacing = store.one("series_spacing", path=path, name=name, start=span.start, end=span.end) or 0.0
        seconds = falls.bucket(spacing, measured.bucket, float("inf"))
        counter = falls.throughput(name) == "counter"
        asked: dict[str, Any] = {"path": path, "name": name, "counter": counter, "width": seconds}
        paces = [Pace(*row) for row in store.rows("throughput_pace", **asked, start=span.start, end=span.end)]
        if not paces or own_clock(paces[0].time):
            continue
        seen = {"title": f"{name} ({path})", "unit": "a second" if counter else "", "path": path}
        seen["statistic"] = f"{name}, in buckets of {seconds} s, from {path} (server)"
        yield _pace(seen, paces, timedelta(seconds=seconds), usual, begins, None)


def _pace(
    what: dict[str, str],
    paces: Sequence[Pace],
    width: timedelta,
    usual: tuple[datetime, datetime],
    begins: datetime,
    last: datetime | None,
) -> Watched:
    """Watch a pace: its levels must not be far below what was usual; more may be done than that."""
    level = timedelta(seconds=declared()["baseline"]["level_s"])
    before = [one for one in paces[1:] if one.time >= usual[0] and one.time + width <= usual[1]]
    baseline = _usual_pace(before, width, level)
    seen: dict[str, Any] = {**what, "signal": "throughput", "limit": None, "baseline": baseline}
    after = [one for one in paces if one.time + width > begins and (last is None or one.time + width <= last)]
    until = last if last else after[-1].time + width if after else None
    if until is None or until <= begins or not after:
        return silent(seen, begins)
    levels = _levels(after, width, level)
    least = baseline.near_from if baseline and baseline.near_from is not None else 0.0
    low = [time for time, value in levels if value < least]
    back = max(begins, after[0].time)
    if low:
        later = [time for time, _ in levels if time > low[-1]]
        if not later:
            return off(seen, until, "below its usual level")
        back = max(back, later[0] + width - level)
    holes = [Span(one.time + width, two.time) for one, two in pairwise(after) if two.time - one.time - width > HOLE]
    holes = [Span(max(one.earliest, back), one.latest) for one in holes if one.latest > back]
    found = Watched(**seen, back=back, until=until, stretches=between(Span(back, until), holes))
    return told(replace(found, level=levels[-1][1] if levels else None), holes)


def _levels(paces: Sequence[Pace], width: timedelta, level: timedelta) -> list[tuple[datetime, float]]:
    """Return the means of so long a time that end with each bucket, from where so much was seen."""
    found = []
    for place, one in enumerate(paces):
        end = one.time + width
        if end - paces[0].time >= level:
            recent = [other.done for other in paces[: place + 1] if other.time >= end - level]
            found.append((one.time, fmean(recent)))
    return found


def _usual_pace(before: Sequence[Pace], width: timedelta, level: timedelta) -> Baseline | None:
    """Return how much was usually done, and how little is still near that; None where too little is known."""
    rule = declared()["baseline"]
    if (
        not before
        or (before[-1].time + width - before[0].time).total_seconds() < rule["least_s"] - width.total_seconds()
    ):
        return None
    levels = [value for _, value in _levels(before, width, level)]
    if not levels:
        return None
    middle = median(levels)
    spread = 1.4826 * median(abs(value - middle) for value in levels)
    chance = (middle * (width / level)) ** 0.5  # of a mean of so many counts
    least = middle - max(rule["spreads"] * max(spread, chance), declared()["throughput"]["slack"] * middle)
    return Baseline(
        middle, spread, None, len(levels), before[0].time, before[-1].time + width, near_from=max(least, 0.0)
    )


# ---- complaints ---------------------------------------------------------------------------------------------------


def _complaints(said: Iterable[Said], onset: datetime, begins: datetime) -> Iterator[Watched]:
    """Watch counted reports of customers, where they were counted twice at least: no count may be higher than the one before it."""
    counted = [(event.time, count, event.citation.path) for event, count in messages.complaints(list(said))]
    if len(counted) < 2:
        return
    counted.sort(key=lambda one: one[0])
    path = counted[-1][2]
    before = [count for time, count, _ in counted if time < onset]
    baseline = Baseline(median(before), 0.0, max(before), len(before), counted[0][0], onset) if before else None
    seen: dict[str, Any] = {
        "title": "Complaints", "signal": "complaints", "unit": "reports", "path": path,
        "statistic": f"counted reports of customers in messages, from {path} (people)", "limit": None, "baseline": baseline,
    }  # fmt: skip
    after = [(time, count) for time, count, _ in counted if time > begins]
    if not after:
        yield silent(seen, begins)
        return
    earlier = [count for time, count, _ in counted if time <= begins]
    ordered = ([(begins, earlier[-1])] if earlier else []) + after
    rises = [later[0] for sooner, later in pairwise(ordered) if later[1] > sooner[1]]
    until = after[-1][0]
    if rises and rises[-1] == until:
        yield off(seen, until, "rising")
        return
    back = max([begins, *rises])
    yield told(Watched(**seen, back=back, until=until, stretches=(Span(back, until),), level=float(after[-1][1])), [])
