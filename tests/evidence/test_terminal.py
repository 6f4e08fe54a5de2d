"""Recordings of terminals: what a terminal showed is read, and what commands printed is measured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from forensics.analysis import commands
from forensics.evidence import recognition, terminal

World = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("crew$ lss\b\x1b[K -a", "crew$ ls -a", id="a letter erased"),
        pytest.param("crew$ \a\x1b]0;quay\aдрю", "crew$ дрю", id="a bell and a title"),
        pytest.param("crew$ rm heron\b\b\b\b\b\x1b[1Pt", "crew$ rm tron", id="one deleted, one typed over"),
        pytest.param("crew$ cd\b\b\x1b[3@ls;", "crew$ ls;cd", id="inserted"),
        pytest.param("blocks: 0/12\b\b\b\b    \b\b\b\bdone", "blocks: done", id="a counter"),
        pytest.param("a\x1b[4Cb\x1b[2Dc\x1b[1Gd\x1b[31m", "d   cb", id="moved about"),
        pytest.param("heron\b\b\x1b[1K!\x1b[X", "   !", id="erased to the left"),
        pytest.param("full\x1b[2K", "", id="the whole line erased"),
        pytest.param("\x1b[999999999C.", " " * terminal.WIDEST + ".", id="beyond any screen"),
        pytest.param("plain", "plain", id="nothing typed"),
    ],
)
def test_a_line_reads_as_the_terminal_showed_it(typed: str, shown: str) -> None:
    """Whatever was typed, erased or moved over, what stood there at the end is read."""
    assert terminal.shown([typed]) == [shown]


def test_a_line_that_was_typed_on_is_read_once() -> None:
    """Somebody who leafs through the history has given only the last of the commands that were shown."""
    lines = ["crew$ rm -rf berths", "\x1b[C" * 6 + "ls\x1b[K", "heron"]

    assert terminal.shown(lines) == ["", "crew$ ls", "heron"]


def test_only_recordings_are_played(tmp_path: Path) -> None:
    """In a log, whoever writes backspaces may want to hide something: there nothing is overwritten."""
    hidden = b"ERROR no room\b\b\b\b\b\b\b ok \x1b[32m\n"

    assert "no room" in recognition.sample(hidden)[0]
    assert "no room" not in recognition.sample(b"Script started on 2031-04-02 07:30:00Z\n" + hidden)[1]


RECORDING = """\
Script started on 2031-04-02 09:30:00+02:00 [TERM="linux"]\r
\x1b[?2004hcrew@heron:~$ dd\b\bdate\r
\x1b[?2004l\rWed Apr  2 09:30:10 AM CEST 2031\r
\x1b[?2004hcrew@heron:~$ df -h\r
\x1b[?2004l\rFilesystem      Size  Used Avail Use% Mounted on\r
/dev/vda         20G   19G  1.0G  95% /\r
\x1b[?2004hcrew@heron:~$ df -i /\r
\x1b[?2004l\rFilesystem      Inodes   IUsed   IFree IUse% Mounted on\r
/dev/vda       1966080  196608 1769472   10% /\r
\x1b[?2004hcrew@heron:~$ touch berth\r
\x1b[?2004l\rtouch: cannot touch 'berth': No space left on device\r
\x1b[?2004hcrew@heron:~$ date; free -m\r
\x1b[?2004l\rWed Apr  2 09:40:00 AM CEST 2031\r
               total        used        free      shared  buff/cache   available\r
Mem:           16000        3000        9000           1        4000       12000\r
"""


@pytest.fixture
def recorded(world: World) -> Any:
    """A recording, read."""
    return world({"desk.log": RECORDING})


def rows(case: Any, question: str) -> list[tuple[Any, ...]]:
    """Ask the store."""
    found: list[tuple[Any, ...]] = case.store.connection.execute(question).fetchall()
    return found


EVENTS = """select strftime(time, '%H:%M:%S'), strftime("after", '%H:%M:%S'), level, source, message, body
    from log_events order by line"""


def test_prompts_are_events_and_what_they_printed_continues_them(recorded: Any) -> None:
    """Commands without `date` know the times around them; outputs stand under their commands; errors are errors."""
    table = "Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda         20G   19G  1.0G  95% /"
    inodes = "Filesystem      Inodes   IUsed   IFree IUse% Mounted on\n/dev/vda       1966080  196608 1769472   10% /"
    memory = RECORDING.replace("\r", "").splitlines()[-2:]
    assert rows(recorded, EVENTS) == [
        ("07:30:00", None, None, "script", 'Script started on 2031-04-02 09:30:00+02:00 [TERM="linux"]', None),
        ("07:30:10", None, None, "shell", "date", None),
        ("07:30:10", None, None, "clock", "Wed Apr  2 09:30:10 AM CEST 2031", None),
        (None, "07:30:10", None, "shell", "df -h", table),
        (None, "07:30:10", None, "shell", "df -i /", inodes),
        (None, "07:30:10", None, "shell", "touch berth", None),
        (None, "07:30:10", "ERROR", "touch", "cannot touch 'berth': No space left on device", None),
        ("07:40:00", None, None, "shell", "date; free -m", None),
        ("07:40:00", None, None, "clock", "Wed Apr  2 09:40:00 AM CEST 2031", "\n".join(memory)),
    ]


def test_numbers_on_a_terminal_have_the_times_that_their_own_command_printed(recorded: Any) -> None:
    """Use of a disk and of its inodes are two things; a prompt parts a number from the time above it, and that is said."""
    found = rows(recorded, "select name, value, strftime(time, '%H:%M:%S') from samples order by line, position")

    assert found == [("disk.usage", 95.0, None), ("disk.inodes", 10.0, None), ("memory.usage", 25.0, "07:40:00")]
    assert [problem.code for problem in recorded.evidence[0].problems] == ["no-time"]


def test_a_full_disk_on_a_terminal_is_judged_within_its_bounds(recorded: Any) -> None:
    """The rule is met although no command said when; it began between the two whole seconds around the command."""
    verdict = next(one for one in recorded.findings.json["verdicts"] if one["rule"] == "alert.disk")
    onset = recorded.findings.json["moments"]["onset"]

    assert (verdict["verdict"], verdict["intervals"][0]["peak"]) == ("met", 95.0)
    assert "1 of them at the earliest time that they can have" in verdict["statistic"]
    assert (onset["earliest"], onset["latest"]) == ("2031-04-02T07:30:10Z", "2031-04-02T07:40:00.999999Z")


DESK = """\
crew@heron:~$ date; df -h /
Mi 2. Apr 09:30:10 CEST 2031
Filesystem      Size  Used Avail Use% Mounted on
/dev/vda         20G   20G     0 100% /
crew@heron:~$ df -i /
Filesystem      Inodes   IUsed   IFree IUse% Mounted on
/dev/vda       1966080  196608 1769472   10% /
crew@heron:~$ rm -rf /srv/quay/logs; df -h /; date
Filesystem      Size  Used Avail Use% Mounted on
/dev/vda         20G   10G   10G  50% /
Mi 2. Apr 09:40:00 CEST 2031
crew@heron:~$ date; sleep 600; df -h /
Mi 2. Apr 09:41:00 CEST 2031
Filesystem      Size  Used Avail Use% Mounted on
/dev/vda         20G   11G  9.0G  55% /
"""


def test_what_stands_in_one_line_with_date_has_its_time(world: World) -> None:
    """Whether `date` came first or last, in whatever language; a line that waits has no one time."""
    case = world({"desk.txt": DESK})
    given = "select strftime(time, '%H:%M:%S'), message from log_events where source = 'shell' order by line"
    numbers = "select name, value, strftime(time, '%H:%M:%S') from samples order by line"

    assert rows(case, given) == [
        ("07:30:10", "date; df -h /"),
        (None, "df -i /"),
        ("07:40:00", "rm -rf /srv/quay/logs; df -h /; date"),
        (None, "date; sleep 600; df -h /"),
    ]
    assert rows(case, numbers) == [
        ("disk.usage", 100.0, "07:30:10"),
        ("disk.inodes", 10.0, None),
        ("disk.usage", 50.0, "07:40:00"),
        ("disk.usage", 55.0, None),
    ]
    undated = [problem.message for problem in case.evidence[0].problems if problem.code == "no-time"]
    assert [message.split(" that ")[0] for message in undated] == ["2 numbers"]


PSQL = """\
quay=> SELECT now();
              now
-------------------------------
 2031-04-02 09:30:00.500000+02
(1 row)

quay=> CREATE INDEX berths_by_pier ON berths (pier);
ERROR:  canceling statement due to statement timeout
Time: 30000.000 ms (00:30.000)
quay=> SELECT now();
 2031-04-02 09:40:00.500000+02
quay=> SELECT count(*) FROM berths;
Time: 1500.000 ms (00:01.500)
quay=> CREATE INDEX berths_by_pier ON berths (pier);
CREATE INDEX
Time: 61000.000 ms (01:01.000)
"""


def test_statements_that_say_how_long_they_took_are_placed_by_the_last_clock(world: World) -> None:
    """The first was refused; the last began when what was asked before it was answered, and was done 61 s later."""
    case = world({"desk.txt": PSQL})
    told = {change.citation.line: (change.kind, change.time, change.until) for change in commands.changes(case.store)}

    assert told == {14: ("schema", datetime(2031, 4, 2, 7, 40, 2), datetime(2031, 4, 2, 7, 41, 3))}
