"""What people write when they notice that something is wrong, and what they write besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis import noticed_words
from small_world import messages, short, traffic

World = Callable[[dict[str, Any]], Any]
SAYS = noticed_words.declared()["says"]
FAILING = traffic(*[0] * 20, *[10] * 12, *[0] * 10)
"""Failing from the 600th second on."""


@pytest.mark.parametrize("says", SAYS, ids=lambda says: says["language"])
def test_each_language_is_read_by_its_examples_and_by_no_reject(says: dict[str, Any]) -> None:
    """The examples say or ask that something is wrong; the rejects are of other things."""
    assert [text for text in says["examples"] if not noticed_words.noticed(text)] == []
    assert [text for text in says["rejects"] if noticed_words.noticed(text)] == []


def test_who_writes_of_other_things_has_not_noticed(world: World) -> None:
    """Twenty seconds after the onset somebody tells of a newsletter, and two minutes later somebody of the failures."""
    chat = messages((620, "nora", "the newsletter is out"), (740, "ole", "booking fails for me, is it down?"))
    detected = world({"app.log": FAILING, "chat.json": chat}).findings.json["moments"]["detected"]

    assert (detected["earliest"], detected["why"]) == (short(740), "a person's report")


def test_where_nobody_says_so_the_first_word_counts(world: World) -> None:
    """A chat in words that are not declared: the first message after the onset may be the one, and is told as no more than that."""
    chat = messages((620, "nora", "hjálp"), (740, "ole", "kominn"))
    detected = world({"app.log": FAILING, "chat.json": chat}).findings.json["moments"]["detected"]

    assert (detected["earliest"], detected["why"]) == (short(620), "a person's message")
