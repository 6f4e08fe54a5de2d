"""The traps of the recorded kits, as the truth files list them: test_traps.py says which test proves which."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import shared

pytestmark = pytest.mark.shared

Analysed = Callable[..., Any]
every_kit = pytest.mark.parametrize("name", shared.origin_kits() or ["none"])
restarted = pytest.mark.parametrize("name", ["A0-lock-p0-restart", "B1-leak-oom", "D1-bad-deploy"])


def found(analysed: Analysed, name: str) -> dict[str, Any]:
    """Return what is found in a kit."""
    return analysed(shared.origin_evidence(name)).findings.json  # type: ignore[no-any-return]


def entry(analysed: Analysed, name: str, path: str) -> Any:
    """Return the inventory's entry of one file of a kit."""
    return next(one for one in analysed(shared.origin_evidence(name)).evidence if one.path == path)


def codes(one: Any) -> list[str]:
    """Return the codes of a file's problems."""
    return [problem.code for problem in one.problems]


def text(name: str, path: str) -> str:
    """Return a file of a kit as it stands."""
    return (shared.origin_evidence(name) / path).read_text(encoding="utf-8", errors="replace")


def verdict(result: dict[str, Any], rule: str) -> dict[str, Any]:
    """Return the verdict on one rule."""
    return next(one for one in result["verdicts"] if one["rule"] == rule)


@every_kit
def test_no_verdict_rests_on_the_dashboard_of_constants(name: str, analysed: Analysed) -> None:
    """The dashboard says the same in every incident: it is named as a summary, and no verdict looks at it."""
    one = entry(analysed, name, "monitoring-dashboard.json")
    result = found(analysed, name)

    assert '"0.1%"' in text(name, "monitoring-dashboard.json")
    assert "summary-not-evidence" in codes(one)
    looked_at = [v["statistic"] + json.dumps(v["definitions"]) for v in result["verdicts"]]
    assert not any("monitoring-dashboard" in one for one in looked_at)


@every_kit
def test_the_failing_analytics_handler_is_an_error_payload_and_no_failure_of_users(
    name: str, analysed: Analysed
) -> None:
    """What the broken handler answered is an error, not data; that it failed for the capture is no failure of a user."""
    result = found(analysed, name)
    failed = re.findall(
        r"GET /api/analytics/dashboard \| IP: (\S+) .*Status: (\d+)", text(name, "logs/application.log")
    )

    assert entry(analysed, name, "analytics-dashboard.json").status == "error-payload"
    assert set(failed) == {("127.0.0.1", "500")}
    assert not any("analytics/dashboard" in row["route"] for row in result["impact"]["routes"])


@restarted
def test_metrics_cover_only_the_time_after_the_restart(name: str, analysed: Analysed) -> None:
    """Metrics that are kept in memory begin after the last restart, and the file says that what was before is lost."""
    one = entry(analysed, name, "incident-metrics.json")
    last = max(r["t"] for r in shared.origin_truth(name)["restarts"] if r["what"] == "app_start")
    onset = found(analysed, name)["moments"]["onset"]["latest"]

    assert "lost-to-restart" in codes(one)
    assert one.covers[0] >= datetime.fromisoformat(last).replace(tzinfo=None) > datetime.fromisoformat(
        onset
    ).replace(tzinfo=None)  # fmt: skip
    assert not any(
        "incident-metrics.json" in run["signal"] and run["start"] < last
        for v in found(analysed, name)["verdicts"]
        for run in v["intervals"]
    )


def test_deaths_that_the_process_tells_undated_are_bounded(analysed: Analysed) -> None:
    """Last words without a time are counted, and lie between the dated lines around the first and the last of them."""
    lines = text("B1-leak-oom", "logs/application.log").splitlines()
    said = [number for number, line in enumerate(lines) if line.startswith("FATAL ERROR")]
    stamp = re.compile(r"^\[(\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d{3})Z\]")
    before = next(s[2] for line in reversed(lines[: said[0]]) if (s := stamp.match(line)))
    after = next(s[2] for line in lines[said[-1] :] if (s := stamp.match(line)))

    answer = found(analysed, "B1-leak-oom")["questions"][2]["answer"]

    told = f"Out of memory: told {len(said)} times by the process itself, undated, so between {before} and {after} UTC"
    assert answer.startswith(told)


def test_memory_is_judged_by_its_share_of_the_limit_of_the_heap(analysed: Analysed) -> None:
    """The share that the export states is of the heap's own limit; it is judged as it is, and never made from other parts."""
    series = json.loads(text("B1-leak-oom", "incident-metrics.json"))["metrics"]
    records = [record for one in series for record in one["metrics"]]
    values = {
        name: [one["value"] for one in records if one["name"] == name] for name in ("memory.limit", "memory.usage")
    }

    memory = verdict(found(analysed, "B1-leak-oom"), "alert.memory")

    assert len(set(values["memory.limit"])) == 1
    assert 1 < max(values["memory.usage"]) <= 100
    assert memory["statistic"].startswith("memory.usage, each sample")


def test_an_abort_with_exit_code_0_is_a_death(analysed: Analysed) -> None:
    """A process that was aborted died by itself, whatever exit code its manager writes; one that was stopped did not."""
    log = text("B1-leak-oom", "logs/pm2.log")
    aborted, stopped = log.count("code [0] via signal [SIGABRT]"), log.count("code [0] via signal [SIGINT]")

    result = found(analysed, "B1-leak-oom")

    assert (aborted, stopped) == (3, 2)
    assert "the process died by itself 3 times" in result["severity"]["reason"]
    assert "The process died by itself 3 times" in result["questions"][3]["answer"] or (
        "the process died by itself 3 times" in result["questions"][3]["answer"]
    )


