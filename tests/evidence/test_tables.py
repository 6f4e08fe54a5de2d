"""Tables: recognised by what stands in them, every row in its place, every physical line accounted for."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from forensics.evidence import formats, lines, tables
from forensics.evidence.content import Content
from forensics.evidence.formats import Format
from forensics.evidence.tables import TableReading, rows
from forensics.evidence.tables.layout import Layout
from forensics.store import Store
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shared import SHARED, need_shared
from small_world import at, epoch_ms, iso

Read = Callable[..., TableReading | None]

TABLES = [fmt for fmt in formats.load() if fmt.structure == "table"]


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


@pytest.fixture
def read(store: Store, tmp_path: Path) -> Read:
    """Read a text as a table into the store."""

    def reader(text: str | bytes, path: str = "t") -> TableReading | None:
        place = tmp_path / "t"
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        return tables.read(store, path, Content(place))

    return reader


def whole(reading: TableReading | None) -> TableReading:
    """Return what is certainly a table."""
    assert reading is not None
    return reading


def samples(store: Store) -> list[tuple[Any, ...]]:
    """Return all samples: line, name, labels, time, value, unit."""
    return store.connection.execute(
        "select line, name, labels, time, value, unit from samples order by line, position, name"
    ).fetchall()


def codes(reading: TableReading) -> list[str]:
    """Return what is wrong with a table."""
    return [problem.code for problem in reading.problems]


def physical(raw: bytes) -> int:
    """Count physical lines, byte by byte."""
    ends = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return ends.count(b"\n") + (bool(ends) and not ends.endswith(b"\n"))


# ---- formats -------------------------------------------------------------------------------------------------------

EXAMPLES = [pytest.param(fmt, one, id=fmt.name) for fmt in TABLES for one in fmt.examples]


def plain(value: Any) -> Any:
    """Write a time as examples do."""
    return value.isoformat(timespec="milliseconds") + "Z" if hasattr(value, "isoformat") else value


@pytest.mark.parametrize(("fmt", "example"), EXAMPLES)
def test_an_example_table_is_read_as_it_says(store: Store, read: Read, fmt: Format, example: formats.Example) -> None:
    """An example table is recognised as its format, and its fields reach the store as shown."""
    reading = whole(read(example.text))

    assert reading.fmt.name == fmt.name
    names = ", ".join(f'"{name}"' for name in example.fields)
    into = fmt.records[0].into
    held = "events" if "what" in example.fields else "incident_records" if into == "issues" else into
    shown = [
        dict(zip(example.fields, map(plain, row), strict=True))
        for row in store.connection.execute(f"select {names} from {held}").fetchall()
    ]
    assert dict(example.fields) in shown


@pytest.mark.parametrize("fmt", TABLES, ids=lambda fmt: fmt.name)
def test_a_rejected_table_is_another_format(read: Read, fmt: Format) -> None:
    """A table that a format must leave alone is not read as that format, and the declaration says why."""
    assert fmt.rejects
    for reject in fmt.rejects:
        reading = read(reject.text)

        assert reject.why
        assert reading is None or reading.fmt.name != fmt.name


def test_a_table_is_recognised_without_being_kept() -> None:
    """Which format fits can be asked of a text alone."""
    found = {fmt.name: tables.recognised(fmt.examples[0].text) for fmt in TABLES}

    assert {name: one and one.name for name, one in found.items()} == {fmt.name: fmt.name for fmt in TABLES}
    assert tables.recognised("First, we looked.\nThen, we slept.\n") is None


# ---- ways to write a table -----------------------------------------------------------------------------------------

HEAD, ONE, TWO = ["time", "queue"], [iso(0), "4"], [iso(60), "5"]


def joined(delimiter: str, end: str = "\n") -> str:
    """Return the table of two rows."""
    return "".join(delimiter.join(row) + end for row in (HEAD, ONE, TWO))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param(joined(","), 2, id="commas"),
        pytest.param(joined("\t"), 2, id="tabs"),
        pytest.param(joined(";"), 2, id="semicolons"),
        pytest.param(joined(",", "\r\n"), 2, id="CRLF"),
        pytest.param(joined(",", "\r"), 2, id="lone CR"),
        pytest.param("\ufeff" + joined(","), 2, id="with a byte order mark"),
        pytest.param(joined(",").rstrip("\n"), 2, id="unterminated"),
        pytest.param("# boat=heron run=3\n" + joined(","), 3, id="under a comment"),
        pytest.param("#" + joined(","), 2, id="header in a comment"),
        pytest.param("sep=;\n" + joined(";"), 3, id="under a spreadsheet's hint"),
        pytest.param("Queue of the harbour\n\n" + joined(","), 4, id="under a title"),
        pytest.param('{"tool":"q","kind":"x"}\n' + joined(","), 3, id="under an object"),
        pytest.param('"time","queue"\n' + "".join(f'"{a}","{b}"\n' for a, b in (ONE, TWO)), 2, id="all in quotes"),
        pytest.param(
            f" time | queue \n------+------\n {ONE[0]} | 4\n {TWO[0]} | 5\n(2 rows)\n", 3, id="as psql draws it"
        ),
        pytest.param(
            f"+------+---+\n| time | queue |\n+------+---+\n| {ONE[0]} | 4 |\n| {TWO[0]} | 5 |\n+------+---+\n2 rows in set (0.00 sec)\n",
            4,
            id="as mysql draws it",
        ),
        pytest.param(
            f"| time | queue |\n|:---|---:|\n| {ONE[0]} | 4 |\n| {TWO[0]} | 5 |\n", 3, id="as Markdown draws it"
        ),
    ],
)
def test_every_way_to_write_a_table_says_the_same(store: Store, read: Read, text: str, first: int) -> None:
    """However a table is written, its rows give the same samples, at the lines where they stand."""
    reading = whole(read(text))

    assert samples(store) == [
        (first, "queue", None, at(0), 4.0, None),
        (first + 1, "queue", None, at(60), 5.0, None),
    ]
    assert (reading.records, reading.covers, reading.lines.accepted) == (2, (at(0), at(60)), 2)
    assert reading.lines.physical == physical(text.encode())


def test_the_first_row_is_never_eaten_as_a_header(store: Store, read: Read) -> None:
    """Without a header all rows are rows, the columns are numbered, and the table says what that leaves open."""
    reading = whole(read(f"{iso(0)},4\n{iso(60)},5\n{iso(120)},6\n"))

    assert [(row[0], row[1], row[4]) for row in samples(store)] == [
        (1, "column 2", 4.0),
        (2, "column 2", 5.0),
        (3, "column 2", 6.0),
    ]
    assert codes(reading) == ["no-header"]


def test_a_header_alone_is_a_table_without_rows(read: Read) -> None:
    """A query that matched nothing leaves its header: a table that says so."""
    reading = whole(read("timestamp,service,metric,value\n"))

    assert (reading.records, codes(reading)) == (0, ["no-rows"])


def test_a_header_that_stands_again_is_no_row(store: Store, read: Read) -> None:
    """Where exports were joined, the header stands in the middle: it parts them, and no row is lost or made."""
    reading = whole(read(joined(",") + f"time,queue\n{iso(120)},6\n"))

    assert [row[4] for row in samples(store)] == [4.0, 5.0, 6.0]
    assert (reading.lines.separator, reading.lines.quarantined) == (2, 0)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2031-04-02 07:30:05,120 INFO start\n2031-04-02 07:30:06,240 WARN slow\n", id="milliseconds behind a comma"),
        pytest.param("Booting, please wait\n2031-04-02 07:30:05,120 INFO a\n2031-04-02 07:30:06,240 WARN b\n", id="with a banner"),
        pytest.param('{"a":1,"b":2}\n{"a":2,"b":3}\n', id="JSON lines"),
        pytest.param("First, we looked.\nThen, we slept.\nLater, it rained.\n", id="prose"),
        pytest.param("4fe2a91 moor the ferry\n77ab012 fix, then test\n", id="commits"),
        pytest.param("580K\t./logs/a.log\n4.0K\t./logs/b.log\n", id="du"),
        pytest.param("[2031-04-02T07:30:05Z] INFO a | {\"b\":1}\n[2031-04-02T07:30:06Z] INFO a | {\"b\":2}\n", id="bars in a log"),
        pytest.param("user: nora, role: crew, age: 4\nuser: ole, role: crew, age: 5\n", id="keys and values"),
        pytest.param("", id="nothing"),
        pytest.param("\n\n\n", id="blank lines"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_left_alone(read: Read, text: str) -> None:
    """Lines that hold delimiters are no table for it."""
    assert read(text) is None


# ---- rows ----------------------------------------------------------------------------------------------------------


def quarantined(store: Store) -> list[tuple[Any, ...]]:
    """Return what was set apart."""
    return store.connection.execute(
        'select line, "offset", length, reason, shown from quarantine order by line'
    ).fetchall()


def test_a_row_with_other_columns_is_set_apart(store: Store, read: Read) -> None:
    """A ragged row is kept with its line, offset and reason; none of its values moves to another column."""
    text = joined(",") + "4\n" + f"{iso(120)},6\n{iso(180)},7,8\n" + "".join(f"{iso(n)},9\n" for n in range(240, 247))

    reading = whole(read(text))

    place = len(joined(","))
    after = text.index(iso(180))
    assert quarantined(store) == [
        (4, place, 1, "1 of 2 columns", "4"),
        (6, after, len(f"{iso(180)},7,8"), "3 of 2 columns", f"{iso(180)},7,8"),
    ]
    assert [row[4] for row in samples(store)] == [4.0, 5.0, 6.0, *[9.0] * 7]
    assert reading.lines.json() == {
        "physical": 13, "accepted": 10, "continued": 0, "blank": 0, "separator": 1, "quarantined": 2
    }  # fmt: skip
    assert codes(reading) == ["quarantined"]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        pytest.param("4", "1 of 3 columns", id="short"),
        pytest.param(f"{iso(0)},4,5,x", "4 of 3 columns", id="long"),
    ],
)
def test_a_ragged_table_of_measurements_is_a_table(store: Store, read: Read, text: str, refused: str) -> None:
    """Where half of the rows have other cells than the header, the other half is read, and each of them is named."""
    reading = whole(read("time,queue,wait\n" + "".join(f"{iso(n)},{n},7\n{text}\n" for n in range(10))))

    assert [row[4] for row in samples(store) if row[1] == "queue"] == [float(n) for n in range(10)]
    assert [row[3] for row in quarantined(store)] == [refused] * 10
    assert codes(reading) == ["quarantined"]


def test_commas_inside_numbers_and_between_them_are_not_told_apart(store: Store, read: Read) -> None:
    """Rows that all have more cells than their header are set apart: nobody knows which comma is a decimal one."""
    reading = whole(read("time,wait\n" + "".join(f"{iso(n)},1,5\n" for n in range(4))))

    assert [row[3] for row in quarantined(store)] == ["3 of 2 columns"] * 4
    assert codes(reading) == ["quarantined"]


def test_a_delimiter_at_the_end_of_each_row_is_no_measurement(store: Store, read: Read) -> None:
    """Rows that end with a delimiter which their header lacks are read under that header."""
    whole(read("time,queue\n" + "".join(f"{iso(n)},{n},\n" for n in range(4))))

    assert [(row[1], row[4]) for row in samples(store)] == [("queue", float(n)) for n in range(4)]


def test_a_value_over_several_lines_is_one_row(store: Store, read: Read) -> None:
    """Line ends inside quotes belong to the value; the lines that they add are counted as continued."""
    text = f'time,message,host\n{iso(0)},"a, then\n\n  ""b""",x\n{iso(1)},c,x\n'

    reading = whole(read(text))

    found = store.connection.execute(
        'select line, last_line, "offset", length, message, body from log_events'
    ).fetchall()
    begin = text.index(iso(0))
    assert found == [
        (2, 4, begin, text.index("\n" + iso(1)) - begin, "a, then", '\n  "b"'),
        (5, 5, text.index(iso(1)), len(f"{iso(1)},c,x"), "c", None),
    ]
    assert reading.lines.json() == {
        "physical": 5, "accepted": 2, "continued": 2, "blank": 0, "separator": 1, "quarantined": 0
    }  # fmt: skip


