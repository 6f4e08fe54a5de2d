"""What we say of the recorded kits, beside what was true of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import shared
import truth_comparison as compared

pytestmark = pytest.mark.shared

ACCEPTED: dict[str, dict[str, str]] = {
    "B1-leak-oom": {
        "onset begins": "The truth's first bad request is the first that a client saw fail, cut off by an abort; the "
        "server could not log it. The log shows slow answers in the 30 s before, which the truth's own A1 holds.",
        "onset ends": "As above: our onset ends with the first slow answer, 26 s before the first abort.",
    },
    "D1-bad-deploy": {
        "severity": "9.3 % of requests failed over the breach, and P1 begins over 10 %; the truth calls P2 defensible.",
        "onset begins": "The truth counts from the end of the restart; the log holds one failure that is earlier.",
        "onset ends": "As above: the new version answered with an error before the restart was complete.",
    },
    "F1-slow-dep": {
        "alert.response_time": "The truth drops a bucket of 30 s that holds a single request; it took 2.6 s, and an "
        "alert rule has no duration.",
    },
    "K8-truncated-json": {
        "alert.response_time": "As in F1-slow-dep, from which this kit was made.",
    },
    "X1-metrics-404": {
        "recovered": "The truth's last bad request is the last that failed; slow answers followed the restart, and the "
        "truth's own A1 holds their bucket.",
    },
}
"""Where we differ from the truth and are content to, with the reason. All other differences are failures."""

every_kit = pytest.mark.parametrize("name", shared.origin_kits() or ["none"])


@pytest.fixture
def kit(name: str, analysed: Callable[..., Any]) -> tuple[Any, dict[str, Any]]:
    """A kit, analysed, and its truth."""
    return analysed(shared.origin_evidence(name)), shared.origin_truth(name)


@every_kit
def test_we_say_what_was_true(kit: tuple[Any, dict[str, Any]], name: str) -> None:
    """Verdicts, intervals, definitions, severity, counts, logins and moments are true, but for what we accept."""
    (store, _, findings), truth = kit
    requests = store.connection.execute("select time, external, failed from requests").fetchall()

    found = compared.compare(findings.json, truth, shared.origin_evidence(name), requests)

    assert {one.what: one for one in found}.keys() == ACCEPTED.get(name, {}).keys(), found
    assert len(found) == len(ACCEPTED.get(name, {}))


@every_kit
def test_an_unseen_truth_names_its_lost_source(kit: tuple[Any, dict[str, Any]], name: str) -> None:
    """A metric that the export lost is named with what became of it: a restart, or a page that was saved instead."""
    (_, _, findings), truth = kit
    restarted = any(one["what"] == "restart_begin" for one in truth["restarts"])
    text = (shared.origin_evidence(name) / "incident-metrics.json").read_text(encoding="utf-8")

    for one in findings.json["verdicts"]:
        if one["verdict"] == "not_assessable" and one["rule"] in compared.SAMPLED:
            lost = "incident-metrics.json" if text.startswith("<") else "lost with the process"
            assert restarted or text.startswith("<")
            assert any(lost in missing for missing in one["missing"]), one


@pytest.mark.parametrize("name", ["F1-slow-dep", "K8-truncated-json"])
def test_the_dropped_bucket_holds_one_request(name: str) -> None:
    """The bucket that the truth leaves out, and we do not, holds a single external request, of over two seconds."""
    log = (shared.origin_evidence(name) / "logs" / "application.log").read_text(encoding="utf-8")

    ended = r"(?m)^\[2026-11-11T10:20:[0-2].* Request (?:completed|failed) .* IP: (?!127\.)[^|]+\| Time: (\d+)ms"
    assert [int(took) > 2000 for took in re.findall(ended, log)] == [True]


def test_one_failure_precedes_the_end_of_the_restart() -> None:
    """In D1 the log holds exactly one external failure before the moment at which the truth begins to count."""
    truth = shared.origin_truth("D1-bad-deploy")
    log = (shared.origin_evidence("D1-bad-deploy") / "logs" / "application.log").read_text(encoding="utf-8")

    failed = re.findall(r"(?m)^\[([^]]+)Z\] \w+ +\[req_.* \| IP: (?!127\.).* \| Status: 5\d\d", log)
    earlier = [stamp for stamp in failed if stamp + "Z" < truth["counts"]["incident_window"]["start"]]

    counts = truth["counts"]
    assert len(earlier) == counts["server_5xx_external"] - counts["incident_window"]["server_5xx_external"] == 1


def test_slow_answers_precede_the_first_abort(analysed: Callable[..., Any]) -> None:
    """In B1 our onset lies in the bucket in which the truth, too, finds response times over two seconds."""
    onset = analysed(shared.origin_evidence("B1-leak-oom")).findings.json["moments"]["onset"]
    (bucket,) = shared.origin_truth("B1-leak-oom")["alert_thresholds"]["A1_p95_gt_2s_30s_buckets"]

    assert bucket["start"] <= onset["latest"] < bucket["end"]


def test_slow_answers_follow_the_restart(analysed: Callable[..., Any]) -> None:
    """In X1 we call it recovered in the last bucket in which the truth, too, finds response times over two seconds."""
    recovered = analysed(shared.origin_evidence("X1-metrics-404")).findings.json["moments"]["recovered"]
    bucket = shared.origin_truth("X1-metrics-404")["alert_thresholds"]["A1_p95_gt_2s_30s_buckets"][-1]

    assert bucket["start"] <= recovered["earliest"] < bucket["end"]


@every_kit
def test_the_empty_extract_is_named(kit: tuple[Any, dict[str, Any]], name: str) -> None:
    """The runbook's grep matched nothing: the empty extract is named, with a command that works."""
    _, evidence, _ = kit[0]
    extract = next(entry for entry in evidence if entry.path == "incident-logs.txt")

    assert (extract.status, extract.size) == ("empty", 0)
    assert "%FT%H" in extract.problems[0].remedy


