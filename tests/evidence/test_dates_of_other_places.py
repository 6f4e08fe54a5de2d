"""Machines that speak other languages, and zones without letters: their dates are read, and tell the zone of what lies beside them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from clock_world import Read, reader, times
from forensics.evidence import stamps
from forensics.store import Store

SEEN = datetime(2031, 8, 2, 7, 30, 5)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def test_every_declared_month_is_read_as_its_number() -> None:
    """The store reads each way in which a month is declared to be abbreviated, and no two months are abbreviated alike."""
    with Store() as store:
        ask = "select extract(month from month_worded_read($word || ' 3 07:30:05'))"
        told = {word: store.connection.execute(ask, {"word": word}).fetchone() for word in stamps.months()}

    assert told == {word: (number,) for word, number in stamps.months().items()}


APPLICATION = "".join(
    f"{(SEEN + timedelta(minutes=n)).isoformat()}Z INFO quay: rope {n * 7919}\n" for n in range(0, 100, 10)
)
DATE = (
    "$ date; free -m\nsáb 2 ago 2031 05:50:05 -03\n"
    "              total        used        free\nMem:           4000        1000        3000\n"
)


def test_a_journal_in_another_language_is_dated_where_other_files_name_its_year_and_zone(read: Read) -> None:
    """Its months are words of that language, its year is that of the other evidence, its zone the one in which its times fit."""
    journal = "".join(
        f"{'ago'} {local.day:2d} {local:%H:%M:%S} quay-1 moord[41]: rope {n}\n"
        for n in range(0, 100, 10)
        for local in [SEEN + timedelta(minutes=n, hours=-3)]
    )

    found, store = read({"quay.log": APPLICATION, "shell.txt": DATE, "journal.txt": journal})

    assert (found["journal.txt"].format, found["journal.txt"].clock.zone) == ("syslog", "-03:00")
    assert times(store, "journal.txt") == [SEEN + timedelta(minutes=n) for n in range(0, 100, 10)]


CHAT = "02/08/2031, 4:41 AM - Nora: the quay is full\n02/08/2031, 4:44 AM - Ole: looking\n13/08/2031, 5:02 AM - Nora: done\n"
COMMITS = (
    "c0ffee1 2031-08-02 04:12:44 {} Nora Lund  fewer berths\nc0ffee2 2031-08-01 09:02:19 {} Ole Lund  longer ropes\n"
)


@pytest.mark.parametrize(
    ("beside", "zone"),
    [
        pytest.param({"git-log.txt": COMMITS.format("-0300", "-0300")}, "-03:00", id="commits of one offset"),
        pytest.param({"shell.txt": DATE}, "-03:00", id="date on a terminal"),
        pytest.param({"git-log.txt": COMMITS.format("-0300", "+0200")}, "UTC", id="commits of two offsets"),
        pytest.param({"git-log.txt": COMMITS.format("+0000", "+0000")}, "UTC", id="commits in UTC"),
    ],
)
def test_people_write_by_the_clock_that_their_own_machines_keep(
    read: Read, beside: dict[str, str | bytes], zone: str
) -> None:
    """What commits and `date` tell of people's clocks is assumed of a chat without a zone, unless they tell of two, or of UTC."""
    found, _ = read({"chat.txt": CHAT, **beside})

    assert (found["chat.txt"].clock.zone, found["chat.txt"].clock.how) == (zone, "assumed")


KERNEL = "[    5.200000] eth0: link up\n[ 3605.000000] Out of memory: Killed process 411 (moord) total-vm:1kB\n"


def test_the_kernel_counts_from_when_the_machine_began_to_run(read: Read) -> None:
    """`uptime -s` above says when that was, by the clock whose zone `date` says; the lines above are no lines that nobody read."""
    found, store = read(
        {"dmesg.txt": f"$ date; uptime -s; dmesg\nsáb 2 ago 2031 06:50:05 -03\n2031-08-02 04:00:00\n{KERNEL}"}
    )

    entry = found["dmesg.txt"]
    assert entry.lines is not None
    assert (entry.lines.accepted, entry.lines.separator, entry.lines.quarantined) == (2, 3, 0)
    assert times(store, "dmesg.txt") == [datetime(2031, 8, 2, 7, 0, 5, 200000), datetime(2031, 8, 2, 8, 0, 5)]


@pytest.mark.parametrize(
    "above",
    [
        pytest.param("$ uptime -s; dmesg\n2031-08-02 04:00:00\n", id="no zone"),
        pytest.param("$ date; dmesg\nsáb 2 ago 2031 06:50:05 -03\n", id="not asked since when"),
    ],
)
def test_a_beginning_that_is_not_told_whole_places_nothing(read: Read, above: str) -> None:
    """Then the seconds are kept as they are."""
    found, _ = read({"dmesg.txt": above + KERNEL})

    assert (found["dmesg.txt"].clock.how, found["dmesg.txt"].covers) == ("unknown", None)
