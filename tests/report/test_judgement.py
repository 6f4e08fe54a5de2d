"""The answer of the threshold notebook, held against small worlds of which everything is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forensics.report import judgement
from forensics.report.words import Times
from small_world import messages, traffic

World = Callable[[dict[str, str | bytes]], Any]
FAILING = traffic(*[0] * 10, *[20] * 20, *[0] * 70)
"""From the fifth to the fifteenth minute every request fails."""


def verdict(result: dict[str, Any], rule: str) -> dict[str, Any]:
    """Return the verdict on a rule."""
    found: dict[str, Any] = next(one for one in result["verdicts"] if one["rule"] == rule)
    return found


def test_the_answer_says_what_asked_for_a_declaration_and_whether_one_came(world: World) -> None:
    """All requests fail from 12:05:00: the five per cent have held for two minutes at 12:07; nobody declared."""
    result = world({"app.log": FAILING}).findings.json

    told = judgement.answer(result, Times())

    assert told.startswith("P0: ")
    assert (
        "The runbook asked for a declaration at 2031-04-02 12:07:00 UTC, when “Error rate > 5% for > 2 minutes” had held for "
        "long enough; when people declared is not known (no incident record opened by a person is in the evidence)."
        in told
    )
    assert "Not known for want of evidence: security alert" in told


def test_what_is_met_comes_first_and_criteria_before_thresholds(world: World) -> None:
    """The order in which somebody on call wants to know."""
    result = world({"app.log": FAILING}).findings.json

    order = [(one["rule"].split(".")[0], one["verdict"]) for one in judgement.ordered(result["verdicts"])]

    rank = {"met": 0, "not_assessable": 1, "not_met": 2}
    assert order == sorted(order, key=lambda one: (one[0] == "alert", rank[one[1]]))
    assert len(order) == 10


def test_each_rule_tells_what_was_seen(world: World) -> None:
    """A breach with its length and peak; what is missing; what was over for too short a time; or never."""
    short = traffic(*[0] * 10, *[20] * 3, *[0] * 70)
    result = world({"app.log": short, "slack.json": messages((60, "U1", "hello"))}).findings.json

    assert judgement.seen(verdict(result, "declare.error_rate"), Times()) == (
        "1 stretch, none of them for longer than 2 min: the longest for 1 min 30 s"
    )
    assert judgement.seen(verdict(result, "alert.error_rate"), Times()) == (
        "2031-04-02 12:05:00 – 12:06:30 UTC, 1 min 30 s, 100 % at the most"
    )
    assert judgement.seen(verdict(result, "declare.response_time"), Times()) == "never"
    assert "at least two counts of customers' reports" in judgement.seen(verdict(result, "declare.complaints"), Times())


def test_definitions_that_judge_otherwise_are_named(world: World) -> None:
    """Every other bucket of 30 s fails wholly: windows of 60 s are half failed for ten minutes, those of 30 s never for two."""
    result = world({"app.log": traffic(*[0] * 10, *[20, 0] * 10, *[0] * 40)}).findings.json
    found = verdict(result, "declare.error_rate")

    told = judgement.agreement(found)

    assert found["verdict"] == "not_met"
    assert told.startswith("Ours says: not met. ")
    assert "failed / all external requests, 60 s buckets (met)" in told
    assert {one["verdict"] for one in judgement.differing(found)} == {"met"}
