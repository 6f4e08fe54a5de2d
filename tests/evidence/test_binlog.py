"""A decoded log of changes: which rows were written and when, and what else was done to the database."""

from __future__ import annotations

import base64
import json
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from forensics.evidence import databases
from forensics.evidence.databases import binlog
from forensics.evidence.databases.rows import Rows
from forensics.model import Clock
from forensics.store import Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NOON = datetime(2031, 4, 2, 12, tzinfo=UTC)
WRITE, UPDATE, DELETE = 30, 31, 32
TOP = """# The proper term is pseudo_replica_mode, but we use this compatibility alias
/*!50530 SET @@SESSION.PSEUDO_SLAVE_MODE=1*/;
DELIMITER /*!*/;
# at 4
#310402 12:00:00 server id 1  end_log_pos 127 CRC32 0x0a17e165 	Start: binlog v 4, server v 8.4.3 created 310402 12:00:00
ROLLBACK/*!*/;
"""
BOTTOM = "DELIMITER ;\n# End of log file\n/*!50003 SET COMPLETION_TYPE=@OLD_COMPLETION_TYPE*/;\n"


# What the server writes, after its own description of the format.


def event(kind: int, body: bytes) -> bytes:
    """Give an event with its header, without a checksum."""
    return struct.pack("<IBIIIH", int(NOON.timestamp()), kind, 1, 19 + len(body), 0, 0) + body


def table_map(types: bytes, metadata: bytes = b"", further: bytes = b"", table: bytes = b"boats") -> bytes:
    """Give the event that says which columns a table has."""
    names = b"\x07harbour\0" + bytes([len(table)]) + table + b"\0"
    nullable = bytes((len(types) + 7) // 8)
    columns = bytes([len(types)]) + types + bytes([len(metadata)]) + metadata + nullable + further
    return event(19, (7).to_bytes(6, "little") + b"\1\0" + names + columns)


def rows_event(kind: int, columns: int, *images: bytes) -> bytes:
    """Give the event that holds rows; each image is a null bitmap and values."""
    present = bytes([(1 << columns) - 1]) * (2 if kind == UPDATE else 1)
    return event(kind, (7).to_bytes(6, "little") + b"\1\0\2\0" + bytes([columns]) + present + b"".join(images))


def text(*events: bytes) -> str:
    """Give events as mysqlbinlog writes them."""
    return f"BINLOG '\n{base64.encodebytes(b''.join(events)).decode()}'/*!*/;\n"


def happens(position: int, seconds: float, what: str, body: str) -> str:
    """Give one event of the log, with its place and time."""
    clock = f"12:{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
    return (
        f"# at {position}\n#310402 {clock} server id 1  end_log_pos {position + 50} CRC32 0x0a17e165 \t{what}\n{body}"
    )


def begins(position: int, seconds: float) -> str:
    """Give the beginning of a transaction."""
    stamp = NOON.timestamp() + seconds
    return happens(position, seconds, "Query\tthread_id=3", f"SET TIMESTAMP={stamp:.6f}/*!*/;\nBEGIN\n/*!*/;\n")


def commits(position: int, seconds: float) -> str:
    """Give the end of a transaction."""
    return happens(position, seconds, "Xid = 7", "COMMIT/*!*/;\n")


def statement(position: int, seconds: float, sql: str) -> str:
    """Give a statement that the log keeps as it was written."""
    stamp = NOON.timestamp() + seconds
    return happens(position, seconds, "Query\tthread_id=3", f"SET TIMESTAMP={stamp:.6f}/*!*/;\n{sql}\n/*!*/;\n")


class Read:
    """One log, read as the only evidence."""

    def __init__(self, folder: Path, log: str) -> None:
        place = folder / "changes.sql"
        place.write_text(log, encoding="utf-8")
        assert databases.is_dump(place.read_bytes()[:65536])
        self.store = Store()
        self.reading = databases.read(self.store, "changes.sql", place, folder, {}, is_dump=True)

    def rows(self, table: str = "boats") -> list[list[object]]:
        found = self.store.connection.execute(
            'select "values" from database_rows where "table" = $table order by row', {"table": table}
        )
        return [list(json.loads(values).values()) for (values,) in found.fetchall()]

    def times(self) -> list[datetime]:
        found = self.store.connection.execute("select time from database_rows order by row").fetchall()
        return [time for (time,) in found]

    def deeds(self) -> list[tuple[object, ...]]:
        return self.store.connection.execute(
            "select line, id, time, kind, summary from changes order by line"
        ).fetchall()

    def said(self, code: str) -> list[str]:
        return [problem.message for problem in self.reading.problems if problem.code == code]


def short(value: bytes) -> bytes:
    return bytes([len(value)]) + value


def announced(position: int, seconds: float) -> str:
    """Give the event by which a server with transaction ids announces a transaction, and when that was committed."""
    micros = int((NOON.timestamp() + seconds) * 1_000_000)
    stamps = f"# original_commit_timestamp={micros} (said)\n# immediate_commit_timestamp={micros} (said)\n"
    return happens(position, seconds, "GTID\tlast_committed=1\tsequence_number=2", stamps)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        pytest.param("", [5], id="left out"),
        pytest.param(statement(350, 5, "DROP TABLE boats"), [], id="here"),
    ],
)
def test_a_transaction_of_which_nothing_is_here_is_named(tmp_path: Path, rest: str, said: list[int]) -> None:
    """A log that was cut before the harm still says when the harm came: it covers that moment, and says what is missing."""
    log = TOP + announced(200, 1) + statement(250, 1, "CREATE TABLE boats (id int)") + announced(300, 5) + rest + BOTTOM

    read = Read(tmp_path, log)

    assert read.reading.covers == tuple((NOON + timedelta(seconds=seconds)).replace(tzinfo=None) for seconds in (1, 5))
    left_out = [note for note in read.said("note") if "nothing of what it did" in note]
    assert [
        "its last transaction begins at 300, at 2031-04-02 12:00:05 UTC, and nothing of what it did is here" in note
        for note in left_out
    ] == [True for _ in said]


