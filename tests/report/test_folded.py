"""Events that say the same again and again are one row of the timeline that is shown, and none of them is lost."""

from __future__ import annotations

from typing import Any

import pytest
from forensics.report import backtest, folded
from forensics.report.redaction import Redactor
from forensics.report.words import Times

Json = dict[str, Any]


def event(text: str, minute: int, **more: Any) -> Json:
    """Return a signal of the timeline at a minute of an hour."""
    plain = {
        "kind": "signal",
        "who": "",
        "key": False,
        "claim": None,
        "id": f"e-{minute}",
        "where": f"a.json #{minute}",
    }
    return {**plain, "time": f"2026-03-04T10:{minute:02}:00Z", "text": text, **more}


def told(*events: Json, noted: frozenset[str] = frozenset()) -> list[str]:
    """Return what the rows say."""
    return [folded.in_words(row, Times()) for row in folded.rows(events, noted, str)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(
            ["Alert firing: DiskFull — the disk of a node is full"] * 2,
            ["Alert firing: DiskFull — the disk of a node is full — 2 times, last 10:01:00"],
            id="two that say exactly the same",
        ),
        pytest.param(
            [f"Alert: memory of the node is {value}% (threshold 80%)" for value in (81.5, 97, 88)],
            ["Alert: memory of the node is 81.5 to 97 % (threshold 80%) — 3 times, last 10:02:00"],
            id="a measured number, from its lowest to its highest",
        ),
        pytest.param(
            [f"Error rate over its limit for {length}, peak 9 %" for length in ("30 s", "2 min 30 s", "1 min")],
            ["Error rate over its limit for 30 s to 2 min 30 s, peak 9 % — 3 times, last 10:02:00"],
            id="lengths, in seconds or in minutes",
        ),
        pytest.param(
            [f"Probe failed: pod kiosk-5d{n}-abc gave status {500 + n}" for n in (3, 4, 3)],
            [
                "Probe failed: pod … gave status … — 3 times, last 10:02:00; “…” is kiosk-5d3-abc, kiosk-5d4-abc, "
                "then 503, 504"
            ],
            id="names and whole numbers, each",
        ),
        pytest.param(
            [f"Queue of orders too long zone={zone}" for zone in ("north", "south", "west")],
            ["Queue of orders too long zone=… — 3 times, last 10:02:00; “…” is north, south, west"],
            id="the values of a label",
        ),
        pytest.param(
            [
                "Alert firing: disk-full on a node",
                "Alert firing: memory-high on a node",
                "Alert firing: swap on a node",
            ],
            [
                "Alert firing: disk-full on a node",
                "Alert firing: memory-high on a node",
                "Alert firing: swap on a node",
            ],
            id="names of alerts are what they say, and not where",
        ),
        pytest.param(["Alert 1", "Alert 2", "Alert 3"], ["Alert 1", "Alert 2", "Alert 3"], id="too little is shared"),
        pytest.param(
            ["node web-1 was lost again", "node web-2 was lost again"],
            ["node web-1 was lost again", "node web-2 was lost again"],
            id="two that differ are two",
        ),
    ],
)
def test_what_says_the_same_is_one_row(texts: list[str], expected: list[str]) -> None:
    """Signals that differ in numbers, in names of instances or in time alone are told once, with how many and in what."""
    assert told(*(event(text, minute) for minute, text in enumerate(texts))) == expected


@pytest.mark.parametrize("kind", ["change", "action", "decision"])
def test_what_people_did_is_told_each_time(kind: str) -> None:
    """Restarting the same thing twice is two actions."""
    assert told(event("Restarted the whole shop", 1, kind=kind), event("Restarted the whole shop", 2, kind=kind)) == [
        "Restarted the whole shop",
        "Restarted the whole shop",
    ]


def test_tickets_are_one_row_whoever_wrote_them() -> None:
    """Numbered tickets of the same words are one row that names nobody, and each of them below it its own writer; what two people
    write in the same words is told of each."""
    tickets = [
        event(f"Ticket {n}: where are my berths?", n, kind="communication", who=f"skipper {n}") for n in range(3)
    ]
    both = [event("I am looking at the crane", 5 + n, kind="communication", who=who) for n, who in enumerate("ab")]
    row, *others = folded.rows([*tickets, *both], frozenset(), str)

    assert (row["text"], row["who"], row["alike"]["count"]) == ("Ticket …: where are my berths?", "", 3)
    assert [one["who"] for one in row["alike"]["events"]] == ["skipper 0", "skipper 1", "skipper 2"]
    assert [(one["who"], one["alike"]) for one in others] == [("a", None), ("b", None)]


