"""What a signal of an incident is: what was measured, from which file and vantage point; its points lie in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from forensics.model import Citation, Parameters
from forensics.store import Store
from forensics.times import parse_time

ALWAYS = (datetime(1970, 1, 2), datetime(9999, 1, 1))


@dataclass(frozen=True, slots=True)
class Signal:
    """One measured series."""

    id: str
    signal: str
    """What it speaks for: error_rate, response_time, memory …"""
    title: str
    unit: str
    definition: str
    """How it was computed, in words."""
    path: str
    vantage: str
    kind: str
    """`bucket` or `sample`."""
    gap_s: float
    """Two samples further apart than this have a hole between them."""
    told: bool = False
    """Only told when something failed, so that its silence means nothing."""
    judged: bool = True
    """Whether a rule is judged by it; the others show what another definition, or another place to look from, would say."""
    of_requests: bool = False
    """Whether it was counted from single requests."""
    own_clock: bool = False
    """Whether its times are seconds that a clock counts of which nothing tells when it began."""

    whole: bool = False
    """Whether it tells one number of a whole run."""

    held: str = ""
    """Which statistic its numbers are, such as p95, where its labels or its name say so."""

    within_s: float | None = None
    """Each of its numbers is of so many seconds before it, so that none tells closer than that when anything began or ended."""
    name: str = ""
    """How the evidence names what was measured; empty where it was counted from requests or probes."""

    labels: str = "{}"
    """Its labels, as JSON."""

    width_s: int | None = None
    """How long its buckets are; None where it has none: samples, or one number of a whole run."""

    joined: tuple[Citation, ...] = ()
    """Where in other files stands what its numbers were joined with, such as the limit of a pool."""

    @property
    def named(self) -> tuple[str, str]:
        """Its name and its labels: what says of which thing it is (same_thing.py)."""
        return self.name, self.labels

    @property
    def statistic(self) -> str:
        """What was measured and where it was seen from, in one line."""
        return f"{self.definition}, from {self.path} ({self.vantage})"


@dataclass(frozen=True, slots=True)
class Span:
    """What of the evidence is judged."""

    start: datetime
    end: datetime


_NOT_KEPT = ("joined", "width_s")
"""What the store does not hold of a signal: its definition says both."""


def keep(store: Store, found: Sequence[Signal]) -> None:
    """Let the store hold these signals beside their points, for whoever draws them."""
    columns = [one.name for one in fields(Signal) if one.name not in _NOT_KEPT]
    store.add("signals", columns, [[getattr(signal, column) for column in columns] for signal in found])


def judged(parameters: Parameters) -> Span:
    """Return the stretch of time that a person asked to judge; everything by default."""
    start = parse_time(parameters.start) if parameters.start else ALWAYS[0]
    end = parse_time(parameters.end) if parameters.end else ALWAYS[1]
    return Span(start, end)
