"""What programs write of people's acts is told in people's words."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics import declarations
from forensics.analysis.event_words import said
from small_world import at, epoch_ms, traffic
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]
DECLARED = declarations.declared("analysis/event_words.toml")["said"]
CALLS = json.dumps(
    [
        {"method": "POST", "url": "/api/monitoring/incidents", "at": epoch_ms(780),
         "body": {"title": "No tickets", "severity": "high", "createdBy": "on-call-engineer"}},
        {"method": "PATCH", "url": "/api/monitoring/incidents/1", "at": epoch_ms(840),
         "body": {"status": "identified", "message": "the printer is out of ink", "author": "incident-commander"}},
    ]
)  # fmt: skip


@pytest.mark.parametrize("example", [one for way in DECLARED for one in way["example"]], ids=lambda one: one["text"])
def test_examples_are_said_so(example: dict[str, str]) -> None:
    """Each example is told as it declares."""
    assert said(example["text"]) == example["said"]


@pytest.mark.parametrize(
    "reject", [one for way in DECLARED for one in way.get("reject", ())], ids=lambda one: one["why"]
)
def test_other_words_stay_as_they_are_written(reject: dict[str, str]) -> None:
    """People's own words are left alone."""
    assert said(reject["text"]) == reject["text"]


def test_the_timeline_speaks_of_an_incident_and_not_of_calls(world: World) -> None:
    """Neither the page nor Markdown shows a method of HTTP, and how often a thing like it happened stays behind the words."""
    died = "".join(
        f"{at(second):%Y-%m-%dT%H:%M:%S}: PM2 log: App [ferry:0] exited with code [1] via signal [SIGKILL]\n"
        for second in (620, 700)
    )
    found = world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20), "calls.json": CALLS, "pm2.log": died})
    told = tell(found)
    texts = [event["text"] for event in found.findings.json["timeline"] if event["key"]]

    assert "Incident opened: “No tickets”, high" in texts
    assert "Identified: the printer is out of ink" in texts
    assert [one for one in texts if one.startswith("Process ended")] == [
        "Process ended: ferry (SIGKILL) (the first of 2 like it)"
    ]
    assert "PATCH incident" not in told.markdown.split("## Statements")[0].split("[^1]:")[0]
