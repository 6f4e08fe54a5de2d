"""Summaries of load tests that tell neither when they were nor how they went on: one number of a whole run, in small worlds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics.model import Json

World = Callable[[dict[str, str | bytes]], Analysed]


def summary(requests: int, rate: float, failed: float) -> str:
    """Return what k6 prints at the end: how many requests, how many a second, and the share that failed."""
    return (
        "     http_req_duration..............: avg=900ms min=10ms med=800ms max=4s p(90)=1s p(95)=1.5s\n"
        f"     http_req_failed................: {failed:.2f}%  {round(requests * failed / 100)} out of {requests}\n"
        f"     http_reqs......................: {requests}  {rate:.6f}/s\n"
    )


def verdict(result: Json, rule: str) -> Json:
    """Return the verdict on a rule."""
    return next(one for one in result["verdicts"] if one["rule"] == rule)


@pytest.mark.parametrize(
    ("requests", "failed", "declare", "alert"),
    [
        pytest.param(6000, 8.0, "met", "met", id="ten minutes, 8 % of all of it"),
        pytest.param(1000, 8.0, "not_met", "met", id="100 seconds are no two minutes"),
        pytest.param(6000, 4.0, "not_met", "not_met", id="ten minutes, 4 % of all of it"),
    ],
)
def test_a_run_lasts_as_long_as_its_requests_at_its_rate(
    world: World, requests: int, failed: float, declare: str, alert: str
) -> None:
    """At ten requests a second, its length follows from its count; the share of the whole is judged over the whole."""
    found = world({"summary.txt": summary(requests, 10.0, failed)}).findings.json
    seconds = requests / 10.0

    assert (verdict(found, "declare.error_rate")["verdict"], verdict(found, "alert.error_rate")["verdict"]) == (
        declare,
        alert,
    )
    assert "of the whole run" in verdict(found, "alert.error_rate")["statistic"]
    if alert == "met":
        (run,) = verdict(found, "alert.error_rate")["intervals"]
        assert (run["start"]["offset_s"], run["end"]["offset_s"], run["peak"]) == (0.0, seconds, failed)
        assert found["impact"]["measured"][0]["statement"] == (
            f"{failed:.3g} % of {requests:,} requests failed over all that summary.txt (client) measured"
        )
        assert found["durations"]["impact_s"] == [seconds, seconds]


def test_a_summary_without_a_count_has_no_length(world: World) -> None:
    """Nothing tells how long it was: no rule can be assessed by it."""
    lines = summary(6000, 10.0, 8.0).splitlines()[:2]
    found = world({"summary.txt": "\n".join(lines) + "\n"}).findings.json

    assert verdict(found, "declare.error_rate")["verdict"] == "not_assessable"
    assert found["impact"]["measured"] == []


def test_requests_told_in_sum_are_not_nothing(world: World) -> None:
    """That a run counted its requests says that something was asked; when nothing answered it cannot say."""
    found = verdict(world({"k6.txt": summary(6000, 10.0, 8.0)}).findings.json, "declare.unavailable")

    assert found["verdict"] == "not_assessable"
    assert found["why"].startswith("Requests are told in sum only (")
    assert found["why"].endswith("), and not when each was asked and answered.")
