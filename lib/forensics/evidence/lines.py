"""Physical lines of a text as Arrow arrays, without copying clean bytes.

Lines end at LF, CRLF or a lone CR. Bytes that are not UTF-8, and NULs, are written visibly (\\xNN), and the colour codes
of terminals are left out; only the chunks that hold such bytes take the slow way. The bytes of any line can be had back
exactly by offset and length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

import forensics.store  # noqa: F401  before the first array, for it keeps Arrow from importing pandas
from forensics.evidence import content, terminal
from forensics.evidence.content import Slices

CHUNK = 8 * 1024 * 1024
"""Bytes looked at together; a chunk ends with a line, and grows to the end of its first one where that is longer."""

MOST_LINES = 500_000
"""Lines of a chunk: a file of nothing but line ends must not fill the memory with their places."""

STRIDE = 1024 * 1024

NEAR = 128 * 1024
"""Bytes that the processor keeps at hand."""

VISIBLE = 256 * 1024
"""Bytes of a dirty line that are written visibly; a hole in a truncated file can be a line of gigabytes."""

TERMINAL = r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78cDEHMNOZ])"
"""What a program writes to colour text, move the cursor or set a title."""

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive lines."""

    first_line: int
    """Number of the first line, counted from 1."""
    offset: Numbers
    """Where each line begins in the file."""
    length: Numbers
    """Its bytes, without its end."""
    text: pa.LargeStringArray
    """Its text, for patterns to look at; in a clean chunk with its end."""
    nul: Flags | None
    """Which lines hold NUL bytes; None: none, and the text is byte for byte what the file holds."""
    base: int = 0
    """Where in the file the bytes begin that a clean chunk's text rests on."""
    size: int = 0
    """How many bytes its lines and their ends take."""

    def __len__(self) -> int:
        return len(self.offset)

    @property
    def dirty(self) -> bool:
        """Whether the text is not byte for byte what the file holds."""
        return self.nul is not None

    @property
    def table(self) -> pa.Table:
        """The lines as a table: line, offset, length, text, nul."""
        nul = np.zeros(len(self), dtype=bool) if self.nul is None else self.nul
        line = np.arange(self.first_line, self.first_line + len(self), dtype=np.int64)
        return pa.table({"line": line, "offset": self.offset, "length": self.length, "text": self.text, "nul": nul})

    def starts(self) -> Numbers:
        """Where each line's text begins in the bytes that `text` rests on."""
        places: Numbers = np.frombuffer(self.text.buffers()[1], dtype=np.int64)[: len(self)]
        return places

    def ends(self) -> Numbers:
        """Where each line's text ends in those bytes, before its line end."""
        if not self.dirty:
            clean: Numbers = self.offset - self.base + self.length
            return clean
        places: Numbers = np.frombuffer(self.text.buffers()[1], dtype=np.int64)[1 : len(self) + 1]
        return places

    def pieces(self, starts: Numbers, ends: Numbers) -> pa.LargeStringArray:
        """Return pieces of the text, one for each pair of places; places must not fall."""
        bounds = np.empty(2 * len(starts) + 1, dtype=np.int64)
        bounds[0:-1:2], bounds[1::2], bounds[-1] = starts, ends, ends[-1] if len(ends) else 0
        both = pa.LargeStringArray.from_buffers(2 * len(starts), pa.py_buffer(bounds), self.text.buffers()[2])
        return both.take(pa.array(np.arange(0, 2 * len(starts), 2)))


def _ends(raw: bytes, *, returns: bool) -> Numbers:
    """Positions just after each line end."""
    found = _places(raw, 10)
    if returns:
        view = np.frombuffer(raw, dtype=np.uint8)
        places = np.flatnonzero(view == 13)
        following = np.minimum(places + 1, len(view) - 1)
        lone = places[(view[following] != 10) | (places + 1 == len(view))]
        found = np.sort(np.concatenate([found, lone]))
    found += 1
    return found