def test_a_quote_that_is_never_closed_costs_one_line(store: Store, read: Read) -> None:
    """A stray quote neither swallows what follows nor loses its own row where the columns are clear."""
    text = f'time,what,n\n{iso(0)},"open,1\n{iso(1)},5" pipe,2\n{iso(2)},"a, b",3\n{iso(3)},c,4\n'

    reading = whole(read(text))

    told = store.connection.execute("select line, value from samples order by line").fetchall()
    assert told == [(2, 1.0), (3, 2.0), (4, 3.0), (5, 4.0)]
    assert reading.lines.quarantined == 0


def test_nul_bytes_are_set_apart(store: Store, read: Read) -> None:
    """A line that holds NULs is kept and shown, never read."""
    reading = whole(read(joined(",").encode() + iso(120).encode() + b",\0\0\n"))

    assert reading.lines.quarantined == 1
    assert quarantined(store)[0][3].startswith("holds NUL bytes")


VALUES = st.lists(
    st.sampled_from(["1", "ab", "", "a b", "é", "a,b", "l1\nl2", "l1\r\nl2", '"q"', '""', "# x", "--", "\n", "\n\n", " "]),
    min_size=3,
    max_size=3,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    table=st.lists(VALUES.filter(any), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    chunk=st.sampled_from([7, 20, 50, 10**6]),
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], end: str, chunk: int
) -> None:
    """Every table that Python's own writer writes comes back cell by cell, wherever the chunks part it."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=end).writerows(table)
    raw = buffer.getvalue().encode()
    place = tmp_path_factory.getbasetemp() / "written.csv"
    place.write_bytes(raw)
    tally = rows.Tally()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "CHUNK", chunk)
        found = [
            [row[rows.column(position)].replace("\r\n", "\n") for position in range(3)]
            for batch in rows.batches(Content(place).view, Layout(",", ("a", "b", "c"), 1), tally)
            for row in batch.to_pylist()
        ]

    assert found == [[cell.replace("\r\n", "\n") for cell in row] for row in table]
    assert tally.count.physical == physical(raw)


PIECES = [
    b'"', b'""', b",", b"\n", b"\r\n", b"\r", b"\0", b"\xff", b";", b"#", b"a", b"1", b"-1", b"NaN", b"\t", b"|", b"--\n",
    "\u2028".encode(), b'\\"', b"9" * 20, b"1e999", b'{"log":', b"0001-01-01T00:00:00Z", b"\xef\xbb\xbf",
]  # fmt: skip
SEEDS = [example.text.encode() for fmt in TABLES for example in fmt.examples] + [joined(";").encode()]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An example table into which pieces came, and out of which others went."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 5))):
        place, cut = draw(st.integers(0, len(raw))), draw(st.sampled_from([0, 0, 1, 5]))
        raw = raw[:place] + draw(st.sampled_from(PIECES)) + raw[place + cut :]
    return raw


@settings(max_examples=30, deadline=None)
@given(raw=damaged(), chunk=st.sampled_from([16, 100, 10**6]))
@example(raw=b'a,b\n"\n1,2\n', chunk=16)
def test_every_line_of_a_damaged_table_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, chunk: int
) -> None:
    """Whatever happened to a table, each physical line is counted once, and each refused one has its place."""
    place = tmp_path_factory.getbasetemp() / "damaged.csv"
    place.write_bytes(raw)

    with pytest.MonkeyPatch.context() as patch, Store() as store:
        patch.setattr(lines, "CHUNK", chunk)
        reading = tables.read(store, "t", Content(place))
        refused = quarantined(store)

    if reading is not None:
        assert reading.lines.physical == physical(raw)
        assert len({line for line, *_ in refused}) == len(refused) == reading.lines.quarantined
        assert all(b"\n" not in raw[begin : begin + length] for _, begin, length, *_ in refused)


# ---- times ---------------------------------------------------------------------------------------------------------

MOMENT = epoch_ms(0)


@pytest.mark.parametrize(
    ("stamps", "how"),
    [
        pytest.param([str(MOMENT // 1000), str(MOMENT // 1000 + 1)], "stated", id="seconds"),
        pytest.param([f"{MOMENT // 1000}.0", f"{MOMENT // 1000 + 1}.000"], "stated", id="seconds with a part"),
        pytest.param([str(MOMENT), str(MOMENT + 1000)], "stated", id="milliseconds"),
        pytest.param([f"{MOMENT}000", f"{MOMENT + 1000}000"], "stated", id="microseconds"),
        pytest.param([f"{MOMENT}000000", f"{MOMENT + 1000}000000"], "stated", id="nanoseconds"),
        pytest.param(["2031-04-02T12:00:00Z", "2031-04-02T12:00:01Z"], "stated", id="ISO, UTC"),
        pytest.param(["2031-04-02T17:30:00+05:30", "2031-04-02T17:30:01+0530"], "stated", id="ISO, an offset"),
        pytest.param(
            ["2031-04-02 12:00:00.000 +0000 UTC m=+0.1", "2031-04-02 12:00:01 +0000 UTC m=+1.1"], "stated", id="Go"
        ),
        pytest.param(["2031-04-02 12:00:00 UTC", "2031-04-02 12:00:01 UTC"], "stated", id="UTC in words"),
        pytest.param(["02/Apr/2031:14:00:00 +0200", "02/Apr/2031:14:00:01 +0200"], "stated", id="as web servers write"),
        pytest.param(["2031-04-02 12:00:00", "2031-04-02 12:00:01"], "assumed", id="without a zone"),
        pytest.param(["2031-04-02 12:00:00,000", "2031-04-02 12:00:01,000"], "assumed", id="comma before the part"),
        pytest.param(["2031/04/02 12:00:00", "2031/04/02 12:00:01"], "assumed", id="slashes"),
        pytest.param(["02.04.2031 12:00:00", "02.04.2031 12:00:01"], "assumed", id="full stops, day first"),
    ],
)
def test_times_are_found_by_their_values(store: Store, read: Read, stamps: list[str], how: str) -> None:
    """The same instant, however it is written, wherever its column stands; the clock says how it is known."""
    reading = whole(
        read("n;when it was\n" + "".join(f"{n};{stamp}\n" for n, stamp in zip((5, 4), stamps, strict=True)))
    )

    assert [(row[3], row[4]) for row in samples(store)] == [(at(0), 5.0), (at(1), 4.0)]
    assert reading.clock.how == how


def test_a_count_of_bytes_is_no_time(store: Store, read: Read) -> None:
    """Numbers of the size of an epoch that rise and fall, under a name of nothing with time, are measurements."""
    whole(read("bytes,time\n" + "".join(f"{1_932_000_000 + 50 * (n % 2)},{iso(n)}\n" for n in range(4))))

    assert {(row[1], row[5]) for row in samples(store)} == {("bytes", "bytes")}
    assert [row[3] for row in samples(store)] == [at(0), at(1), at(2), at(3)]


def test_date_and_time_of_day_may_stand_apart(store: Store, read: Read) -> None:
    """A date in one column and the time of day in the next make one time."""
    whole(read("date,time,n\n2031-04-02,12:00:00,1\n2031-04-02,12:00:30,2\n"))

    assert [(row[1], row[3], row[4]) for row in samples(store)] == [("n", at(0), 1.0), ("n", at(30), 2.0)]


@pytest.mark.parametrize(
    ("header", "zoned"),
    [("berth_hour_utc", True), ("hour", False), ("hour_of_day", False)],
)
def test_a_date_and_the_number_of_an_hour_make_a_time(store: Store, read: Read, header: str, *, zoned: bool) -> None:
    """Counts by the hour state the day in one column and the hour in another, wherever that stands; its name may state the zone."""
    reading = whole(
        read(f"day,berth,{header},ferries\n2031-04-02,north,9,4\n2031-04-02,north,12,8\n2031-04-02,north,13,7\n")
    )

    assert [(row[1], row[3], row[4]) for row in samples(store)] == [
        ("ferries", at(-10800), 4.0), ("ferries", at(0), 8.0), ("ferries", at(3600), 7.0)
    ]  # fmt: skip
    assert reading.clock.how == ("stated" if zoned else "assumed")


@pytest.mark.parametrize("header", ["ferries_per_hour", "hour"])
def test_what_happens_in_an_hour_is_no_hour(store: Store, read: Read, header: str) -> None:
    """Numbers that no day has are no hours, and neither is how much happened in one."""
    last = "31" if header == "hour" else "13"
    reading = whole(
        read(f"day,berth,{header},ferries\n2031-04-02,north,9,4\n2031-04-02,north,12,8\n2031-04-02,north,{last},7\n")
    )

    assert codes(reading) == ["no-time"]


def test_day_and_month_are_never_guessed(read: Read) -> None:
    """Dates that can be read both ways give no time, and the table says so; one that cannot decides for all."""
    unclear = whole(read("when,n\n02/04/2031 12:00:00,1\n03/04/2031 12:00:00,2\n"))
    clear = whole(read("when,n\n02/04/2031 12:00:00,1\n13/04/2031 12:00:00,2\n", "u"))

    assert (unclear.covers, "ambiguous-dates" in codes(unclear)) == (None, True)
    assert clear.covers is not None
    assert clear.covers[0] == at(0)


@pytest.mark.parametrize("zone", ["CST", "IST", "BST"])
def test_letters_that_several_zones_claim_are_no_zone(read: Read, zone: str) -> None:
    """A zone that may be one of several is not taken for one of them: the times are assumed, never shifted."""
    reading = read(f"when,n\n2031-04-02 12:00:00 {zone},1\n2031-04-02 12:00:01 {zone},2\n")

    assert reading is None or reading.covers in (None, (at(0), at(1)))


@pytest.mark.parametrize("stamp", ["22/04/2031 12:00", "04/22/2031 12:00 PM", "22.04.2031 12:00", "2031-04-22 12:00"])
def test_minutes_are_enough(read: Read, stamp: str) -> None:
    """Spreadsheets leave out the seconds: the time is the beginning of its minute."""
    reading = whole(read(f"n;when\n1;{stamp}\n2;{stamp}\n"))

    assert reading.covers == (at(20 * 86400), at(20 * 86400))


def test_a_row_of_units_is_no_row(store: Store, read: Read) -> None:
    """A second line of the header may hold the units."""
    whole(read("time,heap,wait\ns,MB,ms\n0,35,1\n1,36,2\n"))

    found = store.connection.execute(
        "select clock_s, name, value, unit from samples order by line, position"
    ).fetchall()
    assert found == [
        (0.0, "heap", 35.0, "MB"),
        (0.0, "wait", 1.0, "ms"),
        (1.0, "heap", 36.0, "MB"),
        (1.0, "wait", 2.0, "ms"),
    ]


def test_requests_of_a_declared_log_are_requests(store: Store, read: Read) -> None:
    """A server's own log is read as events and as requests; loopback is not external."""
    head = "#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken\n"
    whole(read(f"{head}2031-04-02 12:00:01 192.0.2.7 GET /a 500 1000\n2031-04-02 12:00:02 127.0.0.1 GET /a 200 10\n"))

    found = store.connection.execute(
        "select time, started, duration_ms, status, failed, external from requests order by line"
    ).fetchall()
    assert found == [(at(1), at(0), 1000.0, 500, True, True), (at(2), at(1.99), 10.0, 200, False, False)]


