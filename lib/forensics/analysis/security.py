"""Failed logins: bursts from one address, and what came after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forensics.analysis.signals import Span as Judged
from forensics.model import Breach, Citation, Json
from forensics.runbook import Rule
from forensics.store import Store
from forensics.times import clock, utc


@dataclass(frozen=True, slots=True)
class Burst:
    """One address that failed to log in often enough, quickly enough."""

    address: str
    start: datetime
    """Its first failure."""
    end: datetime
    """Its last failure."""
    fired: datetime
    """The failure with which the rule first held."""
    failures: int
    citation: Citation

    def told(self, success: datetime) -> str:
        """Say what was refused beside a login that succeeded: all of it before that, or on both sides of it."""
        if self.end <= success:
            return f"after {self.failures:,} failed ones, the last of them at {clock(self.end)}{utc(self.end)}"
        between = f"{clock(self.start)} and {clock(self.end)}{utc(self.end)}"
        return f"with {self.failures:,} failed ones between {between}"


@dataclass(frozen=True, slots=True)
class Success:
    """A login that succeeded from an address after its burst of failures began."""

    address: str
    time: datetime
    citation: Citation


def bursts(store: Store, span: Judged, least: int, within: timedelta) -> tuple[Burst, ...]:
    """Return each address's bursts, in the order in which the rule fired."""
    rows = store.rows("login_bursts", least=least, within=within.total_seconds(), start=span.start, end=span.end)
    return tuple(
        Burst(address, start, end, fired, failures, Citation(path, line=line))
        for address, start, end, fired, failures, path, line in rows
    )


def asked(rule: Rule) -> Json:
    """Return with which settings a rule asks for bursts."""
    within = rule.within or timedelta(0)
    return {"least": int(rule.limit or 0), "within": within.total_seconds()}


def successes(store: Store, found: tuple[Burst, ...]) -> tuple[Success, ...]:
    """Return the logins that succeeded from bursting addresses after their bursts began.

    Each needs a person's judgement: an administrator may work from the same address.
    """
    earliest = {burst.address: burst.start for burst in reversed(found)}
    return tuple(
        Success(address, time, Citation(path, line=line))
        for address, after in sorted(earliest.items())
        for path, line, time, _, _ in store.rows("login_success_after", address=address, after=after)
    )


def intervals(found: tuple[Burst, ...]) -> tuple[Breach, ...]:
    """Return the bursts as stretches of time, from the moment the rule fired to the last failure."""
    return tuple(
        Breach(
            b.fired,
            b.end,
            float(b.failures),
            "back",
            False,
            f"{b.failures} failed logins from {b.address}, from {b.citation.path} (server)",
            b.failures,
        )
        for b in found
    )


def counts(store: Store, span: Judged) -> dict[str, Any]:
    """Return how many attempts to log in the logs tell of, and the times they cover."""
    return store.records("login_counts", start=span.start, end=span.end)[0]
