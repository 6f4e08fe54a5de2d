"""One signal after the mitigation: since when it is back, for how long that was seen, and what its proof lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from forensics import declarations, runbook
from forensics.times import Span, utc
from forensics.times import clock as by_the_clock

HOLE = timedelta(minutes=2)
"""A longer silence stops the clock: it could hide the shortest breach of the runbook."""


def declared() -> dict[str, Any]:
    """Return recovery.toml."""
    return declarations.declared("analysis/recovery.toml")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was usual of a signal before the onset."""

    median: float
    """Of its levels."""
    spread: float
    """1.4826 median deviations of its levels."""
    near: float | None
    """A level up to this is near it; None where no level is too high."""
    levels: int
    start: datetime
    end: datetime
    near_from: float | None = None
    """A level from this on is near it; None where no level is too low."""


Lack = Literal["unmeasured", "silent", "off", "hole", "ends", "baseline"]


@dataclass(frozen=True, slots=True)
class Watched:
    """One signal after the mitigation."""

    title: str
    signal: str
    unit: str
    statistic: str
    path: str
    limit: float | None
    baseline: Baseline | None
    back: datetime | None
    """From here on it stayed within its limit and near its baseline; None: it never did."""
    until: datetime | None
    """The last that was seen of it."""
    stretches: tuple[Span, ...] = ()
    """Where it was seen to stay so, hole by hole."""
    peak: float | None = None
    """Its highest reading since it came back."""
    level: float | None = None
    """Its last level."""
    lacks: tuple[tuple[Lack, str], ...] = ()
    """What is missing or still off: of which kind, and in words."""

    @property
    def longest(self) -> timedelta:
        """For how long it was seen to stay so without a hole."""
        return max((one.latest - one.earliest for one in self.stretches), default=timedelta(0))


def clock(time: datetime) -> str:
    """Say a time of day, or what its clock counts."""
    return f"{by_the_clock(time)}{utc(time)}"


def silent(seen: dict[str, Any], after: datetime) -> Watched:
    """Return a signal of which nothing is known afterwards."""
    why = f"{seen['path']} says nothing of it after {clock(after)}"
    return Watched(**seen, back=None, until=None, lacks=(("silent", why),))


def off(seen: dict[str, Any], until: datetime, what: str) -> Watched:
    """Return a signal that never came back."""
    why = f"still {what} when its evidence ends, at {clock(until)}"
    return Watched(**seen, back=None, until=until, lacks=(("off", why),))


def told(one: Watched, silences: Sequence[Span]) -> Watched:
    """Say what its proof lacks, if anything."""
    lacks: list[tuple[Lack, str]] = []
    if one.longest < runbook.load().recovery.stable:
        if silences:
            hole = max(silences, key=lambda span: span.latest - span.earliest)
            lacks.append(("hole", f"nothing is known of it from {clock(hole.earliest)} to {clock(hole.latest)}"))
        if one.until:
            lacks.append(("ends", f"its evidence ends at {clock(one.until)}"))
    if one.baseline is None:
        lacks.append(("baseline", "what was usual before the onset is not known: too little evidence of that time"))
    return replace(one, lacks=tuple(lacks))


def between(whole: Span, holes: Sequence[Span]) -> tuple[Span, ...]:
    """Return what remains of a stretch between its holes."""
    edges = [whole.earliest, *(edge for hole in holes for edge in (hole.earliest, hole.latest)), whole.latest]
    return tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a)
