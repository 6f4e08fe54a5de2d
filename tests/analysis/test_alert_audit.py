"""Which alerts should have rung, which did, and what other settings would have done; on small worlds, and beside a second way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from math import log
from typing import Any

import pytest
import shared
from forensics.analysis import alert_audit, backtest
from forensics.analysis.backtest import Backtest, Cell, Watch
from forensics.analysis.signals import Signal
from forensics.runbook import load
from forensics.store import Store
from forensics.times import OWN_CLOCKS, Span
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import at, epoch_ms, every, failed_login, good_login, iso, messages, samples, short, traffic
from small_world import log as log_of

World = Callable[[dict[str, Any]], Any]
LOG = "logs/application.log"

CALM = [0] * 24
BAD = traffic(*CALM, *[10] * 6, *[0] * 10)
"""Half of the requests fail from 720 s to 900 s."""


def rule(world: World, name: str, files: dict[str, Any]) -> dict[str, Any]:
    """Return what a world of these files says of one alert rule."""
    audit = world(files).findings.json["alert_audit"]
    (found,) = [one for one in audit["rules"] if one["rule"] == f"alert.{name}"]
    return found  # type: ignore[no-any-return]


def webhooks(*rang: tuple[float, str]) -> str:
    """Return what Alertmanager sent: alerts, each with its second and name."""
    return "".join(
        json.dumps(
            {
                "receiver": "quay", "status": "firing",
                "alerts": [{"status": "firing", "labels": {"alertname": name}, "startsAt": iso(second), "endsAt": "0001-01-01T00:00:00Z"}],
            }
        ) + "\n"
        for second, name in rang
    )  # fmt: skip


def own(*rang: tuple[float, str]) -> str:
    """Return the application's own list of alerts."""
    apm = [{"severity": "warning", "message": text, "timestamp": epoch_ms(second)} for second, text in rang]
    return json.dumps({"apm": apm, "alerting": [], "statistics": {"total": len(apm)}})


# ---- what rang -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rang", "outcome"),
    [
        pytest.param([(765, "QuayHighErrorRate")], "fired", id="as it should"),
        pytest.param([(765, "QuayFull")], "missed", id="another alert rang, of no rule"),
        pytest.param([(120, "QuayHighErrorRate"), (765, "QuayFull")], "missed", id="long before its cause"),
        pytest.param(
            [(765, "QuayHighErrorRate"), (30, "QuayHighErrorRate")], "fired", id="rightly, and once without a cause"
        ),
    ],
)
def test_alerts_are_held_against_what_was_due(world: World, rang: list[tuple[float, str]], outcome: str) -> None:
    """An alert that belongs to the rule and rings about its stretch is right; without one, the rule was missed."""
    assert rule(world, "error_rate", {LOG: BAD, "alerts.jsonl": webhooks(*rang)})["outcome"] == outcome


def test_the_delay_counts_from_the_bucket_over_the_threshold(world: World) -> None:
    """A bucket is known at its end: the delay has both of its edges as bounds."""
    (due,) = rule(world, "error_rate", {LOG: BAD, "alerts.jsonl": webhooks((765, "QuayHighErrorRate"))})["due"]

    assert (due["earliest"], due["latest"], due["until"]) == (short(720), short(750), short(900))
    assert due["delay_s"] == [15.0, 45.0]


def test_an_alert_rings_for_the_stretch_it_came_after_and_not_for_one_before(world: World) -> None:
    """Three stretches of half a minute, eight minutes apart, for which nothing rang, and one for which it did: the delay is from that."""
    apart = [10, *[0] * 16]
    files = {
        LOG: traffic(*CALM, *apart * 3, *[10] * 6, *[0] * 10),
        "alerts.jsonl": webhooks((2295, "QuayHighErrorRate")),
    }
    due = rule(world, "error_rate", files)["due"]

    assert [(one["earliest"], bool(one["alert"]), one["delay_s"]) for one in due] == [
        (short(720), False, None), (short(1230), False, None), (short(1740), False, None), (short(2250), True, [15.0, 45.0])
    ]  # fmt: skip


