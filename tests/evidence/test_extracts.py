"""An extract of a log beside the log, or alone: no event counts twice, and none is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import iso, log, request

World = Callable[[dict[str, Any]], Any]

LINES = [request(n, failed=n % 10 == 0) for n in range(200)]


def grep(lines: Sequence[str], *hits: int, around: int = 2) -> str:
    """Return what `grep -C` prints for hits at these places: groups that touch are one, others are parted by `--`."""
    printed = sorted({n for hit in hits for n in range(max(0, hit - around), min(len(lines), hit + around + 1))})
    text = ""
    for place, number in enumerate(printed):
        if place and number != printed[place - 1] + 1:
            text += "--\n"
        text += lines[number] + "\n"
    return text


def counted(one: Any) -> list[tuple[int, int]]:
    """Return how many requests a world counts, and how many of them failed."""
    return one.store.connection.execute("select count(*), count(*) filter (where failed) from requests").fetchall()


def test_an_extract_beside_its_log_counts_nothing_twice(world: World) -> None:
    """Requests are counted from the log; the extract of its errors adds none, and says what it is."""
    one = world({"incident-logs.txt": grep(LINES, *range(0, 200, 10)), "logs/application.log": log(LINES)})

    assert counted(one) == [(200, 20)]
    extract = next(entry for entry in one.evidence if entry.path == "incident-logs.txt")
    assert "extract-of" in [problem.code for problem in extract.problems]


@pytest.mark.parametrize("name", ["a.txt", "z.txt"])
def test_an_extract_never_outranks_its_log(world: World, name: str) -> None:
    """Whichever comes first in the folder, events are cited from the whole log."""
    one = world({name: grep(LINES, 50, 100), "logs/application.log": log(LINES)})

    assert one.store.connection.execute("select distinct path from requests").fetchall() == [("logs/application.log",)]


def test_a_whole_extract_is_a_copy(world: World) -> None:
    """An extract without a separator, being one stretch of the log, counts nothing twice either."""
    one = world({"tail.txt": log(LINES[-30:]), "logs/application.log": log(LINES)})

    assert counted(one) == [(200, 20)]


def test_two_overlapping_extracts_count_each_event_once(world: World) -> None:
    """Of two extracts that overlap, each event counts once, wherever it stands."""
    one = world({"a.txt": grep(LINES, 20, 60, around=10), "b.txt": grep(LINES, 25, 100, around=10)})

    held = {n for hit in (20, 60, 25, 100) for n in range(hit - 10, hit + 11)}
    assert counted(one) == [(len(held), sum(n % 10 == 0 for n in held))]


def test_an_extract_that_prints_lines_twice_counts_them_once(world: World) -> None:
    """Two greps appended to one file print some lines twice: alone, the file counts each event once."""
    text = grep(LINES, 20, 60, around=5) + "--\n" + grep(LINES, 22, 61, around=5)
    one = world({"incident-logs.txt": text})

    held = {n for hit in (20, 60, 22, 61) for n in range(hit - 5, hit + 6)}
    assert counted(one) == [(len(held), sum(n % 10 == 0 for n in held))]


def test_an_extract_outlives_its_log(world: World) -> None:
    """Where the log was emptied after the extract was taken, the extract's events still count, and the rest as well."""
    one = world({"incident-logs.txt": grep(LINES, 20, 60, around=5), "logs/application.log": log(LINES[150:])})

    assert counted(one) == [(22 + 50, 2 * 1 + 5)]


def test_an_extract_that_reaches_into_its_log_counts_once(world: World) -> None:
    """Of an extract that the truncated log holds in part, only that part counts from the log."""
    one = world({"incident-logs.txt": grep(LINES, 20, 150, around=5), "logs/application.log": log(LINES[150:])})

    assert counted(one) == [(11 + 5 + 50, 1 + 5 + 0)]


def test_lines_that_a_log_holds_twice_are_two_events(world: World) -> None:
    """A log may say the same thing twice in one millisecond; that is no copy, also where an extract shows it."""
    tick = "[2031-04-02T12:00:00.000Z] WARN [pool] Waiting for a connection"
    lines = [tick, tick, tick, *LINES]
    one = world({"logs/application.log": log(lines), "incident-logs.txt": grep(lines, 1, 100, around=1)})

    ticks = one.store.connection.execute("select count(*) from log_lines where source = 'pool'").fetchall()
    assert ticks == [(3,)]


