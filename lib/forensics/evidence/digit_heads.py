"""Lines that begin with a level and a time in digits, as some loggers write JSON, read as columns of bytes.

Of all that follows, only whether it fits is asked: that takes a regular expression a tenth of the time that it takes to tell
what it captures. Whatever does not begin as the line did from which a head was learnt is left to the pattern itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import stamps
from forensics.evidence.layouts import Beginning, Bytes, Laid, Words, beginning, literal, rows_at, stands_as, together
from forensics.evidence.lines import Chunk, Flags, Numbers
from forensics.evidence.patterns import LinePattern
from forensics.evidence.recognition import LINE_CAP

_LITERAL = r"(?:\\[^A-Za-z0-9]|[^\\()\[\]{}.*+?|^$])"
_BODY = (
    rf"\^\(\?P<message>(?P<before>{_LITERAL}+)\(\?P<level>\\d\+\)(?P<between>{_LITERAL}+)"
    rf"\(\?P<time>SHAPE\)(?P<after>{_LITERAL}+)(?P<rest>(?:{_LITERAL}|\.\*|\\[dw]\+?)*)\)\$"
)
"""Literal, digits of a level, literal, a time, literal, and then what may be any text between literals: all of it is the
message. Digits end where the next literal begins, so that nothing which follows changes what is captured of them."""

_MICROSECONDS = {10: 1_000_000, 13: 1000, 16: 1}
"""In the unit of an epoch that is written with so many digits."""

_MOST_LEVEL = 3
"""Digits."""

_FEW = 8192
"""Lines that are looked at together: what is worked out of them stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Head:
    """How the lines of a pattern begin, and what must follow."""

    width: int
    """Bytes up to what follows."""
    begins: Beginning
    level: range
    """Where the digits of the level stand."""
    time: range
    follows: str
    """A regular expression that a line fits which begins so, if it fits the pattern."""


def may_begin(pattern: LinePattern) -> bool:
    """Say whether the lines of a pattern begin with digits between literals."""
    return _body(pattern) is not None


def _body(pattern: LinePattern) -> re.Match[str] | None:
    stamp = stamps.named(pattern.stamp)
    if stamp.read != "epoch":
        return None
    return re.fullmatch(_BODY.replace("SHAPE", re.escape(stamp.shape)), pattern.pattern)


def learn(pattern: LinePattern, line: str) -> Head | None:
    """Work out how the lines of a pattern begin from one that it reads; None where that is not fixed."""
    body, fit = _body(pattern), pattern.fit(line)
    if body is None or fit is None:
        return None
    before, between, after = (literal(body[part]) for part in ("before", "between", "after"))
    level, time = fit["level"], fit["time"]
    head = before + level + between + time + after
    if between[0].isdigit() or after[0].isdigit() or after[0] == "." or not head.isascii():
        return None
    if len(time) not in _MICROSECONDS or "." in time or len(level) > _MOST_LEVEL:
        return None
    level_place = range(len(before), len(before) + len(level))
    time_place = range(len(head) - len(after) - len(time), len(head) - len(after))
    begins = beginning(head.encode(), {*level_place, *time_place})
    return Head(len(head), begins, level_place, time_place, _follows(head, {*level_place, *time_place}, body["rest"]))


def _follows(head: str, digits: set[int], rest: str) -> str:
    """Return a regular expression for whole lines that begin with such a head, which those fit where the rest follows it.

    Where anything may stand before the next literal, and no such literal can begin within the head, it is looked for by
    itself: that is found twice as fast.
    """
    apart = re.fullmatch(rf"\.\*(?P<literal>{_LITERAL}+)(?P<more>.*)", rest)
    if apart is None or any(_can_stand(head, digits, at, literal(apart["literal"])) for at in range(len(head))):
        return f"^.{{{len(head)}}}{rest}[\\r\\n]*$"
    return f"{apart['literal']}{apart['more']}[\\r\\n]*$"


def _can_stand(head: str, digits: set[int], at: int, text: str) -> bool:
    """Say whether a text can stand at this place of a head, or begin there and go on after it."""
    pairs = enumerate(zip(head[at:], text, strict=False), at)
    return all(has == wanted or (place in digits and wanted.isdigit()) for place, (has, wanted) in pairs)


def read(head: Head, pattern: LinePattern, chunk: Chunk, asked: Numbers) -> Laid | None:
    """Read those of the asked lines of a clean chunk that begin so and fit the pattern; None for a tiny chunk."""
    data = np.frombuffer(chunk.text.buffers()[2] or b"", dtype=np.uint8)
    if len(data) < 8 * len(head.begins.fixed) or not len(asked):
        return None
    starts, ends = chunk.starts(), chunk.ends()
    few = [_few(head, data, asked[at : at + _FEW], starts, ends) for at in range(0, len(asked), _FEW)]
    nth, level, time = (np.concatenate(column) for column in zip(*few, strict=True))
    fits = _fits(head, chunk, nth)
    if not fits.all():
        nth, level, time = nth[fits], level[fits], time[fits]
    known = np.flatnonzero(np.bincount(level, minlength=1))
    words = tuple(str(number).zfill(len(head.level)) for number in known.tolist())
    if len(words) > np.iinfo(np.int8).max:
        return None
    number = np.searchsorted(known, level).astype(np.int8)
    return Laid(pattern, nth, np.zeros(len(nth), np.int64), time, number, None, words, data)


def _few(head: Head, data: Bytes, asked: Numbers, starts: Numbers, ends: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return which of some lines begin so, and their levels and times."""
    start, length = starts[asked], ends[asked] - starts[asked]
    words = len(head.begins.fixed)
    kept = (start + 8 * words <= len(data)) & (length >= head.width) & (length <= LINE_CAP)
    if not kept.all():
        asked, start = asked[kept], start[kept]
    heads = rows_at(data, start, words)
    time = _number(heads, head.time)
    first = time // 10 ** (len(head.time) - 1)
    good: Flags = stands_as(head.begins, heads) & (first >= 1) & (first <= 2)
    level, time = _number(heads, head.level), time * _MICROSECONDS[len(head.time)]
    return (asked, level, time) if good.all() else (asked[good], level[good], time[good])


def _number(heads: Words, places: range) -> Numbers:
    return together([(heads[:, at // 8] >> np.uint64(8 * (at % 8))) & np.uint64(15) for at in places])


def _fits(head: Head, chunk: Chunk, nth: Numbers) -> Flags:
    """Say of lines that begin so which of them fit the whole pattern."""
    text = chunk.text if len(nth) == len(chunk) else chunk.text.take(pa.array(nth))
    flags: Flags = pc.match_substring_regex(text, head.follows).to_numpy(zero_copy_only=False)
    return flags
