"""A log without years, alone in its folder: what can be measured is judged, and no year is made up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Analysed, write
from forensics.evidence import reading
from forensics.findings import result
from forensics.model import Json, Parameters
from forensics.report import charts, markdown, page
from forensics.report.redaction import Redactor
from forensics.store import Store
from forensics.times import parse_time

World = Callable[[dict[str, str | bytes]], Analysed]
NIGHT = datetime(2031, 5, 21, 23, 49, 55)
"""When the guessing begins; its log does not write the year."""


def guessing(start: datetime, failures: int = 8, *, host: str = "quay") -> str:
    """Return the log of a login server: somebody tries passwords every two seconds, and hours later logs in."""
    lines = [(start - timedelta(hours=1), "Server listening on 0.0.0.0 port 22.")]
    lines += [
        (start + timedelta(seconds=2 * n), "Failed password for root from 192.0.2.66 port 4022 ssh2")
        for n in range(failures)
    ]
    lines.append((start + timedelta(hours=8), "Accepted password for nora from 192.0.2.66 port 4087 ssh2"))
    return "".join(f"{time:%b %d %H:%M:%S} {host} sshd[{700 + n}]: {text}\n" for n, (time, text) in enumerate(lines))


def told(written: str, clock: str = "auth.log", **more: Any) -> Json:
    """Return a time as the contract writes it where no clock places it."""
    return {"clock": clock, "written": written, **more}


def times(value: Any) -> set[str]:
    """Return every text of a result that holds a year of four digits."""
    if isinstance(value, dict | list):
        return set().union(*(times(one) for one in (value.values() if isinstance(value, dict) else value)), set())
    return {value} if isinstance(value, str) and any(year in value for year in ("2031-05", "219")) else set()


def test_a_burst_is_judged_by_its_own_clock(world: World) -> None:
    """Eight failures in fourteen seconds are an alert whatever the year; each time is told as it is written."""
    store, _, findings = world({"auth.log": guessing(NIGHT)})

    verdict = next(one for one in findings.json["verdicts"] if one["rule"] == "declare.security_alert")
    assert verdict["verdict"] == "met"
    assert [(one["start"], one["end"], one["peak"]) for one in verdict["intervals"]] == [
        (told("May 21 23:50:03"), told("May 21 23:50:09"), 8.0)
    ]
    onset = findings.json["moments"]["onset"]
    assert (onset["earliest"], onset["latest"]) == (told("May 21 22:49:55"), told("May 21 23:49:55"))
    assert findings.json["durations"]["impact_s"] == [6.0, 6.0]
    assert findings.json["security"]["sources"] == [
        {
            "ip": "192.0.2.66",
            "failed": 8,
            "succeeded_after": 1,
            "burst": True,
            "first_success": told("May 22 07:49:55"),
        }
    ]
    assert [(event["time"], event["key"]) for event in findings.json["timeline"]] == [
        (told("May 21 23:50:03"), True),
        (told("May 22 07:49:55"), True),
    ]
    assert store.connection.execute("select count(*), count(time) from log_lines").fetchall() == [(10, 0)]


def test_no_year_is_told_anywhere(world: World) -> None:
    """Neither the result nor a claim holds a date with a year, or calls such a time UTC."""
    _, _, findings = world({"auth.log": guessing(NIGHT)})

    assert times(findings.json) | times(findings.claims) == set()
    statements = json.dumps([findings.claims, findings.json["questions"], findings.json["severity"]])
    assert "23:49:55" in statements
    assert " UTC" not in statements


def test_a_report_without_years_can_be_written(world: World) -> None:
    """Page, Markdown and pictures say the times as they are written, and that nothing tells the year."""
    store, _, findings = world({"auth.log": guessing(NIGHT)})
    redact = Redactor(store, enabled=True)

    drawn = charts.report_charts(store, findings.json)
    written = page.render(findings.json, findings.claims, drawn, redact) + markdown.render(findings.json, redact)
    assert [chart.name for chart in drawn] == ["failed-logins"]
    assert "“May 21 22:49:55 – 23:50:09” by its source’s own clock; nothing in the evidence tells the year" in written
    assert "May 21 to May 22, times as written" in written
    assert "219" not in re.sub(r"[0-9a-f]{12,}", "", re.sub(r"(?s)<style.*?</style>|<svg.*?</svg>", "", written))


def test_new_year_turns_within_a_log_without_years(world: World) -> None:
    """What was before New Year is a year before what came after it, and lengths across it are right."""
    _, evidence, findings = world({"auth.log": guessing(datetime(2030, 12, 31, 23, 59, 55))})

    assert evidence[0].own_clock == ("Dec 31 22:59:55", "Jan 01 07:59:55")
    (burst,) = next(v for v in findings.json["verdicts"] if v["rule"] == "declare.security_alert")["intervals"]
    assert (burst["start"], burst["end"]) == (told("Jan 01 00:00:03"), told("Jan 01 00:00:09"))
    onset = findings.json["moments"]["onset"]["latest"]
    assert onset == told("Dec 31 23:59:55", years_before=1)
    assert parse_time(burst["end"]) - parse_time(onset) == timedelta(seconds=14)


def test_a_leap_day_before_new_year_stands_in_a_leap_year(world: World) -> None:
    """A 29th of February that lies a year before the last stamp is no other day."""
    leap = guessing(datetime(2028, 2, 29, 12))
    _, _, findings = world({"auth.log": leap + "Dec 31 12:00:00 quay sshd[9]: x\nJan 02 12:00:00 quay sshd[9]: x\n"})

    onset = findings.json["moments"]["onset"]["latest"]
    assert onset["written"] == "Feb 29 12:00:00"
    assert parse_time(onset).date().isoformat()[5:] == "02-29"


def test_two_logs_without_years_are_of_one(world: World) -> None:
    """Each time names the clock of the log that it stands in."""
    files: dict[str, str | bytes] = {
        "a/auth.log": guessing(NIGHT),
        "b/auth.log": guessing(NIGHT + timedelta(minutes=30), 6, host="pier").replace("192.0.2.66", "192.0.2.67"),
    }
    _, _, findings = world(files)

    verdict = next(one for one in findings.json["verdicts"] if one["rule"] == "declare.security_alert")
    assert [(one["start"], one["end"]) for one in verdict["intervals"]] == [
        (told("May 21 23:50:03", "a/auth.log"), told("May 21 23:50:09", "a/auth.log")),
        (told("May 22 00:20:03", "b/auth.log"), told("May 22 00:20:05", "b/auth.log")),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"reference": "2031-06-01"}, id="a day that it lies before"),
        pytest.param({"at": "2031-05-21T23:00:00Z"}, id="when the incident began"),
    ],
)
def test_a_person_may_tell_the_year(tmp_path: Path, asked: dict[str, str]) -> None:
    """Once a person says when it was, times are times."""
    (tmp_path / "work").mkdir()
    folder, parameters = write(tmp_path / "incident", {"auth.log": guessing(NIGHT)}), Parameters(**asked)
    with Store() as store:
        evidence = reading.read(folder, store, tmp_path / "work", parameters=parameters)
        findings = result.build(store, evidence, "incident", parameters, "a digest")

    (burst,) = next(v for v in findings.json["verdicts"] if v["rule"] == "declare.security_alert")["intervals"]
    assert (burst["start"], burst["end"]) == ("2031-05-21T23:50:03Z", "2031-05-21T23:50:09Z")


def test_the_clock_that_counts_is_named(world: World) -> None:
    """What was first over its limit, and when normal behaviour was left, is told with the source whose clock counts it."""
    rows = [f"{n},{50 + n if n < 40 else 95}.0,100.0" for n in range(90)]
    found = world({"server.csv": "\n".join(["t_s,heap_used_mb,heap_max_mb", *rows, ""])})
    answers = {one["id"]: one["answer"] for one in found.findings.json["questions"]}

    assert "between 30 s and 31 s on the clock of server.csv (" in answers["started"]
    assert "first went over its threshold at 31 s on the clock of server.csv, peak 95 %" in answers["triggered"]
    chart = charts.hero(found.store, found.findings.json)
    assert chart is not None
    assert "0 – 89 s by the source's own clock; highest 95 % at 40 s." in chart.alt
