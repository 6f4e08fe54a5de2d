"""Which changes were taken back in vain: requests went on failing as before, until something else was done.

That people reverted a change says that they suspected it, no more. What happened next says whether they were right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.analysis import reverts
from forensics.analysis.chance import more_in_the_second
from forensics.lengths import lasting
from forensics.model import Change, Citation, Moment, Query
from forensics.store import Store

WATCHED = timedelta(minutes=5)
"""So long before it was taken back, and so long before whatever was done next, requests are counted."""
SOONEST = timedelta(minutes=2)
"""Where something else was done sooner, nothing tells which of the two did what."""
HELPED = 0.5
"""Taking a change back that was the cause leaves less than half of the failures."""
RISK = 0.05


@dataclass(frozen=True, slots=True)
class Vain:
    """Requests before a change was taken back, and before whatever was done next."""

    by: Change
    requests: int
    failed: int
    later_requests: int
    later_failed: int
    asked: tuple[Query, ...]

    @property
    def told(self) -> str:
        """How many failed before, and how many still did."""
        return (
            f"requests went on failing ({self.failed:,} of {self.requests:,} in the {lasting(WATCHED.total_seconds())} before, "
            f"{self.later_failed:,} of {self.later_requests:,} at most as long before what was done next)"
        )


def in_vain(
    store: Store, found: Sequence[Change], onset: Moment, recovered: Moment, acted: Sequence[datetime] = ()
) -> dict[Citation, Vain]:
    """Return, by where they stand, those changes that somebody reverted after the onset, though surely more than half of the
    failures went on until the next change, or the next of the times at which people `acted` (exact test of two counts,
    `chance.more_in_the_second`)."""
    if onset.span is None:
        return {}
    ended = recovered.span.earliest if recovered.span else datetime.max
    vain = {}
    for one, by in reverts.reverted(found):
        if by.time is None or not onset.span.latest < by.time < ended:
            continue
        others = [other.time for other in found if other.time and not other.until and other.citation != by.citation]
        later = [time for time in (*others, *acted) if by.time < time <= ended]
        if later and min(later) - by.time >= SOONEST:
            told = _counted(store, onset.span.earliest, by, min(later))
            if _went_on(told):
                vain[one.citation] = told
    return vain


def _counted(store: Store, begun: datetime, by: Change, following: datetime) -> Vain:
    taken_back = by.time or begun
    with store.noted() as asked:
        before = store.rows("failures_after", start=max(begun, taken_back - WATCHED), end=taken_back)[0]
        after = store.rows("failures_after", start=max(taken_back, following - WATCHED), end=following)[0]
    return Vain(by, before[0], before[1], after[0], after[1], tuple(asked))


def _went_on(told: Vain) -> bool:
    if not told.requests or not told.later_requests:
        return False
    share = HELPED * told.later_requests / (told.requests + HELPED * told.later_requests)
    return more_in_the_second(told.failed, told.later_failed, share) < RISK
