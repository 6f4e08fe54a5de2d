"""No time is invented: what stamps say is read, what they leave out is said, and the order of a file is its own."""

from __future__ import annotations

import gzip
import json
import random
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import analyse
from small_world import NOON, at, iso, log, request

from hazards.holding import TIMES, Held, Holder

BERLIN = ZoneInfo("Europe/Berlin")
WORDS = ["ebb", "flood", "fog", "gale", "swell", "calm", "squall", "drizzle", "haze", "surge"]


def written(moment: datetime, message: str = "", form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return a line of a log that begins with a stamp."""
    return f"{moment.strftime(form)} INFO harbour: tide of {message or moment.isoformat()}"


def stamped(*stamps: str) -> str:
    """Return a log of one line for each stamp, each with another message."""
    return log(f"{stamp} INFO harbour: {WORDS[number % 10]} {number}" for number, stamp in enumerate(stamps))


def times(held: Held, path: str = "a.log") -> list[datetime | None]:
    """Return the times of all events of a file, in the file's order."""
    rows = held.store.connection.execute("select time from log_events where path = ? order by line", [path]).fetchall()
    return [moment for (moment,) in rows]


def own(held: Held, path: str = "a.log") -> list[datetime | None]:
    """Return the times as they were written, where those could not be placed."""
    rows = held.store.connection.execute("select own_clock from log_events where path = ? order by line", [path])
    return [moment for (moment,) in rows.fetchall()]


def messages(held: Held, path: str = "a.log") -> list[str]:
    """Return the messages of all events of a file, in the file's order."""
    rows = held.store.connection.execute("select message from log_events where path = ? order by line", [path])
    return [message for (message,) in rows.fetchall()]


def told(held: Held, path: str = "a.log") -> list[str]:
    """Return the last word of each message."""
    return [message.split()[-1] for message in messages(held, path)]


# ---- T01 to T03: zones -----------------------------------------------------------------------------------------------


def test_t01_what_a_stamp_says_of_its_zone_is_believed(hold: Holder) -> None:
    """A zone or offset in a stamp is used; where there is none, what was assumed is said."""
    held = hold(
        {
            "none.log": stamped(*(f"2031-04-02 12:00:0{number}" for number in range(5))),
            "zulu.log": stamped(*(f"2031-04-02T12:00:0{number}Z" for number in range(5))).replace("harbour", "quay"),
            "east.log": stamped(*(f"2031-04-02T12:00:0{number}+02:00" for number in range(5))).replace(
                "harbour", "sea"
            ),
        }
    )

    assert times(held, "zulu.log") == [at(number) for number in range(5)]
    assert times(held, "east.log") == [at(number - 7200) for number in range(5)]
    assert [held.entries[path].clock.how for path in ("zulu.log", "east.log")] == ["stated", "stated"]
    assert held.entries["none.log"].clock.how in ("assumed", "unknown")
    assert "zone" in held.entries["none.log"].clock.why


def test_t01_a_stated_zone_is_used(hold: Holder) -> None:
    """Where a person says which zone a log keeps, its times are placed by it, through summer and winter."""
    moments = [datetime(2031, month, 1, 12) for month in range(1, 7)]
    held = hold({"a.log": log(written(moment) for moment in moments)}, clocks="a.log=Europe/Berlin")

    assert times(held) == [
        moment.replace(tzinfo=BERLIN).astimezone(UTC).replace(tzinfo=None) for moment in moments
    ]  # fmt: skip
    assert (held.entries["a.log"].clock.zone, held.entries["a.log"].clock.how) == ("Europe/Berlin", "stated")


def fold() -> list[datetime]:
    """Return true times, a minute apart, from before to after the night on which summer time ends in Berlin."""
    day = next(
        day
        for day in (datetime(2031, 10, 1, tzinfo=UTC) + timedelta(days=number) for number in range(31))
        if day.astimezone(BERLIN).utcoffset() != (day + timedelta(days=1)).astimezone(BERLIN).utcoffset()
    )
    return [(day + timedelta(minutes=number)).replace(tzinfo=None) for number in range(-60, 240)]


def local(moment: datetime) -> datetime:
    """Return what a clock in Berlin shows."""
    return moment.replace(tzinfo=UTC).astimezone(BERLIN).replace(tzinfo=None)


def test_t02_an_hour_that_comes_twice_keeps_its_order(hold: Holder) -> None:
    """When summer time ends, a log without zones falls back by an hour: it is flagged, and its order is kept."""
    moments = fold()
    held = hold({"a.log": log(written(local(moment), moment.isoformat()) for moment in moments)})

    assert told(held) == [moment.isoformat() for moment in moments]
    assert "clock-back" in held.codes("a.log")
    assert "summer time" in held.said("a.log")


def test_t02_with_its_zone_each_of_the_two_hours_has_its_time(hold: Holder) -> None:
    """Where the zone is stated, both runs of the hour that comes twice get their own true times."""
    moments = fold()
    held = hold(
        {"a.log": log(written(local(moment), moment.isoformat()) for moment in moments)}, clocks="a.log=Europe/Berlin"
    )

    assert times(held) == moments
    assert "dst-fold" in held.codes("a.log")


def test_t03_an_hour_that_never_was_is_flagged_and_kept(hold: Holder) -> None:
    """Times that do not exist where summer time begins are flagged; their lines are kept, in their order."""
    night = next(
        day
        for day in (datetime(2031, 3, 1) + timedelta(days=number) for number in range(31))
        if day.replace(tzinfo=BERLIN).utcoffset() != (day + timedelta(days=1)).replace(tzinfo=BERLIN).utcoffset()
    )
    shown = [night + timedelta(minutes=10 * number) for number in range(6, 24)]
    held = hold({"a.log": log(written(moment, moment.isoformat()) for moment in shown)}, clocks="a.log=Europe/Berlin")

    assert told(held) == [moment.isoformat() for moment in shown]
    assert "dst-gap" in held.codes("a.log")
    assert "6 of its times" in held.said("a.log")


# ---- T04 and T05: how times are written ------------------------------------------------------------------------------


def test_t04_leap_seconds_and_midnights_are_kept(hold: Holder) -> None:
    """The sixtieth second and the twenty-fourth hour are times; their lines stay in their order."""
    stamps = ["2031-06-30T23:59:59Z", "2031-06-30T23:59:60Z", "2031-06-30T24:00:00Z", "2031-07-01T00:00:01Z"]
    held = hold({"a.log": stamped(*stamps)})

    midnight = datetime(2031, 7, 1)
    assert times(held) == [midnight - timedelta(seconds=1), midnight, midnight, midnight + timedelta(seconds=1)]
    ordered = held.rows("select line from log_events order by time, path, line")
    assert ordered == [(1,), (2,), (3,), (4,)]


EPOCHS = {
    "seconds": round,
    "milliseconds": lambda seconds: round(seconds * 1e3),
    "microseconds": lambda seconds: round(seconds) * 10**6,
    "nanoseconds": lambda seconds: round(seconds) * 10**9,
    "text": lambda seconds: str(round(seconds)),
    "fractions": lambda seconds: seconds + 0.0,
}


@pytest.mark.parametrize("unit", EPOCHS)
def test_t05_epochs_are_read_by_their_magnitude(hold: Holder, unit: str) -> None:
    """One instant in seconds, milliseconds, microseconds, nanoseconds, as text or as a fraction is one instant."""
    began = NOON.replace(tzinfo=UTC).timestamp()
    objects = [
        {"level": "info", "time": EPOCHS[unit](began + number), "msg": f"{WORDS[number]}"} for number in range(5)
    ]
    lines = [f"{EPOCHS[unit](began + number)} harbour {WORDS[number]}" for number in range(5)]
    points = [[EPOCHS[unit](began + 60 * number), number] for number in range(5)]
    held = hold(
        {
            "a.log": log(map(json.dumps, objects)),
            "b.log": log(lines),
            "c.csv": log(["time,tide_metres", *(f"{stamp},{value}" for stamp, value in points)]),
        }
    )

    assert times(held) == [at(number) for number in range(5)]
    assert times(held, "b.log") in ([at(number) for number in range(5)], [])
    assert held.rows("select time from samples order by time") == [(at(60 * number),) for number in range(5)]


# ---- T06 to T08: what stamps leave out -------------------------------------------------------------------------------

SYSLOG = "%b %e %H:%M:%S"


def syslog(moments: list[datetime]) -> str:
    """Return lines as a system's log has them, without years."""
    return log(f"{moment.strftime(SYSLOG)} quay tided[7]: {WORDS[n % 10]} {n}" for n, moment in enumerate(moments))


def test_t06_a_log_without_years_crosses_new_year(hold: Holder) -> None:
    """Stamps without a year get it from a date that a person states, and the year turns where December ends."""
    moments = [datetime(2030, 12, 31, 23, 59, 50) + timedelta(seconds=5 * number) for number in range(6)]
    held = hold({"a.log": syslog(moments)}, reference="2031-01-02")

    assert times(held) == moments
    assert "2031" in held.entries["a.log"].clock.why
    assert "clock-back" not in held.codes("a.log")


def test_t06_other_evidence_may_tell_the_year(hold: Holder) -> None:
    """Where other sources have years, those tell the year of one that has none; that it was inferred is said."""
    moments = [at(number) for number in range(6)]
    held = hold({"a.log": syslog(moments), "b.log": log(request(number) for number in range(60))})

    assert times(held) == moments
    assert "year-inferred" in held.codes("a.log")


def test_t06_without_a_reference_no_year_is_invented(hold: Holder) -> None:
    """Where nothing tells the year, times are kept as written, and placed nowhere."""
    held = hold({"a.log": syslog([at(number) for number in range(6)])})

    assert times(held) == [None] * 6
    assert [moment.strftime(SYSLOG) for moment in own(held) if moment] == [
        at(number).strftime(SYSLOG) for number in range(6)
    ]  # fmt: skip
    assert "no-year" in held.codes("a.log")
    assert held.entries["a.log"].covers is None


def test_t06_stamps_without_a_date_are_not_compared_with_dates(hold: Holder) -> None:
    """Times of day between whole stamps, or across midnight, are no clock that was set back."""
    whole = [written(at(number)) for number in range(0, 60, 10)]
    held = hold(
        {
            "a.log": log(line for one in whole for line in (one, one[11:].replace("tide", "wave"))),
            "b.log": log(
                f"{(at(number) + timedelta(hours=11)).strftime('%H:%M:%S')} berth {number} is free"
                for number in range(0, 7200, 60)
            ),
        }
    )

    assert "clock-back" not in [*held.codes("a.log"), *held.codes("b.log")]


@pytest.mark.parametrize(("reference", "leap"), [("2032-03-01", 2032), ("2031-03-01", 2028), ("2033-01-01", 2032)])
def test_t06_the_twenty_ninth_of_february_is_no_other_day(hold: Holder, reference: str, leap: int) -> None:
    """A stamp of February 29th lies in a leap year, or nowhere; it is never moved to another day."""
    moments = [datetime(2032, 2, 28, 23, 59, 50) + timedelta(seconds=5 * number) for number in range(6)]
    held = hold({"a.log": syslog(moments)}, reference=reference)

    assert times(held) in ([moment.replace(year=leap) for moment in moments], [None] * 6)


LOCALES = [
    "02. Okt 2031 12:00:00",
    "02 mai 2031 12:00:00",
    "2 févr. 2031 12:00:00",
    "02-MAR-2031 12:00:00",
    "2 Ağu 2031 12:00:00",
]


@pytest.mark.parametrize("stamp", LOCALES)
def test_t07_months_of_other_languages_are_never_mistaken(hold: Holder, stamp: str) -> None:
    """A month's name in another language is read right or not at all."""
    held = hold({"a.log": stamped(*[stamp] * 8)})

    right = {"Okt": 10, "mai": 5, "févr": 2, "MAR": 3, "Ağu": 8}
    month = next(number for name, number in right.items() if name in stamp)
    assert {moment.month for moment in times(held) if moment} <= {month}


def test_t07_the_order_of_day_and_month_is_not_guessed(hold: Holder) -> None:
    """Where all days of a file could be months, its times are kept as written; one clear day settles them all."""
    unclear = [f"03/04/2031 12:00:0{number}" for number in range(4)]
    clear = {"b.log": (*unclear, "13/04/2031 12:00:09"), "c.log": (*unclear, "03/14/2031 12:00:09")}
    texts = {path: stamped(*stamps).replace("harbour", path) for path, stamps in clear.items()}
    held = hold({"a.log": stamped(*unclear), **texts})

    assert times(held) == [None] * 4
    assert "ambiguous-date" in held.codes("a.log")
    assert [moment.month for moment in times(held, "b.log") if moment] == [4] * 5
    assert [moment.month for moment in times(held, "c.log") if moment] == [3] * 5


@pytest.mark.parametrize("zone", ["CST", "IST", "BST"])
def test_t08_letters_that_several_zones_claim_are_not_guessed(hold: Holder, zone: str) -> None:
    """CST may be in Chicago, Shanghai or Havana: the clock is called unknown, and what would help is said."""
    held = hold({"a.log": stamped(*(f"2031-04-02 12:00:0{number} {zone}" for number in range(8)))})

    assert held.entries["a.log"].clock.how == "unknown"
    assert "zone-unknown" in held.codes("a.log")
    assert zone in held.said("a.log")
    assert any("clocks" in problem.remedy for problem in held.entries["a.log"].problems)


# ---- T09 to T12: clocks that are wrong -------------------------------------------------------------------------------


def test_t09_impossible_times_are_off_the_charts(hold: Holder, tmp_path: Path) -> None:
    """Times of 1970 and 9999, and such as do not exist, stretch nothing: the account covers what is real."""
    wild = [
        "1970-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.000Z",
        "0001-01-01T00:00:00.000Z",
        "2031-04-02T99:99:99.000Z",
    ]
    lines = [request(number) for number in range(60)]
    lines[10:10] = [f"[{stamp}] INFO [harbour] fog {number}" for number, stamp in enumerate(wild)]
    begun = time.monotonic()
    held = hold({"a.log": log(lines)})
    result = analyse(held.folder, tmp_path / "work").findings.json

    assert time.monotonic() - begun < 60 * TIMES
    assert held.entries["a.log"].covers == (at(0), at(59))
    assert result["incident"]["window"] is None or result["incident"]["window"]["start"][:4] == "2031"
    assert {moment.year for moment in times(held) if moment} == {2031}
    assert held.rows("select count(*) from quarantine") == [(1,)]


def test_t10_times_out_of_order_keep_their_lines(hold: Holder, chance: random.Random) -> None:
    """Events whose times are out of order or equal are sorted by time, then by line, and how many there are is said."""
    seconds = [chance.randrange(40) for _ in range(200)]
    held = hold(
        {"a.log": log(f"[{iso(second)}] INFO [harbour] {WORDS[n % 10]} {n}" for n, second in enumerate(seconds))}
    )

    falls = sum(after < before for before, after in pairwise(seconds))
    assert "out-of-order" in held.codes("a.log")
    assert f"{falls:,} times" in held.said("a.log")
    ordered = held.rows("select line from log_lines order by time, path, line")
    assert [line - 1 for (line,) in ordered] == sorted(range(200), key=lambda n: (seconds[n], n))


def test_t10_the_same_line_twice_is_two_events(hold: Holder) -> None:
    """A line that stands twice in one log happened twice."""
    held = hold({"a.log": log([request(1), request(2), request(2), request(3)])})

    assert held.rows("select count(*) from log_events where not repeated") == [(4,)]


def test_t11_clocks_that_differ_are_told_and_left(hold: Holder) -> None:
    """Two sources of the same events whose clocks stand 420 s apart: it is said within bounds, and no time is moved."""
    names = [f"ferry_{1_000_000_007 * number % 9_999_999_967:010d}" for number in range(1, 41)]
    held = hold(
        {
            "a.log": log(f"[{iso(10 * n)}] INFO [quay] {name} has left its berth" for n, name in enumerate(names)),
            "b.log": log(
                written(at(10 * n + 420), f"{name}, seen from the pilot", "%Y-%m-%dT%H:%M:%SZ")
                for n, name in enumerate(names)
            ),
        }
    )

    assert "clock-skew" in [*held.codes("a.log"), *held.codes("b.log")]
    assert "420.0 s" in held.said("a.log") + held.said("b.log")
    assert times(held) == [at(10 * n) for n in range(40)]
    assert times(held, "b.log") == [at(10 * n + 420) for n in range(40)]


def test_t12_a_clock_that_was_set_back_is_told(hold: Holder) -> None:
    """A clock that falls back by an hour within a file is flagged with its line; lines and times stay as they are."""
    seconds = [*range(0, 600, 10), *range(600 - 3600, 1200 - 3600, 10)]
    held = hold({"a.log": log(f"[{iso(n)}] INFO [harbour] {WORDS[i % 10]} {i}" for i, n in enumerate(seconds))})

    assert "clock-back" in held.codes("a.log")
    assert "line 61" in held.said("a.log")
    assert times(held) == [at(second) for second in seconds]


# ---- T13 and T14: digits ---------------------------------------------------------------------------------------------


def test_t13_other_digits_are_no_time(hold: Holder) -> None:
    """Stamps in full-width or Arabic digits are not taken for times by chance; what they are is said."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    lines = [request(number) for number in range(40)]
    lines[20:20] = [f"[{iso(20).translate(wide)}] INFO [harbour] fog"]
    held = hold({"a.log": log(lines), "b.log": log(one.translate(wide) for one in lines)})

    assert held.rows("select count(*) from requests") == [(40,)]
    assert set(times(held)) <= {None, *(at(number) for number in range(40))}
    whole = held.entries["a.log"].lines
    assert whole is not None
    assert (whole.quarantined or whole.continued) == 1
    assert set(times(held, "b.log")) <= {None}
    assert held.entries["b.log"].problems


def test_t14_nanoseconds_keep_their_order(hold: Holder) -> None:
    """Events that differ only in their nanoseconds stand in the order of the file."""
    stamps = [f"2031-04-02T12:00:00.12345678{number}Z" for number in range(10)]
    held = hold({"a.log": stamped(*stamps)})

    assert told(held) == [str(number) for number in range(10)]
    ordered = held.rows("select line from log_lines order by time, path, line")
    assert ordered == [(number,) for number in range(1, 11)]


def test_a_packed_piece_keeps_the_clock_of_its_log(hold: Holder) -> None:
    """A rotated log without zones keeps one clock, packed or not."""
    lines = [written(at(number)) for number in range(60)]
    held = hold(
        {"a.log.1.gz": gzip.compress(log(lines[:30]).encode()), "a.log": log(lines[30:])}, clocks="a.log*=+02:00"
    )

    assert times(held, "a.log.1.gz") + times(held) == [at(number - 7200) for number in range(60)]
