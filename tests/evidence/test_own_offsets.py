"""A log whose own program says how far its clock is ahead of UTC is placed by that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

World = Callable[[dict[str, Any]], Any]

STARTED = "2031-04-02 09:30:05.12 Server      Microsoft SQL Server 2031 (RTM) - 19.0.1000.1 (X64)\n"
ENDED = "2031-04-02 09:41:00.50 spid61      Error: 1205, Severity: 13, State: 51.\n"
BY_BOTH = (
    "2031-04-02 09:30:06.20 Server      This instance of SQL Server last reported using a process ID of 1884 at "
    "{} (local) {} (UTC). This is an informational message only; no user action is required.\n"
)


@pytest.mark.parametrize(
    ("said", "zone", "begins"),
    [
        pytest.param("2031-04-02 09:30:05.13 Server      UTC adjustment: 2:00\n", "+02:00", "07:30:05", id="a length"),
        pytest.param("2031-04-02 09:30:05.13 Server      UTC adjustment: -3:30\n", "-03:30", "13:00:05", id="behind"),
        pytest.param(
            BY_BOTH.format("4/2/2031 9:29:41 AM", "4/2/2031 7:29:41 AM"), "+02:00", "07:30:05", id="both clocks"
        ),
        pytest.param(
            BY_BOTH.format("02.04.2031 01:10:00", "01.04.2031 23:10:00"), "+02:00", "07:30:05", id="across midnight"
        ),
        pytest.param("2031-04-02 09:30:05.13 Server      UTC adjustment: 0:00\n", "UTC", "09:30:05", id="none"),
    ],
)
def test_what_a_program_says_of_its_clock_places_its_log(world: World, said: str, zone: str, begins: str) -> None:
    """The zone is inferred from that line, which is named, and the times are moved by it."""
    [entry] = world({"ERRORLOG": STARTED + said + ENDED}).evidence

    assert (entry.clock.zone, entry.clock.how, f"{entry.covers[0]:%H:%M:%S}") == (zone, "inferred", begins)
    assert entry.clock.why.startswith("line 2 of its own says so (“")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("", id="nothing said"),
        pytest.param(
            "2031-04-02 09:30:05.13 Server      UTC adjustment: 2:00\n2031-04-02 09:30:06.13 Server      UTC adjustment: 1:00\n",
            id="two that differ",
        ),
    ],
)
def test_without_one_word_of_its_own_a_zone_is_assumed(world: World, said: str) -> None:
    """Where nothing is said, or two things are, UTC is no more than assumed."""
    [entry] = world({"ERRORLOG": STARTED + said + ENDED}).evidence

    assert (entry.clock.zone, entry.clock.how) == ("UTC", "assumed")