def test_an_alert_without_a_cause_is_one_only_where_its_signal_was_seen(world: World) -> None:
    """What rang while requests were well rang without a cause; what rang before any request is known is unclear."""
    rang = webhooks((-7200, "QuayHighErrorRate"), (400, "QuayHighErrorRate"))
    found = rule(world, "error_rate", {LOG: traffic(*CALM), "alerts.jsonl": rang})

    assert found["outcome"] == "without_cause"
    assert [one["time"] for one in found["without_cause"]] == [short(400)]
    assert [one["time"] for one in found["unclear"]] == [short(-7200)]


def test_silence_proves_nothing_where_nobody_keeps_alerts(world: World) -> None:
    """Without any list of alerts or channel in which they are announced, nobody can say that none rang."""
    found = rule(world, "error_rate", {LOG: BAD})

    assert (found["outcome"], found["why"]) == ("not_assessable", "nothing in the evidence keeps the alerts that rang")


def test_a_list_in_memory_is_lost_with_its_process(world: World) -> None:
    """The application's own list is empty after a restart: that is no proof, and without the restart it is."""
    manager = "".join(
        f"2031-04-02T12:16:{second:02}: PM2 log: {text}\n"
        for second, text in (
            (0, "Stopping app:quay id:0"),
            (1, "App [quay:0] exited with code [0] via signal [SIGINT]"),
            (2, "App [quay:0] starting in -fork mode-"),
            (2, "App [quay:0] online"),
        )
    )
    found = rule(world, "error_rate", {LOG: BAD, "alerts.json": own(), "logs/pm2.log": manager})

    assert found["outcome"] == "not_assessable"
    assert "alerts.json is kept in the memory of a process that restarted afterwards" in found["why"]


def test_a_list_of_a_process_that_ran_on_is_a_proof(world: World) -> None:
    """Without a restart an empty list of alerts says that none rang."""
    assert rule(world, "error_rate", {LOG: BAD, "alerts.json": own()})["outcome"] == "missed"


def test_a_channel_of_alerts_keeps_them(world: World) -> None:
    """Where a program announces alerts in a channel, an alert that it does not announce did not ring."""
    said = json.loads(messages((800, "U1", "looking")))
    bot = {"type": "message", "subtype": "bot_message", "username": "monitoring", "ts": f"{epoch_ms(760) / 1000:.6f}"}
    chat = json.dumps([{**bot, "text": "[ALERT] [WARNING] High Memory Usage"}, *said])

    assert rule(world, "error_rate", {LOG: BAD, "chat.json": chat})["outcome"] == "missed"


def test_a_threshold_is_not_a_criterion(world: World) -> None:
    """One bucket over the threshold makes the alert due, and the criterion of the same signal is not met."""
    found = rule(world, "error_rate", {LOG: traffic(*CALM, 10, 0, 0, 0), "alerts.json": own()})

    assert (found["outcome"], found["criterion"]) == ("missed", {"rule": "declare.error_rate", "verdict": "not_met"})


def test_the_names_of_alerts_are_declared() -> None:
    """The texts of alert_audit.toml belong to the rules that it says, and those that it rejects do not."""
    wrong = [
        (one["rule"], text)
        for one in backtest.declared()["name"]
        for text in one["examples"]
        if alert_audit.belongs(text) != one["rule"]
    ]
    taken = [text for one in backtest.declared()["name"] for text in one["rejects"] if re.search(one["pattern"], text)]

    assert (wrong, taken) == ([], [])


# ---- other settings ------------------------------------------------------------------------------------------------


def cell(found: dict[str, Any], threshold: float, duration: int) -> tuple[Any, ...]:
    """Return what one setting would have done."""
    (one,) = [
        one for one in found["backtest"]["cells"] if (one["threshold"], one["duration_s"]) == (threshold, duration)
    ]
    return one["detected"], one["delay_s"], one["false_alarms"], one["false_alarms_seen"]


def test_a_setting_rings_when_it_could_have_known(world: World) -> None:
    """At once means at the end of the first bucket; for longer than a minute means with the third."""
    found = rule(world, "error_rate", {LOG: BAD})

    assert cell(found, 5.0, 0) == ("yes", [30.0, 31.5], None, 0)
    assert cell(found, 5.0, 60) == ("yes", [90.0, 91.5], None, 0)
    assert cell(found, 5.0, 300) == ("no", None, None, 0)
    assert [one["rings"] for one in found["backtest"]["cells"] if one["threshold"] == 5.0][:3] == [
        short(750), short(780), short(810),
    ]  # fmt: skip


