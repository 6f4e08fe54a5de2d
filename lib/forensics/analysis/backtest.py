"""What other alert settings would have done with this evidence: when each would have rung, and how often falsely before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import Any, Literal

from forensics import declarations
from forensics.analysis import breaches
from forensics.analysis.signals import Signal
from forensics.store import Store
from forensics.times import Span, utc
from forensics.times import clock as clock_time


def declared() -> dict[str, Any]:
    """Return alert_audit.toml."""
    return declarations.declared("analysis/alert_audit.toml")


@dataclass(frozen=True, slots=True)
class Firing:
    """One run over a threshold that lasted long enough for its alert to ring."""

    start: datetime
    end: datetime
    rings: datetime
    """When, at the earliest."""
    rings_by: datetime
    """And at the latest; of a number of a whole run it is only known that it rang within that."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One setting, and what it would have done."""

    threshold: float
    duration: int
    """Seconds; 0: one reading over it suffices."""
    detected: Literal["yes", "no", "never quiet"] | None
    """Never quiet: it rang long before the onset and went on into it. None: too little was measured to know; `why` says what."""
    delay: tuple[float, float] | None
    """Seconds from the onset, within the onset's bounds; below zero where it warned."""
    false_alarms: int | None
    """How often it rang for what was over again before the onset; None where nothing is known of that time."""
    why: str = ""
    """Why it is not known whether it rang."""
    rings: datetime | None = None
    """When it rang first of what can have been the incident, at the earliest; on the clock of its series, whatever that is."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """The grid of one rule, on the series that stand on one clock."""

    signals: tuple[str, ...]
    """What was measured, and where from."""
    history: timedelta
    """So much of the time before the onset is known."""
    cells: tuple[Cell, ...]
    clock: str | None = None
    """The file on whose clock the series stand, where nothing tells how that and the onset's relate."""

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


@dataclass(frozen=True, slots=True)
class Watch:
    """From when to when a setting can have detected the incident."""

    onset: Span
    end: datetime
    """When the impact ended: what rings later does not detect it."""
    ongoing: bool = False
    """Whether it lasted when the evidence ended, so that what was over then may have stayed so."""

    @property
    def span(self) -> Span:
        """The whole of it."""
        return Span(self.onset.earliest, max(self.end, self.onset.latest))

    def with_before(self, durations: Sequence[int]) -> Span:
        """Return the whole of it, with so much before it as a run may have lasted that rang in it."""
        return Span(self.span.earliest - 2 * timedelta(seconds=max(durations)), self.span.latest)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one source told while a setting was tried on it."""

    runs: tuple[tuple[datetime, datetime], ...]
    """The stretches over the threshold, whether they rang or not."""
    holes: tuple[Span, ...]
    """Where it says nothing within the watch, or soon before it."""
    silent: str
    """Why its silence means nothing; empty where it does."""


def backtest(
    store: Store,
    thresholds: Sequence[float],
    durations: Sequence[int],
    series: Sequence[Signal],
    watch: Watch | None,
    clock: str | None = None,
) -> Backtest | None:
    """Try every setting of a grid on the series that measure it; None where nothing does.

    Without a `watch`, nothing tells where on the series' `clock` the incident lies: only when each setting rang first is told.
    """
    if not series:
        return None
    firings: dict[tuple[float, int], list[Firing]] = {(t, d): [] for t in thresholds for d in durations}
    seen: dict[tuple[float, int], list[Seen]] = {setting: [] for setting in firings}
    history = timedelta(0)
    for signal in series:
        rows = store.rows(
            "firings", id=signal.id, gap=signal.gap_s, thresholds=list(thresholds), durations=list(durations)
        )
        runs: dict[tuple[float, int], list[tuple[datetime, datetime]]] = {setting: [] for setting in firings}
        for threshold, duration, _, start, last, rings, rings_by in rows:
            runs[threshold, duration].append((start, last))
            if rings is not None:
                soonest = min(rings, start + timedelta(seconds=duration)) if signal.whole else rings
                firings[threshold, duration].append(Firing(start, last, soonest, rings_by))
        holes = breaches.holes(store, signal, watch.with_before(durations), signal.gap_s) if watch else ()
        for setting, found in runs.items():
            seen[setting].append(Seen(tuple(found), holes, _silent(signal)))
        history = max(history, _history(store, signal, watch.onset.earliest) if watch else history)
    past = history >= timedelta(seconds=min(one for one in durations if one))
    cells = tuple(
        cell(*setting, found, seen[setting], watch, past=past)
        if watch
        else _unplaced(*setting, found, clock or "its series")
        for setting, found in firings.items()
    )
    return Backtest(tuple(one.statistic for one in series), history, cells, None if watch else clock)


def settings(rule: str, *present: float | None) -> list[float]:
    """Return the thresholds of a rule's grid, with those that are in force."""
    grid: list[float] = next((one["thresholds"] for one in declared()["grid"] if one["rule"] == rule), [])
    return sorted({*grid, *(one for one in present if one is not None)})


def durations(present: int = 0) -> list[int]:
    """Return the durations of every grid, with the one that is in force."""
    return sorted({*declared()["durations"]["seconds"], present})


def _silent(signal: Signal) -> str:
    """Say why a series that is not over a threshold may have been so all the same."""
    if signal.told:
        return f"{signal.path} tells of it only when something failed, so that its silence means nothing"
    if signal.whole or signal.within_s:
        return f"{signal.path} tells one number of a longer time, which hides what was shorter"
    return ""


