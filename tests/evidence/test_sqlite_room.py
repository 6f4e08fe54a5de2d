"""What a dump or a database file may do to us: nothing. What we get out of it: all that can be read."""

import ast
import dataclasses
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from forensics.evidence import closed_room
from forensics.evidence.closed_room.dump import read_dump as read_dump_inside
from forensics.evidence.closed_room.file import read_database
from forensics.evidence.closed_room.limits import Limits
from forensics.evidence.databases import sqlite_room
from forensics.evidence.databases.rules import Rules
from forensics.evidence.databases.sqlite_room import (
    DatabaseReading,
    looks_like_database,
    looks_like_dump,
    read_dump,
    read_file,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SHARED = Path(__file__).resolve().parents[3] / "shared"
NOT_ALLOWED = "is not allowed in the closed room"
START = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);\n"
LOCKED = (
    "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
    "/**** ERROR: (5) database is locked *****/\nROLLBACK; -- due to errors\n"
)


def rows_of(first: int, last: int) -> str:
    return "".join(f"INSERT INTO users VALUES({number},'user {number}');\n" for number in range(first, last + 1))


TWENTY = START + rows_of(1, 20)


class Room:
    """A folder of evidence that must stay as it is, and a folder to work in."""

    def __init__(self, folder: Path) -> None:
        self.evidence, self.work, self.elsewhere = folder / "evidence", folder / "work", folder / "elsewhere"
        self.evidence.mkdir()
        self.elsewhere.mkdir()

    def state(self) -> list[tuple[str, bytes, int]]:
        return [(path.name, path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(self.evidence.iterdir())]

    def dump(self, text: str | bytes, **limits: float) -> DatabaseReading:
        dump = self.evidence / "database-state.sql"
        dump.write_bytes(text if isinstance(text, bytes) else text.encode())
        before = self.state()
        reading = read_dump(dump, self.work, **limits)  # type: ignore[arg-type]
        self.assert_nothing_happened(before, reading)
        return reading

    def file(self, database: Path, **options: object) -> DatabaseReading:
        before = self.state()
        reading = read_file(database, self.work, **options)  # type: ignore[arg-type]
        self.assert_nothing_happened(before, reading)
        return reading

    def assert_nothing_happened(self, before: list[tuple[str, bytes, int]], reading: DatabaseReading) -> None:
        assert self.state() == before, "the evidence changed"
        assert not list(self.elsewhere.iterdir()), "something was written outside"
        left = [path for path in self.work.rglob("*") if path.is_file()] if self.work.exists() else []
        assert left == ([reading.rows_file] if reading.rows_file else []), "something was left behind"
        assert sum(table.rows for table in reading.tables) == len(values(reading))
        said = [*reading.notes, *(text for one in reading.refused for text in (one.statement, one.reason))]
        assert all(text.isprintable() for text in said), "control characters were not escaped"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def values(reading: DatabaseReading, table: str | None = None) -> list[dict[str, object]]:
    if reading.rows_file is None:
        return []
    lines = [json.loads(line) for line in reading.rows_file.read_bytes().splitlines()]
    return [json.loads(line["values"]) for line in lines if table in (None, line["table"])]


def counts(reading: DatabaseReading) -> dict[str, int]:
    return {table.name: table.rows for table in reading.tables}


def reasons(reading: DatabaseReading) -> list[str]:
    return [refusal.reason for refusal in reading.refused]


# Dumps


def test_a_whole_dump_is_read_whole(room: Room) -> None:
    """A dump that ends in COMMIT is read to its last byte, and its rows come out as they went in."""
    text = TWENTY + "COMMIT;\n"
    reading = room.dump(text)

    assert (reading.ended, reading.bytes_read, reading.notes) == ("commit", len(text), ())
    assert reading.tables == (
        sqlite_room.TableReading(
            "users", ("id", "name"), 20, "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT)", Rules(key=("id",))
        ),
    )
    assert values(reading) == [{"id": number, "name": f"user {number}"} for number in range(1, 21)]


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        pytest.param("ATTACH '{}/stolen.db' AS x;", [f"ATTACH {NOT_ALLOWED}"], id="S01 attaching another database"),
        pytest.param("VACUUM INTO '{}/stolen.db';", [f"VACUUM INTO {NOT_ALLOWED}"], id="S02 copying itself elsewhere"),
        pytest.param(
            "SELECT writefile('{}/x','y');\nSELECT load_extension('{}/x.so');\n"
            "INSERT INTO users VALUES(98,readfile('/etc/passwd'));\nINSERT INTO users VALUES(99,load_extension('x'));",
            [
                f"the function {name}() {NOT_ALLOWED}"
                for name in ("writefile", "load_extension", "readfile", "load_extension")
            ],
            id="S04 functions that reach outside",
        ),
        pytest.param(
            "PRAGMA writable_schema=ON;\nUPDATE sqlite_master SET sql='CREATE TABLE users(x)';\n"
            "INSERT INTO sqlite_schema VALUES('trigger','x','users',0,"
            "'CREATE TRIGGER x DELETE ON users BEGIN SELECT 1; END');",
            [f"writing the schema {NOT_ALLOWED}"] * 3,
            id="S06 rewriting the schema",
        ),
        pytest.param(
            "PRAGMA writable_schema=ON;", [f"writing the schema {NOT_ALLOWED}"], id="S06 a lone writable_schema"
        ),
        pytest.param("PRAGMA writable_schema=RESET;", [f"PRAGMA writable_schema {NOT_ALLOWED}"], id="S06 resetting it"),
        pytest.param(
            "PRAGMA temp_store_directory='{}';", [f"PRAGMA temp_store_directory {NOT_ALLOWED}"], id="a pragma"
        ),
        pytest.param("DROP TABLE users;", [f"DROP {NOT_ALLOWED}"], id="dropping a table"),
        pytest.param("DELETE FROM users;", [f"DELETE {NOT_ALLOWED}"], id="deleting rows"),
        pytest.param("UPDATE users SET name='x';", [f"UPDATE {NOT_ALLOWED}"], id="changing rows"),
        pytest.param(
            "INSERT INTO users VALUES(1,'x') ON CONFLICT DO UPDATE SET name='forged';",
            [f"UPDATE users {NOT_ALLOWED}"],
            id="changing rows while inserting",
        ),
        pytest.param(
            "CREATE TABLE copy AS SELECT * FROM users;\nINSERT INTO users SELECT id + 100, name FROM users;",
            [f"a query inside a statement {NOT_ALLOWED}"] * 2,
            id="rows that multiply",
        ),
    ],
)
def test_what_reaches_beyond_the_dump_is_refused(room: Room, attack: str, expected: list[str]) -> None:
    """A statement that a dump has no business with is refused by name, and the rows around it are read."""
    reading = room.dump(
        START + rows_of(1, 10) + attack.replace("{}", str(room.elsewhere)) + "\n" + rows_of(11, 20) + "COMMIT;\n"
    )

    assert (reading.ended, counts(reading)["users"]) == ("commit", 20)
    assert reasons(reading) == expected


