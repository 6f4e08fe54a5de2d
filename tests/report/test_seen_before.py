"""Seen before: what earlier incidents had shown of one, by which words, and what of it stands in the page of its report."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import INCIDENTS, Analysed
from forensics.report import index, likeness, neighbours, overview, written
from forensics.report.likeness import Text
from forensics.report.overview import Incident, Trait
from forensics.report.redaction import Redactor
from forensics.report.seen_before import MOST, seen_before
from test_overview import PLAIN, shelf

LOCK = Text("hypothesis", "The nightly report held an exclusive lock on the database")
LOCKS = Text("root cause", "A backup locks the database exclusively, like the report did")


def began(day: int, name: str, **other: Any) -> Incident:
    """Return an incident that began on this day."""
    start = datetime(2031, 4, day, 12)
    return replace(PLAIN, id=name, title=name.capitalize(), start=start, end=start + timedelta(minutes=9), **other)


def told(kind: str, text: str) -> Trait:
    """Return an error or a message as the overview knows it."""
    return Trait(kind, overview.template(text), text)


def names(incidents: list[Incident]) -> dict[str, list[str]]:
    """Return in which earlier incidents something of each was seen before."""
    return {name: [one.incident.id for one in before.seen] for name, before in seen_before(incidents).items()}


# ---- which incidents are compared -----------------------------------------------------------------------------------


def test_earlier_is_what_began_earlier() -> None:
    """In whichever order they are given; what began at the same time is neither before nor after, nor what nothing places."""
    locked = (told("error", "locked 5"),)
    ones = [began(day, f"d{day}", traits=locked) for day in (1, 4, 9)]
    ones += [replace(ones[0], id="twin"), replace(ones[0], id="lost", start=None)]

    for order in itertools.permutations(ones):
        assert names(list(order)) == {"d4": ["twin", "d1"], "d9": ["d4", "twin", "d1"]}


def test_most_in_common_stands_first() -> None:
    """Then the latest; so many are told, and the rest is counted."""
    a, b = told("error", "locked"), told("message", "pool exhausted")
    ones = [began(1, "both", traits=(a, b)), *(began(day, f"d{day}", traits=(a,)) for day in range(2, 7))]
    before = seen_before([*ones, began(20, "now", traits=(a, b))])["now"]

    assert [one.incident.id for one in before.seen] == ["both", "d6", "d5"]
    assert (len(before.seen), before.more) == (MOST, 3)


def test_a_message_that_holds_an_error_is_told_once() -> None:
    """The log's line about a failed request repeats the request's error."""
    traits = (told("error", "database is locked"), told("message", "Query failed: database is locked"))
    seen = seen_before([began(1, "old", traits=traits), began(2, "new", traits=traits)])["new"].seen

    assert [one.same for one in seen] == [("database is locked",)]


def test_a_warning_alone_is_a_weak_likeness() -> None:
    """It is told after every error, and without the cause that people found for it."""
    slow, locked = told("warning", "slow query"), told("message", "locked")
    ones = [
        began(1, "locked", traits=(locked,), cause="A lock."),
        began(2, "slow", traits=(slow, told("warning", "retry")), cause="A full disk."),
        began(3, "now", traits=(slow, told("warning", "retry"), locked)),
    ]
    before = seen_before(ones)["now"]

    assert [(one.incident.id, one.strong) for one in before.seen] == [("locked", True), ("slow", False)]
    fragment = neighbours.fragments({"now": before})["now"]
    assert ("A lock." in fragment, "A full disk." in fragment) == (True, False)


def test_rules_and_services_in_common_are_not_seen_before() -> None:
    """Two incidents that broke one rule of the runbook may have nothing else in common."""
    traits = (told("condition", "declare.error_rate"), told("service", "api"), told("mitigation", "restart"))

    assert seen_before([began(1, "old", traits=traits), began(2, "new", traits=traits)]) == {}


# ---- texts of people ------------------------------------------------------------------------------------------------


def one_text(text: str) -> dict[Text, dict[str, str]]:
    """Return a text with its telling words."""
    return {Text("hypothesis", text): likeness.telling(text)}


@pytest.mark.parametrize("example", likeness.declared()["example"], ids=lambda one: one["one"][:30])
def test_texts_are_alike_by_the_words_that_are_named(example: dict[str, Any]) -> None:
    """Each example of likeness.toml, in both directions."""
    one, other = one_text(example["one"]), one_text(example["other"])

    assert [list(found.words) for found in likeness.alike(one, other)] == [example["words"]]
    assert len(likeness.alike(other, one)) == 1


@pytest.mark.parametrize("reject", likeness.declared()["reject"], ids=lambda one: one["why"])
def test_texts_are_not_alike(reject: dict[str, Any]) -> None:
    """Each pair that likeness.toml rejects."""
    assert likeness.alike(one_text(reject["one"]), one_text(reject["other"])) == []


def test_words_that_most_incidents_use_tell_nothing() -> None:
    """A word of more than half of four incidents is no likeness; of three, nobody could say."""
    texts = [[Text("action", f"{word} the ferry shop")] for word in ("Restart", "Watch", "Limit", "Move")]

    assert likeness.common(texts) == {"ferri", "shop"}  # stems, as Snowball has them
    assert likeness.common(texts[:3]) == frozenset()


def test_what_people_wrote_of_an_earlier_incident_is_seen_again() -> None:
    """A hypothesis here is like a root cause there, and both stand with the words that they share."""
    old, new = began(1, "old", texts=(LOCKS,), cause="It was the backup."), began(2, "new", texts=(LOCK,))
    [seen] = seen_before([new, old])["new"].seen

    assert [(one.mine, one.theirs, one.words) for one in seen.alike] == [
        (LOCK, LOCKS, ("database", "exclusive", "lock", "report"))
    ]


def test_what_people_refuted_is_no_cause() -> None:
    """Causes, hypotheses that are not refuted, and actions count; each by itself."""
    notes = {
        "narrative": {"root_cause": {"items": [{"text": "a"}]}, "contributing_factors": {"items": [{"text": "b"}, {"text": "c"}]}},
        "hypotheses": [{"text": "d", "state": "open"}, {"text": "e", "state": "refuted"}],
        "actions": [{"text": "f"}],
    }  # fmt: skip

    assert [(one.kind, one.text) for one in written.causes({"notes": notes})] == [
        ("root cause", "a"), ("contributing factor", "b"), ("contributing factor", "c"), ("hypothesis", "d"), ("action", "f"),
    ]  # fmt: skip


# ---- in the page of a report ----------------------------------------------------------------------------------------

PAGE = f"<p>before</p>{neighbours.OPENING}{neighbours.CLOSING}<p>after</p>"


def reports(folder: Path, result: dict[str, Any], *order: str) -> Path:
    """Write reports of one incident and of one a year later, in this order, with the index after each."""
    later = json.loads(json.dumps(result).replace("2026-10", "2027-10"))
    folder.mkdir()
    for name in order:
        shelf(folder, **{name: {"early": result, "later": later}[name]})
        (folder / name / neighbours.PAGE).write_text(PAGE, encoding="utf-8")
        index.write(folder)
    return folder


def test_pages_do_not_depend_on_the_order_of_runs(analysed: Callable[[Path], Analysed], tmp_path: Path) -> None:
    """The later incident's page tells of the earlier one, whichever report was made first, and nothing else in it changes."""
    result = analysed(INCIDENTS / "demo-database").findings.json
    one = reports(tmp_path / "one", result, "early", "later")
    other = reports(tmp_path / "other", result, "later", "early")

    pages = [(folder / name / neighbours.PAGE).read_text() for folder in (one, other) for name in ("early", "later")]
    assert pages[:2] == pages[2:]
    assert pages[0] == PAGE
    assert "SQLITE_BUSY: database is locked" in neighbours.stated(pages[1])
    assert re.findall(r'href="([^"]+)"', pages[1]) == ["../early/postmortem.html", "../index.html"]
    assert neighbours.put(pages[1], "") == PAGE
    assert index.beside(one / "later") == neighbours.stated(pages[1])
    assert index.beside(one / "early") == ""
    assert not list(one.rglob(".postmortem*"))


