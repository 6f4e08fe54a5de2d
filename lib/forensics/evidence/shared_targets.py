"""Requests that two programs tell without naming an id: the same targets, in the same order, at the same pace, tell the zone of one.

A proxy and the application behind it write of the same requests, each by its own clock. That one target is asked for at both
times may be chance; that hundreds are, by one whole number of quarters of an hour and by no other, is not.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from forensics.evidence import civil_zones
from forensics.evidence.shared_events import (
    BY_CHANCE,
    CLOSE,
    FARTHEST,
    LEAST_AGREEING,
    LEAST_MATCHES,
    MOST_EVENTS,
    QUARTER,
    Telling,
    within,
    written,
)
from forensics.store import Store

MOST_TOLD = 20
"""A target that a source tells more often picks out no request."""

OFFSETS = int(2 * FARTHEST / QUARTER) + 1
"""So many quarters of an hour are tried."""


@dataclass(frozen=True, slots=True)
class Paced:
    """Two sources that tell of the same requests, and how far apart they write of them."""

    first: str
    second: str
    apart: timedelta
    """The second's times less the first's, in whole quarters of an hour."""
    events: int
    share: float
    """Of the first's requests that the second may tell of, those it tells so far off."""
    by_chance: float
    left: tuple[float, float]
    """Seconds that remain between their accounts in nine of ten cases: in the tenth another request may be meant."""

    def telling(self, unknown: str, moved: Mapping[str, timedelta]) -> Telling:
        """Return what it tells of one of the two clocks when the other is known; `moved` says how far it was moved since."""
        known = self.second if unknown == self.first else self.first
        offset = (self.apart if unknown == self.second else -self.apart) + moved.get(known, timedelta(0))
        why = (
            f"{self.events:,} requests that {known} tells of too, by what was asked for, stand {written(offset)} off there "
            f"in {self.share:.0%} of cases, mostly {within(self.left)}, and no other offset explains half as many"
        )
        return Telling(unknown, offset, self.share * (1 - self.by_chance), self.left, why)


def paced(store: Store, formats: Mapping[str, str]) -> Iterator[Paced]:
    """Yield the pairs of these sources that tell of the same requests at one distance."""
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for first, second, *rest in store.rows(
        "clock_targets",
        paths=list(formats),
        formats=list(formats.values()),
        farthest=FARTHEST.total_seconds(),
        close=CLOSE.total_seconds(),
        most=MOST_EVENTS,
        most_told=MOST_TOLD,
    ):
        found[first, second].append(tuple(rest))
    for (first, second), told in sorted(found.items()):
        quarters, events, targets, least, most, whole = told[0]
        beside = told[1][1] if len(told) > 1 else 0
        share = events / whole
        if min(events, targets) < LEAST_MATCHES or share < LEAST_AGREEING or beside > events / 2:
            continue
        by_chance = min(1.0, OFFSETS * as_many(whole, share, max(1, beside) / whole))
        if by_chance <= BY_CHANCE and civil_zones.kept(quarters * QUARTER):
            yield Paced(first, second, quarters * QUARTER, events, share, by_chance, (least, most))


def as_many(number: int, share: float, each: float) -> float:
    """Bound how often so large a share of a number of requests would agree, were each to by this chance (Chernoff, 1952)."""
    if each >= share:
        return 1.0
    entropy = share * math.log(share / each)
    if share < 1:
        entropy += (1 - share) * math.log((1 - share) / (1 - each))
    return math.exp(-number * entropy)
