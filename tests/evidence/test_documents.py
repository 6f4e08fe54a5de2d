"""JSON exports, whole, cut, wrong and strange: what they hold is read, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from forensics.evidence import documents
from forensics.evidence.documents import DocumentReading
from forensics.store import Store
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import at, epoch_ms

World = Callable[[dict[str, Any]], Any]

READINGS = [("memory.usage", 41.5, 0.0), ("memory.usage", 43.0, 10.0), ("disk.usage", 12.0, 10.0)]
"""Name, value and second of what every shape below says in its own way."""


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


@pytest.fixture(scope="module")
def kept() -> Iterator[Store]:
    """A store that many examples fill."""
    with Store() as opened:
        yield opened


def clear(store: Store) -> None:
    """Forget all samples."""
    for table in ("single_samples", "series_samples", "sampled_series"):
        store.connection.execute(f"delete from {table}")


def record(name: str, value: Any, second: float) -> dict[str, Any]:
    """Return one record as the application writes it."""
    tags = {"version": "2.1.0", "environment": "production"}
    return {
        "name": name,
        "value": value,
        "type": "gauge",
        "tags": tags,
        "timestamp": epoch_ms(second),
        "unit": "percent",
    }


RECORDS = [record(*one) for one in READINGS]
BY_KEY = {
    "metrics": [
        {"key": f"{name}_{{}}", "metrics": [one for one in RECORDS if one["name"] == name]}
        for name in ("memory.usage", "disk.usage")
    ]
}
PROMETHEUS = {
    "status": "success",
    "data": {
        "resultType": "matrix",
        "result": [
            {
                "metric": {"__name__": name},
                "values": [[epoch_ms(second) / 1000, str(value)] for own, value, second in READINGS if own == name],
            }
            for name in ("memory.usage", "disk.usage")
        ],
    },
}


def samples(store: Store) -> list[tuple[Any, ...]]:
    """Return all samples of the store."""
    return store.connection.execute("select name, value, time from samples order by time, name, value").fetchall()


def expected(*readings: tuple[str, Any, float]) -> list[tuple[Any, ...]]:
    """Return readings as the store holds them."""
    return sorted(((name, value, at(second)) for name, value, second in readings), key=lambda row: (row[2], row[0]))


def read(store: Store, content: Any) -> DocumentReading | None:
    """Read a document, given as text, bytes or what it holds."""
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    return documents.read(store, "m.json", text.encode() if isinstance(text, str) else text)


# ---- shapes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(BY_KEY, id="grouped by key"),
        pytest.param(RECORDS, id="one list"),
        pytest.param(json.dumps(RECORDS, indent=2), id="one list, over many lines"),
        pytest.param("".join(json.dumps(one) + "\n" for one in RECORDS), id="one object a line"),
        pytest.param("".join(json.dumps(one) + "\r\n" for one in RECORDS), id="one object a line, CRLF"),
        pytest.param("\n".join(json.dumps(one) for one in RECORDS), id="one object a line, unterminated"),
        pytest.param(PROMETHEUS, id="Prometheus query_range"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(RECORDS).encode(), id="with a byte order mark"),
        pytest.param(json.dumps(RECORDS) + "\n\n", id="with blank lines after it"),
        pytest.param(json.dumps(RECORDS).encode() + b"\0" * 512, id="with NULs after it"),
    ],
)
def test_every_shape_says_the_same(store: Store, content: Any) -> None:
    """The shapes of an export differ; the samples that they give do not."""
    reading = read(store, content)

    assert reading is not None
    assert samples(store) == expected(*READINGS)
    assert (reading.records, reading.covers) == (3, (at(0), at(10)))
    assert (reading.refused, reading.cut_at) == ({}, None)


def test_a_line_of_objects_is_counted(store: Store) -> None:
    """Of one object a line, bad lines are quarantined with their number and blank ones counted."""
    one, two = json.dumps(RECORDS[0]), json.dumps(RECORDS[1])

    reading = read(store, f"{one}\n\n{two[:40]}\n{two}\n")

    assert reading is not None
    assert reading.lines is not None
    assert reading.lines.json() == {
        "physical": 4, "accepted": 2, "continued": 0, "blank": 1, "separator": 0, "quarantined": 1
    }  # fmt: skip
    assert store.connection.execute("select line, shown from quarantine").fetchall() == [(3, two[:40])]
    assert samples(store) == expected(*READINGS[:2])


def test_releases_do_not_make_new_series(store: Store) -> None:
    """A label that changes with a deploy leaves the series what it was; another label does not."""
    read(
        store,
        [
            {**RECORDS[0], "tags": {"mount": mount, "version": version}, "timestamp": epoch_ms(n)}
            for n, (mount, version) in enumerate([("/", "1"), ("/", "2"), ("/data", "2")])
        ],
    )

    assert store.connection.execute("select distinct series from samples order by series").fetchall() == [
        ('{"mount": "/"}',), ('{"mount": "/data"}',)
    ]  # fmt: skip


# ---- what is saved instead of data ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        pytest.param("", "empty", "empty", id="nothing"),
        pytest.param("{}", "empty", "empty-json", id="an empty object"),
        pytest.param('{"metrics":{},"timestamp":1932867005120}', "empty", "serialised-map", id="a Map"),
        pytest.param('{"error":"Internal server error"}', "error-payload", "saved-error-payload", id="an error"),
        pytest.param(
            '{"error":"Failed to fetch metrics","message":"ECONNREFUSED"}',
            "error-payload",
            "saved-error-payload",
            id="an error with a message",
        ),
        pytest.param(
            "<!DOCTYPE html><html><head><title>404: Not Found</title></head></html>",
            "error-payload",
            "saved-error-page",
            id="a page",
        ),
        pytest.param(
            "  <html>\n<body>502 Bad Gateway", "error-payload", "saved-error-page", id="a page without a title"
        ),
        pytest.param('{"data":{"result":[]},"answer":42}', "partial", "unknown-format", id="an unknown shape"),
    ],
)
def test_what_was_saved_instead_is_named(world: World, content: str, status: str, code: str) -> None:
    """An export that holds no data says what it holds instead, which question that leaves open, and what to run."""
    (entry,) = world({"incident-metrics.json": content}).evidence

    assert (entry.status, entry.records) == (status, 0)
    (problem,) = [problem for problem in entry.problems if problem.code != "unterminated"]
    assert problem.code == code
    assert ("curl -fsS " in problem.remedy) is (code != "unknown-format")
    assert problem.leaves_open.startswith("What were the triggering conditions?")


def test_a_log_of_errors_is_no_saved_error(world: World) -> None:
    """Lines of objects that each tell an error, and when, are a log; one such object alone may be an answer."""
    line = '{"error":"eof","message":"mooring lost","time":"2031-04-02T07:30:0%dZ"}\n'
    held = world({"app.log": "".join(line % second for second in range(3))})

    (entry,) = held.evidence
    assert (entry.status, entry.kind, entry.records, entry.problems) == ("ok", "log", 3, ())


def test_an_empty_list_is_an_answer(world: World) -> None:
    """An empty list is whole: it says that there was nothing, and nobody can say whether that is true."""
    (entry,) = world({"alerts.json": "[]"}).evidence

    assert (entry.status, entry.records, [problem.code for problem in entry.problems]) == ("ok", 0, ["empty-list"])


def test_an_unknown_shape_names_its_keys(world: World) -> None:
    """A document that no format fits is not guessed at: its keys are named."""
    (entry,) = world({"x.json": '{"zeta": 1, "alpha": [1, 2]}'}).evidence

    assert "its keys: alpha, zeta" in entry.problems[0].message


def test_a_second_document_is_reported(store: Store) -> None:
    """Of two documents in one file the first is used, and the bytes that follow are counted."""
    reading = read(store, json.dumps(RECORDS) + " " + json.dumps(RECORDS))

    assert reading is not None
    assert samples(store) == expected(*READINGS)
    assert reading.trailing == len(json.dumps(RECORDS))


# ---- cut documents -------------------------------------------------------------------------------------------------


def whole_before(text: str, cut: int) -> list[tuple[str, Any, float]]:
    """Return the readings whose records end before the cut, looking for nothing but their closing braces."""
    kept, place = [], 0
    for reading, one in zip(READINGS, RECORDS, strict=True):
        place = text.index(json.dumps(one), place) + len(json.dumps(one))
        if place <= cut:
            kept.append(reading)
    return kept


@pytest.mark.parametrize("content", [pytest.param(BY_KEY, id="grouped by key"), pytest.param(RECORDS, id="one list")])
def test_a_cut_document_keeps_its_whole_records(store: Store, content: Any) -> None:
    """Cut at any byte, a document gives the records that end before the cut, and nothing else."""
    text = json.dumps(content)
    for cut in range(1, len(text)):
        clear(store)

        reading = read(store, text[:cut])

        kept = whole_before(text, cut)
        assert samples(store) == expected(*kept), f"cut at byte {cut}: …{text[max(0, cut - 40) : cut]}"
        if kept:
            assert reading is not None
            assert reading.cut_at is not None
            assert reading.cut_at <= cut


def test_a_cut_document_says_where(world: World) -> None:
    """A cut export is partial, and its problem names the byte up to which it could be read."""
    text = json.dumps(RECORDS)
    (entry,) = world({"incident-metrics.json": text[:-20]}).evidence

    assert (entry.status, entry.records) == ("partial", 2)
    assert entry.problems[0].code == "cut"
    assert f"{text.index(json.dumps(RECORDS[1])) + len(json.dumps(RECORDS[1])):,}" in entry.problems[0].message


# ---- values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [None, "n/a", "", "1,5", True, False, [], [1], {}, float("nan"), float("inf"), "NaN", "-Infinity"],
    ids=repr,
)
def test_what_is_no_number_is_null_never_zero(store: Store, value: Any) -> None:
    """A value that is no finite number stays in the store as missing, with a reason that is counted."""
    reading = read(store, [*RECORDS, record("memory.usage", value, 20)])

    assert reading is not None
    assert samples(store) == [*expected(*READINGS), ("memory.usage", None, at(20))]
    assert dict(reading.refused) == {"samples: no usable value": 1}


@pytest.mark.parametrize(
    ("value", "number"), [(41, 41.0), (0, 0.0), (-3.5, -3.5), ("71.5", 71.5), (" 7 ", 7.0), ("1e3", 1000.0)], ids=repr
)
def test_a_number_is_read_however_it_is_written(store: Store, value: Any, number: float) -> None:
    """Numbers may be written as text, and a zero that was measured is a zero."""
    read(store, [record("memory.usage", value, 0)])

    assert samples(store) == [("memory.usage", number, at(0))]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(epoch_ms(0) / 1000, id="seconds, as a float"),
        pytest.param(epoch_ms(0) // 1000, id="seconds"),
        pytest.param(epoch_ms(0), id="milliseconds"),
        pytest.param(epoch_ms(0) * 1000, id="microseconds"),
        pytest.param(epoch_ms(0) * 1_000_000, id="nanoseconds"),
        pytest.param(str(epoch_ms(0)), id="milliseconds, as text"),
        pytest.param(f"{epoch_ms(0) / 1000:.6f}", id="seconds, as text with a fraction"),
        pytest.param("2031-04-02T12:00:00Z", id="ISO 8601"),
        pytest.param("2031-04-02T12:00:00.000000Z", id="ISO 8601 to the microsecond"),
        pytest.param("2031-04-02T12:00:00.000000000Z", id="ISO 8601 to the nanosecond"),
        pytest.param("2031-04-02T14:00:00+02:00", id="ISO 8601 with an offset"),
        pytest.param("2031-04-02 12:00:00+00:00", id="ISO 8601 with a space"),
        pytest.param("2031-04-02T07:00:00-0500", id="ISO 8601 with an offset and no colon"),
    ],
)
def test_an_instant_is_the_same_however_it_is_written(store: Store, value: Any) -> None:
    """Epochs in every unit and ISO 8601 in every zone give the same instant."""
    read(store, [{**RECORDS[0], "timestamp": value}])

    assert samples(store) == [("memory.usage", 41.5, at(0))]


@settings(max_examples=50)
@given(st.integers(0, 10**9), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_an_epoch_is_read_by_its_magnitude(second: int, per_second: int) -> None:
    """Whichever unit an epoch is in, it is read to the microsecond."""
    from forensics.evidence.values import instant

    whole = epoch_ms(0) // 1000 + second

    assert instant(whole * per_second) == at(second)
    assert instant(str(whole * per_second)) == at(second)


EDGES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-00-00T00:00:00Z"]


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", True, 5, -1, 1e30, "99:99", [], {}, "2031-02-30T00:00:00Z", *EDGES], ids=repr
)
def test_what_is_no_time_never_borrows_one(store: Store, value: Any) -> None:
    """A record whose time cannot be read is left out and counted: it gets no other record's time."""
    reading = read(store, [{**RECORDS[0], "timestamp": value}, RECORDS[1]])

    assert reading is not None
    assert samples(store) == expected(READINGS[1])
    assert dict(reading.refused) == {"samples: no usable time": 1}


