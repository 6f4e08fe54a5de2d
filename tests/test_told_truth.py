"""What the report tells beside verdicts and moments, from the cases and kits: causes, actions, and what evidence says of itself.

Expected values are computed here from the raw files, or stand in the truth files.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import shared
from test_case_truth import Analysed, answer, found, raw, table, time

pytestmark = pytest.mark.shared


def origin(analysed: Analysed, name: str) -> dict[str, Any]:
    """Return what is found in a kit."""
    return analysed(shared.origin_evidence(name)).findings.json  # type: ignore[no-any-return]


# ---- causes -------------------------------------------------------------------------------------------------------


def test_the_commit_that_was_reverted_ranks_above_its_revert(analysed: Analysed) -> None:
    """A list without times names the commit with the fault, and the one that took it back: the first is the suspect."""
    lines = raw("quickticket-payments", "incident-commits.txt").splitlines()
    said = [line.split(" ", 1) for line in lines]
    revert = next(
        id_ for id_, subject in said if subject.startswith('Revert "') and subject[8:-1] in dict(said).values()
    )
    fault = next(id_ for id_, subject in said if f'Revert "{subject}"' == dict(said)[revert])
    changes = found(analysed, "quickticket-payments")["changes"]

    assert [(one["id"], one["label"], one["reverted_by"]) for one in changes[:1]] == [(fault, "suspect", revert)]
    assert (changes[-1]["id"], changes[-1]["reverts"]) == (revert, fault)
    assert f"commit {fault} “{dict(said)[fault]}”, which commit {revert} reverts" in answer(
        found(analysed, "quickticket-payments"), "changed"
    )


def test_the_commit_that_triggered_ranks_first_and_what_came_after_the_onset_last(analysed: Analysed) -> None:
    """The kit's truth names the commit of the bad deploy; its revert, and the restart with it, came ten minutes later."""
    (bad, back) = shared.origin_truth("D1-bad-deploy")["changes"]
    changes = origin(analysed, "D1-bad-deploy")["changes"]

    assert (changes[0]["id"][:7], changes[0]["summary"], changes[0]["label"]) == (bad["sha"], bad["msg"], "suspect")
    assert [one["before_onset"] for one in changes] == sorted((one["before_onset"] for one in changes), reverse=True)
    assert (changes[-1]["id"][:7], changes[-1]["reverts"][:7]) == (back["sha"], bad["sha"])


# ---- actions ------------------------------------------------------------------------------------------------------


def test_an_action_that_returned_nothing_is_said_to_show_no_effect(analysed: Analysed) -> None:
    """Of four actions the journal says that they succeeded; the first of them terminated nothing, as its output is empty."""
    run = json.loads(raw("chaostoolkit-journal", "journal.json"))["run"]
    result = found(analysed, "chaostoolkit-journal")
    told = {one["id"]: one["summary"] for one in result["changes"]}
    empty = "its journal says succeeded, with an empty output, so that nothing shows an effect"

    assert ([not one["output"] for one in run], {one["status"] for one in run}) == (
        [True, False, False, False],
        {"succeeded"},
    )
    assert [told[one["activity"]["name"]].partition(": ")[2] for one in run] == [
        empty,
        *["its journal says succeeded"] * 3,
    ]
    assert empty in answer(result, "changed")


def test_a_restart_after_the_last_failure_did_not_end_the_failures(analysed: Analysed) -> None:
    """The lock was let go, then the last request failed, then came the restart: mitigated is told of the lock, within bounds that
    hold the true time, and the restart is said to have come after the last failure."""
    truth = shared.origin_truth("X1-metrics-404")
    unlocked, restarted = (one["t"] for one in truth["actions"] if (one["note"] or "").startswith("mitigation"))
    result = origin(analysed, "X1-metrics-404")
    log = (shared.origin_evidence("X1-metrics-404") / "logs" / "application.log").read_text(encoding="utf-8")
    lines = [line for line in log.splitlines() if "Request failed" in line and "IP: 127.0.0.1" not in line]
    failed = max(line[1:25] for line in lines if line[1:25] < "2026-11-04T09:35")
    mitigated = result["moments"]["mitigated"]
    restart, told = result["response"]["mitigations"]

    assert unlocked < failed < restarted
    assert mitigated["earliest"] <= unlocked <= mitigated["latest"] == failed
    assert "“Resolved: lock released, restarted”" in mitigated["why"]
    assert "came 10 s after the last request that failed" in mitigated["why"]
    assert (restart["kind"], told["kind"], told["told_only"]) == ("service restart", "database", True)
    assert restart["after_last_failure_s"] == pytest.approx(
        (time(restart["time"]) - time(failed)).total_seconds(), abs=1
    )
    assert "after the last request that failed: it did not end the failures" in answer(result, "mitigated")
    assert restart["effect"] is None or restart["effect"]["error_rate"] is None  # of a fall before it, it did nothing
    assert restart["why_not_measured"].startswith(
        "no request failed any more when it was done (10 s after the last one)"
    )
    assert "0 % after" not in answer(result, "mitigated")


