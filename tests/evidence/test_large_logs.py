"""Logs too large to copy say the same as small ones: by columns of bytes, chunk by chunk, and stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from forensics.evidence import formats, layouts, lines, logs, meanings, reading, recognition, texts, windows
from forensics.evidence.content import Content
from forensics.model import Parameters
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import at, iso, request

ROWS = 'path, line, last_line, "offset", length, time, level, source, message, body, "after", "before", own_clock'
LINES = "select path, line, time, level, source from log_lines order by line"
LOGINS = "select line, time from logins order by line"
LARGE = "select count(*) from quiet_events"


@contextmanager
def chunks_of(size: int) -> Iterator[None]:
    """Look at so many bytes together."""
    before, lines.CHUNK = lines.CHUNK, size
    try:
        yield
    finally:
        lines.CHUNK = before


def events(raw: bytes, place: Path, *, whole: bool = True, fmt: str = "application-log") -> list[tuple[Any, ...]]:
    """Read bytes as a log and return what the table of events holds."""
    place.write_bytes(raw)
    content = Content(place)
    try:
        with Store() as store:
            logs.read(store, "a.log", content, formats.named(fmt), whole=whole)
            return store.connection.execute(f"select {ROWS} from log_events order by line").fetchall()
    finally:
        content.close()


STAMPED = st.builds(
    "[{}] {} [{}] {}".format,
    st.datetimes(datetime(2031, 1, 1), datetime(2031, 12, 31)).map(
        lambda time: time.isoformat(timespec="milliseconds") + "Z"
    ),
    st.sampled_from(["INFO", "DEBUG", "WARN", "ERROR", "INFO ", "CRITICAL", "Info"]),
    st.one_of(
        st.sampled_from(["app", "req_1932881405120_ab3de5fgh", "", "a.b", "x" * 60, "a b"]),
        st.integers(0, 50).map(lambda length: "abcdefghijklmnopqrstuvwxyz"[: length % 27].ljust(length, "ü")),
        st.text("ab] é☃.[", max_size=56),
    ),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\0"), max_size=30),
)
ODD = st.sampled_from(
    [
        "    at ferry (/srv/ferry.js:3:1)",
        "--",
        "",
        "[SECURITY-HIGH] login_failure: refused {",
        "}",
        "[2031-02-30T12:00:00.000Z] INFO [app] a day that does not exist",
        "[2031-04-02T25:00:00.000Z] INFO [app] an hour that does not exist",
        "[2031-04-02T12:00:60.000Z] INFO [app] a leap second",
        "[2031-04-02T12:00:00.123456Z] INFO [app] finer",
        "[2031-04-02T12:00:00Z] INFO [app] coarser",
        "[9999-04-02T12:00:00.000Z] INFO [app] wild",
        "[2031-04-02T12:00:00.000Z] INFO   [app] wide",
        "[2031-04-02T12:00:00.000Z] INFO [cut",
        "[2031-04-02T1",
    ]
)
TEXTS = st.lists(st.one_of(STAMPED, ODD), max_size=30).map(lambda texts: "\n".join(texts).encode())


@settings(max_examples=30, deadline=None)
@given(raw=TEXTS)
def test_a_layout_changes_nothing(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """What is read by columns of bytes is what the pattern alone reads."""
    place = tmp_path_factory.mktemp("a") / "a.log"
    first = b"[2031-04-02T12:00:00.000Z] INFO [app] first\n" + raw + b"\n" + b" " * 300
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layouts, "learn", lambda pattern, line: None)
        expected = events(first, place)

    assert events(first, place) == expected


@settings(max_examples=30, deadline=None)
@given(raw=TEXTS, size=st.integers(40, 400))
def test_where_chunks_are_cut_changes_nothing(tmp_path_factory: pytest.TempPathFactory, raw: bytes, size: int) -> None:
    """Events, what they take in, and the times around undated ones are the same however the text is cut."""
    place = tmp_path_factory.mktemp("a") / "a.log"
    expected = events(raw, place)

    with chunks_of(size):
        assert events(raw, place) == expected


@settings(max_examples=25, deadline=None)
@given(raw=TEXTS)
def test_a_large_log_has_the_same_lines(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Of a log that is not copied, every event keeps its line, time, level and source, and falls back from
    the one before it where it did; loud ones keep their text."""
    place = tmp_path_factory.mktemp("a") / "a.log"
    place.write_bytes(raw)
    told = []
    for whole in (True, False):
        content = Content(place)
        with Store() as store, chunks_of(200):
            logs.read(store, "a.log", content, formats.named("application-log"), whole=whole)
            falls = [row[:6] for row in store.rows("clock_jumps")]  # how often they rise is not counted in a large log
            told.append((store.connection.execute(LINES).fetchall(), falls))
            texts = store.connection.execute("select line, message from log_events where level = 'ERROR' order by line")
            told.append(texts.fetchall())
        content.close()

    assert told[0] == told[2]
    assert told[1] == told[3]


WRITTEN = ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%b %d %H:%M:%S", "%H:%M:%S"]
ANY_CLOCK = st.lists(
    st.builds(
        lambda time, shape: time.strftime(shape) + " tide",
        st.datetimes(datetime(2031, 1, 1), datetime(2031, 1, 3))
        | st.datetimes(datetime(1970, 1, 2), datetime(2099, 1, 1)),
        st.sampled_from(WRITTEN),
    )
    | st.sampled_from(["    at ferry (/srv/ferry.js:3:1)", "", "--"]),
    max_size=40,
)


