"""What people keep beside an incident folder: read as it stands, joined by stable ids, never lost."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from conftest import Analysed, write
from forensics.errors import UsageError
from forensics.evidence import reading
from forensics.findings import note_lines, note_reading, notes, result
from forensics.model import Json, Parameters
from forensics.store import Store
from small_world import messages, traffic

World = Callable[[dict[str, str | bytes]], Analysed]
NAME = "outage.notes.toml"
FAILING = traffic(*[0] * 20, *[20] * 10, *[0] * 40)

WHOLE = """\
# Written at the desk.
id = "outage"
title = "No tickets for ten minutes"

[severity]
level = "P1"
by = "incident commander"
at = 2031-04-02T10:20:00Z

[[role]]
role = "incident commander"
team = "ferries"

[[moment]]
moment = "onset"
at = "2031-04-02T12:02+02:00"
by = "customer support"
words = "first complaint"

[narrative]
summary = "Nobody could buy a ticket."
trigger = '''
A job [[took]] the lock
key = "no key"
'''
went_well = [
  "People wrote down what they did",  # with times
  "The roll-back = quick",
]
got_lucky = \"\"\"
- it was night
- nobody was
  on board
\"\"\"

[[note]]
on = "e-000000000000"
star = true

[[note]]
text = "Ask the harbour."
by = "scribe"

[[hypothesis]]
text = "The pool was too small"
for = ["app.log:3"]
against = ["c-000000000000"]
state = "refuted"

[[action]]
text = "Alert on locks held for a minute"
owner = "engineering team"
due = 2031-05-01
test = "The alert rings in a rehearsal"
type = "detect"
answers = ["f-000000000000"]

[[claim]]
text = "three restarts"

[review]
state = "in review"
version = 2
by = "product owner"

