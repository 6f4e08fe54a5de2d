"""Dumps of other databases: their declarations and rows are data, and nothing in them is carried out."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from forensics.evidence import databases
from forensics.evidence.databases import Reading
from forensics.evidence.databases.dumps import Reader
from forensics.evidence.databases.rows import Rows
from forensics.evidence.databases.sql_text import MYSQL, POSTGRESQL, Dialect
from forensics.model import Clock
from forensics.store import Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared import case_folders, need_shared

HEAD = """-- MySQL dump 10.13  Distrib 8.4.3, for Linux (x86_64)
--
-- Host: localhost    Database: harbour
-- ------------------------------------------------------
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40103 SET TIME_ZONE='+00:00' */;
SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5';
"""
BOATS = """DROP TABLE IF EXISTS `boats`;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `boats` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `name` varchar(40) NOT NULL,
  `fare` decimal(10,2) DEFAULT '12.50' COMMENT 'a;b',
  `put_to_sea` timestamp NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  UNIQUE KEY `called` (`name`)
) ENGINE=InnoDB AUTO_INCREMENT=4 DEFAULT CHARSET=utf8mb4 /*!50100 PARTITION BY HASH (id) */;
"""
ROWS = """LOCK TABLES `boats` WRITE;
/*!40000 ALTER TABLE `boats` DISABLE KEYS */;
INSERT INTO `boats` VALUES (1,'Anna; or not',12.50,'2031-04-02 11:58:00'),(2,'Bj\\'ørn',NULL,'2031-04-02 11:59:30'),
(3,'C\\n--',3.00,NULL);
/*!40000 ALTER TABLE `boats` ENABLE KEYS */;
UNLOCK TABLES;
"""
END = "/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;\n-- Dump completed on 2031-04-02 12:00:05\n"
WHOLE = HEAD + BOATS + ROWS + END

POSTGRESQL_HEAD = """--
-- PostgreSQL database dump
--

\\restrict abcdef
-- Dumped by pg_dump version 17.6

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TYPE public.mood AS ENUM ('calm', 'rough; sea');
CREATE FUNCTION public.wake() RETURNS trigger LANGUAGE plpgsql AS $_$ begin delete from public.boats; end; $_$;
CREATE TABLE public.boats (
    id bigint NOT NULL,
    name text NOT NULL,
    afloat boolean,
    papers bytea,
    twice bigint GENERATED ALWAYS AS ((id * 2)) STORED,
    put_to_sea timestamp with time zone
);
ALTER TABLE public.boats OWNER TO harbourmaster;
CREATE TABLE log.trips (
    id integer NOT NULL,
    boat_id bigint
);
"""
COPIED = (
    "COPY public.boats (id, name, afloat, papers, put_to_sea) FROM stdin;\n"
    "1\tAnna\tt\t\\\\x00ff\t2031-04-02 11:58:00+00\n"
    "2\tB\\tj\\\\orn\tf\t\\N\t2031-04-02 13:59:30+02\n"
    "\\.\n\n"
)
INSERTED = (
    "INSERT INTO public.boats VALUES (1, 'Anna', true, '\\x00ff', DEFAULT, '2031-04-02 11:58:00+00');\n"
    "INSERT INTO public.boats VALUES (2, E'B\\tj\\\\orn', false, NULL, DEFAULT, '2031-04-02 13:59:30+02');\n"
)
POSTGRESQL_END = """COPY log.trips (id, boat_id) FROM stdin;
1\t2
\\.

SELECT pg_catalog.setval('public.boats_id_seq', 2, true);
ALTER TABLE ONLY public.boats
    ADD CONSTRAINT boats_pkey PRIMARY KEY (id);
ALTER TABLE ONLY log.trips
    ADD CONSTRAINT of_boat FOREIGN KEY (boat_id) REFERENCES public.boats(id);
CREATE INDEX by_name ON public.boats USING btree (name);
CREATE TRIGGER wakes AFTER INSERT ON public.boats FOR EACH ROW EXECUTE FUNCTION public.wake();
\\unrestrict abcdef
--
-- PostgreSQL database dump complete
--
"""


class Read(NamedTuple):
    """One dump, read."""

    store: Store
    reading: Reading

    def rows(self, table: str) -> list[dict[str, object]]:
        found = self.store.connection.execute(
            'select "values" from database_rows where "table" = $table order by row', {"table": table}
        )
        return [json.loads(values) for (values,) in found.fetchall()]

    def counts(self) -> dict[str, int]:
        return dict(self.store.connection.execute("select name, rows from database_tables").fetchall())

    def said(self, code: str) -> list[str]:
        return [problem.message for problem in self.reading.problems if problem.code == code]


def read(folder: Path, text: str | bytes) -> Read:
    """Read a dump that is the only evidence."""
    place = folder / "database-state.sql"
    place.write_bytes(text.encode() if isinstance(text, str) else text)
    assert databases.is_dump(place.read_bytes()[:65536])
    store = Store()
    return Read(store, databases.read(store, "database-state.sql", place, folder, {}, is_dump=True))


def test_a_dump_of_mysql_is_read_as_data(tmp_path: Path) -> None:
    """Declarations, rows and the server's own settings are told apart; the rows come out as they went in."""
    found = read(tmp_path, WHOLE)

    assert (found.reading.kind, found.reading.fmt, found.reading.status) == ("document", "mysql-dump", "ok")
    assert found.rows("boats") == [
        {"id": 1, "name": "Anna; or not", "fare": 12.5, "put_to_sea": "2031-04-02 11:58:00"},
        {"id": 2, "name": "Bj'ørn", "fare": None, "put_to_sea": "2031-04-02 11:59:30"},
        {"id": 3, "name": "C\n--", "fare": 3.0, "put_to_sea": None},
    ]
    assert [problem.code for problem in found.reading.problems] == ["foreign-dump"]
    assert found.store.rows("database_known")[0][1:4] == ("mysql", True, datetime(2031, 4, 2, 12, 0, 5))
    assert found.store.connection.execute("select time, kind, text from events").fetchall() == [
        (datetime(2031, 4, 2, 12, 0, 5), "action", "A dump of the database was completed (1 table)")
    ]


def test_the_times_of_a_dump_are_on_the_clock_that_it_states(tmp_path: Path) -> None:
    """A timestamp of MySQL is written in the zone that the dump sets; without that, UTC is assumed."""
    stated = read(tmp_path, WHOLE).reading
    silent = read(tmp_path, WHOLE.replace("/*!40103 SET TIME_ZONE='+00:00' */;\n", "")).reading

    assert stated.covers == (datetime(2031, 4, 2, 11, 58), datetime(2031, 4, 2, 11, 59, 30))
    assert [one.clock for one in (stated, silent)] == [Clock("UTC", "stated"), Clock("UTC", "assumed")]


@pytest.mark.parametrize("rows", [COPIED, INSERTED], ids=["copied", "inserted"])
def test_a_dump_of_postgresql_is_read_as_data(tmp_path: Path, rows: str) -> None:
    """COPY blocks and INSERTs give the same rows; a column that is worked out is not among them."""
    found = read(tmp_path, POSTGRESQL_HEAD + rows + POSTGRESQL_END)

    assert (found.reading.kind, found.reading.fmt, found.reading.status) == ("document", "postgresql-dump", "ok")
    papers = {"blob": "00ff", "bytes": 2}
    assert found.rows("boats") == [
        {"id": 1, "name": "Anna", "afloat": True, "papers": papers, "put_to_sea": "2031-04-02 11:58:00+00"},
        {"id": 2, "name": "B\tj\\orn", "afloat": False, "papers": None, "put_to_sea": "2031-04-02 13:59:30+02"},
    ]
    assert found.counts() == {"boats": 2, "log.trips": 1}
    assert found.reading.covers == (datetime(2031, 4, 2, 11, 58), datetime(2031, 4, 2, 11, 59, 30))
    assert found.reading.clock == Clock("UTC", "stated")
    assert found.said("note") == ["recorded, never made: 1 function, 1 index, 1 trigger"]


def test_keys_that_are_added_afterwards_are_known(tmp_path: Path) -> None:
    """What ALTER TABLE adds to a table is known of it as if it stood in its declaration: here, that a trip has no boat."""
    found = read(tmp_path, POSTGRESQL_HEAD + COPIED + POSTGRESQL_END.replace("1\t2\n", "1\t9\n"))

    assert found.said("broken-rule") == [
        "1 row of table log.trips name rows that are not there (boat_id → boats.id), such as 9"
    ]


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        pytest.param("UPDATE `boats` SET `name`='x';", "UPDATE is never carried out", id="changing rows"),
        pytest.param("DELETE FROM `boats`;", "DELETE is never carried out", id="deleting rows"),
        pytest.param("LOAD DATA INFILE '/etc/passwd' INTO TABLE boats;", "LOAD is never carried out", id="a file"),
        pytest.param("SELECT 1 INTO OUTFILE '/tmp/x';", "SELECT is never carried out", id="writing a file"),
        pytest.param(
            "DROP TABLE `boats`;", "DROP TABLE is never carried out: the 3 rows read before it stand", id="a drop"
        ),
        pytest.param(
            "DROP DATABASE `harbour`;",
            "DROP DATABASE is never carried out: the 3 rows read before it stand",
            id="the base",
        ),
        pytest.param(
            "INSERT INTO `boats` SELECT * FROM `boats`;", "INSERT is never carried out", id="rows that multiply"
        ),
        pytest.param("CALL wake();", "CALL is never carried out", id="a routine"),
        pytest.param("\\! touch x", "the command \\! is never carried out", id="a shell"),
    ],
)
def test_what_is_no_part_of_a_dump_is_refused_by_name(tmp_path: Path, attack: str, reason: str) -> None:
    """A statement that would do something is named with its byte, and the rows around it are read."""
    text = HEAD + BOATS + ROWS + attack + "\nINSERT INTO `boats` VALUES (9,'last',1,NULL);\n" + END
    found = read(tmp_path, text)

    assert (found.reading.status, found.counts()) == ("partial", {"boats": 4})
    at = len(text[: text.index(attack)].encode())
    assert [message.partition(": ")[0] for message in found.said("refused-statement")] == [f"at byte {at:,}"]
    assert f": {reason}: " in found.said("refused-statement")[0]


