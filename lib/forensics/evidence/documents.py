"""Reading JSON: whole documents, one object a line, and documents that were cut."""

from __future__ import annotations

import gc
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from forensics.evidence import arrays, formats, inner_lines, remarks, unknown_json
from forensics.evidence.account import Account
from forensics.evidence.broken_json import DEEPEST, salvage, too_deep
from forensics.evidence.formats import Format
from forensics.evidence.harvest import Objects, harvest
from forensics.evidence.json_lines import Bad, is_log, read_lines
from forensics.evidence.values import LONGEST_NUMBER, named
from forensics.evidence.values import text as shown
from forensics.model import Clock, LineCount, Problem
from forensics.store import Store

HEADERS = "$headers"
"""The key under which a document holds the objects that stood before it in its file."""

MOST_HEADERS = 3

TOO_DEEP = f"nested deeper than {DEEPEST} levels: refused"


@dataclass(slots=True)
class DocumentReading:
    """What came of one JSON text."""

    fmt: Format | None
    records: int = 0
    covers: tuple[datetime, datetime] | None = None
    refused: Counter[str] = field(default_factory=Counter)
    """Why records were left out, or kept without their value, and how many."""
    cut_at: int | None = None
    """The byte at which a cut document stopped being readable."""
    trailing: int = 0
    """Bytes after the document's end."""
    lines: LineCount | None = None
    keys: tuple[str, ...] = ()
    """The document's own keys, for when no format fits."""
    error: str = ""
    doubled: tuple[str, ...] = ()
    """Keys that stand twice in one object."""
    remarks: list[Problem] = field(default_factory=list)
    """What else is to be said of it."""
    clock: Clock | None = None
    """The clock of its times, where it is not the one that the format declares."""


def looks_like_json(head: str) -> bool:
    """Say whether a text begins like a JSON document, or like lines of a time and an object."""
    return bool(
        re.match(r"\s*(?:\{|\[\s*(?:[\[{\"\]tfn]|-?\d+(?:\.\d+)?\s*[,\]]))", head)
        or re.match(r"(?:\d{9,19}(?:\.\d+)?[ \t]*\r?\n)*\d{9,19}(?:\.\d+)?[ \t]+\{", head)
    )


