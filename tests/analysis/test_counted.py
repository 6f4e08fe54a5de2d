"""What programs count of themselves: how long they were stopped, and that memory ran out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis.named_signals import spoken
from forensics.analysis.trouble import declared
from small_world import every, iso, log, samples, short

World = Callable[..., Any]
EXHAUSTION = declared()["exhaustion"]


def told(result: dict[str, Any], what: str) -> list[dict[str, Any]]:
    """Return what is told of one kind beside the limits."""
    return [one for one in result["beyond_limits"] if one["what"] == what]


@pytest.mark.parametrize(
    ("one", "fits"),
    [(one, True) for one in EXHAUSTION["example"]] + [(one, False) for one in EXHAUSTION["reject"]],
    ids=lambda one: one.get("name", "") if isinstance(one, dict) else None,
)
def test_the_declared_names_of_being_out_of_memory_hold(one: dict[str, str], fits: bool) -> None:
    """Each example is such a count, and each reject is none."""
    assert any(re.fullmatch(pattern, spoken(one["name"])) for pattern in EXHAUSTION["names"]) == fits


def test_pauses_that_a_counter_counts_are_added_up(world: World) -> None:
    """Stopped for 0.2, 0.3 and 4 s of four minutes, the longest in the last of these; another process for 5 ms a minute."""
    stopped = samples("gc_ms", every(60, 100, 300, 600, 600, 4600), unit=None)
    usual = samples("gc_ms", every(60, 100, 105, 110, 115, 120), unit=None)
    result = world({"quay.json": stopped, "ferry.json": usual}).findings.json

    (one,) = told(result, "pause")
    assert (one["stopped_s"], one["most_at_once_s"], one["share"]) == (4.5, 4.0, round(4.5 / 240, 4))
    assert (one["start"], one["end"]) == (short(0), short(240))
    assert one["statement"] == (
        "By gc_ms of quay.json the process was stopped for 4.5 s of 4 min (2 %), 4.0 s of it from 12:03:00 to 12:04:00 UTC"
    )


def test_pauses_that_a_collectors_log_tells_are_added_up(world: World) -> None:
    """Unified and older lines; phases within a pause, and pauses that only begin, are none of their own."""
    lines = [
        f"[{iso(0)}][info][gc,start] GC(1) Pause Young (Normal) (G1 Evacuation Pause)",
        f"[{iso(1)}][info][gc,phases] GC(1)   Evacuate Collection Set: 900.0ms",
        f"[{iso(2)}][info][gc] GC(1) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(64M) 300.000ms",
        f"[{iso(30)}][info][gc] GC(2) Pause Full (G1 Compaction Pause) 63M->62M(64M) 2700.000ms",
        f"[{iso(62)}][info][gc] GC(3) Concurrent Mark Cycle 5000.000ms",
    ]
    older = [f"{iso(60 * n)}: 1.5: [Full GC (Ergonomics)  41M->4M(64M), 0.0100000 secs]" for n in range(12)]
    result = world({"gc.log": log(lines), "old.log": log(older)}).findings.json

    (one,) = told(result, "pause")
    assert (one["stopped_s"], one["most_at_once_s"], one["statement"]) == (
        3.0,
        2.7,
        "2 pauses of the garbage collector in gc.log stopped the process for 3.0 s of 28 s, the longest for 2.7 s, told at 12:00:30 UTC",
    )


def test_memory_ran_out_between_the_samples_between_which_its_counter_rose(world: World) -> None:
    """Zero until minute 2, two from minute 5 on: it happened between; a counter that stays where it began tells nothing."""
    rose = samples("oom", every(60, 0, 0, 0, None, None, 2, 3), unit=None)
    stayed = samples("container_oom_events_total", every(60, 4, 4, 4), unit=None)
    result = world({"quay.json": rose, "ferry.json": stayed}).findings.json

    (one,) = told(result, "exhaustion")
    assert (one["start"], one["end"], one["kind"]) == (short(120), short(300), "fact")
    assert one["statement"] == (
        "The counter oom of quay.json rose from 0 to 2 between 12:02:00 and 12:05:00 UTC, and again, the last time by "
        "12:06:00: memory ran out within that time"
    )


def test_an_undated_line_lies_between_the_lines_that_count(world: World) -> None:
    """A log without dates counts its seconds: what stands between two of them happened between these."""
    lines = ["12:00:00.001 INFO  Ferry started", *(f"[t={n:3}s] berths= 3/4" for n in range(6))]
    lines.insert(5, "[OOM] java.lang.OutOfMemoryError: Java heap space")
    result = world({"ferry.txt": log(lines)}).findings.json

    answer = next(one["answer"] for one in result["questions"] if one["id"] == "triggered")
    assert "told 1 times by the process itself, undated, so between the lines that count 3 s and 4 s" in json.dumps(
        answer
    )
