"""Notes are saved whole or not at all, beside the evidence, and never over the words of somebody else."""

from __future__ import annotations

import os
import stat
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import write
from forensics.errors import ForensicsError, NotesChanged, UsageError
from forensics.evidence import intake
from forensics.findings import note_reading, notes
from forensics.workbench import note_desk
from forensics.workbench.case import Case, open_case
from forensics.workbench.note_book import NoteBook
from forensics.workbench.note_template import template
from small_world import traffic

FAILING = {"app.log": traffic(*[0] * 20, *[20] * 10, *[0] * 40)}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Open a small incident without notes."""
    return open_case(str(write(tmp_path / "outage", FAILING)))


def told(case: Case) -> notes.Notes:
    """Read the notes of a case; fails where there are none."""
    found = case.notes.read()
    assert found is not None
    return found


def test_whatever_is_said_is_saved_at_once(case: Case) -> None:
    """Each call is one change of the file, and the evidence is as it was."""
    before = intake.custody(intake.find(case.evidence))
    event, finding = case.result["timeline"][0], case.result["findings"][0]

    case.notes.star(event["id"], "scribe")
    case.notes.note("Look here.", "app.log:3")
    case.notes.write("trigger", "A job took the lock.")
    case.notes.write("went_well", ["We wrote it down"])
    case.notes.hypothesis("The pool was too small", [event["id"]], ["app.log:2"], "refuted")
    case.notes.action("Add a limit", "engineering team", "2031-05-01", "it rings", "detect", [finding["id"]])
    case.notes.done("Add a limit")
    case.notes.review("in review", "2", "product owner", "2031-05-02")

    found = told(case)
    assert found.troubles == ()
    assert [(one.on, one.star, one.text) for one in found.notes] == [
        (event["id"], True, ""),
        ("app.log:3", False, "Look here."),
    ]
    assert {name: one.items for name, one in found.narrative.items()} == {
        "trigger": ("A job took the lock.",), "went_well": ("We wrote it down",),
    }  # fmt: skip
    assert [(one.text, one.state, one.opposing) for one in found.hypotheses] == [
        ("The pool was too small", "refuted", ("app.log:2",))
    ]
    assert [(one.text, one.answers, one.done, str(one.due)) for one in found.actions] == [
        ("Add a limit", (finding["id"],), True, "2031-05-01")
    ]
    assert (found.review.state, found.review.version, found.review.by) == ("in review", "2", "product owner")
    assert set(found.meant) == {event["id"], finding["id"]}
    assert found.meant[finding["id"]] == finding["statement"]
    assert intake.custody(intake.find(case.evidence)) == before


def test_what_is_saved_is_joined_at_the_next_run(case: Case) -> None:
    """Notes that were written from a notebook are in the result of whoever opens the incident next, without an orphan."""
    case.notes.star(case.result["timeline"][0]["id"])
    case.notes.write("trigger", "A job took the lock.")

    again = open_case(str(case.evidence)).result

    assert again["notes"]["narrative"]["trigger"]["items"] == ["A job took the lock."]
    assert again["notes"]["orphans"] == []
    assert again["timeline"][0]["key"] is True


def test_a_cell_that_runs_twice_says_it_once(case: Case) -> None:
    """The same star, note, action or hypothesis again changes nothing."""
    event = case.result["timeline"][0]["id"]
    for _ in range(2):
        ids = case.notes.star(event), case.notes.note("x"), case.notes.action("Add y"), case.notes.hypothesis("z")

    found = told(case)
    assert len(found.notes) + len(found.actions) + len(found.hypotheses) == 4
    assert {one.id for one in (*found.notes, *found.actions, *found.hypotheses)} == set(ids)


def test_what_somebody_else_wrote_is_never_written_over(case: Case) -> None:
    """If the file changed since it was read here, nothing is saved; after looking, one can save again."""
    case.notes.note("mine")
    text = case.notes.place.read_text() + "\n# theirs\n"
    case.notes.place.write_text(text)

    with pytest.raises(
        NotesChanged, match=r"outage\.notes\.toml has changed since it was read here\. Nothing was saved\."
    ):
        case.notes.note("mine, too")

    assert case.notes.place.read_text() == text
    case.notes.reload().note("mine, too")
    assert case.notes.place.read_text().startswith(text)


def test_a_file_that_came_or_went_meanwhile_is_a_change_too(case: Case) -> None:
    """A file that somebody began meanwhile is not written over; one that somebody took away is not made again."""
    case.notes.place.write_text('id = "theirs"\n')
    with pytest.raises(NotesChanged):
        case.notes.note("mine")
    assert case.notes.place.read_text() == 'id = "theirs"\n'

    case.notes.reload()
    case.notes.place.unlink()
    with pytest.raises(NotesChanged):
        case.notes.note("mine")
    assert not case.notes.place.exists()


def test_of_many_who_save_at_once_one_saves_and_the_others_are_told(case: Case) -> None:
    """Eight desks that were opened together: one change is saved, seven are refused, and no word is lost."""
    books = [NoteBook(case.notes.place, case.evidence, case.id, case.result, case.claims) for _ in range(8)]

    def save(number: int) -> str:
        try:
            return books[number].note(f"from {number}")
        except NotesChanged:
            return ""

    with ThreadPoolExecutor(8) as pool:
        saved = [one for one in pool.map(save, range(8)) if one]

    assert len(saved) == 1
    assert [one.id for one in told(case).notes] == saved


def test_a_crash_leaves_the_old_file(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new file cannot be put in place, the old one stands and nothing is left beside it."""
    case.notes.note("mine")
    old = case.notes.place.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(UsageError, match=r"No space left on device\. Nothing was saved"):
        case.notes.note("more")

    assert case.notes.place.read_bytes() == old
    assert sorted(one.name for one in case.evidence.parent.iterdir() if "notes" in one.name) == ["outage.notes.toml"]


