"""Where few people ask, limits are broken now and then: it is one incident for as long as far more fails than usually does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_world import log, request, short

World = Callable[[dict[str, str | bytes]], Any]
HOUR = 3600
BURSTS = [(2 * HOUR, 2 * HOUR + 240), (8 * HOUR, 8 * HOUR + 240)]
"""Two stretches of four minutes in which a request each ten seconds fails, six hours apart."""


def _world(world: World, between: Callable[[int], bool]) -> dict[str, Any]:
    """Return the result of ten hours of two requests a minute, of which those between the two stretches fail that `between` names."""
    lines = []
    for second in range(0, 10 * HOUR, 30):
        inside = BURSTS[0][1] <= second < BURSTS[1][0]
        lines.append((second, request(second, failed=inside and between(second // 30))))
    for start, end in BURSTS:
        lines += [(second + 5, request(second + 5, failed=True)) for second in range(start, end, 10)]
    result: dict[str, Any] = world({"app.log": log(line for _, line in sorted(lines))}).findings.json
    return result


def test_what_fails_all_the_time_is_one_incident_though_no_limit_is_broken(world: World) -> None:
    """Between the stretches every fourth request fails, in no bucket for longer than two minutes: it was never over."""
    result = _world(world, lambda number: number % 4 == 0)

    assert not [one for one in result["findings"] if "more than 4 hours apart" in one["statement"]]
    assert result["moments"]["recovered"]["earliest"] >= short(BURSTS[1][1] - 5)


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(lambda number: False, id="nothing fails between them"),
        pytest.param(
            lambda number: number < 2 * 120 + 60 and number % 4 == 0,
            id="it goes on for a while, and then nothing fails",
        ),
    ],
)
def test_what_was_over_for_hours_and_came_back_is_another_incident(
    world: World, between: Callable[[int], bool]
) -> None:
    """Hours without a failure part two incidents."""
    result = _world(world, between)

    assert [one for one in result["findings"] if "more than 4 hours apart" in one["statement"]]
    assert result["moments"]["recovered"]["latest"] < short(4 * HOUR)


@pytest.mark.parametrize(
    ("before", "one_incident"),
    [
        pytest.param([], False, id="nothing before the first stretch"),
        pytest.param([15 * HOUR], False, id="it had paused, but never for so long"),
        pytest.param([13 * HOUR], True, id="it had come and gone with a pause as long"),
    ],
)
def test_what_comes_and_goes_is_one_incident(world: World, before: list[int], one_incident: bool) -> None:
    """A burst too short for a limit, of nine requests, came hours before the first that broke one; the next came six hours after it."""
    bursts = [*((start, start + 90) for start in before), (20 * HOUR, 20 * HOUR + 240), (26 * HOUR, 26 * HOUR + 240)]
    lines = [(second, request(second)) for second in range(0, 28 * HOUR, 30)]
    for start, end in bursts:
        lines += [(second + 5, request(second + 5, failed=True)) for second in range(start, end, 10)]
    result = world({"app.log": log(line for _, line in sorted(lines))}).findings.json

    apart = [one for one in result["findings"] if "more than 4 hours apart" in one["statement"]]
    assert bool(apart) is not one_incident
    recovered = result["moments"]["recovered"]["latest"]
    assert recovered > short(26 * HOUR) if one_incident else recovered < short(21 * HOUR)
