"""The ways in which texts are packed or encoded: how each is told by its first bytes, and how it is undone, block by block.

A stream gives all that it can give before it breaks, and never much at a time, however much a little of it unfolds to.
"""

from __future__ import annotations

import bz2
import codecs
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Protocol

import zstandard

from forensics.model import Problem

BLOCK = 1024 * 1024
FEED = 64 * 1024
FRAME_FEED = 1024
"""Packed bytes given to zstd at a time: it cannot be told how much to give back, and makes up to 32 KiB of one."""
MEMORY = 256 * 1024**2
"""Bytes that a stream may demand for its dictionary."""
LONGEST_HEADER = 64 * 1024
HEAD = 4096
"""Bytes that are looked at to tell how a file is packed."""


class Broken(Exception):
    """A stream that cannot be followed further; its text says why."""


FAULTS = (Broken, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError, MemoryError)
"""What a stream can end in that is not as it should be."""


# ---- told by the first bytes ----------------------------------------------------------------------------------------

_MAGIC = {
    rb"\x1f\x8b\x08": "gzip",
    rb"BZh[1-9](1AY&SY|\x17rE8P\x90|(?s:.{,5})\Z)": "bzip2",
    rb"\xfd7zXZ\x00": "xz",
    rb"\x28\xb5\x2f\xfd": "zstd",
    rb"\xff\xfe\x00\x00|\x00\x00\xfe\xff": "UTF-32",
    rb"\xff\xfe|\xfe\xff": "UTF-16",
}
"""How the first bytes look."""
_WIDE = {
    "UTF-32LE": (4, (0,), (2, 3)),
    "UTF-32BE": (4, (3,), (0, 1)),
    "UTF-16LE": (2, (0,), (1,)),
    "UTF-16BE": (2, (1,), (0,)),
}
"""Encodings without a mark: bytes of a character, which of them are hardly ever zero, and which nearly always are."""


def packing(head: bytes) -> str | None:
    """Return how a file that begins so is packed or encoded; None where it is to be read as it stands."""
    marked = next((name for magic, name in _MAGIC.items() if re.match(magic, head)), None)
    return marked or _wide(head[:HEAD])


def _wide(head: bytes) -> str | None:
    """Tell wide characters without a mark by where their zeros stand: most letters of a log are ASCII."""
    if len(head) < 8 or b"\0" not in head:
        return None
    for name, (width, full, zero) in _WIDE.items():
        shares = [column.count(0) / len(column) for column in (head[place::width] for place in range(width))]
        if all(shares[place] < 0.05 for place in full) and all(shares[place] > 0.6 for place in zero):
            return name
    return None


# ---- undone, block by block ------------------------------------------------------------------------------------------


