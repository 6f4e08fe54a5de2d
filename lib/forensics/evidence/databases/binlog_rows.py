"""Row events of a MySQL or MariaDB log of changes: which rows were written, altered, taken away. Bytes in, values out."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring

from forensics.evidence.databases.sql_text import blob, shown

HEADER = 19
TABLE_MAP = 19
WRITES, UPDATES, DELETES = (23, 30), (24, 31), (25, 32)
WITH_EXTRA = (30, 31, 32)
FORMAT_DESCRIPTION = 15


class UnreadableError(Exception):
    """Bytes that are no event, or hold a type that is not read here; its text says which."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table map says of a table: the number its rows are filed under, its names, its columns."""

    number: int
    database: str
    table: str
    types: bytes
    metadata: tuple[int, ...]
    unsigned: tuple[bool, ...]
    names: tuple[str, ...]
    """Empty where the log does not hold them."""
    key: tuple[int, ...]
    """The places of the primary key, where the log holds them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that an event changes."""

    kind: str
    """written, altered or removed"""
    before: list[str] | None
    """The values it had, as JSON; None for a column that the log leaves out stands as null."""
    after: list[str] | None


class Bytes:
    """Reads values off the front of an event."""

    def __init__(self, raw: bytes, at: int = 0) -> None:
        self.raw, self.at = raw, at

    def take(self, count: int) -> bytes:
        """Give the next bytes; there must be so many."""
        if self.at + count > len(self.raw) or count < 0:
            raise UnreadableError("the event is shorter than it says")
        self.at += count
        return self.raw[self.at - count : self.at]

    def number(self, count: int) -> int:
        """Give a number, its lowest byte first."""
        return int.from_bytes(self.take(count), "little")

    def big(self, count: int) -> int:
        """Give a number, its highest byte first."""
        return int.from_bytes(self.take(count), "big")

    def length(self) -> int:
        """Give a number that says itself how long it is."""
        first = self.number(1)
        return first if first < 251 else self.number({252: 2, 253: 3, 254: 8}.get(first, 0))

    def left(self) -> int:
        """Say how many bytes are left."""
        return len(self.raw) - self.at


def events(raw: bytes) -> list[bytes]:
    """Cut decoded BINLOG text into events by the lengths that they state."""
    found, at = [], 0
    while at + HEADER <= len(raw):
        size = int.from_bytes(raw[at + 9 : at + 13], "little")
        if size < HEADER or at + size > len(raw):
            raise UnreadableError("the event is shorter than it says")
        found.append(raw[at : at + size])
        at += size
    return found


def kind_of(event: bytes) -> int:
    """Say what kind of event it is."""
    return event[4]


def checked(event: bytes) -> bool:
    """Say of the event that begins a log whether its events end in checksums."""
    return len(event) > HEADER + 60 and event[-5] == 1