def test_two_clocks_in_one_row_are_kept_apart(store: Store, read: Read) -> None:
    """Where a row states two times that differ, one is used, and the other is named with its distance."""
    reading = whole(read("Time,Stamp,n\n" + "".join(f"{iso(n)},{MOMENT // 1000 + n + 7200},{n}\n" for n in range(3))))

    assert [row[3] for row in samples(store)] == [at(0), at(1), at(2)]
    assert [p.message for p in reading.problems] == ["Stamp stands 7,200 s after Time in 3 of 3 rows: Time is used"]


def test_a_clock_inside_messages_is_kept_apart(store: Store, read: Read) -> None:
    """Where messages begin with another time of day than their rows state, the distance is told."""
    rows = "".join(f'{iso(n)},"14:00:0{n} berth {n} taken"\n' for n in range(4))

    reading = whole(read(f"time,message\n{rows}"))

    assert [(p.code, p.message) for p in reading.problems] == [
        (
            "two-clocks",
            "the times of day inside its messages stand 7,200 s ahead of those of its rows in 4 of 4: another zone, or a wrong "
            "clock; the rows' times are used",
        )
    ]


def test_lines_inside_a_log_export_are_read_as_their_log(store: Store, read: Read) -> None:
    """A message that is a line of a known log gives its level, source and message; the time is the export's."""
    lines_of = [f"[{iso(n)}] WARN [auth] login {n} refused" for n in range(4)]

    whole(read("time,log\n" + "".join(f'{iso(n + 1)},"{line}"\n' for n, line in enumerate(lines_of))))

    found = store.connection.execute("select time, level, source, message from log_events order by line").fetchall()
    assert found == [(at(n + 1), "WARN", "auth", f"login {n} refused") for n in range(4)]


