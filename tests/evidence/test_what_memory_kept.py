"""What lived in a process's memory, or in a buffer of a fixed length, tells only of the time since; and what was put back or cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from small_world import iso, log, request

World = Callable[[dict[str, Any]], Any]

STARTED = '[{}] INFO [app] Application started | {{"version":"2.1.0"}}'


def said(one: Any, path: str, code: str) -> list[str]:
    """Return what is said of a file under a code."""
    return [p.message for entry in one.evidence if entry.path == path for p in entry.problems if p.code == code]


def listed(total: int, *seconds: int) -> str:
    """Return a security monitor's list with events at these seconds, which counted so many in all."""
    events = [
        {"id": f"e{n}", "timestamp": iso(n), "type": "login_failure", "severity": 2, "context": {"ip": "192.0.2.7"}}
        for n in seconds
    ]
    return json.dumps({"metrics": {"totalEvents": total}, "threats": {}, "events": events})


@pytest.mark.parametrize(
    ("total", "told"),
    [
        pytest.param(3, [], id="all that was counted"),
        pytest.param(
            1204,
            ["a part of what happened: 1,204 events were counted, 3 are here; such a list keeps the newest only"],
            id="the newest of many",
        ),
    ],
)
def test_a_list_that_counted_more_than_it_holds_says_so(total: int, told: list[str], world: World) -> None:
    """A list states how many events there were; where it holds fewer, it keeps the newest only."""
    assert said(world({"security.json": listed(total, 5, 6, 7)}), "security.json", "newest-only") == told


def test_a_list_kept_in_memory_begins_with_the_last_start(world: World) -> None:
    """The log tells of sixteen minutes, the list, which lives in memory, of those after the restart, however late its first event."""
    lines = [request(5 * n) for n in range(200)]
    one = world(
        {
            "logs/application.log": log([*lines[:120], STARTED.format(iso(600)), *lines[121:]]),
            "security.json": listed(2, 890, 900),
        }
    )

    [message] = said(one, "security.json", "lost-to-restart")
    assert message.startswith("it begins at 2031-04-02 12:14:50 UTC, 4 min 50 s after the process was started")
    assert "what was listed in the 10 min before lived in the memory of the old process, and is lost" in message


@pytest.mark.parametrize(
    ("pm2", "remedy"),
    [
        pytest.param(
            "",
            "collect before any restart: curl -fsS URL -o security.json   # and keep it where a restart cannot reach it",
            id="no pm2",
        ),
        pytest.param(
            f"{iso(600)[:19]}: PM2 log: App [ferry:0] online\n",
            "collect before any restart: curl -fsS URL -o security.json && pm2 restart ferry",
            id="pm2 names the app",
        ),
        pytest.param(
            f"{iso(600)[:19]}: PM2 log: PM2 daemon started\n",
            "collect before any restart: curl -fsS URL -o security.json && pm2 restart portfolio-app",
            id="pm2 names none",
        ),
    ],
)
def test_the_remedy_names_this_file_and_this_app(pm2: str, remedy: str, world: World) -> None:
    """What is to be run the next time runs here: it writes this file, and restarts what pm2 runs here."""
    lines = [request(5 * n) for n in range(200)]
    one = world(
        {
            "logs/application.log": log([*lines[:120], STARTED.format(iso(600)), *lines[121:]]),
            "exports/security.json": listed(2, 890, 900),
            **({"pm2.log": pm2} if pm2 else {}),
        }
    )

    [entry] = [one for one in one.evidence if one.path == "exports/security.json"]
    assert [problem.remedy for problem in entry.problems if problem.code == "lost-to-restart"] == [remedy]


def test_a_list_that_begins_without_a_restart_lost_nothing(world: World) -> None:
    """Nothing happened before: a list without events of the first minutes is whole."""
    one = world(
        {"logs/application.log": log([request(5 * n) for n in range(200)]), "security.json": listed(2, 890, 900)}
    )

    assert said(one, "security.json", "lost-to-restart") == []


def test_pieces_of_events_are_no_events_of_an_extract(world: World) -> None:
    """An extract begins within events: all its events stand in the log, and the pieces are counted apart."""
    lines: list[str] = []
    for n in range(60):
        lines += [request(n), "Query failed: {", "  table: 'berths',", f"  place: {n}", "}"]
    groups = ["\n".join(lines[5 * n + 3 : 5 * n + 8]) for n in range(10, 50, 8)]
    one = world({"errors.txt": "\n--\n".join(groups) + "\n", "logs/application.log": log(lines)})

    held = sum(line.startswith("[") or line == "Query failed: {" for group in groups for line in group.split("\n"))
    [message] = said(one, "errors.txt", "extract-of")
    assert message == (
        f"{held} of its {held} events stand in a fuller log of this folder, or twice in this one; they count once; "
        f"beside them it holds {len(groups)} pieces of events, without the beginning"
    )


def test_the_end_of_a_cut_document_is_no_end_of_a_series(world: World) -> None:
    """A document breaks off in its second series: that it ends early is put down to the cut."""
    series = [
        {"metric": {"__name__": name}, "values": [[1932881400 + 15 * n, str(n % 7)] for n in range(60)]}
        for name in ("queue", "berths")
    ]
    whole = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": series}})
    one = world({"m.json": whole[: len(whole) * 3 // 4]})

    [message] = said(one, "m.json", "series-ends")
    assert message.endswith("The document breaks off: one of them may end there and nowhere else")


BINLOG = """DELIMITER /*!*/;
# at 158
#310402  7:29:05 server id 1  end_log_pos 127 CRC32 0x0a17e165 \tStart: binlog v 4, server v 8.4.3 created 310402  7:29:05 at startup
ROLLBACK/*!*/;
# at 412
#310402  7:30:05 server id 1  end_log_pos 500 CRC32 0x6b8b2056 \tQuery\tthread_id=3\texec_time=0\terror_code=0
SET TIMESTAMP=1932881405/*!*/;
INSERT INTO berths VALUES (7)
/*!*/;
DELIMITER ;
# End of log file
"""


@pytest.mark.parametrize(
    ("fed", "told"),
    [
        pytest.param("since.sql", 0, id="the log of the statements since"),
        pytest.param("full.sql", 1, id="a dump"),
    ],
)
def test_statements_that_are_said_again_cost_no_rows(fed: str, told: int, world: World) -> None:
    """A binary log that lies here adds the rows written since the dump; a dump puts back what was before."""
    notes = f"what we did\n$ mysql quay < {fed}\nrows: 41\n"
    one = world({"steps.txt": notes, "kept_since.sql": BINLOG})

    assert len(said(one, "steps.txt", "destroyed-by-mitigation")) == told
