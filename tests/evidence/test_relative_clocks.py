"""When a clock that only counts seconds stood at 0: by its own text, by what it shares with others, or not known."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from clock_world import Read, codes, passed, reader, said, served, times
from small_world import at, iso


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""
    return reader(tmp_path)


def counted(*seconds: float, said_at: dict[float, str] | None = None) -> str:
    """Return the kernel's messages at these seconds since it began."""
    texts = said_at or {}
    return "".join(f"[{s:12.6f}] {texts.get(s, f'ferry0: berth {s} is free')}\n" for s in seconds)


def test_a_clock_that_nothing_places_is_said_to_be_relative(read: Read) -> None:
    """Where nothing tells its beginning, what it covers is told in its own seconds, and how to state the beginning."""
    found, store = read({"dmesg.txt": counted(1.25, 7.5, 130.125), "tide.csv": "t_s,boats\n0,4\n1,5\n2.5,6\n"})

    for path, first, last in (("dmesg.txt", 1.25, 130.125), ("tide.csv", 0.0, 2.5)):
        told = found[path].json()
        assert told["covers"] == {edge: {"clock": path, "offset_s": s} for edge, s in (("start", first), ("end", last))}
        assert (told["clock"]["zone"], told["clock"]["how"]) == ("", "unknown")
        (remedy,) = [problem["remedy"] for problem in told["problems"] if problem["code"] == "relative-clock"]
        assert f"-p anchors='{path}=" in remedy or "-p anchors='FILE=" in remedy
    assert times(store, "dmesg.txt") == [None] * 3


def test_a_line_that_tells_both_times_places_the_others(read: Read) -> None:
    """The kernel says which time it set its clock to: its first second was so much earlier, and a whole second is a bound."""
    text = counted(0.5, 2.0, 9.0, said_at={2.0: "rtc0: setting system clock to 2031-04-02T12:00:05 UTC (1932897605)"})
    found, store = read({"dmesg.txt": text})

    entry = found["dmesg.txt"]
    assert times(store, "dmesg.txt") == [at(3.5), at(5), at(12)]
    assert (entry.clock.how, entry.clock.lacks, entry.clock.left_s) == ("inferred", "epoch", (0.0, 1.0))
    assert entry.clock.confidence == pytest.approx(2 / 3)
    assert "line 2" in said(entry, "zero-inferred")
    assert "relative-clock" not in codes(entry)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("quay.txt", f"Run started at {iso(0)}\n{counted(1, 2, 3, 4)}", id="a log"),
        pytest.param("quay.csv", f"# started={iso(0)}\nt_s,boats,berths\n1,4,7\n2,5,6\n4,6,5\n", id="a table"),
    ],
)
def test_a_heading_that_says_when_it_began_places_what_follows(read: Read, path: str, text: str) -> None:
    """Seconds below a heading with the time of the start count from there; a stated beginning outweighs it."""
    found, _ = read({path: text})
    entry = found[path]

    assert (entry.covers, entry.clock.how, entry.clock.left_s) == ((at(1), at(4)), "inferred", (0.0, 0.0))


def test_what_a_person_states_outweighs_the_heading(read: Read) -> None:
    """A person who gives an anchor knows better than the text."""
    text = f"Run started at {iso(0)}\n{counted(1, 2, 3, 4)}"
    found, _ = read({"quay.txt": text}, anchors=f"quay.txt={iso(600)}")

    assert (found["quay.txt"].covers, found["quay.txt"].clock.how) == ((at(601), at(604)), "stated")


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param(f"Run started at {iso(0)}\nRun started at {iso(90)}\n", id="two beginnings"),
        pytest.param(f"Tickets are valid until {iso(0)}\n", id="no beginning"),
        pytest.param("Run started at 2031-04-02 12:00:00\n", id="no zone"),
    ],
)
def test_what_is_no_clear_beginning_places_nothing(read: Read, heading: str) -> None:
    """Two beginnings, another instant, or one whose zone is open leave the clock relative."""
    found, _ = read({"quay.txt": heading + counted(1, 2, 3, 4)})

    assert found["quay.txt"].covers is None
    assert "relative-clock" in codes(found["quay.txt"])


def test_a_start_that_is_told_later_is_one_of_something_else(read: Read) -> None:
    """A job that started at some time, told among the counted lines, says nothing of when these began to count."""
    found, _ = read({"dmesg.txt": counted(1, 2, 300, said_at={300: f"job 7 started at {iso(0)}"})})

    assert found["dmesg.txt"].covers is None


