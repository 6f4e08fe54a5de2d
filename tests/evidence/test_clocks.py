"""What a source's clock says of itself, what other sources say of it, and what a person states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from clock_world import Read, codes, passed, reader, said, served
from forensics.errors import UsageError
from forensics.evidence import clocks, texts
from forensics.model import Parameters
from small_world import at, iso


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def test_shared_requests_tell_the_zone(read: Read) -> None:
    """A clock that names no zone has the one by which its requests are those of a clock that does."""
    seconds = (1, 5, 9, 30)
    found, store = read({"app.log": served(*seconds), "gateway.log": passed(*seconds, ahead=timedelta(hours=2))})

    clock = found["gateway.log"].clock
    assert (clock.zone, clock.how, clock.offset_s) == ("+02:00", "inferred", 7200)
    assert found["gateway.log"].covers == (at(1), at(30))
    times = store.connection.execute("select time from log_events where path = 'gateway.log' order by line").fetchall()
    assert [time for (time,) in times] == [at(second) for second in seconds]
    written = store.connection.execute("select min(own_clock) from log_events where path = 'gateway.log'").fetchall()
    assert written == [(at(1) + timedelta(hours=2),)]


def test_two_shared_requests_are_too_few(read: Read) -> None:
    """With fewer than three, the zone stays assumed."""
    found, _ = read({"app.log": served(1, 5), "gateway.log": passed(1, 5, ahead=timedelta(hours=2))})

    assert found["gateway.log"].clock.how == "assumed"


def test_requests_that_disagree_tell_nothing(read: Read) -> None:
    """Where the same ids lie now this far apart and now that far, no zone follows."""
    mixed = passed(1, 5, ahead=timedelta(hours=2)) + passed(9, 30, 40, ahead=timedelta(hours=5))
    found, _ = read({"app.log": served(1, 5, 9, 30, 40), "gateway.log": mixed})

    assert found["gateway.log"].clock.how == "assumed"


@pytest.mark.parametrize(
    ("waits", "zone"),
    [
        pytest.param(lambda n: 60 + 37 * (n % 17), "+02:00", id="up to eleven minutes, all of them later"),
        pytest.param(lambda n: (1 if n % 2 else -1) * (200 + 31 * (n % 17)), "UTC", id="as often sooner as later"),
    ],
)
def test_what_waits_in_a_queue_tells_the_zone_by_what_did_not_wait(
    read: Read, waits: Callable[[int], int], zone: str
) -> None:
    """A third of the jobs is taken up late, by minutes: the others still tell the zone, for nothing is taken up before it is there."""
    seconds = [20 * n for n in range(90)]
    ids = [f"req_{1932881400000 + s}_ab3de5fgh" for s in seconds]
    late = [waits(n) if n % 3 == 0 else 0 for n in range(90)]
    taken = "".join(
        f"{at(s + wait) + timedelta(hours=2)} INFO worker: took {one}\n"
        for s, wait, one in zip(seconds, late, ids, strict=True)
    )
    found, _ = read({"app.log": served(*seconds), "worker.log": taken})

    assert found["worker.log"].clock.zone == zone


def test_a_clock_that_is_off_is_told_and_left(read: Read) -> None:
    """Seven minutes are no zone: the difference is told with its bounds, and the times stay as they are."""
    ahead = timedelta(seconds=420)
    found, store = read({"app.log": served(1, 5, 9, 30), "gateway.log": passed(1.5, 5, 9, 30.5, ahead=ahead)})

    entry = found["gateway.log"]
    (said,) = [problem.message for problem in entry.problems if problem.code == "clock-skew"]
    assert "420.0 and 420.5 s over 4 events" in said
    assert entry.covers == (at(1.5) + ahead, at(30.5) + ahead)
    assert store.one("clock_span", path="gateway.log") == at(1.5) + ahead


def test_a_few_seconds_between_clocks_are_told(read: Read) -> None:
    """A clock that is 7.3 s ahead is said to be, in words and in the result, with its bounds; no time is moved."""
    late = (0.0, 0.2, 0.1, 0.2)
    lines = "".join(passed(s, ahead=timedelta(seconds=7.3 + more)) for s, more in zip((1, 5, 9, 30), late, strict=True))
    found, store = read({"app.log": served(1, 5, 9, 30), "gateway.log": lines}, clocks="gateway.log=UTC")

    entry = found["gateway.log"]
    assert "ahead of that of app.log" in said(entry, "clock-skew")
    assert "between 7.3 and 7.5 s over 4 events" in said(entry, "clock-skew")
    (skew,) = entry.json()["clock"]["skew"]
    assert (skew["than"], skew["bounds_s"], skew["events"]) == ("app.log", [7.3, 7.5], 4)
    assert 7.3 <= skew["seconds"] <= 7.5
    assert entry.covers == (at(1 + 7.3), at(30 + 7.5))
    assert store.one("clock_span", path="gateway.log") == at(1 + 7.3)
    assert entry.json()["clock"]["offset_s"] == 0


def test_what_a_delay_explains_is_no_skew(read: Read) -> None:
    """A source that tells of the same requests after now one and now nine seconds has no other clock."""
    lines = "".join(
        passed(s, ahead=timedelta(seconds=more)) for s, more in zip((1, 5, 9, 30), (1, 9, 4, 2), strict=True)
    )
    found, _ = read({"app.log": served(1, 5, 9, 30), "gateway.log": lines}, clocks="gateway.log=UTC")

    assert not any("clock-skew" in codes(entry) for entry in found.values())


def test_a_zone_and_a_skew_are_two_things(read: Read) -> None:
    """Of a clock in another zone that is also wrong, the zone is inferred, and what is left is told as skew."""
    lines = passed(1, 5, 9, 30, ahead=timedelta(hours=2, seconds=7.3))
    found, _ = read({"app.log": served(1, 5, 9, 30), "gateway.log": lines})

    clock = found["gateway.log"].json()["clock"]
    assert (clock["zone"], clock["how"], clock["bounds_s"]) == ("+02:00", "inferred", [7207.3, 7207.3])
    assert [skew["seconds"] for skew in clock["skew"]] == [7.3]
    assert found["gateway.log"].covers == (at(1 + 7.3), at(30 + 7.3))


def test_a_clock_that_was_placed_tells_of_the_next_by_where_it_is_now(read: Read) -> None:
    """Zones follow from source to source; what two sources in one zone share puts neither of them into UTC."""
    ahead = timedelta(hours=2)
    files = {
        "a.log": served(1, 5, 9, 30),
        "b.log": passed(1, 5, 9, 30, 41, 52, 63, ahead=ahead),
        "c.log": passed(41, 52, 63, ahead=ahead).replace("gateway: passed on", "pier: took"),
        "d.log": served(41, 52, 63).replace("Request completed", "Request done"),
    }
    found, _ = read(dict(files))

    assert {path: entry.clock.zone for path, entry in found.items()} == {
        "a.log": "UTC", "b.log": "+02:00", "c.log": "+02:00", "d.log": "UTC"
    }  # fmt: skip
    assert not any("clock-skew" in codes(entry) for entry in found.values())


def test_two_runs_of_one_program_share_nothing(read: Read) -> None:
    """The same words at another start are no shared events: no zone and no skew follows from them."""
    words = ["the ferry server is starting", "all berths are open, waiting for ferries", "listening to the harbour now"]
    first = "".join(f"{at(s).isoformat()} INFO start: {word}\n" for s, word in enumerate(words))
    second = "".join(f"{at(3600 + s).isoformat()} INFO start: {word}\n" for s, word in enumerate(words))
    found, _ = read({"first.log": first, "second.log": second})

    assert {entry.clock.how for entry in found.values()} == {"assumed"}
    assert not any("clock-skew" in codes(entry) for entry in found.values())


def test_a_stated_zone_moves_only_its_source(read: Read) -> None:
    """A person's word about one source leaves the others as they are."""
    lines = "".join(f"{at(s).isoformat()} INFO berth: tick {s}\n" for s in range(5))
    found, _ = read({"a.log": lines, "b.log": lines.replace("tick", "tock")}, clocks="a.log=Europe/Berlin")

    assert (found["a.log"].clock.zone, found["a.log"].clock.how) == ("Europe/Berlin", "stated")
    assert found["a.log"].covers == (at(0) - timedelta(hours=2), at(4) - timedelta(hours=2))
    assert (found["b.log"].clock.how, found["b.log"].covers) == ("assumed", (at(0), at(4)))


