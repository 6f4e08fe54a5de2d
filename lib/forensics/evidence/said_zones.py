"""The zone of a copied chat, where somebody says in it what the clock shows here and what it shows where the others are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from forensics.evidence import chat_copies
from forensics.evidence.shared_events import Telling, written
from forensics.model import Evidence
from forensics.store import Store

NEAR = timedelta(minutes=3)
"""So near to the stamp of the message must the hour be that it tells, for the stamps to be of the same clock."""

_HALF_DAY = 12 * 60


def told(store: Store, unknown: Sequence[Evidence], kept: Mapping[timedelta, Sequence[str]]) -> Iterator[Telling]:
    """Yield the zones of chats whose writer says how far apart from the others' clocks, which all keep one offset, the own one is."""
    ahead = {offset: paths for offset, paths in kept.items() if offset}
    if len(ahead) != 1:
        return
    ((offset, paths),) = ahead.items()
    for entry in unknown:
        if entry.kind != "messages":
            continue
        said = [
            (found, text) for time, text in store.rows("said_hours", path=entry.path) if (found := between(time, text))
        ]
        if said and len({found for found, _ in said}) == 1:
            behind, text = said[0]
            why = f"“{text[:80]}”, and {', '.join(sorted(paths)[:3])} keep {written(offset)}"
            yield Telling(entry.path, offset - behind, 0.5, (0.0, 0.0), why, assumed=True)


def between(time: datetime, text: str) -> timedelta | None:
    """Return by how much the others' clocks are ahead of the one of a message of this time; None where it does not say.

    Hours are told without saying which half of the day, and whole hours mean about that hour.
    """
    found = re.search(chat_copies.declared()["here_and_there"], text)
    if found is None:
        return None
    here = 60 * int(found["hour"]) + int(found["minute"])
    off = (60 * time.hour + time.minute - here) % _HALF_DAY
    if min(off, _HALF_DAY - off) > NEAR / timedelta(minutes=1):
        return None
    there = 60 * int(found["there"]) + int(found["there_minute"] or 0)
    step = 15 if found["there_minute"] else 60
    if there >= _HALF_DAY + 60:  # counted to 24, so that the half of the day is known
        whole, here = 2 * _HALF_DAY, 60 * time.hour + time.minute
    else:
        whole = _HALF_DAY
    apart = step * round(((there - here + whole // 2) % whole - whole // 2) / step)
    return timedelta(minutes=apart)
