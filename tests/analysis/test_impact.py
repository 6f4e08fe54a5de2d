"""When users were hit, and when that began and ended, on the smallest worlds that show a choice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis.impact import Impact, Run
from forensics.model import Breach
from hypothesis import given
from hypothesis import strategies as st
from small_world import (
    at,
    epoch_ms,
    every,
    failed_login,
    iso,
    log,
    request,
    samples,
    short,
    slow_traffic,
    traffic,
    within,
)

World = Callable[[dict[str, Any]], Any]

LOG = "logs/application.log"


def moment(world: World, name: str, files: dict[str, Any]) -> dict[str, Any]:
    """Return one moment of a world of these files."""
    return world(files).findings.json["moments"][name]


def runs(*spans: tuple[int, int]) -> Impact:
    """Return an impact of stretches, in seconds."""
    return Impact(
        tuple(Run(Breach(at(a), at(b), 9.0, "back", False, "s", 1), "error_rate", 1) for a, b in sorted(spans)), "users"
    )


# ---- how long ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        pytest.param([(0, 60)], 60, id="one stretch"),
        pytest.param([(0, 60), (90, 120)], 90, id="two stretches apart"),
        pytest.param([(0, 60), (30, 90)], 90, id="two that overlap"),
        pytest.param([(0, 600), (60, 120), (180, 240)], 600, id="two inside of one"),
        pytest.param([(0, 60), (60, 90)], 90, id="two that touch"),
    ],
)
def test_overlapping_stretches_count_once(spans: list[tuple[int, int]], seconds: float) -> None:
    """The time in breach counts every second once, however many limits were broken in it."""
    assert runs(*spans).seconds() == seconds


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90)), min_size=1, max_size=12))
def test_the_time_in_breach_is_the_seconds_that_any_stretch_holds(stretches: list[tuple[int, int]]) -> None:
    """Counting the seconds one by one gives the same time in breach."""
    spans = [(start, start + length) for start, length in stretches]

    assert runs(*spans).seconds() == len({second for a, b in spans for second in range(a, b)})


# ---- when it began -------------------------------------------------------------------------------------------------


def test_onset_lies_between_the_last_good_request_and_the_first_bad(world: World) -> None:
    """The onset's bounds are the completions of the last normal request and of the first that failed."""
    lines = [request(n) for n in (0, 10, 20, 40)] + [request(n, failed=True, ms=2500) for n in range(61, 220, 10)]

    onset = moment(world, "onset", {LOG: log([*lines, request(230), request(240)])})

    assert (onset["earliest"], onset["latest"]) == (short(40), within(61))


def test_onset_is_not_later_than_the_start_of_the_first_bad_request(world: World) -> None:
    """A request that fails after ten seconds was already in trouble when it began, whatever else was answered since."""
    lines = [request(n) for n in (0, 10, 20, 55, 58)] + [request(60, failed=True, ms=10_000)]
    lines += [request(n, failed=True) for n in range(61, 220, 10)]

    onset = moment(world, "onset", {LOG: log([*lines, request(230), request(240)])})

    assert (onset["earliest"], onset["latest"]) == (short(50), within(60))


def test_a_short_stretch_long_before_is_not_the_onset(world: World) -> None:
    """One bad bucket ten minutes before a breach is another story."""
    onset = moment(world, "onset", {LOG: traffic(0, 2, *[0] * 20, *[2] * 6, 0, 0)})

    assert onset["latest"] == short(30 * 22)


def test_a_stretch_that_touches_the_breach_moves_its_onset(world: World) -> None:
    """Answers that were slow up to the first failures belong to the same incident."""
    slow = [request(60 + n, ms=3000) for n in range(60)]
    failing = [request(120 + n * 3, failed=n % 2 == 0) for n in range(60)]

    onset = moment(world, "onset", {LOG: traffic(0, 0) + log([*slow, *failing]) + traffic(0, 0, start=300)})

    assert (onset["earliest"], onset["latest"]) == (iso(57).replace(".000", ""), short(60))


