"""Stretches in which nobody was served: every request failed, every probe failed, or the process was down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from forensics.analysis import health_checks
from forensics.analysis.signals import Span as Judged
from forensics.model import Breach, Citation
from forensics.store import Store
from forensics.times import Span, clock, utc

LEAST_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class View:
    """What one vantage point saw of the service's availability."""

    name: str
    seen: int
    """Requests or probes that it rests on."""
    covers: tuple[datetime, datetime] | None
    runs: tuple[Breach, ...]
    target: str = ""
    """What was probed; empty: every target, or requests."""


def _breach(start: datetime, end: datetime, count: int, open_start: bool, is_open: bool, signal: str) -> Breach:
    return Breach(start, end, 100.0, "evidence_end" if is_open else "back", open_start, signal, count, 100.0)


def by_requests(store: Store, span: Judged) -> View:
    """Return the runs in which every external request of the server's own log failed."""
    rows = store.rows("failed_runs", least=LEAST_IN_A_ROW, start=span.start, end=span.end)
    return _requests(store, span, "external requests", rows)


def without_checks(store: Store, span: Judged) -> View | None:
    """Return the runs in which every external request failed but those that ask for health, which something else may answer;
    None where there are no such."""
    places = store.rows("request_vantages", start=span.start, end=span.end)
    if not places or not health_checks.beside_others(store, places[0][0], span.start, span.end):
        return None
    asked = {"checks": health_checks.pattern(), "start": span.start, "end": span.end}
    rows = store.rows("failed_runs_without_checks", least=LEAST_IN_A_ROW, **asked)
    return _requests(store, span, health_checks.LEFT_OUT, rows)


def _requests(store: Store, span: Judged, what: str, rows: Iterable[tuple[Any, ...]]) -> View:
    paths, first, last, _, external = store.rows("request_span", start=span.start, end=span.end)[0]
    name = f"{what}, from {paths} (server)"
    runs = tuple(
        _breach(start, end, failures, open_start, is_open, f"every request failed, {failures} in a row: {name}")
        for start, end, failures, open_start, is_open in rows
    )
    return View(name, external, (first, last) if first else None, runs)


def by_probes(store: Store, span: Judged) -> list[View]:
    """Return what the probes saw: all of them together first, then each target by itself."""
    targets = store.rows("probe_targets", start=span.start, end=span.end)
    if not targets:
        return []
    paths = ", ".join(sorted({target[1] for target in targets}))
    whole = ("", paths, sum(t[2] for t in targets), 0, min(t[4] for t in targets), max(t[5] for t in targets))
    views = []
    for target, path, seen, _, first, last in [whole, *targets]:
        name = f"probes of {target or 'every target'}, from {path} (probe)"
        rows = store.rows("probe_runs", target=target, least=LEAST_IN_A_ROW, start=span.start, end=span.end)
        runs = tuple(
            _breach(start, end, failures, open_start, is_open, f"every probe failed, {failures} in a row: {name}")
            for start, end, failures, open_start, is_open in rows
        )
        views.append(View(name, seen, (first, last), runs, target))
    return views


def after(store: Store, time: datetime, span: Judged) -> Breach | None:
    """Return the last run of failed probes, of any targets, that began after a time; None where there is none.

    However short it was: who probes saw nothing answered, and what was normal before it did not stay so. A run that began
    before that time, as of a probe that nothing ever answered, is none.
    """
    every = store.rows("probe_runs", target="", least=LEAST_IN_A_ROW, start=span.start, end=span.end)
    rows = [row for row in every if row[0] > time]
    if not rows:
        return None
    start, until, failures, open_start, is_open = rows[-1]
    return _breach(start, until, failures, open_start, is_open, "every probe failed")


@dataclass(frozen=True, slots=True)
class Down:
    """One stretch in which the service's process did not run."""

    start: datetime
    end: datetime | None
    """The first sign of life, or None when there is none."""
    died: bool
    """Whether it died by itself; otherwise somebody ordered it."""
    citation: Citation
    text: str


