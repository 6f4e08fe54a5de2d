"""Times of an incident, and how they are said. Nothing here reads a clock.

Every datetime in this library is naive and in UTC, as in the store; text and zones are met only at the edges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any


def iso(time: datetime | None) -> str | None:
    """Write a time as the contract wants it: ISO 8601, UTC, `Z`, microseconds only where there are any."""
    if time is None:
        return None
    text = time.isoformat(timespec="microseconds" if time.microsecond % 1000 else "milliseconds")
    return text.removesuffix(".000") + "Z"


STAND_IN = 2196
"""The leap year that stands in where stamps hold no year and nothing tells it, so that lengths and orders can be measured.
No evidence is of that year, and no answer names it: such times are written as they stand."""


OWN_CLOCKS = 2300
"""From this year on, each year stands in for the beginning of a clock that only counts seconds and that nothing places: its
first second is the first of the first January. No evidence is of such a year, and no answer names it."""


def own_clock(time: datetime) -> bool:
    """Say whether a time stands on a clock that only counts seconds."""
    return OWN_CLOCKS <= time.year < LAST_YEAR


LAST_YEAR = 9000
"""What is of this year or later means that there is no end."""


def counted(time: datetime) -> float:
    """Return how many seconds a clock of its own had counted."""
    return (time - datetime(time.year, 1, 1)).total_seconds()


def day(time: datetime) -> str:
    """Say a date; where a year only stands in for one that nothing tells, without it."""
    if own_clock(time):
        return "by its own clock"
    return f"{time:%b %d}" if STAND_IN - 10 < time.year <= STAND_IN else f"{time:%Y-%m-%d}"


def clock(time: datetime) -> str:
    """Say the time of day, or the seconds that a clock of its own had counted."""
    return f"{counted(time):g} s" if own_clock(time) else f"{time:%H:%M:%S}"


def full(time: datetime) -> str:
    """Say date and time of day, or the seconds that a clock of its own had counted."""
    return clock(time) if own_clock(time) else f"{time:%Y-%m-%d %H:%M:%S}"


def utc(time: datetime) -> str:
    """Say by which clock a time is: UTC, one of its own, or nothing where its year only stands in: then its zone is not known."""
    if own_clock(time):
        return " on its own clock"
    return "" if STAND_IN - 10 < time.year <= STAND_IN else " UTC"


def placed(time: datetime) -> str:
    """Say the time of day and by which clock it is; a clock that counts is named when the result is whole (findings/unplaced.py)."""
    return str(iso(time)) if own_clock(time) else f"{clock(time)}{utc(time)}"


def parse_time(text: str | dict[str, Any]) -> datetime:
    """Read an ISO 8601 time; one without a zone is UTC. What no clock can place has its stand-in. Raises ValueError."""
    if isinstance(text, dict):
        if "offset_s" in text:
            year = OWN_CLOCKS + text.get("clock_number", 0)
            return datetime(year, 1, 1) + timedelta(seconds=text["offset_s"])
        if not re.match(r"[A-Z][a-z]{2} \d", text.get("written", "")):
            raise ValueError(f"{text} holds no day")
        form = "%Y %b %d %H:%M:%S" + (".%f" if "." in text["written"] else "")
        return datetime.strptime(f"{STAND_IN - text.get('years_before', 0)} {text['written']}", form)
    time = datetime.fromisoformat(text.strip())
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


@dataclass(frozen=True, slots=True)
class Span:
    """A time that is known only within bounds, both included."""

    earliest: datetime
    latest: datetime

    def json(self) -> dict[str, Any]:
        """Write it as the contract does."""
        return {"earliest": iso(self.earliest), "latest": iso(self.latest)}
