"""Logs in the local time of a zone whose clocks are set forward in spring and back in autumn."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from clock_world import Read, codes, reader, said, times
from forensics.evidence import civil_zones, shared_events
from forensics.model import Clock, Evidence
from forensics.store import Store

BERLIN = ZoneInfo("Europe/Berlin")
FOLD = datetime(2031, 10, 26, 1)
"""The instant, in UTC, at which clocks in Berlin are set back from three to two."""
GAP = datetime(2031, 3, 30, 1)
"""The instant at which they are set forward from two to three."""
MINUTE = timedelta(minutes=1)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def around(instant: datetime, *, step: int = 4, before: int = 180, after: int = 180) -> list[datetime]:
    """Return instants every few minutes, from before to after."""
    return [instant + n * MINUTE for n in range(-before, after, step)]


def local(moments: Iterable[datetime], zone: ZoneInfo = BERLIN) -> str:
    """Return a gateway's log, by the clocks of a zone that it does not name."""
    return "".join(
        f"{moment.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M:%S} INFO gateway: passed on {request(moment)}\n"
        for moment in moments
    )


def utc(moments: Iterable[datetime]) -> str:
    """Return an application's log of the same requests, in UTC."""
    return "".join(f"[{moment.isoformat()}.000Z] INFO [{request(moment)}] Request completed\n" for moment in moments)


def request(moment: datetime) -> str:
    """Return the id of the request that was served then."""
    return f"req_{int(moment.replace(tzinfo=UTC).timestamp() * 1000)}_ab3de5fgh"


def test_a_night_of_which_little_is_left_after_the_change_tells_the_zone_too(read: Read) -> None:
    """Nine tenths of the requests were served before summer time ended: the two offsets explain all, one does not."""
    before = [FOLD - timedelta(minutes=5 * n) for n in range(36, 0, -1)]
    moments = [*before, *(FOLD + timedelta(minutes=70 + 5 * n) for n in range(4))]
    found, store = read({"app.log": utc(moments), "gateway.log": local(moments)})

    assert found["gateway.log"].clock.zone not in ("", "UTC", "+02:00", "+01:00")
    assert times(store, "gateway.log") == moments


@pytest.mark.parametrize("dated", [True, False], ids=["date shows both offsets, too", "the log alone tells them"])
def test_what_people_wrote_keeps_a_zone_whose_clocks_were_set(read: Read, dated: bool) -> None:
    """A chat across the night stands on both sides of the change where a log beside it does; what says its offset agrees."""
    before = [FOLD - timedelta(minutes=5 * n) for n in range(36, 0, -1)]
    moments = [*before, *(FOLD + timedelta(minutes=70 + 5 * n) for n in range(4))]
    chat = "".join(
        f"[{stamp}] {who}: {said}\n"
        for stamp, who, said in (
            ("25.10.31, 22:10", "Nora", "Gute Nacht"),
            ("26.10.31, 08:31", "Ole", "kein Liegeplatz frei"),
            ("26.10.31, 08:44", "Nora", "ich schaue nach"),
        )
    )
    files = {"app.log": utc(moments), "gateway.log": local(moments), "chat.txt": chat}
    if dated:
        files["desk.txt"] = (
            "$ date; df -h /\nSat Oct 25 22:00:00 CEST 2031\n$ date; df -h /\nSun Oct 26 09:00:00 CET 2031\n"
        )
    _, store = read(files)

    assert [
        time
        for (time,) in store.connection.execute(
            "select time from events where path = 'chat.txt' order by line"
        ).fetchall()
    ] == [
        datetime(2031, 10, 25, 20, 10),
        datetime(2031, 10, 26, 7, 31),
        datetime(2031, 10, 26, 7, 44),
    ]


