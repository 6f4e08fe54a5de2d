"""Numbers in the outputs of commands: each declared measure gives what its examples say, and times only where they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from forensics.evidence import measures
from forensics.evidence.content import Content
from forensics.evidence.measures import Measure, Measured
from forensics.store import Store
from small_world import at

World = Callable[[dict[str, Any]], Any]
Read = Callable[..., Measured | None]

MEASURES = [pytest.param(measure, id=measure.name) for measure in measures.load()]


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


@pytest.fixture
def read(store: Store, tmp_path: Path) -> Read:
    """Look for numbers in a text of some format; `*` is a text that no format fits."""

    def reader(text: str, fmt: str = "*") -> Measured | None:
        place = tmp_path / "t"
        place.write_text(text, encoding="utf-8")
        return measures.read(store, "t", Content(place), fmt, declared_format=fmt != "*")

    return reader


def told(store: Store) -> list[tuple[Any, ...]]:
    """Return name, value, unit and labels of all samples."""
    return store.connection.execute(
        "select name, value, coalesce(unit, ''), coalesce(labels, '') from samples order by line, position"
    ).fetchall()


def clocks(store: Store) -> tuple[set[str], set[float]]:
    """Return all times, and all places on a clock of their own."""
    rows = store.connection.execute("select distinct time, clock_s from samples").fetchall()
    times = {time.isoformat(timespec="milliseconds") + "Z" for time, _ in rows if time is not None}
    return times, {place for _, place in rows if place is not None}


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_gives_what_its_examples_say(tmp_path: Path, measure: Measure) -> None:
    """Each example of a measure gives its samples, at its times or on its clock."""
    assert measure.examples
    for example in measure.examples:
        place = tmp_path / "example"
        place.write_text(example["text"].strip("\n") + "\n", encoding="utf-8")
        fmt = measure.formats[0]
        with Store() as store:
            measures.read(store, "t", Content(place), fmt, declared_format=fmt != "*")

            found = told(store)
            assert [one for one in map(tuple, example["samples"]) if one not in found] == []
            assert clocks(store) == (set(example.get("times", ())), set(example.get("clock", ())))


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_leaves_alone_what_it_rejects(tmp_path: Path, measure: Measure) -> None:
    """A line that a measure must leave alone gives no sample, whatever else is looked for; it says why."""
    assert measure.rejects
    for reject in measure.rejects:
        place = tmp_path / "rejected"
        place.write_text(reject["text"] + "\n", encoding="utf-8")
        with Store() as store:
            measures.read(store, "t", Content(place), measure.formats[0], declared_format=measure.formats[0] != "*")

            assert reject["why"]
            assert told(store) == []


# ---- tables of numbers that nothing declares -----------------------------------------------------------------------

RUN = "# pool of the ferry\nt(s)  pool(active/idle)  queue\n" + "".join(
    f"{n:5.1f}  {active:3d}/ {idle:3d}   {queue:4d}\n"
    for n, (active, idle, queue) in enumerate([(-1, -1, -1), (4, 6, 0), (10, 0, 3)])
)


def test_a_table_of_numbers_is_read_under_its_header(store: Store, read: Read) -> None:
    """Groups in a header name one column each; -1 beside nothing below 0 is unknown; the first column is the clock."""
    measured = read(RUN)

    assert measured is not None
    found = store.connection.execute(
        "select clock_s, name, value, time from samples order by line, position"
    ).fetchall()
    assert found == [
        (0.0, "pool.active", None, None), (0.0, "pool.idle", None, None), (0.0, "queue", None, None),
        (1.0, "pool.active", 4.0, None), (1.0, "pool.idle", 6.0, None), (1.0, "queue", 0.0, None),
        (2.0, "pool.active", 10.0, None), (2.0, "pool.idle", 0.0, None), (2.0, "queue", 3.0, None),
    ]  # fmt: skip
    assert [problem.code for problem in measured.problems] == ["relative-clock", "minus-one"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a b\n1 2\n3 4\n", id="two rows are no table"),
        pytest.param("a b c\n1 2\n3 4\n5 6\n", id="a header of other columns"),
        pytest.param("2031-04-02 07:30 1\n2031-04-02 07:31 2\n2031-04-02 07:32 3\n", id="times"),
        pytest.param("a b\n192.0.2.7 1\n192.0.2.8 2\n192.0.2.9 3\n", id="addresses"),
        pytest.param("", id="nothing"),
    ],
)
def test_not_every_line_of_numbers_is_a_table(store: Store, read: Read, text: str) -> None:
    """Without a header that names each number, nothing is measured."""
    assert read(text) is None
    assert told(store) == []


def test_a_time_above_dates_what_stands_below(store: Store, read: Read) -> None:
    """In a text that holds the time on lines of its own, each output has the time above it, and none has another."""
    row = " 07:30:05 up 3 days,  load average: 1.00, 2.00, 3.00\n"

    read(f"{row}2031-04-02T07:30:05+00:00\n{row}# after\n2031-04-02T07:31:05+00:00\n{row}")

    found = store.connection.execute("select line, time from samples where name = 'load.1m' order by line").fetchall()
    assert [(line, time and time.isoformat()) for line, time in found] == [
        (1, None), (3, "2031-04-02T07:30:05"), (6, "2031-04-02T07:31:05")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "stamp",
    ["2031-04-02T09:30:05+0200", "04/02/2031 07:30:05 AM", "02.04.2031 07:30:05", "Wed Apr  2 09:30:05 CEST 2031"],
)
def test_a_time_above_is_read_as_its_tool_writes_it(store: Store, read: Read, stamp: str) -> None:
    """A time above an output counts with its zone; AM and PM say that the month comes first."""
    read(f"{stamp}\n up 07:30:05 up 3 days,  load average: 1.00, 2.00, 3.00\n")

    assert clocks(store) == ({"2031-04-02T07:30:05.000Z"}, set())


def test_a_capture_covers_the_times_of_its_rows(world: World) -> None:
    """Rows with a time of day under a heading with the date, or with letters of a zone above them, date their capture."""
    heading = "Linux 6.1.0 (heron) \t2031-04-02 \t_x86_64_\t(2 CPU)\n\n"
    sar = f"{heading}12:00:00        CPU     %user     %idle\n12:00:10        all      5.00     95.00\n"
    names = " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st                CEST\n"
    row = " 4  1      0   9000    100   4000    0    0    10    20  300  400 60 10 20 10  0 2031-04-02 14:00:10\n"

    analysed = world({"sar.txt": sar, "vmstat.txt": names + row})

    told = {entry.path: (entry.covers, entry.clock.how) for entry in analysed.evidence}
    assert told == {"sar.txt": ((at(10), at(10)), "assumed"), "vmstat.txt": ((at(10), at(10)), "stated")}


def test_bars_below_the_heading_of_a_command_are_no_prefix(world: World) -> None:
    """Rows that psql writes one column a line are what it wrote, not the lines of containers."""
    rows = [
        "pid             | 22733",
        "state           | active",
        "query           | SELECT 1+",
        "                |  FROM b",
    ]

    (entry,) = world({"a.txt": "\n".join(["-[ RECORD 1 ]---+------", *rows, ""])}).evidence

    assert (entry.format, entry.status, entry.records) == ("psql-expanded", "ok", 5)


# ---- the date beside it --------------------------------------------------------------------------------------------

DF = "Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda         20G   18G  2.0G  {}% /\n"
DATE = "Wed Apr  2 {} UTC 2031\n"


def disk(store: Store) -> list[tuple[Any, ...]]:
    """Return path, value and time of all samples of disks."""
    rows = store.connection.execute(
        "select path, value, time from samples where name = 'disk.usage' order by path"
    ).fetchall()
    return [(path, value, time and f"{time:%H:%M:%S}") for path, value, time in rows]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"df.txt": DF.format(90)}, [("df.txt", 90.0, None)], id="no date"),
        pytest.param(
            {"df.txt": DF.format(90), "date.txt": DATE.format("07:30:00")},
            [("df.txt", 90.0, "07:30:00")],
            id="one date",
        ),
        pytest.param(
            {
                "df-before.txt": DF.format(40),
                "df-during.txt": DF.format(90),
                "date-before.txt": DATE.format("07:30:00"),
                "date-during.txt": DATE.format("08:30:00"),
            },
            [("df-before.txt", 40.0, "07:30:00"), ("df-during.txt", 90.0, "08:30:00")],
            id="each with its own",
        ),
        pytest.param(
            {"df.txt": DF.format(90), "date-a.txt": DATE.format("07:30:00"), "date-b.txt": DATE.format("08:30:00")},
            [("df.txt", 90.0, None)],
            id="two dates, and neither is its own",
        ),
        pytest.param(
            {"a/df.txt": DF.format(90), "b/date.txt": DATE.format("07:30:00")},
            [("a/df.txt", 90.0, None)],
            id="elsewhere",
        ),
    ],
)
def test_a_capture_has_the_time_of_the_date_beside_it(
    world: World, files: dict[str, str], expected: list[tuple[Any, ...]]
) -> None:
    """The date that was saved with a capture dates its numbers, and the capture says so; no other date does."""
    analysed = world(files)

    assert disk(analysed.store) == expected
    dated = {entry.path for entry in analysed.evidence if "time-from-date" in [p.code for p in entry.problems]}
    assert dated == {path for path, _, time in expected if time}


def test_a_date_above_one_output_dates_no_other_file(world: World) -> None:
    """A date that stands above a command's output says when that ran, and nothing of the files beside it."""
    analysed = world({"a.txt": DF.format(90), "b.txt": DATE.format("07:30:00") + DF.format(40)})

    assert disk(analysed.store) == [("a.txt", 90.0, None), ("b.txt", 40.0, "07:30:00")]