@pytest.mark.parametrize("zone", ["+02:00", "Europe/Berlin"])
def test_a_zone_is_stated_of_stamps_without_a_year_too(read: Read, zone: str) -> None:
    """Where the year is known, a stated zone moves stamps without one as it moves others."""
    lines = "".join(f"{at(s):%b %d %H:%M:%S} quay tided[7]: level {s}\n" for s in range(5))
    found, store = read({"a.log": lines}, reference="2031-05-01", clocks=f"a.log={zone}")

    assert (found["a.log"].clock.zone, found["a.log"].clock.how) == (zone, "stated")
    assert found["a.log"].covers == (at(0) - timedelta(hours=2), at(4) - timedelta(hours=2))
    assert store.one("clock_span", path="a.log") == at(0) - timedelta(hours=2)


def test_a_stated_beginning_places_a_clock_that_only_counts(read: Read) -> None:
    """Seconds since a start have times once a person says when it was."""
    lines = "".join(f"[{s:5d}.250000] ferry0: berth {s} is free\n" for s in range(1, 9))
    found, store = read({"dmesg.txt": lines}, anchors=f"dmesg.txt={iso(0)}")

    assert found["dmesg.txt"].clock.how == "stated"
    assert found["dmesg.txt"].covers == (at(1.25), at(8.25))
    assert store.one("clock_span", path="dmesg.txt") == at(1.25)


