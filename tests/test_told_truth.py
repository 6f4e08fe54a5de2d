"""What the report tells beside verdicts and moments, from the cases and kits: causes, actions, and what evidence says of itself.

Expected values are computed here from the raw files, or stand in the truth files.
"""

from __future__ import annotations

import json
import re
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
    assert "“PATCH incident: resolved lock released, restarted”" in mitigated["why"]
    assert "came 10 s after the last request that failed" in mitigated["why"]
    assert (restart["kind"], told["kind"], told["told_only"]) == ("service restart", "database", True)
    assert restart["after_last_failure_s"] == pytest.approx(
        (time(restart["time"]) - time(failed)).total_seconds(), abs=1
    )
    assert "after the last request that failed: it did not end the failures" in answer(result, "mitigated")


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