@pytest.mark.parametrize("instant", [FOLD, GAP], ids=["summer time ends", "summer time begins"])
def test_requests_on_both_sides_tell_a_zone_that_changes(read: Read, instant: datetime) -> None:
    """Where shared requests stand two hours off before and one after, or the other way, each line has its true time."""
    moments = around(instant)
    found, store = read({"app.log": utc(moments), "gateway.log": local(moments)})

    entry = found["gateway.log"]
    assert times(store, "gateway.log") == moments
    assert (entry.clock.how, entry.covers) == ("inferred", (moments[0], moments[-1]))
    assert civil_zones.ahead(entry.clock.zone, instant - timedelta(days=1)) != civil_zones.ahead(
        entry.clock.zone, instant + timedelta(days=1)
    )
    assert ("dst-fold" in codes(entry)) == (instant == FOLD)
    assert "clock-skew" not in codes(entry)


@pytest.mark.parametrize("side", [-1, 1], ids=["before", "after"])
def test_requests_on_one_side_and_a_fall_by_an_hour_tell_it_too(read: Read, side: int) -> None:
    """Where the stamps fall by an hour just when clocks of the zone do that keeps the offset, both sides are right."""
    moments = around(FOLD)
    known = [moment for moment in moments if (moment < FOLD) == (side < 0)]
    found, store = read({"app.log": utc(known), "gateway.log": local(moments)})

    assert times(store, "gateway.log") == moments
    assert found["gateway.log"].clock.how == "inferred"


def test_a_fixed_offset_stays_one(read: Read) -> None:
    """A log that goes on two hours ahead of UTC through the night in which summer time ends keeps that offset."""
    moments = around(FOLD)
    ahead = ZoneInfo("Etc/GMT-2")
    found, store = read({"app.log": utc(moments), "gateway.log": local(moments, ahead)})

    assert times(store, "gateway.log") == moments
    assert found["gateway.log"].clock.zone == "+02:00"
    assert codes(found["gateway.log"]) & {"dst-fold", "dst-gap"} == set()


@pytest.mark.parametrize(
    ("months", "doubted"), [pytest.param(1, False, id="one summer"), pytest.param(8, True, id="a winter")]
)
def test_what_events_of_one_season_tell_is_doubted_in_the_other(read: Read, months: int, doubted: bool) -> None:
    """Where a log goes on into another season than its shared events, and nothing shows what its clock did, that is said."""
    moments = around(datetime(2031, 6, 1, 12))
    later = [moments[-1] + timedelta(days=30 * month) for month in range(1, months + 1)]
    found, _ = read({"app.log": utc(moments), "gateway.log": local([*moments, *later], ZoneInfo("Etc/GMT-2"))})

    entry = found["gateway.log"]
    assert (entry.clock.zone, entry.clock.how) == ("+02:00", "inferred")
    assert (f"times around {later[-1]:%Y-%m-%d} are an hour off" in said(entry, "zone-inferred")) == doubted


def test_a_clock_set_back_by_hand_is_no_zone(read: Read) -> None:
    """A fall by an hour on another day is told, and no zone is made of it."""
    noon = FOLD + timedelta(days=3)
    shown = [*around(noon, after=0), *(moment - timedelta(hours=1) for moment in around(noon, before=0))]
    found, _ = read({"gateway.log": local(shown, ZoneInfo("UTC"))})

    assert found["gateway.log"].clock.how == "assumed"
    assert "just then" not in said(found["gateway.log"], "clock-back")


def test_zones_that_were_set_back_just_then_are_named(read: Read) -> None:
    """A log whose zone nothing tells may say by its fall in which zones it can be; it is not moved for that."""
    moments = around(FOLD)
    found, _ = read({"gateway.log": local(moments)})

    entry = found["gateway.log"]
    assert "clocks of CET and Europe/Chisinau were set back by an hour just then" in said(entry, "clock-back")
    assert (entry.clock.zone, entry.clock.how) == ("UTC", "assumed")


def test_the_hour_that_comes_twice_comes_so_each_year(read: Read) -> None:
    """In a log of two years with a stated zone, each autumn's two runs of the hour have their own times."""
    moments = [*around(datetime(2030, 10, 27, 1)), *around(FOLD)]
    found, store = read({"gateway.log": local(moments)}, clocks="gateway.log=Europe/Berlin")

    assert times(store, "gateway.log") == moments
    assert "60 of its times came twice" in said(found["gateway.log"], "dst-fold")


