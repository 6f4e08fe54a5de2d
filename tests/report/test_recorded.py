"""What people recorded of the cause while it ran stands where the cause is asked for, as their words."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Analysed
from forensics import declarations
from forensics.findings import recorded
from forensics.report import causes, story
from forensics.report.words import Times
from small_world import epoch_ms, traffic
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]

PATTERNS = declarations.declared("findings/recorded.toml")["recorded"]
CALLS = json.dumps(
    [
        {"method": "POST", "url": "/api/monitoring/incidents", "at": epoch_ms(780),
         "body": {"title": "No tickets", "severity": "high", "createdBy": "on-call-engineer"}},
        {"method": "PATCH", "url": "/api/monitoring/incidents/1", "at": epoch_ms(840),
         "body": {"status": "identified", "message": "the printer's certificate ran out", "author": "incident-commander"}},
    ]
)  # fmt: skip
TRAFFIC = traffic(*[0] * 20, *[10] * 6, *[0] * 20)
WROTE = "People recorded at 12:14:00: “the printer's certificate ran out”."


def cause(result: dict[str, Any]) -> str:
    """Return the line of the first screen that tells the cause."""
    return {line.name: line.text for line in story.summary(result, Times())}["Cause"]


@pytest.mark.parametrize("example", [one for way in PATTERNS for one in way["example"]], ids=lambda one: one["text"])
def test_what_is_recorded_is_read(example: dict[str, str]) -> None:
    """Each example of a way to record a cause gives the cause."""
    assert recorded.named(example["text"]) == example["cause"]


@pytest.mark.parametrize("reject", [one for way in PATTERNS for one in way["reject"]], ids=lambda one: one["why"])
def test_what_names_no_cause_is_left_alone(reject: dict[str, str]) -> None:
    """And what is no record of a cause gives none."""
    assert recorded.named(reject["text"]) == ""


def test_the_first_screen_says_what_people_recorded(world: World) -> None:
    """Whoever asks for the cause first hears what those who looked wrote down, when, and on which claim that rests."""
    told = world({"app.log": TRAFFIC, "incident-api-calls.json": CALLS}).findings.json

    assert cause(told).startswith(WROTE)
    (event,) = [event for event in told["timeline"] if "certificate" in event["text"]]
    assert told["recorded_cause"]["where"] == event["where"]
    assert WROTE in [line.text for line in causes.shown(told, Times())["trigger"]]


@pytest.mark.parametrize(
    ("words", "hinted"),
    [
        pytest.param("human error", "“human error” explains nothing", id="human error"),
        pytest.param("Wanjiku Quist was careless", "“careless” blames", id="blame of somebody"),
    ],
)
def test_who_is_blamed_is_quoted_by_a_pseudonym_and_with_a_hint(words: str, hinted: str, world: World) -> None:
    """No page makes a person the cause: people's words stay theirs, the name is hidden, and the hint stands beside them."""
    calls = CALLS.replace("the printer's certificate ran out", words)
    analysed = world({"app.log": TRAFFIC, "incident-api-calls.json": calls})
    page, markdown = tell(analysed)[2:4]

    assert cause(analysed.findings.json).startswith(
        f"People recorded at 12:14:00: “{words}”. These are their words: {hinted}"
    )
    assert "Wanjiku" not in page + markdown
    assert hinted in html.unescape(page)


def test_without_a_record_nothing_is_put_into_peoples_mouths(world: World) -> None:
    """What the logs tell is not what people recorded."""
    told = world({"app.log": TRAFFIC}).findings.json

    assert "People recorded" not in cause(told)
    assert told["recorded_cause"] is None
    assert told["why_null"]["recorded_cause"] == recorded.NOT_RECORDED


def test_a_written_cause_stands_alone(world: World) -> None:
    """Where people wrote the cause, no candidate competes with it on the first screen; what is known of it stands among the causes."""
    told = world({"app.log": TRAFFIC, "incident-api-calls.json": CALLS}).findings.json
    told["notes"] = {"narrative": {"root_cause": {"items": ["A certificate ran out."]}}}

    assert cause(told) == ""
    assert WROTE not in [line.text for line in causes.shown(told, Times())["trigger"]]
