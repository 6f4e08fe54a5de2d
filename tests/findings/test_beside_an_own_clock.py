"""Errors of dated logs, told beside an incident whose numbers stand on a clock of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from small_world import iso, request

World = Callable[[dict[str, str | bytes]], Any]
QUESTIONS = ("started", "triggered", "responded")
SLOW_RUN = (
    "running (0m10.0s), 10/10 VUs, 100 complete and 0 interrupted iterations\n"
    "running (0m40.0s), 10/10 VUs, 400 complete and 0 interrupted iterations\n"
    "     http_req_duration..............: avg=900ms min=10ms med=800ms max=4s p(90)=2s p(95)=3s\n"
    "     http_req_failed................: 8.00%  32 out of 400\n"
)


def ferry(*told: tuple[float, str, str]) -> str:
    """Return a log of a harbour: at which second, at which level, and what."""
    return "".join(f"{iso(second)} {level} {words}\n" for second, level, words in told)


def answered(result: Any) -> dict[str, Any]:
    """Return the answers by question."""
    return {one["id"]: one for one in result["questions"]}


def claimed(analysed: Any) -> list[Any]:
    """Return the claims about errors of dated logs."""
    return [one for one in analysed.findings.claims if one["subject"].startswith("dated errors")]


def test_each_dated_log_tells_its_errors_beside_the_run(world: World) -> None:
    """Two logs hold three errors and one: each is told with its file, times, count, level and most frequent message."""
    north = ferry(
        (0, "INFO", "cast off"),
        (5, "WARN", "berth 1 is late"),
        (7, "ERROR", "no berth within 20 s"),
        (9, "FATAL", "the ramp is stuck"),
        (65.5, "ERROR", "no berth within 31 s"),
    )
    south = ferry((600, "INFO", "cast off"), (700, "ERROR", "the ramp is stuck"))
    found = world({"k6.txt": SLOW_RUN, "north.log": north, "south.log": south})
    told = answered(found.findings.json)
    words = (
        " logs: north.log tells 3 errors, 2031-04-02 12:00:07–12:01:05 UTC, most often, 2 times, "
        "ERROR “no berth within <*> s”; south.log tells one error, at 2031-04-02 12:11:40 UTC: "
        "ERROR “the ramp is stuck”. Nothing tells how their clocks and that of the numbers relate."
    )

    assert told["started"]["answer"].partition("By dated")[1:] == ("By dated", words)
    for question in ("triggered", "responded"):  # said once, and referred to
        assert told[question]["answer"].endswith("What dated logs tell of it stands with the first question.")
        assert "By dated" not in told[question]["answer"]
    assert told["started"]["status"] == told["triggered"]["status"] == "partial"
    claims = claimed(found)
    assert [(one["value"], [cited["line"] for cited in one["evidence"]]) for one in claims] == [
        (
            {
                "errors": 3,
                "first": iso(7).replace(".000Z", "Z"),
                "last": iso(65.5),
                "most_frequent": {"template": "no berth within <*> s", "level": "ERROR", "times": 2},
            },
            [3, 5],
        ),
        (
            {
                "errors": 1,
                "first": iso(700).replace(".000Z", "Z"),
                "last": iso(700).replace(".000Z", "Z"),
                "most_frequent": {"template": "the ramp is stuck", "level": "ERROR", "times": 1},
            },
            [2],
        ),
    ]
    assert all({one["id"] for one in claims} <= set(told[question]["claims"]) for question in QUESTIONS)


def test_a_log_without_an_error_is_not_told_beside(world: World) -> None:
    """Warnings are no errors."""
    found = world({"k6.txt": SLOW_RUN, "north.log": ferry((5, "WARN", "late"), (6, "INFO", "cast off"))})

    assert claimed(found) == []
    assert not any("By dated logs" in one["answer"] for one in found.findings.json["questions"])


def test_an_incident_that_is_dated_itself_has_nothing_beside(world: World) -> None:
    """Where requests date the incident, errors are of it or not, and are not told as of another clock."""
    lines = [request(n, failed=300 <= n < 450 and n % 5 == 0) for n in range(600)]
    found = world({"app.log": "\n".join(lines) + "\n", "north.log": ferry((310, "ERROR", "no berth"))})

    assert claimed(found) == []
    assert not any("By dated logs" in one["answer"] for one in found.findings.json["questions"])


def test_only_four_files_are_told_one_by_one(world: World) -> None:
    """Six logs tell of errors: the first four are named, the others counted."""
    logs = {
        f"berth-{n}.log": ferry((n, "ERROR", f"gate {'abcdef'[n]} is shut"), (n + 1, "INFO", "x")) for n in range(6)
    }
    found = world({"k6.txt": SLOW_RUN, **logs})
    answer = answered(found.findings.json)["started"]["answer"]

    assert [f"berth-{n}.log" in answer for n in range(6)] == [True] * 4 + [False] * 2
    assert "; and 2 more files tell of errors." in answer


TRACE = """org.ferry.MooringException: no berth
\tat org.ferry.Moor.run(Moor.java:10)
Caused by: java.net.ConnectException: no tide (berths={n})
\tat org.ferry.Berth.get(Berth.java:4)
"""


def test_the_innermost_cause_of_a_trace_is_quoted_once_for_logs_that_share_it(world: World) -> None:
    """Two logs tell of one cause, with other numbers; the conditions quote it in its own words, with both places."""
    logs = {
        f"{name}.log": f"{iso(second)} INFO cast off\n{iso(second + 1)} ERROR mooring failed\n{TRACE.format(n=second)}"
        for name, second in (("north", 4), ("south", 9))
    }
    found = world({"k6.txt": SLOW_RUN, **logs})
    told = answered(found.findings.json)["triggered"]["answer"]

    assert told.startswith(
        "By dated logs, the innermost cause of the most frequent error is “java.net.ConnectException: no tide (berths=4)” "
        "(north.log:2, south.log:2)."
    )