def test_a_short_history_tells_no_false_alarms(world: World) -> None:
    """Twelve quiet minutes do not say how often a setting rings falsely; on them no threshold would have done better."""
    found = rule(world, "error_rate", {LOG: BAD})

    # 20 requests in 30 s: from the first, at 12:00, to the last that did not fail, 1.5 s before the breach that begins at 12:12
    assert (found["backtest"]["history_s"], found["backtest"]["false_alarms_known"]) == (720 - 30 / 20, False)
    assert found["suggestion"] is None
    assert (
        found["why_no_suggestion"]
        == "no other threshold of the grid, and no other duration, would have done better, tried on 11 min 58 s before the onset"
    )


def test_a_change_tried_on_a_short_history_has_that_as_its_price(world: World) -> None:
    """Ten quiet minutes, then memory rises: 60 % would have rung four minutes sooner; how often it rings falsely is not ruled out."""
    found = rule(world, "memory", {"incident-metrics.json": samples("memory.usage", every(60, *GROWING[-20:]))})
    change = found["suggestion"]
    hours = found["backtest"]["history_s"] / 3600

    assert (change["threshold"], change["earlier_s"], change["false_alarms"]) == (60.0, [240.0, 240.0], 0)
    assert (change["false_alarms_known"], found["backtest"]["false_alarms_known"]) == (False, False)
    assert change["false_alarms_per_hour_at_most"] == pytest.approx(
        -log(0.05) / hours, rel=1e-3
    )  # for none, e^(-rate) is the doubt


def test_less_than_the_longest_duration_is_no_trial(world: World) -> None:
    """Four minutes before the onset try nothing: a setting of five minutes could not have rung once."""
    found = rule(world, "memory", {"incident-metrics.json": samples("memory.usage", every(60, *GROWING[-11:]))})

    assert (found["suggestion"], found["backtest"]["history_s"] < 300) == (None, True)
    assert (
        found["why_no_suggestion"] == "no setting can be tried: less than 5 min of the time before the onset is known"
    )


GROWING = [*[40] * 60, *[65] * 2, *[40] * 70, 62, 66, 72, 76, 82, 84, 91, 92, 93, 94]
"""Memory, one reading a minute: over an hour of history with one rise to 65 %, then the rise that was the incident."""


def test_one_change_is_suggested_with_its_price(world: World) -> None:
    """A lower threshold that would have warned two minutes earlier, without a false alarm, as a change of the file that holds it."""
    configuration = '{\n  "thresholds": {\n    "errorRate": 0.05,\n    "memoryUsage": 80\n  }\n}\n'
    memory = samples("memory.usage", every(60, *GROWING))
    found = rule(world, "memory", {"incident-metrics.json": memory, "monitoring.config.json": configuration})

    assert cell(found, 60.0, 0)[3] == 1
    change = found["suggestion"]
    assert (change["threshold"], change["instead_of"], change["earlier_s"]) == (70.0, 80.0, [120.0, 120.0])
    assert (change["false_alarms"], change["false_alarms_now"], change["history_s"]) == (0, 0, 8100.0)
    assert change["diff"] == (
        "--- a/monitoring.config.json\n"
        "+++ b/monitoring.config.json\n"
        "@@ -1,6 +1,6 @@\n"
        " {\n"
        '   "thresholds": {\n'
        '     "errorRate": 0.05,\n'
        '-    "memoryUsage": 80\n'
        '+    "memoryUsage": 70\n'
        "   }\n"
        " }\n"
    )


def test_without_the_file_the_fragment_is_given(world: World) -> None:
    """Where no configuration is in the evidence, the change is the piece of JSON to add."""
    found = rule(world, "memory", {"incident-metrics.json": samples("memory.usage", every(60, *GROWING))})

    assert found["suggestion"]["diff"] is None
    assert json.loads(found["suggestion"]["fragment"]) == {"thresholds": {"memoryUsage": 70}}


