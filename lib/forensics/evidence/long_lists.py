"""The long lists of a JSON document, found by its brackets and cut into pieces: a document of any size is held piece by piece.

Only lists of objects are cut. What is left is a small document, in which each of them holds one piece at a time.
"""

from __future__ import annotations

import mmap
import secrets
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from forensics.evidence.broken_json import DEEPEST

Data = bytes | mmap.mmap

SHORTEST = 8 * 1024**2
"""Bytes; a shorter document is held at once."""

STRIDE = 4 * 1024**2
"""Bytes in which brackets are looked for at once; a piece of a list is hardly longer."""

_MARKS = bytes(2 if byte == 34 else 1 if byte in b"{[" else 255 if byte in b"}]" else 0 for byte in range(256))


@dataclass(slots=True)
class Long:
    """A list too long to hold: where it lies, and where it is cut."""

    start: int
    """The byte of its bracket."""
    depth: int
    stop: int = 0
    """The byte behind its end; 0 where the document ends before it."""
    cuts: list[int] = field(default_factory=list)
    """Bytes behind the last element of a piece."""
    objects: int = 0
    """Its elements that are objects."""

    def pieces(self, size: int) -> list[tuple[int, int]]:
        """Return where the elements of each piece lie, in a document of this size."""
        end = self.stop - 1 if self.stop else size
        ends = [*self.cuts, end] if not self.cuts or self.cuts[-1] < end else self.cuts
        return list(zip([self.start + 1, *ends], ends, strict=False))

    def longest(self, size: int) -> int:
        """Return the bytes of the longest piece."""
        return max(end - begin for begin, end in self.pieces(size))


@dataclass(slots=True)
class Frame:
    """A document without its long lists."""

    text: bytes
    """In their place stand objects of the key `marker` and a number; brackets that a cut document lacks are there."""
    marker: str
    lists: list[Long]
    joints: list[tuple[int, int]]
    """Positions in the text, and in the original, just behind each list."""

    def original(self, position: int) -> int:
        """Return where a position of the text lies in the original."""
        before = bisect_right(self.joints, (position, 2**62)) - 1
        if before < 0:
            return position
        here, there = self.joints[before]
        return there + position - here


def cut(data: Data) -> Frame | None:
    """Take the long lists out of a JSON document; None where there is none, or where it is no single document."""
    scan = _Scan()
    for begin, chunk in _chunks(data):
        if not scan.take(begin, chunk):
            return None
    size = len(data)
    chosen = _chosen(scan.long, size)
    if not chosen:
        return None
    marker, text, joints, at = secrets.token_hex(16), b"", [], 0
    for number, one in enumerate(chosen):
        text += data[at : one.start] + b'{"%s": %d}' % (marker.encode(), number)
        at = one.stop or size
        joints.append((len(text), at))
    if size - at > SHORTEST:
        return None
    if chosen[-1].stop:
        text += data[at:]
    else:
        text += bytes(reversed([93 if kind == 91 else 125 for kind in scan.kinds[: chosen[-1].depth - 1]]))
    return Frame(text, marker, chosen, joints) if len(text) < SHORTEST else None


def _chosen(long: list[Long], size: int) -> list[Long]:
    """Choose the lists that are cut: those that fall into short pieces, of lists within lists the outermost."""
    found: list[Long] = []
    for one in sorted(long, key=lambda one: one.start):
        inside = bool(found) and (not found[-1].stop or one.start < found[-1].stop)
        if not inside and (one.stop or size) - one.start > SHORTEST and one.longest(size) <= 2 * SHORTEST:
            found.append(one)
    return found


def _chunks(data: Data) -> Iterator[tuple[int, bytes]]:
    """Yield the text in strides, none of which ends within an escape."""
    at = 0
    while at < len(data):
        end = min(at + STRIDE, len(data))
        while end < len(data) and data[end - 1] == 92:
            end += 1
        yield at, data[at:end]
        at = end


class _Scan:
    """Follows the brackets of a document, and the lists that stay open from one stride to the next."""

    def __init__(self) -> None:
        self.quoted = False
        self.kinds: list[int] = []
        """The brackets that are open."""
        self.open: list[Long | None] = []
        """The lists among them."""
        self.long: list[Long] = []
        self.over = False

    def take(self, begin: int, chunk: bytes) -> bool:
        """Follow a stride; say whether this may still be one document that is worth cutting."""
        if self.over:
            return True
        if b"\\" in chunk:
            chunk = chunk.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        marks = np.frombuffer(chunk.translate(_MARKS), dtype=np.int8)
        places = np.flatnonzero(marks)
        marks = marks[places]
        quotes = marks == 2
        quoted = (np.cumsum(quotes) + self.quoted) & 1
        self.quoted = bool(quoted[-1]) if len(quoted) else self.quoted
        outside = ~quotes & (quoted == 0)
        places, steps = places[outside], marks[outside]
        if not len(places):
            return True
        depth = len(self.kinds) + np.cumsum(steps, dtype=np.int64)
        ended = np.flatnonzero(depth <= 0)
        if len(ended):  # what follows the document is left to whoever reads the frame
            if not begin:
                return False
            self.over, last = True, int(ended[0]) + 1
            places, steps, depth = places[:last], steps[:last], depth[:last]
        if depth.max() > DEEPEST:
            return False
        self._follow(begin, chunk, places, steps, depth)
        return True

    def _follow(
        self,
        begin: int,
        chunk: bytes,
        places: npt.NDArray[np.int64],
        steps: npt.NDArray[np.int8],
        depth: npt.NDArray[np.int64],
    ) -> None:
        lowest, final = int(min(depth.min(), len(self.kinds))), int(depth[-1])
        for level in range(len(self.kinds), lowest, -1):
            closing = int(np.argmax(depth == level - 1))
            kind, held = self.kinds.pop(), self.open.pop()
            if held is not None and kind == 91:
                self._elements(held, begin, chunk, places[:closing], steps[:closing], depth[:closing])
                held.stop = begin + int(places[closing]) + 1
        for held in self.open:
            if held is not None:
                self._elements(held, begin, chunk, places, steps, depth)
        for level in range(lowest, final):
            below = np.flatnonzero(depth <= level)
            opening = int(below[-1]) + 1 if len(below) else 0
            place = int(places[opening])
            self.kinds.append(chunk[place])
            held = Long(begin + place, level + 1) if chunk[place] == 91 else None
            self.open.append(held)
            if held is not None:
                self.long.append(held)
                after = slice(opening + 1, None)
                self._elements(held, begin, chunk, places[after], steps[after], depth[after])

    @staticmethod
    def _elements(
        held: Long,
        begin: int,
        chunk: bytes,
        places: npt.NDArray[np.int64],
        steps: npt.NDArray[np.int8],
        depth: npt.NDArray[np.int64],
    ) -> None:
        """Note the last element that ends in this stride, and how many are objects."""
        ends = places[(depth == held.depth) & (steps < 0)]
        if len(ends):
            objects = int(np.count_nonzero(np.frombuffer(chunk, np.uint8)[ends] == 125))
            if objects == len(ends):  # numbers in lists of lists are read in bulk elsewhere
                held.cuts.append(begin + int(ends[-1]) + 1)
            held.objects += objects
