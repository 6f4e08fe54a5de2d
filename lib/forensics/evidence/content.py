"""The bytes of one file of evidence.

A large log is read piece by piece and not mapped: pages of a mapped file cost more than reading, and the system ends a process
that looks at what has been cut off. Only a large document, which is looked at here and there, is mapped.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from forensics.evidence.intake import open_readonly

SMALL = 32 * 1024 * 1024
"""Bytes of a file that is read at once."""

HEAD = 65536
"""Bytes by which a text is recognised."""

STRIDE = 1024 * 1024

PIECE = 256 * 1024
"""Bytes that are read where they are only counted."""


class OnDisk:
    """A large file's bytes, to be had by slices, as of `bytes`; a slice of what was cut off meanwhile is shorter."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._size)
        found = os.pread(self._file.fileno(), max(0, stop - start), start)
        while start + len(found) < stop:  # the system gives two gigabytes at the most
            more = os.pread(self._file.fileno(), stop - start - len(found), start + len(found))
            if not more:
                break
            found += more
        return found

    def into(self, place: memoryview, start: int) -> int:
        """Read what stands from `start` on to a place in memory, as much of it as fits; return how many bytes came."""
        return os.preadv(self._file.fileno(), [place], start)


Slices = bytes | memoryview | OnDisk
"""Bytes to be had by slices."""


def pieces(data: Slices, end: int) -> Iterator[bytes | bytearray]:
    """Yield the bytes before a place, piece by piece, each to be looked at before the next one is asked for.

    All are read to one place in memory that stays at the processor's hand: most of what reading costs is to fill fresh memory.
    """
    if not isinstance(data, OnDisk):
        yield from (bytes(data[start : min(start + PIECE, end)]) for start in range(0, end, PIECE))
        return
    piece = bytearray(min(PIECE, end))
    for start in range(0, end, PIECE):
        wanted = min(PIECE, end - start)
        came = data.into(memoryview(piece)[:wanted], start)
        yield piece if came == len(piece) else piece[:came]
        if came < wanted:
            return


class Content:
    """The bytes of one file: small ones are read at once, of large ones what is asked for."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._file = open_readonly(place)
        self._map: mmap.mmap | None = None
        on_disk = OnDisk(self._file)
        self.view: Slices = on_disk if len(on_disk) > SMALL else self._file.read()
        self.size = len(self.view)

    def head(self, count: int = HEAD) -> bytes:
        """The first bytes."""
        return bytes(self.view[:count])

    def after_nuls(self, count: int = HEAD) -> bytes:
        """The first bytes after the run of NULs that a file begins with where it was truncated under its writer."""
        for start in range(0, self.size, STRIDE):
            left = bytes(self.view[start : start + STRIDE]).lstrip(b"\0")
            if left:
                begin = min(start + STRIDE, self.size) - len(left)
                return bytes(self.view[begin : begin + count])
        return b""

    def tail(self, count: int = 4096) -> bytes:
        """The last bytes."""
        return bytes(self.view[max(0, self.size - count) :])

    def unterminated(self) -> bool:
        """Whether the last line has no end, as when a file was cut or is still being written."""
        return self.size > 0 and bytes(self.view[-1:]) not in (b"\r", b"\n")

    def whole(self) -> bytes | mmap.mmap:
        """All bytes as one; those of a large file are mapped."""
        if isinstance(self.view, bytes):
            return self.view
        if self._map is None:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._map

    def close(self) -> None:
        """Let go of the file; arrays that still rest on its bytes keep it open."""
        self._file.close()
        try:
            if self._map is not None:
                self._map.close()
        except BufferError:
            self._map = None
