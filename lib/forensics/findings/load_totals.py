"""How many requests failed by the summary of a load test, where no request is told singly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forensics.analysis import named_signals
from forensics.analysis.impact import Impact
from forensics.analysis.signals import Signal
from forensics.findings.claims import Ledger
from forensics.model import Citation, Json, Query
from forensics.store import Store


@dataclass(frozen=True, slots=True)
class Totals:
    """What the summary of one run of a load test counts."""

    signal: Signal
    """By which its file tells of the incident's first stretch over a limit."""
    requests: int
    failed: int
    """As the tool counts failures."""
    lines: tuple[int | None, ...]
    """Where the counts stand."""
    asked: Query

    @property
    def statement(self) -> str:
        """What it counts, in words."""
        share = 100 * self.failed / self.requests
        by = f"{self.signal.path} ({self.signal.vantage})"
        return f"{self.failed:,} of {self.requests:,} requests failed ({share:.2f} %), over all that {by} measured"


def totals(store: Store, found: Impact, signals: Sequence[Signal]) -> Totals | None:
    """Return what a load test counted, by the file that tells of the incident's first stretch over a limit; None where that file
    counts no requests, or tells of several runs.

    Numbers of several tools, or of several runs, are never added up.
    """
    signal = next((one for one in signals if found.runs and one.statistic == found.first.breach.signal), None)
    if signal is None or not signal.whole or signal.signal not in ("error_rate", "response_time"):
        return None
    names = named_signals.declared()["totals"]
    every = {of: _counts(store, signal.path, names[of]) for of in ("requests", "failed", "succeeded")}
    requests, failed = _only(every["requests"]), _only(every["failed"])
    if requests and not every["failed"]:
        failed = _by_share(requests, [100 - share for share, _ in every["succeeded"]])
    if not requests or failed is None or failed > requests:
        return None
    lines = tuple(line for values in every.values() for _, line in values)
    asked = Query("whole_run_counts", {"path": signal.path, "names": [name for of in every for name in names[of]]})
    return Totals(signal, requests, failed, lines, asked)


def counted(store: Store, found: Impact, signals: Sequence[Signal], ledger: Ledger) -> Json | None:
    """State how many requests a load test counted, how many of them failed, and its p95; None where nothing counts them."""
    of = totals(store, found, signals)
    if of is None:
        return None
    path = of.signal.path
    of_p95 = [
        one for one in signals if (one.path, one.signal, one.held) == (path, "response_time", "p95") and one.whole
    ]
    p95 = store.one("points_highest", id=of_p95[0].id) if len(of_p95) == 1 else None
    told: Json = {"requests": of.requests, "failed": of.failed, "failed_share": round(100 * of.failed / of.requests, 3)}
    told["p95_s"] = None if p95 is None else round(p95, 3)
    claim = ledger.claim(
        "requests that a load test counted",
        of.statement,
        told,
        query=of.asked.name,
        parameters=of.asked.parameters,
        asked=[of.asked, *([Query("points_highest", {"id": of_p95[0].id})] if p95 is not None else [])],
        evidence=[Citation(path, line=line) for line in of.lines],
    )
    by = f"{path} ({of.signal.vantage})"
    return {**told, "claim": claim, "counted": {"by": by, "vantage": of.signal.vantage, "statement": of.statement}}


def _counts(store: Store, path: str, names: Sequence[str]) -> list[tuple[float, int | None]]:
    return [(value, line) for _, value, _, line in store.rows("whole_run_counts", path=path, names=list(names))]


def _only(values: Sequence[tuple[float, int | None]]) -> int | None:
    """Return the number that is told; None where none is, or several that differ: then they are of several runs."""
    numbers = {value for value, _ in values}
    return int(numbers.pop()) if len(numbers) == 1 else None


def _by_share(requests: int, shares: Sequence[float]) -> int | None:
    """Return the only count whose share of the requests is this one, as finely as it is written; None where several are."""
    if len(set(shares)) != 1:
        return None
    share = shares[0]
    within = requests * 0.5 * 10 ** -int(named_signals.declared()["totals"]["decimals"]) / 100
    nearest = round(requests * share / 100)
    return nearest if within < 0.5 else None
