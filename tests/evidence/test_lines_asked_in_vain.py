"""Lines that are not asked whether they are of a kind, because they cannot be: leaving that out changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Analysed
from forensics.evidence import documents, formats, logs, matching, recognition
from forensics.evidence.content import Content
from forensics.evidence.paths import LOOKED_AT, steps
from forensics.store import Store

EVENTS = 'path, line, last_line, "offset", length, time, level, source, message, body, own_clock'


def record(number: int, key: str = "message", **more: Any) -> str:
    """Return a line of a JSON log."""
    stamp = f"2031-04-02T12:{number // 60 % 60:02d}:{number % 60:02d}Z"
    return json.dumps({"level": "info", key: f"berth {number} is free", "timestamp": stamp, **more})


def by_number(text: str, key: str) -> str:
    """Write the first letter of a key by its number, as JSON allows."""
    return text.replace(f'"{key}"', f'"\\u{ord(key[0]):04x}{key[1:]}"')


def plain(number: int) -> str:
    """Return a line of a log that is no JSON."""
    return f"2031-04-02T12:{number // 60 % 60:02d}:{number % 60:02d}Z INFO berths - berth {number} is free"


TEXTS: list[Any] = [
    pytest.param([record(n) for n in range(90)], id="objects of one kind"),
    pytest.param([record(n, ("message", "msg")[n % 2]) for n in range(90)], id="of two kinds"),
    pytest.param([by_number(record(n), "message") for n in range(90)], id="keys that are written by number"),
    pytest.param([record(n, "msg", time=f"2031-04-02 12:00:{n % 60:02d}") for n in range(90)], id="two times"),
    pytest.param([*(record(n) for n in range(300)), *map(plain, range(300))], id="objects before other lines"),
    pytest.param([*map(plain, range(300)), *(record(n) for n in range(300))], id="other lines before objects"),
    pytest.param(
        [*map(plain, range(90)), *(f"    at Berth.free (berths.js:{n})" for n in range(300)), plain(90)], id="a stack"
    ),
    pytest.param([record(n, event="login_failure", time="2031-04-02T12:00:00Z") for n in range(90)], id="logins"),
]


def read(texts: list[str], place: Path) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    """Read lines by the format that they are recognised as; return the events and how many lines each pattern read."""
    place.write_text("\n".join([*texts, ""]), encoding="utf-8")
    content = Content(place)
    try:
        with Store() as store:
            told = logs.read(store, "a.log", content, recognition.recognise(texts).fmt)
            return store.connection.execute(f"select {EVENTS} from log_events order by line").fetchall(), told.read
    finally:
        content.close()


@pytest.mark.parametrize("texts", TEXTS)
def test_what_is_not_asked_would_not_have_been_read(
    texts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every line is asked by every pattern, the same lines are read by the same patterns."""
    quick = read(texts, tmp_path / "quick.log")
    monkeypatch.setattr(matching._Written, "keys", lambda *_: True)
    monkeypatch.setattr(matching, "_fitting", lambda _chunk, asked, _pattern: asked)
    slow = read(texts, tmp_path / "slow.log")

    assert quick == slow
    assert len(quick[0]) >= 90


def test_a_list_is_recognised_by_its_first_elements() -> None:
    """What a format asks of a list, it asks of the first element or of any of the first; no other can change what it is."""
    wants = [want.lstrip("!") for fmt in formats.load("json") for want in (*fmt.needs, *fmt.lacks)]

    assert {steps(want)[0] for want in wants if want.startswith("[")} == {"[]", "[0]"}


@pytest.mark.parametrize("count", [3, LOOKED_AT - 1, LOOKED_AT, LOOKED_AT + 3])
def test_objects_one_after_another_are_a_list_however_many(count: int) -> None:
    """All objects of a file that holds nothing else are one list, where they are of a known kind."""
    one = {"__REALTIME_TIMESTAMP": "1932881405123000", "PRIORITY": "6", "SYSLOG_IDENTIFIER": "moord", "MESSAGE": "free"}
    with Store() as store:
        text = "".join(json.dumps(one, indent=1) + "\n" for _ in range(count)).encode()
        told = documents.read(store, "journal.json", text)

        assert told is not None
        assert (told.fmt and told.fmt.name, told.records) == ("journald-list", count)


def test_a_log_of_many_objects_is_read_line_by_line(world: Any) -> None:
    """Objects that are no list of a known kind are lines of a log."""
    case: Analysed = world({"app.log": "".join(record(n) + "\n" for n in range(LOOKED_AT + 50))})

    [entry] = case.evidence
    assert (entry.format, entry.records) == ("json-log", LOOKED_AT + 50)
