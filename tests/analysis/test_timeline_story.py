"""Which events tell the story."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from forensics.analysis import timeline
from forensics.model import Citation, Event, Moment
from forensics.times import Span
from small_world import NOON, epoch_ms, iso, short, traffic

World = Callable[[dict[str, str | bytes]], Any]
FAILING = traffic(*[0] * 20, *[20] * 20, *[0] * 60)
"""From the tenth to the twentieth minute every request fails."""


def rules(minute: int, name: str, state: str) -> str:
    """Return what a rule evaluator observed."""
    return f'{{"observed_at":"2031-04-02T12:{minute:02d}:00Z","rules":[{{"name":"{name}","state":"{state}","health":"ok"}}]}}\n'


def test_what_is_calm_or_only_rehearsed_is_no_key_event(world: World) -> None:
    """A rule at rest before the onset and a test of the paging tell nothing of the incident; the alert that rang does."""
    states = (
        rules(2, "QuayErrors", "inactive") + rules(4, "ContactPointTest", "firing") + rules(12, "QuayErrors", "firing")
    )

    events = world({"app.log": FAILING, "rules.jsonl": states}).findings.json["timeline"]

    told = {
        event["text"]: bool(event["key"]) for event in events if event["kind"] == "signal" and "Quay" in event["text"]
    }
    rehearsed = [event["key"] for event in events if "ContactPointTest" in event["text"]]
    assert told == {"Alert rule QuayErrors: inactive": False, "Alert firing: QuayErrors": True}
    assert rehearsed
    assert not any(rehearsed)


# ---- what moments rest on -----------------------------------------------------------------------------------------


def at(minute: float, text: str, line: int, weight: int = 2, kind: str = "signal") -> Event:
    """Return an event of a minute, at a line of the log."""
    return Event(NOON + timedelta(minutes=minute), kind, text, Citation("app.log", line=line), weight=weight)  # type: ignore[arg-type]


def moment(name: str, minute: float, *lines: int) -> Moment:
    """Return a moment of a minute that rests on lines of the log."""
    time = NOON + timedelta(minutes=minute)
    cited = tuple(Citation("app.log", line=line) for line in lines)
    return Moment(name, "derived", Span(time, time), citations=cited)  # type: ignore[arg-type]


def test_each_moment_keeps_an_event_though_one_rests_on_twenty() -> None:
    """The detection rests on twenty alerts, which alone would fill the story: the latest of the moments, which comes after all of
    them, still has its event, and so has the last change before the onset."""
    events = [at(5, "Deploy: ferry 12", 1, 3, "change"), at(10, "Error rate over its limit", 2, 5)]
    events += [at(11 + place / 10, f"Alert of pier {chr(97 + place)}", 10 + place) for place in range(20)]
    events += [at(30, "pm2 restart ferry", 40, 3, "action"), at(31, "the first good answer", 41, 1)]
    moments = {
        "onset": moment("onset", 10, 2),
        "detected": moment("detected", 11, *range(10, 30)),
        "mitigated": moment("mitigated", 30, 40),
        "recovered": moment("recovered", 31, 41),
    }

    found = timeline.key_events(events, moments)

    assert len(found) == timeline.KEY_EVENTS == 15
    assert [text for place, text in found.items() if not text.startswith("Alert")] == [
        "Deploy: ferry 12", "Error rate over its limit", "pm2 restart ferry", "the first good answer",
    ]  # fmt: skip
    assert [events[place].text for place in found if place in range(2, 22)] == [one.text for one in events[2:13]]


def test_of_many_events_of_a_moment_those_within_its_bounds_and_the_heaviest_are_told() -> None:
    """What lies within the bounds of the moment goes before what is only cited for it; of the rest weight decides, then time."""
    events = [
        at(10 + place / 10, f"Alert of pier {chr(97 + place)}", 10 + place, 9 if place == 19 else 2)
        for place in range(20)
    ]
    moments = {"onset": moment("onset", 10), "detected": moment("detected", 11.8, *range(10, 30))}

    found = [events[place].text for place in timeline.key_events(events, moments)]

    assert found == [one.text for one in (*events[:13], events[18], events[19])]


def test_stretches_that_say_the_same_leave_room_for_the_story() -> None:
    """Recovery was not reached: it rests on nine stretches over one limit. The first and the last of them are told, and how many
    there were; what else happened has its place. What a known moment rests on stays whole."""
    events = [at(10 + place, f"Memory over its limit for {place + 1} s", 10 + place) for place in range(9)]
    events += [at(20, "Out of memory", 30, 4)]
    never = Moment("recovered", "derived", None, citations=tuple(Citation("app.log", line=10 + n) for n in range(9)))  # type: ignore[arg-type]
    moments = {"onset": moment("onset", 10, 10), "recovered": never}

    assert list(timeline.key_events(events, moments).values()) == [
        "Memory over its limit for 1 s",
        "Memory over its limit for 2 s (the first of 8 like it)",
        "Memory over its limit for 9 s",
        "Out of memory",
    ]


# ---- where no onset is known --------------------------------------------------------------------------------------


def test_the_first_alert_is_the_earliest_alert_and_no_probe(world: World) -> None:
    """No limit was crossed, so no onset is known. One probe of sixty failed before anything rang; the alert that is told as the
    first is the earlier of the two, though the file names it last."""
    probes = {"results": {"main": [
        {"timestamp": epoch_ms(place), "success": place != 70, "responseTime": 20, "statusCode": 200 if place != 70 else 503}
        for place in range(900)
    ]}}  # fmt: skip
    alerts = [
        {"labels": {"alertname": name}, "annotations": {"summary": f"{name} is strange"}, "startsAt": iso(second), "status": "firing"}
        for name, second in (("TideGauge", 420), ("QuayQueue", 300))
    ]  # fmt: skip
    result = world(
        {
            "uptime.json": json.dumps(probes),
            "hook.json": json.dumps({"receiver": "quay", "status": "firing", "alerts": alerts}),
        }
    ).findings.json
    started = next(one for one in result["questions"] if one["id"] == "started")

    assert result["moments"]["onset"]["source"] == "unknown"
    assert result["moments"]["detected"]["earliest"] == short(70)  # the probe was the first sign, and is no alert
    assert "The first alert is of 2031-04-02 12:05:00 UTC: “" in started["answer"]
    assert "QuayQueue" in started["answer"].partition("The first alert is of")[2].partition(";")[0]
    assert "TideGauge" not in started["answer"]
    assert len(started["claims"]) == 1


# ---- notes in Korean ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "restored"),
    [
        pytest.param("어젯밤 스냅샷에서 예약 테이블 복원", True, id="a table restored from last night's snapshot"),
        pytest.param("binlog 4102번까지 적용, 예약 38건 확인", True, id="the log of changes applied up to a number"),
        pytest.param("복원 완료: 예약 38건", True, id="done, with a count"),
        pytest.param("덤프 복원이 가능한지 확인", False, id="whether it can be restored is looked at"),
        pytest.param("스냅샷 복원을 요청", False, id="it is asked for"),
        pytest.param("스냅샷 저장, 크기 12M", False, id="it was saved"),
    ],
)
def test_data_that_came_back_by_notes_in_korean_is_a_mitigation(written: str, restored: bool, world: World) -> None:
    """Notes of a ferry's bookings in Korean: what says that data was put back is one mitigation of the database, at its time, and
    what only asks, wishes or saves is none."""
    notes = f"[{iso(1210)[11:19]}] 예약 오류 확인\n[{iso(1260)[11:19]}] {written}\n"
    stamped = notes.replace("[", "[2031-04-02 ")
    result = world({"app.log": FAILING, "notes.log": stamped}).findings.json

    found = [(one["kind"], one["time"], one["text"]) for one in result["response"]["mitigations"]]
    assert found == ([("database", short(1260), written)] if restored else [])