def test_a_broken_file_is_not_changed(case: Case) -> None:
    """Into a file that is no TOML nothing is saved; its words stay."""
    case.notes.place.write_text("title = no quotes\n")
    case.notes.reload()

    with pytest.raises(UsageError, match=r"outage\.notes\.toml:1: this is no TOML"):
        case.notes.note("mine")

    assert case.notes.place.read_text() == "title = no quotes\n"


def test_a_place_inside_of_the_evidence_is_refused(case: Case) -> None:
    """Notes that lead into the evidence, by a link, are not written."""
    case.notes.place.symlink_to(case.evidence / "app.log.notes")

    with pytest.raises(UsageError, match="leads into the evidence, which is never written to"):
        case.notes.note("mine")

    assert [one.name for one in case.evidence.iterdir()] == ["app.log"]


def test_a_file_keeps_its_rights_and_a_link_stays_a_link(case: Case, tmp_path: Path) -> None:
    """What a person made private stays private; what is kept elsewhere is changed there."""
    elsewhere = tmp_path / "kept" / "words.toml"
    elsewhere.parent.mkdir()
    elsewhere.write_text('id = "outage"\n')
    elsewhere.chmod(0o600)
    case.notes.place.symlink_to(elsewhere)

    case.notes.reload().note("mine")

    assert case.notes.place.is_symlink()
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o600
    assert "mine" in elsewhere.read_text()