def test_numbers_beside_messages_make_no_metrics_of_a_log(store: Store, read: Read) -> None:
    """A log with a column of threads or sizes is a log: each of its messages is an event."""
    rows = "".join(f'{iso(n)},{n},ERROR,"no room for ferry {n}, again"\n' for n in range(9))
    reading = whole(read(f"time,thread,level,message\n{rows}"))

    assert (reading.fmt.name, reading.records) == ("table-logs", 9)
    assert samples(store) == []


def test_lines_of_an_export_without_times_keep_their_own(store: Store, read: Read) -> None:
    """Where an export left the column of times out, each event has the time that its line states."""
    rows = "".join(f'"heron","2031-04-02T12:00:0{n}Z ERROR no room, again"\n' for n in range(4))
    reading = whole(read(f'"_sourcehost","_raw"\n{rows}'))

    found = store.connection.execute("select time, level, source from log_events order by line").fetchall()
    assert found == [(at(n), "ERROR", "heron") for n in range(4)]
    assert reading.covers == (at(0), at(3))


def test_a_clock_of_its_own_gives_no_time_of_day(store: Store, read: Read) -> None:
    """Seconds since some start stay on their own clock, and the table says what is needed to place them."""
    reading = whole(read("# mode=x\nt_ms,heap_mb\n0,30\n1000,31\n3500,40\n"))

    found = store.connection.execute("select time, clock_s, value from samples order by clock_s").fetchall()
    assert found == [(None, 0.0, 30.0), (None, 1.0, 31.0), (None, 3.5, 40.0)]
    assert (reading.covers, reading.clock.how, codes(reading)) == (None, "unknown", ["relative-clock"])


