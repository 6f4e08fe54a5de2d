"""What people wrote, as the page and the Markdown show it: in their words, redacted, never cut from sight."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import INCIDENTS, Analysed, write
from forensics.evidence import reading
from forensics.findings import note_reading, notes, result
from forensics.model import Json, Parameters
from forensics.report import people
from forensics.store import Store
from small_world import messages, traffic
from telling import Told, tell

FAILING = traffic(*[0] * 20, *[20] * 10, *[0] * 40)


def world(tmp_path: Path, text: str | None, **files: str) -> Analysed:
    """Judge a small world with notes beside it."""
    (tmp_path / "work").mkdir(exist_ok=True)
    folder = write(tmp_path / "incident", {"app.log": FAILING} | files)
    store = Store()
    found = reading.read(folder, store, tmp_path / "work")
    said = note_reading.parsed(text.encode(), "incident.notes.toml") if text else None
    return Analysed(store, found, result.build(store, found, "incident", Parameters(), "a digest", folder, said))


def shown(tmp_path: Path, text: str | None, **files: str) -> Told:
    """Tell of a small world with notes beside it."""
    return tell(world(tmp_path, text, **files))


def words(page: str, part: str = "body") -> str:
    """Return what stands in a part of a page."""
    found = BeautifulSoup(page, "html.parser").select_one(part)
    assert found is not None
    return " ".join(found.get_text(" ").split())


def below(markdown: str, heading: str) -> str:
    """Return what stands below a heading, up to the next one."""
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#|\Z)", markdown, re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return found[1].strip()


def every() -> str:
    """Return notes in which every section of the narrative holds a text of its own."""
    return "[narrative]\n" + "".join(f'{name} = "Words of {name}."\n' for name in notes.sections())


@pytest.mark.parametrize("log", [FAILING, traffic(*[0] * 60)], ids=["an incident", "no incident in the evidence"])
def test_every_section_that_is_written_is_shown(tmp_path: Path, log: str) -> None:
    """Whatever people write in a section stands on the page and in the Markdown, and nobody is asked for it again."""
    told = shown(tmp_path, every(), **{"app.log": log})

    said = told.markdown.replace("\\_", "_")
    assert [name for name in notes.sections() if f"Words of {name}." not in said] == []
    assert [name for name in notes.sections() if f"Words of {name}." not in told.page] == []
    assert "Not written yet" not in words(told.page, "#lessons") + words(told.page, "#causes dl")
    assert "Words of root_cause." in words(told.page, "#summary").replace("\\_", "_")


def test_what_is_not_written_says_whose_it_is_and_what_is_asked(tmp_path: Path) -> None:
    """Without notes each part names its owner, what is asked, and what the evidence holds that helps."""
    told = shown(tmp_path, None)

    lessons = words(told.page, "#lessons")
    for name in ("went_well", "could_be_improved", "got_lucky", "surprised_us", "lessons"):
        section = notes.sections()[name]
        assert f"{section.title} Not written yet — owner: {section.owner}" in lessons
        assert section.asks in lessons
    assert below(told.markdown, "## What surprised us").startswith("- *Not written yet — owner: engineering team*")


def test_surprises_stand_beside_their_prompt(tmp_path: Path) -> None:
    """What surprises in the data helps whoever is to write what surprised them; it does not answer for them."""
    slack = messages((700, "U1", "customers cannot pay"))
    told = shown(
        tmp_path, '[[moment]]\nmoment = "onset"\nat = "2031-04-02T11:30Z"\nwords = "first mail"\n', **{"s.json": slack}
    )

    (biggest,) = [one for one in told.result["prompts"]["surprised_us"] if one["kind"] == "stated apart"]
    assert biggest["statement"] in words(told.page, "#lessons")
    assert "Not written yet — owner: engineering team" in below(told.markdown, "## What surprised us")
    assert "- The evidence shows: Onset was stated" in below(told.markdown, "## What surprised us")


def test_action_items_stand_in_the_runbooks_form(tmp_path: Path) -> None:
    """`- [ ] item - owner - due date`, ticked where it is done; what is missing is said to be missing."""
    told = shown(
        tmp_path,
        '[[action]]\ntext = "Add a limit"\nowner = "engineering team"\ndue = 2031-05-01\ntest = "it rings"\n'
        'type = "detect"\nanswers = ["app.log:1"]\n[[action]]\ntext = "Drop the lock"\ndone = true\n',
    )

    assert below(told.markdown, "## Action Items").split("\n") == [
        "- [ ] Add a limit - engineering team - 2031-05-01",
        "  - detect; done when: it rings",
        "  - answers: app.log:1",
        "- [x] Drop the lock - *owner not written yet* - *due date not written yet*",
    ]
    table = words(told.page, "#actions")
    assert "Add a limit Done when: it rings Answers: app.log:1 detect engineering team 2031-05-01" in table
    assert "done Drop the lock Not written yet: owner, due date, test of done, type, finding" in table


def test_persons_become_their_roles(tmp_path: Path) -> None:
    """A person whom the notes name is shown by role wherever the report is redacted, names of one word as whole words."""
    text = (
        '[[role]]\nrole = "incident commander"\nwho = "Ines Falk"\nteam = "ferries"\n'
        '[[role]]\nrole = "scribe"\nwho = "Ada"\n'
        '[narrative]\ntrigger = "Ines Falk and Ada restarted the Adapter."\n'
    )
    told = shown(tmp_path, text)

    assert "incident commander and scribe restarted the Adapter." in words(told.page, "#causes")
    assert "Ines" not in told.page + told.markdown
    assert "Incident commander ferries" in words(told.page, "#response")
    assert told.result["notes"]["roles"][0]["who"] == "Ines Falk"


def test_notes_and_stars_stand_beside_their_event(tmp_path: Path) -> None:
    """A note on an event is read where the event is; a star marks it."""
    slack = messages((700, "U1", "customers cannot pay"))
    where = "s.json #1"
    told = shown(
        tmp_path,
        f'[[note]]\non = "{where}"\nstar = true\ntext = "The first word of it."\nby = "scribe"\n',
        **{"s.json": slack},
    )

    assert where in {event["where"] for event in told.result["timeline"]}, told.result["timeline"]
    assert "★ customers cannot pay" in words(told.page, "#timeline")
    assert "The first word of it. scribe" in words(told.page, "#timeline")
    assert "★ Note: “The first word of it.” — scribe" in below(told.markdown, "## Timeline")


def test_what_points_at_nothing_is_shown_with_what_it_meant(tmp_path: Path) -> None:
    """Orphans, problems and hints stand under Notes, with file and line; the Markdown lists orphans too."""
    told = shown(
        tmp_path,
        'titel = "T"\n[[note]]\non = "e-gone"\ntext = "Look here"\n[[action]]\ntext = "Bigger pool"\n'
        '[meant]\ne-gone = "12:00 signal: it began"\n',
    )

    said = words(told.page, "#lessons")
    assert "1 note points at what is not in this evidence. 1 line of the notes could not be taken as written." in said
    assert "Note Look here : e-gone , which was 12:00 signal: it began incident.notes.toml:2" in said
    assert "nobody reads 'titel'. Did you mean 'title'?" in said
    assert "an action begins with a verb" in said
    assert "`e-gone`, which was “12:00 signal: it began”" in below(
        told.markdown, "## Notes on What Is Not in This Evidence"
    )
    assert people.warnings(told.result) == [
        "incident.notes.toml:1: nobody reads 'titel'. Did you mean 'title'? Known: id, title, severity, role, moment, note, "
        "hypothesis, action, claim, review, narrative, meant.",
        "incident.notes.toml:2: note points at e-gone, which was “12:00 signal: it began”; it is not in this evidence",
        f"incident.notes.toml: {len(told.result['notes']['lint'])} hints on what is written, in the report under Notes",
    ]


def test_hypotheses_carry_both_sides(tmp_path: Path) -> None:
    """What speaks for and against a hypothesis stands beside it, with its state."""
    told = shown(
        tmp_path,
        '[[hypothesis]]\ntext = "The disk was slow"\nfor = ["app.log:1"]\nagainst = ["app.log:2"]\nstate = "refuted"\n',
    )

    assert "hypothesis, refuted The disk was slow For: app.log:1 Against: app.log:2" in words(told.page, "#causes")
    assert below(told.markdown, "## Hypotheses").split("\n") == [
        "- The disk was slow (refuted)", "  - for: app.log:1", "  - against: app.log:2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("review", "stamp"),
    [
        pytest.param("", "Draft", id="nobody says"),
        pytest.param('state = "in review"\nversion = "2"', "In review Version 2", id="in review"),
        pytest.param('state = "final"\nby = "product owner"\nat = 2031-05-02', "Final", id="final"),
    ],
)
def test_the_stamp_says_how_far_the_review_is(tmp_path: Path, review: str, stamp: str) -> None:
    """State, version and the role that reviewed it are people's to say."""
    told = shown(tmp_path, f"[review]\n{review}\n")

    assert words(told.page, ".stamp").startswith(stamp)
    assert ("Reviewed by product owner, 2031-05-02" in words(told.page, ".stamp")) is ("product owner" in review)


