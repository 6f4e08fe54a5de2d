"""What the moments of an incident are derived from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import unruled
from forensics.analysis.acts import Act
from forensics.analysis.impact import Impact, Measured, Run
from forensics.analysis.margins import Margin
from forensics.analysis.messages import Said
from forensics.model import Change, Citation, Moment, Query

NEVER_SLOW = 1e12
"""Seconds; where requests failed, how long they took says nothing."""
REQUEST_SIGNALS = ("error_rate", "response_time", "availability")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Which requests went wrong, besides those that failed."""

    slow: float | None = None
    """Those that took longer than so many seconds; None where only failing counts."""
    refused: tuple[int, ...] = ()
    """Those that got such a status."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the incident system."""

    id: str
    title: str
    severity: str | None
    status: str | None
    started: datetime | None
    ended: datetime | None
    automatic: bool
    services: tuple[str, ...]
    citation: Citation
    resolution: str | None


def declaring(records: Sequence[Record]) -> list[Record]:
    """Return the records that people opened, of the gravest severity that any of them states; all, where none states one.

    A help desk opens a record for each caller: the one that is worked on as the incident is the gravest, and not the first.
    """
    opened = [one for one in records if not one.automatic]
    book = runbook.load()
    order = [level.level for level in book.levels]
    stated = {id(one): book.stated_level(one.severity or "") for one in opened}
    gravest = min((order.index(level) for level in stated.values() if level in order), default=None)
    return opened if gravest is None else [one for one in opened if stated[id(one)] == order[gravest]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the moments are derived from."""

    impact: Impact
    measured: Measured
    said: list[Said]
    records: list[Record]
    changes: list[Change]
    acts: list[Act]
    apart: timedelta = timedelta(0)
    """By how much, at the most, clocks of two sources are known to differ."""

    @property
    def why_nothing(self) -> str:
        """Why no moment can be told where no limit was broken."""
        if lost := next((one for one in self.measured.lost if one.sure), None):
            return f"data is {lost.became}, and nothing tells since when, or until when"
        if self.impact.by_chance:
            return "what was over an alert's limit was no more than usual traffic shows by chance"
        if self.measured.anything:
            return "nothing that could be measured in this evidence went over a limit"
        return "nothing in this evidence could be measured against a limit"

    @property
    def wrong_from(self) -> float:
        """From how many seconds on a single request went wrong: where any failed, only failing is."""
        signals = {run.signal for run in self.impact.runs} & set(REQUEST_SIGNALS)
        return self.impact.slow_over if signals == {"response_time"} else NEVER_SLOW

    @property
    def wrong(self) -> Wrong:
        """Which requests went wrong besides those that failed: slow ones as of `wrong_from`, and those that were refused."""
        shown = [self.measured.trouble(run.breach.signal) for run in self.impact.runs if run.signal == unruled.REFUSED]
        refused = tuple(sorted({one.value["status"] for one in shown if one}))
        slow = None if self.wrong_from >= NEVER_SLOW or refused else self.wrong_from
        return Wrong(slow, refused)

    @property
    def began_from(self) -> float:
        """From how many seconds on a single request went wrong when it began: where a limit on response time was the first to be
        broken, a slow one did as well as one that failed."""
        return self.impact.slow_over if self.impact.first.signal == "response_time" else self.wrong_from

    def found_by(self, run: Run) -> tuple[Query, ...]:
        """Return the questions whose answers show a stretch over a limit."""
        return self.measured.found_by(run.signal, run.breach.signal, run.limit)

    def failed_probes(self, after: datetime) -> list[tuple[datetime, str, Citation]]:
        """Return the probes that failed from then on: when, of which target, and where that stands."""
        return [(time, target, citation) for time, target, citation in self.measured.failed_probes if time >= after]


def unknown(name: str, why: str) -> Moment:
    """Return a moment that the evidence does not tell, with the reason."""
    return Moment(name, "unknown", why=why)


def slow_from(known: Known, run: Run) -> float:
    """Return from how many seconds on a request belongs to a stretch over a limit because it was slow."""
    return known.impact.slow_over if run.signal == "response_time" else NEVER_SLOW


def went_wrong(margin: Margin, when: str) -> str:
    """Say how much went wrong at the margin, and how much usually does."""
    kind = " of the kinds that went wrong" if margin.alike else ""
    return (
        f"; {when}, {margin.bad:,} of {margin.requests:,} requests{kind} did (usually {margin.usually_bad:,} of "
        f"{margin.usually:,})"
    )
