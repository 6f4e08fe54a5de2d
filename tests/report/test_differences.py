"""Two versions of a report, claim by claim."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Analysed
from forensics.model import Json
from forensics.report.differences import Comparison, Difference, compare, told
from small_world import traffic

World = Callable[[dict[str, str | bytes]], Analysed]
Change = Callable[[Json, list[Json]], Any]
SHA = "0" * 64


@pytest.fixture
def version(world: World) -> tuple[Json, list[Json]]:
    """A report of three minutes of errors."""
    findings = world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)}).findings
    return json.loads(json.dumps([findings.json, findings.claims]))


def changed(version: tuple[Json, list[Json]], change: Change) -> Comparison:
    """Compare a report with a version of it in which something is different."""
    after = copy.deepcopy(version)
    change(*after)
    return compare(*version, *after)


def test_a_report_is_as_it_is(version: tuple[Json, list[Json]]) -> None:
    """Nothing differs, and every claim is counted."""
    found = changed(version, lambda result, claims: None)

    assert (found.same, found.differences, found.unchanged_claims) == (True, [], len(version[1]))
    assert told(found) == [
        "incident → incident",
        f"The same: {len(version[1])} claims, and everything else of the result.",
    ]


@pytest.mark.parametrize(
    ("change", "part", "kind", "name", "before", "after"),
    [
        pytest.param(
            lambda result, claims: claims[0].update(statement="otherwise"),
            "claims", "changed", "moment onset", None, {"statement": "otherwise"}, id="a claim's statement",
        ),
        pytest.param(
            lambda result, claims: claims[0].update(value=7), "claims", "changed", "moment onset", None, {"value": 7}, id="a claim's value",
        ),
        pytest.param(lambda result, claims: claims.pop(0), "claims", "removed", "moment onset", None, None, id="a claim that is gone"),
        pytest.param(
            lambda result, claims: claims.append({**claims[0], "id": "c-new", "subject": "new"}),
            "claims", "added", "new", None, {}, id="a claim that is new",
        ),
        pytest.param(
            lambda result, claims: result["severity"].update(level="P3"),
            "severity", "changed", "", {"level": "P1"}, {"level": "P3"}, id="the severity",
        ),
        pytest.param(
            lambda result, claims: result["moments"]["onset"].update(latest="2031-04-02T12:11:00Z"),
            "moments", "changed", "", {"latest": "2031-04-02T12:10:00Z"}, {"latest": "2031-04-02T12:11:00Z"}, id="a moment",
        ),
        pytest.param(
            lambda result, claims: result["verdicts"][1].update(verdict="not_met"),
            "verdicts", "changed", "“Error rate > 5% for > 2 minutes”", {"verdict": "met"}, {"verdict": "not_met"}, id="a verdict",
        ),
        pytest.param(
            lambda result, claims: result["evidence"][0].update(sha256=SHA),
            "evidence", "changed", "", None, {"sha256": SHA}, id="a file with other bytes",
        ),
        pytest.param(lambda result, claims: result["evidence"].pop(), "evidence", "removed", "", None, None, id="a file that is gone"),
        pytest.param(
            lambda result, claims: result["parameters"].update(bucket=60), "parameters", "changed", "", 30, 60, id="a parameter",
        ),
        pytest.param(
            lambda result, claims: result["durations"].update(impact_s=[1.0, 2.0]),
            "durations", "changed", "", [180.0, 180.0], [1.0, 2.0], id="a duration",
        ),
        pytest.param(
            lambda result, claims: result["questions"][0].update(status="unknown"),
            "questions", "changed", "When did the issue start?", {"status": "answered"}, {"status": "unknown"}, id="an answer",
        ),
        pytest.param(lambda result, claims: result["findings"].pop(), "findings", "removed", "", None, None, id="a finding that is gone"),
        pytest.param(
            lambda result, claims: result.update(notes={"actions": [{"id": "a-1", "text": "Add a limit"}]}),
            "actions", "added", "Add a limit", None, {"text": "Add a limit"}, id="an action that is new",
        ),
    ],
)  # fmt: skip
def test_each_change_is_named(
    change: Change, part: str, kind: str, name: str, before: Any, after: Any, version: tuple[Json, list[Json]]
) -> None:
    """One thing changed: that one is told, with both sides, and nothing else."""
    found = changed(version, change)

    (one,) = found.differences
    assert (one.part, one.kind, one.name, found.same, found.other_parts) == (part, kind, name, False, [])
    assert found.unchanged_claims == len(version[1]) - (part == "claims" and kind != "added")
    for side, expected in ((one.before, before), (one.after, after)):
        assert (side | expected == side) if isinstance(expected, dict) else expected is None or side == expected
    assert (one.before is None, one.after is None) == (kind == "added", kind == "removed")


def test_other_parts_are_named_too(version: tuple[Json, list[Json]]) -> None:
    """What is not compared by its own is at least said to differ, so that two reports are never called the same wrongly."""
    found = changed(version, lambda result, claims: result["impact"].update(failed=1))

    assert (found.same, found.differences, found.other_parts) == (False, [], ["impact"])


@pytest.mark.parametrize("name", ["evidence", "query", "parameters"])
def test_a_claim_that_rests_on_something_else_is_counted(name: str, version: tuple[Json, list[Json]]) -> None:
    """Statement and value are as they were, but the question or the lines are not."""
    found = changed(version, lambda result, claims: claims[0].update({name: []}))

    assert (found.same, found.differences, found.rest_elsewhere) == (False, [], [version[1][0]["id"]])


def test_every_part_of_a_result_is_watched(version: tuple[Json, list[Json]]) -> None:
    """Whichever part of result.json changes, the versions are not the same."""
    compared = {
        "incident",
        "moments",
        "durations",
        "verdicts",
        "severity",
        "questions",
        "evidence",
        "parameters",
        "findings",
        "notes",
    }

    for name in set(version[0]) - compared:
        assert not changed(version, lambda result, claims, name=name: result.update({name: "else"})).same, name


def test_it_is_said_for_a_terminal(version: tuple[Json, list[Json]]) -> None:
    """Both sides in words, values by their places, and nothing from the evidence that could act."""

    def change(result: Json, claims: list[Json]) -> None:
        result["severity"].update(level="P3", reason="quiet")
        claims[0]["value"]["latest"] = "later"
        claims[1]["statement"] = "red \x1b[31m"

    reason, statement = version[0]["severity"]["reason"], version[1][1]["statement"]

    assert told(changed(version, change)) == [
        "incident → incident",
        f"Claims: 2 changed, 0 added, 0 removed, {len(version[1]) - 2} unchanged.",
        "",
        "Severity (1)",
        "  ~ severity",
        f"      was  P1: {reason}",
        "      now  P3: quiet",
        "",
        "Claims (2)",
        f"  ~ {version[1][0]['id']} moment onset",
        '      value.latest: "2031-04-02T12:10:00Z" → "later"',
        f"  ~ {version[1][1]['id']} {version[1][1]['subject']}",
        f"      was  {statement}",
        "      now  red \\x1b[31m",
    ]


def test_programs_get_both_sides(version: tuple[Json, list[Json]]) -> None:
    """The JSON form holds counts, every difference, and what both sides were."""
    found = changed(version, lambda result, claims: result["parameters"].update(bucket=60)).json()

    assert found["claims"] == {"added": 0, "removed": 0, "changed": 0, "unchanged": len(version[1])}
    assert found["differences"] == [
        {"part": "parameters", "kind": "changed", "id": "bucket", "name": "", "before": 30, "after": 60}
    ]
    assert Difference(**found["differences"][0]) == Difference("parameters", "changed", "bucket", "", 30, 60)
