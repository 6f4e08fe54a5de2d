"""What a source's clock says of itself, what other sources say of it, and what a person states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import write
from forensics.errors import UsageError
from forensics.evidence import clocks, reading
from forensics.model import Evidence, Parameters
from forensics.store import Store
from small_world import at, iso

Read = Callable[..., tuple[dict[str, Evidence], Store]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a folder of texts, with what a person states of clocks."""

    def reader(files: dict[str, str | bytes], **asked: str) -> tuple[dict[str, Evidence], Store]:
        work = tmp_path / "work"
        work.mkdir()
        store = Store()
        found = reading.read(write(tmp_path / "incident", files), store, work, parameters=Parameters(**asked))
        return {entry.path: entry for entry in found}, store

    return reader


def served(*seconds: int) -> str:
    """Return the application's log of requests at these seconds, in UTC."""
    return "".join(
        f"[{iso(s)}] INFO [req_{1932881400000 + s}_ab3de5fgh] Request completed | GET /ferry\n" for s in seconds
    )


def passed(*seconds: float, ahead: timedelta) -> str:
    """Return a gateway's log of the same requests, by a clock so far ahead of UTC that names no zone."""
    return "".join(
        f"{(at(s) + ahead).isoformat(sep=' ', timespec='milliseconds')} INFO gateway: passed on "
        f"req_{1932881400000 + int(s)}_ab3de5fgh\n"
        for s in seconds
    )


def codes(entry: Evidence) -> set[str]:
    """Return the codes of what is said about a file."""
    return {problem.code for problem in entry.problems}


def test_shared_requests_tell_the_zone(read: Read) -> None:
    """A clock that names no zone has the one by which its requests are those of a clock that does."""
    seconds = (1, 5, 9, 30)
    found, store = read({"app.log": served(*seconds), "gateway.log": passed(*seconds, ahead=timedelta(hours=2))})

    clock = found["gateway.log"].clock
    assert (clock.zone, clock.how, clock.offset_s) == ("+02:00", "inferred", 7200)
    assert found["gateway.log"].covers == (at(1), at(30))
    times = store.connection.execute("select time from log_events where path = 'gateway.log' order by line").fetchall()
    assert [time for (time,) in times] == [at(second) for second in seconds]
    written = store.connection.execute("select min(own_clock) from log_events where path = 'gateway.log'").fetchall()
    assert written == [(at(1) + timedelta(hours=2),)]


def test_two_shared_requests_are_too_few(read: Read) -> None:
    """With fewer than three, the zone stays assumed."""
    found, _ = read({"app.log": served(1, 5), "gateway.log": passed(1, 5, ahead=timedelta(hours=2))})

    assert found["gateway.log"].clock.how == "assumed"


def test_requests_that_disagree_tell_nothing(read: Read) -> None:
    """Where the same ids lie now this far apart and now that far, no zone follows."""
    mixed = passed(1, 5, ahead=timedelta(hours=2)) + passed(9, 30, 40, ahead=timedelta(hours=5))
    found, _ = read({"app.log": served(1, 5, 9, 30, 40), "gateway.log": mixed})

    assert found["gateway.log"].clock.how == "assumed"


def test_a_clock_that_is_off_is_told_and_left(read: Read) -> None:
    """Seven minutes are no zone: the difference is told with its bounds, and the times stay as they are."""
    ahead = timedelta(seconds=420)
    found, store = read({"app.log": served(1, 5, 9, 30), "gateway.log": passed(1.5, 5, 9, 30.5, ahead=ahead)})

    entry = found["gateway.log"]
    (said,) = [problem.message for problem in entry.problems if problem.code == "clock-skew"]
    assert "420.0 and 420.5 s over 4 events" in said
    assert entry.covers == (at(1.5) + ahead, at(30.5) + ahead)
    assert store.one("clock_span", path="gateway.log") == at(1.5) + ahead


def test_two_runs_of_one_program_share_nothing(read: Read) -> None:
    """The same words at another start are no shared events: no zone and no skew follows from them."""
    words = ["the ferry server is starting", "all berths are open, waiting for ferries", "listening to the harbour now"]
    first = "".join(f"{at(s).isoformat()} INFO start: {word}\n" for s, word in enumerate(words))
    second = "".join(f"{at(3600 + s).isoformat()} INFO start: {word}\n" for s, word in enumerate(words))
    found, _ = read({"first.log": first, "second.log": second})

    assert {entry.clock.how for entry in found.values()} == {"assumed"}
    assert not any("clock-skew" in codes(entry) for entry in found.values())


def test_a_stated_zone_moves_only_its_source(read: Read) -> None:
    """A person's word about one source leaves the others as they are."""
    lines = "".join(f"{at(s).isoformat()} INFO berth: tick {s}\n" for s in range(5))
    found, _ = read({"a.log": lines, "b.log": lines.replace("tick", "tock")}, clocks="a.log=Europe/Berlin")

    assert (found["a.log"].clock.zone, found["a.log"].clock.how) == ("Europe/Berlin", "stated")
    assert found["a.log"].covers == (at(0) - timedelta(hours=2), at(4) - timedelta(hours=2))
    assert (found["b.log"].clock.how, found["b.log"].covers) == ("assumed", (at(0), at(4)))


def test_a_stated_beginning_places_a_clock_that_only_counts(read: Read) -> None:
    """Seconds since a start have times once a person says when it was."""
    lines = "".join(f"[{s:5d}.250000] ferry0: berth {s} is free\n" for s in range(1, 9))
    found, store = read({"dmesg.txt": lines}, anchors=f"dmesg.txt={iso(0)}")

    assert found["dmesg.txt"].clock.how == "stated"
    assert found["dmesg.txt"].covers == (at(1.25), at(8.25))
    assert store.one("clock_span", path="dmesg.txt") == at(1.25)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("clocks", "a.log", id="no zone"),
        pytest.param("clocks", "a.log=Atlantis", id="no such zone"),
        pytest.param("anchors", "a.log=noon", id="no time"),
        pytest.param("reference", "soon", id="no date"),
    ],
)
def test_what_cannot_be_understood_is_refused(name: str, value: str) -> None:
    """A statement about clocks that makes no sense ends the command before anything is read."""
    with pytest.raises(UsageError, match=name):
        clocks.stated(Parameters(**{name: value}))
