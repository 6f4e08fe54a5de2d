"""What we say of the cases from the wild, beside what their truth files say: verdicts, moments, counts, and one test a trap.

Expected values are computed here from the raw files, or stand in the truth file. Where we differ and are content to, the
docstring says why.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from statistics import mean
from typing import Any

import pytest
import shared
from forensics.findings.asking import named

pytestmark = pytest.mark.shared

Analysed = Callable[..., Any]
Result = dict[str, Any]

MET = {
    "chaostoolkit-journal": [],
    "db-delete-pitr": [],
    "db-pool-storm": ["alert.response_time", "alert.error_rate", "alert.db_connections"],
    "disk-full-lab": ["alert.disk"],
    "heap-oom-slow-consumer": ["alert.memory"],
    "k8s-cpu-throttle": [],
    "pipeline-silent-corruption": [],
    "quickticket-payments": ["declare.error_rate", "alert.error_rate"],
    "ssh-brute-hydra": ["declare.security_alert"],
}
"""Which rules the truth says fire; of none of the others may we say so."""

SEVERITY = {
    "chaostoolkit-journal": "none",
    "db-delete-pitr": "P0",
    "db-pool-storm": "P3",
    "disk-full-lab": "P3",
    "heap-oom-slow-consumer": "P3",
    "k8s-cpu-throttle": "undetermined",
    "pipeline-silent-corruption": "P0",
    "quickticket-payments": "P1",
    "ssh-brute-hydra": "P0",
}
"""The truth states P0 and P1 where they stand here; the rest follows from the rules that fire: only alerts make a P3. Of the
throttled pod nothing is measured that a rule is about, so nothing can be told. For the brute force see its own test."""


def found(analysed: Analysed, name: str) -> Result:
    """Return what is found in a case."""
    return analysed(shared.case_evidence(name)).findings.json  # type: ignore[no-any-return]


def entry(result: Result, path: str) -> Result:
    """Return the inventory's entry of one file."""
    return next(one for one in result["evidence"] if one["path"] == path)


def raw(name: str, path: str) -> str:
    """Return a file of a case, unpacked."""
    held = (shared.case_evidence(name) / path).read_bytes()
    return (gzip.decompress(held) if path.endswith(".gz") else held).decode("utf-8", errors="replace")


def table(name: str, path: str) -> list[dict[str, str]]:
    """Return the rows of a table; lines that begin with # are above it."""
    return list(csv.DictReader(line for line in raw(name, path).splitlines() if not line.startswith("#")))


def verdict(result: Result, rule: str) -> Result:
    """Return the verdict on one rule."""
    return next(one for one in result["verdicts"] if one["rule"] == rule)


def answer(result: Result, question: str) -> str:
    """Return the answer to one of the five questions."""
    return str(next(one["answer"] for one in result["questions"] if one["id"] == question))


def says(one: Result) -> dict[str, str]:
    """Return what the problems of a file say, by code."""
    return {problem["code"]: problem["message"] for problem in one["problems"]}


def time(text: str | float) -> datetime:
    """Read a time of any file."""
    return datetime.fromtimestamp(text, UTC) if isinstance(text, float) else datetime.fromisoformat(text)


@pytest.mark.parametrize("name", [folder.parent.name for folder in shared.case_folders()] or ["none"])
def test_the_rules_that_fire_are_those_of_the_truth(name: str, analysed: Analysed) -> None:
    """Exactly the rules fire that the truth says, and the severity is the one that follows."""
    result = found(analysed, name)

    assert [one["rule"] for one in result["verdicts"] if one["verdict"] == "met"] == MET[name]
    assert result["severity"]["level"] == SEVERITY[name]


@pytest.mark.parametrize("name", [folder.parent.name for folder in shared.case_folders()] or ["none"])
def test_each_claim_can_be_asked_or_was_drawn_from_claims(name: str, analysed: Analysed) -> None:
    """None has neither, also where little was collected; and each question of it has parameters for all that it wants."""
    claims = analysed(shared.case_evidence(name)).findings.claims
    every = [one for claim in claims if claim["query"] for one in (claim, *claim["also_asked"])]

    assert [claim["subject"] for claim in claims if not claim["query"] and not claim["claims"]] == []
    assert [
        one["query"]
        for one in every
        if named(one["query"].removeprefix("sql/").removesuffix(".sql")) != one["parameters"].keys()
    ] == []


# ---- chaostoolkit-journal -----------------------------------------------------------------------------------------


def test_an_experiment_that_met_its_steady_state_is_no_incident(analysed: Analysed) -> None:
    """Its probes answered before and after, two minutes apart: too little for any criterion to have been met between."""
    journal = json.loads(raw("chaostoolkit-journal", "journal.json"))
    states = [journal["steady_states"][when] for when in ("before", "after")]
    probes = [probe for state in states for probe in state["probes"]]
    result = found(analysed, "chaostoolkit-journal")

    assert (journal["status"], journal["deviated"]) == ("completed", False)
    assert all(state["steady_state_met"] for state in states)
    assert all(probe["tolerance_met"] for probe in probes)
    assert result["incident"]["state"] == "no incident in this evidence"
    assert answer(result, "responded") == f"0 of {len(probes)} probes failed."
    assert "steady state met before: true, after: true" in json.dumps(result["timeline"])


def test_a_log_of_other_days_is_not_this_incident(analysed: Analysed) -> None:
    """The log holds earlier runs that failed, over several days: what is judged is the experiment, as it says itself."""
    journal = json.loads(raw("chaostoolkit-journal", "journal.json"))
    log = raw("chaostoolkit-journal", "chaostoolkit.log.gz")
    window = found(analysed, "chaostoolkit-journal")["incident"]["window"]

    assert len(set(re.findall(r"\[(\d{4}-\d\d-\d\d) ", log))) > 1
    assert "\x1b[" in log
    assert (time(window["start"]), time(window["end"])) == (time(journal["start"]), time(journal["end"]))
    assert window["how"] == "stated"


