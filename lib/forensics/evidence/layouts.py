"""Lines whose beginning has a fixed layout, read as columns of bytes instead of by regular expression.

A layout is worked out from a declared pattern and one line that it reads. Whatever does not stand exactly as on that
line is left to the pattern itself, so that a layout changes how fast a line is read and never what is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
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

_FEW = 8192
"""Lines that are looked at together: what is worked out of them stays in the processor's cache."""

_VAST = 2**31
"""Bytes of a chunk that a view of text cannot point into."""

_CENTURIES = (1995, 2100)

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
"""Eight bytes of a line each, the first one the lowest."""

_EVERY = int.from_bytes(b"\x01" * 8)
_PLACES = np.uint64(0x0001020304050607)
"""Times a power of 256, this holds the exponent in its highest byte."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first bytes of each line, as words."""

    fixed: Words
    """Which bits are the same on every line."""
    alike: Words
    """And what they are."""
    digits: Words
    """Which bytes are digits: all bits of those are set."""


def beginning(text: bytes, digits: Collection[int]) -> Beginning:
    """Return what all lines have in common that begin as one does, but for the digits at these places."""
    fixed = _words(bytes(0 if at in digits else 255 for at in range(len(text))))
    known = _words(bytes(255 if at in digits else 0 for at in range(len(text))))
    return Beginning(fixed, _words(text) & fixed, known)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a line stand."""

    width: int
    """Bytes up to the level."""
    begins: Beginning
    """What these bytes are; its digits are those of the time."""
    places: tuple[int, ...]
    """Where each digit stands."""
    fraction: int
    """Digits of the fraction of a second."""
    ahead: int
    """Microseconds that its zone is ahead of UTC."""
    levels: tuple[str, ...]
    opening: bytes
    closing: int


@dataclass(frozen=True, slots=True)
class Laid:
    """Lines that a layout read: one entry a line in each array, in the order of the chunk."""

    pattern: LinePattern
    nth: Numbers
    """Which lines of the chunk."""
    head: Numbers
    """Bytes up to the message."""
    time: Numbers
    """Microseconds since 1970; all of them exist and lie in this century."""
    level: npt.NDArray[np.int8]
    """Which of the layout's levels."""
    sources: Words | None
    """Of each source two words: a view of text, as Arrow keeps it; None where the pattern declares one for all lines."""
    levels: tuple[str, ...]
    held: Bytes
    """The bytes that those views point to."""

    def __len__(self) -> int:
        return len(self.nth)

    def chosen(self, which: Flags) -> Laid:
        """Return some of the lines."""
        return Laid(
            self.pattern,
            self.nth[which],
            self.head[which],
            self.time[which],
            self.level[which],
            None if self.sources is None else self.sources[which],
            self.levels,
            self.held,
        )

    def source(self) -> pa.Array:
        """The source of each line, as a view of text or as text."""
        if self.sources is None:
            return pa.repeat(pa.scalar(self.pattern.source or None, pa.string()), len(self))
        buffers = [None, pa.py_buffer(np.ascontiguousarray(self.sources)), pa.py_buffer(self.held)]
        return pa.Array.from_buffers(pa.string_view(), len(self), buffers)


def learn(pattern: LinePattern, line: str) -> Layout | None:
    """Work out the layout of a pattern from a line that it reads; None where it has no fixed one."""
    body = _BODY.fullmatch(pattern.pattern)
    fit = pattern.fit(line)
    if body is None or fit is None or stamps.named(pattern.stamp).read not in ("zoned", "cast"):
        return None
    stamp = _STAMP.fullmatch(fit["time"])
    before, after = literal(body["before"]), literal(body["after"])
    prefix = f"{before}{fit['time']}{after}"
    if stamp is None or not line.startswith(prefix) or not prefix.isascii():
        return None
    start = len(before)
    groups = [number for number in range(1, 8) if stamp[number]]
    places = tuple(start + at for group in groups for at in range(*stamp.span(group)))
    return Layout(
        len(prefix),
        beginning(prefix.encode(), places),
        places,
        len(stamp[7] or ""),
        _ahead(stamp[8] or "Z"),
        tuple(body["levels"].split("|")),
        literal(body["open"]).encode(),
        ord(body["close"]),
    )


