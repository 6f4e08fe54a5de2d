"""Reading only the stretch of a large log that a person asks for: its bytes are found by halving, for its times ascend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.evidence import lines
from forensics.evidence.content import Content
from forensics.evidence.formats import Format
from forensics.evidence.matching import Matcher
from forensics.store import Store

AROUND = timedelta(minutes=1)
"""Lines this much outside of the stretch are read as well: those of one moment are not always in order."""

NEAR, PROBE = 4 * 1024, 256 * 1024
"""Bytes in which a dated line is looked for, at first and at last."""

CLOSE = 1024 * 1024
"""Halving ends here; what is left is read."""


@dataclass(frozen=True, slots=True)
class Part:
    """The stretch of a text that is read."""

    begin: int
    end: int
    """Bytes."""
    first_line: int


def part(store: Store, content: Content, fmt: Format, start: datetime | None, end: datetime | None) -> Part | None:
    """Return the stretch that holds all lines between two times; None where the text tells no times in order."""
    matcher = Matcher(store, fmt.lines)

    def time_at(place: int) -> datetime | None:
        return _time_after(content, matcher, place)

    first, last = time_at(0), time_at(max(0, content.size - PROBE))
    if first is None or last is None or first > last:
        return None
    begin = _halve(content, time_at, start - AROUND) if start else 0
    stop = _line_begin(content, _halve(content, time_at, end + AROUND) + 2 * CLOSE) if end else content.size
    begin = _line_begin(content, begin)
    return Part(begin, max(begin, stop), lines.count(content.view, begin) + 1)


def _halve(content: Content, time_at: Callable[[int], datetime | None], wanted: datetime) -> int:
    """Return a place before which all dated lines are earlier than `wanted`."""
    low, high = 0, content.size
    while high - low > CLOSE:
        middle = (low + high) // 2
        time = time_at(middle)
        if time is not None and time < wanted:
            low = middle
        else:
            high = middle
    return low


def _time_after(content: Content, matcher: Matcher, place: int) -> datetime | None:
    """Return the time of the first dated line that begins behind a place, as far as one probe reaches."""
    begin, size = _line_begin(content, place), NEAR
    while True:
        stop = min(content.size, begin + size)
        chunk = next(lines.chunks(content.view, 1, begin, stop), None)
        quick = matcher.first_time(chunk) if chunk is not None and len(chunk) else None
        if quick is not None:
            return quick
        times = matcher.lines(chunk).with_all().events["time"].drop_null() if chunk is not None else []
        if len(times):
            found: datetime = times[0].as_py()
            return found
        if size >= PROBE or stop == content.size:
            return None
        size *= 8


def _line_begin(content: Content, place: int) -> int:
    """Return where the first line begins that does not begin before a place."""
    if place <= 0:
        return 0
    found = bytes(content.view[place - 1 : place - 1 + 4 * PROBE]).find(b"\n")
    return place + found if found >= 0 else content.size
