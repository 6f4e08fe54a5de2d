"""Several incidents in one folder, in small worlds made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Analysed
from forensics.evidence import reading
from forensics.findings import result
from forensics.model import Parameters
from forensics.store import Store
from forensics.times import parse_time
from small_world import at, short, traffic
from telling import tell

World = Callable[[dict[str, str | bytes]], Analysed]
HOUR = 120
"""Buckets of an hour."""


def days(*hours_between: float) -> str:
    """Return a log in which half of all requests fail for five minutes, again after so many hours, and never between."""
    buckets: list[int | None] = [0] * HOUR
    for hours in (*hours_between, 1):
        buckets += [10] * 10 + [0] * round(HOUR * hours)
    return traffic(*buckets, of=20)


def test_breaches_far_apart_are_several_incidents(world: World) -> None:
    """The first is told, until it was over; the other, six hours later, is named with what to run."""
    analysed = world({"app.log": days(6)})
    found = analysed.findings.json
    second = 3600 + 300 + 6 * 3600
    others = found["incident"]["others"]

    assert [(one["start"], one["end"], one["of"]) for one in others["list"]] == [
        (short(second), short(second + 300), ["error_rate"])
    ]
    assert "2 stretches that lie more than 4 hours apart" in others["statement"]
    asked = others["list"][0]["parameters"]
    assert f"-p start={asked['start']} -p end={asked['end']}" in others["statement"]
    assert found["findings"][0]["statement"] == others["statement"]
    assert parse_time(found["moments"]["recovered"]["latest"]) < at(3600 + 301)
    assert found["durations"]["impact_s"] == [300.0, 300.0]
    assert len(next(one for one in found["verdicts"] if one["rule"] == "declare.error_rate")["intervals"]) == 2
    told = tell(analysed)
    assert "1 other incident in the same evidence" in told.page
    assert "1 other incident in the same evidence" in told.markdown


def test_what_is_named_judges_the_other_alone(tmp_path: Path, world: World) -> None:
    """With the parameters that the statement names, the other is the incident, and there is no other."""
    analysed = world({"app.log": days(6)})
    asked = analysed.findings.json["incident"]["others"]["list"][0]["parameters"]
    folder = tmp_path / "incident"
    store = Store()
    (tmp_path / "again").mkdir()
    evidence = reading.read(folder, store, tmp_path / "again")
    found = result.build(store, evidence, "x", Parameters(**asked), "a digest", folder).json
    second = 3600 + 300 + 6 * 3600

    assert found["incident"]["others"] == {"list": [], "statement": "", "claim": None}
    assert [(run["start"], run["end"]) for run in found["impact"]["runs"] if run["criterion"]] == [
        (short(second), short(second + 300))
    ]


@pytest.mark.parametrize(
    ("hours", "incidents"),
    [
        pytest.param((1,), 1, id="an hour apart: the trouble came back"),
        pytest.param((3.9,), 1, id="not quite four hours apart"),
        pytest.param((4.2,), 2, id="further apart than the longest time between two updates"),
        pytest.param((5, 1, 5), 3, id="of four breaches, two belong together"),
    ],
)
def test_how_far_apart_incidents_are(world: World, hours: tuple[float, ...], incidents: int) -> None:
    """Breaches further apart than the runbook's longest time between two updates are of different incidents."""
    found = world({"app.log": days(*hours)}).findings.json["incident"]["others"]

    assert 1 + len(found["list"]) == incidents
