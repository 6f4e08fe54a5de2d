"""Long arrays of numbers inside a JSON text, read in bulk: a day of a thousand series is no work for a JSON parser.

An array is lifted out only if it is, byte for byte, the same piece of punctuation repeated, with plain numbers between:
`[[1,"2"],[3,"4"]]` or `[1,2]`. Whatever is not so regular stays in the text, for the parser to judge.
"""

from __future__ import annotations

import json
import mmap
import re
import secrets
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

Numbers = npt.NDArray[np.float64]

HEAD = 1024 * 1024
"""Bytes in which the first long array must begin; a document of other records is not searched to its end."""

SHORTEST = 256
"""Bytes; a shorter array costs the parser less than the search."""

TOGETHER = 16 * 1024 * 1024
"""Bytes of arrays that are converted at once."""

EXACT = 2.0**53
"""A whole number beyond this may stand for another one; such arrays are left to the parser, which tells them apart."""

_KEY = re.compile(rb'"(?:values|Values|timestamps|Timestamps|pointlist|datapoints)"\s*:\s*(?=\[)')
_SPACED_END = re.compile(rb"\]\s*\]")
_NUMBER_BYTES = b"0123456789+-.eENaInful"
_PUNCTUATION = re.compile(rb'\[\s*("?)\s*,\s*("?"?)\s*\]\s*,\s*')
_TO_ROWS = bytes.maketrans(b"]", b"\n")
_TO_LINES = bytes.maketrans(b",", b"\n")
_MISSING = ["NaN", "null", "+Inf", "-Inf", "Inf", "nan"]


@dataclass(slots=True)
class Lifted:
    """A JSON text without its long arrays."""

    text: bytes
    marker: str = ""
    """The key of the objects that stand where arrays stood; made anew for each text, so that no text can hold it."""
    arrays: list[Numbers] = field(default_factory=list)
    """Pairs as two columns, plain numbers as one; NaN stands for what is no finite number."""
    joints: list[tuple[int, int]] = field(default_factory=list)
    """Positions in the text, and in the original, just behind each array."""
    over_lines: bool = False
    """Some array stood over several lines, so that the text is not one object a line."""

    def restore(self, found: dict[str, Any]) -> Any:
        """Return the array that an object stands for, or the object itself."""
        place = found.get(self.marker) if len(found) == 1 else None
        return found if place is None else self.arrays[place]

    def original(self, position: int) -> int:
        """Return where a position of the text lies in the original."""
        before = bisect_right(self.joints, (position, len(self.text) + 2**62)) - 1
        if before < 0:
            return position
        here, there = self.joints[before]
        return there + position - here


@dataclass(slots=True)
class _Array:
    """One array on its way: where it lies, its numbers as lines of text, and how many it must give."""

    start: int
    stop: int
    rows: bytes
    count: int
    columns: int
    over_lines: bool


def begin(data: bytes | mmap.mmap) -> bool:
    """Say whether there may be long arrays in a text."""
    return _KEY.search(data, 0, HEAD) is not None


def lift(data: bytes | mmap.mmap) -> Lifted:
    """Take the long arrays of numbers out of a JSON text."""
    if not begin(data):
        return Lifted(bytes(data))
    lifted = Lifted(b"", marker=secrets.token_hex(16))
    pieces: list[bytes] = []
    length = at = 0
    for array, numbers in _read(_arrays(data)):
        if numbers is None:
            continue
        piece = data[at : array.start] + json.dumps({lifted.marker: len(lifted.arrays)}).encode()
        pieces.append(piece)
        lifted.arrays.append(numbers)
        length, at = length + len(piece), array.stop
        lifted.joints.append((length, at))
        lifted.over_lines |= array.over_lines
    pieces.append(data[at:])
    lifted.text = b"".join(pieces)
    return lifted


def _arrays(data: bytes | mmap.mmap) -> Iterator[_Array]:
    """Yield every long array whose punctuation is regular, in the order of the text."""
    at = 0
    while found := _KEY.search(data, at):
        start = at = found.end()
        head = data[start : start + SHORTEST]
        nested = re.match(rb"\[\s*\[", head) is not None
        stop = _end(data, start, head, nested)
        if stop - start < SHORTEST:
            continue
        region = data[start:stop]
        array = _pairs(region, start) if nested else _plain(region, start)
        if array is not None:
            at = array.stop
            yield array


