"""What the rows of a database say: when they were written, which rules they break, and what differs between two states."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Analysed
from forensics.evidence import databases
from forensics.evidence.databases import rules
from forensics.model import Problem
from forensics.store import Store
from small_world import iso, log, request, traffic

World = Callable[[dict[str, str | bytes]], Analysed]

BEGIN = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
END = "COMMIT;\n"
MYSQL = "-- MySQL dump 10.13  Distrib 8.4.3\n"


def inserts(table: str, *rows: str) -> str:
    return "".join(f"INSERT INTO {table} VALUES({row});\n" for row in rows)


def dump(*parts: str) -> str:
    """Return an SQLite dump."""
    return BEGIN + "".join(parts) + END


def mysqldump(*parts: str, at: str = "12:00:00", place: str = "") -> str:
    """Return a dump of MySQL that was completed at this time."""
    return MYSQL + place + "".join(parts) + f"-- Dump completed on 2031-04-02 {at}\n"


class Only:
    """One database, read as the only evidence."""

    def __init__(self, folder: Path, content: str | bytes) -> None:
        place = folder / "evidence.sql"
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        self.store = Store()
        self.reading = databases.read(
            self.store, "evidence.sql", place, folder, {}, is_dump=not isinstance(content, bytes)
        )

    def written(self) -> dict[str, tuple[object, ...]]:
        """When rows of each table were first and last written, by which column."""
        return {
            str(one["table"]): (one["first_write"], one["last_write"], one["time_column"])
            for one in databases.inventory(self.store)
        }

    def broken(self) -> list[tuple[Any, ...]]:
        found = self.store.connection.execute(
            'select "table", kind, rule, rows, example from database_violations order by all'
        )
        return found.fetchall()


def problems(found: Analysed, path: str) -> dict[str, list[str]]:
    """What was found out about one file, by code."""
    said: dict[str, list[str]] = {}
    for entry in found.evidence:
        for problem in entry.problems if entry.path == path else ():
            said.setdefault(problem.code, []).append(problem.message)
    return said


# When rows were written


def test_the_column_that_tells_of_writing_is_found_by_what_it_holds(tmp_path: Path) -> None:
    """Neither birthdays, nor the ends of sessions, nor numbers tell when a row was written; a later change of it does."""
    table = "CREATE TABLE sailors(id INTEGER PRIMARY KEY, born TEXT, ends TEXT, a TEXT, b TEXT, berth INTEGER);\n"
    rows = [
        f"{n},'19{90 - n}-05-0{n}','2031-05-02 12:00:0{n}','2031-04-02 12:00:0{n}','2031-04-02 12:00:0{n}',{1900000000 - n}"
        for n in range(1, 6)
    ]
    rows[2] = rows[2].replace("12:00:03',1", "12:30:00',1")
    found = Only(tmp_path, dump(table, inserts("sailors", *rows)))

    assert found.written() == {"sailors": (datetime(2031, 4, 2, 12, 0, 1), datetime(2031, 4, 2, 12, 30), "a")}
    assert found.reading.covers == (datetime(2031, 4, 2, 12, 0, 1), datetime(2031, 4, 2, 12, 30))


@pytest.mark.parametrize(
    ("later", "told"),
    [
        pytest.param(["2031-04-02 12:01:17", "2031-04-02 12:09:41", "2031-04-02 12:20:03"], True, id="changed since"),
        pytest.param(["2031-01-12 08:00:01", "2031-01-12 09:00:01", "2031-01-12 10:00:01"], False, id="all as long after"),
        pytest.param(["2031-03-01 18:00:00", "2031-03-08 19:30:00", "2031-04-01 18:00:00"], False, id="planned for whole minutes"),
        pytest.param(["2031-04-02 12:01:17", "2031-04-02 12:09:41", "2031-04-03 12:20:03"], False, id="after the newest row of all"),
    ],
)  # fmt: skip
def test_rows_that_were_all_changed_since_were_written_last_then(tmp_path: Path, later: list[str], told: bool) -> None:
    """Where every row was changed long after it was written, its column of changes tells the last write; plans do not."""
    tables = "CREATE TABLE berths(id INTEGER PRIMARY KEY, made TEXT, other TEXT);\nCREATE TABLE trips(at TEXT);\n"
    rows = [f"{n},'2031-01-05 {7 + n:02}:00:01','{time}'" for n, time in enumerate(later, 1)]
    found = Only(tmp_path, dump(tables, inserts("berths", *rows) + inserts("trips", "'2031-04-02 12:30:00'")))

    first, last, column = found.written()["berths"]
    assert (first, column) == (datetime(2031, 1, 5, 8, 0, 1), "made")
    assert last == (datetime.fromisoformat(later[-1]) if told else datetime(2031, 1, 5, 10, 0, 1))


@pytest.mark.parametrize(("name", "last"), [("updated_at", 12), ("expires_at", 5)])
def test_a_column_that_is_called_one_of_changes_is_one(tmp_path: Path, name: str, last: int) -> None:
    """All rows changed a week after they were made: the name tells changes from the ends of sessions."""
    tables = f"CREATE TABLE berths(id INTEGER PRIMARY KEY, made TEXT, {name} TEXT);\nCREATE TABLE trips(at TEXT);\n"
    rows = [f"{n},'2031-01-05 1{n}:00:01','2031-01-12 1{n}:00:01'" for n in range(3)]
    found = Only(tmp_path, dump(tables, inserts("berths", *rows) + inserts("trips", "'2031-04-02 12:30:00'")))

    assert found.written()["berths"][1] == datetime(2031, 1, last, 12, 0, 1)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param(["'2031-04-02T12:00:00Z'", "'2031-04-02T14:00:30+02:00'"], 30, id="with zones"),
        pytest.param(["'2031-04-02 12:00'", "'2031-04-02 12:00:30.5'"], 30.5, id="short and long"),
        pytest.param(["1932897600", "1932897660"], 60, id="seconds"),
        pytest.param(["1932897600000", "1932897600500"], 0.5, id="milliseconds"),
        pytest.param(["1932897600000000", "1932897600000001"], 1e-6, id="microseconds"),
        pytest.param(["'1932897600.25'", "'1932897601.25'"], 1, id="seconds in text"),
        pytest.param(["NULL", "NULL", "'2031-04-02 12:00:00'", "'2031-04-02 12:00:05'"], 5, id="where there is one"),
    ],
)
def test_times_are_read_however_a_database_keeps_them(tmp_path: Path, cells: list[str], expected: float) -> None:
    """The unit of a number is told by its magnitude; an empty cell is no time."""
    found = Only(tmp_path, dump("CREATE TABLE trips(at);\n", inserts("trips", *cells)))

    first, last, column = found.written()["trips"]
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    assert ((last - first).total_seconds(), column) == (expected, "at")


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(["12", "700000000"], id="small numbers"),
        pytest.param(["'2031-04-02'", "'2031-04-03'"], id="days"),
        pytest.param(["'0000-00-00 00:00:00'", "'9999-12-31 00:00:00'"], id="times that mean none"),
        pytest.param(["'2031-04-02 12:00:00'", "'noon'", "'later'"], id="mostly words"),
        pytest.param(["NULL"], id="nothing"),
    ],
)
def test_what_is_no_time_tells_none(tmp_path: Path, cells: list[str]) -> None:
    """Where no column tells when rows were written, nothing is said."""
    found = Only(tmp_path, dump("CREATE TABLE trips(at);\n", inserts("trips", *cells)))

    assert found.written() == {"trips": (None, None, None)}
    assert found.reading.covers is None


def test_rows_are_counted_by_the_minute(tmp_path: Path) -> None:
    """Each table has its own pace: rows in each minute, the most in one, and the mean over all minutes between."""
    times = ["12:00:00", "12:00:30", "12:00:59", "12:03:00"]
    found = Only(
        tmp_path, dump("CREATE TABLE trips(at);\n", inserts("trips", *(f"'2031-04-02 {clock}'" for clock in times)))
    )

    assert [(one["minute"], one["rows"]) for one in databases.minutes(found.store)] == [
        (datetime(2031, 4, 2, 12, 0), 3),
        (datetime(2031, 4, 2, 12, 3), 1),
    ]
    [row] = databases.inventory(found.store)
    assert (row["rows_a_minute"], row["most_a_minute"], row["rows"]) == (1.0, 3, 4)


# Rules


def test_rows_that_name_rows_that_are_not_there_are_orphans(tmp_path: Path) -> None:
    """A reference is judged by what it names; an empty one names nothing, and case is no difference."""
    tables = (
        "CREATE TABLE boats(id INTEGER PRIMARY KEY, name TEXT UNIQUE);\n"
        "CREATE TABLE trips(boat REFERENCES boats, called TEXT REFERENCES BOATS(name), leg, FOREIGN KEY(leg) REFERENCES lost(id));\n"
    )
    rows = inserts("boats", "1,'Anna'") + inserts("trips", "1,'ANNA',1", "7,'Bert',1", "8,NULL,1", "NULL,'Anna',1")
    found = Only(tmp_path, dump(tables, rows))

    assert found.broken() == [
        ("trips", "orphans", "boat → boats.id", 2, "7"),
        ("trips", "orphans", "called → boats.name", 1, "Bert"),
    ]
    assert (
        Problem("broken-rule", "2 rows of table trips name rows that are not there (boat → boats.id), such as 7")
        in found.reading.problems
    )


def test_empty_and_repeated_cells_of_a_dump_are_counted(tmp_path: Path) -> None:
    """Rows of a foreign dump are taken as they are, and what they break is found in them."""
    table = (
        "CREATE TABLE `boats` (`id` int NOT NULL, `name` varchar(9) NOT NULL, `berth` int, PRIMARY KEY (`id`),\n"
        "  UNIQUE KEY `where` (`name`,`berth`)) ENGINE=InnoDB;\n"
    )
    rows = "INSERT INTO `boats` VALUES (1,'A',1),(1,NULL,1),(2,'A',1),(3,'A',NULL),(4,'A',NULL);\n"
    found = Only(tmp_path, mysqldump(table, rows))

    assert found.broken() == [
        ("boats", "doubles", "id may not stand twice", 1, "1"),
        ("boats", "doubles", "name, berth may not stand twice", 1, "A, 1"),
        ("boats", "empty", "name may not be empty", 1, "row 2"),
    ]


@pytest.mark.parametrize(
    ("questions", "dated", "broken", "said"),
    [
        pytest.param(7, 1, ["boats", "gulls"], [], id="enough for all"),
        pytest.param(
            5, 1, ["gulls"], ["1 of 2 tables were not asked which rules their rows break"], id="not for boats"
        ),
        pytest.param(
            2,
            0,
            ["gulls"],
            [
                f"1 of 2 tables were not asked {what}"
                for what in ("which rules their rows break", "when they were written")
            ],
            id="nearly nothing",
        ),
    ],
)
def test_what_is_too_much_to_ask_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, questions: int, dated: int, broken: list[str], said: list[str]
) -> None:
    """So much is asked of a database as it has an allowance for: three questions for the time of boats, two for their
    rules, one for the rule of gulls. No clock decides it."""
    monkeypatch.setattr(rules, "MOST", questions * rules.QUESTION)
    tables = (
        "CREATE TABLE `gulls` (`name` varchar(9) NOT NULL) ENGINE=InnoDB;\nINSERT INTO `gulls` VALUES ('A'),(NULL);\n"
        "CREATE TABLE `boats` (`name` varchar(9) NOT NULL, `at` datetime, PRIMARY KEY (`name`)) ENGINE=InnoDB;\n"
        "INSERT INTO `boats` VALUES ('A','2031-04-02 12:00:01'),('A','2031-04-02 12:00:02');\n"
    )
    found = Only(tmp_path, mysqldump(tables))

    assert sum(column is not None for *_, column in found.written().values()) == dated
    assert [table for table, *_ in found.broken()] == broken
    notes = [one.message.partition(":")[0] for one in found.reading.problems if one.code == "note"]
    assert notes == said


def test_a_row_that_its_table_refuses_breaks_a_rule(tmp_path: Path) -> None:
    """An SQLite dump's table refuses such a row itself: the row is named, and so is the rule."""
    table = "CREATE TABLE boats(id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"
    found = Only(tmp_path, dump(table, inserts("boats", "1,'A'", "1,'B'", "2,NULL", "3,'C'")))

    assert found.broken() == [
        ("boats", "doubles", "boats.id may not stand twice; rows of the dump that its table refused", 1, ""),
        ("boats", "empty", "name may not be empty; rows of the dump that its table refused", 1, ""),
    ]
    assert (found.reading.records, found.reading.status) == (2, "partial")