def test_rows_come_out_of_the_log_as_they_went_in(tmp_path: Path) -> None:
    """Written rows are kept with the moment of their transaction; altered and removed ones are counted."""
    boats = table_map(bytes([8, 15, 3]), struct.pack("<H", 160))
    one, two = (
        b"\0" + struct.pack("<q", 1) + short("Bjørn".encode()) + struct.pack("<i", -5),
        b"\4" + struct.pack("<q", 2) + short(b"C"),
    )
    log = (
        begins(200, 1)
        + happens(250, 1, "Write_rows: table id 7 flags: STMT_END_F", text(boats, rows_event(WRITE, 3, one, two)))
        + commits(300, 1)
        + begins(350, 2)
        + happens(400, 2, "Update_rows: table id 7", text(boats, rows_event(UPDATE, 3, one, two)))
        + happens(450, 2, "Delete_rows: table id 7", text(boats, rows_event(DELETE, 3, one, two)))
        + commits(500, 2)
    )
    found = Read(tmp_path, TOP + log + BOTTOM)

    assert (found.reading.kind, found.reading.fmt, found.reading.status) == ("changes", "mysql-binlog", "ok")
    assert found.rows() == [[1, "Bjørn", -5], [2, "C", None]]
    assert found.times() == [datetime(2031, 4, 2, 12, 0, 1)] * 2
    assert found.reading.covers == (datetime(2031, 4, 2, 12, 0, 1), datetime(2031, 4, 2, 12, 0, 2))
    assert found.reading.clock == Clock("UTC", "stated")
    assert found.said("note") == [
        "it holds positions 200 to 550 of the server's log; rows altered: 1 in boats; rows removed: 2 in boats"
    ]


