"""What usual traffic shows by chance crosses alerts, and begins and ends no incident."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from forensics.analysis import chance as chances
from forensics.times import parse_time
from small_world import at, iso, log, request, short, traffic

World = Callable[[dict[str, Any]], Any]
LOG = "logs/application.log"

USUAL = [1, 0, 0, 0, 0] * 12
"""Half an hour in which one request in a hundred fails: one of twenty in every fifth bucket."""


def found(world: World, *buckets: int) -> dict[str, Any]:
    """Return what is found in a log of these buckets of thirty seconds, of twenty requests each."""
    return world({LOG: traffic(*buckets)}).findings.json  # type: ignore[no-any-return]


def tail(usually_bad: int, usually: int, bad: int, requests: int) -> Fraction:
    """Return how probable it is, in whole numbers, that as many of all that went wrong fall among these requests."""
    both, share = usually_bad + bad, Fraction(requests, requests + usually)
    return sum(
        (comb(both, one) * share**one * (1 - share) ** (both - one) for one in range(bad, both + 1)), Fraction(0)
    )


def test_two_failures_in_one_bucket_are_no_incident_where_as_many_are_usual(world: World) -> None:
    """Two of twenty failed once in an hour, and one of a hundred always does: the alert's limit was crossed, nobody was hit more
    than usually, and that is said with its numbers."""
    result = found(world, *USUAL, 2, *USUAL)
    crossed = {one["rule"]: one["verdict"] for one in result["verdicts"]}
    assert crossed["alert.error_rate"] == "met"
    assert crossed["declare.error_rate"] == "not_met"
    assert result["moments"]["onset"]["source"] == "unknown"
    assert "no more than usual traffic shows by chance" in result["moments"]["onset"]["why"]
    assert result["incident"]["title"] == "No incident in this evidence"
    assert result["severity"]["level"] == "P3"
    assert result["severity"]["reason"].endswith("no more than usual traffic does by chance")
    (one,) = result["impact"]["by_chance"]
    assert one["stretches"] == [
        {"start": short(1800), "end": short(1830), "bad": 2, "requests": 20, "usually_bad": 24, "usually": 2400}
    ]
    assert (one["rule"], one["alone"], one["buckets"]) == ("alert.error_rate", True, 121)
    assert one["statement"] in [finding["statement"] for finding in result["findings"]]


def test_chance_before_and_after_an_incident_moves_neither_end(world: World) -> None:
    """Two of twenty long before and long after five minutes in which half of all fail: the incident is these five minutes."""
    result = found(world, *USUAL, 2, *USUAL, *[10] * 12, *USUAL, 2, *USUAL)
    onset, recovered = result["moments"]["onset"], result["moments"]["recovered"]
    assert (onset["earliest"], onset["latest"]) == (iso(30 * 121 - 1.5), short(30 * 121))
    assert parse_time(recovered["earliest"]) >= at(30 * 132)
    assert parse_time(recovered["latest"]) <= at(30 * 133 + 3)
    (one,) = result["impact"]["by_chance"]
    assert [stretch["start"] for stretch in one["stretches"]] == [short(1800), short(30 * 193)]
    assert one["alone"] is False


def test_what_is_more_than_chance_is_an_incident(world: World) -> None:
    """Six of twenty failed in one bucket, and one of a hundred always does: that is an incident, if a short one."""
    result = found(world, *USUAL, 6, *USUAL)
    assert result["impact"]["by_chance"] == []
    assert short(1799) <= result["moments"]["onset"]["latest"] <= short(1801)


def test_what_was_hardly_watched_is_never_called_chance(world: World) -> None:
    """Two of twenty failed after four minutes of fifteen: nothing tells what is usual, so that the incident begins there."""
    result = found(world, *USUAL[:8], 2, *USUAL[:20])
    assert result["impact"]["by_chance"] == []
    assert result["moments"]["onset"]["source"] == "derived"


def test_a_slow_request_now_and_then_is_no_incident(world: World) -> None:
    """Of five requests in each bucket one in fifty takes four seconds, and so a 95th percentile is over the limit of an alert now and
    then: no incident."""
    lines = [
        request(30 * bucket + 6 * place, ms=4000 if (5 * bucket + place) % 50 == 7 else 40)
        for bucket in range(240)
        for place in range(5)
    ]
    result = world({LOG: log(lines)}).findings.json
    (one,) = [one for one in result["impact"]["by_chance"] if one["rule"] == "alert.response_time"]
    assert (one["alone"], len(one["stretches"])) == (True, 24)
    assert {(stretch["bad"], stretch["requests"]) for stretch in one["stretches"]} == {(1, 5)}
    assert result["moments"]["onset"]["source"] == "unknown"


@pytest.mark.parametrize("bad", range(1, 9))
def test_chance_is_told_by_the_exact_test(world: World, bad: int) -> None:
    """Whether so many of twenty are chance is what the test of whole numbers says: against the half hour before them or, where no ten
    minutes of the hour are more than chance, against all the rest."""
    result = found(world, *USUAL, bad, *USUAL)
    risk = Fraction(chances.RISK)
    before = tail(12, 1200, bad, 20) * 121 > risk
    ten_minutes = tail(20, 2020, bad + 4, 400) * 6 > risk  # the twenty buckets from 12:30 to 12:40 with it, of the hour
    steady = tail(24, 2400, bad, 20) * 121 > risk and ten_minutes
    crossed = bad > 1  # one of twenty is five in a hundred, and not over it
    assert bool(result["impact"]["by_chance"]) == (crossed and (before or steady))
