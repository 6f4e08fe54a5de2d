"""The rules judged on the smallest worlds that show an edge."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from small_world import (
    at,
    every,
    failed_login,
    good_login,
    iso,
    log,
    messages,
    request,
    samples,
    short,
    slow_traffic,
    traffic,
)

World = Callable[[dict[str, Any]], Any]

LOG = "logs/application.log"
ALERTS = {"apm": [], "alerting": [], "statistics": {"total": 1}}


def judged(world: World, rule: str, files: dict[str, Any]) -> dict[str, Any]:
    """Return the verdict on one rule in a world of these files."""
    result = world(files).findings.json
    return next(one for one in result["verdicts"] if one["rule"] == rule)


def spans(verdict: dict[str, Any]) -> list[tuple[str, str]]:
    """Return start and end of the stretches that meet a rule."""
    return [(one["start"], one["end"]) for one in verdict["intervals"]]


# ---- error rate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failed", "word", "stretches"),
    [
        pytest.param([0, 0, 0, 0, 0, 0, 0, 0], "not_met", [], id="nothing failed"),
        pytest.param([0, 1, 1, 1, 1, 1, 1, 0], "not_met", [], id="exactly 5 % for three minutes"),
        pytest.param([0, 2, 2, 2, 2, 0, 0, 0], "not_met", [], id="over for exactly two minutes"),
        pytest.param([0, 2, 2, 2, 2, 2, 0, 0], "met", [(30, 180)], id="over for longer"),
        pytest.param([0, 2, 2, 0, 2, 2, 0, 0], "not_met", [], id="back in the middle"),
        pytest.param([2, 2, 2, 2, 2, 0, 0, 0], "met", [(0, 150)], id="over from the beginning"),
        pytest.param([0, 0, 0, 2, 2, 2, 2, 2], "met", [(90, 240)], id="over for longer when the evidence ends"),
        pytest.param([0, 0, 0, 0, 0, 2, 2, 2], "not_assessable", [], id="over, not yet long, when the evidence ends"),
        pytest.param([2] * 5 + [None] * 5 + [2] * 5, "met", [(0, 150), (300, 450)], id="a hole between two breaches"),
        pytest.param([0, 2, 2, 2] + [None] * 20 + [2, 2, 2, 0], "not_assessable", [], id="no breach across a hole"),
    ],
)
def test_error_rate(world: World, failed: list[int | None], word: str, stretches: list[tuple[int, int]]) -> None:
    """The criterion is met by strictly more than 5 % for strictly longer than two minutes, and by nothing less."""
    verdict = judged(world, "declare.error_rate", {LOG: traffic(*failed)})

    assert (verdict["verdict"], spans(verdict)) == (word, [(short(start), short(end)) for start, end in stretches])


def test_a_breach_at_the_end_is_open(world: World) -> None:
    """A breach that lasts until the evidence ends is open, and the incident's end is not known."""
    result = world({LOG: traffic(0, 0, 2, 2, 2, 2, 2)}).findings.json

    (run,) = next(one for one in result["verdicts"] if one["rule"] == "declare.error_rate")["intervals"]
    assert (run["open"], run["ended_by"]) == (True, "evidence_end")
    assert result["moments"]["recovered"]["reached"] is False
    assert result["durations"]["impact_s"] == [150.0, None]
    assert result["incident"]["state"] == "ongoing when the evidence ends"


def test_a_breach_at_the_beginning_is_open_at_its_start(world: World) -> None:
    """A breach with which the evidence begins may have begun earlier, and says so."""
    result = world({LOG: traffic(2, 2, 2, 2, 2, 0, 0)}).findings.json

    (run,) = next(one for one in result["verdicts"] if one["rule"] == "declare.error_rate")["intervals"]
    assert (run["open_start"], run["open"], run["ended_by"]) == (True, False, "back")
    assert "may have begun earlier" in result["moments"]["onset"]["why"]


def test_a_hole_breaks_a_breach(world: World) -> None:
    """A bucket without a request ends the stretch before it; nothing is known of what happened there."""
    verdict = judged(world, "alert.error_rate", {LOG: traffic(0, 2, 2, None, 2, 2, 0)})

    assert spans(verdict) == [(short(30), short(90)), (short(120), short(180))]
    assert [one["ended_by"] for one in verdict["intervals"]] == ["gap", "back"]


