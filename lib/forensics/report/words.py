"""How times, lengths, numbers and hostile text are said to people."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from forensics.lengths import lasting
from forensics.lengths import quantity as measured
from forensics.model import Json
from forensics.times import day, parse_time, utc

MOST_MARKS = 4
"""Combining marks kept on one letter; more of them would climb over the lines above."""
_KEPT = "\n\t"
_WHOLE_SECOND = timedelta(microseconds=999_999)
"""A clock that writes whole seconds leaves the rest of the second open: the second says that by itself."""


def visible(text: str) -> str:
    """Show what could act instead of being read: control characters, escapes, overrides of direction, piled-up marks."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MOST_MARKS:
            continue
        shown.append(letter if letter in _KEPT or category not in _ACTING else _escaped(letter))
    return "".join(shown)


_ACTING = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _escaped(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def deep_visible(value: Any) -> Any:
    """Do the same to every text in dictionaries and lists."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(str(key)): deep_visible(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [deep_visible(one) for one in value]
    return value


def clip(text: Any, most: int) -> str:
    """Cut a text at a length, between words where a space is near, saying how much is left out; what is hardly longer stays whole."""
    whole = str(text)
    if len(whole) <= most + min(_HARDLY, most // 4):
        return whole
    kept = whole[:most].rstrip()
    space = kept.rfind(" ", most - _HARDLY) if whole[len(kept)].strip() else -1
    kept = kept[:space].rstrip() if space > 0 else kept
    return f"{kept}… ({len(whole) - len(kept):,} more characters)"


_HARDLY = 24
"""Letters that it takes to say how many are left out; no word that is read is longer by much."""


def plural(count: int, one: str, many: str = "") -> str:
    """Say a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + ('es' if one.endswith('s') else 's')}"


def tied(text: str) -> str:
    """Keep each number and its unit on one line, with the sign before it, and a length of two units."""
    return _UNIT.sub("\u00a0", text)


_UNIT = re.compile(
    r"(?<=\d) (?=(?:%|s|ms|min|h|d|seconds?|minutes?)(?!\w))|(?<=p95) (?=\d)"
    r"|(?<=[<>≤≥]) (?=\d)|(?<=\d (?:h|d)) (?=\d+ (?:h|min)(?!\w))|(?<=\d min) (?=\d+ s(?!\w))"
)


_DATE = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")


def tied_markup(text: str) -> Markup:
    """Do the same for a page, and keep each date on one line, which a browser breaks at its hyphens."""
    return Markup(_DATE.sub(r'<span class="whole">\g<0></span>', str(escape(tied(text)))))  # noqa: S704  escaped first


def capital(text: str) -> str:
    """Begin a remark with a capital letter; one that begins with the name of a file keeps it as it is."""
    first = text.split(" ", 1)[0]
    named = "." in first.rstrip(".") or "/" in first or "_" in first
    return text if named else f"{text[:1].upper()}{text[1:]}"


def sentence(text: str) -> str:
    """Write a remark as a sentence of its own; one that begins with the name of a file keeps it as it is."""
    return f"{capital(text).rstrip('.')}." if text else ""


_LEAD = re.compile(r"(?s)(?P<lead>(?:[^;]*; )?the next time:|[a-z][\w ,']*:) (?P<command>.+)")
_PROSE = re.compile(r"[a-z][\w ,:']*(?: [\w,:']+){3,}")


def instruction(remedy: str) -> tuple[str, str]:
    """Return what a remedy says in words, and the command that follows; either may be empty."""
    found = _LEAD.fullmatch(remedy)
    if _PROSE.fullmatch(remedy):
        return remedy, ""
    if not found:
        return "", remedy
    more, command = instruction(found["command"])
    return f"{found['lead']} {more}".strip(), command


def length(seconds: float | None) -> str:
    """Say how long something lasted, as coarsely as still helps."""
    if seconds is None:
        return "not known"
    return lasting(seconds)


def lengths(pair: list[float | None] | None) -> str:
    """Say a length that is known within bounds; one without an upper bound is still open, one without a lower at most so long."""
    if not pair or pair[0] is None:
        return "not known"
    least, most = pair
    if most is None:
        return f"{f'at least {length(least)}, ' if least else ''}still open when the evidence ends"
    if length(least) == length(most):
        return length(least)
    return f"{length(least)} to {length(most)}" if least else f"at most {length(most)}"


