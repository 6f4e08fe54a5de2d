"""What a capture of `date` tells of the logs beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from clock_world import Read, reader, said, times
from small_world import at, iso

TIDES = "".join(f"{at(s).isoformat(sep=' ')} INFO berth: tide {s}\n" for s in range(0, 90, 9))
"""A log without zones."""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def date(zone: str) -> str:
    """Return what `date` printed, by a clock of this zone."""
    return f"Wed Apr  2 12:05:00 {zone} 2031\n"


def test_date_tells_the_zone_of_logs_beside_it_and_below(read: Read) -> None:
    """Logs that name no zone keep the one that `date` shows, as far as one agreeing account makes that sure."""
    found, store = read({"date.txt": date("CEST"), "logs/tide.log": TIDES})

    clock = found["logs/tide.log"].clock
    assert (clock.zone, clock.how, clock.offset_s, clock.left_s) == ("+02:00", "inferred", 7200, (0.0, 0.0))
    assert clock.confidence == pytest.approx(2 / 3)
    assert "date.txt" in clock.why
    assert times(store, "logs/tide.log") == [at(s) - timedelta(hours=2) for s in range(0, 90, 9)]


def test_utc_may_have_been_asked_for(read: Read) -> None:
    """UTC is inferred too; that the machine may keep another zone, had somebody run date -u, is said."""
    found, _ = read({"date.txt": date("UTC"), "tide.log": TIDES})

    assert (found["tide.log"].clock.zone, found["tide.log"].clock.how) == ("UTC", "inferred")
    assert "unless it was asked for UTC" in said(found["tide.log"], "zone-inferred")


def test_a_log_with_the_same_offset_makes_it_surer(read: Read) -> None:
    """Each source whose stamps show the same offset is one more that agrees."""
    same = "".join(
        f"{(at(s) + timedelta(hours=2)).isoformat()}+02:00 INFO pier: quiet {s}\n" for s in range(300, 390, 9)
    )
    found, _ = read({"date.txt": date("CEST"), "tide.log": TIDES, "pier.log": same})

    assert found["tide.log"].clock.confidence == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"date2.txt": date("CEST")}, id="two machines"),
        pytest.param(
            {"pier.log": "".join(f"2031-04-02T14:0{n}:00+02:00 INFO pier: quiet {n}\n" for n in range(9))},
            id="stamps of another zone",
        ),
    ],
)
def test_a_contradiction_leaves_it_open(read: Read, others: dict[str, str]) -> None:
    """Where anything in the folder keeps another zone, whose log it is stays open."""
    found, _ = read({"date.txt": date("UTC"), "tide.log": TIDES, **others})

    assert found["tide.log"].clock.how == "assumed"


@pytest.mark.parametrize(
    "text",
    [pytest.param(f"{iso(300)}\n", id="date -u +%FT%TZ"), pytest.param(date("CST"), id="letters of several zones")],
)
def test_what_names_no_zone_of_a_machine_tells_nothing(read: Read, text: str) -> None:
    """A Z is printed where it is asked for, and CST is in Chicago and in Shanghai."""
    found, _ = read({"date.txt": text, "tide.log": TIDES})

    assert found["tide.log"].clock.how == "assumed"


def test_a_date_of_one_machine_says_nothing_of_the_folder_beside(read: Read) -> None:
    """It speaks for what lies in its folder."""
    found, _ = read({"one/date.txt": date("CEST"), "two/tide.log": TIDES})

    assert found["two/tide.log"].clock.how == "assumed"


def test_where_the_clock_was_set_meanwhile_a_log_keeps_the_zone(read: Read) -> None:
    """In 2031 clocks in the middle of Europe go back on 26 October, at 01:00 UTC: a log across that night is placed on both sides of it."""
    night = "Sat Oct 25 21:00:00 CEST 2031\n"
    morning = "Sun Oct 26 09:00:00 CET 2031\n"
    log = (
        "2031-10-25 23:00:00 INFO berth: evening tide\n"
        "2031-10-26 01:30:00 INFO berth: night tide\n"
        "2031-10-26 08:00:00 INFO berth: morning tide\n"
    )
    found, store = read({"night.txt": night, "morning.txt": morning, "tide.log": log})

    assert times(store, "tide.log") == [
        datetime(2031, 10, 25, 21),
        datetime(2031, 10, 25, 23, 30),
        datetime(2031, 10, 26, 7),
    ]
    assert found["tide.log"].clock.how == "inferred"
    assert "the machine's clock was set" in found["tide.log"].clock.why