def test_what_is_configured_is_told_beside_the_runbook(world: World) -> None:
    """A configured threshold is the present one, whatever the runbook says."""
    configuration = '{"thresholds": {"errorRate": 0.2}}'
    found = rule(world, "error_rate", {LOG: BAD, "monitoring.config.json": configuration})

    assert (found["configured"], found["present"]) == (20.0, 20.0)
    assert [one["threshold"] for one in found["backtest"]["cells"] if one["present"]] == [20.0]


@pytest.mark.parametrize(
    ("present", "others", "best"),
    [
        pytest.param((10.0, 0, 40.0, 0), [(5.0, 0, 10.0, 0), (2.0, 0, 5.0, 3)], (5.0, 0), id="earlier, no false alarm"),
        pytest.param((5.0, 0, 10.0, 3), [(10.0, 0, 40.0, 0)], (10.0, 0), id="later, but without the false alarms"),
        pytest.param((10.0, 0, 40.0, 0), [(5.0, 0, 10.0, 1)], None, id="earlier only with false alarms"),
        pytest.param((10.0, 0, 40.0, 0), [(5.0, 0, 40.0, 0)], None, id="no earlier"),
        pytest.param((10.0, 0, None, 0), [(5.0, 0, 10.0, 1), (2.0, 0, 5.0, 9)], (5.0, 0), id="now it does not ring"),
        pytest.param(
            (5.0, 0, 10.0, 3), [(5.0, 60, 70.0, 0), (10.0, 0, 90.0, 0)], (5.0, 60), id="longer is sooner than higher"
        ),
        pytest.param(
            (5.0, 0, 10.0, 3), [(5.0, 60, 70.0, 1), (10.0, 0, 90.0, 0)], (10.0, 0), id="higher is rarer than longer"
        ),
        pytest.param(
            (5.0, 0, 10.0, 3), [(5.0, 60, 70.0, 0), (10.0, 0, 70.0, 0)], (10.0, 0), id="as good: the threshold"
        ),
        pytest.param((5.0, 120, 130.0, 0), [(5.0, 0, 10.0, 0)], (5.0, 0), id="shorter is sooner"),
        pytest.param((5.0, 0, 10.0, 3), [(10.0, 60, 70.0, 0)], None, id="not both at once"),
    ],
)
def test_better_is_fewer_false_alarms_and_then_earlier(
    present: tuple[float, int, float | None, int],
    others: list[tuple[float, int, float | None, int]],
    best: tuple[float, int] | None,
) -> None:
    """A change must bring something, of the threshold or of the duration, and its price in false alarms is never higher than
    now, unless now it does not ring at all."""
    cells = tuple(
        Cell(limit, duration, "yes" if delay else "no", (delay, delay) if delay else None, alarms)
        for limit, duration, delay, alarms in (present, *others)
    )

    found = backtest.better(Backtest(("s",), timedelta(hours=5), cells), *present[:2])

    assert ((found.threshold, found.duration) if found else None) == best


def test_nothing_is_better_than_what_is_not_known() -> None:
    """Where too little was measured to know what the present setting would have done, no other one is said to be better."""
    cells = (Cell(80.0, 0, None, None, 0, "a hole"), Cell(70.0, 0, "yes", (5.0, 5.0), 0))

    assert backtest.better(Backtest(("s",), timedelta(hours=5), cells), 80.0) is None


FLICKERING = [*[0] * 20, 3, *[0] * 60, 3, *[0] * 60, *[10] * 6, *[0] * 10]
"""Requests that fail in one bucket twice, over an hour apart in all, and then for three minutes."""