def test_the_lines_of_a_capture_stay_what_they_are(world: World) -> None:
    """Numbers are taken besides: every line of the capture is still an event that can be read."""
    analysed = world({"df.txt": DF.format(90)})

    rows = analysed.store.connection.execute("select line, source, message from log_events order by line").fetchall()
    assert rows == [(n, "df", line) for n, line in enumerate(DF.format(90).splitlines(), 1)]


BEFORE = """Filesystem      Size  Used Avail Use% Mounted on
/dev/vda         20G   12G  8.0G  60% /
               total        used        free      shared  buff/cache   available
Mem:            8000        2000        1000          12        5000        5600
"""
AFTER = BEFORE.replace("60%", "95%").replace("2000        1000", "7500         100")


def placed(one: Any) -> list[tuple[Any, ...]]:
    """Return names, times and values, in the order of their lines."""
    return one.store.connection.execute("select name, time, value from samples order by line").fetchall()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            "=== 2031-04-02 12:00 UTC ===\n", "=== 2031-04-02 12:15 UTC, after the restart ===\n", id="headings"
        ),
        pytest.param(
            "# 2031-04-02T12:00:00Z\n$ df -h; free -m\n",
            "# 2031-04-02T12:15:00Z\n$ df -h; free -m\n",
            id="remarks and prompts",
        ),
    ],
)
def test_captures_below_each_other_have_the_times_above_them(first: str, second: str, world: World) -> None:
    """One file holds two captures, each under its time: each number has the time of its own."""
    one = world({"checks.txt": first + BEFORE + "\n" + second + AFTER})

    assert placed(one) == [
        ("disk.usage", at(0), 60.0),
        ("memory.usage", at(0), pytest.approx(30.0)),
        ("disk.usage", at(900), 95.0),
        ("memory.usage", at(900), pytest.approx(30.0)),
    ]


