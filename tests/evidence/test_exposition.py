"""Exposition text: every sample of a metrics page, with its escapes, its time where it has one, and its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from forensics.evidence import lines, tables
from forensics.evidence.content import Content
from forensics.evidence.tables import TableReading
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import at, epoch_ms, iso

Read = Callable[..., TableReading | None]
MS = epoch_ms(0)


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


@pytest.fixture
def read(store: Store, tmp_path: Path) -> Read:
    """Read a text into the store, as a table if it is one."""

    def reader(text: str | bytes) -> TableReading | None:
        place = tmp_path / "t"
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        return tables.read(store, "t", Content(place))

    return reader


def samples(store: Store) -> list[tuple[Any, ...]]:
    """Return line, name, labels, time and value of all samples."""
    return store.connection.execute("select line, name, labels, time, value from samples order by line").fetchall()


def whole(reading: TableReading | None) -> TableReading:
    """Return what is certainly exposition text."""
    assert reading is not None
    assert reading.fmt.name == "exposition"
    return reading


@pytest.mark.parametrize(
    ("line", "name", "labels", "time", "value"),
    [
        pytest.param("queue 4", "queue", None, None, 4.0, id="bare"),
        pytest.param(f"queue 4 {MS}", "queue", None, at(0), 4.0, id="milliseconds"),
        pytest.param(f"queue 4 {MS / 1000}", "queue", None, at(0), 4.0, id="seconds"),
        pytest.param('queue{pier="a"} 4', "queue", '{"pier": "a"}', None, 4.0, id="a label"),
        pytest.param('queue{pier="a",} 4', "queue", '{"pier": "a"}', None, 4.0, id="comma at the end"),
        pytest.param('queue { pier = "a" , b="c" }  4', "queue", '{"b": "c", "pier": "a"}', None, 4.0, id="blanks"),
        pytest.param('queue{p="a\\"b\\\\c\\nd"} 4', "queue", '{"p": "a\\"b\\\\c\\nd"}', None, 4.0, id="escapes"),
        pytest.param('queue{p="},x"} 4', "queue", '{"p": "},x"}', None, 4.0, id="marks inside"),
        pytest.param('queue{p="ä 🚨"} 4', "queue", '{"p": "ä 🚨"}', None, 4.0, id="beyond ASCII"),
        pytest.param('{"my.queue", pier="a"} 4', "my.queue", '{"pier": "a"}', None, 4.0, id="name in quotes"),
        pytest.param("a:b_c:sum 1.5e-3", "a:b_c:sum", None, None, 0.0015, id="exponent"),
        pytest.param("queue -4", "queue", None, None, -4.0, id="below 0"),
        pytest.param('q_bucket{le="+Inf"} 4', "q_bucket", '{"le": "+Inf"}', None, 4.0, id="the last bucket"),
        pytest.param('q_bucket{le="1"} 4 # {trace_id="x"} 0.7', "q_bucket", '{"le": "1"}', None, 4.0, id="exemplar"),
        pytest.param("queue NaN", "queue", None, None, None, id="NaN"),
        pytest.param("queue +Inf", "queue", None, None, None, id="infinity"),
    ],
)
def test_a_sample_is_read(
    store: Store, read: Read, line: str, name: str, labels: str | None, time: Any, value: float | None
) -> None:
    """A line gives its name, its labels as they were before escaping, its time if it states one, and its number."""
    whole(read(f"# TYPE other gauge\nother 1\n{line}\n"))

    assert samples(store)[1:] == [(3, name, labels, time, value)]


def test_every_line_is_counted(store: Store, read: Read) -> None:
    """Comments are separators; what is neither a sample nor a comment is kept with its place."""
    text = '# HELP q Boats.\n# TYPE q gauge\nq{p="a"} 1\n\nq{p="b"} 2\nq{p="c"} 3\nq{p="d"} 4\nq{p="\n# EOF\n'

    reading = whole(read(text))

    assert reading.lines.json() == {
        "physical": 9, "accepted": 4, "continued": 0, "blank": 1, "separator": 3, "quarantined": 1
    }  # fmt: skip
    assert store.connection.execute('select line, "offset", length, reason, shown from quarantine').fetchall() == [
        (8, text.index('q{p="\n'), 5, "no sample: name, labels, value", 'q{p="')
    ]
    assert [problem.line for problem in reading.problems if problem.code == "quarantined"] == [8]


def test_a_snapshot_says_that_it_has_no_time(store: Store, read: Read) -> None:
    """One page without stamps is one moment that nobody knows; the command that keeps the moment stands beside."""
    reading = whole(read('# TYPE q gauge\nq{p="a"} 1\nq{p="b"} 2\n'))

    assert (reading.covers, reading.clock.how) == (None, "unknown")
    assert [(p.code, p.message) for p in reading.problems] == [
        ("snapshot", "a snapshot: 2 samples of one moment, and the file does not say which")
    ]
    assert "date -u" in reading.problems[0].remedy


def test_a_line_between_scrapes_dates_them(store: Store, read: Read) -> None:
    """A loop that prints the time before each page dates its samples; what stands above the first time has none."""
    page = "# TYPE q gauge\nq 1\n"

    reading = whole(read(f"{page}{iso(0)}\n{page}# {iso(30)}\n{page}"))

    assert [(row[0], row[3]) for row in samples(store)] == [(2, None), (5, at(0)), (8, at(30))]
    assert reading.covers == (at(0), at(30))
    assert {problem.code for problem in reading.problems} == {"snapshot", "dated-between"}


def test_units_stand_in_names(store: Store, read: Read) -> None:
    """The unit is the name's last word, before what kind of total it is."""
    whole(
        read("# TYPE x counter\n" + "".join(f"{name} 1\n" for name in ("a_seconds", "b_bytes_total", "c_ratio", "d")))
    )

    found = store.connection.execute("select name, unit from samples order by line").fetchall()
    assert found == [("a_seconds", "s"), ("b_bytes_total", "bytes"), ("c_ratio", "ratio"), ("d", None)]


