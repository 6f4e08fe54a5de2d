"""Local times of people and services that name no zone: placed by the one zone of the folder in which they make sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from small_world import traffic

World = Callable[[dict[str, Any]], Any]

ISSUES = (
    "Summary,Issue key,Issue Type,Status,Priority,Reporter,Created,Resolved,Comment,Comment\n"
    "No berth is free,OPS-12,Incident,Done,Highest,nora,02/Apr/31 9:12 PM,02/Apr/31 9:16 PM,"
    "02/Apr/31 9:13 PM;ole;I look into it.,02/Apr/31 9:15 PM;nora;It is free again.\n"
    "Oil the lamps,OPS-9,Task,To Do,Low,ole,01/Feb/31 9:10 AM,,,\n"
)
TRAFFIC = traffic(*([0] * 20), *([10] * 10), *([0] * 4))


def read(world: World, zoned: str) -> tuple[list[tuple[Any, ...]], Any]:
    """Return what people wrote in the incident, and the entry of the issues, beside a log that names a zone."""
    case = world({"app.log": TRAFFIC, "issues.csv": ISSUES, "quay.log": zoned})
    query = "select strftime(time, '%d %H:%M'), what, who from events where path = 'issues.csv' order by time"
    return case.store.connection.execute(query).fetchall(), next(e for e in case.evidence if e.path == "issues.csv")


def test_times_that_fit_in_one_named_zone_are_taken_for_it(world: World) -> None:
    """As UTC the issue was opened nine hours after all logs end; another log writes +09:00, in which it was opened meanwhile."""
    told, entry = read(world, "".join(f"2031-04-02T21:0{n}:05+09:00 INFO [quay] moored\n" for n in range(5)))

    assert told == [
        ("01 00:10", "issue", "ole"),
        ("02 12:12", "issue", "nora"),
        ("02 12:13", "comment", "ole"),
        ("02 12:15", "comment", "nora"),
        ("02 12:16", "issue", None),
    ]
    assert (entry.clock.zone, entry.clock.how) == ("+09:00", "assumed")
    assert "quay.log" in entry.clock.why


@pytest.mark.parametrize(
    "zoned",
    [
        pytest.param("2031-04-02T12:00:05Z INFO [quay] moored\n" * 5, id="no zone but UTC is named"),
        pytest.param(
            "2031-04-02T14:00:05+02:00 INFO [quay] moored\n" * 5, id="in the zone that is named they fit no better"
        ),
    ],
)
def test_where_no_named_zone_fits_none_is_assumed(world: World, zoned: str) -> None:
    """Times that no zone of the folder brings near stay as they are written."""
    told, entry = read(world, zoned)

    assert ("02 21:12", "issue", "nora") in told
    assert (entry.clock.zone, entry.clock.how) == ("UTC", "assumed")


SYSLOG = "".join(f"Apr  2 21:{minute:02d}:07 lb quay[7]: berth {minute} is free\n" for minute in range(2, 16))


def test_a_log_of_local_time_is_placed_as_well(world: World) -> None:
    """Syslog names neither a year nor a zone: as UTC it lies hours after the incident, in a neighbour's zone in it."""
    zoned = "".join(f"2031-04-02T21:0{n}:05+09:00 INFO [quay] moored\n" for n in range(5))
    case = world({"app.log": TRAFFIC, "lb.log": SYSLOG, "quay.log": zoned})
    entry = next(e for e in case.evidence if e.path == "lb.log")

    assert [f"{edge:%Y-%m-%d %H:%M:%S}" for edge in entry.covers] == ["2031-04-02 12:02:07", "2031-04-02 12:15:07"]
    assert (entry.clock.zone, entry.clock.how) == ("+09:00", "assumed")


def test_an_export_of_the_same_stretch_is_placed_by_its_ends(world: World) -> None:
    """Read as UTC it would begin an hour late and end an hour late; in the zone another file names it begins and ends with all else."""
    rows = "".join(f"2031-04-02 {13 + n // 60:02d}:{n % 60:02d}:00,{n % 3},{n % 2}\n" for n in range(121))
    long = traffic(*([0] * 240))
    zoned = "2031-04-02T13:30:05+01:00 INFO [quay] moored\n" * 5
    case = world({"app.log": long, "berths.csv": "Time,Free,Taken\n" + rows, "quay.log": zoned})
    entry = next(e for e in case.evidence if e.path == "berths.csv")

    assert (entry.clock.zone, entry.clock.how) == ("+01:00", "assumed")
    assert [f"{edge:%H:%M}" for edge in entry.covers] == ["12:00", "14:00"]
