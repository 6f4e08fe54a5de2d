"""Reading only the stretch of a large log that a person asks for: its bytes are found by halving, for its times ascend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow.compute as pc

from forensics.evidence import lines
from forensics.evidence.formats import Format
from forensics.evidence.matching import Matcher
from forensics.store import Store

AROUND = timedelta(minutes=1)
"""Lines this much outside of the stretch are read as well: those of one moment are not always in order."""

PROBE = 256 * 1024
"""Bytes in which a dated line is looked for."""

CLOSE = 1024 * 1024
"""Halving ends here; what is left is read."""


@dataclass(frozen=True, slots=True)
class Part:
    """The stretch of a text that is read."""

    begin: int
    end: int
    """Bytes."""
    first_line: int
    lines: int
    """Of the whole text."""


def part(
    store: Store, content: lines.Content, fmt: Format, start: datetime | None, end: datetime | None
) -> Part | None:
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
    before = lines.count(content.view[:begin])
    return Part(begin, max(begin, stop), before + 1, before + lines.count(content.view[begin:]))


def _halve(content: lines.Content, time_at: Callable[[int], datetime | None], wanted: datetime) -> int:
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


def _time_after(content: lines.Content, matcher: Matcher, place: int) -> datetime | None:
    """Return the time of the first dated line that begins behind a place, as far as one probe reaches."""
    begin = _line_begin(content, place)
    stop = min(content.size, begin + PROBE)
    for chunk in lines.chunks(content.view, 1, begin, stop):
        time = matcher.lines(chunk).with_all().events["time"]
        found = pc.index(pc.is_valid(time), True).as_py()
        return time[found].as_py() if found >= 0 else None
    return None


def _line_begin(content: lines.Content, place: int) -> int:
    """Return where the first line begins that does not begin before a place."""
    if place <= 0:
        return 0
    ahead = np.frombuffer(content.view[place - 1 : place - 1 + 4 * PROBE], dtype=np.uint8)
    ends = np.flatnonzero(ahead == 10)
    return place + int(ends[0]) if len(ends) else content.size
