"""The days that the files of a folder name in one way only: they tell whether dates beside them begin with the day or the month.

What is told so is weaker than what a file tells of itself: it is assumed, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from forensics.evidence import intake
from forensics.model import Problem

LOOKED_AT = 16 * 1024
"""Bytes at the beginning and at the end of each file in which days are looked for."""

MOST = 0.9
"""By the order that is taken so many of the dates must lie on the days of other files, or beside one; by any other no more than half."""

LEAST_FILES = 2
"""A day that a single file names may be anything: when a database was made, when somebody was born."""

_ISO = re.compile(rb"(?<![\d-])(20\d\d)-([01]\d)-([0-3]\d)(?![\d-])")


@dataclass(frozen=True, slots=True)
class Days:
    """On which days what lies in a folder happened, as far as its files say it."""

    known: frozenset[date] = frozenset()

    def holds(self, day: date | None) -> bool:
        """Say whether a day is one of these, or beside one: by local time it may be."""
        return day is not None and any(day + timedelta(days=n) in self.known for n in (-1, 0, 1))

    def order(self, possible: Mapping[str, Sequence[date | None]]) -> str:
        """Return the order of day and month by which these dates lie on known days, where by no other they do; else nothing."""
        shares = {order: sum(map(self.holds, days)) / len(days) for order, days in possible.items() if days}
        fit = [order for order, share in shares.items() if share >= MOST]
        return (
            fit[0] if len(fit) == 1 and all(share <= 0.5 for order, share in shares.items() if order != fit[0]) else ""
        )


def told(column: str, order: str) -> Problem:
    """Say how dates that leave it open were read, and why."""
    which = "day" if order.startswith("%d") else "month" if order.startswith("%m") else "year"
    return Problem(
        "day-order-assumed",
        f"{column} can be read day first or month first; they are taken to begin with the {which}: so they lie on the days that "
        "other files here name, and otherwise on none of them",
        "export it again with ISO 8601 times",
    )


def named(found: Iterable[intake.Found]) -> Days:
    """Return the days that at least two of the files name as ISO 8601 writes them, at their beginnings or ends."""
    counted: dict[date, int] = {}
    for one in found:
        if one.refused or one.archive:
            continue
        for day in _days(_ends(one)):
            counted[day] = counted.get(day, 0) + 1
    return Days(frozenset(day for day, files in counted.items() if files >= LEAST_FILES))


def _ends(one: intake.Found) -> bytes:
    try:
        with intake.open_readonly(one.place) as file:
            begin = file.read(LOOKED_AT)
            if one.size > 2 * LOOKED_AT:
                file.seek(-LOOKED_AT, 2)
            return begin + b"\n" + file.read(LOOKED_AT)
    except OSError:
        return b""


def _days(text: bytes) -> Collection[date]:
    found = set()
    for year, month, day in set(_ISO.findall(text)):
        try:
            found.add(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found