[meant]
"e-000000000000" = "10:02 signal: the lock"
"""


def read(text: str) -> notes.Notes:
    """Read notes from text."""
    return note_reading.parsed(text.encode(), NAME)


def told(tmp_path: Path, files: dict[str, str | bytes], text: str | None, work: str = "work") -> Json:
    """Judge a small world with notes beside it."""
    (tmp_path / work).mkdir()
    folder = write(tmp_path / "incident", files)
    store = Store()
    found = reading.read(folder, store, tmp_path / work)
    said = read(text) if text is not None else None
    built: Json = result.build(store, found, "incident", Parameters(), "a digest", folder, said).json
    store.close()
    return built


def test_every_word_of_the_notes_is_read() -> None:
    """Each table and key of the notes becomes a value that says the same, with the line on which it stands."""
    found = read(WHOLE)

    assert found.troubles == ()
    assert (found.title, found.title_line) == ("No tickets for ten minutes", 3)
    assert found.sha256 == hashlib.sha256(WHOLE.encode()).hexdigest()
    assert found.severity is not None
    assert (found.severity.level, found.severity.by, found.severity.line) == ("P1", "incident commander", 5)
    assert found.roles == (notes.Role("incident commander", "ferries", "", 10),)
    assert [(m.moment, m.by, m.words, m.line) for m in found.moments] == [
        ("onset", "customer support", "first complaint", 14)
    ]
    assert {name: (passage.items, passage.line) for name, passage in found.narrative.items()} == {
        "summary": (("Nobody could buy a ticket.",), 21),
        "trigger": (('A job [[took]] the lock\nkey = "no key"',), 22),
        "went_well": (("People wrote down what they did", "The roll-back = quick"), 26),
        "got_lucky": (("it was night", "nobody was on board"), 30),
    }
    assert [(n.on, n.star, n.text, n.by, n.line) for n in found.notes] == [
        ("e-000000000000", True, "", "", 36),
        ("", False, "Ask the harbour.", "scribe", 40),
    ]
    assert [(h.text, h.supporting, h.opposing, h.state, h.line) for h in found.hypotheses] == [
        ("The pool was too small", ("app.log:3",), ("c-000000000000",), "refuted", 44)
    ]
    (action,) = found.actions
    assert (action.text, action.owner, action.due) == (
        "Alert on locks held for a minute",
        "engineering team",
        date(2031, 5, 1),
    )
    assert (action.test, action.type) == ("The alert rings in a rehearsal", "detect")
    assert (action.answers, action.done, action.line) == (("f-000000000000",), False, 50)
    assert [(c.text, c.line) for c in found.claims] == [("three restarts", 58)]
    assert found.review == notes.Review("in review", "2", "product owner", None, 61)
    assert found.meant == {"e-000000000000": "10:02 signal: the lock"}


@pytest.mark.parametrize(
    ("written", "earliest", "latest", "assumed"),
    [
        pytest.param("2031-04-02T10:02:00Z", "10:02:00", "10:02:00.999999", False, id="a second"),
        pytest.param('"2031-04-02 10:02Z"', "10:02:00", "10:02:59.999999", False, id="a minute"),
        pytest.param('"2031-04-02T12:02+02:00"', "10:02:00", "10:02:59.999999", False, id="in another zone"),
        pytest.param("2031-04-02T10:02:00", "10:02:00", "10:02:00.999999", True, id="without a zone: UTC, assumed"),
        pytest.param("2031-04-02T10:02:00.5Z", "10:02:00.500000", "10:02:00.500000", False, id="exactly"),
        pytest.param("2031-04-02", "00:00:00", "23:59:59.999999", False, id="a day"),
    ],
)
def test_a_time_is_as_exact_as_it_was_written(written: str, earliest: str, latest: str, assumed: bool) -> None:
    """What is written to the minute is known to the minute; without a zone, UTC is assumed and that is said."""
    found = read(f'[[moment]]\nmoment = "onset"\nat = {written}\n')

    at = found.moments[0].at
    assert at.span.earliest == datetime.fromisoformat(f"2031-04-02T{earliest}")
    assert at.span.latest == datetime.fromisoformat(f"2031-04-02T{latest}")
    assert at.utc_assumed is assumed


@pytest.mark.parametrize(
    ("text", "line", "message", "kept"),
    [
        pytest.param('id = "a"\ntitel = "T"\n', 2, "nobody reads 'titel'. Did you mean 'title'?", "T", id="no such key"),
        pytest.param("[[action]]\nownr = 'x'\ntext = 'y'\n", 2, "'ownr' in [action]. Did you mean 'owner'?", "x", id="below"),
        pytest.param("[narrative]\n\nlesons = 'z'\n", 3, "Did you mean 'lessons'?", "z", id="no such section"),
        pytest.param("[narrative]\nlessons = 3\n", 2, "'lessons' is a list of texts", "3", id="a number for texts"),
        pytest.param("title = true\n", 1, "'title' is a text: write it in quotes", "true", id="no text"),
        pytest.param("review = 'final'\n", 1, "'review' is a table: write [review]", "final", id="no table"),
        pytest.param("note = ['x']\n", 1, "'note' holds tables: write [[note]]", "x", id="no tables"),
        pytest.param("[review]\nstate = 'finl'\n", 2, "cannot be 'finl'. Did you mean 'final'?", "finl", id="no such word"),
        pytest.param("[[action]]\ntext = 'a'\ndue = 'soon'\n", 3, "'due' is a time with its date", "soon", id="no date"),
        pytest.param("[[action]]\ntext = 'a'\ndone = 'yes'\n", 3, "'done' is true or false", "yes", id="no flag"),
        pytest.param("[[moment]]\nmoment = 'onset'\nat = 10:02:00\n", 3, "a time with its date", "10:02:00", id="no day"),
        pytest.param("[[moment]]\nmoment = 'onset'\nby = 'x'\n", 1, "has no time", '"by": "x"', id="a moment without time"),
        pytest.param("[[moment]]\nat = 2031-04-02\n", 1, "does not say which", '"2031-04-02"', id="a time of nothing"),
        pytest.param("[[note]]\nby = 'scribe'\n", 1, "neither 'text' nor 'star", "scribe", id="a note of nothing"),
        pytest.param("[severity]\nby = 'x'\n", 1, "has no 'level'", "x", id="a severity of nothing"),
        pytest.param("[[claim]]\nid='q'\ntext='a'\n[[claim]]\nid='q'\ntext='b'\n", 5, "given twice", "q", id="one id twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named_and_kept(text: str, line: int, message: str, kept: str) -> None:
    """One mistake is one trouble, with its line, the nearest right word, and the words that stand there."""
    (found,) = read(text).troubles

    assert found.line == line
    assert message in found.message
    assert kept in found.kept


def test_an_action_has_words_for_those_outside() -> None:
    """What an action is called outside is read beside what it is called inside; without it there is none."""
    found = read('[[action]]\ntext = "Raise the pool"\noutside = "We add room"\n\n[[action]]\ntext = "Page"\n').actions

    assert [(one.text, one.outside) for one in found] == [("Raise the pool", "We add room"), ("Page", "")]


def test_a_file_that_is_no_toml_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A broken file is an error with its line, the line itself and what to do; not one byte of it is changed."""
    place = tmp_path / NAME
    place.write_text('id = "a"\ntitle = no quotes\n')

    with pytest.raises(UsageError) as error:
        note_reading.read(place)

    assert str(error.value) == (
        f"{NAME}:2: this is no TOML: Invalid value. The file was left as it is.\n"
        "    title = no quotes\n"
        'Correct that line (text stands in quotes: title = "…"), or move the file away, and run again.'
    )
    assert place.read_text() == 'id = "a"\ntitle = no quotes\n'


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    """A file in another encoding is refused with the line of the first byte that cannot be read."""
    place = tmp_path / NAME
    place.write_bytes('id = "a"\ntitle = "Fähre"\n'.encode("latin-1"))

    with pytest.raises(UsageError, match=r":2: this byte is not UTF-8: 0xe4"):
        note_reading.read(place)


