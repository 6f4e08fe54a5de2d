"""The runbook's examples of severity that name no number: each has a condition, or says what would tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import shared
from conftest import Analysed
from forensics import runbook
from forensics.findings import severity_examples
from forensics.model import Json
from small_world import failed_login, good_login, log, request

World = Callable[[dict[str, str | bytes]], Analysed]
ABOUT = severity_examples.declared()["about"]


@pytest.mark.parametrize("about", ABOUT, ids=lambda one: one["what"])
def test_routes_are_known_by_general_words(about: Json) -> None:
    """Examples fit, and names that only hold the letters do not."""
    fits = re.compile(about["pattern"])

    assert [one for one in about["examples"] if not fits.search(one)] == []
    assert [one for one in about["rejects"] if fits.search(one)] == []


@pytest.mark.shared
def test_each_example_of_the_runbook_is_told() -> None:
    """Every example that the runbook lists under a level is a condition of that level, or says what would tell."""
    text = (
        (shared.need_shared() / "runbook.md").read_text(encoding="utf-8").partition("## Incident Response Process")[0]
    )
    for level in runbook.load().levels:
        part = text.partition(f"#### {level.level} ")[2].partition("#### ")[0]
        listed = re.findall(r"(?m)^  - (.+)$", part)
        told = {condition.words for condition in level.conditions} | {words for words, _ in level.untold}

        assert listed
        assert [one for one in listed if one not in told] == []


def traffic(route: str, failing: tuple[int, int], seconds: int = 600) -> Iterator[str]:
    """Yield a request a second for one of nine routes, those for `route` failing between two seconds."""
    for second in range(seconds):
        path = (
            route
            if second % 20 == 0 or (second % 10 == 5 and failing[1] - failing[0] < 60)
            else f"/api/quay{second % 7}"
        )
        yield request(second, path=path, failed=path == route and failing[0] <= second < failing[1])


def example(found: Analysed, words: str) -> Json:
    """Return what is told of one example."""
    return next(one for one in found.findings.json["severity"]["examples"] if one["words"] == words)


@pytest.mark.parametrize(
    ("route", "words", "level"),
    [
        pytest.param("/api/auth/login", "Authentication failures", "P1", id="logins"),
        pytest.param("/api/checkout", "Payment processing issues", "P1", id="payments"),
        pytest.param("/api/tides", "Non-critical feature failures", "P2", id="another feature"),
    ],
)
def test_a_route_that_failed_throughout_is_what_its_name_says(world: World, route: str, words: str, level: str) -> None:
    """Five per cent of all requests failed, which meets no criterion: but they were all that there were for this route, for 200 s."""
    found = world({"app.log": log(traffic(route, (200, 420)))})
    told, severity = example(found, words), found.findings.json["severity"]

    assert (severity["level"], severity["rule"], told["holds"]) == (level, words, True)
    assert f"all 11 requests for {route} in a row" in severity["reason"]
    assert severity["reason"] == told["why"]


def test_a_route_that_failed_for_shorter_than_an_error_rate_must_is_none(world: World) -> None:
    """All requests of fifty seconds for the login failed: for less than two minutes, so no example holds."""
    found = world({"app.log": log(traffic("/api/auth/login", (200, 250)))})

    assert found.findings.json["severity"]["level"] != "P1"
    assert example(found, "Authentication failures")["holds"] is False


def test_a_feature_that_never_worked_did_not_fail(world: World) -> None:
    """Where every request for a route failed from the beginning on, nothing tells that it ever worked."""
    found = world({"app.log": log(traffic("/api/tides", (0, 600)))})

    assert example(found, "Non-critical feature failures")["holds"] is False


def test_a_feature_does_not_fail_alone_where_all_do(world: World) -> None:
    """Where most requests for other routes failed, too, it is no failure of one feature."""
    lines = [request(s, path=f"/api/quay{s % 3}", failed=200 <= s < 420 and s % 9 != 0) for s in range(0, 600)]
    found = world(
        {
            "app.log": log(
                [*lines, *(request(s + 0.5, path="/api/tides", failed=200 <= s < 420) for s in range(0, 600, 20))]
            )
        }
    )

    assert example(found, "Non-critical feature failures")["holds"] is False


def test_logins_that_all_fail_from_everywhere_are_an_outage_and_guesses_are_not(world: World) -> None:
    """Twenty people in a row cannot log in over four minutes. Of one address that guesses, nothing of the kind is said."""
    people = [failed_login(60 + 12 * n, ip=f"192.0.2.{n % 10}", account=f"u{n}@example.com") for n in range(20)]
    lines = [good_login(0, ip="192.0.2.1"), *people, good_login(400, ip="192.0.2.2")]
    told = example(world({"app.log": log(lines)}), "Authentication failures")

    assert (told["holds"], told["why"].partition(",")[0]) == (True, "20 attempts to log in in a row failed")


def test_guesses_are_no_outage_of_logins(world: World) -> None:
    """One address fails sixty times in five minutes: that is a security alert, and no failure of authentication."""
    told = example(world({"app.log": log(failed_login(5 * n) for n in range(60))}), "Authentication failures")

    assert told["holds"] is False


def test_what_nothing_tells_is_not_assessable(world: World) -> None:
    """Without a request for a payment, and for examples that only people can tell, the answer is null, with what would tell."""
    found = world({"app.log": log(request(second) for second in range(60))})
    payments, third = example(found, "Payment processing issues"), example(found, "Third-party service issues")

    assert (payments["holds"], payments["why"]) == (
        None,
        "not assessable: no request about payments is in the evidence",
    )
    assert (third["holds"], third["why"].partition(":")[0]) == (None, "what would tell")