def read(store: Store, path: str, raw: bytes | memoryview) -> DocumentReading | None:
    """Read a JSON text into the store; None when it is better read as lines: no JSON, or several unknown documents."""
    with _uncollected():
        text = _Text(arrays.lift(raw))
        if text.lifted.arrays and not text.takes_arrays():
            text = _Text(arrays.Lifted(bytes(raw)))
        return _Reader(store, path, text).read()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: a parser makes none, and looking through its millions of objects costs half as
    much again as making them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Text:
    """A JSON text, and the parser that puts its long arrays back and counts keys that stand twice in one object."""

    def __init__(self, lifted: arrays.Lifted) -> None:
        self.lifted = lifted
        self.doubled: Counter[str] = Counter()
        source = lifted.text.decode("utf-8-sig", "surrogateescape")
        self.mark = 3 if lifted.text.startswith(b"\xef\xbb\xbf") else 0
        self.source = source
        self.stripped = source.rstrip("\0 \t\r\n")
        hook = self._restored if lifted.arrays else self._pairs
        self.decoder = json.JSONDecoder(object_pairs_hook=hook, parse_int=_whole)
        self.scan: Callable[[str, int], tuple[Any, int]] = self.decoder.scan_once  # type: ignore[attr-defined]

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self.doubled.update(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return found

    def _restored(self, pairs: list[tuple[str, Any]]) -> Any:
        return self.lifted.restore(self._pairs(pairs))

    def after(self, start: int) -> tuple[Any, int]:
        """Parse the document that begins at or after a character; return it and where it ends. Raises ValueError."""
        return self.decoder.raw_decode(self.stripped, _skip(self.stripped, start))

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
            found.append(self.lifted.original(length))
        return found

    def takes_arrays(self) -> bool:
        """Say whether some format that fits can take arrays as such; others want lists."""
        first = None
        try:
            first, end = self.after(0)
            while end < len(self.stripped) and not (fmt := _declared(first)):
                first, end = self.after(end)
        except (ValueError, RecursionError):
            kept = salvage(self.stripped, self.decoder.decode)
            first = kept[0] if kept else None
        fmt = _declared(first)
        return fmt is not None and any(records.points for records in fmt.records)


def _declared(document: Any) -> Format | None:
    return formats.recognise_document(document) or formats.recognise_object(document)


def _skip(text: str, start: int) -> int:
    found = re.compile(r"\s*").match(text, start)
    return found.end() if found else start


def _whole(digits: str) -> int | str:
    """Read a whole number; one of hundreds of digits stays text, which no column takes for a number."""
    return int(digits) if len(digits) < LONGEST_NUMBER else digits


class _Reader:
    """One text on its way into the store."""

    def __init__(self, store: Store, path: str, text: _Text) -> None:
        self.store, self.path, self.text = store, path, text

    def read(self) -> DocumentReading | None:
        source = self.text.stripped
        try:
            document, end = self.text.after(0)
        except RecursionError:
            return DocumentReading(None, error=TOO_DEEP)
        except ValueError:
            if too_deep(source):
                return DocumentReading(None, error=TOO_DEEP)
            return self._lines() or self._cut()
        trailing = source[end:].strip()
        one_a_line = "\n" in source if trailing else isinstance(document, dict) and "\n" not in source.strip()
        if one_a_line and (lines := self._lines()):
            return lines
        headers = self._headers(document, end) if trailing else None
        if headers:
            document, end = headers
        more = bool(source[end:].strip())
        a_log = one_a_line and isinstance(document, dict) and is_log(document) and unknown_json.is_dated(document)
        reading = self._document(document, guess=not (more or a_log))
        if a_log and reading.fmt is None:
            return None
        if more:
            if reading.fmt is None:
                return None
            reading.trailing = self.text.byte(len(source)) - self.text.byte(_skip(source, end))
        return reading

    def _headers(self, first: Any, end: int) -> tuple[Any, int] | None:
        """Return the first document of the file that a format fits, with the objects before it, and where it ends."""
        headers: list[Any] = []
        document = first
        while len(headers) < MOST_HEADERS and isinstance(document, dict) and not formats.recognise_document(document):
            headers.append(document)
            try:
                document, end = self.text.after(end)
            except (ValueError, RecursionError):
                return None
        fits = headers and formats.recognise_document(document) is not None
        if not fits:
            return None
        return ({**document, HEADERS: headers} if isinstance(document, dict) else document), end

    def _document(self, document: Any, guess: bool = True) -> DocumentReading:
        fmt = formats.recognise_document(document)
        remark: list[Problem] = []
        if fmt is None:
            guessed = unknown_json.guess(document) if guess else None
            if guessed is None:
                return self._unknown(document)
            fmt, remark = guessed
        reading = self._take(fmt, [(document, None)])
        reading.remarks += remark
        if isinstance(document, dict) and HEADERS in document:
            reading.remarks.append(remarks.header_objects(len(document[HEADERS])))
        return reading

    def _unknown(self, document: Any) -> DocumentReading:
        reading = DocumentReading(None, keys=unknown_json.keys(document))
        reading.remarks += remarks.nearest(document)
        return reading

    def _cut(self) -> DocumentReading | None:
        kept = salvage(self.text.stripped, self.text.decoder.decode)
        if kept is None:
            return None
        reading = self._document(kept[0])
        reading.cut_at = self.text.byte(kept[1])
        return reading

    def _lines(self) -> DocumentReading | None:
        over_lines = self.text.lifted.over_lines
        lines = None if over_lines else read_lines(self.text.source, self.text.line)
        if lines is None:
            return None
        guessed = unknown_json.guess_lines(lines.objects) if lines.fmt is None and len(lines.objects) > 1 else None
        fmt, remark = guessed or (lines.fmt, [])
        if fmt is None:
            return None
        self._quarantine(lines.bad)
        reading = self._take(fmt, lines.objects)
        reading.refused.update(lines.refused)
        reading.remarks += remark
        reading.lines = lines.count
        return reading

    def _quarantine(self, bad: list[Bad]) -> None:
        """Keep lines that are no objects, each with its place and the reason."""
        places = iter(self.text.places([place for one in bad for place in (one.start, one.stop)]))
        rows = []
        for one in bad:
            begin, end = next(places), next(places)
            text = (shown(one.text) or "").replace("\0", "\\x00")
            rows.append([self.path, one.line, begin, end - begin, one.why, text])
        self.store.add("quarantine", ("path", "line", "offset", "length", "reason", "shown"), rows)

    def _take(self, fmt: Format, objects: Objects) -> DocumentReading:
        """Put the records of a recognised document into the store."""
        account = Account(self.path)
        for records in fmt.records:
            for table in harvest(records, objects, account):
                rows = inner_lines.refine(self.store, table) if records.into == "log_events" else table
                self.store.append(records.into, rows)
        reading = DocumentReading(fmt, account.records, account.covers, account.refused)
        reading.doubled = tuple(sorted(map(named, self.text.doubled)))
        reading.remarks = [*remarks.of_documents(fmt, [one for one, _ in objects]), *remarks.of_account(account)]
        if account.zoneless:
            reading.clock = replace(fmt.clock, zone="UTC", how="assumed")
        return reading