COLLECTED = "".join(
    f"[{s:.3f}s][info][gc] GC({n}) Pause Young (Normal) 50M->10M(128M) 3.2ms\n" for n, s in enumerate((0.5, 7, 90))
)
"""What a virtual machine says of its garbage, by the seconds since it began."""


def started(seconds: float, running: float) -> str:
    """Return what a program says when it is ready."""
    return (
        f"{iso(seconds)}  INFO 1 --- [main] quay.Ferry : Started Ferry in 8.7 seconds (process running for {running})\n"
    )


def test_a_log_beside_it_says_for_how_long_the_program_had_run(read: Read) -> None:
    """A dated log of the same folder that tells its program's uptime tells when that began to count."""
    found, store = read({"one/gc.log": COLLECTED, "one/app.log": started(20.5, 10.5), "two/gc.log": COLLECTED + "\n"})

    assert times(store, "one/gc.log") == [at(10.5), at(17), at(100)]
    assert "one/app.log:1" in found["one/gc.log"].clock.why
    assert found["two/gc.log"].covers is None


def test_two_runs_of_a_program_leave_open_which_is_meant(read: Read) -> None:
    """Where it was started twice, its uptime may be of either run."""
    found, _ = read({"gc.log": COLLECTED, "app.log": started(20.5, 10.5) + started(620.5, 10.25)})

    assert found["gc.log"].covers is None


def shared(*seconds: float, began: float) -> str:
    """Return messages of the kernel about requests that were served at these seconds, from its beginning on."""
    names = {s - began: f"probe: drop of req_{1932881400000 + int(s)}_ab3de5fgh" for s in seconds}
    return counted(*names, said_at=names)


def test_requests_that_a_dated_log_holds_too_tell_the_beginning(read: Read) -> None:
    """Events at the same pace in both give the beginning, with bounds by what is left of the differences."""
    seconds = (100, 161, 290, 400)
    found, store = read({"app.log": served(*seconds), "dmesg.txt": shared(*seconds, began=70.5)})

    entry = found["dmesg.txt"]
    assert times(store, "dmesg.txt") == [at(s) for s in seconds]
    assert (entry.clock.how, entry.clock.left_s) == ("inferred", (0.0, 0.0))
    assert entry.clock.confidence is not None
    assert entry.clock.confidence > 0.99
    assert "app.log" in entry.clock.why


def test_events_at_another_pace_tell_no_beginning(read: Read) -> None:
    """Shared ids whose differences wander, or lie so close together that any beginning would fit, place nothing."""
    wandering = "".join(shared(s, began=70 + n * 40) for n, s in enumerate((100, 161, 290, 400)))
    found, _ = read({"app.log": served(100, 161, 290, 400, 3, 4, 5), "dmesg.txt": wandering})

    assert found["dmesg.txt"].covers is None


def test_three_events_within_a_moment_tell_no_beginning(read: Read) -> None:
    """Where all shared events lie within two seconds, that they agree within one is no wonder."""
    found, _ = read({"app.log": served(3, 4, 5), "dmesg.txt": shared(3.4, 4.0, 5.9, began=1)})

    assert found["dmesg.txt"].covers is None


def test_beside_a_clock_whose_zone_is_assumed_it_is_assumed(read: Read) -> None:
    """Events shared with a log that names no zone put both on one clock, which is no surer than that log's."""
    seconds = (100, 161, 290, 400)
    found, store = read(
        {"gateway.log": passed(*seconds, ahead=timedelta(0)), "dmesg.txt": shared(*seconds, began=70.5)}
    )

    assert times(store, "dmesg.txt") == [at(s) for s in seconds]
    assert (found["dmesg.txt"].clock.how, found["gateway.log"].clock.how) == ("assumed", "assumed")


def test_a_zone_that_becomes_known_moves_what_is_placed_by_it(read: Read) -> None:
    """Where the log's zone is inferred from a third source, the counted clock follows it to where it is then."""
    seconds, ahead = (100, 161, 290, 400), timedelta(hours=2)
    files = {
        "app.log": served(100, 161, 290),
        "gateway.log": passed(*seconds, 510, 640, ahead=ahead),
        "dmesg.txt": shared(400, 510, 640, began=70.5),
    }
    found, store = read(dict(files))

    assert times(store, "dmesg.txt") == [at(400), at(510), at(640)]
    assert (found["dmesg.txt"].clock.how, found["gateway.log"].clock.zone) == ("inferred", "+02:00")