def test_a_longer_duration_is_suggested_where_that_is_the_better_price(world: World) -> None:
    """Two buckets failed as much as those of the incident, so that no threshold tells them apart: waiting for longer than half a
    minute rids of both false alarms, and costs half a minute."""
    configuration = '{\n  "thresholds": {\n    "errorRate": 0.05\n  }\n}\n'
    grave = traffic(*[10 if one == 3 else one for one in FLICKERING])
    change = rule(world, "error_rate", {LOG: grave, "monitoring.config.json": configuration})["suggestion"]

    assert (change["changes"], change["duration_s"], change["instead_of_s"]) == ("duration", 30, 0)
    assert (change["earlier_s"], change["false_alarms"], change["false_alarms_now"]) == ([-30.0, -30.0], 0, 2)
    assert change["new_setting"]
    assert change["diff"] == (
        "--- a/monitoring.config.json\n"
        "+++ b/monitoring.config.json\n"
        "@@ -1,4 +1,7 @@\n"
        " {\n"
        '+  "durations": {\n'
        '+    "errorRate": 30000\n'
        "+  },\n"
        '   "thresholds": {\n'
        '     "errorRate": 0.05\n'
        "   }\n"
    )


def test_a_higher_threshold_is_suggested_where_it_costs_nothing(world: World) -> None:
    """Two buckets with 15 % were false alarms: 20 % rids of both as well, without a delay."""
    change = rule(world, "error_rate", {LOG: traffic(*FLICKERING)})["suggestion"]

    assert (change["changes"], change["threshold"], change["earlier_s"]) == ("threshold", 20.0, [0.0, 0.0])
    assert json.loads(change["fragment"]) == {"thresholds": {"errorRate": 0.2}}


@pytest.mark.parametrize(
    ("text", "now", "line"),
    [
        pytest.param(
            '{\n  "durations": {\n    "errorRate": 10000\n  },\n  "thresholds": {"errorRate": 0.05}\n}\n',
            10, '+    "errorRate": 30000', id="changed",
        ),
        pytest.param(
            '{\n  "durations": {\n    "diskUsage": 10000\n  },\n  "thresholds": {"errorRate": 0.05}\n}\n',
            0, '+    "errorRate": 30000,', id="added beside others",
        ),
        pytest.param('{"thresholds": {"errorRate": 0.05}}', 0, None, id="on one line: only the fragment"),
    ],
)  # fmt: skip
def test_a_duration_is_written_where_the_configuration_keeps_it(
    world: World, text: str, now: int, line: str | None
) -> None:
    """The number is changed where it stands, or added where others stand; what cannot be changed by its text alone is a fragment."""
    grave = traffic(*[10 if one == 3 else one for one in FLICKERING])
    found = rule(world, "error_rate", {LOG: grave, "monitoring.config.json": text})
    change = found["suggestion"]

    assert (found["present_duration_s"], change["duration_s"]) == (now, 30)
    assert [one for one in (change["diff"] or "").splitlines() if one.startswith("+ ")] == ([line] if line else [])
    if line is None:
        assert json.loads(change["fragment"]) == {"durations": {"errorRate": 30000}}


# ---- what was not measured -----------------------------------------------------------------------------------------


def settled(found: dict[str, Any]) -> set[tuple[Any, str]]:
    """Return what the grid of a rule says of its settings, and why."""
    return {(one["detected"], one["why"]) for one in found["backtest"]["cells"]}


def test_what_was_measured_only_afterwards_tells_nothing_of_the_incident(world: World) -> None:
    """Memory that is measured from after the impact on may have been anything in it: not known, and not "no"."""
    memory = samples("memory.usage", every(30, *[40] * 20, start=930))
    found = rule(world, "memory", {LOG: BAD, "incident-metrics.json": memory})

    assert settled(found) == {(None, "nothing was measured from 12:11:58 to 12:15:00 UTC, all of the incident")}
    assert {one["false_alarms_seen"] for one in found["backtest"]["cells"]} == {None}
    assert found["why_no_suggestion"].startswith("no setting can be tried")


def test_a_hole_hides_what_is_shorter_and_not_what_is_longer(world: World) -> None:
    """Two minutes without a sample in an incident of three hide a minute over a threshold, and not five."""
    readings = [(float(second), 40) for second in range(0, 1200, 10) if not 750 < second < 870]
    found = rule(world, "memory", {LOG: BAD, "incident-metrics.json": samples("memory.usage", readings)})

    hole = "nothing was measured from 12:12:30 to 12:14:30 UTC"
    assert {(one["duration_s"], one["detected"], one["why"]) for one in found["backtest"]["cells"]} == {
        (0, None, hole), (30, None, hole), (60, None, hole), (120, "no", ""), (300, "no", ""),
    }  # fmt: skip