def down(store: Store, span: Judged) -> tuple[Down, ...]:
    """Return the stretches in which the process was down, by its manager's log and its own first words."""
    rows = store.rows("down", start=span.start, end=span.end)
    return tuple(
        Down(start, end, what == "process died", Citation(path, line=line), text)
        for start, end, what, path, line, text in rows
    )


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch in which no request was logged for longer than the criterion allows, and what others tell of it."""

    span: Span
    settled: Literal["unavailable", "answered", "open"]
    by: str
    """What settles it, or what tells too little of it, in words."""
    outages: tuple[Breach, ...] = ()
    """The parts of it, each longer than the criterion allows, in which nobody was served."""


def silences(
    store: Store, stretch: Span, longer: timedelta, probes: Sequence[View], stopped: Sequence[Down]
) -> tuple[Silence, ...]:
    """Return the stretches, within a larger one, without any logged request, external or not, and settle each.

    A dead server logs nothing, so each may be an outage. Probes of which all failed, or a process that did not run, for
    longer than the criterion allows within it, show that it was one; probes that were answered, none further from the next
    (or from the edge of the silence) than that, show that it was none. All else is open.
    """
    rows = store.rows("request_silences", start=stretch.earliest, end=stretch.latest, longer=longer.total_seconds())
    return tuple(_settled(store, Span(start, end), longer, probes, stopped) for start, end in rows)


def _settled(store: Store, silent: Span, longer: timedelta, probes: Sequence[View], stopped: Sequence[Down]) -> Silence:
    told = f"no request was logged from {clock(silent.earliest)} to {clock(silent.latest)}{utc(silent.latest)}"
    failed = _within(silent, longer, (run for view in probes[:1] for run in view.runs))
    gone = _within(silent, longer, as_breaches(stopped))
    if failed or gone:
        who = [
            *(["probes failed"] if failed else []),
            *(["the process did not run, by its manager's log"] if gone else []),
        ]
        return Silence(silent, "unavailable", f"{told}, and {' and '.join(who)}", failed or gone)
    answered = store.rows("probes_answered", start=silent.earliest, end=silent.latest)
    seen = [silent.earliest, *(time for time, _ in answered), silent.latest]
    if answered and all(later - earlier <= longer for earlier, later in pairwise(seen)):
        paths = ", ".join(sorted({path for _, path in answered}))
        return Silence(
            silent, "answered", f"{told}, but {len(answered):,} probes were answered meanwhile, from {paths} (probe)"
        )
    some = (
        "1 probe that was answered meanwhile leaves"
        if len(answered) == 1
        else f"{len(answered):,} probes that were answered meanwhile leave"
    )
    little = f"; {some} part of it open" if answered else ""
    return Silence(
        silent,
        "open",
        f"{told}: a dead server logs nothing, so this may be an outage or a quiet time{little or ', and nothing else tells which'}",
    )


def _within(silent: Span, longer: timedelta, runs: Iterable[Breach]) -> tuple[Breach, ...]:
    """Return what of these runs lies within a silence, where that is longer than the criterion allows."""
    parts = (
        replace(run, start=max(run.start, silent.earliest), end=min(run.end, silent.latest))
        for run in runs
        if run.start < silent.latest and run.end > silent.earliest
    )
    return tuple(part for part in parts if part.end - part.start > longer)


def _stopped(down: Down) -> Breach:
    told = f"the process was down, from {down.citation.path} (process manager)"
    return Breach(down.start, down.end or down.start, 100.0, "back" if down.end else "evidence_end", False, told, 1)


def as_breaches(stopped: Sequence[Down]) -> tuple[Breach, ...]:
    """Return the stretches in which the process did not run that were seen to end."""
    return tuple(_stopped(one) for one in stopped if one.end)
