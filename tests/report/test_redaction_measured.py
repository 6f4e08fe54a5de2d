"""Redaction, measured on made texts whose labels come from their makers: what stays readable, and what is blurred falsely."""

from __future__ import annotations

import pytest
from forensics.report import prose_names
from forensics.report.known_names import KnownNames
from forensics.report.redaction import Redactor
from redacting import carriers, personal, trial, world_names

SEED = 20310402
UNRECOGNISED: dict[str, set[str]] = {}
"""Forms of which README's limits say that they are not recognised."""
BY_KEY_ALONE = ("Danish, of those without a checksum",)
"""Numbers of persons that nothing but a key tells from any other number."""
SHARES = {trial.WHOLE: 0.9, trial.GIVEN: 0.7}
"""Of names that the trial takes from a list of its own, how many are hidden at the least: no list holds the names of all people."""

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
    missed |= {sort: set() for sort in SHARES}

    assert {sort: sorted(forms) for sort, forms in missed.items() if forms} == {}
    assert sum(one.planted for one in counts.values()) > 2_800


def test_what_is_said_to_be_unrecognised_still_is(counts: dict[str, trial.Count]) -> None:
    """The list of limits holds nothing that is recognised by now."""
    assert {sort: set(counts[sort].forms) for sort in UNRECOGNISED} == UNRECOGNISED
    assert all(any(form.startswith(one) for form in counts["national number"].forms) for one in BY_KEY_ALONE)


def test_most_names_that_nothing_states_are_hidden() -> None:
    """Of whole names in prose and by keys, and of given names where speech tells of a person, most are hidden whoever it is."""
    counted = {one.sort: one for one in trial.missed(SEED, lambda: Redactor(None), 12) if one.sort in SHARES}

    hidden = {sort: 1 - one.missed / one.planted for sort, one in counted.items()}
    assert {sort: share for sort, share in hidden.items() if share < SHARES[sort]} == {}


def test_the_names_of_the_trial_are_not_those_of_the_library() -> None:
    """Many of the names that the trial plants stand in no list of the library: the score is not made by the list."""
    unlisted = [name for name in world_names.GIVEN if not prose_names.is_given(name)]

    assert len(unlisted) > 50
    assert sum(not prose_names.is_known_surname(name) for name in world_names.FAMILY) > 40


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
