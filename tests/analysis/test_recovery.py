"""Recovery is shown by every signal, for long enough and without a hole, or it is not shown; on the smallest worlds that show an edge."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
import shared
from forensics.analysis import recovery, watched
from forensics.store import Store
from forensics.times import OWN_CLOCKS, Span
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import (
    at,
    every,
    failed_login,
    good_login,
    iso,
    log,
    messages,
    samples,
    short,
    slow_traffic,
    traffic,
    within,
)

World = Callable[[dict[str, Any]], Any]
LOG = "logs/application.log"

BEFORE = [0] * 24
"""Twelve quiet minutes."""
BREACH = [10] * 6
"""Three minutes in which half of the requests fail: buckets 24 to 29, from 720 s to 900 s."""
HALF_AN_HOUR = [0] * 60


def proof(world: World, files: dict[str, Any]) -> dict[str, Any]:
    """Return what a world of these files says of its recovery."""
    found = world(files).findings.json["recovery"]
    assert found is not None
    return found  # type: ignore[no-any-return]


def signal(found: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what is said of the one signal of this kind."""
    (one,) = [one for one in found["signals"] if one["signal"] == name]
    return one  # type: ignore[no-any-return]


# ---- long enough ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "verdict", "stable"),
    [
        pytest.param([*HALF_AN_HOUR, 0, 0], "shown", 1858.5, id="for half an hour and a minute"),
        pytest.param([0] * 40, "not_shown", 1198.5, id="for twenty minutes, when the evidence ends"),
        pytest.param([*[0] * 20, None, None, None, None, None, *[0] * 50], "not_shown", 1498.5, id="a hole"),
        pytest.param([*[0] * 20, *[None] * 5, *HALF_AN_HOUR, 0, 0], "shown", 1858.5, id="long enough after the hole"),
        pytest.param([*[0] * 20, None, *HALF_AN_HOUR], "shown", 2428.5, id="a pause shorter than any breach"),
        pytest.param([*[0] * 30, 2, *[0] * 40], "not_shown", 1198.5, id="over the limit once more"),
    ],
)
def test_it_takes_half_an_hour_without_a_hole(
    world: World, after: list[int | None], verdict: str, stable: float
) -> None:
    """Half an hour within limits shows recovery; the clock starts anew after a hole and after whatever went over again."""
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *after)})

    assert (found["verdict"], found["stable_for_s"]) == (verdict, stable)


def test_the_hole_is_named(world: World) -> None:
    """What stopped the clock is said: from when to when nothing is known."""
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *[0] * 20, *[None] * 5, *[0] * 20)})

    assert "nothing is known of it from 12:25:00 UTC to 12:27:30 UTC" in signal(found, "error_rate")["why"]
    assert any("12:25:00" in missing for missing in found["missing"])


def test_failures_below_every_limit_are_not_what_was_usual(world: World) -> None:
    """Where nothing failed before, one request in fifty that fails ever after is no recovery, though no limit is broken."""
    after = [1 if place % 2 else 0 for place in range(80)]
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *after, of=25)})

    assert (found["verdict"], signal(found, "error_rate")["back"]) == ("not_shown", None)
    assert "still over its usual level when its evidence ends, at 12:54:58 UTC" in found["why"]


def test_failures_that_were_always_there_are_usual(world: World) -> None:
    """A service that always failed one request in fifty is back when it does so again."""
    usual = [1 if place % 2 else 0 for place in range(80)]
    found = proof(world, {LOG: traffic(*usual[:24], *BREACH, *usual[:70], of=25)})

    assert found["verdict"] == "shown"
    assert signal(found, "error_rate")["baseline"]["median"] == 2.0


def test_one_failure_in_half_an_hour_is_near_enough(world: World) -> None:
    """A single failed request among many is no relapse: levels are judged, not requests."""
    after = [0] * 66
    after[30] = 1
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *after, of=30)})

    assert found["verdict"] == "shown"


