"""Changing notes changes one thing: every other byte stays, and what was written is read again as it was meant."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from typing import Any

import pytest
from forensics.errors import UsageError
from forensics.findings import note_lines, note_reading, note_writing, notes
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
"""Any text at all that can be written: quotes, escapes, ends of lines of all kinds, what nobody sees."""
LISTS = st.lists(TEXT, max_size=5).map(tuple)
SCATTERED = """\
# at the head
id = "outage"  # whose

[[note]]
text = "a # is no comment"  # but this is

[[action]]
text = '''
[[note]]
text = "none"
'''

# between the tables
[[note]]
text = "c"
on = "e-1"

[meant]  # what ids were
"e-1" = "12:00 signal"

[narrative]
# about the trigger
trigger = "t"   # who said so?
lessons = [
  "a",  # why
  "b",
]

# at the end
"""
"""Tables that stand apart from their kind, and comments everywhere."""


def added(new: str, old: str) -> list[str]:
    """Return the lines of a text that another has not, in order; fails where it lost one."""
    left = iter(new.splitlines())
    found = []
    for line in old.splitlines():
        for other in left:
            if other == line:
                break
            found.append(other)
        else:
            pytest.fail(f"lost: {line}")
    return [*found, *left]


@given(TEXT | LISTS | st.booleans() | st.dates() | st.datetimes(timezones=st.none()))
def test_any_value_is_read_as_it_was_written(value: Any) -> None:
    """Whatever is written comes back the same."""
    wanted = list(value) if isinstance(value, tuple) else value

    assert tomllib.loads(f"x = {note_writing.written(value)}\n") == {"x": wanted}


@given(
    st.dictionaries(st.sampled_from(["text", "on", "by"]), TEXT.filter(bool), min_size=1),
    st.sampled_from(["note", "claim"]),
)
def test_a_table_more_leaves_every_byte_before_it(table: dict[str, str], name: str) -> None:
    """A new table stands at the end; what was there stays byte for byte, and the table says what was meant."""
    new = note_writing.with_table(SCATTERED, name, table)

    assert new.startswith(SCATTERED)
    assert tomllib.loads(new)[name][-1] == table
    assert {**tomllib.loads(new), name: None} == {**tomllib.loads(SCATTERED), name: None}


@given(st.sampled_from(sorted(notes.sections())), TEXT | LISTS)
def test_a_section_more_or_another_leaves_the_others(section: str, value: Any) -> None:
    """Writing one section changes that key alone, whatever is written, and keeps every comment outside of its value."""
    new = note_writing.with_key(SCATTERED, ("narrative",), section, value)

    told, before = tomllib.loads(new), tomllib.loads(SCATTERED)
    assert told["narrative"].pop(section) == (list(value) if isinstance(value, tuple) else value)
    before["narrative"].pop(section, None)
    assert told == before
    for comment in ("# at the head", "# but this is", "# between the tables", "# about the trigger", "# at the end"):
        assert comment in new


def test_the_comment_behind_a_value_stays() -> None:
    """Of a line that is replaced, the comment at its end stays; of one that is added, nothing else moves."""
    new = note_writing.with_key(SCATTERED, ("narrative",), "trigger", "a # that is none")

    assert 'trigger = "a # that is none"   # who said so?\n' in new
    assert new.replace('"a # that is none"', '"t"') == SCATTERED


def test_new_keys_stand_in_their_table() -> None:
    """A key that was not there is added below the last of its table, in the right one of several."""
    done = note_writing.with_key(SCATTERED, ("note", 1), "star", True)
    section = note_writing.with_key(SCATTERED, ("narrative",), "got_lucky", ("x",))
    meaning = note_writing.with_key(SCATTERED, ("meant",), "f-2", "it")
    review = note_writing.with_key(SCATTERED, ("review",), "state", "final")
    title = note_writing.with_key(SCATTERED, (), "title", "T")

    assert done == SCATTERED.replace('on = "e-1"\n', 'on = "e-1"\nstar = true\n')
    assert section == SCATTERED.replace('  "b",\n]\n', '  "b",\n]\ngot_lucky = ["x"]\n')
    assert meaning == SCATTERED.replace('signal"\n', 'signal"\nf-2 = "it"\n')
    assert review == SCATTERED + '\n[review]\nstate = "final"\n'
    assert added(title, SCATTERED) == ['title = "T"']


def test_a_file_keeps_its_ends_of_lines() -> None:
    """What is added to a file of another system ends its lines as that file does; what was there keeps its own."""
    old = SCATTERED.replace("\n", "\r\n")

    table = note_writing.with_table(old, "claim", {"text": "one\ntwo"})
    key = note_writing.with_key(old, ("narrative",), "lessons", ("z",))

    assert table == old + '\r\n[[claim]]\r\ntext = """\r\none\r\ntwo"""\r\n'
    assert tomllib.loads(table)["claim"] == [{"text": "one\ntwo"}]
    assert tomllib.loads(key)["narrative"]["lessons"] == ["z"]
    assert "\n" not in key.replace("\r\n", "")


@pytest.mark.parametrize(
    ("text", "table", "name"),
    [
        pytest.param('narrative = { trigger = "t" }\n', ("narrative",), "lessons", id="an inline table"),
        pytest.param('narrative.trigger = "t"\n', ("narrative",), "lessons", id="dotted keys"),
        pytest.param('review = "final"\n', ("review",), "state", id="a text where a table belongs"),
    ],
)
def test_a_form_that_cannot_be_changed_is_left_alone(text: str, table: tuple[str, ...], name: str) -> None:
    """Notes in a form that a line cannot be added to are refused, with what to do; nothing comes of it."""
    with pytest.raises(UsageError, match="Nothing was saved; change it in a text editor"):
        note_writing.with_key(text, table, name, "x")


def test_a_table_that_cannot_be_added_is_refused() -> None:
    """Where tables of a kind stand in one line, none can be added below."""
    with pytest.raises(UsageError, match="Nothing was saved"):
        note_writing.with_table('note = [{ text = "a" }]\n', "note", {"text": "b"})


def test_half_a_character_cannot_be_written() -> None:
    """A text that no file can hold is refused before anything is written."""
    with pytest.raises(UsageError, match="letter 2 is half of a character"):
        note_writing.written("a\ud800")


def test_values_are_written_as_people_would() -> None:
    """Days and times stand without quotes, long lists one a line, texts of several lines as such."""
    assert note_writing.written(date(2031, 5, 1)) == "2031-05-01"
    assert note_writing.written(datetime.fromisoformat("2031-05-01T10:00:00+00:00")) == "2031-05-01T10:00:00Z"
    assert note_writing.written(("x" * 60, "y" * 60)) == f'[\n  "{"x" * 60}",\n  "{"y" * 60}",\n]'
    assert note_writing.written('one\n"two"') == '"""\none\n"two\\""""'


@given(
    st.lists(st.tuples(st.sampled_from(["note", "action", "hypothesis", "claim", "section"]), TEXT, TEXT), max_size=6)
)
def test_what_is_saved_and_read_again_holds_every_word(changes: list[tuple[str, str, str]]) -> None:
    """After any series of changes, reading gives every text that was written, in order, and all that stood there before."""
    text, wanted = (
        SCATTERED,
        {"note": ["a # is no comment", "c"], "action": ['[[note]]\ntext = "none"'], "hypothesis": [], "claim": []},
    )
    sections = {"trigger": ("t",), "lessons": ("a", "b")}
    for kind, words, other in changes:
        if kind == "section":
            text = note_writing.with_key(text, ("narrative",), "got_lucky", (words, other))
            sections["got_lucky"] = tuple(one.strip() for one in (words, other) if one.strip())
        elif words.strip():
            text = note_writing.with_table(text, kind, {"text": words, "id": f"x-{len(wanted[kind])}"})
            wanted[kind].append(words.strip())

    found = note_reading.parsed(text.encode(), "outage.notes.toml")

    assert [one.text for one in found.notes] == wanted["note"]
    assert [one.text for one in found.actions] == wanted["action"]
    assert [one.text for one in found.hypotheses] == wanted["hypothesis"]
    assert [one.text for one in found.claims] == wanted["claim"]
    assert {name: passage.items for name, passage in found.narrative.items()} == {
        k: v for k, v in sections.items() if v
    }
    assert found.meant == {"e-1": "12:00 signal"}


@given(st.lists(TEXT, max_size=4), TEXT)
def test_lines_of_keys_are_those_on_which_they_stand(values: list[str], last: str) -> None:
    """Whatever stands in the values before it, a key is found on its line."""
    before = "".join(f"k{number} = {note_writing.written(value)}\n" for number, value in enumerate(values))
    text = f"[t]\n{before}last = {note_writing.written(last)}\n"

    assert note_lines.lines(text)["t", "last"] == before.count("\n") + 2


def test_comments_of_a_value_that_is_replaced_stay() -> None:
    """Each keeps its place beside its text; of a text that is gone, it stands on a line of its own; a title joins the id."""
    old = '''\
id = "x"  # whose
[narrative]
lessons = [  # first
  "a # is no comment",  # why a
  'b', # why b
  # above c
  """c
d""",  # why c
  # at the end
] # behind
trigger = """
long
text"""  # who said so?
'''

    new = note_writing.with_key(old, ("narrative",), "lessons", ("a # is no comment", "new", "c\nd"))
    new = note_writing.with_key(new, ("narrative",), "trigger", "short")

    assert (
        note_writing.with_key(new, (), "title", "T")
        == '''\
id = "x"  # whose
title = "T"
[narrative]
lessons = [
  # first
  "a # is no comment",  # why a
  "new",
  # why b
  # above c
  """c
d""",  # why c
  # at the end
] # behind
trigger = "short"  # who said so?
'''
    )
