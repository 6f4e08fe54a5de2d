"""What was taken back is likelier to have led to an incident than what took it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from forensics import declarations
from forensics.analysis import reverts
from forensics.model import Change, Citation
from small_world import at, log, short, traffic

World = Callable[..., Any]

FAILING = traffic(0, 0, 0, 0, 0, 0, 12, 12, 12, 12, 12, 12, 0, 0, 0, 0)
"""From three minutes after noon on."""


def order(result: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Return the changes as they are ranked: which, how likely, and by what they were reverted."""
    return [(one["id"][:7], one["label"], one["reverted_by"]) for one in result["changes"]]


def test_of_undated_commits_the_one_that_was_reverted_comes_first(world: World) -> None:
    """A list without times tells by its subjects what was taken back; a revert of what is not in the list is nothing special."""
    commits = log(['aaaaaa1 Revert "new ferry"', "bbbbbb2 new ferry", 'cccccc3 Revert "old ferry"', "dddddd4 buoys"])
    result = world({"app.log": FAILING, "commits.txt": commits}).findings.json

    assert order(result) == [
        ("bbbbbb2", "suspect", "aaaaaa1"),
        ("cccccc3", "unlikely", None),
        ("dddddd4", "unlikely", None),
        ("aaaaaa1", "unlikely", None),
    ]
    told = next(one["answer"] for one in result["questions"] if one["id"] == "changed")
    assert told.startswith("No dated change lies in the day before the onset; no change in the evidence has a time.")
    assert "commit bbbbbb2 “new ferry”, which commit aaaaaa1 reverts; commit cccccc3" in told


def dated(*commits: tuple[str, float, str]) -> str:
    """Return what git log prints by itself, from an id, seconds after noon and a message."""
    lines = []
    for name, seconds, message in commits:
        stamp = short(seconds).replace("T", " ").replace("Z", " +0000")
        lines += [f"commit {name * 20}"[:47], "Author: Dev A <dev-a@example.com>", f"Date:   {stamp}", ""]
        lines += [f"    {line}" if line else "" for line in message.split("\n")] + [""]
    return log(lines)


@pytest.mark.parametrize(
    ("revert_at", "expected"),
    [
        pytest.param(
            600,
            [("bbbb2bb", "suspect", "aaaa1aaaa1aa"), ("cccc3cc", "lead", None), ("aaaa1aa", "unlikely", None)],
            id="taken back after the onset: the other was made later, and is only a lead",
        ),
        pytest.param(
            120,
            [("aaaa1aa", "lead", None), ("cccc3cc", "lead", None), ("bbbb2bb", "lead", "aaaa1aaaa1aa")],
            id="taken back before the onset: what took it back is a change like others",
        ),
    ],
)
def test_what_was_made_before_the_onset_and_taken_back_after_it_leads(
    world: World, revert_at: float, expected: list[tuple[str, str, str | None]]
) -> None:
    """The message names the commit by its id, whatever its subject says."""
    commits = dated(
        ("aaaa1", revert_at, f"Back to the old ferry\n\nThis reverts commit {'bbbb2' * 8}."),
        ("cccc3", 60, "buoys"),
        ("bbbb2", 30, "new ferry"),
    )
    result = world({"app.log": FAILING, "commits.txt": commits}).findings.json

    assert order(result) == expected


def test_what_was_done_after_the_onset_ranks_below_all_that_came_before(world: World) -> None:
    """The newest change is the last of the candidates when it was made during the incident; an old one is above it."""
    commits = dated(("aaaa1", 600, "log more"), ("bbbb2", 30, "new ferry"), ("cccc3", -3 * 86400, "buoys"))
    result = world({"app.log": FAILING, "commits.txt": commits}).findings.json

    assert order(result) == [("bbbb2bb", "lead", None), ("cccc3cc", "unlikely", None), ("aaaa1aa", "unlikely", None)]


HARBOUR = [0] * 10 + [12] * 60 + [0] * 20
"""Three in five requests fail from the sixth minute on, for half an hour."""


