"""What the runbook has no rule for, and hits users all the same where no criterion was met: many requests that are refused, and a queue
that grows, so that what waits in it comes late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.analysis.trouble import Trouble
from forensics.model import Breach

SIGNALS = {"refusal": "refused", "queue": "queue"}
"""What stretches of the incident are called, by what trouble shows them."""
REFUSED, QUEUE = SIGNALS.values()


@dataclass(frozen=True, slots=True)
class Unruled:
    """A stretch of such a trouble."""

    signal: str
    breach: Breach


def stretches(troubles: Sequence[Trouble]) -> list[Unruled]:
    """Return the stretches in which users were hit so."""
    return [Unruled(SIGNALS[one.what], stretch(one)) for one in troubles if one.what in SIGNALS]


def before(troubles: Sequence[Trouble], start: datetime, longer: timedelta) -> list[Unruled]:
    """Return the queues in which work waited before a criterion was first met, for `longer` than the runbook lets nobody be served.

    What waits so comes late, though no request fails yet: the incident began with it, and is over when it is as short as usual.
    A queue whose greatest length lies before, or that was as usual again by then, is another matter.
    """
    return [
        Unruled(QUEUE, stretch(one))
        for one in troubles
        if one.what == "queue" and one.start < start - longer and one.end > start and _greatest(one) >= start
    ]


def _greatest(queue: Trouble) -> datetime:
    return datetime.fromisoformat(queue.value["most_at"].removesuffix("Z"))


def told(trouble: Trouble) -> str:
    """Return what was measured, as statistics of signals say it."""
    paths = ", ".join(dict.fromkeys(cited.path for cited in trouble.citations))
    what = (
        f"{trouble.value['measure']} / all external requests" if trouble.what == "refusal" else trouble.value["measure"]
    )
    return f"{what}, from {paths} ({'server' if trouble.what == 'refusal' else 'queue'})"


def stretch(one: Trouble) -> Breach:
    """Return when it was, how bad, and what was measured."""
    value, refusal = one.value, one.what == "refusal"
    rate = 100 * value["refused"] / value["requests"] if refusal else None
    peak = value["peak"] if refusal else float(value["most"])
    points = value["refused"] if refusal else value["samples"]
    return Breach(one.start, one.end, peak, "evidence_end" if value["open"] else "back", False, told(one), points, rate)
