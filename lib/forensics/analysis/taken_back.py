"""Which changes were taken back in vain, and which with effect, told by what requests did until something else was done.

That people reverted a change says that they suspected it, no more. What happened next says whether they were right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from forensics.analysis import reverts
from forensics.analysis.known import Wrong
from forensics.analysis.relapses import Relapse
from forensics.analysis.what_followed import SOONEST, Followed, followed
from forensics.model import Change, Citation, Moment, Query
from forensics.store import Store
from forensics.times import clock, utc

FAILING = Wrong()
"""Only requests that failed went wrong."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What followed when a change was taken back."""

    by: Change
    bad: tuple[int, int]
    """How many requests went wrong before, and how many later."""
    of: tuple[int, int]
    """Of so many."""
    told: str
    asked: tuple[Query, ...]


def _soon(by: Change, seen: Followed) -> Undone:
    told = f"{seen.told} what was done next)"
    return Undone(by, (seen.bad, seen.later_bad), (seen.requests, seen.later_requests), told, seen.asked)


def _again(by: Change, relapse: Relapse) -> Undone:
    told = (
        f"requests went wrong again from {clock(relapse.again)}{utc(relapse.again)} on ({relapse.then_bad:,} of {relapse.then:,}, and "
        f"{relapse.bad:,} of {relapse.requests:,} just before), though nothing had been changed"
    )
    return Undone(by, (relapse.bad, relapse.then_bad), (relapse.requests, relapse.then), told, relapse.asked)


@dataclass(frozen=True, slots=True)
class Undoings:
    """By where they stand, the changes that somebody took back after the onset."""

    vain: dict[Citation, Undone] = field(default_factory=dict)
    """Though surely more than half of what went wrong went on."""
    helped: dict[Citation, Undone] = field(default_factory=dict)
    """Whereupon surely less than half of it did."""

    def told(self, change: Change) -> Undone | None:
        """Return what followed when a change was taken back; None where it was not, or nothing tells."""
        return self.vain.get(change.citation) or self.helped.get(change.citation)


def undoings(
    store: Store,
    found: Sequence[Change],
    onset: Moment,
    recovered: Moment,
    acted: Sequence[datetime] = (),
    wrong: Wrong = FAILING,
    relapses: Sequence[Relapse] = (),
) -> Undoings:
    """Return which changes were taken back in vain, and which with effect, judged until the next change, the next of the times at
    which people `acted`, or recovery.

    What nothing followed was not in vain: a revert may take long to arrive. Where it all came back later though nothing had been
    changed, it was; and where something had, nothing tells.
    """
    told = Undoings()
    if onset.span is None:
        return told
    ended = recovered.span.earliest if recovered.span else datetime.max
    for one, by in reverts.reverted(found):
        if by.time is None or not onset.span.latest < by.time < ended:
            continue
        if back := next((relapse for relapse in relapses if by.time < relapse.again <= ended), None):
            if back.change is None:
                told.vain[one.citation] = _again(by, back)
            continue
        others = [other.time for other in found if other.time and not other.until and other.citation != by.citation]
        later = [time for time in (*others, *acted) if by.time < time <= ended]
        if later and min(later) - by.time < SOONEST:
            continue
        following = min(later, default=by.time + 2 * SOONEST)
        seen = followed(store, onset.span.earliest, by.time, by.time, following, wrong)
        if seen and seen.went_on and later:
            told.vain[one.citation] = _soon(by, seen)
        elif seen and seen.fell:
            told.helped[one.citation] = _soon(by, seen)
    return told
