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


def test_what_all_but_ceased_came_back_as_well(world: World) -> None:
    """Of a hundred requests a bucket fifty failed, then one for twenty minutes, though none had before, then fifty again."""
    failing = traffic(*[0] * 60, *[50] * 20, *[1] * 40, *[50] * 20, *[0] * 80, of=100)
    (one,) = world({"app.log": failing}).findings.json["impact"]["relapses"]

    assert (one["bad"], one["requests"], one["as_usual"]) == (40, 4000, False)
    assert one["statement"].startswith(
        "It all but ceased and came back: from 12:40:00 to 13:00:00 UTC (20 min) 40 of 4,000 external requests went wrong, far less than "
        "before and after (usually 0 of "
    )


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


def test_what_ended_it_after_it_came_back_may_be_untold(world: World) -> None:
    """Restarted at the end of the first stretch alone: what ended the second came between its beginning and recovery."""
    found = world({"app.log": TWICE, "pm2.log": restarts(2395)}).findings.json

    mitigated, recovered = found["moments"]["mitigated"], found["moments"]["recovered"]
    assert (mitigated["earliest"], mitigated["latest"]) == ("2031-04-02T13:00:00Z", recovered["latest"])
    assert mitigated["why"].startswith("something that the evidence does not tell, since it came back at 13:00:00 UTC")
    assert "app.log" in {place.rpartition(":")[0] for place in mitigated["where"]}


def commits(*made: tuple[int, str]) -> str:
    """Return what git log prints on lines of their own: id, time and subject, the newest first."""
    lines = [
        f"{number * 7919:07x} {at(second).isoformat()}+00:00 {subject}"
        for number, (second, subject) in enumerate(made, 1)
    ]
    return "".join(f"{line}\n" for line in sorted(lines, key=lambda line: line.split()[1], reverse=True))


@pytest.mark.parametrize(
    ("more", "label", "vain"),
    [
        pytest.param((), "lead", True, id="nothing had been changed"),
        pytest.param(((3500, "tides in colour"),), "suspect", False, id="something else was changed just before"),
        pytest.param(((2900, "tides in colour"),), "lead", True, id="something was, long before"),
    ],
)
def test_what_was_taken_back_before_it_came_back_was_taken_back_in_vain(
    world: World, more: tuple[tuple[int, str], ...], label: str, vain: bool
) -> None:
    """Reverted while it failed; then it ceased for twenty minutes and came back: only a change just before leaves it open why."""
    told = commits((1200, "new ferry"), (2300, 'Revert "new ferry"'), *more)
    result = world({"app.log": TWICE, "commits.txt": told}).findings.json

    (one,) = [change for change in result["changes"] if change["summary"] == "new ferry"]
    assert (one["label"], one["reverted_in_vain"], one["reverted_with_effect"]) == (label, vain, False)
    answer = next(one["answer"] for one in result["questions"] if one["id"] == "changed")
    assert (
        "after which requests went wrong again from 13:00:00 UTC on (200 of 400, and 0 of 800 just before)" in answer
    ) is vain
