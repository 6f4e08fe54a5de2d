"""Evidence of which little can be known: clocks that only count, single samples, whole runs, rehearsals, lost tables."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from forensics.analysis import messages
from forensics.report import story
from forensics.report.words import Times
from small_world import epoch_ms, failed_login, good_login, iso, log, request, samples, short, within

World = Callable[[dict[str, Any]], Any]


def result(world: World, files: dict[str, Any]) -> dict[str, Any]:
    """Return what is found in a world of these files."""
    found: dict[str, Any] = world(files).findings.json
    return found


def verdict(found: dict[str, Any], rule: str) -> dict[str, Any]:
    """Return the verdict on one rule."""
    return next(one for one in found["verdicts"] if one["rule"] == rule)


def counting(*used: float, of: float = 100) -> str:
    """Return a table of a run that only counts its seconds."""
    rows = [f"{second},{one},{of}" for second, one in enumerate(used)]
    return "\n".join(["t_s,heap_used_mb,heap_max_mb", *rows]) + "\n"


# ---- clocks that only count ---------------------------------------------------------------------------------------


def test_a_breach_on_a_counting_clock_is_told_in_its_seconds(world: World) -> None:
    """Where nothing tells when a clock began, a breach stands on it in seconds, and the incident with it."""
    found = result(world, {"run.csv": counting(50, 60, 81, 90, 85, 70, 60, 50)})

    (run,) = verdict(found, "alert.memory")["intervals"]
    begins, ends = {"clock": "run.csv", "offset_s": 2.0, "clock_number": 0}, {"offset_s": 5.0}
    assert run["start"] == begins
    assert run["end"] == begins | ends
    assert found["moments"]["onset"]["earliest"] == begins | {"offset_s": 1.0}
    assert found["severity"]["level"] == "P3"


def test_a_calm_run_on_a_counting_clock_settles_nothing_of_a_dated_incident(world: World) -> None:
    """A run that cannot be placed says nothing about the time of the incident."""
    files = {"run.csv": counting(50, 60, 61, 60, 50), "app.log": log(request(n) for n in range(120))}
    found = verdict(result(world, files), "alert.memory")

    assert (found["verdict"], found["why"]) == (
        "not_assessable",
        "nothing tells when the clock of run.csv began to count",
    )


def test_a_calm_run_on_a_counting_clock_is_calm_where_it_is_all_there_is(world: World) -> None:
    """Of a folder without any dated evidence, a run that was seen whole and stayed below its limit is not met."""
    assert verdict(result(world, {"run.csv": counting(*[50] * 30)}), "alert.memory")["verdict"] == "not_met"


def test_the_incident_stands_on_one_clock(world: World) -> None:
    """Stretches on several counting clocks cannot be put in order: the incident is on the clock that shows the longest."""
    files = {"a.csv": counting(50, 81, 50, 50), "b.csv": counting(50, 81, 82, 83, 50, 50)}
    found = result(world, files)

    assert [run["start"]["clock"] for run in found["impact"]["runs"]] == ["b.csv"]
    assert {run["start"]["clock"] for run in verdict(found, "alert.memory")["intervals"]} == {"a.csv", "b.csv"}


def test_no_answer_names_a_year_that_only_stands_in(world: World) -> None:
    """What stands in for the beginning of a counting clock is told nowhere."""
    files = {"run.csv": counting(50, 81, 82, 50), "app.log": log(request(n) for n in range(60))}
    findings = world(files).findings

    assert "23" + "00-01-01" not in json.dumps([findings.json, findings.claims])


# ---- single samples, whole runs -----------------------------------------------------------------------------------


def test_one_sample_says_nothing_about_before_and_after(world: World) -> None:
    """A number that was looked at once, and was over its limit, began no later and may have gone on: no length, no end."""
    files = {
        "m.json": samples("error_rate", [(600, 12.0)]),
        "app.log": log(f"[{iso(n)}] INFO [app] tick" for n in range(700)),
    }
    found = result(world, files)

    (run,) = verdict(found, "alert.error_rate")["intervals"]
    assert (run["start"], run["end"], run["ended_by"]) == (short(600), short(600), "gap")
    assert (found["moments"]["onset"]["earliest"], found["moments"]["onset"]["latest"]) == (short(0), short(600))
    assert found["moments"]["recovered"]["source"] == "unknown"
    assert (found["severity"]["level"], found["severity"]["rule"]) == ("P1", "High error rates (>10%)")
    assert any(event["text"] == "Error rate over its limit in one sample, peak 12 %" for event in found["timeline"])


def test_ten_per_cent_in_one_bucket_of_a_watched_service_is_no_p1(world: World) -> None:
    """Where it is known that requests failed for less than two minutes, a high share in one bucket makes no P1."""
    lines = [request(n, failed=300 <= n < 330 and n % 5 == 0) for n in range(900)]

    assert result(world, {"app.log": log(lines)})["severity"]["level"] == "P3"


def test_what_fails_in_a_whole_run_failed_some_time_in_it(world: World) -> None:
    """A share of the whole run over the limit was over it at some time in the run; when is not known."""
    text = (
        "running (0m10.0s), 10/10 VUs, 100 complete and 0 interrupted iterations\n"
        "running (0m40.0s), 10/10 VUs, 400 complete and 0 interrupted iterations\n"
        "     http_req_duration..............: avg=900ms min=10ms med=800ms max=4s p(90)=2s p(95)=3s\n"
        "     http_req_failed................: 8.00%  32 out of 400\n"
        "     iterations.....................: 400    10/s\n"
    )
    found = result(world, {"k6.txt": text})

    (run,) = verdict(found, "alert.error_rate")["intervals"]
    assert (run["start"]["offset_s"], run["end"]["offset_s"], run["peak"]) == (10.0, 40.0, 8.0)
    assert "(client)" in verdict(found, "alert.error_rate")["statistic"]
    assert [one["peak"] for one in verdict(found, "alert.response_time")["intervals"]] == [3.0]
    assert verdict(found, "declare.error_rate")["verdict"] != "met"


def test_probes_tell_the_error_rate_where_no_request_is_logged(world: World) -> None:
    """Without a request log, the share of probes that failed is what is known of the error rate, as the probe saw it."""
    results = [
        {
            "checkId": "home",
            "timestamp": epoch_ms(10 * n),
            "success": not 12 <= n < 20,
            "responseTime": 90,
            "statusCode": 200 if not 12 <= n < 20 else 503,
        }
        for n in range(60)
    ]
    found = result(world, {"uptime.json": json.dumps({"metrics": {}, "results": {"home": results}})})

    judged = verdict(found, "alert.error_rate")
    assert judged["verdict"] == "met"
    assert "(probe)" in judged["statistic"]
    assert [(run["start"], run["end"]) for run in judged["intervals"]] == [(short(120), short(210))]


def test_samples_of_another_time_say_nothing_about_a_short_incident(world: World) -> None:
    """A minute of slow answers leaves no hole of two minutes, and still memory that was measured an hour earlier is not known."""
    lines = [request(3600 + n, ms=2500 if 60 <= n < 120 else 50) for n in range(180)]
    files = {"app.log": log(lines), "m.json": samples("memory.usage", [(10.0 * n, 50.0) for n in range(30)])}
    found = verdict(result(world, files), "alert.memory")

    assert (found["verdict"], found["why"]) == (
        "not_assessable",
        "m.json says nothing about memory usage near the incident",
    )


# ---- people, passwords, tables --------------------------------------------------------------------------------------


def test_the_declared_rehearsals_hold() -> None:
    """Each example is a rehearsal, and each reject is a real alert."""
    told = tomllib.loads(files("forensics.analysis").joinpath("rehearsals.toml").read_text(encoding="utf-8"))

    assert [one["text"] for one in told["example"] if not messages.rehearsed(one["text"])] == []
    assert [one["text"] for one in told["reject"] if messages.rehearsed(one["text"])] == []
    assert [one["text"] for one in told["ahead_example"] if not messages.ahead(one["text"])] == []
    assert [one["text"] for one in told["ahead_reject"] if messages.ahead(one["text"])] == []
    assert all(one["why"] for one in told["reject"])


def test_a_rehearsed_alert_detects_nothing(world: World) -> None:
    """A test of the contact point before the fault is no alert; the first real one detects."""

    def webhook(second: float, name: str) -> dict[str, Any]:
        one = {"status": "firing", "labels": {"alertname": name}, "annotations": {}, "startsAt": iso(second)}
        return {"status": "firing", "receiver": "on-call", "alerts": [one | {"endsAt": "0001-01-01T00:00:00Z"}]}

    lines = [request(n, failed=n >= 60 and n % 3 == 0) for n in range(600)]
    hooks = [webhook(61, "ContactPointTest"), webhook(130, "HighErrorRate")]
    found = result(world, {"app.log": log(lines), "hooks.jsonl": log(map(json.dumps, hooks))})

    assert found["moments"]["detected"]["earliest"] == short(130)


def test_a_guessed_password_that_is_used_later_is_no_recovery(world: World) -> None:
    """Hours after the guessing the same address logs in: nothing shows that it was shut out, so nothing has recovered."""
    lines = [failed_login(n * 5) for n in range(12)] + [good_login(5000)]
    found = result(world, {"auth.log": log(lines)})

    assert found["moments"]["recovered"]["source"] == "unknown"
    assert "shut out" in found["moments"]["recovered"]["why"]
    assert found["incident"]["state"] == "not known"


def dump(minute: int, *tables: str) -> str:
    """Return a dump of MySQL with these tables, of two rows each."""
    parts = ["-- MySQL dump 10.13  Distrib 8.4.3, for Linux (x86_64)", "-- Host: localhost    Database: ferry"]
    for table in tables:
        parts.append(
            f"CREATE TABLE `{table}` (`id` int NOT NULL, `name` varchar(9), PRIMARY KEY (`id`)) ENGINE=InnoDB;"
        )
        parts.append(f"INSERT INTO `{table}` VALUES (1,'a'),(2,'b');")
    return "\n".join([*parts, f"-- Dump completed on 2031-04-02 12:{minute:02}:00", ""])


def test_a_table_that_was_dropped_with_its_rows_is_lost_data(world: World) -> None:
    """A table with rows in one dump, none of it in the next, and dropped meanwhile: P0, unless a person knows better."""
    said = "2031-04-02T12:10:00Z DROP TABLE quays\n2031-04-02T12:10:01Z done\n"
    found = result(world, {"before.sql": dump(0, "quays", "tides"), "after.sql": dump(30, "tides"), "job.txt": said})

    assert (found["severity"]["level"], found["incident"]["title"]) == ("P0", "Data lost")
    assert (
        found["impact"]["data_loss"] == "The table quays and its 2 rows, which before.sql holds, are gone in after.sql."
    )
    assert (found["moments"]["onset"]["earliest"], found["moments"]["onset"]["latest"]) == (short(600), within(600))
    hit = next(line.text for line in story.summary(found, Times()) if line.name == "Who was hit")
    assert hit == "Whom it hit is not measured; 2 rows of the database are gone."


def test_a_table_that_a_dump_may_have_left_out_is_not_called_lost(world: World) -> None:
    """A dump may be of some tables only: where nothing tells that one was dropped, its absence makes no incident."""
    found = result(world, {"before.sql": dump(0, "quays", "tides"), "after.sql": dump(30, "tides")})

    assert (found["severity"]["level"], found["impact"]["runs"]) == ("undetermined", [])
    assert found["impact"]["data_loss"].endswith("not in after.sql: they are gone, or were never meant to be there.")


def test_damage_without_a_time_is_no_calm(world: World) -> None:
    """A database whose own check finds damage is a P0 though nothing tells when it came, and the page does not call it calm."""
    with sqlite3.connect(":memory:") as made:
        made.execute("create table quays (id integer primary key, name text)")
        made.execute("create index by_name on quays (name)")
        made.executemany("insert into quays (name) values (?)", [(f"quay {n:05}" * 20,) for n in range(300)])
        made.commit()
        whole = bytearray(made.serialize())
    whole[8 * 4096 : 20 * 4096] = b"\x5a" * (12 * 4096)
    found = result(world, {"local.db": bytes(whole)})

    assert (found["severity"]["level"], found["severity"]["rule"]) == ("P0", "Data corruption")
    assert (found["incident"]["title"], found["incident"]["state"]) == ("Data lost or damaged", "not known")


def test_rows_that_went_from_a_table_that_stays_are_no_lost_data(world: World) -> None:
    """Rows are removed every day: a table that is still there has lost nothing that we know of."""
    less = dump(30, "tides").replace(",(2,'b')", "")

    assert result(world, {"before.sql": dump(0, "tides"), "after.sql": less})["severity"]["level"] == "undetermined"


def test_another_alert_says_nothing_about_security(world: World) -> None:
    """One alert of another kind is no list of what was raised: whether a security alert was cannot be told."""
    one = {
        "status": "firing",
        "labels": {"alertname": "HighErrorRate"},
        "startsAt": iso(0),
        "endsAt": "0001-01-01T00:00:00Z",
    }
    hook = json.dumps({"status": "firing", "receiver": "on-call", "alerts": [one]})

    assert verdict(result(world, {"hook.json": hook}), "declare.security_alert")["verdict"] == "not_assessable"
