"""JSON of a shape that nobody declared: what has a time is kept, on stated grounds; nothing else is guessed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from forensics.evidence import documents
from forensics.evidence.documents import DocumentReading
from forensics.store import Store
from small_world import at, epoch_ms, iso


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


def read(store: Store, content: Any) -> DocumentReading | None:
    """Read a document, given as text or as what it holds."""
    text = content if isinstance(content, str) else json.dumps(content)
    return documents.read(store, "m.json", text.encode())


def lines(*objects: Any) -> str:
    """Return objects, one a line."""
    return "".join(json.dumps(one) + "\n" for one in objects)


def kept(store: Store) -> list[tuple[Any, ...]]:
    """Return the samples of the store."""
    return store.connection.execute("select name, time, value, labels from samples order by position, name").fetchall()


SOUNDINGS = [{"when": iso(10 * n), "buoy": buoy, "depth_m": 12.5 + n} for n, buoy in enumerate(["a", "b", "a"])]
EXPECTED = [("depth_m", at(10 * n), 12.5 + n, f'{{"buoy": "{buoy}"}}') for n, buoy in enumerate(["a", "b", "a"])]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(SOUNDINGS, id="a list"),
        pytest.param({"crew": "north", "soundings": SOUNDINGS}, id="a list in an object"),
        pytest.param({"crew": {"log book": [{"page": n, "soundings": [one]} for n, one in enumerate(SOUNDINGS)]}}, id="deeper"),
        pytest.param(lines(*SOUNDINGS), id="one a line"),
        pytest.param(lines(*({"page": n, "soundings": [one]} for n, one in enumerate(SOUNDINGS))), id="a list a line"),
    ],
)  # fmt: skip
def test_records_with_a_time_are_kept(store: Store, content: Any) -> None:
    """Wherever records lie, their numbers are samples at the time that only one field holds, and the ground is said."""
    reading = read(store, content)

    assert reading is not None
    assert reading.fmt is not None
    assert (reading.fmt.name, reading.records, dict(reading.refused)) == ("json-records", 3, {})
    assert kept(store) == EXPECTED
    (remark,) = reading.remarks
    assert remark.code == "unknown-shape"
    assert "“when” (the only field that holds times)" in remark.message
    assert "depth_m" in remark.message


@pytest.mark.parametrize(
    ("record", "time"),
    [
        pytest.param({"timestamp": iso(0), "created": iso(9)}, 0, id="the likelier name"),
        pytest.param({"created": iso(9), "timestamp": iso(0)}, 0, id="whatever the order"),
        pytest.param({"bytes_free": 1_932_897_600, "seen": iso(0)}, 0, id="a number that could be an epoch is none by itself"),
        pytest.param({"observedAt": epoch_ms(0)}, 0, id="an epoch under a name that speaks of time"),
        pytest.param({"ts": str(epoch_ms(0) // 1000)}, 0, id="an epoch as text"),
    ],
)  # fmt: skip
def test_a_time_is_found_by_its_content(store: Store, record: dict[str, Any], time: float) -> None:
    """Text that is a date may be a time under any name; a number is one only where its name says so."""
    read(store, [{**record, "depth_m": 1.0}, {**record, "depth_m": 2.0}])

    assert {row[1] for row in kept(store)} == {at(time)}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param([{"buoy": "a", "depth_m": 12.5}, {"buoy": "b", "depth_m": 11}], id="no time"),
        pytest.param([{"at": "noon", "depth_m": 12.5}], id="a time in words"),
        pytest.param([{"free": 1_932_897_600, "depth_m": 1}], id="a number of the size of an epoch"),
        pytest.param({"zeta": 1, "alpha": [1, 2]}, id="no records"),
        pytest.param({"fleet": {"ferries": 4, "season": 2031}}, id="numbers that measure nothing"),
        pytest.param([1, 2, 3], id="numbers"),
        pytest.param("{]", id="no JSON"),
        pytest.param('"text"', id="a text"),
    ],
)
def test_nothing_is_made_up(store: Store, content: Any) -> None:
    """A document without a time, or without a record, gives no sample, and no time is made for it."""
    reading = read(store, content)

    assert reading is None or (reading.fmt, reading.records) == (None, 0)
    assert kept(store) == []


def test_records_of_events_are_events(store: Store) -> None:
    """Records that say what happened are events, in words; a number that one of them holds is no series."""
    reading = read(
        store,
        [
            {"type": "opened", "at": iso(0), "gate": "east"},
            {"type": "counted", "at": iso(5), "load": {"ferries": 4}},
            {"type": "closed", "at": iso(9), "gate": "east"},
        ],
    )

    assert reading is not None
    assert store.connection.execute("select time, what, text from events order by time").fetchall() == [
        (at(0), "record", "type=opened gate=east"),
        (at(5), "record", 'type=counted load={"ferries": 4}'),
        (at(9), "record", "type=closed gate=east"),
    ]
    assert kept(store) == []


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(
            {"at": iso(0), "number": 412, "berth_id": 7, "port": 8080, "year": 2031, "version": 3}, id="which one"
        ),
        pytest.param({"at": iso(0), "quay": {"databaseId": 9812345678, "ID": "77"}}, id="deeper"),
        pytest.param({"at": iso(0), "timeout_ms": 500, "retention_days": 30}, id="how it is set"),
        pytest.param({"at": iso(0), "title": "a berth is empty", "count": 842}, id="part of what happened"),
        pytest.param({"at": iso(0), "moored": epoch_ms(9), "lastUpdatedAt": epoch_ms(12)}, id="another time"),
        pytest.param({"at": iso(0), "hash": "9ab", "crew": 4}, id="a name that says nothing"),
    ],
)
def test_a_number_that_measures_nothing_is_no_sample(store: Store, record: dict[str, Any]) -> None:
    """Ids, years, settings and counts of what happened are kept in the record, and are no readings of anything."""
    reading = read(store, [record])

    assert reading is not None
    assert kept(store) == []
    ((time, text),) = store.connection.execute("select time, text from events").fetchall()
    assert time == at(0)
    assert all(f"{key}=" in text for key in record if key != "at")


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"latencyMs": 12}, id="a unit"),
        pytest.param({"p95": 12}, id="a percentile"),
        pytest.param({"heapUsedMB": 12}, id="a word of a measure"),
        pytest.param({"errors_per_page": 12}, id="a rate"),
        pytest.param({"waiting": 12}, id="a count, where no text says what happened"),
        pytest.param({"wobble": 1.5}, id="a fraction"),
        pytest.param({"state": "open", "queue_bytes": 12}, id="a measure beside a text"),
    ],
)
def test_a_number_whose_name_measures_is_a_sample(store: Store, record: dict[str, Any]) -> None:
    """What a name, or a fraction, shows to be a measurement is read as one."""
    read(store, [{"at": iso(0), "id": 7, **record}])

    ((name, time, _, _),) = kept(store)
    assert (name, time) == (list(record)[-1], at(0))


def test_readings_at_an_even_pace_are_samples_whatever_they_are_called(store: Store) -> None:
    """Numbers that come every ten seconds are read off something; the same numbers at odd times may tell of anything."""
    even = [{"at": iso(10 * n), "gulls": n % 3, "state": "fair"} for n in range(6)]
    odd = [{"at": iso(n * n * n), "gulls": n % 3, "state": "fair"} for n in range(6)]

    read(store, even)
    samples = kept(store)
    read(store, odd)

    assert [(name, time) for name, time, _, _ in samples] == [("gulls", at(10 * n)) for n in range(6)]
    assert kept(store) == samples


def test_what_is_no_sample_is_named(store: Store) -> None:
    """Numbers of unknown meaning beside samples are named, for they may be what somebody looks for."""
    reading = read(store, [{"at": iso(0), "depth_m": 1.5, "crew_id": 7}])

    assert reading is not None
    (remark,) = reading.remarks
    assert "fields of unknown meaning, no samples: crew_id" in remark.message


def test_a_snapshot_gives_no_samples_of_ids(store: Store) -> None:
    """What is said of one moment may hold an id, a port or a year as well: they are named, not measured."""
    reading = read(
        store, {"time": iso(0), "memory": {"used_mb": 12}, "queue": {"size": 3, "port": 5672}, "shard_id": 4}
    )

    assert reading is not None
    assert [name for name, _, _, _ in kept(store)] == ["memory.used_mb", "queue.size"]
    assert reading.remarks[0].message.endswith("fields of unknown meaning, no samples: queue.port, shard_id")


def test_an_address_is_no_label_of_its_own(store: Store) -> None:
    """A text with a colon in it is kept under its own key, and not taken apart at the colon."""
    read(store, [{"at": iso(0), "url": "https://quay.example/7", "fault": "Timeout: no answer", "load": 1.5}])

    assert [json.loads(labels) for _, _, _, labels in kept(store)] == [
        {"fault": "Timeout: no answer", "url": "https://quay.example/7"}
    ]


def test_statuses_of_answers_are_probes(store: Store) -> None:
    """Records whose numbers are all statuses of HTTP answers are probes: a 500 and no answer at all have failed."""
    reading = read(store, lines({"time": iso(0), "read": 200, "pay": 500}, {"time": iso(1), "read": 404, "pay": 0}))

    assert reading is not None
    assert store.connection.execute("select target, time, ok, status from probes order by time, target").fetchall() == [
        ("pay", at(0), False, 500), ("read", at(0), True, 200), ("pay", at(1), False, 0), ("read", at(1), True, 404)
    ]  # fmt: skip


def test_a_log_is_left_to_the_logs(store: Store) -> None:
    """Objects with a message, a level or a request are log records: they are not read here."""
    for key in ("msg", "message", "level", "severity", "request", "uri"):
        assert read(store, lines(*({"time": iso(n), key: "x", "took": n} for n in range(3)))) is None
    assert kept(store) == []


def test_the_nearest_format_is_named(store: Store) -> None:
    """A document that lacks little of a declared shape is told what it lacks."""
    reading = read(store, [{"name": "tide", "value": 1.2, "quay": "north"}])

    assert reading is not None
    assert (reading.fmt, reading.keys) == (None, ("name", "quay", "value"))
    (remark,) = reading.remarks
    assert remark.code == "missing-keys"
    assert remark.message.endswith("it lacks: [].timestamp")


def test_names_of_evidence_act_on_nothing(store: Store) -> None:
    """Keys that hold escapes are shown, cut and harmless in what is said of a document."""
    odd = "\x1b[31m\u202e" + "k" * 500
    reading = read(store, {odd: [{"when": iso(n), "depth\u200f": n} for n in range(3)]})
    unknown = read(store, {odd: 1})

    assert reading is not None
    assert unknown is not None
    said = [remark.message for remark in reading.remarks] + list(unknown.keys)
    assert all(one.isprintable() and len(one) < 500 for one in said)


def test_values_of_several_lists_are_called_as_their_lists(world: Callable[[dict[str, str]], Any]) -> None:
    """Two lists of nothing but values and times are two series, each under the name of its list."""
    stamps = [f"2031-04-02T12:0{n}:00Z" for n in range(4)]
    lists = {
        "moored_boats": [{"time": stamp, "value": n} for n, stamp in enumerate(stamps)],
        "queue_length": [{"time": stamp, "value": 10 + n} for n, stamp in enumerate(stamps)],
    }
    held = world({"export.json": json.dumps({"metrics": lists})}).store
    rows = held.connection.execute(
        "select name, count(*), min(value) from samples group by name order by name"
    ).fetchall()

    assert rows == [("moored_boats", 4, 0.0), ("queue_length", 4, 10.0)]
