"""Requests that only ask for the health of a service are external, and a definition beside ours leaves them out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics import declarations
from forensics.analysis import health_checks
from forensics.model import Json
from small_world import log, request, short

World = Callable[[dict[str, str | bytes]], Analysed]
DECLARED = declarations.declared("analysis/health_checks.toml")
LEFT_OUT = "external requests other than health checks"


@pytest.mark.parametrize("path", DECLARED["examples"])
def test_what_is_declared_is_a_health_check(path: str) -> None:
    """Each example is asked for by what watches a service."""
    assert re.search(health_checks.pattern(), path)


@pytest.mark.parametrize("reject", DECLARED["reject"], ids=lambda one: one["why"])
def test_what_users_ask_for_is_none(reject: dict[str, str]) -> None:
    """What users may ask for is no health check, however it is called."""
    assert not re.search(health_checks.pattern(), reject["path"])


def watched(failing: int, *, watch: str = "/healthz") -> str:
    """Return an hour of ferry bookings, of which so many of ten fail for ten minutes, and as many requests of a balancer."""
    lines = []
    for second in range(0, 3600, 3):
        failed = 1200 <= second < 1800 and second // 3 % 10 < failing
        lines.append(request(second, failed=failed, path="/bookings"))
        lines.append(request(second + 1, path=watch, ip="10.0.0.5"))
    return log(lines)


def verdict(result: Json, rule: str) -> Json:
    """Return one verdict."""
    return next(one for one in result["verdicts"] if one["rule"] == rule)


def test_health_checks_can_hide_that_users_fail(world: World) -> None:
    """One booking of ten fails for ten minutes, and of all external requests one of twenty: not over 5 %, but it depends on whether
    what the balancer asks is counted."""
    told = verdict(world({"app.log": watched(1)}).findings.json, "declare.error_rate")
    without = next(one for one in told["definitions"] if one["name"] == f"failed / all {LEFT_OUT}, 30 s buckets")

    assert (told["verdict"], told["depends"]) == ("not_met", True)
    assert without["verdict"] == "met"
    assert [(run["start"], run["end"], run["peak"]) for run in without["intervals"]] == [
        (short(1200), short(1800), 10.0)
    ]


def test_an_outage_of_all_users_is_told_though_health_was_answered(world: World) -> None:
    """Nobody books for ten minutes while the balancer is answered: by all requests that is no outage, by those of users it is."""
    told = verdict(world({"app.log": watched(10)}).findings.json, "declare.unavailable")

    assert (told["verdict"], told["depends"]) == ("not_met", True)
    (without,) = [one for one in told["definitions"] if one["name"] == f"{LEFT_OUT}, from app.log (server)"]
    assert without["verdict"] == "met"
    assert [(run["start"], run["end"]) for run in without["intervals"]] == [(short(1200), short(1800))]


def test_where_nobody_asks_for_health_there_is_no_such_definition(world: World) -> None:
    """Pages that are asked for as often are users', too: nothing is left out."""
    result = world({"app.log": watched(1, watch="/timetable")}).findings.json
    names = [one["name"] for verdict in result["verdicts"] for one in verdict["definitions"]]

    assert [name for name in names if LEFT_OUT in name] == []