def test_the_hole_is_named(world: World) -> None:
    """A verdict that a hole prevents says from when to when nothing was seen."""
    verdict = judged(world, "declare.error_rate", {LOG: traffic(0, 0, *[None] * 20, 0, 0)})

    assert verdict["verdict"] == "not_assessable"
    assert "from 12:01:00 to 12:11:00 UTC" in verdict["why"]
    assert verdict["why"] in verdict["missing"]


def test_requests_of_the_machine_itself_do_not_count(world: World) -> None:
    """Loopback requests neither fail the service nor thin out its failures; the other definition counts them."""
    own = log(request(place / 2, ip="127.0.0.1") for place in range(7 * 60))
    verdict = judged(world, "declare.error_rate", {LOG: traffic(0, 2, 2, 2, 2, 2, 0), "logs/own.log": own})

    assert spans(verdict) == [(short(30), short(180))]
    everybody = next(one for one in verdict["definitions"] if one["name"] == "failed / all requests, 30 s buckets")
    assert (everybody["verdict"], verdict["depends"]) == ("not_met", True)


def test_a_status_of_the_client_is_no_failure(world: World) -> None:
    """A refused login or a missing page is answered; only 5xx, or no answer, is a failure."""
    refused = traffic(0, 20, 20, 20, 20, 20, 0).replace("Request failed", "Request completed").replace(": 500", ": 404")

    assert judged(world, "declare.error_rate", {LOG: refused})["verdict"] == "not_met"


def test_without_requests_the_error_rate_is_not_assessable(world: World) -> None:
    """No request log and no metric: not collected, which is not fine."""
    verdict = judged(world, "declare.error_rate", {LOG: log(f"[{iso(n)}] INFO [app] tick" for n in range(600))})

    assert verdict["verdict"] == "not_assessable"
    assert verdict["missing"] == ["a request log or request metrics of the time of the incident"]


def test_a_fraction_is_a_hundredth_of_a_percent_as_many(world: World) -> None:
    """A metric in fractions is judged in percent: 0.06 is over 5 %, 0.05 is not."""
    readings = every(10, *[0.05] * 12, *[0.06] * 14, *[0.05] * 12)
    verdict = judged(world, "declare.error_rate", {"m.json": samples("api.error_rate", readings, "fraction")})

    assert (verdict["verdict"], spans(verdict)) == ("met", [(short(120), short(260))])
    assert verdict["intervals"][0]["peak"] == 6.0


# ---- response time -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ms", "word"),
    [
        pytest.param([50] + [5000] * 14 + [50], "not_met", id="exactly five seconds for seven minutes"),
        pytest.param([50] + [5001] * 10 + [50], "not_met", id="over for exactly five minutes"),
        pytest.param([50] + [5001] * 11 + [50], "met", id="over for longer"),
        pytest.param([50] + [5001] * 5, "not_assessable", id="over, not yet long, when the evidence ends"),
    ],
)
def test_response_time(world: World, ms: list[int], word: str) -> None:
    """The criterion is met by strictly more than five seconds for strictly longer than five minutes."""
    assert judged(world, "declare.response_time", {LOG: slow_traffic(*ms)})["verdict"] == word


def test_a_percentile_is_a_time_that_somebody_waited(world: World) -> None:
    """The p95 of twenty requests is the nineteenth: one that took a minute does not move it, two are it."""
    one = [request(n, ms=60_000 if n == 3 else 50) for n in range(20)]
    two = [request(30 + n, ms=60_000 if n in (3, 4) else 50) for n in range(20)]
    verdict = judged(world, "alert.response_time", {LOG: log(one + two)})

    assert [(run["start"], run["end"], run["peak"]) for run in verdict["intervals"]] == [(short(30), short(60), 60.0)]


# ---- unavailability ------------------------------------------------------------------------------------------------


def outage(first: int, *, success: int, every: int = 10) -> str:
    """Return a log in which every request fails from one second until the next success."""
    good = [request(n) for n in [*range(0, first, every), *range(success, success + 300, every)]]
    bad = [request(n, failed=True) for n in range(first, success, every)]
    return log(sorted(good + bad))


