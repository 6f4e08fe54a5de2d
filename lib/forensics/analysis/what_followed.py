"""What requests did after something was done: whether they went on going wrong as before, or surely less.

Whoever acts believes that it helps; what happened next says whether it did. Requests go wrong that fail or, where that is all
that is wrong, that are slow or refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.analysis.chance import more_in_the_second
from forensics.analysis.known import NEVER_SLOW, Wrong
from forensics.lengths import lasting
from forensics.model import Query
from forensics.store import Store

WATCHED = timedelta(minutes=5)
"""So long before it was done, and so long before whatever was done next, requests are counted."""
SOONEST = timedelta(minutes=2)
"""Where something else was done sooner, nothing tells which of the two did what."""
HELPED = 0.5
"""What ended the cause leaves less than half of what went wrong."""
RISK = 0.05


@dataclass(frozen=True, slots=True)
class Followed:
    """Requests before something was done, and before whatever was done next."""

    requests: int
    bad: int
    later_requests: int
    later_bad: int
    wrong: Wrong
    """Which count, and not only failed ones."""
    asked: tuple[Query, ...]

    @property
    def went_on(self) -> bool:
        """Say whether surely more than half of it went on (exact test of two counts, `chance.more_in_the_second`)."""
        if not self.requests or not self.later_requests:
            return False
        share = HELPED * self.later_requests / (self.requests + HELPED * self.later_requests)
        return more_in_the_second(self.bad, self.later_bad, share) < RISK

    @property
    def fell(self) -> bool:
        """Say whether surely less than half of it went on."""
        if not self.requests or not self.later_requests:
            return False
        share = self.requests / (self.requests + HELPED * self.later_requests)
        return more_in_the_second(self.later_bad, self.bad, share) < RISK

    @property
    def verdict(self) -> str | None:
        """`went on`, `fell`, or None where too few requests tell."""
        return "went on" if self.went_on else "fell" if self.fell else None

    @property
    def told(self) -> str:
        """How many went wrong before, and how many still did."""
        counts = (
            f"{self.bad:,} of {self.requests:,} in the {lasting(WATCHED.total_seconds())} before, "
            f"{self.later_bad:,} of {self.later_requests:,} at most as long before"
        )
        slow, refused = self.wrong.slow is not None, bool(self.wrong.refused)
        if self.fell:
            ways = ["failed", *["were slow"] * slow, *["were refused"] * refused]
            return f"fewer requests {' or '.join(ways)} ({counts}"
        ways = ["failing", *["being slow"] * slow, *["being refused"] * refused]
        return f"requests went on {' or '.join(ways)} ({counts}"


def followed(
    store: Store, begun: datetime, first: datetime, last: datetime, following: datetime, wrong: Wrong
) -> Followed | None:
    """Compare requests before the `first` of actions that cannot be told apart with those before the `following` one, or the end;
    None where that came too soon after the `last` of them."""
    if following - last < SOONEST:
        return None
    limit = NEVER_SLOW if wrong.slow is None else wrong.slow
    asks = {"slow": limit, "refused": list(wrong.refused)}
    with store.noted() as asked:
        before = store.rows("gone_wrong", start=max(begun, first - WATCHED), end=first, **asks)[0]
        after = store.rows("gone_wrong", start=max(last, following - WATCHED), end=following, **asks)[0]
    return Followed(before[0], before[1], after[0], after[1], wrong, tuple(asked))


def groups(times: Sequence[datetime]) -> list[list[int]]:
    """Return the places of actions, given by their times in order, in groups: those of one follow each other so soon that
    nothing tells which of them did what."""
    found: list[list[int]] = []
    for place, time in enumerate(times):
        if found and time - times[found[-1][-1]] < SOONEST:
            found[-1].append(place)
        else:
            found.append([place])
    return found