@settings(max_examples=30, deadline=None)
@given(texts=ANY_CLOCK, size=st.integers(40, 400))
def test_a_large_log_falls_back_as_often(tmp_path_factory: pytest.TempPathFactory, texts: list[str], size: int) -> None:
    """Where times fall back, how often and how deep, is told of a log that is not copied as of one that is, however it
    is cut: by clocks that name their zone, or none, or leave out the year or the day."""
    place = tmp_path_factory.mktemp("a") / "a.log"
    place.write_text("\n".join(texts))
    fmt = recognition.fallback([datetime(2031, 1, 1).strftime(shape) + " tide" for shape in WRITTEN])
    fmt = replace(fmt, lines=tuple(replace(pattern, level="INFO") for pattern in fmt.lines))
    told = []
    for whole in (True, False):
        content = Content(place)
        with Store() as store, chunks_of(size):
            logs.read(store, "a.log", content, fmt, whole=whole)
            told.append([row[:6] for row in store.rows("clock_jumps")])
        content.close()

    assert told[0] == told[1]


def test_what_a_large_log_means_is_heard(tmp_path: Path) -> None:
    """Requests are counted from the quiet events of a log that is not copied, too."""
    place = tmp_path / "a.log"
    place.write_text("".join(request(second, failed=second % 7 == 0) + "\n" for second in range(60)))
    content = Content(place)
    with Store() as store, chunks_of(1000):
        hear = partial(meanings.hear, store)
        logs.read(store, "a.log", content, formats.named("application-log"), whole=False, hear=hear)
        meanings.understand(store)
        counts = store.connection.execute("select count(*), count(*) filter (where failed) from requests").fetchall()
    content.close()

    assert counts == [(60, 9)]


@pytest.mark.parametrize("zone", ["+02:00", "Europe/Berlin"])
def test_a_stated_zone_moves_all_of_a_large_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """Quiet events move with the loud ones, and what they told with them, also in the night that has an hour twice;
    those whose stamps say their zone stay."""
    summer = [datetime(2031, 10, 26, 0, 30) + timedelta(minutes=minute) for minute in range(150)]
    winter = [time - timedelta(hours=1) for time in summer[90:]]
    written = [
        f"{time} {'ERROR' if n % 7 == 0 else 'INFO'} tide {n}\n"
        f"{str(time) if n % 3 else time.isoformat() + 'Z'} INFO login_success ip=192.0.2.7\n"
        for n, time in enumerate([*summer, *winter])
    ]
    folder = tmp_path / "incident"
    folder.mkdir()
    (folder / "a.log").write_text("".join(written))
    told = []
    for number, size in enumerate((10**9, 100)):
        monkeypatch.setattr(texts, "WHOLE_TEXT", size)
        work = tmp_path / f"work-{number}"
        work.mkdir()
        with Store() as store, chunks_of(3000):
            (entry,) = reading.read(folder, store, work, parameters=Parameters(clocks=f"a.log={zone}"))
            rows = [store.connection.execute(question).fetchall() for question in (LINES, LOGINS, LARGE)]
        kept = [problem for problem in entry.problems if problem.code != "text-by-offset"]
        told.append((rows, entry.covers, entry.clock, kept))

    (whole, large) = told
    assert len(whole[0][1]) == 210
    assert whole[0][2] == [(0,)]
    assert large[0][2] > [(300,)]
    assert large[0][:2] == whole[0][:2]
    assert large[1:] == whole[1:]


@pytest.fixture
def day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a log of one line a second, too large to copy, and halved down to a few lines."""
    monkeypatch.setattr(texts, "WHOLE_TEXT", 1000)
    monkeypatch.setattr(windows, "CLOSE", 4096)
    monkeypatch.setattr(windows, "PROBE", 4096)
    folder = tmp_path / "incident"
    folder.mkdir()
    text = "".join(f"[{iso(second)}] INFO [app] tick {second}\n    and more\n" for second in range(20_000))
    (folder / "app.log").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(3600, 7200, id="an hour within"),
        pytest.param(-500, 60, id="from before its beginning"),
        pytest.param(19_900, 30_000, id="to after its end"),
    ],
)
def test_an_asked_stretch_is_read_whole(day: Path, tmp_path: Path, start: int, end: int) -> None:
    """Every line of the asked stretch is there with its own number, few others are, and what was left out is said."""
    work = tmp_path / "work"
    work.mkdir()
    asked = Parameters(start=iso(start), end=iso(end))
    with Store() as store:
        (entry,) = reading.read(day, store, work, parameters=asked)
        rows = store.connection.execute("select line, time from log_lines order by line").fetchall()

    wanted = range(max(0, start), min(20_000, end + 1))
    assert set(wanted) <= {(line - 1) // 2 for line, _ in rows}
    assert all(time == at((line - 1) // 2) for line, time in rows if line % 2)
    assert len(rows) < len(wanted) + 1000
    assert "only-a-stretch" in {problem.code for problem in entry.problems}
    assert entry.lines is not None
    assert entry.lines.physical < 40_000


def test_without_an_asked_stretch_all_is_read(day: Path, tmp_path: Path) -> None:
    """Nothing is left out that nobody asked to leave out."""
    work = tmp_path / "work"
    work.mkdir()
    with Store() as store:
        (entry,) = reading.read(day, store, work)

    assert entry.lines is not None
    assert (entry.lines.physical, entry.lines.accepted, entry.lines.continued) == (40_000, 20_000, 20_000)


@given(raw=st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\r\n"]), max_size=60).map(b"".join))
def test_lines_are_counted_as_they_are_read(raw: bytes) -> None:
    """The number of lines before a stretch is the number that reading them would give."""
    before, lines.CHUNK = lines.CHUNK, 7
    try:
        assert lines.count(memoryview(raw)) == sum(len(chunk) for chunk in lines.chunks(memoryview(raw)))
    finally:
        lines.CHUNK = before