# ---- who was hit ----------------------------------------------------------------------------------------------------

EARLIER = {"D1-bad-deploy": 1}
"""Failures that our window holds and the truth's does not; see test_one_failure_precedes_the_end_of_the_restart."""


@every_kit
def test_requests_and_failures_of_the_impact_are_those_of_its_window(
    kit: tuple[Any, dict[str, Any]], name: str
) -> None:
    """The impact counts the requests of our own window, which is not the truth's: ours runs from the last normal answer to the end of
    the last bucket that was over a limit, the truth's from the cause to the last bad answer. By the text of the log each count is
    that of its window, the two differ by exactly those requests that only one of them holds, and no failure is lost by ours."""
    (_, _, findings), truth = kit
    impact, ours = findings.json["impact"], findings.json["incident"]["window"]
    theirs = truth["counts"]["incident_window"]
    requests = [one for one in compared.logged(shared.origin_evidence(name)) if one.external]
    in_ours, in_theirs = (
        {
            place
            for place, one in enumerate(requests)
            if compared.time(window["start"]) <= one.completed <= compared.time(window["end"])
        }
        for window in (ours, theirs)
    )
    failed_ours, failed_theirs = ({place for place in held if requests[place].failed} for held in (in_ours, in_theirs))

    assert (impact["requests"], impact["failed"]) == (len(in_ours), len(failed_ours))
    assert (len(in_theirs), len(failed_theirs)) == (theirs["server_external"], theirs["server_5xx_external"])
    assert impact["requests"] - theirs["server_external"] == len(in_ours - in_theirs) - len(in_theirs - in_ours)
    assert failed_theirs <= failed_ours
    assert len(failed_ours - failed_theirs) == EARLIER.get(name, 0)


@every_kit
def test_routes_and_errors_of_the_impact_are_the_truths(kit: tuple[Any, dict[str, Any]], name: str) -> None:
    """By path and by error as many external requests failed as the truth counted over the whole recording: all of them failed in
    the incident."""
    (_, _, findings), truth = kit
    impact, counts = findings.json["impact"], truth["counts"]
    by_path = {one["route"]: one["failed"] for one in impact["routes"]}
    true = {re.sub(r"\d+", "N", error).strip(): failed for error, failed in counts["server_5xx_by_error"].items()}
    by_error = {  # the truth cuts long texts
        next((error for error in true if re.sub(r"\d+", "N", one["kind"]).startswith(error)), one["kind"]): one[
            "failed"
        ]
        for one in impact["errors"]
    }

    assert by_path == {
        re.sub(r"\[(\w+)\]", r":\1", path): failed for path, failed in counts["server_5xx_by_path"].items()
    }
    assert by_error == true
    assert impact["more_routes"] == {"routes": 0, "failed": 0}


@every_kit
def test_no_kit_owes_an_update(kit: tuple[Any, dict[str, Any]], name: str) -> None:
    """By the truth's own times nobody was silent for longer than the declared level allows, from declaration to resolution, so that
    no update is missing and nothing is drafted; a kit that nobody declared owes none at all."""
    (_, _, findings), truth = kit
    declared, resolved = truth["instants"]["declared"], truth["instants"]["resolved_by_api"]
    if declared is None:
        assert findings.json["updates"] is None
        return
    level = findings.json["response"]["course"]["levels"][0]["level"]
    sent = [compared.time(one["t"]) for one in truth["comms"] if one["text"].startswith("INCIDENT UPDATE")]
    start, end = compared.time(declared), compared.time(resolved)
    told = [start, *(one for one in sent if start < one < end), end]

    assert max(later - earlier for earlier, later in pairwise(told)) < compared.PROMISED[level]
    assert [one for one in findings.json["updates"] if one["missing"] or one.get("draft")] == []