@pytest.mark.parametrize(
    ("taken", "others", "counted"),
    [
        pytest.param(range(5, 15), 0, 40, id="an extract"),
        pytest.param(range(1, 40), 0, 40, id="nearly all of it"),
        pytest.param(range(5, 15), 5, 55, id="a third of it of another log"),
    ],
)
def test_an_extract_of_a_log_that_is_too_large_to_copy_counts_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, taken: range, others: int, counted: int
) -> None:
    """The text of a large log's quiet events is not in the store; their times, sources and lengths tell an extract."""
    lines = [f"[{iso(second)}] INFO [app] {'high water ' * (second % 4 + 1)}at quay {second}\n" for second in range(40)]
    monkeypatch.setattr("forensics.evidence.texts.WHOLE_TEXT", len("".join(lines)) - 1)
    other = [f"[{iso(second)}] INFO [app] low water\n" for second in range(others)]
    found = world({"app.log": "".join(lines), "part.log": "".join([*other, *(lines[one] for one in taken)])})

    assert found.store.connection.execute("select count(*) from log_lines").fetchall() == [(counted,)]


def test_the_separator_is_no_event(world: World) -> None:
    """The `--` between two groups is counted as a separator, and continues nothing."""
    trace = "[2031-04-02T12:00:00.000Z] ERROR [app] boom\n    at f (a.js:1)\n"
    one = world({"a.txt": f"{trace}--\n    at g (b.js:1)\n{log(LINES[:20])}"})

    count = one.evidence[0].lines.json()
    assert (count["separator"], count["accepted"], count["continued"]) == (1, 21, 2)
    assert one.store.connection.execute("select last_line from log_events where source = 'app'").fetchall() == [(2,)]


@settings(max_examples=5, deadline=None)
@given(hits=st.sets(st.integers(0, 199), min_size=1, max_size=8), around=st.integers(0, 12), kept=st.integers(0, 199))
def test_events_count_once_whatever_was_taken(
    tmp_path_factory: pytest.TempPathFactory, hits: set[int], around: int, kept: int
) -> None:
    """Whatever an extract holds and however much of the log is left, each event that either holds counts once."""
    from conftest import analyse, write

    folder = tmp_path_factory.mktemp("extract")
    work = tmp_path_factory.mktemp("work")
    extract = grep(LINES, *hits, around=around)
    one = analyse(write(folder, {"incident-logs.txt": extract, "logs/application.log": log(LINES[kept:])}), work)

    held = {n for hit in hits for n in range(max(0, hit - around), min(200, hit + around + 1))} | set(range(kept, 200))
    assert counted(one) == [(len(held), sum(n % 10 == 0 for n in held))]
    one.store.close()


def repeated(one: Any) -> int:
    """Return how many events of a world are marked as copies."""
    return int(one.store.connection.execute("select count(*) filter (where repeated) from log_events").fetchone()[0])


def test_two_servers_that_write_the_same_line_at_once_are_no_copies(world: World) -> None:
    """Each server answers a hundred requests of its own; three times both write the very same line."""
    first = [request(n, ip="192.0.2.1") for n in range(100)]
    second = [request(n, ip="192.0.2.1" if n in (10, 50, 90) else "192.0.2.2") for n in range(100)]
    one = world({"app1.log": log(first), "app2.log": log(second)})

    assert counted(one) == [(200, 0)]


@pytest.mark.parametrize("tail", [[], ["another line that nobody reads\n"]], ids=["at the end", "and on"])
def test_a_block_that_stands_twice_in_one_log_counts_once(tail: list[str], world: World) -> None:
    """Fifty lines were pasted a second time below the log: requests count once, and it is said how many stand twice."""
    one = world({"grep.txt": log(LINES) + log(LINES[40:90]) + "".join(tail)})

    assert counted(one) == [(200, 20)]
    said = [problem.message for problem in one.evidence[0].problems if problem.code == "extract-of"]
    assert [text.split(" stand")[0] for text in said] == [f"50 of its {250 + len(tail)} events"]


def test_what_a_program_says_each_hour_is_no_block_that_stands_twice(world: World) -> None:
    """A clock was set back, and a job said its three sentences at the same times again: these are events of their own."""
    hour = [f"[{iso(n * 10)}] INFO [job] {('began', 'copied', 'ended')[n % 3]}" for n in range(30)]

    assert repeated(world({"job.log": log(hour) + log(hour)})) == 0


def test_headings_of_a_web_server_are_no_separators_of_grep(world: World) -> None:
    """IIS writes headings into its log, and stamps of whole seconds: a browser that asks twice in one second asked twice."""
    heading = "#Software: Microsoft Internet Information Services\n#Fields: date time s-ip cs-method cs-uri-stem sc-status time-taken\n"
    asked = [f"2031-04-02 12:00:{second:02d} 192.0.2.9 GET /berths 200 {second}" for second in range(20)]
    one = world({"u_ex.log": heading + log([*asked[:9], asked[8], asked[8], *asked[9:]])})

    assert counted(one) == [(22, 0)]
    assert repeated(one) == 0