def _words(text: bytes) -> Words:
    return np.frombuffer(text.ljust(-(-len(text) // 8) * 8, b"\0"), dtype="<u8")


def literal(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern)


def _ahead(zone: str) -> int:
    if zone == "Z":
        return 0
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 60 + int(zone[-2:])) * 60_000_000


def read(layout: Layout, pattern: LinePattern, chunk: Chunk, asked: Numbers) -> Laid | None:
    """Read those of the asked lines of a clean chunk that stand exactly as the layout says; None for a tiny or a vast one."""
    data = np.frombuffer(chunk.text.buffers()[2] or b"", dtype=np.uint8)
    reach = 8 * len(layout.begins.fixed) + _LEVEL_REACH + 8 + len(layout.opening) + _SOURCE_REACH
    if not reach <= len(data) < _VAST:
        return None
    starts, ends = chunk.starts(), chunk.ends()
    few = [_few(layout, data, asked[at : at + _FEW], starts, ends, reach) for at in range(0, len(asked), _FEW)]
    if not few:
        return None
    nth, head, time, level, sources = zip(*few, strict=True)
    return Laid(
        pattern,
        np.concatenate(nth),
        np.concatenate(head),
        np.concatenate(time),
        np.concatenate(level),
        np.concatenate(sources),
        layout.levels,
        data,
    )


def _few(
    layout: Layout, data: Bytes, asked: Numbers, starts: Numbers, ends: Numbers, reach: int
) -> tuple[Numbers, Numbers, Numbers, npt.NDArray[np.int8], Words]:
    """Read some lines, so few that all that is worked out of them stays at the processor's hand."""
    start, end = starts[asked], ends[asked]
    kept = (start + reach <= len(data)) & (end - start > layout.width)
    if not kept.all():
        asked, start, end = asked[kept], start[kept], end[kept]
    heads = rows_at(data, start, len(layout.begins.fixed))
    alike = stands_as(layout.begins, heads)
    if not alike.all():
        asked, start, end, heads = asked[alike], start[alike], end[alike], heads[alike]
    time, exists = _times(heads, layout)
    level, after, known = _level(data, start + layout.width, layout)
    sources, length, closed = _source(data, after, layout)
    after += len(layout.opening) + length + 1
    after += data[np.minimum(after, len(data) - 1)] == 32
    good = exists & known & closed & (after <= end)
    found = asked, after - start, time, level, sources
    return found if good.all() else (asked[good], found[1][good], time[good], level[good], sources[good])


def rows_at(data: Bytes, starts: Numbers, words: int) -> Words:
    """Return so many words of eight bytes from each place on, one row a place."""
    wide = np.ndarray((len(data) - 8 * words + 1,), f"V{8 * words}", data, 0, (1,))
    rows: Words = wide[starts].view("<u8").reshape(-1, words)
    return rows


def _word(data: Bytes, starts: Numbers) -> Words:
    words: Words = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))[starts]
    return words


def stands_as(begins: Beginning, heads: Words) -> Flags:
    """Say which lines begin as they should, with digits where these should stand."""
    zeros, most, high = (np.uint64(_EVERY * byte) for byte in (48, 127 - 9, 128))
    alike = np.ones(len(heads), dtype=bool)
    for word in range(heads.shape[1]):
        column, digits = heads[:, word], begins.digits[word]
        alike &= (column & begins.fixed[word]) == begins.alike[word]
        values = (column ^ zeros) & digits
        alike &= ((values + (most & digits)) | values) & high & digits == 0
    return alike


