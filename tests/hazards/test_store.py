"""Databases that harm: dumps that would do something, files that were made to break their reader, and half of either."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import struct
import time
from pathlib import Path

import pytest

from hazards.holding import TIMES, Held, Holder, inspect
from hazards.mutations import foreign_dumps, spoilt

BEGIN = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE tides(id INTEGER PRIMARY KEY, said TEXT);\n"
END = "COMMIT;\n"
SECONDS_A_FILE = 10 * TIMES
"""Ten seconds are promised for each."""
NOT_ALLOWED = "is not allowed in the closed room"


def rows(first: int, last: int) -> str:
    return "".join(f"INSERT INTO tides VALUES({number},'tide {number}');\n" for number in range(first, last + 1))


def attacked(attack: str, last: int = 20) -> str:
    """Return a dump of so many rows with something else between the tenth and the eleventh."""
    return BEGIN + rows(1, 10) + attack + "\n" + rows(11, last) + END


def counted(held: Held, path: str = "state.sql") -> dict[str, int]:
    found = held.store.connection.execute(
        'select "table", count(*) from database_rows where path = $path group by "table"', {"path": path}
    )
    return dict(found.fetchall())


def cells(held: Held, column: str, table: str = "tides") -> list[object]:
    found = held.store.connection.execute(
        'select "values" from database_rows where "table" = $table order by row', {"table": table}
    ).fetchall()
    return [json.loads(values)[column] for (values,) in found]


def refusals(held: Held, path: str = "state.sql") -> list[str]:
    """Return why statements were refused, without where and which."""
    said = [one.message for one in held.entries[path].problems if one.code == "refused-statement"]
    return [message.split(": ")[1] for message in said]


def nothing_was_made(elsewhere: Path) -> bool:
    return not list(elsewhere.iterdir())


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder in which an attack would leave something."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


# ---- S01 to S07: dumps that would do something -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attack", "reasons"),
    [
        pytest.param("ATTACH '{}/stolen.db' AS x;", [f"ATTACH {NOT_ALLOWED}"], id="S01 attaching"),
        pytest.param("VACUUM INTO '{}/stolen.db';", [f"VACUUM INTO {NOT_ALLOWED}"], id="S02 copying itself"),
        pytest.param(
            "SELECT writefile('{}/x','y');\nSELECT load_extension('{}/x.so');\nINSERT INTO tides VALUES(99,readfile('/etc/passwd'));",
            [f"the function {name}() {NOT_ALLOWED}" for name in ("writefile", "load_extension", "readfile")],
            id="S04 functions",
        ),
        pytest.param(
            "PRAGMA writable_schema=ON;\nUPDATE sqlite_master SET sql='CREATE TABLE tides(x)';",
            [f"writing the schema {NOT_ALLOWED}"] * 2,
            id="S06 the schema",
        ),
    ],
)
def test_s01_to_s06_what_reaches_beyond_a_dump_is_refused(
    hold: Holder, elsewhere: Path, attack: str, reasons: list[str]
) -> None:
    """The statement is named with its byte, all twenty rows are there, and nothing was made anywhere."""
    text = attacked(attack.replace("{}", str(elsewhere)))
    held = hold({"state.sql": text})

    assert (counted(held), refusals(held)) == ({"tides": 20}, reasons)
    assert (held.entries["state.sql"].status, held.code) == ("partial", 3)
    assert f"at byte {text.index(attack.partition(' ')[0] + ' ', 30):,}: " in held.said("state.sql")
    assert nothing_was_made(elsewhere)


def test_s03_commands_of_the_sqlite3_program_are_refused(hold: Holder, elsewhere: Path) -> None:
    """Lines for the program that made the dump are named, and all twenty-one rows are there."""
    commands = f".shell touch {elsewhere}/x\n.once {elsewhere}/y\n.import /etc/passwd tides"
    held = hold({"state.sql": attacked(commands, 21)})

    assert counted(held) == {"tides": 21}
    assert refusals(held) == [f"the command {name} {NOT_ALLOWED}" for name in (".shell", ".once", ".import")]
    assert nothing_was_made(elsewhere)


def test_s05_what_would_never_end_ends(hold: Holder) -> None:
    """An endless query and a value of two gigabytes cost little, and the rest is loaded."""
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
    attack = f"{endless}SELECT count(*) FROM c;\nINSERT INTO tides SELECT x, x FROM ({endless}SELECT x FROM c);\n"
    started = time.monotonic()
    held = hold({"state.sql": attacked(attack + "INSERT INTO tides VALUES(99,zeroblob(2147483647));")})

    assert time.monotonic() - started < SECONDS_A_FILE
    assert (counted(held), len(refusals(held))) == ({"tides": 20}, 3)


def test_s07_triggers_and_views_are_recorded_and_never_fired(hold: Holder) -> None:
    """A trigger that would empty the table takes no row, and a view is not asked."""
    trap = (
        "CREATE TRIGGER ebb AFTER INSERT ON tides BEGIN DELETE FROM tides; END;\n"
        "CREATE VIEW endless AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT x FROM c;"
    )
    held = hold({"state.sql": attacked(trap)})

    assert (counted(held), held.entries["state.sql"].status, held.code) == ({"tides": 20}, "ok", 0)


# ---- S08 to S12: dumps that are not what they were --------------------------------------------------------------------


def test_s08_a_cut_dump_gives_its_rows_and_the_byte(hold: Holder, chance: random.Random) -> None:
    """All whole statements before the cut are rows, and the byte is named at which the text ends."""
    whole, last = BEGIN + rows(1, 17), rows(18, 18)
    text = whole + last[: chance.randrange(1, len(last) - 2)]
    held = hold({"state.sql": text})

    assert (counted(held), held.entries["state.sql"].status) == ({"tides": 17}, "partial")
    assert f"the dump is cut off at byte {len(text)}, in a statement that begins at byte {len(whole)}" in held.said(
        "state.sql"
    )


def test_s09_bytes_that_are_no_text_are_flagged(hold: Holder) -> None:
    r"""Bytes that are not UTF-8, and NUL, cost no row: they stand as \xNN, and a note counts them."""
    bad = b"INSERT INTO tides VALUES(19,'a\xff\xfeb');\nINSERT INTO tides VALUES(20,'c\0d');\n"
    held = hold({"state.sql": (BEGIN + rows(1, 18)).encode() + bad + END.encode()})

    assert cells(held, "said")[18:] == ["a\\xff\\xfeb", "c\\x00d"]
    assert "bytes that are not UTF-8, or NUL, stand as \\xNN; statements that hold such: 2" in held.said("state.sql")


def test_s10_what_newer_programs_write_is_understood(hold: Holder) -> None:
    """unistr(), with which newer dumps write control characters, gives the text that was meant."""
    text = BEGIN + rows(1, 19) + "INSERT INTO tides VALUES(20,unistr('a\\u001b[0m\\\\'));\n" + END
    held = hold({"state.sql": text})

    assert (cells(held, "said")[19], held.code) == ("a\x1b[0m\\", 0)


def test_s11_names_may_be_anything(hold: Holder) -> None:
    """Keywords, quotes and control characters are names like others; two thousand columns are loaded."""
    columns = ",".join(f'"c ""{number};"' for number in range(2000))
    names = '"from" TEXT UNIQUE, "a""b" NOT NULL, [c d], `e;`, "<script>" REFERENCES "select"("from"), "\x1b[31m"'
    text = (
        f'CREATE TABLE "select"({names});\nINSERT INTO "select" VALUES(1,2.5,NULL,4,5,6);\n'
        f'CREATE TABLE "wi;\nde"({columns});\nINSERT INTO "wi;\nde" VALUES({",".join(map(str, range(2000)))});\n'
    )
    held = hold({"state.sql": BEGIN + rows(1, 20) + text + END})

    assert counted(held) == {"select": 1, "tides": 20, "wi;\nde": 1}
    assert (cells(held, 'c "1999;', "wi;\nde"), cells(held, "from", "select")) == ([1999], ["1"])
    assert "1 row of table select name rows that are not there (<script> → select.from), such as 5" in held.said(
        "state.sql"
    )


def test_s12_a_dump_that_gave_up_keeps_its_rows(hold: Holder, tmp_path: Path) -> None:
    """What ends in an error and ROLLBACK is the dump of a damaged database: its rows are kept, and that is said."""
    error = "/**** ERROR: (11) database disk image is malformed *****/\n"
    held = hold({"state.sql": BEGIN + rows(1, 12) + error + rows(13, 20) + "ROLLBACK; -- due to errors\n"})

    assert (counted(held), held.codes("state.sql")) == ({"tides": 20}, ["dump-rolled-back"])
    assert "the source database was damaged; 20 rows salvaged" in held.said("state.sql")
    assert inspect(tmp_path / "incident").code == 3


def test_s12_a_dump_of_a_locked_database_is_the_news_of_the_lock(hold: Holder) -> None:
    """The 114 bytes that are written during a lock, with exit code 0, are called what they are."""
    text = (
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
        "/**** ERROR: (5) database is locked *****/\nROLLBACK; -- due to errors\n"
    )
    held = hold({"state.sql": text})

    assert (len(text), held.codes("state.sql"), held.entries["state.sql"].records) == (114, ["database-locked"], 0)


# ---- S13 to S15: database files --------------------------------------------------------------------------------------


def opened(place: Path, rows_of: int, *before: str) -> sqlite3.Connection:
    """Make a database of so many rows and leave it open."""
    db = sqlite3.connect(place, isolation_level=None)
    for statement in before:
        db.execute(statement)
    db.execute("CREATE TABLE tides(id INTEGER PRIMARY KEY, said TEXT)")
    db.execute("BEGIN")
    db.executemany("INSERT INTO tides VALUES(?,?)", ((n, f"tide {n} " + "x" * 200) for n in range(1, rows_of + 1)))
    db.execute("COMMIT")
    return db


def saved(place: Path) -> dict[str, bytes]:
    """Return the files of a database as somebody copies them while it is in use."""
    names = [place.with_name(place.name + end) for end in ("", "-wal", "-journal", "-shm")]
    return {name.name: name.read_bytes() for name in names if name.exists()}


def test_s13_rows_of_the_write_ahead_log_are_seen(hold: Holder, elsewhere: Path) -> None:
    """A row that is only in the -wal counts, and the files of the evidence stay as they were."""
    db = opened(elsewhere / "local.db", 10, "PRAGMA journal_mode=WAL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("INSERT INTO tides VALUES(11,'only in the log')")
    files = saved(elsewhere / "local.db")
    db.close()
    held = hold(files)

    assert (counted(held, "local.db"), cells(held, "said")[10]) == ({"tides": 11}, "only in the log")
    assert held.rows("select integrity from database_states") == [("ok",)]
    assert [entry.format for entry in held.entries.values()] == ["sqlite-file", "sqlite-companion", "sqlite-companion"]


def test_s14_a_hot_journal_is_undone_in_the_copy(hold: Holder, elsewhere: Path) -> None:
    """Rows that were half written when the file was copied are not taken for facts."""
    db = opened(elsewhere / "local.db", 500)
    db.execute("PRAGMA cache_size=1")
    db.execute("BEGIN")
    db.execute("UPDATE tides SET said = replace(said, 'x', 'HALF')")
    files = saved(elsewhere / "local.db")
    db.close()
    held = hold(files)

    assert b"HALF" in files["local.db"]
    assert counted(held, "local.db") == {"tides": 500}
    assert not any("HALF" in str(said) for said in cells(held, "said"))
    assert "a transaction was under way when the file was copied" in held.said("local.db")


def test_s14_a_journal_cannot_have_another_file_deleted(hold: Holder, elsewhere: Path) -> None:
    """SQLite itself deletes the file that a journal names as its super-journal; here that name is blotted out."""
    db = opened(elsewhere / "local.db", 500)
    db.execute("PRAGMA cache_size=1")
    db.execute("BEGIN")
    db.execute("UPDATE tides SET said = replace(said, 'x', 'HALF')")
    files = saved(elsewhere / "local.db")
    db.close()
    victim = elsewhere / "precious.txt"
    victim.write_text("precious")
    name = os.fsencode(victim)
    files["local.db-journal"] += struct.pack(">I", (1 << 30) // 4096 + 1) + name
    files["local.db-journal"] += struct.pack(">II", len(name), sum(name)) + bytes.fromhex("d9d505f920a163d7")
    hold(files)

    assert victim.read_text() == "precious"


def hostile(place: Path) -> bytes:
    """Return a database whose schema was made to harm whoever opens it."""
    endless = "AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
    db = opened(place, 20)
    db.execute("CREATE TABLE bait(x)")
    db.execute("CREATE TRIGGER ebb AFTER INSERT ON tides BEGIN DELETE FROM tides; END")
    db.execute(f"CREATE VIEW endless {endless}")
    db.execute("CREATE TABLE costly(a, b GENERATED ALWAYS AS (hex(zeroblob(10000000))) VIRTUAL)")
    db.execute("INSERT INTO costly VALUES(1)")
    db.execute("CREATE TABLE checked(a CHECK(hex(zeroblob(10000000)) > a))")
    db.execute("PRAGMA writable_schema=ON")
    db.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'bait'", [f"CREATE VIEW bait {endless}"])
    db.close()
    return place.read_bytes()


def damaged(chance: random.Random, whole: bytes) -> dict[str, bytes]:
    """Return eight ways in which a database is broken."""
    page = 4096
    wrong = bytearray(whole)
    for _ in range(100):
        wrong[chance.randrange(page, len(wrong))] = chance.randrange(256)
    return {
        "half.db": whole[: len(whole) // 2],
        "header.db": whole[:60],
        "noise after the header.db": whole[:16] + chance.randbytes(8192),
        "zeros.db": whole[: page * 60] + bytes(2 * page) + whole[page * 62 :],
        "schema of noise.db": whole[:100] + chance.randbytes(page - 100) + whole[page:],
        "root of noise.db": whole[:page] + chance.randbytes(page) + whole[2 * page :],
        "wrong bytes.db": bytes(wrong),
        "spoilt.db": whole[:100] + spoilt(chance, whole[100:]),
    }


def test_s15_hostile_and_damaged_databases_are_only_read(hold: Holder, elsewhere: Path, chance: random.Random) -> None:
    """The check's own words are shown for each, and the rows that can be read are used."""
    db = opened(elsewhere / "whole.db", 2000)
    db.close()
    files = damaged(chance, (elsewhere / "whole.db").read_bytes()) | {"hostile.db": hostile(elsewhere / "hostile.db")}
    held = hold(files)

    assert (
        held.code,
        {path for path, one in held.entries.items() if one.status == "ok"} - {"spoilt.db", "hostile.db"},
    ) == (3, set())
    assert counted(held, "hostile.db") == {"costly": 1, "tides": 20}
    least = {"half.db": 800, "zeros.db": 1900, "wrong bytes.db": 500}
    assert {path: count for path, count in least.items() if counted(held, path).get("tides", 0) < count} == {}
    checked = dict(held.rows("select path, integrity from database_states"))
    read = {path for path in files if counted(held, path)}
    assert {path for path in read if not checked[path]} == set()
    assert all(held.entries[path].problems for path in files if held.entries[path].status != "ok")