def test_without_a_time_before_nothing_is_usual(world: World) -> None:
    """Evidence that begins shortly before the onset cannot say what was usual; then recovery is not shown, and why is said."""
    found = proof(world, {LOG: traffic(*[0] * 6, *BREACH, *HALF_AN_HOUR, 0, 0)})

    assert (found["verdict"], found["stable_for_s"]) == ("not_shown", 1858.5)
    assert found["missing"] == [
        "what was usual of response time, error rate, requests served before the onset is not known"
    ]


# ---- every signal --------------------------------------------------------------------------------------------------


def test_a_signal_that_is_no_longer_measured_is_missing(world: World) -> None:
    """Memory that was over its limit and of which nothing is known afterwards keeps recovery from being shown."""
    memory = samples("memory.usage", every(30, *[40] * 24, *[90] * 6))
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *HALF_AN_HOUR, 0, 0), "incident-metrics.json": memory})

    assert found["verdict"] == "not_shown"
    assert signal(found, "memory")["until"] is None
    assert found["missing"] == [
        "Memory used (incident-metrics.json): incident-metrics.json says nothing of it after 12:14:45 UTC"
    ]


def test_memory_must_come_back_too(world: World) -> None:
    """Requests are well, and memory stays far above what it used before: that is no recovery."""
    memory = samples("memory.usage", every(30, *[40] * 24, *[90] * 6, *[60] * 64))
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *HALF_AN_HOUR, 0, 0), "incident-metrics.json": memory})

    assert found["verdict"] == "not_shown"
    assert "Memory used (incident-metrics.json): still over its usual level" in found["missing"][0]


def test_the_stretches_must_be_the_same(world: World) -> None:
    """Each signal was seen for half an hour, but not at the same time: the shorter overlap counts."""
    late = every(30, *[40] * 24, *[90] * 6, *[90] * 20, *[40] * 64)
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *HALF_AN_HOUR, 0, 0), "m.json": samples("memory.usage", late)})

    assert signal(found, "memory")["watched_s"] > 1800
    assert found["verdict"] == "not_shown"
    assert found["stable"] == {"start": short(1500), "end": "2031-04-02T12:45:58.500Z"}


def test_what_nobody_measured_is_said_and_not_called_fine(world: World) -> None:
    """Signals without a series are named as not watched."""
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *HALF_AN_HOUR, 0, 0)})

    assert found["unmeasured"] == ["memory usage", "disk usage", "database connections"]


def test_the_last_mitigation_starts_the_clock(world: World) -> None:
    """A restart after the errors had ended starts the half hour anew."""
    chat = messages((1000, "U1", "restarting the app once more"), (1000, "U1", "killed the stuck job"))
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *HALF_AN_HOUR), "chat.json": chat})

    assert (found["begins"], found["begins_how"]) == (within(1000), "the last mitigation")
    assert (found["verdict"], found["stable_for_s"]) == ("not_shown", 1697.500001)


def test_guessing_that_stopped_is_watched_in_the_log_of_logins(world: World) -> None:
    """After a burst of failed logins the log that tells of logins must stay quiet for as long."""
    lines = [*(good_login(60 * n, ip="192.0.2.1") for n in range(13)), *(failed_login(750 + n) for n in range(20))]
    lines += [good_login(60 * n, ip="192.0.2.1") for n in range(14, 50)]
    found = proof(world, {"auth.log": log(lines)})

    one = signal(found, "security")
    assert (found["verdict"], one["back"], one["watched_s"]) == ("shown", within(769), 2170.000001)