def test_the_story_begins_with_its_first_key_event() -> None:
    """What rang before the incident is no part of the row of the key events."""
    calm, first, later = (event("The queue of orders is long", at, key=at == 5) for at in (1, 5, 9))

    rows = folded.rows([calm, first, later], frozenset(), str)

    assert [(row["time"], row["key"], folded.events_of([row])) for row in rows] == [
        (calm["time"], False, 1),
        (first["time"], True, 2),
    ]


def test_an_event_with_a_note_stands_by_itself() -> None:
    """A note stays beside the event that it is on, by its id or by its place."""
    alike = [event("The queue of orders is long", at) for at in (1, 2, 3, 4)]

    rows = folded.rows(alike, frozenset({"e-2", "a.json #3"}), str)

    assert [(row["id"], folded.events_of([row])) for row in rows] == [("e-1", 2), ("e-2", 1), ("e-3", 1)]


def test_no_event_is_lost_and_none_is_told_twice() -> None:
    """A row holds all its events, each as it was; how many all rows stand for is how many there were."""
    events = [event(f"Replica {at % 3} of the store is behind by {at} s", at) for at in range(40)]
    events += [event("Deploy: 4.2", 41, kind="change")]

    rows = folded.rows(events, frozenset(), str)

    assert folded.events_of(rows) == 41
    assert [one["where"] for one in rows[0]["alike"]["events"]] == [f"a.json #{at}" for at in range(40)]
    assert folded.events_of(folded.bounded(rows, 10, 5)) == 41, "a row that shows five still says forty"
    assert [len(row["alike"]["events"]) for row in folded.bounded(rows, 10, 5) if row["alike"]] == [5]


def test_each_event_of_a_row_tells_only_what_is_its_own() -> None:
    """Below a row stand time, place and what differs of each event, and not the same sentence a hundred times."""
    events = [event(f"Pod quay-{at}x used {at + 50}% of its memory", at) for at in range(3)]

    row, same = folded.rows([*events, *[event("The gate is shut", 9)] * 2], frozenset(), str)

    assert [one["text"] for one in row["alike"]["events"]] == ["quay-0x, 50%", "quay-1x, 51%", "quay-2x, 52%"]
    assert [one["text"] for one in same["alike"]["events"]] == ["", ""]


def test_claims_of_all_key_events_are_kept() -> None:
    """The marks of a row open what each of its key events rests on."""
    rows = folded.rows([event("It is slow again", at, key=True, claim=f"c-{at}") for at in (1, 2)], frozenset(), str)

    assert [row["claim"] for row in rows] == [["c-1", "c-2"]]


def test_what_differs_is_redacted_where_it_stands() -> None:
    """A row tells of names what each event by itself may tell of them."""
    events = [event(f"Login failed for ola{n}.hansen@example.org from the shop", n) for n in (1, 2, 3)]

    rows = folded.rows(events, frozenset(), Redactor(None))

    assert [word for word in ("ola1", "hansen") if word in folded.in_words(rows[0], Times())] == []


def test_alerts_of_no_rule_are_folded_and_all_are_counted() -> None:
    """Thirty alerts of one kind among two others are three rows, and it is said that thirty-two rang."""
    rung = [
        {
            "time": f"2026-03-04T10:{at:02}:00Z",
            "text": f"Alert firing: pod quay-{at}x was lost",
            "where": f"a.json #{at}",
        }
        for at in range(30)
    ]
    rung += [
        {"time": "2026-03-04T10:40:00Z", "text": text, "where": "b.json"} for text in ("Tide is high", "Quay is dark")
    ]

    found = folded.alerts(rung, str)

    assert [(row["text"], folded.events_of([row])) for row in found] == [
        ("Alert firing: pod … was lost", 30),
        ("Tide is high", 1),
        ("Quay is dark", 1),
    ]
    audit = {"rules": [{"title": "Memory", "outcome": "missed"}], "other_alerts": found, "others": 32}
    assert "32 other alerts rang" in backtest.summary(audit)