def test_all_injected_changes_are_listed(analysed: Analysed) -> None:
    """Each of the four actions is a change, with its time; the first stands at the beginning of the journal itself."""
    journal = json.loads(raw("chaostoolkit-journal", "journal.json"))
    actions = {(one["activity"]["name"], time(one["start"])) for one in journal["run"]}
    result = found(analysed, "chaostoolkit-journal")

    assert len(actions) == 4
    assert {(one["id"], time(one["time"])) for one in result["changes"]} == actions
    told = [one["text"] for one in result["timeline"] if one["kind"] == "change"]
    assert len(told) == 4
    assert all(name in answer(result, "changed") for name, _ in actions)


# ---- db-delete-pitr -----------------------------------------------------------------------------------------------


def test_a_foreign_dump_is_read_as_data(analysed: Analysed) -> None:
    """The dialect is recognised, and the rows of its long INSERTs are counted, comments and all."""
    dump = raw("db-delete-pitr", "results_dump_full.sql")
    rows = sum(
        len(re.findall(r"\(\d+,", insert)) for insert in re.findall(r"(?m)^INSERT INTO `sponsor` VALUES (.*);$", dump)
    )
    one = entry(found(analysed, "db-delete-pitr"), "results_dump_full.sql")

    assert "/*!40101" in dump
    assert max(map(len, dump.splitlines())) > 30_000
    assert (one["format"], one["status"], one["records"], rows) == ("mysql-dump", "ok", 1000, 1000)
    assert "nothing in it is carried out" in says(one)["foreign-dump"]


def test_a_clock_nine_hours_off_is_found_by_what_both_tell(analysed: Analysed) -> None:
    """The notes state 15:14:56 and no zone; the server's own log of changes states the second of the same DROP."""
    notes = raw("db-delete-pitr", "results_exp1.txt")
    stated = re.search(r"(?m)^\[(\S+)\] T1 .*DROP TABLE sponsor", notes)
    server = re.search(r"SET TIMESTAMP=(\d+)", notes)
    assert stated is not None
    assert server is not None
    dropped = datetime.fromtimestamp(int(server[1]), UTC)
    result = found(analysed, "db-delete-pitr")
    onset = result["moments"]["onset"]

    assert (stated[1], f"{dropped:%H:%M:%S}") == ("15:14:56", "06:14:56")
    assert entry(result, "results_exp1.txt")["clock"]["zone"] == "+09:00"
    assert (time(onset["earliest"]), time(onset["latest"])) == (dropped, dropped.replace(microsecond=999_999))
    assert "DROP TABLE sponsor" in answer(result, "changed")


def test_what_the_backup_alone_would_lose_is_counted(analysed: Analysed) -> None:
    """1,000 rows were backed up, and 500 more were written before the DROP: restoring nothing else loses these."""
    log = raw("db-delete-pitr", "results_dump_recover.sql")
    written = len(re.findall(r"Table_map: `\w+`\.`sponsor`", log))  # one row each
    result = found(analysed, "db-delete-pitr")
    messages = [
        p["message"] for p in entry(result, "results_dump_full.sql")["problems"] if p["code"] == "data-loss-window"
    ]

    assert written == 500
    assert any("(500 of sponsor)" in message for message in messages)
    assert "its 1,000 rows" in result["impact"]["data_loss"]
    assert (result["severity"]["level"], result["severity"]["rule"]) == ("P0", "Data corruption")


def test_putting_data_back_is_the_mitigation_and_its_last_word_is_quoted(analysed: Analysed) -> None:
    """The notes, in Korean, tell of the restore from 15:14:58 and of the replayed log at 15:14:59, with no row lost."""
    notes = raw("db-delete-pitr", "results_exp1.txt")
    told = [line.partition("] ")[2] for line in notes.splitlines() if line[1:9] in ("15:14:58", "15:14:59")]
    restored, replayed = told[1], told[-1]
    result = found(analysed, "db-delete-pitr")
    moments = result["moments"]

    assert ("복원" in restored, "적용" in replayed, "유실 0건" in replayed) == (True, True, True)
    assert [one["kind"] for one in result["response"]["mitigations"]] == ["database"]
    assert answer(result, "mitigated") == f"06:14:58 UTC database: “{restored}; and last: {replayed}”."
    assert [moments["detected"][edge] for edge in ("earliest", "latest")] == [
        "2026-07-29T06:14:56Z",
        "2026-07-29T06:14:58.999999Z",
    ]  # noticed at 15:14:58, say the notes
    assert moments["mitigated"]["earliest"] == "2026-07-29T06:14:59Z"
    assert replayed in moments["recovered"]["why"]  # said, and by no later state of the database shown
    assert answer(result, "triggered").startswith("The statement “DROP TABLE sponsor” was run at 06:14:56 UTC.")


# ---- db-pool-storm ------------------------------------------------------------------------------------------------


def test_stack_traces_are_folded_into_their_events(analysed: Analysed) -> None:
    """Of 54,803 lines, 761 are errors; the rest of them continues these, and every line is accounted for."""
    lines = raw("db-pool-storm", "results_raw_buggy-app.log.gz").splitlines()
    errors = [line for line in lines if re.match(r"\S+Z ERROR ", line)]
    held = entry(found(analysed, "db-pool-storm"), "results_raw_buggy-app.log.gz")["lines"]
    store = analysed(shared.case_evidence("db-pool-storm")).store
    kept = store.connection.execute(
        "select count(*), min(time), max(time) from log_events where level = 'ERROR' and path like '%raw_buggy-app%'"
    ).fetchone()

    assert (len(lines), len(errors)) == (54_803, 761)
    assert held["physical"] == sum(held[one] for one in ("accepted", "continued", "blank", "separator", "quarantined"))
    assert held["physical"] == len(lines)
    assert held["accepted"] == len([line for line in lines if re.match(r"\d{4}-\d\d-\d\dT\S+Z +[A-Z]+ \d", line)])
    stamps = sorted(line.partition("Z")[0] for line in errors)  # two threads: the first line is a millisecond late
    assert (kept[0], *(one.isoformat(timespec="milliseconds") for one in kept[1:])) == (761, stamps[0], stamps[-1])
    assert (stamps[0][11:22], stamps[-1][11:]) == ("15:53:18.78", "15:54:01.442")