def test_how_much_is_done_must_come_back_too(world: World) -> None:
    """Nothing fails any more, but of twenty requests a bucket five are left: falling is as little as usual as failing. A fifth less
    is near enough, and more than before is no fault."""
    quiet = [traffic(*BEFORE, *BREACH), traffic(*HALF_AN_HOUR, 0, 0, of=5, start=900)]
    few = proof(world, {LOG: "".join(quiet)})
    one = signal(few, "throughput")

    assert few["verdict"] == "not_shown"
    assert few["missing"][0].startswith("Requests served: still below its usual level when its evidence ends")
    assert (one["baseline"]["median"], one["baseline"]["near"], one["back"]) == (20.0, None, None)
    assert one["baseline"]["near_from"] == 20 - max(3 * (20 / 10) ** 0.5, 0.25 * 20)  # ten buckets make a level


@pytest.mark.parametrize("of", [16, 60])
def test_a_fifth_less_or_more_than_before_is_near_enough(world: World, of: int) -> None:
    """Of twenty requests a bucket, sixteen are near, and so is whatever is more."""
    text = traffic(*BEFORE, *BREACH) + traffic(*HALF_AN_HOUR, 0, 0, of=of, start=900)

    assert proof(world, {LOG: text})["verdict"] == "shown"


def test_requests_that_came_back_late_count_from_then(world: World) -> None:
    """For ten minutes after the breach there are few of them: the half hour begins when they are back."""
    text = traffic(*BEFORE, *BREACH) + traffic(*[0] * 20, of=5, start=900)
    found = proof(world, {LOG: text + traffic(*HALF_AN_HOUR, *[0] * 20, start=1500)})

    assert found["verdict"] == "shown"
    assert (
        short(1410) <= signal(found, "throughput")["back"] <= short(1500)
    )  # the level at 15 of 20 still holds some few


def test_without_a_time_before_no_signal_has_a_baseline(world: World) -> None:
    """Memory that is measured from the incident on only is within its limit, but nothing tells what was usual: that is missing."""
    memory = samples("memory.usage", every(30, *[40] * 72, start=720))
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *HALF_AN_HOUR, 0, 0), "incident-metrics.json": memory})

    assert found["verdict"] == "not_shown"
    assert found["missing"] == ["what was usual of memory used before the onset is not known"]


def test_where_what_is_usual_was_looked_for_is_a_parameter(world: World) -> None:
    """The hour before the onset, as the parameter `baseline` says, with both its ends and what near means."""
    found = proof(world, {LOG: traffic(*BEFORE, *BREACH, *HALF_AN_HOUR, 0, 0)})
    told = found["parameters"]

    assert (told["baseline"], told["spreads"], told["slack"], told["throughput_slack"]) == (60.0, 3.0, 0.1, 0.25)
    assert (told["baseline_start"], told["baseline_end"]) == (
        iso(718.5 - 3600)[:-3] + "00Z",
        "2031-04-02T12:11:58.500Z",
    )
    assert "the median of such means in the 1 h before the onset" in found["rule"]


def results(targets: dict[str, tuple[int, Sequence[float]]], until: int = 2700) -> str:
    """Return the results of probes of targets: every so many seconds, and which of them failed."""
    return json.dumps(
        {
            "metrics": {},
            "results": {
                name: [
                    {"timestamp": iso(second), "success": second not in failing, "responseTime": 20}
                    for second in range(0, until, step)
                ]
                for name, (step, failing) in targets.items()
            },
        }
    )


GOOD_LOG = traffic(*BEFORE, *BREACH, *HALF_AN_HOUR, 0, 0)


def test_probes_are_watched_target_by_target(world: World) -> None:
    """Requests are well; one target is answered all the time, another fails three times in a row long after: not shown, for the half
    hour begins anew with the last of them."""
    failing = {900: 30, 1800: 30, 1830: 30, 1860: 30}
    found = proof(world, {LOG: GOOD_LOG, "uptime.json": results({"quay": (30, []), "gate": (30, [*failing])}, 2790)})
    by = {one["title"]: one for one in found["signals"] if one["signal"] == "availability"}

    assert found["verdict"] == "not_shown"
    assert (by["Probes of quay"]["why"], by["Probes of quay"]["baseline"]["median"]) == ("", 0.0)
    assert by["Probes of gate"]["back"] == short(1890)  # the first that was answered again
    assert by["Probes of gate"]["why"] == "its evidence ends at 12:46:00 UTC"


