"""Onset and recovery by the errors of dated logs, where what was over a limit stands on a clock of its own; in small worlds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import write
from forensics.evidence import reading
from forensics.findings import result
from forensics.model import Parameters
from forensics.report import sentences
from forensics.report.redaction import Redactor
from forensics.store import Store
from small_world import every, iso, request, samples, short, within

World = Callable[[dict[str, str | bytes]], Any]
RUN = (
    "running (0m10.0s), 10/10 VUs, 100 complete and 0 interrupted iterations\n"
    "running (0m40.0s), 10/10 VUs, 400 complete and 0 interrupted iterations\n"
    "     http_req_duration..............: avg=900ms min=10ms med=800ms max=4s p(90)=2s p(95)=3s\n"
    "     http_req_failed................: 8.00%  32 out of 400\n"
    "     http_reqs......................: 400  10.0/s\n"
)
"""It counts from 10 to 40 s, nobody knows since when."""


def harbour(*told: tuple[float, str]) -> str:
    """Return a log: at which second, and at which level."""
    return "".join(f"{iso(second)} {level} berth {'ok' if level == 'INFO' else 'lost'}\n" for second, level in told)


def errors(*seconds: float) -> list[tuple[float, str]]:
    """Return errors at these seconds."""
    return [(second, "ERROR") for second in seconds]


def told(found: Any) -> tuple[Any, Any]:
    """Return the bounds of onset and recovery; of an unknown one, why."""
    moments = found.findings.json["moments"]
    return tuple(
        (one["earliest"], one["latest"]) if one.get("latest") else one["why"]
        for one in (moments["onset"], moments["recovered"])
    )  # type: ignore[return-value]


def test_errors_of_a_dated_log_place_the_onset(world: World) -> None:
    """It lies between the last event without an error and the first error; what the run counts stands beside."""
    found = world({"k6.txt": RUN, "app.log": harbour((0, "INFO"), (7, "INFO"), *errors(9, 12, 40), (55, "INFO"))})
    onset = found.findings.json["moments"]["onset"]

    assert told(found) == ((short(7), within(9)), (short(40), within(55)))
    assert found.findings.json["incident"]["window"] == {"start": short(7), "end": within(55), "how": "derived"}
    assert [onset["on_own_clock"][edge]["offset_s"] for edge in ("earliest", "latest")] == [10.0, 40.0]
    assert "the clock of k6.txt, from 10 s on" in onset["why"]
    (claim,) = [one for one in found.findings.claims if one["id"] == onset["claim"]]
    assert [(cited["path"], cited["line"]) for cited in claim["evidence"]] == [("app.log", 3)]
    assert [run["start"]["offset_s"] for run in found.findings.json["impact"]["runs"]] == [10.0, 10.0]


def test_a_log_that_ends_with_its_errors_shows_no_recovery(world: World) -> None:
    """Nothing follows its last error: that the run had ended is no sign that the service was well."""
    onset, recovered = told(world({"k6.txt": RUN, "app.log": harbour((7, "INFO"), *errors(9, 12, 40))}))

    assert onset == (short(7), within(9))
    assert recovered == (
        "app.log ends with its last error, at 12:00:40 UTC: no later event of it shows whether it was over"
    )


def test_a_log_that_begins_with_errors_bounds_the_onset_on_one_side(world: World) -> None:
    """It began no later than the first error, and may have begun earlier."""
    found = world({"k6.txt": RUN, "app.log": harbour(*errors(9, 12, 40))})

    assert told(found)[0] == (short(9), within(9))
    assert "may have begun earlier" in found.findings.json["moments"]["onset"]["why"]


def test_a_second_run_is_told_as_a_stretch_of_its_own(world: World) -> None:
    """Errors of another log, ten minutes after the last of the first, are of another run: the first is the incident."""
    first = harbour((0, "INFO"), *errors(9, 12, 40))
    second = harbour((600, "INFO"), *errors(640, 650, 660, 670))
    found = world({"k6.txt": RUN, "a.log": first, "b.log": second})
    told_all = found.findings.json
    stretches = [
        (one["start"], one["end"], one["errors"], one["paths"], one["of_incident"])
        for one in told_all["impact"]["dated_errors"]
    ]

    assert told(found)[0] == (short(0), within(9))
    assert stretches == [
        (short(9), short(40), 3, ["a.log"], True),
        (short(640), short(670), 4, ["b.log"], False),
    ]
    assert (
        "another run or another incident, are those from 12:10:40 UTC on (b.log), 10 min later"
        in told_all["questions"][0]["answer"]
    )


def test_errors_of_two_services_at_one_time_are_one_stretch(world: World) -> None:
    """The first error of the two logs is the onset, the last of the two the end."""
    files = {
        "a.log": harbour((0, "INFO"), *errors(20, 21, 50), (80, "INFO")),
        "b.log": harbour((3, "INFO"), *errors(15, 16, 40), (45, "INFO")),
    }
    found = world({"k6.txt": RUN, **files})

    assert told(found) == ((short(3), within(15)), (short(50), within(80)))
    assert [one["errors"] for one in found.findings.json["impact"]["dated_errors"]] == [6]


def test_as_many_errors_as_failed_requests_are_said_to_be_as_many(world: World) -> None:
    """The run counts 32 failures and the log tells 32 errors: that relates them, and is told; 31 do not."""
    many = harbour((0, "INFO"), *errors(*range(9, 41)))
    answer = world({"k6.txt": RUN, "a.log": many}).findings.json["questions"][0]["answer"]

    assert answer.endswith("but as many errors are told first as requests failed by k6.txt: 32.")


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(harbour((0, "INFO"), *errors(9, 12), (20, "INFO")), id="two errors"),
        pytest.param(harbour((0, "INFO"), (9, "WARN"), (10, "WARN"), (11, "WARN")), id="warnings"),
    ],
)
def test_less_than_three_errors_place_nothing(world: World, log: str) -> None:
    """As with failed requests, it takes three in a row: the onset stays on the run's own clock."""
    onset, _ = told(world({"k6.txt": RUN, "a.log": log}))

    assert [one["offset_s"] for one in onset] == [10.0, 40.0]