@pytest.mark.parametrize("name", ["A0-lock-p0-restart", "B1-leak-oom", "D1-bad-deploy"])
def test_what_was_done_while_requests_failed_is_not_said_to_be_late(name: str, analysed: Analysed) -> None:
    """Each of these actions came while requests failed, or so soon after the last failure that the next was not yet due."""
    done = origin(analysed, name)["response"]["mitigations"]

    assert len(done) == 2
    assert [one["after_last_failure_s"] for one in done] == [None, None]


# ---- what programs count of themselves ----------------------------------------------------------------------------


def test_when_memory_ran_out_and_how_long_collections_stopped_the_process(analysed: Analysed) -> None:
    """The counter of the server rose between 88 and 99 s, its log prints it between 103 and 104 s: the truth says from 99 to 104 s.
    Collections stopped it for 31.7 s, 12.3 s of that between two samples; in the controls they are no matter."""
    path, log = "results_raw_server-unbounded-r1.csv", "results_raw_serverlog-unbounded-r1.txt"
    rows = [
        {name: float(row[name]) for name in ("t_s", "gc_ms", "oom")} for row in table("heap-oom-slow-consumer", path)
    ]
    before, after = next((one, other) for one, other in pairwise(rows) if other["oom"] > one["oom"])
    most = max(pairwise(rows), key=lambda pair: pair[1]["gc_ms"] - pair[0]["gc_ms"])
    lines = raw("heap-oom-slow-consumer", log).splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("[OOM]"))
    result = found(analysed, "heap-oom-slow-consumer")
    told = {what: [one for one in result["beyond_limits"] if one["what"] == what] for what in ("pause", "exhaustion")}

    (ran_out,), (paused,) = told["exhaustion"], told["pause"]
    assert (ran_out["start"]["offset_s"], ran_out["end"]["offset_s"]) == (before["t_s"], after["t_s"]) == (88, 99)
    assert (lines[at - 1][:8], next(line[:8] for line in lines[at:] if line.startswith("[t="))) == (
        "[t=103s]",
        "[t=104s]",
    )
    assert "undated, so between the lines that count 103 s and 104 s" in answer(result, "triggered")
    assert paused["stopped_s"] == pytest.approx((rows[-1]["gc_ms"] - rows[0]["gc_ms"]) / 1000, abs=0.001)
    assert f"{paused['stopped_s']:.1f}" == "31.7"
    assert paused["most_at_once_s"] == pytest.approx((most[1]["gc_ms"] - most[0]["gc_ms"]) / 1000, abs=0.001)
    assert path in paused["statement"]
    assert paused["statement"] in answer(result, "responded")


# ---- guessed passwords --------------------------------------------------------------------------------------------


def test_what_cut_off_the_guessing_is_told_and_that_nothing_was_locked(analysed: Analysed) -> None:
    """The truth: the server's limit of attempts for one connection held, and there was no lockout."""
    lines = raw("ssh-brute-hydra", "auth.log").splitlines()
    cut = [
        line for line in lines if "error: maximum authentication attempts exceeded for root from 192.168.1.43" in line
    ]
    result = found(analysed, "ssh-brute-hydra")

    assert not [line for line in lines if re.search(r"faillock|tally|fail2ban|sshguard|account .*locked", line)]
    assert [one["statement"] for one in result["security"]["shut_out"]] == [
        f"sshd cut off {len(cut)} connections after too many failures (account root, from 192.168.1.43, "
        f"{cut[0][7:15]}–{cut[-1][7:15]}, in auth.log)",
        "no line of the logs, auth.log among them, tells that an account was locked or that an address was blocked after the "
        "guessing began",
    ]
    assert f"sshd cut off {len(cut)} connections" in answer(result, "responded").replace("Sshd", "sshd")


