"""What requests told by two programs, letters, headings, machines and people's minutes tell of a clock that names no zone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from clock_world import Read, codes, reader, said, times
from small_world import at

EAST = timedelta(hours=2)
SECONDS = [n * n * 7 % 3600 for n in range(40)]
"""When forty requests were made: at no even pace."""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def errors(*seconds: int, target: str = "/sailings?boat={}", ahead: timedelta = EAST) -> str:
    """Return an application's log of the requests that it refused, with its zone; each boat was asked for once."""
    zone = f"+{ahead // timedelta(hours=1):02d}00"
    return "".join(
        f"[{(at(s) + ahead).isoformat(sep=' ')} {zone}] [41] [ERROR] Error handling request {target.format(s)}\n"
        for s in sorted(seconds)
    )


def passed(*seconds: int, ahead: timedelta = EAST, target: str = "/sailings?boat={}") -> str:
    """Return what a gateway wrote of the same requests, by a clock that names no zone, a second later."""
    return "".join(
        f"{(at(s + 1) + ahead).isoformat(sep=' ')} INFO gateway: GET {target.format(s)} 500 41ms\n"
        for s in sorted(seconds)
    )


def test_targets_that_two_programs_tell_at_one_pace_tell_the_zone(read: Read) -> None:
    """Forty requests without an id, each for a boat of its own, stand two hours apart in both logs."""
    found, store = read({"app/error.log": errors(*SECONDS), "edge/gateway.log": passed(*SECONDS)})

    clock = found["edge/gateway.log"].clock
    assert (clock.zone, clock.how, clock.left_s) == ("+02:00", "inferred", (1.0, 1.0))
    assert times(store, "edge/gateway.log") == [at(s + 1) for s in sorted(SECONDS)]


@pytest.mark.parametrize(
    "gateway",
    [
        pytest.param(passed(*SECONDS, ahead=timedelta(minutes=127)), id="no quarter of an hour"),
        pytest.param(passed(*SECONDS[:20]) + passed(*SECONDS[20:], ahead=timedelta(hours=5)), id="two distances"),
        pytest.param(passed(*SECONDS[:2]), id="too few"),
        pytest.param(passed(*SECONDS, target="/sailings"), id="one target for all"),
    ],
)
def test_requests_that_agree_on_no_distance_tell_nothing(read: Read, gateway: str) -> None:
    """Then UTC stays assumed, where no file names a zone in which the times would fit either."""
    found, _ = read({"app/error.log": errors(*SECONDS, ahead=timedelta(0)), "edge/gateway.log": gateway})

    clock = found["edge/gateway.log"].clock
    assert (clock.zone, clock.how) == ("UTC", "assumed")


def captured(zone: str) -> str:
    """Return what a job saved of a machine, each time below what `date` printed."""
    return "".join(
        f"=== Wed Apr  2 {hour}:15:01 {zone} 2031\nberths : 4 of 7\nrope : 12 m\n\n" for hour in (11, 12, 13)
    )


def other(offset: str) -> str:
    """Return a log whose stamps say this offset."""
    return "".join(f"2031-04-02T12:{minute:02d}:07{offset} INFO quay: tide {minute}\n" for minute in range(0, 40, 4))


def test_letters_of_several_zones_are_those_of_the_one_that_another_log_keeps(read: Read) -> None:
    """IST is claimed in India, Israel and Ireland; a log at +05:30 beside it leaves one of them."""
    found, _ = read({"tide/berths.txt": captured("IST"), "app/quay.log": other("+05:30")})

    clock = found["tide/berths.txt"].clock
    assert (clock.zone, clock.how, clock.confidence) == ("+05:30", "inferred", pytest.approx(2 / 3))
    assert found["tide/berths.txt"].covers == (at(-22499), at(-15299))


@pytest.mark.parametrize("others", [("+04:00",), ("+05:30", "+02:00")], ids=["none of them", "two of them"])
def test_letters_of_several_zones_stay_unknown_where_others_leave_several_or_none(
    read: Read, others: tuple[str, ...]
) -> None:
    """Nothing is chosen."""
    found, _ = read({"tide/berths.txt": captured("IST")} | {f"app/{n}.log": other(one) for n, one in enumerate(others)})

    assert found["tide/berths.txt"].clock.how == "unknown"


BARE = "".join(f"2031-04-02 12:{minute:02d}:09 INFO pier: rope {minute}\n" for minute in range(0, 40, 4))
"""A log that names no zone."""


@pytest.mark.parametrize(
    ("heading", "zone"),
    [
        ("# ropes of the pier (CEST)", "+02:00"),
        ("# all times in JST", "+09:00"),
        ("# Zeiten in CET", "+01:00"),
        ("# ropes of the pier (NOTE)", "UTC"),
    ],
)
def test_a_heading_names_the_zone(read: Read, heading: str, zone: str) -> None:
    """What stands above the first time says by which clock all are written; other words in brackets do not."""
    found, _ = read({"pier.txt": f"{heading}\n{BARE}"})

    assert found["pier.txt"].clock.zone == zone