def test_what_was_edited_by_hand_is_known(analysed: Callable[[Path], Analysed], tmp_path: Path) -> None:
    """A seal fits what was written, and nothing else; the reports that it leads to are named."""
    folder = reports(tmp_path / "one", analysed(INCIDENTS / "demo-database").findings.json, "early", "later")
    told = neighbours.stated((folder / "later" / neighbours.PAGE).read_text())

    assert neighbours.unbroken(told)
    assert neighbours.unbroken("")
    assert not neighbours.unbroken(told.replace("locked", "fine"))
    assert not neighbours.unbroken(f"<p>No data was lost.</p>{told}")
    assert not neighbours.unbroken("<p>No data was lost.</p>")
    assert neighbours.named(told) == ["early"]


def test_what_is_no_longer_there_is_no_longer_told(analysed: Callable[[Path], Analysed], tmp_path: Path) -> None:
    """When an earlier report goes, the next index takes it out of the page."""
    folder = reports(tmp_path / "one", analysed(INCIDENTS / "demo-database").findings.json, "early", "later")
    (folder / "early" / "result.json").unlink()
    index.write(folder)

    assert (folder / "later" / neighbours.PAGE).read_text() == PAGE


def test_a_page_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A link in the page's place is not followed, and the report is named; a report without a page is left alone."""
    (tmp_path / "linked").mkdir()
    (tmp_path / "bare").mkdir()
    (tmp_path / "elsewhere.html").write_text(PAGE)
    (tmp_path / "linked" / neighbours.PAGE).symlink_to(tmp_path / "elsewhere.html")

    assert neighbours.renew(tmp_path, {"linked": "x", "bare": "x"}, ["linked", "bare"]) == ["linked"]
    assert (tmp_path / "elsewhere.html").read_text() == PAGE


def test_nothing_that_people_wrote_acts(tmp_path: Path) -> None:
    """Marks, tags and quotes in their words are letters."""
    hostile = f'{neighbours.CLOSING}<script>"locked"'
    ones = [began(day, f"d{day}", cause=hostile, traits=(told("error", hostile),)) for day in (1, 2, 3)]
    fragment = neighbours.fragments(seen_before(ones))["d3"]
    page = neighbours.put(PAGE, fragment)

    assert "Seen before in 2 earlier incidents" in page
    assert "<script" not in page
    assert page.count(neighbours.CLOSING) == 1
    assert neighbours.put(page, "") == PAGE


def test_the_demonstration_has_causes_to_be_seen_again(analysed: Callable[[Path], Analysed]) -> None:
    """New and surged warnings and errors of its logs are what it may be known again by."""
    one = overview.incident("x", analysed(INCIDENTS / "demo-database").findings.json, Redactor(None))

    known = {(trait.kind, trait.words) for trait in one.traits}
    assert known >= {("warning", "Slow query"), ("message", "Query failed: SQLITE_BUSY: database is locked")}