def test_a_row_that_does_not_fit_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    """A row with too few values is named with its byte; many are counted."""
    text = HEAD + BOATS + "INSERT INTO `boats` VALUES " + "(1,'x'),\n" * 30 + "(2,'B',1,NULL);\n" + END
    found = read(tmp_path, text)

    assert (found.reading.status, found.counts()) == ("partial", {"boats": 1})
    why = "the row has 2 values, and table boats has 4 columns here"
    assert found.said("refused-statement")[0].startswith(f"at byte {text.index('(1,'):,}: {why}: (1,'x')")
    assert found.said("refused-statements") == ["30 statements or rows were refused; 20 are shown"]


def test_commands_for_psql_are_refused(tmp_path: Path) -> None:
    """A program that a COPY would run and a command of psql are named, and nothing runs."""
    attack = "\\! touch /tmp/x\nCOPY public.boats FROM PROGRAM 'touch /tmp/x';\nCOPY public.boats TO '/tmp/x';\n"
    found = read(tmp_path, POSTGRESQL_HEAD + COPIED + attack + POSTGRESQL_END)

    assert found.counts() == {"boats": 2, "log.trips": 1}
    assert [message.split(": ")[1] for message in found.said("refused-statement")] == [
        "the command \\! is never carried out",
        "COPY is never carried out",
        "COPY is never carried out",
    ]