TOP = """top - 12:00:{:02d} up 3 days,  2:11,  1 user,  load average: {}.00, 0.20, 0.30
Tasks: 212 total,   3 running, 209 sleeping,   0 stopped,   1 zombie
"""


@pytest.mark.parametrize(
    ("stated", "doubts", "times"),
    [
        pytest.param({}, ["no-date"], [None, None], id="nothing"),
        pytest.param({"anchors": "top.txt=2031-04-02T00:00:00Z"}, [], [at(0), at(1)], id="its day"),
    ],
)
def test_top_stands_on_the_clock_that_it_prints(
    read: Read, stated: dict[str, str], doubts: list[str], times: list[datetime | None]
) -> None:
    """The times of day in its headings are its clock: a stated day places them, and the numbers with them."""
    found, store = read({"top.txt": "".join(TOP.format(n, n) for n in range(2))}, **stated)

    samples = store.connection.execute("select time from samples where name = 'load.1m' order by value").fetchall()
    assert [time for (time,) in samples] == times
    assert [problem.code for problem in found["top.txt"].problems] == doubts


def test_a_stated_day_places_times_of_day_through_midnight(read: Read) -> None:
    """Times without days have days once a person says when the first of them began, by the clock that wrote them."""
    shown = [at(0) + timedelta(hours=11, minutes=59, seconds=50 + 5 * n) for n in range(12)]
    lines = "".join(f"{time:%H:%M:%S} INFO berth {n} is free\n" for n, time in enumerate(shown))
    began = (at(0) - timedelta(hours=14)).isoformat() + "Z"
    found, store = read({"quay.log": lines}, anchors=f"quay.log={began}")

    times = store.connection.execute("select time from log_events order by line").fetchall()
    assert times == [(time - timedelta(hours=2),) for time in shown]
    assert (found["quay.log"].clock.how, found["quay.log"].covers) == ("stated", (times[0][0], times[-1][0]))
    assert codes(found["quay.log"]) & {"no-date", "clock-back"} == set()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("t_s,boats,berths\n0,4,7\n1,5,6\n2,6,5\n", id="a table"),
        pytest.param("t(s)  pool(active/idle)\n 0.0   1/ 9\n 1.0   2/ 8\n 2.0   3/ 7\n", id="what a program printed"),
    ],
)
def test_numbers_on_a_clock_of_their_own_are_placed_by_an_anchor(read: Read, text: str) -> None:
    """As the remark about them promises: after it they have times, and nothing is left to state."""
    found, store = read({"quay.txt": text}, anchors=f"quay.txt={iso(0)}")

    assert (found["quay.txt"].covers, found["quay.txt"].clock.how) == ((at(0), at(2)), "stated")
    assert codes(found["quay.txt"]) & {"relative-clock", "no-time"} == set()
    times = store.connection.execute("select distinct time from samples order by time").fetchall()
    assert times == [(at(second),) for second in range(3)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("clocks", "a.log", id="no zone"),
        pytest.param("clocks", "a.log=Atlantis", id="no such zone"),
        pytest.param("anchors", "a.log=noon", id="no time"),
        pytest.param("reference", "soon", id="no date"),
    ],
)
def test_what_cannot_be_understood_is_refused(name: str, value: str) -> None:
    """A statement about clocks that makes no sense ends the command before anything is read."""
    with pytest.raises(UsageError, match=name):
        clocks.stated(Parameters(**{name: value}))


