"""Whether requests went on going wrong between two stretches over a limit that lie far apart.

Where few people ask, no bucket between the two need break a limit for long enough: a limit is no measure of whether it was over. It
was not while, in every piece of the time between, each half as long as parts two incidents, more requests went wrong than did
before the first stretch, and not by chance (exact conditional test, `chance.more_in_the_second`, for as many pieces).

Nor was it over where it had come and gone before: where requests had failed since long before a limit was first broken, too often for
chance (`margins.before`), with a pause as long as the one between the two stretches. What dies every few hours is one incident.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from forensics.analysis import impact as impacts
from forensics.analysis import margins
from forensics.analysis.chance import RISK, WATCHED, more_than_usual
from forensics.analysis.impact import GoesOn, Impact, Measured
from forensics.analysis.known import NEVER_SLOW
from forensics.store import Store
from forensics.times import own_clock


def impact(store: Store, measured: Measured) -> Impact:
    """Return the stretches that make up the incident, and what dated logs tell of errors, where these stand on a clock of their own."""
    since = max(measured.span.start, measured.evidence[0]) if measured.evidence else measured.span.start
    found = impacts.impact(measured, failing(store, since, impacts.apart()))
    return impacts.with_dated_errors(store, measured, found)


def failing(store: Store, since: datetime, apart: timedelta) -> GoesOn:
    """Return what tells whether requests went on failing; what is usual is what failed from `since` to the first broken limit."""

    def counted(start: datetime, end: datetime) -> tuple[int, int]:
        requests, bad = store.rows("gone_wrong", start=start, end=end, slow=NEVER_SLOW, refused=[])[0]
        return requests, bad

    def goes_on(first: datetime, ended: datetime, again: datetime) -> bool:
        if own_clock(first) or first - since < WATCHED:
            return False
        usual = counted(since, first)
        pieces = math.ceil((again - ended) / (apart / 2))
        long = (again - ended) / pieces
        parts = (counted(ended + piece * long, ended + (piece + 1) * long) for piece in range(pieces))
        if all(more_than_usual(usual, part, RISK / pieces) for part in parts):
            return True
        begun = margins.before(store, since, first, NEVER_SLOW)
        paused = store.one("pause_longest", start=begun.time, end=ended) if begun else None
        return paused is not None and timedelta(seconds=paused) >= again - ended

    return goes_on