# ---- silent damage ------------------------------------------------------------------------------------------------


def test_the_over_count_that_nothing_failed_for_is_told(analysed: Analysed) -> None:
    """A counter that adds up was taken for what came anew: 204 were published beside 12, seventeen times as many."""
    path = "MP-01_tables_ridership_vs_gate.csv"
    rows = table("pipeline-silent-corruption", path)
    worst = max(rows, key=lambda row: int(row["published_boardings"]) / int(row["gate_control"]))
    times = int(worst["published_boardings"]) / int(worst["gate_control"])
    result = found(analysed, "pipeline-silent-corruption")
    statement = (
        f"{path} compares published_boardings with gate_control: {len(rows)} of {len(rows)} rows are over it and 0 under it, at "
        f"the most {times:g} times it ({worst['published_boardings']} beside {worst['gate_control']}, line {rows.index(worst) + 2})"
    )

    assert times == 17
    assert statement in result["impact"]["data_loss"]
    assert statement in answer(result, "triggered")


# ---- traps that a weaker test would not have caught --------------------------------------------------------------


def test_what_a_restart_refused_is_seen_by_its_manager_and_by_probes_alone(analysed: Analysed) -> None:
    """Clients were refused while it restarted, twice: no request of the log completed then, its manager's log tells when it was
    down, within the truth's bounds, and of the probes those failed that were sent meanwhile. No unavailability is made of it."""
    truth = shared.origin_truth("D1-bad-deploy")
    edges = [one["t"] for one in truth["restarts"] if one["what"] in ("restart_begin", "restart_end")]
    refused = list(zip(edges[::2], edges[1::2], strict=True))
    folder = shared.origin_evidence("D1-bad-deploy")
    log = (folder / "logs" / "application.log").read_text(encoding="utf-8").splitlines()
    answered = [re.match(r"\[(\S+Z)\] \w+ +\[req_\S+\] Request (?:completed|failed)", line) for line in log]
    probes = [one for check in json.loads((folder / "uptime.json").read_text())["results"].values() for one in check]
    case = analysed(folder)
    down = [
        (row[0].replace(tzinfo=UTC), row[1].replace(tzinfo=UTC))
        for row in case.store.rows("down", start=datetime(2026, 1, 1), end=datetime(2027, 1, 1))
    ]  # by what the process manager says, to the second, until it says that it is online or a request is answered

    assert truth["counts"]["client_connection_errors"] == 42
    assert len(refused) == len(down) == 2
    for (begins, ends), (told, until) in zip(refused, down, strict=True):
        assert not [one for one in answered if one and time(begins) + timedelta(seconds=2) < time(one[1]) < until]
        assert abs(told - time(begins)) < timedelta(seconds=1)
        assert told < until <= time(ends)
    failed = [one for one in probes if not one["success"] and any(a <= one["timestamp"] <= b for a, b in _epochs(down))]
    judged = next(one for one in case.findings.json["verdicts"] if one["rule"] == "declare.unavailable")
    assert len(failed) == 3
    assert "3 of 47 probes failed during the incident" in answer(case.findings.json, "responded")
    assert (judged["verdict"], judged["intervals"]) == ("not_met", [])


def _epochs(spans: list[tuple[datetime, datetime]]) -> list[tuple[float, float]]:
    return [(1000 * start.timestamp(), 1000 * end.timestamp()) for start, end in spans]


def test_the_impact_ends_before_the_alert_does(analysed: Analysed) -> None:
    """285.2 s by the truth; who ends it with the alert overstates by 252 s. Our bounds hold the truth and stay below that."""
    hook = [json.loads(line) for line in raw("quickticket-payments", "webhook-complete.trimmed.jsonl").splitlines()][-1]
    (alert,) = hook["payload"]["alerts"]
    result = found(analysed, "quickticket-payments")
    least, most = result["durations"]["impact_s"]
    ended = time(alert["endsAt"])

    assert (alert["status"], ended) == ("resolved", time("2026-09-27T11:10:10Z"))
    assert least <= 285.2 <= most < 285.2 + 252
    assert max(time(one.get("end_latest", one["end"])) for one in result["impact"]["runs"]) < ended
    assert result["moments"]["recovered"]["source"] == "unknown"
    assert "11:10:10" not in json.dumps([result["moments"], result["impact"], result["durations"]])
    assert result["recovery"]["verdict"] != "shown"


