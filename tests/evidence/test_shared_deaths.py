"""The clock of a process manager, told by the deaths that the process itself writes of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from clock_world import Read, reader, said
from forensics.analysis import outages
from forensics.analysis.signals import ALWAYS, Span
from small_world import at, iso

World = Callable[[dict[str, str | bytes]], Any]
DIED = (610, 1333, 2071, 2790, 3522, 4301)
"""Seconds after noon, at no equal distances."""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def own(*died: int, every: int = 20, until: int = 5000) -> str:
    """Return the log of a process that writes in UTC, and says without a stamp that its memory is full before it dies."""
    lines = []
    for second in range(0, until, every):
        for one in died:
            if second < one <= second + every:
                lines.append(
                    (second + 1, "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory")
                )
        lines.append((second, f"[{iso(second)}] INFO [app] Tide read"))
    return "".join(f"{text}\n" for _, text in sorted(lines))


def manager(*died: int, ahead: timedelta = timedelta(hours=2)) -> str:
    """Return the log of the process manager, by a clock so far ahead of UTC."""
    return "".join(
        f"{(at(second) + ahead):%Y-%m-%dT%H:%M:%S}: PM2 log: App [ferry:0] {words}\n"
        for second in died
        for words in ("exited with code [134] via signal [SIGABRT]", "starting in -fork mode-", "online")
    )


@pytest.mark.parametrize(("hours", "zone"), [(2, "+02:00"), (-7, "-07:00"), (5.5, "+05:30")])
def test_deaths_tell_the_managers_zone(read: Read, hours: float, zone: str) -> None:
    """Six deaths stand between two lines of twenty seconds each by one offset, and by no other."""
    found, _ = read({"app.log": own(*DIED), "pm2.log": manager(*DIED, ahead=timedelta(hours=hours))})

    clock = found["pm2.log"].clock
    assert (clock.zone, clock.how) == (zone, "inferred")
    assert f"6 of 6 times a process died stand {zone} off where app.log tells of it" in said(
        found["pm2.log"], "zone-inferred"
    )


def test_deaths_that_the_process_does_not_tell_of_tell_nothing(read: Read) -> None:
    """The manager tells of other deaths than the process: no offset explains them."""
    other = (300, 911, 1702, 2504, 3127, 4090)
    found, _ = read({"app.log": own(*DIED), "pm2.log": manager(*other)})

    assert found["pm2.log"].clock.how == "assumed"


def test_deaths_a_quarter_of_an_hour_apart_tell_nothing(read: Read) -> None:
    """Several offsets explain them as well as one another."""
    even = tuple(range(610, 6010, 900))
    found, _ = read({"app.log": own(*even, until=6000), "pm2.log": manager(*even)})

    assert found["pm2.log"].clock.how == "assumed"


def test_three_deaths_may_be_chance(read: Read) -> None:
    """Between lines that lie ten minutes apart, three of them would stand by some offset anyway."""
    found, _ = read({"app.log": own(*DIED[:3], every=500), "pm2.log": manager(*DIED[:3])})

    assert found["pm2.log"].clock.how == "assumed"


def test_a_process_that_is_online_in_the_second_of_its_death_was_not_down(world: World) -> None:
    """The manager writes whole seconds: what stands below in its log came after it, and no twelve minutes are an outage."""
    found = world({"pm2.log": manager(*DIED, ahead=timedelta(0)), "app.log": own(*DIED)})

    downs = outages.down(found.store, Span(*ALWAYS))
    assert [(down.start, down.end) for down in downs] == [(at(second), at(second)) for second in DIED]