def test_s03_commands_of_the_sqlite3_program_are_refused(room: Room) -> None:
    """A line for the sqlite3 program is refused where it stands, and the row after it is read."""
    text = (
        TWENTY
        + f".shell touch {room.elsewhere}/x\n.once {room.elsewhere}/y\n.import /etc/passwd users\n"
        + rows_of(21, 21)
    )
    reading = room.dump(text + "COMMIT;\n")

    assert counts(reading) == {"users": 21}
    assert reasons(reading) == [f"the command {name} {NOT_ALLOWED}" for name in (".shell", ".once", ".import")]
    assert reading.refused[0].offset == text.index(".shell")


def test_s05_what_would_never_end_ends(room: Room) -> None:
    """Endless queries and giant values cost less than ten seconds, and the rest is loaded."""
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
    attacks = [
        f"{endless} SELECT count(*) FROM c;",
        f"INSERT INTO users SELECT x, x FROM ({endless} SELECT x FROM c);",
        "INSERT INTO users VALUES(98,zeroblob(2147483647));",
        "INSERT INTO users VALUES(99,hex(randomblob(2000000000)));",
        f"INSERT INTO users VALUES(97,instr('{'0' * 400_000}','{'0' * 200_000}1'));",
    ]
    started = time.monotonic()
    reading = room.dump(TWENTY + "\n".join(attacks) + "\n" + rows_of(21, 21) + "COMMIT;\n")

    assert time.monotonic() - started < 10
    assert counts(reading) == {"users": 21}
    assert len(reading.refused) == len(attacks)


def test_s07_triggers_views_and_indexes_are_counted_and_never_made(room: Room) -> None:
    """A trigger that would empty the table does not fire, and its own semicolons do not end it."""
    trap = (
        "CREATE TRIGGER trap AFTER INSERT ON users BEGIN DELETE FROM users; SELECT 'END;'; END;\n"
        "CREATE VIEW everyone AS SELECT * FROM users;\nCREATE UNIQUE INDEX one ON users((id % 2));\n"
    )
    reading = room.dump(START + trap + rows_of(1, 20) + "COMMIT;\n")

    assert (reading.triggers, reading.views, reading.indexes) == (1, 1, 1)
    assert (counts(reading), reading.refused) == ({"users": 20}, ())


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param("INSERT INTO users VALUES(18,'us", id="inside a text"),
        pytest.param(
            "INSERT INTO users VALUES(18,'a\nINSERT INTO users VALUES(99,''forged'');\nb", id="inside a text like SQL"
        ),
        pytest.param("INSERT INTO us", id="inside a word"),
        pytest.param("INSERT INTO users VALUES(18,X'00f", id="inside a blob"),
        pytest.param("CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1;", id="inside a trigger"),
        pytest.param("/**** ERROR: (11", id="inside a comment"),
    ],
)
def test_s08_a_cut_dump_gives_what_stands_before_the_cut(room: Room, cut: str) -> None:
    """All whole statements of a truncated dump count, and the byte is named at which the unfinished one begins."""
    whole = START + rows_of(1, 17)
    reading = room.dump(whole + cut)

    assert (reading.ended, counts(reading)) == ("truncated", {"users": 17})
    assert reading.bytes_read == len(whole.rstrip())
    assert reading.notes == (
        f"the dump is cut off at byte {len(whole + cut)}, in a statement that begins at byte {len(whole)}",
    )