@pytest.mark.parametrize(
    ("files", "word", "stretches"),
    [
        pytest.param({LOG: outage(60, success=360)}, "not_met", [], id="for exactly five minutes"),
        pytest.param({LOG: outage(60, success=361)}, "met", [(60, 361)], id="for longer"),
        pytest.param(
            {LOG: log([request(0), request(10, failed=True), request(200, failed=True), request(400)])},
            "not_met",
            [],
            id="two in a row are too few",
        ),
        pytest.param(
            {LOG: log([request(0), *(request(n, failed=True) for n in (10, 200, 390)), request(400)])},
            "met",
            [(10, 400)],
            id="three in a row are enough",
        ),
        pytest.param(
            {LOG: log([request(0), request(10), request(400)])}, "not_assessable", [], id="nothing was logged"
        ),
        pytest.param(
            {LOG: log([request(0), *(request(n, failed=True) for n in range(10, 100, 10))])},
            "not_assessable",
            [],
            id="everything fails until the evidence ends",
        ),
    ],
)
def test_unavailable(world: World, files: dict[str, str], word: str, stretches: list[tuple[int, int]]) -> None:
    """The service was unavailable when all requests failed, three in a row or more, for longer than five minutes."""
    verdict = judged(world, "declare.unavailable", files)

    assert (verdict["verdict"], spans(verdict)) == (word, [(short(start), short(end)) for start, end in stretches])


def test_a_silent_server_is_not_a_healthy_one(world: World) -> None:
    """A log without a line for longer than five minutes may be an outage, and says so."""
    verdict = judged(world, "declare.unavailable", {LOG: log([request(0), request(10), request(400)])})

    assert "a dead server logs nothing" in verdict["why"]


QUIET = LOG, log([*(request(n) for n in range(0, 100, 10)), *(request(n) for n in range(800, 900, 10))])
"""A log in which no request stands from 12:01:30 to 12:13:20."""


def uptime(ok: Callable[[int], bool], every: int = 60) -> str:
    """Return results of an uptime check all through that world."""
    results = [{"timestamp": iso(n), "success": ok(n)} for n in range(0, 900, every)]
    return json.dumps({"metrics": {}, "results": {"main-site": results}})


def test_failed_probes_settle_that_a_silence_was_an_outage(world: World) -> None:
    """Probes that failed for longer than five minutes while nothing was logged show the outage, from the first that failed to
    the next that was answered, and the verdict says so."""
    verdict = judged(
        world, "declare.unavailable", {QUIET[0]: QUIET[1], "uptime.json": uptime(lambda n: not 120 <= n < 720)}
    )

    assert (verdict["verdict"], spans(verdict)) == ("met", [(short(120), short(720))])
    assert verdict["why"] == "no request was logged from 12:01:30 to 12:13:20 UTC, and probes failed"


def test_an_outage_that_only_probes_saw_is_an_incident(world: World) -> None:
    """It begins between the last request that was answered and the first probe that was not, and ends between the last probe that
    was not answered and the next that was."""
    result = world({QUIET[0]: QUIET[1], "uptime.json": uptime(lambda n: not 120 <= n < 720)}).findings.json

    onset, recovered = result["moments"]["onset"], result["moments"]["recovered"]
    assert (onset["earliest"], onset["latest"]) == (short(90), short(120))
    assert (recovered["earliest"], recovered["latest"]) == (short(660), short(720))
    assert (result["severity"]["level"], result["durations"]["impact_s"]) == ("P0", [600.0, 600.0])


def test_answered_probes_settle_that_a_silence_was_none(world: World) -> None:
    """Probes that were answered all through a silence show that nobody asked, not that nobody was answered."""
    verdict = judged(world, "declare.unavailable", {QUIET[0]: QUIET[1], "uptime.json": uptime(lambda n: True)})

    assert (verdict["verdict"], spans(verdict)) == ("not_met", [])
    assert verdict["why"] == (
        "no request was logged from 12:01:30 to 12:13:20 UTC, but 12 probes were answered meanwhile, from uptime.json (probe)"
    )


def test_probes_that_leave_a_part_open_settle_nothing(world: World) -> None:
    """Two answers within twelve minutes leave more than five between them: the silence stays open, and says why."""
    verdict = judged(world, "declare.unavailable", {QUIET[0]: QUIET[1], "uptime.json": uptime(lambda n: True, 450)})

    assert verdict["verdict"] == "not_assessable"
    assert verdict["why"].endswith("a quiet time; 1 probe that was answered meanwhile leaves part of it open")


