"""What was done when no request failed any more: it did not end the failures, whatever else it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.analysis.impact import Impact
from forensics.store import Store

EXPECTED = 3.0
"""So many failures must have been usual in the time between the last one and an action for their absence to tell that they had
ended: by chance, none of three comes about once in twenty times (Poisson: e to the power of -3)."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Requests that failed during the stretches in which too many did."""

    last: datetime
    """When the last of them completed."""
    pace: float
    """How many failed a second, from the first to the last."""

    def over_by(self, time: datetime, apart: timedelta = timedelta(0)) -> bool:
        """Say whether the failures had ended by then: at their pace, `EXPECTED` of them were due since the last one.

        Where the clocks may be so far `apart`, it may have been so much earlier.
        """
        return (time - apart - self.last).total_seconds() * self.pace > EXPECTED


def failures(store: Store, impact: Impact) -> Failures | None:
    """Return the last failed request of the incident, and the pace of failures; None where no log tells of single requests."""
    runs = [run.breach for run in impact.runs if run.signal == "error_rate"]
    if not runs:
        return None
    start, end = min(run.start for run in runs), max(run.latest_end for run in runs)
    found = store.rows("failed_requests", start=start, end=end)
    count, first, last = found[0] if found else (0, None, None)
    if count < 2 or first is None or last is None or last <= first:
        return None
    return Failures(last, count / (last - first).total_seconds())