def test_probes_that_still_fail_are_off(world: World) -> None:
    """A target of which every third probe fails, as none did before, never fails three times in a row: it is not back all the same."""
    failing = range(900, 2700, 90)
    found = proof(world, {LOG: GOOD_LOG, "uptime.json": results({"quay": (30, list(failing))})})
    (one,) = [one for one in found["signals"] if one["signal"] == "availability"]

    assert found["verdict"] == "not_shown"
    assert one["back"] == short(2610)  # the last that failed


def test_a_target_that_nothing_ever_answered_is_not_watched(world: World) -> None:
    """It tells of the probe and not of the service: recovery is shown by the rest."""
    probes = results({"quay": (30, []), "gone": (30, list(range(0, 2790, 30)))}, until=2790)
    found = proof(world, {LOG: GOOD_LOG, "uptime.json": probes})

    assert [one["title"] for one in found["signals"] if one["signal"] == "availability"] == ["Probes of quay"]
    assert found["verdict"] == "shown"


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        pytest.param(
            [(760, "we have 4 complaints"), (860, "we have 9 complaints")],
            "Complaints: chat.json says nothing of it after 12:14:45 UTC", id="nobody counts them any more",
        ),
        pytest.param(
            [(760, "we have 4 complaints"), (1200, "we have 9 complaints")],
            "Complaints: still rising when its evidence ends, at 12:20:00 UTC", id="they rise",
        ),
    ],
)  # fmt: skip
def test_complaints_must_not_rise_any_more(world: World, said: list[tuple[float, str]], missing: str) -> None:
    """Where customers' reports were counted, somebody must count them afterwards, and not more of them."""
    chat = messages(*((second, "U1", text) for second, text in said))
    found = proof(world, {LOG: GOOD_LOG, "chat.json": chat})

    assert found["verdict"] == "not_shown"
    assert missing in found["missing"]


def test_no_incident_has_nothing_to_recover_from(world: World) -> None:
    """Calm evidence has no proof to give, and says why."""
    result = world({LOG: traffic(*BEFORE)}).findings.json

    assert result["recovery"] is None
    assert "nothing to recover from" in result["why_null"]["recovery"]


def test_nothing_measured_afterwards_is_not_assessable(world: World) -> None:
    """Where the evidence ends with the failure itself, recovery cannot be assessed."""
    memory = samples("memory.usage", every(30, *[40] * 24, *[90] * 6))
    found = proof(world, {"m.json": memory})

    assert (found["verdict"], found["stable_for_s"]) == ("not_assessable", None)


# ---- who said that it was over -------------------------------------------------------------------------------------


def test_failures_after_resolved_are_a_finding(world: World) -> None:
    """Somebody says resolved, requests go on failing below every limit: that is counted, with the last one's place."""
    after = [1 if place % 5 == 0 else 0 for place in range(70)]
    chat = messages((1000, "U1", "INCIDENT UPDATE - 12:16 UTC\nStatus: Resolved"))
    result = world({LOG: traffic(*BEFORE, *BREACH, *after, of=25), "chat.json": chat}).findings.json

    (said,) = result["recovery"]["said_over"]
    assert (said["by"], said["time"], said["failed_after"], said["last_failed"]) == (
        "message",
        short(1000),
        13,
        short(2850),
    )
    assert said["where_last"] == f"{LOG}:{25 * 95 + 1}"
    assert [f["statement"] for f in result["findings"] if f["statement"] == said["statement"]] == [said["statement"]]


