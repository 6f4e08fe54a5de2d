"""Every physical line of a text is accounted for, and its bytes can be had back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from forensics.evidence import formats, lines, logs, recognition
from forensics.evidence.content import Content
from forensics.store import Store
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_world import log, request

World = Callable[[dict[str, Any]], Any]

STAMP = b"[2031-04-02T12:00:00.000Z] INFO [app] "

ENDS = [b"\n", b"\r\n", b"\r", b"\n\r", b"\r\r\n", b"--\n", b"\n--\n"]
ODD = [
    b" ",
    b"\t",
    b"\0",
    b"\0" * 40,
    b"\xff",
    b"\xc3",
    b"\xc3\xa4",
    b"\v",
    b"\f",
    b"\x1c",
    b"\x85",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
]
TEXT = [
    b"\xef\xbb\xbf",
    b"{",
    b"}",
    b"a",
    "🚨".encode(),
    b"\xed\xa0\x80",
    b"    at f (a.js:1)",
    b"[SECURITY-HIGH] a: b {",
]
STAMPED = [STAMP + b"hello", STAMP, b"[2031-04-02T12:0", b"[2031-99-99T12:00:00.000Z] INFO [app] x"]
PIECES = st.sampled_from(ENDS + ODD + TEXT + STAMPED)
TEXTS = st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map(b"".join))


def physical(raw: bytes) -> list[tuple[int, int, bytes]]:
    """Walk through bytes one by one: offset, length without its end, and content of every line."""
    found, begin, place = [], 0, 0
    while place < len(raw):
        if raw[place] not in b"\r\n":
            place += 1
            continue
        found.append((begin, place - begin, raw[begin:place]))
        place += 2 if raw[place : place + 2] == b"\r\n" else 1
        begin = place
    if begin < len(raw):
        found.append((begin, len(raw) - begin, raw[begin:]))
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose content every example replaces."""
    return tmp_path_factory.mktemp("lines") / "a.log"


@pytest.fixture(scope="module")
def read(place: Path) -> Callable[..., Any]:
    """Read bytes as the application log, or as another format, into a new store."""
    kept: list[Store] = []

    def reader(raw: bytes, fmt: str = "application-log") -> tuple[Store, logs.TextReading]:
        if kept:
            kept.pop().close()
        store = Store()
        kept.append(store)
        place.write_bytes(raw)
        content = Content(place)
        try:
            declared = recognition.fallback(recognition.sample(raw)) if fmt == formats.FALLBACK else formats.named(fmt)
            return store, logs.read(store, "a.log", content, declared)
        finally:
            content.close()

    return reader


@settings(max_examples=120, deadline=None)
@given(raw=TEXTS)
@example(raw=b"")
@example(raw=b"\r")
@example(raw=b"\r\n\r")
@example(raw=b"a\r\r\nb")
def test_lines_are_those_that_a_walk_finds(raw: bytes) -> None:
    """Lines end at LF, CRLF or a lone CR; each has the offset and the length of its own bytes, in order."""
    tables = [chunk.table for chunk in lines.chunks(memoryview(raw))]

    columns = [table.column(name).to_pylist() for table in tables for name in ("line", "offset", "length", "nul")]
    found = list(zip(*columns, strict=True)) if columns else []
    assert found == [
        (number, offset, length, b"\0" in content) for number, (offset, length, content) in enumerate(physical(raw), 1)
    ]


@settings(max_examples=30, deadline=None)
@given(raw=TEXTS, size=st.integers(1, 30))
def test_chunks_do_not_show(raw: bytes, size: int) -> None:
    """However small the chunks, the lines are the same: none is cut, lost or counted twice where two chunks meet."""
    before = lines.CHUNK
    lines.CHUNK = size
    try:
        tables = [chunk.table for chunk in lines.chunks(memoryview(raw))]
    finally:
        lines.CHUNK = before

    found = [row for table in tables for row in table.select(["line", "offset", "length"]).to_pylist()]
    assert [(row["line"], row["offset"], row["length"]) for row in found] == [
        (number, offset, length) for number, (offset, length, _) in enumerate(physical(raw), 1)
    ]