@pytest.mark.parametrize(
    ("kind", "metadata", "raw", "expected"),
    [
        pytest.param(1, b"", b"\xff", -1, id="tinyint"),
        pytest.param(2, b"", b"\x01\x80", -32767, id="smallint"),
        pytest.param(9, b"", b"\xfe\xff\xff", -2, id="mediumint"),
        pytest.param(4, b"\4", struct.pack("<f", 1.5), 1.5, id="float"),
        pytest.param(5, b"\x08", struct.pack("<d", 0.1), 0.1, id="double"),
        pytest.param(13, b"", bytes([131]), 2031, id="year"),
        pytest.param(10, b"", (2031 << 9 | 4 << 5 | 2).to_bytes(3, "little"), "2031-04-02", id="date"),
        pytest.param(17, b"\0", struct.pack(">I", int(NOON.timestamp())), "2031-04-02 12:00:00", id="timestamp"),
        pytest.param(
            17, b"\3", struct.pack(">IH", int(NOON.timestamp()), 2500), "2031-04-02 12:00:00.250", id="timestamp(3)"
        ),
        pytest.param(
            18,
            b"\6",
            (0x8000000000 + (((2031 * 13 + 4) << 5 | 2) << 17 | 23 << 12 | 59 << 6 | 58)).to_bytes(5, "big") + b"\x00\x00\x07",
            "2031-04-02 23:59:58.000007",
            id="datetime(6)",
        ),
        pytest.param(19, b"\0", (0x800000 + (12 << 12 | 30 << 6 | 1)).to_bytes(3, "big"), "12:30:01", id="time"),
        pytest.param(19, b"\0", (0x800000 - (1 << 12)).to_bytes(3, "big"), "-01:00:00", id="a time before zero"),
        pytest.param(246, b"\x0a\x02", bytes([0x80, 0, 0, 12, 50]), 12.50, id="decimal(10,2)"),
        pytest.param(
            246, b"\x0a\x02", bytes(byte ^ 0xFF for byte in [0x80, 0, 0, 12, 50]), -12.50, id="a decimal below zero"
        ),
        pytest.param(
            246, b"\x14\x0a", b"\x81\x0d\xfb\x38\xd2\x07\x5b\xcd\x15\x00", 1234567890.123456789, id="decimal(20,10)"
        ),
        pytest.param(15, struct.pack("<H", 400), b"\x02\x00no", "no", id="a long varchar"),
        pytest.param(254, b"\xfe\x28", short(b"ab"), "ab", id="char"),
        pytest.param(254, b"\xf7\x01", b"\2", 2, id="enum, by its number"),
        pytest.param(252, b"\2", b"\x03\x00abc", "abc", id="a text"),
        pytest.param(252, b"\2", b"\x02\x00\xff\x00", {"blob": "ff00", "bytes": 2}, id="a blob"),
        pytest.param(16, b"\1\1", b"\x01\xff", 511, id="bit(9)"),
        pytest.param(245, b"\4", b"\x02\x00\x00\x00\x00\x01", {"blob": "0001", "bytes": 2}, id="json stays bytes"),
    ],
)  # fmt: skip
def test_every_type_of_column_is_read(tmp_path: Path, kind: int, metadata: bytes, raw: bytes, expected: object) -> None:
    """Each value has the form in which the server would show it."""
    write = rows_event(WRITE, 1, b"\0" + raw)
    found = Read(tmp_path, TOP + begins(200, 1) + text(table_map(bytes([kind]), metadata), write) + BOTTOM)

    assert found.rows() == [[expected]]


def test_columns_are_named_where_the_log_names_them(tmp_path: Path) -> None:
    """A server can write names and signs of columns into its log; without names, columns are numbered as there."""
    further = b"\x01\x01\x80" + b"\x04\x08" + short(b"id") + short(b"fare")
    named = table_map(bytes([8, 3]), further=further)
    row = rows_event(WRITE, 2, b"\0" + b"\xff" * 8 + struct.pack("<i", -1))
    found = Read(tmp_path, TOP + begins(200, 1) + text(named, row) + BOTTOM)
    unnamed = Read(tmp_path, TOP + begins(200, 1) + text(table_map(bytes([8, 3])), row) + BOTTOM)

    assert [one.store.one("database_known") and one.store.rows("database_known")[0][7] for one in (found, unnamed)] == [
        '["id", "fare"]',
        '["@1", "@2"]',
    ]
    assert (found.rows(), unnamed.rows()) == ([[2**64 - 1, -1]], [[-1, -1]])


def test_rows_that_mysqlbinlog_spells_out_are_read(tmp_path: Path) -> None:
    """Without base64 the comments of mysqlbinlog -v hold the rows; beside it they do not count twice."""
    spelled = (
        "### INSERT INTO `harbour`.`boats`\n### SET\n###   @1=1 /* LONGINT meta=0 nullable=0 is_null=0 */\n"
        "###   @2='Bj\\x0aorn \\'s' /* VARSTRING(160) meta=160 nullable=0 is_null=0 */\n###   @3=-5 (4294967291)\n###   @4=NULL\n"
        "### DELETE FROM `harbour`.`boats`\n### WHERE\n###   @1=2\n"
    )
    write = happens(250, 1, "Write_rows: table id 7", "")
    both = text(table_map(bytes([8])), rows_event(WRITE, 1, b"\0" + struct.pack("<q", 9)))
    found = Read(tmp_path, TOP + begins(200, 1) + write + spelled + commits(300, 1) + BOTTOM)
    twice = Read(tmp_path, TOP + begins(200, 1) + write + both + spelled + commits(300, 1) + BOTTOM)

    assert found.rows() == [[1, "Bj\norn 's", -5, None]]
    assert found.said("note")[0].endswith("rows removed: 1 in boats")
    assert twice.rows() == [[9]]


