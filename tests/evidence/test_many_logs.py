"""Whole files of many logs: which format each is recognised as, and what becomes of each of its lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from forensics.evidence import reading
from forensics.store import Store


class Log(NamedTuple):
    """One file and what must come of it."""

    text: str
    format: str
    clock: str
    """How its clock is known, and what its stamps lack."""
    events: list[tuple[int, int, str | None, str | None, str | None, str | None]]
    """First and last line, time (as written, where it cannot be placed), level, source, message."""


MEASURED = "  Lock_time: 0.000041 Rows_sent: 4  Rows_examined: 412000"

LOGS = [
    pytest.param(
        Log(
            "2031-04-02T07:30:05.120Z  INFO 1 --- [ferry] [main] harbour.Berths  : moored\n"
            "2031-04-02T07:30:06.120Z ERROR 1 --- [ferry] [main] harbour.Berths  : no room\n"
            "\n"
            "harbour.NoRoomException: berth 4\n"
            "\tat harbour.Berths.moor(Berths.java:41)\n"
            "Caused by: java.io.IOException: no tide\n"
            "\t... 4 more\n",
            "spring-boot",
            "stated ",
            [
                (1, 1, "2031-04-02 07:30:05.120", "INFO", "harbour.Berths", "moored"),
                (2, 7, "2031-04-02 07:30:06.120", "ERROR", "harbour.Berths", "no room"),
            ],
        ),
        id="a stack trace of Java",
    ),
    pytest.param(
        Log(
            "2031-04-02 07:30:05,120 - harbour.berths - ERROR - no room\n"
            "Traceback (most recent call last):\n"
            '  File "berths.py", line 41, in moor\n'
            "    berths[4]\n"
            "KeyError: 4\n"
            "2031-04-02 07:30:06,120 - harbour.berths - INFO - moored\n",
            "python-logging",
            "assumed zone",
            [
                (1, 5, "2031-04-02 07:30:05.120", "ERROR", "harbour.berths", "no room"),
                (6, 6, "2031-04-02 07:30:06.120", "INFO", "harbour.berths", "moored"),
            ],
        ),
        id="a traceback of Python",
    ),
    pytest.param(
        Log(
            '{"level":30,"time":1932881405120,"pid":411,"hostname":"quay","msg":"moored"}\n'
            "npm warn no licence\n"
            '{"level":50,"time":1932881406120,"pid":411,"hostname":"quay","err":{"message":"no room"}}\n'
            "/srv/berths.js:41\n"
            "    throw new Error()\n",
            "pino",
            "stated ",
            [
                (1, 1, "2031-04-02 07:30:05.120", "INFO", None, "moored"),
                (2, 2, None, None, None, "npm warn no licence"),
                (3, 3, "2031-04-02 07:30:06.120", "ERROR", None, "no room"),
                (4, 5, None, None, None, "/srv/berths.js:41"),
            ],
        ),
        id="JSON lines with a program's other output between",
    ),
    pytest.param(
        Log(
            'INFO:     192.0.2.7:2817 - "POST /moor HTTP/1.1" 500 Internal Server Error\n'
            '{"time":"2031-04-02 07:30:05,120","level":"WARNING","service":"berths","msg":"sent "no room""}\n'
            'INFO:     192.0.2.7:2818 - "GET /health HTTP/1.1" 200 OK\n'
            '{"time":"2031-04-02 07:30:06,120","level":"INFO","service":"berths","msg":"moored"}\n',
            "uvicorn + json-log",
            "assumed zone",
            [
                (1, 1, None, "INFO", "uvicorn.access", '192.0.2.7:2817 - "POST /moor HTTP/1.1" 500 Internal Server Error'),
                (2, 2, "2031-04-02 07:30:05.120", "WARN", "berths", 'sent "no room"'),
                (3, 3, None, "INFO", "uvicorn.access", '192.0.2.7:2818 - "GET /health HTTP/1.1" 200 OK'),
                (4, 4, "2031-04-02 07:30:06.120", "INFO", "berths", "moored"),
            ],
        ),
        id="two loggers in one text, one of them careless with quotes",
    ),
    pytest.param(
        Log(
            "berths-1  | [2031-04-02 07:30:05 +0200] [411] [INFO] Booting worker\n"
            'proxy-1   | 192.0.2.7 - - [02/Apr/2031:05:30:06 +0000] "GET / HTTP/1.1" 502 0\n'
            "berths-1  | [2031-04-02 07:30:07 +0200] [411] [CRITICAL] WORKER TIMEOUT (pid:412)\n",
            "compose: gunicorn + access-log",
            "stated ",
            [
                (1, 1, "2031-04-02 05:30:05", "INFO", "berths-1", "Booting worker"),
                (2, 2, "2031-04-02 05:30:06", None, "proxy-1", '192.0.2.7 - - [02/Apr/2031:05:30:06 +0000] "GET / HTTP/1.1" 502 0'),
                (3, 3, "2031-04-02 05:30:07", "CRITICAL", "berths-1", "WORKER TIMEOUT (pid:412)"),
            ],
        ),
        id="two programs behind a prefix",
    ),
    pytest.param(
        Log(
            "[2031-04-02 07:30:05] local.ERROR: No berth {\"exception\":\"[object] (RuntimeException)\n"
            "[stacktrace]\n"
            "#0 /srv/Berth.php(41): moor()\n"
            "#1 {main}\n"
            '"} \n'
            "[2031-04-02 07:30:06] local.INFO: Moored\n",
            "monolog",
            "assumed zone",
            [
                (1, 5, "2031-04-02 07:30:05", "ERROR", "local", 'No berth {"exception":"[object] (RuntimeException)'),
                (6, 6, "2031-04-02 07:30:06", "INFO", "local", "Moored"),
            ],
        ),
        id="a stack trace of PHP",
    ),
    pytest.param(
        Log(
            "-- Journal begins at Wed 2031-04-02 07:00:00 UTC. --\n"
            "Apr 02 07:30:05 quay systemd[1]: Started moord.\n"
            "Apr 02 07:30:06 quay moord[411]: no room\n",
            "syslog",
            "assumed year",
            [
                (2, 2, "2000-04-02 07:30:05", None, "systemd", "Started moord."),
                (3, 3, "2000-04-02 07:30:06", None, "moord", "no room"),
            ],
        ),
        id="the journal as text, whose stamps hold no year",
    ),
    pytest.param(
        Log(
            "[    0.000000] Linux version 6.12.0\n"
            "<4>[   55.120431] Out of memory: Killed process 411 (moord)\n",
            "kernel",
            "unknown epoch",
            [
                (1, 1, "1970-01-01 00:00:00", None, "kernel", "Linux version 6.12.0"),
                (2, 2, "1970-01-01 00:00:55.120431", "WARN", "kernel", "Out of memory: Killed process 411 (moord)"),
            ],
        ),
        id="seconds since boot",
    ),
    pytest.param(
        Log(
            "OpenJDK 64-Bit Server VM (25.111-b14) for linux-amd64 JRE\n"
            "2031-04-02T09:30:05.120+0200: 1.595: [GC pause (young)\n"
            "   [Parallel Time: 7.2 ms]\n"
            " [Times: user=0.01 sys=0.00, real=0.01 secs]\n"
            "2031-04-02T09:30:06.120+0200: 2.595: [GC pause (young), 0.01 secs]\n",
            "jvm-gc",
            "stated ",
            [
                (2, 4, "2031-04-02 07:30:05.120", None, "gc", "[GC pause (young)"),
                (5, 5, "2031-04-02 07:30:06.120", None, "gc", "[GC pause (young), 0.01 secs]"),
            ],
        ),
        id="garbage collection over several lines",
    ),
    pytest.param(
        Log(
            "# Time: 310402  9:30:05\n"
            "# User@Host: pilot[pilot] @ quay [192.0.2.7]  Id:    41\n"
            "# Query_time: 4.120412  Lock_time: 0.000041 Rows_sent: 4  Rows_examined: 412000\n"
            "SET timestamp=1932881405;\n"
            "select * from berths\n"
            "where free;\n"
            "# User@Host: pilot[pilot] @ quay [192.0.2.7]  Id:    42\n"
            "# Query_time: 2.120412  Lock_time: 0.000041 Rows_sent: 4  Rows_examined: 412000\n"
            "use quay;\n"
            "SET timestamp=1932881405;\n"
            "select 4;\n"
            "# Time: 310402  9:30:06\n"
            "# User@Host: pilot[pilot] @ quay [192.0.2.7]  Id:    43\n"
            "# Query_time: 3.120412  Lock_time: 0.000041 Rows_sent: 4  Rows_examined: 412000\n"
            "SET timestamp=1932881406;\n"
            "select 5;\n",
            "mysql-slow",
            "stated ",
            [
                (2, 6, "2031-04-02 07:30:05", None, "slow query", f"# Query_time: 4.120412{MEASURED}"),
                (7, 11, "2031-04-02 07:30:05", None, "slow query", f"# Query_time: 2.120412{MEASURED}"),
                (13, 16, "2031-04-02 07:30:06", None, "slow query", f"# Query_time: 3.120412{MEASURED}"),
            ],
        ),
        id="a block for each slow statement",
    ),
    pytest.param(
        Log(
            'time="2031-04-02T07:30:05Z" level=error msg="no room" berth=4\n'
            "panic: runtime error: index out of range\n"
            "\n"
            "goroutine 1 [running]:\n"
            "main.moor(0x4)\n"
            "\t/srv/berths.go:41 +0x1d\n"
            'time="2031-04-02T07:30:06Z" level=info msg=moored\n',
            "logfmt",
            "stated ",
            [
                (1, 6, "2031-04-02 07:30:05", "ERROR", None, 'msg="no room" berth=4'),
                (7, 7, "2031-04-02 07:30:06", "INFO", None, "msg=moored"),
            ],
        ),
        id="a panic of Go",
    ),
    pytest.param(
        Log(
            "2031-04-02 07:30:05.120 UTC [411] pilot@ferry ERROR:  deadlock detected\n"
            "2031-04-02 07:30:05.120 UTC [411] pilot@ferry DETAIL:  Process 411 waits\n"
            "\tProcess 412 waits\n"
            "2031-04-02 07:30:05.120 UTC [411] pilot@ferry STATEMENT:  update berths\n"
            "\tset free = false\n",
            "postgresql",
            "stated ",
            [
                (1, 1, "2031-04-02 07:30:05.120", "ERROR", "postgres", "deadlock detected"),
                (2, 3, "2031-04-02 07:30:05.120", "INFO", "postgres", "Process 411 waits"),
                (4, 5, "2031-04-02 07:30:05.120", "INFO", "postgres", "update berths"),
            ],
        ),
        id="a statement over several lines",
    ),
    pytest.param(
        Log(
            "2031-04-02T07:30:05.120431005Z 2031-04-02 07:30:05,119 [main] ERROR harbour.Berths - no room\n"
            "2031-04-02T07:30:05.120431006Z harbour.NoRoomException: berth 4\n"
            "2031-04-02T07:30:05.120431007Z \tat harbour.Berths.moor(Berths.java:41)\n"
            "2031-04-02T07:30:06.120431005Z moored\n",
            "timestamps: java-log",
            "stated ",
            [
                (1, 3, "2031-04-02 07:30:05.120431", "ERROR", "harbour.Berths", "no room"),
                (4, 4, "2031-04-02 07:30:06.120431", None, None, "moored"),
            ],
        ),
        id="a stack trace behind times of a container",
    ),
    pytest.param(
        Log(
            "2031-04-02T07:30:05.120431005Z stdout F {\"level\":\"info\",\"ts\":1932881405.12,\"msg\":\"moored\"}\n"
            "2031-04-02T07:30:06.120431005Z stderr F {\"level\":\"error\",\"ts\":1932881406.12,\"msg\":\"no room\"}\n",
            "cri: zap-json",
            "stated ",
            [
                (1, 1, "2031-04-02 07:30:05.120", "INFO", "stdout", "moored"),
                (2, 2, "2031-04-02 07:30:06.120", "ERROR", "stderr", "no room"),
            ],
        ),
        id="JSON behind a container runtime's prefix",
    ),
]  # fmt: skip


@pytest.mark.parametrize("log", LOGS)
def test_each_line_of_a_log_comes_to_its_event(tmp_path: Path, log: Log) -> None:
    """A whole file is recognised, every line is read or folded, and each event says when, how bad, who and what."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "folder" / "piece").write_text(log.text)
    with Store() as store:
        [entry] = reading.read(tmp_path / "folder", store, tmp_path / "work")
        rows: list[tuple[Any, ...]] = store.connection.execute(
            "select line, last_line, coalesce(time, own_clock), level, source, message from log_events order by line"
        ).fetchall()

    assert (entry.kind, entry.format, entry.status) == ("log", log.format, "ok")
    assert f"{entry.clock.how} {entry.clock.lacks}" == log.clock
    times = [str(row[2]).removesuffix("000") if row[2] else None for row in rows]
    assert [(*row[:2], time, *row[3:]) for row, time in zip(rows, times, strict=True)] == log.events
