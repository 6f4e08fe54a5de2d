"""Which clock a text keeps, by the stamps of its lines, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from forensics.evidence import formats, logs, stamps
from forensics.evidence.patterns import LinePattern
from forensics.model import Clock, Problem

_WRITTEN = {"year": "%b %d %H:%M:%S", "date": "%H:%M:%S", "order": "%d or %m: %H:%M:%S"}


def written(time: datetime, lacks: str) -> str:
    """Write a time that cannot be placed as its stamp does, without what that leaves out."""
    if lacks == "epoch":
        return f"{(time - datetime(1970, 1, 1)).total_seconds():.12g} s"
    return time.strftime(_WRITTEN[lacks])


def kept(fmt: formats.Format, reading: logs.TextReading, sample: list[str]) -> tuple[Clock, Problem | None]:
    """Return which clock a text keeps, by the stamps that most of its dated lines carry, and what is doubtful about it."""
    dated = [pattern for pattern in fmt.lines if pattern.begins == "event" and reading.read.get(pattern.name)]
    if not dated:
        return Clock("", "unknown"), _timeless(reading) if fmt.kind == "log" and reading.count.accepted else None
    most = max(dated, key=lambda pattern: reading.read[pattern.name])
    why = fmt.clock_why if most.lacks == "zone" else ""
    match most.lacks:
        case "" if most.stamp.startswith(stamps.LETTERED):
            return _lettered_clock(fmt, most, sample, {time.month for time in reading.covers or ()})
        case "":
            return Clock("UTC", "stated", 0.0, "", "each stamp says its zone"), None
        case "epoch":
            return Clock("", "unknown", 0.0, "epoch", why or _DOUBTS["epoch"]), _unplaced("epoch")
        case "zone" if fmt.zoneless_utc:
            return Clock("UTC", "stated", 0.0, "", fmt.clock_why), None
        case "zone" | "year" | "date" | "order":
            return Clock("UTC", "assumed", 0.0, most.lacks, why or _DOUBTS[most.lacks]), _unplaced(most.lacks)
        case _:
            return _lettered_clock(fmt, most, sample)


_DOUBTS = {
    "zone": "its stamps name no zone",
    "year": "its stamps hold no year and name no zone",
    "date": "its stamps hold no date",
    "order": "which number of its dates is the day and which the month is open",
    "epoch": "it counts seconds from a beginning that it does not name",
}


def _timeless(reading: logs.TextReading) -> Problem:
    """Say that a log tells no time at all."""
    count = reading.count.accepted
    return Problem(
        "no-time",
        f"none of its {count:,} records states a time: their order is known, and nothing else of when they were written"
        if count > 1
        else "its only record states no time",
        _STAMP_THEM,
        leaves_open="When did each of these happen?",
    )


FEW = 10
"""So many records without a time are nothing to speak of."""

_STAMP_THEM = (
    "let a time stand before each line the next time: COMMAND 2>&1 | ts '%FT%T%z'; docker logs --timestamps; "
    "kubectl logs --timestamps"
)


def mostly_undated(fmt: formats.Format, reading: logs.TextReading) -> Problem | None:
    """Say that most records of a log with times state none: what it covers is less than what it tells of."""
    dated = sum(reading.read.get(one.name, 0) for one in fmt.lines if one.begins == "event")
    undated = reading.count.accepted - dated - reading.timeless
    if fmt.kind != "log" or not dated or undated < FEW or undated <= dated:
        return None
    return Problem(
        "mostly-undated",
        f"{undated:,} of its {reading.count.accepted:,} records state no time: of these only the order is known, and what it covers is "
        f"the time of the {dated:,} others",
        _STAMP_THEM,
        leaves_open="When did each of these happen?",
    )


def _unplaced(lacks: str) -> Problem | None:
    if lacks in ("zone", "year"):
        return None
    remedies = {
        "date": "state when its first day began: -p anchors='FILE=2031-04-02T00:00:00Z'",
        "order": "collect it with ISO dates, or give a longer stretch of it",
        "epoch": "state when it began: -p anchors='FILE=2031-04-02T07:30:00Z'",
    }
    return Problem(
        {"date": "no-date", "order": "ambiguous-date", "epoch": "relative-clock"}[lacks],
        f"{_DOUBTS[lacks]}: its times are kept as written and cannot be placed",
        remedies[lacks],
        leaves_open="When was it, and what happened at the same time elsewhere?",
    )


def _lettered_clock(
    fmt: formats.Format, pattern: LinePattern, sample: list[str], months: Collection[int] = ()
) -> tuple[Clock, Problem | None]:
    """Say what the letters of a zone tell: most name one zone, some are claimed by several, or by none."""
    shape = stamps.named(pattern.stamp)
    fits = [fit for line in sample if (fit := fmt.first_fit(line)) and fit[0] == pattern]
    names = sorted({stamps.letters(shape, fit[1]["time"]) for fit in fits} - {""})
    name = ", ".join(names) or "no name"
    if not pattern.lacks:
        ahead = {one: stamps.zones().get(one, "?") for one in names}
        doubts = [f"{one}, read as {ahead[one]}: {said}" for one in names if (said := stamps.assumed(one, months))]
        why = f"each stamp says its zone: {', '.join(f'{one} ({zone})' for one, zone in ahead.items())}"
        if not doubts:
            return Clock("UTC", "stated", 0.0, "", why), None
        zone = ahead[names[0]] if len(names) == 1 else "UTC"
        return Clock(zone, "assumed", 0.0, "", why), Problem("zone-assumed", f"its stamps say {'; '.join(doubts)}")
    problem = Problem(
        "zone-unknown",
        f"its stamps say {name}, which several zones claim, or none: read as if it were UTC, the true times lie up to 14 h away",
        "state the zone: -p clocks='FILE=Europe/Berlin'",
        leaves_open="What happened at the same time elsewhere?",
    )
    return Clock(name, "unknown", 0.0, "name", f"{name} names no single zone"), problem
