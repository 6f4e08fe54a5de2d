"""A dump, built into a private database one statement at a time."""

import re
import sqlite3
from collections.abc import Callable
from typing import BinaryIO

from forensics.evidence.closed_room import statements
from forensics.evidence.closed_room.functions import LITTLE, PLAIN_FUNCTION, SLOW_FUNCTION, replaced, stand_in, unistr
from forensics.evidence.closed_room.limits import (
    MOST_REFUSALS,
    MOST_TABLES,
    NOT_ALLOWED,
    Limits,
    Reply,
    Table,
    Work,
    decoded,
    opened,
    quoted,
    trouble_of,
    visible,
)
from forensics.evidence.closed_room.pieces import LINE, Piece, pieces
from forensics.evidence.closed_room.scan import Rows, check_rows, pour
from forensics.evidence.closed_room.statements import ACTIONS, KINDS, is_broken, why_refused


class Loader:
    """Builds a private database out of a dump, one statement at a time. Each `do` gives the trouble it met, or ""."""

    def __init__(self, limits: Limits, work: Work) -> None:
        self.limits, self.work, self.reply = limits, work, Reply()
        # A temporary database: what does not fit the cache goes to a file without a name.
        self.db = opened("", limits, work)
        for setting in ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-32000"):
            self.db.execute(f"PRAGMA {setting}").fetchall()
        self.db.execute(f"PRAGMA max_page_count={limits.pages}").fetchall()
        self.db.create_function("unistr", 1, unistr, deterministic=True)
        self.db.create_function("replace", 3, replaced, deterministic=True)
        self.db.set_authorizer(self.allows)
        self.doing = self.denied = self.created = self.ended = ""
        self.small = True
        self.begun = self.sequence = False
        self.understood = self.escaped = self.passed_over = 0
        self.declared: dict[str, str] = {}
        self.virtual: dict[str, Table] = {}
        self.recorded: dict[str, set[int]] = {"view": set(), "trigger": set(), "index": set()}
        self.unlocking: Piece | None = None
        self.undeclared: list[str] = []
        self.said: list[str] = []
        self.breaks: list[tuple[int, int]] = []

    def allows(
        self, action: int, first: str | None, second: str | None, database: str | None, inner: str | None
    ) -> int:
        name = ACTIONS.get(action, f"action {action}")
        if inner is None and self.allowed(name, first or "", second or ""):
            return sqlite3.SQLITE_OK
        if name == "FUNCTION":
            self.denied = self.denied or f"the function {second}()"
        elif name in ("SELECT", "READ", "RECURSIVE"):
            self.denied = self.denied or "a query inside a statement"
        else:
            self.denied = self.denied or f"{name} {first or ''}".strip()
        return sqlite3.SQLITE_DENY

    def allowed(self, action: str, first: str, second: str) -> bool:
        """Say what SQLite may do while it runs one statement; the names are those of its authorizer."""
        writes_schema = action in ("INSERT", "UPDATE") and first in statements.SCHEMA
        if self.doing == "row" and action == "FUNCTION":
            return bool(PLAIN_FUNCTION.fullmatch(second) or (self.small and SLOW_FUNCTION.fullmatch(second)))
        if self.doing == "row":
            # To SQLite, VALUES (…), (…) is a SELECT; one that reads a table asks for READ too.
            return action == "SELECT" or (action == "INSERT" and not writes_schema)
        if self.doing == "table":
            if action == "CREATE TABLE" and first != "sqlite_sequence":
                self.created = first
            return writes_schema or action in ("CREATE TABLE", "CREATE INDEX", "FUNCTION", "READ")
        if self.doing == "sequence":
            return (action, first) == ("DELETE", "sqlite_sequence")
        if self.doing == "statistics":
            return writes_schema or action in ("CREATE TABLE", "READ", "SELECT", "ANALYZE")
        # PRAGMA acts while it is compiled, even under EXPLAIN.
        return self.doing == "our own" or (self.doing == "syntax" and action != "PRAGMA")

    def run(self, doing: str, text: str) -> str:
        """Run one statement."""
        self.doing, self.denied, self.small = doing, "", len(text) < LITTLE
        self.db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(self.limits.value, 4 * len(text.encode()) + 4 * LITTLE))
        try:
            self.db.execute(text)
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            return f"{self.denied} {NOT_ALLOWED}" if self.denied else trouble_of(error)
        finally:
            self.doing = ""
        return ""

    def syntax(self, text: str) -> str:
        """Compile, and only compile."""
        return self.run("syntax", f"EXPLAIN {text}")

    def read(self, evidence: BinaryIO, size: int) -> None:
        """Read the dump to its end, going on past places where the text is broken."""
        start: int | None = 3 if evidence.read(3) == b"\xef\xbb\xbf" else 0
        while start is not None:
            start = self.read_on(evidence, start, size)

    def read_on(self, evidence: BinaryIO, start: int, size: int) -> int | None:
        """Read up to the end, or up to a broken piece; give the byte at which to go on."""
        for piece in pieces(evidence, start, self.limits.value):
            self.work.done += len(piece.raw)  # Broken text may be looked at again and again.
            if self.work.over(0.7):  # The rest of the steps is for the rows.
                self.stop(f"the limit of steps was reached at byte {piece.offset} of {size}; the rest was not read")
                return None
            broken = self.see(piece)
            if broken and (line := LINE.search(piece.raw)):
                onward = piece.offset + line.end()
                self.breaks.append((piece.offset, onward))
                self.reply.bytes_read = onward
                return onward
            if piece.kind == "endless":
                self.stop(f"an overlong statement begins at byte {piece.offset} of {size}; the rest was not read")
                return None
            if piece.kind == "rest" and not (broken and self.ended):
                self.stop(f"the dump is cut off at byte {size}, in a statement that begins at byte {piece.offset}")
                return None
            self.reply.bytes_read = piece.end
        self.reply.bytes_read = size
        return None

    def stop(self, why: str) -> None:
        self.ended = self.ended or "truncated"
        self.reply.note(why)

    def see(self, piece: Piece) -> bool:
        """Deal with one piece; say whether its text is broken, so that it may have swallowed others."""
        text = decoded(piece.raw[: self.limits.value])
        if piece.kind == "comment":
            self.said += [visible(found[1]) for found in [statements.SAID.match(text)] if found]
        elif piece.kind == "command":
            if text.startswith("."):
                self.reply.refuse(piece.offset, text, f"the command {visible(text.split()[0], 30)} {NOT_ALLOWED}")
        elif piece.kind == "statement":
            return piece.raw != b";" and self.see_statement(piece, text)
        elif is_broken(self.syntax(text)):
            if self.ended or LINE.search(piece.raw):
                self.reply.refuse(piece.offset, text, "this is not a statement of a dump")
            return True
        return False

    def see_statement(self, piece: Piece, text: str) -> bool:
        kind = next((kind for kind, pattern in KINDS.items() if pattern.match(text)), "other")
        if kind != "schema":
            self.refuse_unlocking()
        if len(piece.raw) > self.limits.value:
            trouble = f"it is longer than {self.limits.value} bytes"
        else:
            trouble = self.do(kind, piece, text)
        if trouble:
            self.reply.refuse(piece.offset, text, trouble)
        else:
            self.understood += 1
            self.escaped += len(text.encode()) != len(piece.raw)
        return is_broken(trouble)

    def do(self, kind: str, piece: Piece, text: str) -> str:
        if kind in self.recorded:
            return self.do_record(kind, piece, text)
        if kind == "pragma":
            return self.do_pragma(piece, text)
        if kind in ("begin", "commit", "rollback"):
            self.begun |= kind == "begin"
            self.ended = self.ended if kind == "begin" else kind  # A ROLLBACK carried out would take the rows away.
            return ""
        if kind in ("sequence", "statistics"):
            self.sequence |= kind == "sequence"
            return self.run(kind, text)
        does = {"schema": self.do_schema, "virtual": self.do_virtual, "table": self.do_table, "row": self.do_row}
        return does.get(kind, why_refused)(text)

    def do_pragma(self, piece: Piece, text: str) -> str:
        """Pass over a setting of the source database; none of them is carried out."""
        found = statements.PRAGMA.fullmatch(text)
        name, value = (found[1].lower(), (found[2] or "").lower()) if found else ("", "")
        if name == "writable_schema" and value in ("on", "1", "off", "0"):
            self.unlocking = piece if value in ("on", "1") else None
            return ""
        return "" if statements.HARMLESS_PRAGMA.fullmatch(name) else f"PRAGMA {name} {NOT_ALLOWED}"

    def refuse_unlocking(self) -> None:
        """Only a virtual table's row may follow `PRAGMA writable_schema=ON`: that is what `.dump` writes it for."""
        if self.unlocking:
            self.reply.refuse(self.unlocking.offset, decoded(self.unlocking.raw), f"writing the schema {NOT_ALLOWED}")
            self.understood -= 1
            self.unlocking = None

    def do_schema(self, text: str) -> str:
        found = statements.VIRTUAL_ROW.fullmatch(text)
        if found and not self.do_virtual(found[3].replace("''", "'")):
            self.unlocking = None
            return ""
        self.refuse_unlocking()
        return f"writing the schema {NOT_ALLOWED}"

    def do_virtual(self, text: str) -> str:
        found = statements.VIRTUAL.match(text)
        if not found:
            return "this is not the declaration of a virtual table"
        name = found[1] if found[1][0] not in "\"'`[" else found[1][1:-1]
        if name.lower() not in self.virtual:
            self.virtual[name.lower()] = Table(name, declared=text.strip())
            self.reply.note(statements.said_of_virtual(name))
        return ""

    def do_table(self, text: str) -> str:
        """Create a table; functions and collations that only the source program had are stood in for."""
        self.created = ""
        trouble = self.run("table", text)
        for _ in range(20):
            if found := re.fullmatch(r"no such function: (\w+)", trouble):
                self.db.create_function(found[1], -1, stand_in)
            elif found := re.fullmatch(r"no such collation sequence: (\w+)", trouble):
                self.db.create_collation(found[1], lambda one, other: (one > other) - (one < other))
            else:
                break
            trouble = self.run("table", text)
        if not trouble and self.created:
            self.declared.setdefault(self.created, text.rstrip(";"))
        return trouble

    def do_row(self, text: str) -> str:
        trouble = self.run("row", text)
        table = trouble.removeprefix("no such table: ")
        if table != trouble and table.lower() in self.virtual:
            self.passed_over += 1
            return ""
        if table != trouble and "." not in table and len(self.undeclared) < MOST_REFUSALS:
            return self.do_undeclared(table, text) and trouble
        if statements.BREAKS_A_RULE.match(trouble):
            self.reply.broken[trouble] = self.reply.broken.get(trouble, 0) + 1
        function = trouble.removeprefix("no such function: ")
        return f"the function {function}() {NOT_ALLOWED}" if statements.REACHES_OUT.match(f"{function}(") else trouble

    def do_undeclared(self, table: str, text: str) -> str:
        """Load a row of a table whose CREATE is lost: SQLite's complaint tells how many columns to make."""
        wanted = 1
        while wanted:
            columns = ", ".join(f"c{number}" for number in range(1, wanted + 1))
            if self.run("our own", f"CREATE TABLE {quoted(table)}({columns})"):
                return "it cannot be stood in for"
            trouble = self.run("row", text)
            if not trouble:
                self.undeclared.append(table)
                return ""
            self.run("our own", f"DROP TABLE {quoted(table)}")
            supplied = re.search(r" has 1 columns but (\d+) values were supplied$", trouble)
            wanted = int(supplied[1]) if supplied else 0
        return "it cannot be stood in for"

    def do_record(self, kind: str, piece: Piece, text: str) -> str:
        """Keep in mind that there is such a thing, without making it; if it may have swallowed others, look closer."""
        if LINE.search(piece.raw) and is_broken(trouble := self.syntax(text)):
            return trouble
        self.recorded[kind].add(hash(text))
        return ""

    def pour_all(self, rows: Rows) -> None:
        """Write the rows of all tables, by name."""
        self.db.set_authorizer(None)
        self.db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, self.limits.value)
        self.db.execute("PRAGMA query_only=ON").fetchall()
        found = self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = sorted(name for (name,) in found if name != "sqlite_sequence" or self.sequence)  # Else it counts us.
        tables = [Table(name, declared=self.declared.get(name, "")) for name in names[:MOST_TABLES]]
        for table in tables:
            pour(self.db, table, rows, self.reply)
        self.reply.tables = sorted([*tables, *self.virtual.values()], key=lambda table: table.name)
        if len(names) > MOST_TABLES:
            self.reply.note(f"{len(names)} tables are declared; {MOST_TABLES} were read")

    def conclude(self, size: int) -> Reply:
        reply = self.reply
        self.refuse_unlocking()
        reply.views, reply.triggers, reply.indexes = (len(self.recorded[kind]) for kind in ("view", "trigger", "index"))
        for said in self.said[:3]:
            reply.note(f"the dump says of itself: {said}")
        reply.ended = self.how_it_ended(size)
        if reply.ended == "unreadable":
            reply.bytes_read = 0
        if self.breaks:
            where = "; ".join(f"at byte {broken}, read on from byte {onward}" for broken, onward in self.breaks[:5])
            reply.note(f"places where the text is broken: {len(self.breaks)} ({where})")
        if self.escaped:
            reply.note(f"bytes that are not UTF-8, or NUL, stand as \\xNN; statements that hold such: {self.escaped}")
        for table in self.undeclared:
            reply.note(f"the dump does not declare table {visible(table)}: its columns are called c1, c2 and so on")
        if self.passed_over:
            reply.note(f"rows written to a virtual table itself are passed over: {self.passed_over}")
        if reply.refusals > len(reply.refused):
            reply.note(f"{reply.refusals} statements were refused; the first {len(reply.refused)} are listed")
        return reply

    def how_it_ended(self, size: int) -> str:
        reply, locked = self.reply, any("(5)" in said or "(6)" in said for said in self.said)
        if not self.understood or (reply.refused and not reply.tables and not self.said):
            reply.note("this is not the dump of a SQLite database" if size else "the dump is empty (0 bytes)")
            return "unreadable"
        if locked and not reply.tables:
            reply.note("the dump holds no schema or rows: the database was locked when it was taken")
            return "locked"
        if self.ended == "rollback":
            why = "was locked while it was being dumped" if locked else "was damaged"
            salvaged = sum(table.rows for table in reply.tables)
            reply.note(f"the dump ends in ROLLBACK: the source database {why}; {salvaged} rows salvaged")
        elif not self.ended and self.begun:
            reply.note("the dump ends without COMMIT: its end is missing")
        elif not self.ended:
            reply.note("the dump has neither BEGIN nor COMMIT: whether its end is missing cannot be told")
        return self.ended or ("truncated" if self.begun else "whole")


def read_dump(
    evidence: BinaryIO, size: int, out: BinaryIO, limits: Limits, report: Callable[[Reply], None] = lambda reply: None
) -> Reply:
    """Load what a dump holds, then write its rows; report before their rules are asked, which may not end in time."""
    work = Work(limits.steps)
    loader = Loader(limits, work)
    loader.read(evidence, size)
    loader.pour_all(Rows(out, limits, work))
    reply = loader.conclude(size)
    out.flush()
    report(reply)
    check_rows(loader.db, reply.tables, reply, work)
    loader.db.close()
    return reply
