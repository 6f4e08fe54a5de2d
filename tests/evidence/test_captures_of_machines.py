"""Captures that people bring of machines and services: known by how they begin, and dated by what they hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

World = Callable[[dict[str, Any]], Any]

UNIT = "● ferry.service - The ferry\n     Loaded: loaded (/etc/systemd/system/ferry.service; enabled)\n"
UNIT += "     Active: failed (Result: exit-code) since Wed 2031-04-02 07:30:05 UTC; 3min ago\n   Main PID: 411 (code=exited)\n\n"
LOG = "Apr 02 07:30:{:02d} quay-1 ferry[411]: no room\n"
MONGO = "insert query update delete getmore command dirty used flushes vsize  res qrw arw net_in net_out conn                time\n"
MONGO += "    *0   340     18     *0       2    41|0  4.7% {}%      1 1.61G 1.50G 0|3 2|5  88.1k    912k  212 Apr  2 07:30:{:02d}.500\n"
GPU = """Wed Apr  2 07:30:05 2031
+-----------------------------------------------------------------------------+
| NVIDIA-SMI 535.183.01   Driver Version: 535.183.01   CUDA Version: 12.2     |
|-------------------------------+----------------------+----------------------+
|   0  NVIDIA A10           On  | 00000000:00:1E.0 Off |                    0 |
|  0%   71C    P0   148W / 150W |  11514MiB / 23028MiB |     99%      Default |
+-------------------------------+----------------------+----------------------+
"""
THREADS = "2031-04-02 07:30:05\nFull thread dump OpenJDK 64-Bit Server VM (21.0.2+13 mixed mode, sharing):\n\n"
THREADS += '"main" #1 [812] prio=5 os_prio=0 cpu=131.20ms elapsed=912.21s tid=0x00007f nid=812 waiting on condition  [0x00007f]\n'
THREADS += "   java.lang.Thread.State: TIMED_WAITING (sleeping)\n\tat quay.Ferry.main(Ferry.java:12)\n"


@pytest.mark.parametrize(
    ("text", "fmt"),
    [
        pytest.param(UNIT + "".join(LOG.format(n) for n in range(10)), "systemctl-status", id="a unit with its log"),
        pytest.param("".join(LOG.format(n) for n in range(10)), "syslog", id="the log alone"),
        pytest.param(GPU, "nvidia-smi", id="graphics processors"),
        pytest.param(THREADS, "java-threads", id="threads"),
    ],
)
def test_a_capture_is_known_by_how_it_begins(world: World, text: str, fmt: str) -> None:
    """However many lines of a log stand below, or lines of a drawing above."""
    [entry] = world({"t.txt": text}).evidence

    assert (entry.format, entry.status) == (fmt, "ok")
    assert entry.lines.quarantined == 0


def test_lines_without_a_year_are_of_the_one_that_others_beside_them_state(world: World) -> None:
    """A unit says since when it is down, with its year; its log below does not."""
    [entry] = world({"status.txt": UNIT + LOG.format(3) + LOG.format(4)}).evidence

    assert entry.covers == (datetime(2031, 4, 2, 7, 30, 3), datetime(2031, 4, 2, 7, 30, 5))
    [said] = [problem.message for problem in entry.problems if problem.code == "year-inferred"]
    assert said.endswith("from 2031-04-02, which others of its lines state")


def test_numbers_have_the_time_of_their_line_once_its_year_is_known(world: World) -> None:
    """A row whose stamp holds no year is dated by another file's, and its numbers with it."""
    log = "2031-04-02T07:29:00Z INFO up\n2031-04-02T07:31:00Z INFO on\n"
    store = world({"mongostat.txt": MONGO.format(80.5, 7), "app.log": log}).store

    asked = "select time::varchar, value, unit from samples where name = 'mongodb.cache.used'"
    assert store.connection.execute(asked).fetchall() == [("2031-04-02 07:30:07.5", 80.5, "percent")]


def test_numbers_have_the_time_with_which_their_capture_begins(world: World) -> None:
    """A time that stands first, and is the only one, holds for all below."""
    store = world({"gpu.txt": GPU}).store

    asked = "select name, time::varchar, value from samples order by name"
    told = [("gpu.memory.usage", 50.0), ("gpu.power", 148.0), ("gpu.temperature", 71.0), ("gpu.usage", 99.0)]
    assert store.connection.execute(asked).fetchall() == [(name, "2031-04-02 07:30:05", value) for name, value in told]


HEAD = "#group,false,false,true,false\n#datatype,string,long,{},dateTime:RFC3339\n#default,_result,,,\n"
BOATS = HEAD.format("double") + ",result,table,_value,_time,_field\n,,0,12.5,2031-04-02T07:30:00Z,boats\n"
CREWS = HEAD.format("long") + ",result,table,_value,_time,_field,pier\n,,1,4,2031-04-02T07:31:00Z,crews,north\n"


@pytest.mark.parametrize(
    ("text", "told", "lines"),
    [
        pytest.param(
            BOATS + "\n" + CREWS,
            [(5, "boats", 12.5, None), (11, "crews", 4.0, '{"pier": "north"}')],
            (11, 2, 1, 8),
            id="other columns",
        ),
        pytest.param(
            BOATS + "\n" + BOATS, [(5, "boats", 12.5, None), (11, "boats", 12.5, None)], (11, 2, 1, 8), id="the same"
        ),
        pytest.param(
            (BOATS + "\n" + CREWS).replace("\n", "\r\n"),
            [(5, "boats", 12.5, None), (11, "crews", 4.0, '{"pier": "north"}')],
            (11, 2, 1, 8),
            id="CRLF",
        ),
    ],
)
def test_an_answer_of_several_tables_is_read_whole(
    world: World, text: str, told: list[tuple[Any, ...]], lines: tuple[int, ...]
) -> None:
    """Where annotations begin again, another table does, with columns of its own; every line is accounted for."""
    analysed = world({"answer.csv": text})

    asked = "select line, name, value, labels from samples order by line"
    assert analysed.store.connection.execute(asked).fetchall() == told
    [entry] = analysed.evidence
    assert (entry.format, entry.status) == ("table-metrics-long", "ok")
    count = entry.lines
    assert (count.physical, count.accepted, count.blank, count.separator) == lines
