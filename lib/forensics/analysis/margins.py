"""Requests that failed or were slow before a limit was first broken and after it last was: too seldom for a limit, but not by chance.

An incident begins and ends more quietly than its limits say. Whether what went wrong at its margins belongs to it is told by how
much went wrong before: of all stretches that begin at the limit's edge and end with such a request, the one whose count is least
probable at the usual rate (exact conditional test, `chance.more_in_the_second`) is the margin, if it is improbable enough for one of
so many: the stretch that ends with the k-th such request has RISK / (k (k + 1)) of the risk, and all of these together RISK. Each way
of going wrong, a status or slowness, is asked by itself: what always failed now and then hides nothing and begins nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forensics.analysis.chance import RISK, more_in_the_second
from forensics.store import Store

STILL_BROKEN = 0.05
"""So probable may a quiet end be, if things went on going wrong as in the margin, before it is no sign of recovery."""


@dataclass(frozen=True, slots=True)
class Margin:
    """What went wrong between a limit's edge and the farthest such request that is no chance."""

    path: str
    line: int | None
    time: datetime
    """When the farthest of them completed."""
    bad: int
    """Requests that went wrong in its way, of all `requests` between the edge and it."""
    requests: int
    usually_bad: int
    """The same before the incident, of all `usually`."""
    usually: int
    alike: bool
    """Whether only requests of the kinds that the incident took out are counted, as `alike` has them."""

    def may_go_on(self, following: int) -> bool:
        """Say whether so many normal requests after it are too few to tell that it was over."""
        return bool((1 - self.bad / self.requests) ** following > STILL_BROKEN)


def before(store: Store, start: datetime, edge: datetime, slow: float, until: datetime | None = None) -> Margin | None:
    """Return what went wrong just before the edge, a limit's first bad request; `slow` is in seconds.

    Where what went wrong from the edge `until` then was mostly one kind of request, only that kind is counted: where few people log
    in, each that could not tells more than all the pages that were served meanwhile.
    What began slowly has a margin before its margin: the search goes on from each that is found, until none is.
    """
    margin, wrong = None, {"slow": slow, "edge": edge, "until": until}
    while further := farthest(store.rows("bad_before", start=start, end=margin.time if margin else edge, **wrong)):
        bad, requests = (margin.bad, margin.requests) if margin else (0, 0)
        margin = replace(further, bad=further.bad + bad, requests=further.requests + requests)
    return margin


def after(store: Store, start: datetime, onset: datetime, edge: datetime, end: datetime, slow: float) -> Margin | None:
    """Return what went wrong just after the edge, a limit's last bad request; usual is what was from `start` to the onset."""
    return farthest(store.rows("bad_after", start=start, onset=onset, time=edge, end=end, slow=slow))


def farthest(rows: Sequence[tuple[Any, ...]]) -> Margin | None:
    """Return the margin that reaches farthest of those of all ways of going wrong, the nearest requests first; each is as improbable as
    so many questions want it."""
    ways: dict[str, list[Margin]] = {}
    for way, path, line, time, since, bad, of, usual, alike in rows:
        ways.setdefault(way, []).extend([Margin(path, line, time, bad, since, usual, of, alike)] if of else [])
    least = [min(found, key=lambda one: (_chance(one), -one.requests)) for found in ways.values() if found]
    held = [one for one in least if _chance(one) < RISK / len(ways)]
    return max(held, key=lambda one: one.requests, default=None)


def _chance(margin: Margin) -> float:
    """Return how probable so many are at the usual rate, times how many shares of the risk the stretch would need."""
    share = margin.requests / (margin.requests + margin.usually)
    return more_in_the_second(margin.usually_bad, margin.bad, share) * margin.bad * (margin.bad + 1)