def test_what_is_done_beyond_rows_is_a_change(tmp_path: Path) -> None:
    """A dropped table, one that is emptied, and a statement for every row are events of the incident."""
    log = (
        statement(200, 1, "use `harbour`/*!*/;\nDROP TABLE `boats` /* generated by server */")
        + statement(300, 2, "TRUNCATE TABLE trips")
        + statement(400, 3, "DELETE FROM tickets")
        + statement(500, 4, "DELETE FROM tickets WHERE id = 1")
        + statement(600, 5, "ALTER TABLE trips\n  ADD COLUMN note text")
        + statement(700, 6, "UPDATE tickets SET fare = 0")
    )
    found = Read(tmp_path, TOP + log + BOTTOM)

    at = [datetime(2031, 4, 2, 12, 0, second) for second in (1, 2, 3, 5, 6)]
    positions = [f"log position {position}" for position in (200, 300, 400, 600, 700)]
    summaries = [
        "DROP TABLE `boats` /* generated by server */",
        "TRUNCATE TABLE trips",
        "every row: DELETE FROM tickets",
        "ALTER TABLE trips ADD COLUMN note text",
        "every row: UPDATE tickets SET fare = 0",
    ]
    kinds = ["schema", "data", "data", "schema", "data"]
    assert [deed[1:] for deed in found.deeds()] == list(zip(positions, at, kinds, summaries, strict=True))
    assert [(TOP + log).splitlines()[line - 1] for line, *_ in found.deeds()][1] == "TRUNCATE TABLE trips"
    assert found.said("note")[0].endswith("rows removed: 1 in tickets (statements)")


def test_a_transaction_that_takes_many_rows_away_is_a_change(tmp_path: Path) -> None:
    """A hundred rows that go at once are worth a line of their own; fewer are counted."""
    table, image = table_map(bytes([8])), b"\0" + struct.pack("<q", 1)
    log = begins(200, 1) + text(table, rows_event(DELETE, 1, *[image] * 120)) + commits(300, 1)
    log += begins(400, 2) + text(table, rows_event(DELETE, 1, *[image] * 20)) + commits(500, 2)
    found = Read(tmp_path, TOP + log + BOTTOM)

    assert [deed[4] for deed in found.deeds()] == ["120 rows removed from boats in one transaction"]
    assert found.said("note")[0].endswith("rows removed: 140 in boats")


def test_statements_that_spell_out_rows_give_rows(tmp_path: Path) -> None:
    """A log that keeps statements instead of rows gives the rows that they spell out."""
    found = Read(tmp_path, TOP + statement(200, 1, "INSERT INTO boats (id, name) VALUES (1,'a;b'),(2,NULL)") + BOTTOM)

    assert (found.rows(), found.reading.status) == ([[1, "a;b"], [2, None]], "ok")


def test_a_text_in_a_statement_cannot_forge_an_event(tmp_path: Path) -> None:
    """What looks like the end of a statement and another event stays text while a quote is open."""
    forged = "x\n/*!*/;\n# at 900\n#310402 13:00:00 server id 1  end_log_pos 950 \tQuery\nDROP TABLE `boats`\n/*!*/;\n"
    found = Read(tmp_path, TOP + statement(200, 1, f"INSERT INTO boats (id, name) VALUES (1,'{forged}')") + BOTTOM)

    assert (found.rows(), found.deeds()) == ([[1, forged]], [])


def test_stamps_in_local_time_are_told_by_the_seconds_beside_them(tmp_path: Path) -> None:
    """mysqlbinlog writes the clock of whoever runs it; what it says in seconds since 1970 tells how far that is from UTC."""
    local = TOP + happens(
        200, 1, "Query\tthread_id=3", f"SET TIMESTAMP={NOON.timestamp() - 7200 + 1:.0f}/*!*/;\nDROP TABLE t\n/*!*/;\n"
    )
    found = Read(tmp_path, local + BOTTOM)

    assert found.reading.clock == Clock("UTC", "stated", 7200.0)
    assert found.deeds()[0][2] == datetime(2031, 4, 2, 10, 0, 1)


def test_without_seconds_the_stamps_are_assumed_to_be_utc(tmp_path: Path) -> None:
    """Nothing then tells the zone, and that is said."""
    found = Read(tmp_path, TOP + happens(200, 1, "Query\tthread_id=3", "DROP TABLE t\n/*!*/;\n") + BOTTOM)

    assert found.reading.clock == Clock("UTC", "assumed")
    assert found.deeds()[0][2] == datetime(2031, 4, 2, 12, 0, 1)


