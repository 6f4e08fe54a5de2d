"""Which events tell the story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from small_world import traffic

World = Callable[[dict[str, str | bytes]], Any]
FAILING = traffic(*[0] * 20, *[20] * 20, *[0] * 60)
"""From the tenth to the twentieth minute every request fails."""


def rules(minute: int, name: str, state: str) -> str:
    """Return what a rule evaluator observed."""
    return f'{{"observed_at":"2031-04-02T12:{minute:02d}:00Z","rules":[{{"name":"{name}","state":"{state}","health":"ok"}}]}}\n'


def test_what_is_calm_or_only_rehearsed_is_no_key_event(world: World) -> None:
    """A rule at rest before the onset and a test of the paging tell nothing of the incident; the alert that rang does."""
    states = (
        rules(2, "QuayErrors", "inactive") + rules(4, "ContactPointTest", "firing") + rules(12, "QuayErrors", "firing")
    )

    events = world({"app.log": FAILING, "rules.jsonl": states}).findings.json["timeline"]

    told = {
        event["text"]: bool(event["key"]) for event in events if event["kind"] == "signal" and "Quay" in event["text"]
    }
    rehearsed = [event["key"] for event in events if "ContactPointTest" in event["text"]]
    assert told == {"Alert rule QuayErrors: inactive": False, "Alert firing: QuayErrors": True}
    assert rehearsed
    assert not any(rehearsed)