# ---- strange documents ---------------------------------------------------------------------------------------------


def test_a_key_that_stands_twice_is_reported(world: World) -> None:
    """An object with two values for one key is no clear statement, and that is said."""
    twice = json.dumps(RECORDS[0]).replace('"value": 41.5', '"value": 41.5, "value": 99.0')
    (entry,) = world({"m.json": f"[{twice}]"}).evidence

    assert any("twice" in problem.message or "duplicate" in problem.message for problem in entry.problems)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("[" * 200_000, id="lists, never closed"),
        pytest.param("[" * 200_000 + "]" * 200_000, id="lists"),
        pytest.param('{"a":' * 200_000 + "1" + "}" * 200_000, id="objects"),
        pytest.param('[{"a":' * 100_000, id="both, never closed"),
    ],
)
def test_a_very_deep_document_is_refused(store: Store, content: str) -> None:
    """A document that is nested 200,000 deep is refused with the reason, and exhausts nothing."""
    reading = read(store, content)

    assert reading is not None
    assert "nested deeper" in reading.error
    assert samples(store) == []


CUT_STRING = """
from forensics.evidence import documents
from forensics.store import Store
with Store() as store:
    documents.read(store, "m.json", b'{"a": ["' + 100_000 * b'\\\\"')
"""


def test_a_document_that_breaks_off_in_a_long_text_is_read_at_once() -> None:
    """A document that is cut in the middle of a long text full of escaped quotes costs seconds at most, not hours."""
    subprocess.run([sys.executable, "-c", CUT_STRING], check=True, timeout=20)


