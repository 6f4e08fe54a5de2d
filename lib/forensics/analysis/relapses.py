"""Where what went wrong ceased and came back: what ended it before a relapse was no end of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from forensics.analysis import unruled
from forensics.analysis.chance import WATCHED, more_than_usual
from forensics.analysis.impact import Run
from forensics.analysis.known import NEVER_SLOW, REQUEST_SIGNALS, Known
from forensics.analysis.mitigations import Done
from forensics.analysis.timeline import RELAPSED, path_of
from forensics.analysis.what_followed import Followed
from forensics.model import Change, Citation, Event, Moment, Query
from forensics.store import Store
from forensics.times import clock, own_clock, utc

JUST_BEFORE = timedelta(minutes=10)
"""What was changed so soon before a relapse may have brought it back."""
TICK = timedelta(microseconds=1)
FAR_LESS = 0.1
"""Of the share that went wrong before, and of the one after: where no more goes wrong in between, it had ceased for whoever looked."""


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
    then: int
    """Requests in the stretch that followed."""
    then_bad: int
    change: Change | None
    """The last change shortly before it came back."""
    begun: datetime
    """When the stretch began that ceased."""
    source: Citation
    """The file that tells of the stretch that followed."""
    usual: bool
    """Whether not surely more than usually went wrong in between; else it was far less than before and after."""
    asked: tuple[Query, ...]


def relapses(store: Store, known: Known, onset: Moment) -> list[Relapse]:
    """Return the stretches between two over a limit, each longer than what is usual can be told from, in which surely less than half as
    many requests went wrong as in the stretch before, and not surely more than usually do (than did before the onset) or far less than
    on both sides."""
    spells = _spells([run for run in known.impact.runs if run.signal in (*REQUEST_SIGNALS, unruled.REFUSED)])
    asks = {"slow": NEVER_SLOW if known.wrong.slow is None else known.wrong.slow, "refused": list(known.wrong.refused)}

    def counted(start: datetime, end: datetime) -> tuple[int, int]:
        requests, bad = store.rows("gone_wrong", start=start - TICK, end=end - TICK, **asks)[0]
        return requests, bad  # of a bucket's requests: it holds its start, and not its end

    found: list[Relapse] = []
    sources = {run.breach.start: run.breach.signal for run in reversed(known.impact.runs)}
    before = min([spells[0][0], *([onset.span.earliest] if onset.span else [])]) if spells else None
    for (begun, ceased), (again, end) in pairwise(spells):
        with store.noted() as asked:
            usually, wrong = counted(known.measured.span.start, before or begun), counted(begun, ceased)
            between, then = counted(ceased, again), counted(again, end)
        if not usually[0] or not Followed(*wrong, *between, known.wrong, ()).fell:
            continue
        usual = not more_than_usual(usually, between)
        if usual or all(_share(between) < FAR_LESS * _share(one) for one in (wrong, then)):
            change = _last(known.changes, again)
            source = path_of(sources[again])
            found.append(Relapse(ceased, again, *between, *usually, *then, change, begun, source, usual, tuple(asked)))
    return found


def _share(counted: tuple[int, int]) -> float:
    requests, bad = counted
    return bad / requests if requests else 0.0


def done_before(relapse: Relapse, done: Sequence[Done]) -> Done | None:
    """Return the last action before it ceased, since it had begun; else the first that was told before it came back."""
    dated = [(one.first.time, one) for one in done if one.first.time and not one.told_only]
    before = [one for time, one in dated if relapse.begun <= time <= relapse.ceased]
    after = [one for time, one in dated if relapse.ceased < time < relapse.again]
    return before[-1] if before else next(iter(after), None)


def events(found: Sequence[Relapse]) -> list[Event]:
    """Return for the timeline when it ceased, and when it came back."""
    told: list[Event] = []
    for one in found:
        how = "ceased: requests went as usual" if one.usual else "all but ceased"
        until = f"It {how} until {clock(one.again)}{utc(one.again)}"
        back = f"It came back: of {one.then:,} requests from then on {one.then_bad:,} went wrong"
        told += [
            Event(time, "signal", words, one.source, weight=RELAPSED, asked=(query, records(query)))
            for time, words, query in zip((one.ceased, one.again), (until, back), one.asked[-2:], strict=True)
        ]
    return told


def records(query: Query) -> Query:
    """Return the question for the records that stand for a count of requests."""
    return Query("standing_requests", {name: query.parameters[name] for name in ("start", "end", "slow")})


def _last(changes: Sequence[Change], again: datetime) -> Change | None:
    before = [one for one in changes if one.time and again - JUST_BEFORE <= one.time <= again]
    return max(before, key=lambda one: (one.time or again, one.id)) if before else None


def _spells(runs: Sequence[Run]) -> list[tuple[datetime, datetime]]:
    """Return from when until when limits were broken; pauses in which nothing can be told of what is usual part none."""
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