# ---- the same of other databases -------------------------------------------------------------------------------------

MYSQL_BEGIN = (
    "-- MySQL dump 10.13  Distrib 8.4.3\nCREATE TABLE `tides` (`id` int NOT NULL, `said` text, PRIMARY KEY (`id`));\n"
)
MYSQL_END = "-- Dump completed on 2031-04-02 12:00:00\n"
POSTGRESQL_BEGIN = "--\n-- PostgreSQL database dump\n--\nCREATE TABLE public.tides (id integer NOT NULL, said text);\n"
POSTGRESQL_END = "--\n-- PostgreSQL database dump complete\n--\n"


@pytest.mark.parametrize(
    ("begin", "end", "attacks"),
    [
        pytest.param(
            MYSQL_BEGIN,
            MYSQL_END,
            [
                "LOAD DATA INFILE '/etc/passwd' INTO TABLE tides;",
                "SELECT 'x' INTO OUTFILE '{}/x';",
                "system touch {}/x;",
                "UPDATE tides SET said = NULL;",
                "CALL drown();",
            ],
            id="MySQL",
        ),
        pytest.param(
            POSTGRESQL_BEGIN,
            POSTGRESQL_END,
            [
                "COPY tides FROM PROGRAM 'touch {}/x';",
                "COPY tides TO '{}/x';",
                "DO $$ begin perform pg_read_file('/etc/passwd'); end $$;",
                "\\! touch {}/x",
                "DELETE FROM public.tides;",
            ],
            id="PostgreSQL",
        ),
    ],
)
def test_what_would_do_something_in_other_dumps_is_refused(
    hold: Holder, elsewhere: Path, begin: str, end: str, attacks: list[str]
) -> None:
    """Nothing of a foreign dump is carried out: each attack is named, and all twenty rows are there."""
    table = "INSERT INTO public.tides" if "public" in begin else "INSERT INTO `tides`"
    first, last = (rows(*part).replace("INSERT INTO tides", table) for part in ((1, 10), (11, 20)))
    text = begin + first + "\n".join(attacks).replace("{}", str(elsewhere)) + "\n" + last + end
    held = hold({"state.sql": text})

    assert (counted(held), len(refusals(held))) == ({"tides": 20}, len(attacks))
    assert all(reason.endswith("is never carried out") for reason in refusals(held))
    assert (held.entries["state.sql"].kind, held.code) == ("document", 3)
    assert nothing_was_made(elsewhere)


