"""Messages copied from a chat: a name, the hour and what was said, below the day on which it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from forensics.evidence import chat_copies
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


def test_without_a_day_nothing_is_placed(world: World) -> None:
    """Hours alone are no times: the copy is read, and says that it has no date."""
    found, (_, entry) = said(world, COPY.replace("Wednesday, April 2nd\n", "").partition("Thursday")[0])

    assert found == []
    assert "no-date" in [problem.code for problem in entry.problems]


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
