"""The last and the next normal request of the kinds that an incident took out: what other routes answer tells nothing of these.

Where reading goes on while nothing can be written, and few people ask, a page that was served a second after a failed order does
not show that orders were taken again. A kind is a method and a route; it was taken out where at least half of its requests
went wrong. Where these kinds are not most of what went wrong, any request tells of the service.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forensics.store import Store
from forensics.times import Span


@dataclass(frozen=True, slots=True)
class Normal:
    """A request that was answered well, and quickly enough."""

    time: datetime
    alike: bool
    """Whether it is of a kind that was taken out, and others were answered nearer to what went wrong."""

    @property
    def where(self) -> str:
        """What a sentence says of it, after `normal request`."""
        return " to a route that had gone wrong" if self.alike else ""


def before(store: Store, time: datetime, slow: float, wrong: Span) -> Normal | None:
    """Return the last normal request before a time; `slow` is in seconds, `wrong` when the kinds went wrong. None where none was."""
    return _nearest(store, "last_good_before", time, slow, wrong)


def after(store: Store, time: datetime, slow: float, wrong: Span) -> Normal | None:
    """Return the first normal request after a time, as `before` does."""
    return _nearest(store, "first_good_after", time, slow, wrong)


def _nearest(store: Store, question: str, time: datetime, slow: float, wrong: Span) -> Normal | None:
    nearest = store.rows(question, time=time, slow=slow)
    if not nearest:
        return None
    later = nearest[0][2] > time
    alike = store.rows("good_alike", time=time, after=later, slow=slow, start=wrong.earliest, end=wrong.latest)
    return Normal(alike[0][2], alike[0][2] != nearest[0][2]) if alike else Normal(nearest[0][2], alike=False)