@pytest.mark.parametrize("lasted", [["0", "12", "45"], ["45"], ["12", "45", "45"]])
def test_how_long_sessions_last_is_no_clock(store: Store, read: Read, lasted: list[str]) -> None:
    """Where each row has an identifier of its own, its Time is a length: no clock is made of it."""
    rows = "".join(f"{n}\tferry\tQuery\t{seconds}\tSELECT 1\n" for n, seconds in enumerate(lasted))
    reading = whole(read(f"Id\tUser\tCommand\tTime\tInfo\n{rows}"))

    assert (reading.fmt.name, codes(reading)) == ("table-sessions", ["no-time"])


def test_rows_without_times_are_a_document(store: Store, read: Read) -> None:
    """Results that say nothing of when are kept row by row, and no series is made of them."""
    reading = whole(read("pool,p95_ms\n10,53.6\n20,54.0\n"))

    assert store.connection.execute('select line, "values" from table_rows').fetchall() == [
        (2, '{"pool": "10", "p95_ms": "53.6"}'), (3, '{"pool": "20", "p95_ms": "54.0"}')
    ]  # fmt: skip
    assert samples(store) == []
    assert (reading.fmt.kind, reading.records, codes(reading)) == ("document", 2, ["no-time"])


# ---- values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["NaN", "Inf", "-Infinity", "n/a", "null", "-", "abc", "1e999", "9007199254740993", "1_000"]
)
def test_what_is_no_number_is_missing(store: Store, read: Read, text: str) -> None:
    """A cell without a usable number is a sample without a value, counted and named; never 0."""
    reading = whole(read("time,n\n" + "".join(f"{iso(n)},{n}\n" for n in range(1, 12)) + f"{iso(60)},{text}\n"))

    assert samples(store)[-1] == (13, "n", None, at(60), None, None)
    assert codes(reading) == ["no-number"]
    assert f"“{text}” 1 times" in reading.problems[0].message