@settings(max_examples=40, deadline=None)
@given(raw=TEXTS, fmt=st.sampled_from(["application-log", "unknown-text", "pm2-log", "df"]))
def test_every_line_is_accounted_for(read: Callable[..., Any], raw: bytes, fmt: str) -> None:
    """Whatever the bytes, the kinds of lines sum to the lines that are there, and nothing is raised."""
    _, reading = read(raw, fmt)

    count = reading.count.json()
    assert count.pop("physical") == len(physical(raw)) == sum(count.values())


@settings(max_examples=25, deadline=None)
@given(raw=TEXTS)
def test_quarantined_lines_can_be_had_back(read: Callable[..., Any], raw: bytes) -> None:
    """Every quarantined line has its number, a reason, and the offset and length of exactly its bytes."""
    store, reading = read(raw)

    walked = physical(raw)
    rows = store.connection.execute('select line, "offset", length, reason from quarantine order by line').fetchall()
    assert len(rows) == reading.count.quarantined
    assert [(walked[line - 1][0], walked[line - 1][1]) for line, *_ in rows] == [(o, n) for _, o, n, _ in rows]
    assert all(reason for *_, reason in rows)


@settings(max_examples=25, deadline=None)
@given(raw=TEXTS)
def test_events_can_be_had_back(read: Callable[..., Any], raw: bytes) -> None:
    """An event's offset and length give back its own line and the lines folded into it, and no other."""
    store, _ = read(raw)

    walked = physical(raw)
    for first, last, offset, length in store.connection.execute(
        'select line, last_line, "offset", length from log_events'
    ).fetchall():
        assert (offset, offset + length) == (walked[first - 1][0], sum(walked[last - 1][:2]))


