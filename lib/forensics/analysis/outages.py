"""Stretches in which nobody was served: every request failed, every probe failed, or the process was down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forensics.analysis.signals import Span as Judged
from forensics.model import Breach, Citation
from forensics.store import Store

LEAST_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class View:
    """What one vantage point saw of the service's availability."""

    name: str
    seen: int
    """Requests or probes that it rests on."""
    covers: tuple[datetime, datetime] | None
    runs: tuple[Breach, ...]


def _breach(start: datetime, end: datetime, count: int, open_start: bool, is_open: bool, signal: str) -> Breach:
    return Breach(start, end, 100.0, "evidence_end" if is_open else "back", open_start, signal, count, 100.0)


def by_requests(store: Store, span: Judged) -> View:
    """Return the runs in which every external request of the server's own log failed."""
    rows = store.rows("failed_runs", least=LEAST_IN_A_ROW, start=span.start, end=span.end)
    paths, first, last, _, external = store.rows("request_span", start=span.start, end=span.end)[0]
    name = f"external requests, from {paths} (server)"
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
    whole = ("", targets[0][1], sum(t[2] for t in targets), 0, min(t[4] for t in targets), max(t[5] for t in targets))
    views = []
    for target, path, seen, _, first, last in [whole, *targets]:
        name = f"probes of {target or 'every target'}, from {path} (probe)"
        rows = store.rows("probe_runs", target=target, least=LEAST_IN_A_ROW, start=span.start, end=span.end)
        runs = tuple(
            _breach(start, end, failures, open_start, is_open, f"every probe failed, {failures} in a row: {name}")
            for start, end, failures, open_start, is_open in rows
        )
        views.append(View(name, seen, (first, last), runs))
    return views


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
