"""Calls that a service made while it answered: seen in the same folder as what users asked for, and none of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from small_world import iso

World = Callable[[dict[str, Any]], Any]


def asked(second: float, number: int, status: int, ms: int = 90) -> str:
    """Write what the proxy in front of a service saw of a request."""
    seen = {"start_time": iso(second), "method": "GET", "path": "/sailings", "response_code": status, "duration": ms}
    return json.dumps(seen | {"x_forwarded_for": "192.0.2.7", "request_id": f"request-{number}"})


def called(second: float, number: int, status: str, why: str | None = None, ms: int = 40) -> str:
    """Write what the same kind of proxy saw of the call that was made meanwhile, by gRPC: its answer is 200 at any rate."""
    seen = {"start_time": iso(second), "method": "POST", "path": "/tides.v1.Tides/Get", "response_code": 200}
    told = {"grpc_status": status, "duration": ms, "request_id": f"request-{number}"}
    return json.dumps(seen | told | {"upstream_transport_failure_reason": why})


def judged(case: Any) -> tuple[int, int]:
    """Return how many requests are judged, and how many of them failed."""
    told = "select count(*), count(*) filter (where failed) from seen_requests"
    found: tuple[int, int] = case.store.connection.execute(told).fetchall()[0]
    return found


def lines(records: list[str]) -> str:
    """Write a log."""
    return "\n".join(records) + "\n"


BROKEN = range(20, 40)
FRONT = lines([asked(n, n, 503 if n in BROKEN else 200) for n in range(60)])
CALLS = lines(
    [
        called(n + 0.01, n, "Unavailable" if n in BROKEN else "OK", "refused by the lock" if n in BROKEN else None)
        for n in range(0, 60, 2)
    ]
)


def test_calls_made_meanwhile_are_no_requests_of_users(world: World) -> None:
    """Half of the requests led to a call under the same id: they are counted once, as users met them."""
    assert judged(world({"front.json": FRONT, "calls.json": CALLS})) == (60, 20)


def test_logs_that_share_no_requests_are_two_doors(world: World) -> None:
    """Two proxies before one service, each with requests of its own: what both saw is added up."""
    other = lines([asked(n, 1000 + n, 503 if n in BROKEN else 200) for n in range(60)])

    assert judged(world({"north.json": FRONT, "south.json": other})) == (120, 40)


def test_what_a_call_failed_with_is_told_of_the_request_that_made_it(world: World) -> None:
    """The answer says 503 and nothing else; the call under the same id says why, and where it stands."""
    found = world({"front.json": FRONT, "calls.json": CALLS}).findings.json

    errors = {one["kind"]: one["failed"] for one in found["impact"]["errors"]}
    assert errors == {"status 503": 10, "status 503, a call of it having failed with: refused by the lock": 10}
    assert "refused by the lock" in found["questions"][2]["answer"]


def test_of_a_call_by_grpc_its_own_status_tells_whether_it_failed(world: World) -> None:
    """Answered with 200, a call failed where its status blames the server; that nothing was found is no failure."""
    log = lines(
        [called(n, n, status) for n, status in enumerate(["OK", "Unavailable", "NotFound", "INTERNAL", "13", "0"])]
    )

    case = world({"calls.json": log})

    found = case.store.connection.execute("select failed from requests order by time").fetchall()
    assert [one for (one,) in found] == [False, True, False, True, True, False]