def test_a_stretch_at_the_beginning_of_the_evidence_waits_for_another(world: World) -> None:
    """A stretch with which the evidence begins shows no change; a later one does, and begins the incident."""
    onset = moment(world, "onset", {LOG: traffic(*[2] * 6, *[0] * 20, *[2] * 6, 0, 0)})

    assert onset["latest"] == short(30 * 26)


def test_a_stretch_at_the_beginning_is_better_than_none(world: World) -> None:
    """Where nothing else was over, the stretch with which the evidence begins is the incident, and says so."""
    onset = moment(world, "onset", {LOG: traffic(*[2] * 6, 0, 0, 0)})

    assert onset["latest"] == short(0)
    assert "may have begun earlier" in onset["why"]


def test_a_resource_alone_can_be_the_incident(world: World) -> None:
    """Where only memory was over its threshold, the onset lies between the two samples around the crossing."""
    files = {LOG: traffic(*[0] * 10), "m.json": samples("memory.usage", every(10, *[70] * 6, *[85] * 6, *[70] * 18))}
    result = world(files).findings.json

    assert result["impact"]["kind"] == "resource"
    onset = result["moments"]["onset"]
    assert (onset["earliest"], onset["latest"]) == (short(50), short(60))
    assert result["moments"]["recovered"]["latest"] == short(120)


def test_users_come_before_resources(world: World) -> None:
    """Memory that was over long before does not begin an incident in which users were hit."""
    memory = samples("memory.usage", every(10, *[70] * 3, *[85] * 3, *[70] * 60))
    onset = moment(world, "onset", {LOG: traffic(*[0] * 10, *[2] * 6, 0, 0), "m.json": memory})

    assert onset["latest"] == short(300)


def test_a_burst_begins_with_its_first_failure(world: World) -> None:
    """Guessing passwords begins with the first failed login, not when the rule fires."""
    lines = [request(n) for n in range(0, 100, 10)] + [failed_login(100 + n) for n in range(20)]

    onset = moment(world, "onset", {LOG: log([*lines, request(200)])})

    assert (onset["earliest"], onset["latest"]) == (short(90), within(100))


def test_without_anything_over_there_is_no_onset(world: World) -> None:
    """Ordinary traffic has no onset and no recovery, and each says why."""
    moments = world({LOG: traffic(*[0] * 10)}).findings.json["moments"]

    assert [(name, moments[name].keys()) for name in ("onset", "recovered")] == [
        ("onset", {"source", "why", "stated", "where"}),
        ("recovered", {"source", "why", "stated", "where"}),
    ]
    assert {moments[name]["source"] for name in ("onset", "recovered")} == {"unknown"}
    assert all(moments[name]["why"] for name in ("onset", "recovered"))


# ---- when it ended -------------------------------------------------------------------------------------------------


def test_recovery_lies_between_the_last_bad_request_and_the_next_good(world: World) -> None:
    """The recovery's bounds are the completions of the last failure and of the first good answer after it."""
    lines = [
        request(0),
        *(request(n, failed=True) for n in range(31, 200, 5)),
        request(204),
        request(230),
        request(260),
    ]

    recovered = moment(world, "recovered", {LOG: log(lines)})

    assert (recovered["earliest"], recovered["latest"]) == (short(196), within(204))


def test_the_last_stretch_decides(world: World) -> None:
    """Recovery comes after the last stretch over a limit, not after the first: the service must stay normal."""
    recovered = moment(world, "recovered", {LOG: traffic(0, *[2] * 6, 0, 0, 0, *[2] * 6, 0, 0)})

    assert recovered["earliest"] == iso(30 * 15 + 1.5)


def test_a_short_relapse_moves_the_recovery(world: World) -> None:
    """One bucket over an alert threshold long after the breach is no recovery yet."""
    recovered = moment(world, "recovered", {LOG: traffic(0, *[2] * 6, *[0] * 6, 2, 0, 0)})

    assert recovered["earliest"] == iso(30 * 13 + 1.5)


