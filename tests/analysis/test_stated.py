"""What people state of the clock points, read from their words, and held against the data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from forensics.analysis import stated
from forensics.times import Span
from hypothesis import given
from hypothesis import strategies as st
from small_world import messages, short, traffic, within

World = Callable[[dict[str, str | bytes]], Any]
WRITTEN = datetime(2031, 4, 2, 8, 0)


@pytest.mark.parametrize("rule", stated.declared()["states"], ids=lambda rule: str(rule["moment"]))
def test_the_texts_of_the_declaration_are_read_as_it_says(rule: dict[str, Any]) -> None:
    """Each example states its moment with the time that stands there; no reject states it."""
    for one in rule["example"]:
        told = [time for name, _, time, _, _ in stated.told(one["text"], WRITTEN) if name == rule["moment"]]
        assert told == [one["time"]], one
    for one in rule["reject"]:
        assert rule["moment"] not in [name for name, *_ in stated.told(one["text"], WRITTEN)], one


@pytest.mark.parametrize(
    ("time", "start", "seconds", "assumed"),
    [
        ("07:31", "2031-04-02T07:31:00", 60, True),
        ("07:31 UTC", "2031-04-02T07:31:00", 60, False),
        ("07:31:20Z", "2031-04-02T07:31:20", 1, False),
        ("09:31 +02:00", "2031-04-02T07:31:00", 60, False),
        ("9:31 am", "2031-04-01T09:31:00", 60, True),
        ("11:31 pm UTC", "2031-04-01T23:31:00", 60, False),
        ("12:10 am UTC", "2031-04-02T00:10:00", 60, False),
        ("23:58", "2031-04-01T23:58:00", 60, True),
        ("2031-03-30 07:31 UTC", "2031-03-30T07:31:00", 60, False),
    ],
)
def test_a_time_of_day_is_the_last_one_before_it_was_written(
    time: str, start: str, seconds: int, assumed: bool
) -> None:
    """Written at 08:00 UTC of a second of April: without a date it is the last such time, with its minute or second as bounds."""
    ((_, _, written, span, was_assumed),) = stated.told(f"it started at {time}", WRITTEN)

    begun = datetime.fromisoformat(start)
    assert (written, was_assumed) == (time, assumed)
    assert span == Span(begun, begun + timedelta(seconds=seconds) - timedelta(microseconds=1))


def test_a_zone_with_several_meanings_is_not_guessed() -> None:
    """CST may be in America, China or Cuba."""
    ((_, _, written, span, _),) = stated.told("it started at 07:31 CST", WRITTEN)

    assert (written, span) == ("07:31 CST", None)


@given(st.text())
def test_no_text_of_people_is_too_strange(text: str) -> None:
    """Whatever people write, it states times that lie before it was written, or nothing."""
    for _, _, _, span, _ in stated.told(f"started at 07:31 {text}", WRITTEN):
        assert span is None or span.earliest <= span.latest


FAILING = traffic(*[0] * 10, *[20] * 20, *[0] * 70)
"""From the fifth to the fifteenth minute every request fails."""


def test_statements_stand_beside_the_data_with_their_difference(world: World) -> None:
    """Begun at 12:05 by the data; people wrote 12:09: four minutes later, at least, and a finding of its own."""
    result = world(
        {"app.log": FAILING, "slack.json": messages((1200, "U1", "bookings fail, started at 12:09 UTC"))}
    ).findings.json

    onset = result["moments"]["onset"]
    (one,) = onset["stated"]
    assert (one["earliest"], one["latest"], one["written"]) == (short(540), within(540 + 59), "12:09 UTC")
    least, most = one["later_s"]
    first, last = (datetime.fromisoformat(onset[name].rstrip("Z")) for name in ("earliest", "latest"))
    begun = datetime.fromisoformat(short(540).rstrip("Z"))
    assert least == pytest.approx((begun - last).total_seconds(), abs=0.001)
    assert most == pytest.approx((begun - first).total_seconds() + 60, abs=0.001)
    told = [finding["statement"] for finding in result["findings"] if "puts onset" in finding["statement"]]
    assert len(told) == 1
    assert told[0].startswith("“bookings fail, started at 12:09 UTC” (slack.json")


def test_a_statement_that_the_data_bear_out_is_no_finding(world: World) -> None:
    """To the minute is as close as people write."""
    result = world(
        {"app.log": FAILING, "slack.json": messages((1200, "U1", "bookings fail, started at 12:05 UTC"))}
    ).findings.json

    assert len(result["moments"]["onset"]["stated"]) == 1
    assert [one for one in result["findings"] if "puts onset" in one["statement"]] == []


def test_without_data_a_statement_is_partial_knowledge(world: World) -> None:
    """Where nothing was measured, what people wrote is quoted as such, and the onset stays unknown."""
    result = world({"slack.json": messages((1200, "U1", "bookings fail, started at 12:09 UTC"))}).findings.json

    question = next(one for one in result["questions"] if one["id"] == "started")
    assert (result["moments"]["onset"]["source"], question["status"]) == ("unknown", "partial")
    assert "“bookings fail, started at 12:09 UTC” stands in slack.json" in question["answer"]
