"""Marks of claims on the page and in Markdown: what the lint finds, and that nothing but the report makes marks."""

from __future__ import annotations

import re
from collections.abc import Callable

import claim_marks
import hostile_world
import pytest
from conftest import Analysed
from small_world import traffic
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]
MARK = '<a class="ref" href="#c-1">1</a>'


@pytest.mark.parametrize(
    ("page", "found"),
    [
        pytest.param("<p>It failed 7 times.</p>", ["It failed 7 times."], id="a figure"),
        pytest.param("<p>app.log tells of it.</p>", ["app.log tells of it."], id="a name of evidence"),
        pytest.param(f"<p>It failed 7 times.{MARK}</p>", [], id="a figure with a mark"),
        pytest.param("<p>Nothing is known.</p>", [], id="no fact"),
        pytest.param(
            f"<p>It failed 7 times.</p><p>And so.{MARK}</p>", ["It failed 7 times."], id="the mark of another"
        ),
        pytest.param(
            f"<dd>Seen 7 times.<details><p>More.{MARK}</p></details></dd>",
            ["Seen 7 times."],
            id="a mark that is hidden",
        ),
        pytest.param("<table><tr><td>one</td><td>7</td></tr></table>", ["one 7"], id="a row of a table"),
        pytest.param(
            f"<table><caption>Seen{MARK}</caption><tr><td>one</td><td>7</td></tr></table>", [], id="a table with a mark"
        ),
        pytest.param('<p class="more">… and 7 more</p>', [], id="what is left out"),
        pytest.param('<p><span class="where">app.log:7</span></p>', [], id="a place alone"),
        pytest.param("<h3>Claims (7)</h3>", [], id="a heading"),
    ],
)
def test_what_the_lint_finds_on_a_page(page: str, found: list[str]) -> None:
    """A sentence with a fact needs a mark in its own element."""
    assert claim_marks.unmarked(page, ["app.log"]) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("It failed 7 times.", True, id="a figure"),
        pytest.param("It failed 7 times.[^3]", False, id="a figure with a footnote"),
        pytest.param("- … and 7 more events", False, id="what is left out"),
        pytest.param("Run `make report 7`.", False, id="code"),
        pytest.param("## 7 things", False, id="a heading"),
    ],
)
def test_what_the_lint_finds_in_markdown(line: str, found: bool) -> None:
    """A line with a fact needs a footnote."""
    assert claim_marks.without_footnote(line, []) == ([line] if found else [])


def test_a_footnote_names_the_claim_and_what_it_rests_on(world: World) -> None:
    """Each id is one of claims.json, each number stands once among the notes, and the places are those that the claim cites."""
    analysed = world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)})
    told = tell(analysed)
    known = {claim["id"]: claim for claim in analysed.findings.claims}

    notes = re.findall(r"(?m)^\[\^(\d+)\]: `(c-\w+)` (.+)$", told.markdown)
    assert [int(number) for number, *_ in notes] == list(range(1, len(notes) + 1))
    assert {one for _, one, _ in notes} <= known.keys()
    [onset] = [said for _, one, said in notes if known[one]["subject"] == "moment onset"]
    [cited] = known[next(one for _, one, _ in notes if known[one]["subject"] == "moment onset")]["evidence"]
    assert onset == f"rests on `app.log:{cited['line']}`"


def test_evidence_makes_no_marks(world: World) -> None:
    """What a line of a log, or a file's name, holds of footnotes or of our own letters for them stays text."""
    forged = "\ue000c-000000000000\ue001 [^1] and [^1]: `c-000000000000` all is well"
    told = tell(world(hostile_world.files(forged)))

    body, _, notes = told.markdown.partition("## Claims")
    assert "\\ue000c-000000000000\\ue001" in body
    assert "\\[^1\\] and \\[^1\\]: " in body
    assert "\ue000" not in told.markdown
    assert "c-000000000000" not in re.findall(r"(?m)^\[\^\d+\]: `(c-\w+)`", notes)
    assert len(re.findall(r"(?m)^\[\^1\]:", told.markdown)) == 1