def test_releases_do_not_make_new_series(store: Store, read: Read) -> None:
    """A version is a label, and no part of the series."""
    whole(read('# TYPE q gauge\nq{pier="a",version="1"} 1\nq{pier="a",version="2"} 2\n'))

    assert store.connection.execute("select distinct series from samples").fetchall() == [('{"pier": "a"}',)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("queue 4\nwait 5\n", id="words and numbers"),
        pytest.param("# a comment\nqueue 4\n", id="an ordinary comment"),
        pytest.param("#!/bin/sh\necho 4\n", id="a script"),
    ],
)
def test_what_is_no_exposition_is_left_alone(read: Read, text: str) -> None:
    """Without # TYPE and without labels, words and numbers are no metrics page."""
    assert read(text) is None


LABELS = st.dictionaries(
    st.from_regex(r"[a-z_][a-z0-9_]{0,4}", fullmatch=True).filter(lambda name: name not in ("pid", "version")),
    st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=8),
    max_size=3,
)


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(LABELS, st.integers(-(10**6), 10**6)), min_size=1, max_size=8),
    chunk=st.sampled_from([9, 40, 10**6]),
)
def test_what_was_exposed_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[dict[str, str], int]], chunk: int
) -> None:
    """Whatever stands in labels comes back, wherever the chunks part the text."""

    def escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')

    told = [",".join(f'{name}="{escaped(text)}"' for name, text in labels.items()) for labels, _ in rows]
    place = tmp_path_factory.getbasetemp() / "page.txt"
    text = "# TYPE q gauge\n" + "".join(f"q{{{one}}} {value}\n" for one, (_, value) in zip(told, rows, strict=True))
    place.write_bytes(text.encode())

    with pytest.MonkeyPatch.context() as patch, Store() as store:
        patch.setattr(lines, "CHUNK", chunk)
        whole(tables.read(store, "t", Content(place)))
        rows_kept = store.connection.execute("select labels, value from samples order by line").fetchall()

    found = [(json.loads(labels or "{}"), value) for labels, value in rows_kept]
    assert found == [(labels, float(value)) for labels, value in rows]