def test_what_was_over_when_the_evidence_ended_may_have_stayed_so(world: World) -> None:
    """Requests fail until the log ends, for two minutes: nothing tells that a setting of five minutes would not have rung."""
    found = rule(world, "error_rate", {LOG: traffic(*CALM, *[10] * 5)})

    assert cell(found, 5.0, 120)[0] == "yes"
    assert cell(found, 5.0, 300) == (None, None, None, 0)
    assert cell(found, 10.0, 300)[0] is None


def test_a_summary_of_a_whole_run_has_a_grid_too(world: World) -> None:
    """16 % of the requests of four minutes failed: over 10 % for longer than a minute is told of it, at some time within that; what
    was higher or longer is not known, as one number hides it."""
    text = "\n".join(
        [
            "     data_received..................: 1.2 MB 5.0 kB/s",
            "     http_req_duration..............: avg=90ms min=10ms med=80ms max=400ms p(90)=120ms p(95)=150ms",
            "     http_req_failed................: 16.00% ✓ 384      ✗ 2016",
            "     http_reqs......................: 2400   10.0/s",
        ]
    )
    found = rule(world, "error_rate", {"k6.txt": text + "\n"})

    assert cell(found, 10.0, 60)[0] == "yes"
    assert cell(found, 20.0, 0)[0] is None
    assert cell(found, 10.0, 300)[0] is None
    assert {one["why"] for one in found["backtest"]["cells"] if one["detected"] is None} == {
        "k6.txt tells one number of a longer time, which hides what was shorter"
    }


def test_a_clock_of_its_own_has_a_grid_of_its_own(world: World) -> None:
    """A pool that is measured on a clock that only counts was full from its tenth second on; nothing tells when that was, counted
    from the onset that a log tells."""
    rows = "".join(f"{second},{10 if second >= 10 else 1},10\n" for second in range(0, 60))
    found = rule(world, "db_connections", {LOG: BAD, "pool.csv": f"elapsed_s,db_pool_active,db_pool_size\n{rows}"})

    (grid,) = found["backtests"]
    assert (grid["clock"], grid["history_s"]) == ("pool.csv", None)
    at_once = [one for one in grid["cells"] if (one["threshold"], one["duration_s"]) == (90.0, 0)]
    assert [(one["detected"], one["rings"]["offset_s"], one["why"]) for one in at_once] == [
        (None, 10.0, "nothing tells how the clock of pool.csv and that of the onset relate")
    ]


def test_what_only_failures_tell_is_not_silent_because_it_was_well(world: World) -> None:
    """A signal that is told only when a query fails rang with that; that a setting did not ring on it means nothing."""
    calm, bad = (
        traffic(*CALM),
        traffic(*[20] * 6, start=720, error="Connection pool exhausted: 10/10 in use, waited 2000 ms"),
    )
    found = rule(world, "db_connections", {LOG: calm + bad + traffic(*[0] * 10, start=900)})

    whys = {one["why"] for one in found["backtest"]["cells"]} if found["backtest"] else set()
    assert all("so that its silence means nothing" in why for why in whys if why)


# ---- criteria that count -------------------------------------------------------------------------------------------


def criterion(world: World, name: str, files: dict[str, Any]) -> dict[str, Any]:
    """Return what a world of these files says of other settings of a criterion."""
    audit = world(files).findings.json["alert_audit"]
    (found,) = [one for one in audit["criteria"] if one["rule"] == f"declare.{name}"]
    return found  # type: ignore[no-any-return]