def test_an_alert_is_crossed_and_no_criterion_is_met(analysed: Analysed) -> None:
    """7.61 % of requests failed, and p95 was 21 s, for 43 s: alerts, and no reason to declare."""
    text = raw("db-pool-storm", "results_raw_buggy-k6.txt")
    failed = re.search(r"http_req_failed\.*: ([\d.]+)%", text)
    slow = re.search(r"http_req_duration\.*: .*p\(95\)=([\d.]+)s", text)
    assert failed is not None
    assert slow is not None
    result = found(analysed, "db-pool-storm")
    share, time_taken = (verdict(result, f"alert.{one}")["intervals"][0] for one in ("error_rate", "response_time"))

    assert round(share["peak"], 2) == float(failed[1]) == 7.61
    assert time_taken["peak"] == pytest.approx(float(slow[1]), abs=0.01)
    assert verdict(result, "declare.error_rate")["verdict"] == "not_met"
    assert verdict(result, "declare.response_time")["verdict"] == "not_met"


def test_whose_clock_a_response_time_is_of_is_named(analysed: Analysed) -> None:
    """The server's own times hide the queue before it: what is judged is the client's, and says so."""
    assert "(client)" in verdict(found(analysed, "db-pool-storm"), "alert.response_time")["statistic"]


def test_errors_of_the_dated_logs_stand_beside_the_clock_of_the_load_test(analysed: Analysed) -> None:
    """The run counts its own seconds; the logs of both runs that failed tell when their errors were, and how many."""
    told = []
    for run in ("buggy", "buggy-r2"):
        lines = raw("db-pool-storm", f"results_raw_{run}-app.log.gz").splitlines()
        stamps = sorted(line[:19].replace("T", " ") for line in lines if re.match(r"\S+Z ERROR ", line))
        told.append(
            f"results_raw_{run}-app.log.gz tells {len(stamps):,} errors, {stamps[0]}–{stamps[-1][11:]} UTC, all of them ERROR "
        )
    result = found(analysed, "db-pool-storm")

    assert "tells 761 errors, 2026-07-29 15:53:18–15:54:01 UTC" in told[0]
    assert all(words in answer(result, "started") for words in told)
    for question in ("started", "triggered", "responded"):
        assert "results_raw_fixed-app.log.gz tells" not in answer(result, question)
    for question in ("triggered", "responded"):  # said once
        assert not any(words in answer(result, question) for words in told)


def test_the_root_cause_below_the_message_is_among_the_conditions(analysed: Analysed) -> None:
    """The first error names the servlet; the exception below it, which says how full the pool was, is quoted."""
    lines = raw("db-pool-storm", "results_raw_buggy-app.log.gz").splitlines()
    first = next(place for place, line in enumerate(lines) if re.match(r"\S+Z ERROR ", line))
    cause = next(line for line in lines[first + 1 :] if line)
    result = found(analysed, "db-pool-storm")

    assert "SQLTransientConnectionException" in cause
    assert "active=10, idle=0" in cause
    assert f"“{cause.strip()}”" in answer(result, "triggered")


def test_the_client_waited_ten_times_as_long_as_the_server_knows(analysed: Analysed) -> None:
    """Both p95 stand in one finding, with the place that saw them."""
    summary = raw("db-pool-storm", "results_raw_buggy-k6.txt")
    stats = raw("db-pool-storm", "results_raw_buggy-stats.txt")
    theirs = re.search(r"http_req_duration.*p\(95\)=([\d.]+)s", summary)
    ours = max(float(ms) / 1000 for ms in re.findall(r"inapp_\d+ .*p95=([\d.]+)ms", stats))
    (told,) = found(analysed, "db-pool-storm")["vantages"]

    assert theirs is not None
    assert (told["client"], told["server"]) == (float(theirs[1]), pytest.approx(ours, abs=1e-6))
    assert told["client"] > 10 * told["server"]


def test_who_filled_a_disk_and_who_freed_it_is_told_by_their_lines(analysed: Analysed) -> None:
    """The recording dates only its ends: what was allocated before the first look over the limit led to it, and what was
    removed between the last look over it and the first back within it mitigated it."""
    lines = raw("disk-full-lab", "P1-Disk-Full-Incident_terminal.log").splitlines()
    at = {
        word: 1 + next(n for n, line in enumerate(lines) if word in line)
        for word in ("fallocate -l 18G", "rm bigfile1")
    }
    result = found(analysed, "disk-full-lab")
    path = "P1-Disk-Full-Incident_terminal.log"

    assert next(c["label"] for c in result["changes"] if c["where"] == f"{path}:{at['fallocate -l 18G']}") == "lead"
    (done,) = result["response"]["mitigations"]
    assert (done["kind"], done["where"]) == ("resource", f"{path}:{at['rm bigfile1']}")
    assert (done["effect"]["disk"]["before"], done["effect"]["disk"]["after"]) == (97.0, 25.0)
    assert "No space left on device" in answer(result, "responded")


def test_minus_one_is_no_measurement(analysed: Analysed) -> None:
    """-1 says that nothing had started: such samples are named, and none is a share of a pool."""
    result = found(analysed, "db-pool-storm")
    stats = entry(result, "results_raw_buggy-stats.txt")
    peaks = [run["peak"] for run in verdict(result, "alert.db_connections")["intervals"]]

    assert re.search(r"(?m)^ +0\.0 +-1/", raw("db-pool-storm", "results_raw_buggy-stats.txt"))
    assert "minus-one" in says(stats)
    assert "relative-clock" in says(stats)
    assert set(peaks) == {100.0}


def test_lines_of_progress_are_no_events_of_the_service(analysed: Analysed) -> None:
    """A load test's lines of progress are kept as what its command printed, and none of them is a request or an error."""
    result = found(analysed, "db-pool-storm")
    store = analysed(shared.case_evidence("db-pool-storm")).store

    assert entry(result, "results_raw_buggy-k6.txt")["kind"] == "capture"
    assert store.connection.execute("select count(*) from requests").fetchone() == (0,)
    assert "http_req_failed" in verdict(result, "alert.error_rate")["statistic"]