# ---- what events tell ------------------------------------------------------------------------------------------


def local(seconds: float, ahead: timedelta) -> str:
    """Write a time by a clock so far ahead of UTC that names no zone."""
    return (at(seconds) + ahead).isoformat(sep=" ", timespec="seconds")


def tended(*starts: float, ahead: timedelta) -> str:
    """Return a log, without zones, of a round through three locks that began at these seconds."""
    steps = [(0, "open-north-lock"), (37, "drain-old-basin"), (91, "close-south-lock")]
    return "".join(f"{local(start + s, ahead)} INFO keeper: Step {name}\n" for start in starts for s, name in steps)


ROUND = "".join(
    f"[{iso(s)}] INFO [ferry] gate {name} done\n"
    for s, name in [(1, "open-north-lock"), (38, "drain-old-basin"), (92, "close-south-lock")]
)
"""The same round, told by another program whose stamps say their zone."""


def test_answers_tell_the_zone_by_their_own_date(read: Read) -> None:
    """A log that quotes the Date of answers keeps the zone by which those are of the same moment."""
    ahead = timedelta(hours=-3, minutes=-30)
    lines = "".join(
        f"{local(s, ahead)} DEBUG client: answered, 'Date': '{at(s - 1):%a, %d %b %Y %H:%M:%S} GMT', 'Age': '0'\n"
        for s in (0, 20, 50, 70)
    )
    found, _ = read({"client.log": lines})

    clock = found["client.log"].clock
    assert (clock.zone, clock.how, clock.left_s) == ("-03:30", "inferred", (1.0, 1.0))
    assert found["client.log"].covers == (at(0), at(70))


def test_instants_that_are_no_dates_of_answers_tell_nothing(read: Read) -> None:
    """That something ends an hour later says nothing about a zone."""
    lines = "".join(f"{local(s, timedelta(0))} INFO door: pass valid until {iso(s + 3600)}\n" for s in range(0, 90, 9))
    found, _ = read({"door.log": lines})

    assert found["door.log"].clock.how == "assumed"


def test_the_pace_of_a_job_tells_the_zone(read: Read) -> None:
    """Of many runs of a job only the one that another program tells too stands whole quarters of an hour off."""
    ahead = timedelta(hours=5, minutes=45)
    found, store = read({"ferry.log": ROUND, "keeper.log": tended(-5000, -603, 0, 731, ahead=ahead)})

    clock = found["keeper.log"].clock
    assert (clock.zone, clock.how, clock.offset_s, clock.left_s) == ("+05:45", "inferred", 20700, (-1.0, -1.0))
    assert clock.confidence is not None
    assert 0.98 < clock.confidence < 1
    assert store.one("clock_span", path="keeper.log") == at(-5000)


def test_runs_that_are_an_hour_apart_tell_nothing(read: Read) -> None:
    """A job that runs by the clock fits several zones, so none is told."""
    hourly = tended(*(3600 * hour for hour in range(-6, 7)), ahead=timedelta(hours=2))
    found, _ = read({"ferry.log": ROUND, "keeper.log": hourly})

    assert found["keeper.log"].clock.how == "assumed"


def test_one_run_that_fits_none_tells_nothing(read: Read) -> None:
    """Another run of the same job, seven minutes later, is no account of this one."""
    found, _ = read({"ferry.log": ROUND, "keeper.log": tended(420, ahead=timedelta(hours=2))})

    assert found["keeper.log"].clock.how == "assumed"


def pool(*seconds: float) -> str:
    """Return a log, with zones, of a process that says something at these seconds."""
    return "".join(f"[{iso(s)}] INFO [pool] swept {round(s)} nets\n" for s in seconds)


