"""The benchmarks themselves: what is made is what is said to be made, and a report holds what was measured."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks import contest, made, report
from benchmarks.made import application_log, json_lines, range_query

STAMPED = re.compile(r"\[(\S+Z)\] ([A-Z]+) \[")
UNDATED = ("[SECURITY-", "🚨", "Health", "Email")


def test_an_application_log_holds_what_is_said_of_it(tmp_path: Path) -> None:
    """Lines, events, errors and instants of the log that is made are those that a plain loop over it counts."""
    one = application_log.make(tmp_path / "piece", 0.4)
    text = one.place.read_text(encoding="utf-8")
    lines = text.splitlines()
    found = [(datetime.fromisoformat(m[1]).replace(tzinfo=None), m[2]) for m in map(STAMPED.match, lines) if m]
    times = [time for time, _ in found]
    undated = sum(line.startswith(UNDATED) for line in lines)
    start, end = map(datetime.fromisoformat, one.facts["window"])

    assert one.facts | {"window": None} == {
        "events": len(found) + undated,
        "dated": len(found),
        "errors": sum(level == "ERROR" for _, level in found),
        "first": min(times).isoformat(timespec="microseconds"),
        "last": max(times).isoformat(timespec="microseconds"),
        "last_line": len(lines),
        "length": len(text.encode()) - len(found) - undated,
        "window": None,
        "inside": sum(start <= time <= end for time in times),
    }
    assert times == sorted(times)
    assert 0 < one.facts["inside"] < len(times) / 10


def test_a_log_of_json_lines_holds_what_is_said_of_it(tmp_path: Path) -> None:
    """Records, errors and instants are those that a JSON parser finds."""
    one = json_lines.make(tmp_path / "piece", 0.1)
    raw = one.place.read_bytes()
    records = [json.loads(line) for line in raw.splitlines()]
    instants = [datetime.fromtimestamp(r["time"] / 1000, UTC).replace(tzinfo=None) for r in records]

    assert one.facts == {
        "events": len(records),
        "dated": len(records),
        "errors": sum(record["level"] == 50 for record in records),
        "first": instants[0].isoformat(timespec="microseconds"),
        "last": instants[-1].isoformat(timespec="microseconds"),
        "last_line": len(records),
        "length": len(raw) - len(records),
    }


def test_a_range_query_holds_what_is_said_of_it(tmp_path: Path) -> None:
    """Series, samples and their sum are those that a JSON parser finds."""
    one = range_query.make(tmp_path / "piece", 2)
    series = json.loads(one.place.read_bytes())["data"]["result"]
    points = [(time, float(value)) for each in series for time, value in each["values"]]

    assert one.facts == {
        "samples": len(points),
        "series": len({each["metric"]["vessel"] for each in series}),
        "first": datetime.fromtimestamp(points[0][0], UTC).replace(tzinfo=None).isoformat(timespec="microseconds"),
        "last": datetime.fromtimestamp(points[-1][0], UTC).replace(tzinfo=None).isoformat(timespec="microseconds"),
        "sum": pytest.approx(sum(value for _, value in points)),
    }


@pytest.mark.parametrize("make", [application_log.make, json_lines.make, range_query.make])
def test_the_same_evidence_is_made_each_time(make: Callable[[Path, float], made.Made], tmp_path: Path) -> None:
    """The seed is fixed: two runs measure the same bytes."""
    first, again = make(tmp_path / "first", 1), make(tmp_path / "again", 1)

    assert first.place.read_bytes() == again.place.read_bytes()


def test_a_small_run_finds_what_is_there(tmp_path: Path) -> None:
    """With a megabyte of log, every contender that is here finds what was made, and says what it cost."""
    said: list[str] = []
    contests = contest.run(tmp_path, 0.001, 1, ["log-1000", "json-300", "range-1000"], said.append)
    told = report.told(contests, 0.001, 1)

    results = [(one["name"], result) for one in told["contests"] for result in one["results"]]
    assert [(name, r["contender"], r["wrong"]) for name, r in results if r["wrong"]] == []
    assert [(name, r["contender"]) for name, r in results] == [
        ("log-1000", "ours"),
        ("log-1000", "ours-understood"),
        ("log-1000", "ours-hour"),
        ("log-1000", "lnav"),
        ("log-1000", "duckdb"),
        ("json-300", "ours"),
        ("json-300", "json-loads"),
        ("range-1000", "ours"),
        ("range-1000", "json-load"),
    ]
    assert all(r["skipped"] or len(r["cpu_s"]) == len(r["peak_mb"]) == len(r["left_mb"]) == 1 for _, r in results)
    assert [target["met"] for target in told["targets"]] == [None] * len(contest.declared()["target"])
    assert json.loads(json.dumps(told)) == told
    assert report.text(told).startswith(told["machine"])


def measured(name: str, *results: contest.Result) -> contest.Contest:
    """A contest that has been held."""
    return contest.Contest(name, made.Made(Path("piece"), {}), list(results), 1000.0, 9)


def result(contender: str, cpu: list[float], memory: list[float], **more: Any) -> contest.Result:
    """What a contender did, by CPU seconds and megabytes."""
    return contest.Result(contender, "reads", cpu_s=cpu, seconds=cpu, peak_mb=memory, left_mb=[0.0] * len(cpu), **more)


def test_targets_compare_medians() -> None:
    """One slow round does not decide; a figure is met when it is reached exactly; what was not measured is not judged."""
    ours = result("ours", [10.0, 99.0, 12.0], [400.0, 400.0, 90.0])
    whole = measured("log-1000", ours, result("lnav", [10.0, 10.0, 10.0], [20.0] * 3))
    told = report.told([whole, measured("log-100", result("ours", [1.0, 1.0, 1.0], [50.0] * 3))], 1.0, 3)

    judged = {
        (target["of"][0], target["of"][1], target["measure"], *target.get("to", ())): target
        for target in told["targets"]
    }
    found = {key: (target["value"], target["met"]) for key, target in judged.items() if key[0] == "log-1000"}
    assert found == {
        ("log-1000", "ours", "cpu_s", "log-1000", "lnav"): (1.2, False),
        ("log-1000", "ours", "cpu_s", "log-1000", "duckdb"): (None, None),
        ("log-1000", "ours", "cpu_s", "log-100", "ours"): (12.0, False),
        ("log-1000", "ours", "peak_mb"): (400.0, True),
        ("log-1000", "ours-hour", "cpu_s", "log-1000", "ours"): (None, None),
    }


def test_a_wrong_answer_meets_no_target() -> None:
    """However fast it was."""
    fast = result("ours", [1.0], [1.0], wrong=["events: found 1, true is 2"])
    told = report.told([measured("log-1000", fast, result("lnav", [9.0], [9.0]))], 1.0, 1)

    assert {target["met"] for target in told["targets"] if target["of"] == ["log-1000", "ours"]} == {False, None}


def test_the_report_says_who_is_missing_and_who_is_wrong() -> None:
    """A contender that cannot run is named with the reason; a wrong answer is never only fast."""
    lnav = contest.Result("lnav", "indexes", skipped="lnav is not installed")
    wrong = result("ours", [1.0], [9.0], wrong=["events: found 1, true is 2"])

    text = report.text(report.told([measured("log-300", wrong, lnav)], 1.0, 1))

    assert "lnav            skipped: lnav is not installed" in text
    assert "ours            WRONG: events: found 1, true is 2" in text