def tried(result: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return the changes as they are ranked: which, how likely, and whether it was taken back in vain."""
    return [(one["id"], one["label"], one["reverted_in_vain"]) for one in result["changes"]]


def test_a_change_that_was_taken_back_in_vain_is_no_suspect(world: World) -> None:
    """Requests failed as before for eight minutes after the first revert; the second ended it. Both made them suspects once."""
    commits = dated(
        ("aaaa1aa", 2000, 'Revert "new ferry"'),
        ("bbbb2bb", 900, 'Revert "buoys"'),
        ("cccc3cc", 240, "buoys"),
        ("dddd4dd", 120, "new ferry"),
    )
    result = world({"app.log": traffic(*HARBOUR), "commits.txt": commits}).findings.json

    assert [(name[:7], label, vain) for name, label, vain in tried(result)] == [
        ("dddd4dd", "suspect", False),
        ("cccc3cc", "lead", True),
        ("aaaa1aa", "unlikely", False),
        ("bbbb2bb", "unlikely", False),
    ]
    told = next(one["answer"] for one in result["questions"] if one["id"] == "changed")
    assert (
        "after which requests went on failing (120 of 200 in the 5 min before, 120 of 200 at most as long before what"
        in told
    )


def test_nothing_was_in_vain_where_nothing_else_was_done(world: World) -> None:
    """A revert may take long to arrive: where nothing followed it, it is what ended the incident, as far as anybody can tell."""
    commits = dated(("bbbb2bb", 900, 'Revert "buoys"'), ("cccc3cc", 240, "buoys"))
    result = world({"app.log": traffic(*HARBOUR), "commits.txt": commits}).findings.json

    assert [(name[:7], label, vain) for name, label, vain in tried(result)] == [
        ("cccc3cc", "suspect", False),
        ("bbbb2bb", "unlikely", False),
    ]


def deploys(*done: tuple[float, str, str]) -> str:
    """Return what GitHub lists of deployments: second, version and environment, the newest first."""
    return json.dumps(
        [
            {
                "id": number, "ref": version, "sha": f"{number:040x}", "environment": place, "task": "deploy", "description": "",
                "created_at": short(seconds), "updated_at": short(seconds), "statuses_url": "", "creator": {"login": "nora"},
            }
            for number, (seconds, version, place) in enumerate(done, 1)
        ]
    )  # fmt: skip


def test_an_older_version_takes_back_the_newer(world: World) -> None:
    """Of three deploys before the onset the one is a suspect whose successor at the same place is older; elsewhere nothing was undone."""
    listed = deploys(
        (2000, "v1.9.3", "quay"), (170, "v0.4.0", "tides"), (120, "v1.10.0", "quay"), (60, "v1.10.0", "quay-test"),
    )  # fmt: skip
    result = world({"app.log": traffic(*HARBOUR), "deployments.json": listed}).findings.json

    assert [(one["summary"].split()[2], one["label"], one["reverted_by"] is not None) for one in result["changes"]] == [
        ("v1.10.0", "suspect", True), ("v0.4.0", "lead", False), ("v1.10.0", "lead", False), ("v1.9.3", "unlikely", False),
    ]  # fmt: skip


DECLARED = declarations.declared("analysis/reverts.toml")


@pytest.mark.parametrize("example", DECLARED["example"], ids=lambda example: example["id"])
def test_a_change_names_in_its_own_words_what_it_takes_back(example: dict[str, str]) -> None:
    """The id after the word, in whatever language."""
    assert reverts.named_in(example["text"]) == example["id"]


@pytest.mark.parametrize("reject", DECLARED["reject"], ids=lambda reject: reject["text"])
def test_what_names_nothing_to_take_back_is_left_alone(reject: dict[str, str]) -> None:
    """Without an id behind the word nothing tells what was meant."""
    assert reverts.named_in(reject["text"]) == ""


@pytest.mark.parametrize("way", DECLARED["back_to"], ids=lambda way: way["example"][0]["text"])
def test_a_release_says_to_which_number_it_went_back(way: dict[str, Any]) -> None:
    """Numbers of a list are no versions."""
    assert [reverts.back_to(one["text"]) for one in way["example"]] == [one["number"] for one in way["example"]]
    assert [reverts.back_to(one["text"]) for one in way["reject"]] == [None] * len(way["reject"])


def release(number: int, seconds: float, said: str, service: str | None = None) -> Change:
    """Return a release of a list."""
    return Change(str(number), at(seconds), "deploy", said, Citation("releases.txt", line=number), service)


def test_going_back_to_a_number_takes_back_what_stood_there() -> None:
    """Of 46, 47 and 48, the way back to 47 takes back 48 alone; another service's numbers are its own."""
    found = [
        release(49, 300, "Rollback to 47"),
        release(52, 250, "Upgrade complete", "tides"),
        release(48, 200, "Upgrade complete"),
        release(47, 100, "Upgrade complete"),
        release(46, 0, "Upgrade complete"),
    ]

    assert [(one.id, by.id) for one, by in reverts.reverted(found)] == [("48", "49")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [("berths as they were (undoes b4e81d0a7c)", "suspect"), ("berths as they were", "unlikely")],
    ids=["named", "not named"],
)
def test_what_is_named_when_it_is_taken_back_is_a_suspect_however_old(world: World, said: str, expected: str) -> None:
    """Two days lie between the change and what it did; who took it back wrote its id. Without it, it is one of many old changes."""
    old = dated(("b4e81d0a7c", 60 - 2 * 86400, "wider berths"))
    result = world({"app.log": FAILING, "commits.txt": dated(("aaaaa1", 600, said), ("ccccc3", 60, "buoys")) + old})

    assert {one["summary"]: one["label"] for one in result.findings.json["changes"]}["wider berths"] == expected
