"""What `date` and `uptime -s` print above other output: how far ahead of UTC the clock is, and when the machine began to run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from forensics.evidence import stamps

_PRINTED = re.compile(r"\d\d?:\d\d:\d\d(?: [AP]M)?,? ?([+-])(\d\d):?(\d\d)?(?: \d{4})?$")
"""An offset as `date` prints it where a zone has no letters: of hours alone, mostly."""

_AHEAD = re.compile(r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})? ?([+-])(\d\d):?(\d\d)\b")
_LETTERS = re.compile(r"\b([A-Z]{2,5})\b(?: \d{4})?$")
_HOUR = re.compile(r"\d\d?:\d\d:\d\d")
_ASKED = re.compile(r"\buptime\s+(?:-s|--since)\b")
_SINCE = re.compile(r"(?:up since )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$")


def length(sign: str, hours: str, minutes: str | None) -> timedelta:
    """Return how far ahead of UTC an offset is, by its three parts."""
    length = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -length if sign == "-" else length


def in_figures(text: str) -> timedelta | None:
    """Return the offset that a text ends in, as `date` prints it where a zone has no letters."""
    found = _PRINTED.search(text)
    return length(*found.groups()) if found else None


def offset(text: str) -> timedelta | None:
    """Return the offset that `date` printed; none for letters that several zones claim, and for Z, which it prints when told to."""
    ahead = _PRINTED.search(text) or _AHEAD.search(text)
    letters = _LETTERS.search(text)
    if ahead is None and letters is not None and letters[1] in stamps.zones():
        ahead = _AHEAD.search(f"00:00:00{stamps.zones()[letters[1]]}")
    return length(*ahead.groups()) if ahead else None


def began(lines: Sequence[str]) -> tuple[int, datetime] | None:
    """Return when the machine began to run, in UTC, and the number of the line that says so: what `uptime -s` printed, where
    `date` beside it says by which zone."""
    if not any(_ASKED.search(line) for line in lines):
        return None
    since = [(at, found[1]) for at, line in enumerate(lines, 1) if (found := _SINCE.fullmatch(line.strip()))]
    dates = [line.strip() for line in lines if _HOUR.search(line) and not _SINCE.fullmatch(line.strip())]
    ahead = {one for line in dates if (one := offset(line)) is not None}
    if len(since) != 1 or len(ahead) != 1:
        return None
    at, written = since[0]
    try:
        return at, datetime.fromisoformat(written) - ahead.pop()
    except ValueError:
        return None
