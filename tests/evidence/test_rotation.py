"""Files are one rotated log when their names propose it and their times confirm it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics.evidence import rotation
from forensics.evidence.rotation import Piece
from small_world import at

World = Callable[[dict[str, Any]], Any]

FORMS = {
    "app.log": "app.log",
    "app.log.1": "app.log",
    "app.log.2.gz": "app.log",
    "app.log-20310402": "app.log",
    "app.log-20310402.xz": "app.log",
    "app.log-2031040216": "app.log",
    "app.log.2031-04-02": "app.log",
    "app.log.2031-04-02-16": "app.log",
    "app.log.2031-04-02_16-05-00.zst": "app.log",
    "app.log.2031-04-02.3": "app.log",
    "app.log.old": "app.log",
    "app-2031-04-02.log": "app.log",
    "app-04-02-2031-1.log.gz": "app.log",
    "app.3.log": "app.log",
    "app-1932898000.log": "app.log",
    "app__2031-04-02_08-38-00.log": "app.log",
    "logs/app-2031-04-02T08.log": "logs/app.log",
    "2031-04-02.log": ".log",
    "ferry2.log": "ferry2.log",
    "12345": "12345",
}


@pytest.mark.parametrize(("path", "stem"), FORMS.items(), ids=list(FORMS))
def test_marks_of_rotation_are_no_part_of_a_name(path: str, stem: str) -> None:
    """What rotation adds to a name (a number, a day, an hour, `old`, a packing) is told from the name itself."""
    assert rotation.stem(path) == stem


def piece(path: str, first: float | None, last: float | None, form: str = "ferry-log") -> Piece:
    """Return a log that covers these seconds."""
    return Piece(path, form, None if first is None else at(first), None if last is None else at(last))


def test_pieces_that_follow_on_are_one_log() -> None:
    """The pieces of a log come oldest first, whatever the order in which they were found."""
    pieces = [piece("app.log", 40, 59), piece("app.log.1", 20, 39), piece("app.log.2.gz", 0, 19)]

    assert rotation.sets(pieces) == [("app.log.2.gz", "app.log.1", "app.log")]


def test_numbers_may_also_rise_with_time() -> None:
    """A log whose newest piece has the highest number is one log, too."""
    pieces = [piece("app.1.log", 0, 19), piece("app.2.log", 20, 39), piece("app.10.log", 40, 59)]

    assert rotation.sets(pieces) == [("app.1.log", "app.2.log", "app.10.log")]


def test_numbers_begin_anew_with_each_day() -> None:
    """Numbers beside days say nothing across days."""
    pieces = [
        piece("app.2031-04-01.1.log", 0, 9), piece("app.2031-04-01.2.log", 10, 19), piece("app.2031-04-02.1.log", 20, 29)
    ]  # fmt: skip

    assert rotation.sets(pieces) == [tuple(one.path for one in pieces)]


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([piece("app-1.log", 0, 50), piece("app-2.log", 5, 55)], id="two servers at once"),
        pytest.param([piece("app.log", 0, 9), piece("app.log.1", 10, 19, "pm2-log")], id="two formats"),
        pytest.param([piece("a/app.log", 0, 9), piece("b/app.log.1", 10, 19)], id="two folders"),
        pytest.param([piece("app.log", 0, 9), piece("web.log", 10, 19)], id="two names"),
        pytest.param([piece("app.log", 0, 9), piece("app.log.1", None, None)], id="one without times"),
        pytest.param(
            [piece("app.log.2", 0, 9), piece("app.log.1", 10, 19), piece("app.log.3", 20, 29)], id="numbers in a muddle"
        ),
        pytest.param([piece("app.log", 0, 9)], id="one alone"),
        pytest.param([], id="none"),
    ],
)
def test_names_alone_prove_nothing(pieces: list[Piece]) -> None:
    """Files that are not of one format, or whose times do not follow on, are no rotated log."""
    assert rotation.sets(pieces) == []


def test_writers_may_flush_late() -> None:
    """A piece may begin two seconds before the one before it ends, and no more."""
    assert rotation.sets([piece("app.log.1", 0, 10), piece("app.log", 8, 20)]) == [("app.log.1", "app.log")]
    assert rotation.sets([piece("app.log.1", 0, 10.001), piece("app.log", 8, 20)]) == []


@pytest.mark.parametrize(
    ("paths", "gaps"),
    [
        pytest.param(("app.log.2.gz", "app.log.1", "app.log"), [], id="whole"),
        pytest.param(("app.log.3", "app.log.1", "app.log"), [("app.log.3", "app.log.1", [2])], id="one in the middle"),
        pytest.param(("app.log.4.gz", "app.log"), [("app.log.4.gz", "app.log", [1, 2, 3])], id="before the newest"),
        pytest.param(("app.1.log", "app.4.log"), [("app.1.log", "app.4.log", [2, 3])], id="numbers that rise"),
        pytest.param(("app.1.log", "app.2.log", "app.log"), [], id="a name without a number after rising ones"),
        pytest.param(("app-2031-04-02.1.log", "app-2031-04-03.9.log"), [], id="numbers beside days"),
    ],
)
def test_numbers_that_are_left_out_are_pieces_that_are_missing(
    paths: tuple[str, ...], gaps: list[tuple[str, str, list[int]]]
) -> None:
    """Between two neighbours of a rotated log, the numbers that are left out are pieces that nobody collected."""
    assert rotation.missing(paths) == gaps


def test_a_piece_that_is_there_packed_as_well_counts_once() -> None:
    """A piece beside its packed copy does not make two servers of one log."""
    pieces = [piece("app.log", 40, 59), piece("app.log.1", 20, 39), piece("app.log.1.gz", 20, 39)]

    assert rotation.sets(pieces) == [("app.log.1", "app.log")]


def test_pieces_that_share_lines_are_one_log(world: World) -> None:
    """Where a log was copied first and emptied later, both hold the lines between: nothing begins late or ends early there."""
    lines = [f"{at(10 * n).isoformat()}Z INFO [app] berth {n}\n" for n in range(300)]
    other = "".join(f"{at(10 * n).isoformat()}Z INFO [gate] car {n}\n" for n in range(300))
    held = world({"app.log.1": "".join(lines[:120]), "app.log": "".join(lines[110:]), "gate.log": other})

    assert {entry.path: entry.piece for entry in held.evidence if entry.piece} == {
        "app.log.1": ("app.log", 1, 2),
        "app.log": ("app.log", 2, 2),
    }
    assert {p.code for entry in held.evidence for p in entry.problems} == {"extract-of"}
    edges = held.store.connection.execute("select distinct begins_late_s, ends_early_s from coverage").fetchall()
    assert edges == [(None, None)]


def test_two_logs_that_overlap_are_no_pieces(world: World) -> None:
    """Two servers that write at once share a name and a time, and no line."""
    first, second = (
        "".join(f"{at(10 * n).isoformat()}Z INFO [app] {who} {n}\n" for n in numbers)
        for who, numbers in (("berth", range(120)), ("quay", range(110, 300)))
    )
    held = world({"app.log.1": first, "app.log": second})

    assert [entry.piece for entry in held.evidence] == [None, None]


def test_a_missing_piece_is_named_once(world: World) -> None:
    """What nobody collected of a rotated log is said of the piece behind it, with what that leaves open."""
    lines = [f"{at(60 * minute).isoformat()}Z INFO [app] berth {minute}\n" for minute in range(40)]
    held = world({"app.log.2": "".join(lines[:10]), "app.log": "".join(lines[20:])})

    told = {entry.path: [problem.code for problem in entry.problems] for entry in held.evidence}
    assert told["app.log"].count("rotated-piece-missing") == 1
    assert "rotated-piece-missing" not in told["app.log.2"]