@pytest.mark.parametrize("odd", ["\v", "\f", "\x1c", "\x1d", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_only_line_ends_end_lines(read: Callable[..., Any], odd: str) -> None:
    """What some programs take for the end of a line stays inside of it."""
    store, reading = read(STAMP + f"one{odd}two\n".encode())

    assert reading.count.json() == {
        "physical": 1, "accepted": 1, "continued": 0, "blank": 0, "separator": 0, "quarantined": 0
    }  # fmt: skip
    assert store.connection.execute("select message from log_events").fetchall() == [(f"one{odd}two",)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=ascii)
def test_each_line_end_reads_alike(world: World, end: str) -> None:
    """A log reads the same whichever way its lines end."""
    text = log(request(n) for n in range(20))
    one = world({"a.log": text.replace("\n", end)})

    assert (
        one.evidence[0].lines.json() | {"physical": 20, "accepted": 20, "quarantined": 0}
        == one.evidence[0].lines.json()
    )
    assert one.store.connection.execute("select count(*) from requests").fetchall() == [(20,)]


def test_mixed_line_ends_lose_no_line(read: Callable[..., Any]) -> None:
    """LF, CRLF and a lone CR may stand in one file."""
    _, reading = read(b"".join(STAMP + b"x" + end for end in (b"\n", b"\r\n", b"\r", b"\n", b"\r\n")))

    assert (reading.count.physical, reading.count.accepted) == (5, 5)


def test_nul_lines_are_quarantined_and_shown(read: Callable[..., Any]) -> None:
    """A line that holds NULs, as a truncated file has them, is kept, counted and shown with visible bytes."""
    hole = b"\0" * 4096 + STAMP + b"after\n"
    store, reading = read(STAMP + b"before\n" + hole + STAMP + b"last\n")

    assert (reading.count.accepted, reading.count.quarantined) == (2, 1)
    ((line, length, shown),) = store.connection.execute("select line, length, shown from quarantine").fetchall()
    assert (line, length) == (2, len(hole) - 1)
    assert shown.startswith("\\x00\\x00")
    assert "\0" not in shown


def test_bytes_that_are_no_text_are_shown(read: Callable[..., Any]) -> None:
    """Bytes that are not UTF-8 are written visibly, and the lines around them are read as ever."""
    store, reading = read(STAMP + b"one\n" + STAMP + b"caf\xe9\n" + STAMP + b"three\n")

    assert reading.count.accepted == 3
    assert store.connection.execute("select message from log_events order by line").fetchall() == [
        ("one",), ("caf\\xe9",), ("three",)
    ]  # fmt: skip


def test_a_byte_order_mark_does_not_hide_the_first_time(world: World) -> None:
    """A byte order mark before the first line is no part of it: its time is read."""
    one = world({"a.log": b"\xef\xbb\xbf" + log(request(n) for n in range(3)).encode()})

    assert one.evidence[0].lines.json()["accepted"] == 3
    assert one.store.connection.execute("select count(*) from requests").fetchall() == [(3,)]


def test_utf_16_is_read(world: World) -> None:
    """A log that was saved as UTF-16 with its mark has as many events as lines."""
    one = world({"a.log": log(request(n) for n in range(60)).encode("utf-16")})

    assert one.store.connection.execute("select count(*) from requests").fetchall() == [(60,)]


def test_an_unfinished_last_line_is_read_and_said(world: World) -> None:
    """A last line without an end is read, and named as unterminated."""
    one = world({"a.log": log(request(n) for n in range(3))[:-1]})

    assert one.evidence[0].lines.json()["accepted"] == 3
    assert [problem.code for problem in one.evidence[0].problems] == ["unterminated"]


def test_a_very_long_line_is_one_line(read: Callable[..., Any]) -> None:
    """A line of three megabytes is one event; what patterns do not look at stays in the evidence, by offset."""
    raw = STAMP + b"x" * 3_000_000 + b"\n" + STAMP + b"next\n"
    store, reading = read(raw)

    assert reading.count.accepted == 2
    rows = store.connection.execute('select "offset", length, length(message) from log_events order by line').fetchall()
    assert rows[0][:2] == (0, raw.index(b"\n"))
    assert rows[0][2] <= logs.LINE_CAP


def test_a_forged_line_stays_text(world: World) -> None:
    """A message that spells out a line end and another event is one message."""
    forged = request(
        1, failed=True, error=r"boom\n[2031-04-02T12:00:02.000Z] INFO [req_1_a] Request completed | GET / | IP: 1.1.1.1"
    )
    one = world({"a.log": log([request(0), forged, request(3)])})

    assert one.store.connection.execute("select count(*) from requests").fetchall() == [(3,)]
    assert one.evidence[0].lines.json()["accepted"] == 3


STORMS = [
    *("[" * 50_000, "[2031-04-02T12:00:00.000Z] INFO [" + "a" * 60_000, " " * 65_000 + "x"),
    *('"' + '\\"' * 30_000, "[SECURITY-HIGH] " + "a." * 30_000),
]


@pytest.mark.parametrize("storm", STORMS, ids=["brackets", "letters", "spaces", "quotes", "dots"])
def test_one_wild_line_hides_no_other(world: World, storm: str) -> None:
    """A log whose first line is a storm of one character is still a log, and every other line of it is read."""
    one = world({"a.log": log([storm, *(request(n) for n in range(20))])})

    assert one.store.connection.execute("select count(*) from requests").fetchall() == [(20,)]


def test_a_stack_trace_is_one_event(read: Callable[..., Any]) -> None:
    """The lines of a stack trace belong to the message above them, and are counted as its continuation."""
    store, reading = read(STAMP + b"boom\nTypeError: no\n    at f (a.js:1)\n    at g (b.js:2)\n" + STAMP + b"next\n")

    assert (reading.count.accepted, reading.count.continued) == (3, 2)
    assert store.connection.execute("select line, last_line from log_events order by line").fetchall() == [
        (1, 1), (2, 4), (5, 5)
    ]  # fmt: skip
