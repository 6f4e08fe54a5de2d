"""Records that carry another program's log lines: what these lines say is known, and a stack trace is one event."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

World = Callable[[dict[str, Any]], Any]

LINES = [
    ("stderr", "2031-04-02 07:30:05,120 - harbour.berths - ERROR - no room"),
    ("stderr", "Traceback (most recent call last):"),
    ("stderr", '  File "berths.py", line 4, in moor'),
    ("stderr", "ValueError: no room"),
    ("stderr", "2031-04-02 07:30:06,120 - harbour.berths - INFO - moored"),
    ("stdout", "  a print of the pilot's"),
    ("stderr", "2031-04-02 07:30:07,120 - harbour.berths - WARNING - slow"),
]


def docker(lines: list[tuple[str, str]], minute: int = 30) -> str:
    """Write lines as Docker keeps them, one more second into the minute each."""
    return "".join(
        json.dumps({"log": text + "\n", "stream": stream, "time": f"2031-04-02T07:{minute}:{10 + n}.5Z"}) + "\n"
        for n, (stream, text) in enumerate(lines)
    )


def events(case: Any) -> list[tuple[Any, ...]]:
    """Return what the events of a case are."""
    found: list[tuple[Any, ...]] = case.store.connection.execute(
        "select line, last_line, level, source, message, body from log_events order by line"
    ).fetchall()
    return found


def test_docker_files_say_what_the_lines_in_them_say(world: World) -> None:
    """Level, source and message are the inner line's; what continues it in the same stream belongs to it, in another
    not; the time stays the record's, and every line is accounted for."""
    text = docker(LINES)
    case = world({"container.log": text})

    trace = "\n".join(line for _, line in LINES[1:4])
    assert events(case) == [
        (1, 4, "ERROR", "harbour.berths", "no room", trace),
        (5, 5, "INFO", "harbour.berths", "moored", None),
        (6, 6, None, "stdout", "  a print of the pilot's", None),
        (7, 7, "WARN", "harbour.berths", "slow", None),
    ]
    [entry] = case.evidence
    assert (entry.lines.physical, entry.lines.accepted, entry.lines.continued) == (7, 4, 3)
    offset, length = case.store.connection.execute('select "offset", length from log_events where line = 1').fetchall()[
        0
    ]
    assert text.encode()[offset : offset + length].count(b"\n") == 3
    assert [problem.code for problem in entry.problems] == []


def test_objects_in_docker_files_are_read_too(world: World) -> None:
    """A line that is itself an object of a known logger gives its level, in words, and its message."""
    inner = {"level": 50, "time": 1932881405120, "pid": 1, "hostname": "heron", "msg": "no room"}
    case = world({"container.log": docker([("stdout", json.dumps(inner))] * 2)})

    assert [row[2:5] for row in events(case)] == [("ERROR", "stdout", "no room")] * 2


def test_hits_of_a_search_are_read_too(world: World) -> None:
    """Exported records whose message is a whole log line give the level and the source that it states."""
    hit = {"@timestamp": "2031-04-02T07:30:05.120Z", "message": "[2031-04-02T07:30:05.100Z] ERROR [berths] no berth"}
    case = world({"hits.ndjson": (json.dumps({"_index": "ferry", "_source": hit}) + "\n") * 3})

    assert [row[2:5] for row in events(case)] == [("ERROR", "berths", "no berth")] * 3


def test_lines_of_no_known_format_stay_what_they_are(world: World) -> None:
    """What nobody declared is kept as it was printed, without its line end."""
    case = world({"container.log": docker([("stdout", "ahoy"), ("stderr", "the berth is full")])})

    assert [row[2:] for row in events(case)] == [
        (None, "stdout", "ahoy", None),
        (None, "stderr", "the berth is full", None),
    ]


def test_two_clocks_in_one_record_are_told(world: World) -> None:
    """Where the inner times stand apart from the records', both are there: the records' are used, and that is said."""
    case = world({"container.log": docker(LINES[4:5] * 3, minute=50)})

    assert [problem.code for problem in case.evidence[0].problems] == ["two-clocks"]
    assert "behind those of its records" in case.evidence[0].problems[0].message
