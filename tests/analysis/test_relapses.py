"""What ceased and came back: what was done before it came back did not end it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_world import at, traffic

World = Callable[[dict[str, str | bytes]], Any]
TWICE = traffic(*[0] * 60, *[10] * 20, *[0] * 40, *[10] * 20, *[0] * 80)
"""From 12:30 to 12:40 and from 13:00 to 13:10 half of all requests fail."""


def test_between_two_stretches_requests_were_as_usual(world: World) -> None:
    """Twenty minutes without a failure, as in the half hour before: what came again is told with its counts."""
    (one,) = world({"app.log": TWICE}).findings.json["impact"]["relapses"]

    assert {name: one[name] for name in ("ceased", "again", "bad", "usually_bad", "change")} == {
        "ceased": "2031-04-02T12:40:00Z",
        "again": "2031-04-02T13:00:00Z",
        "bad": 0,
        "usually_bad": 0,
        "change": None,
    }
    assert one["statement"].startswith("It ceased and came back: from 12:40:00 to 13:00:00 UTC (20 min) 0 of ")


@pytest.mark.parametrize(
    "failing",
    [
        pytest.param([*[0] * 60, *[10] * 60, *[0] * 80], id="one stretch"),
        pytest.param([*[0] * 60, *[10] * 20, *[0] * 10, *[10] * 20, *[0] * 80], id="a pause of five minutes"),
        pytest.param(
            [*[0] * 60, *[10] * 20, *[1] * 40, *[10] * 20, *[0] * 80], id="some fail in between, and none did before"
        ),
    ],
)
def test_what_never_ceased_did_not_come_back(world: World, failing: list[int]) -> None:
    """Nor is a pause an end in which nothing can be told from chance, or in which more fail than usual."""
    assert world({"app.log": traffic(*failing)}).findings.json["impact"]["relapses"] == []


def restarts(*seconds: int) -> str:
    return "".join(
        f"{at(second):%Y-%m-%dT%H:%M:%S}: PM2 log: {words}\n"
        for second in seconds
        for words in ("Stopping app:ferry id:0", "App [ferry:0] online")
    )


def test_what_was_done_before_it_came_back_did_not_end_it(world: World) -> None:
    """Restarted at the end of the first stretch and of the second: the second restart is the last before recovery."""
    found = world({"app.log": TWICE, "pm2.log": restarts(2395, 4160)}).findings.json

    mitigated = found["moments"]["mitigated"]
    assert mitigated["earliest"] == "2031-04-02T13:09:20Z"
    assert "(it had ceased at 12:40:00 and come back at 13:00:00 UTC)" in mitigated["why"]
