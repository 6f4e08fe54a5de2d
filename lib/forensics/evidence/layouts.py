"""Lines whose beginning has a fixed layout, read as columns of bytes instead of by regular expression.

A layout is worked out from a declared pattern and one line that it reads. Whatever does not stand exactly as on that
line is left to the pattern itself, so that a layout changes how fast a line is read and never what is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forensics.evidence import stamps
from forensics.evidence.lines import Chunk, Flags, Numbers
from forensics.evidence.patterns import LinePattern

_BODY = re.compile(
    r"""\^(?P<before>(?:\\.|[^\\()\[\]{}.*+?|^$])*)
    \(\?P<time>(?P<shape>.*?)\)(?P<after>(?:\\.|[^\\()\[\]{}.*+?|^$])+)
    \(\?P<level>(?P<levels>[A-Z|]+)\)[ ]\+
    (?P<open>(?:\\.|[^\\()\[\]{}.*+?|^$])*)
    \(\?P<source>\[\^\\(?P<close>.)\]\*\)\\(?P=close)[ ]\?
    \(\?P<message>\.\*\)\$""",
    re.VERBOSE,
)
"""Literal, time, literal, one of some levels, blanks, literal, a source up to a closing character, a blank or none."""

_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,6}))?(Z|[+-]\d\d:?\d\d)?")
_SOURCE_REACH = 48
"""Bytes within which a source ends on nearly every line; longer ones are left to the pattern."""

_LEVEL_REACH = 10

_CENTURIES = (1995, 2100)

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a line stand."""

    prefix: Bytes
    """The bytes of the line that the layout was learnt from, up to the level."""
    digits: Numbers
    """Which of them are digits of the time."""
    fixed: Numbers
    """Which of them are the same on every line."""
    fraction: int
    """Digits of the fraction of a second."""
    ahead: int
    """Microseconds that its zone is ahead of UTC."""
    levels: dict[bytes, str]
    opening: bytes
    closing: int


@dataclass(frozen=True, slots=True)
class Columns:
    """What a layout read of a chunk's lines."""

    fits: Flags
    """Which of the asked lines stand as the layout wants them."""
    rows: pa.Table
    """As the question line_parts answers, for those that fit; of sources the places in the chunk's bytes."""


def learn(pattern: LinePattern, line: str) -> Layout | None:
    """Work out the layout of a pattern from a line that it reads; None where it has no fixed one."""
    body = _BODY.fullmatch(pattern.pattern)
    fit = pattern.fit(line)
    if body is None or fit is None or stamps.named(pattern.stamp).read not in ("zoned", "cast"):
        return None
    stamp = _STAMP.fullmatch(fit["time"])
    before, after = _literal(body["before"]), _literal(body["after"])
    prefix = f"{before}{fit['time']}{after}"
    if stamp is None or not line.startswith(prefix) or not prefix.isascii():
        return None
    start = len(before)
    groups = [number for number in range(1, 8) if stamp[number]]
    digits = np.array([start + at for group in groups for at in range(*stamp.span(group))])
    fixed = np.setdiff1d(np.arange(len(prefix)), digits)
    return Layout(
        np.frombuffer(prefix.encode(), dtype=np.uint8),
        digits,
        fixed,
        len(stamp[7] or ""),
        _ahead(stamp[8] or "Z"),
        {level.encode(): level for level in body["levels"].split("|")},
        _literal(body["open"]).encode(),
        ord(body["close"]),
    )


def _literal(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern)


def _ahead(zone: str) -> int:
    if zone == "Z":
        return 0
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 60 + int(zone[-2:])) * 60_000_000


def read(layout: Layout, chunk: Chunk, asked: Numbers) -> Columns | None:
    """Read those of the asked lines of a clean chunk that stand exactly as the layout says; None for a tiny one."""
    data = np.frombuffer(chunk.text.buffers()[2] or b"", dtype=np.uint8)
    starts, ends = chunk.starts()[asked], chunk.ends()[asked]
    width = len(layout.prefix)
    reach = width + _LEVEL_REACH + 8 + len(layout.opening) + _SOURCE_REACH
    if len(data) < reach:
        return None
    near = np.flatnonzero((starts + reach <= len(data)) & (ends - starts > width))
    heads = _windows(data, starts[near], width)
    digits = heads[:, layout.digits] - np.uint8(48)
    alike = (heads[:, layout.fixed] == layout.prefix[layout.fixed]).all(axis=1) & (digits <= 9).all(axis=1)
    near, digits = near[alike], digits[alike]
    time, exists = _times(digits, layout)
    level, place, known = _level(data, starts[near] + width, layout)
    source, place, closed = _source(data, place, layout)
    good = exists & known & closed & (place <= ends[near])
    kept = near[good]
    rows = pa.table(
        {
            "nth": asked[kept],
            "head": (place[good] - starts[kept]).astype(np.int32),
            "time": pa.array(time[good].view("datetime64[us]")),
            "level": pa.DictionaryArray.from_arrays(pa.array(level[good]), pa.array(list(layout.levels.values()))),
            "source": pa.nulls(len(kept), pa.string()),
            "message": pa.nulls(len(kept), pa.string()),
            "source_at": source[0][good],
            "source_to": source[1][good],
        }
    )
    fits = np.zeros(len(asked), dtype=bool)
    fits[kept] = True
    return Columns(fits, rows)