def test_who_was_hit_is_counted_by_the_summary_of_the_run_that_failed(analysed: Analysed) -> None:
    """761 of 9,999 requests failed, as the truth says; the other runs, of as many requests, are not added."""
    summary = raw("db-pool-storm", "results_raw_buggy-k6.txt")
    failed = re.search(r"http_req_failed\.*: ([\d.]+)% +(\d+) out of (\d+)", summary)
    slow = re.search(r"http_req_duration\.*: .*p\(95\)=([\d.]+)s", summary)
    impact = found(analysed, "db-pool-storm")["impact"]

    assert failed is not None
    assert slow is not None
    assert (impact["failed"], impact["requests"], impact["p95_s"]) == (int(failed[2]), int(failed[3]), float(slow[1]))
    assert (impact["failed"], impact["requests"]) == (761, 9_999)
    assert round(impact["failed_share"], 2) == float(failed[1])
    assert impact["counted"]["by"] == "results_raw_buggy-k6.txt (client)"


def test_the_dated_log_places_what_the_load_test_counts_in_its_own_seconds(analysed: Analysed) -> None:
    """The truth's first failed acquire is of 15:53:18.788, by the first line; by its clock another thread's was a millisecond
    earlier. Before it stands the last event without an error, 11 s earlier. After the last error nothing follows."""
    path = "results_raw_buggy-app.log.gz"
    events = [
        line for line in raw("db-pool-storm", path).splitlines() if re.match(r"\d{4}-\d\d-\d\dT\S+Z +[A-Z]+ \d", line)
    ]
    stamps = {
        level: sorted(line.split()[0] for line in events if line.split()[1] == level) for level in ("INFO", "ERROR")
    }
    assert {line.split()[1] for line in events} == {"INFO", "ERROR"}
    result = found(analysed, "db-pool-storm")
    onset, recovered = result["moments"]["onset"], result["moments"]["recovered"]

    assert (onset["earliest"], onset["latest"]) == (stamps["INFO"][-1], stamps["ERROR"][0])
    assert stamps["ERROR"][0] == "2026-07-29T15:53:18.787Z"
    assert stamps["INFO"][-1] < stamps["ERROR"][0]  # so nothing follows the last error
    assert (recovered["source"], recovered["why"].partition(":")[0]) == (
        "unknown", f"{path} ends with its last error, at 15",
    )  # fmt: skip
    assert result["incident"]["window"] == {"start": stamps["INFO"][-1], "end": stamps["ERROR"][-1], "how": "derived"}
    assert onset["on_own_clock"]["earliest"]["clock"] == "results_raw_buggy-k6.txt"
    assert [(one["errors"], one["paths"], one["of_incident"]) for one in result["impact"]["dated_errors"]] == [
        (761, [path], True),
        (1_268, ["results_raw_buggy-r2-app.log.gz"], False),
    ]


def stats_of(run: str) -> list[dict[str, float]]:
    """Return the rows of one run's table of queues, without those of which nothing was known yet."""
    names = ("t", "active", "idle", "waiting", "busy", "pool", "queue", "conn")
    rows = re.findall(r"(?m)^ +\d+\.\d .*$", raw("db-pool-storm", f"results_raw_{run}-stats.txt"))
    return [dict(zip(names, (float(one) for one in re.split(r"[\s/]+", row.strip())), strict=True)) for row in rows]


def test_the_limit_of_the_pool_is_joined_from_the_settings(analysed: Analysed) -> None:
    """The settings state ten connections; each stretch of samples with more than nine of ten in use is one over the limit."""
    path = "app_src_main_resources_application.properties"
    lines = raw("db-pool-storm", path).splitlines()
    (place,) = [n for n, line in enumerate(lines, 1) if line == "spring.datasource.hikari.maximum-pool-size=10"]
    told = verdict(found(analysed, "db-pool-storm"), "alert.db_connections")
    for run in ("buggy", "buggy-r2", "fixed"):
        rows = stats_of(run)
        over = [row["active"] > 9 for row in rows]
        starts = [row["t"] for row, now, before in zip(rows, over, [False, *over], strict=False) if now and not before]
        mine = [
            one["start"]["offset_s"]
            for one in told["intervals"]
            if one["start"]["clock"] == f"results_raw_{run}-stats.txt"
        ]
        assert mine == starts

    assert "hikari.active / 10, each sample" in told["statistic"]
    assert f"{path}:{place} states" in told["statistic"]
    assert "not told" not in told["statistic"]


def test_pool_and_threads_were_saturated_with_growing_queues_in_the_runs_that_failed(analysed: Analysed) -> None:
    """190 waited for ten connections and thousands of requests for 200 threads, in both failed runs; with load shedding nobody did."""
    told = {
        (one["path"], one["statement"].split()[2]): (one["queue_most"], one["limit"])
        for one in found(analysed, "db-pool-storm")["beyond_limits"]
        if one["what"] == "saturation"
    }
    most = {}
    for run in ("buggy", "buggy-r2"):
        rows = stats_of(run)
        path = f"results_raw_{run}-stats.txt"
        most[path, "hikari.active"] = (max(row["waiting"] for row in rows if row["active"] == 10), 10)
        most[path, "tomcat.busy"] = (max(row["queue"] for row in rows if row["busy"] == row["pool"] == 200), 200)

    assert told == most
    assert most["results_raw_buggy-stats.txt", "hikari.active"] == (190, 10)


def test_lengths_of_runs_on_clocks_of_their_own_are_not_added(analysed: Analysed) -> None:
    """The longest stretch over a threshold is the failed run by its client, 0.4 to 50 s; the others stand beside it."""
    elapsed = re.findall(r"running \((?:0m)?([\d.]+)s\)", raw("db-pool-storm", "results_raw_buggy-k6.txt"))
    (spent,) = found(analysed, "db-pool-storm")["severity"]["spent"]

    assert (spent["level"], spent["clock"]) == ("P3", "results_raw_buggy-k6.txt")
    assert spent["seconds"] == pytest.approx(float(elapsed[-1]) - float(elapsed[0]), abs=0.1)
    assert max(one["seconds"] for one in spent["others"]) < spent["seconds"]
    assert len({spent["clock"], *(one["clock"] for one in spent["others"])}) == 1 + len(spent["others"])


