"""By which clock people tell times of day that name no zone: UTC, unless that would make what they tell of a day old.

Who writes "no errors since 14:48" at 12:52 UTC reads a clock on the wall. The clocks of the folder say which one that may be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.analysis.messages import Said
from forensics.analysis.stated import AHEAD, clock_times
from forensics.model import Evidence
from forensics.times import own_clock

RECENT = timedelta(hours=6)
"""Who tells a time of day without a date tells of the last hours."""
UTC = timedelta(0)


@dataclass(frozen=True, slots=True)
class WallClocks:
    """How far ahead of UTC the clocks stand by which people tell times."""

    of: dict[tuple[str, str], timedelta]
    """By the file and the name of who writes in it; whoever is missing tells times in UTC, as far as anything says."""

    def ahead(self, path: str, who: str) -> timedelta:
        """Return how far ahead of UTC this person's clock stands."""
        return self.of.get((path, who), UTC)


def wall_clocks(said: Iterable[Said], evidence: Sequence[Evidence]) -> WallClocks:
    """Return by which clocks people tell times: one that some file of the folder keeps, where all that a person tells was in the last
    hours by it, and by UTC it was not."""
    kept = sorted({timedelta(seconds=one.clock.offset_s or 0.0) for one in evidence} - {UTC})
    if not kept:
        return WallClocks({})
    told: dict[tuple[str, str], list[tuple[datetime, timedelta]]] = defaultdict(list)
    for one in said:
        if one.person and not own_clock(one.time):
            told[one.citation.path, one.who] += [(one.time, time) for time in clock_times(one.text)]
    found = {}
    for who, pairs in told.items():
        fitting = [ahead for ahead in (UTC, *kept) if all(_recent(written, time - ahead) for written, time in pairs)]
        if pairs and UTC not in fitting and len(fitting) == 1:
            found[who] = fitting[0]
    return WallClocks(found)


def _recent(written: datetime, time: timedelta) -> bool:
    """Say whether a time of day, since midnight and on whichever day, lies in the hours before it was written."""
    past = (written + AHEAD - datetime.min - time) % timedelta(days=1)
    return past <= RECENT + AHEAD
