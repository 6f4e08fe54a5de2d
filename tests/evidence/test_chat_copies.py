"""Messages copied from a chat: a name, the hour and what was said, below the day on which it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from clock_world import reader
from forensics.evidence import chat_copies, said_zones
from small_world import traffic

World = Callable[[dict[str, Any]], Any]

COPY = """#quay-alarms
Wednesday, April 2nd

Harbour Watch APP  12:11
:rotating_light: Alert opened: no berth is free
Nora Lund  12:12
I look into it
it is the lock
Ole  12:14

Thursday, April 3rd
Ole  00:05
it was the lock
"""


def said(world: World, copy: str, **more: str) -> tuple[list[tuple[Any, ...]], Any]:
    """Return what people said and when, and the entry of the copy."""
    case = world({"app.log": traffic(*([0] * 20), *([10] * 10), *([0] * 4)), "chat.txt": copy, **more})
    query = "select strftime(time, '%Y-%m-%d %H:%M'), what, who, text from events where path = 'chat.txt' order by time, line"
    found = case.store.connection.execute(query).fetchall()
    return found, (case, next(entry for entry in case.evidence if entry.path == "chat.txt"))


def test_each_message_stands_on_the_day_above_it(world: World) -> None:
    """The year is the one of the log; a message of several lines is one, and one without words is none."""
    found, (case, entry) = said(world, COPY)

    assert found == [
        ("2031-04-02 12:11", "bot_message", "Harbour Watch", ":rotating_light: Alert opened: no berth is free"),
        ("2031-04-02 12:12", "message", "Nora Lund", "I look into it\nit is the lock"),
        ("2031-04-03 00:05", "message", "Ole", "it was the lock"),
    ]
    assert (entry.format, entry.kind, entry.covers[0]) == ("chat-copy", "messages", datetime(2031, 4, 2, 12, 11))
    assert entry.lines.physical == entry.lines.accepted + entry.lines.continued + entry.lines.blank
    detected = case.findings.json["moments"]["detected"]
    assert (detected["earliest"], detected["why"]) == ("2031-04-02T12:11:00Z", "the first alert")


def test_a_copy_is_placed_in_the_zone_in_which_it_makes_sense(world: World) -> None:
    """As UTC the messages were written two hours after all else; another file names +02:00."""
    copy = COPY.replace("12:1", "14:1").partition("Thursday")[0]
    zoned = "".join(f"2031-04-02T14:0{n}:05+02:00 INFO [quay] moored\n" for n in range(5))

    found, _ = said(world, copy, **{"quay.log": zoned})

    assert [time for time, *_ in found] == ["2031-04-02 12:11", "2031-04-02 12:12"]


DAYLESS = COPY.replace("Wednesday, April 2nd\n", "").partition("Thursday")[0]


def test_without_a_day_a_copy_stands_on_the_only_one_that_has_something_at_its_hours(world: World) -> None:
    """The log tells of one day alone; that this is the day is assumed, and said to be."""
    found, (_, entry) = said(world, DAYLESS)

    assert [time for time, *_ in found] == ["2031-04-02 12:11", "2031-04-02 12:12"]
    assert [problem.code for problem in entry.problems] == ["day-assumed"]
    assert entry.clock.how == "assumed"


def test_where_several_days_could_be_meant_nothing_is_placed(world: World) -> None:
    """Another log tells as much of the same hours of the day before: the copy is read, and says that it has no date."""
    before = traffic(*([0] * 20), *([10] * 10), *([0] * 4)).replace("2031-04-02", "2031-04-01")
    found, (_, entry) = said(world, DAYLESS, **{"early.log": before})

    assert found == []
    assert "no-date" in [problem.code for problem in entry.problems]


def test_a_person_may_state_the_day(tmp_path: Path) -> None:
    """An anchor says when the first day of the copy began, and thereby also where."""
    read = reader(tmp_path)
    entries, store = read({"chat.txt": DAYLESS}, anchors="chat.txt=2031-04-01T22:00:00Z")
    found = store.connection.execute("select strftime(time, '%d %H:%M'), who from events order by time").fetchall()

    assert found == [("02 10:11", "Harbour Watch"), ("02 10:12", "Nora Lund")]
    assert (entries["chat.txt"].clock.how, entries["chat.txt"].problems) == ("stated", ())


UPDATES = """Harbour authority - Fog  [copied by Ole]
Fog on the north quay - Resolved