def test_a_hole_hides_the_recovery(world: World) -> None:
    """Where the last stretch ends in a hole, the end of the incident is not known."""
    recovered = moment(world, "recovered", {LOG: traffic(0, *[2] * 6, None, None, 0, 0)})

    assert recovered["source"] == "unknown"
    assert "hole" in recovered["why"]


def test_a_hole_before_the_last_stretch_hides_nothing(world: World) -> None:
    """A hole after an earlier stretch does not matter to the recovery, which comes after the last."""
    recovered = moment(world, "recovered", {LOG: traffic(0, *[2] * 6, None, 0, 0, *[2] * 6, 0, 0)})

    assert recovered["earliest"] == iso(30 * 15 + 1.5)


def test_slow_answers_are_no_recovery(world: World) -> None:
    """While answers are over their limit the service has not recovered, though none fails."""
    recovered = moment(world, "recovered", {LOG: slow_traffic(50, *[6000] * 12, 50, 50)})

    assert (recovered["earliest"], recovered["latest"]) == (iso(30 * 13 - 1.5), short(30 * 13))


def test_durations_run_from_the_onset(world: World) -> None:
    """A duration's bounds follow from the bounds of both of its moments, each anywhere in its second."""
    lines = [
        request(0),
        *(request(n, failed=True) for n in range(31, 200, 5)),
        request(204),
        request(230),
        request(260),
    ]

    durations = world({LOG: log(lines)}).findings.json["durations"]

    assert durations["to_recover_s"] == [196 - 32, 205 - 0]
    assert durations["impact_s"] == [180, 180]
    assert durations["to_detect_s"] is None


def test_what_was_refused_is_counted_where_it_was_seen(world: World) -> None:
    """A server that is gone logs no refusal: the client's own results and the probes count theirs, each by its name."""
    rows = [
        f"{epoch_ms(n)},GET x,5,Non HTTP response code: ConnectException,Connection refused,false,192.0.2.9"
        if 60 <= n < 120
        else f"{epoch_ms(n)},GET x,40,200,OK,true,192.0.2.9"
        for n in range(0, 300, 2)
    ]
    client = "timeStamp,label,elapsed,responseCode,responseMessage,success,URL\n" + "\n".join(rows) + "\n"
    probes = [
        {"timestamp": iso(n), "success": not 60 <= n < 120, "statusCode": 0 if 60 <= n < 120 else 200}
        for n in range(0, 300, 10)
    ]
    uptime = json.dumps({"metrics": {}, "results": {"quay": probes}})
    server = log(request(n, failed=50 <= n < 60 or 120 <= n < 180) for n in range(300) if not 60 <= n < 120)
    result = world({"client.csv": client, "uptime.json": uptime, "app.log": server}).findings.json

    told = {one["vantage"]: one for one in result["impact"]["unanswered"]}
    assert {name: (one["unanswered"], one["refused"]) for name, one in told.items()} == {
        "client": (30, 30),
        "probe": (6, 0),
    }
    assert (told["client"]["first"], told["client"]["last"]) == (iso(60.005)[:-1] + "Z", iso(118.005))
    assert told["probe"]["statement"].startswith("Nothing answered 6 of ")
    assert told["probe"]["statement"].endswith("from 12:01:00 to 12:01:50 UTC, as uptime.json (probe) saw it")
    assert told["client"]["claim"] in [claim for finding in result["findings"] for claim in finding["claims"]]


def test_slow_requests_are_counted_with_their_routes(world: World) -> None:
    """Those over the runbook's five seconds, of all external ones in the incident, most of them first."""
    slow = [
        request(n, ms=6000 if n % 2 else 50, path="/api/tides" if n % 2 else "/api/quays") for n in range(600, 1000)
    ]
    server = log([*(request(n) for n in range(0, 600, 5)), *slow, *(request(n) for n in range(1000, 1300))])

    found = world({"app.log": server}).findings.json["impact"]

    assert (found["slow"]["requests"], found["slow"]["over_s"]) == (200, 5.0)
    assert found["slow"]["routes"] == [{"route": "/api/tides", "slow": 200, "requests": 200}]
    assert found["failed"] == 0