def spoken(*seconds: float, ahead: timedelta) -> str:
    """Return a log, without zones, of other things that the process says."""
    return "".join(f"{local(s, ahead)} INFO mole: sounded {round(s)} fathoms\n" for s in seconds)


def test_logs_of_one_process_begin_and_end_together(read: Read) -> None:
    """A log beside another in one folder that begins and ends with it keeps its clock; those written alike are assumed to."""
    ahead = timedelta(hours=1)
    files = {
        "one/pool.log": pool(317, 400, 1300, 2000, 2623),
        "one/mole.log": spoken(316, 330, 900, ahead=ahead),
        "one/mole.log.1": spoken(*range(1000, 2600, 100), 2626, ahead=ahead),
        "one/pier.log": spoken(700, 800, ahead=ahead),
        "two/mole.log": spoken(316, 900, 2626, ahead=ahead),
    }
    found, _ = read(dict(files))

    told = {path: (entry.clock.zone, entry.clock.how) for path, entry in found.items()}
    assert told == {
        "one/pool.log": ("UTC", "stated"),
        "one/mole.log": ("+01:00", "inferred"),
        "one/mole.log.1": ("+01:00", "inferred"),
        "one/pier.log": ("+01:00", "assumed"),
        "two/mole.log": ("UTC", "assumed"),
    }
    assert found["one/mole.log"].clock.left_s == (-1.0, 3.0)
    assert found["one/pier.log"].covers == (at(700), at(800))


def test_logs_that_were_cut_by_the_hour_tell_nothing(read: Read) -> None:
    """Two extracts of the same hour, each by its own clock, are no logs that began together."""
    cut = [2, *range(60, 3590, 60), 3598]
    found, _ = read({"pool.log": pool(*cut), "mole.log": spoken(*cut, ahead=timedelta(hours=2))})

    assert found["mole.log"].clock.how == "assumed"


def test_a_day_that_other_logs_tell_dates_a_log_of_times_alone(read: Read) -> None:
    """Stamps without a date have the day, and the zone, by which their log begins and ends with the one beside it."""
    ahead = timedelta(hours=9)
    night = "".join(f"[{at(s) + ahead:%H:%M:%S}] berth {s} was swept\n" for s in (316, 340, 900, 1500, 2624))
    found, store = read({"pool.log": pool(317, 400, 1300, 2000, 2623), "night.txt": night})

    entry = found["night.txt"]
    assert (entry.clock.zone, entry.clock.how, entry.covers) == ("+09:00", "inferred", (at(316), at(2624)))
    assert codes(entry) & {"no-date", "date-inferred"} == {"date-inferred"}
    times = store.connection.execute("select time from log_events where path = 'night.txt' order by line").fetchall()
    assert [time for (time,) in times] == [at(second) for second in (316, 340, 900, 1500, 2624)]


def test_a_statement_that_only_a_log_of_times_tells_has_its_instant(read: Read) -> None:
    """What destroyed a table is dated by the clock that the log shares with the one beside it."""
    ahead = timedelta(hours=9)
    steps = {316: "begin", 901: "step 4: DROP TABLE berths;", 1500: "wait", 2624: "end"}
    night = "".join(f"[{at(s) + ahead:%H:%M:%S}] {text}\n" for s, text in steps.items())
    _, store = read({"pool.log": pool(317, 400, 1300, 2000, 2623), "night.txt": night})

    told = store.connection.execute("select time, kind, what, text from events").fetchall()
    assert told == [(at(901), "change", "data", "DROP TABLE berths")]


