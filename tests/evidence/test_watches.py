"""What watches from outside tell is read: each failed check, and when an alert began, was taken and ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from clock_world import Read, reader

BEGIN = datetime(2031, 4, 2, 7, 30)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def test_checks_of_one_thing_that_the_table_does_not_name_are_probes(read: Read) -> None:
    """Each is one, with how it ended, how long the answer took, and what was answered."""
    rows = [("up", 200, 0.12), ("down", 502, 0.25), ("up", 200, 0.5)]
    table = "checked_at,status,http_code,response_time_s,region\n" + "".join(
        f"{(BEGIN + timedelta(minutes=n)).isoformat()}Z,{state},{code},{took},north\n"
        for n, (state, code, took) in enumerate(rows)
    )

    found, store = read({"checks.csv": table})

    assert found["checks.csv"].format == "table-probes-of-one"
    told = store.connection.execute("select time, target, ok, response_ms, detail from probes order by time").fetchall()
    assert told == [
        (BEGIN + timedelta(minutes=n), "north", state == "up", 1000 * took, str(code))
        for n, (state, code, took) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    "least", [pytest.param(0, id="beside all else as UTC"), pytest.param(-180, id="within it either way")]
)
def test_sensors_by_local_time_are_placed_where_the_zone_is_known(read: Read, least: int) -> None:
    """Their dates begin with the day; the zone is the one that a log beside them keeps, for this monitoring tells local time."""
    sensors = (
        '{"messages":['
        '{"objid":1,"datetime":"02-04-2031 09:41:30","type":"Down","sensor":"lamp","message":"dark"},'
        '{"objid":1,"datetime":"02-04-2031 09:52:30","type":"Up","sensor":"lamp","message":"lit"},'
        '{"objid":2,"datetime":"02-04-2031 09:22:00","type":"Paused","sensor":"crane","message":"by Nora"}]}'
    )
    log = "".join(
        f"{(BEGIN + timedelta(minutes=n, hours=2)).isoformat()}+02:00 INFO quay: rope {n * 7919}\n"
        for n in range(least, 40 - least, 2)
    )

    found, store = read({"sensors.json": sensors, "quay.log": log})

    assert (found["sensors.json"].clock.zone, found["sensors.json"].clock.how) == ("+02:00", "assumed")
    assert store.connection.execute("select time, what, text from events order by time").fetchall() == [
        (datetime(2031, 4, 2, 7, 22), "sensor state", "crane — Paused: by Nora"),
        (datetime(2031, 4, 2, 7, 41, 30), "alert", "Alert: lamp — Down: dark"),
        (datetime(2031, 4, 2, 7, 52, 30), "alert resolved", "Alert closed: lamp — lit"),
    ]