def test_a_dump_cut_between_two_statements_is_not_taken_for_whole(room: Room) -> None:
    """Without COMMIT a dump is truncated even where the cut leaves no half statement."""
    reading = room.dump(START + rows_of(1, 17))

    assert (reading.ended, counts(reading)) == ("truncated", {"users": 17})
    assert reading.notes == ("the dump ends without COMMIT: its end is missing",)


def test_s09_bad_bytes_stay_visible(room: Room) -> None:
    r"""Bytes that are not UTF-8, and NUL, come out as \xNN, and a note counts the statements that hold them."""
    bad = b"INSERT INTO users VALUES(19,'a\xff\xfeb');\nINSERT INTO users VALUES(20,'c\0d');\nCOMMIT;\n"
    reading = room.dump((START + rows_of(1, 18)).encode() + bad)

    assert [row["name"] for row in values(reading)[18:]] == ["a\\xff\\xfeb", "c\\x00d"]
    assert reading.notes == ("bytes that are not UTF-8, or NUL, stand as \\xNN; statements that hold such: 2",)


def test_s10_unistr_is_understood(room: Room) -> None:
    """The unistr() that newer dumps write for control characters gives the text that was meant."""
    text = (
        r"INSERT INTO users VALUES(19,unistr('a\u001b[0m\\\+01f600\U0001F600\0041'));"
        "\nINSERT INTO users VALUES(20,replace('a\\nb','\\n',char(10)));\nCOMMIT;\n"
    )
    reading = room.dump(START + rows_of(1, 18) + text)

    assert [row["name"] for row in values(reading)[18:]] == ["a\x1b[0m\\😀😀A", "a\nb"]


def test_s11_names_may_be_anything(room: Room) -> None:
    """Keywords, quotes, semicolons and 2000 columns are names like others."""
    columns = ",".join(f'"c ""{number};"' for number in range(2000))
    text = (
        'CREATE TABLE "select"("from" TEXT, "a""b", [c d], `e;`);\nINSERT INTO "select" VALUES(1,2.5,NULL,X\'00ff\');\n'
        f'CREATE TABLE "wi;\nde"({columns});\nINSERT INTO "wi;\nde" VALUES({",".join(map(str, range(2000)))});\n'
        f"INSERT INTO users VALUES(21,'{'x;' * 1_500_000}');\n"
    )
    reading = room.dump(TWENTY + text + "COMMIT;\n")

    assert counts(reading) == {"select": 1, "users": 21, "wi;\nde": 1}
    assert values(reading, "select") == [{"from": "1", 'a"b': 2.5, "c d": None, "e;": {"blob": "00ff", "bytes": 2}}]
    assert values(reading, "wi;\nde")[0]['c "1999;'] == 1999
    assert len(str(values(reading, "users")[20]["name"])) == 3_000_000


@pytest.mark.parametrize(
    "error", ["/****** CORRUPTION ERROR *******/", "/**** ERROR: (11) database disk image is malformed *****/"]
)
def test_s12_a_damaged_source_leaves_its_rows(room: Room, error: str) -> None:
    """A dump that gives itself up with ROLLBACK keeps the rows it had, and the note says what happened."""
    reading = room.dump(START + rows_of(1, 12) + error + "\n" + rows_of(13, 20) + "ROLLBACK; -- due to errors\n")

    assert (reading.ended, counts(reading)) == ("rollback", {"users": 20})
    assert reading.notes[-1] == "the dump ends in ROLLBACK: the source database was damaged; 20 rows salvaged"


def test_a_dump_of_a_locked_database_is_the_news_of_the_lock(room: Room) -> None:
    """The 114 bytes that `.dump` writes during a lock, with exit code 0, are called what they are."""
    reading = room.dump(LOCKED)

    assert len(LOCKED) == 114
    assert (reading.ended, reading.tables, reading.rows_file) == ("locked", (), None)
    assert reading.notes[-1] == "the dump holds no schema or rows: the database was locked when it was taken"