def _history(store: Store, signal: Signal, onset: datetime) -> timedelta:
    """Return how much of the time before the onset the signal tells of."""
    first: datetime | None = store.one("points_first", id=signal.id)
    if first is None or first >= onset or signal.told or signal.whole:
        return timedelta(0)
    holes = breaches.holes(store, signal, Span(first, onset), signal.gap_s)
    return onset - first - sum((hole.latest - hole.earliest for hole in holes), timedelta(0))


def cell(
    threshold: float, duration: int, firings: Sequence[Firing], seen: Sequence[Seen], watch: Watch, *, past: bool
) -> Cell:
    """Return what one setting would have done; `past`: something is known of the time before the onset."""
    onset = watch.onset
    lead = timedelta(seconds=declared()["audit"]["lead_s"])
    false = [one for one in firings if one.rings < onset.earliest and one.end < onset.earliest]
    through = [one for one in firings if one.rings < onset.earliest <= one.end]
    endless = [one for one in through if one.rings < onset.earliest - lead]
    alarms = len(false) + len(endless)
    told = alarms if past or alarms else None
    if endless:
        return Cell(threshold, duration, "never quiet", None, told, rings=min(one.rings for one in endless))
    telling = [one for one in firings if one.end >= onset.earliest and one.rings <= watch.end]
    if not telling:
        why = _unknown(duration, seen, watch)
        return Cell(threshold, duration, None if why else "no", None, told, why)
    rings, rings_by = min(one.rings for one in telling), min(one.rings_by for one in telling)
    low, high = (rings - onset.latest).total_seconds(), (rings_by - onset.earliest).total_seconds()
    if rings >= onset.earliest:
        low = max(0.0, low)
    return Cell(threshold, duration, "yes", (round(low, 3), round(high, 3)), told, rings=rings)


def _unplaced(threshold: float, duration: int, firings: Sequence[Firing], clock: str) -> Cell:
    """Return when a setting rang first on a clock of which nothing tells where the incident lies on it."""
    why = f"nothing tells how the clock of {clock} and that of the onset relate"
    return Cell(threshold, duration, None, None, None, why, min((one.rings for one in firings), default=None))


def _unknown(duration: int, seen: Sequence[Seen], watch: Watch) -> str:
    """Say why a setting may have rung though nothing shows it; empty where every source shows that it did not."""
    span = watch.span
    silent = [one for one in seen if one.silent or _hidden(duration, one, watch)]
    if not silent:
        return ""
    if told := next((one.silent for one in silent if one.silent), ""):
        return told
    holes = max(
        (one.holes for one in silent), key=lambda one: sum((each.latest - each.earliest for each in one), timedelta(0))
    )
    if not holes:
        return f"it was over it when the evidence ended, at {clock_time(span.latest)}{utc(span.latest)}"
    within = [Span(max(one.earliest, span.earliest), one.latest) for one in holes if one.latest > span.earliest]
    largest = max(within or holes, key=lambda one: one.latest - one.earliest)
    whole = (largest.earliest, largest.latest) == (span.earliest, span.latest)
    when = f"from {clock_time(largest.earliest)} to {clock_time(largest.latest)}{utc(largest.latest)}"
    return f"nothing was measured {when}{', all of the incident' if whole else ''}"


def _hidden(duration: int, seen: Seen, watch: Watch) -> bool:
    """Say whether holes, with what was over the threshold beside them, are long enough to hide that a setting rang."""
    span = watch.span
    pieces = [(one.earliest, one.latest, True) for one in seen.holes]
    pieces += [(start, min(end, span.latest), False) for start, end in seen.runs if start <= span.latest]
    start = reached = None
    holed = False
    for begins, ends, hole in sorted(pieces):
        if reached is None or start is None or begins > reached:
            start, reached, holed = begins, ends, hole
        else:
            reached, holed = max(reached, ends), holed or hole
        if holed and reached - start > timedelta(seconds=duration) and reached > span.earliest:
            return True
        if watch.ongoing and reached >= span.latest:
            return True
    return False


# ---- one change -----------------------------------------------------------------------------------------------------


def better(found: Backtest, present: float, lasting: int = 0) -> Cell | None:
    """Return the setting, with another threshold or else another duration, that would have done better than the present one;
    None where none would, or nobody can know.

    Fewer false alarms come first, then an earlier ring; a later one is no improvement, unless the present setting rang falsely.
    Of two that do as well, the one that changes the threshold is told: a duration is one more thing to configure.
    """
    now = found.at(present, lasting)
    if now is None or now.detected is None or not found.tried:
        return None
    detecting = [
        one for one in found.cells if one.detected == "yes" and (one.threshold != present) != (one.duration != lasting)
    ]
    if now.detected == "yes":
        detecting = [one for one in detecting if _false(one) <= _false(now)]
    if not found.known:  # of a short history, one false alarm is too many
        detecting = [one for one in detecting if not one.false_alarms]
    if not detecting:
        return None
    best = min(
        detecting,
        key=lambda one: (
            _false(one),
            _latest(one),
            one.duration != lasting,
            abs(one.threshold - present) + abs(one.duration - lasting),
        ),
    )
    if now.detected != "yes":
        return best
    return best if (_false(best), _latest(best)) < (_false(now), _latest(now)) else None


def _false(cell: Cell) -> int:
    return cell.false_alarms or 0


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
