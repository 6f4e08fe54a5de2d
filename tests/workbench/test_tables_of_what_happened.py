"""Tables of notebooks say times and lengths as the page says them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from forensics.report import sentences
from forensics.report.redaction import Redactor
from forensics.report.words import Times
from forensics.workbench import holdings

ONSET, FOUND, TOLD = "2031-04-02T12:05:00.123456Z", "2031-04-02T12:09:30Z", "2031-04-02T12:07:00Z"


def moments() -> dict[str, Any]:
    """Return moments of which one came before another that is hoped for first, one is not known and one had not come."""
    placed = {"onset": (ONSET, ONSET), "detected": (FOUND, FOUND), "declared": (TOLD, TOLD)}
    known = {name: {"earliest": first, "latest": last, "why": "seen"} for name, (first, last) in placed.items()}
    open_ = {"why": "it went on", "reached": False}
    return {**known, "acknowledged": {"why": "nobody"}, "mitigated": {"why": "nothing"}, "recovered": open_}


def test_moments_stand_as_they_came() -> None:
    """What was declared before it was detected stands before it; no time is one for programs; what is unknown says so."""
    rows = holdings.moments({"moments": moments()}, Times())

    assert [(row["moment"], row["when"]) for row in rows] == [
        ("onset", "2031-04-02 12:05:00 UTC"),
        ("declared", "2031-04-02 12:07:00 UTC"),
        ("acknowledged", "not known"),
        ("detected", "2031-04-02 12:09:30 UTC"),
        ("mitigated", "not known"),
        ("recovered", "not reached"),
    ]


def test_the_sentence_tells_them_in_the_same_order() -> None:
    """As the table does."""
    said = str(sentences.about("moments", {"moments": moments(), "verdicts": []}, Redactor(None)))

    assert re.findall(r"onset|declared|detected", said) == ["onset", "declared", "detected"]


@pytest.mark.parametrize(
    ("time", "lead", "told"),
    [
        pytest.param("2031-04-02T12:00:00Z", 300.0, ("2031-04-02 12:00:00 UTC", "5 min"), id="before"),
        pytest.param("2031-04-02T12:06:30Z", -90.0, ("2031-04-02 12:06:30 UTC", "1 min 30 s after it"), id="after"),
        pytest.param(None, None, ("undated", "—"), id="undated"),
    ],
)
def test_changes_tell_how_long_before_the_onset(time: str | None, lead: float | None, told: tuple[str, str]) -> None:
    """In words and not in seconds."""
    change = {"time": time, "kind": "deploy", "summary": "v2", "lead_s": lead, "where": "deploys.json #1"}

    rows = holdings.changes({"changes": [change]}, Times())

    assert [(row["time"], row["before the onset"]) for row in rows] == [told]


def test_events_tell_their_time_with_its_zone() -> None:
    """And second in the zone that was asked for."""
    event = {"id": "e-1", "time": ONSET, "kind": "signal", "text": "it began", "where": "app.log:1", "key": True}

    (row,) = holdings.events([event], Times("Europe/Berlin"))

    assert row["time"] == "2031-04-02 12:05:00 UTC (14:05:00 Europe/Berlin)"