def test_no_file_is_no_notes(tmp_path: Path) -> None:
    """Where nobody has begun notes there are none, which is no error."""
    assert note_reading.read(tmp_path / NAME) is None


def test_keys_inside_of_texts_have_no_lines() -> None:
    """What looks like a table or key inside of a text over several lines is none."""
    assert note_lines.lines('a = """\n[b]\nc = 1\n"""\n[[d]]\ne.f = [\n"g = 1",\n]\nh = 2\n') == {
        ("a",): 1,
        ("d", 0): 5,
        ("d", 0, "e", "f"): 6,
        ("d", 0, "h"): 9,
    }


def test_without_notes_the_result_says_why(tmp_path: Path) -> None:
    """No notes are null with a reason, and no digest of them."""
    found = told(tmp_path, {"app.log": FAILING}, None)

    assert found["notes"] is None
    assert found["why_null"]["notes"] == "nobody has begun notes beside the incident folder"
    assert found["incident"]["notes_sha256"] is None


def test_notes_name_the_incident_and_change_nothing_that_evidence_tells(tmp_path: Path) -> None:
    """Title and severity are people's to state; evidence, verdicts and what was derived stay as they were."""
    alone = told(tmp_path, {"app.log": FAILING}, None)
    found = told(tmp_path, {"app.log": FAILING}, WHOLE, "again")

    assert found["incident"]["title"] == "No tickets for ten minutes"
    assert found["incident"]["title_source"] == f"{NAME}:3"
    assert found["incident"]["notes_sha256"] == hashlib.sha256(WHOLE.encode()).hexdigest()
    assert (found["severity"]["stated"], found["severity"]["stated_in_evidence"]) == ("P1", None)
    for part in ("evidence", "verdicts", "timeline", "durations", "questions", "impact"):
        assert found[part] == alone[part]
    assert found["severity"]["level"] == alone["severity"]["level"]


def test_moments_of_the_notes_stand_beside_what_the_data_tell(tmp_path: Path) -> None:
    """A moment that people state in the notes is stated, with file and line; what is derived stays derived."""
    found = told(tmp_path, {"app.log": FAILING}, WHOLE)

    onset, (stated,) = found["moments"]["onset"], found["moments"]["onset"]["stated"]
    assert onset["source"] == "derived"
    assert {key: stated[key] for key in ("earliest", "latest", "words", "who", "where", "written")} == {
        "earliest": "2031-04-02T10:02:00Z",
        "latest": "2031-04-02T10:02:59.999999Z",
        "words": "first complaint",
        "who": "customer support",
        "where": f"{NAME}:14",
        "written": "2031-04-02T12:02+02:00",
    }
    assert [one["words"] for one in found["moments"]["declared"]["stated"]] == ["declared P1"]


