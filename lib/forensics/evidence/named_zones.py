"""Stamps without a zone that make sense in one zone only, of those that the folder names.

What people copy, and what services export for them, is often in the local time of whoever exported it; so is what a program writes on
a machine that keeps local time. Where such times lie beside
all dated evidence when they are read as UTC, and within it when they are read in a zone that other files name (as letters, as an
offset, or by its name), that zone is assumed. Where several zones would do, or none, nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forensics.evidence import printed_dates, stamps
from forensics.evidence.relative_clocks import Heads
from forensics.evidence.shared_events import Telling, written
from forensics.model import Evidence
from forensics.store import Store

KINDS = ("log", "messages", "incident-record", "alerts", "metrics", "document", "changes", "unknown")
"""What programs wrote, people copied, or services exported for them."""

MARGIN = timedelta(minutes=30)
"""So far outside the stretch that is covered may a time lie that belongs to it."""

EDGE = timedelta(minutes=5)
"""Exports of one stretch begin, and end, no further apart."""

INSIDE, OUTSIDE = 0.9, 0.5
"""In the assumed zone this share of the times must lie within, as UTC no more than that."""

_AHEAD = re.compile(r"\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?: \d{4})? ?([+-]\d\d):?(\d\d)\b")
_LETTERS = re.compile(r"\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})? ([A-Z]{3,5})\b")
_NAMED = re.compile(r'(?i)"?time_?zone"?\s*[:=]\s*"?([A-Za-z]+/[A-Za-z_+-]+(?:/[A-Za-z_]+)?)')


def told(store: Store, settled: Mapping[str, Evidence], heads: Heads) -> Iterator[Telling]:
    """Yield, for sources whose stamps name no zone, the one zone of those that the folder names in which their times fit."""
    sure = [
        e
        for e in settled.values()
        if e.covers and e.clock.how in ("stated", "inferred") and e.kind in ("log", "metrics")
    ]
    unknown = [e for e in settled.values() if e.covers and _unplaced(e)]
    if not sure or not unknown:
        return
    start = min(entry.covers[0] for entry in sure if entry.covers)
    end = max(entry.covers[1] for entry in sure if entry.covers)
    spans = [entry.covers for entry in sure if entry.covers]
    named = _named(settled, heads, start)
    for entry in unknown:
        fit = {
            ahead: where
            for ahead, where in named.items()
            if ahead
            and (_fits(store, entry.path, start, end, ahead) or _begins_and_ends(entry, [(start, end), *spans], ahead))
        }
        if len(fit) != 1:
            continue
        ((ahead, where),) = fit.items()
        why = (
            f"as UTC its times would lie beside all that is dated here; {written(ahead)}, the one zone that other files "
            f"name ({', '.join(where[:3])}) in which they do not, is assumed"
        )
        yield Telling(entry.path, ahead, 0.0, (0.0, 0.0), why, assumed=True)


def _unplaced(entry: Evidence) -> bool:
    clock = entry.clock
    placed = any(problem.code.startswith(("zone-", "date-")) for problem in entry.problems)
    return (
        entry.kind in KINDS
        and clock.how == "assumed"
        and clock.lacks in ("", "zone", "year")
        and not (clock.offset_s or placed)
    )


def _begins_and_ends(entry: Evidence, spans: Sequence[tuple[datetime, datetime]], ahead: timedelta) -> bool:
    """Say whether a source that was exported for the same stretch as all else, or as another source, begins and ends with that in
    this zone, and, read as UTC, with none."""
    if entry.covers is None or abs(ahead) <= 2 * EDGE:
        return False
    first, last = entry.covers

    def like(by: timedelta) -> bool:
        return any(
            abs(first - by - start) <= EDGE and abs(last - by - end) <= EDGE and end - start > 2 * EDGE
            for start, end in spans
        )

    return like(ahead) and not like(timedelta(0))


def _fits(store: Store, path: str, start: datetime, end: datetime, ahead: timedelta) -> bool:
    asked = {"path": path, "start": start, "end": end, "margin": MARGIN}
    near, inside = store.rows("clock_near", ahead=ahead, **asked)[0]
    _, as_utc = store.rows("clock_near", ahead=timedelta(0), **asked)[0]
    return bool(near and inside >= INSIDE * near and as_utc <= OUTSIDE * near)


def _named(settled: Mapping[str, Evidence], heads: Heads, at: datetime) -> dict[timedelta, list[str]]:
    """Return the offsets that files name, with the files."""
    found: dict[timedelta, list[str]] = {}
    for entry in settled.values():
        for ahead in {one for line in heads(entry.path) for one in _in(line, at)}:
            found.setdefault(ahead, []).append(entry.path)
    return found


def _in(line: str, at: datetime) -> Iterator[timedelta]:
    for sign_and_hours, minutes in _AHEAD.findall(line):
        hours = int(sign_and_hours)
        yield timedelta(hours=hours, minutes=-int(minutes) if sign_and_hours.startswith("-") else int(minutes))
    if (printed := printed_dates.in_figures(line)) is not None:
        yield printed
    for letters in _LETTERS.findall(line):
        if known := re.fullmatch(r"([+-]\d\d):?(\d\d)", stamps.zones().get(letters, "")):
            yield timedelta(hours=int(known[1]), minutes=int(known[2]) * (-1 if known[1].startswith("-") else 1))
    for name in _NAMED.findall(line):
        try:
            yield at.replace(tzinfo=UTC).astimezone(ZoneInfo(name)).utcoffset() or timedelta(0)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
