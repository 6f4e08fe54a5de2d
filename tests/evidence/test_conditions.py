"""What began by itself: a certificate that ran out, a statement that waits for a lock, and the transaction that holds it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from forensics.evidence import conditions
from forensics.evidence.databases import changes
from small_world import NOON, at, traffic

World = Callable[[dict[str, Any]], Any]

DECLARED = conditions.declared()


@pytest.mark.parametrize("way", DECLARED["valid_until"], ids=lambda way: way["name"])
def test_each_way_to_say_until_when_a_certificate_is_valid_holds_its_examples(way: dict[str, Any]) -> None:
    """What is declared reads its examples and leaves its rejects alone."""
    assert [conditions.valid_until(one["text"]) for one in way["example"]] == [
        datetime.fromisoformat(one["at"]) for one in way["example"]
    ]
    assert [conditions.valid_until(one["text"]) for one in way["reject"]] == [None for _ in way["reject"]]


def test_names_of_measures_and_lines_of_locks_hold_their_examples() -> None:
    """The patterns for measures and for waits fit what is declared to fit, and nothing that is not."""
    certificate, lock = DECLARED["certificate"], DECLARED["lock"]
    assert all(re.fullmatch(certificate["metrics"], one["name"]) for one in certificate["example"])
    assert not any(re.fullmatch(certificate["metrics"], one["name"]) for one in certificate["reject"])
    found = [re.search(lock["waits"], one["text"]) for one in lock["example"]]
    assert [one.groupdict() if one else {} for one in found] == [one["fields"] for one in lock["example"]]
    assert not any(re.search(lock["waits"], one["text"]) for one in lock["reject"])


def told(case: Any, what: str) -> list[tuple[Any, ...]]:
    """Return when and where such conditions began."""
    query = "select time, path, line, text from events where what = $1 order by time"
    found: list[tuple[Any, ...]] = case.store.connection.execute(query, [what]).fetchall()
    return found


def test_a_certificate_that_ran_out_before_the_onset_is_told(world: World) -> None:
    """Two captures and a measure tell of it: it is one condition, two minutes before the onset; one valid for months is none."""
    chain = "depth=0 CN = tides.example\nnotAfter=Apr  2 12:08:00 2031 GMT\n"
    lasting = "*  subject: CN=www.example\n*  expire date: Jul 31 23:59:59 2031 GMT\n"
    expiry = (at(480) - datetime(1970, 1, 1)).total_seconds()
    series = {"metric": {"__name__": "probe_ssl_earliest_cert_expiry", "instance": "tides.example:443"}}
    measured = {"status": "success", "data": {"resultType": "matrix", "result": [
        series | {"values": [[(at(60 * n) - datetime(1970, 1, 1)).total_seconds(), str(int(expiry))] for n in range(8)]}
    ]}}  # fmt: skip

    case = world(
        {
            "app.log": traffic(*([0] * 20), *([10] * 10), *([0] * 4)),
            "before.txt": f"$ openssl s_client -connect tides.example:443 </dev/null\n{chain}",
            "www.txt": f"$ curl -v https://www.example\n{lasting}",
            "expiry.json": json.dumps(measured),
        }
    )

    assert told(case, conditions.CERTIFICATE) == [
        (at(480), "before.txt", 3, "The certificate of tides.example ran out (so say expiry.json too)")
    ]
    answer = case.findings.json["questions"][2]["answer"]
    assert "ertificate of tides.example ran out" in answer
    assert "12:08:00 UTC, 2 min before the onset" in answer
    assert "www.example" not in answer


def waits(second: float, pid: int, mode: str, queue: list[int], statement: str, holder: int = 77) -> str:
    """Write what PostgreSQL logs of a statement that has waited for a second."""
    stamp = f"2031-04-02 12:{int(second) // 60:02d}:{second % 60:06.3f} UTC [{pid}] sailor@harbour"
    return (
        f"{stamp} LOG:  process {pid} still waiting for {mode} on relation 16 of database 4 after 1000.100 ms\n"
        f"{stamp} DETAIL:  Process holding the lock: {holder}. Wait queue: {', '.join(map(str, queue))}.\n"
        f"{stamp} STATEMENT:  {statement}\n"
    )


ALTER = 'ALTER TABLE "berths" ADD "tide" text'
SESSIONS = (
    "now,pid,application_name,xact_start,wait_event,state,query\n"
    "2031-04-02 14:15:00+02,77,a spreadsheet,2031-04-02 13:40:00+02,ClientRead,idle in transaction,select 1\n"
    f"2031-04-02 14:15:00+02,81,migration,2031-04-02 14:09:50+02,relation,active,'{ALTER}'\n"
)


def test_what_waited_for_a_lock_first_is_told_with_who_held_it(world: World) -> None:
    """A migration waits behind an idle transaction, everything else behind the migration: it began a second before its line."""
    log = "".join(
        [
            waits(590, 81, "AccessExclusiveLock", [81], ALTER),
            *(waits(600 + n, 90 + n, "AccessShareLock", [81, *range(90, 91 + n)], "SELECT 1") for n in range(3)),
        ]
    )

    case = world(
        {
            "app.log": traffic(*([0] * 20), *([10] * 10), *([0] * 4)),
            "postgresql.log": log,
            "sessions.csv": SESSIONS,
        }
    )

    ((time, path, line, text),) = told(case, conditions.LOCK)
    assert (path, line) == ("postgresql.log", 1)
    assert abs((time - at(589)).total_seconds()) < 0.001
    assert text == (
        f"“{ALTER}” (process 81) began to wait for AccessExclusiveLock, while process 77 held the lock; "
        "3 waits of others behind it were logged, up to 3 at once"
    )
    assert [(time, path, line) for time, path, line, _ in told(case, conditions.HOLDER)] == [
        (at(-1200), "sessions.csv", 2)
    ]
    answer = case.findings.json["questions"][2]["answer"]
    assert answer.index("a spreadsheet") < answer.index("ALTER TABLE") < answer.index("failed external requests")


def test_who_ended_a_wait_did_something_against_it(world: World) -> None:
    """A cancelled head of the queue and a terminated session are acts; that a caller gave up, or the server stopped, is none."""
    stamp = "2031-04-02 12:{:02d}:{:02d}.500 UTC [81] sailor@harbour"
    ended = [
        (605, f"ERROR:  canceling statement due to user request\n{stamp.format(10, 5)} STATEMENT:  SELECT 1"),
        (700, f"ERROR:  canceling statement due to user request\n{stamp.format(11, 40)} STATEMENT:  {ALTER}"),
    ]
    log = "".join(
        [
            waits(590, 81, "AccessExclusiveLock", [81], ALTER),
            *(f"{stamp.format(second // 60, second % 60)} {text}\n" for second, text in ended[:1]),
            *(waits(600 + n, 90 + n, "AccessShareLock", [81, 90 + n], "SELECT 1") for n in range(6, 100, 3)),
            *(f"{stamp.format(second // 60, second % 60)} {text}\n" for second, text in ended[1:]),
            waits(800, 82, "AccessExclusiveLock", [82], ALTER),
            waits(850, 95, "AccessShareLock", [82, 95], "SELECT 1"),
            f"{stamp.format(14, 10)} FATAL:  terminating connection due to administrator command\n",
            f"{stamp.format(16, 40)} LOG:  received fast shutdown request\n",
            f"{stamp.format(16, 41)} FATAL:  terminating connection due to administrator command\n",
        ]
    )

    case = world({"app.log": traffic(*([0] * 20), *([10] * 4), *([0] * 10)), "postgresql.log": log})

    acts = [told(case, what) for what in (conditions.CANCELLED, "session ended")]
    assert [[time for time, *_ in one] for one in acts] == [[at(700.5)], [at(850.5)]]
    done = case.findings.json["response"]["mitigations"]
    assert ("database", "2031-04-02T12:11:40.500Z") in [(one["kind"], one["time"]) for one in done]


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        *((one, True) for one in changes.declared()["example"]),
        *((one, False) for one in changes.declared()["reject"]),
    ],
)
def test_which_tables_keep_changes_is_declared(one: dict[str, Any], wanted: bool) -> None:
    """A table keeps changes if its name says so and its columns say what was changed and when."""
    assert changes.keeps(one["table"], one["columns"]) is wanted


def test_a_deploy_that_a_dump_keeps_is_a_change(world: World) -> None:
    """The row before the onset is the change that is told, by the name that another table gives what it is of."""
    dump = (
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
        "CREATE TABLE apps(id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO apps VALUES(1,'harbour');\n"
        "CREATE TABLE deploys(id INTEGER PRIMARY KEY, app_id INTEGER, version TEXT, started_at TEXT, notes TEXT);\n"
        f"INSERT INTO deploys VALUES(8,1,'4.1.0','{NOON:%Y-%m-%d} 12:09:00','tide tables');\n"
        f"INSERT INTO deploys VALUES(9,1,'4.1.1','{NOON:%Y-%m-%d} 12:40:00','');\nCOMMIT;\n"
    )

    case = world({"app.log": traffic(*([0] * 20), *([10] * 10), *([0] * 4)), "tracker.sql": dump})

    changed = case.findings.json["questions"][1]["answer"]
    assert "deploy “harbour 4.1.0: tide tables” at 2031-04-02 12:09:00 UTC" in changed
    assert "4.1.1" not in changed.partition("In the day before the onset")[2]
    query = 'select id, "table", row from changes order by time'
    assert case.store.connection.execute(query).fetchall() == [("4.1.0", "deploys", 1), ("4.1.1", "deploys", 2)]
