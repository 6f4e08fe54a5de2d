"""What people say in other languages that they did against an incident."""

from __future__ import annotations

import re
from typing import Any

import pytest
from forensics import runbook
from forensics.analysis import mitigation_words
from forensics.analysis.acts import Act
from forensics.analysis.mitigations import mitigations
from forensics.model import Citation
from small_world import at

SAYS = mitigation_words.declared()["says"]


@pytest.mark.parametrize("says", SAYS, ids=lambda says: says["kind"])
def test_each_kind_is_read_from_its_examples_and_from_no_reject(says: dict[str, Any]) -> None:
    """The examples say that it was done; what was only asked, denied, planned, or happened by itself says nothing."""
    assert [text for text in says["examples"] if says["kind"] not in mitigation_words.kinds(text)] == []
    assert [text for text in says["rejects"] if mitigation_words.kinds(text)] == []


def test_kinds_are_those_of_the_runbook() -> None:
    """No other kind is told."""
    assert {says["kind"] for says in SAYS} <= {one.kind for one in runbook.load().mitigations}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I recycle the pools on both cranes", True),
        ("CRANE02 recycled, waiting", True),
        ("recycling the application pool now", True),
        ("bounced the workers", True),
        ("we recycle paper", False),
        ("the mails bounced", False),
        ("should I look at the pools?", False),
    ],
)
def test_pools_that_are_recycled_are_restarts(text: str, told: bool) -> None:
    """What IIS people call it, also in the present tense of those who are at it."""
    found = mitigations([Act(at(60), "message", text, Citation("chat.txt", line=4))], at(0))

    assert [one.kind for one in found] == (["service restart"] if told else [])


def test_a_message_in_another_language_is_a_mitigation() -> None:
    """What was said is an act against the incident, of its kind, at its time."""
    acts = [
        Act(
            at(60), "message", "quai redémarré sur nord-1. Pareil au bout de 20 secondes.", Citation("chat.txt", line=4)
        ),
        Act(at(700), "message", "oups, j'avais laissé une requête ouverte", Citation("chat.txt", line=9)),
    ]

    found = mitigations(acts, at(0))

    assert [(one.kind, one.first.time) for one in found] == [("service restart", at(60))]


def test_who_is_at_it_announces_it() -> None:
    """What somebody does just now was done then or soon after; what is told as done was done before."""
    said = {text: one.get("announces", False) for one in SAYS for text in one["examples"]}
    kind = {text: one["kind"] for one in SAYS for text in one["examples"]}

    assert {text: mitigation_words.announced(text, kind[text]) for text in said} == said


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("raising it to 60 and restarting fpm", "service restart"),
        ("both restarted, looks better", "service restart"),
        ("rollback is out (9:42)", "configuration"),
        ("adding BERTHS_MAX=20 to the env of quay1", "configuration"),
        ("index is there, killed the rest", "other"),
        ("awake. phone nearly killed me. what is it", None),
        ("restarting would lose the carts", None),
    ],
)
def test_what_people_say_in_english_is_told_apart(text: str, kind: str | None) -> None:
    """Of what the runbook's words are about only what was done to the service is a mitigation."""
    found = mitigations([Act(at(60), "message", text, Citation("chat.txt", line=4))], at(0))

    assert [one.kind for one in found] == ([kind] if kind else [])


def test_who_calls_it_an_incident_names_its_level() -> None:
    """“Calling this an incident, P1” declares as “this is a P1” does; a level in passing does not."""
    level = runbook.load().updates.level

    assert [bool(re.search(level, text)) for text in ("Calling this an incident, P1.", "This is a P1", "like the P1 of May")] == [
        True, True, False,
    ]  # fmt: skip
