"""People whom the evidence names where names stand are hidden in prose, too; words, programs and roles are not."""

from __future__ import annotations

import time
import tomllib
from importlib.resources import files

import pytest
from forensics.report.known_names import KnownNames
from forensics.report.redaction import Redactor
from forensics.store import Store

DATA = tomllib.loads(files("forensics.report").joinpath("names.toml").read_text(encoding="utf-8"))


def hidden(people: list[list[str]], text: str) -> str:
    """Redact a text of a case that has these people."""
    return Redactor(None, names=KnownNames((name, role) for name, role in people))(text)


@pytest.mark.parametrize("one", [pytest.param(one, id=one["after"][:40]) for one in DATA["example"]])
def test_example(one: dict[str, object]) -> None:
    """Every example becomes what it says."""
    assert hidden(one["people"], one["before"]) == one["after"]  # type: ignore[arg-type]


@pytest.mark.parametrize("one", [pytest.param(one, id=one["why"]) for one in DATA["reject"]])
def test_reject(one: dict[str, object]) -> None:
    """What a reject shows is left alone."""
    assert hidden(one["people"], one["text"]) == one["text"]  # type: ignore[arg-type]


def test_each_structured_place_names_its_people() -> None:
    """Lists of users, writers of messages, authors of changes and who opened an incident; one person has one pseudonym everywhere."""
    with Store() as store:
        store.add("people", ["path", "id", "name", "role"], [["u.json", "U05", "Nora Quist", None]])
        store.add("events", ["path", "kind", "who", "text"], [["p.json", "communication", "Ines Falk", "on it"]])
        store.add("changes", ["path", "kind", "author"], [["git.txt", "commit", "Ana Lind <ana@example.com>"]])
        store.add("incident_records", ["path", "created_by", "automatic"], [["i.json", "Kari Moe", False]])
        redact = Redactor(store)

        assert redact("Author: Ana Lind <ana@example.com>") == "Author: person-1 <mail-1>"
        assert redact("thanks Ana; <@U05>, Nora, Ines and Kari Moe looked") == (
            "thanks person-1; person-2, person-2, person-3 and person-4 looked"
        )


def test_a_service_of_that_name_stays() -> None:
    """Where a program that logs is called like somebody, the word alone is the program."""
    with Store() as store:
        store.add("people", ["path", "id", "name", "role"], [["u.json", "U05", "Nora Quist", None]])
        store.add("log_events", ["path", "line", "source", "message"], [["a.log", 1, "nora", "ready"]])

        assert Redactor(store)("nora is slow, says Nora Quist") == "nora is slow, says person-1"


def test_stages_and_jobs_that_act_are_no_people() -> None:
    """A word that stands for who did something is a name only in a list of people, or as a message's writer with a capital."""
    rows = [
        ["l.json", "action", "Publish", ""],
        ["l.json", "communication", "ingest", ""],
        ["c.json", "communication", "Kari", ""],
    ]
    with Store() as store:
        store.add("events", ["path", "kind", "who", "text"], rows)

        assert Redactor(store)("Publish waits for ingest, says Kari") == "Publish waits for ingest, says person-1"


def test_where_cases_meet_no_number_stands() -> None:
    """On the page of all incidents a person is [person]."""
    with Store() as store:
        store.add("people", ["path", "id", "name", "role"], [["u.json", "U05", "Nora Quist", None]])

        assert Redactor(store, numbered=False)("thanks Nora") == "thanks [person]"


def test_many_authors_do_not_make_it_slow() -> None:
    """A history of thousands of authors costs one look at each word of a text."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [f"Q{a}{b}l {c.upper()}{b}{a}z" for a in letters for b in letters for c in letters[:4]]
    known = KnownNames((name, "") for name in names)
    begun = time.monotonic()

    for _ in range(2_000):
        known.hide("an ordinary sentence of a log that nobody wrote, with Qabl in it", lambda _: "x")

    assert time.monotonic() - begun < 5