# ---- disk-full-lab ------------------------------------------------------------------------------------------------


def test_a_disk_that_filled_is_over_from_the_second_look_on(analysed: Analysed) -> None:
    """df said 25, 90, 97 and 25 % between two printed dates: over its threshold at some time between, to 97 %."""
    log = raw("disk-full-lab", "P1-Disk-Full-Incident_terminal.log")
    shares = [int(share) for share in re.findall(r"/dev/sda2 .* (\d+)% /", log)]
    dates = [datetime.strptime(one, "%b %d %I:%M:%S %p PDT %Y") for one in re.findall(r"Sun (Mar  8 .* 2026)", log)]
    result = found(analysed, "disk-full-lab")
    onset = result["moments"]["onset"]
    (run,) = verdict(result, "alert.disk")["intervals"]

    assert shares == [25, 90, 97, 25]
    assert run["peak"] == max(shares)
    assert "P1-Disk-Full-Incident" in run["signal"]
    assert (run["ended_by"], run["open_start"]) == ("back", False)
    assert [time(run[edge]).minute for edge in ("start", "start_latest", "end", "end_latest")] == [16, 24, 16, 24]
    assert [time(onset[edge]).replace(tzinfo=None).hour - 7 for edge in ("earliest", "latest")] == [14, 14]
    assert [time(onset[edge]).minute for edge in ("earliest", "latest")] == [date.minute for date in dates]


def test_writes_that_fail_for_want_of_inodes_are_no_full_disk(analysed: Analysed) -> None:
    """12800 of 12800 inodes were used with blocks to spare: the rule on disk usage does not fire on that file."""
    log = raw("disk-full-lab", "P2-Inode-Exhaustion_terminal.log.gz")
    runs = verdict(found(analysed, "disk-full-lab"), "alert.disk")["intervals"]

    assert "No space left on device" in log
    assert not any("P2-" in run["signal"] for run in runs)


def test_what_a_terminal_draws_is_not_in_the_text(analysed: Analysed) -> None:
    """Control codes and what was typed and taken back are no part of what is read; each log is read to its last line."""
    store = analysed(shared.case_evidence("disk-full-lab")).store
    dirty = store.connection.execute(
        "select count(*) from log_events where contains(message, chr(27)) or contains(message, chr(8))"
    ).fetchone()
    typed = store.connection.execute(
        "select count(*) from log_events where contains(coalesce(message, '') || coalesce(body, ''), 'rm bigfile1 bigfile2 triggerfile')"
    ).fetchone()

    assert "\x1b[?2004h" in raw("disk-full-lab", "P1-Disk-Full-Incident_terminal.log")
    assert "\x08" in raw("disk-full-lab", "P1-Disk-Full-Incident_terminal.log")
    assert dirty == (0,)
    assert typed[0] >= 1


# ---- heap-oom-slow-consumer ---------------------------------------------------------------------------------------


def over_80(name: str) -> list[tuple[float, float]]:
    """Return the stretches of samples over 80 % of the heap, each to the first sample no longer over, by hand."""
    rows = table("heap-oom-slow-consumer", name)
    shares = [(float(row["t_s"]), 100 * float(row["heap_used_mb"]) / float(row["heap_max_mb"])) for row in rows]
    stretches, begun = [], None
    for second, share in shares:
        if share > 80 and begun is None:
            begun = second
        elif share <= 80 and begun is not None:
            stretches.append((begun, second))
            begun = None
    return [*stretches, (begun, shares[-1][0])] if begun is not None else stretches


