"""One JSON object a line: which format the lines are of, and where every physical line went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from forensics.evidence import formats
from forensics.evidence.formats import Format
from forensics.evidence.harvest import Objects
from forensics.evidence.paths import has
from forensics.model import LineCount

LOOKED_AT = 20
"""Lines in which the first object must stand; before it stand broken ones at the most."""

TIME, BODY = "$time", "$body"
"""Keys under which an object holds the time that stands before it on its line, and whether anything followed it."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|$)")


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that is no object of a known shape, with its place in the text."""

    line: int
    start: int
    stop: int
    text: str
    why: str


@dataclass(slots=True)
class Lines:
    """The lines of one text."""

    fmt: Format | None
    """None where the objects are of a shape that no format declares."""
    objects: Objects = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    blank: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    prefix: Format | None = None
    """The format whose prefix stands before each object."""
    first: int = 1
    """The number of the first line."""

    @property
    def count(self) -> LineCount:
        """Return where every physical line went."""
        accepted, quarantined = len(self.objects), len(self.bad)
        return LineCount(accepted + quarantined + self.blank, accepted, blank=self.blank, quarantined=quarantined)


def read_lines(source: str, loads: Callable[[str], Any], before: Lines | None = None) -> Lines | None:
    """Read a text as one object a line; None where its first lines do not look so, or most are no objects.

    What goes on after other lines is of their format, whatever it looks like.
    """
    prefix = before.prefix if before else _prefix(source)
    found = Lines(prefix, prefix=prefix, first=before.first + before.count.physical if before else 1)
    reader = _Reader(loads, prefix)
    for number, start, line in _spans(source, found.first):
        if not line or line.isspace():
            found.blank += 1
            continue
        record = reader.read(line)
        if isinstance(record, dict):
            if not (before or found.objects or prefix or _begins(record)):
                return None
            found.objects.append((record, number))
            continue
        found.bad.append(Bad(number, start, start + len(line), line[:200], "not a JSON object"))
        if not before and not found.objects and len(found.bad) >= LOOKED_AT:
            return None
    if not before and (not found.objects or len(found.bad) > len(found.objects)):
        return None
    if prefix is None:
        found.fmt = _of_most(found, before.fmt if before else None)
    return found


def _spans(source: str, first: int) -> Iterator[tuple[int, int, str]]:
    """Yield each line's number, where it begins, and its text without its end."""
    if "\r" not in source:
        start = 0
        for number, line in enumerate(source.removesuffix("\n").split("\n") if source else (), first):
            yield number, start, line
            start += len(line) + 1
        return
    for number, match in enumerate(_LINE.finditer(source), first):
        if match.start() == len(source):
            return
        yield number, match.start(), match[0].rstrip("\r\n")


class _Reader:
    """Parses single lines."""

    def __init__(self, loads: Callable[[str], Any], prefix: Format | None) -> None:
        self.loads = loads
        self.prefix = re.compile(prefix.prefix) if prefix else None

    def read(self, line: str) -> Any:
        """Return the object on a line, or None."""
        try:
            if self.prefix is None:
                return self.loads(line)
            before = self.prefix.match(line)
            if before is None:
                return None
            body = line[before.end() :].strip()
            told = self.loads(body) if body else {}
            return {**told, TIME: before["time"], BODY: bool(body)} if isinstance(told, dict) else None
        except (ValueError, RecursionError):
            return None


def _prefix(source: str) -> Format | None:
    """Return the format whose prefix the first line with an object begins with."""
    if source.lstrip()[:1] in ("{", "["):
        return None
    first = re.search(r"[^\r\n]*\{", source)
    declared = (fmt for fmt in formats.load("json-lines") if fmt.prefix)
    return next((fmt for fmt in declared if first and re.match(fmt.prefix + r"\{", first[0])), None)


def _begins(record: Any) -> bool:
    """Say whether a first object may be one of many records: of a declared shape, or no log record and no document."""
    return _recognise(record) is not None or (formats.recognise_document(record) is None and not is_log(record))


_LOG_KEY = re.compile(
    r"(?i)[@_]*(?:msg|message|log|level|severity|severity_text|lvl|levelname|log[._]level|request|req|method|uri|url|"
    r"http_?method|client_?ip|remote_(?:addr|ip)|user_?agent|client_?request\w*)"
)


def is_log(record: dict[str, Any]) -> bool:
    """Say whether an object is a log record, which is read with the logs: it has a message, a level or a request."""
    return any(_LOG_KEY.fullmatch(str(key)) for key in record)


def _recognise(record: Any) -> Format | None:
    fmt = formats.recognise_object(record)
    if fmt is None:
        whole = formats.recognise_document(record)
        fmt = whole if whole is not None and whole.also_lines else None
    return fmt


def _of_most(found: Lines, settled: Format | None) -> Format | None:
    """Return the format of most objects, or the one that is settled, and count those of another shape; they stay
    accepted lines."""
    known: dict[tuple[str, ...], Format | None] = {}
    counted: Counter[str] = Counter()
    shapes: dict[str, Format] = {}
    for record, _ in found.objects:
        shape = tuple(record)
        if shape not in known:
            known[shape] = _recognise(record)
        fmt = known[shape]
        counted[fmt.name if fmt else ""] += 1
        if fmt:
            shapes[fmt.name] = fmt
    if settled:
        shapes = {settled.name: settled}
    best = max(shapes, key=lambda name: counted[name], default="")
    if not best:
        return None
    others = len(found.objects) - counted[best]
    if others and shapes[best].aside:
        without = [record for record, _ in found.objects if known[tuple(record)] is not shapes[best]]
        others -= sum(any(has(record, one) for one in shapes[best].aside) for record in without)
    if others > 0:
        found.refused["a record of another shape"] += others
    return shapes[best]