def test_a_full_text_table_is_recorded_and_its_data_read(room: Room) -> None:
    """What `.dump` writes of a virtual table is no attack: it is recorded, and the tables under it are read."""
    text = (
        "PRAGMA writable_schema=ON;\nINSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)"
        "VALUES('table','pages','pages',0,'CREATE VIRTUAL TABLE pages USING fts5(body, tokenize=''trigram'')');\n"
        "CREATE TABLE IF NOT EXISTS 'pages_content'(id INTEGER PRIMARY KEY, c0);\n"
        "INSERT INTO pages_content VALUES(1,'hello');\nINSERT INTO pages VALUES('hello');\n"
        "PRAGMA writable_schema=OFF;\n"
    )
    reading = room.dump(TWENTY + text + "COMMIT;\n")

    assert (counts(reading), reading.refused) == ({"pages": 0, "pages_content": 1, "users": 20}, ())
    assert reading.tables[0].declared == "CREATE VIRTUAL TABLE pages USING fts5(body, tokenize='trigram')"
    assert reading.notes == (
        "the virtual table pages is recorded, never run; the tables under it are read as ordinary ones",
        "rows written to a virtual table itself are passed over: 1",
    )


def test_python_s_own_dumps_are_read(room: Room) -> None:
    """`Connection.iterdump` writes a dialect of its own, and it is read without a refusal."""
    source = sqlite3.connect(":memory:")
    source.execute("CREATE VIRTUAL TABLE pages USING fts5(body)")
    source.execute("CREATE TABLE numbered(id INTEGER PRIMARY KEY AUTOINCREMENT, at DEFAULT CURRENT_TIMESTAMP)")
    source.execute("INSERT INTO numbered VALUES(7, 'now')")
    source.execute("INSERT INTO pages VALUES('hello')")
    reading = room.dump("\n".join(source.iterdump()))

    assert (reading.ended, reading.refused) == ("commit", ())
    assert values(reading, "numbered") == [{"id": 7, "at": "now"}]


def test_functions_and_collations_of_the_source_program_are_stood_in_for(room: Room) -> None:
    """A table whose rules need a function that only the source program had is created all the same."""
    text = (
        "CREATE TABLE odd(a CHECK(looks_right(a)), b TEXT COLLATE by_nature UNIQUE);\nINSERT INTO odd VALUES(1,'x');\n"
    )
    reading = room.dump(TWENTY + text + "COMMIT;\n")

    assert (counts(reading), reading.refused) == ({"odd": 1, "users": 20}, ())


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param(TWENTY.replace("'user 9'", "'user 9") + "COMMIT;\n", 19, id="a quote is lost"),
        pytest.param("Error: it's broken\n" + TWENTY + "COMMIT;\n", 20, id="an error message stands in front"),
        pytest.param(TWENTY.replace("9,'user 9');\nINSERT INTO us", "\0" * 40) + "COMMIT;\n", 18, id="a hole of NULs"),
        pytest.param(
            START + "CREATE TRIGGER lost BEGIN\n" + rows_of(1, 20) + "COMMIT;\n", 20, id="a trigger without end"
        ),
    ],
)
def test_after_broken_text_reading_goes_on_at_the_next_line_of_a_dump(room: Room, text: str, rows: int) -> None:
    """One broken statement costs itself, not all that follow it."""
    reading = room.dump(text)

    assert (reading.ended, counts(reading)) == ("commit", {"users": rows})
    assert len(reading.refused) == 1


def test_rows_without_a_declaration_are_kept(room: Room) -> None:
    """Where the CREATE TABLE is missing or broken, the rows are kept under columns named by number."""
    reading = room.dump(
        TWENTY + "INSERT INTO lost VALUES(1,'a',X'00');\nINSERT INTO lost VALUES(2,'b',NULL);\nCOMMIT;\n"
    )

    assert values(reading, "lost")[1] == {"c1": 2, "c2": "b", "c3": None}
    assert (reading.refused, reading.tables[0].declared) == ((), "")
    assert reading.notes == ("the dump does not declare table lost: its columns are called c1, c2 and so on",)


def test_a_row_that_does_not_fit_is_refused_and_the_next_is_read(room: Room) -> None:
    """SQLite's own words say why a row was refused, and many refusals are counted, not listed."""
    reading = room.dump(TWENTY + "INSERT INTO users VALUES(1);\n" * 300 + rows_of(20, 21) + "COMMIT;\n")

    assert counts(reading) == {"users": 21}
    assert (len(reading.refused), reading.refused[0].reason) == (
        100,
        "table users has 2 columns but 1 values were supplied",
    )
    assert reading.notes == ("301 statements were refused; the first 100 are listed",)


@pytest.mark.parametrize(
    ("text", "ended", "note"),
    [
        pytest.param("", "unreadable", "the dump is empty (0 bytes)", id="nothing"),
        pytest.param("<html>404</html>", "unreadable", "this is not the dump of a SQLite database", id="a web page"),
        pytest.param(
            START.split("\n", 2)[2],
            "whole",
            "the dump has neither BEGIN nor COMMIT: whether its end is missing cannot be told",
            id="a schema alone",
        ),
    ],
)
def test_what_is_hardly_a_dump_is_said_to_be_so(room: Room, text: str, ended: str, note: str) -> None:
    """A file that is no dump, or only a part of one by design, gets a sentence of its own."""
    reading = room.dump(text)

    assert (reading.ended, reading.notes[-1]) == (ended, note)