def test_the_process_manager_settles_that_a_silence_was_an_outage(world: World) -> None:
    """A process that did not run for longer than five minutes, by its manager's log, served nobody."""
    manager = log(
        [
            f"{short(100)[:-1]}: PM2 log: App [ferry:0] exited with code [1] via signal [SIGINT]",
            f"{short(500)[:-1]}: PM2 log: App [ferry:0] online",
        ]
    )
    verdict = judged(world, "declare.unavailable", {QUIET[0]: QUIET[1], "logs/pm2.log": manager})

    assert (verdict["verdict"], spans(verdict)) == ("met", [(short(100), short(500))])
    assert verdict["why"].endswith("and the process did not run, by its manager's log")


def test_a_silence_that_nothing_tells_of_is_open(world: World) -> None:
    """Without probes or a process manager, a silence may be an outage or a quiet time, and is said to be open."""
    verdict = judged(world, "declare.unavailable", {QUIET[0]: QUIET[1]})

    assert verdict["verdict"] == "not_assessable"
    assert verdict["why"].endswith("an outage or a quiet time, and nothing else tells which")


def silent(n: int) -> bool:
    """Say whether nothing answered at that second."""
    return 120 <= n < 720


PROBED = range(0, 900, 30)
HEALTHY = '{"status":"healthy"}'


@pytest.mark.parametrize(
    "captured",
    [
        pytest.param(uptime(lambda n: not silent(n), 30), id="uptime results"),
        pytest.param(
            json.dumps({"checks": [{"timestamp": iso(n), "status": 0 if silent(n) else 200} for n in PROBED]}),
            id="a status of nothing",
        ),
        pytest.param(
            log(f"{short(n)} {'000 5.001' if silent(n) else '200 0.052'}" for n in PROBED), id="a loop around curl"
        ),
        pytest.param(
            log(
                f"Every 30.0s: curl -s http://localhost:4321/api/health    {at(n):%a %b %e %H:%M:%S %Y}\n\n{'' if silent(n) else HEALTHY}\n"
                for n in PROBED
            ),
            id="watch",
        ),
    ],
)
def test_probes_that_nothing_answers_have_failed(world: World, captured: str) -> None:
    """Whoever kept asking and was not answered saw an outage from where he stood, from the first silence to the next answer."""
    verdict = judged(world, "declare.unavailable", {"captured": captured})

    assert (verdict["verdict"], spans(verdict)) == ("met", [(short(120), short(720))])


def test_probes_alone_can_show_an_outage(world: World) -> None:
    """Without a request log, failed probes show the outage, from the first failure to the next success."""
    results = [{"timestamp": iso(n), "success": not 60 <= n < 420} for n in range(0, 700, 60)]
    uptime = json.dumps({"metrics": {}, "results": {"main-site": results}})
    verdict = judged(world, "declare.unavailable", {"uptime.json": uptime})

    assert (verdict["verdict"], spans(verdict)) == ("met", [(short(60), short(420))])


# ---- security ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "word"),
    [
        pytest.param([0, 75, 150, 225, 300], "met", id="five within exactly five minutes"),
        pytest.param([0, 75, 150, 225, 301], "not_met", id="five in a second more"),
        pytest.param([0, 1, 2, 3], "not_met", id="four"),
        pytest.param([0, 200, 400, 600, 800, 801, 802, 803], "met", id="five of many"),
    ],
)
def test_failed_logins_of_one_address(world: World, seconds: list[int], word: str) -> None:
    """Five failed logins from one address within five minutes are a security alert; four, or five more slowly, are not."""
    verdict = judged(world, "declare.security_alert", {LOG: log(failed_login(one) for one in seconds)})

    assert verdict["verdict"] == word


def test_failed_logins_of_many_addresses(world: World) -> None:
    """Fifty addresses that fail once each are people who mistyped their passwords."""
    many = log(failed_login(number, f"192.0.2.{number}") for number in range(50))

    assert judged(world, "declare.security_alert", {LOG: many})["verdict"] == "not_met"


def test_the_alert_begins_when_the_rule_holds(world: World) -> None:
    """The alert stands from the fifth failure to the last of the burst, and the sixth is part of it."""
    verdict = judged(world, "declare.security_alert", {LOG: log(failed_login(n) for n in (0, 10, 20, 30, 40, 50))})

    assert spans(verdict) == [(short(40), short(50))]
    assert verdict["intervals"][0]["peak"] == 6.0