def test_a_check_is_asked_of_every_row(tmp_path: Path) -> None:
    """Rows that fail a CHECK are read, and counted, in a dump and in a database file alike."""
    table = "CREATE TABLE boats(id INTEGER PRIMARY KEY, fare INTEGER CHECK(fare > 0), unknown_to_us TEXT);\n"
    rows = inserts("boats", "1,10,'a'", "2,-1,'b'", "3,-2,'c'")
    db = sqlite3.connect(tmp_path / "local.db")
    db.executescript(f"PRAGMA ignore_check_constraints=ON; {table}{rows}")
    db.close()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    found = [Only(tmp_path / "a", dump(table, rows)), Only(tmp_path / "b", (tmp_path / "local.db").read_bytes())]

    assert [one.broken() for one in found] == [[("boats", "check", "a CHECK of its declaration", 2, "")]] * 2
    assert [one.reading.records for one in found] == [3, 3]


def test_rules_of_a_database_file_are_asked_of_its_rows(tmp_path: Path) -> None:
    """What only damage or a disabled rule can have let in is found in a file, too; the check's own words are kept."""
    db = sqlite3.connect(tmp_path / "local.db", isolation_level=None)
    db.execute("CREATE TABLE boats(id INTEGER PRIMARY KEY, name TEXT)")
    db.execute("CREATE TABLE trips(id INTEGER PRIMARY KEY, boat INTEGER REFERENCES boats(id))")
    db.execute("INSERT INTO boats VALUES(1,'A'),(2,'A'),(3,NULL)")
    db.execute("INSERT INTO trips VALUES(1,1),(2,9)")
    db.execute("PRAGMA writable_schema=ON")
    db.execute("UPDATE sqlite_master SET sql = replace(sql, 'name TEXT', 'name TEXT NOT NULL') WHERE name = 'boats'")
    db.close()
    found = Only(tmp_path, (tmp_path / "local.db").read_bytes())

    assert found.broken() == [
        ("boats", "empty", "name may not be empty", 1, "row 3"),
        ("trips", "orphans", "boat → boats.id", 1, "9"),
    ]
    assert found.reading.status == "partial"
    assert {one["integrity"] for one in databases.inventory(found.store)} == {"NULL value in boats.name"}


