"""When people say that the clock points of the incident came, to stand beside what the data tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from forensics import declarations
from forensics.analysis.acts import Act, sentences, state_of
from forensics.analysis.known import Record
from forensics.model import Citation
from forensics.times import Span, own_clock

TICK = timedelta(microseconds=1)
AHEAD = timedelta(minutes=1)
"""A clock on a wall may be ahead of the one that stamped the message by this much."""
_TIME = (
    r"(?P<time>(?:(?P<date>\d{4}-\d\d-\d\d)[T ]+)?(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    r"(?!\d|:\d)(?: ?(?P<half>(?i:[ap]\.?m\b\.?)))?(?: ?(?P<zone>(?i:UTC|GMT)\b|[+-]\d\d:?\d\d\b|(?-i:Z|[A-Z]{2,5})\b))?)"
)
_SETS = {"Monitoring": "mitigated", "Resolved": "recovered"}
"""Moments that have come by the time at which a person sets a state."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A moment that somebody stated."""

    moment: str
    span: Span | None
    """Within the minute or second that was written; None where the zone's name leaves it open."""
    words: str
    written: str
    """The time as it was written; empty where it is that of the message or record itself."""
    zone_assumed: bool
    """Whether what was written names no zone."""
    who: str
    citation: Citation
    ahead: timedelta = timedelta(0)
    """How far ahead of UTC the clock stands by which it is told, where it names no zone."""


def declared() -> dict[str, Any]:
    """Return stated.toml."""
    return declarations.declared("analysis/stated.toml")


def stated(
    acts: Iterable[Act],
    records: Sequence[Record],
    ahead: Callable[[str, str], timedelta] = lambda path, who: timedelta(0),
) -> list[Stated]:
    """Return what people state of the moments, in the order in which they wrote it, each statement once.

    `ahead` says how far ahead of UTC the clock stands by which somebody, in some file, tells times that name no zone.
    """
    found: list[Stated] = []
    for act in acts:
        if act.time is None or act.kind not in ("message", "record"):
            continue
        state = state_of(act)
        if moment := _SETS.get(state or ""):
            words = f"Status: {state}" if act.kind == "message" else act.text.splitlines()[0][:200]
            found.append(Stated(moment, Span(act.time, act.time), words, "", False, act.who, act.citation))
        clock = ahead(act.citation.path, act.who)
        found += [
            Stated(name, span, sentence, written, assumed, act.who, act.citation, clock if assumed else timedelta(0))
            for name, sentence, written, span, assumed in told(act.text, act.time, clock)
        ]
    for record in records:
        if record.ended and not record.automatic:
            words = f"incident “{record.title}” was closed"
            found.append(Stated("recovered", Span(record.ended, record.ended), words, "", False, "", record.citation))
    kept: dict[tuple[str, Span | str], Stated] = {}
    for one in found:
        kept.setdefault((one.moment, one.span or one.written), one)
    return list(kept.values())


def clock_times(text: str) -> list[timedelta]:
    """Return the times of day that a text tells with neither a date nor a zone, since midnight."""
    found = []
    for one in re.finditer(rf"(?i:(?<![\w:.+-]){_TIME})", text):
        if not (one["date"] or one["zone"]):
            found.append(timedelta(hours=_hour(one), minutes=int(one["minute"]), seconds=int(one["second"] or 0)))
    return found


def at_times(text: str, written: datetime, ahead: timedelta = timedelta(0)) -> list[tuple[Span, str]]:
    """Return the times of a text that stand behind "at" or its like, each with what stands before it; a zone that is not named is that of
    a clock so far `ahead` of UTC."""
    found = []
    for match in re.finditer(
        rf"(?i:(?:\bat|@|\bum|\bom|\bkl\.?|\bà|\ba las|\bàs|\balle)\s+(?:about\s+|around\s+|~\s*)?{_TIME})", text
    ):
        span, _ = _span(match["time"], written, ahead)
        if span is not None:
            found.append((span, text[: match.start()]))
    return found


def told(
    text: str, written: datetime, ahead: timedelta = timedelta(0)
) -> list[tuple[str, str, str, Span | None, bool]]:
    """Return the moments that a text states: name, sentence, the time as it stands there, its bounds, and whether its zone was assumed.

    `written` is when the text was written: a time of day without a date is the last one before that. Where it names no zone, it was
    told by a clock that stands so far ahead of UTC.
    """
    rules = declared()
    found = []
    for sentence in sentences(text):
        if re.search(rules["unless"], sentence):
            continue
        for moment, pattern, never in _patterns():
            match = pattern.search(sentence)
            if match and not (never and re.search(never, sentence)):
                time = next(value for value in match.groupdict().values() if value)
                span, assumed = _span(time, written, ahead)
                found.append((moment, sentence[:200], time, span, assumed))
    return found


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Return each moment's pattern, in which only times are captured, and what no such sentence holds."""
    found = []
    for one in declared()["states"]:
        plain = re.sub(r"\(\?P<\w+>", "(?:", _TIME)
        pattern = one["pattern"]
        for number in range(pattern.count("<time>")):
            pattern = pattern.replace("<time>", f"(?P<time{number}>{plain})", 1)
        found.append((one["moment"], re.compile(pattern), one.get("never", "")))
    return tuple(found)


def _hour(read: re.Match[str]) -> int:
    hour = int(read["hour"])
    return hour % 12 + (12 if read["half"][0].lower() == "p" else 0) if read["half"] else hour


def _span(text: str, written: datetime, ahead: timedelta) -> tuple[Span | None, bool]:
    """Return within what a time lies that was written so, and whether its zone had to be assumed."""
    read = re.fullmatch(f"(?i:{_TIME})", text)
    assert read is not None
    zone = read["zone"] or ""
    offset = timedelta(0) if zone else ahead
    if own_clock(written) and not read["date"]:
        return None, False
    if re.fullmatch(r"[+-]\d\d:?\d\d", zone):
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:])) * (-1 if zone[0] == "-" else 1)
    elif zone and zone.upper() not in ("Z", "UTC", "GMT"):
        return None, False
    day = (
        datetime.fromisoformat(read["date"]) if read["date"] else (written + offset).replace(hour=0, minute=0, second=0)
    )
    start = (
        day.replace(hour=_hour(read), minute=int(read["minute"]), second=int(read["second"] or 0), microsecond=0)
        - offset
    )
    if not read["date"] and start > written + AHEAD:
        start -= timedelta(days=1)
    width = timedelta(seconds=1 if read["second"] else 60)
    return Span(start, start + width - TICK), not zone
