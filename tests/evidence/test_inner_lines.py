"""Records that carry another program's log lines: what these lines say is known, and a stack trace is one event."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

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


PLAIN = [
    ("2031-04-02 07:30:05 [error] berths: no room", "ERROR", "berths: no room"),
    ("WARN: the tide is low", "WARN", "the tide is low"),
    ("[2031-04-02T07:30:05.100Z] INFO moored", "INFO", "moored"),
]
"""Lines of loggers that nobody declared, with the level and the message that they tell."""


def hit(line: str, n: int) -> dict[str, Any]:
    """Return a record of a search."""
    return {"_index": "ferry", "_source": {"@timestamp": f"2031-04-02T07:30:{10 + n}.5Z", "message": line}}


def journal(line: str, n: int) -> dict[str, Any]:
    """Return a record of the journal, whose priority is that of everything a service prints."""
    when = str(1932881410500000 + n * 1_000_000)
    return {"__CURSOR": f"s=1;i={n}", "__REALTIME_TIMESTAMP": when, "PRIORITY": "6", "MESSAGE": line}


def shipped(line: str, n: int) -> dict[str, Any]:
    """Return a record as log shippers write it."""
    return {"timestamp": f"2031-04-02T07:30:{10 + n}.5Z", "host": "quay-1", "source_type": "file", "message": line}


def graylog(line: str, n: int) -> dict[str, Any]:
    """Return a record of Docker's driver for Graylog."""
    return {"version": "1.1", "host": "quay-1", "short_message": line, "timestamp": 1932881410.5 + n, "level": 6}


@pytest.mark.parametrize("record", [hit, journal, shipped, graylog], ids=lambda one: one.__name__)
@pytest.mark.parametrize(("line", "level", "message"), PLAIN, ids=["time and level", "level", "brackets"])
def test_plain_lines_in_records_tell_their_level(
    world: World, record: Callable[[str, int], Any], line: str, level: str, message: str
) -> None:
    """A line that is no object tells its level and its message as it would in a file of its own; the time is the record's."""
    case = world({"export.log": "".join(json.dumps(record(line, n)) + "\n" for n in range(4))})

    assert [(row[2], row[4]) for row in events(case)] == [(level, message)] * 4
    [(first,)] = case.store.connection.execute("select min(time) from log_events").fetchall()
    assert first == datetime(2031, 4, 2, 7, 30, 10, 500000)


@pytest.mark.parametrize(("line", "level", "message"), PLAIN, ids=["time and level", "level", "brackets"])
def test_plain_lines_in_documents_tell_their_level(world: World, line: str, level: str, message: str) -> None:
    """Events of one answer, which are no lines of a file, are read in the same way."""
    events_of_a_stream = [
        {"timestamp": 1932881410500 + n * 1000, "message": line, "ingestionTime": 1932881420000} for n in range(4)
    ]
    case = world({"events.json": json.dumps({"events": events_of_a_stream, "nextForwardToken": "f/1"})})

    assert [(row[2], row[4]) for row in events(case)] == [(level, message)] * 4


@pytest.mark.parametrize(("line", "level", "message"), PLAIN, ids=["time and level", "level", "brackets"])
def test_plain_lines_of_a_container_runtime_tell_their_level(world: World, line: str, level: str, message: str) -> None:
    """The same holds behind the runtime's time and stream, whatever the lines are."""
    text = "".join(f"2031-04-02T07:30:{10 + n}.500000000Z stderr F {line}\n" for n in range(4))
    case = world({"0.log": text})

    assert [row[2:5] for row in events(case)] == [(level, "stderr", message)] * 4
    assert case.evidence[0].format.startswith("cri: ")


def test_prints_behind_a_container_runtime_have_its_time(world: World) -> None:
    """Of lines that say nothing of themselves the runtime still tells the time and the stream, and they are whole."""
    text = "".join(f"2031-04-02T07:30:1{n}.500000000Z stdout F the berth is full\n" for n in range(4))
    case = world({"0.log": text})

    assert [row[2:5] for row in events(case)] == [(None, "stdout", "the berth is full")] * 4
    assert (case.evidence[0].kind, case.evidence[0].status) == ("log", "ok")


def test_requests_behind_a_container_runtime_keep_its_time(world: World) -> None:
    """What the runtime wrote before a request is no part of the request."""
    request = '192.0.2.7 - - [02/Apr/2031:09:30:09 +0200] "GET /berths HTTP/1.1" 502 12 "-" "curl/8.5"'
    case = world({"0.log": "".join(f"2031-04-02T07:30:1{n}.500000000Z stdout F {request}\n" for n in range(4))})

    assert [row[4] for row in events(case)] == [request] * 4