[7:40 AM CDT] The fog has lifted, and all quays are served again.
[7:14 AM CDT] We see fog on the north quay.
Boats should wait outside.
[7:12 AM CDT] We are looking into late ferries on the north quay.
"""


def test_a_providers_updates_stand_at_their_hours_on_the_day_of_all_else(world: World) -> None:
    """The newest stands first, each names its zone, and they are no words of our own people."""
    copy = UPDATES.replace("CDT", "EDT").replace("7:", "8:")
    found, (case, entry) = said(world, copy)

    assert found == [
        (
            "2031-04-02 12:12",
            "provider update",
            None,
            "Provider's status: We are looking into late ferries on the north quay.",
        ),
        (
            "2031-04-02 12:14",
            "provider update",
            None,
            "Provider's status: We see fog on the north quay.\nBoats should wait outside.",
        ),
        (
            "2031-04-02 12:40",
            "provider update",
            None,
            "Provider's status: The fog has lifted, and all quays are served again.",
        ),
    ]
    assert (entry.format, entry.clock.how) == ("provider-updates", "assumed")
    assert case.findings.json["moments"]["acknowledged"]["source"] == "unknown"


@pytest.mark.parametrize(
    ("at", "text", "wanted"),
    [
        pytest.param("6:58", "it's 6:58 here so nearly 8 at yours", 60, id="a whole hour means about it"),
        pytest.param("18:58", "it's 6:58 here, 8:28 PM over there", 90, id="in the afternoon, half an hour more"),
        pytest.param("9:02", "es ist 9:02 hier, also erst 4 Uhr bei euch", -300, id="in German, behind"),
        pytest.param("9:02", "es ist 9:02 hier, also 17 Uhr bei euch", 480, id="counted to 24"),
        pytest.param("9:40", "it's 6:58 here so nearly 8 at yours", None, id="another clock than the stamps'"),
        pytest.param("6:58", "it's 6:58 here, back at 8", None, id="nothing of where others are"),
    ],
)
def test_how_far_the_others_are_ahead_is_said(at: str, text: str, wanted: int | None) -> None:
    """The hour here must be that of the message's own stamp."""
    time = datetime.combine(date(2031, 4, 2), datetime.strptime(at, "%H:%M").time())

    assert said_zones.between(time, text) == (None if wanted is None else timedelta(minutes=wanted))


def test_a_chat_is_placed_by_what_is_said_in_it_of_the_clocks(world: World) -> None:
    """All else local keeps +02:00; who says that it is an hour later there keeps +01:00."""
    copy = DAYLESS.replace("I look into it", "it's 12:12 here so 1 at yours")
    zoned = "".join(f"2031-04-02T14:0{n}:05+02:00 INFO [quay] moored\n" for n in range(5))

    found, (_, entry) = said(world, copy, **{"quay.log": zoned})

    assert [time for time, *_ in found] == ["2031-04-02 11:11", "2031-04-02 11:12"]
    assert (entry.clock.zone, entry.clock.how) == ("+01:00", "assumed")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Wednesday, April 2nd", date(2031, 4, 2)),
        ("mercredi 2 avril", date(2031, 4, 2)),
        ("2. April 2030", date(2030, 4, 2)),
        ("31 dezember", date(2030, 12, 31)),
        ("February 29", date(2032, 2, 29)),
        ("#quay-alarms", None),
    ],
)
def test_a_day_is_read_in_several_languages(text: str, wanted: date | None) -> None:
    """Without a year, the nearest is meant in which there is such a day."""
    assert chat_copies.day(text, datetime(2031, 4, 2, 12)) == wanted


def test_the_hour_may_stand_before_the_name(world: World) -> None:
    """As some chats copy it: what was said stands below, and the day, with its year, above all of it."""
    copy = (
        "Bridge - quay closed\nWednesday, April 2, 2031\n\n"
        "[12:11 PM] Nora Lund\nboats wait outside\n\n[12:14 PM] Ole (harbour)\ndeclaring P1, I'm IC\n\n[1:02 PM] Nora Lund\nresolved\n"
    )

    found, (_, entry) = said(world, copy)

    assert found == [
        ("2031-04-02 12:11", "message", "Nora Lund", "boats wait outside"),
        ("2031-04-02 12:14", "message", "Ole (harbour)", "declaring P1, I'm IC"),
        ("2031-04-02 13:02", "message", "Nora Lund", "resolved"),
    ]
    assert (entry.format, entry.kind) == ("chat-copy", "messages")


def test_a_copy_at_hours_of_which_no_log_tells_stands_on_the_one_day_of_all_logs(world: World) -> None:
    """It was copied by another zone's clock; a list of things of days before that happened at those hours does not decide."""
    copy = DAYLESS.replace("12:1", "08:1")
    listed = (
        '{"berths":[{"id":"b1","createTime":"2031-03-30T08:12:05Z"},{"id":"b2","createTime":"2031-03-30T08:13:05Z"}]}'
    )
    zoned = "".join(f"2031-04-02T08:0{n}:05-04:00 INFO [quay] moored\n" for n in range(5))

    found, _ = said(world, copy, **{"berths.json": listed, "quay.log": zoned})

    assert [time for time, *_ in found] == ["2031-04-02 12:11", "2031-04-02 12:12"]
