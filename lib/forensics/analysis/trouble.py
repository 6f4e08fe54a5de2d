"""What a stretch without health that crossed no limit is, and what is declared of such stretches in beyond_limits.toml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from forensics import declarations
from forensics.analysis.signals import Signal
from forensics.model import Citation, Json, Query
from forensics.times import clock, utc


def declared() -> dict[str, Any]:
    """Return beyond_limits.toml."""
    return declarations.declared("analysis/beyond_limits.toml")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that crossed no limit and is no health either."""

    what: Literal["throughput", "standstill", "saturation", "pause", "exhaustion", "queue", "refusal", "filled"]
    kind: Literal["fact", "inference"]
    statement: str
    start: datetime
    end: datetime
    """The last that was seen of it, where the evidence ends first."""
    value: Json
    """Its numbers."""
    citations: tuple[Citation, ...]
    query: str
    asked: tuple[Query, ...]
    """All that was asked for it."""
    possible_outage: bool
    """Whether users may not have been served meanwhile; nothing shows that they were not."""
    course: Signal | None = None
    """Whose points are its course, where the store holds it."""
    limit: float | None = None
    """What it was longer, or more, than."""


def when(start: datetime, end: datetime, *, is_open: bool) -> str:
    until = "until the evidence ends" if is_open else f"to {clock(end)}"
    return f"from {clock(start)}{utc(start)} {until}" if is_open else f"from {clock(start)} {until}{utc(end)}"


def number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.3g}"
