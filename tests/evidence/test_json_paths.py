"""Where an element stands in a JSON document is said as other tools say it, and only where it is so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from forensics.evidence import documents, json_paths
from small_world import at, iso

RANGE = {
    "status": "success",
    "data": {
        "resultType": "matrix",
        "result": [
            {"metric": {"__name__": name}, "values": [[at(60 * nth).timestamp(), str(40 + nth)] for nth in range(3)]}
            for name in ("memory_usage_percent", "disk_usage_percent")
        ],
    },
}
PAGED: dict[str, Any] = {
    "incidents": [
        {
            "id": f"P{number}",
            "incident_number": number,
            "title": "Quay full",
            "status": "resolved",
            "urgency": "high",
            "created_at": iso(number * 60.0),
            "acknowledgements": [{"at": iso(number * 60.0 + 10), "acknowledger": {"summary": "Pilot"}}],
        }
        for number in (1, 2)
    ]
}


def at_path(document: Any, path: str) -> Any:
    """Follow a path by hand."""
    for key in path.replace("]", "").replace("[", ".").split("."):
        document = document[int(key) if isinstance(document, list) else key]
    return document


def test_a_point_of_a_series_is_named_by_its_series_and_its_place() -> None:
    """The sixth point of two series of three is the third of the second."""
    found = documents.elements(json.dumps(RANGE).encode(), range(1, 8))

    assert {number: path for number, (_, path) in found.items()} == {
        number: f"data.result[{(number - 1) // 3}].values[{(number - 1) % 3}]" for number in range(1, 7)
    }
    for point, path in found.values():
        assert str(point["value"]) == at_path(RANGE, path)[1]


def test_an_element_is_what_stands_at_its_path() -> None:
    """Incidents, and the acknowledgements in them, each by its own way."""
    found = documents.elements(json.dumps(PAGED).encode(), range(1, 5))

    assert [path for _, (_, path) in sorted(found.items())] == [
        "incidents[0]", "incidents[0].acknowledgements[0]", "incidents[1]", "incidents[1].acknowledgements[0]",
    ]  # fmt: skip
    assert [element for element, _ in found.values()] == [at_path(PAGED, path) for _, path in found.values()]


def test_a_key_that_is_no_word_is_quoted() -> None:
    """As in JSON; a dot inside it begins no other key."""
    inner: dict[str, Any] = {}

    assert json_paths.paths({"a.b": [{"c": inner}]}, {id(inner)}) == {id(inner): '["a.b"][0].c'}


CONTAINER = {
    "Id": "4711",
    "Name": "/quay",
    "Config": {"Image": "quay:4"},
    "State": {"Status": "exited", "ExitCode": 137, "StartedAt": iso(0), "FinishedAt": iso(60)},
}
ENTRIES = [
    {"__REALTIME_TIMESTAMP": "1932881405120431", "PRIORITY": "3", "MESSAGE": said} for said in ("no berth", "moored")
]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(CONTAINER, indent=1), id="one record without its list"),
        pytest.param("\n".join(json.dumps(one, indent=1) for one in ENTRIES), id="several documents"),
    ],
)
def test_what_is_no_single_document_as_written_has_no_path(text: str) -> None:
    """What was put around it to read it stands nowhere in the file."""
    found = documents.elements(text.encode(), range(1, 5))

    assert found
    assert {path for _, path in found.values()} == {""}