def test_what_lies_beside_logs_of_local_time_is_assumed_to_keep_it(read: Read) -> None:
    """A folder holds what one machine wrote; of files above all folders, or beside two zones, nothing is assumed."""
    found, _ = read(
        {
            "one/quay.log": other("+02:00"),
            "one/pier.log": BARE,
            "pier.log": BARE + "2031-04-02 12:50:09 INFO pier: done\n",
            "two/a.log": other("+02:00") + other("+02:00"),
            "two/b.log": other("-04:00"),
            "two/pier.log": BARE + "2031-04-02 12:51:09 INFO pier: done\n",
        }
    )

    told = {path: (entry.clock.zone, entry.clock.how) for path, entry in found.items() if path.endswith("pier.log")}
    assert told == {
        "one/pier.log": ("+02:00", "assumed"),
        "pier.log": ("UTC", "assumed"),
        "two/pier.log": ("UTC", "assumed"),
    }
    assert "one/quay.log, beside it, keeps +02:00" in said(found["one/pier.log"], "zone-assumed")


def notes(second: int) -> str:
    """Return a table that a person kept, to the minute, or to this second of it."""
    rows = "".join(f"02.04.2031 1{n}:30{f':{second:02d}' if second else ''};nora;2.1.{n}\n" for n in range(4))
    return f"datum;wer;version\n13.03.2031 09:00{f':{second:02d}' if second else ''};ole;2.0.0\n{rows}"


def test_people_write_minutes_by_the_clock_on_the_wall(read: Read) -> None:
    """A list of whole minutes keeps the one local clock of all logs; a list with seconds may be a program's."""
    found, store = read({"hand.csv": notes(0), "program.csv": notes(7), "app/quay.log": other("+02:00")})

    assert {path: found[path].clock.zone for path in ("hand.csv", "program.csv")} == {
        "hand.csv": "+02:00",
        "program.csv": "UTC",
    }
    moved = store.connection.execute("select max(time) from changes where path = 'hand.csv'").fetchall()
    assert moved == [(at(90 * 60) - EAST,)]


def test_the_name_of_a_zone_in_brackets_above_is_that_zone(read: Read) -> None:
    """Also in the name of a column; in winter it is another offset than in summer. It says nothing of another export beside it."""
    rows = "minute (Europe/Oslo),waiting\n02/04/2031 09:30,4\n02/04/2031 09:31,5\n13/01/2031 09:32,4\n"
    other = "minute;boats\n02/04/2031 07:30;4\n02/04/2031 07:31;5\n13/01/2031 08:32;4\n"
    found, store = read({"export.csv": rows, "other.csv": other})
    told = store.connection.execute(
        "select strftime(time, '%m %H:%M') from samples where path = 'export.csv' order by line"
    ).fetchall()

    assert (found["other.csv"].clock.zone, found["other.csv"].clock.how) == ("UTC", "assumed")
    assert (found["export.csv"].clock.zone, found["export.csv"].clock.how) == ("Europe/Oslo", "inferred")
    assert told == [("04 07:30",), ("04 07:31",), ("01 08:32",)]


PROBLEMS = """\
Severity;Time;Recovery time;Host;Problem
High;2031-04-02 09:30:05 AM;2031-04-02 09:41:05 AM;quay;No berth is free
Information;2031-04-02 09:31:06 AM;;quay;The bell was oiled
Warning;2031-04-02 09:32:07 AM;;quay;No lamp is lit
"""


def test_times_of_twelve_hours_are_those_of_whoever_was_shown_them(read: Read) -> None:
    """A page tells morning from afternoon by its reader's clock, the one local clock of all logs; and what only informs is no alert."""
    entries, store = read({"app.log": errors(*range(0, 600, 30)), "problems.csv": PROBLEMS})
    told = "select strftime(time, '%H:%M:%S'), what, text from events where path = 'problems.csv' order by time"

    assert (entries["problems.csv"].clock.zone, entries["problems.csv"].clock.how) == ("+02:00", "assumed")
    assert store.connection.execute(told).fetchall() == [
        ("07:30:05", "alert", "Alert: High No berth is free (quay)"),
        ("07:31:06", "alert state", "Alert: Information The bell was oiled (quay)"),
        ("07:32:07", "alert", "Alert: Warning No lamp is lit (quay)"),
        ("07:41:05", "alert resolved", "Alert closed: No berth is free (quay)"),
    ]


def test_a_person_states_the_zone_of_a_table(read: Read) -> None:
    """Its changes, and its log events, are moved; what was written is kept."""
    events = "what,at\n" + "".join(f"berth {n},2031-04-02T12:0{n}:07\n" for n in range(5))
    found, store = read({"hand.csv": notes(7), "berths.csv": events}, clocks="*.csv=+02:00")

    assert codes(found["hand.csv"]) == set()
    assert found["hand.csv"].clock.how == found["berths.csv"].clock.how == "stated"
    assert times(store, "berths.csv") == [at(60 * n + 7) - EAST for n in range(5)]
    written = store.connection.execute("select min(own_clock) from log_events where path = 'berths.csv'").fetchall()
    assert written == [(at(7),)]
