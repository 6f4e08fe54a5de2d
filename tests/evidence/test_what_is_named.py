"""What an inventory says of a file that is whole and still leaves something open: times it lacks, records it never had."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from forensics.evidence.doctor import exports
from forensics.model import Evidence, Problem

World = Callable[[dict[str, Any]], Any]

DF = "Filesystem Size Used Avail Use% Mounted on\n/dev/vda 20G 18G 2.0G {}% /\n"
DATE = "Wed Apr  2 {} UTC 2031\n"
DATES = {"date.txt": DATE.format("09:30:00"), "date-early.txt": DATE.format("07:30:00")}


@pytest.fixture
def entry(world: World) -> Callable[..., Evidence]:
    """Read a folder with one file; return its entry."""

    def read(text: str | bytes, path: str = "quay.txt") -> Evidence:
        [found] = world({path: text}).evidence
        return found  # type: ignore[no-any-return]

    return read


def named(entry: Evidence) -> list[str]:
    """Return the codes of what is named."""
    return [problem.code for problem in entry.problems]


def one(entry: Evidence, code: str) -> Problem:
    """Return the only problem of a kind."""
    [found] = [problem for problem in entry.problems if problem.code == code]
    return found


def test_a_document_in_one_line_that_tells_of_a_failure_is_a_document(entry: Callable[..., Evidence]) -> None:
    """A health body that says "connection failed: …" is one, and no message of a program that could not connect."""
    check = '"database":{"status":"unhealthy","message":"connection failed: no berth","timestamp":1932881404000}'
    body = f'{{"status":"unhealthy","timestamp":1932881405000,"checks":{{{check}}}}}'
    found = entry(body, "health.json")

    assert (found.format, found.kind, found.status) == ("health-body", "capture", "ok")
    assert found.covers == (datetime(2031, 4, 2, 7, 30, 4), datetime(2031, 4, 2, 7, 30, 5))


@pytest.mark.parametrize(
    ("path", "others", "hour"),
    [
        pytest.param("disk-use.txt", {"disk-use-early.txt": DF.format(40)}, 9, id="the whole name is the command's"),
        pytest.param("disk-use-early.txt", {"disk-use.txt": DF.format(40)}, 7, id="the end is that of a date"),
        pytest.param("disk-use.txt", {}, None, id="nothing says where its name ends"),
    ],
)
def test_a_capture_whose_command_has_two_words_finds_its_date(
    world: World, path: str, others: dict[str, str], hour: int | None
) -> None:
    """Of several dates, that one was saved with it whose name has the same ending; it then covers that moment."""
    told = {found.path: found for found in world({path: DF.format(90), **others, **DATES}).evidence}[path]

    assert (told.covers[0].hour if told.covers else None) == hour
    assert (told.clock.how == "stated") == (hour is not None)


NULS = "Apr  2 07:30:05 quay-1 moord[4]: ready\n{}\nApr  2 09:30:05 quay-1 moord[5]: ready\n"


@pytest.mark.parametrize(
    ("stamp", "between"),
    [
        pytest.param("", "between Apr  2 07:30:05 and Apr  2 09:30:05 (as written)", id="without a year"),
        pytest.param("2031 ", "between 2031-04-02 07:30:05 and 2031-04-02 09:30:05 (UTC)", id="with a year"),
    ],
)
def test_nuls_in_the_midst_of_a_log_say_between_which_times_it_lacks_lines(
    entry: Callable[..., Evidence], stamp: str, between: str
) -> None:
    """What a machine had not yet written when it stopped is named with the times around it."""
    text = NULS.format("\0" * 40).replace("Apr  2 ", f"Apr  2 {stamp}")
    hole = one(entry(text.encode()), "nul-hole")

    assert (hole.line, hole.leaves_open) == (2, f"What was logged {between}?")
    assert hole.message.startswith(f"a line of 40 bytes holds NULs where text should be {between}: ")


def test_a_log_without_any_time_is_said_to_have_none(world: World) -> None:
    """Its order is known; one line with a time is enough for the others to have a place."""
    bare = "Health check registered: berths\nIncident created: No berth (incident_1932881405000_p7r0k5s2f)\n"
    dated = bare + "[2031-04-02T07:30:05.120Z] INFO [app] Boarding\n" * 4
    found = {told.path: told for told in world({"bare.log": bare, "dated.log": dated}).evidence}

    assert one(found["bare.log"], "no-time").message.startswith("none of its 2 records states a time")
    assert "no-time" not in named(found["dated.log"])


@pytest.mark.parametrize(
    ("alerts", "codes"),
    [
        pytest.param("", ["no-alert"], id="none"),
        pytest.param(
            '{"id":"a","ruleId":"r","severity":"high","status":"active","message":"m","timestamp":1932881405000}',
            [],
            id="one",
        ),
    ],
)
def test_a_list_of_no_alerts_says_so(entry: Callable[..., Evidence], alerts: str, codes: list[str]) -> None:
    """That none was raised and that none was kept look alike."""
    found = entry(f'{{"apm":[{alerts}],"alerting":[],"statistics":{{"total":0}}}}', "alerts.json")

    assert (found.format, found.status) == ("alerts", "ok")
    assert [code for code in named(found) if code == "no-alert"] == codes


GET = "NAME         READY   STATUS             RESTARTS       AGE\nheron-ferry  0/1     CrashLoopBackOff   9 (104s ago)   23m\n"
DESCRIBE = """Name:             heron-ferry
Namespace:        default
Start Time:       Wed, 02 Apr 2031 07:00:00 +0000
Events:
  Type     Reason     Age                   From       Message
  ----     ------     ----                  ----       -------
