"""What an incident is called: as people named it, else by what users felt; an alert's name says neither."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics import declarations
from forensics.findings import incident
from small_world import epoch_ms, log, request, traffic
from telling import tell

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


def test_far_less_work_is_no_quiet_evidence(world: World) -> None:
    """For ten minutes one request in twenty of the usual comes and none fails: no limit was broken, but who calls that no incident, or
    says that nobody was hit, says more than the log tells."""
    seconds = [*range(2400), *range(2400, 3000, 20), *range(3000, 6000)]

    found = world({"app.log": log(map(request, seconds))})

    incident = found.findings.json["incident"]
    assert incident["title"] == "No limit was broken, but far less was done than was usual"
    assert incident["state"] == "not known: no limit was broken, but far less was done than was usual"
    (shown,) = found.findings.json["beyond_limits"]
    assert f"- **Impact**: Not known. {shown['statement']}." in tell(found).markdown
    assert found.findings.json["severity"]["level"] == "none"


def test_an_alert_of_security_alone_is_no_loss_of_data(world: World) -> None:
    """The monitoring says that passwords are guessed, and nothing else is in the evidence: the incident is called by that."""
    raised = {
        "id": "a-1", "name": "Brute force detection", "severity": "high", "status": "active", "timestamp": epoch_ms(900),
        "message": "Brute force attack from 192.0.2.66",
    }  # fmt: skip
    told = world({"alerts.json": json.dumps({"apm": [], "alerting": [raised], "statistics": {}})}).findings.json

    assert (told["incident"]["title"], told["severity"]["level"]) == ("A security alert", "P2")
