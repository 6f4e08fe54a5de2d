"""Physical lines of a text as Arrow arrays, without copying clean bytes.

Lines end at LF, CRLF or a lone CR. Bytes that are not UTF-8, and NULs, are written visibly (\\xNN), and the colour codes
of terminals are left out; only the chunks that hold such bytes take the slow way. The bytes of any line can be had back
exactly by offset and length.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

import forensics.store  # noqa: F401  before the first array, for it keeps Arrow from importing pandas
from forensics.evidence import terminal
from forensics.evidence.intake import open_readonly

CHUNK = 16 * 1024 * 1024
"""Bytes looked at together; a chunk grows to the end of its last line."""

MOST_LINES = 500_000
"""Lines of a chunk: a file of nothing but line ends must not fill the memory with their places."""

BLOCK_AHEAD = 1024 * 1024

NEAR = 128 * 1024
"""Bytes that the processor keeps at hand."""

SMALL = 32 * 1024 * 1024
"""Bytes of a file that is read at once."""

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


def _ends(view: npt.NDArray[np.uint8], *, returns: bool) -> Numbers:
    """Positions just after each line end."""
    found = np.flatnonzero(view == 10)
    if returns:
        places = np.flatnonzero(view == 13)
        following = np.minimum(places + 1, len(view) - 1)
        lone = places[(view[following] != 10) | (places + 1 == len(view))]
        found = np.sort(np.concatenate([found, lone]))
    found += 1
    return found


def visible(raw: bytes) -> str:
    """Write bytes as text, with NULs and those that are not UTF-8 as \\xNN."""
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def _is_utf8(part: memoryview) -> bool:
    bounds = pa.py_buffer(np.array([0, len(part)], dtype=np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, bounds, pa.py_buffer(part)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _holds(view: npt.NDArray[np.uint8], *bytes_: int) -> list[bool]:
    """Say which of some bytes stand anywhere in the view; looked at in stretches that stay in the processor's cache."""
    found = [False] * len(bytes_)
    for start in range(0, len(view), NEAR):
        stretch = view[start : start + NEAR]
        found = [known or bool((stretch == byte).any()) for known, byte in zip(found, bytes_, strict=True)]
    return found


def _chunk(data: memoryview, start: int, stop: int, first_line: int) -> Chunk:
    part = data[start:stop]
    view = np.frombuffer(part, dtype=np.uint8)
    nuls, returns, escapes = _holds(view, 0, 13, 27)
    ends = _ends(view, returns=returns)
    if len(ends) == 0 or ends[-1] != len(view):
        ends = np.append(ends, len(view))
    if len(ends) > MOST_LINES:
        ends = ends[:MOST_LINES].copy()
        part, view = part[: ends[-1]], view[: ends[-1]]
    begins = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    last = view[ends - 1]
    lengths = ends - begins - ((last == 10) | (last == 13))
    if returns:
        before = view[np.maximum(ends - 2, 0)]
        lengths -= (last == 10) & (before == 13) & (ends - begins >= 2)
    clean = not nuls and _is_utf8(part)
    marked = 3 if start == 0 and bytes(part[:3]) == b"\xef\xbb\xbf" else 0  # a byte order mark is no text
    if clean:
        bounds = np.append(begins, ends[-1:])
        bounds[0] = min(marked, int(lengths[0]))
        text = pa.LargeStringArray.from_buffers(len(begins), pa.py_buffer(bounds), pa.py_buffer(part))
        if not escapes:
            return Chunk(first_line, begins + start, lengths, text, None, start, len(part))
        nul = np.zeros(len(begins), dtype=bool)
        text = pc.utf8_rtrim(text, characters="\r\n")
    else:
        pieces = [bytes(part[b : b + n]) for b, n in zip(begins.tolist(), lengths.tolist(), strict=True)]
        pieces[0] = pieces[0][marked:]
        nul = np.array([b"\0" in one for one in pieces], dtype=bool)
        text = pa.array([visible(one[:VISIBLE]) for one in pieces], type=pa.large_string())
    if escapes and terminal.recorded(data):
        text = pa.array(terminal.shown(text.to_pylist()), type=pa.large_string())
    elif escapes:
        text = pc.replace_substring_regex(text, pattern=TERMINAL, replacement="")
    return Chunk(first_line, begins + start, lengths, text, nul, start, len(part))


