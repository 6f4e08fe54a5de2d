"""What services and clusters answer: each record at its own instant, none left out quietly, and a part said to be one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from forensics.evidence import documents
from forensics.evidence.documents import DocumentReading
from forensics.store import Store
from small_world import at, iso


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store."""
    with Store() as opened:
        yield opened


def read(store: Store, content: Any) -> DocumentReading:
    """Read a document, given as text or as what it holds."""
    text = content if isinstance(content, str) else json.dumps(content)
    reading = documents.read(store, "answer.json", text.encode())
    assert reading is not None
    return reading


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    return store.connection.execute(query).fetchall()


def events(store: Store) -> list[tuple[Any, ...]]:
    """Return the time and the text of every event."""
    return rows(store, "select time, text from events order by time, text")


# ---- nothing is left out -------------------------------------------------------------------------------------------


def test_a_cloud_call_is_kept_whether_it_says_that_it_only_read_or_not(store: Store) -> None:
    """A call that does not say whether it only read may have changed something; one that only read is kept as a call."""
    call = {"eventTime": iso(0), "eventSource": "quay", "userIdentity": {"userName": "nora"}}
    reading = read(
        store,
        {
            "Records": [
                {**call, "eventID": "e1", "eventName": "CloseBerth"},
                {**call, "eventID": "e2", "eventName": "OpenBerth", "readOnly": False},
                {**call, "eventID": "e3", "eventName": "ListBerths", "readOnly": True},
                {**call, "eventID": "e4", "eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Failure"}},
            ]
        },
    )

    assert rows(store, "select id from changes order by id") == [("e1",), ("e2",)]
    assert [text for _, text in events(store)] == [
        "Console login: Failure by nora from",
        "ListBerths at quay by nora from",
    ]
    assert reading.records == 4


def container(second: float | None, **state: Any) -> dict[str, Any]:
    """Return what `docker inspect` tells of a container that was started a minute after it was made."""
    ended = "0001-01-01T00:00:00Z" if second is None else iso(second)
    told = {"Running": False, "OOMKilled": False, "ExitCode": 0, "StartedAt": iso(60), "FinishedAt": ended, **state}
    return {"Created": iso(0), "State": told, "Name": "/quay", "RestartCount": 4, "Config": {"Image": "quay:7"}}


def test_a_container_is_made_started_and_ended_at_its_own_instants(store: Store) -> None:
    """What `docker inspect` tells of a container stands where it happened, and its checks are probes."""
    checks = [
        {"Start": iso(70), "End": iso(71), "ExitCode": 0, "Output": "moored"},
        {"Start": iso(80), "End": iso(83), "ExitCode": 1, "Output": "adrift"},
    ]
    read(store, [container(90, OOMKilled=True, ExitCode=137, Health={"Log": checks})])

    assert events(store) == [
        (at(0), "Container /quay created: image quay:7"),
        (at(60), "Container /quay started: image quay:7"),
        (at(90), "Container /quay ended: exit code 137, OOMKilled true, restarted 4 times"),
    ]
    assert rows(store, "select time, ok, detail from probes order by time") == [
        (at(71), True, "moored"), (at(83), False, "adrift")
    ]  # fmt: skip
    assert rows(store, "select name, value, time from samples") == [("container.restarts", 4.0, None)]


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        pytest.param(None, [], id="never ended"),
        pytest.param(
            50,
            ["Container /quay ended before it was started again; its exit code is no longer told; restarted 4 times"],
            id="ended before",
        ),
    ],
)
def test_a_running_container_tells_no_exit_code(store: Store, ended: float | None, said: list[str]) -> None:
    """Of a container that runs, the end is its earlier run's, and 0 is no exit code of that."""
    read(store, container(ended, Running=True))

    assert [text for _, text in events(store) if "ended" in text] == said


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(
            {"count": 17, "firstTimestamp": iso(0), "lastTimestamp": iso(600), "eventTime": None}, id="counted"
        ),
        pytest.param(
            {
                "firstTimestamp": None,
                "lastTimestamp": None,
                "eventTime": iso(0),
                "series": {"count": 17, "lastObservedTime": iso(600)},
            },
            id="a series",
        ),
        pytest.param(
            {"deprecatedCount": 17, "deprecatedFirstTimestamp": iso(0), "deprecatedLastTimestamp": iso(600)},
            id="in the newer interface",
        ),
    ],
)
def test_an_event_that_was_seen_again_is_told_from_its_first_time_to_its_last(
    store: Store, told: dict[str, Any]
) -> None:
    """A cluster keeps one record for an event that repeats: how often, and from when to when, is told."""
    record = {
        "metadata": {"name": "quay.1", "creationTimestamp": iso(0)},
        "involvedObject": {"kind": "Pod", "name": "quay"},
        "reason": "BackOff",
        "message": "restarting",
        "type": "Warning",
    }
    read(store, {"kind": "List", "items": [{**record, **told}, {**record, "count": 1, "lastTimestamp": iso(30)}]})

    assert events(store) == [
        (at(0), "Warning BackOff Pod/quay: restarting (the first of 17 times)"),
        (at(30), "Warning BackOff Pod/quay: restarting"),
        (at(600), f"Warning BackOff Pod/quay: restarting (the last of 17 times, since {iso(0)})"),
    ]


def test_one_record_without_its_list_is_read_like_the_list(store: Store) -> None:
    """What lists records is also asked for one of them: it is read as a list of one."""
    pod = {
        "kind": "Pod",
        "metadata": {"name": "quay-1"},
        "status": {
            "containerStatuses": [
                {
                    "name": "quay",
                    "restartCount": 2,
                    "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": iso(0)}},
                }
            ]
        },
    }

    reading = read(store, json.dumps(pod, indent=2))

    assert reading.fmt is not None
    assert reading.fmt.name == "kubernetes-pods"
    assert events(store) == [(at(0), "Container quay of quay-1 ended: OOMKilled, exit code 137, restarted 2 times")]
