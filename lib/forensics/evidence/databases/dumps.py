"""Dumps of MySQL, MariaDB and PostgreSQL: their declarations and rows read as data. Nothing in them is carried out."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from itertools import compress
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from forensics.evidence.databases import dump_words as words
from forensics.evidence.databases.found import Dump
from forensics.evidence.databases.rows import Rows, copied_lines
from forensics.evidence.databases.rules import Reference, Rules
from forensics.evidence.databases.sql_text import (
    COPY,
    INSERT,
    LONGEST_STATEMENT,
    MYSQL,
    SHOWN_BYTES,
    BrokenError,
    Bytes,
    CutError,
    Dialect,
    Row,
    names,
    row,
    shown,
    visible,
)
from forensics.evidence.databases.tables import Table

if TYPE_CHECKING:
    from forensics.evidence.databases.declarations import Declaration

MOST_DECLARED = 8 * 1024 * 1024
"""Bytes of declarations that are parsed; no other part of a dump costs more than its length."""
MOST_BREAKS = 100
MOST_TABLES = 10_000
COPY_PIECE = 32 * 1024 * 1024
"""Bytes of a COPY block that are taken together."""


class Reader:
    """Reads one dump from its first byte to its last."""

    def __init__(self, data: Bytes, dialect: Dialect, rows: Rows) -> None:
        self.data, self.size, self.dialect, self.rows = data, len(data), dialect, rows
        self.dump = Dump(dialect.name)
        self.database = self.first_database = ""
        self.began = 0
        """The first byte of the statement or row that is being read."""
        self.breaks = self.expressions = self.misfits = self.declared = 0
        self.completed = False

    def read(self) -> Dump:
        """Read as far as there is something to understand."""
        at: int | None = 3 if self.data[:3] == b"\xef\xbb\xbf" else 0
        while at is not None and at < self.size:
            at = self.attempt(at)
        if at is not None:
            self.dump.bytes_read = self.size
        self.rows.flush()
        return self.conclude()

    def attempt(self, at: int) -> int | None:
        """Read one thing; after broken text, give the byte at which to go on, or None."""
        self.began = at
        try:
            return self.step(at)
        except CutError:
            self.stop(f"the dump is cut off at byte {self.size:,}, in what begins at byte {self.began:,}")
        except BrokenError as error:
            self.dump.refuse(error.at, bytes(self.data[error.at : error.at + 120]), str(error))
            self.breaks += 1
            onward = words.ONWARD.search(self.data, self.began)
            if onward and self.breaks < MOST_BREAKS:
                return onward.end()
            self.stop(f"the text is broken at byte {error.at:,}, and nothing after it was read")
        return None

    def stop(self, why: str) -> None:
        """Say that the dump was not read to its end."""
        self.dump.whole = False
        self.dump.bytes_read = self.began
        self.dump.notes.append(why)

    def step(self, at: int) -> int:
        """Read one thing: blanks and comments, or a statement. Give the byte after it."""
        blank = self.dialect.blank.match(self.data, at)
        if blank:
            self.listen(blank[0] if blank.end() - at < LONGEST_STATEMENT else b"")
            return blank.end()
        first = bytes(self.data[at : at + 1])
        if first == b"\\":
            return self.command(at)
        if message := words.MESSAGE.match(self.data, at):
            if words.TROUBLE.search(message[0]):
                self.dump.messages.append(visible(shown(message[0].strip()), 200))
            return message.end()
        if self.dialect is MYSQL and (delimiter := words.DELIMITER.match(self.data, at)):
            return self.between_delimiters(delimiter)
        if first in b"IiRr" and (inserted := INSERT.match(self.data, at)):
            return self.insert(inserted)
        if first in b"Cc" and (copied := COPY.match(self.data, at)):
            return self.copy(copied)
        return self.statement(at)

    def listen(self, comment: bytes) -> None:
        """Take from the comments what the dump says of itself."""
        dump = self.dump
        if found := words.PROGRAM.search(comment):
            dump.program = dump.program or visible(shown(found[1].strip()))
        if found := words.COMPLETED_POSTGRESQL.search(comment):
            dump.taken, dump.zone = _time(found[1], found[2]), dump.zone or visible(shown(found[3].strip()))
        if found := words.COMPLETED.search(comment):
            self.completed = True
            dump.taken = _time(found[1], found[2]) if found[1] else dump.taken
        self.note_place(comment)

    def note_place(self, text: bytes) -> None:
        if found := words.LOG_PLACE.search(text):
            self.dump.log_file, self.dump.log_position = visible(shown(found[1])), int(found[2][:18])

    def command(self, at: int) -> int:
        """Pass over a command to the psql program; none of them is given to one."""
        end = self.data.find(b"\n", at)
        end = self.size if end < 0 else end + 1
        line = bytes(self.data[at:end])
        if not words.FRAMING_COMMAND.match(line):
            self.dump.refuse(at, line, f"the command {visible(shown(line.split()[0]), 30)} is never carried out")
        elif line.startswith(b"\\connect"):
            self.database = shown(line.split()[-1].strip(b"'\""))
        return end

    def between_delimiters(self, found: re.Match[bytes]) -> int:
        """Pass over the triggers and routines that stand between two changes of the delimiter, and count them."""
        if found[1] == b";":
            return found.end()
        end = words.PLAIN_DELIMITER.search(self.data, found.end())
        if not end:
            raise CutError
        text = bytes(self.data[found.end() : min(end.start(), found.end() + LONGEST_STATEMENT)])
        self.dump.recorded.update(kind.lower() for kind in words.MADE.findall(_unconditional(text)))
        return end.end()

    # Statements without rows

    def statement(self, at: int) -> int:
        """Read a statement that holds no rows."""
        found = self.dialect.body.match(self.data, at, min(self.size, at + LONGEST_STATEMENT))
        if not found:
            if self.size - at > LONGEST_STATEMENT:
                raise BrokenError(at, f"a statement does not end within {LONGEST_STATEMENT:,} bytes")
            raise CutError
        if reason := self.see(found[0]):
            if reason == NO_STATEMENT:
                raise BrokenError(at, reason)
            self.dump.refuse(at, found[0], reason)
        return found.end()

    def see(self, raw: bytes) -> str:
        """Understand a statement; give the reason why it was refused, or ""."""
        if zone := words.ZONE.search(raw):
            self.dump.zone = visible(shown(zone[1]))
        self.note_place(raw)
        conditional = raw.startswith((b"/*!", b"/*M!"))
        text = _unconditional(raw) if conditional else shown(raw)
        if words.CREATE_TABLE.match(text):
            return "" if conditional else self.declare(raw)  # a conditional one stands in for a view until that is made
        if words.ADDS_RULE.match(text):
            self.add_rules(raw)
        if made := words.MADE.match(_unconditional(raw)):
            self.dump.recorded[made[1].lower()] += 1
            return ""
        if re.match(r"USE\b", text, re.I):
            self.database = "".join(names(raw[3:], self.dialect)[:1])
        return "" if words.PASSED_OVER.match(text) else self.refusal(text)

    def refusal(self, text: str) -> str:
        """Say why a statement is refused. A DROP is a dump's way to begin, unless there are rows that it would take."""
        dropped = words.DROP.match(text)
        if not dropped:
            word = re.match(r"[A-Za-z]+\b(?!:)", text)
            return f"{word[0].upper()} is never carried out" if word else NO_STATEMENT
        what = dropped["what"].upper()
        if what == "TABLE":
            parts = names((dropped["name"] or "").encode(), self.dialect)
            table = self.dump.tables.get(self.full_name("".join(parts[-2:-1]), "".join(parts[-1:])))
            taken = table.rows if table else 0
        else:
            every = sum(table.rows for table in self.dump.tables.values())
            taken = every if what in ("DATABASE", "SCHEMA", "OWNED") else 0
        return f"DROP {what} is never carried out: the {taken:,} rows read before it stand" if taken else ""

    def declare(self, raw: bytes) -> str:
        """Learn a table's columns and rules."""
        text = shown(raw[:-1].strip())
        found = self.declaration(text)
        if isinstance(found, str):
            return found
        table = self.table(found.schema, found.table)
        table.columns = tuple(column.name for column in found.columns)
        table.computed = frozenset(column.name for column in found.columns if column.computed)
        table.holds = {column.name: column.holds for column in found.columns}
        table.declared, table.rules = text, self.local(found.rules)
        return ""

    def add_rules(self, raw: bytes) -> None:
        """Learn rules that are added after a table's declaration."""
        found = self.declaration(shown(raw[:-1].strip()))
        if isinstance(found, str):
            self.dump.notes.append(f"a rule is not known here: {visible(shown(raw))}: {found}")
        elif (table := self.dump.tables.get(self.full_name(found.schema, found.table))) is not None:
            table.rules = table.rules.and_also(self.local(found.rules))

    def declaration(self, text: str) -> Declaration | str:
        """Parse a declaration; give the trouble where it is not parsed."""
        from forensics.evidence.databases.declarations import declaration  # noqa: PLC0415  only where there is one

        self.declared += len(text)
        if self.declared > MOST_DECLARED:
            return f"declarations are parsed up to {MOST_DECLARED:,} bytes in all"
        return declaration(text, self.dialect.name)

    # Names

    def local(self, rules: Rules) -> Rules:
        """Name the tables that are referred to as this dump's tables are named here."""
        references = tuple(
            Reference(one.columns, self.full_name(*one.table.rpartition(".")[::2]), one.to) for one in rules.references
        )
        return Rules(rules.key, rules.required, rules.unique, references)

    def full_name(self, space: str, table: str) -> str:
        """Name a table: one of the first database, and of the schema `public`, by its own name alone."""
        schema = "" if self.dialect is MYSQL or space == "public" else space
        database = (space or self.database) if self.dialect is MYSQL else self.database
        self.first_database = self.first_database or database
        held = ["" if database == self.first_database else database, schema, table]
        return ".".join(filter(None, held))

    def table(self, space: str, own: str) -> Table:
        """Give a table by its name, a new one where there is none."""
        full = self.full_name(space, own)
        if full not in self.dump.tables and len(self.dump.tables) >= MOST_TABLES:
            raise BrokenError(self.began, f"there are more than {MOST_TABLES:,} tables")
        return self.dump.tables.setdefault(full, Table(full))

    def target(self, found: re.Match[bytes]) -> tuple[Table, tuple[str, ...]]:
        """Say into which table and columns rows go."""
        parts = names(found["table"], self.dialect)
        table = self.table("".join(parts[-2:-1]), parts[-1])
        columns = names(found["columns"], self.dialect)
        table.columns = table.columns or columns
        return table, columns

    def numbered(self, table: Table, count: int) -> None:
        """Call the columns of a table that is not declared c1, c2 and so on."""
        table.columns = tuple(f"c{number}" for number in range(1, count + 1))
        said = f"the dump does not declare table {visible(table.name)}: its columns are called c1, c2 and so on"
        self.dump.notes.append(said)

    # Rows

    def insert(self, found: re.Match[bytes]) -> int:
        """Read a list of rows; those before a cut count."""
        table, columns = self.target(found)
        at = found.end()
        while True:
            self.began = at
            read = row(self.data, at, self.dialect)
            self.keep(table, columns, read)
            after = words.AFTER_ROW.match(self.data, read.end)
            if after is None:
                raise CutError
            if after[1] == b";":
                return after.end()
            if after[1] != b",":
                return self.tail(read.end)
            at = after.end()

    def tail(self, at: int) -> int:
        """Pass over what may stand after the last row."""
        found = self.dialect.body.match(self.data, at, min(self.size, at + LONGEST_STATEMENT))
        if not found or not words.AFTER_ROWS.match(found[0]):
            raise BrokenError(at, "a list of rows does not go on like this")
        return found.end()

    def keep(self, table: Table, columns: tuple[str, ...], read: Row) -> None:
        """Give one row to the store, or say why not."""
        count = len(read.values)
        if not table.columns:
            self.numbered(table, count)
        columns = columns or table.columns
        if len(columns) != count:
            columns = tuple(column for column in columns if column not in table.computed)
        if len(columns) != count:
            why = f"the row has {count} values, and table {table.name} has {len(columns)} columns here"
            raw = bytes(self.data[self.began : read.end])
            self.dump.refuse(read.end - len(raw.lstrip()), raw.lstrip(), why)
            return
        values = read.values
        if read.expressions:
            columns, values = self.without_computed(table, columns, values)
        if self.dialect is not MYSQL and "bytes" in table.holds.values():
            pairs = zip(columns, values, strict=True)
            values = [_bytes(value) if table.holds.get(column) == "bytes" else value for column, value in pairs]
        table.rows += 1
        self.rows.add(table.name, table.rows, _members(columns) % tuple(values))

    def without_computed(
        self, table: Table, columns: tuple[str, ...], values: list[str]
    ) -> tuple[tuple[str, ...], list[str]]:
        """Leave out columns for which the dump writes DEFAULT because they are worked out; count other expressions."""
        expressions = [value.startswith('{"sql"') for value in values]
        kept = [not (is_one and column in table.computed) for column, is_one in zip(columns, expressions, strict=True)]
        self.expressions += sum(is_one and keep for is_one, keep in zip(expressions, kept, strict=True))
        return tuple(compress(columns, kept)), list(compress(values, kept))

    def copy(self, found: re.Match[bytes]) -> int:
        """Read the lines of a COPY block, up to its end mark or to a cut."""
        table, columns = self.target(found)
        end = words.COPY_END.search(self.data, found.end() - 1)
        stop = end.start() + 1 if end else self.data.rfind(b"\n", found.end() - 1, self.size) + 1
        self.began, number = found.end(), table.rows
        while self.began < stop:
            limit = min(stop, self.began + COPY_PIECE)
            ends = limit if limit == stop else self.data.rfind(b"\n", self.began, limit) + 1
            ends = ends or self.data.find(b"\n", limit) + 1
            lines = copied_lines(bytes(self.data[self.began : ends]))
            if not table.columns:
                self.numbered(table, lines[0].count("\t") + 1)
            columns = columns or tuple(column for column in table.columns if column not in table.computed)
            holds = [table.holds.get(column, "other") for column in columns]
            kept = self.rows.add_lines(
                table.name, number + 1, lines, [encode_basestring(one) for one in columns], holds
            )
            number, table.rows, self.misfits = number + len(lines), table.rows + kept, self.misfits + len(lines) - kept
            self.began = ends
        if not end:
            raise CutError
        return end.end()

    def conclude(self) -> Dump:
        """Say what is left to say."""
        dump = self.dump
        if dump.messages:
            dump.notes.append(f"the program that made the dump complained: {dump.messages[0]}")
        elif dump.whole and not self.completed and dump.program:
            dump.notes.append("the dump does not say that it was completed: its end may be missing")
        elif dump.whole and not self.completed:
            dump.notes.append("the dump does not say what made it: whether its end is missing cannot be told")
        if self.misfits:
            dump.notes.append(f"lines of COPY blocks with more or fewer cells than columns, left out: {self.misfits:,}")
        if self.expressions:
            dump.notes.append(f"values that are expressions, kept as text and never worked out: {self.expressions:,}")
        if dump.recorded:
            counted = ", ".join(f"{count} {kind}" for kind, count in sorted(dump.recorded.items()))
            dump.notes.append(f"recorded, never made: {counted}")
        hurt = self.breaks or self.misfits or dump.messages or (dump.program and not self.completed)
        dump.whole = dump.whole and not hurt
        return dump


@lru_cache(maxsize=256)
def _members(columns: tuple[str, ...]) -> str:
    """Give the form of a row as a JSON object, with places for its values."""
    return "{" + ", ".join(encode_basestring(column).replace("%", "%%") + ": %s" for column in columns) + "}"


def _bytes(value: str) -> str:
    r"""Read what PostgreSQL writes for bytes, '\x00ff'."""
    if not value.startswith('"\\\\x'):
        return value
    digits = value[4:-1]
    return f'{{"blob": "{digits[: 2 * SHOWN_BYTES]}", "bytes": {len(digits) // 2}}}'


NO_STATEMENT = "this is no statement of a dump"


def _unconditional(raw: bytes) -> str:
    """Give a statement without the marks of MySQL's conditional comments."""
    return shown(words.CONDITIONAL.sub(b" ", raw)).strip()


def _time(day: bytes, clock: bytes) -> datetime | None:
    try:
        return datetime.strptime(f"{day.decode()} {clock.decode()}", "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