def test_what_was_published_collapsed_before_memory_ran_out(analysed: Analysed) -> None:
    """The truth: publishing fell from 2,940 a second to 474 and then to nothing, and no rule of the runbook is about that. The table
    itself: five seconds of it and more are below half of the usual pace from the 75th on, until it ends."""
    rows = table("heap-oom-slow-consumer", "results_raw_server-unbounded-r1.csv")
    paces = [(float(row["t_s"]), float(row["published_per_s"])) for row in rows]
    usual = sorted(pace for second, pace in paces if 5 <= second < 75)
    fell = next(
        start
        for start in range(5, 110, 5)
        if mean([pace for second, pace in paces if start <= second < start + 5]) < usual[len(usual) // 2] / 2
    )
    (one,) = [
        one
        for one in found(analysed, "heap-oom-slow-consumer")["beyond_limits"]
        if one["what"] == "throughput" and one["measure"] == "published_per_s"
    ]

    assert (one["start"]["clock"], one["start"]["offset_s"]) == ("results_raw_server-unbounded-r1.csv", fell)
    assert (one["open"], round(one["usual"], -1)) == (True, 2940)
    assert one["during"] < 474
    assert {
        one["measure"]
        for one in found(analysed, "heap-oom-slow-consumer")["beyond_limits"]
        if one["what"] == "throughput"
    } == {
        "published_per_s",
        "delivered_per_s",
    }


def test_what_memory_was_filled_with_is_the_likely_cause(analysed: Analysed) -> None:
    """The truth: a queue without a bound for one slow subscriber, most of the heap. The table itself says how much it held."""
    rows = table("heap-oom-slow-consumer", "results_raw_server-unbounded-r1.csv")
    most = max(rows, key=lambda row: float(row["slow_queue_mb"]))
    result = found(analysed, "heap-oom-slow-consumer")
    (one,) = [one for one in result["beyond_limits"] if one["what"] == "filled"]

    assert (one["measure"], one["held"], one["used"]) == (
        "slow_queue_mb",
        float(most["slow_queue_mb"]),
        float(most["heap_used_mb"]),
    )
    assert (result["candidate"]["sure"], "slow_queue_mb" in result["candidate"]["what"]) == ("likely", True)


def test_memory_touches_its_threshold_before_it_stays_over(analysed: Analysed) -> None:
    """A sawtooth is over for a second at a time from 39 s on, and stays over from 55 s until the evidence ends."""
    path = "results_raw_server-unbounded-r1.csv"
    runs = verdict(found(analysed, "heap-oom-slow-consumer"), "alert.memory")["intervals"]
    stretches = over_80(path)

    assert [(run["start"]["offset_s"], run["end"]["offset_s"]) for run in runs] == stretches
    assert (stretches[0][0], stretches[-1]) == (39.0, (55.0, 110.0))
    assert (runs[-1]["open"], runs[-1]["ended_by"]) == (True, "evidence_end")


def test_what_is_said_is_said_of_the_run_that_shows_it(analysed: Analysed) -> None:
    """The narrative speaks of an earlier run; every stretch names the file of the run that was measured."""
    result = found(analysed, "heap-oom-slow-consumer")
    runs = verdict(result, "alert.memory")["intervals"]

    assert {run["start"]["clock"] for run in runs} == {"results_raw_server-unbounded-r1.csv"}
    assert "86 s" not in json.dumps([result["questions"], result["findings"], result["moments"]])
    assert [over_80(f"results_raw_server-{other}-r1.csv") for other in ("baseline", "conflate", "direct")] == [
        [],
        [],
        [],
    ]


def test_pauses_in_sampling_are_holes_and_are_not_filled(analysed: Analysed) -> None:
    """94 rows tell of 111 s: where the process was frozen nothing was measured, and no sample is made up."""
    path = "results_raw_server-unbounded-r1.csv"
    rows = table("heap-oom-slow-consumer", path)
    one = entry(found(analysed, "heap-oom-slow-consumer"), path)
    store = analysed(shared.case_evidence("heap-oom-slow-consumer")).store
    kept = store.connection.execute(
        "select count(*) from samples where path = $path and name = 'heap_used_mb'", {"path": path}
    ).fetchone()
    seconds = [float(row["t_s"]) for row in rows]
    longest = max(pairwise(seconds), key=lambda pair: pair[1] - pair[0])

    assert (len(rows), seconds[-1]) == (94, 110)
    assert kept == (94,)
    assert f"from {longest[0]:g} s to {longest[1]:g} s" in says(one)["sampling-holes"]


def test_a_comment_above_a_table_is_no_row_of_it(analysed: Analysed) -> None:
    """The line before the header says how the run was made: it is set apart, and the header is still found."""
    path = "results_raw_server-unbounded-r1.csv"
    lines = raw("heap-oom-slow-consumer", path).splitlines()
    held = entry(found(analysed, "heap-oom-slow-consumer"), path)["lines"]

    assert lines[0].startswith("# mode=unbounded")
    assert (held["physical"], held["accepted"], held["separator"]) == (len(lines), len(lines) - 2, 2)


def test_delivery_times_of_messages_are_no_response_times(analysed: Analysed) -> None:
    """A p95 of 1 ms a message, which hides 12 s for the slow ones, is not judged as the response time of requests."""
    assert verdict(found(analysed, "heap-oom-slow-consumer"), "alert.response_time")["verdict"] == "not_assessable"


# ---- k8s-cpu-throttle ---------------------------------------------------------------------------------------------


def test_ages_without_a_time_of_capture_date_nothing(analysed: Analysed) -> None:
    """ "44m (x9 over 60m)" says how long ago, and nothing says from when: no event of that file has a time."""
    (path,) = [one.name for one in shared.case_evidence("k8s-cpu-throttle").glob("kubectl_events*")]
    result = found(analysed, "k8s-cpu-throttle")
    store = analysed(shared.case_evidence("k8s-cpu-throttle")).store
    dated = store.connection.execute(
        "select count(*) from (select time from events where path = $path union all select time from log_events where path = $path)"
        " where time is not null",
        {"path": path},
    ).fetchone()

    assert "(x9 over 60m)" in raw("k8s-cpu-throttle", path)
    assert entry(result, path)["covers"] is None
    assert dated == (0,)
    backed_off = re.search(r"(?m)^\S+ \((x\d+ over \w+)\) +Warning +BackOff", raw("k8s-cpu-throttle", path))
    assert backed_off is not None
    assert f"({backed_off[1]}) Warning BackOff Pod/frontend-service" in answer(result, "responded")


def test_when_it_began_and_when_it_was_last_told_are_two_times(analysed: Analysed) -> None:
    """The alert began on 19 August, and was told on 23 August: both stand in the timeline, four days apart."""
    issue = raw("k8s-cpu-throttle", "issue_data.json")
    began = re.search(r'"starts_at": ?"([^"]+)"', issue)
    assert began is not None
    result = found(analysed, "k8s-cpu-throttle")
    told = {one["text"].split(":")[0]: one["time"] for one in result["timeline"] if "CPUThrottlingHigh" in one["text"]}
    key = [one["time"][:10] for one in result["timeline"] if one["key"]]

    assert began[1].startswith("2025-08-19")
    assert told["Alert"].startswith("2025-08-19T08:46:46")
    assert "The first alert is of 2025-08-19 08:46:46 UTC" in answer(result, "started")
    assert told["Alert last told"].startswith("2025-08-23")
    assert {"2025-08-19", "2025-08-23"} <= set(key)


# ---- pipeline-silent-corruption -----------------------------------------------------------------------------------


@pytest.mark.parametrize("incident", ["MP-01", "MP-06", "MP-08"])
def test_stated_checksums_are_verified(incident: str, analysed: Analysed) -> None:
    """Every file that the list of the pack names is here, byte for byte, and the list says so."""
    stated = json.loads(raw("pipeline-silent-corruption", f"{incident}_evidence.json"))["artifacts"]
    folder = shared.case_evidence("pipeline-silent-corruption")
    held = {
        name: hashlib.sha256((folder / f"{incident}_{name.replace('/', '_')}").read_bytes()).hexdigest()
        for name in stated
    }
    one = entry(found(analysed, "pipeline-silent-corruption"), f"{incident}_evidence.json")

    assert held == {name: artifact["sha256"] for name, artifact in stated.items()}
    assert says(one)["manifest-holds"] == f"all {len(stated)} files that it lists are here, byte for byte"


def test_a_job_that_succeeded_may_have_left_damaged_data(analysed: Analysed) -> None:
    """The jobs reported success; the archive holds 19 of 24 records, 360 of 408 bytes, and fails its check: a P0."""
    (archive,) = table("pipeline-silent-corruption", "MP-06_tables_archive_object.csv")
    present = table("pipeline-silent-corruption", "MP-06_tables_stop_events_present.csv")
    (manifest,) = table("pipeline-silent-corruption", "MP-06_tables_producer_manifest.csv")
    result = found(analysed, "pipeline-silent-corruption")
    severity = result["severity"]

    assert (len(present), archive["records_readable"], manifest["declared_records"]) == (19, "19", "24")
    assert (archive["object_bytes"], manifest["declared_bytes"], archive["integrity_check"]) == ("360", "408", "FAIL")
    assert (severity["level"], severity["rule"]) == ("P0", "Data corruption")
    for words in ("object_bytes=360", "producer_declared_bytes=408", "records_readable=19", "integrity_check=FAIL"):
        assert words in severity["reason"]
    assert "unless a person knows better" in severity["reason"]
    assert answer(result, "responded").count("success") == 3


def test_every_failed_check_of_data_is_told(analysed: Analysed) -> None:
    """Checks that only doubt the data are told too, file by file; each row of a table of checks counts once."""
    failed = Counter(
        path.name
        for path in shared.case_evidence("pipeline-silent-corruption").glob("*_quality_results.csv")
        for row in table("pipeline-silent-corruption", path.name)
        if row["status"] == "FAIL"
    )
    told = found(analysed, "pipeline-silent-corruption")["impact"]["data_loss"]
    counted = Counter()
    for times, path in re.findall(r"(\d+) checks? of data failed in (\S+?)[,:] ", told):
        counted[path] += int(times)

    assert counted == failed + Counter({"MP-06_tables_archive_object.csv": 1})
    assert sum(failed.values()) == 7


# ---- quickticket-payments -----------------------------------------------------------------------------------------


def test_failed_probes_are_told_by_what_they_asked(analysed: Analysed) -> None:
    """About half of what was paid for failed, and every reading and reservation was answered."""
    result = found(analysed, "quickticket-payments")
    window = [time(result["incident"]["window"][edge]).timestamp() for edge in ("start", "end")]
    asked = [json.loads(line) for line in raw("quickticket-payments", "diagnosis-load.jsonl").splitlines()]
    during = [one for one in asked if window[0] <= one["time"] <= window[1]]
    failed = sum(one["payment"] >= 500 for one in during)

    assert all(one["read"] == one["reserve"] == 200 for one in during)
    assert answer(result, "responded").startswith(
        f"{failed} of {3 * len(during)} probes failed during the incident "
        f"({failed} of {len(during)} of payment; all of 2 other targets were answered)."
    )


def test_a_rate_over_a_stated_window_is_of_that_window(analysed: Analysed) -> None:
    """15.76 % of requests failed in the 285 s before the query was asked, by what it counted: for over two minutes."""
    answers = json.loads(raw("quickticket-payments", "incident-metrics.json"))
    counts = {name: float(one["response"]["data"]["result"][0]["value"][1]) for name, one in answers.items()}
    asked = answers["incident_5xx"]["response"]["data"]["result"][0]["value"][0]
    result = found(analysed, "quickticket-payments")
    (run,) = verdict(result, "declare.error_rate")["intervals"]

    assert "[285s]" in answers["incident_5xx"]["query"]
    assert run["peak"] == pytest.approx(100 * counts["incident_5xx"] / counts["incident_requests"], abs=0.001)
    assert (time(run["start"]).timestamp(), time(run["end"]).timestamp()) == (asked - 285, asked)
    later = answers["current_error_percent"]["response"]["data"]["result"][0]["value"][
        0
    ]  # of the five minutes before it
    assert result["durations"]["impact_s"] == [285.0, pytest.approx(later - asked + 285, abs=0.001)]  # 285.2 were true
    assert result["severity"]["rule"] == "High error rates (>10%)"


def test_instant_answers_show_no_course(analysed: Analysed) -> None:
    """Four questions were asked once each: that is no series, and the file says so. What one of them counted over a range is
    drawn level over that range, as that is what the breach was seen in; what probes told, which judges nothing, is not."""
    from telling import tell

    case = analysed(shared.case_evidence("quickticket-payments"))

    assert "they show no course" in says(entry(case.findings.json, "incident-metrics.json"))["one-moment"]
    (chart,) = [chart for chart in tell(case).charts if chart.name == "error-rate"]
    assert "incident_5xx / incident_requests, of the time before it was asked, from incident-metrics.json" in chart.alt
    assert "highest 15.8 % at 11:01:13" in chart.alt
    assert "diagnosis-load.jsonl" not in chart.alt


def test_the_end_of_an_alert_is_not_the_end_of_the_impact(analysed: Analysed) -> None:
    """The alert ended 4 min 12 s after the mitigation was live: nothing that we say of the impact reaches that far."""
    result = found(analysed, "quickticket-payments")
    resolved = time("2026-09-27T11:10:10+00:00")

    assert all(time(run["end"]) < resolved for run in result["impact"]["runs"])
    assert result["moments"]["recovered"]["source"] == "unknown"
    assert "An alert said at 11:10:10" in json.dumps(result["recovery"]) or result["recovery"]["verdict"] != "shown"


def test_two_alerts_overlap(analysed: Analysed) -> None:
    """The second alert was still firing when the capture ended: no end of it is told."""
    said = [
        one["text"] for one in found(analysed, "quickticket-payments")["timeline"] if "SLO Burn Rate" in one["text"]
    ]
    last = json.loads(raw("quickticket-payments", "alert-timeline.transitions.jsonl").splitlines()[-1])

    assert {one["name"]: one["state"] for one in last["rules"]}["QuickTicket SLO Burn Rate"] == "firing"
    assert any("firing" in text for text in said)
    assert not any("resolved" in text for text in said)


def test_a_rehearsed_alert_detects_nothing(analysed: Analysed) -> None:
    """A test of the contact point rang before the fault: detected is the first alert that was meant."""
    hooks = [json.loads(line) for line in raw("quickticket-payments", "webhook-complete.trimmed.jsonl").splitlines()]
    test, first = (hook["payload"]["alerts"][0] for hook in hooks[:2])
    result = found(analysed, "quickticket-payments")

    assert test["labels"]["alertname"] == "Lab6ContactPointTest"
    assert time(test["startsAt"][:19] + "Z") < time(result["moments"]["onset"]["earliest"])
    assert time(result["moments"]["detected"]["earliest"]) == time(first["startsAt"])


def test_the_onset_lies_between_what_was_counted_and_the_first_broken_rule(analysed: Analysed) -> None:
    """The fault was live at 11:01:23; no log reaches back to it, and the answer says so."""
    result = found(analysed, "quickticket-payments")
    onset = result["moments"]["onset"]
    states = [json.loads(line) for line in raw("quickticket-payments", "alert-timeline.transitions.jsonl").splitlines()]
    pending = next(one for one in states if "pending" in [rule["state"] for rule in one["rules"]])["observed_at"]
    first = json.loads(raw("quickticket-payments", "diagnosis-payments-logs.txt").splitlines()[0])["time"]

    assert time(onset["earliest"]) <= time("2026-09-27T11:01:23.449Z") <= time(onset["latest"])
    assert time(onset["latest"]) == time(pending)
    assert f"No log reaches back to it: the first line is of {first[:19]} UTC" in answer(result, "started")


def test_what_people_wrote_down_dates_what_they_did(analysed: Analysed) -> None:
    """Acknowledged, mitigated and changed stand in their own record of the incident, to the microsecond."""
    notes = [json.loads(line) for line in raw("quickticket-payments", "incident-events.jsonl").splitlines()]
    at = {one["event"].split(":")[0].split(";")[0]: time(one["time"]) for one in notes}
    result = found(analysed, "quickticket-payments")
    moments = result["moments"]

    assert time(moments["acknowledged"]["earliest"]) == at["Critical alert firing and webhook received"]
    assert time(moments["mitigated"]["earliest"]) == at["Mitigation started"]
    assert time(moments["mitigated"]["latest"]) == at["Mitigation deployed"]
    assert moments["mitigated"]["source"] == "stated"
    assert "11:01:13 UTC: “Failure injection started" in answer(result, "changed")
    for commit in ("19f056b", "fe7e973", "8648fea"):
        assert commit in answer(result, "changed")


def test_what_was_not_measured_is_not_called_fine(analysed: Analysed) -> None:
    """No memory, disk, pool or response time was collected: these rules are open, and say what is missing."""
    result = found(analysed, "quickticket-payments")

    for rule in ("alert.memory", "alert.disk", "alert.db_connections", "alert.response_time", "declare.response_time"):
        assert verdict(result, rule)["verdict"] == "not_assessable"
        assert verdict(result, rule)["missing"]
    assert verdict(result, "declare.unavailable")["verdict"] == "not_met"  # reads and reservations were answered


def test_lines_without_a_stamp_borrow_none(analysed: Analysed) -> None:
    """Access lines of the server stand between dated lines of the application: they are kept, without a time of their own."""
    lines = raw("quickticket-payments", "diagnosis-payments-logs.txt").splitlines()
    undated = [line for line in lines if line.startswith("INFO:")]
    store = analysed(shared.case_evidence("quickticket-payments")).store
    kept = store.connection.execute(
        "select count(*) filter (where time is null), count(*) filter (where time is not null) from log_events"
        " where path = 'diagnosis-payments-logs.txt'"
    ).fetchone()

    assert kept == (len(undated), len(lines) - len(undated))


# ---- ssh-brute-hydra ----------------------------------------------------------------------------------------------


def failures() -> Counter[str]:
    """Count failed passwords by address, each line as often as it says; what only quotes the words counts apart."""
    counted: Counter[str] = Counter()
    for line in raw("ssh-brute-hydra", "auth.log").splitlines():
        if "Failed password" in line:
            address = re.search(r"Failed password for .* from (\S+) port", line)
            times = re.search(r"message repeated (\d+) times", line)
            counted[address[1] if address else "none"] += int(times[1]) if times else 1
    return counted


def test_repeated_messages_count_as_often_as_they_say(analysed: Analysed) -> None:
    """111 failures from one address and 6 from another; 8 lines name no address, for they quote commands of people."""
    counted = failures()
    security = found(analysed, "ssh-brute-hydra")["security"]
    quoting = [
        line for line in raw("ssh-brute-hydra", "auth.log").splitlines()
        if "Failed password" in line and not re.search(r"from \S+ port", line)
    ]  # fmt: skip

    assert counted == {"192.168.1.43": 111, "127.0.0.1": 6, "none": 8}
    assert all("COMMAND=" in line or "sudo" in line for line in quoting)
    assert {one["ip"]: one["failed"] for one in security["sources"]} == {"192.168.1.43": 111, "127.0.0.1": 6}
    assert security["failed_logins"] == 117


def test_a_typo_is_no_brute_force(analysed: Analysed) -> None:
    """One address guessed; the other failed a few times, hours later, and fires nothing."""
    result = found(analysed, "ssh-brute-hydra")

    assert [one["ip"] for one in result["security"]["sources"] if one["burst"]] == ["192.168.1.43"]
    assert len(verdict(result, "declare.security_alert")["intervals"]) == 1
    assert result["moments"]["onset"]["latest"]["written"] == "May 21 11:49:55"  # the log states no year


def test_accepted_logins_from_an_attacking_address_need_a_persons_judgement(analysed: Analysed) -> None:
    """Four logins from the guessing address were accepted, eight hours later: a P0, unless a person knows better.

    The truth calls them the administrator's, who used the same machine; nothing in the log says so.
    """
    accepted = re.findall(
        r"(\d\d:\d\d:\d\d) \S+ sshd\S+ Accepted \w+ for \S+ from 192\.168\.1\.43", raw("ssh-brute-hydra", "auth.log")
    )
    result = found(analysed, "ssh-brute-hydra")

    assert accepted == ["19:48:39", "19:48:51", "19:59:54", "20:00:37"]
    assert result["security"]["sources"][0]["succeeded_after"] == 4
    assert "unless a person knows better" in result["severity"]["reason"]
    told = answer(result, "triggered")
    assert told.startswith("4 logins succeeded, the first at 19:48:39")
    assert "needs a person's judgement" in told
    assert "nothing shows that it was shut out" in result["moments"]["recovered"]["why"]