def _windows(data: Bytes, starts: Numbers, width: int) -> npt.NDArray[np.uint8]:
    """Return so many bytes from each place on, one row a place."""
    windows: npt.NDArray[np.uint8] = np.lib.stride_tricks.sliding_window_view(data, width)[starts]
    return windows


def _times(numbers: npt.NDArray[np.uint8], layout: Layout) -> tuple[Numbers, Flags]:
    """Return microseconds since 1970, and whether the digits state a time that exists."""
    columns = np.ascontiguousarray(numbers.T).astype(np.int32)
    dates = _together(columns[:8])
    hour, minute, second = (columns[at] * 10 + columns[at + 1] for at in (8, 10, 12))
    micro = _together(columns[14 : 14 + layout.fraction]) * 10 ** (6 - layout.fraction) if layout.fraction else 0
    day, exists = _days(dates)
    exists &= (hour < 24) & (minute < 60) & (second < 60)
    seconds = day * 86_400 + (hour * 3600 + minute * 60 + second)
    return seconds * 1_000_000 + (micro - layout.ahead), exists


def _together(columns: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return the numbers that columns of digits spell."""
    number: npt.NDArray[np.int32] = columns[0].copy()
    for column in columns[1:]:
        number *= 10
        number += column
    return number


def _days(dates: npt.NDArray[np.int32]) -> tuple[Numbers, Flags]:
    """Return days since 1970 of dates written as one number, and which of them exist."""
    if not len(dates):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    turns = np.flatnonzero(np.diff(dates)) + 1
    runs = np.concatenate([[0], turns])
    days = np.array([_day(int(date)) for date in dates[runs].tolist()], dtype=np.int64)
    lengths = np.diff(np.append(runs, len(dates)))
    every = np.repeat(days, lengths)
    return every, every >= 0


def _day(date: int) -> int:
    year, rest = divmod(date, 10000)
    if not _CENTURIES[0] <= year < _CENTURIES[1]:
        return -1
    try:
        return int(datetime(year, rest // 100, rest % 100, tzinfo=UTC).timestamp()) // 86400
    except ValueError:
        return -1


def _level(data: Bytes, place: Numbers, layout: Layout) -> tuple[npt.NDArray[np.int8], Numbers, Flags]:
    """Return the number of each line's level, the place after it and one blank or two, and whether it is known."""
    words = np.ascontiguousarray(_windows(data, place, 8)).view(np.uint64).ravel()
    level = np.full(len(place), -1, dtype=np.int8)
    length = np.zeros(len(place), dtype=np.int64)
    for number, word in enumerate(layout.levels):
        held = (word + b" ")[:8]
        mask = np.frombuffer(b"\xff" * len(held) + b"\0" * (8 - len(held)), dtype=np.uint64)[0]
        wanted = np.frombuffer(held.ljust(8, b"\0"), dtype=np.uint64)[0]
        hits = (words & mask) == wanted
        level[hits], length[hits] = number, len(word)
    known = level >= 0
    after = place + length + 1
    known &= data[after - 1] == 32
    after += data[after] == 32
    known &= data[after] != 32
    return level, after, known


def _source(data: Bytes, place: Numbers, layout: Layout) -> tuple[tuple[Numbers, Numbers], Numbers, Flags]:
    """Return where each line's source begins and ends, the place after it, and whether it is closed within reach."""
    opening = len(layout.opening)
    found = np.ones(len(place), dtype=bool)
    for at, byte in enumerate(layout.opening):
        found &= data[place + at] == byte
    begins = place + opening
    windows = _windows(data, begins, _SOURCE_REACH)
    closes = windows == layout.closing
    length = closes.argmax(axis=1)
    found &= closes[np.arange(len(place)), length]
    found &= length > 0
    ends = begins + length
    after = ends + 1
    return (begins, ends), after + (data[np.minimum(after, len(data) - 1)] == 32), found