@pytest.mark.parametrize(
    ("cut", "rows"),
    [
        pytest.param("INSERT INTO `boats` VALUES (4,'D',1,NULL),(5,'E',2,NULL),(6,'F", 5, id="inside a text"),
        pytest.param("INSERT INTO `boats` VALUES (4,'D',1,NULL),(5,'E',2", 4, id="inside a row"),
        pytest.param("INSERT INTO `boats` VALUES (4,'D',1,NULL)", 4, id="between two rows"),
        pytest.param("INSERT INTO `bo", 3, id="inside a name"),
        pytest.param("CREATE TABLE `more` (`id` bigint,", 3, id="inside a declaration"),
        pytest.param("/*!40000 ALTER TABLE", 3, id="inside a conditional comment"),
        pytest.param(
            "INSERT INTO `boats` VALUES (4,'D\nINSERT INTO `boats` VALUES (9,''x'',1,NULL);", 3, id="SQL in a text"
        ),
    ],
)
def test_a_cut_dump_gives_the_rows_before_the_cut(tmp_path: Path, cut: str, rows: int) -> None:
    """Of a list of rows that breaks off, all whole rows count, and the byte is named at which the unfinished part begins."""
    text = HEAD + BOATS + ROWS + cut
    found = read(tmp_path, text)

    assert (found.reading.status, found.counts()) == ("partial", {"boats": rows})
    assert f"the dump is cut off at byte {len(text.encode()):,}, in what begins at byte" in found.said("cut")[0]