def test_the_rows_file_is_what_duckdb_reads(room: Room) -> None:
    """DuckDB reads the rows by table, in order, with numbers exact."""
    text = "CREATE TABLE \"a\"(n);\nINSERT INTO a VALUES(9223372036854775807),(0.1),(1e999),('x'),(NULL);\n"
    reading = room.dump(TWENTY + text + "COMMIT;\n")
    found = (
        duckdb.connect()
        .execute(
            """
        select "row", "values"->>'n'
        from read_ndjson($path, columns = {'table': 'VARCHAR', 'row': 'BIGINT', 'values': 'VARCHAR'})
        where "table" = 'a'
        """,
            {"path": str(reading.rows_file)},
        )
        .fetchall()
    )

    assert found == [(1, "9223372036854775807"), (2, "0.1"), (3, '{"number":"Infinity"}'), (4, "x"), (5, None)]


# Database files


def database(folder: Path, rows: int = 20, *before: str) -> tuple[Path, sqlite3.Connection]:
    path = folder / "local.db"
    db = sqlite3.connect(path, isolation_level=None)
    for statement in before:
        db.execute(statement)
    db.execute("CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT)")
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO users VALUES(?,?)", [(number, f"user {number} " + "x" * 200) for number in range(1, rows + 1)]
    )
    db.execute("COMMIT")
    return path, db


def taken(room: Room, path: Path) -> Path:
    """Take a database into evidence while a program is still using it."""
    for end in ("", "-wal", "-journal"):
        if path.with_name(path.name + end).exists():
            shutil.copy2(path.with_name(path.name + end), room.evidence / (path.name + end))
    return room.evidence / path.name


