"""The reader of reports finds what it is to find, and nothing else."""

from __future__ import annotations

import plain_sentences
import pytest


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("It was None, and open.", "a value of the program", id="a value"),
        pytest.param("the the pool", "a word twice", id="twice"),
        pytest.param("and 1 more stretches", "a plural of one", id="plural"),
        pytest.param("lie beside this page:.", "a mark after a mark", id="marks"),
        pytest.param("over at 2031-04-02T12:05:00Z", "a time for programs", id="time"),
        pytest.param("not_assessable: nothing", "a name of the program's", id="name"),
        pytest.param("and 2 addresss more", "a plural that nobody writes", id="an s after two"),
        pytest.param("It was human error.", "a person as a cause", id="blame"),
    ],
)
def test_what_nobody_writes_is_found(text: str, what: str) -> None:
    """One of each kind."""
    assert [kind for _, kind in plain_sentences.residues(text)] == [what]


@pytest.mark.parametrize(
    "text",
    [
        "None of 30 requests failed; 1 request was slow.",
        "api.error_rate is a metric, “the the” a quotation.",
        "1 of 3 series, and so on … and 4 more.",
    ],
)
def test_plain_sentences_are_left_alone(text: str) -> None:
    """Neither words that only look alike nor quotations are found."""
    assert plain_sentences.residues(text) == []


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        pytest.param(["60 of 120 external requests failed.", "60 requests of 120 external ones"], [], id="alike"),
        pytest.param(
            ["60 of 120 external requests failed.", "60 of 125 external requests failed."],
            [("60 of", {"120", "125"})],
            id="two denominators",
        ),
        pytest.param(
            ["60 of 120 external requests failed.", "60 of 125 external requests failed in the whole buckets."],
            [],
            id="with its reason",
        ),
        pytest.param(["p95 10.05 s; p95 10.1 s"], [("p95", {"10.05", "10.1"})], id="one number written in two ways"),
    ],
)
def test_numbers_quarrel(texts: list[str], found: list[tuple[str, set[str]]]) -> None:
    """One quantity is one number, wherever it stands, unless a word says why not."""
    assert plain_sentences.quarrels(texts) == found
