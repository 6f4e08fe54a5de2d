"""The Markdown post-mortem: the runbook's template, and evidence that stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import hostile_world
import pytest
from conftest import INCIDENTS, Analysed
from forensics.report.plain_text import code, literal
from small_world import traffic
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]
TEMPLATE = [
    "## Summary", "## Timeline", "## Root Cause Analysis", "### What Happened", "### Why It Happened", "### How We Detected It",
    "## Response Analysis", "### What Went Well", "### What Could Be Improved", "## Action Items", "## Lessons Learned",
]  # fmt: skip


def headings(text: str) -> list[str]:
    """Return the headings of a document."""
    return [line for line in text.splitlines() if re.match("#{1,6} ", line)]


@pytest.mark.parametrize("name", ["demo-database", "demo-memory", "demo-security"])
def test_the_template_comes_first_and_whole(name: str, analysed: Callable[[Path], Analysed]) -> None:
    """The runbook's headings stand exactly and in order; what else we know follows after the last of them."""
    told = tell(analysed(INCIDENTS / name))

    found = headings(told.markdown)
    assert found[0] == f"# Post-Mortem: {told.result['incident']['title']}"
    assert found[1 : len(TEMPLATE) + 1] == TEMPLATE


def test_calm_evidence_keeps_the_template(world: World) -> None:
    """Without an incident the headings are the same, and nobody has anything to write."""
    told = tell(world({"app.log": traffic(*[0] * 40)}))

    assert headings(told.markdown)[1 : len(TEMPLATE) + 1] == TEMPLATE
    assert "Not written yet" not in told.markdown


def test_the_summary_is_the_templates(world: World) -> None:
    """Date, duration, impact and root cause, the last of them a person's."""
    told = tell(world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)}))

    assert re.sub(r"\[\^\d+\]", "", told.markdown).splitlines()[2:7] == [
        "## Summary",
        "- **Date**: 2031-04-02 12:09:58 – 12:13:00 UTC",
        "- **Duration**: 3 min over limits, in 30-s steps; 2 min 44 s to 2 min 46 s from onset to recovery.",
        "- **Impact**: 60 of 122 requests failed meanwhile (49.2 %), for 1 of 1 addresses. "
        "Severity P1, “High error rates (>10%)”.",
        "- **Root Cause**: *Not written yet — owner: incident commander* The evidence shows: "
        "60 of 60 failed external requests failed with “status 500”, first at 12:10:00 UTC.",
    ]


def test_action_items_are_a_list_to_fill(world: World) -> None:
    """The template's boxes wait for people."""
    told = tell(world({"app.log": traffic(*[0] * 20, *[10] * 6, *[0] * 20)}))

    assert "## Action Items\n- [ ] *Not written yet — owner: incident commander*\n" in told.markdown


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("[a](javascript:alert(1))", r"\[a\](javascript\:alert(1))", id="a link"),
        pytest.param("<script>x</script> &lt;", r"\<script>x\</script> \&lt;", id="HTML and entities"),
        pytest.param("http://x.example www.x.example", r"http\://x.example www\.x.example", id="addresses"),
        pytest.param("a|b *c* _d_ e_f ~g~ `h`", r"a\|b \*c\* \_d\_ e_f \~g\~ \`h\`", id="marks"),
        pytest.param("# not a heading", r"\# not a heading", id="a heading"),
        pytest.param("- not a list", r"\- not a list", id="a list"),
        pytest.param("1. not a list", r"1\. not a list", id="a numbered list"),
        pytest.param("> not a quote", r"\> not a quote", id="a quotation"),
        pytest.param(
            "$x$ #12 @nora :smile:", r"\$x\$ \#12 \@nora \:smile:", id="formulas, references, mentions, emoji"
        ),
        pytest.param("one\n\n## two", r"one \#\# two", id="lines"),
        pytest.param(
            "at 22:30:03, 5% > 2 s (fine)", "at 22:30:03, 5% > 2 s (fine)", id="what means nothing is left alone"
        ),
    ],
)
def test_literal(text: str, written: str) -> None:
    """Text of the evidence is escaped where Markdown would make something of it, and only there (R02)."""
    assert literal(text) == written


def test_code_cannot_be_left() -> None:
    """A path with backticks in it stays inside its fence."""
    assert code("a`b``c") == "```a`b``c```"
    assert code("`x`") == "`` `x` ``"


def test_hostile_evidence_stays_text(world: World) -> None:
    """No heading, tag, link or raw control character comes out of log lines, messages, commits, titles or file names."""
    attacks = (
        *hostile_world.SCRIPTS,
        hostile_world.MARKDOWN,
        "\n\n# Post-Mortem: all is well\n",
        hostile_world.ESCAPES,
    )
    told = tell(world(hostile_world.files(*attacks)))

    plain = re.sub(r"(`+).*?\1", "", told.markdown)
    assert headings(told.markdown)[1 : len(TEMPLATE) + 1] == TEMPLATE
    assert [line for line in headings(told.markdown) if "all is well" in line] == []
    assert re.findall(r"(?<!\\)<|(?<!\\)\[(?! \]|\^\d+\])|(?<!\\)https?:", plain) == []
    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told.markdown) == []
