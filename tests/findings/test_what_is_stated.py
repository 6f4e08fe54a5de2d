"""What programs and people state of an incident: experiments, checks of data, queries over a window, notes of what was done."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis import losses
from small_world import epoch_ms, iso, log, request, short

World = Callable[[dict[str, Any]], Any]
CHECKS = [(check, row) for check in losses.declared()["check"] for row in check["example"]]
NO_CHECKS = [(check, row) for check in losses.declared()["check"] for row in check["reject"]]


def result(world: World, files: dict[str, Any]) -> dict[str, Any]:
    """Return what is found in a world of these files."""
    found: dict[str, Any] = world(files).findings.json
    return found


def verdict(found: dict[str, Any], rule: str) -> dict[str, Any]:
    """Return the verdict on one rule."""
    return next(one for one in found["verdicts"] if one["rule"] == rule)


def answer(found: dict[str, Any], question: str) -> str:
    """Return the answer to one of the five questions."""
    return str(next(one["answer"] for one in found["questions"] if one["id"] == question))


# ---- experiments --------------------------------------------------------------------------------------------------


def journal(*, minutes: int, met: bool = True) -> str:
    """Return the journal of an experiment that probed before and after, and whose first action began with it."""

    def state(second: int, ok: bool) -> dict[str, Any]:
        probe = {"activity": {"type": "probe", "name": "quay-answers"}, "output": {"status": 200 if ok else 503}}
        return {
            "steady_state_met": ok,
            "probes": [{**probe, "start": iso(second), "status": "succeeded", "duration": 0.2, "tolerance_met": ok}],
        }

    end = 60 * minutes
    actions: list[dict[str, Any]] = [{"activity": {"type": "action", "name": name}, "start": iso(second), "status": "succeeded"}
               for name, second in (("close-berth", 0), ("slow-ferry", 30))]  # fmt: skip
    actions[1]["output"] = []
    told = {
        "experiment": {"title": "A berth is lost", "method": []},
        "start": iso(0),
        "end": iso(end),
        "status": "completed",
        "deviated": not met,
        "steady_states": {"before": state(0, True), "after": state(end - 1, met)},
        "run": actions,
    }
    return json.dumps(told)


EARLIER = log(f"[{iso(n - 90_000)}] ERROR [crane] Stuck" for n in range(5))


def test_a_short_experiment_with_good_probes_at_both_ends_is_no_incident(world: World) -> None:
    """Nothing can have been broken for longer than a criterion allows; what a log tells of the day before is another matter."""
    found = result(world, {"journal.json": journal(minutes=2), "crane.log": EARLIER})

    assert (found["severity"]["level"], found["incident"]["state"]) == ("none", "no incident in this evidence")
    assert found["severity"]["reason"].endswith("5 of 10 rules could not be assessed")
    window = found["incident"]["window"]
    assert (window["start"], window["end"], window["how"]) == (short(0), short(120), "stated")


def test_a_long_experiment_with_two_probes_settles_nothing(world: World) -> None:
    """In a quarter of an hour between two probes anything may have happened."""
    found = result(world, {"journal.json": journal(minutes=15), "crane.log": EARLIER})

    assert found["severity"]["level"] == "undetermined"


def test_a_change_at_the_moment_in_which_its_journal_begins_is_told(world: World) -> None:
    """The first change and the first event of one document are counted from one each, and both stand in the timeline."""
    told = result(world, {"journal.json": journal(minutes=2)})["timeline"]

    assert [one["text"] for one in told if one["kind"] == "change"] == [
        "Config: Experiment action close-berth: its journal says succeeded",
        "Config: Experiment action slow-ferry: its journal says succeeded, with an empty output, so that nothing shows an effect",
    ]


# ---- checks of data, statements of damage -------------------------------------------------------------------------


@pytest.mark.parametrize(("check", "example"), CHECKS, ids=lambda one: one.get("name") or one["row"][:30])
def test_the_declared_examples_of_checks_hold(check: dict[str, Any], example: dict[str, str]) -> None:
    """Each row that a declaration gives as an example says of data what the declaration says."""
    assert re.search(check["pattern"], example["row"])


@pytest.mark.parametrize(("check", "reject"), NO_CHECKS, ids=lambda one: one.get("name") or one["row"][:30])
def test_the_declared_rejects_of_checks_hold(check: dict[str, Any], reject: dict[str, str]) -> None:
    """No row that a declaration refuses says anything of data."""
    assert not any(re.search(one["pattern"], reject["row"]) for one in losses.declared()["check"])


def test_an_archive_that_fails_its_check_is_damaged_data(world: World) -> None:
    """What a program found of its own archive is a P0 by the runbook's example, though its job may have reported success."""
    table = "object,object_bytes,declared_bytes,integrity_check\ncrossings_02,360,408,FAIL\ncrossings_03,408,408,PASS\n"
    found = result(world, {"archive.csv": table})

    row = "object=crossings_02 object_bytes=360 declared_bytes=408 integrity_check=FAIL"
    assert (found["severity"]["level"], found["severity"]["rule"], found["severity"]["reason"]) == (
        "P0",
        "Data corruption",
        f"1 check of data failed in archive.csv: “{row}”: data is damaged, unless a person knows better",
    )
    assert (found["incident"]["title"], found["impact"]["runs"]) == ("Data lost or damaged", [])
    assert found["moments"]["onset"] == {
        "source": "unknown",
        "why": "data is damaged, and nothing tells since when, or until when",
        "stated": [],
        "where": [],
    }
    assert row in answer(found, "triggered")


