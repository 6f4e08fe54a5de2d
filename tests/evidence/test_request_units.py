"""A number without a name at the end of an access log's lines: its unit is told by the order of the lines, or it is no duration."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from clock_world import Read, reader, said
from small_world import at


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts."""
    return reader(tmp_path)


def access(*requests: tuple[float, float], per_second: int, ended: bool = False) -> str:
    """Return lines of requests that began then and took so many seconds, in the order of their ends.

    Each ends with the duration in parts of a second; its stamp is of the beginning, or of the end.
    """
    lines = []
    for start, took in sorted(requests, key=lambda one: one[0] + one[1]):
        stamp = at(int(start + took * ended))
        lines.append(
            f'192.0.2.7 - - [{stamp:%d/%b/%Y:%H:%M:%S} +0000] "GET /quay HTTP/1.1" 200 512 {round(took * per_second)}'
        )
    return "".join(f"{line}\n" for line in lines)


QUICK = [(n * 0.7, 0.012 + 0.003 * (n % 5)) for n in range(60)]
SLOW = [(50 + n * 0.9, 0.4 + n * 29 % 47 / 10) for n in range(60)]
"""Some take five seconds, and end behind others that began later."""


@pytest.mark.parametrize(("per_second", "word"), [(10**6, "microseconds"), (10**3, "milliseconds")])
def test_the_order_of_the_lines_tells_the_unit(read: Read, per_second: int, word: str) -> None:
    """By the right unit lines stand in the order in which requests ended, by the other they do not."""
    found, store = read({"access.log": access(*QUICK, *SLOW, per_second=per_second)})

    assert f"it is read as the {word} that the request took" in said(found["access.log"], "unit-of-durations")
    told = store.connection.execute(
        "select round(duration_ms), epoch_ms(time) - epoch_ms(started) from requests order by line"
    ).fetchall()
    ends = sorted((*QUICK, *SLOW), key=lambda one: one[0] + one[1])
    assert [took for took, _ in told] == [round(1000 * took) for _, took in ends]
    assert all(abs(took - length) <= 1 for took, length in told)


def test_what_fits_both_units_is_no_duration(read: Read) -> None:
    """Numbers of 300 to 900 at one request in two seconds may be either; the requests are counted, and their times stay."""
    fast = [(2.0 * n, 0.0003 + 0.0001 * (n % 7)) for n in range(60)]
    found, store = read({"access.log": access(*fast, per_second=10**6)})

    assert "it is not read as a duration" in said(found["access.log"], "unit-of-durations")
    told = store.connection.execute(
        "select count(*), count(duration_ms), count(started), min(time) from requests"
    ).fetchall()
    assert told == [(60, 0, 0, at(0))]


def test_short_numbers_behind_stamps_of_the_end_are_milliseconds(read: Read) -> None:
    """Tomcat stamps the end and counts milliseconds: the stamps stand in order, and the requests began before them."""
    found, store = read({"access.log": access(*QUICK, *SLOW, per_second=1000, ended=True)})

    assert "it is read as the milliseconds that the request took" in said(found["access.log"], "unit-of-durations")
    told = store.connection.execute("select duration_ms, time, started from requests order by line").fetchall()
    ends = sorted((*QUICK, *SLOW), key=lambda one: one[0] + one[1])
    assert [took for took, _, _ in told] == [round(1000 * took) for _, took in ends]
    assert [end for _, end, _ in told] == [at(int(start + took)) for start, took in ends]
    assert all(end - start == timedelta(milliseconds=took) for took, end, start in told)


def test_slow_requests_behind_stamps_of_the_end_are_not_taken_for_fast_ones(read: Read) -> None:
    """Numbers of 400 to 5000 behind stamps of the end may be seconds or thousandths of them: they are no durations."""
    found, store = read({"access.log": access(*SLOW, per_second=1000, ended=True)})

    assert "it is not read as a duration" in said(found["access.log"], "unit-of-durations")
    told = store.connection.execute("select count(*), count(duration_ms), count(started) from requests").fetchall()
    assert told == [(60, 0, 0)]


def test_microseconds_behind_stamps_of_the_end_are_known_by_their_size(read: Read) -> None:
    """Half of the requests would take minutes, were these milliseconds."""
    found, store = read({"access.log": access(*QUICK, *SLOW, per_second=10**6, ended=True)})

    assert "it is read as the microseconds that the request took" in said(found["access.log"], "unit-of-durations")
    told = store.connection.execute("select round(duration_ms), time from requests order by line").fetchall()
    ends = sorted((*QUICK, *SLOW), key=lambda one: one[0] + one[1])
    assert told == [(round(1000 * took), at(int(start + took))) for start, took in ends]


def test_few_seconds_are_no_milliseconds(read: Read) -> None:
    """Whole seconds, as Tomcat's and Apache's %T gives them, do not vary as milliseconds do."""
    found, _ = read({"access.log": access(*QUICK, *SLOW, per_second=1, ended=True)})

    assert "it is not read as a duration" in said(found["access.log"], "unit-of-durations")


def test_a_named_number_needs_no_order(read: Read) -> None:
    """What the log's format names is read as it says, and nothing is said of it."""
    lines = access(*QUICK, per_second=10**6).replace(" 512 ", " 512 D=")
    found, store = read({"access.log": lines})

    assert said(found["access.log"], "unit-of-durations") == ""
    assert store.connection.execute("select count(duration_ms) from requests").fetchall() == [(60,)]


def test_whole_seconds_are_known_by_the_lines_that_stand_late(read: Read) -> None:
    """Apache's %T: nearly all numbers are 0, and the lines of a few slow requests stand where these ended."""
    quick = [(n * 1.1, 0.2) for n in range(80)]
    slow = [(20 + 7 * n, took) for n, took in enumerate((6.4, 12.9, 31.2, 9.5))]
    found, store = read({"access.log": access(*quick, *slow, per_second=1)})

    assert "it is read as the whole seconds that the request took" in said(found["access.log"], "unit-of-durations")
    told = store.connection.execute("select duration_ms from requests where duration_ms >= 3000 order by 1").fetchall()
    assert told == [(6000.0,), (10000.0,), (13000.0,), (31000.0,)]


def test_numbers_of_connections_are_no_seconds(read: Read) -> None:
    """How many requests a connection had, behind lines that stand in order, is no duration."""
    in_order = [(n * 1.1, 0.2) for n in range(80)]
    told = [
        one.rsplit(" ", 1)[0] + f" {1 + n % 9}" for n, one in enumerate(access(*in_order, per_second=1).splitlines())
    ]
    found, _ = read({"access.log": "\n".join(told) + "\n"})

    assert "it is not read as a duration" in said(found["access.log"], "unit-of-durations")