@pytest.mark.parametrize(
    ("say", "message"),
    [
        pytest.param(lambda book: book.star("e-0"), "Nothing in this evidence is called 'e-0'", id="no such event"),
        pytest.param(lambda book: book.note("x", "app.log:99999999"), "Nothing in this evidence", id="no such line"),
        pytest.param(lambda book: book.write("trigr", "x"), "No section 'trigr'. Did you mean 'trigger'?", id="no such section"),
        pytest.param(lambda book: book.action("Add x", type="prevnt"), "Did you mean 'prevent'?", id="no such type"),
        pytest.param(lambda book: book.action("Add x", due="soon"), "'soon' is no day", id="no day"),
        pytest.param(lambda book: book.action("Add x", due="2031-02-30"), "no day of the calendar", id="no such day"),
        pytest.param(lambda book: book.hypothesis("x", state="true"), "No state 'true'", id="no such state"),
        pytest.param(lambda book: book.note(" "), "wants a text", id="no words"),
        pytest.param(lambda book: book.done("Nobody's"), "No action 'Nobody's'", id="no such action"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_before_anything_is_written(case: Case, say: object, message: str) -> None:
    """A name that nobody knows is named with the nearest; no file is made."""
    with pytest.raises(ForensicsError) as error:
        say(case.notes)  # type: ignore[operator]

    assert message in str(error.value)
    assert not case.notes.place.exists()


def test_the_beginning_holds_everything_that_can_be_said(case: Case) -> None:
    """The file that `begin` writes is valid as it is, says nothing yet, and with each # taken away holds every key there is."""
    case.notes.begin()

    found = told(case)
    assert (found.troubles, dict(found.narrative), found.actions) == ((), {}, ())
    assert tomllib.loads(case.notes.place.read_text())["id"] == "outage"
    with pytest.raises(UsageError, match="is there already"):
        case.notes.begin()


def test_each_line_of_the_beginning_can_be_taken_up() -> None:
    """Every line that stands there as a comment with a key or a table is one that is read."""
    lines = template("x").splitlines()
    open_ = [
        line.removeprefix("# ") if line.startswith(("# [", "# ")) and ("=" in line or line.startswith("# [")) else ""
        for line in lines
    ]
    taken = "\n".join(
        line if line else kept for line, kept in zip(open_, lines, strict=True) if not kept.startswith("# Take")
    )

    found = note_reading.parsed(taken.encode(), "x.notes.toml")

    assert [one.message for one in found.troubles] == []
    assert set(found.narrative) == set(notes.sections())
    assert [
        len(part) for part in (found.roles, found.moments, found.notes, found.hypotheses, found.actions, found.claims)
    ] == [1] * 6


def test_a_secret_in_an_event_is_not_copied_into_the_notes(tmp_path: Path) -> None:
    """What an id meant is kept without passwords, tokens and keys."""
    message = '[{"type": "message", "user": "U1", "ts": "1932898200.000000", "text": "the pool uses password=hunter2secret now"}]'
    case = open_case(str(write(tmp_path / "outage", {**FAILING, "s.json": message})))
    event = next(one for one in case.result["timeline"] if one["where"].startswith("s.json"))

    case.notes.star(event["id"])

    assert "the pool uses" in told(case).meant[event["id"]]
    assert "hunter2secret" not in case.notes.place.read_text()


def test_the_desk_saves_what_is_chosen_and_says_what_became_of_it(case: Case) -> None:
    """The widgets choose arguments, say where it was saved, and make room for the next; what is foreseen is said as text."""
    desk = note_desk.NoteDesk(case)
    event = case.result["timeline"][0]["id"]
    desk.on.value, desk.text.value, desk.star.value, desk.by.value = event, "Look here.", True, "scribe"
    desk.save_note()
    label = next(words for words, one in note_desk.subjects(case) if one == event)
    assert desk.said.text == (
        f"a note on “{label}” to outage.notes.toml, line 5, beside the folder outage. The next run joins it to the report."
    )
    assert desk.there.text == "★ Look here. — scribe"
    assert [words[:2] for words, one in desk.on.list.options if one == event] == ["★ "]
    assert (desk.text.value, desk.star.value) == ("", False)
    desk.save_note()
    assert desk.said.text == "A note wants a text."
    write_section(desk, "went_well", "- one\n  and more\n\n- two")
    write_section(desk, "trigger", "A job.\n\nAnd a lock.")
    desk.action.value, desk.answers.value = "Add x", (case.result["findings"][0]["id"],)
    desk.save_action()
    desk.hypothesis.value, desk.opposing.value = "It was y", (event,)
    desk.save_hypothesis()
    desk.verdict.value = "refuted"
    desk.save_verdict()
    desk.save_done()
    desk.moment.value, desk.at.value = "declared", "2031-05-20T14:09Z"
    desk.save_moment()
    desk.title.value = "No tickets"
    desk.save_title()
    desk.level.value = "P1"
    desk.save_severity()
    desk.role.value, desk.team.value = "scribe", "service desk"
    desk.save_role()
    desk.claim.value = "The outage lasted 10 minutes."
    desk.save_claim()
    desk.review.value = "in review"
    desk.save_review()

    found = told(case)
    assert found.troubles == ()
    assert found.narrative["went_well"].items == ("one\nand more", "two")
    assert found.narrative["trigger"].items == ("A job.\n\nAnd a lock.",)
    assert [(one.type, one.done) for one in found.actions] == [("prevent", True)]
    assert [(one.opposing, one.state) for one in found.hypotheses] == [((event,), "refuted")]
    assert [(one.moment, one.at.written, one.by) for one in found.moments] == [
        ("declared", "2031-05-20T14:09Z", "scribe")
    ]
    assert (found.title, found.review.state, found.severity and found.severity.level) == (
        "No tickets",
        "in review",
        "P1",
    )
    assert [(one.role, one.team) for one in found.roles] == [("scribe", "service desk")]
    assert [one.text for one in found.claims] == ["The outage lasted 10 minutes."]


def write_section(desk: note_desk.NoteDesk, name: str, words: str) -> None:
    """Choose a section, write it and save it."""
    desk.section.name.value, desk.section.words.value = name, words
    desk.section.save()


def test_nothing_that_was_typed_is_lost(case: Case) -> None:
    """Neither another section, nor a file that somebody else changed, nor one that is broken takes unsaved words away."""
    case.notes.write("trigger", "A job.")
    desk = note_desk.NoteDesk(case)
    form = desk.section
    form.name.value, form.words.value = "trigger", "Mine."
    form.name.value = "lessons"
    form.name.value = "trigger"
    assert form.words.value == "Mine."
    theirs = case.notes.place.read_text().replace("A job.", "Theirs.")
    case.notes.place.write_text(theirs)

    form.save()
    assert desk.said.text.startswith("Somebody else wrote into outage.notes.toml since it was read here.")
    assert case.notes.place.read_text() == theirs
    desk.reload()
    assert form.words.value == "Mine."
    assert form.theirs.text == "Theirs.\n\nSaving puts your words in place of these."
    assert {name: words for words, name in form.name.options}["trigger"] == "Trigger — not saved yet"

    case.notes.place.write_text("title = no quotes\n")
    desk.reload()
    assert desk.said.text.startswith("outage.notes.toml:1: this is no TOML")
    form.save()
    assert (form.words.value, case.notes.place.read_text()) == ("Mine.", "title = no quotes\n")
    case.notes.place.write_text(theirs)
    desk.reload()
    form.save()
    assert told(case).narrative["trigger"].items == ("Mine.",)


def test_hints_come_while_one_writes_and_hold_nothing_up(case: Case) -> None:
    """The desk says what blames and what an action lacks beside the field, and saves all the same."""
    desk = note_desk.NoteDesk(case)
    desk.section.name.value = "root_cause"
    desk.section.words.value = "It was human error."
    assert "“human error” explains nothing" in desk.section.hints.text
    desk.action.value = "Bigger pool"
    assert "nobody owns it" in desk.action_hints.text
    desk.action.value, desk.owner.value = "Enlarge the pool", "engineering team"
    assert "nobody owns it" not in desk.action_hints.text

    desk.section.save()

    assert told(case).narrative["root_cause"].items == ("It was human error.",)


def test_a_list_is_narrowed_without_losing_what_is_chosen(case: Case) -> None:
    """What is chosen stays in the list and stays chosen, whatever one looks for."""
    desk = note_desk.NoteDesk(case)
    first, last = (case.result["timeline"][place]["id"] for place in (0, -1))
    desk.supporting.value = (first,)
    desk.supporting.find.value = "nothing is called so"
    assert [one for _, one in desk.supporting.list.options] == [first]
    assert desk.supporting.value == (first,)
    desk.supporting.find.value = ""
    assert {first, last} <= {one for _, one in desk.supporting.list.options}


def test_what_cannot_be_taken_is_refused_before_it_is_written(case: Case) -> None:
    """A time or level that the next run could not read is not saved, and the reason is the one that the run would give."""
    with pytest.raises(UsageError, match=r"'at' is a time with its date: .*Nothing was saved\."):
        case.notes.moment("onset", "two o'clock")
    assert not case.notes.place.exists()


def test_tables_say_what_waits_and_what_is_answered(case: Case) -> None:
    """Parts that wait name their owner; findings say whether an action answers them; hints say where."""
    finding = case.result["findings"][0]
    case.notes.write("lessons", ["x"])
    case.notes.action("Bigger pool", answers=[finding["id"]])
    again = open_case(str(case.evidence))

    assert {row["part"]: row["state"] for row in again.waiting().to_dict("records")}["Lessons learned"] == "written"
    assert set(again.findings().query("answered == 'yes'")["id"]) == {finding["id"]}
    assert "an action begins with a verb" in " ".join(again.hints()["hint"])
    again.notes.write("trigger", "A job.")
    assert {row["part"]: row["state"] for row in again.waiting().to_dict("records")}["Trigger"] == "written"
    assert again.say("notes").text.startswith(
        "1 of 17 sections are written; 1 action, 0 hypotheses, which answer 1 of "
    )
    assert "id" in again.timeline(ids=True).columns
    assert "id" not in again.timeline().columns