def test_a_mere_word_does_not_outvote_a_level(world: World) -> None:
    """Where a record has a level that somebody chose, the line keeps it, whatever word its text begins with."""
    records = [{"timestamp": f"2031-04-02T07:30:1{n}Z", "level": "warn", "message": "Error: no tide"} for n in range(4)]
    case = world({"app.log": "".join(json.dumps(record) + "\n" for record in records)})

    assert [(row[2], row[4]) for row in events(case)] == [("WARN", "Error: no tide")] * 4


def test_lines_between_those_of_a_format_stay_events(world: World) -> None:
    """Of a container that prints as well as logs, the log's lines tell their level, and no print is lost in them."""
    lines = [LINES[0], ("stderr", "tide tables loaded"), ("stderr", "  north"), ("stderr", "quay open")] * 3
    case = world({"container.log": docker(lines)})

    told = [row[2] for row in events(case)]
    assert told.count("ERROR") == 3
    [entry] = case.evidence
    assert entry.lines.accepted + entry.lines.continued == 12
    assert sum(row[4] == "tide tables loaded" for row in events(case)) == 3
    assert sum(row[4] == "quay open" for row in events(case)) == 3


# ---- lines in pieces ------------------------------------------------------------------------------------------------


def cri(*pieces: tuple[str, str, str]) -> str:
    """Write pieces of lines as a container runtime keeps them: stream, mark and text; one more second each."""
    return "".join(f"2031-04-02T07:30:{10 + n}.5Z {' '.join(piece)}\n" for n, piece in enumerate(pieces))


def counted(case: Any) -> tuple[int, int, int]:
    """Return how many lines there are, how many began an event, and how many continue one."""
    [entry] = case.evidence
    return entry.lines.physical, entry.lines.accepted, entry.lines.continued


def test_pieces_of_a_line_are_one_event(world: World) -> None:
    """When the first was kept, though its own time came apart; of two streams each with its own; and read as what the
    line was before it was split."""
    record = json.dumps({"level": "error", "time": "2031-04-02T07:30:09.1Z", "msg": "no room", "berths": [4, 5, 6]})
    small = json.dumps({"level": "info", "time": "2031-04-02T07:30:10.1Z", "msg": "moored"})
    case = world(
        {
            "0.log": cri(
                ("stdout", "F", small),
                ("stdout", "P", record[:30]),
                ("stdout", "P", record[30:70]),
                ("stderr", "F", small.replace("moored", "left")),
                ("stdout", "F", record[70:]),
                ("stdout", "F", small),
            )
        }
    )

    times = case.store.connection.execute("select strftime(time, '%S') from log_events order by line").fetchall()
    assert [(line, last, level, message) for line, last, level, _, message, _ in events(case)] == [
        (1, 1, "INFO", "moored"),
        (2, 5, "ERROR", "no room"),
        (4, 4, "INFO", "left"),
        (6, 6, "INFO", "moored"),
    ]
    assert [second for (second,) in times] == ["10", "11", "10", "10"]
    assert counted(case) == (6, 4, 2)


def test_a_piece_whose_end_is_missing_stays_what_it_is(world: World) -> None:
    """Where a file ends within a line, its pieces are events, and none is lost."""
    case = world({"0.log": cri(("stdout", "F", "moored"), ("stdout", "P", "no "), ("stdout", "P", "room"))})

    assert [message for *_, message, _ in events(case)] == ["moored", "no ", "room"]
    assert counted(case) == (3, 3, 0)


def test_docker_splits_after_16_kib(world: World) -> None:
    """A piece of that length without its end goes on in the next record; a short one is what a program wrote last."""
    long = "2031-04-02 07:30:05,120 - harbour.berths - ERROR - " + "no room " * 4000
    records = [
        ("stderr", long[:16384]),
        ("stderr", long[16384:] + "\n"),
        ("stderr", "2031-04-02 07:30:06,120 - harbour.berths - INFO - half a li"),
        ("stderr", "2031-04-02 07:30:07,120 - harbour.berths - INFO - begun\n"),
    ]
    case = world(
        {
            "container.log": "".join(
                json.dumps({"log": log, "stream": stream, "time": f"2031-04-02T07:30:{10 + n}Z"}, separators=(",", ":"))
                + "\n"
                for n, (stream, log) in enumerate(records)
            )
        }
    )

    assert [(line, last, level, message) for line, last, level, _, message, _ in events(case)] == [
        (1, 2, "ERROR", ("no room " * 4000)),
        (3, 3, "INFO", "half a li"),
        (4, 4, "INFO", "begun"),
    ]
    assert counted(case) == (4, 3, 1)