def test_the_check_of_a_sound_database_is_kept(tmp_path: Path) -> None:
    """That SQLite found nothing wrong is shown, too."""
    db = sqlite3.connect(tmp_path / "local.db")
    db.execute("CREATE TABLE boats(id INTEGER PRIMARY KEY)")
    db.close()
    found = Only(tmp_path, (tmp_path / "local.db").read_bytes())

    assert [one["integrity"] for one in databases.inventory(found.store)] == ["ok"]


def test_names_of_columns_may_be_anything(tmp_path: Path) -> None:
    """Quotes, stars, slashes and nothing at all are names like others, in every question about them."""
    names = ['a"b', "*", "a/b~c", "", "é;", "$.x", "[0]", "{}"]
    declared = ", ".join('"' + name.replace('"', '""') + '" NOT NULL UNIQUE' for name in names)
    cells = [", ".join(f"'2031-04-02 12:00:0{number}'" for _ in names) for number in (1, 2)]
    found = Only(tmp_path, dump(f"CREATE TABLE odd({declared});\n", inserts("odd", *cells)))

    assert found.broken() == []
    assert found.written() == {"odd": (datetime(2031, 4, 2, 12, 0, 1), datetime(2031, 4, 2, 12, 0, 2), 'a"b')}


# Two states of one database

