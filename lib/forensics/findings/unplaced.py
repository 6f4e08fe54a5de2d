"""Times that nothing places: of stamps without a year, said as they are written; of clocks that count, in their seconds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from forensics.model import Json
from forensics.times import OWN_CLOCKS, STAND_IN, clock, counted, own_clock, parse_time

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


def on_own_clocks(value: Any, paths: Sequence[str]) -> Any:
    """Return a result or claims with each time that stands in for a count of seconds as the contract writes it.

    `paths` are the sources whose clocks count, in the order of the years that stand in for them.
    """
    if isinstance(value, dict):
        return {key: on_own_clocks(one, paths) for key, one in value.items()}
    if isinstance(value, list):
        return [on_own_clocks(one, paths) for one in value]
    if not isinstance(value, str) or not (found := list(_COUNTED.finditer(value))):
        return value
    if found[0].group() == value:
        time = parse_time(value)
        number = time.year - OWN_CLOCKS
        return {"clock": paths[number], "offset_s": round(counted(time), 6), "clock_number": number}
    return _COUNTED.sub(lambda one: _seconds(one.group(), paths), value)


_COUNTED = re.compile(rf"\b(?:{OWN_CLOCKS // 100}|[3-8]\d)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def _seconds(text: str, paths: Sequence[str]) -> str:
    time = parse_time(text)
    if not own_clock(time) or time.year - OWN_CLOCKS >= len(paths):
        return text
    return f"{clock(time)} on the clock of {paths[time.year - OWN_CLOCKS]}"


def _cited(value: Json, path: str) -> bool:
    names = (value.get(name) for name in ("path", "where", "signal"))
    return any(isinstance(name, str) and re.search(rf"(?:^|\s){re.escape(path)}(?:$|[\s:])", name) for name in names)


def _stamp(year: str, month: str, day: str, time: str | None) -> str:
    written = f"{datetime(STAND_IN, int(month), int(day)):%b %d}"
    return f"{written} {time}" if time else written
