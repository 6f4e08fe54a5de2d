"""Times of day that people tell by the clock on their wall, in chats whose own stamps are in UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from clock_world import passed, served
from forensics.analysis import stated
from small_world import messages, traffic

World = Callable[[dict[str, str | bytes]], Any]
FAILING = traffic(*[0] * 10, *[20] * 20, *[0] * 70)
"""From the fifth to the fifteenth minute after twelve every request fails."""


def onset(found: Any) -> list[dict[str, Any]]:
    return [
        {name: one[name] for name in ("earliest", "later_s", "utc_assumed", "zone_assumed")}
        for one in found.findings.json["moments"]["onset"]["stated"]
    ]


AT = (1205, 1233, 1270, 1302, 1341)
LOCAL = {"app2.log": served(*AT), "gate.log": passed(*AT, ahead=timedelta(hours=2))}
"""A gateway whose clock stands two hours ahead of UTC, as its requests tell."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it started at 14:05", ("2031-04-02T12:05:00Z", False, "+02:00")),
        ("it started at 12:05", ("2031-04-02T12:05:00Z", True, None)),
        ("it started at 14:05 UTC", ("2031-04-01T14:05:00Z", False, None)),
    ],
)
def test_a_time_that_would_be_of_yesterday_was_read_on_the_wall(
    world: World, text: str, expected: tuple[str, bool, str | None]
) -> None:
    """Written at 12:20 UTC: 14:05 was a quarter of an hour ago by a clock of the folder, and is of the day before only in UTC."""
    found = world({"app.log": FAILING, **LOCAL, "slack.json": messages((1200, "U1", text))})

    (one,) = onset(found)
    assert (one["earliest"], one["utc_assumed"], one["zone_assumed"]) == expected


def test_what_was_done_is_placed_by_the_wall_as_well(world: World) -> None:
    """Written at 12:20 UTC of 14:14, by a clock two hours ahead: it was done at 12:14 UTC, and its effect is measured there."""
    told = messages((400, "U1", "bookings fail, looking"), (1200, "U2", "rolled back to v41 at 14:14"))
    (done,) = world({"app.log": FAILING, **LOCAL, "slack.json": told}).findings.json["response"]["mitigations"]

    assert done["time"] == {"earliest": "2031-04-02T12:14:00Z", "latest": "2031-04-02T12:14:59.999999Z"}
    assert done["effect"]["error_rate"] is not None


def test_times_that_no_one_clock_explains_are_read_in_utc(world: World) -> None:
    """By the other clock 07:15 was seven hours ago, by UTC 14:05 was yesterday: no one clock explains both, and none is assumed."""
    told = messages((1200, "U1", "it started at 14:05"), (1210, "U1", "and deployed at 07:15"))
    found = world({"app.log": FAILING, **LOCAL, "slack.json": told})

    (one,) = onset(found)
    assert one["zone_assumed"] is None


def test_times_of_day_are_found_as_they_stand() -> None:
    """Without a date and a zone; in twelve hours as in twenty-four."""
    text = "since 14:48, 2:05 pm and 09:00:30; not 14:48 UTC, nor 2031-04-02 14:48, nor 1:2:3:4 or v1.14:48"

    assert stated.clock_times(text) == [
        timedelta(hours=14, minutes=48),
        timedelta(hours=14, minutes=5),
        timedelta(hours=9, seconds=30),
    ]