def test_how_many_probes_must_fail_has_a_grid(world: World) -> None:
    """Of probes every half minute one failed an hour ago and eight in a row in the incident: one failure in a row rings falsely
    once, three ring a minute after the first, for longer than two minutes with the sixth."""
    failing = [300.0, *(4200.0 + 30 * place for place in range(8))]
    results = [
        {"timestamp": iso(second), "success": second not in failing, "responseTime": 20}
        for second in map(float, range(0, 5400, 30))
    ]
    found = criterion(world, "unavailable", {"uptime.json": json.dumps({"metrics": {}, "results": {"quay": results}})})

    by = {(one["threshold"], one["duration_s"]): one for one in found["backtest"]["cells"]}
    assert {key: one["rings"] for key, one in by.items() if key in ((1, 0), (3, 0), (1, 120))} == {
        (1, 0): short(4200), (3, 0): short(4260), (1, 120): short(4350),
    }  # fmt: skip
    assert (by[1, 0]["false_alarms"], by[3, 0]["false_alarms"]) == (1, 0)
    assert (by[10, 0]["detected"], by[1, 300]["detected"]) == ("no", "no")
    assert (found["present"], found["present_duration_s"]) == (3.0, 300)


def test_how_many_guesses_and_how_fast_has_a_grid(world: World) -> None:
    """Eight failed logins of one address, fifteen seconds apart, after ten quiet minutes: three within a minute ring with the
    third, twenty never; nothing else is told."""
    lines = [good_login(float(second), ip="192.0.2.9") for second in range(0, 600, 20)]
    lines += [failed_login(600 + 15.0 * place) for place in range(8)]
    lines += [good_login(float(second), ip="192.0.2.9") for second in range(720, 1200, 20)]
    found = criterion(world, "security_alert", {LOG: log_of(lines)})

    by = {(one["threshold"], one["duration_s"]): one for one in found["backtest"]["cells"]}
    assert (by[3, 60]["rings"], by[5, 60]["rings"], by[5, 300]["rings"]) == (short(630), short(660), short(660))
    assert {one["detected"] for key, one in by.items() if key[0] == 20} == {"no"}
    assert [key for key, one in by.items() if one["present"]] == [(5.0, 300)]


# ---- a second way --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """A store whose points are replaced for every example."""
    with Store() as opened:
        opened.run("points_schema", first_year=OWN_CLOCKS, totals=[], rates=[], lengths=[])
        yield opened


Requests = list[list[bool] | None]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.lists(st.booleans(), min_size=1, max_size=6)), min_size=8, max_size=40),
    st.integers(1, 900),
    st.integers(0, 300),
)
def test_firings_are_those_of_a_plain_simulation(store: Store, buckets: Requests, onset: int, later: int) -> None:
    """A pager that looks at the raw requests at the end of every half minute rings when the grid says so."""
    signal = Signal("s", "error_rate", "Error rate", "%", "it", "log", "server", "bucket", 0.0)
    store.connection.execute("delete from points")
    rows = [
        ["s", at(30 * place), at(30 * place + 30), 100.0 * sum(failed) / len(failed), float(len(failed))]
        for place, failed in enumerate(buckets)
        if failed is not None
    ]
    store.add("points", ["id", "time", "until", "value", "weight"], rows)
    rule_ = load().rule("alert.error_rate")
    end = onset + later

    grid = backtest.settings(rule_.id, rule_.limit), backtest.durations()
    found = backtest.backtest(store, *grid, [signal], Watch(Span(at(onset), at(onset)), at(end)))

    assert found is not None
    quiet = found.history < timedelta(seconds=30)
    for one in found.cells:
        detected, delay, alarms = paged(buckets, one.threshold, one.duration, onset, end)
        if detected == "no" and may_have_rung(buckets, one.threshold, one.duration, onset, end):
            detected = None
        assert (one.detected, one.delay, one.false_alarms) == (detected, delay, alarms or (None if quiet else 0)), one
        assert bool(one.why) == (detected is None)


