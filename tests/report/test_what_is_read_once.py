"""What a reader meets: each thing once, in the order in which it came, and nothing cut off."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import Analysed
from forensics.report import backtest, charts, drawing, moments_told, story
from forensics.report.coverage import coverage
from forensics.report.redaction import Redactor
from forensics.report.words import Times, instruction
from small_world import NOON, at, every, failed_login, good_login, iso, log, request, samples, traffic

World = Callable[[dict[str, str | bytes]], Analysed]


# ---- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remedy", "lead", "command"),
    [
        pytest.param("git log --format='%H' > git-log.txt", "", "git log --format='%H' > git-log.txt", id="a command"),
        pytest.param("cp a b", "", "cp a b", id="a command in plain words"),
        pytest.param(
            "keep one incident in one folder, collected for one time",
            "keep one incident in one folder, collected for one time",
            "",
            id="advice",
        ),
        pytest.param(
            "app.log is here and tells it (What failed?); the next time: cp ./app.log . # whole",
            "app.log is here and tells it (What failed?); the next time:",
            "cp ./app.log . # whole",
            id="advice and a command",
        ),
        pytest.param(
            "collect before any restart: curl -fsS URL", "collect before any restart:", "curl -fsS URL", id="when"
        ),
        pytest.param(
            "a.log tells it; the next time: watch what users do: while sleep 5; do date; done",
            "a.log tells it; the next time: watch what users do:",
            "while sleep 5; do date; done",
            id="two leads",
        ),
    ],
)
def test_only_a_command_looks_like_one(remedy: str, lead: str, command: str) -> None:
    """What a person reads stands before what they paste."""
    assert instruction(remedy) == (lead, command)


def test_moments_stand_as_they_came() -> None:
    """What was declared after it was over stands behind that; what nobody knows stands where it would be hoped for."""
    known = {"onset": 0, "detected": 60, "declared": 900, "mitigated": 960, "recovered": 600}
    moments: dict[str, Any] = {name: {"earliest": iso(when)} for name, when in known.items()}

    found = moments_told.course(
        {"moments": {**moments, "acknowledged": {"source": "unknown", "why": "nobody wrote it"}}}
    )

    assert found == ["onset", "detected", "acknowledged", "recovered", "declared", "mitigated"]


def rule(title: str, known_s: float, *, enough: bool = False) -> dict[str, Any]:
    """Return a rule of the audit of which some setting rang."""
    cell = {"rings": iso(0), "false_alarms_seen": 0}
    found = {"cells": [cell], "history_s": known_s, "false_alarms_known": enough, "clock": "UTC"}
    return {"title": title, "backtest": found, "suggestion": None, "why_no_suggestion": "it rang in time"}


def test_what_holds_of_several_alerts_is_said_once() -> None:
    """Rules of which too little is known share a sentence; one of which enough is known keeps its own."""
    audit = {"rules": [rule("Error rate", 60), rule("Memory", 3600, enough=True), rule("Response time", 120)]}

    assert backtest.outcomes(audit) == [
        "Memory: no other setting is suggested (it rang in time). 1 h before the onset are known.",
        "Error rate and response time: no other setting is suggested. 2 min before the onset are known at the most: "
        "too little to know how often a setting rings falsely.",
    ]


def test_who_was_hit_by_guessing_is_told_without_requests(world: World) -> None:
    """A log of logins alone tells how many of them failed."""
    told = world({"auth.log": log([*(failed_login(600 + 4 * number) for number in range(30)), good_login(725)])})

    lines = {line.name: line.text for line in story.summary(told.findings.json, Times())}

    assert lines["Who was hit"] == "30 of 31 logins failed; requests were not measured."


@pytest.mark.parametrize(
    ("success", "beside"),
    [
        pytest.param(725, "after 30 failed ones, the last of them at 12:11:56 UTC:", id="all failed before it"),
        pytest.param(650, "with 30 failed ones between 12:10:00 and 12:11:56 UTC:", id="some failed after it"),
    ],
)
def test_a_success_comes_after_the_failures_only_where_it_did(success: float, beside: str, world: World) -> None:
    """Cause and severity say of the failed logins from an address whether they were all before the one that succeeded."""
    guessing = [*((600 + 4 * number, failed_login) for number in range(30)), (success, good_login)]
    told = world({"auth.log": log(line(when) for when, line in sorted(guessing, key=lambda one: one[0]))}).findings.json

    lines = {line.name: line.text for line in story.summary(told, Times())}
    assert beside in lines["Cause"]
    assert beside in told["severity"]["reason"]


def test_a_level_is_told_by_what_happened(world: World) -> None:
    """What the runbook calls its criteria stands on no first screen."""
    result = world({"app.log": traffic(*[0] * 20, *[1] * 20, *[0] * 20, of=12)}).findings.json
    (told,) = [line.text for line in story.summary(result, Times()) if line.name == "Severity"]

    assert result["severity"]["rule"] == "Decision Criteria"
    assert told == "P2: a criterion for declaring an incident was met."


# ---- pictures ----------------------------------------------------------------------------------------------------


def lowest(svg: str) -> float:
    """Return how far below the upper edge of a picture its lowest letter stands, as a share of its height."""
    height = float(re.findall(r'viewBox="0 0 [\d.]+ ([\d.]+)"', svg)[0])
    return max(float(y) for y in re.findall(r'<text[^>]*? y="([\d.]+)"', svg)) / height


@pytest.mark.parametrize("plot", [drawing.PLOT, drawing.TALL])
def test_no_name_of_a_series_is_cut_off(world: World, plot: float) -> None:
    """Three addresses have three names below the picture, however high it is drawn."""
    guesses = [failed_login(600 + 4 * n, ip=f"192.0.2.{60 + n % 3}") for n in range(90)]
    told = world({"app.log": traffic(*[0] * 40), "auth.log": log(sorted(guesses))})

    hero = charts.hero(told.store, told.findings.json)

    assert hero is not None
    svg = charts.svg(hero, beside=plot == drawing.TALL)
    assert svg.count("ip-") >= 3
    assert lowest(svg) < 1


def test_a_login_that_came_later_is_not_drawn_at_the_edge(world: World) -> None:
    """It has no place in the picture, so it is told below it, with its time."""
    guesses = [failed_login(600 + 4 * number) for number in range(30)]
    told = world({"auth.log": log([*guesses, good_login(9000)])})

    hero = charts.hero(told.store, told.findings.json)

    assert hero is not None
    assert "Login succeeded" not in charts.svg(hero)
    assert hero.takeaway.endswith("and from it a login then succeeded at 14:30:00, outside of this picture.")


def test_a_moment_that_is_known_loosely_is_named_with_both_its_bounds(world: World) -> None:
    """Its line stands at the earlier of them, where it would otherwise seem to have happened."""
    told = world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)})
    moments = {**told.findings.json["moments"], "mitigated": {"earliest": iso(630), "latest": iso(780)}}

    chart = charts.error_rate(told.store, {**told.findings.json, "moments": moments})

    assert chart is not None
    assert "Mitigated 12:10:30 – 12:13:00" in chart.alt


def test_no_label_covers_another() -> None:
    """Two moments at one time and a third with a long name have a row each, whatever stands to the right of them."""
    names = [(445, "Detected 12:07:25"), (445, "Mitigated 12:07:25 – 12:22:12"), (800, "Acknowledged 12:13:20")]
    names += [(904, "Login succeeded 12:15:04"), (1000, "Declared 12:16:40"), (1307, "Recovered 12:21:47")]
    found = [drawing.Mark(at(when), at(when), said) for when, said in names]

    rows = drawing.lanes_for(found, drawing.BESIDE, at(0), at(1800))

    assert len(set(rows[:3])) == 3
    assert rows[0] != rows[1]


def test_a_bucket_that_is_not_whole_is_drawn_apart(world: World) -> None:
    """The log ends five seconds into its last bucket: what that counts is dotted, and said to be."""
    whole = traffic(*[0] * 20, *[10] * 6, *[0] * 20)
    cut = world({"app.log": whole + log([request(46 * 30 + n) for n in (1, 3, 5)])})

    chart = charts.error_rate(cut.store, cut.findings.json, at(600), at(1500))

    assert chart is not None
    assert "Dotted: counted over less than a whole bucket" in chart.alt
    start, end = at(0), at(60)
    points = [(at(0), at(30), 1.0, 0), (at(30), at(60), 1.0, 0)]
    assert drawing.cut(points, (start, end)) == 0
    assert drawing.cut(points, (start, end - timedelta(seconds=1))) == 1
    assert drawing.cut(points[1:], (start, end - timedelta(seconds=1))) == 0  # nothing whole to tell it from


def test_names_of_sources_lose_their_middle_only_where_they_must(world: World) -> None:
    """A name that fits is whole; of one that does not, both ends are shown, within the picture."""
    long = f"export/{'very-' * 12}long/the-last-part.log"
    told = world({"slack/incidents/the-first-of-april-2031.log": traffic(*[0] * 20), long: traffic(*[0] * 22)})

    chart = coverage(told.findings.json, Redactor(told.store))

    assert chart is not None
    svg = charts.svg(chart)
    assert "slack/incidents/the-first-of-april-2031.log" in re.sub("<[^>]+>", "", svg)
    shown = drawing.fitting(long, 2.6)
    assert shown.startswith("export/")
    assert shown.endswith("part.log")
    assert "…" in shown
    assert drawing.wide(shown) <= 2.6


def test_noon_is_where_these_tests_begin() -> None:
    """The times that are expected above count from it."""
    assert f"{NOON:%H:%M:%S}" == "12:00:00"


def test_the_first_screen_names_no_file(world: World) -> None:
    """Who was hit is told by who measured it; which file holds that stands below, where a reader looks for it."""
    rates = samples("api.error_rate", every(30, *[0.0] * 20, *[0.2] * 12, *[0.0] * 20), unit="fraction")
    result = world({"exports/rate.json": rates}).findings.json
    lines = {line.name: line.text for line in story.summary(result, Times())}

    assert lines["Who was hit"] == "20 % of requests failed at the worst, as the server measured."
    assert [name for name, text in lines.items() if "rate.json" in text] == []
    assert "exports/rate.json" in result["impact"]["measured"][0]["statement"]
