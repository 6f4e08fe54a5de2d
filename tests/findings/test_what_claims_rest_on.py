"""What conclusions rest on: the coverage of the evidence that they cite."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from small_world import iso, short, traffic

World = Callable[[dict[str, Any]], Any]

LOG = "logs/application.log"


def test_a_claim_carries_the_coverage_that_it_rests_on(world: World) -> None:
    """Each that cites a dated file says from when to when that file tells, and where it is silent; its verdict says the same."""
    found = world({LOG: traffic(*[0] * 6, *[None] * 20, *[5] * 6)}).findings

    reach = {
        "path": LOG,
        "start": short(0),
        "end": iso(958.5),
        "holes": [{"start": short(178), "end": short(780)}],
        "pauses": [],
        "begins_late_s": None,
        "ends_early_s": None,
    }
    resting = {claim["subject"]: claim["rests_on"] for claim in found.claims}
    assert (
        resting["verdict declare.error_rate"]
        == resting["requests in the incident"]
        == resting[f"evidence {LOG}"]
        == [reach]
    )
    assert [one["rests_on"] for one in found.json["verdicts"] if one["rule"] == "declare.error_rate"] == [[reach]]


def test_that_no_probe_failed_rests_on_the_probes(world: World) -> None:
    """Nothing seen is worth what was looked at: it is cited, with its coverage, though no line of it is the reason."""
    probes = [{"timestamp": iso(10 * n), "success": True} for n in range(60)]
    found = world(
        {
            LOG: traffic(*[0] * 4, *[20] * 10, *[0] * 6),
            "uptime.json": json.dumps({"metrics": {}, "results": {"main-site": probes}}),
        }
    ).findings

    [claim] = [claim for claim in found.claims if claim["subject"] == "failed probes"]
    assert claim["value"]["failed"] == 0
    assert [(one["path"], one["start"], one["end"]) for one in claim["rests_on"]] == [
        ("uptime.json", short(0), short(590))
    ]
