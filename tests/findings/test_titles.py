"""What an incident is called: as people named it, else by what users felt; an alert's name says neither."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics import declarations
from forensics.findings import incident
from small_world import epoch_ms, traffic

World = Callable[[dict[str, str | bytes]], Analysed]
PATTERNS = declarations.declared("findings/alert_titles.toml")["alert"]


@pytest.mark.parametrize(("pattern", "text"), [(one["pattern"], text) for one in PATTERNS for text in one["example"]])
def test_each_pattern_knows_its_examples(pattern: str, text: str) -> None:
    """What a pattern declares as its example, it knows, by itself."""
    assert re.search(pattern, text)


@pytest.mark.parametrize(
    "reject", [one for pattern in PATTERNS for one in pattern["reject"]], ids=lambda one: one["why"]
)
def test_what_a_pattern_rejects_is_no_alert(reject: dict[str, str]) -> None:
    """A title of people's is none of any pattern."""
    assert not incident.of_alert(reject["text"])


@pytest.mark.parametrize(
    ("title", "files", "called"),
    [
        pytest.param("Nobody can book", {}, "Nobody can book", id="people's"),
        pytest.param("[FIRING:1] BerthErrors", {}, "Requests failed", id="an alert's, where more was measured"),
        pytest.param(
            "[FIRING:1] BerthErrors", {"app.log": traffic(*[0] * 40)}, "[FIRING:1] BerthErrors", id="an alert's alone"
        ),
    ],
)
def test_an_alerts_name_is_no_title(title: str, files: dict[str, str | bytes], called: str, world: World) -> None:
    """Where what users felt was measured, the incident is called by it; where nothing was, an alert's name is better than none."""
    record = {
        "id": "i-1", "title": title, "status": "resolved", "severity": "high", "createdBy": "bell", "autoCreated": False,
        "startTime": epoch_ms(660), "endTime": epoch_ms(900), "timeline": [],
    }  # fmt: skip
    bad = {"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)}

    told = world({**bad, **files, "incidents.json": json.dumps({"incidents": [record]})}).findings.json

    assert told["incident"]["title"] == called
