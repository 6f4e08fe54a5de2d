"""The best supported candidate for the cause, said as a candidate."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from forensics.findings import candidates
from forensics.report import story
from forensics.report.words import Times
from small_world import every, log, samples, short, traffic

World = Callable[[dict[str, Any]], Any]

FAILING = {"logs/application.log": traffic(*[0] * 4, *[12] * 8, *[0] * 4, error="berth table is locked")}
BEGIN = 120
"""When the requests of this world begin to fail, in seconds."""


def commit(name: str, seconds: float, words: str) -> str:
    """Return a commit as git log prints it, from two letters of its id, seconds after the world began, and its message."""
    stamp = short(seconds).replace("T", " ").replace("Z", " +0000")
    lines = [f"commit {name * 20}", "Author: Dev A <dev-a@example.com>", f"Date:   {stamp}", ""]
    return log([*lines, *(f"    {line}" for line in words.split("|")), ""])


def test_a_change_that_was_taken_back_is_likely(world: World) -> None:
    """Though another came after it: who reverted it held it for the cause, which says more than an order in time."""
    history = commit("c3", BEGIN + 200, f'Revert "feat: tides from a file"|This reverts commit {"a1" * 20}.')
    history += commit("b2", BEGIN - 20, "docs: piers") + commit("a1", BEGIN - 90, "feat: tides from a file")
    result = world({**FAILING, "git-log.txt": history}).findings.json

    found = result["candidate"]
    assert (found["sure"], found["what"]) == ("likely", "commit a1a1a1a “feat: tides from a file”")
    cause = next(line for line in story.summary(result, Times()) if line.name == "Cause")
    assert (
        cause.text
        == "Commit a1a1a1a “feat: tides from a file”: likely cause (reverted since by c3c3c3c, and fewer requests went wrong then)."
    )
    assert cause.claims == [found["claim"]]
    assert cause.unwritten == "incident commander"


def test_the_last_change_is_only_possible_and_the_error_stands_beside_it(world: World) -> None:
    """Nothing but its time speaks for it."""
    result = world({**FAILING, "git-log.txt": commit("a1", BEGIN - 60, "feat: bicycles")}).findings.json

    assert result["candidate"]["sure"] == "possible"
    assert "last change" in result["candidate"]["why"]
    cause = next(line for line in story.summary(result, Times()) if line.name == "Cause")
    assert cause.text.endswith("Commonest error: the database was locked (“berth table is locked”).")


def test_without_a_candidate_the_condition_that_was_seen_is_told(world: World) -> None:
    """An old change is none, and why there is none is said."""
    result = world({**FAILING, "git-log.txt": commit("a1", -500_000, "feat: bicycles")}).findings.json

    assert result["candidate"] is None
    assert "candidate" in result["why_null"]
    cause = next(line for line in story.summary(result, Times()) if line.name == "Cause")
    assert "berth table is locked" in cause.text


def test_peace_has_no_candidate(world: World) -> None:
    """Where no limit was broken there is no cause to look for, whatever was changed."""
    quiet = {"logs/application.log": traffic(*[0] * 16), "git-log.txt": commit("a1", BEGIN - 60, "feat: bicycles")}

    assert world(quiet).findings.json["candidate"] is None


def test_a_resource_of_which_there_was_no_more_stands_above_the_last_change(world: World) -> None:
    """All eight berths were in use from a minute before the first failure on, while ships waited: that says more than a commit that
    only came before it."""
    using = every(15, *[2] * 4, *[8] * 20)
    waiting = every(15, *[0] * 4, *range(3, 23))
    files = {
        **FAILING,
        "m.json": json.dumps(
            json.loads(samples("berths.active", using, None))
            + json.loads(samples("berths.max", [(second, 8) for second, _ in using], None))
            + json.loads(samples("berths.waiting", waiting, None))
        ),
        "git-log.txt": commit("b2", BEGIN - 20, "docs: piers"),
    }

    found = world(files).findings.json["candidate"]

    assert (found["sure"], found["what"], found["why"]) == (
        "possible", "All of berths.active was in use (8)", "since 1 min before",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("summary", "named"),
    [
        pytest.param("main (a1a1a1a)", "deploy of commit a1a1a1a “feat: bicycles”", id="a branch and an id"),
        pytest.param(
            "bicycles for all piers at a1a1a1a", "deploy “bicycles for all piers at a1a1a1a”", id="words of its own"
        ),
        pytest.param("main (b2b2b2b)", "deploy “main (b2b2b2b)”", id="a commit that is not in the evidence"),
        pytest.param("Upgrade complete", "deploy 12 “Upgrade complete”", id="what every release says: by its number"),
    ],
)
def test_a_deploy_is_named_by_what_it_brought(summary: str, named: str) -> None:
    """Who reads the first screen learns what was changed, and not only that a branch was."""
    deploy = {
        "kind": "deploy",
        "id": "12",
        "summary": summary,
        "label": "lead",
        "before_onset": True,
        "lead_s": 60.0,
        "score": None,
    }
    deploy |= {"names_with_failures": [], "claim": "c-1"}
    commit_ = {**deploy, "kind": "commit", "id": "a1" * 20, "summary": "feat: bicycles", "lead_s": 90.0}

    found = next(candidates._leads({"changes": [deploy, commit_]}))
    assert found.what == named
