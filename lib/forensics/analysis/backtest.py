"""What other alert settings would have done with this evidence: when each would have rung, and how often falsely before."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from math import exp
from typing import Any, Literal

from forensics.analysis import breaches
from forensics.analysis.signals import Signal
from forensics.model import Span
from forensics.runbook import Rule
from forensics.store import Store


@cache
def declared() -> dict[str, Any]:
    """Return alert_audit.toml."""
    return tomllib.loads(files("forensics.analysis").joinpath("alert_audit.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Firing:
    """One run over a threshold that lasted long enough for its alert to ring."""

    start: datetime
    end: datetime
    rings: datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """One setting, and what it would have done."""

    threshold: float
    duration: int
    """Seconds; 0: one reading over it suffices."""
    detected: Literal["yes", "no", "never quiet"]
    """Never quiet: it rang long before the onset and went on into it."""
    delay: tuple[float, float] | None
    """Seconds from the onset, within the onset's bounds; below zero where it warned."""
    false_alarms: int
    """How often it rang for what was over again before the onset."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """The grid of one rule."""

    signals: tuple[str, ...]
    """What was measured, and where from."""
    history: timedelta
    """So much of the time before the onset is known."""
    cells: tuple[Cell, ...]

    @property
    def known(self) -> bool:
        """Whether there is enough of a history to know how often a setting rings falsely."""
        return self.history >= timedelta(seconds=declared()["audit"]["least_history_s"])

    @property
    def tried(self) -> bool:
        """Whether settings were tried on enough of a history to suggest a change at all, with that as its price."""
        return self.history >= timedelta(seconds=declared()["audit"]["least_tried_s"])

    def at(self, threshold: float, duration: int) -> Cell | None:
        """Return one cell of the grid."""
        return next((one for one in self.cells if (one.threshold, one.duration) == (threshold, duration)), None)


def backtest(
    store: Store, rule: Rule, series: Sequence[Signal], present: float, onset: Span, end: datetime
) -> Backtest | None:
    """Try every setting of a rule's grid, and the present threshold, on the series that measure it; None where nothing does.

    `end` is when the impact ended: what rings later does not detect it.
    """
    if not series:
        return None
    thresholds = sorted({*_thresholds(rule.id), present, *([rule.limit] if rule.limit else [])})
    durations = declared()["durations"]["seconds"]
    firings: dict[tuple[float, int], list[Firing]] = {(t, d): [] for t in thresholds for d in durations}
    history = timedelta(0)
    for signal in series:
        rows = store.rows("firings", id=signal.id, gap=signal.gap_s, thresholds=thresholds, durations=durations)
        for threshold, duration, _, start, last, rings in rows:
            if rings is not None:
                firings[threshold, duration].append(Firing(start, last, rings))
        history = max(history, _history(store, signal, onset.earliest))
    cells = tuple(_cell(*setting, found, onset, end) for setting, found in firings.items())
    return Backtest(tuple(one.statistic for one in series), history, cells)


def _thresholds(rule: str) -> list[float]:
    return next((one["thresholds"] for one in declared()["grid"] if one["rule"] == rule), [])


def _history(store: Store, signal: Signal, onset: datetime) -> timedelta:
    """Return how much of the time before the onset the signal tells of."""
    first: datetime | None = store.one("points_first", id=signal.id)
    if first is None or first >= onset:
        return timedelta(0)
    holes = breaches.holes(store, signal, Span(first, onset), signal.gap_s)
    return onset - first - sum((hole.latest - hole.earliest for hole in holes), timedelta(0))


def _cell(threshold: float, duration: int, firings: list[Firing], onset: Span, end: datetime) -> Cell:
    lead = timedelta(seconds=declared()["audit"]["lead_s"])
    false = [one for one in firings if one.rings < onset.earliest and one.end < onset.earliest]
    through = [one for one in firings if one.rings < onset.earliest <= one.end]
    endless = [one for one in through if one.rings < onset.earliest - lead]
    alarms = len(false) + len(endless)
    if endless:
        return Cell(threshold, duration, "never quiet", None, alarms)
    telling = [one.rings for one in firings if one.end >= onset.earliest and one.rings <= end]
    if not telling:
        return Cell(threshold, duration, "no", None, alarms)
    rings = min(telling)
    low, high = (rings - onset.latest).total_seconds(), (rings - onset.earliest).total_seconds()
    if rings >= onset.earliest:
        low = max(0.0, low)
    return Cell(threshold, duration, "yes", (round(low, 3), round(high, 3)), alarms)


# ---- one change -----------------------------------------------------------------------------------------------------


def better(found: Backtest, present: float) -> Cell | None:
    """Return the threshold that would have done better than the present one; None where none would, or nobody can know.

    Fewer false alarms come first, then an earlier ring; a later one is no improvement, unless the present threshold rang falsely.
    """
    now = found.at(present, 0)
    if now is None or not found.tried:
        return None
    detecting = [one for one in found.cells if one.duration == 0 and one.detected == "yes" and one.threshold != present]
    if now.detected == "yes":
        detecting = [one for one in detecting if one.false_alarms <= now.false_alarms]
    if not found.known:  # of a short history, one false alarm is too many
        detecting = [one for one in detecting if not one.false_alarms]
    if not detecting:
        return None
    best = min(detecting, key=lambda one: (one.false_alarms, _latest(one), abs(one.threshold - present)))
    if now.detected != "yes":
        return best
    return best if (best.false_alarms, _latest(best)) < (now.false_alarms, _latest(now)) else None


def at_most(alarms: int, history: timedelta) -> float:
    """Return how many false alarms an hour a setting may ring at the most that rang so many in a history, with the declared
    confidence: the exact upper bound of a Poisson rate (Garwood, Biometrika 28, 1936); for none, 3.0 over the hours."""
    doubt = 1 - declared()["audit"]["confidence"]
    low, high = 0.0, 10.0 * (alarms + 3)
    for _ in range(60):
        middle = (low + high) / 2
        term, tail = exp(-middle), 0.0
        for count in range(alarms + 1):
            tail += term
            term *= middle / (count + 1)
        low, high = (middle, high) if tail > doubt else (low, middle)
    return low / (history.total_seconds() / 3600)


def _latest(cell: Cell) -> float:
    return cell.delay[1] if cell.delay else float("inf")
