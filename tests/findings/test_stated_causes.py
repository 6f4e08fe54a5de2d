"""Causes, settings and cadences that people state: supported no further than our own judgement, contradicted only by what cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import small_world as small
from conftest import Analysed

World = Callable[[dict[str, str | bytes]], Analysed]

FAILED = {"app.log": small.traffic(0, 0, 0, 0, *[10] * 6, 0, 0, 0, 0, 0, 0)}
"""Half of all requests fail, from the second minute (12:02:00) to the fifth (12:05:00)."""
TABLES, BUOYS = "a" * 40, "b" * 40


def history(*told: tuple[str, float, str]) -> dict[str, str | bytes]:
    """Return what git log prints, from ids, seconds after noon and messages."""
    lines = []
    for name, at, message in told:
        stamp = small.short(at).replace("T", " ").replace("Z", " +0000")
        lines += [f"commit {name}", "Author: Dev A <dev-a@example.com>", f"Date:   {stamp}", "", f"    {message}", ""]
    return {"git-log.txt": small.log(lines)}


UNTOUCHED = history((TABLES, 30, "quay: pool of berths 20 -> 4"))
TAKEN_BACK = history(
    (TABLES, 30, "quay: pool of berths 20 -> 4"),
    (BUOYS, 290, f'Revert "quay: pool of berths 20 -> 4"\n\n    This reverts commit {TABLES}.'),
)
LATER = history((TABLES, 400, "quay: pool of berths 20 -> 4"))


def checked(world: World, text: str, files: dict[str, str | bytes]) -> list[dict[str, Any]]:
    """Return everything that a write-up states of a cause or a setting beside failures and this evidence."""
    document = f"# What happened at the quay\n\n## Summary\n\n{text}\n\n## Lessons\n\nWe write things down.\n"
    told = world({"postmortem.md": document, **FAILED, **files}).findings.json["human_claims"]
    return [one for one in told if one["shape"].startswith(("cause", "setting", "cadence"))]


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        pytest.param("It was caused by the deploy.", TAKEN_BACK, "supported", id="the change that was taken back"),
        pytest.param("Root cause: the pool change.", TAKEN_BACK, "supported", id="named by a word of it"),
        pytest.param("It was caused by the deploy.", UNTOUCHED, "not_decidable", id="first in order only"),
        pytest.param("It was caused by the anchor change.", TAKEN_BACK, "not_decidable", id="another that is not here"),
        pytest.param("It was caused by the deploy.", {}, "not_decidable", id="no change is here"),
        pytest.param(
            "It was caused by the deploy.", LATER, "not_decidable", id="it may be another deploy than the later one"
        ),
        pytest.param("It was caused by commit aaaaaaa.", LATER, "contradicted", id="named by its id, and later"),
        pytest.param("The deploy of 12:06 UTC caused it.", LATER, "contradicted", id="named by its time, and later"),
        pytest.param("The deploy of 12:06 caused it.", LATER, "not_decidable", id="of no zone: another clock's 12:06"),
        pytest.param("It was not caused by commit aaaaaaa.", LATER, "supported", id="what came later did not cause it"),
        pytest.param("It was not caused by the deploy.", TAKEN_BACK, "not_decidable", id="likely is no proof"),
    ],
)
def test_a_stated_cause_is_compared_with_the_onset_and_with_what_was_taken_back(
    text: str, files: dict[str, str | bytes], expected: str, world: World
) -> None:
    """What came later cannot have caused it; what people took back since is the likely cause; all else is open."""
    (one,) = checked(world, text, files)

    assert (one["verdict"], one["shape"]) == (expected, "cause: change")
    assert "likely" in one["compared"] or expected != "supported" or "not" in text


def test_a_contradicted_cause_says_by_how_much_it_came_later(world: World) -> None:
    """Both times stand there."""
    (one,) = checked(world, "It was caused by commit aaaaaaa.", LATER)

    assert "12:02:" in one["compared"]
    assert "at 2031-04-02 12:06:40 UTC: it cannot have caused it" in one["compared"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The pool was reduced to 4.", "supported", id="as it says"),
        pytest.param("The pool was reduced from 20 to 4.", "supported", id="from and to"),
        pytest.param("The pool was reduced from 20 to 5.", "contradicted", id="the only change from 20 went to 4"),
        pytest.param("The pool was reduced to 5.", "not_decidable", id="another change may have"),
        pytest.param("The pool was raised to 4.", "not_decidable", id="it went the other way"),
        pytest.param(
            "The timeout was raised from 5 s to 30 s.", "not_decidable", id="of another setting nothing is told"
        ),
    ],
)
def test_stated_settings_are_compared_with_what_changes_say(text: str, expected: str, world: World) -> None:
    """A change that tells old and new value bears a statement out, or the value that it names."""
    (one,) = checked(world, text, UNTOUCHED)

    assert (one["verdict"], one["shape"]) == (expected, "setting: value")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Updates were sent every 10 minutes.", "supported", id="as often as that"),
        pytest.param("Updates were sent every 5 minutes.", "not_decidable", id="more often: others may be elsewhere"),
        pytest.param(
            "Updates were sent to the status page every 10 minutes.", "not_decidable", id="of another channel"
        ),
    ],
)
def test_how_often_people_were_told_is_compared_with_the_updates_that_are_known(
    text: str, expected: str, world: World
) -> None:
    """Four updates eight minutes apart bear out every ten minutes; what was sent elsewhere nobody can say."""
    sent = [
        {"type": "message", "user": "U1", "ts": f"{small.epoch_ms(at) / 1000:.6f}", "text": UPDATE.format(status, at)}
        for at, status in ((180, "Investigating"), (660, "Identified"), (1140, "Monitoring"), (1620, "Resolved"))
    ]
    (one,) = checked(world, text, {"chat.json": json.dumps(sent)})

    assert (one["verdict"], one["shape"]) == (expected, "cadence: updates")


UPDATE = "**Incident Update**\nStatus: {}\nImpact: half of all requests fail\nNext Update: in 10 minutes ({})"