def test_foreign_dumps_and_logs_of_changes_may_be_spoilt(hold: Holder, chance: random.Random) -> None:
    """Whatever is changed in them, they are read as far as they go, or refused by name, in little time."""
    files = {f"{number}.sql": spoilt(chance, chance.choice(foreign_dumps())) for number in range(40)}
    started = time.monotonic()
    held = hold(files)

    assert time.monotonic() - started < SECONDS_A_FILE
    assert set(held.entries) == set(files)


def test_a_database_of_little_size_cannot_fill_the_store(hold: Holder, elsewhere: Path) -> None:
    """A file whose rows unfold to far more than it holds is read up to a stated number of bytes."""
    db = sqlite3.connect(elsewhere / "local.db", isolation_level=None)
    db.execute("CREATE TABLE tides(id INTEGER PRIMARY KEY, a DEFAULT (1))")
    db.execute("BEGIN")
    db.executemany("INSERT INTO tides(id) VALUES(?)", ((n,) for n in range(1000)))
    db.execute("COMMIT")
    db.execute("PRAGMA writable_schema=ON")
    db.execute(
        "UPDATE sqlite_master SET sql = ?",
        [f"CREATE TABLE tides(id INTEGER PRIMARY KEY, a, b DEFAULT '{'x' * 1_000_000}')"],
    )
    db.close()
    held = hold({"bomb.db": (elsewhere / "local.db").read_bytes()})

    assert 0 < counted(held, "bomb.db")["tides"] < 1000
    assert "bytes of rows are kept" in held.said("bomb.db")
