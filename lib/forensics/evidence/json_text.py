"""A JSON text and its parser: long arrays put back, long lists held piece by piece, keys that stand twice counted."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from forensics.evidence import arrays, formats, long_lists
from forensics.evidence.broken_json import salvage
from forensics.evidence.formats import Format
from forensics.evidence.long_lists import Data, Frame, Long
from forensics.evidence.values import LONGEST_NUMBER, named

Restore = Callable[[dict[str, Any]], Any]


class Text:
    """A JSON text."""

    def __init__(self, text: bytes, original: Callable[[int], int], restore: Restore | None = None) -> None:
        """Take a text, where its bytes lie in the file, and what puts objects back that stand for something else."""
        self.doubled: Counter[str] = Counter()
        self.held: list[Held] = []
        """The long lists inside, of which one piece is there at a time."""
        self.over_lines = False
        """Some array stood over several lines, so that the text is not one object a line."""
        self.mark = 3 if text.startswith(b"\xef\xbb\xbf") else 0
        self.size = len(text)
        self.source = text.decode("utf-8-sig", "surrogateescape")
        self.stripped = self.source.rstrip("\0 \t\r\n")
        self._original = original
        if any(mark in text for mark in _TYPED):
            inner = restore or (lambda found: found)
            restore = lambda found: _value(inner(found))  # noqa: E731
        hook = _pairs(self.doubled, restore)  # it knows nothing of this text, which goes when nobody holds it any more
        self.decoder = json.JSONDecoder(object_pairs_hook=hook, parse_int=_whole)
        self.scan: Callable[[str, int], tuple[Any, int]] = self.decoder.scan_once  # type: ignore[attr-defined]

    def after(self, start: int) -> tuple[Any, int]:
        """Parse the document that begins at or after a character; return it and where it ends. Raises ValueError."""
        return self.decoder.raw_decode(self.stripped, skip(self.stripped, start))

    def line(self, text: str) -> Any:
        """Parse one line. Raises ValueError."""
        try:
            found, end = self.scan(text, 0)  # without the search for blanks around, which costs as much
        except StopIteration:
            end = -1
        return found if end == len(text) else self.decoder.decode(text)

    def byte(self, character: int) -> int:
        """Return where a character of the text lies in the file."""
        return self.places([character])[0]

    def places(self, characters: list[int]) -> list[int]:
        """Return where characters of the text lie in the file; they must not fall."""
        found, seen, length = [], 0, self.mark
        for character in characters:
            piece = self.source[seen:character]
            length += len(piece) if piece.isascii() else len(piece.encode("utf-8", "surrogateescape"))
            seen = character
            found.append(self._original(length))
        return found

    def elements(self) -> tuple[list[Any], int]:
        """Return the elements of the list that the text is, up to the first that cannot be read, and where they end."""
        found: list[Any] = []
        at = stop = 1
        while True:
            try:
                one, stop = self.after(at)
            except (ValueError, RecursionError):
                return found, stop
            found.append(one)
            at = skip(self.stripped, stop)
            if self.stripped[at : at + 1] != ",":
                return found, stop
            at += 1

    def twice(self) -> tuple[str, ...]:
        """Return the keys that stand twice in one object."""
        counters = (self.doubled, *(held.doubled for held in self.held))
        return tuple(sorted({named(key) for doubled in counters for key in doubled}))

    def takes_arrays(self) -> bool:
        """Say whether some format that fits can take arrays as such; others want lists."""
        first = None
        try:
            first, end = self.after(0)
            while end < len(self.stripped) and not (fmt := _declared(first)):
                first, end = self.after(end)
        except (ValueError, RecursionError):
            kept = salvage(self.stripped, self.decoder.decode)
            first = kept.document if kept else None
        fmt = _declared(first)
        return fmt is not None and any(records.points for records in fmt.records)


_TYPED = (b'"$date"', b'"$oid"', b'"$number')


def _value(found: Any) -> Any:
    """Return what MongoDB's exports write as an object of its type: `{"$date": …}`, `{"$numberLong": "7"}`."""
    if not isinstance(found, dict) or len(found) != 1:
        return found
    ((key, value),) = found.items()
    if key in ("$date", "$oid", "$numberDecimal", "$numberDouble"):
        return value
    return _whole(value) if key in ("$numberLong", "$numberInt") and _WHOLE.fullmatch(str(value)) else found