BOATS = "CREATE TABLE boats(id INTEGER PRIMARY KEY, name TEXT, at TEXT);\n"
CREW = "CREATE TABLE crew(name TEXT, at TEXT);\n"


def boats(*rows: tuple[int, str, int]) -> str:
    return inserts("boats", *(f"{number},'{name}','2031-04-02 12:{minute:02d}:00'" for number, name, minute in rows))


def crew(*rows: tuple[str, int]) -> str:
    return inserts("crew", *(f"'{name}','2031-04-02 12:{minute:02d}:00'" for name, minute in rows))


def test_two_states_are_compared_row_by_row(world: World) -> None:
    """By the primary key where there is one, else by the whole row: what was added, removed, changed."""
    before = dump(BOATS, CREW, boats((1, "A", 0), (2, "B", 1), (3, "C", 2)), crew(("Kari", 0), ("Kari", 0), ("Ola", 1)))
    after = dump(BOATS, CREW, boats((1, "A", 0), (2, "X", 1), (4, "D", 9), (5, "E", 10)), crew(("Kari", 0), ("Per", 8)))
    found = world({"b.sql": before, "a.sql": after})

    differences = found.store.connection.execute('select * from database_differences order by "table"').fetchall()
    assert differences == [
        ("b.sql", "a.sql", True, "boats", "id", 3, 4, 2, 1, 1),
        ("b.sql", "a.sql", True, "crew", "the whole row", 3, 2, 1, 2, 0),
    ]
    said = problems(found, "a.sql")
    assert said["state-compared"] == [
        "compared with b.sql (whose rows end earlier): boats: 2 added, 1 removed, 1 changed (rows told apart by id); "
        "crew: 1 added, 2 removed (rows told apart by the whole row)"
    ]
    assert said["rows-lacking"] == [
        "3 rows that b.sql holds are not in it (2 of crew, 1 of boats), written from 2031-04-02 12:00:00 to "
        "2031-04-02 12:02:00 UTC; the newest row that it has of them is of 2031-04-02 12:10:00 UTC"
    ]