def test_an_empty_cell_is_no_sample(store: Store, read: Read) -> None:
    """Where nothing was measured, there is no sample; the others of the row are kept."""
    whole(read(f"time,a,b\n{iso(0)},1,\n{iso(1)},,2\n"))

    assert [(row[0], row[1], row[4]) for row in samples(store)] == [(2, "a", 1.0), (3, "b", 2.0)]


@pytest.mark.parametrize(
    ("header", "cells", "name", "values", "unit"),
    [
        pytest.param("wait_ms", ["5", "6"], "wait_ms", [5.0, 6.0], "ms", id="in the name"),
        pytest.param("Wait (s)", ["5", "6"], "Wait", [5.0, 6.0], "s", id="in brackets"),
        pytest.param("wait_seconds_p99", ["5", "6"], "wait_seconds_p99", [5.0, 6.0], "s", id="before the statistic"),
        pytest.param("bytes_per_s", ["5", "6"], "bytes_per_s", [5.0, 6.0], "/s", id="per second"),
        pytest.param("95%", ["5", "6"], "95%", [5.0, 6.0], None, id="a percentile is no share"),
        pytest.param("used", ["45%", "46.5%"], "used", [45.0, 46.5], "percent", id="behind each value"),
        pytest.param("wait", ["500 ms", "1.5 s"], "wait", [500.0, 1500.0], "ms", id="behind each value, mixed"),
        pytest.param("size", ["1 KiB", "2 MiB"], "size", [1024.0, 2097152.0], "bytes", id="sizes, mixed"),
        pytest.param("wait", ["1,5", "1.002,25"], "wait", [1.5, 1002.25], None, id="decimal comma"),
    ],
)
def test_units_are_read(
    store: Store, read: Read, header: str, cells: list[str], name: str, values: list[float], unit: str | None
) -> None:
    """A unit stands in the name or behind the value; values in several units of one kind come out in one."""
    whole(read(f"time;{header}\n" + "".join(f"{iso(n)};{cell}\n" for n, cell in enumerate(cells))))

    assert [(row[1], row[4], row[5]) for row in samples(store)] == [(name, value, unit) for value in values]


