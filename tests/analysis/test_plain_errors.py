"""Errors are said in plain words first, with their own words behind them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import Analysed
from forensics import declarations
from forensics.analysis.plain_errors import said
from forensics.report import story
from forensics.report.words import Times
from small_world import epoch_ms, traffic

World = Callable[[dict[str, str | bytes]], Analysed]
DECLARED = declarations.declared("analysis/plain_errors.toml")["error"]


@pytest.mark.parametrize(("error", "words"), [(error, one["said"]) for one in DECLARED for error in one["example"]])
def test_examples_are_said_so(error: str, words: str) -> None:
    """Each example means what it is declared to mean, whatever stands above it in the file."""
    assert said(error) == words


@pytest.mark.parametrize(
    "reject", [one for error in DECLARED for one in error.get("reject", ())], ids=lambda one: one["why"]
)
def test_what_only_sounds_alike_is_not_said_so(reject: dict[str, str]) -> None:
    """Nor is anything said of what is no error of the kind."""
    assert said(reject["text"]) == ""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        pytest.param(
            "connect ECONNREFUSED 192.0.2.9:5432",
            "another service could not be reached (“connect ECONNREFUSED",
            id="what is known",
        ),
        pytest.param("tide too low", "“tide too low”.", id="what nobody declared"),
    ],
)
def test_the_first_screen_speaks_plainly(world: World, error: str, told: str) -> None:
    """The commonest error of a world that recorded a cause: a person who reads no code learns what it means."""
    body = {"status": "identified", "message": "the sluice"}
    record = [{"method": "PATCH", "url": "/api/monitoring/incidents/1", "at": epoch_ms(700), "body": body}]
    files = {"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20, error=error), "calls.json": json.dumps(record)}
    found = world(files).findings.json

    cause = next(line.text for line in story.summary(found, Times()) if line.name == "Cause")
    assert f"Commonest error: {told}" in cause
