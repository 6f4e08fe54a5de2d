"""Where one kind of request goes wrong and others do not, its own requests tell when it began and when it was over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from small_world import log, request, short, within

World = Callable[[dict[str, str | bytes]], Any]


def _world(orders: list[tuple[float, bool]], pages: list[tuple[float, bool]], world: World) -> dict[str, Any]:
    """Return the moments of a log of orders and pages, each of (second, whether it failed)."""
    lines = [(second, request(second, failed=failed, path="/orders")) for second, failed in orders]
    lines += [(second, request(second, failed=failed, path="/pages")) for second, failed in pages]
    found = world({"app.log": log(line for _, line in sorted(lines))})
    moments: dict[str, Any] = found.findings.json["moments"]
    return moments


FAILING = [(float(second), 300 <= second < 900) for second in range(0, 1800, 60)]
"""An order a minute; those of ten minutes fail, the first at 300 s and the last at 840 s."""
PAGES = [(second + 7.0, False) for second in range(0, 1800, 20)]
"""A page each 20 s, which never fails."""


def test_a_page_that_is_served_does_not_show_that_orders_are_taken(world: World) -> None:
    """The last order that was taken and the first that was taken again bound it, not the pages between."""
    moments = _world(FAILING, PAGES, world)

    assert (moments["onset"]["earliest"], moments["onset"]["latest"]) == (short(240), within(300))
    assert (moments["recovered"]["earliest"], moments["recovered"]["latest"]) == (short(840), within(900))
    assert "the last normal request to a route that had gone wrong" in moments["onset"]["why"]
    assert "the next normal one to a route that had gone wrong" in moments["recovered"]["why"]


def test_where_a_part_of_all_requests_fails_any_of_them_tells_of_the_service(world: World) -> None:
    """When two in five of each kind fail, a request of the other kind that is answered is a normal one."""
    orders = [(float(second), 300 <= second < 900 and second % 50 < 20) for second in range(0, 1800, 10)]
    pages = [(second + 5.0, 300 <= second < 900 and second % 50 < 20) for second in range(0, 1800, 10)]

    moments = _world(orders, pages, world)

    assert (moments["onset"]["earliest"], moments["onset"]["latest"]) == (short(295), within(300))
    assert (moments["recovered"]["earliest"], moments["recovered"]["latest"]) == (short(865), within(870))
    assert "had gone wrong" not in moments["onset"]["why"] + moments["recovered"]["why"]


def test_a_route_seldom_asked_for_does_not_stand_for_the_others(world: World) -> None:
    """One order that failed among many pages that did keeps no incident open until the next order, far later."""
    pages = [(float(second), 300 <= second < 900 and second % 50 < 20) for second in range(0, 1800, 10)]

    moments = _world([(10.5, False), (500.5, True), (1700.5, False)], pages, world)

    assert (moments["recovered"]["earliest"], moments["recovered"]["latest"]) == (
        short(860),
        short(870),
    )


def test_where_none_of_the_kind_follows_another_request_is_the_next(world: World) -> None:
    """Nobody orders again before the evidence ends: the pages are all that there is."""
    moments = _world([one for one in FAILING if one[0] < 900], PAGES, world)

    assert (moments["recovered"]["earliest"], moments["recovered"]["latest"]) == (short(840), within(847))
    assert "had gone wrong" not in moments["recovered"]["why"]