def may_have_rung(buckets: Requests, threshold: float, duration: int, onset: int, end: int) -> bool:
    """Walk through the incident second by second: whether some stretch that is over, or of which nothing is known, is too long, and
    holds something of which nothing is known."""

    def state(second: int) -> str:
        known = buckets[second // 30] if 0 <= second // 30 < len(buckets) else None
        if known is None:
            return "unknown"
        return "over" if 100 * sum(known) > threshold * len(known) else "fine"

    length, holed = 0, False
    for second in range(onset - 600, end):  # twice the longest duration of the grid before it
        seen = state(second)
        if seen == "fine":
            length, holed = 0, False
            continue
        length, holed = length + 1, holed or seen == "unknown"
        if holed and length > duration and second >= onset:
            return True
    return False


def paged(buckets: Requests, threshold: float, duration: int, onset: int, end: int) -> tuple[Any, ...]:
    """Walk through time with a pager: it remembers since when it was over, and forgets that at every bucket that is not."""
    rings: list[list[int]] = []  # when it rang, and until when it was over
    since: int | None = None
    ringing = False
    for place, failed in enumerate([*buckets, None]):
        if failed is None or 100 * sum(failed) <= threshold * len(failed):
            since, ringing = None, False
            continue
        now = 30 * place + 30
        since = 30 * place if since is None else since
        if ringing:
            rings[-1][1] = now
        elif duration == 0 or now - since > duration:
            ringing = True
            rings.append([now, now])
    false = [one for one in rings if one[0] < onset and one[1] < onset]
    endless = [one for one in rings if one[0] < onset - 1800 and one[1] >= onset]
    if endless:
        return "never quiet", None, len(false) + len(endless)
    telling = [rang for rang, until in rings if until >= onset and rang <= end]
    if not telling:
        return "no", None, len(false)
    return "yes", (float(min(telling) - onset),) * 2, len(false)


# ---- the recorded kits ---------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_what_the_kits_hold_of_alerts(analysed: Callable[..., Any]) -> None:
    """Slow answers that no alert told of were missed; where the process restarted, its empty list proves nothing."""
    outcomes = {}
    for name in ("F1-slow-dep", "A0-lock-p0-restart", "B1-leak-oom"):
        audit = analysed(shared.origin_evidence(name)).findings.json["alert_audit"]
        outcomes[name] = {one["rule"].removeprefix("alert."): one["outcome"] for one in audit["rules"]}

    assert outcomes["F1-slow-dep"]["response_time"] == "missed"
    assert outcomes["A0-lock-p0-restart"]["error_rate"] == "not_assessable"
    assert outcomes["B1-leak-oom"]["response_time"] == "missed"  # a channel announces alerts, and not this one


def audited(analysed: Callable[..., Any], folder: Any, name: str) -> dict[str, Any]:
    """Return what is audited of one alert rule in a folder."""
    audit = analysed(folder).findings.json["alert_audit"]
    return next(one for one in audit["rules"] if one["rule"] == f"alert.{name}")  # type: ignore[no-any-return]


@pytest.mark.shared
def test_each_judged_signal_of_the_cases_has_a_grid(analysed: Callable[..., Any]) -> None:
    """The truth: 15.8 % over 285 s; 90 % of a disk at the second of two looks, eight minutes apart at the most; a pool full from
    10.2 s of its own clock on. Each setting that this can tell of is told of, and of no other it is said that it would not have rung."""
    failing = audited(analysed, shared.case_evidence("quickticket-payments"), "error_rate")
    full = audited(analysed, shared.case_evidence("disk-full-lab"), "disk")
    pool = audited(analysed, shared.case_evidence("db-pool-storm"), "db_connections")

    assert cell(failing, 10.0, 120)[0] == "yes"
    assert 0 <= cell(failing, 10.0, 120)[1][0] < cell(failing, 10.0, 120)[1][1] <= 285.2
    assert (cell(failing, 20.0, 0)[0], cell(full, 85.0, 0)[0], cell(full, 85.0, 60)[0]) == (None, "yes", None)
    assert cell(full, 85.0, 0)[1][1] <= 8 * 60 + 1
    (stats,) = [one for one in pool["backtests"] if one["clock"] == "results_raw_buggy-stats.txt"]
    assert [
        (one["detected"], one["rings"]["offset_s"])
        for one in stats["cells"]
        if (one["threshold"], one["duration_s"]) == (90.0, 0)
    ] == [(None, 10.2)]


@pytest.mark.shared
def test_what_a_restart_took_away_is_not_called_quiet(analysed: Callable[..., Any]) -> None:
    """Metrics of the process that restarted begin after the incident: no setting on memory or disk is said not to have rung."""
    for name in ("memory", "disk"):
        found = audited(analysed, shared.origin_evidence("A0-lock-p0-restart"), name)
        assert {one["detected"] for one in found["backtest"]["cells"]} == {None}