def _places(raw: bytes, byte: int) -> Numbers:
    """Positions of a byte; looked for in stretches that stay in the processor's cache."""
    view, same, found = np.frombuffer(raw, dtype=np.uint8), np.empty(NEAR, dtype=bool), []
    for start in range(0, len(view), NEAR):
        stretch = view[start : start + NEAR]
        found.append(np.flatnonzero(np.equal(stretch, byte, out=same[: len(stretch)])) + start)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def visible(raw: bytes) -> str:
    """Write bytes as text, with NULs and those that are not UTF-8 as \\xNN."""
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def _is_utf8(raw: bytes, stop: int) -> bool:
    if raw.isascii():
        return True
    bounds = pa.py_buffer(np.array([0, stop], dtype=np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, bounds, pa.py_buffer(raw)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _chunk(raw: bytes, start: int, first_line: int, *, last: bool, recorded: bool) -> Chunk:
    """Return the lines of these bytes, which stand in the file from `start` on; unless they are its last ones, without what
    follows the last line feed."""
    returns, escapes = b"\r" in raw, b"\x1b" in raw
    ends = _ends(raw, returns=returns)
    if not last:
        ends = ends[: np.searchsorted(ends, raw.rfind(b"\n") + 1, side="right")]
    elif len(ends) == 0 or ends[-1] != len(raw):
        ends = np.append(ends, len(raw))
    ends = ends[:MOST_LINES]
    view, size = np.frombuffer(raw, dtype=np.uint8), int(ends[-1])
    begins = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    final = view[ends - 1]
    lengths = ends - begins - ((final == 10) | (final == 13))
    if returns:
        before = view[np.maximum(ends - 2, 0)]
        lengths -= (final == 10) & (before == 13) & (ends - begins >= 2)
    clean = b"\0" not in raw and _is_utf8(raw, size)
    marked = 3 if start == 0 and raw.startswith(b"\xef\xbb\xbf") else 0  # a byte order mark is no text
    if clean:
        bounds = np.append(begins, ends[-1:])
        bounds[0] = min(marked, int(lengths[0]))
        text = pa.LargeStringArray.from_buffers(len(begins), pa.py_buffer(bounds), pa.py_buffer(raw))
        if not escapes:
            return Chunk(first_line, begins + start, lengths, text, None, start, size)
        nul = np.zeros(len(begins), dtype=bool)
        text = pc.utf8_rtrim(text, characters="\r\n")
    else:
        pieces = [raw[b : b + n] for b, n in zip(begins.tolist(), lengths.tolist(), strict=True)]
        pieces[0] = pieces[0][marked:]
        nul = np.array([b"\0" in one for one in pieces], dtype=bool)
        text = pa.array([visible(one[:VISIBLE]) for one in pieces], type=pa.large_string())
    if escapes and recorded:
        text = pa.array(terminal.shown(text.to_pylist()), type=pa.large_string())
    elif escapes:
        text = pc.replace_substring_regex(text, pattern=TERMINAL, replacement="")
    return Chunk(first_line, begins + start, lengths, text, nul, start, size)


def chunks(data: Slices, first_line: int = 1, begin: int = 0, end: int | None = None) -> Iterator[Chunk]:
    """Yield the lines of these bytes, in order, or of a part of them; `first_line` is the number of the first one.

    A part is cut where it ends, be it within a line.
    """
    start, line, last = begin, first_line, len(data) if end is None else min(end, len(data))
    size, recorded = CHUNK, terminal.recorded(data[:64])
    while start < last:
        raw = bytes(data[start : min(start + size, last)])
        while start + len(raw) < last and b"\n" not in raw:
            more = bytes(data[start + len(raw) : min(start + 2 * len(raw), last)])
            if not more:
                last = start + len(raw)  # the file has become shorter meanwhile
            raw += more
        if not raw:
            return
        chunk = _chunk(raw, start, line, last=start + len(raw) == last, recorded=recorded)
        line += len(chunk)
        start += chunk.size
        size = min(CHUNK, 2 * chunk.size)
        yield chunk


def count(data: Slices, end: int | None = None) -> int:
    """Return how many lines these bytes hold, or those before a place; a last line without an end counts."""
    total, ended, last = 0, b"\n", len(data) if end is None else end
    for raw in content.pieces(data, last):
        total += ended == b"\r" and not raw.startswith(b"\n")
        if b"\r" in raw:
            total += raw.count(b"\r") - raw.count(b"\r\n") - raw.endswith(b"\r")
        total += int(np.count_nonzero(np.frombuffer(raw, dtype=np.uint8) == 10))
        ended = bytes(raw[-1:]) or ended
    return total + (ended != b"\n")