def test_silence_after_resolved_is_no_proof(world: World) -> None:
    """Where no request follows the word, nothing is said to have been well."""
    chat = messages((4000, "U1", "resolved"))
    result = world({LOG: traffic(*BEFORE, *BREACH, 0, 0), "chat.json": chat}).findings.json

    (said,) = result["recovery"]["said_over"]
    assert (
        said["statement"]
        == "A message said at 13:06:40 UTC that it was over (“resolved”); no request after that is in the evidence."
    )
    assert said["statement"] not in [finding["statement"] for finding in result["findings"]]


def test_the_words_of_the_end_are_declared() -> None:
    """The texts of recovery.toml are read as it says."""
    rule = watched.declared()["resolved"]

    assert [one["text"] for one in rule["example"] if not recovery.says_over(one["text"])] == []
    assert [one["text"] for one in rule["reject"] if recovery.says_over(one["text"])] == []


# ---- a second way --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A store whose points are replaced for every example."""
    with Store() as opened:
        opened.run("points_schema", first_year=OWN_CLOCKS, totals=[], rates=[], lengths=[])
        yield opened


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6)), min_size=30, max_size=80),
    st.sampled_from([5.0, 15.0, 30.0]),
)
def test_levels_are_those_of_a_plain_count(store: Store, counted: list[tuple[int, int]], near: float) -> None:
    """Since when a signal is back is what counting the requests of each five minutes by hand gives."""
    buckets = [(min(failed, requests), requests) for failed, requests in counted]
    limit, edge = 45.0, 1e-9  # sums in another order differ in the last digit
    rows = [
        ["s", at(30 * place), at(30 * place + 30), 100.0 * failed / requests, float(requests)]
        for place, (failed, requests) in enumerate(buckets)
    ]
    store.connection.execute("delete from points")
    store.add("points", ["id", "time", "until", "value", "weight"], rows)

    answer = store.rows("recovery_back", id="s", start=at(0), limit=limit, near=near + edge, width=300)[0]

    wrong = [place for place, (failed, requests) in enumerate(buckets) if 100 * failed > limit * requests]
    windows = {place: buckets[place - 9 : place + 1] for place in range(9, len(buckets))}
    levels = {place: 100 * sum(f for f, _ in ten) / sum(r for _, r in ten) for place, ten in windows.items()}
    off = [place for place, level in levels.items() if level > near + edge]
    since = max([place + 1 for place in wrong] + [place + 1 - 9 for place in off], default=0)
    if off and max(off) == len(buckets) - 1:
        since = len(buckets)
    assert answer[2] == (at(30 * since) if since < len(buckets) else None)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 20)), max_size=6))
def test_what_remains_between_holes(cuts: list[tuple[int, int]]) -> None:
    """The stretches between holes hold every second that no hole holds, and no other."""
    reached, holes = 0, []
    for start, length in sorted(cuts):
        if start > reached and start + length <= 100:
            holes.append(Span(at(start), at(start + length)))
            reached = start + length

    stretches = watched.between(Span(at(0), at(100)), holes)

    def seconds(spans: Any) -> set[int]:
        return {n for n in range(100) for s in spans if s.earliest <= at(n) < s.latest}

    assert seconds(stretches) == set(range(100)) - seconds(holes)


# ---- the recorded kits ---------------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("name", shared.origin_kits() or ["none"])
def test_the_kits_end_too_early(analysed: Callable[..., Any], name: str) -> None:
    """Each kit was collected less than half an hour after its last bad request: recovery happened, and is not shown."""
    truth = shared.origin_truth(name)
    found = analysed(shared.origin_evidence(name)).findings.json["recovery"]

    ended, captured = (
        datetime.fromisoformat(truth["instants"][key]) for key in ("recovered_last_bad_completed", "capture_end")
    )
    assert (captured - ended).total_seconds() < 1800
    assert found["verdict"] == "not_shown"
    assert 0 < found["stable_for_s"] <= (captured - ended).total_seconds()
    for said in found["said_over"]:
        assert said["failed_after"] == 0


# ---- what others saw after it ----------------------------------------------------------------------------------------


