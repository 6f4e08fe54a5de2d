"""People whom the evidence names where names stand are hidden in prose, too; words, programs and roles are not."""

from __future__ import annotations

import json
import re
import time
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from conftest import analyse, write
from forensics.report.known_names import KnownNames
from forensics.report.redaction import Redactor
from forensics.store import Store
from telling import tell

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


def test_accounts_that_write_messages_are_people() -> None:
    """An account of two words that writes in a chat is hidden wherever it stands, and so is who signs in letters of no case; programs
    that write are not."""
    said = [("nora.quist", "on it"), ("deploy.bot", "done"), ("grafana", "ok"), ("山田 太郎", "確認"), ("監視", "復旧")]
    with Store() as store:
        store.add("events", ["path", "kind", "who", "text"], [["p.json", "communication", *one] for one in said])
        redact = Redactor(store)

        assert (
            redact("by nora.quist, deploy.bot, grafana, 山田, 監視")
            == "by person-1, deploy.bot, grafana, person-2, 監視"
        )


def test_rows_of_a_database_name_people_where_a_mail_address_stands_beside_the_name() -> None:
    """Whom a table of customers names is hidden in a log, too; names of other things in a database are not."""
    rows = [("customers", {"id": 1, "name": "Nora Quist", "email": "q@example.com"}), ("boats", {"name": "Grey Heron"})]
    with Store() as store:
        columns = ["path", "table", "row", "values"]
        store.add("database_rows", columns, [["d.sql", t, n, json.dumps(v)] for n, (t, v) in enumerate(rows)])

        assert Redactor(store)("declined for Nora Quist on the Grey Heron") == "declined for person-1 on the Grey Heron"


def test_a_role_in_a_persons_place_is_no_user_name() -> None:
    """What stands for somebody's name is not hidden once more, in part."""
    names = KnownNames([("Nora Quist", "technical lead")])

    assert Redactor(None, names=names)('{"user": "Nora Quist"}') == '{"user": "technical lead"}'


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


@pytest.mark.parametrize(
    ("author", "shown"),
    [
        pytest.param("Nora", "person-1 merged it", id="a given name"),
        pytest.param("nquist", "person-1 merged it", id="a user name"),
        pytest.param("dependabot", "dependabot merged it", id="a program"),
        pytest.param("ubuntu", "ubuntu merged it", id="a machine's account"),
        pytest.param("Page", "Page merged it", id="a word"),
    ],
)
def test_authors_of_one_word(author: str, shown: str) -> None:
    """Who committed under one word is hidden, unless the word is a program's, an account's of machines or of everyday language."""
    with Store() as store:
        store.add("changes", ["path", "kind", "author"], [["git.txt", "commit", author]])

        assert Redactor(store)(f"{author} merged it") == shown


def test_who_deploys_is_no_person() -> None:
    """A word in small letters that stands for who deployed is a stage or a job, as often as not."""
    with Store() as store:
        store.add("changes", ["path", "kind", "author"], [["d.json", "deploy", "ferry"]])

        assert Redactor(store)("the ferry deployed") == "the ferry deployed"


def slack(*, listed: bool) -> dict[str, str | bytes]:
    """Return an incident with a chat in which two people are called by their names, with or without the chat's list of users."""
    nora = {"name": "nquist", "real_name": "Nora Quist", "display_name": "Nora"}
    kari = {"name": "kmoe", "real_name": "Kari Moe", "display_name": ""}
    said = [
        {
            "type": "message",
            "user": "U05",
            "ts": "1932898200.000100",
            "text": "it is down, ask Kari",
            "user_profile": nora,
        },
        {
            "type": "message",
            "user": "U07",
            "ts": "1932898260.000100",
            "text": "thanks Nora, nquist ended it",
            "user_profile": kari,
        },
    ]
    users = [{"id": "U05", "name": "nquist", "profile": nora}, {"id": "U07", "name": "kmoe", "profile": kari}]
    if listed:
        said = [{key: value for key, value in one.items() if key != "user_profile"} for one in said]
    return {"chat.json": json.dumps(said), **({"users.json": json.dumps(users)} if listed else {})}


@pytest.mark.parametrize("listed", [True, False], ids=["in a list of users", "beside their messages"])
def test_all_names_of_a_member_of_a_chat_are_one_person(listed: bool, tmp_path: Path) -> None:
    """Handle, real name and display name become one pseudonym, and a real name is never shown as somebody's role."""
    (tmp_path / "work").mkdir()
    found = analyse(write(tmp_path / "incident", slack(listed=listed)), tmp_path / "work")

    redact = Redactor(found.store)

    if listed:
        assert redact("<@U05> and @nquist") == "person-1 and person-1"
    assert redact("thanks Nora, nquist and Nora Quist; Kari Moe, kmoe") == (
        "thanks person-1, person-1 and person-1; person-2, person-2"
    )
    assert re.findall("nora|quist|kari|moe", tell(found).page, re.IGNORECASE) == []


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