def _end(data: bytes | mmap.mmap, start: int, head: bytes, nested: bool) -> int:
    """Return the position behind an array, or its start where it has no end."""
    if not nested:
        return data.find(b"]", start) + 1 or start
    if re.match(rb"\[\s*\[[^\]]*\]\s*,\s*\[", head) and not re.match(rb"\[\[[^\]]*\],[ ]?\[", head):
        found = _SPACED_END.search(data, start)
        return found.end() if found else start
    found_at = data.find(b"]]", start)
    return found_at + 2 if found_at >= 0 else start


def _pairs(region: bytes, start: int) -> _Array | None:
    skeleton = region[1:-1].translate(None, _NUMBER_BYTES).strip()
    unit = _PUNCTUATION.match(skeleton)
    if unit is None or unit[1] or unit[2] not in (b"", b'""'):
        return None
    count = skeleton.count(b"[")
    last = skeleton[len(unit[0]) * (count - 1) :]
    if not skeleton.startswith(unit[0] * (count - 1)) or last + b"," != unit[0].rstrip():
        return None
    rows = region[1:-1].translate(_TO_ROWS, b'[" \t\r\n')
    return _Array(
        start, start + len(region), b"," + rows + (b"" if rows.endswith(b"\n") else b"\n"), count, 2, b"\n" in region
    )


def _plain(region: bytes, start: int) -> _Array | None:
    skeleton = region[1:-1].translate(None, _NUMBER_BYTES).strip()
    count = skeleton.count(b",") + 1
    unit = skeleton[: skeleton.find(b",", 1)] if count > 2 else skeleton
    if unit.strip() != b"," or skeleton != (unit * (count - 1)).rstrip():
        return None
    rows = region[1:-1].translate(_TO_LINES, b" \t\r\n")
    return _Array(start, start + len(region), rows + b"\n", count, 1, b"\n" in region)


def _read(arrays: Iterator[_Array]) -> Iterator[tuple[_Array, Numbers | None]]:
    """Yield each array with its numbers, or None where they are not all numbers; many are converted at once."""
    waiting: list[_Array] = []
    for array in arrays:
        if waiting and (
            array.columns != waiting[0].columns or sum(len(one.rows) for one in waiting) + len(array.rows) > TOGETHER
        ):
            yield from _convert(waiting)
            waiting = []
        waiting.append(array)
    yield from _convert(waiting)


def _convert(waiting: list[_Array]) -> Iterator[tuple[_Array, Numbers | None]]:
    if not waiting:
        return
    found = _numbers(b"".join(one.rows for one in waiting), waiting[0].columns)
    if found is None or len(found) != sum(one.count for one in waiting):
        yield from ((one, _alone(one)) for one in waiting)
        return
    begin = 0
    for one in waiting:
        yield one, found[begin : begin + one.count]
        begin += one.count


def _alone(one: _Array) -> Numbers | None:
    found = _numbers(one.rows, one.columns)
    return found if found is not None and len(found) == one.count else None


def _numbers(rows: bytes, columns: int) -> Numbers | None:
    """Convert lines of numbers; None where a text is no number, or where a number may not be exact."""
    names = ["before", "time", "value"] if columns == 2 else ["value"]
    wanted = names[-columns:]
    try:
        table = csv.read_csv(
            pa.BufferReader(rows),
            csv.ReadOptions(column_names=names, use_threads=False, block_size=2 * TOGETHER),
            csv.ParseOptions(quote_char=False, double_quote=False, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types={name: pa.float64() for name in wanted} | {"before": pa.null()},
                include_columns=wanted,
                null_values=_MISSING,
            ),
        )
    except pa.ArrowInvalid:
        return None
    found = [table[name].to_numpy() for name in wanted]
    if columns == 2 and np.isnan(found[0]).any():
        return None
    if any(np.nanmax(np.abs(one), initial=0.0) >= EXACT for one in found):
        return None
    return np.column_stack(found) if columns == 2 else found[0]