def test_an_alert_record_is_enough(world: World) -> None:
    """An alert that names an attack meets the rule without a single login in the evidence."""
    alert = {"timestamp": iso(60), "severity": "critical", "message": "Brute force attack detected"}
    verdict = judged(world, "declare.security_alert", {"alerts.json": json.dumps({**ALERTS, "apm": [alert]})})

    assert (verdict["verdict"], spans(verdict)) == ("met", [(short(60), short(60))])


def test_another_alert_is_none(world: World) -> None:
    """An alert about memory is no security alert."""
    alert = {"timestamp": iso(60), "severity": "warning", "message": "memory.usage 81 > 80"}
    files = {"alerts.json": json.dumps({**ALERTS, "apm": [alert]}), LOG: traffic(0, 0, 0)}

    assert judged(world, "declare.security_alert", files)["verdict"] == "not_met"


def test_requests_alone_say_nothing_about_logins(world: World) -> None:
    """A request log that never tells of a login, without any list of alerts, cannot show that nobody guessed."""
    assert judged(world, "declare.security_alert", {LOG: traffic(0, 0, 0)})["verdict"] == "not_assessable"


def test_a_list_of_some_alerts_does_not_show_that_no_other_rang(world: World) -> None:
    """Alerts that were saved are told of; that none of them is of security says nothing of what was not saved."""
    alert = {"labels": {"alertname": "QuayFull"}, "startsAt": iso(60), "annotations": {"summary": "no berth is free"}}
    verdict = judged(world, "declare.security_alert", {"alerts.json": json.dumps([alert]), LOG: traffic(0, 0, 0)})

    assert (verdict["verdict"], verdict["why"]) == (
        "not_assessable",
        "No log tells of logins; no collected alert is of security, and nothing says that they are all.",
    )


def test_a_silent_log_cannot_show_that_nobody_guessed(world: World) -> None:
    """One failed login and then ten minutes without a line leave room for a burst."""
    verdict = judged(world, "declare.security_alert", {LOG: log(failed_login(n) for n in (0, 600))})

    assert verdict["verdict"] == "not_assessable"
    assert "silent from" in verdict["why"]


def test_without_a_log_security_is_not_assessable(world: World) -> None:
    """Nothing that would tell of logins or alerts: not assessable, naming both."""
    verdict = judged(world, "declare.security_alert", {"m.json": samples("memory.usage", every(10, 40, 40, 40))})

    assert (verdict["verdict"], verdict["missing"]) == (
        "not_assessable",
        ["a log of logins, or the security monitor's alerts"],
    )


# ---- complaints ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "word"),
    [
        pytest.param(["support has 4 tickets so far", "9 tickets now"], "met", id="more and more"),
        pytest.param(["9 tickets", "still 9 tickets"], "not_met", id="as many as before"),
        pytest.param(["9 tickets", "2 tickets since then"], "not_met", id="fewer"),
        pytest.param(["support has 4 tickets so far"], "not_assessable", id="one count"),
        pytest.param(["site is slow, looking"], "not_assessable", id="no count"),
    ],
)
def test_complaints(world: World, said: list[str], word: str) -> None:
    """Complaints increase when a later count of reports is higher; one count shows no increase."""
    chat = messages(*((60.0 * place, "U1", text) for place, text in enumerate(said)))

    assert judged(world, "declare.complaints", {"chat.json": chat, LOG: traffic(0, 0)})["verdict"] == word


def test_without_a_channel_complaints_are_not_assessable(world: World) -> None:
    """Where no channel was collected, nobody can say whether customers complained."""
    verdict = judged(world, "declare.complaints", {LOG: traffic(0, 0)})

    assert (verdict["verdict"], verdict["missing"]) == ("not_assessable", ["messages or tickets of customers"])


# ---- memory, disk, connections -------------------------------------------------------------------------------------

RESOURCES = [
    pytest.param("alert.memory", "memory.usage", 80, id="memory"),
    pytest.param("alert.disk", "disk.usage", 85, id="disk"),
    pytest.param("alert.db_connections", "db.pool.usage", 90, id="connections"),
]


@pytest.mark.parametrize(("rule", "name", "limit"), RESOURCES)
def test_one_sample_over_is_enough(world: World, rule: str, name: str, limit: int) -> None:
    """An alert threshold has no duration: one sample strictly over suffices, up to the first that is back."""
    verdict = judged(world, rule, {"m.json": samples(name, every(10, 40, limit, limit + 0.1, limit, 40))})

    assert (verdict["verdict"], spans(verdict)) == ("met", [(short(20), short(30))])


