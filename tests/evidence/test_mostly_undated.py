"""A log of which most records state no time says so: what it covers is less than what it tells of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

World = Callable[[dict[str, Any]], Any]


def said(one: Any) -> list[tuple[str, str]]:
    """Return what is said of records without a time, and what that leaves open."""
    return [(p.message, p.leaves_open) for entry in one.evidence for p in entry.problems if p.code == "mostly-undated"]


def text(kinds: Sequence[bool]) -> str:
    """Return lines of a server, some as JSON with their time, the others as its access log writes them, without."""
    return "".join(
        f'{{"time":"2031-04-02T07:30:{n:02}Z","level":"INFO","msg":"mooring {n}"}}\n'
        if dated
        else f'INFO:     10.9.0.{n}:50810 - "GET /berths HTTP/1.1" 200 OK\n'
        for n, dated in enumerate(kinds)
    )


def test_most_records_without_a_time_are_counted(world: World) -> None:
    """Fifteen of twenty: the log covers the time of the five that state theirs, and no more."""
    one = world({"quay.log": text([True] * 5 + [False] * 15)})

    assert said(one) == [
        (
            "15 of its 20 records state no time: of these only the order is known, and what it covers is the time of the 5 others",
            "When did each of these happen?",
        )
    ]
    assert f"{one.evidence[0].covers[1]:%H:%M:%S}" == "07:30:04"


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param([True, False] * 12, id="as many with as without"),
        pytest.param([True] * 3 + [False] * 9, id="few"),
        pytest.param([True] * 20, id="none"),
    ],
)
def test_some_records_without_a_time_are_no_problem(world: World, kinds: list[bool]) -> None:
    """They stand between others."""
    assert said(world({"quay.log": text(kinds)})) == []
