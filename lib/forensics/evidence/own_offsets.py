"""How far a log's clock is ahead of UTC, as its own program says in it: “UTC adjustment: 2:00”, or one moment by both clocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from forensics.evidence import formats
from forensics.evidence.shared_events import Telling
from forensics.model import Evidence
from forensics.store import Store

QUARTER = timedelta(minutes=15)

FARTHEST = timedelta(hours=14)
"""No zone is further ahead of UTC."""

SURE = 0.99
"""What a program says of its own clock is so, but for the hour of a summer time that began or ended since."""


def told(store: Store, unknown: Sequence[Evidence]) -> Iterator[Telling]:
    """Yield the offsets of logs that say theirs, and say it alike wherever they do."""
    for entry in unknown:
        fmt = formats.known(entry.format) if entry.format else None
        if fmt is None or not fmt.clock_said:
            continue
        rows = store.rows("clock_said", path=entry.path, pattern=fmt.clock_said)
        said = [(line, found) for line, text in rows if (found := re.search(fmt.clock_said, text))]
        offsets = {offset for _, found in said if (offset := _offset(found)) is not None}
        if len(offsets) == 1:
            line, found = said[0]
            offset = offsets.pop()
            why = f"line {line:,} of its own says so (“{found[0]}”)"
            yield Telling(entry.path, offset, SURE, (0.0, 0.0), why)


def _offset(found: re.Match[str]) -> timedelta | None:
    """Return how far the local clock is ahead of UTC, by what was found: the length itself, or both clocks."""
    parts = found.groupdict()
    if parts.get("ahead"):
        sign, hours, minutes = re.fullmatch(r"([+-]?)(\d{1,2}):(\d\d)", parts["ahead"]).groups()  # type: ignore[union-attr]
        length = timedelta(hours=int(hours), minutes=int(minutes))
        return -length if sign == "-" else length
    local, utc = (_moment(parts.get(name) or "") for name in ("local", "utc"))
    if local is None or utc is None:
        return None
    apart = QUARTER * round((local - utc) / QUARTER)
    return apart if abs(apart) <= FARTHEST else None


def _moment(text: str) -> datetime | None:
    for form in ("%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None