def test_a_comma_decides_nothing_between_commas(store: Store, read: Read) -> None:
    """Where commas part cells, a quoted "1,5" may be one and a half or fifteen: it is missing."""
    whole(read("time,n\n" + "".join(f"{iso(n)},{n}\n" for n in range(12)) + f'{iso(60)},"1,5"\n'))

    assert samples(store)[-1][4] is None


@pytest.mark.parametrize(
    ("delimiter", "cells", "values", "unit"),
    [
        pytest.param(",", ['"1,234"', '"12,345.5"', "999"], [1234.0, 12345.5, 999.0], None, id="quoted"),
        pytest.param(",", ["7"] * 30 + ['"1,203"'], [7.0] * 30 + [1203.0], None, id="once in a while"),
        pytest.param(",", ['"1,200 ms"', "900 ms"], [1200.0, 900.0], "ms", id="before a unit"),
        pytest.param("\t", ["1,234.5", "7"], [1234.5, 7.0], None, id="shown by the point"),
    ],
)
def test_commas_between_thousands_are_read(
    store: Store, read: Read, delimiter: str, cells: list[str], values: list[float], unit: str | None
) -> None:
    """A number with commas between its thousands is that number, and the table says how it was read."""
    rows = "".join(f"{iso(n)}{delimiter}{cell}\n" for n, cell in enumerate(cells))
    reading = whole(read(f"time{delimiter}n\n{rows}"))

    assert [(row[4], row[5]) for row in samples(store)] == [(value, unit) for value in values]
    assert codes(reading) == ["thousands"]


@pytest.mark.parametrize(
    ("delimiter", "cells"),
    [
        pytest.param("\t", ["1,234", "2,345"], id="between tabs, a decimal comma as well"),
        pytest.param(",", ['"0,234"', '"0,345"'], id="behind a zero"),
        pytest.param(",", ['"1,5"', '"1,234"'], id="beside a decimal comma"),
    ],
)
def test_a_comma_that_may_be_a_decimal_one_is_no_mark_of_thousands(
    store: Store, read: Read, delimiter: str, cells: list[str]
) -> None:
    """Where a comma can be read in two ways, there is no number."""
    rows = "".join(f"{iso(n)}{delimiter}{cell}\n" for n, cell in enumerate(cells))
    whole(read(f"time{delimiter}n\n{rows}"))

    assert [row for row in samples(store) if row[4] is not None] == []


