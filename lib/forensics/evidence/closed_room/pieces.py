"""The text of a dump, cut into statements, comments and commands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from forensics.evidence.closed_room.limits import MEBIBYTE

QUOTED = rb"'[^']*+'|\"[^\"]*+\"|`[^`]*+`|\[[^\]]*+\]"
COMMENT = rb"--[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
BODY = rb"(?>[^;'\"`\[/-]++|" + QUOTED + rb"|" + COMMENT + rb"|/(?!\*)|-(?!-))*+;"
GAP = rb"(?:\s|" + COMMENT + rb")*+"
PART = re.compile(BODY)
PIECE = re.compile(
    rb"(?P<blank>\s++)|(?P<comment>" + COMMENT + rb")|(?P<command>[.#][^\n]*+)|(?P<statement>" + BODY + rb")"
)
TRIGGER = re.compile(rb"CREATE" + GAP + rb"(?:TEMP(?:ORARY)?" + GAP + rb")?TRIGGER\b", re.I)
TRIGGER_END = re.compile(GAP + rb"END" + GAP + rb";", re.I)
# Lines that `.dump` itself writes: where the text is broken, reading goes on at one of these.
LINE = re.compile(
    rb"\n(?=INSERT INTO |CREATE (?:TABLE|VIEW|TRIGGER|INDEX|UNIQUE INDEX) |PRAGMA \w|BEGIN TRANSACTION;|"
    rb"DELETE FROM |ANALYZE |COMMIT;|ROLLBACK;)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a dump."""

    kind: str
    """A "statement", a "comment", a "command" to the sqlite3 program, an unfinished "rest", or an "endless" one."""
    offset: int
    raw: bytes

    @property
    def end(self) -> int:
        return self.offset + len(self.raw)


def pieces(evidence: BinaryIO, start: int, longest: int) -> Iterator[Piece]:
    """Cut a dump, from a byte on, into pieces; hold hardly more than one of them in memory."""
    evidence.seek(start)
    buffer, at, base, whole = b"", 0, start, False
    while True:
        if found := PIECE.match(buffer, at):
            kind, end = str(found.lastgroup), found.end()
            if kind == "statement" and TRIGGER.match(buffer, at):
                end = trigger_end(buffer, at)
            elif kind != "statement" and end == len(buffer) and not whole:
                end = 0  # A blank or a comment may go on in what is not read yet.
            if end:
                if kind != "blank":
                    yield Piece(kind, base + at, buffer[at:end])
                at = end
                continue
        held = len(buffer) - at
        if held and (whole or held > 2 * longest):
            yield Piece("rest" if whole else "endless", base + at, buffer[at:])
        if whole or held > 2 * longest:
            return
        more = evidence.read(min(max(held, MEBIBYTE), 16 * MEBIBYTE))
        buffer, base, at, whole = buffer[at:] + more, base + at, 0, not more


def trigger_end(buffer: bytes, at: int) -> int:
    """Find the `END;` of a trigger, whose body has semicolons of its own; 0 if it is not in the buffer."""
    while part := PART.match(buffer, at):
        if TRIGGER_END.fullmatch(buffer, at, part.end()):
            return part.end()
        at = part.end()
    return 0
