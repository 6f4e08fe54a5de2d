"""What the clocks of the sources leave open is in the bounds of the moments, and is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from forensics.analysis import known, moments
from forensics.analysis.impact import Impact
from forensics.model import ClockDoubt, Moment, Skew
from forensics.times import Span
from small_world import at, log, messages, request, short, traffic

World = Callable[[dict[str, str | bytes]], Any]
FAILING = traffic(*[0] * 10, *[20] * 20, *[0] * 70)


@pytest.mark.parametrize(
    ("seconds", "latest", "step"),
    [
        pytest.param((400.25,), 400.25, 0.0, id="parts of a second are written"),
        pytest.param((400,), 400.999999, 1.0, id="whole seconds alone"),
        pytest.param((420,), 420.999999, 1.0, id="one whole minute may be chance"),
        pytest.param((420, 480, 540), 479.999999, 60.0, id="whole minutes alone"),
    ],
)
def test_a_stamp_leaves_open_what_it_does_not_write(
    world: World, seconds: tuple[float, ...], latest: float, step: float
) -> None:
    """A person took it at some instant within the second, or minute, that the source writes."""
    chat = messages(*((second, "U1", "looking into it") for second in seconds))

    found = world({"app.log": FAILING, "slack.json": chat}).findings.json["moments"]["acknowledged"]

    bounds = [datetime.fromisoformat(found[name].rstrip("Z")) for name in ("earliest", "latest")]
    assert bounds == [at(seconds[0]), at(latest)]
    assert found["clock"] == {"path": "slack.json", "zone": "UTC", "how": "stated", "step_s": step}


@pytest.mark.parametrize(
    ("skew", "range_s"),
    [
        pytest.param(None, [95.0, 105.0], id="one clock"),
        pytest.param((40.0, 30.0, 50.0), [45.0, 105.0], id="ahead: by its own reading, or up to 50 s less"),
        pytest.param((-40.0, -50.0, -30.0), [95.0, 155.0], id="behind: or up to 50 s more"),
        pytest.param((200.0, 190.0, 210.0), [0.0, 105.0], id="nothing is detected before it begins"),
    ],
)
def test_durations_hold_both_readings_of_a_clock_that_differs(
    skew: tuple[float, float, float] | None, range_s: list[float]
) -> None:
    """A difference between clocks is never applied; the range of a duration spans the time as written and as corrected."""
    ahead = Skew("app.log", *skew, events=9) if skew else None
    doubt = ClockDoubt("chat.json", "UTC", "stated", 0.0, None, ahead)
    unknown = {name: known.unknown(name, "") for name in ("declared", "acknowledged", "mitigated", "recovered")}
    onset = Moment("onset", "derived", Span(at(0), at(5)))
    detected = Moment("detected", "derived", Span(at(100), at(105)), clock=doubt)

    found = moments.durations({"onset": onset, "detected": detected, **unknown}, Impact((), "none"))

    assert found["to_detect_s"] == range_s


def test_the_clock_that_dates_the_onset_is_told_from_those_that_differ(world: World) -> None:
    """Two sources tell of the same requests 40 s apart: the onset says by whose clock it is, and how far the other stands from it."""
    behind = [request(second - 40, failed=300 <= second < 600) for second in range(0, 1500, 5)]
    names = [request(second).split("]")[1].split("[")[1] for second in range(0, 1500, 5)]
    own = [line.replace(line.split("]")[1].split("[")[1], name) for line, name in zip(behind, names, strict=True)]
    edge = log(
        f"{short(second)[:-1]}Z edge passed on {name} to app in {second % 7 + 3} ms"
        for second, name in zip(range(0, 1500, 5), names, strict=True)
    )

    onset = world({"app.log": log(own), "edge.log": edge}).findings.json["moments"]["onset"]

    [other] = onset["clock"]["ahead_of_others"]
    assert other["than"] == "edge.log"
    assert other["bounds_s"][0] <= -40 <= other["bounds_s"][1]
    assert other["events"] == 300
