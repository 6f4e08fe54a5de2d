"""What the report tells beside verdicts and moments, from the cases and kits: causes, actions, and what evidence says of itself.

Expected values are computed here from the raw files, or stand in the truth files.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import shared
from test_case_truth import Analysed, answer, found, raw, time

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
