"""Logs as tools export them: when each line was, how loud it is, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest

World = Callable[[dict[str, Any]], Any]

AT = datetime(2031, 4, 2, 7, 30, 5, 123000)


def events(case: Any) -> list[tuple[Any, ...]]:
    """Return time, level, source and message of each event of a case."""
    found: list[tuple[Any, ...]] = case.store.connection.execute(
        "select time, level, source, message from log_events order by path, line"
    ).fetchall()
    return found


def codes(case: Any) -> list[str]:
    """Return what is said to be wrong with the only piece of evidence."""
    [entry] = case.evidence
    return [problem.code for problem in entry.problems]


def one_a_line(records: Iterable[Any]) -> str:
    """Write objects one a line."""
    return "".join(json.dumps(record) + "\n" for record in records)


# ---- times ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        pytest.param("2031-04-02 07:30:05.123 UTC", [], id="letters of UTC"),
        pytest.param("2031-04-02 09:30:05.123 CEST", [], id="letters of one zone"),
        pytest.param("2031-04-02 03:30:05.123 -0400", [], id="an offset behind a blank"),
        pytest.param("2031-04-02 07:30:05.123 IST", ["no-zone"], id="letters of several zones"),
    ],
)
def test_results_of_splunk_are_dated_by_the_letters_of_their_zone(world: World, stamp: str, said: list[str]) -> None:
    """A time with its zone in letters is an instant; letters that several places claim are read as UTC, which is said."""
    result = {"preview": False, "result": {"_time": stamp, "_raw": "no berth is free", "source": "quay.log"}}
    case = world({"export.json": one_a_line([result] * 3)})

    assert events(case) == [(AT, None, "quay.log", "no berth is free")] * 3
    assert codes(case) == said


def test_times_in_a_document_that_cannot_be_read_are_told(world: World) -> None:
    """Records whose time nobody can read are kept, and the file is no longer said to be whole."""
    result = {"preview": False, "result": {"_time": "half past seven", "_raw": "no berth is free"}}
    case = world({"export.json": one_a_line([result] * 3)})

    assert events(case) == [(None, None, None, "no berth is free")] * 3
    assert codes(case) == ["unread-times"]
    assert (
        "3 records state times that could not be read, such as “half past seven”"
        in case.evidence[0].problems[0].message
    )
    assert case.evidence[0].status == "partial"


def test_times_of_json_lines_that_cannot_be_read_are_told(world: World) -> None:
    """A log of objects whose days and months cannot be told apart is kept, undated, and that is said."""
    case = world(
        {"app.log": one_a_line([{"time": "02/04/2031 07:30:05", "level": "error", "message": "no berth"}] * 3)}
    )

    assert events(case) == [(None, "ERROR", None, "no berth")] * 3
    assert codes(case) == ["unread-times"]
    assert case.evidence[0].status == "partial"


def test_java_logs_may_begin_with_an_epoch(world: World) -> None:
    """Milliseconds since 1970 before the thread are the time of the line; the stack trace below belongs to it."""
    text = "1932881405123 [main] ERROR harbour.Berths - no room\njava.lang.IllegalStateException: full\n\tat harbour.Berths\n"
    case = world({"app.log": text * 3})

    assert events(case) == [(AT, "ERROR", "harbour.Berths", "no room")] * 3
    [entry] = case.evidence
    assert (entry.clock.zone, entry.clock.how, entry.lines.continued) == ("UTC", "stated", 6)


def test_java_logs_may_count_milliseconds(world: World) -> None:
    """Small numbers before the thread count from the start of the program: they are kept, and nobody says when that was."""
    case = world({"app.log": "".join(f"{n * 700} [main] WARN harbour.Berths - full\n" for n in range(3))})

    assert events(case) == [(None, "WARN", "harbour.Berths", "full")] * 3
    assert codes(case) == ["relative-clock"]
    assert case.evidence[0].own_clock == ("0 s", "1.4 s")


# ---- objects over several lines ------------------------------------------------------------------------------------


def test_pretty_objects_one_after_another_are_one_list(world: World) -> None:
    """What `journalctl -o json-pretty` prints is read as the list that it would be with brackets around it."""
    records = [
        {
            "__REALTIME_TIMESTAMP": "1932881405123000",
            "PRIORITY": "3",
            "SYSLOG_IDENTIFIER": "moord",
            "MESSAGE": "no berth",
        }
    ] * 3
    case = world({"journal.json": "".join(json.dumps(record, indent="\t") + "\n" for record in records)})

    assert events(case) == [(AT, "ERROR", "moord", "no berth")] * 3


def test_a_second_document_of_another_kind_is_still_told(world: World) -> None:
    """Where what follows the first document is no object of its kind, the first is used and the rest is reported."""
    first = {"status": "success", "data": {"resultType": "scalar", "result": [1932881405, "1"]}}
    case = world({"answer.json": json.dumps(first, indent=1) + "\n" + json.dumps({"bell": 4}, indent=1)})

    assert "trailing-bytes" in codes(case)


# ---- text of no known format ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "level"),
    [
        pytest.param("quay-1 berths[411] 2031-04-02 07:30:05.123 no room", None, id="words before the stamp"),
        pytest.param(
            "job-4 <2031-04-02T07:30:05.123Z> worker main ERROR no room", "ERROR", id="words before the level"
        ),
        pytest.param("x|y|2031-04-02 07:30:05.123|[warn]|no room", "WARN", id="a level behind the stamp"),
        pytest.param("x|y|2031-04-02 07:30:05.123|no error at all", None, id="a word that is no level"),
        pytest.param("no room at the berth (2031-04-02 07:30:05.123)!", None, id="the stamp at the end"),
    ],
)
def test_unknown_text_loses_nothing_of_its_lines(world: World, line: str, level: str | None) -> None:
    """Of a line that no format reads, all that stands around its stamp is the message."""
    case = world({"strange.log": (line + "\n") * 3})

    assert events(case) == [(AT, level, None, line)] * 3
    assert case.evidence[0].format == "unknown-text"


@pytest.mark.parametrize(
    ("stamp", "zone"),
    [
        pytest.param("2031-04-02 07:30", "assumed", id="no zone"),
        pytest.param("2031-04-02 09:30 CEST", "stated", id="letters"),
        pytest.param("2031-04-02T09:30+02:00", "stated", id="an offset"),
    ],
)
def test_stamps_may_hold_no_seconds(world: World, stamp: str, zone: str) -> None:
    """Hours and minutes behind a date are the time of a line."""
    case = world({"notes.log": f"{stamp} ERROR no room\n" * 3})

    assert events(case) == [(datetime(2031, 4, 2, 7, 30), "ERROR", None, "no room")] * 3
    assert case.evidence[0].clock.how == zone


# ---- prefixes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "source"),
    [
        pytest.param("ferry-6d4cf56db6-x2x8k ferry ", "ferry", id="stern"),
        pytest.param("harbour tides-0 sidecar ", "sidecar", id="stern, all namespaces, a stateful pod"),
        pytest.param("[pod/ferry-6d4cf56db6-x2x8k/ferry] ", "ferry", id="kubectl"),
        pytest.param("harbour/ferry-6d4cf56db6-x2x8k[ferry]: ", "ferry", id="kail"),
        pytest.param("web_1    | ", "web_1", id="docker compose 1"),
        pytest.param("web-1  | ", "web-1", id="docker compose 2"),
    ],
)
def test_objects_behind_a_prefix_keep_whose_they_are(world: World, prefix: str, source: str) -> None:
    """An object that names no source is from the program that the prefix names."""
    record = {"level": "error", "ts": "2031-04-02T07:30:05.123Z", "msg": "no berth"}
    case = world({"pods.log": f"{prefix}{json.dumps(record)}\n" * 3})

    assert events(case) == [(AT, "ERROR", source, "no berth")] * 3


def test_what_follows_programs_says_of_itself_is_kept(world: World) -> None:
    """Between the lines of others docker compose says what it does: undated events, no lines that could not be read."""
    line = "web-1  | 2031-04-02 07:30:05,123 - harbour.berths - ERROR - no room\n"
    case = world({"compose.log": "Attaching to web-1\n" + line * 8 + "web-1 exited with code 137\n"})

    messages = [row[3] for row in events(case)]
    assert (messages[0], messages[-1]) == ("Attaching to web-1", "web-1 exited with code 137")
    assert case.evidence[0].lines.quarantined == 0


def test_requests_behind_a_prefix_are_requests_of_that_program(world: World) -> None:
    """A pod's name before an address is not taken for a part of the request."""
    request = '192.0.2.7 - - [02/Apr/2031:07:30:05 +0000] "GET /berths HTTP/1.1" 502 12 "-" "curl/8.5"'
    case = world({"pods.log": f"ferry-6d4cf56db6-x2x8k ferry {request}\n" * 3})

    assert [row[2:] for row in events(case)] == [("ferry", request)] * 3
