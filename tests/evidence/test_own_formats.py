"""A person's own formats: found in a folder, checked by their examples, and used like those that ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from forensics.errors import DeclarationError
from forensics.evidence import formats

QUAY = r"""name = "quay-log"
title = "The quay's log"
kind = "log"
structure = "lines"
vantage = "server"

[levels]
"!" = "ERROR"

[[line]]
name = "record"
pattern = '^(?P<source>quay\d+)\|(?P<time:compact>)\|(?P<level>[!.])\|(?P<message>.*)$'

[[example]]
text = "quay4|20310402T073005|!|no room"
pattern = "record"
fields = { source = "quay4", time = "20310402T073005", level = "!", message = "no room" }
level = "ERROR"

[[reject]]
text = "quay4|moored"
why = "It holds no time."
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], Path]]:
    """Put declarations into a folder of one's own, and name it."""
    folder = tmp_path / "formats"

    def put(files: dict[str, str]) -> Path:
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        monkeypatch.setenv(formats.OWN, str(folder))
        formats.load.cache_clear()
        return folder

    yield put
    monkeypatch.undo()
    formats.load.cache_clear()


def test_an_own_format_reads_its_logs(own: Callable[..., Path], world: Callable[..., Any]) -> None:
    """A log of a program that nobody else has is read by the format that was put beside ours."""
    own({"quay.toml": QUAY})
    one = world({"quay.log": "quay4|20310402T073005|!|no room\nquay5|20310402T073006|.|moored\n"})

    assert [(entry.kind, entry.format, entry.status) for entry in one.evidence] == [("log", "quay-log", "ok")]
    rows = one.store.connection.execute("select source, level, message from log_events order by line").fetchall()
    assert rows == [("quay4", "ERROR", "no room"), ("quay5", ".", "moored")]


def test_an_own_format_takes_the_place_of_ours(own: Callable[..., Path]) -> None:
    """A format that is called like one of ours is used instead of it; all others stay."""
    ours = {fmt.name for fmt in formats.load()}

    own({"kafka.toml": QUAY.replace('"quay-log"', '"kafka"')})

    assert formats.named("kafka").title == "The quay's log"
    assert {fmt.name for fmt in formats.load()} == ours


def test_nothing_is_read_where_no_folder_is_named(own: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the environment variable only our own formats are there."""
    own({"quay.toml": QUAY})
    monkeypatch.delenv(formats.OWN)
    formats.load.cache_clear()

    assert "quay-log" not in [fmt.name for fmt in formats.load()]


def test_a_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A misspelt folder is an error, not a silence."""
    monkeypatch.setenv(formats.OWN, str(tmp_path / "fromats"))
    formats.load.cache_clear()

    with pytest.raises(DeclarationError) as caught:
        formats.load()

    assert str(caught.value) == f"FORENSICS_FORMATS={tmp_path}/fromats: there is no such folder."
    monkeypatch.undo()
    formats.load.cache_clear()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "[levels]",
            "[levels",
            " this is not TOML: Expected ']' at the end of a table declaration (at line 7, column 8).",
            id="no TOML",
        ),
        pytest.param(
            "(?P<time:compact>)",
            "(?P<time>",
            ", line 10: pattern 'record' is no regular expression: missing ), unterminated subpattern at position 22.",
            id="no pattern",
        ),
        pytest.param(
            "quay4|20310402T073005|!|no room",
            "quay4|noon|!|no room",
            ", line 14: no pattern reads this example:\nquay4|noon|!|no room",
            id="an example that is not read",
        ),
        pytest.param(
            'pattern = "record"',
            'pattern = "rekord"',
            ", line 14: 'record' reads this example, not 'rekord'.",
            id="another pattern reads it",
        ),
        pytest.param(
            'message = "no room" }',
            'message = "room" }',
            ", line 14: the message of this example is 'no room', not 'room'.",
            id="another field",
        ),
        pytest.param(
            'level = "ERROR"\n',
            'level = "WARN"\n',
            ", line 14: the level of this example means ERROR, not WARN.",
            id="another level",
        ),
        pytest.param(
            "quay4|moored",
            "quay4|20310402T073005|.|moored",
            ", line 20: 'record' reads this line, which must be left alone: It holds no time.",
            id="a line it must leave alone",
        ),
    ],
)
def test_an_error_names_the_file_and_the_line(own: Callable[..., Path], old: str, new: str, said: str) -> None:
    """Whatever is wrong in a format of one's own is told with its place, before any evidence is read."""
    assert old in QUAY
    folder = own({"quay.toml": QUAY.replace(old, new, 1)})

    with pytest.raises(DeclarationError) as caught:
        formats.load()

    assert str(caught.value) == f"{folder}/quay.toml{said if said.startswith(',') else ':' + said}"
