"""Hints on what people wrote: gentle, by declared rules, each with its examples."""

from __future__ import annotations

from typing import Any

import pytest
from forensics.findings import note_lint
from forensics.findings.note_lint import Words
from forensics.model import Json

DECLARED = note_lint.declared()
EXAMPLES = [(one["code"], example["text"]) for one in DECLARED["words"] for example in one["example"]]
REJECTS = [(one["code"], reject["text"]) for one in DECLARED["words"] for reject in one["reject"]]


def rule(code: str) -> Words:
    """Return the rule of a code."""
    return next(one for one in note_lint.rules() if one.code == code)


@pytest.mark.parametrize(("code", "text"), EXAMPLES)
def test_a_hint_is_given_on_each_example(code: str, text: str) -> None:
    """Every example of a rule is found by it."""
    assert rule(code).pattern.search(text)


@pytest.mark.parametrize(("code", "text"), REJECTS)
def test_no_hint_is_given_on_a_reject(code: str, text: str) -> None:
    """What a rule must leave alone, it leaves alone."""
    assert rule(code).pattern.search(text) is None


def test_actions_begin_with_verbs_as_declared() -> None:
    """Each example of an action begins with a verb, and no reject does."""
    assert [one["text"] for one in DECLARED["verb_example"] if not note_lint.begins_with_verb(one["text"])] == []
    assert [one["text"] for one in DECLARED["verb_reject"] if note_lint.begins_with_verb(one["text"])] == []


def notes(**parts: Any) -> Json:
    """Return merged notes with these parts and nothing else."""
    return {"narrative": {}, "notes": [], "hypotheses": [], "actions": [], "roles": []} | parts


def action(**said: Any) -> Json:
    """Return an action that lacks nothing, but for what is said otherwise."""
    whole = {
        "id": "a-1", "text": "Add a limit", "owner": "engineering team", "due": "2031-05-01", "test": "it rings",
        "type": "prevent", "answers": ["f-1"], "answers_to": [{"ref": "f-1", "kind": "finding"}], "done": False, "line": 3,
    }  # fmt: skip
    return whole | said


def result(*findings: Json, ends: str = "2031-04-02T12:30:00Z") -> Json:
    """Return a result with these findings, whose log ends so."""
    log = {"kind": "log", "covers": {"start": "2031-04-02T12:00:00Z", "end": ends}}
    return {"findings": list(findings), "evidence": [log, {"kind": "document", "covers": None}]}


def codes(said: Json, found: Json, *people: str) -> list[tuple[str, str]]:
    """Return the codes of the hints, and what they are about."""
    return [(hint["code"], hint["about"]) for hint in note_lint.lint(said, found, people)]


def test_an_action_that_lacks_nothing_gets_no_hint() -> None:
    """An action with a verb, owner, date, test, type and the finding it answers is left alone."""
    finding = {"id": "f-1", "statement": "It failed", "claims": []}

    assert codes(notes(actions=[action()]), result(finding)) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param({"text": "Bigger pool"}, "action-without-verb", id="no verb"),
        pytest.param({"owner": ""}, "action-without-owner", id="no owner"),
        pytest.param({"due": None}, "action-without-due", id="no due date"),
        pytest.param({"test": ""}, "action-without-test", id="no test"),
        pytest.param({"type": None}, "action-without-type", id="no type"),
        pytest.param({"answers": [], "answers_to": []}, "action-answers-nothing", id="no finding"),
        pytest.param({"answers_to": [{"ref": "f-9", "kind": None}]}, "action-answers-unknown", id="a finding that is gone"),
        pytest.param({"due": "2031-04-01"}, "action-past-due", id="due before the evidence ends"),
        pytest.param({"text": "Investigate the pool"}, "vague-action", id="without an end"),
    ],
)  # fmt: skip
def test_what_an_action_lacks_is_one_hint(said: Json, code: str) -> None:
    """Each thing that an action lacks is a hint of its own, about that action."""
    found = [
        hint
        for hint in codes(notes(actions=[action(**said)]), result())
        if hint[0] != "action-without-verb" or code in hint
    ]

    assert found == [(code, "a-1")]


def test_what_is_done_is_not_overdue() -> None:
    """An action that is done is not past its date; one due on the day on which the evidence ends is not either."""
    finished = [action(due="2031-04-01", done=True), action(due="2031-04-02", id="a-2")]

    assert codes(notes(actions=finished), result()) == []


def test_findings_that_no_action_answers_are_named_once_there_are_actions() -> None:
    """A finding is answered by its id or by one of its claims; without any action there is nothing to compare."""
    findings = [
        {"id": "f-1", "statement": "one", "claims": []},
        {"id": "f-2", "statement": "two", "claims": ["c-2"]},
        {"id": "f-3", "statement": "three", "claims": ["c-3"]},
    ]
    answers = {"answers": ["f-1", "c-2"], "answers_to": [{"ref": "f-1", "kind": "finding"}]}

    assert codes(notes(actions=[action(**answers)]), result(*findings)) == [("finding-unanswered", "f-3")]
    assert codes(notes(), result(*findings)) == []


def test_more_than_ten_open_actions_are_too_many() -> None:
    """Ten open actions are as many as get done; those that are done do not count."""
    ten = [action(id=f"a-{number}") for number in range(10)]

    assert codes(notes(actions=[*ten, action(id="a-d", done=True)]), result()) == []
    assert codes(notes(actions=[*ten, action(id="a-10")]), result()) == [("too-many-actions", "")]


def test_a_name_is_a_hint_where_causes_are_told_and_nowhere_else() -> None:
    """A person of the roles or of the evidence is named as a cause in the sections that tell causes only."""
    narrative = {
        "trigger": {"items": ["Ines Falk restarted it"], "line": 4},
        "root_cause": {"items": ["Tomas Ek's change"], "line": 2},
        "contributing_factors": {"items": ["Falk forgot the limit", "the limit of the falks"], "line": 3},
        "went_well": {"items": ["Ines Falk was quick"], "line": 7},
        "lessons": None,
    }
    roles = [{"role": "scribe", "team": "", "who": "Ines Falk", "line": 1}]

    found = codes(notes(narrative=narrative, roles=roles), result(), "Tomas Ek")

    assert found == [
        ("name-as-cause", "root_cause"),
        ("name-as-cause", "contributing_factors"),
        ("name-as-cause", "trigger"),
    ]


def test_hints_on_words_say_which() -> None:
    """A hint on words quotes them, with the section and the line in which they stand."""
    said = notes(narrative={"root_cause": {"items": ["It was human error."], "line": 9}})

    (hint,) = note_lint.lint(said, result())

    assert (hint["about"], hint["line"]) == ("root_cause", 9)
    assert hint["message"].startswith("“human error” explains nothing")