def test_a_copy_block_that_breaks_off_keeps_its_whole_lines(tmp_path: Path) -> None:
    """The line in which a COPY block is cut is left out, the lines before it are rows."""
    found = read(tmp_path, POSTGRESQL_HEAD + COPIED.partition("2\tB")[0] + "2\tBjo")

    assert (found.reading.status, found.counts()) == ("partial", {"boats": 1, "log.trips": 0})


def test_a_dump_without_its_last_line_is_not_taken_for_whole(tmp_path: Path) -> None:
    """A dump that says what made it also says when it is complete; without that it may have been cut between rows."""
    found = read(tmp_path, HEAD + BOATS + ROWS)

    assert found.reading.status == "partial"
    assert found.said("cut") == ["the dump does not say that it was completed: its end may be missing"]


def test_after_broken_text_reading_goes_on_at_the_next_statement(tmp_path: Path) -> None:
    """A lost quote costs the rows up to the next line that begins a statement, and the byte is named."""
    text = (
        HEAD
        + BOATS
        + "INSERT INTO `boats` VALUES (1,'A',1,NULL),(2,'B,2,NULL);\nINSERT INTO `boats` VALUES (3,'C',1,NULL);\n"
    )
    found = read(tmp_path, text + END)

    assert (found.reading.status, [row["id"] for row in found.rows("boats")]) == ("partial", [1, 3])
    assert found.said("refused-statement")[0].startswith("at byte ")


def test_rows_without_a_declaration_are_kept(tmp_path: Path) -> None:
    """Where a table is not declared its columns are numbered, unless the rows name them."""
    found = read(
        tmp_path, HEAD + "INSERT INTO `lost` VALUES (1,'a');\nINSERT INTO `found` (`id`,`x`) VALUES (1,'a');\n" + END
    )

    assert (found.rows("lost"), found.rows("found")) == ([{"c1": 1, "c2": "a"}], [{"id": 1, "x": "a"}])


def test_a_declaration_that_cannot_be_parsed_costs_no_rows(tmp_path: Path) -> None:
    """The reason is given, and the rows are kept under numbered columns."""
    found = read(tmp_path, HEAD + "CREATE TABLE `odd` (`id` bigint (((;\nINSERT INTO `odd` VALUES (1);\n" + END)

    assert found.rows("odd") == [{"c1": 1}]
    assert "the declaration cannot be parsed" in found.said("refused-statement")[0]


def test_triggers_views_and_routines_are_counted_and_never_made(tmp_path: Path) -> None:
    """What stands between two delimiters, and what stands in for a view, makes no table and no row."""
    text = (
        "/*!50001 CREATE VIEW `afloat` AS SELECT 1 AS `id`*/;\n"
        "/*!50001 CREATE TABLE `ashore` (`id` tinyint) ENGINE=MyISAM */;\n"
        "DELIMITER ;;\n"
        "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `wake` BEFORE INSERT ON `boats` FOR EACH ROW\n"
        "BEGIN INSERT INTO `boats` VALUES (99,'x',1,NULL); END */;;\n"
        "CREATE DEFINER=`root`@`localhost` PROCEDURE `sink`() BEGIN DELETE FROM boats; END ;;\n"
        "DELIMITER ;\n"
    )
    found = read(tmp_path, HEAD + BOATS + ROWS + text + END)

    assert (found.counts(), found.reading.status) == ({"boats": 3}, "ok")
    assert found.said("note") == ["recorded, never made: 1 procedure, 1 trigger, 1 view"]


def test_tables_of_several_databases_are_kept_apart(tmp_path: Path) -> None:
    """Tables of the first database have their own names; those of others are named with their database."""
    text = "USE `harbour`;\n" + BOATS + ROWS + "USE `yard`;\n" + BOATS + "INSERT INTO `boats` VALUES (1,'Z',1,NULL);\n"
    found = read(tmp_path, HEAD + text + END)

    assert found.counts() == {"boats": 3, "yard.boats": 1}


