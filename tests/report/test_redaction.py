"""What is blurred, what is left alone, and that one thing keeps one pseudonym."""

from __future__ import annotations

import time

import hostile_world
import pytest
from forensics.report.redaction import Redactor, rules
from forensics.store import Store

EXAMPLES = [pytest.param(b, a, id=f"{rule.name}: {a[:40]}") for rule in rules() for b, a in rule.examples]
REJECTS = [pytest.param(text, id=f"{rule.name}: {why}") for rule in rules() for text, why in rule.rejects]


@pytest.mark.parametrize(("before", "after"), EXAMPLES)
def test_example(before: str, after: str) -> None:
    """Every example of a rule becomes what it says."""
    assert Redactor(None)(before) == after


@pytest.mark.parametrize("text", REJECTS)
def test_reject(text: str) -> None:
    """What a rule rejects is left alone by all of them."""
    assert Redactor(None)(text) == text


def test_every_rule_shows_what_it_hides() -> None:
    """No rule goes without an example."""
    assert [rule.name for rule in rules() if not rule.examples] == []


def test_what_was_hidden_is_not_hidden_again() -> None:
    """Redacting twice gives the same as redacting once."""
    once = [Redactor(None)(before) for rule in rules() for before, _ in rule.examples]

    assert [Redactor(None)(text) for text in once] == once


SAID = dict(zip(hostile_world.SECRETS, hostile_world.told_secrets(), strict=True))


@pytest.mark.parametrize(("name", "said"), [pytest.param(name, said, id=name) for name, said in SAID.items()])
def test_secret(name: str, said: str) -> None:
    """No secret survives, zero-width letters in it or not."""
    assert hostile_world.SECRETS[name] not in Redactor(None)(said)


def test_one_thing_keeps_one_pseudonym_through_a_case() -> None:
    """Two redactors on one store, a notebook's and a page's, say the same of the same."""
    with Store() as store:
        first = Redactor(store)("203.0.113.9 then 203.0.113.4, NORA@example.com")
        second = Redactor(store)("nora@example.com, 203.0.113.4, 203.0.113.77")

        assert (first, second) == ("ip-1 then ip-2, mail-1", "mail-1, ip-2, ip-3")


def test_secrets_are_not_stored() -> None:
    """The store learns pseudonyms and never what a password was."""
    with Store() as store:
        Redactor(store)("user=nora password=hunter2hunter2 from 203.0.113.9")

        assert store.rows("redaction_pseudonyms") == [("ip", "203.0.113.9", "ip-1"), ("user", "nora", "user-1")]


def test_people_of_the_case_become_their_roles() -> None:
    """A mention or a full name that the evidence gives a role becomes that role."""
    with Store() as store:
        store.add("people", ["path", "id", "name", "role"], [["users.json", "U05", "Nora Berg", "On-call engineer"]])

        assert Redactor(store)("<@U05> and Nora Berg said so") == "On-call engineer and On-call engineer said so"


def test_nothing_is_hidden_when_it_is_switched_off() -> None:
    """A person may ask for the clear text."""
    assert Redactor(None, enabled=False)("nora@example.com") == "nora@example.com"


def test_it_goes_through_dictionaries_and_lists() -> None:
    """Every text of a result is redacted; keys and numbers stay."""
    assert Redactor(None).deep({"ip": ["203.0.113.9", 4, None]}) == {"ip": ["ip-1", 4, None]}


def test_clean_evidence_stays_clean() -> None:
    """Times, ids, versions, paths and measurements are no personal data."""
    clean = (
        "2026-10-06T22:30:03.064Z req_1791325803064_a1b2c3 GET /api/x/12345?page=2 HTTP/1.1 200 81ms\n"
        "sha256 9e05bb063e2ee85b197de0e2fa04dcd3df9d344d0ea281b54bf285c26d985515 node v22.11.0 linux 6.1.0-28\n"
        "[2026-10-06 22:30:03,064] WARN 12 of 34 (35.3 %) at 00:00:01.5 +0200, pid 24418, 1.2.3-rc.4, 10/06/2026 22:30:03\n"
        "users: 12, tokens used: 512, sessions 44, user interface, key: value, 4321:4321, std::vector<int>, 5:6\n"
    )

    assert Redactor(None)(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a@" * 30_000, id="at signs"),
        pytest.param("1" * 60_000, id="digits"),
        pytest.param("1 " * 30_000, id="digits and spaces"),
        pytest.param("1." * 30_000, id="digits and dots"),
        pytest.param(":" * 60_000, id="colons"),
        pytest.param("a.b_" * 15_000, id="words"),
        pytest.param("password=" * 7_000, id="names of secrets"),
        pytest.param("bearer " * 8_000, id="bearers"),
        pytest.param("eyJ" * 20_000, id="beginnings of tokens"),
        pytest.param("-----BEGIN PRIVATE KEY-----" * 2_000, id="beginnings of keys"),
        pytest.param("+1(" * 20_000, id="telephones"),
        pytest.param("AB12" * 15_000, id="accounts"),
    ],
)
def test_no_text_makes_it_slow(text: str) -> None:
    """A line of the longest length that we read takes less than a few seconds, whatever stands in it."""
    begun = time.monotonic()

    Redactor(None)(text)

    assert time.monotonic() - begun < 5
