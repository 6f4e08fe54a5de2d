"""What memory was filled with is told where the evidence measures both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from forensics.analysis import filled
from forensics.analysis.trouble import declared
from forensics.report import causes, story
from forensics.report.words import Times

World = Callable[[dict[str, Any]], Any]
HELD = declared()["filled"]["held"]


def test_the_declared_examples_hold() -> None:
    """Every example is the size of its thing, and no reject is the size of anything."""
    assert [one for entry in HELD for one in entry["examples"] if (filled.held(one) or ("",))[0] != entry["said"]] == []
    assert [one for entry in HELD for one in entry["rejects"] if filled.held(one)] == []


def table(heap: Sequence[float], queue: Sequence[float], most: float = 100) -> str:
    """Return what a server sampled of itself every second."""
    rows = [f"{second},{used},{most},{held}" for second, (used, held) in enumerate(zip(heap, queue, strict=True))]
    return "\n".join(["t_s,heap_used_mb,heap_max_mb,pier_queue_mb", *rows]) + "\n"


GROWING = [float(second) for second in range(0, 90, 2)]
"""A queue that grows by 2 MB a second to 88 MB."""
HEAP = [10 + one for one in GROWING]


def told(world: World, text: str) -> list[dict[str, Any]]:
    result = world({"server.csv": text}).findings.json
    return [one for one in result["beyond_limits"] if one["what"] == "filled"]


def test_a_queue_that_fills_the_memory_is_told(world: World) -> None:
    """Most of what was in use when it was highest stood in it: 88 of 98 MB."""
    (one,) = told(world, table(HEAP, GROWING))

    assert (one["said"], one["measure"], one["held"], one["used"], one["only_grew"]) == (
        "a queue",
        "pier_queue_mb",
        88,
        98,
        True,
    )
    assert one["share"] == round(88 / 98, 4)
    assert one["statement"] == (
        "Memory filled with a queue: pier_queue_mb rose from 0 to 88 MB (from 0 s to 44 s on the clock of server.csv) and hardly ever "
        "shrank, while heap_used_mb rose from 10 to 98: it was 90 % of the memory in use"
    )


@pytest.mark.parametrize(
    ("heap", "queue"),
    [
        pytest.param(HEAP, [one / 4 for one in GROWING], id="it holds a quarter of what is in use"),
        pytest.param([95.0] * len(GROWING), GROWING, id="memory was in use before"),
        pytest.param([98.0] * 45, [88.0] * 45, id="both are steady"),
        pytest.param(HEAP[:8], GROWING[:8], id="too few samples"),
    ],
)
def test_what_did_not_fill_it_is_not_told(world: World, heap: Sequence[float], queue: Sequence[float]) -> None:
    """Nor is a queue that memory did not rise with."""
    assert told(world, table(heap, queue)) == []


def test_it_is_the_likely_cause_where_memory_ran_short(world: World) -> None:
    """The first screen names what filled it, and the contributing factors its numbers."""
    result = world({"server.csv": table(HEAP, GROWING)}).findings.json

    cause = next(line.text for line in story.summary(result, Times()) if line.name == "Cause")
    assert cause == "Memory filled with a queue, “pier_queue_mb” (88 of 98 MB): likely cause (it only grew)."
    assert any("pier_queue_mb rose" in line.text for line in causes.shown(result, Times())["contributing_factors"])


def test_where_memory_never_ran_short_it_is_none(world: World) -> None:
    """With twice the room no threshold was crossed, and nothing has a cause."""
    result = world({"server.csv": table(HEAP, GROWING, most=250)}).findings.json

    assert result["candidate"] is None