def test_a_check_that_only_doubts_the_data_is_told_and_makes_no_p0(world: World) -> None:
    """Rows that do not reconcile may be right: people must say so, and the level is not known."""
    rows = ("Q-1,completeness,19 of 24 ferries,FAIL", "Q-2,reconciliation,2 off,FAIL", "Q-3,reconciliation,0 off,PASS")
    table = "\n".join(["check_id,dimension,actual,status", *rows, ""])
    found = result(world, {"quality.csv": table})

    told = "2 checks of data failed in quality.csv, the first: “check_id=Q-1 dimension=completeness actual=19 of 24 ferries status=FAIL”"
    assert found["severity"]["level"] == "undetermined"
    assert found["impact"]["data_loss"] == f"{told}."
    assert [one["statement"] for one in found["findings"] if one["kind"] == "fact"] == [f"{told}."]


def test_a_test_of_a_program_says_nothing_of_data(world: World) -> None:
    """Failed tests are checks too, and none of data."""
    found = result(world, {"tests.csv": "test,result\nmoors_at_the_right_berth,failed\nlights_up,passed\n"})

    assert (found["severity"]["level"], found["impact"].get("data_loss")) == ("undetermined", None)


def test_a_database_that_says_that_it_is_damaged_is_believed(world: World) -> None:
    """A driver's own words for a damaged file are a statement of damage, wherever a log holds them."""
    lines = [request(n) for n in range(60)]
    lines[30] = f"[{iso(30)}] ERROR [db] SQLITE_CORRUPT: database disk image is malformed"
    found = result(world, {"app.log": log(lines)})

    assert (found["severity"]["level"], found["severity"]["rule"]) == ("P0", "Data corruption")
    assert "app.log says so: “database disk image is malformed”" in found["severity"]["reason"]


# ---- queries over a window ----------------------------------------------------------------------------------------


def asked(query: str, value: float, second: int = 600) -> dict[str, Any]:
    """Return one answer to a query that was asked once."""
    vector = [{"metric": {}, "value": [epoch_ms(second) / 1000, str(value)]}]
    return {"query": query, "response": {"status": "success", "data": {"resultType": "vector", "result": vector}}}


def test_what_grew_within_a_stated_time_is_of_all_that_time(world: World) -> None:
    """30 of 200 requests within the five minutes before it was asked: over the limit in these five minutes as a whole."""
    told = {
        "ferry_5xx": asked('sum(increase(ferry_requests_total{status=~"5.."}[5m]))', 30),
        "ferry_requests": asked("sum(increase(ferry_requests_total[5m]))", 200),
    }
    found = result(world, {"m.json": json.dumps(told)})

    judged = verdict(found, "declare.error_rate")
    assert [(one["start"], one["end"], one["peak"]) for one in judged["intervals"]] == [(short(300), short(600), 15.0)]
    assert (
        judged["statistic"] == "ferry_5xx / ferry_requests, of the time before it was asked, from m.json (monitoring)"
    )
    onset = found["moments"]["onset"]
    assert (onset["earliest"], onset["latest"]) == (short(300), short(600))


