"""Reading JSON: whole documents, one object a line, and documents that were cut."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from forensics.evidence import formats
from forensics.evidence.values import LONGEST_NUMBER, instant, number, text, truth
from forensics.model import LineCount
from forensics.store import Store

DEEPEST = 200
"""Levels of nesting; deeper documents are refused instead of exhausting the interpreter's stack."""

RELEASE_LABELS = frozenset({"version", "environment", "service_version", "release", "pid", "instance_id"})
"""Labels that change when a service is deployed or restarted, while the thing measured stays the same."""


def _series(labels: Any) -> str | None:
    if not isinstance(labels, dict):
        return text(labels)
    return text({name: value for name, value in labels.items() if name not in RELEASE_LABELS and name != "__name__"})


_COLUMNS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "samples": {"name": text, "labels": text, "series": _series, "time": instant, "value": number, "unit": text},
    "probes": {
        "target": text,
        "time": instant,
        "ok": truth,
        "response_ms": number,
        "status": lambda value: int(found) if (found := number(value)) is not None else None,
        "detail": text,
    },
    "events": {
        "time": instant,
        "kind": text,
        "what": text,
        "who": text,
        "text": text,
        "weight": lambda value: int(number(value) or 0),
    },
    "incident_records": {
        "id": text,
        "title": text,
        "description": text,
        "status": text,
        "severity": text,
        "services": text,
        "started": instant,
        "ended": instant,
        "created_by": text,
        "automatic": truth,
        "resolution": text,
    },
    "people": {"id": text, "name": text, "role": text},
    "security_events": {"time": instant, "what": text, "address": text, "account": text, "severity": text},
}
_NEEDED = {"samples": ("name", "time", "value"), "probes": ("time", "ok"), "events": ("time", "text")}
_UNPLACED = {"people"}


@dataclass(slots=True)
class DocumentReading:
    """What came of one JSON text."""

    fmt: formats.Format | None
    records: int = 0
    covers: tuple[datetime, datetime] | None = None
    refused: Counter[str] = field(default_factory=Counter)
    """Why records were left out, and how many."""
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


def salvage(source: str) -> tuple[Any, int] | None:
    """Return what a cut JSON text still holds, and the character up to which it holds it.

    The text is kept up to the last whole element of a list or object, and the open brackets are closed; an element
    that was cut is dropped. Returns None when not even one element was whole.
    """
    open_brackets: list[str] = []
    whole: tuple[int, str] | None = None
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"?|[\[\]{},]', source, re.DOTALL):
        mark = token[0]
        if mark in "[{":
            open_brackets.append("]" if mark == "[" else "}")
        elif mark in "]}":
            if not open_brackets or open_brackets.pop() != mark:
                break
            if open_brackets and open_brackets[-1] == "]":
                whole = (token.end(), "".join(reversed(open_brackets)))
        elif mark == "," and open_brackets and open_brackets[-1] == "]":
            whole = (token.start(), "".join(reversed(open_brackets)))
    if whole is None:
        return None
    stop, closing = whole
    try:
        return json.loads(source[:stop] + closing), stop
    except (ValueError, RecursionError):
        return None


def _too_deep(source: str) -> bool:
    depth = deepest = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', source[:4_000_000], re.DOTALL):
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    return deepest > DEEPEST


