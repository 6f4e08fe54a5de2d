"""Times of stamps that hold no year, where nothing tells it: said as they are written, by the clock that wrote them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from forensics.model import STAND_IN, Json

_DAY = rf"({STAND_IN // 10}\d)-(\d\d)-(\d\d)"
_TIME = re.compile(_DAY + r"T(\d\d:\d\d:\d\d(?:\.\d+)?)Z")
_SAID = re.compile(_DAY + r"(?:[T ](\d\d:\d\d:\d\d(?:\.\d+)?))?")
_ZONE = re.compile(r"(?<=\d\d:\d\d:\d\d) UTC")


def as_written(value: Any, paths: Sequence[str], clock: str = "") -> Any:
    """Return a result or claims with each stand-in for a time as the contract writes what cannot be placed.

    `paths` are the sources without years; where something stands beside one of them, it is that one's time.
    """
    clock = clock or paths[0]
    if isinstance(value, dict):
        clock = next((path for path in paths if _cited(value, path)), clock)
        return {key: as_written(one, paths, clock) for key, one in value.items()}
    if isinstance(value, list):
        return [as_written(one, paths, clock) for one in value]
    if not isinstance(value, str):
        return value
    whole = _TIME.fullmatch(value)
    if whole is None:
        return _ZONE.sub("", _SAID.sub(lambda found: _stamp(*found.groups()), value))
    before = STAND_IN - int(whole[1])
    told: Json = {"clock": clock, "written": _stamp(*whole.groups())}
    return told | ({"years_before": before} if before else {})


def _cited(value: Json, path: str) -> bool:
    names = (value.get(name) for name in ("path", "where", "signal"))
    return any(isinstance(name, str) and re.search(rf"(?:^|\s){re.escape(path)}(?:$|[\s:])", name) for name in names)


def _stamp(year: str, month: str, day: str, time: str | None) -> str:
    written = f"{datetime(STAND_IN, int(month), int(day)):%b %d}"
    return f"{written} {time}" if time else written