_WHOLE = re.compile(r"-?\d{1,20}")


def _pairs(doubled: Counter[str], restore: Restore | None) -> Callable[[list[tuple[str, Any]]], Any]:
    """Return what makes an object of its pairs, counts keys that stand twice, and puts back what it stands for."""

    def plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            doubled.update(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return found

    return (lambda pairs: restore(plain(pairs))) if restore else plain


def whole(data: Data, base: int = 0, *, lift: bool | None = None) -> Text:
    """Return a text that is held at once; `base` is where it begins in its file.

    With `lift` long arrays of numbers are read as such; None: where some format that fits can take them.
    """
    lifted = arrays.Lifted(bytes(data)) if lift is False else arrays.lift(data)
    if lifted.arrays:
        text = Text(lifted.text, lambda place: base + lifted.original(place), lifted.restore)
        text.over_lines = lifted.over_lines
        if lift or text.takes_arrays():
            return text
        lifted = arrays.Lifted(bytes(data))
    return Text(lifted.text, lambda place: base + place)


def framed(data: Data, frame: Frame) -> Text:
    """Return a document whose long lists hold their first pieces."""
    held = [Held(data, one) for one in frame.lists]
    text = Text(
        frame.text,
        frame.original,
        lambda found: held[found[frame.marker]] if len(found) == 1 and frame.marker in found else found,
    )
    text.held = held
    lift = text.takes_arrays()
    for one in held:
        one.lift = lift
        one.load(0)
    return text


class Held(list[Any]):
    """A long list, of which one piece is there at a time."""

    def __init__(self, data: Data, long: Long) -> None:
        """Load the first piece."""
        self.lift = False
        self.doubled: Counter[str] = Counter()
        self.objects = long.objects
        """Elements of the whole list that are objects."""
        self.broken_at: int | None = None
        """The byte up to which it could be read, where that is not its end."""
        self._data, self._closed = data, bool(long.stop)
        self._pieces = long.pieces(len(data))
        self.load(0)

    def load(self, number: int) -> None:
        """Hold this piece, as far as it can be read."""
        begin, end = self._pieces[number]
        raw = self._data[begin:end]
        between = _BETWEEN.match(raw)
        begin += between.end() if between else 0
        ends = self._closed or number + 1 < len(self._pieces)
        text = whole(b"[" + self._data[begin:end] + (b"]" if ends else b""), begin - 1, lift=self.lift)
        try:
            found, stop = text.after(0)
        except (ValueError, RecursionError):
            kept = None if ends else salvage(text.stripped, text.decoder.decode)
            found, stop = (kept.document, kept.stop) if kept else text.elements()
            self.broken_at = text.byte(stop) if found else self._pieces[number][0]
        self[:] = found
        self.doubled.update(text.doubled)

    def every_piece(self) -> Iterator[None]:
        """Hold one piece after another, up to where it is broken."""
        for number in range(len(self._pieces)):
            self.load(number)
            yield
            if self.broken_at is not None:
                return

    def load_all(self) -> None:
        """Hold all pieces at once."""
        found: list[Any] = []
        for _ in self.every_piece():
            found += self
        self[:] = found


_BETWEEN = re.compile(rb"[ \t\r\n]*,?[ \t\r\n]*")


def pieces_of_lines(data: Data) -> Iterator[Text]:
    """Yield the lines of a text, a few megabytes of them at a time."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", min(at + long_lists.STRIDE, len(data))) + 1 or len(data)
        yield whole(data[at:end], at)
        at = end


def _declared(document: Any) -> Format | None:
    return formats.recognise_document(document) or formats.recognise_object(document)


def skip(text: str, start: int) -> int:
    """Return where the blanks from here on end."""
    found = _BLANKS.match(text, start)
    return found.end() if found else start


_BLANKS = re.compile(r"\s*")


def _whole(digits: str) -> int | str:
    """Read a whole number; one of hundreds of digits stays text, which no column takes for a number."""
    return int(digits) if len(digits) < LONGEST_NUMBER else digits
