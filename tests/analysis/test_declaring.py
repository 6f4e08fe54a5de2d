"""Which of many records of an incident system is the incident's: the gravest that people opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics import runbook
from small_world import at, traffic

World = Callable[[dict[str, Any]], Any]

HEAD = "number,opened_at,opened_by,short_description,priority,state,assigned_to,resolved_at\n"


def desk(*rows: tuple[int, str, str]) -> str:
    """Return a help desk's table: seconds, what was said, how grave."""
    lines = (
        f"INC{number},{at(seconds):%Y-%m-%d %H:%M:%S},Nora Kai,{said},{grave},Closed,Desk,"
        for number, (seconds, said, grave) in enumerate(rows)
    )
    return HEAD + "".join(f"{line}\n" for line in lines)


FAILING = traffic(*[0] * 20, *[10] * 12, *[0] * 20)
"""Half of the requests fail from minute 10 to minute 16."""


@pytest.mark.parametrize(
    ("rows", "named", "seconds", "grave"),
    [
        pytest.param(
            [(640, "One pilot cannot log in", "4 - Low"), (760, "Berths cannot be booked", "2 - High"), (800, "No berth", "3 - Moderate")],
            "Berths cannot be booked", 760, "2 - High", id="the gravest",
        ),
        pytest.param(
            [(640, "No berth", "2 - High"), (760, "Berths cannot be booked", "2 - High")],
            "No berth", 640, "2 - High", id="of equals the first",
        ),
        pytest.param(
            [(-20 * 86400, "Harbour down", "1 - Critical"), (760, "Berths cannot be booked", "3 - Moderate")],
            "Berths cannot be booked", 760, "3 - Moderate", id="not an earlier incident's, however grave",
        ),
        pytest.param(
            [(640, "No berth", ""), (760, "Berths cannot be booked", "")], "No berth", 640, None, id="the first where none says",
        ),
    ],
)  # fmt: skip
def test_the_gravest_record_is_the_incidents(
    world: World, rows: list[tuple[int, str, str]], named: str, seconds: int, grave: str | None
) -> None:
    """Its title, its severity and the time of its declaration are the incident's, not those of a call that came before."""
    told = world({"app.log": FAILING, "desk.csv": desk(*rows)}).findings.json

    assert (told["incident"]["title"], told["severity"]["stated"]) == (named, grave)
    assert told["moments"]["declared"]["earliest"] == f"{at(seconds):%Y-%m-%dT%H:%M:%S}Z"


@pytest.mark.parametrize(
    ("word", "level"), [("2 - High", "P1"), ("4 - Low", "P3"), ("1-Critical", "P0"), ("2", None), ("P2", "P2")]
)
def test_priorities_with_their_number_are_words_of_severity(word: str, level: str | None) -> None:
    """The number before a word counts its list, and says nothing of ours."""
    assert runbook.load().stated_level(word) == level
