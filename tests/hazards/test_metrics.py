"""Metrics with gaps, resets, odd units and impossible values: each is kept as it is, and what it cannot say is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from small_world import at, epoch_ms, every, iso, log, request, samples

from hazards.holding import Held, Holder

NAME = "hold.usage"


def kept(held: Held) -> list[tuple[Any, ...]]:
    """Return time and value of all samples, in their order."""
    return held.rows("select time, value from samples order by time")


def codes(held: Held, path: str = "m.json") -> set[str]:
    """Return the codes of what is wrong with the metrics."""
    return set(held.codes(path))


def range_query(readings: list[tuple[float, Any]], name: str = NAME) -> str:
    """Return the answer to a range query of one series."""
    values = [[epoch_ms(second) / 1000, str(value)] for second, value in readings]
    result = [{"metric": {"__name__": name}, "values": values}]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})


def test_m00_a_calm_series_has_nothing_wrong(hold: Holder) -> None:
    """Samples at a beat, in a stated unit, within what is possible, have no problem and end with 0."""
    held = hold({"m.json": samples(NAME, every(10, *(40 + n % 7 for n in range(60))))})

    assert (codes(held), held.code) == (set(), 0)


# ---- M01: a hole ---------------------------------------------------------------------------------------------------

BEFORE = every(10, *(40 + n % 7 for n in range(60)))
AFTER = every(10, *(40 + n % 5 for n in range(60)), start=600 + 600)
"""Ten minutes lie between them."""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(samples(NAME, [*BEFORE, *AFTER]), id="records"),
        pytest.param(range_query([*BEFORE, *AFTER]), id="a range query"),
        pytest.param(samples(NAME, [*BEFORE, *((600.0 + 10 * n, None) for n in range(60)), *AFTER]), id="nulls in between"),
    ],
)  # fmt: skip
def test_m01_a_hole_is_filled_with_nothing(hold: Holder, content: str) -> None:
    """Ten minutes without a sample stay ten minutes without a value."""
    held = hold({"m.json": content})

    assert [one for one in kept(held) if one[1] is not None] == [(at(s), float(v)) for s, v in [*BEFORE, *AFTER]]
    assert held.rows(
        "select count(*) from samples where value is not null and time > timestamp '2031-04-02 12:09:50' "
        "and time < timestamp '2031-04-02 12:20:00'"
    ) == [(0,)]


def test_m01_a_hole_is_named(hold: Holder) -> None:
    """The hole is told with its length and its ends, and as something of which nothing is known."""
    held = hold({"m.json": samples(NAME, [*BEFORE, *AFTER])})

    (problem,) = [one for one in held.entries["m.json"].problems if one.code == "sampling-holes"]
    assert "10.2 min" in problem.message
    assert "from 2031-04-02 12:09:50 UTC to 2031-04-02 12:20:00 UTC" in problem.message


# ---- M02: a counter ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [samples, lambda name, readings, unit: range_query(readings, name)], ids=["records", "range"]
)
def test_m02_a_counter_that_began_again_is_named(hold: Holder, shape: Any) -> None:
    """A total that falls to 0 is a counter that began again: its samples stay what they are, and the fall is told."""
    readings = [*every(10, *range(100, 400, 10)), *every(10, *range(0, 300, 10), start=300)]

    held = hold({"m.json": shape("crossings_total", readings, None)})

    assert kept(held) == [(at(second), float(value)) for second, value in readings]
    assert "crossings_total fell once, from 390 to 0 at 2031-04-02 12:05:00 UTC" in held.said("m.json")


def test_m02_a_measure_that_goes_up_and_down_is_no_counter(hold: Holder) -> None:
    """A value that falls now and then, by less than half, did not begin again, whatever it is called."""
    held = hold({"m.json": samples("memory.total", every(10, *(40 + n % 7 for n in range(60))), "bytes")})

    assert "counter-reset" not in codes(held)


# ---- M03 and M04: units --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "values", "flagged"),
    [
        pytest.param("percent", [40, 55], False, id="percent"),
        pytest.param("%", [40, 55], False, id="%"),
        pytest.param("ratio", [0.4, 0.55], False, id="a stated fraction"),
        pytest.param(None, [0.4, 0.55], True, id="no unit, perhaps a fraction"),
        pytest.param(None, [40, 55], True, id="no unit, perhaps percent"),
    ],
)
def test_m03_a_share_without_a_unit_is_flagged(
    hold: Holder, unit: str | None, values: list[float], flagged: bool
) -> None:
    """A share that states no unit may be a fraction or percent: the unit stays missing, and that is said."""
    held = hold({"m.json": samples(NAME, every(10, *values * 10), unit)})

    assert held.rows("select distinct unit from samples") == [(unit,)]
    assert ("no-unit" in codes(held)) is flagged


def test_m04_bytes_stay_bytes(hold: Holder) -> None:
    """Bytes under the name of a share are kept with their unit: nothing turns them into percent."""
    held = hold({"m.json": samples(NAME, every(10, 81_000_000, 85_000_000), "bytes")})

    assert held.rows("select value, unit from samples order by time") == [(81e6, "bytes"), (85e6, "bytes")]


# ---- M05 to M07: edges, nothing, the impossible --------------------------------------------------------------------


def test_m05_values_at_the_edge_are_exact(hold: Holder) -> None:
    """Exactly 5.0 % stays exactly 5.0, and exactly two minutes stay two minutes, however they are written."""
    readings = every(30, "5.0", "5.000", "5", "5e0", "0.5e1")

    held = hold({"a.json": samples("api.error_rate", readings), "b.json": range_query(readings, "api.error_rate")})

    for path in ("a.json", "b.json"):
        times = [(at(second), 5.0) for second, _ in readings]
        assert held.rows(f"select time, value from samples where path = '{path}' order by time") == times
    assert held.rows("select distinct max(time) - min(time) from samples group by path") == [(at(120) - at(0),)]


def test_m06_an_export_of_nothing_is_no_fault(hold: Holder) -> None:
    """A list without an incident, beside a calm log, is an answer: it is read whole."""
    held = hold({"incidents.json": '{"incidents":[]}', "a.log": log(request(n) for n in range(40))})

    assert held.entries["incidents.json"].status == "ok"
    assert held.entries["incidents.json"].records == 0
    assert held.code == 0


@pytest.mark.parametrize("impossible", [-5, 250])
def test_m07_an_impossible_share_is_flagged(hold: Holder, impossible: float) -> None:
    """A share below nothing, or above everything, is kept as it was written, and named."""
    readings = every(10, *[40, 45] * 10, impossible, 41)

    held = hold({"m.json": samples(NAME, readings)})

    assert kept(held) == [(at(second), float(value)) for second, value in readings]
    assert "impossible-values" in codes(held)
    assert f"1 of 22 samples of {NAME}" in held.said("m.json")
    assert f"for example {impossible:g}" in held.said("m.json")


def test_times_of_samples_are_their_own(hold: Holder) -> None:
    """Samples out of order, and two at one time, are all kept, each at the time that it states."""
    records = [
        {"name": NAME, "value": n, "timestamp": iso(second), "unit": "percent"}
        for n, second in enumerate([20, 0, 10, 10])
    ]

    held = hold({"m.json": json.dumps(records)})

    assert held.rows("select position, time, value from samples order by position") == [
        (1, at(20), 0.0), (2, at(0), 1.0), (3, at(10), 2.0), (4, at(10), 3.0)
    ]  # fmt: skip
