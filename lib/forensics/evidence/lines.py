"""Physical lines of a text as Arrow tables, without copying clean bytes.

Lines end at LF, CRLF or a lone CR. Bytes that are not UTF-8, and NULs, are written visibly (\\xNN); only the chunks
that hold such bytes take the slow way. The bytes of any line can be had back exactly by offset and length.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forensics.evidence.intake import open_readonly

CHUNK = 32 * 1024 * 1024
"""Bytes looked at together; a chunk grows to the end of its last line."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive lines: line (from 1), offset, length (without its end), text, which may
    keep its end, and nul: whether it holds NUL bytes."""

    table: pa.Table
    dirty: bool
    """Whether some bytes had to be written visibly."""


def _ends(view: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Positions just after each line end."""
    newlines = np.flatnonzero(view == 10)
    returns = np.flatnonzero(view == 13)
    if len(returns):
        following = np.minimum(returns + 1, len(view) - 1)
        lone = returns[(view[following] != 10) | (returns + 1 == len(view))]
        newlines = np.sort(np.concatenate([newlines, lone]))
    return (newlines + 1).astype(np.int64)


def _visible(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def _chunk(data: memoryview, start: int, stop: int, first_line: int) -> Chunk:
    part = data[start:stop]
    view = np.frombuffer(part, dtype=np.uint8)
    ends = _ends(view)
    if len(ends) == 0 or ends[-1] != len(view):
        ends = np.append(ends, len(view))
    begins = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    last = view[ends - 1]
    before = view[np.maximum(ends - 2, 0)]
    crlf = (last == 10) & (before == 13) & (ends - begins >= 2)
    lengths = ends - begins - ((last == 10) | (last == 13)) - crlf
    raw = part.tobytes()
    try:
        raw.decode("utf-8")
        dirty = b"\0" in raw
    except UnicodeDecodeError:
        dirty = True
    nul = np.zeros(len(begins), dtype=bool)
    if dirty:
        parts = [raw[b : b + n] for b, n in zip(begins.tolist(), lengths.tolist(), strict=True)]
        nul = np.array([b"\0" in one for one in parts], dtype=bool)
        text = pa.array([_visible(one) for one in parts], type=pa.large_string())
    else:
        offsets = pa.py_buffer(np.concatenate([begins, ends[-1:]]).astype(np.int64).tobytes())
        text = pa.LargeStringArray.from_buffers(len(begins), offsets, pa.py_buffer(raw))
    table = pa.table(
        {
            "line": np.arange(first_line, first_line + len(begins), dtype=np.int64),
            "offset": begins + start,
            "length": lengths,
            "text": text,
            "nul": nul,
        }
    )
    return Chunk(table, dirty)


def chunks(data: memoryview) -> Iterator[Chunk]:
    """Yield all lines of these bytes, in order."""
    start, line = 0, 1
    while start < len(data):
        stop = min(start + CHUNK, len(data))
        while stop < len(data):
            found = bytes(data[stop : stop + BLOCK_AHEAD]).find(b"\n")
            if found >= 0:
                stop += found + 1
                break
            stop = min(stop + BLOCK_AHEAD, len(data))
        chunk = _chunk(data, start, stop, line)
        line += chunk.table.num_rows
        start = stop
        yield chunk


BLOCK_AHEAD = 1024 * 1024


class Content:
    """The bytes of one file, mapped for reading."""

    def __init__(self, place: Path) -> None:
        with open_readonly(place) as file:
            self.size = file.seek(0, 2)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self.size else None
        self.view = memoryview(self._map) if self._map is not None else memoryview(b"")

    def head(self, count: int = 65536) -> bytes:
        """The first bytes."""
        return bytes(self.view[:count])

    def tail(self, count: int = 4096) -> bytes:
        """The last bytes."""
        return bytes(self.view[max(0, self.size - count) :])

    def unterminated(self) -> bool:
        """Whether the last line has no end, as when a file was cut or is still being written."""
        return self.size > 0 and self.view[-1] not in b"\r\n"

    def close(self) -> None:
        """Let go of the file."""
        self.view.release()
        if self._map is not None:
            self._map.close()