def test_a_rate_that_was_asked_once_is_of_the_time_before_it(world: World) -> None:
    """A moving average over five minutes was over the limit at some time in these: for how long it was so, it does not tell."""
    told = {"current_error_percent": asked("100 * sum(rate(ferry_5xx[5m])) / sum(rate(ferry_all[5m]))", 12.5)}
    found = result(world, {"m.json": json.dumps(told)})

    (run,) = verdict(found, "alert.error_rate")["intervals"]
    assert [run[edge] for edge in ("start", "start_latest", "end", "end_latest")] == [short(300), short(600)] * 2
    assert run["signal"].startswith("current_error_percent, each sample of the 5 min before it")
    assert verdict(found, "declare.error_rate")["verdict"] == "not_assessable"
    assert [found["moments"]["onset"][edge] for edge in ("earliest", "latest")] == [short(300), short(600)]


def test_a_rate_over_a_window_tells_no_closer_than_that_window_when_it_began_and_ended(world: World) -> None:
    """Asked each minute of the two minutes before it: over from minute 5 to 8, back at 9. It began between 3 and 5, and what was
    over within minutes 6 to 8 was over no more within 7 to 9. From number to number it lasted for four minutes."""
    shares = [0, 0, 0, 0, 0, 9, 9, 9, 9, 0, 0]
    answer = asked("100 * sum(rate(ferry_5xx[2m])) / sum(rate(ferry_all[2m:10s]))", 0)
    course = [[epoch_ms(60 * minute) / 1000, str(share)] for minute, share in enumerate(shares)]
    answer["response"]["data"] = {"resultType": "matrix", "result": [{"metric": {}, "values": course}]}
    found = result(world, {"m.json": json.dumps({"current_error_percent": answer})})

    (run,) = verdict(found, "declare.error_rate")["intervals"]
    assert [run[edge] for edge in ("start", "start_latest", "end", "end_latest")] == [
        short(60 * minute) for minute in (3, 5, 7, 9)
    ]
    moments = found["moments"]
    assert [moments["onset"][edge] for edge in ("earliest", "latest")] == [short(180), short(300)]
    assert [moments["recovered"][edge] for edge in ("earliest", "latest")] == [short(360), short(540)]
    assert "the 2 min before it" in verdict(found, "declare.error_rate")["statistic"]


# ---- what people write down ---------------------------------------------------------------------------------------


def notes(*told: tuple[int, str]) -> str:
    """Return the events that people noted, one a line."""
    return "".join(json.dumps({"time": iso(second), "event": text}) + "\n" for second, text in told)


FAILING = log(request(n, failed=300 <= n < 900) for n in range(900))


def test_a_noted_mitigation_is_stated_where_nothing_shows_the_end(world: World) -> None:
    """Where the evidence ends with the impact, what people wrote of their mitigation stands, and that nothing measures it."""
    told = notes(
        (310, "Timetable 7 is deployed to all piers"),
        (400, "Alert received; investigation started"),
        (800, "Mitigation started: timetable 6 comes back"),
        (860, "Mitigation deployed: timetable 6 on all piers"),
    )
    moments = result(world, {"app.log": FAILING, "notes.jsonl": told})["moments"]

    assert moments["acknowledged"]["earliest"] == short(400)
    assert (moments["mitigated"]["earliest"], moments["mitigated"]["latest"]) == (short(800), short(860))
    assert moments["mitigated"]["source"] == "stated"
    assert moments["mitigated"]["why"].endswith("nothing measures whether it ended the impact")


def test_what_people_say_they_changed_answers_what_changed(world: World) -> None:
    """A note of a deployment before the onset is told as people's words; one that came after it is not."""
    told = notes((200, "Timetable 7 is deployed to all piers"), (500, "Timetable 8 is deployed to one pier"))
    found = answer(result(world, {"app.log": FAILING, "notes.jsonl": told}), "changed")

    assert "“Timetable 7 is deployed to all piers”" in found
    assert "Timetable 8" not in found


def test_a_named_severity_declares(world: World) -> None:
    """Who names a level in the channel has declared, though nobody opened a record."""
    said = [{"type": "message", "user": "U1", "ts": f"{epoch_ms(420) / 1000:.6f}", "text": "declaring this a P1"}]
    found = result(world, {"app.log": FAILING, "slack/incidents/2031-04-02.json": json.dumps(said)})

    assert found["moments"]["declared"]["earliest"] == short(420)
    assert found["moments"]["declared"]["why"].startswith("a person named a severity")
    assert (found["severity"]["stated"], found["severity"]["stated_level"]) == ("P1", "P1")
