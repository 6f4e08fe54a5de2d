"""Requests of Rails: a line for the start and one for the end, joined by the tag that both begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

World = Callable[[dict[str, Any]], Any]


def line(second: float, text: str, level: str = "I", word: str = "INFO") -> str:
    """Write a line as Ruby's Logger does, so many seconds after noon by a clock two hours ahead of UTC."""
    return f"{level}, [2031-04-02T14:{int(second) // 60:02d}:{second % 60:09.6f} #411]  {word} -- : {text}\n"


def started(tag: str, second: float, route: str) -> str:
    """Write the start of a request."""
    stamp = f"2031-04-02 14:{int(second) // 60:02d}:{int(second) % 60:02d} +0200"
    return line(second, f'[{tag}] Started GET "{route}?page=2" for 192.0.2.7 at {stamp}')


def ended(tag: str, second: float, status: str, ms: int) -> str:
    """Write its end."""
    return line(second, f"[{tag}] Completed {status} in {ms}ms (ActiveRecord: 4.1ms | Allocations: 2470)")


OLDER = started("tag-1", 0, "/quays") + started("tag-2", 1, "/boats") + ended("tag-1", 2, "200 OK", 2000)
NEWER = (
    started("tag-3", 16, "/boats")
    + ended("tag-2", 16, "500 Internal Server Error", 15000)
    + line(16.001, "[tag-2]   ", "F", "FATAL")
    + line(16.001, "[tag-2] Quay::NoBerthError (no berth is free):", "F", "FATAL")
    + line(16.001, "[tag-2] app/models/berth.rb:4:in `moor'", "F", "FATAL")
    + ended("tag-3", 17, "302 Found", 1000)
)


def test_each_request_is_told_by_its_start_and_its_end_together(world: World) -> None:
    """Interleaved lines of two requests, and of one whose log was rotated meanwhile, are joined by their tags."""
    case = world({"web/production.log.1": OLDER, "web/production.log": NEWER})

    found = case.store.connection.execute(
        "select route, address, status, duration_ms, failed, error from requests order by time, id"
    ).fetchall()
    assert found == [
        ("/quays", "192.0.2.7", 200, 2000.0, False, None),
        ("/boats", "192.0.2.7", 500, 15000.0, True, "Quay::NoBerthError (no berth is free):"),
        ("/boats", "192.0.2.7", 302, 1000.0, False, None),
    ]


def test_the_zone_of_the_stamps_is_told_by_the_starts(world: World) -> None:
    """The line's own stamp names no zone, the start that it quotes does: by four of them the zone is inferred."""
    log = "".join(started(f"tag-{n}", n, "/quays") + ended(f"tag-{n}", n + 0.5, "200 OK", 500) for n in range(4))

    case = world({"production.log": log})

    (entry,) = (one for one in case.evidence if one.path == "production.log")
    assert (entry.clock.zone, entry.clock.how) == ("+02:00", "inferred")
    first = case.store.connection.execute("select min(time) from requests").fetchall()[0][0]
    assert str(first) == "2031-04-02 12:00:00.500000"


def test_two_pieces_of_one_log_are_not_compared_as_two_clocks(world: World) -> None:
    """Requests that a rotation cuts in two began in one piece and ended in the next: that is no skew."""
    older = "".join(started(f"tag-{n}-2031040212000{n}", n, "/quays") for n in range(5))
    newer = "".join(ended(f"tag-{n}-2031040212000{n}", n + 60, "200 OK", 60000) for n in range(5))

    case = world({"production.log.1": older, "production.log": newer})

    assert not [p for entry in case.evidence for p in entry.problems if p.code == "clock-skew"]


def test_without_tags_requests_are_counted_and_nothing_is_joined(world: World) -> None:
    """Where lines have no tag, nothing says which start belongs to which end."""
    log = line(0, 'Started GET "/quays" for 192.0.2.7 at 2031-04-02 14:00:00 +0200') + line(
        1, "Completed 200 OK in 900ms"
    )

    found = world({"production.log": log}).store.connection.execute("select route, status, id from requests").fetchall()
    assert found == [(None, 200, None)]


def plain(second: int, route: str, *rest: str) -> str:
    """Write a start without tags, and what stands below it."""
    return "".join(
        f"{one}\n" for one in (f'Started GET "{route}" for 192.0.2.7 at 2031-04-02 12:00:{second:02d} +0000', *rest)
    )


def test_lines_without_tags_are_one_request_where_one_end_follows_its_start(world: World) -> None:
    """Nothing joins the lines but their order: requests that ran side by side keep their status and length alone."""
    log = (
        plain(0, "/quays", "Completed 200 OK in 41ms (Views: 2.1ms)")
        + plain(2, "/boats", "Completed 500 Internal Server Error in 3000ms", "", "Quay::NoBerthError (no berth):")
        + plain(10, "/boats")
        + plain(11, "/quays", "Completed 503 Service Unavailable in 1500ms", "Completed 200 OK in 900ms")
    )

    case = world({"log/development.log": log})

    found = case.store.connection.execute(
        "select route, status, duration_ms, failed, error, epoch_ms(time) - epoch_ms(started) from requests order by time, status"
    ).fetchall()
    assert found == [
        ("/quays", 200, 41.0, False, None, 41),
        ("/boats", 500, 3000.0, True, "Quay::NoBerthError (no berth)", 3000),
        (None, 200, 900.0, False, None, None),
        (None, 503, 1500.0, True, None, None),
    ]
