"""Dates that leave open which number is the day, read by the days that other files name; and tables as PRTG exports them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from clock_world import Read, codes, reader, times

BEGIN = datetime(2031, 4, 2, 7, 30)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def log(day: datetime = BEGIN) -> str:
    """Return an hour of an application's log in UTC."""
    return "".join(f"{(day + timedelta(minutes=n)).isoformat()}Z INFO quay: rope {n * 7919}\n" for n in range(0, 60, 4))


TABLE = "Zeit;Seile;Wind (%)\n" + "".join(f"02-04-2031 07:{n:02d}:00;{n % 7};{n % 5},5 %\n" for n in range(30, 60))
CHAT = "02/04/2031, 07:41 - Nora: the quay is full\n02/04/2031, 07:44 - Ole: looking\n02/04/2031, 07:58 - Nora: done\n"


def test_dates_are_read_so_that_they_lie_on_the_days_of_other_files(read: Read) -> None:
    """Two files name the second of April and none the fourth of February: tables and chats begin with the day, and that is said."""
    found, store = read({"a.log": log(), "b.log": log() + "# end\n", "wind.csv": TABLE, "chat.txt": CHAT})

    assert found["wind.csv"].covers == (BEGIN, BEGIN + timedelta(minutes=29))
    assert times(store, "chat.txt") == [datetime(2031, 4, 2, 7, minute) for minute in (41, 44, 58)]
    assert all("day-order-assumed" in codes(found[path]) for path in ("wind.csv", "chat.txt"))


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"a.log": log()}, id="one file alone names the day"),
        pytest.param({f"{n}.log": log() + f"# {n}\n" + log(datetime(2031, 2, 4, 7, 30)) for n in range(2)}, id="both"),
        pytest.param({f"{n}.log": log(datetime(2031, 9, 9, 7)) + f"# {n}\n" for n in range(2)}, id="neither"),
    ],
)
def test_dates_stay_open_where_other_files_do_not_decide(read: Read, others: dict[str, str | bytes]) -> None:
    """Nothing is chosen that is not told."""
    found, _ = read({"wind.csv": TABLE, **others})

    assert (found["wind.csv"].covers, "ambiguous-dates" in codes(found["wind.csv"])) == (None, True)


def raw(time: datetime) -> str:
    """Return a time as the days since 1899-12-30, with a comma."""
    return f"{(time - datetime(1899, 12, 30)) / timedelta(days=1):.10f}".replace(".", ",")


def test_a_sensor_that_tells_each_value_twice_is_read_once(read: Read) -> None:
    """The bare time is in UTC and says so; values are those shown to people, with decimal commas and their units; each row stands at
    the beginning of the minute that it measures."""
    ahead = timedelta(hours=2)
    rows = "".join(
        f'"{t + ahead:%d-%m-%Y %H:%M:%S} - {t + ahead + timedelta(minutes=1):%H:%M:%S}";"{raw(t)}";"{n} #";"{n},0000";"{n},25 %"\n'
        for n in range(10)
        for t in [BEGIN + timedelta(minutes=n)]
    )
    head = '"Datum/Zeit";"Datum/Zeit(RAW)";"Seile";"Seile(RAW)";"Wind"\n'

    found, store = read({"sensor.csv": head + rows})

    entry = found["sensor.csv"]
    assert (entry.clock.how, entry.covers) == ("stated", (BEGIN, BEGIN + timedelta(minutes=9)))
    told = store.connection.execute("select name, unit, time, value from samples order by name, time").fetchall()
    assert told == [
        (name, unit, BEGIN + timedelta(minutes=n), n + more)
        for name, unit, more in (("Seile", "count", 0), ("Wind", "percent", 0.25))
        for n in range(10)
    ]


def test_what_was_exported_for_the_stretch_of_one_other_source_tells_its_zone(read: Read) -> None:
    """A list of changes that begins days before all else does not hide that a table begins and ends with a log, an hour behind it."""
    table = "time,ropes\n" + "".join(
        f"{BEGIN + timedelta(minutes=n + 60):%Y-%m-%d %H:%M:%S},{n % 7}\n" for n in range(57)
    )
    releases = "Release,Status,Started (UTC)\nr1,succeeded,2031-03-30T16:04:11Z\nr2,succeeded,2031-04-02T07:45:02Z\n"
    other = f"2031-04-02T08:30:00+01:00 INFO pier: begun {7919}\n"

    found, _ = read({"quay.log": log(), "ropes.csv": table, "releases.csv": releases, "pier.log": other})

    assert (found["ropes.csv"].clock.zone, found["ropes.csv"].covers) == (
        "+01:00",
        (BEGIN, BEGIN + timedelta(minutes=56)),
    )