def test_the_window_of_data_loss_is_measured_from_rows(world: World) -> None:
    """What a backup lacks of a later state, and when that was written, is what restoring it would lose."""
    before, after = (
        dump(BOATS, boats((1, "A", 0), (2, "B", 1))),
        dump(BOATS, boats(*((n, "x", n) for n in range(1, 31)))),
    )
    found = world({"backup.sql": before, "now.sql": after})

    assert problems(found, "backup.sql")["data-loss-window"] == [
        "28 rows that now.sql holds are not in it (28 of boats), written from 2031-04-02 12:03:00 to "
        "2031-04-02 12:30:00 UTC; the newest row that it has of them is of 2031-04-02 12:01:00 UTC; where it is restored "
        "and nothing else, these rows are lost"
    ]
    assert found.store.connection.execute('select path, other, "table", rows from database_losses').fetchall() == [
        ("backup.sql", "now.sql", "boats", 28)
    ]


def test_a_table_that_is_gone_is_named(world: World) -> None:
    """A table that only one of the two states has is gone, or new, with all its rows; dumps say which came first."""
    boats_table = "CREATE TABLE `boats` (`id` int PRIMARY KEY);\n"
    crew_table = "CREATE TABLE `crew` (`id` int PRIMARY KEY);\n"
    rows = "INSERT INTO `boats` VALUES (1),(2);\n"
    found = world(
        {
            "z.sql": mysqldump(boats_table, crew_table, rows, at="11:00:00"),
            "a.sql": mysqldump(crew_table, "INSERT INTO `crew` VALUES (1);\n", at="12:00:00"),
        }
    )

    assert problems(found, "a.sql")["state-compared"] == [
        "compared with z.sql (dumped at 2031-04-02 11:00:00, this at 2031-04-02 12:00:00 UTC): "
        "table boats is gone, with 2 rows; crew: 1 added (rows told apart by id)"
    ]


