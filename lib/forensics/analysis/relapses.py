"""Where what went wrong ceased and came back: what ended it before a relapse was no end of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from forensics.analysis import unruled
from forensics.analysis.chance import RISK, WATCHED, more_in_the_second
from forensics.analysis.impact import Run
from forensics.analysis.known import NEVER_SLOW, REQUEST_SIGNALS, Known
from forensics.analysis.what_followed import Followed
from forensics.model import Query, own_clock
from forensics.store import Store

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Relapse:
    """A stretch in which requests were as usual, between two in which they went wrong."""

    ceased: datetime
    again: datetime
    requests: int
    """Those that completed between the two."""
    bad: int
    """Of those, the ones that went wrong all the same."""
    usually: int
    """Requests before the onset."""
    usually_bad: int
    asked: tuple[Query, ...]


def relapses(store: Store, known: Known) -> list[Relapse]:
    """Return the stretches between two over a limit, each longer than what is usual can be told from, in which surely less than half as
    many requests went wrong as in the stretch before, and surely not more than usually do."""
    spells = _spells([run for run in known.impact.runs if run.signal in (*REQUEST_SIGNALS, unruled.REFUSED)])
    asks = {"slow": NEVER_SLOW if known.wrong.slow is None else known.wrong.slow, "refused": list(known.wrong.refused)}
    found: list[Relapse] = []
    for (begun, ceased), (again, _) in pairwise(spells):
        with store.noted() as asked:
            usually, wrong, between = (
                store.rows("gone_wrong", start=start - TICK, end=end - TICK, **asks)[
                    0
                ]  # buckets hold their start, not their end
                for start, end in ((known.measured.span.start, spells[0][0]), (begun, ceased), (ceased, again))
            )
        followed = Followed(wrong[0], wrong[1], between[0], between[1], known.wrong, ())
        if followed.fell and usually[0] and _as_usual(usually, between):
            found.append(Relapse(ceased, again, between[0], between[1], usually[0], usually[1], tuple(asked)))
    return found


def _spells(runs: Sequence[Run]) -> list[tuple[datetime, datetime]]:
    """Return from when until when limits were broken, where pauses are too short to tell what is usual."""
    spells: list[tuple[datetime, datetime]] = []
    for run in sorted(runs, key=lambda one: one.breach.start):
        start, end = run.breach.start, run.breach.latest_end
        if own_clock(start):
            continue
        if spells and start - spells[-1][1] < WATCHED:
            spells[-1] = spells[-1][0], max(spells[-1][1], end)
        else:
            spells.append((start, end))
    return spells


def _as_usual(usually: Sequence[int], between: Sequence[int]) -> bool:
    share = between[0] / (usually[0] + between[0])
    return more_in_the_second(usually[1], between[1], share) >= RISK
