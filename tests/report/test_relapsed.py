"""That an incident ceased and came back is told wherever people look first, with what had been done before it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics.model import Json
from forensics.report import brief, charts, external, relapsed, story
from forensics.report.redaction import Redactor
from forensics.report.words import Times
from small_world import at, iso, messages, traffic
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]

TWICE = traffic(*[0] * 60, *[10] * 20, *[0] * 40, *[10] * 20, *[0] * 80)
"""From 12:30 to 12:40 and from 13:00 to 13:10 half of all requests fail."""
THRICE = traffic(*[0] * 60, *[10] * 20, *[0] * 40, *[10] * 20, *[0] * 60, *[10] * 20, *[0] * 80)
"""And once more from 13:40 to 13:50."""


def restart(second: int) -> str:
    words = ("Stopping app:ferry id:0", "App [ferry:0] online")
    return "".join(f"{at(second):%Y-%m-%dT%H:%M:%S}: PM2 log: {one}\n" for one in words)


@pytest.fixture
def back(world: World) -> Analysed:
    """An incident that a restart ended for twenty minutes."""
    return world({"app.log": TWICE, "pm2.log": restart(2395) + restart(4160)})


def lasted(result: Json) -> str:
    return {line.name: line.text for line in story.summary(result, Times())}["How long"]


def test_the_first_screen_says_when_it_came_back_and_what_had_not_ended_it(back: Analysed) -> None:
    """In words for people who know no commands, with the claim of the relapse behind them; the brief and Markdown say the same."""
    result, claims = back.findings.json, back.findings.claims
    told = "it ceased 12:40:00 after a restart (12:39:55) and came back 13:00:00"
    (claim,) = [one["claim"] for one in result["impact"]["relapses"]]

    assert told in lasted(result)
    assert claim in next(line.claims for line in story.summary(result, Times()) if line.name == "How long")
    assert f"; {told}; " in tell(back).markdown.split("## Timeline")[0]
    assert f"; {told}; " in brief.render(result, claims, Redactor(back.store))


def test_the_timeline_says_when_it_ceased_and_when_it_came_back(back: Analysed) -> None:
    """Both are key events, with the counts that they rest on."""
    key = [(event["time"], event["text"]) for event in back.findings.json["timeline"] if event["key"]]

    assert [one for one in key if one[1].startswith("It ")] == [
        ("2031-04-02T12:40:00Z", "It ceased: requests went as usual until 13:00:00 UTC"),
        ("2031-04-02T13:00:00Z", "It came back: of 400 requests from then on 200 went wrong"),
    ]
    assert ("2031-04-02T12:39:55Z", "Process stopped: ferry") in key


def test_those_outside_learn_that_it_came_back(back: Analysed) -> None:
    """Without what was done: that we acted twice, that it seemed to be over, and when it came back."""
    result = back.findings.json

    assert [said for said, _ in external.steps(result, Times())] == [
        "It began",
        "We noticed",
        "We acted",
        "It seemed to be over",
        "It came back",
        "We acted again",
        "It was over",
    ]
    told = dict(external.facts(result, Times()))["How long"]
    assert told.endswith("It seemed to be over from 12:40:00 to 13:00:00, and came back.")
    assert "ferry" not in external.render(result, back.findings.claims, Redactor(back.store))


def test_the_picture_shows_the_pause(back: Analysed) -> None:
    """It is shaded, named where there is room, and told to those who cannot see it."""
    hero = charts.hero(back.store, back.findings.json)

    assert hero is not None
    assert "As usual from 12:40:00 to 13:00:00, before it came back." in hero.alt
    assert "pause, 20 min" in [text.get_text() for text in hero.figure.axes[0].texts]


def test_several_pauses_are_counted(world: World) -> None:
    """With the times of as many as fit, and of each the timeline tells when it ceased and came back."""
    result = world({"app.log": THRICE}).findings.json

    assert "it ceased and came back twice (12:40:00 – 13:00:00, 13:10:00 – 13:40:00)" in lasted(result)
    assert len([event for event in result["timeline"] if event["key"] and event["text"].startswith("It ")]) == 4


def test_of_many_pauses_the_longest_are_told() -> None:
    """A service that dies over and over is told in one line."""

    def relapse(minute: int, requests: int, done: Json | None) -> Json:
        return {"ceased": iso(60 * minute), "again": iso(60 * minute + 600), "requests": requests, "done": done}

    acted = {"named": "a restart", "time": iso(300), "kind": "service restart"}
    result = {"impact": {"relapses": [relapse(0, 90, None), relapse(20, 30, acted), relapse(40, 70, None)]}}

    assert relapsed.brief(result, Times()) == (
        "it ceased and came back 3 times (longest 12:00:00 – 12:10:00, 12:40:00 – 12:50:00); a restart (12:05:00) had not ended it"
    )
    assert relapsed.outside(result, Times()) == "It seemed to be over 3 times, and came back."


def test_what_never_came_back_is_not_said_to(world: World) -> None:
    """One stretch has no pause."""
    result = world({"app.log": traffic(*[0] * 60, *[10] * 20, *[0] * 80)}).findings.json

    assert (relapsed.brief(result, Times()), relapsed.outside(result, Times())) == ("", "")
    assert "It came back" not in [said for said, _ in external.steps(result, Times())]


def test_actions_are_marked_by_their_kind(world: World) -> None:
    """A few letters of a message would not say what was done."""
    chat = messages(
        (1810, "U2", "cannot book anything"),
        (2380, "U2", "the pool holds one berth only. its the settings. reverting it live"),
    )
    found = world({"app.log": TWICE, "slack.json": chat, "pm2.log": restart(4160)})
    hero = charts.hero(found.store, found.findings.json)

    assert hero is not None
    assert "configuration 12:39" in hero.alt
    assert "the pool holds" not in hero.alt


def test_a_change_that_nobody_tells_of_is_no_act_of_ours(back: Analysed) -> None:
    """A list of changes may record what was done for other reasons: those outside are not told that we acted."""
    result = back.findings.json
    (one,) = result["impact"]["relapses"]
    changed = {
        **result,
        "impact": {**result["impact"], "relapses": [{**one, "done": {**one["done"], "recorded": "change"}}]},
    }

    assert [said for said, _ in external.steps(changed, Times())][2:] == [
        "It seemed to be over",
        "It came back",
        "We acted",
        "It was over",
    ]