"""
EVENT = "  Normal   Pulled     2m34s (x7 over 13m)   kubelet    Container image already present on machine\n"


@pytest.mark.parametrize(
    ("text", "aged"),
    [
        pytest.param(GET, True, id="a table"),
        pytest.param("2031-04-02T07:30:05Z\n" + GET, False, id="a table below its time"),
        pytest.param(DESCRIBE + EVENT, True, id="a description with events"),
        pytest.param(DESCRIBE, False, id="a description without events"),
    ],
)
def test_ages_without_the_moment_from_which_they_count_are_named(
    entry: Callable[..., Evidence], text: str, aged: bool
) -> None:
    """Kubernetes prints how long ago; where the moment of the command is known, or nothing has an age, nothing is open."""
    assert ("relative-ages" in named(entry(text))) is aged


@pytest.mark.parametrize(
    ("stamp", "codes", "covered"),
    [
        pytest.param("2031-04-02T07:30:05Z", [], True, id="whole"),
        pytest.param("2031-04-0207:30:05Z", ["damaged-stamps"], False, id="damaged"),
    ],
)
def test_an_object_of_a_cluster_tells_when_its_states_began(
    entry: Callable[..., Evidence], stamp: str, codes: list[str], covered: bool
) -> None:
    """Its own times are read; those that something altered are named, and never guessed."""
    states = f'  containerStatuses:\n  - state:\n      terminated:\n        reason: OOMKilled\n        finishedAt: "{stamp}"\n'
    text = "apiVersion: v1\nkind: Pod\nstatus:\n" + states
    found = entry(text)

    assert (found.format, named(found), found.covers is not None) == ("kubernetes-yaml", codes, covered)


def test_rows_of_days_are_said_to_have_no_time_of_day(world: World) -> None:
    """A day is no time, and still more than nothing."""
    days = "service_date,line,boats\n2031-04-02,a,4\n2031-04-03,a,7\n2031-04-04,a,5\n"
    found = {told.path: told for told in world({"days.csv": days, "none.csv": "line,boats\na,4\nb,7\nc,5\n"}).evidence}

    assert one(found["days.csv"], "no-time").message.startswith("service_date states the day of each row")
    assert one(found["none.csv"], "no-time").message == "no column states when a row was measured"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param("ERROR 3546 (HY000) at line 24: cannot be changed", [], id="refused"),
        pytest.param("bash: mysql: command not found", [], id="not there"),
        pytest.param("done", ["destroyed-by-mitigation"], id="done"),
    ],
)
def test_a_command_that_was_refused_destroyed_nothing(
    entry: Callable[..., Evidence], answer: str, told: list[str]
) -> None:
    """What stands right below a command may say that it did nothing."""
    text = f"Restoring\n$ mysql -uroot quay < full.sql\n{answer}\n\n$ ls\nfull.sql\n"

    assert [code for code in named(entry(text, "steps.txt")) if code == "destroyed-by-mitigation"] == told


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        *((one["text"], True) for one in exports.declared("losses.toml")["refused"]["example"]),
        *((one["text"], False) for one in exports.declared("losses.toml")["refused"]["reject"]),
    ],
)
def test_a_refusal_is_told_by_what_stands_right_below(text: str, refused: bool) -> None:
    """Each example is one; each reject is none."""
    pattern = exports.declared("losses.toml")["refused"]["pattern"]

    assert bool(re.search(pattern, text)) is refused