def test_a_time_is_not_shared_by_two_captures(world: World) -> None:
    """Two outputs stand under one time, and a third under another: when the second was printed is not known, nor which it is."""
    one = world({"checks.txt": f"=== 2031-04-02 12:00 UTC ===\n{BEFORE}{AFTER}=== 2031-04-02 12:15 UTC ===\n{AFTER}"})

    assert {time for _, time, _ in placed(one)} == {None}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(BEFORE, "its 2 numbers have no time: the output", id="one output"),
        pytest.param(
            BEFORE + AFTER, "disk.usage stands in it 2 times, with other values: more than one moment", id="two outputs"
        ),
        pytest.param("2031-04-02T12:00:00Z\n" + BEFORE, "", id="a time above"),
    ],
)
def test_an_output_without_a_time_says_so(text: str, told: str, world: World) -> None:
    """Numbers that nothing dates are named; how often they were taken is, too."""
    [entry] = world({"checks.txt": text}).evidence

    messages = [problem.message for problem in entry.problems if problem.code == "no-time"]
    assert len(messages) == bool(told)
    assert all(told in message for message in messages)


def test_what_an_account_quotes_is_no_capture(world: World) -> None:
    """A write-up with headings that shows the outputs of commands stays one: nothing is measured by it."""
    quoted = f"# The night of the second\n\n## What we saw\n\nThe disk was full.\n\n```\n{BEFORE}```\n\n## What we did\n\nWe made room.\n"
    one = world({"account.md": quoted})
    [entry] = one.evidence
    assert (entry.kind, placed(one)) == ("document", [])