def test_times_of_the_hour_that_is_left_out_are_kept(read: Read) -> None:
    """Stamps that no clock of the zone can have shown are flagged; the others have their true times."""
    moments = around(GAP)
    lines = local(moments) + "2031-03-30 02:30:00 INFO gateway: by another clock\n"
    found, store = read({"gateway.log": lines}, clocks="gateway.log=Europe/Berlin")

    assert times(store, "gateway.log")[:-1] == moments
    assert "1 of its times do not exist" in said(found["gateway.log"], "dst-gap")


def test_no_zone_is_told_that_nobody_keeps() -> None:
    """A quarter of an hour that no zone on earth keeps is a coincidence."""
    assert [civil_zones.kept(timedelta(minutes=m)) for m in (0, 345, 330, -210, 315, 15)] == [True] * 4 + [False] * 2


# ---- how sure the ends of logs are -----------------------------------------------------------------------------


def ended(
    chance: random.Random, *, related: bool, lasting: tuple[float, float], pairs: int = 500
) -> list[tuple[bool, float, bool]]:
    """Return what is told of pairs of logs, each pair in a folder of its own: whether it is right, how sure, whether assumed.

    Related logs begin and end within a second of each other; the others are runs of one length at any times of a day.
    """
    store = Store()
    known, unknown, true, rows = [], [], {}, []
    for number in range(pairs):
        length = timedelta(seconds=chance.uniform(*lasting))
        begin = FOLD + timedelta(seconds=chance.uniform(0, 80_000))
        other = begin if related else FOLD + timedelta(seconds=chance.uniform(0, 80_000))
        start, end = (edge + timedelta(seconds=chance.uniform(-1, 1)) for edge in (other, other + length))
        ahead = timedelta(hours=chance.randrange(-11, 13))
        one, two = f"{number}/a.log", f"{number}/b.log"
        true[two] = ahead
        known.append(Evidence(one, "", 0, format="a", covers=(begin, begin + length), clock=Clock(how="stated")))
        unknown.append(Evidence(two, "", 0, format="b", covers=(start + ahead, end + ahead), clock=Clock(lacks="zone")))
        steps = 2 + int((end - start) / timedelta(minutes=10))
        for step in range(steps):
            shown = start + ahead + (end - start) * step / (steps - 1)
            rows.append([two, step, shown, shown])
    store.add("log_events", ["path", "line", "time", "own_clock"], rows)
    told = shared_events.edges(store, known, unknown)
    return [(one.offset == true[one.path], one.confidence, one.assumed) for one in told]


LENGTHS = [pytest.param((10, 800), True, id="short logs"), pytest.param((4_000, 20_000), False, id="long logs")]


@pytest.mark.parametrize(("lasting", "assumed"), LENGTHS)
def test_the_ends_of_logs_tell_as_surely_as_they_say(lasting: tuple[float, float], assumed: bool) -> None:
    """Of logs that have nothing to do with each other, no more get a wrong zone than the doubt that is told allows.

    What the ends of a log tell that is shorter than a quarter of an hour is assumed, never inferred.
    """
    chance = random.Random(20310402)  # noqa: S311  nothing is kept secret by it
    strangers = ended(chance, related=False, lasting=lasting)
    siblings = ended(chance, related=True, lasting=lasting)

    doubts = [1 - sure for right, sure, _ in strangers if not right]
    for allowed in (0.005, 0.01, 0.02, 0.05, 0.1):
        expected = allowed * 500
        assert sum(doubt <= allowed for doubt in doubts) <= expected + 3 * expected**0.5
    assert {how for *_, how in strangers + siblings} == {assumed}
    assert sum(right for right, *_ in siblings) > 0.6 * 500
    assert all(right for right, *_ in siblings)