def test_long_words_are_not_cut_like_log_lines(tmp_path: Path) -> None:
    """A text of two thousand words that people wrote is shown whole."""
    long = " ".join(f"word{number}" for number in range(1000))

    told = shown(tmp_path, f'[narrative]\nwhat_happened = "{long}"\n')

    assert long in below(told.markdown, "### What Happened")


def test_words_of_people_are_text(tmp_path: Path) -> None:
    """Markup in what people write is shown, never obeyed."""
    told = shown(tmp_path, "[narrative]\ntrigger = '<b onclick=x>*bold*</b>'\n")

    assert "<b onclick" not in told.page
    assert "\\<b onclick=x>\\*bold\\*\\</b>" in told.markdown


def empty(**parts: Json) -> Json:
    """Return a told result without anything."""
    return {"timeline": [], "notes": None, "parameters": {"redact": True}} | parts


def test_without_notes_there_is_nothing_to_show() -> None:
    """No notes are no actions, remarks, hints or warnings, and a draft that waits for its commander."""
    assert people.actions(empty()) == people.elsewhere(empty()) == people.hints(empty()) == []
    assert people.warnings(empty()) == []
    assert people.review(empty()) == {
        "state": "draft", "version": None, "by": None, "at": None, "word": "Draft", "owner": "incident commander",
    }  # fmt: skip


