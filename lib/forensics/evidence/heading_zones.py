"""Zones that stand in brackets above times: “(Europe/Oslo)”, “(CET)”, “(UTC)”, “(+02:00)”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forensics.evidence import civil_zones, stamps
from forensics.evidence.printed_dates import length

_BRACKETED = re.compile(
    r"\((?:[^()]{0,40}[ ,])?([A-Z][A-Za-z]+/[A-Z][A-Za-z_-]+(?:/[A-Z][A-Za-z_-]+)?|[A-Z]{2,5}|(?:UTC|GMT)?[+-]\d\d:?\d\d)\)"
)
_CIVIL = re.compile(r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_/-]+")
_STAMPED = re.compile(r"\d\d?:\d\d")


def above(lines: Sequence[str]) -> str:
    """Return the one zone that the lines above the first time name in brackets; nothing where they name none, or several."""
    first = next((n for n, line in enumerate(lines) if _STAMPED.search(line)), len(lines))
    found = {name for line in lines[:first] for name in _BRACKETED.findall(line) if known(name)}
    return found.pop() if len(found) == 1 else ""


@cache
def known(name: str) -> bool:
    """Say whether this names a zone: one of the world's by its name, letters that one zone alone claims, or an offset."""
    return civil(name) or _ahead(name) is not None


def civil(name: str) -> bool:
    """Say whether this is the name of one of the world's zones, such as Europe/Oslo."""
    if not _CIVIL.fullmatch(name):
        return False
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _ahead(name: str) -> timedelta | None:
    found = re.search(r"([+-])(\d\d):?(\d\d)$", stamps.zones().get(name, name))
    return length(*found.groups()) if found else None


def instant(name: str, written: datetime | None) -> datetime | None:
    """Return the instant in UTC that a clock of this zone shows so."""
    if written is None:
        return None
    if civil(name):
        return civil_zones.instant(name, written, written)
    return written - (_ahead(name) or timedelta(0))