@pytest.mark.parametrize("digits", [4300, 5000])
def test_a_very_long_number_is_no_crash(world: World, digits: int) -> None:
    """A number of thousands of digits is refused or left out, and the records beside it are read."""
    long = json.dumps(RECORDS).replace("43.0", "9" * digits)
    one = world({"m.json": long})

    values = [value for _, value, _ in samples(one.store)]
    assert 41.5 in values
    assert all(value is None or value < 1000 for value in values)


@pytest.mark.parametrize("value", [2**53 + 1, str(2**53 + 1), 10**400], ids=["2^53+1", "2^53+1, as text", "10^400"])
def test_a_number_too_large_to_keep_is_refused(store: Store, value: Any) -> None:
    """A whole number that cannot be kept exactly is missing, not another number."""
    read(store, [record("requests.total", value, 0)])

    assert samples(store) == [("requests.total", None, at(0))]


def test_a_large_whole_number_keeps_its_digits(store: Store) -> None:
    """The time of a nanosecond epoch beyond 2^53 is exact to the microsecond."""
    read(store, [{**RECORDS[0], "timestamp": epoch_ms(0) * 1_000_000 + 123_456_789}])

    assert [time.microsecond for _, _, time in samples(store)] == [123_456]


def test_half_a_character_reaches_the_store_as_text(world: World) -> None:
    """A lone surrogate in a message is kept visibly, and every output can be written as UTF-8."""
    message = json.dumps([{"type": "message", "user": "U1", "text": "XX looking", "ts": f"{epoch_ms(0) / 1000:.6f}"}])
    one = world({"chat.json": message.replace("XX", r"\ud83d")})

    assert one.evidence[0].records == 1
    json.dumps(one.findings.json, ensure_ascii=False).encode()
    json.dumps(one.findings.claims, ensure_ascii=False).encode()


