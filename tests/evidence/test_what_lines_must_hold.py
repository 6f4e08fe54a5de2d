"""What every line that fits a pattern must hold: a quick look that may never turn a line away."""

from __future__ import annotations

import re

import pytest
from forensics.evidence import formats, pattern_holds, recognition
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param(r"^GET (?P<message>\S+) took", ["GET ", " took"], id="plain characters around a part"),
        pytest.param(r"^\[(?P<time>x)\] ab+c", ["[", "x", "] ab", "c"], id="escaped ones, groups, one or more"),
        pytest.param(r"^ab?c*d{0,3}e{2}f", ["a", "e", "f"], id="what may be missing is not held"),
        pytest.param(
            r"^(?:one|two) (?:three)? (?:four){2}", [("one", "two"), " ", "four"], id="alternatives, optional groups"
        ),
        pytest.param(
            r"^(?:one\d|t(?:w|v)o) (?:a|\d)",
            [("one", "t"), " "],
            id="the longest of each, and none where one may be any",
        ),
        pytest.param(r"^[abc]\d\wz\.", ["z."], id="classes"),
        pytest.param(r"^\w+\t(?P<message>.*)$", ["\t"], id="a tab"),
        pytest.param(r"^one|two$", [], id="alternatives at the top"),
        pytest.param(r"(?i)^get", [], id="letters of any case"),
        pytest.param(r"^a(?i:get|put) b\(?c", ["a", " b", "c"], id="letters of any case in a group"),
    ],
)
def test_what_a_pattern_holds(text: str, holds: list[str | tuple[str, ...]]) -> None:
    """Runs of plain characters outside of what is optional, and choices where one of several stands there."""
    assert pattern_holds.clauses(text) == tuple((one,) if isinstance(one, str) else one for one in holds)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        pytest.param(r"^(?P<message>\S+ (?P<time>\d\d:\d\d) .*)$", r"\d\d:\d\d", id="within another part"),
        pytest.param(r"^(?:<\d>)?(?P<time>(?:\d|x)+)\]", r"(?:\d|x)+", id="behind what may be missing"),
        pytest.param(r"^(?:(?P<time>\d+) )?(?P<message>.*)$", "", id="it may be missing"),
        pytest.param(r"^(?:(?P<time>\d+)|never) ", "", id="one of several"),
        pytest.param(r"^(?P<message>.*)$", "", id="none"),
    ],
)
def test_the_stamp_that_a_pattern_holds(text: str, shape: str) -> None:
    """The shape of the time, where no line can do without."""
    assert pattern_holds.stamp(text) == shape


def held(pattern: str, line: str) -> bool:
    """Say whether a line begins with, and holds, all that it must."""
    begins, stamp = pattern_holds.first(pattern.removeprefix("^")), pattern_holds.stamp(pattern)
    fits = begins is None or line[0] in begins
    return fits and pattern_holds.all_held(pattern, line) and (not stamp or re.search(stamp, line) is not None)


def test_every_example_holds_what_its_pattern_says() -> None:
    """Of all declared formats: a line that a pattern reads holds all that the pattern must."""
    wrong = [
        (fmt.name, one.name, line)
        for fmt in formats.load()
        for example in fmt.examples
        for line in example.text.split("\n")
        for one in fmt.lines
        if not one.object and one.fit(line) is not None and not held(one.pattern, line)
    ]

    assert wrong == []


def test_a_format_that_is_not_read_has_no_pattern_that_fits() -> None:
    """What is asked of a declaration before it is read are all of its patterns that tell of it."""
    known = {one.name: one for one in formats.sketches()}
    unseen = {
        (fmt.name, line.name)
        for fmt in formats.load("lines")
        if (patterns := known[fmt.name].patterns) is not None
        for line in fmt.lines
        if line.telling and line.pattern not in patterns
    }

    assert (list(known), unseen) == ([fmt.name for fmt in formats.load("lines")], set())


_PIECES = st.sampled_from(
    ["a", "b", r"\.", r"\[", "[ab]", r"\d", ".", " ", "(?:a|b)", "(?:a1|b )", r"(?:a\[|b?)", "(?:ab)", "(?P<message>a)"]
)
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
        assert pattern_holds.all_held(whole, text)


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