def test_what_more_routes_failed_is_counted(world: World) -> None:
    """Ten routes are listed; how many more failed, and how often, is said."""
    failing = [request(600 + n, failed=True, path=f"/api/{'abcdefghijkl'[n % 12]}") for n in range(240)]
    server = log([*(request(n) for n in range(0, 600, 5)), *failing, *(request(n) for n in range(840, 1200, 5))])

    found = world({"app.log": server}).findings.json["impact"]

    assert [row["failed"] for row in found["routes"]] == [20] * 10
    assert found["more_routes"] == {"routes": 2, "failed": 40}


def test_numbers_of_an_error_stand_where_they_are_always_the_same(world: World) -> None:
    """A table's name keeps its number; a waiting time that differs each time does not."""
    errors = ["no such table: tides_6" if n % 2 else f"timed out after {n} ms" for n in range(240)]
    failing = [request(600 + n, failed=True, error=error) for n, error in enumerate(errors)]
    server = log([*(request(n) for n in range(0, 600, 5)), *failing, *(request(n) for n in range(840, 1200, 5))])

    found = world({"app.log": server}).findings.json["impact"]["errors"]

    assert sorted(one["kind"] for one in found) == ["no such table: tides_6", "timed out after N ms"]


# ---- a limit that is broken all the time --------------------------------------------------------------------------


def beginning(*milliseconds: int) -> dict[str, Any]:
    """Return a world in which requests took so long, a bucket each, and then too long for seven minutes, and as at first again."""
    usual = milliseconds[0]
    return {LOG: slow_traffic(*milliseconds, *[6000] * 14, *[usual] * 20)}


def test_what_is_over_an_alerts_limit_all_along_neither_begins_nor_ends_it(world: World) -> None:
    """Every request takes 2.5 s, day in, day out, over the alert's 2 s: the incident is the seven minutes over 5 s."""
    found = world(beginning(*[2500] * 30)).findings.json
    moments = found["moments"]

    assert moments["onset"]["latest"] == short(30 * 30)
    assert (moments["recovered"]["earliest"], moments["recovered"]["latest"]) == (iso(30 * 44 - 1.5), short(30 * 44))
    assert found["incident"]["state"] == "recovered"
    (usual,) = found["impact"]["usual"]
    assert (usual["rule"], usual["limit"], usual["over_s"], usual["watched_s"]) == ("alert.response_time", 2, 900, 900)
    assert usual["statement"] in [one["statement"] for one in found["findings"]]


def test_what_rises_before_a_criterion_is_met_is_how_it_began(world: World) -> None:
    """Seven and a half minutes of normal answers, then as long slow ones, then the breach: it began with the slow ones."""
    found = world(beginning(*[100] * 15, *[2500] * 15)).findings.json

    assert found["impact"]["usual"] == []
    assert found["moments"]["onset"]["latest"] == short(30 * 15)


def test_what_was_hardly_watched_is_not_called_usual(world: World) -> None:
    """Four minutes of slow answers before the breach may well be its beginning."""
    found = world(beginning(*[2500] * 8)).findings.json

    assert found["impact"]["usual"] == []


def test_an_incident_that_began_slowly_is_searched_to_its_beginning(world: World) -> None:
    """Every tenth answer is slow for a quarter of an hour, too seldom for a limit on most buckets, then every third, then all: none
    was before."""
    calm = [request(n * 3.0, ms=80) for n in range(300)]
    tenth = [request(900 + n * 3.0, ms=3000 if n % 10 == 5 else 80) for n in range(300)]
    third = [request(1800 + n * 3.0, ms=3000 if n % 3 == 1 else 80) for n in range(100)]
    broken = [request(2100 + n * 3.0, ms=6000, failed=n % 2 == 0) for n in range(200)]
    onset = moment(world, "onset", {LOG: log([*calm, *tenth, *third, *broken])})

    assert onset["latest"] == within(900 + 5 * 3)