def test_the_same_rows_are_said_to_be_the_same(world: World) -> None:
    """A dump and the database that it was taken from do not differ, whatever the order of their rows."""
    folder: dict[str, str | bytes] = {"dump.sql": dump(CREW, crew(("Kari", 1), ("Ola", 0)))}
    db = sqlite3.connect(":memory:")
    db.executescript(CREW + crew(("Ola", 0), ("Kari", 1)))
    folder["local.db"] = bytes(db.serialize())
    found = world(folder)

    assert problems(found, "local.db")["state-compared"] == ["its tables hold the same rows as those of dump.sql"]
    assert found.store.rows("database_pace") != []


def test_where_nothing_tells_the_order_that_is_said(world: World) -> None:
    """Neither the names of files nor the number of rows make one state the later."""
    table = "CREATE TABLE boats(id INTEGER PRIMARY KEY);\n"
    found = world({"1.sql": dump(table, inserts("boats", "1")), "2.sql": dump(table, inserts("boats", "1", "2"))})

    assert problems(found, "2.sql")["state-compared"] == [
        "compared with 1.sql (which of the two is the earlier cannot be told): boats: 1 added (rows told apart by id)"
    ]


def test_databases_that_have_little_in_common_are_not_compared(world: World) -> None:
    """Two databases of one incident need not be two states of one."""
    found = world({"1.sql": dump(BOATS, boats((1, "A", 0))), "2.sql": dump(CREW, crew(("Kari", 0)))})

    assert found.store.connection.execute("select count(*) from database_differences").fetchone() == (0,)
    assert "state-compared" not in problems(found, "2.sql")


# A dump, and the log of changes after it

LOG = """DELIMITER /*!*/;
# at 4
#310402 12:00:00 server id 1  end_log_pos 127 	Start: binlog v 4, server v 8.4.3 created 310402 12:00:00
# at {position}
#310402 12:00:30 server id 1  end_log_pos 300 	Query	thread_id=3
SET TIMESTAMP=1932897630/*!*/;
INSERT INTO boats (id) VALUES (2),(3)
/*!*/;
# at 300
#310402 12:01:00 server id 1  end_log_pos 400 	Query	thread_id=3
SET TIMESTAMP=1932897660/*!*/;
DROP TABLE boats
/*!*/;
DELIMITER ;
# End of log file
"""
PLACE = "-- CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='binlog.000007', SOURCE_LOG_POS=200;\n"