KEYS = ["name", "value", "timestamp", "metrics", "key", "data", "result", "error", "a", "incidents", "ts", "text"]
LEAVES = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(), st.text(st.characters(codec="utf-8"), max_size=5)
)


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return lists and objects of what is inside."""
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5))


ANY = st.recursive(LEAVES, around, max_leaves=15)


@settings(max_examples=25, deadline=None)
@given(document=ANY)
def test_any_document_is_read_or_refused(kept: Store, document: Any) -> None:
    """Whatever a document holds, it is read, left alone or refused; nothing is raised."""
    reading = read(kept, json.dumps(document))

    assert reading is None or reading.records >= 0


@settings(max_examples=25, deadline=None)
@given(place=st.integers(0, len(json.dumps(BY_KEY))), cut=st.integers(0, 40), put=st.text('[]{}",:\\0x \n', max_size=6))
def test_a_damaged_document_invents_no_name(kept: Store, place: int, cut: int, put: str) -> None:
    """A document out of whose middle something fell gives no sample of a metric that it does not name."""
    text = json.dumps(BY_KEY)
    clear(kept)
    damaged = text[:place] + put + text[place + cut :]

    read(kept, damaged)

    assert all(json.dumps(name) in damaged for name, _, _ in samples(kept))


def test_two_exports_are_two_sources(world: World) -> None:
    """Two exports of one metric give two series, each with its own file: nothing is mixed between them."""
    one = world({"a.json": json.dumps(RECORDS), "b.json": json.dumps(RECORDS, indent=1)})

    counted = one.store.connection.execute("select path, count(*) from samples group by path order by path").fetchall()
    assert counted == [("a.json", 3), ("b.json", 3)]