def test_expressions_are_kept_and_counted(tmp_path: Path) -> None:
    """A value that would have to be worked out is kept as the text that it is."""
    found = read(tmp_path, HEAD + BOATS + "INSERT INTO `boats` VALUES (1,UPPER('a'),1,NOW());\n" + END)

    assert found.rows("boats")[0]["name"] == {"sql": "UPPER('a')"}
    assert found.said("note") == ["values that are expressions, kept as text and never worked out: 2"]


@pytest.mark.parametrize(
    "failure",
    [
        "mysqldump: Got error: 1045: Access denied for user 'ops'@'192.0.2.4' (using password: YES) when trying to connect\n",
        'Password: \npg_dump: error: connection to server at "192.0.2.4", port 5432 failed: Connection refused\n',
    ],
    ids=["mysqldump", "pg_dump"],
)
def test_the_failure_of_the_program_that_dumps_is_named(tmp_path: Path, failure: str) -> None:
    """A file that holds nothing but the complaint of mysqldump or pg_dump is the news that there is no dump."""
    found = read(tmp_path, failure)

    assert (found.reading.status, [problem.code for problem in found.reading.problems]) == (
        "error-payload",
        ["command-failed"],
    )
    assert found.said("command-failed")[0].startswith("the dump was not made: ")
    assert found.reading.problems[0].leaves_open == "What did the database hold?"


def test_a_connection_that_was_lost_while_dumping_is_named(tmp_path: Path) -> None:
    """A complaint in the middle of a dump keeps it from being whole, and the rows before it count."""
    said = "mysqldump: Error 2013: Lost connection to MySQL server during query when dumping table `boats` at row: 3\n"
    found = read(tmp_path, "mysqldump: [Warning] Using a password can be insecure.\n" + HEAD + BOATS + ROWS + said)

    assert (found.reading.status, found.counts()) == ("partial", {"boats": 3})
    assert found.said("cut")[0].endswith(f"the program that made the dump complained: {said.strip()}")


def test_a_dump_may_be_saved_by_another_system(tmp_path: Path) -> None:
    """A byte order mark and CRLF at the ends of lines change nothing."""
    found = read(tmp_path, b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    copied = read(tmp_path, (POSTGRESQL_HEAD + COPIED + POSTGRESQL_END).replace("\n", "\r\n"))

    assert (found.reading.status, found.counts()) == ("ok", {"boats": 3})
    assert copied.counts() == {"boats": 2, "log.trips": 1}
    assert copied.rows("log.trips") == [{"id": 1, "boat_id": 2}]


def test_bytes_that_are_no_text_stay_visible(tmp_path: Path) -> None:
    r"""Bytes that are not UTF-8 come out as \xNN, in INSERTs and in COPY blocks alike."""
    row = b"INSERT INTO `boats` VALUES (4,'a\xff\\\\b\0',1,NULL);\n"
    found = read(tmp_path, (HEAD + BOATS).encode() + row + END.encode())
    copied = read(
        tmp_path, POSTGRESQL_HEAD.encode() + COPIED.encode().replace(b"Anna", b"a\xff\\\\b\0") + POSTGRESQL_END.encode()
    )

    assert [one.rows("boats")[0]["name"] for one in (found, copied)] == ["a\\xff\\b\\x00"] * 2


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (WHOLE, True),
        (POSTGRESQL_HEAD, True),
        ("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19-11.4\n", True),
        ("CREATE TABLE `boats` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;", True),
        ("INSERT INTO `boats` VALUES (1);", True),
        ("-- by hand\nCREATE TABLE public.boats (id integer);\nCOPY public.boats (id) FROM stdin;", True),
        ("2031-04-02 12:00:00 INFO INSERT INTO `boats` VALUES (1)\nCREATE TABLE `x` (id int);\n", False),
        ("12:00 mysqldump: Got error: 2002\n", False),
        ("mysqldump: Got error: 2002\nand then we restarted it\n", False),
        ("SELECT 1;", False),
        ("-- a note\n\n", False),
        ("", False),
    ],
)
def test_a_dump_is_known_by_what_it_says_or_begins_with(head: str, expected: bool) -> None:
    """What merely mentions a dump, such as a log, is none."""
    assert databases.is_dump(head.encode()) is expected