@pytest.mark.parametrize(
    ("position", "code", "said"),
    [
        (200, "log-follows", "log.sql begins where it ends, at binlog.000007:200: nothing between them is missing"),
        (150, "log-follows", "log.sql begins before it ends, at binlog.000007:200: nothing between them is missing"),
        (
            250,
            "log-gap",
            "it ends at binlog.000007:200 of the server's log, and log.sql begins at 250: the changes between are in neither",
        ),
    ],
)
def test_a_log_of_changes_holds_what_a_dump_lacks(world: World, position: int, code: str, said: str) -> None:
    """The rows that were written after the dump, from when to when, and whether the two join without a gap."""
    table = "CREATE TABLE `boats` (`id` int PRIMARY KEY);\nINSERT INTO `boats` VALUES (1);\n"
    found = world({"dump.sql": mysqldump(table, place=PLACE), "log.sql": LOG.format(position=position)})

    assert problems(found, "dump.sql")["data-loss-window"] == [
        "2 rows that log.sql holds are not in it (2 of boats), written from 2031-04-02 12:00:30 to "
        "2031-04-02 12:00:30 UTC; where it is restored and nothing else, these rows are lost"
    ]
    assert problems(found, "dump.sql")[code] == [said]
    assert [
        change[:2] for change in found.store.connection.execute("select summary, time from changes").fetchall()
    ] == [("DROP TABLE boats", datetime(2031, 4, 2, 12, 1))]


def test_rows_that_end_long_before_the_other_evidence_are_pointed_out(world: World) -> None:
    """A database that was written every minute and then not at all, while the log goes on, is not the last state."""
    early = dump(BOATS, boats(*((n, "x", n) for n in range(1, 11))))
    requests = traffic(*[0] * 90)
    found = world({"local.sql": early, "application.log": requests})

    assert problems(found, "local.sql")["rows-end-early"] == [
        "no row is newer than 2031-04-02 12:10:00 UTC, though rows came at most 1 min apart before; the other evidence "
        "goes on to 2031-04-02 12:44:58 UTC: what was written in these 34 min is not in it"
    ]


def test_a_database_that_is_rarely_written_does_not_end_early(world: World) -> None:
    """Where long pauses are usual, one at the end means nothing."""
    early = dump(BOATS, boats((1, "A", 0), (2, "B", 10)))
    found = world({"local.sql": early, "application.log": log([request(n * 30) for n in range(90)])})

    assert "rows-end-early" not in problems(found, "local.sql")


# A database that was put back and written on

ORDERS = "CREATE TABLE orders(id INTEGER PRIMARY KEY, item TEXT, total INTEGER, at TEXT);\n"


def orders(*minutes: int, first: int = 1) -> str:
    """Write an order a minute, numbered from `first` on; what was ordered depends on when."""
    return inserts("orders", *(f"{n},'item {m}',{m},'{iso(60 * m)}'" for n, m in enumerate(minutes, first)))


RESTORED = orders(*range(20)) + orders(*range(60, 80), first=21)
"""Orders of minutes 0 to 19, then those of minutes 60 to 79."""

ALL_THE_TIME = traffic(*[0] * 180)


@pytest.mark.parametrize(
    ("others", "why"),
    [
        pytest.param(
            {"application.log": ALL_THE_TIME},
            ", and application.log tells of 1,641 events in that time: either nothing was written then, or a state of about "
            "12:19:00 was put back before 13:00:00",
            id="a log goes on",
        ),
        pytest.param(
            {"application.log": ALL_THE_TIME, "before.sql": dump(ORDERS, orders(*range(30)))},
            ", and application.log tells of 1,641 events in that time: before.sql holds 10 rows of that time; a state of about "
            "12:19:00 was put back before 13:00:00",
            id="another state holds rows of that time",
        ),
        pytest.param(
            {
                "application.log": ALL_THE_TIME,
                "history.txt": "#1932901080\ncp backups/latest.db ./local.db\n#1932901090\npm2 start quay\n",
            },
            ", and application.log tells of 1,641 events in that time: it was put back at 2031-04-02 12:58:00 UTC (history.txt:1), "
            "to a state of about 12:19:00",
            id="somebody tells of it",
        ),
        pytest.param(
            {},
            ": either nothing was written then, or a state of about 12:19:00 was put back before 13:00:00",
            id="alone",
        ),
    ],
)
def test_rows_that_a_restored_database_lacks_are_bounded_by_those_around_them(
    world: World, others: dict[str, str | bytes], why: str
) -> None:
    """The newest rows are of today, and those of forty minutes are missing: nothing at its end tells that."""
    found = world({"local.sql": dump(ORDERS, RESTORED), **others})

    assert problems(found, "local.sql")["rows-missing"] == [
        "no row of it was written in the 41 min from 2031-04-02 12:19:00 to 13:00:00 UTC, though rows came at most 1 min apart "
        f"before and after{why}, and what was written in these 41 min at most is lost with the file that it replaced. orders goes "
        "on from 20 to 21: the numbers of lost rows stand on others now"
    ]
    assert found.findings.json["impact"]["data_loss"].startswith(
        "local.sql: no row of it was written in the 41 min from"
    )


