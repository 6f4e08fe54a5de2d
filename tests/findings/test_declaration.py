"""When an incident was to be declared, by whom it was, and how long it was how grave."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from small_world import epoch_ms, every, log, request, samples, short, traffic

World = Callable[[dict[str, Any]], Any]
LOG = "logs/application.log"


def incident(second: float) -> str:
    """Return an incident record that a person opened at this second."""
    one = {
        "id": f"incident_{epoch_ms(second)}_x",
        "title": "Errors",
        "status": "resolved",
        "severity": "high",
        "affectedServices": ["api"],
        "startTime": epoch_ms(second),
        "createdBy": "nora",
        "autoCreated": False,
        "timeline": [],
    }
    return json.dumps({"incidents": [one]})


def test_a_criterion_asks_for_a_declaration_once_it_has_lasted(world: World) -> None:
    """Errors from second 30 on ask for a declaration two minutes later; a person who opens an incident at 300 is late by 150."""
    files = {LOG: traffic(0, 2, 2, 2, 2, 2, 0, *[0] * 10), "incidents.json": incident(300)}
    found = world(files).findings.json["declarable"]

    assert (found["at"], found["declared_after_s"]) == (short(150), 150.0)
    assert found["words"] == "Error rate > 5% for > 2 minutes"


def test_a_person_may_be_faster_than_the_criterion(world: World) -> None:
    """Who declares before the criterion has lasted is early, and the delay is negative."""
    files = {LOG: traffic(0, 2, 2, 2, 2, 2, 0, *[0] * 10), "incidents.json": incident(90)}

    assert world(files).findings.json["declarable"]["declared_after_s"] == -60.0


def test_nothing_asks_for_a_declaration_where_no_criterion_was_met(world: World) -> None:
    """Crossing an alert threshold is not meeting a criterion."""
    found = world({LOG: traffic(0, 2, 2, 0, 0)}).findings.json

    assert found["declarable"] is None
    assert [(one["level"], one["seconds"]) for one in found["severity"]["spent"]] == [("P3", 60.0)]


def test_each_second_counts_for_the_highest_level_that_held(world: World) -> None:
    """Five minutes of 15 % errors inside ten minutes of full memory: P1 for five minutes, P3 for the other five."""
    lines = [request(n, failed=120 <= n < 420 and n % 20 < 3) for n in range(900)]
    memory = samples("memory.usage", every(30, *[50.0] * 2, *[90.0] * 20, *[50.0] * 8))
    found = world({LOG: log(lines), "m.json": memory}).findings.json

    assert [(one["level"], one["seconds"]) for one in found["severity"]["spent"]] == [("P1", 300.0), ("P3", 300.0)]


def test_lengths_on_clocks_that_cannot_be_compared_are_not_added(world: World) -> None:
    """Two load tests of thirty and twenty seconds, each on its own clock, are not fifty seconds: the longer is told, the other
    beside it."""

    def run(seconds: int) -> str:
        return (
            "running (0m01.0s), 10/10 VUs, 10 complete and 0 interrupted iterations\n"
            f"running (0m{1 + seconds:02d}.0s), 10/10 VUs, 400 complete and 0 interrupted iterations\n"
            "     http_req_failed................: 8.00%  32 out of 400\n"
        )

    (one,) = world({"a.txt": run(20), "b.txt": run(30)}).findings.json["severity"]["spent"]

    assert (one["level"], one["seconds"], one["clock"]) == ("P3", 30.0, "b.txt")
    assert one["others"] == [{"seconds": 20.0, "clock": "a.txt"}]
