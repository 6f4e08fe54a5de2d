"""How many requests failed by the summary of a load test, where no request is told singly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forensics.analysis import whole_counts
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
    counts = whole_counts.of(store, signal.path)
    return None if counts is None else Totals(signal, counts.requests, counts.failed, counts.lines, counts.asked)


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