def test_s13_rows_in_the_write_ahead_log_are_seen(room: Room, tmp_path: Path) -> None:
    """A row that is only in the -wal is read with the rest, and without the -wal it is not there."""
    path, db = database(tmp_path, 10, "PRAGMA journal_mode=WAL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("INSERT INTO users VALUES(11,'only in the log')")
    evidence = taken(room, path)
    with_log, without = room.file(evidence), None
    shutil.rmtree(room.work)
    without = room.file(evidence, companions={})
    db.close()

    assert (with_log.ended, with_log.integrity, counts(with_log)) == ("whole", "ok", {"users": 11})
    assert counts(without) == {"users": 10}


def half_done(folder: Path) -> tuple[Path, sqlite3.Connection]:
    """A database whose file already holds half of a transaction that was never committed."""
    path, db = database(folder, 500)
    db.execute("PRAGMA cache_size=1")
    db.execute("BEGIN")
    db.execute("UPDATE users SET name = replace(name, 'x', 'HALF')")
    return path, db


def test_s14_a_hot_journal_is_rolled_back_in_the_copy(room: Room, tmp_path: Path) -> None:
    """Rows that were half written when the file was copied are not taken for facts."""
    path, db = half_done(tmp_path)
    evidence = taken(room, path)
    db.close()
    reading = room.file(evidence)

    assert b"HALF" in evidence.read_bytes()
    assert (reading.integrity, counts(reading)) == ("ok", {"users": 500})
    assert not [row for row in values(reading) if "HALF" in str(row["name"])]
    assert reading.notes == (
        "a transaction was under way when the file was copied: its changes are undone in what was read",
    )


def test_a_journal_cannot_have_another_file_deleted(room: Room, tmp_path: Path) -> None:
    """SQLite itself deletes the file that a journal names as its super-journal; here that name is blotted out."""
    path, db = half_done(tmp_path)
    evidence = taken(room, path)
    db.close()
    victim = tmp_path / "precious.txt"
    victim.write_text("precious")
    name = os.fsencode(victim)
    with evidence.with_name("local.db-journal").open("ab") as journal:
        journal.write(struct.pack(">I", (1 << 30) // 4096 + 1) + name)
        journal.write(struct.pack(">II", len(name), sum(name)) + bytes.fromhex("d9d505f920a163d7"))
    reading = room.file(evidence)

    assert victim.read_text() == "precious"
    assert counts(reading) == {"users": 500}


def test_s15_a_hostile_database_is_only_read(room: Room, tmp_path: Path) -> None:
    """Endless views, triggers, computed columns and a table that is secretly a view are recorded and left alone."""
    path, db = database(tmp_path)
    endless = "AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
    db.execute("CREATE TABLE bait(x)")
    db.execute("CREATE TRIGGER trap AFTER INSERT ON users BEGIN DELETE FROM users; END")
    db.execute(f"CREATE VIEW endless {endless}")
    db.execute("CREATE TABLE costly(a, b GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL)")
    db.execute("INSERT INTO costly VALUES(1)")
    db.execute("CREATE VIRTUAL TABLE pages USING fts5(body)")
    db.execute("PRAGMA writable_schema=ON")
    db.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'bait'", [f"CREATE VIEW bait {endless}"])
    db.close()
    reading = room.file(taken(room, path))

    assert (reading.ended, reading.triggers, reading.views) == ("whole", 1, 1)
    assert counts(reading) | {"users": 20, "costly": 1, "bait": 0, "pages": 0} == counts(reading)
    assert reading.integrity != ""


def damaged(kind: str, whole: bytes) -> bytes:
    noise = random.Random(7)  # noqa: S311 - the same damage every time
    spoilt = bytearray(whole)
    match kind:
        case "cut in half":
            return whole[: len(whole) // 2]
        case "cut inside the header":
            return whole[:60]
        case "a header and noise":
            return whole[:16] + noise.randbytes(8192)
        case "noise":
            return noise.randbytes(5000)
        case "two pages of zeros":
            spoilt[4096 * 60 : 4096 * 62] = bytes(8192)
        case "a schema of noise":
            spoilt[100:4096] = noise.randbytes(3996)
        case "a root page of noise":
            spoilt[4096:8192] = noise.randbytes(4096)
        case "a thousand wrong bytes":
            for _ in range(1000):
                spoilt[noise.randrange(4096, len(spoilt))] = noise.randrange(256)
    return bytes(spoilt)


@pytest.mark.parametrize(
    ("kind", "ended", "least"),
    [
        ("cut in half", "whole", 800),
        ("cut inside the header", "unreadable", 0),
        ("a header and noise", "unreadable", 0),
        ("noise", "unreadable", 0),
        ("two pages of zeros", "whole", 1950),
        ("a schema of noise", "unreadable", 0),
        ("a root page of noise", "whole", 0),
        ("a thousand wrong bytes", "whole", 1000),
    ],
)
def test_s15_of_a_corrupt_database_the_readable_rows_are_used(
    room: Room, tmp_path: Path, kind: str, ended: str, least: int
) -> None:
    """Rows before, between and after the damage are read, and the check's own words are shown."""
    path, db = database(tmp_path, 2000)
    db.close()
    evidence = room.evidence / "local.db"
    evidence.write_bytes(damaged(kind, path.read_bytes()))
    reading = room.file(evidence)

    assert reading.ended == ended
    assert least <= sum(counts(reading).values()) < 2000
    assert (reading.integrity not in ("", "ok")) == (ended == "whole")
    assert reading.notes


def test_an_empty_database_file_is_said_to_be_empty(room: Room) -> None:
    """The 0 bytes that `sqlite3 wrong-name.db` leaves behind are no database."""
    evidence = room.evidence / "local.db"
    evidence.write_bytes(b"")
    reading = room.file(evidence)

    assert (reading.ended, reading.notes) == ("unreadable", ("the file is empty (0 bytes): it never held a database",))


def test_rows_come_by_table_and_row_number(room: Room, tmp_path: Path) -> None:
    """An index that holds the whole row does not change the order, and names like rowid do not hide it."""
    path, db = database(tmp_path, 1)
    db.execute("CREATE TABLE abc(name TEXT UNIQUE)")
    db.execute("INSERT INTO abc VALUES('z'),('a'),(CAST(x'41ff00' AS TEXT))")
    db.execute('CREATE TABLE "tricky"("rowid", oid, _rowid_)')
    db.execute("INSERT INTO tricky VALUES(3,2,1),(2,2,2)")
    db.close()
    reading = room.file(taken(room, path))

    assert [table.name for table in reading.tables] == ["abc", "tricky", "users"]
    assert [row["name"] for row in values(reading, "abc")] == ["z", "a", "A\\xff\\x00"]
    assert [row["rowid"] for row in values(reading, "tricky")] == [3, 2]
    assert reading.notes == ("bytes that are not UTF-8, or NUL, stand as \\xNN; values that hold such: 1",)


# Telling what is what


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (START.encode(), True),
        (LOCKED.encode(), True),
        (b"\xef\xbb\xbf-- taken at 12:00\r\n/* by hand */\r\nBEGIN TRANSACTION;\r\n", True),
        (b"CREATE TABLE t(a);\nINSERT INTO t VALUES('ENGINE=InnoDB');\n", True),
        (b'INSERT INTO "t" VALUES(1);', True),
        (b"-- MySQL dump 10.13\n--\n/*!40101 SET NAMES utf8 */;\nCREATE TABLE t (a int);", False),
        (b"CREATE TABLE `t` (`a` int AUTO_INCREMENT) ENGINE=InnoDB;", False),
        (b"--\n-- PostgreSQL database dump\n--\nSET statement_timeout = 0;\nCREATE TABLE public.t (a int);", False),
        (b"CREATE TABLE public.t (a integer);\nCOPY public.t (a) FROM stdin;", False),
        (b"SELECT 1;", False),
        (b"2026-01-01 INFO CREATE TABLE\n", False),
        (b"", False),
    ],
)
def test_a_dump_is_known_by_its_first_statement(head: bytes, expected: bool) -> None:
    """What sqlite3 writes is told from what mysqldump and pg_dump write."""
    assert looks_like_dump(head) is expected


def test_a_database_is_known_by_its_first_bytes() -> None:
    """Every SQLite file begins with the same sixteen bytes."""
    assert looks_like_database(b"SQLite format 3\0\x10\0")
    assert not looks_like_database(b"SQLite format 3")


# The room itself

MODULES = sorted(Path(closed_room.__file__).parent.glob("*.py"))


def another_library(folder: Path, file: str, old: str, new: str) -> Path:
    """Return a library that is like ours but for one place in one module of the closed room."""
    inside = folder / "forensics" / "evidence" / "closed_room"
    shutil.copytree(MODULES[0].parent, inside)
    source = (inside / file).read_text("utf-8")
    assert old in source
    (inside / file).write_text(source.replace(old, new), "utf-8")
    return folder


def test_the_child_needs_the_standard_library_alone() -> None:
    """The child is run without the packages of this program, so it may not import any."""
    imported = set()
    for module in MODULES:
        tree = ast.parse(module.read_text("utf-8"))
        imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in imported if name.startswith("forensics.")}

    assert ours <= {"forensics.evidence.closed_room"} | {
        f"forensics.evidence.closed_room.{one.stem}" for one in MODULES
    }
    assert {name.split(".")[0] for name in imported - ours} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("child", "note"),
    [
        pytest.param(
            "import os; os.kill(os.getpid(), 11)", "the reader was ended by signal 11 (SIGSEGV)", id="it crashes"
        ),
        pytest.param("raise MemoryError('too much')", "the reader stopped: 'MemoryError: too much'", id="it fails"),
        pytest.param(
            "import time; time.sleep(60)", "the reader did not end within 0.5 s and was stopped", id="it hangs"
        ),
        pytest.param("sys.exit()", "the reader left no answer", id="it says nothing"),
    ],
)
def test_the_death_of_the_child_is_an_answer(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: str, note: str
) -> None:
    """Whatever becomes of the child, the caller gets a reading that says so."""
    library = another_library(tmp_path / "other", "child.py", "def main(", f"{child}\n\n\ndef main(")
    monkeypatch.setattr(sqlite_room, "LIBRARY", library)
    reading = room.dump(TWENTY, seconds=0.5 if "sleep" in child else 10.0)

    assert (reading.ended, reading.notes) == ("unreadable", (note,))