def chunks(data: memoryview, first_line: int = 1, begin: int = 0, end: int | None = None) -> Iterator[Chunk]:
    """Yield the lines of these bytes, in order, or of a part of them; `first_line` is the number of the first one.

    A part is cut where it ends, be it within a line.
    """
    start, line, last = begin, first_line, len(data) if end is None else min(end, len(data))
    size = CHUNK
    while start < last:
        stop = min(start + size, last)
        while stop < last:
            found = bytes(data[stop : min(stop + BLOCK_AHEAD, last)]).find(b"\n")
            if found >= 0:
                stop += found + 1
                break
            stop = min(stop + BLOCK_AHEAD, last)
        chunk = _chunk(data, start, stop, line)
        line += len(chunk)
        begun, start = start, min(stop, start + chunk.size)
        size = 2 * (start - begun) if start < stop else CHUNK
        yield chunk


def count(data: memoryview) -> int:
    """Return how many lines these bytes hold; a last line without an end counts."""
    total = 0
    for start in range(0, len(data), CHUNK):
        view = np.frombuffer(data[start : start + CHUNK], dtype=np.uint8)
        total += int(np.count_nonzero(view == 10))
        returns = np.flatnonzero(view == 13)
        if len(returns):
            after = [data[start + at + 1] if start + at + 1 < len(data) else 0 for at in returns[-1:].tolist()]
            following = np.append(view[returns[:-1] + 1], np.array(after, dtype=np.uint8))
            total += int(np.count_nonzero(following != 10))
    return total + (1 if len(data) and data[-1] not in b"\r\n" else 0)


class Content:
    """The bytes of one file: small ones are read, large ones mapped.

    A mapped file must not become shorter meanwhile: the system ends whoever looks at what is no longer there.
    """

    def __init__(self, place: Path) -> None:
        with open_readonly(place) as file:
            self.size = file.seek(0, 2)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self.size > SMALL else None
            file.seek(0)
            self.view = memoryview(self._map) if self._map is not None else memoryview(file.read())
            self.size = len(self.view)

    def head(self, count: int = 65536) -> bytes:
        """The first bytes."""
        return bytes(self.view[:count])

    def after_nuls(self, count: int = 65536) -> bytes:
        """The first bytes after the run of NULs that a file begins with where it was truncated under its writer."""
        for start in range(0, self.size, BLOCK_AHEAD):
            left = bytes(self.view[start : start + BLOCK_AHEAD]).lstrip(b"\0")
            if left:
                begin = min(start + BLOCK_AHEAD, self.size) - len(left)
                return bytes(self.view[begin : begin + count])
        return b""

    def tail(self, count: int = 4096) -> bytes:
        """The last bytes."""
        return bytes(self.view[max(0, self.size - count) :])

    def unterminated(self) -> bool:
        """Whether the last line has no end, as when a file was cut or is still being written."""
        return self.size > 0 and self.view[-1] not in b"\r\n"

    def release(self, start: int, stop: int) -> None:
        """Tell the system that these bytes are not needed any more, so that a large file does not fill memory."""
        if self._map is not None and hasattr(self._map, "madvise"):
            page = mmap.PAGESIZE
            begin = start // page * page
            self._map.madvise(mmap.MADV_DONTNEED, begin, max(0, min(stop, self.size) - begin))

    def close(self) -> None:
        """Let go of the file; arrays that still rest on its bytes keep it open."""
        try:
            self.view.release()
            if self._map is not None:
                self._map.close()
        except BufferError:
            self._map = None
