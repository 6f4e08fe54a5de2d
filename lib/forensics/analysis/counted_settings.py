"""What other settings would have done that count: how many failed in a row, how many failed logins of one address, within how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forensics.analysis.backtest import Backtest, Firing, Seen, Watch, cell, declared
from forensics.analysis.impact import Measured
from forensics.store import Store
from forensics.times import Span, own_clock

LEAST_HOLE_S = 30.0
"""A shorter silence hides nothing that the shortest duration of a grid would ring for."""


@dataclass(frozen=True, slots=True)
class Source:
    """One place from which outages, or guesses, were seen."""

    name: str
    first: datetime | None
    """The first that it tells."""


def grid(rule: str) -> dict[str, Any]:
    """Return the declared grid of a criterion: its thresholds, its durations and what both count."""
    return next(one for one in declared()["counted"] if one["rule"] == rule)


def outages(store: Store, measured: Measured, watch: Watch) -> Backtest | None:
    """Try how many requests, or probes of one target, must fail in a row and for how long; None where nothing was asked."""
    span, settings = measured.span, grid("declare.unavailable")
    asked: dict[str, Any] = {"start": span.start, "end": span.end}
    found: list[tuple[str | None, Source]] = []
    if measured.requests.seen:
        first = measured.requests.covers[0] if measured.requests.covers else None
        found.append((None, Source(measured.requests.name, first)))
    found += [
        (one.target, Source(one.name, one.covers[0] if one.covers else None)) for one in measured.probes if one.target
    ]
    if not found or own_clock(watch.onset.earliest):
        return None
    tried: list[tuple[Source, list[Any], tuple[Span, ...]]] = []
    for target, source in found:
        runs = store.rows(
            "outage_firings", target=target, thresholds=settings["thresholds"], durations=settings["durations"], **asked
        )
        tried.append((source, runs, _holes(store, target, watch.with_before(settings["durations"]))))
    history = [
        watch.onset.earliest - source.first - _length(_holes(store, target, Span(source.first, watch.onset.earliest)))
        for target, source in found
        if source.first and source.first < watch.onset.earliest
    ]
    return _tested(settings, tried, watch, max(history, default=timedelta(0)))


def guesses(store: Store, measured: Measured, watch: Watch) -> Backtest | None:
    """Try how many logins must fail from one address, and within how many seconds; None where no log tells of logins."""
    settings, span = grid("declare.security_alert"), measured.span
    told = store.records("login_counts", start=span.start, end=span.end)[0]
    first = told["first_time"]
    if not told["attempts"] or first is None or own_clock(watch.onset.earliest):
        return None
    rows = []
    for least in settings["thresholds"]:
        for within in settings["durations"]:
            bursts = store.rows("login_bursts", least=int(least), within=float(within), start=span.start, end=span.end)
            rows += [(least, within, 0, began, ended, fired) for _, began, ended, fired, *_ in bursts]
    holes = _quiet(store, watch.with_before(settings["durations"]))
    past = timedelta(0)
    if first < watch.onset.earliest:
        past = watch.onset.earliest - first - _length(_quiet(store, Span(first, watch.onset.earliest)))
    name = f"failed logins from one address, from {told['paths']} (server)"
    return _tested(settings, [(Source(name, first), rows, holes)], watch, past)


def _tested(
    settings: dict[str, Any],
    tried: Sequence[tuple[Source, Sequence[Any], tuple[Span, ...]]],
    watch: Watch,
    history: timedelta,
) -> Backtest:
    cells = []
    for threshold in settings["thresholds"]:
        for duration in settings["durations"]:
            firings: list[Firing] = []
            seen = []
            for _, rows, holes in tried:
                own = [row for row in rows if (row[0], row[1]) == (threshold, duration)]
                firings += [Firing(start, end, rings, rings) for _, _, _, start, end, rings in own if rings is not None]
                seen.append(Seen(tuple((start, end) for _, _, _, start, end, _ in own), holes, ""))
            cells.append(cell(threshold, duration, firings, seen, watch, past=history.total_seconds() >= LEAST_HOLE_S))
    return Backtest(tuple(source.name for source, *_ in tried), history, tuple(cells))


def _holes(store: Store, target: str | None, window: Span) -> tuple[Span, ...]:
    asked = {"start": window.earliest, "end": window.latest, "longer": LEAST_HOLE_S}
    return tuple(Span(*row) for row in store.rows("outage_holes", target=target, **asked))


def _quiet(store: Store, window: Span) -> tuple[Span, ...]:
    """Return where the logs that tell of logins say nothing: for longer than the shortest time within which guesses are counted."""
    longer = float(min(grid("declare.security_alert")["durations"]))
    rows = store.rows("login_log_silences", start=window.earliest, end=window.latest, longer=longer)
    return tuple(Span(*row) for row in rows)


def _length(holes: Iterable[Span]) -> timedelta:
    return sum((one.latest - one.earliest for one in holes), timedelta(0))