def test_rows_read_before_a_crashing_check_are_kept(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that brings the child down takes nothing away from what was read before it."""
    check, crash = 'self.db.execute("PRAGMA quick_check(10)")', f"os.kill(os.getpid(), {signal.SIGSEGV})"
    monkeypatch.setattr(sqlite_room, "LIBRARY", another_library(tmp_path / "other", "file.py", check, crash))
    path, db = database(tmp_path)
    db.close()
    reading = room.file(taken(room, path))

    assert (reading.ended, reading.integrity, counts(reading)) == ("whole", "the check did not end", {"users": 20})
    assert reading.notes == ("the reader was ended by signal 11 (SIGSEGV)",)


@pytest.mark.parametrize("read", [read_dump, read_file])
def test_what_is_no_file_is_refused_at_once(room: Room, read: object) -> None:
    """A missing file, a folder and a pipe give a reading, not an exception and not a wait."""
    os.mkfifo(room.evidence / "pipe")
    for path in (room.evidence / "missing", room.evidence, room.evidence / "pipe"):
        reading = read(path, room.work)  # type: ignore[operator]

        assert reading.ended == "unreadable"
        assert "it is missing, or it is not a file" in reading.notes[0]


def twice(read: Callable[[], DatabaseReading]) -> DatabaseReading:
    """Read the same evidence two times, see that the answers are the same, and return one of them."""
    first = read()
    assert first.rows_file is not None
    shutil.rmtree(first.rows_file.parent)
    again = read()
    assert dataclasses.replace(first, rows_file=again.rows_file) == again
    return again


def test_a_dump_is_read_up_to_a_number_of_steps(room: Room) -> None:
    """What was read before the limit is the answer, with the byte that was reached, the same each time."""
    text = START + rows_of(1, 10_000)
    found = twice(lambda: room.dump(text + "COMMIT;\n", steps=len(text)))

    assert found.ended == "truncated"
    assert 0.6 * len(text) < found.bytes_read < 0.75 * len(text)
    assert counts(found) == {"users": text[: found.bytes_read].count("INSERT")}
    assert found.notes[0] == (
        f"the limit of steps was reached at byte {found.bytes_read + 1} of {len(text) + 8}; the rest was not read"
    )


def test_a_database_is_read_up_to_a_number_of_steps(room: Room, tmp_path: Path) -> None:
    """Rows beyond the limit are left out, and the table is said to be read in part, at the same row each time."""
    path, db = database(tmp_path, 20_000)
    db.close()
    copy = taken(room, path)
    found = twice(lambda: room.file(copy, steps=50_000))

    rows = counts(found)["users"]
    assert 0 < rows < 20_000
    assert f"table users was read in part, {rows} rows: the limit of 50000 steps was reached" in found.notes
    assert found.integrity == "the check was not finished: the limit of 50000 steps was reached"


FRAGMENTS = [
    *(
        "'",
        '"',
        "`",
        "[",
        "]",
        "(",
        ")",
        ";",
        "\n",
        "--",
        "/*",
        "*/",
        "\0",
        "\\",
        ".shell x\n",
        "END;",
        ",",
        "1",
        "X'0",
    ),
    *(
        "CREATE TABLE t(a)",
        "CREATE TRIGGER t AFTER INSERT ON t BEGIN ",
        "CREATE VIEW ",
        "INSERT INTO t VALUES(",
        "COMMIT;",
    ),
    *(
        "PRAGMA writable_schema=ON;",
        "unistr('\\",
        "replace(",
        "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES(",
    ),
    *(
        "ATTACH 'x' AS y;",
        "WITH RECURSIVE ",
        "SELECT ",
        "ROLLBACK;",
        "BEGIN;",
        "\ud800",
        "é",
        "DELETE FROM sqlite_sequence;",
    ),
]
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(
    lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
)


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.binary(max_size=400), texts, texts.map(lambda text: TWENTY.encode() + text)))
def test_any_bytes_may_be_called_a_dump(dump: bytes) -> None:
    """No bytes raise anything, none are understood beyond their end, and every row that is counted is written."""
    out = io.BytesIO()
    reply = read_dump_inside(io.BytesIO(dump), len(dump), out, Limits())

    assert 0 <= reply.bytes_read <= len(dump)
    assert sum(table.rows for table in reply.tables) == out.getvalue().count(b"\n")
    if dump.startswith(TWENTY.encode()):
        assert reply.tables[-1].rows >= 20 or reply.tables[-1].name != "users"


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 16383), st.integers(0, 255)), max_size=40), st.integers(0, 16384))
def test_any_bytes_may_be_called_a_database(tmp_path: Path, changes: list[tuple[int, int]], length: int) -> None:
    """Whatever bytes of a database are changed or cut off, reading it raises nothing."""
    source = tmp_path / "local.db"
    if not source.exists():
        database(tmp_path, 40)[1].close()
    spoilt = bytearray(source.read_bytes())
    for at, byte in changes:
        spoilt[at % len(spoilt)] = byte
    copy, out = tmp_path / "room.db", io.BytesIO()
    copy.write_bytes(spoilt[: length if length % 4 == 0 else None])
    reply = read_database(copy, out, Limits(), lambda _: None)

    assert sum(table.rows for table in reply.tables) == out.getvalue().count(b"\n")
    assert (reply.integrity == "") == (reply.ended == "unreadable")


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_may_enter_the_room(tmp_path: Path, content: bytes) -> None:
    """The parent side raises nothing either, and leaves the evidence as it was."""
    evidence = tmp_path / "evidence"
    evidence.write_bytes(content)
    readings = [read_dump(evidence, tmp_path / "work"), read_file(evidence, tmp_path / "work")]

    assert evidence.read_bytes() == content
    assert all(reading.notes for reading in readings if reading.ended == "unreadable")


# The runbook's own system


def kits() -> list[Path]:
    return sorted(SHARED.glob("origin/evidence/*/database-state.sql"))


def need_kits() -> None:
    if not kits():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"../shared is absent: no recorded evidence in {SHARED}")


@pytest.mark.shared
def test_the_recorded_dumps_are_read_whole(tmp_path: Path) -> None:
    """Every INSERT of the recorded dumps becomes a row, and nothing in them is refused."""
    need_kits()
    for dump in kits():
        lines = dump.read_bytes().splitlines()
        inserted = sum(
            line.startswith(b"INSERT INTO ") and not line.startswith(b"INSERT INTO sqlite_schema(") for line in lines
        )
        reading = read_dump(dump, tmp_path)

        assert (reading.ended, reading.bytes_read, reading.refused) == ("commit", dump.stat().st_size, ())
        assert sum(counts(reading).values()) == inserted
        assert (reading.views, reading.triggers) == (3, 17)
        assert looks_like_dump(dump.read_bytes()[:4096])


@pytest.mark.shared
def test_the_recorded_backup_is_read_whole(tmp_path: Path) -> None:
    """The backup that the responder copied has the rows that SQLite itself counts in it."""
    need_kits()
    backup = SHARED / "origin/evidence/A0-lock-p0-restart/backups/database/latest.db"
    copy = Path(shutil.copy(backup, tmp_path / "copy.db"))
    db = sqlite3.connect(copy)
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")]
    expected = {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    reading = read_file(backup, tmp_path)

    assert looks_like_database(backup.read_bytes()[:100])
    assert (reading.ended, reading.integrity) == ("whole", "ok")
    assert {name: rows for name, rows in counts(reading).items() if name in expected} == expected
