"""Databases that were put back and written on: what was written in between is missing within them, and not at their end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.evidence.databases.sql_text import visible
from forensics.evidence.doctor import losses
from forensics.evidence.doctor.coverage import Source
from forensics.evidence.doctor.words import placed, stretch
from forensics.lengths import lasting
from forensics.model import Evidence, Problem
from forensics.store import Store

PAUSES = 10
"""A stretch without rows means something if it is so many times longer than the longest pause of the hour before and after."""
STEADY = 5
"""Minutes of that hour, on either side, in which there must be rows."""
HABIT = 0.5
"""Where another stretch is at least this part of the longest, there are such stretches in the ordinary course of things."""
AS_EVER = 0.5
"""A log that tells this part of what it told before was about as busy."""
SOON = timedelta(minutes=5)
"""So soon after a database was put back, rows come again."""
SHOWN = 3

Said = Iterator[tuple[str, Problem]]


@dataclass(frozen=True, slots=True)
class _Gap:
    """A stretch without a row: the last row before it, the first after it, and how far rows lie apart around it at most."""

    start: datetime
    end: datetime
    pause: timedelta

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def lacking(store: Store, entries: Sequence[Evidence], sources: Sequence[Source]) -> Said:
    """Name the databases in which rows of a stretch of time are missing, unless the logs were silent then as well."""
    states = {entry.path for entry in entries if entry.kind != "changes"}
    gaps = store.rows("database_gaps", factor=PAUSES, steady=STEADY, habit=HABIT)
    restores = losses.put_back(store, entries) if gaps else []
    for path, start, end, pause in gaps:
        gap = _Gap(start, end, timedelta(seconds=pause))
        log, events = _told(store, sources, gap)
        if path in states and (events or not log):
            yield path, _lacking(store, path, gap, (log, events), restores)


def _told(store: Store, sources: Sequence[Source], gap: _Gap) -> tuple[str, int]:
    """Return the log that was busiest in that time, and how much it tells; 0 where no log tells about as much as before."""
    steady = [one for one in sources if one.kind == "log" and one.steady]
    logs = {one.path for one in steady if one.start <= gap.start and one.end >= gap.end}
    rows = [row for row in store.rows("told_within", start=gap.start, end=gap.end) if row[0] in logs]
    busy = [(within, path) for path, within, before in rows if within >= AS_EVER * before]
    events, log = max(busy, default=(0, min(logs, default="")))
    return log, events


def _lacking(
    store: Store, path: str, gap: _Gap, told: tuple[str, int], restores: Sequence[tuple[str, datetime | None]]
) -> Problem:
    length, of = lasting(gap.length), stretch(gap.start, gap.end)
    log, events = told
    errors, *_ = store.rows("trouble", start=gap.start, end=gap.end)[0]
    failing = f" ({errors:,} errors among them)" if errors else ""
    beside = f", and {log} tells of {events:,} events in that time{failing}" if log else ""
    lost = f"what was written in these {length} at most is lost with the file that it replaced"
    return Problem(
        "rows-missing",
        f"no row of it was written in the {length} from {of}, though rows came at most {lasting(gap.pause)} apart before and "
        f"after{beside}: {_why(store, path, gap, restores)}, and {lost}{_numbers(store, path, gap)}",
        "keep the file that was in use, with its -wal and -journal, before a backup is put in its place: cp -p local.db* incident/",
        leaves_open=f"Which rows were written from {of}, and are they lost?",
    )


def _why(store: Store, path: str, gap: _Gap, restores: Sequence[tuple[str, datetime | None]]) -> str:
    """Say what is known of the reason: somebody put it back, or another state holds rows of that time, or neither."""
    by = next((one for one in restores if one[1] is None or gap.start <= one[1] <= gap.end + SOON), None)
    if by is not None:
        when = f" at {placed(by[1])}" if by[1] else ""
        return f"it was put back{when} ({by[0]}), to a state of about {gap.start:%H:%M:%S}"
    put_back = f"a state of about {gap.start:%H:%M:%S} was put back before {gap.end:%H:%M:%S}"
    held = store.rows("database_lost_within", path=path, start=gap.start, end=gap.end)
    if held:
        return f"{held[0][0]} holds {held[0][1]:,} rows of that time; {put_back}"
    return f"either nothing was written then, or {put_back}"


def _numbers(store: Store, path: str, gap: _Gap) -> str:
    """Say what the numbers of its rows tell of those that are missing."""
    said = []
    for table, last, following in store.rows("database_numbers", path=path, start=gap.start, end=gap.end)[:SHOWN]:
        if following == last + 1:
            said.append(
                f"{visible(table)} goes on from {last:,} to {following:,}: the numbers of lost rows stand on others now"
            )
        else:
            span = f"{last + 1:,} to {following - 1:,}" if following > last + 2 else f"{last + 1:,}"
            said.append(f"no row of {visible(table)} has the numbers {span} ({following - last - 1:,})")
    return f". {'; '.join(said)}" if said else ""