def layout(event: bytes, *, checksum: bool) -> Layout:
    """Read a table map."""
    data = Bytes(event[: len(event) - 4 * checksum], HEADER)
    number = data.number(6)
    data.take(2)
    database = shown(data.take(data.number(1)))
    data.take(1)
    table = shown(data.take(data.number(1)))
    data.take(1)
    count = data.length()
    types = data.take(count)
    data.length()
    metadata = tuple(_metadata(kind, data) for kind in types)
    data.take((count + 7) // 8)
    unsigned, names, key = _optional(data, types)
    return Layout(number, database, table, types, metadata, unsigned, names, key)


NUMERIC = (1, 2, 3, 4, 5, 8, 9, 246)
SIGNEDNESS, COLUMN_NAMES, PRIMARY_KEY = 1, 4, 8


def _metadata(kind: int, data: Bytes) -> int:
    """Read what a column's type needs to be read: lengths and digits."""
    if kind in (246, 247, 248, 254):  # two bytes, the first of them first
        return data.big(2)
    if kind in (15, 16, 253):
        return data.number(2)
    return data.number(1) if kind in (4, 5, 17, 18, 19, 245, 249, 250, 251, 252, 255) else 0


def _optional(data: Bytes, types: bytes) -> tuple[tuple[bool, ...], tuple[str, ...], tuple[int, ...]]:
    """Read what newer servers add to a table map."""
    unsigned, names, key = [False] * len(types), [], []
    try:
        while data.left():
            field, part = data.number(1), Bytes(data.take(data.length()))
            if field == SIGNEDNESS:
                numeric = [place for place, kind in enumerate(types) if kind in NUMERIC]
                bits = part.take(part.left())
                for order, place in enumerate(numeric):
                    unsigned[place] = bool(bits[order // 8] & (0x80 >> order % 8)) if order // 8 < len(bits) else False
            elif field == COLUMN_NAMES:
                while part.left():
                    names.append(shown(part.take(part.length())))
            elif field == PRIMARY_KEY:
                while part.left():
                    key.append(part.length())
    except UnreadableError:
        pass  # what is missing here is only missing
    return tuple(unsigned), tuple(names) if len(names) == len(types) else (), tuple(key)


def table_number(event: bytes) -> int:
    """Say which table map the rows of an event are filed under."""
    return int.from_bytes(event[HEADER : HEADER + 6], "little")


def changes(event: bytes, table: Layout, *, checksum: bool) -> list[Change]:
    """Read the rows of an event."""
    kind = kind_of(event)
    data = Bytes(event[: len(event) - 4 * checksum], HEADER + 8)
    if kind in WITH_EXTRA:
        data.take(data.number(2) - 2)
    count = data.length()
    if count != len(table.types) or not count:
        raise UnreadableError(f"the rows have {count} columns, and their table has {len(table.types)}")
    present = [_bits(data, count)]
    if kind in UPDATES:
        present.append(_bits(data, count))
    if not all(any(which) for which in present):
        raise UnreadableError("the rows hold no column")
    found = []
    while data.left():
        images = [_image(data, table, which) for which in present]
        if kind in UPDATES:
            found.append(Change("altered", images[0], images[1]))
        elif kind in WRITES:
            found.append(Change("written", None, images[0]))
        else:
            found.append(Change("removed", images[0], None))
    return found


def _bits(data: Bytes, count: int) -> list[bool]:
    raw = data.take((count + 7) // 8)
    return [bool(raw[place // 8] >> place % 8 & 1) for place in range(count)]


def _image(data: Bytes, table: Layout, present: list[bool]) -> list[str]:
    """Read one state of one row."""
    nulls = iter(_bits(data, sum(present)))
    values = []
    for place, there in enumerate(present):
        if not there or next(nulls):
            values.append("null")
        else:
            values.append(_value(data, table.types[place], table.metadata[place], table.unsigned[place]))
    return values


def _value(data: Bytes, kind: int, metadata: int, unsigned: bool) -> str:
    if kind == 254:  # a text, or an enumeration or set in its place
        kind, metadata = _real(metadata)
    if kind in _WHOLE:
        size = _WHOLE[kind]
        return str(int.from_bytes(data.take(size), "little", signed=not unsigned))
    if kind not in _READERS:
        raise UnreadableError(f"columns of type {kind} are not read")
    return _READERS[kind](data, metadata)


_WHOLE = {1: 1, 2: 2, 9: 3, 3: 4, 8: 8}


def _real(metadata: int) -> tuple[int, int]:
    high, low = metadata >> 8, metadata & 0xFF
    if high in (247, 248):
        return high, metadata
    # Two bits of a length over 255 are hidden, turned over, in the type.
    return 254, low | ((high & 0x30) ^ 0x30) << 4


def _text(prefix: Callable[[int], int]) -> Callable[[Bytes, int], str]:
    return lambda data, metadata: encode_basestring(shown(data.take(data.number(prefix(metadata)))))


def _blob(data: Bytes, metadata: int) -> str:
    raw = data.take(data.number(metadata))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return blob(raw)
    return blob(raw) if "\0" in text else encode_basestring(text)  # TEXT and BLOB look alike in the log


def _quoted(text: str) -> str:
    return f'"{text}"'


def _moment(data: Bytes, digits: int) -> str:
    """Read the part of a second: as many bytes as its digits need."""
    if digits > 6:
        raise UnreadableError("a time with more than six digits after the second")
    size = (digits + 1) // 2
    part = data.big(size) * 10 ** (6 - 2 * size) if size else 0
    return f".{part:06d}"[: digits + 1] if digits else ""


def _timestamp(data: Bytes, digits: int) -> str:
    seconds = data.big(4)
    part = _moment(data, digits)
    if not seconds:
        return _quoted(f"0000-00-00 00:00:00{part}")
    return _quoted(f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}{part}")


def _datetime(data: Bytes, digits: int) -> str:
    packed = data.big(5) - 0x8000000000
    part = _moment(data, digits)
    day, clock = packed >> 17, packed & 0x1FFFF
    months, day = day >> 5, day & 31
    hour, minute, second = clock >> 12, clock >> 6 & 63, clock & 63
    return _quoted(f"{months // 13:04d}-{months % 13:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}{part}")


def _time(data: Bytes, digits: int) -> str:
    size = (min(digits, 6) + 1) // 2
    whole = data.big(3 + size) - (0x800000 << 8 * size)
    sign, whole = "-" if whole < 0 else "", abs(whole)
    packed, part = whole >> 8 * size, whole & ((1 << 8 * size) - 1)
    said = f".{part * 10 ** (6 - 2 * size):06d}"[: digits + 1] if digits else ""
    return _quoted(f"{sign}{packed >> 12 & 1023:02d}:{packed >> 6 & 63:02d}:{packed & 63:02d}{said}")


def _date(data: Bytes, _: int) -> str:
    packed = data.number(3)
    return _quoted(f"{packed >> 9:04d}-{packed >> 5 & 15:02d}-{packed & 31:02d}")


_DIGIT_BYTES = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)


def _decimal(data: Bytes, metadata: int) -> str:
    """Read an exact number: groups of nine digits in four bytes each, the odd ones outside; turned over if negative."""
    precision, scale = metadata >> 8, metadata & 0xFF
    if precision < scale:
        raise UnreadableError("a number with more digits after the point than in all")
    whole, part = divmod(precision - scale, 9), divmod(scale, 9)
    size = 4 * (whole[0] + part[0]) + _DIGIT_BYTES[whole[1]] + _DIGIT_BYTES[part[1]]
    raw = bytearray(data.take(size))
    negative = not raw[0] & 0x80
    raw[0] ^= 0x80
    digits = Bytes(bytes(byte ^ 0xFF for byte in raw) if negative else bytes(raw))
    before = [str(digits.big(_DIGIT_BYTES[whole[1]]))] if whole[1] else []
    before += [f"{digits.big(4):09d}" for _ in range(whole[0])]
    after = [f"{digits.big(4):09d}" for _ in range(part[0])]
    after += [f"{digits.big(_DIGIT_BYTES[part[1]]):0{part[1]}d}"] if part[1] else []
    text = "".join(before).lstrip("0") or "0"
    return ("-" if negative else "") + text + (f".{''.join(after)}" if after else "")


def _float(size: int) -> Callable[[Bytes, int], str]:
    def read(data: Bytes, _: int) -> str:
        (value,) = struct.unpack("<f" if size == 4 else "<d", data.take(size))
        if not math.isfinite(value):
            return _quoted(str(value))
        return f"{value:.6g}" if size == 4 else repr(value)

    return read


def _year(data: Bytes, _: int) -> str:
    year = data.number(1)
    return str(1900 + year) if year else "0"


_READERS: dict[int, Callable[[Bytes, int], str]] = {
    4: _float(4),
    5: _float(8),
    7: lambda data, _: _quoted(f"{datetime.fromtimestamp(data.number(4), UTC):%Y-%m-%d %H:%M:%S}"),
    10: _date,
    13: _year,
    15: _text(lambda metadata: 2 if metadata > 255 else 1),
    16: lambda data, metadata: str(data.big((metadata >> 8) + ((metadata & 0xFF) > 0))),
    17: _timestamp,
    18: _datetime,
    19: _time,
    245: lambda data, metadata: blob(data.take(data.number(metadata))),
    246: _decimal,
    247: lambda data, metadata: str(data.number(metadata & 0xFF)),
    248: lambda data, metadata: str(data.number(metadata & 0xFF)),
    249: _blob,
    250: _blob,
    251: _blob,
    252: _blob,
    253: _text(lambda metadata: 2 if metadata > 255 else 1),
    254: _text(lambda metadata: 2 if metadata > 255 else 1),
    255: _blob,
}
