"""What a record of a JSON document cites: its element, which no other element shares and which can be found again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from forensics.evidence import documents, formats, paths
from forensics.evidence.formats import Format
from forensics.store import Store
from small_world import iso

DOCUMENTS = [fmt for fmt in formats.load() if fmt.structure == "json" and fmt.records]

TABLES = ("samples", "events", "changes", "spans", "probes", "security_events", "incident_records")


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


def cited(store: Store) -> list[int]:
    """Return the numbers that all records cite, each once."""
    each = " union all ".join(f"select position from {table} where line is null" for table in TABLES[:4])
    each += "".join(f" union all select position from {table}" for table in TABLES[4:])
    return [number for (number,) in store.connection.execute(f"select distinct position from ({each})").fetchall()]


def ways(fmt: Format) -> list[tuple[str, bool]]:
    """Return the paths to a format's records, each once, and whether points are taken from inside of what is there."""
    return list(dict.fromkeys((one.each, bool(one.points)) for one in fmt.records))


@pytest.mark.parametrize("fmt", DOCUMENTS, ids=lambda fmt: fmt.name)
def test_every_number_is_of_one_element(store: Store, fmt: Format) -> None:
    """Of every declared format: what its records cite is found again, and is what stands at one of its paths."""
    texts = [one.text for one in fmt.examples]

    for text in texts:
        store.connection.execute("begin")
        reading = documents.read(store, "m.json", text.encode())
        numbers = cited(store)
        store.connection.execute("rollback")

        assert reading is not None
        found = [documents.element(text.encode(), number) for number in numbers]
        whole = json.loads(text) if text.lstrip().startswith(("{", "[")) and "\n" not in text.strip() else None
        standing = [place.value for way, points in ways(fmt) if not points for place in paths.find(whole, way)]
        assert None not in found or None in standing
        assert [one for one in found if not (one in standing or whole is None or series(one) or fmt.alone)] == []


def series(element: Any) -> bool:
    """Say whether this is one point of a series."""
    return isinstance(element, dict) and {"time", "value"} <= set(element)


PAGERS = [
    {
        "id": f"P{number}",
        "incident_number": number,
        "title": "Quay full",
        "status": "resolved",
        "urgency": "high",
        "created_at": iso(number * 60.0),
        "resolved_at": iso(number * 60.0 + 30),
        "acknowledgements": [{"at": iso(number * 60.0 + 10), "acknowledger": {"summary": who}} for who in whose],
    }
    for number, whose in ((1, ["Harbour master"]), (2, ["Pilot", "Purser"]))
]
"""Two incidents, of which the second is acknowledged by two people."""


def test_records_of_several_places_share_no_number(store: Store) -> None:
    """Incidents have odd numbers, their acknowledgements even ones; an incident's own events cite the incident."""
    text = json.dumps({"incidents": PAGERS}).encode()
    documents.read(store, "m.json", text)

    events = store.connection.execute("select position, what, who from events order by time").fetchall()
    incidents = store.connection.execute("select position, id from incident_records order by id").fetchall()
    elements = [documents.element(text, number) for number in range(1, 9)]

    assert events == [
        (1, "alert", None),
        (2, "acknowledged", "Harbour master"),
        (1, "resolved", None),
        (3, "alert", None),
        (4, "acknowledged", "Pilot"),
        (6, "acknowledged", "Purser"),
        (3, "resolved", None),
    ]
    assert incidents == [(1, "P1"), (3, "P2")]
    acknowledged = [one for incident in PAGERS for one in incident["acknowledgements"]]  # type: ignore[attr-defined]
    assert elements == [PAGERS[0], acknowledged[0], PAGERS[1], acknowledged[1], None, acknowledged[2], None, None]


def test_elements_that_are_no_such_records_are_counted_all_the_same(store: Store) -> None:
    """Where only the second incident is resolved, that event cites the second: a number says where something stands."""
    text = json.dumps({"incidents": [{**PAGERS[0], "status": "triggered"}, PAGERS[1]]}).encode()
    documents.read(store, "m.json", text)

    assert store.connection.execute("select position from events where what = 'resolved'").fetchall() == [(3,)]
    assert documents.element(text, 3) == PAGERS[1]


def test_a_point_of_a_series_is_given_with_what_it_measures(store: Store) -> None:
    """The fourth point of two series of two points is the second one's second."""
    result = [
        {"metric": {"__name__": "hold_used", "ship": ship}, "values": [[1_932_881_405, "1"], [1_932_881_420, value]]}
        for ship, value in (("north", "2"), ("south", "3"))
    ]
    text = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}}).encode()
    documents.read(store, "m.json", text)

    place = store.connection.execute("select position from samples where value = 3").fetchall()

    assert place == [(4,)]
    assert documents.element(text, 4) == {
        "name": "hold_used",
        "labels": '{"__name__": "hold_used", "ship": "south"}',
        "time": 1_932_881_420,
        "value": "3",
    }
