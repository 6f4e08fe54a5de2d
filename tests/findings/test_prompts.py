"""What the evidence holds that helps people to write: the biggest surprises, promises kept and not kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Analysed
from forensics.findings import prompts
from forensics.model import Json
from small_world import traffic

World = Callable[[dict[str, str | bytes]], Analysed]


def quiet(**parts: Any) -> Json:
    """Return a result in which nothing surprises, but for these parts."""
    moments = {
        name: {"source": "unknown", "why": "", "stated": []}
        for name in ("onset", "detected", "declared", "acknowledged", "mitigated", "recovered")
    }
    severity = {"level": "none", "stated_level": None, "stated": None, "spent": [], "claim": "c-s", "reason": ""}
    whole: Json = {
        "impact": {"runs": [], "unanswered": []}, "moments": moments, "timeline": [], "findings": [], "verdicts": [],
        "alert_audit": {"rules": []}, "declarable": None, "recovery": None, "severity": severity, "evidence": [],
        "durations": {"impact_s": None}, "response": None,
    }  # fmt: skip
    return whole | parts


def when(minutes: float) -> str:
    """Return a time so many minutes after noon."""
    return f"2031-04-02T12:{int(minutes):02}:{round(minutes % 1 * 60):02}Z"


def moment(minutes: float, **said: Any) -> Json:
    """Return a derived moment."""
    return {"earliest": when(minutes), "latest": when(minutes), "source": "derived", "why": "w", "stated": []} | said


def stated(seconds: float, words: str = "it began") -> Json:
    """Return a statement that puts a moment so many seconds later than the data do."""
    return {"written": "12:00", "later_s": [seconds, seconds], "words": words, "where": "a:1", "claim": "c-1"}


RUN = {"start": when(0), "end": when(20), "of": "error_rate"}
HEALTHY = {
    "kind": "signal",
    "text": "Health endpoint answered: healthy",
    "where": "h #1",
    "time": when(10),
    "claim": None,
}


@pytest.mark.parametrize(
    ("parts", "kind", "seconds"),
    [
        pytest.param({"moments": {"onset": moment(0, stated=[stated(-600)])}}, "stated apart", 600, id="stated earlier"),
        pytest.param({"moments": {"onset": moment(0), "x": moment(1)}, "impact": {"runs": [RUN], "unanswered": []},
                      "timeline": [HEALTHY]}, "health", 600, id="healthy while failing"),
        pytest.param({"alert_audit": {"rules": [{"outcome": "missed", "statement": "s", "claim": "c", "due": [
            {"latest": when(1), "until": when(6)}]}]}}, "silent alert", 300, id="an alert that did not ring"),
        pytest.param({"declarable": {"words": "w", "at": when(2), "declared_after_s": 480.0, "claim": "c"}},
                     "declared late", 480, id="declared late"),
        pytest.param({"recovery": {"said_over": [{"failed_after": 3, "last_failed": when(9), "time": when(2),
                      "statement": "s", "claim": "c"}]}}, "said to be over", 420, id="said to be over while it went on"),
        pytest.param({"moments": {"recovered": moment(3), "mitigated": moment(8)}}, "over before it was mitigated", 300,
                     id="over before the action"),
        pytest.param({"impact": {"runs": [], "unanswered": [{"statement": "s", "first": when(1), "last": when(4),
                      "claim": "c"}]}}, "in no log", 180, id="nothing answered"),
        pytest.param({"severity": {"level": "P0", "stated_level": "P2", "stated": "minor", "reason": "r", "claim": "c",
                      "spent": [{"level": "P0", "seconds": 900.0}]}}, "graver than declared", 900, id="graver"),
        pytest.param({"durations": {"impact_s": [700, 700]}, "evidence": [{"path": "u", "problems": [
            {"code": "constant-answer", "message": "always 200"}]}]}, "a check that could not fail", 700, id="a constant check"),
    ],
)  # fmt: skip
def test_a_surprise_is_as_big_as_belief_and_data_were_apart(parts: Json, kind: str, seconds: float) -> None:
    """Each kind of surprise is measured in the seconds for which what was believed and what was so were apart."""
    whole = quiet()
    if "moments" in parts:
        silent = {"source": "unknown", "stated": []}
        parts = {**parts, "moments": {**dict.fromkeys(whole["moments"], silent), **parts["moments"]}}

    (found,) = prompts.surprises(whole | parts)

    assert (found.kind, found.seconds) == (kind, seconds)


def test_three_surprises_of_three_kinds_are_shown_the_longest_first() -> None:
    """The biggest of each kind stands for it, and what is within a minute surprises nobody."""
    rules = [
        {"outcome": "missed", "statement": f"s{last}", "claim": "c", "due": [{"latest": when(0), "until": when(last)}]}
        for last in (0.5, 9, 7)
    ]
    late = {"words": "w", "at": when(2), "declared_after_s": 50.0, "claim": "c"}
    onset = moment(0, stated=[stated(300), stated(-1200)])

    found = prompts.surprises(
        quiet(
            alert_audit={"rules": rules},
            declarable=late,
            moments={**quiet()["moments"], "onset": onset, "recovered": moment(1), "mitigated": moment(11)},
            impact={"runs": [], "unanswered": [{"statement": "s", "first": when(1), "last": when(4), "claim": "c"}]},
        )
    )

    assert [(one.kind, one.seconds) for one in found] == [
        ("stated apart", 1200),
        ("over before it was mitigated", 600),
        ("silent alert", 540),
    ]


def test_nothing_in_a_calm_world_surprises(world: World) -> None:
    """Evidence without trouble holds no surprise."""
    found = world({"app.log": traffic(*[0] * 60)}).findings.json

    assert "surprised_us" not in found["prompts"]