def test_the_demonstration_shows_what_people_wrote_and_what_they_did_not(tmp_path: Path) -> None:
    """The notes of a demonstration are whole, point at what is there, and leave some things unwritten, which is said."""
    folder = INCIDENTS / "demo-database"
    said = note_reading.read(folder.with_name("demo-database.notes.toml"))
    store = Store()
    found = reading.read(folder, store, tmp_path)
    told = tell(Analysed(store, found, result.build(store, found, folder.name, Parameters(), "d", folder, said)))

    notes_ = told.result["notes"]
    assert (notes_["problems"], notes_["orphans"], notes_["review"]["state"]) == ([], [], "in review")
    assert {one["code"] for one in notes_["lint"]} == {"action-without-test", "finding-unanswered"}
    unwritten = {name for name, written in notes_["narrative"].items() if written is None}
    assert {"lessons", "got_lucky", "business"} <= unwritten
    for name in unwritten & {"lessons", "got_lucky", "business"}:
        assert f"Not written yet — owner: {notes.sections()[name].owner}" in told.markdown
    assert "Not written yet: test of done" in words(told.page, "#actions")
    assert len(words(told.page, "#causes dl").split()) > 100
    assert len(told.page.encode()) < 2_000_000


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param("“Error rate” was met.", "“Error rate” was met", id="short"),
        pytest.param(
            "The day before: commit 1234567 “ops: report at 22:30, from one state of all piers and ferries” at 2031-04-02 11:00, long ago",
            "The day before: commit 1234567 “ops: report at 22:30, from one state of all piers and ferries”…",
            id="after a quotation, and not within it",
        ),
        pytest.param(
            "40 of 60 requests that were asked of the pier failed with an error of the tide, first at 12:00:08 UTC and then in each minute",
            "40 of 60 requests that were asked of the pier failed with an error of the tide…",
            id="after a clause",
        ),
    ],
)
def test_a_reminder_ends_with_a_clause(statement: str, told: str) -> None:
    """What an action answers is told in a line that does not end in the middle of a thought."""
    assert people.brief({"statement": statement, "meant": "", "ref": "f-1"}) == told
