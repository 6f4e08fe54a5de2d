"""Names of people of whom no list of the evidence tells are hidden where prose tells of a person."""

from __future__ import annotations

import time
import tomllib
from importlib.resources import files

import pytest
from forensics.report import known_names, prose_names
from forensics.report.redaction import Redactor
from forensics.store import Store

DATA = tomllib.loads(files("forensics.report").joinpath("prose_names.toml").read_text(encoding="utf-8"))
GIVEN = tomllib.loads(files("forensics.report").joinpath("given_names.toml").read_text(encoding="utf-8"))["given"]


@pytest.mark.parametrize("one", [pytest.param(one, id=one["after"][:40]) for one in DATA["example"]])
def test_example(one: dict[str, str]) -> None:
    """Every example becomes what it says."""
    assert Redactor(None)(one["before"]) == one["after"]


@pytest.mark.parametrize("one", [pytest.param(one, id=one["why"]) for one in DATA["reject"]])
def test_reject(one: dict[str, str]) -> None:
    """What a reject shows is left alone."""
    assert Redactor(None)(one["text"]) == one["text"]


def test_given_names_are_of_the_world_and_are_nothing_else() -> None:
    """Over twenty languages and 1,500 names; none that is a word, a program or a place counts as a name alone."""
    given = prose_names.words().given

    assert len(GIVEN) >= 20
    assert len(given) > 1_500
    assert (
        given & {*DATA["words"]["words_too"].split(), *known_names.words().ordinary, *known_names.words().programs}
        == set()
    )
    assert (
        given
        & {
            "will",
            "may",
            "grace",
            "paris",
            "victoria",
            "ruby",
            "julia",
            "helm",
            "prometheus",
            "jenkins",
            "kafka",
            "param",
        }
        == set()
    )


def test_every_name_is_one_word_without_accents() -> None:
    """What is compared is folded: nothing in the set could never be found."""
    odd = [name for name in prose_names.words().given if prose_names.folded(name) != name or " " in name]

    assert odd == []


def test_one_person_is_one_pseudonym_with_accents_or_without() -> None:
    """José Muñoz and Jose Munoz are one, in whatever text they stand."""
    redact = Redactor(None)

    assert [redact("José Muñoz said so"), redact("ask Jose Munoz"), redact("Munoz, José <m>")] == [
        "person-1 said so",
        "ask person-1",
        "person-1 <m>",
    ]


def test_who_is_called_by_the_whole_name_once_is_known_by_a_part_of_it_elsewhere() -> None:
    """A message that names somebody wholly makes the given name of another message the same person's."""
    with Store() as store:
        store.add(
            "events", ["path", "kind", "who", "text"], [["c.json", "communication", "", "ask Wanjiku Quist to look"]]
        )
        redact = Redactor(store)

        assert redact("wanjiku is slow, Quist too") == "person-1 is slow, person-1 too"


def test_a_chat_that_was_read_as_a_log_names_people_not_programs() -> None:
    """Who writes in a chat is a person, though each line's source is that name."""
    with Store() as store:
        store.add("log_events", ["path", "line", "source", "message"], [["chat.txt", 1, "Jana Quist", "moin"]])
        store.add("events", ["path", "kind", "who", "text"], [["chat.txt", "communication", "Jana Quist", "moin"]])

        assert Redactor(store)("Jana's filter, says Jana Quist") == "person-1's filter, says person-1"


def test_a_service_that_is_called_like_somebody_stays() -> None:
    """Where a program that logs bears a given name, the word alone is the program."""
    with Store() as store:
        store.add("log_events", ["path", "line", "source", "message"], [["a.log", 1, "otto", "ready"]])

        assert Redactor(store)("then Otto restarted") == "then Otto restarted"


def test_ordinary_text_costs_little() -> None:
    """Ten thousand lines of a log are looked through within seconds."""
    line = "2031-04-02T12:00:07Z WARN Worker Checkout Failed For Order 4417 at com.example.Cart.Add(Cart.java:17)"
    begun = time.process_time()

    for number in range(10_000):
        prose_names.names(f"{line} {number}")

    assert time.process_time() - begun < 4