def test_settings_of_a_dump_are_no_rows_no_changes_and_no_times(analysed: Analysed) -> None:
    """SET, GTID and version comments stand around the rows: nothing of them is data, a change or an event, and no line is lost."""
    path = "results_dump_full.sql"
    lines = raw("db-delete-pitr", path).splitlines()
    settings = [line for line in lines if re.match(r"SET |/\*!\d+ SET ", line)]
    case = analysed(shared.case_evidence("db-delete-pitr"))
    rows = case.store.connection.execute(
        'select "table", count(*), bool_or(contains("values", \'GTID\') or contains("values", \'2695cd5d\')) '
        "from database_rows where path = $path group by all",
        {"path": path},
    ).fetchall()
    said = json.dumps([case.findings.json[part] for part in ("changes", "timeline", "questions", "moments", "impact")])

    assert any("GTID_PURGED" in line for line in settings)
    assert len(settings) > 20
    assert rows == [("sponsor", 1000, False)]
    assert not re.search(r"GTID|SQL_LOG_BIN|TIME_ZONE|SET @|CHARACTER_SET|2695cd5d", said)
    assert next(one for one in case.evidence if one.path == path).status == "ok"


def test_progress_of_a_load_test_is_no_log_and_its_ticks_are_read(analysed: Analysed) -> None:
    """Lines of progress are samples on the run's own clock, each once; none is an error, a request or a loud message, and the marks
    of a passed and a failed check, the arrows and the bars do not stop the summary below them from being read."""
    path = "results_raw_buggy-k6.txt"
    text = raw("db-pool-storm", path)
    progress = re.findall(r"(?m)^running \((\d+)m([\d.]+)s\), 0*(\d+)/\d+ VUs, (\d+) complete", text)
    case = analysed(shared.case_evidence("db-pool-storm"))
    ask = case.store.connection.execute
    samples = ask(
        "select clock_s, value from samples where path = $path and name = 'iterations' and clock_s is not null order by clock_s",
        {"path": path},
    ).fetchall()
    levels = ask("select count(*) from log_events where path = $path and level is not null", {"path": path}).fetchone()
    failed = ask("select value from samples where path = $path and name = 'http_req_failed'", {"path": path}).fetchall()
    whole = next(one for one in case.evidence if one.path == path)

    assert len(progress) > 50
    assert all(mark in text for mark in "✓✗↳█↓")
    assert [(clock, value) for clock, value in samples] == [
        (pytest.approx(60 * int(minutes) + float(seconds)), float(done)) for minutes, seconds, _, done in progress
    ]
    assert levels == (0,)
    assert failed == [(7.61,)]
    assert (whole.status, whole.lines.quarantined) == ("ok", 0)
    assert "VUs" not in json.dumps([case.findings.json["timeline"], case.findings.json["questions"]])


def test_codes_of_colour_are_no_part_of_levels_sources_or_messages(analysed: Analysed) -> None:
    """The log is coloured throughout: without its codes each line has the level and the source that it prints."""
    coloured = raw("chaostoolkit-journal", "chaostoolkit.log.gz").splitlines()
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured]
    printed = Counter(
        {"WARNING": "WARN", "CRITICAL": "FATAL"}.get(level[1], level[1])
        for line in plain
        if (level := re.match(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (\w+)\] \[\S+:\d+\] ", line))
    )
    ask = analysed(shared.case_evidence("chaostoolkit-journal")).store.connection.execute
    where = "from log_events where path = 'chaostoolkit.log.gz'"
    kept = Counter(
        {
            {"CRITICAL": "FATAL"}.get(level, level): count
            for level, count in ask(f"select level, count(*) {where} group by level").fetchall()
        }
    )
    codes = ask(
        f"select count(*) {where} and contains(concat_ws(' ', level, source, message, body), chr(27))"
    ).fetchone()
    first = ask(f"select message {where} order by line limit 2").fetchall()

    assert sum("\x1b[" in line for line in coloured) > 2000
    assert kept == printed
    assert codes == (0,)
    assert first[1][0] == "Running command 'run'"
