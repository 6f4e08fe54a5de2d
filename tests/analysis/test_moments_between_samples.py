"""Moments that samples and probes tell lie between two of them: bounds follow from the sampling."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import Analysed
from small_world import epoch_ms, every, samples, short

World = Callable[[dict[str, str | bytes]], Analysed]


def probes(until: int, failing: range, *, every_s: int = 60) -> str:
    """Return results of one uptime check, which fail in a stretch of seconds."""
    results = [
        {
            "checkId": "quay", "timestamp": epoch_ms(second), "success": second not in failing, "responseTime": 80,
            "statusCode": 0 if second in failing else 200, "location": "north", "details": {},
        }
        for second in range(0, until, every_s)
    ]  # fmt: skip
    return json.dumps({"metrics": {}, "results": {"quay": results}})


def moment(analysed: Analysed, name: str) -> tuple[str, str]:
    """Return the bounds of a moment."""
    found = analysed.findings.json["moments"][name]
    return found["earliest"], found["latest"]


def test_a_resource_is_back_between_two_samples(world: World) -> None:
    """Memory is read each minute, and over its limit from the 31st to the 40th reading: it went over between the 30th and the 31st,
    and was back between the 40th and the 41st."""
    found = world({"m.json": samples("memory.usage", every(60, *[50] * 30, *[90] * 10, *[50] * 40))})

    assert moment(found, "onset") == (short(29 * 60), short(30 * 60))
    assert moment(found, "recovered") == (short(39 * 60), short(40 * 60))
    assert found.findings.json["durations"]["to_recover_s"] == [540.0, 660.0]


@pytest.mark.parametrize(
    "first", [1200, 1260, 1320], ids=["at the second third of a bucket", "at the last", "at the first"]
)
def test_an_outage_that_probes_alone_saw_lies_between_probes_and_not_between_buckets(first: int, world: World) -> None:
    """Their share is judged in buckets that hold several probes; when it began and ended is told by the probes themselves."""
    found = world({"uptime.json": probes(3600, range(first, first + 480))})

    assert moment(found, "onset") == (short(first - 60), short(first))
    assert moment(found, "detected") == (short(first), short(first))
    assert moment(found, "recovered") == (short(first + 420), short(first + 480))
    assert found.findings.json["incident"]["title"] == "Service unavailable"


def test_probes_that_fail_from_the_first_on_may_have_begun_before(world: World) -> None:
    """No probe was answered before: the onset is the first that failed, and it says that it may have begun earlier."""
    found = world({"uptime.json": probes(3600, range(900))})

    assert moment(found, "onset") == (short(0), short(0))
    assert "it may have begun before" in found.findings.json["moments"]["onset"]["why"]