@pytest.mark.parametrize(
    "cut", [commits(300, 1)[:-9], "BINLOG '\nAAAA", "# at 30", statement(300, 1, "INSERT INTO t VALUES ('a")[:-9]]
)
def test_a_log_that_breaks_off_is_not_taken_for_whole(tmp_path: Path, cut: str) -> None:
    """What stands before the cut counts."""
    found = Read(tmp_path, TOP + begins(200, 1) + text(table_map(b"\x01"), rows_event(WRITE, 1, b"\0\5")) + cut)

    assert (found.reading.status, found.rows()) == ("partial", [[5]])
    assert [problem.code for problem in found.reading.problems] == ["cut"]


def test_rows_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    """An event of a table that was not described, or of a type that is not known, is refused with its byte."""
    log = (
        TOP
        + begins(200, 1)
        + text(rows_event(WRITE, 1, b"\0\5"))
        + text(table_map(b"\xf2"), rows_event(WRITE, 1, b"\0\5"))
    )
    found = Read(tmp_path, log + BOTTOM)

    assert found.reading.status == "partial"
    assert [message.partition(": ")[0] for message in found.said("refused-statement")] == [
        f"at byte {place:,}" for place in (log.index("BINLOG"), log.rindex("BINLOG"))
    ]
    assert "columns of type 242 are not read" in found.said("refused-statement")[1]


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("#310402 12:00:00 server id 1  end_log_pos 5 " + "x" * 500_000, id="an event that does not end"),
        pytest.param("### INSERT INTO `a`.`b`\n###   @1=1" + " /*" * 100_000 + "\n", id="comments after a value"),
        pytest.param("### INSERT INTO `a`.`b`\n" * 30_000 + "###   @1=1\n" * 30_000, id="rows without values"),
        pytest.param("x /* '\n" * 30_000, id="quotes inside comments that do not close"),
        pytest.param("BINLOG '\nAAAA'/*!*/;\n" * 20_000, id="events that are none"),
    ],
)
def test_what_was_made_to_be_slow_is_not(hostile: str) -> None:
    """The time that a log takes grows with its length, whatever it holds."""
    started = time.monotonic()
    with Store() as store:
        binlog.Reader((TOP + hostile).encode(), Rows(store, "x")).read()

    assert time.monotonic() - started < 20


FRAGMENTS = [
    *(
        "'",
        "/*!*/;",
        "\n",
        "BINLOG '",
        "# at 5\n",
        "### INSERT INTO `a`.`b`\n###   @1=1\n",
        "SET TIMESTAMP=1932897600/*!*/;",
    ),
    *(
        "DELIMITER ;\n",
        "BEGIN\n/*!*/;\n",
        "DROP TABLE x\n/*!*/;",
        "#310402 12:00:00 server id 1  end_log_pos 5 \tXid = 1\n",
    ),
    *("use x/*!*/;", "INSERT INTO t VALUES (1)/*!*/;", "--", "/*", "`", "#", "\0", "é", text(table_map(b"\x01"))),
]


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200), st.lists(st.sampled_from(FRAGMENTS), max_size=30).map(lambda p: "".join(p).encode())
    )
)
def test_any_bytes_may_be_called_a_log(log: bytes) -> None:
    """No bytes raise anything, and every row that is counted is in the store."""
    with Store() as store:
        found = binlog.Reader(log, Rows(store, "x")).read()
        stored = store.connection.execute("select count(*) from database_rows").fetchone()

    assert stored == (sum(table.rows for table in found.tables.values()),)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    st.lists(
        st.sampled_from([1, 2, 3, 4, 5, 8, 9, 10, 13, 15, 16, 17, 18, 19, 245, 246, 252, 254]), min_size=1, max_size=4
    ),
)
def test_any_bytes_may_be_called_an_event(changes: list[tuple[int, int]], types: list[int]) -> None:
    """Whatever bytes of an event are changed, reading it raises nothing and ends."""
    raw = bytearray(table_map(bytes(types), b"\2\0" * len(types)) + rows_event(WRITE, len(types), b"\0" * 60))
    for at, byte in changes:
        raw[at % len(raw)] = byte
    with Store() as store:
        found = binlog.Reader((TOP + text(bytes(raw)) + BOTTOM).encode(), Rows(store, "x")).read()

    assert found.whole
