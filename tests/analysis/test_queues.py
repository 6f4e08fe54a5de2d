"""A queue that grows is told, also where nothing failed and nothing says how long it may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from forensics.analysis import queues
from forensics.analysis.series_labels import told as labelled
from forensics.analysis.trouble import declared
from small_world import at, epoch_ms, messages, short, traffic

World = Callable[[dict[str, Any]], Any]
QUEUE = declared()["queue"]


def test_the_declared_examples_hold() -> None:
    """Every example is the length of a queue, and no reject is."""
    assert [one["name"] for one in QUEUE["example"] if not queues.is_queue(one["name"], one.get("beside", ()))] == []
    assert [one["name"] for one in QUEUE["reject"] if queues.is_queue(one["name"])] == []


def lag(*parts: Sequence[float | None]) -> str:
    """Return how far a reader lags behind in each partition, read every minute, as Prometheus answers."""
    result = [
        {
            "metric": {"__name__": "berths_consumer_lag", "group": "pilots", "partition": str(number)},
            "values": [
                [epoch_ms(60 * minute) / 1000, str(value)] for minute, value in enumerate(values) if value is not None
            ],
        }
        for number, values in enumerate(parts)
    ]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})


def found(world: World, text: str) -> list[dict[str, Any]]:
    """Return what is told of queues beside half an hour of healthy requests."""
    result = world({"lag.json": text, "app.log": traffic(*[0] * 60)}).findings.json
    return [one for one in result["beyond_limits"] if one["what"] == "queue"]


QUIET, GROWING, DRAINED = [0, 1] * 6, [20, 40, 60, 80, 100, 120, 90, 30], [1, 0, 0, 1]


def test_partitions_are_parts_of_one_queue(world: World) -> None:
    """Two partitions that stop from minute 12 on, and are drained by minute 20: at the most 240 wait, usually one or none."""
    (one,) = found(world, lag([*QUIET, *GROWING, *DRAINED], [*QUIET, *GROWING, *DRAINED]))

    assert (one["kind"], one["start"], one["end"], one["open"]) == ("fact", short(720), short(1140), False)
    assert (one["usual"], one["most"], one["stretches"], one["parts"]) == (1, 240, 1, 2)
    assert one["statement"] == (
        "Berths_consumer_lag, the sum of its 2 parts, was longer than usual from 12:12:00 to 12:19:00 UTC: 240 at the most, at 12:17:00, "
        "usually 1 before: what takes from this queue stood still, or was too slow"
    )


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([*QUIET, *[3] * 8, *DRAINED], id="a few more than usual"),
        pytest.param([*QUIET, 50, 90, 60, 20, *DRAINED, *DRAINED], id="for no more than three minutes"),
        pytest.param(
            [*[0, 60] * 6, 70, 80, 90, 85, 70, 60, 50, *[0, 60] * 2], id="it was usually as long now and then"
        ),
        pytest.param([*QUIET[:6], *GROWING], id="too little is known of what is usual"),
    ],
)
def test_what_is_no_growth_is_not_told(world: World, values: list[float]) -> None:
    """It takes a length that is far from usual, and five minutes of it."""
    assert found(world, lag(values)) == []


def test_a_part_that_is_missing_is_not_zero() -> None:
    """A stretch ends at a hole; two of them are two, and what lies between is not known."""
    rows = [(at(60 * minute), float(value)) for minute, value in enumerate([*QUIET, *[50] * 7])]
    rows += [(at(60 * minute), 50.0) for minute in range(29, 36)]

    runs, before = queues.stretches(rows, 180)

    assert [(run[0][0], run[-1][0]) for run in runs] == [(at(720), at(1080)), (at(1740), at(2100))]
    assert before == QUIET


def test_labels_say_what_tells_series_apart() -> None:
    """One label that no other shares stands for all; a series that is alone needs none."""
    mine = '{"app": "quay", "instance": "10.0.0.1:80", "job": "quay"}'
    other = '{"app": "quay", "instance": "10.0.0.2:80", "job": "quay"}'
    third = '{"app": "tide", "instance": "10.0.0.1:80", "job": "quay"}'

    assert labelled(mine, [mine]) == ""
    assert labelled(mine, [mine, other]) == " (instance 10.0.0.1:80)"
    assert labelled(mine, [mine, other, third]) == " (app quay, instance 10.0.0.1:80)"


def moments(world: World, waiting: Sequence[float], failing: Sequence[int]) -> dict[str, Any]:
    """Return when it began and was over, and by what: with so many waiting each minute, and so many failed requests of 20 each 30 s."""
    result = world({"lag.json": lag(waiting), "app.log": traffic(*failing)}).findings.json
    return {name: result["moments"][name] for name in ("onset", "recovered")} | {
        "of": {run["of"] for run in result["impact"]["runs"]}
    }


FAILING = [*[0] * 40, *[10] * 8, *[0] * 22]
"""Half of the requests fail from minute 20 to minute 24 of 35."""


def test_work_that_waits_begins_the_incident_before_requests_fail(world: World) -> None:
    """What is not done from minute 12 on comes late, though requests fail from minute 20 on only; it is over in minute 28, when no
    more waits than usual, four minutes after the last failure."""
    told = moments(world, [*QUIET, *range(20, 300, 20), 90, 40, *DRAINED, 0, 1], FAILING)

    assert told["of"] >= {"queue", "error_rate"}
    assert (told["onset"]["earliest"], told["onset"]["latest"]) == (short(660), short(720))
    assert (told["recovered"]["earliest"], told["recovered"]["latest"]) == (short(27 * 60), short(28 * 60))


@pytest.mark.parametrize(
    "waiting",
    [
        pytest.param([*QUIET, 0, 1, 0, 1, 0, *range(20, 220, 20), 90, *DRAINED], id="three minutes before"),
        pytest.param([*QUIET, 60, 300, 200, 100, 60, 50, 40, 30, 25, *[0, 1] * 7], id="longest before they failed"),
        pytest.param([*QUIET, 60, 300, 200, 100, 60, 50, 20, 0, 1, *[0, 1] * 7], id="drained before they failed"),
    ],
)
def test_a_queue_that_is_no_cause_begins_nothing(world: World, waiting: list[float]) -> None:
    """The incident begins with the first request that failed where the queue grew with it, or was another matter."""
    told = moments(world, waiting, FAILING)

    assert "queue" not in told["of"]
    assert short(1195) <= told["onset"]["earliest"] <= told["onset"]["latest"] <= short(1202)


def test_what_an_action_did_to_a_queue_is_told_in_whole_numbers(world: World) -> None:
    """A restart amid the growth did not shorten the queue: its middle lengths before and after are told as lengths are, not as powers."""
    waiting = [*QUIET, *range(1200, 7200, 400), 90, *DRAINED, 0, 1]
    files = {"lag.json": lag(waiting), "app.log": traffic(*FAILING)}
    files["slack.json"] = messages((60 * 18, "U1", "restarted the pilots' worker"))
    told = world(files).findings.json
    [step] = told["response"]["mitigations"]
    [answer] = [one["answer"] for one in told["questions"] if one["id"] == "mitigated"]

    before, after = (step["effect"]["queue"][side] for side in ("before", "after"))
    assert 1000 < before < after
    assert f"queue {before:,.0f} before, {after:,.0f} after" in answer
