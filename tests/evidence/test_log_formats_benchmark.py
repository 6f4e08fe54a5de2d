"""The public collection of log formats, each file read alone: nothing is dropped, and nearly every line is right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from benchmarks import log_formats
from shared import need_shared


@pytest.fixture(scope="module")
def verdicts() -> list[log_formats.Verdict]:
    """Read and judge the collection once."""
    return log_formats.score(need_shared() / "benchmarks" / "log-formats")


@pytest.mark.shared
def test_no_line_of_any_format_is_dropped(verdicts: list[log_formats.Verdict]) -> None:
    """Every physical line of every file is accepted, continued, blank, a separator or quarantined; no reading fails."""
    dropped = [(one.file, one.physical, one.found.lines) for one in verdicts if not one.accounted]
    crashes = [(one.file, one.found.crash) for one in verdicts if one.found.crash]

    assert (dropped, crashes) == ([], [])


@pytest.mark.shared
@pytest.mark.parametrize("group", ["fixtures", "servers"])
def test_nine_of_ten_lines_are_in_files_read_right(verdicts: list[log_formats.Verdict], group: str) -> None:
    """Messages, instants, zone and levels agree for 90 % of the lines, among the small fixtures and the server logs."""
    wrong = [(one.file, one.physical, one.differences) for one in verdicts if not one.right]

    assert log_formats.shares(verdicts)[group]["share_of_lines"] >= log_formats.TARGET, wrong


EXPECTED: dict[str, Any] = {
    "file": "fixtures/ferry.log",
    "physical_lines": 3,
    "messages": 2,
    "first_utc": "2031-04-02T07:30:05.1202759Z",
    "last_utc": "2031-04-02T07:30:06Z",
    "zone": "stated in the file",
    "levels": {"W": 1, "fatal": 1},
    "in_order": True,
}
FOUND = log_formats.Found(
    status="ok",
    lines={"physical": 3, "accepted": 2, "continued": 1, "blank": 0, "separator": 0, "quarantined": 0},
    zone="UTC",
    how="stated",
    messages=2,
    first=datetime(2031, 4, 2, 7, 30, 5, 120275),
    last=datetime(2031, 4, 2, 7, 30, 6),
    levels={"WARNING": 1, "CRITICAL": 1},
)


def changed(**parts: Any) -> log_formats.Found:
    """Return the right reading of the ferry's log, with these parts wrong."""
    return log_formats.Found(**{**{name: getattr(FOUND, name) for name in FOUND.__slots__}, **parts})


def test_a_right_reading_is_judged_right() -> None:
    """Levels are compared by class, instants to the microsecond, by either neighbour."""
    later = changed(first=datetime(2031, 4, 2, 7, 30, 5, 120276))

    assert [log_formats.judged(EXPECTED, found).right for found in (FOUND, later)] == [True, True]


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        pytest.param({"messages": 3}, ["messages"], id="a line not folded"),
        pytest.param({"first": datetime(2031, 4, 2, 7, 30, 5, 120277)}, ["first"], id="a microsecond too late"),
        pytest.param({"last": None}, ["last"], id="no instant"),
        pytest.param({"how": "assumed"}, ["zone"], id="a stated zone said to be assumed"),
        pytest.param({"levels": {"WARN": 2}}, ["levels"], id="the worst level lost"),
        pytest.param({"in_order": False}, ["in_order"], id="order said to be broken"),
        pytest.param({"seconds": 11.0}, ["seconds"], id="a hang"),
        pytest.param({"crash": "ValueError: no"}, ["crash"], id="a failure"),
    ],
)
def test_whatever_disagrees_is_named(parts: dict[str, Any], what: list[str]) -> None:
    """One thing that disagrees makes a file wrong, and the score says which."""
    verdict = log_formats.judged(EXPECTED, changed(**parts))

    assert ([name for name, _, _ in verdict.differences], verdict.right) == (what, False)


def test_a_line_that_is_nowhere_is_a_silent_drop() -> None:
    """A file whose lines do not add up is wrong, even where all else agrees."""
    verdict = log_formats.judged(EXPECTED, changed(lines={**(FOUND.lines or {}), "continued": 0}))

    assert (verdict.accounted, verdict.differences, verdict.right) == (False, (), False)


YEARLESS = {**EXPECTED, "first_utc": None, "last_utc": None, "zone": "none in the file, and no year", "levels": None}
YEARLESS |= {"first_written": "Apr  2 07:30:05", "last_written": "Apr  2 07:30:06"}
OWN = (datetime(2000, 4, 2, 7, 30, 5), datetime(2000, 4, 2, 7, 30, 6))


@pytest.mark.parametrize(
    ("parts", "right"),
    [
        pytest.param({"first": None, "last": None, "written": (OWN, OWN)}, True, id="kept as written, not placed"),
        pytest.param({"first": None, "last": None, "written": ((None, None),) * 2}, False, id="not read at all"),
        pytest.param(
            {"first": OWN[0].replace(year=2031), "last": OWN[1].replace(year=2031)}, False, id="a year made up"
        ),
    ],
)
def test_a_year_that_is_not_written_is_not_made_up(parts: dict[str, Any], right: bool) -> None:
    """Stamps without a year are right as they are written; placed in a year that nothing tells, they are wrong."""
    assert log_formats.judged(YEARLESS, changed(how="assumed", **parts)).right is right


def test_the_zone_of_a_file_read_alone_may_be_assumed() -> None:
    """Where only a neighbour tells the zone, the instants of a file read alone in assumed UTC are right, too."""
    zone = "none in the file; the GC log of the same process, beside it, writes +0100"
    expected = {**EXPECTED, "zone": zone, "first_utc": "2031-04-02T06:30:05.120Z", "last_utc": "2031-04-02T06:30:06Z"}
    expected |= {"first_utc_read_alone": EXPECTED["first_utc"], "last_utc_read_alone": EXPECTED["last_utc"]}

    assert [log_formats.judged(expected, changed(how=how)).right for how in ("assumed", "inferred")] == [True, False]