def quantity(value: float | None, unit: str = "") -> str:
    """Say a number with its unit, without digits that nobody measured."""
    if value is None:
        return "not measured"
    return measured(value, unit)


@dataclass(frozen=True, slots=True)
class Times:
    """Says times in UTC, and second in the zone that the reader lives in."""

    zone: str = "UTC"

    def read(self, time: Any) -> datetime | None:
        """Return a time of the contract; None for one that no clock can place."""
        try:
            return parse_time(time) if isinstance(time, str) else None
        except ValueError:
            return None

    def full(self, time: Any) -> str:
        """Say date, time and zone."""
        known = self.read(time)
        return f"{day(known)} {known:%H:%M:%S}{utc(known)}{self.local(known)}" if known else self.unplaced(time)

    def clock(self, time: Any) -> str:
        """Say the time of day alone, where the date and the zone stand nearby."""
        known = self.read(time)
        if isinstance(time, dict) and "offset_s" in time:
            return f"{time['offset_s']:g} s"
        if isinstance(time, dict) and (written := _TIME_OF_DAY.search(str(time.get("written", "")))):
            return written[0]
        return f"{known:%H:%M:%S}" if known else self.unplaced(time)

    def day(self, time: Any) -> str:
        """Say the date alone."""
        known = self.read(time)
        if isinstance(time, dict) and "offset_s" in time:
            return f"By the clock of {time['clock']}"
        if isinstance(time, dict) and "written" in time:
            return str(time["written"]).rpartition(" ")[0] + ", year not known"
        return day(known) if known else "undated"

    def span(self, start: Any, end: Any) -> str:
        """Say from when to when; the date stands once where it is the same."""
        first, last = self.read(start), self.read(end)
        if first is None or last is None:
            return (
                self.full(start)
                if start == end
                else _one_clock(start, end) or f"{self.full(start)} to {self.full(end)}"
            )
        if first == last or (first.microsecond == 0 and last - first == _WHOLE_SECOND):
            return self.full(start)
        fine = (last - first).total_seconds() < 1
        closing = f"{last:%H:%M:%S}" if first.date() == last.date() else f"{day(last)} {last:%H:%M:%S}"
        opening = f"{day(first)} {first:%H:%M:%S}"
        if fine:
            opening, closing = (f"{said}.{time:%f}"[:-3] for said, time in ((opening, first), (closing, last)))
        return f"{opening} – {closing}{utc(first)}{self.local(first, last)}"

    def when(self, time: Any) -> str:
        """Say a time, or the two between which it lies."""
        between = isinstance(time, dict) and "earliest" in time
        return self.span(time["earliest"], time["latest"]) if between else self.full(time)

    @staticmethod
    def later(one: Any, other: Any) -> bool:
        """Say whether one time of the contract is later than another."""
        return parse_time(one) > parse_time(other)

    def local(self, *times: datetime) -> str:
        """Say the same in the reader's zone, in brackets; nothing when that is UTC."""
        if self.zone in ("", "UTC") or not utc(times[0]):
            return ""
        there = [time.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)) for time in times]
        said = " – ".join(f"{time:%H:%M:%S}" for time in dict.fromkeys(there))
        moved = "" if there[0].date() == times[0].date() else f"{there[0]:%Y-%m-%d} "
        return f" ({moved}{said} {self.zone})"

    @staticmethod
    def unplaced(time: Any) -> str:
        """Say a time that stands on a clock of its own."""
        if isinstance(time, dict) and "clock" in time:
            told: Json = time
            if "written" in told:
                return f"“{told['written']}” by the clock of {told['clock']}"
            return f"{told.get('offset_s', 0):g} s on the clock of {told['clock']}"
        return "not known"


def _one_clock(start: Any, end: Any) -> str:
    """Say from when to when by a clock of its own; nothing where these are not two times as one clock wrote them."""
    if not (isinstance(start, dict) and isinstance(end, dict)) or start["clock"] != end["clock"]:
        return ""
    if "offset_s" in start and "offset_s" in end:
        return f"{start['offset_s']:g} – {end['offset_s']:g} s on the clock of {start['clock']}"
    if "written" not in start or "written" not in end:
        return ""
    day, _, closing = end["written"].rpartition(" ")
    same = day and start["written"].startswith(f"{day} ")
    return f"“{start['written']} – {closing if same else end['written']}” by the clock of {start['clock']}"


_TIME_OF_DAY = re.compile(r"(?<!\d)\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?$")