def test_quiet_lines_of_a_large_log_tell_its_zone(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log too large to copy is compared by what its quiet lines say, too."""
    monkeypatch.setattr(texts, "WHOLE_TEXT", 1000)
    seconds = range(0, 600, 6)
    found, store = read({"app.log": served(*seconds), "gateway.log": passed(*seconds, ahead=timedelta(hours=2))})

    assert store.one("large_logs_count") == 4
    assert (found["gateway.log"].clock.zone, found["gateway.log"].clock.how) == ("+02:00", "inferred")
    assert found["gateway.log"].covers == (at(0), at(594))
    assert "clock-skew" not in codes(found["gateway.log"])


def backwards(*seconds: int) -> str:
    return "".join(f"{at(second).isoformat()}Z INFO [quay] berth {second}\n" for second in seconds)


def test_a_log_that_is_written_newest_first_says_so_once(read: Read) -> None:
    """Its order is the exporter's habit, not a clock that fell back with each line."""
    found, _ = read({"export.log": backwards(*range(600, 0, -10))})

    assert said(found["export.log"], "newest-first") == (
        "it is written newest first: from one line to the next, time goes back 59 times. The order of the file is kept, and its "
        "events are told in the order of their times"
    )
    assert codes(found["export.log"]) & {"out-of-order", "clock-back"} == set()
    assert found["export.log"].covers == (at(10), at(600))


def test_times_that_rise_in_a_log_written_newest_first_are_told(read: Read) -> None:
    """There, a line that is later than the one before it is the odd one."""
    found, _ = read({"export.log": backwards(*range(600, 300, -10), 900, *range(300, 0, -10))})

    assert "; 1 of its times rise, at most by 590.000 s (line 31)" in said(found["export.log"], "newest-first")


def test_a_log_whose_times_often_fall_back_is_not_newest_first(read: Read) -> None:
    """Two writers whose lines alternate fall back half of the time."""
    found, _ = read({"quay.log": backwards(*(second for n in range(0, 600, 20) for second in (n + 30, n)))})

    assert codes(found["quay.log"]) & {"out-of-order", "newest-first"} == {"out-of-order"}


# ---- two clocks in one line ----------------------------------------------------------------------------------------


def relayed(*inner: str) -> str:
    """Return lines of syslog, a second apart from Dec 31 23:59:59 on, whose messages hold stamps of their own."""
    days = ["Dec 31 23:59:59", "Jan  1 00:00:00", "Jan  1 00:00:01"]
    return "".join(f"{day} edge haproxy[14]: {text}\n" for day, text in zip(days, inner, strict=True))


PROXIED = '192.0.2.7:2817 [{}] quays~ berths/north 0/0/1/37/38 200 306 - - ---- 2/1/0/0/0 0/0 "GET /sailings HTTP/1.1"'


def test_a_year_is_told_by_the_stamps_inside(read: Read) -> None:
    """Each line keeps its own time; the year, across New Year, is the one that its messages state."""
    stamps = ("31/Dec/2030:23:59:58.911", "31/Dec/2030:23:59:59.911", "01/Jan/2031:00:00:00.911")
    found, store = read({"proxy.log": relayed(*map(PROXIED.format, stamps))})

    times = store.connection.execute("select time from log_events order by line").fetchall()
    assert [time for (time,) in times] == [
        datetime(2030, 12, 31, 23, 59, 59),
        datetime(2031, 1, 1),
        datetime(2031, 1, 1, 0, 0, 1),
    ]
    assert "as its own messages state it (line 3)" in said(found["proxy.log"], "year-inferred")


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param(["lease until [01/Jan/2032:00:00:00]"] * 2 + ["[01/Jan/2031:00:00:00] x"], id="two years"),
        pytest.param(["2029-06-04 07:30:05 is the oldest berth"] * 3, id="another day"),
        pytest.param(["no room"] * 3, id="none"),
    ],
)
def test_stamps_of_other_things_tell_no_year(read: Read, inner: list[str]) -> None:
    """Where the stamps inside disagree, or are of other days, nothing tells the year."""
    found, _ = read({"proxy.log": relayed(*inner)})

    assert "no-year" in codes(found["proxy.log"])


def test_a_zone_is_told_by_an_access_log_behind_syslog(read: Read) -> None:
    """Its stamps carry their zone, and they and the lines' tell the same moments."""
    line = (
        'Apr  2 {}:30:{:02d} edge nginx: 192.0.2.7 - - [02/Apr/2031:12:30:{:02d} +0000] "GET /quays HTTP/1.1" 200 12\n'
    )
    found, _ = read({"edge.log": "".join(line.format(14, second, second) for second in (5, 9, 14, 28))})

    clock = found["edge.log"].clock
    assert (clock.zone, clock.how, clock.offset_s) == ("+02:00", "inferred", 7200)
    assert found["edge.log"].covers == (datetime(2031, 4, 2, 12, 30, 5), datetime(2031, 4, 2, 12, 30, 28))
