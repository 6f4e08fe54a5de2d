"""In which words people name a severity, and what names none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis import level_words
from small_world import messages, short, traffic

World = Callable[[dict[str, Any]], Any]
SAYS = level_words.declared()["says"]


@pytest.mark.parametrize("says", SAYS, ids=lambda says: says["language"])
def test_each_language_is_read_by_its_examples_and_by_no_reject(says: dict[str, Any]) -> None:
    """The examples name their level; the rejects ask, deny or speak of other things."""
    found = {text: named.level if (named := level_words.named(text)) else None for text, _ in says["examples"]}

    assert found == dict(says["examples"])
    assert [text for text in says["rejects"] if level_words.named(text)] == []


def test_who_names_a_severity_in_another_language_declares(world: World) -> None:
    """The declaration is of that message, in its words, and the level is the stated one."""
    failing = traffic(*[0] * 20, *[10] * 12, *[0] * 10)
    chat = messages((620, "nora", "Ist das P1?"), (740, "ole", "Ich eröffne eine Störung, Einstufung P2"))
    found = world({"app.log": failing, "chat.json": chat}).findings.json

    declared = found["moments"]["declared"]
    assert (declared["earliest"], declared["why"]) == (
        short(740),
        "a person named a severity: eröffne eine Störung, Einstufung P2",
    )
    assert found["severity"]["stated_level"] == "P2"


def test_a_sev_means_the_level_that_the_words_of_severity_say() -> None:
    """By the runbook's data SEV2 is P1; `not`, `maybe` and questions name none."""
    said = ["declaring a SEV2, I lead", "raised to sev-1", "this is SEV 3 now", "is this SEV1?", "this is not a SEV1"]

    assert [named.level if (named := level_words.named(text)) else None for text in said] == [
        "P1",
        "P0",
        "P2",
        None,
        None,
    ]
