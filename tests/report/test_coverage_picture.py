"""Coverage as people see it: the strip in characters, and the picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from conftest import Analysed
from forensics.report import charts, sentences, strip
from forensics.report.coverage import coverage
from forensics.report.redaction import Redactor
from small_world import at, iso, log, request, samples, traffic

Json = dict[str, Any]
World = Callable[[dict[str, str | bytes]], Analysed]


def source(path: str, first: float, last: float, **more: Any) -> Json:
    """Return what a result says of one file."""
    return {
        "path": path,
        "kind": "log",
        "start": iso(first),
        "end": iso(last),
        "usual_s": 1.0,
        "begins_late_s": None,
        "ends_early_s": None,
        "apart": False,
        "extract": False,
        "doubtful": False,
        "holes": [],
        "pauses": [],
        **more,
    }


def drawn(*sources: Json, width: int = 40, marks: strip.Marks = strip.PLAIN) -> list[str]:
    """Return the rows of a strip, without its axis and its legend."""
    return strip.strip(sources, width, marks, 10)[1:-1]


def test_each_source_has_a_row_on_one_axis() -> None:
    """A bar for what goes on telling, with its holes open; a line for what tells now and then."""
    rows = drawn(
        source("a.log", 0, 960, holes=[{"start": iso(240), "end": iso(480)}]),
        source("b.log", 480, 960, usual_s=None),
    )

    # 960 s and a margin of 2 % on either side are 998.4 s: a character is 24.96 s
    assert rows == [
        "a.log       " + "#" * 11 + "." * 9 + "#" * 20,
        "b.log       " + "." * 20 + "#" + "-" * 18 + "#",
    ]


def test_a_hole_is_never_too_short_to_be_seen() -> None:
    """It leaves at least one character open."""
    [row] = drawn(source("a.log", 0, 36000, holes=[{"start": iso(18000), "end": iso(18090)}]))

    assert row.removeprefix("a.log       ").strip(".").count(".") == 1


def test_a_pause_between_runs_is_no_hole() -> None:
    """It has its own mark, and the legend says so; a hole beside it stays open."""
    runs = source(
        "a.log", 0, 960, holes=[{"start": iso(600), "end": iso(800)}], pauses=[{"start": iso(240), "end": iso(480)}]
    )

    _, row, legend = strip.strip([runs], 40, strip.PLAIN, 10)
    assert row == "a.log       " + "#" * 11 + "=" * 9 + "#" * 5 + "." * 7 + "#" * 8
    assert "= between runs   . a hole, or not covered" in legend


def test_ends_that_are_missing_are_marked() -> None:
    """With brackets, and beyond the axis with arrows."""
    rows = drawn(
        source("a.log", 0, 960),
        source("b.log", 480, 960, begins_late_s=480.0),
        source("c.log", 0, 480, ends_early_s=480.0),
        source("d.sql", -9000, 9000, kind="sqlite-dump", usual_s=None, doubtful=True),
    )

    assert [row[12:] for row in rows[1:]] == [
        "#" * 20 + "]" + "." * 19,
        "." * 20 + "[" + "#" * 19,
        "<" + "-" * 38 + "> ?",
    ]


def test_what_lies_elsewhere_says_where() -> None:
    """With the end that is nearest."""
    rows = drawn(
        source("a.log", 0, 960),
        source("b.log", -90000, -86400, apart=True),
        source("c.log", 86400, 90000, apart=True),
    )

    assert [row[12:].strip() for row in rows] == [
        "< until 2031-04-01 12:00",
        "#" * 40,
        "from 2031-04-03 12:00 >",
    ]


def test_captures_share_one_row() -> None:
    """Each is a moment; nobody compares their lengths."""
    captures = [source(f"{n}.txt", 240 * n, 240 * n, kind="capture", usual_s=None) for n in range(1, 4)]

    rows = drawn(source("a.log", 0, 960), *captures)

    assert [row[:12].strip() for row in rows] == ["a.log", "3 captures"]
    assert rows[1].count("#") == 3


def test_long_names_keep_their_end() -> None:
    """The name of a file says more than its folder."""
    [row] = drawn(source("a/very/deep/folder/ferry.log", 0, 960))

    assert row.startswith("…ferry.log  #")


def test_without_times_there_is_no_strip() -> None:
    """Nothing is drawn of nothing."""
    assert strip.strip([], 40, strip.PLAIN) == []


def test_one_line_of_long_ago_does_not_press_the_rest_into_a_corner() -> None:
    """The axis is that of the sources that go on telling; what speaks seldom widens it by a quarter at most."""
    shown = strip.axis([source("a.log", 0, 1000), source("b.log", -90000, 1000, usual_s=None)])

    assert shown is not None
    assert (shown[0] - at(-250)).total_seconds() == pytest.approx(-0.02 * 1250)
    assert (shown[1] - at(1000)).total_seconds() == pytest.approx(0.02 * 1250)


HOLED = {
    "ferry.log": traffic(*[0] * 10, *[None] * 10, *[0] * 20),
    "quay.log": traffic(*[0] * 40, start=1),
    "late.json": samples("memory.usage", [(600 + 5 * n, 40.0) for n in range(120)]),
    "empty.txt": "",
}


def test_the_picture_says_what_is_missing(world: World) -> None:
    """Holes, late beginnings and sources without content, in words and in the picture."""
    told = world(HOLED)

    chart = coverage(told.findings.json, Redactor(None))

    assert chart is not None
    assert (
        chart.takeaway == "3 sources have times; 1 has holes; 1 begins late or ends early; 1 more holds nothing usable."
    )
    assert chart.alt == (
        "Bars of the time that each source covers: ferry.log 2031-04-02 12:00:00 – 12:19:58 UTC (1 hole); "
        "quay.log 2031-04-02 12:00:01 – 12:19:59 UTC; late.json 2031-04-02 12:10:00 – 12:19:55 UTC (begins 9 min 59 s late); "
        "empty.txt nothing (empty)."
    )
    shown = re.findall(r">([^<>]+)<", charts.svg(chart))
    assert {"silent 5 min 2 s", "9 min 59 s late", "× empty"} <= set(shown)


def test_the_picture_and_the_words_tell_pauses_from_holes(world: World) -> None:
    """Where a log says that one run ended and the next began, inspection, page and picture say that it paused."""
    said = {0: "Running experiment: a berth is lost", 24: "Experiment ended"}
    runs = "".join(
        f"[{iso(start + 5 * n)}] INFO [drill] {said.get(n, 'Looked at a berth')}\n"
        for start in (0, 720)
        for n in range(25)
    )
    told = world({"drill.log": runs, "ferry.log": traffic(*[0] * 28)})

    chart = coverage(told.findings.json, Redactor(None))
    assert chart is not None
    assert chart.takeaway == "2 sources have times; 1 pauses between runs."
    assert "drill.log 2031-04-02 12:00:00 – 12:14:00 UTC (1 pause between runs)" in chart.alt
    assert "between runs 10 min" in re.findall(r">([^<>]+)<", charts.svg(chart))
    words = sentences.about("coverage", told.findings.json, Redactor(None, False)).text
    assert words.endswith("; silent between runs: drill.log.")


def test_only_sources_without_a_hole_cover_an_incident(world: World) -> None:
    """A source that is silent in the middle of the incident is not counted among those that saw it whole."""
    failing = {"ferry.log": traffic(*[0] * 10, *[10] * 12, *[0] * 10)}
    silent = {"quay.log": log(request(second + 1) for second in [*range(0, 400, 5), *range(600, 960, 5)])}
    told = world({**failing, **silent})

    chart = coverage(told.findings.json, Redactor(None))

    assert chart is not None
    assert chart.takeaway == "2 sources have times; 1 of them covers the whole incident without a hole; 1 has holes."


def test_a_zone_that_nobody_stated_is_marked(world: World) -> None:
    """With a question mark, explained below the picture."""
    stamps = [
        f"2031-04-02T12:{second // 60:02d}:{second % 60:02d}: PM2 log: App [ferry:0] online" for second in range(60)
    ]
    told = world({"pm2.log": log(stamps)})

    chart = coverage(told.findings.json, Redactor(None))

    assert chart is not None
    assert chart.takeaway == "1 source has times; ? marks a zone that nobody stated."
    assert "pm2.log ?" in re.findall(r">([^<>]+)<", charts.svg(chart))


def test_a_window_can_be_chosen(world: World) -> None:
    """The picture shows the stretch that was asked for."""
    told = world(HOLED)

    chart = coverage(told.findings.json, Redactor(None), datetime(2031, 4, 2, 12, 4), datetime(2031, 4, 2, 12, 12))

    assert chart is not None
    assert "12:04" in charts.svg(chart)