def test_the_count_of_a_word_is_no_count_of_addresses(analysed: Analysed) -> None:
    """The runbook's own command cut out the word instead of the address: one row, which names nobody, and is said to."""
    rows = text("C1-bruteforce", "failed-login-counts.txt").split("\n")
    one = entry(analysed, "C1-bruteforce", "failed-login-counts.txt")

    assert [row.split() for row in rows if row] == [["1333", "FAILED_LOGIN"]]
    assert "counts-no-addresses" in codes(one)
    assert found(analysed, "C1-bruteforce")["security"]["failed_logins"] == 1333


def test_typos_of_users_are_no_attack(analysed: Analysed) -> None:
    """Addresses that failed once or twice are counted, and are no bursts; those that guessed are the truth's three."""
    log = text("C1-bruteforce", "logs/application.log")
    by_address = Counter(re.findall(r"FAILED_LOGIN (\S+) ", log))
    guessed = {address for address, times in by_address.items() if times > 100}

    security = found(analysed, "C1-bruteforce")["security"]

    assert {one["ip"]: one["failed"] for one in security["sources"]} == dict(by_address)
    assert {one["ip"] for one in security["sources"] if one["burst"]} == guessed
    assert len(guessed) == 3
    assert max(times for address, times in by_address.items() if address not in guessed) < 5


def test_console_objects_are_folded_and_count_no_login_twice(analysed: Analysed) -> None:
    """Objects that the console prints over several lines belong to their first line, and tell of no second login."""
    log = text("C1-bruteforce", "logs/application.log")
    one = entry(analysed, "C1-bruteforce", "logs/application.log")

    assert log.count("[SECURITY-MEDIUM] login_failure") == log.count("FAILED_LOGIN ") == 1333
    assert one.lines.quarantined == 0
    inner = sum(1 for line in log.splitlines() if re.match(r"  (?:ip|userAgent|userId|sessionId): ", line))
    assert one.lines.continued >= inner > 4 * 1333
    assert found(analysed, "C1-bruteforce")["security"]["failed_logins"] == 1333


def test_gaps_of_a_restart_are_seen_by_the_manager_of_processes(analysed: Analysed) -> None:
    """While it restarts a server logs nothing: its manager's log tells of the gap, and stands beside the server's view."""
    judged = verdict(found(analysed, "D1-bad-deploy"), "declare.unavailable")
    starts = [r["t"] for r in shared.origin_truth("D1-bad-deploy")["restarts"] if r["what"] == "restart_begin"]

    restarts = [one for one in found(analysed, "D1-bad-deploy")["timeline"] if "Process stopped" in one["text"]]

    assert {"name": "process down by its manager's log", "verdict": "not_met", "intervals": []} in judged["definitions"]
    assert "(server)" in judged["statistic"]
    assert len(restarts) == len(starts) == 2
    for told, true in zip(restarts, starts, strict=True):
        assert abs(datetime.fromisoformat(told["time"]) - datetime.fromisoformat(true)) <= timedelta(seconds=2)


def test_near_the_limit_every_definition_is_told(analysed: Analysed) -> None:
    """Wider or rolling windows stretch a breach of 90 s past two minutes: ours says not met or met, and that it depends."""
    criterion = shared.origin_truth("G1-near-miss")["criteria"]["C2_error_rate_gt_5pct_gt_2min"]
    true = {name: holds for name, holds in criterion["verdict_by_definition"].items() if name.startswith("server_")}
    judged = verdict(found(analysed, "G1-near-miss"), "declare.error_rate")
    ours = [one for one in judged["definitions"] if "requests" in one["name"]]

    assert judged["depends"] is (len(set(true.values())) > 1)
    assert len(ours) + 1 == len(true) == 8
    assert sum(one["verdict"] == "met" for one in [*ours, judged]) == sum(true.values())


def test_where_probes_alone_saw_an_outage_its_length_is_told(analysed: Analysed) -> None:
    """From the first of the failed checks of the main site to the next that was answered: so long is said, in time."""
    checks = json.loads(text("A0-lock-p0-restart", "uptime.json"))["results"]["main-site"]
    failed = [number for number, one in enumerate(checks) if not one["success"]]
    lasted = (checks[failed[-1] + 1]["timestamp"] - checks[failed[0]]["timestamp"]) / 1000
    told = [one["statement"] for one in found(analysed, "A0-lock-p0-restart")["findings"]]

    assert failed == list(range(failed[0], failed[-1] + 1))
    assert round(lasted) == 600
    assert [
        one for one in told if "(probe) did: probes of main-site" in one and one.endswith(", for 10 min at the longest")
    ]


def test_a_document_that_was_cut_is_partial(analysed: Analysed) -> None:
    """Of metrics that break off in a record, the whole records before are read, and the rest is said to be lost."""
    one = entry(analysed, "K8-truncated-json", "incident-metrics.json")
    cut = text("K8-truncated-json", "incident-metrics.json")

    with pytest.raises(json.JSONDecodeError):
        json.loads(cut)
    whole = len(re.findall(r'"timestamp":\d{13}[,}]', cut))  # every record states one
    assert (one.status, one.records) == ("partial", whole)
    assert "cut" in codes(one)


def test_a_page_instead_of_metrics_is_named(analysed: Analysed) -> None:
    """A web page of "not found" holds no metrics: nothing is read from it, and no resource is called fine."""
    one = entry(analysed, "X1-metrics-404", "incident-metrics.json")
    result = found(analysed, "X1-metrics-404")

    assert text("X1-metrics-404", "incident-metrics.json").startswith("<")
    assert (one.status, one.records) == ("error-payload", 0)
    assert verdict(result, "alert.memory")["verdict"] == "not_assessable"
    assert any("incident-metrics.json" in missing for missing in verdict(result, "alert.memory")["missing"])
