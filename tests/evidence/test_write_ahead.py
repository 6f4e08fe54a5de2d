"""A database that keeps a write-ahead log is a part of what was written, unless its log is here, or is known to have been empty."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Analysed

World = Callable[[dict[str, str | bytes]], Analysed]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database that a program has open; its last row stands in the log alone."""
    (tmp_path / "live").mkdir()
    db = sqlite3.connect(tmp_path / "live" / "quay.db", isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("create table berths (id integer primary key, name text)")
    db.execute("insert into berths values (1, 'north')")
    db.execute("pragma wal_checkpoint(truncate)")
    db.execute("insert into berths values (2, 'south')")
    yield db
    db.close()


def files(tmp_path: Path, *ends: str) -> dict[str, str | bytes]:
    return {f"quay.db{end}": (tmp_path / "live" / f"quay.db{end}").read_bytes() for end in ends}


def told(found: Analysed, path: str = "quay.db") -> tuple[str, int, list[str]]:
    """Return status and rows of a file, and what is said of its log."""
    [entry] = [one for one in found.evidence if one.path == path]
    return entry.status, entry.records, [p.message for p in entry.problems if p.code in ("wal-absent", "note")]


ABSENT = "it keeps a write-ahead log (bytes 18 and 19 of its header are 2), and no -wal came with it"
UNKNOWN = (
    f"{ABSENT}: if a program had it open when it was copied, the last transactions stood in the -wal alone, and are not here; if "
    "the last one had closed it, or .backup made it, nothing is missing. The file does not tell which"
)


def test_a_copy_without_the_log_may_lack_the_last_rows(live: sqlite3.Connection, tmp_path: Path, world: World) -> None:
    """It looks whole, and is not: the doubt is named, with the command that makes a whole copy."""
    found = world(files(tmp_path, ""))

    assert told(found) == ("ok", 1, [UNKNOWN])
    [problem] = [one for one in found.evidence[0].problems if one.code == "wal-absent"]
    assert problem.leaves_open == "Which rows were written last?"
    assert problem.remedy == (
        "sqlite3 quay.db \"VACUUM INTO 'incident.db'\"   # a whole copy without a log; or all three, while nothing writes: "
        "cp -p quay.db quay.db-wal quay.db-shm incident/"
    )


def test_a_closed_database_is_not_told_from_an_open_one(live: sqlite3.Connection, tmp_path: Path, world: World) -> None:
    """Whoever closes it last writes the log back and removes it, and its header stays as it was: nobody can tell."""
    live.close()

    assert told(world(files(tmp_path, ""))) == ("ok", 2, [UNKNOWN])


def test_the_index_tells_what_the_log_held(live: sqlite3.Connection, tmp_path: Path, world: World) -> None:
    """An index without its log proves that there was one, and counts what of it is missing."""
    found = world(files(tmp_path, "", "-shm"))

    said = f"{ABSENT}; its -shm tells that the log held 1 page, of which 0 were written back: the last transactions are not here"
    assert told(found) == ("partial", 1, [said])


def test_the_index_tells_that_nothing_is_missing(live: sqlite3.Connection, tmp_path: Path, world: World) -> None:
    """Where all of the log was written back, its absence costs nothing."""
    live.execute("pragma wal_checkpoint(full)")
    found = world(files(tmp_path, "", "-shm"))

    said = f"{ABSENT}; its -shm tells that all the log held (1 page) was written back: nothing is missing"
    assert told(found) == ("ok", 2, [said])


def test_with_its_log_it_is_whole(live: sqlite3.Connection, tmp_path: Path, world: World) -> None:
    """Rows of the log count, and no doubt is left."""
    found = world(files(tmp_path, "", "-wal"))

    assert told(found) == ("ok", 2, ["the database was read with its write-ahead log (-wal)"])


def test_an_empty_log_is_one_too(live: sqlite3.Connection, tmp_path: Path, world: World) -> None:
    """It came along, and held nothing: the database is whole."""
    live.close()

    assert told(world({**files(tmp_path, ""), "quay.db-wal": b""})) == ("ok", 2, [])


def test_the_command_that_is_advised_makes_a_whole_copy(live: sqlite3.Connection, tmp_path: Path, world: World) -> None:
    """It holds the last row, and leaves no doubt."""
    live.execute("vacuum into ?", (str(tmp_path / "live" / "incident.db"),))

    assert told(world({"incident.db": (tmp_path / "live" / "incident.db").read_bytes()}), "incident.db") == (
        "ok",
        2,
        [],
    )


def test_a_database_all_of_which_was_in_the_log_is_empty(tmp_path: Path, world: World) -> None:
    """Its tables were made since it was opened: the file alone holds none."""
    (tmp_path / "live").mkdir()
    db = sqlite3.connect(tmp_path / "live" / "quay.db", isolation_level=None)
    db.execute("pragma journal_mode = wal")
    db.execute("create table berths (id integer primary key)")
    found = world(files(tmp_path, ""))
    db.close()

    assert told(found) == ("empty", 0, [UNKNOWN])


@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_what_lies_there_without_its_database_is_named(
    live: sqlite3.Connection, tmp_path: Path, world: World, end: str
) -> None:
    """What SQLite keeps beside a database is none, and holds no row that could be read."""
    [entry] = world(files(tmp_path, end)).evidence

    [problem] = entry.problems
    assert (entry.status, problem.code, problem.leaves_open) == (
        "unreadable",
        "database-missing",
        "What did the database hold?",
    )
