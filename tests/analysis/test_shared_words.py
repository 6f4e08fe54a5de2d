"""A change that names what the failures name stands above one that is only nearer to the onset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis.shared_words import words
from small_world import iso, log, short, traffic

World = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("could not resolve tides.quay.local", {"tides", "quay", "tides quay", "quay local"}),
        ("checkout-crane_v2 failed after 4.2.1", {"checkout", "crane", "checkout crane", "crane v2"}),
        ("connection to the server timed out", set()),
        ("commit 4be19c7a: loadBerths(17)", {"berths", "load berths"}),
    ],
)
def test_names_are_taken_apart(text: str, expected: set[str]) -> None:
    """Parts of names, and neighbours among them, are words; numbers, hashes and words of every error are none."""
    assert words(text) == expected


def commits(*told: tuple[str, float, str]) -> str:
    """Return what git log prints, from an id, seconds after noon and a subject."""
    lines = []
    for name, seconds, subject in told:
        stamp = short(seconds).replace("T", " ").replace("Z", " +0000")
        lines += [
            f"commit {name * 8}",
            "Author: Dev A <dev-a@example.com>",
            f"Date:   {stamp}",
            "",
            f"    {subject}",
            "",
        ]
    return log(lines)


def errors(said: str, *, before: bool) -> str:
    """Return a log that tells of an error every ten seconds from minute ten on, and one of another kind all the time."""
    return log(
        f"[{iso(second)}] {'ERROR' if second >= 600 else 'INFO'} [harbour] "
        + (said if second >= 600 else ("read the berths again" if before else "all is well"))
        for second in range(0, 1500, 10)
    )


@pytest.mark.parametrize(
    ("before", "first", "names", "score"),
    [
        pytest.param(False, "aaaaa", ["berths"], 1.0, id="errors name it, and nothing did before"),
        pytest.param(True, "bbbbb", [], None, id="the log always spoke of it"),
    ],
)
def test_what_the_failures_name_stands_first(
    world: World, before: bool, first: str, names: list[str], score: float | None
) -> None:
    """Of two commits before the onset the nearer one is about buoys, and the errors are about berths."""
    listed = commits(("bbbbb", 540, "paint the buoys"), ("aaaaa", 60, "shorter names for berths"))
    files = {
        "app.log": traffic(*[0] * 20, *[12] * 20, *[0] * 10),
        "harbour.log": errors("no such column in berths", before=before),
        "commits.txt": listed,
    }
    result = world(files).findings.json

    top = result["changes"][0]
    assert (top["id"][:5], top["names_with_failures"], top["score"], top["label"]) == (first, names, score, "lead")
    told = next(one["answer"] for one in result["questions"] if one["id"] == "changed")
    assert ("which names “berths” as the failures do (harbour.log:61)" in told) is bool(names)


@pytest.mark.parametrize(
    ("tables", "names"),
    [
        pytest.param(["berths"], ["berths"], id="every error is of the berths"),
        pytest.param(["berths", "berths", "tides"], ["berths"], id="most of them are"),
        pytest.param(["berths", "tides", "pilots"], [], id="whatever was asked for fails, berths among it"),
    ],
)
def test_what_only_some_of_the_errors_met_is_not_what_they_name(
    world: World, tables: list[str], names: list[str]
) -> None:
    """A database that is locked fails for each table: the commit on one of them, days ago, is no more suspect than others."""
    failing = log(
        f"[{iso(second)}] ERROR [harbour] Query failed: no answer | "
        f'{{"table":"{tables[second // 10 % len(tables)]}","operation":"select"}}'
        for second in range(600, 1500, 10)
    )
    listed = commits(("bbbbb", 540, "paint the buoys"), ("aaaaa", 60, "shorter names for berths"))
    files = {"app.log": traffic(*[0] * 20, *[12] * 20, *[0] * 10), "harbour.log": failing, "commits.txt": listed}

    changes = {one["id"][:5]: one["names_with_failures"] for one in world(files).findings.json["changes"]}

    assert changes == {"aaaaa": names, "bbbbb": []}
