"""What stands for more than it shows: logs of which only a part was kept, and spans whose trace is no trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from small_world import iso

World = Callable[[dict[str, Any]], Any]


def said(one: Any, path: str) -> list[str]:
    """Return what is said of samples and of traces."""
    return [
        problem.message
        for entry in one.evidence
        if entry.path == path
        for problem in entry.problems
        if problem.code in ("sampled", "trace-shared")
    ]


def quay(lines: int) -> str:
    """Return a log in which a berth is taken each ten seconds, and a ferry is late each minute."""
    told = [
        {"timestamp": iso(10 * n), "service": "quay", "level": "INFO", "msg": f"berth {n} taken"} for n in range(lines)
    ]
    told += [
        {"timestamp": iso(10 * n), "service": "ferry", "level": "WARN", "msg": f"late by {n} s"}
        for n in range(0, lines, 6)
    ]
    return "".join(json.dumps(line) + "\n" for line in told)


def patterns(taken: int, late: int) -> str:
    """Return a list that counts both, and one that the log has no line of."""
    return json.dumps(
        [
            {"signature": "berth <N> taken", "service": "quay", "count": taken},
            {"signature": "late by <N> s", "service": "ferry", "count": late},
            {"signature": "berth <N> taken", "service": "pier", "count": 9000},
        ]
    )


def test_a_log_that_holds_a_part_of_what_was_counted_is_a_sample(world: World) -> None:
    """The list counts 1,840 lines of two patterns, of which the log holds seventy; what is another service's is not compared."""
    one = world({"logs.ndjson": quay(60), "patterns.json": patterns(1800, 40)})

    assert said(one, "logs.ndjson") == [
        "it is a sample, or a part: it holds 70 lines of 2 of its patterns that patterns.json counts 1,840 times. Numbers of lines "
        "are too low here, and shares are those of the lines that were kept"
    ]


def test_a_log_that_was_counted_whole_is_none(world: World) -> None:
    """What the list counts and the log holds are the same lines."""
    assert said(world({"logs.ndjson": quay(60), "patterns.json": patterns(60, 10)}), "logs.ndjson") == []


def span(trace: str, name: str, parent: str | None, at: float) -> dict[str, Any]:
    """Return a span of one second."""
    told = {"trace_id": trace, "span_id": name, "parent_id": parent, "service": "quay", "name": "berth"}
    return {**told, "start": iso(at), "duration_ms": 1000}


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        pytest.param(
            [span("t1", "a", None, 0), span("t1", "b", "a", 0), span("t2", "a", None, 90)], "", id="two whole traces"
        ),
        pytest.param([span("t1", "b", "elsewhere", 0), span("t1", "c", "b", 1)], "", id="the head is not here"),
        pytest.param(
            [span("t1", "a", None, 0), span("as above", "b", "a", 0), span("as above", "c", "b", 0)],
            "2 of its 3 spans are of the trace “as above”, while the parent that they name stands under “t1”: a placeholder, or ids "
            "that were given anew. The id does not tell which spans are of one request",
            id="a word instead of an id",
        ),
        pytest.param(
            [span("0", "a", None, 0), span("0", "b", "a", 0), span("0", "c", None, 300)],
            "3 of its 3 spans are of one trace, “0”, though they begin 2 times, over 5 min: a placeholder, or a name that was used "
            "again. They are not of one request",
            id="zero for all",
        ),
    ],
)
def test_a_trace_that_is_none_is_named(spans: list[dict[str, Any]], message: str, world: World) -> None:
    """Spans of one trace have their parents in it, and begin together; else its name tells nothing."""
    assert said(world({"traces.json": json.dumps(spans)}), "traces.json") == [message] * bool(message)


def rows(*counts: int) -> str:
    """Return requests as Application Insights exports them, with how many each row stands for."""
    head = "timestamp [UTC],id,name,success,resultCode,duration,operation_Id,cloud_RoleName,itemCount\n"
    return head + "".join(
        f'"4/2/2031, 7:30:{n:02d}.120 AM",a{n},GET /berths,True,200,41.5,op{n},ferry,{count}\n'
        for n, count in enumerate(counts)
    )


def answer(*counts: int) -> str:
    """Return them as the query's answer in JSON."""
    names = ("timestamp", "id", "name", "success", "resultCode", "duration", "operation_Id", "itemCount")
    told = [[iso(n), f"a{n}", "GET /berths", "True", "200", 41.5, f"op{n}", count] for n, count in enumerate(counts)]
    return json.dumps(
        {"tables": [{"name": "PrimaryResult", "columns": [{"name": name} for name in names], "rows": told}]}
    )


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        pytest.param(rows(1, 1, 1), "", id="each stands for itself"),
        pytest.param(rows(1, 10, 25), "it was sampled: its 3 rows stand for 36 items by their own count", id="a table"),
        pytest.param(answer(1, 1), "", id="each stands for itself, in JSON"),
        pytest.param(answer(1, 10), "it was sampled: rows stand for several requests each", id="JSON"),
    ],
)
def test_rows_that_stand_for_several_are_a_sample(text: str, beginning: str, world: World) -> None:
    """Where rows say that they stand for several requests, what is counted is called too low."""
    messages = said(world({"requests": text}), "requests")

    assert [message[: len(beginning)] for message in messages] == [beginning] * bool(beginning)
