"""Ids that stand in the records of a log's JSON export, beside the messages, tell how far its clock is from another's."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from clock_world import Read, codes, reader, said
from small_world import at, epoch_ms

BEHIND = 34
SECONDS = tuple(range(60, 1260, 24))


def identity(second: int) -> str:
    return f"{second * 7919:032x}"


def streams(*seconds: int) -> str:
    """Return what Loki answers: each line is a record in JSON that names its request beside its message."""
    values = []
    for second in seconds:
        told = json.dumps({"level": "info", "request_id": identity(second), "msg": "tide read"})
        values.append([str(epoch_ms(second) * 10**6), told])
    return json.dumps(
        {
            "status": "success",
            "data": {"resultType": "streams", "result": [{"stream": {"app": "quay"}, "values": values}]},
        }
    )


def passed(*seconds: int) -> str:
    """Return a proxy's log of the same requests, by a clock that is behind."""
    return "".join(
        f'192.0.2.7 - - [{at(second) - timedelta(seconds=BEHIND):%d/%b/%Y:%H:%M:%S} +0000] "GET /tides HTTP/1.1" 200 15 "-" "curl/8.1" '
        f"{identity(second)}\n"
        for second in seconds
    )


def test_a_document_names_requests_beside_its_messages(tmp_path: Path) -> None:
    """Each record holds an id, its message none: fifty requests show that one clock is 34 s behind."""
    found, _ = reader(tmp_path)({"proxy.log": passed(*SECONDS), "loki.json": streams(*SECONDS)})

    told = said(found["proxy.log"], "clock-skew")
    assert told.startswith("its clock stands 34.0 s behind that of loki.json")
    assert "over 50 events that both hold, of 50 compared" in told


def test_a_document_of_other_requests_tells_nothing(tmp_path: Path) -> None:
    """No id stands in both."""
    read: Read = reader(tmp_path)
    found, _ = read({"proxy.log": passed(*SECONDS), "loki.json": streams(*(second + 1 for second in SECONDS))})

    assert not codes(found["proxy.log"]) & {"clock-skew"}