def test_numbers_that_no_row_has_count_what_is_missing(world: World) -> None:
    """Where numbers go on from where they were, those of lost rows stand on none."""
    jumped = orders(*range(20)) + orders(*range(60, 80), first=58)
    found = world({"local.sql": dump(ORDERS, jumped), "application.log": ALL_THE_TIME})

    assert problems(found, "local.sql")["rows-missing"][0].endswith(
        "replaced. no row of orders has the numbers 21 to 57 (37)"
    )


@pytest.mark.parametrize(
    ("rows", "log_too"),
    [
        pytest.param(RESTORED, traffic(*[0] * 40, *[None] * 80, *[0] * 60), id="the log is silent as long"),
        pytest.param(
            RESTORED,
            traffic(*[0] * 40) + traffic(*[0] * 80, of=4, start=1200) + traffic(*[0] * 60, start=3600),
            id="the log is quiet as long, as at night",
        ),
        pytest.param(orders(*range(0, 180, 20)), ALL_THE_TIME, id="rows are rare"),
        pytest.param(RESTORED + orders(*range(110, 180), first=41), ALL_THE_TIME, id="such pauses are usual"),
    ],
)
def test_a_pause_that_has_its_reason_is_no_loss(world: World, rows: str, log_too: str) -> None:
    """Nothing is written at night, or while the service is down, or where little ever is."""
    found = world({"local.sql": dump(ORDERS, rows), "application.log": log_too})

    assert "rows-missing" not in problems(found, "local.sql")
    assert found.findings.json["impact"]["data_loss"] is None


def test_numbers_that_were_given_again_do_not_hide_rows(world: World) -> None:
    """After a restore, numbers are given once more: under the same number stands another row, and the first one is lost."""
    before = dump(ORDERS, orders(*range(30)))
    found = world({"before.sql": before, "local.sql": dump(ORDERS, RESTORED)})

    said = problems(found, "local.sql")
    assert said["state-compared"] == [
        "compared with before.sql (whose rows end earlier): orders: 20 added, 10 removed (rows told apart by id, at), and the "
        "numbers 21 to 30 name other rows than before"
    ]
    assert said["rows-lacking"] == [
        "10 rows that before.sql holds are not in it (10 of orders), written from 2031-04-02 12:20:00 to 2031-04-02 12:29:00 UTC; "
        "the newest row that it has of them is of 2031-04-02 13:19:00 UTC"
    ]


def test_rows_that_were_changed_since_are_the_same_rows(world: World) -> None:
    """A later time of change alone makes no other row of it."""
    table = "CREATE TABLE sessions(id INTEGER PRIMARY KEY, who TEXT, place TEXT, seen TEXT);\n"
    seen = [f"{n},'u{n}','quay {n}','{{}}'" for n in range(1, 9)]
    before = dump(table, inserts("sessions", *(row.format(iso(60 * n)) for n, row in enumerate(seen))))
    after = dump(table, inserts("sessions", *(row.format(iso(60 * n + (n > 4) * 600)) for n, row in enumerate(seen))))
    found = world({"before.sql": before, "after.sql": after})

    assert problems(found, "after.sql")["state-compared"] == [
        "compared with before.sql (whose rows end earlier): sessions: 3 changed (rows told apart by id)"
    ]
