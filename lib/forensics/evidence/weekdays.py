"""Dates that name a day of the week which that day was not: a text that was altered, or dates that were moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from forensics.model import Problem

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY, _MONTH = rf"\b(?P<day>{'|'.join(_DAYS)})", rf"(?P<month>{'|'.join(_MONTHS)})"
_WRITTEN = (
    re.compile(rf"{_DAY},? (?P<of>\d{{1,2}})[ -]{_MONTH}[ -](?P<year>\d{{4}})\b"),
    re.compile(
        rf"{_DAY},? {_MONTH} +(?P<of>\d{{1,2}}) \d\d:\d\d:\d\d (?:[AP]M )?(?:[A-Z]{{2,5}} )?(?P<year>\d{{4}})\b"
    ),
)


def wrong(lines: Sequence[str]) -> Problem | None:
    """Name the first date of some lines that was another day of the week than it says; None where all are right."""
    told = [
        (found, day) for line in lines for form in _WRITTEN for found in form.finditer(line) if (day := _day(found))
    ]
    false = [(found, day) for found, day in told if _DAYS[day.weekday()] != found["day"]]
    if not false:
        return None
    found, day = false[0]
    more = f" (wrong are {len(false):,} of its {len(told):,} such dates)" if len(false) > 1 else ""
    return Problem(
        "wrong-weekday",
        f"“{found[0]}” was a {_NAMES[day.weekday()]}{more}: somebody altered the text, or moved its dates; they are read as written",
        leaves_open="When was it really?",
    )


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["year"]), _MONTHS.index(found["month"]) + 1, int(found["of"]))
    except ValueError:
        return None