def test_an_incident_that_numbers_date_is_not_moved_by_errors(world: World) -> None:
    """Requests of a log that failed from 12:05 on date the onset, whatever errors another log tells."""
    lines = [request(n, failed=300 <= n < 450 and n % 5 == 0) for n in range(600)]
    found = world({"app.log": "\n".join(lines) + "\n", "b.log": harbour((0, "INFO"), *errors(20, 21, 22))})

    assert told(found)[0][1] == within(300)
    assert found.findings.json["impact"]["dated_errors"] == []


def test_rules_on_the_clock_of_the_run_are_judged_as_before(world: World) -> None:
    """A run of thirty seconds meets no criterion, also where dated logs place it; dated memory is judged at the time of the errors."""
    memory = samples("memory.usage", every(10, *[50.0] * 10))
    found = world({"k6.txt": RUN, "m.json": memory, "a.log": harbour((0, "INFO"), *errors(9, 12, 40))})
    verdicts = {one["rule"]: one["verdict"] for one in found.findings.json["verdicts"]}

    assert [verdicts[rule] for rule in ("declare.error_rate", "alert.error_rate", "alert.memory")] == [
        "not_met", "met", "not_met",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("log", "onset"),
    [
        pytest.param(
            harbour((0, "INFO"), (15, "INFO"), *errors(20, 21, 22)), (short(15), within(20)), id="errors within it"
        ),
        pytest.param(
            harbour((0, "INFO"), *errors(700, 701, 702)), (short(10), short(40)), id="errors after it place nothing"
        ),
        pytest.param(
            harbour((-90, "INFO"), *errors(-60, -30, 20)),
            (short(10), short(40)),
            id="errors that went on place nothing",
        ),
    ],
)
def test_errors_within_a_stretch_that_was_measured_as_a_whole_place_its_onset(
    tmp_path: Path, log: str, onset: tuple[str, str]
) -> None:
    """Somebody stated when the run's clock stood at 0: it was over its limit at some time from 10 to 40 s; what a log tells within
    these is closer."""
    asked = Parameters(anchors=f"k6.txt={iso(0)}")
    store = Store()
    (tmp_path / "work").mkdir()
    folder = write(tmp_path / "incident", {"k6.txt": RUN, "app.log": log})
    evidence = reading.read(folder, store, tmp_path / "work", parameters=asked)
    found = result.build(store, evidence, "small", asked, "a digest", folder).json["moments"]["onset"]

    assert (found["earliest"], found["latest"]) == onset


def test_a_timeline_by_two_clocks_is_said_by_the_dated_one(world: World) -> None:
    """Errors of a log have times of day and the run's stretches seconds: the sentence spans the former and counts the latter."""
    analysed = world({"k6.txt": RUN, "app.log": harbour((0, "INFO"), *errors(7, 8, 9))})
    said = sentences.about("timeline", analysed.findings.json, Redactor(analysed.store)).text

    assert said.startswith(
        "4 dated events from 2031-04-02 12:00:07 to 2031-04-02 12:00:09 UTC, 2 of them by another clock"
    )
