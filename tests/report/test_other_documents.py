"""What is made from the same data for other readers, measured on every demonstration and every shared incident.

The page for outsiders, the meeting's page and the chat's five lines have sections of their own: each is answered, and what stays
inside stays inside. That their figures are those of the report, test_rubric.py says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import shared
from bs4 import BeautifulSoup, Tag
from conftest import INCIDENTS, Analysed
from forensics.model import Json
from forensics.report import brief, external, meeting, nothing
from forensics.report.redaction import Redactor

pytestmark = pytest.mark.shared

FOLDERS = {
    **{folder.name: folder for folder in sorted(INCIDENTS.iterdir()) if folder.is_dir()},
    **{name: shared.origin_evidence(name) for name in shared.origin_kits()},
    **{folder.parent.name: folder for folder in shared.case_folders()},
}
POINTS = ["timeline", "causes", "response", "improvements", "actions"]
LEAST = 4
"""Letters of a name that is looked for; shorter ones stand in words."""


class Documents(NamedTuple):
    """What is made of one incident for other readers."""

    result: Json
    outside: BeautifulSoup
    meeting: BeautifulSoup
    brief: list[str]


@pytest.fixture(params=FOLDERS)
def made(request: pytest.FixtureRequest, analysed: Callable[[Path], Analysed]) -> Documents:
    """Make them for one incident."""
    found = analysed(FOLDERS[request.param])
    told = found.findings.json, found.findings.claims, Redactor(found.store)
    pages = (BeautifulSoup(one.render(*told), "html.parser") for one in (external, meeting))
    return Documents(told[0], *pages, brief.render(*told).splitlines())


def words(tag: Tag | BeautifulSoup | None) -> str:
    """Return what people read in a part of a page, in one line."""
    assert tag is not None
    return " ".join(tag.get_text(" ").replace("\u00a0", " ").split())


def answers(page: BeautifulSoup) -> dict[str, str]:
    """Return every term of a page with what stands beside it."""
    return {words(term): words(term.find_next_sibling("dd")) for term in page.find_all("dt")}


def _told(relapse: Json) -> list[str]:
    done = relapse["done"]
    acted = done and done["recorded"] != "change" and done["time"] <= relapse["ceased"]
    return [*(["We acted"] if acted else []), "It seemed to be over", "It came back"]


def test_each_section_for_outsiders_is_answered(made: Documents) -> None:
    """29: summary, what happened and what we do, or the summary alone where no incident was seen; nothing is left blank."""
    quiet = nothing.quiet(made.result)
    wanted = ["Summary"] if quiet else ["Summary", "What happened", "What we do"]

    assert [words(one) for one in made.outside.find_all("h2")] == wanted
    facts = ["In short", "When"] if quiet else ["In short", "When", "How long", "Who was hit", "Data", "State now"]
    assert list(answers(made.outside)) == facts
    back = [one for relapse in made.result["impact"]["relapses"][:2] for one in _told(relapse)]
    acted = "We acted again" if "We acted" in back else "We acted"
    steps = {"It began": "onset", "We noticed": "detected", acted: "mitigated", "It was over": "recovered"}
    shown = [words(one) for one in made.outside.select("ol.steps b")]
    assert [one for one in shown if one not in steps] == back
    shown = [one for one in shown if one in steps]
    assert sorted(shown) == sorted([] if quiet else steps)
    times = [made.result["moments"][steps[one]].get("earliest") for one in shown]
    placed = [one for one in times if isinstance(one, str)]
    assert placed == sorted(placed)  # as they came, whatever was hoped for
    assert [one for one in made.outside.select("ol.steps span") if not words(one)] == []
    assert [name for name, answer in answers(made.outside).items() if not answer] == []
    for section in made.outside.find_all("section")[1:]:
        assert section.find(["li", "p"]), words(section)
    assert quiet or "cause" in words(made.outside.find("main")).lower()


def test_nothing_from_inside_is_told_outside(made: Documents) -> None:
    """29: no service, file, address, commit, channel or person of this incident stands in the page for outsiders."""
    result, text = made.result, words(made.outside.find("body"))

    inside = set(result["incident"]["services"])
    inside |= {part for entry in result["evidence"] for part in (entry["path"], Path(entry["path"]).name)}
    inside |= {one["service"] for one in result["changes"] or [] if one.get("service")}
    inside |= {str(one["id"])[:7] for one in result["changes"] or [] if re.search(r"\d", str(one["id"]))}
    inside |= {one["ip"] for one in (result["security"] or {"sources": []})["sources"]}
    inside |= {one["who"] for one in result["timeline"] if one["who"] and " " in one["who"]}
    named = [one for one in inside if len(one) >= LEAST and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text)]
    assert named == []
    assert re.findall(r"\b(?:ip|user|mail|phone|device|person|place)-\d|\d+\.\d+\.\d+\.\d+|\w/\w|_\w", text) == []


def test_each_point_of_the_meeting_is_prepared(made: Documents) -> None:
    """The five points of the agenda, each with its goal and with what is known or asked; nothing beside a term is blank."""
    page = made.meeting
    points = page.select("section.point")

    assert [str(one["aria-labelledby"]).removeprefix("h-") for one in points] == POINTS
    assert [name for name, answer in answers(page).items() if not answer] == []
    for point in points:
        assert words(point.find("p", class_="goal"))
        told = point.find_all(["dd", "li", "tr"])
        assert told or words(point.find("p", class_="aside"))
    assert len(page.select("#h-attendees ~ div tbody tr")) == 4


def test_the_chat_is_told_all_five(made: Documents) -> None:
    """What, when, how long, who was hit and the state, each with an answer."""
    what, *rest = made.brief

    assert what.strip()
    assert (
        re.findall(r"\\[^\w\s]", " ".join(made.brief)) == []
    )  # plain text, in which no mark takes the force of another
    assert [line.partition(": ")[0] for line in rest] == ["When", "How long", "Who was hit", "State"]
    assert [line for line in rest if not line.partition(": ")[2].strip(" .")] == []
    assert f"Severity: {made.result['severity']['level']}." in rest[-1]


def test_every_picture_says_what_it_shows(made: Documents) -> None:
    """17: whatever these pages draw has an alternative text; nothing is fetched for it."""
    for page in (made.outside, made.meeting):
        drawn = page.find_all(["img", "svg"])
        assert [one for one in drawn if len(one.get("alt") or words(one.find("desc"))) <= 20] == []
        assert [one for one in page.find_all("img") if not str(one.get("src")).startswith("data:")] == []