def probed(*failing: float, until: int = 1800) -> str:
    """Return the results of a probe every 30 s, and of more that failed at these seconds."""
    good = [{"timestamp": iso(second), "success": True, "responseTime": 20} for second in range(0, until, 30)]
    bad = [{"timestamp": iso(second), "success": False, "responseTime": 1, "error": "refused"} for second in failing]
    results = sorted([*good, *bad], key=lambda one: str(one["timestamp"]))
    return json.dumps({"metrics": {}, "results": {"quay": results}})


def recovered(world: World, files: dict[str, Any]) -> dict[str, Any]:
    """Return what a world of these files says of when it had recovered."""
    return world(files).findings.json["moments"]["recovered"]  # type: ignore[no-any-return]


def test_three_failed_probes_in_a_row_show_that_it_was_not_over(world: World) -> None:
    """They lie after the breach: recovered is between the last of them and the first request that was answered after it."""
    log = traffic(*BEFORE, *BREACH, *[0] * 12, *[None] * 2, *[0] * 16)  # silent from 1260 s to 1320 s

    found = recovered(world, {LOG: log, "uptime.json": probed(1291, 1292, 1293)})

    assert (found["earliest"], found["latest"]) == (short(1293), short(1320))
    assert found["why"] == ("between the last of 3 failed probes in a row (uptime.json #47) and the first answer")


def test_two_failed_probes_are_no_outage(world: World) -> None:
    """It takes three in a row, as the runbook's rule of unavailability is read: fewer may be the network's."""
    log = traffic(*BEFORE, *BREACH, *[0] * 30)

    assert recovered(world, {LOG: log, "uptime.json": probed(1291, 1292)})["latest"] < short(901)


def test_a_probe_that_nothing_ever_answered_moves_nothing(world: World) -> None:
    """It failed before, during and after: that tells of the probe and not of the service."""
    log = traffic(*BEFORE, *BREACH, *[0] * 30)
    never = [{"timestamp": iso(second), "success": False, "error": "refused"} for second in range(0, 1800, 30)]
    probes = json.dumps({"metrics": {}, "results": {"quay": never}})

    assert "failed probes in a row" not in recovered(world, {LOG: log, "uptime.json": probes})["why"]


# ---- less slow is not over -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "state"),
    [
        pytest.param([600] * 70, "ongoing when the evidence ends", id="three times as slow to the end"),
        pytest.param([600] * 40 + [200] * 30, "recovered", id="as usual at last"),
        pytest.param([600] * 30 + [200] * 20 + [600] * 20, "recovered", id="as usual between"),
        pytest.param([600] * 40, "recovered", id="seen for less than half an hour"),
        pytest.param([220] * 70, "recovered", id="nearly as usual"),
    ],
)
def test_a_service_that_is_never_as_quick_again_has_not_recovered(world: World, after: list[int], state: str) -> None:
    """Half an hour within its limit, and all of it slower than usual: what began goes on, if less badly."""
    told = world({LOG: slow_traffic(*[200] * 40, *[2500] * 10, *after)}).findings.json

    assert told["incident"]["state"] == state
    moment = told["moments"]["recovered"]
    if state != "recovered":
        assert "it was never as usual again: requests took 0.60 s when the evidence ended, and 0.20 s" in moment["why"]
        assert told["durations"]["to_recover_s"] == [0.0, None]
    else:
        assert "never" not in moment["why"]


def test_no_clock_that_only_counts_tells_of_a_time_before_it_began(world: World) -> None:
    """Of a table that counts its own seconds what was usual is looked for from its first second on, not an hour before the 40th."""
    rows = "t_s,heap_used_mb,heap_max_mb\n" + "".join(f"{t},{95 if t >= 40 else 40},100\n" for t in range(90))
    found = proof(world, {"heap.csv": rows})["parameters"]

    assert found["baseline_start"]["offset_s"] == 0
    assert found["baseline"] < 1