@pytest.mark.parametrize(("rule", "name", "limit"), RESOURCES)
def test_exactly_at_the_threshold_is_not_over(world: World, rule: str, name: str, limit: int) -> None:
    """Samples at the threshold itself never cross it."""
    assert judged(world, rule, {"m.json": samples(name, every(10, *[limit] * 30))})["verdict"] == "not_met"


@pytest.mark.parametrize(("rule", "name", "limit"), RESOURCES)
def test_a_hole_leaves_a_threshold_open(world: World, rule: str, name: str, limit: int) -> None:
    """Samples that are silent for ten minutes cannot show that a threshold was never crossed."""
    verdict = judged(world, rule, {"m.json": samples(name, every(10, 40, 40, *[None] * 60, 40, 40))})

    assert verdict["verdict"] == "not_assessable"
    assert "from 12:00:10 to 12:10:20 UTC" in verdict["why"]


@pytest.mark.parametrize(("rule", "name", "limit"), RESOURCES)
def test_a_missing_metric_is_not_collected(world: World, rule: str, name: str, limit: int) -> None:
    """A metric that is nowhere in the evidence was not collected; that is never fine."""
    verdict = judged(world, rule, {LOG: traffic(0, 0, 0)})

    assert verdict["verdict"] == "not_assessable"
    assert verdict["why"].startswith("Not collected: ")


@pytest.mark.parametrize("lost", [None, "n/a", "NaN", True, [], {"a": 1}])
def test_a_reading_without_a_number_is_missing(world: World, lost: Any) -> None:
    """Null, text that is no number, and truth values are no readings: they are neither zero nor over."""
    readings = [*every(10, 40, 40), *((20.0 + 10 * place, lost) for place in range(60)), *every(10, 40, 40, start=620)]

    assert judged(world, "alert.memory", {"m.json": samples("memory.usage", readings)})["verdict"] == "not_assessable"


@pytest.mark.parametrize("unit", ["bytes", "By", "MB"])
def test_bytes_are_never_compared_with_percent(world: World, unit: str) -> None:
    """Memory in bytes says nothing about a threshold in percent, whatever the metric is called."""
    readings = every(10, *[300_000_000] * 20)

    assert (
        judged(world, "alert.memory", {"m.json": samples("memory.usage", readings, unit)})["verdict"]
        == "not_assessable"
    )


@pytest.mark.parametrize("impossible", [-5, 250])
def test_an_impossible_percentage_is_flagged(world: World, impossible: float) -> None:
    """A share below nothing or far above everything is named as a problem, and crosses no threshold."""
    one = world({"m.json": samples("disk.usage", every(10, *[40] * 10, impossible, *[40] * 10))})

    assert next(v for v in one.findings.json["verdicts"] if v["rule"] == "alert.disk")["verdict"] != "met"
    assert one.evidence[0].problems


def test_the_evidence_of_one_mount_does_not_speak_for_another(world: World) -> None:
    """Two series in one file are judged apart: one over its threshold suffices, and it is named."""
    both = [
        {"name": "disk.usage", "value": value, "tags": {"mount": mount}, "timestamp": iso(n), "unit": "percent"}
        for n in range(0, 300, 10)
        for mount, value in (("/", 40), ("/data", 91))
    ]
    verdict = judged(world, "alert.disk", {"m.json": json.dumps(both)})

    assert (verdict["verdict"], len(verdict["intervals"])) == ("met", 1)
    assert "/data" in verdict["intervals"][0]["signal"]


# ---- severity ------------------------------------------------------------------------------------------------------

LOCKED = "SQLITE_BUSY: database is locked"
BURST = [failed_login(n) for n in range(10)]


