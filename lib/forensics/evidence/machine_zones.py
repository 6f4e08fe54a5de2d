"""The zone of the machine, by what `date` printed on it: it tells the zone of logs there that name none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.evidence import civil_zones, printed_dates, stamps
from forensics.evidence.relative_clocks import Heads
from forensics.evidence.shared_events import Telling, written
from forensics.model import Evidence
from forensics.store import Store

_LETTERED = re.compile(r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})? ([A-Z]{2,5})\b")
_AHEAD = re.compile(r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})? ?([+-])(\d\d):?(\d\d)\b")


KINDS = ("log", "capture", "unknown")
"""What is written on the machine; alerts, messages and metrics come from elsewhere, by the clock of whoever exported them."""


@dataclass(frozen=True, slots=True)
class Date:
    """What `date` printed."""

    path: str
    time: datetime
    offset: timedelta


def told(store: Store, settled: Mapping[str, Evidence], unknown: Sequence[Evidence], heads: Heads) -> list[Telling]:
    """Return what captures of `date` tell of the logs that lie beside them or below, where nothing there tells otherwise.

    Other machines, and programs that keep a zone of their own, betray themselves by another offset in their stamps, or by
    an inferred one. Each that keeps the same is one more that agrees.
    """
    printed, shown = dates(store), dates(store, "clock_set")
    found = []
    for entry in unknown:
        if told_of := _changed(entry, [date for date in shown if _below(entry.path, date.path)], settled, heads):
            found.append(told_of)
            continue
        beside = [date for date in printed if _below(entry.path, date.path)]
        offsets = {date.offset for date in beside}
        if len(offsets) != 1:
            continue
        (offset,) = offsets
        near = [one for one in settled.values() if any(_below(one.path, date.path) for date in beside)]
        others = {one.path: ahead for one in near if (ahead := keeps(one, heads))}
        if any(ahead != {offset} for ahead in others.values()):
            continue
        agreeing = 1 + len(others)
        zone = "UTC" if not offset else written(offset)
        last = max(beside, key=lambda date: date.time)
        why = f"{last.path} (date) shows that the machine keeps {zone}" + (
            "" if offset else ", unless it was asked for UTC"
        )
        why += f"; so do {', '.join(list(others)[:3])}" if others else ""
        why += "; nothing here tells of another machine or zone"
        confidence = (agreeing + 1) / (agreeing + 2)  # the rule of succession: all that is known agrees
        found.append(Telling(entry.path, offset, confidence, (0.0, 0.0), why, at=(last.time,)))
    return found


def civil(dates: Sequence[Date]) -> str:
    """Return the zone whose clocks were set between these dates as they show it; empty where none is, or they never were."""
    if len({date.offset for date in dates}) != 2:
        return ""
    fitting = (
        name for name in civil_zones.names() if all(civil_zones.ahead(name, one.time) == one.offset for one in dates)
    )
    return next(fitting, "")


def _changed(entry: Evidence, shown: Sequence[Date], settled: Mapping[str, Evidence], heads: Heads) -> Telling | None:
    """Return what captures of `date` tell of a log beside them where the machine's clock was set meanwhile."""
    zone, offsets = civil(shown), {date.offset for date in shown}
    near = [one for one in settled.values() if any(_below(one.path, date.path) for date in shown)]
    others = {one.path: ahead for one in near if (ahead := keeps(one, heads))}
    if not zone or entry.covers is None or any(not ahead <= offsets for ahead in others.values()):
        return None
    paths = ", ".join(sorted({date.path for date in shown})[:3])
    both = " and ".join(sorted(map(written, offsets)))
    why = f"{paths} (date) shows that the machine's clock was set as in {zone} ({both}); nothing here tells otherwise"
    sure = (len(others) + 2) / (len(others) + 3)
    return Telling(entry.path, civil_zones.ahead(zone, entry.covers[0]), sure, (0.0, 0.0), why, zone=zone)


def dates(store: Store, question: str = "clock_dates") -> list[Date]:
    """Return the captures of `date` that show a zone."""
    return [
        Date(path, time, offset)
        for path, time, text in store.rows(question)
        if (offset := printed_dates.offset(text)) is not None
    ]


def _below(path: str, capture: str) -> bool:
    """Say whether a file lies in the folder of a capture, or below."""
    folder = capture.rpartition("/")[0]
    return not folder or path.startswith(f"{folder}/")


def keeps(entry: Evidence, heads: Heads) -> set[timedelta]:
    """Return the offsets that a log is known to keep: by its stamps where they are no plain UTC, or because events told.

    Letters of a zone, as `date` prints them above what was captured, are read where one zone alone claims them.
    """
    if entry.kind not in ("log", "unknown") or not entry.covers:
        return set()
    if entry.clock.how == "inferred" and entry.clock.lacks in ("zone", "name", "year"):
        return {timedelta(seconds=entry.clock.offset_s)}
    if entry.clock.lacks or entry.clock.how != "stated":
        return set()
    found = [offset for line in heads(entry.path) if (offset := of_stamp(line)) is not None]
    return set(found)


def of_stamp(line: str) -> timedelta | None:
    """Return the offset that the stamp of a line states."""
    ahead = _AHEAD.search(line)
    letters = None if ahead else _LETTERED.search(line)
    if letters and letters[1] in stamps.zones():
        ahead = _AHEAD.search(f"00:00:00{stamps.zones()[letters[1]]}")
    return printed_dates.length(*ahead.groups()) if ahead else None