class _Doubled:
    """Counts keys that stand twice in one object; the last value is used, as everywhere."""

    def __init__(self) -> None:
        self.keys: Counter[str] = Counter()

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            self.keys.update(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return found


def _whole(digits: str) -> int | str:
    """Read a whole number; one of hundreds of digits stays text, which no column takes for a number."""
    return int(digits) if len(digits) < LONGEST_NUMBER else digits


def looks_like_json(head: str) -> bool:
    """Say whether a text begins like a JSON document."""
    return bool(re.match(r"\s*(?:\{|\[\s*(?:[\[{\"\]tfn]|-?\d+(?:\.\d+)?\s*[,\]]))", head))


def read(store: Store, path: str, raw: bytes) -> DocumentReading | None:
    """Read a JSON text into the store; None when it is better read as lines: no JSON, or several unknown documents."""
    source = raw.decode("utf-8-sig", "replace")
    stripped = source.rstrip("\0 \t\r\n")
    doubled = _Doubled()
    try:
        decoder = json.JSONDecoder(object_pairs_hook=doubled.pairs, parse_int=_whole)
        document, end = decoder.raw_decode(stripped.lstrip())
        trailing = stripped.lstrip()[end:].strip()
    except RecursionError:
        return DocumentReading(None, error=f"nested deeper than {DEEPEST} levels: refused")
    except ValueError:
        if _too_deep(stripped):
            return DocumentReading(None, error=f"nested deeper than {DEEPEST} levels: refused")
        lines = _lines(store, path, source)
        return lines or _cut(store, path, stripped)
    if trailing and "\n" in stripped and (lines := _lines(store, path, source)):
        return lines
    if isinstance(document, dict) and "\n" not in stripped.strip():
        lines = _lines(store, path, source)
        if lines is not None:
            return lines
    reading = _document(store, path, document)
    if trailing and reading.fmt is None:
        return None
    reading.doubled = tuple(sorted(doubled.keys))
    reading.trailing = len(trailing.encode("utf-8", "surrogatepass"))
    return reading


def _document(store: Store, path: str, document: Any) -> DocumentReading:
    fmt = formats.recognise_document(document)
    if fmt is None:
        keys = document.keys() if isinstance(document, dict) else ()
        return DocumentReading(None, keys=tuple(sorted(str(key) for key in keys))[:20])
    reading = DocumentReading(fmt)
    _take(store, path, reading, [(document, None)])
    return reading


def _cut(store: Store, path: str, source: str) -> DocumentReading | None:
    kept = salvage(source)
    if kept is None:
        return None
    reading = _document(store, path, kept[0])
    reading.cut_at = len(source[: kept[1]].encode("utf-8", "surrogatepass"))
    return reading


def _lines(store: Store, path: str, source: str) -> DocumentReading | None:
    """Read one JSON object a line; None unless the first line is an object that a declared format fits."""
    texts = re.split(r"\r\n|\n|\r", source)
    if texts and not texts[-1]:
        texts.pop()
    objects: list[tuple[Any, int | None]] = []
    bad: list[list[Any]] = []
    blank = 0
    fmt = None
    for number_, line in enumerate(texts, 1):
        if not line.strip():
            blank += 1
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            bad.append([path, number_, "not a JSON object", line[:200]])
            if fmt is None:
                return None
            continue
        fmt = fmt or formats.recognise_object(record)
        objects.append((record, number_))
        if fmt is None:
            return None
    if fmt is None or len(bad) > len(objects):
        return None
    store.add("quarantine", ("path", "line", "reason", "shown"), bad)
    reading = DocumentReading(fmt)
    reading.lines = LineCount(len(texts), accepted=len(objects), blank=blank, quarantined=len(bad))
    _take(store, path, reading, objects)
    return reading


def _rows(
    records: formats.Records, objects: list[tuple[Any, int | None]], reading: DocumentReading
) -> Iterator[list[Any]]:
    columns = _COLUMNS[records.into]
    position = 0
    for document, line in objects:
        for place in formats.find(document, records.each) if records.each else (formats.Place(document, "", ()),):
            for extra in _points(place, records.points):
                position += 1
                row = {
                    name: convert(extra.get(name, formats.pick(place, from_)))
                    if (from_ := records.fields.get("labels" if name == "series" else name, "")) or name in extra
                    else None
                    for name, convert in columns.items()
                }
                missing = [name for name in _NEEDED.get(records.into, ()) if row.get(name) is None]
                if missing:
                    reading.refused[f"{records.into}: no usable {' or '.join(missing)}"] += 1
                    if missing != ["value"]:
                        continue
                yield [line, position, *row.values()]


def _points(place: formats.Place, path: str) -> Iterator[dict[str, Any]]:
    if not path:
        yield {}
        return
    for found in formats.find(place.value, path):
        for point in found.value if isinstance(found.value, list) else ():
            if isinstance(point, list) and len(point) >= 2:
                yield {"time": point[0], "value": point[1]}


def _take(store: Store, path: str, reading: DocumentReading, objects: list[tuple[Any, int | None]]) -> None:
    """Put the records of a recognised document into the store."""
    times: list[datetime] = []
    for records in reading.fmt.records if reading.fmt else ():
        names = list(_COLUMNS[records.into])
        rows = [[path, *row] for row in _rows(records, objects, reading)]
        if records.into in _UNPLACED:
            reading.records += store.add(records.into, ["path", *names], [[row[0], *row[3:]] for row in rows])
            continue
        has_line = records.into in ("samples", "events")
        if not has_line:
            rows = [[row[0], *row[2:]] for row in rows]
        where = ["path", "line", "position"] if has_line else ["path", "position"]
        reading.records += store.add(records.into, [*where, *names], rows)
        for name in ("time", "started"):
            if name in names:
                at = len(where) + names.index(name)
                times += [row[at] for row in rows if row[at] is not None]
    if times:
        reading.covers = (min(times), max(times))
