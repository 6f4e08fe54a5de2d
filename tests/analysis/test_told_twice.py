"""Requests of which two logs tell are counted once, as the log saw them that tells of all of the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from forensics.evidence import shared_events
from small_world import at, log, request

World = Callable[[dict[str, Any]], Any]


def served(second: float, number: int, status: int = 200, ahead: float = 0, where: str = "192.0.2.7") -> str:
    """Write a request as a web server does, by a clock that stands so far ahead, with the id that the proxy gave it."""
    name = sha256(str(number).encode()).hexdigest()[:16]
    stamp = at(second) + timedelta(seconds=ahead)
    return f'{where} - - [{stamp:%d/%b/%Y:%H:%M:%S} +0000] "GET /berths HTTP/1.1" {status} 512 "-" "curl/8.5" rt=0.041 id={name}'


def judged(case: Any) -> tuple[int, int]:
    """Return how many requests are judged, and how many of them failed."""
    told = "select count(*), count(*) filter (where failed) from seen_requests"
    found: tuple[int, int] = case.store.connection.execute(told).fetchall()[0]
    return found


SECONDS = range(0, 3600, 6)
FAILING = range(1200, 1500)


def test_a_server_behind_another_tells_its_requests_again(world: World) -> None:
    """Both logs write the same ids, one by a clock 38 s ahead; it was cut, and lacks what never reached it: the other counts."""
    front = log(served(second, second, 502 if second in FAILING else 200) for second in SECONDS)
    behind = log(
        served(second, second, 502 if second in FAILING else 200, ahead=38) for second in SECONDS if second < 2700
    )

    assert judged(world({"front.log": front, "behind.log": behind})) == (600, 50)


def test_large_logs_of_which_a_sample_is_compared_are_told_from_what_was_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each log a third or so is looked at, by places of its own: of the shared ids about a ninth is seen, and still known as all."""
    monkeypatch.setattr(shared_events, "MOST_EVENTS", 200)
    front = log(served(second, second, 502 if second in FAILING else 200) for second in SECONDS)
    behind = log(
        served(second, second, 502 if second in FAILING else 200, ahead=38) for second in SECONDS if 60 <= second < 3000
    )

    case = world({"front.log": front, "behind.log": behind})

    [(found,)] = case.store.connection.execute("select found from shared_events").fetchall()
    assert 10 <= found < 490 / 2
    assert judged(case) == (600, 50)


def test_servers_beside_each_other_are_added_up(world: World) -> None:
    """Each of two replicas writes requests of its own."""
    north = log(served(second, second, 502 if second in FAILING else 200) for second in SECONDS)
    south = log(
        served(second, 10_000 + second, 502 if second in FAILING else 200, where="192.0.2.8") for second in SECONDS
    )

    assert judged(world({"north.log": north, "south.log": south})) == (1200, 100)


def _own(seconds: range, silent: range) -> str:
    return log(request(second, failed=second in FAILING) for second in seconds if second not in silent)


def test_a_log_that_could_not_be_written_for_a_while_gives_way_to_a_fuller_one(world: World) -> None:
    """The application's own log lacks a fifth of the minutes of which the server in front of it tells: that one is judged."""
    front = log(served(second, second, 502 if second in FAILING else 200) for second in SECONDS)

    case = world({"app.log": _own(SECONDS, range(1200, 1920)), "front.log": front})

    assert judged(case) == (600, 50)


def test_the_place_nearest_to_the_application_is_judged_where_both_tell_of_all_the_time(world: World) -> None:
    """The application's own log lacks one minute of sixty: it is still what is judged."""
    front = log(served(second, second) for second in SECONDS)

    case = world({"app.log": _own(SECONDS, range(3000, 3060)), "front.log": front})

    assert judged(case) == (590, 50)
