"""Civil zones: which offsets the zones of the world keep, and which zones change theirs when a source's clock does."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from forensics.model import Problem
from forensics.store import Store

NEAR = timedelta(minutes=2)
"""A clock that changes with its zone does so within this of the hour."""

HOUR = timedelta(hours=1)

_YEARS = range(2000, 2040, 5)
"""Between these, zones have been made and given up; what any of them kept may be meant."""


@cache
def names() -> tuple[str, ...]:
    """Return the names of all zones, short ones first: CET says the same as the names of its thirty cities."""
    return tuple(sorted(zoneinfo.available_timezones(), key=lambda name: (len(name), name)))


@cache
def _offsets() -> frozenset[timedelta]:
    days = [datetime(year, month, 1, tzinfo=UTC) for year in _YEARS for month in (1, 7)]
    return frozenset(ahead(name, day) for name in names() for day in days)


def kept(offset: timedelta) -> bool:
    """Say whether any zone keeps this offset: of the 113 quarters of an hour within 14 hours of UTC fewer than forty do.

    Where the machine knows no zones, every offset is possible.
    """
    return not names() or offset in _offsets()


def ahead(name: str, instant: datetime) -> timedelta:
    """Return how far ahead of UTC the clocks of a zone stand at an instant in UTC."""
    return instant.replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(name)).utcoffset() or timedelta(0)


def instant(name: str, written: datetime, near: datetime) -> datetime:
    """Return the instant in UTC that a zone's clock shows so; of two, the one that lies nearer to another account of it."""
    shown = written.replace(tzinfo=zoneinfo.ZoneInfo(name))
    both = [shown.replace(fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1)]
    return min(both, key=lambda one: abs(one - near))


def keeping(accounts: Sequence[tuple[datetime, datetime]], share: float) -> tuple[str, list[timedelta], float] | None:
    """Return the zone by which this share of accounts (as written, and in UTC) are of one instant, though its offset changes.

    Also what is left between the accounts, and the share. Zones that never differ between these instants are one.
    """
    first, last = (edge(utc for _, utc in accounts) for edge in (min, max))
    best: tuple[str, list[timedelta], float] | None = None
    for name in names():
        if ahead(name, first) == ahead(name, last):
            continue
        rest = [written - utc - ahead(name, utc) for written, utc in accounts]
        left = [one for one in rest if abs(one) <= NEAR]
        if len(left) >= share * len(rest) and (best is None or len(left) > len(best[1])):
            best = name, left, len(left) / len(rest)
    return best


def set_back(before: datetime, after: datetime) -> dict[timedelta, str]:
    """Return the zones whose clocks were set back by an hour just when a source's stamps fall from `before` to `after`.

    A log that was silent then falls by less: by half an hour at the least, or it may only be out of order. By the offset
    that they kept until then, each with one name. Several may fit: in New York and in Chicago clocks show the same then.
    """
    found: dict[timedelta, str] = {}
    silent = HOUR - (before - after)
    if not -NEAR <= silent <= HOUR / 2:
        return found
    for name in names():
        early = ahead(name, before - timedelta(days=1))
        last, next_one = before - early - NEAR, after - (early - HOUR) + NEAR
        if ahead(name, last) == early and ahead(name, next_one) == early - HOUR:
            found.setdefault(early, name)
    return found


def changing(falls: Sequence[tuple[datetime, datetime]], offset: timedelta, at: Sequence[datetime]) -> str | None:
    """Return the zone that keeps this offset at these instants, and was set back when the stamps of a source fall."""
    for before, after in falls:
        for name in set_back(before, after).values():
            if all(ahead(name, one) == offset for one in at):
                return name
    return None


def unsure_beyond(offset: timedelta, at: Sequence[datetime], covers: tuple[datetime, datetime]) -> list[datetime]:
    """Return at which ends of what a source covers a zone may keep another offset than the one it keeps at these instants."""
    keep = [name for name in names() if all(ahead(name, one) == offset for one in at)]
    return [edge for edge in covers if any(ahead(name, edge) != offset for name in keep)]


def odd_hours(store: Store, zone: str) -> list[Problem]:
    """Name the times just placed that a zone leaves out or has twice when summer time begins or ends."""
    left_out, twice = store.rows("clock_odd", zone=zone)[0]
    found = []
    if left_out:
        found.append(
            Problem("dst-gap", f"{left_out:,} of its times do not exist in {zone} (summer time began): kept as written")
        )
    if twice:
        found.append(
            Problem(
                "dst-fold",
                f"{twice:,} of its times came twice in {zone} (summer time ended): read in the order of the file, "
                "the second run from the line on which the clock falls back",
            )
        )
    return found
