"""What every line that fits a pattern must hold: a quick look that may never turn a line away."""

from __future__ import annotations

import re

import pytest
from forensics.evidence import formats, recognition
from forensics.evidence.patterns import LinePattern
from hypothesis import given, settings
from hypothesis import strategies as st


def pattern(text: str) -> LinePattern:
    """Return a pattern of lines that begin an event."""
    return LinePattern("one", text, "event", "iso-zoned", "", "", weak=False)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param(r"^GET (?P<message>\S+) took", ("GET ", " took"), id="plain characters around a part"),
        pytest.param(r"^\[(?P<time>x)\] ab+c", ("[", "x", "] ab", "c"), id="escaped ones, groups, one or more"),
        pytest.param(r"^ab?c*d{0,3}e{2}f", ("a", "e", "f"), id="what may be missing is not held"),
        pytest.param(r"^(?:one|two) (?:three)? (?:four){2}", (" ", "four"), id="alternatives and optional groups"),
        pytest.param(r"^[abc]\d\wz\.", ("z.",), id="classes"),
        pytest.param(r"^one|two$", (), id="alternatives at the top"),
        pytest.param(r"(?i)^get", (), id="letters of any case"),
    ],
)
def test_what_a_pattern_holds(text: str, holds: tuple[str, ...]) -> None:
    """Runs of plain characters outside of what is optional or one of several."""
    assert pattern(text).holds == holds


def test_every_example_holds_what_its_pattern_says() -> None:
    """Of all declared formats: a line that a pattern reads holds all that the pattern must."""
    wrong = [
        (fmt.name, one.name, line)
        for fmt in formats.load()
        for example in fmt.examples
        for line in example.text.split("\n")
        for one in fmt.lines
        if one.fit(line) is not None and not all(run in line for run in one.holds)
    ]

    assert wrong == []


_PIECES = st.sampled_from(["a", "b", r"\.", r"\[", "[ab]", r"\d", ".", " ", "(?:a|b)", "(?:ab)", "(?P<message>a)"])
_REPEATS = st.sampled_from(["", "", "", "?", "*", "+", "{0,2}", "{2}", "{1,}", "*?"])


@settings(max_examples=400)
@given(st.lists(st.tuples(_PIECES, _REPEATS), min_size=1, max_size=8), st.text("ab.[ 1", max_size=12))
def test_no_text_that_fits_is_turned_away(pieces: list[tuple[str, str]], text: str) -> None:
    """Whatever the pattern: what fits it holds its runs."""
    named = 0
    parts = []
    for piece, repeats in pieces:
        named += piece.startswith("(?P")
        parts.append((piece.replace("(?P<message>", "(?:") if named > 1 else piece) + repeats)
    whole = "".join(parts)

    found = re.match(whole, text)

    if found:
        assert all(run in text for run in pattern(whole).holds)


def test_a_pattern_is_asked_alike_however_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """At first RE2 answers, later Python's expressions do: the format that comes of it is the same."""
    texts = [
        ["2031-04-02T12:00:00Z INFO [app] hello"],
        ["level=info msg=hello ts=2031-04-02T12:00:00Z"],
        ["nothing at all"],
    ]
    monkeypatch.setattr(recognition, "_ASKED", {})

    first = [recognition.recognise(one) for one in texts]
    monkeypatch.setattr(recognition, "OFTEN", 0)
    later = [recognition.recognise(one) for one in texts]

    assert first == later