@pytest.mark.shared
def test_dumps_from_the_wild_are_read_whole(tmp_path: Path) -> None:
    """Of every dump and log of changes that somebody saved, each row that its text shows is in the store."""
    need_shared()
    places = [place for folder in case_folders() for place in sorted(folder.rglob("*")) if place.is_file()]
    for place in [one for one in places if databases.is_dump(one.read_bytes()[:65536])]:
        raw = place.read_bytes()
        found = read(tmp_path, raw)
        inserted = sum(
            len(re.findall(rb"\(\d+,", line)) for line in raw.splitlines() if line.startswith(b"INSERT INTO")
        )

        assert (found.reading.status, found.said("refused-statement")) == ("ok", [])
        assert sum(found.counts().values()) == inserted + raw.count(b"\tWrite_rows:")


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("INSERT INTO `t` VALUES (1,'a'x);\n" * 30_000, id="rows that are broken, each"),
        pytest.param("CREATE TABLE /* x\n" * 30_000, id="comments that never close"),
        pytest.param("CREATE TABLE t (" + "(" * 200_000 + ";\n", id="brackets that never close"),
        pytest.param("".join(f"SELECT $a{number}$ x;\n" for number in range(20_000)), id="dollars that never close"),
        pytest.param("CREATE FUNCTION $a$ $b$\n" * 20_000 + ";", id="dollars inside dollars"),
        pytest.param("CREATE " + "DEFINER=a " * 50_000 + ";\n", id="a declaration that never comes to its point"),
        pytest.param("ALTER TABLE a " + "ADD " * 50_000 + ";\n", id="a rule that never comes"),
        pytest.param("DELIMITER ;;\n" * 30_000, id="delimiters"),
        pytest.param("COPY public.t (a) FROM stdin;\n" * 20_000, id="blocks that never end"),
    ],
)
@pytest.mark.parametrize("dialect", [MYSQL, POSTGRESQL], ids=lambda dialect: dialect.name)
def test_what_was_made_to_be_slow_is_not(dialect: Dialect, hostile: str) -> None:
    """The time that a dump takes grows with its length, whatever it holds."""
    started = time.monotonic()
    with Store() as store:
        Reader((HEAD + hostile).encode(), dialect, Rows(store, "x")).read()

    assert time.monotonic() - started < 20


FRAGMENTS = [
    *(
        "'",
        '"',
        "`",
        "(",
        ")",
        ",",
        ";",
        "\n",
        "--",
        "/*",
        "/*!40101 ",
        "*/",
        "\\",
        "\\.",
        "$$",
        "1",
        "NULL",
        "\0",
        "\t",
        "é",
    ),
    *(
        "CREATE TABLE `t` (`a` int)",
        "INSERT INTO `t` VALUES (1)",
        "INSERT INTO `t` (`a`) VALUES ",
        "DROP TABLE `boats`;",
    ),
    *(
        "COPY public.t (a) FROM stdin;\n",
        "DELIMITER ;;\n",
        "DELIMITER ;\n",
        "USE `x`;",
        "SET ",
        "\\connect x\n",
        "mysqldump: error\n",
    ),
    *("ALTER TABLE t ADD PRIMARY KEY (a);", "CREATE UNIQUE INDEX i ON t (a);", "CREATE TABLE t (", "E'", "DEFAULT"),
]
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(lambda parts: "".join(parts).encode())


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), texts, texts.map(lambda text: (HEAD + BOATS + ROWS).encode() + text)))
@pytest.mark.parametrize("dialect", [MYSQL, POSTGRESQL], ids=lambda dialect: dialect.name)
def test_any_bytes_may_be_called_a_dump(dialect: Dialect, text: bytes) -> None:
    """No bytes raise anything, none are understood beyond their end, and every row that is counted is in the store."""
    with Store() as store:
        dump = Reader(text, dialect, Rows(store, "x")).read()
        stored = store.connection.execute('select count(*) from database_rows where json_valid("values")').fetchone()

    assert 0 <= dump.bytes_read <= len(text)
    assert stored == (sum(table.rows for table in dump.tables.values()),)
