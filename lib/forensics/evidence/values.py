"""Reading single values that exports write in many ways: times, numbers, truth values."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from forensics.evidence import stamps
from forensics.times import parse_time

EPOCH = datetime(1970, 1, 1)
EARLIEST = datetime(1973, 1, 1)
"""Before this lie the zeros of other systems: 0001-01-01 and 1970-01-01 mean that there is no time."""
EXACT = 2**53
"""Whole numbers beyond this have no exact double."""
LONGEST_NUMBER = 400
_GO = re.compile(r" ([+-]\d{4}) [A-Z][A-Za-z]{2,4}$")
"""Go writes an offset and then its name, `+0200 CEST`: the offset says all."""
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (0.0, 1.0))


def instant(value: Any) -> datetime | None:
    """Return the time that a value states: epoch s, ms, µs or ns by magnitude, or ISO 8601; None for anything else.

    Numbers of seconds are taken from 1973 on, so that a small count is never mistaken for a time. Letters may name the
    zone; those that no single zone claims say nothing.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        try:
            value = float(value) if "-" not in value[1:] and ":" not in value else parse_time(_written(value))
        except (ValueError, OverflowError):
            return None
    if isinstance(value, datetime):
        time = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return time if time >= EARLIEST else None
    if not isinstance(value, int | float) or not math.isfinite(value) or not 1e8 <= value < 1e20:
        return None
    divisor = next(divisor for least, divisor in _UNITS if value >= least)
    try:
        if isinstance(value, int):
            return EPOCH + timedelta(microseconds=value * 10**6 // int(divisor))
        return EPOCH + timedelta(microseconds=round(value * 1e6 / divisor))
    except OverflowError:
        return None


_ZONE = re.compile(r"(:\d\d(?:[.,]\d+)?) ?([A-Z]{2,5}|[+-]\d\d(?::?\d\d)?)\s*$")
"""What stands behind a time of day: an offset, perhaps after a blank, or the letters of a zone."""


_DAY_FIRST = re.compile(r"(\d\d?)([.-])(\d\d?)\2(\d{4})[T ]+(\d\d?:\d\d)")
"""Between full stops and hyphens the day comes first where the year comes last: no country writes the month first so."""


def _written(time: str) -> str:
    """Return a time as ISO 8601 wants its day and its zone."""
    if found := _DAY_FIRST.match(time):
        time = f"{found[4]}-{found[3]:0>2}-{found[1]:0>2}T{found[5]:0>5}{time[found.end() :]}"
    return _ZONE.sub(_offset, _GO.sub(r"\1", time))


def _offset(found: re.Match[str]) -> str:
    """Return a time of day with its zone as an offset."""
    zone = found[2]
    return found[1] + (zone if zone[0] in "+-" else stamps.zones().get(zone, ""))


def number(value: Any) -> float | None:
    """Return a finite number, also from text; None for true, NaN, Inf, "n/a" and the like. Never 0 for missing.

    A whole number too large to be kept exactly is missing, too, not another number.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and value.strip().lstrip("+-").isdecimal():
        value = int(value) if len(value) < LONGEST_NUMBER else None
    if isinstance(value, int) and abs(value) > EXACT:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def truth(value: Any) -> bool | None:
    """Return a truth value, also from the texts true and false; None for anything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).lower())


def text(value: Any) -> str | None:
    """Return text as it is, anything else as JSON with sorted keys."""
    if value is None:
        return None
    found = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    try:
        return found.encode("utf-8", "surrogateescape").decode(
            "utf-8", "backslashreplace"
        )  # a bad byte is shown as \xNN
    except UnicodeEncodeError:
        return found.encode("utf-8", "backslashreplace").decode("utf-8")  # half a character is shown, not lost


LONGEST_NAME = 80
"""Characters of a name out of evidence that a sentence of ours repeats."""


def named(name: Any) -> str:
    """Return a name out of evidence for a sentence of ours: cut, and nothing in it that acts on a terminal."""
    short = str(name) if len(str(name)) <= LONGEST_NAME else str(name)[: LONGEST_NAME - 1] + "…"
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in short)
