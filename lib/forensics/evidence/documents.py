"""Reading JSON: whole documents, one object a line, and documents that were cut; large ones piece by piece."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from forensics.evidence import (
    arrays,
    formats,
    inner_lines,
    json_paths,
    json_text,
    long_lists,
    remarks,
    series,
    unknown_json,
)
from forensics.evidence.account import Account
from forensics.evidence.broken_json import DEEPEST, salvage, too_deep
from forensics.evidence.formats import Format
from forensics.evidence.harvest import Harvest, Objects, beside
from forensics.evidence.json_lines import Bad, Lines, is_log, read_lines
from forensics.evidence.json_text import Text, skip
from forensics.evidence.long_lists import Data
from forensics.evidence.numbering import numberings
from forensics.evidence.paths import LOOKED_AT, find
from forensics.evidence.values import text as shown
from forensics.model import Clock, LineCount, Problem
from forensics.store import Store

HEADERS = "$headers"
"""The key under which a document holds the objects that stood before it in its file."""

MOST_HEADERS = 3

MOST_AT_ONCE = 512 * 1024 * 1024
"""Bytes of a text that does not fall into pieces; a longer one is left to be read as lines."""

MOST_ARRAYS = 192 * 1024 * 1024
"""Bytes of a text that may be held at once if all but the long arrays of numbers in it is short."""

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
    half: int = 0
    """Elements that records tell of and that the cut goes through: what these records say is not whole."""
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


def read(store: Store, path: str, data: Data) -> DocumentReading | None:
    """Read a JSON text into the store; None when it is better read as lines: no JSON, or several unknown documents."""
    return _read(data, lambda fmt: _Taking(store, path, fmt))


def element(data: Data, number: int) -> Any:
    """Return the element, or the point of a series, to which the store gave this number when the text was read; None
    where none has it."""
    return next((one for one, _ in elements(data, [number]).values()), None)


def elements(data: Data, numbers: Collection[int]) -> dict[int, tuple[Any, str]]:
    """Return several by their numbers, in one reading, each with its path in the document (json_paths.py), which is empty where that
    is not told; a number that nothing has is not among them."""
    found: dict[int, tuple[Any, str]] = {}
    with Store() as unused:
        _read(data, lambda fmt: _Seeking(unused, fmt, numbers, found))
    return found


def _read(data: Data, taking: _Begin) -> DocumentReading | None:
    with _uncollected():
        found = _large(data, taking)
        if found is None and len(data) <= MOST_AT_ONCE:
            found = _Reader(taking, json_text.whole(data)).read()
        return found


def _large(data: Data, taking: _Begin) -> DocumentReading | None:
    """Read a large text piece by piece; None where it is small, or does not fall into pieces."""
    if len(data) < long_lists.SHORTEST:
        return None
    if len(data) <= MOST_ARRAYS and arrays.begin(data):
        text = json_text.whole(data)
        if text.size < long_lists.SHORTEST:
            return _Reader(taking, text).read()
    frame = long_lists.cut(data)
    if frame is not None:
        return _Reader(taking, json_text.framed(data, frame)).read()
    pieces = json_text.pieces_of_lines(data)
    first = next(pieces)
    return _Reader(taking, first, pieces).lines() if first.size < len(data) else None


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


class _Reader:
    """One text on its way into the store."""

    def __init__(self, taking: _Begin, text: Text, more: Iterator[Text] | None = None) -> None:
        """Take a text, or the first of its pieces and the others."""
        self.taking, self.text, self.more = taking, text, more
        self.written: Any = None
        """The document that the text begins with, as it is written; it may be read as a part of another."""

    def read(self) -> DocumentReading | None:
        source = self.text.stripped
        try:
            self.written = document, end = self.text.after(0)
        except RecursionError:
            return DocumentReading(None, error=TOO_DEEP)
        except ValueError:
            if too_deep(source):
                return DocumentReading(None, error=TOO_DEEP)
            return self.lines() or self._cut()
        trailing = source[end:].strip()
        one_a_line = "\n" in source if trailing else isinstance(document, dict) and "\n" not in source.strip()
        if one_a_line and (lines := self.lines()):
            return lines
        headers = (self._several(document, end) or self._headers(document, end)) if trailing else None
        if headers:
            document, end = headers
        more = bool(source[end:].strip())
        a_log = one_a_line and isinstance(document, dict) and is_log(document) and unknown_json.is_dated(document)
        reading = self._document(document, guess=not (more or a_log))
        if a_log and (reading.fmt is None or (more and reading.fmt.problem)):
            return None
        if more:
            if reading.fmt is None:
                return None
            reading.trailing = self.text.byte(len(source)) - self.text.byte(skip(source, end))
        return reading

    def _several(self, first: Any, end: int) -> tuple[Any, int] | None:
        """Return the objects of a file that holds nothing else, none of them known alone, as one list of a known format:
        `journalctl -o json-pretty` and jq write such."""
        found, source = [first], self.text.stripped
        if not isinstance(first, dict) or formats.recognise_document(first) is not None:
            return None
        while skip(source, end) < len(source):
            try:
                document, end = self.text.after(end)
            except (ValueError, RecursionError):
                return None
            if not isinstance(document, dict):
                return None
            found.append(document)
            if len(found) == LOOKED_AT and formats.recognise_document(found) is None:
                return None
        return (found, end) if formats.recognise_document(found) is not None else None

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

    def _document(self, document: Any, guess: bool = True, cut_through: Sequence[Any] = ()) -> DocumentReading:
        return _of_pages(self._known(document, guess, cut_through), document)

    def _known(self, document: Any, guess: bool, cut_through: Sequence[Any]) -> DocumentReading:
        fmt = formats.recognise_document(document)
        remark: list[Problem] = []
        if fmt is None:
            fmt, document = formats.recognise_alone(document) or (None, document)
        if fmt is None:
            guessed = unknown_json.guess(document) if guess else None
            if guessed is None:
                return self._unknown(document)
            fmt, remark = guessed
        taking = self.taking(fmt)
        taking.whole = self.written is not None and document is self.written[0] and not self.text.held
        taking.add([(document, None)], self.text)
        reading = taking.reading()
        reading.cut_at = next((one.broken_at for one in self.text.held if one.broken_at is not None), None)
        reading.half = taking.half(document, cut_through if reading.cut_at is None else [document])
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
        reading = self._document(kept.document, cut_through=kept.cut_through)
        reading.cut_at = self.text.byte(kept.stop)
        return reading

    def lines(self) -> DocumentReading | None:
        """Read one object a line; None where the lines do not look so."""
        lines = None if self.text.over_lines else read_lines(self.text.source, self.text.line)
        if lines is None:
            return None
        guessed = None
        if lines.fmt is None and len(lines.objects) > 1:
            guessed = unknown_json.guess_lines(lines.objects, more=self.more is not None)
        fmt, remark = guessed or (lines.fmt, [])
        if fmt is None:
            return None
        only = lines.objects[0][0] if len(lines.objects) == 1 and self.more is None else None
        taking = self.taking(fmt)
        taking.whole = only is not None
        taking.take_lines(lines, self.text)
        for text in self.more or ():
            lines = read_lines(text.source, text.line, lines)
            assert lines is not None, "what goes on after lines is lines"
            taking.take_lines(lines, text)
        reading = taking.reading()
        reading.remarks += remark
        return _of_pages(reading, only)


def _of_pages(reading: DocumentReading, document: Any) -> DocumentReading:
    """Say of a document that it is a part of an answer, where its format does not say it already."""
    if not any(one.code in ("more-pages", "partial-answer") for one in reading.remarks):
        reading.remarks += remarks.of_pages(document)
    return reading


class _Taking:
    """The records of one file on their way into their tables."""

    def __init__(self, store: Store, path: str, fmt: Format) -> None:
        self.store, self.path, self.fmt = store, path, fmt
        self.account = Account(path)
        self.harvests = [
            Harvest(records, self.account, numbering)
            for records, numbering in zip(fmt.records, numberings(fmt.records), strict=True)
        ]
        self.numbers = series.Numbers(int(store.one("series_count")))
        self.remarks: list[Problem] = []
        self.doubled: set[str] = set()
        self.refused: Counter[str] = Counter()
        self.count: Counter[str] = Counter()
        self.whole = False
        """Whether what is taken is one document, all of it, as it is written."""

    def add(self, objects: Objects, text: Text) -> None:
        """Put the records of documents of the format into the store; of their long lists one piece after another."""
        told = remarks.of_documents(self.fmt, [one for one, _ in objects])
        self.remarks += [one for one in told if one not in self.remarks]
        apart = beside(self.fmt.records, objects, text.held) if text.held else None
        if apart is None:
            for held in text.held:
                held.load_all()
        self._harvest(objects, apart, inside=False)
        for held in text.held if apart is not None else ():
            others = [one for one in text.held if one is not held]
            for _ in held.every_piece():
                for one in others:
                    one.clear()
                self._harvest(objects, apart, inside=True)
            held.clear()
            if held.broken_at is not None:
                break
        self.doubled.update(text.twice())

    def _harvest(self, objects: Objects, apart: set[int] | None, *, inside: bool) -> None:
        for one in self._kinds(apart, inside=inside):
            for table in one.tables(objects):
                self._keep(one.records.into, table)

    def _kinds(self, apart: set[int] | None, *, inside: bool) -> list[Harvest]:
        """Return those kinds of record that stand inside the long lists, or those that stand beside them; None: all."""
        return [one for number, one in enumerate(self.harvests) if apart is None or inside is not (number in apart)]

    def _keep(self, into: str, table: pa.Table) -> None:
        """Put records into their table, and the points of series beside what all points of one share."""
        if "whose" in table.column_names:
            new, samples = self.numbers.apart(table)
            self.store.append("sampled_series", new)
            self.store.append("series_samples", samples)
        elif into == "log_events":
            self.store.append(into, inner_lines.refine(self.store, table))
        else:
            self.store.append("single_samples" if into == "samples" else into, table)

    def half(self, document: Any, cut_through: Sequence[Any]) -> int:
        """Return how many elements that records tell of are among those that a cut goes through. Of a series or a list
        of measurements, each point is whole."""
        told = [one for one in self.fmt.records if not (one.points or one.measures)] if cut_through else []
        elements = {id(place.value) for one in told for place in find(document, one.each)}
        return len(elements & set(map(id, cut_through)))

    def take_lines(self, lines: Lines, text: Text) -> None:
        """Put the records of lines into the store, and lines that are no objects into the quarantine."""
        self._quarantine(lines.bad, text)
        self.add(lines.objects, text)
        self.refused.update(lines.refused)
        self.count.update(lines.count.json())

    def _quarantine(self, bad: list[Bad], text: Text) -> None:
        """Keep lines that are no objects, each with its place and the reason."""
        places = iter(text.places([place for one in bad for place in (one.start, one.stop)]))
        rows = []
        for one in bad:
            begin, end = next(places), next(places)
            told = (shown(one.text) or "").replace("\0", "\\x00")
            rows.append([self.path, one.line, begin, end - begin, one.why, told])
        self.store.add("quarantine", ("path", "line", "offset", "length", "reason", "shown"), rows)

    def reading(self) -> DocumentReading:
        """Return what came of it all."""
        account = self.account
        reading = DocumentReading(self.fmt, account.records, account.covers, account.refused + self.refused)
        reading.lines = LineCount(**self.count) if self.count else None
        reading.doubled = tuple(sorted(self.doubled))
        if self.fmt.zoneless_utc:
            account.zoneless = ""
        reading.remarks = [*self.remarks, *remarks.of_account(account)]
        if account.zoneless:
            reading.clock = replace(self.fmt.clock, zone="UTC", how="assumed")
        return reading


class _Seeking(_Taking):
    """The records of one file, of which some are looked for and none is kept."""

    def __init__(self, unused: Store, fmt: Format, numbers: Collection[int], found: dict[int, tuple[Any, str]]) -> None:
        super().__init__(unused, "", fmt)
        self.wanted, self.found = numbers, found

    def _harvest(self, objects: Objects, apart: set[int] | None, *, inside: bool) -> None:
        here = {
            number: found
            for one in self._kinds(apart, inside=inside)
            for number, found in one.elements(objects, self.wanted).items()
            if number not in self.found
        }
        told = {id(found.holder) for found in here.values() if found.below is not None} if self.whole else set[int]()
        paths = json_paths.paths(objects[0][0], told) if told else {}
        for number, found in here.items():
            path = paths.get(id(found.holder))
            self.found[number] = found.element, "" if path is None else json_paths.joined(path, found.below or "")

    def _quarantine(self, bad: list[Bad], text: Text) -> None:
        pass


_Begin = Callable[[Format], _Taking]
"""Begins to take the records of a text, once it is known which format it has."""
