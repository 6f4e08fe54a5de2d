"""A log of which a number of lines was kept says so: proved by a fuller log beside it, supposed where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

World = Callable[[dict[str, Any]], Any]


def said(one: Any, path: str) -> list[str]:
    """Return what is said of a number of lines."""
    entry = next(entry for entry in one.evidence if entry.path == path)
    return [problem.message for problem in entry.problems if problem.code == "cut-by-number"]


def asked(one: Any, path: str) -> list[str]:
    """Return what is open, and how to collect it, where a number of lines was kept."""
    entry = next(entry for entry in one.evidence if entry.path == path)
    return [text for p in entry.problems if p.code == "cut-by-number" for text in (p.leaves_open, p.remedy)]


def line(number: int) -> str:
    """Every third line is of a mooring that failed."""
    clock = f"[2031-04-02T{7 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}.000Z]"
    return (
        f"{clock} WARN [harbour] mooring {number} FAILED"
        if number % 3 == 0
        else f"{clock} INFO [harbour] tide at {number}"
    )


LINES = [line(number) for number in range(951)]
FAILED = [one for one in LINES if "FAILED" in one]


def text(lines: Sequence[str]) -> str:
    """Return lines as a file holds them."""
    return "".join(one + "\n" for one in lines)


@pytest.mark.parametrize(
    ("kept", "more", "end", "words"),
    [
        pytest.param(FAILED[-100:], 217, "last", "WARN, harbour, mooring, FAILED", id="the last hundred"),
        pytest.param(FAILED[:10], 307, "first", "WARN, harbour, mooring, FAILED", id="the first ten"),
        pytest.param(LINES[-50:], 901, "last", "harbour", id="of all lines"),
    ],
)
def test_the_log_beside_it_proves_what_was_cut(world: World, kept: list[str], more: int, end: str, words: str) -> None:
    """Lines of the log before the first, or after the last, that have the same words were cut; the log is here, and is named."""
    one = world({"found.txt": text(kept), "harbour.log": text(LINES)})

    where, command = ("before", "tail") if end == "last" else ("after", "head")
    assert said(one, "found.txt") == [
        f"it holds exactly {len(kept)} lines, and harbour.log holds {more} more {where} them that have the words of all its own "
        f"({words}): only the {end} were kept; probably run: grep WORD FILE | {command} -n {len(kept)}"
    ]
    assert asked(one, "found.txt") == [
        "",
        f"harbour.log is here and holds them; the next time: keep all that was found, without “| {command}”",
    ]


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(FAILED[-99:], id="no round number"),
        pytest.param(FAILED[50:150], id="a window in the midst"),
        pytest.param(FAILED, id="all that there are"),
    ],
)
def test_what_was_not_cut_by_number_is_not_said_to_be(world: World, kept: list[str]) -> None:
    """A window of time has lines on both sides; a whole answer has none."""
    assert said(world({"found.txt": text(kept), "harbour.log": text(LINES)}), "found.txt") == []


def test_alone_a_round_number_is_a_doubt(world: World) -> None:
    """Exactly five hundred lines may be all; that a number was asked for is likelier, and the beginning is open."""
    one = world({"pod.log": text(LINES[-500:])})

    [message] = said(one, "pod.log")
    assert message.startswith("it holds exactly 500 lines, as where a number was asked for (tail -n 500, --tail 500,")
    assert asked(one, "pod.log")[0] == "When did the issue start?"


@pytest.mark.parametrize("held", [499, 300, 50])
def test_alone_other_numbers_are_no_doubt(world: World, held: int) -> None:
    """Nobody asks for 499, and a short log is just short."""
    assert said(world({"pod.log": text(LINES[-held:])}), "pod.log") == []