class _Member(Protocol):
    """One packed piece of a stream, as the decompressors of bz2 and lzma are."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _members(
    magic: bytes, member_of: Callable[[list[Problem]], _Member], raw: IO[bytes], problems: list[Problem]
) -> Iterator[bytes]:
    """Unpack piece after piece, as rotation and concatenation leave them; name what follows the last."""
    data = raw.read(FEED)
    while data:
        while len(data) < len(magic) and (more := raw.read(FEED)):
            data += more
        if len(data) < len(magic) and magic.startswith(data):
            raise Broken("it was cut")
        if not data.startswith(magic):
            _trailing(data, raw, problems)
            return
        member = member_of(problems)
        while not member.eof:
            if member.needs_input and not data:
                data = raw.read(FEED)
                if not data:
                    raise Broken("it was cut")
            given, data = (data, b"") if member.needs_input else (b"", data)
            yield member.decompress(given, BLOCK)
        data = member.unused_data + data or raw.read(FEED)


def _trailing(data: bytes, raw: IO[bytes], problems: list[Problem]) -> None:
    """Name bytes that are no packed piece; zeros alone are padding."""
    length, padding = 0, True
    while data:
        length += len(data)
        padding = padding and not data.strip(b"\0")
        data = raw.read(BLOCK)
    if not padding:
        problems.append(Problem("trailing-bytes", f"{length:,} bytes follow the end of what is packed; not read"))


class _GzipMember:
    """A gzip piece; its bytes are given before its checksum is compared, so that a wrong one costs nothing."""

    def __init__(self, problems: list[Problem]) -> None:
        self.eof = False
        self.unused_data = b""
        self._problems = problems
        self._head: bytes | None = b""
        self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
        self._rest = b""
        self._sum = zlib.crc32(b"")
        self._length = 0

    @property
    def needs_input(self) -> bool:
        return not self._rest

    def decompress(self, data: bytes, max_length: int) -> bytes:
        data, self._rest = self._rest + data, b""
        if self._head is not None:
            self._head += data
            size = _gzip_header(self._head)
            if size is None:
                if len(self._head) > LONGEST_HEADER:
                    raise Broken("its header does not end")
                return b""
            data, self._head = self._head[size:], None
        if self._inner.eof:
            return self._end(data)
        found = self._inner.decompress(data, max_length)
        self._sum = zlib.crc32(found, self._sum)
        self._length += len(found)
        if self._inner.eof:
            self._end(self._inner.unused_data)
        else:
            self._rest = self._inner.unconsumed_tail
        return found

    def _end(self, data: bytes) -> bytes:
        """Compare the checksum and the length, once they are there."""
        self.unused_data += data
        if len(self.unused_data) < 8:
            return b""
        stated = int.from_bytes(self.unused_data[:4], "little"), int.from_bytes(self.unused_data[4:8], "little")
        if stated != (self._sum, self._length % 2**32):
            message = f"the checksum of {self._length:,} unpacked bytes is wrong: some may be altered; they are used"
            remedy = "copy the file again and compare its SHA-256 with the origin's"
            self._problems.append(Problem("packed-damaged", message, remedy))
        self.unused_data = self.unused_data[8:]
        self.eof = True
        return b""


def _gzip_header(data: bytes) -> int | None:
    """Return the length of a gzip header; None when it is not all there."""
    if len(data) < 10:
        return None
    flags, place = data[3], 10
    if flags & 4:
        place += 2 + int.from_bytes(data[place : place + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            place = data.find(b"\0", place) + 1
            if not place:
                return None
    place += 2 * bool(flags & 2)
    return place if place <= len(data) else None


class _ZstdFrame:
    """A zstd frame, fed so little at a time that it cannot give back too much."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=MEMORY).decompressobj()
        self._rest = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self._rest

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data) + self._rest

    def decompress(self, data: bytes, max_length: int) -> bytes:
        data, found = self._rest + data, bytearray()
        place = 0
        while place < len(data) and not self._inner.eof and len(found) < max_length:
            found += self._inner.decompress(data[place : place + FRAME_FEED])
            place += FRAME_FEED
        self._rest = data[place:]
        return bytes(found)


def _rewritten(encoding: str, raw: IO[bytes], problems: list[Problem]) -> Iterator[bytes]:
    """Write the same characters in UTF-8, half ones visibly."""
    decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
    if encoding in _WIDE:
        said = f"read as {encoding}, which it does not say itself: every other byte or more is zero"
        problems.append(Problem("encoding-inferred", said))
    for block in iter(lambda: raw.read(BLOCK), b""):
        yield decoder.decode(block).encode("utf-8", "backslashreplace")
    yield decoder.decode(b"", final=True).encode("utf-8", "backslashreplace")


STREAMS: dict[str, Callable[[IO[bytes], list[Problem]], Iterator[bytes]]] = {
    "gzip": partial(_members, b"\x1f\x8b", _GzipMember),
    "bzip2": partial(_members, b"BZh", lambda problems: bz2.BZ2Decompressor()),
    "xz": partial(_members, b"\xfd7zXZ\x00", lambda problems: lzma.LZMADecompressor(memlimit=MEMORY)),
    "zstd": partial(_members, b"\x28\xb5\x2f\xfd", lambda problems: _ZstdFrame()),
    **{name: partial(_rewritten, name) for name in ("UTF-16", "UTF-32", *_WIDE)},
}
