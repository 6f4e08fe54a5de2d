"""What a message says that somebody did or decided."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis import deeds
from small_world import at, traffic

World = Callable[[dict[str, Any]], Any]

EXAMPLES = [pytest.param(one.kind, text, id=text) for one in deeds.declared() for text in one.examples]
REJECTS = [pytest.param(text, why, id=text) for one in deeds.declared() for text, why in one.rejects]


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_a_message_is_of_the_kind_of_what_it_tells(kind: str, text: str) -> None:
    """Each declared example tells of its kind."""
    assert deeds.of_message(text) == kind


@pytest.mark.parametrize(("text", "why"), REJECTS)
def test_what_was_not_done_is_no_deed(text: str, why: str) -> None:
    """Questions, intentions, negations, quotes and what happens by itself are no acts."""
    assert deeds.of_message(text) is None, why


def test_the_timeline_types_messages_by_what_they_tell(world: World) -> None:
    """An action, a decision and a mere word stand in it as such; an update in the runbook's template stays communication."""
    said = [
        ("502s everywhere, looking", 130),
        ("let's fail over", 140),
        ("restarted pod ferry-7", 150),
        ("should we restart the database too?", 160),
        ("INCIDENT UPDATE - 12:03 UTC\nStatus: Monitoring\nActions: rolled back the release", 170),
    ]
    messages = [
        {"type": "message", "user": "U1", "text": text, "ts": f"{at(second).timestamp():.6f}"} for text, second in said
    ]
    found = world(
        {
            "logs/application.log": traffic(*[0] * 4, *[12] * 8, *[0] * 4),
            "slack/ops/2031-04-02.json": json.dumps(messages),
        }
    ).findings.json

    told = {
        event["text"].split("\n")[0][:21]: event["kind"] for event in found["timeline"] if "slack" in event["where"]
    }
    assert told == {
        "502s everywhere, look": "communication",
        "let's fail over": "decision",
        "restarted pod ferry-7": "action",
        "should we restart the": "communication",
        "INCIDENT UPDATE - 12:": "communication",
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("埠頭サービスを再起動しました", "action"),
        ("已回滚到 4.1", "action"),
        ("P1로 올립니다", "decision"),
        ("Kran neu gestartet", "action"),
        ("要不要回滚？", None),
        ("P1 ですか？", None),
    ],
)
def test_other_languages_tell_of_deeds_by_their_words_for_mitigations_and_levels(text: str, kind: str | None) -> None:
    """A question tells of none."""
    assert deeds.of_message(text) == kind