def test_notes_are_joined_to_what_they_are_about(tmp_path: Path) -> None:
    """Events, findings, claims, places of the evidence and hypotheses are found by what is written."""
    alone = told(tmp_path, {"app.log": FAILING}, None)
    event, finding = alone["timeline"][0], alone["findings"][0]
    refs = [event["id"], finding["id"], finding["claims"][0], "app.log", "app.log:2", "h-own"]
    text = (
        "".join(f'[[note]]\non = "{ref}"\ntext = "x"\n' for ref in refs)
        + '[[hypothesis]]\nid = "h-own"\ntext = "It was the lock"\n'
    )

    found = told(tmp_path, {"app.log": FAILING}, text, "again")

    assert [note["on"]["kind"] for note in found["notes"]["notes"]] == [
        "event", "finding", "claim", "place", "place", "hypothesis",
    ]  # fmt: skip
    assert found["notes"]["notes"][1]["on"]["statement"] == finding["statement"]
    assert found["notes"]["orphans"] == []


def test_what_notes_are_no_longer_about_is_listed(tmp_path: Path) -> None:
    """Where evidence changed, what pointed at it is an orphan with what it meant then; nothing is dropped."""
    found = told(tmp_path, {"app.log": FAILING}, WHOLE.replace("app.log:3", "app.log:999999"))["notes"]

    assert [(one["ref"], one["meant"], one["by"], one["line"]) for one in found["orphans"]] == [
        ("e-000000000000", "10:02 signal: the lock", "note", 36),
        ("app.log:999999", None, "hypothesis", 44),
        ("c-000000000000", None, "hypothesis", 44),
        ("f-000000000000", None, "action", 50),
    ]
    assert found["actions"][0]["text"] == "Alert on locks held for a minute"
    assert found["notes"][0]["star"] is True


def test_ids_of_events_and_findings_do_not_depend_on_other_evidence(tmp_path: Path) -> None:
    """A file that is added changes no id of an event that a record tells, and no id of a finding that was there."""
    slack = {"slack.json": messages((700, "U1", "customers cannot pay"), (700, "U1", "customers cannot pay"))}
    alone = told(tmp_path, {"app.log": FAILING, **slack}, None)
    more = told(tmp_path, {"app.log": FAILING, **slack, "a.json": messages((10, "U2", "looking"))}, None, "again")

    before = {event["id"]: event["where"] for event in alone["timeline"]}
    after = {event["id"]: event["where"] for event in more["timeline"]}
    assert before.items() <= after.items()
    assert len(before) == len(alone["timeline"])
    assert {one["id"] for one in alone["findings"]} <= {one["id"] for one in more["findings"]}
    assert all(one["id"].startswith("f-") for one in alone["findings"])


def test_a_starred_event_is_told_among_the_key_events(tmp_path: Path) -> None:
    """What people gave a star is a key event, by its id or its place, and takes the place of the lightest other."""
    words = [
        f"{first}{second}"
        for first in "klm"
        for second in ("ettle", "agpie", "oon", "inen", "antern", "imber", "ink", "oaf")
    ]
    said = ((600 + 10 * number, "U1", f"{word} is next for us") for number, word in enumerate(words))
    talk = {"slack.json": messages(*said)}
    alone = told(tmp_path, {"app.log": FAILING, **talk}, None)
    left_out = [event for event in alone["timeline"] if not event["key"]]
    first, second = left_out[0], left_out[1]
    text = f'[[note]]\non = "{first["id"]}"\nstar = true\n[[note]]\non = "{second["where"]}"\nstar = true\n'

    found = told(tmp_path, {"app.log": FAILING, **talk}, text, "again")

    keys = {event["id"] for event in found["timeline"] if event["key"]}
    assert {first["id"], second["id"]} <= keys
    assert len(keys) == sum(event["key"] for event in alone["timeline"]) == 15
    assert found["notes"]["orphans"] == []
