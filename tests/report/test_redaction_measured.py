"""Redaction, measured on made texts whose labels come from their makers: what stays readable, and what is blurred falsely."""

from __future__ import annotations

import pytest
from forensics.report.known_names import KnownNames
from forensics.report.redaction import Redactor
from redacting import carriers, personal, trial

SEED = 20310402
UNRECOGNISED = {
    "password": {"nginx"},
    "user name": {"chat mention"},
    "person's full name": {"JSON, display", "prose"},
}
"""What README's limits say is not recognised: a word that nothing around it betrays."""
BY_KEY_ALONE = ("Danish", "Polish", "Swedish")
"""Numbers of persons without a checksum, or with one that a tenth of all numbers have: known by their key, or (Swedish) unless the
last four digits could be a time of day."""

WITH_MORE = {
    ("token, session, cookie", "cookie"), ("token, session, cookie", "cookie set"), ("token, session, cookie", "cookie, JSON"),
    ("mail address", "file, after a name"), ("mail address", "file, between underscores"),
    ("user name", "PAM opened"), ("user name", "useradd"), ("user name", "Kerberos"),
}  # fmt: skip
"""Where more goes with it, rightly: all of a cookie, what stands next to an address in a file's name as if it were a part of it,
the number of the same user, and the realm."""


@pytest.fixture(scope="module")
def counts() -> dict[str, trial.Count]:
    """Plant everything three times."""
    return {one.sort: one for one in trial.missed(SEED, lambda: Redactor(None))}


def test_what_is_planted_is_hidden(counts: dict[str, trial.Count]) -> None:
    """Every sort in every form and surrounding is hidden, but for those that are named."""
    missed = {sort: set(one.forms) - UNRECOGNISED.get(sort, set()) for sort, one in counts.items()}
    missed["national number"] = {form for form in missed["national number"] if not form.startswith(BY_KEY_ALONE)}

    assert {sort: sorted(forms) for sort, forms in missed.items() if forms} == {}
    assert sum(one.planted for one in counts.values()) > 2_500


def test_what_is_said_to_be_unrecognised_still_is(counts: dict[str, trial.Count]) -> None:
    """The list of limits holds nothing that is recognised by now."""
    assert {sort: set(counts[sort].forms) for sort in UNRECOGNISED} == UNRECOGNISED


def test_names_that_the_evidence_states_are_hidden_in_prose() -> None:
    """Whole or by one part, in capitals or small, in every surrounding."""
    counted = trial.named(SEED, lambda name: Redactor(None, names=KnownNames([(name, "")])))

    assert (counted.missed, counted.forms) == (0, ())


def test_at_most_one_in_a_hundred_ordinary_texts_is_blurred() -> None:
    """Versions, paths, services, hashes, times, counts and words stay as they are, each sort by itself, whoever is known by name."""
    everybody = KnownNames((f"{first} {last}", "") for first, last in zip(personal.FIRST, personal.LAST, strict=False))
    wrong = trial.blurred(SEED, lambda: Redactor(None, names=everybody))

    assert {sort: texts[:3] for sort, texts in wrong.items() if len(texts) * 100 > trial.made_of(sort)} == {}


def test_nothing_around_a_secret_is_blurred() -> None:
    """Of a text with one thing planted in it, that thing alone is hidden."""
    found = [
        (one.text, shown)
        for one, shown in trial.around(SEED, lambda: Redactor(None))
        if (one.sort, one.form) not in WITH_MORE
    ]

    assert found[:10] == []


def test_every_carrier_has_one_hole() -> None:
    """A carrier plants exactly one value."""
    tables = [value for value in vars(carriers).values() if isinstance(value, dict) and value]
    texts = [text for table in tables for text in table.values() if isinstance(text, str) and carriers.HOLE in text]

    assert len(texts) > 130
    assert [text for text in texts if text.count(carriers.HOLE) != 1] == []