def test_words_are_labels_and_truths_are_not(store: Store, read: Read) -> None:
    """A column of words tells series apart; yes and no, and numbers that name rows, are left out and named."""
    text = "time,pier,open,row_id,n\n" + "".join(f"{iso(n)},{'ab'[n % 2]},{'tf'[n % 2]},{n},{n}\n" for n in range(4))

    reading = whole(read(text))

    assert [(row[2], row[4]) for row in samples(store)] == [
        ('{"pier": "a"}', 0.0), ('{"pier": "b"}', 1.0), ('{"pier": "a"}', 2.0), ('{"pier": "b"}', 3.0)
    ]  # fmt: skip
    assert [p.message for p in reading.problems] == [
        "columns that are neither measurements nor labels: open (true or false), row_id (numbers that name or number the rows)"
    ]


def test_releases_do_not_make_new_series(store: Store, read: Read) -> None:
    """A label that changes with a deploy stays a label, and leaves the series what it was."""
    whole(read(f"time,pier,version,n\n{iso(0)},a,1,5\n{iso(1)},a,1,5\n{iso(2)},a,2b,5\n{iso(3)},a,2b,5\n"))

    found = store.connection.execute("select distinct series from samples").fetchall()
    assert found == [('{"pier": "a"}',)]


@pytest.mark.parametrize(
    ("header", "name", "labels"),
    [
        pytest.param('{__name__="queue", pier="a"}', "queue", '{"pier": "a"}', id="as Prometheus writes it"),
        pytest.param('queue{pier="a, b"}', "queue", '{"pier": "a, b"}', id="name outside"),
        pytest.param("avg:queue{pier:a}", "avg:queue", '{"pier": "a"}', id="as Datadog writes it"),
        pytest.param('{pier="a"}', "value", '{"pier": "a"}', id="without a name"),
    ],
)
def test_headers_hold_labels(store: Store, read: Read, header: str, name: str, labels: str) -> None:
    """Dashboards write the labels of a series into its header: they are labels again."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["Time", header], [iso(0), "4"], [iso(1), "5"]])

    whole(read(buffer.getvalue()))

    assert samples(store) == [(2, name, labels, at(0), 4.0, None), (3, name, labels, at(1), 5.0, None)]


# ---- evidence of others --------------------------------------------------------------------------------------------


def shared_tables() -> list[Path]:
    """Return tables that others made: cases from the wild, and benchmarks."""
    if SHARED is None:
        return []
    found = [*SHARED.glob("cases/*/evidence/*.csv"), *SHARED.glob("benchmarks/incidents-with-changes/*/evidence/*.csv")]
    return sorted([*found, *SHARED.glob("benchmarks/petshop/*/*/metrics.csv")])


@pytest.mark.shared
def test_tables_of_others_are_read_whole(store: Store) -> None:
    """No row of a table that others made is refused, and all give records."""
    need_shared()
    for place in shared_tables():
        reading = whole(tables.read(store, str(place), Content(place)))

        assert (reading.lines.quarantined, reading.lines.physical) == (0, physical(place.read_bytes())), place
        assert reading.records > 0, place


def test_when_somebody_answered_is_no_second_clock(read: Read) -> None:
    """An incident is acknowledged and resolved later than it was created: no clock is wrong for that."""
    reading = whole(
        read(
            "Incident Number,Title,Status,Service,Created On,Acknowledged On,Resolved On\n"
            "41,Queue grows,resolved,quay,2031-04-02T12:00:05Z,2031-04-02T12:02:10Z,2031-04-02T12:40:00Z\n"
            "42,Berths are full,resolved,quay,2031-04-02T12:10:05Z,2031-04-02T12:19:10Z,2031-04-02T12:50:00Z\n"
        )
    )

    assert "two-clocks" not in codes(reading)


ISSUES = "Issue key,Summary,Issue Type,Status,Priority,Created,Resolved{}\n"
ISSUE = "OPS-{},No berth is free,Incident,Done,High,02/Apr/31 7:3{} AM,,{}\n"


@pytest.mark.parametrize("columns", [",Comment", ",Comment,Comment", ",Labels", ""])
def test_issues_need_no_comments(store: Store, read: Read, columns: str) -> None:
    """Every issue is read, whether its columns of comments hold nothing, in some rows or in all, or are not there."""
    cells = columns.count(",") - 1
    reading = whole(read(ISSUES.format(columns) + "".join(ISSUE.format(n, n, "," * cells) for n in range(4))))

    assert (reading.fmt.name, reading.records) == ("table-issues", 4)
    assert store.connection.execute("select id from incident_records order by id").fetchall() == [
        (f"OPS-{n}",) for n in range(4)
    ]