def _times(heads: Words, layout: Layout) -> tuple[Numbers, Flags]:
    """Return microseconds since 1970, and whether the digits state a time that exists."""
    digits = [(heads[:, at // 8] >> np.uint64(8 * (at % 8))) & np.uint64(15) for at in layout.places[8:]]
    hour, minute, second = (together(digits[at : at + 2]) for at in (0, 2, 4))
    day, exists = _days(heads, layout)
    exists &= (hour < 24) & (minute < 60) & (second < 60)
    time = (day * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000 - layout.ahead
    if layout.fraction:
        time += together(digits[6:]) * 10 ** (6 - layout.fraction)
    return time, exists


def together(columns: list[Words]) -> Numbers:
    """Return the numbers that columns of digits spell."""
    number = columns[0].astype(np.int64)
    for column in columns[1:]:
        number *= 10
        number += column.view(np.int64)
    return number


def _days(heads: Words, layout: Layout) -> tuple[Numbers, Flags]:
    """Return days since 1970 of each line, and which of them exist. Most lines are of the day of the line before."""
    if not len(heads):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    turns = np.zeros(len(heads), dtype=bool)
    date = bytes(255 if at in layout.places[:8] else 0 for at in range(layout.width))
    for word, mask in enumerate(_words(date)):
        if mask:
            column = heads[:, word] & mask
            turns[1:] |= column[1:] != column[:-1]
    turns[0] = True
    runs = np.flatnonzero(turns)
    texts = np.ascontiguousarray(heads[runs]).view(np.uint8).reshape(len(runs), -1)[:, list(layout.places[:8])]
    dates = [bytes(one).decode("ascii") for one in texts]
    known = {one: _day(one) for one in set(dates)}
    days = np.array([known[one] for one in dates], dtype=np.int64)
    every = np.repeat(days, np.diff(np.append(runs, len(heads))))
    return every, every >= 0


def _day(date: str) -> int:
    year, month, day = int(date[:4]), int(date[4:6]), int(date[6:])
    if not _CENTURIES[0] <= year < _CENTURIES[1]:
        return -1
    try:
        return int(datetime(year, month, day, tzinfo=UTC).timestamp()) // 86400
    except ValueError:
        return -1


def _level(data: Bytes, place: Numbers, layout: Layout) -> tuple[npt.NDArray[np.int8], Numbers, Flags]:
    """Return the number of each line's level, the place after it and one blank or two, and whether it is known."""
    words = _word(data, place)
    level = np.full(len(place), -1, dtype=np.int8)
    length = np.zeros(len(place), dtype=np.int64)
    left = len(place)
    for number, word in enumerate(layout.levels):
        held = (word.encode() + b" ")[:8]
        mask, wanted = _words(b"\xff" * len(held))[0], _words(held)[0]
        hits = (words & mask) == wanted
        count = int(np.count_nonzero(hits))
        if count:
            level[hits], length[hits] = number, len(word)
            left -= count
        if not left:
            break
    known = level >= 0
    after = place + length + 1
    if max(map(len, layout.levels)) > 7:
        known &= data[after - 1] == 32
    after += data[after] == 32
    known &= data[after] != 32
    return level, after, known


def _source(data: Bytes, place: Numbers, layout: Layout) -> tuple[Words, Numbers, Flags]:
    """Return each line's source as a view, its length, and whether it is opened, and closed within reach."""
    found = np.ones(len(place), dtype=bool)
    for at, byte in enumerate(layout.opening):
        found &= data[place + at] == byte
    begin = place + len(layout.opening)
    windows = rows_at(data, begin, _SOURCE_REACH // 8)
    closing, ones, high = (np.uint64(_EVERY * byte) for byte in (layout.closing, 1, 128))
    length = np.full(len(place), -1, dtype=np.int64)
    for word in range(windows.shape[1]):
        apart = windows[:, word] ^ closing  # a byte is zero where the closing one stands; the lowest is found exactly
        zeros = (apart - ones) & ~apart & high
        lowest = (zeros & (~zeros + np.uint64(1))) >> np.uint64(7)
        here = (lowest * _PLACES) >> np.uint64(56)
        new = (zeros != 0) & (length < 0)
        length[new] = here[new].view(np.int64) + 8 * word
        if (length >= 0).all():
            break
    found &= length > 0
    length = np.maximum(length, 0)
    return _views(windows, begin.view(np.uint64), length.view(np.uint64)), length, found


def _views(windows: Words, begin: Words, length: Words) -> Words:
    """Return views of the text at the beginning of each row, which stands at `begin`: its length, and then the text where it
    has twelve bytes at the most, else four bytes of it and where it stands."""
    half = np.uint64(32)
    views = np.empty((len(windows), 2), dtype="<u8")
    views[:, 0] = length | windows[:, 0] << half
    views[:, 1] = begin << half
    short = np.flatnonzero(length <= 12)
    if len(short):
        count = length[short]
        first = windows[short, 0] & _lowest(count)
        second = (windows[short, 1] & _lowest(np.maximum(count, np.uint64(8)) - np.uint64(8))) << half
        views[short, 0] = count | first << half
        views[short, 1] = first >> half | second
    return views


def _lowest(count: Words) -> Words:
    """Return words of which so many bytes, the lowest, have all bits set."""
    full = np.uint64(2**64 - 1)
    return np.where(count >= 8, full, ~(full << np.minimum(count, np.uint64(7)) * np.uint64(8)))