@pytest.mark.parametrize(
    ("files", "level"),
    [
        pytest.param({LOG: traffic(0, *[7] * 6, 0, of=100)}, "P2", id="7 % for three minutes"),
        pytest.param({LOG: traffic(0, *[10] * 6, 0, of=100)}, "P2", id="exactly 10 %"),
        pytest.param({LOG: traffic(0, *[11] * 6, 0, of=100)}, "P1", id="11 %"),
        pytest.param({LOG: traffic(0, 30, *[6] * 6, 0, of=100)}, "P2", id="30 % in a bucket, 9.4 % over the breach"),
        pytest.param({LOG: traffic(0, *[60] * 6, 0, of=100, error=LOCKED)}, "P0", id="database gone for most users"),
        pytest.param({LOG: traffic(0, *[50] * 6, 0, of=100, error=LOCKED)}, "P1", id="database gone for half of them"),
        pytest.param({LOG: traffic(0, *[60] * 6, 0, of=100, error="boom")}, "P1", id="60 % for another reason"),
        pytest.param({LOG: outage(60, success=600)}, "P0", id="unavailable"),
        pytest.param({LOG: slow_traffic(50, *[6000] * 12, 50)}, "P1", id="slow for long"),
        pytest.param({LOG: traffic(0, 0) + log([*BURST, good_login(30)])}, "P0", id="a guessed password was accepted"),
        pytest.param({LOG: traffic(0, 0) + log(BURST)}, "P2", id="passwords were guessed in vain"),
        pytest.param({LOG: traffic(0, 2, 2, 0)}, "P3", id="only an alert threshold was crossed"),
        pytest.param({LOG: traffic(0, 0, 0, 0)}, "none", id="nothing happened"),
        pytest.param({"notes.txt": "nothing\nto see\n"}, "undetermined", id="nothing that could tell"),
    ],
)
def test_severity(world: World, files: dict[str, Any], level: str) -> None:
    """The level is the highest whose written definition holds; a rate is taken over the whole breach."""
    assert world(files).findings.json["severity"]["level"] == level


def test_the_gap_between_the_levels_is_named(world: World) -> None:
    """Between 5 and 10 % the runbook names no level: the reason says that this is a gap, and what was done."""
    severity = world({LOG: traffic(0, *[7] * 6, 0, of=100)}).findings.json["severity"]

    assert "a gap in the runbook, closed here with P2" in severity["reason"]
    assert "7 % over the whole breach" in severity["reason"]


def test_the_reason_counts_the_requests_of_the_breach(world: World) -> None:
    """The share that makes a level is one of the breach's own requests: the first of the next bucket is not among them."""
    severity = world({LOG: traffic(0, *[60] * 6, 0, of=100, error=LOCKED)}).findings.json["severity"]

    assert "360 of 600 external requests (60 %)" in severity["reason"]


# ---- no incident, nothing at all -----------------------------------------------------------------------------------


def test_no_incident_is_an_answer(world: World) -> None:
    """Ordinary traffic and quiet samples: no criterion is met, nothing began, nobody is told otherwise."""
    quiet = json.loads(samples("memory.usage", every(10, *[40] * 60)))
    quiet += json.loads(samples("disk.usage", every(10, *[40] * 60)))
    result = world({LOG: traffic(*[0] * 20), "m.json": json.dumps(quiet)}).findings.json

    words = {one["rule"]: one["verdict"] for one in result["verdicts"]}
    assert set(words.values()) == {"not_met", "not_assessable"}
    assert sorted(rule for rule, word in words.items() if word == "not_assessable") == [
        "alert.db_connections",
        "declare.complaints",
        "declare.security_alert",
    ]
    assert result["severity"]["level"] == "none"
    assert result["incident"]["state"] == "no incident in this evidence"
    assert {name for name, moment in result["moments"].items() if "latest" in moment} == set()
    assert result["incident"]["window"]["how"] == "evidence span"


def test_empty_files_claim_no_incident(world: World) -> None:
    """Three empty files say that they are empty, and nothing else is said."""
    judged_ = world({"incident-metrics.json": "", "incident-logs.txt": "", "database-state.sql": ""})

    assert [(e.status, e.problems[0].message.split(":")[0]) for e in judged_.evidence] == [
        ("empty", "empty (0 bytes)")
    ] * 3
    assert {one["verdict"] for one in judged_.findings.json["verdicts"]} == {"not_assessable"}
    assert judged_.findings.json["severity"]["level"] == "undetermined"


def test_all_ten_rules_are_always_judged(world: World) -> None:
    """Whatever the folder holds, ten verdicts stand in the runbook's order, and each that is open says why."""
    result = world({}).findings.json

    assert [one["rule"] for one in result["verdicts"]] == [
        *(f"declare.{name}" for name in ("unavailable", "error_rate", "response_time", "security_alert", "complaints")),
        *(f"alert.{name}" for name in ("response_time", "error_rate", "memory", "disk", "db_connections")),
    ]
    assert all(one["missing"] and one["why"] for one in result["verdicts"])
