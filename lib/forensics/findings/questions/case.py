"""What the five answers are drawn from, and how they say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from forensics.analysis.acts import Act
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.messages import Said
from forensics.analysis.shared_words import Shared
from forensics.analysis.stated import Stated
from forensics.analysis.taken_back import Undoings
from forensics.findings.claims import Ledger
from forensics.model import Change, Citation, Evidence, Json, Moment, Verdict
from forensics.store import Store
from forensics.times import Span, full, own_clock, placed, utc

RECENT = timedelta(hours=24)


MOST_SEEN = 4
"""Statements on what series told that an answer holds; the rest is counted."""


MOST_TARGETS = 3
"""Targets whose failed probes an answer counts."""
MOST_UNDATED = 2
"""Warnings without a time that an answer quotes; the rest is counted."""
MOST_STEPS = 6
"""Steps that an answer names; the rest is counted."""


MOST_WORDS = 3
"""Words that a change and the failures share, that an answer names."""
MOST_CHANGES = 4
"""So many changes are told in one answer."""


LEAST_TOLD = 5
"""A message told less often says little about an incident."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the answers are drawn from."""

    store: Store
    impact: Impact
    measured: Measured
    moments: dict[str, Moment]
    changes: list[Change]
    verdicts: list[Verdict]
    said: list[Said]
    evidence: list[Evidence]
    ledger: Ledger
    window: Span | None
    commands: list[Act]
    """The commands by which people mitigated and fixed it."""
    mitigations: list[Json]
    """What was done against it, in the contract's form."""
    later_actions: int
    """How many there were long after the service, or all that was measured, had been back: they answer something else."""
    stated: list[Stated]
    """What people state of the moments."""
    seen: list[Json]
    """Statements, with their claims, on what series told of requests, and on what no limit is about."""
    undoings: Undoings
    """Which changes were taken back, and what requests did after that."""
    named: Mapping[Citation, Shared]
    """Which changes name what the failures name."""


def between(span: Span) -> str:
    """Say a span for people."""
    if full(span.earliest) == full(span.latest):
        return (
            f"at {placed(span.earliest)}"
            if own_clock(span.earliest)
            else f"at {full(span.earliest)}{utc(span.earliest)}"
        )
    return f"between {full(span.earliest)} and {placed(span.latest)}"


def remedies(case: Case, *kinds: str) -> tuple[str, ...]:
    found = [
        f"{entry.path}: {problem.remedy}"
        for entry in case.evidence
        for problem in entry.problems
        if problem.remedy and problem.code in kinds
    ]
    return tuple(dict.fromkeys(found))[:4]
