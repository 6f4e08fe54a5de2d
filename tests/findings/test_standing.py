"""Where claims stand in the files that they cite: the lines and elements on which the answers to their questions rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from forensics.model import Json
from small_world import BUCKET, at, epoch_ms, request, traffic

World = Callable[[dict[str, Any]], Any]

LOG = "logs/application.log"


def cited(claims: list[Json], subject: str) -> list[tuple[Any, ...]]:
    """Return where the claim with this subject stands: file, and line or element."""
    [claim] = [one for one in claims if one["subject"] == subject]
    return [(one["path"], one.get("line") or f"#{one['position']}") for one in claim["evidence"] if len(one) > 2]


def prometheus(*values: float) -> str:
    """Return the answer to a range query for the use of memory, one value every half minute."""
    points = [[at(BUCKET * place).timestamp(), str(value)] for place, value in enumerate(values)]
    told = {"metric": {"__name__": "memory_usage_percent"}, "values": points}
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [told]}})


def test_a_limit_that_was_not_broken_rests_on_the_highest_value(world: World) -> None:
    """Of a series in JSON it is the element that holds it: the third point, though all of them stand on one line."""
    found = world(
        {LOG: traffic(*[0] * 4, *[12] * 8, *[0] * 4), "memory.json": prometheus(*[40] * 2, 71, *[50] * 13)}
    ).findings

    assert cited(found.claims, "verdict alert.memory") == [("memory.json", "#3")]
    [verdict] = [one for one in found.json["verdicts"] if one["rule"] == "alert.memory"]
    assert (verdict["verdict"], verdict["where"]) == ("not_met", ["memory.json #3"])


def test_a_stretch_rests_on_the_samples_with_which_it_begins_and_ends_and_the_highest(world: World) -> None:
    """Its first sample over the limit, the highest, and the first that was back; the event in the timeline stands where it began."""
    found = world({"memory.json": prometheus(40, 41, 40, 84, 91, 86, 40, 42, 41)}).findings

    assert cited(found.claims, "verdict alert.memory") == [("memory.json", f"#{place}") for place in (4, 7, 5)]
    events = [event for event in found.json["timeline"] if event["text"].startswith("Memory")]
    assert {event["where"] for event in events} == {"memory.json #4"}


def test_a_count_of_requests_stands_with_the_first_and_the_last_that_it_counts(world: World) -> None:
    """Of the failed ones; how long the others took matters to the slow ones alone."""
    lines = [request(second, ms=40) for second in range(120)]
    lines += [
        request(120 + second, failed=second % 3 == 0, ms=7000 if second in (50, 90) else 40) for second in range(240)
    ]
    lines += [request(360 + second, ms=40) for second in range(120)]
    found = world({LOG: "\n".join(lines) + "\n"}).findings

    assert cited(found.claims, "requests in the incident") == [(LOG, 121), (LOG, 358)]
    assert cited(found.claims, "errors of failed requests") == [(LOG, 121), (LOG, 358)]
    assert cited(found.claims, "slow requests in the incident") == [(LOG, 171), (LOG, 211)]


def test_what_is_drawn_from_a_claim_stands_where_that_does(world: World) -> None:
    """The severity, and that it could have been declared, rest on the lines of the rule that was met."""
    found = world({LOG: traffic(*[0] * 4, *[12] * 8, *[0] * 4)}).findings

    rests = cited(found.claims, "verdict declare.error_rate")
    assert rests
    assert cited(found.claims, "severity") == cited(found.claims, "declarable") == rests
    assert found.json["moments"]["onset"]["where"] == [
        f"{LOG}:{line}" for _, line in cited(found.claims, "moment onset")
    ]


def test_the_proof_of_recovery_names_the_probes_that_it_counts(world: World) -> None:
    """Of each target, and of the time before and since, the last that failed, or else the last: here the one before the breach that
    begins at 120 s, and the one with which the evidence ends."""
    probes = [{"timestamp": epoch_ms(second), "success": True, "responseTime": 20} for second in range(0, 1200, 30)]
    uptime = json.dumps({"metrics": {}, "results": {"quay": probes}})
    found = world({LOG: traffic(*[0] * 4, *[12] * 8, *[0] * 28), "uptime.json": uptime}).findings

    assert [place for place in cited(found.claims, "recovery") if place[0] == "uptime.json"] == [
        ("uptime.json", "#4"),
        ("uptime.json", "#40"),
    ]


def test_what_is_true_of_a_whole_file_names_no_place_in_it(world: World) -> None:
    """How much of it was read is no line's merit."""
    found = world({LOG: traffic(*[0] * 4)}).findings

    [claim] = [one for one in found.claims if one["subject"] == f"evidence {LOG}"]
    assert [set(one) for one in claim["evidence"]] == [{"path", "sha256"}]
