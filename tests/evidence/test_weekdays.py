"""A date that names a day of the week which it was not says that somebody altered it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics.evidence import weekdays

World = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Start Time:  Wed, 02 Apr 2031 09:30:05 +0200", id="a mail's form"),
        pytest.param("Wed Apr  2 09:30:05 CEST 2031", id="as date prints"),
        pytest.param("Wed Apr  2 09:30:05 AM CEST 2031", id="as date prints with halves of the day"),
        pytest.param("Date: Wed, 02-Apr-2031 09:30:05 GMT", id="a cookie's form"),
        pytest.param("Wed, 31 Feb 2031 09:30:05", id="no day at all"),
        pytest.param("Moored Tue berth 2, Apr 2031", id="no date"),
    ],
)
def test_dates_that_are_right_are_no_problem(line: str) -> None:
    """2 April 2031 is a Wednesday."""
    assert weekdays.wrong([line]) is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(["Start Time:  Mon, 02 Apr 2031 09:30:05 +0200"], "“Mon, 02 Apr 2031” was a Wednesday: somebody", id="one"),
        pytest.param(
            ["Wed Apr  2 09:30:05 UTC 2031", "Wed Apr  3 09:30:05 UTC 2031", "Wed Apr  4 09:30:05 UTC 2031"],
            "“Wed Apr  3 09:30:05 UTC 2031” was a Thursday (wrong are 2 of its 3 such dates): somebody",
            id="some of several",
        ),
    ],
)  # fmt: skip
def test_dates_that_are_wrong_are_named(lines: list[str], said: str) -> None:
    """The first is quoted, with the day that it was, and the others are counted."""
    problem = weekdays.wrong(lines)

    assert problem is not None
    assert problem.message.startswith(said)


def test_a_capture_with_a_wrong_day_says_so(world: World) -> None:
    """It is read as it is written, and what that leaves open is said."""
    one = world({"date.txt": "Fri Apr  2 09:30:05 UTC 2031\n"})

    [entry] = one.evidence
    assert [(p.code, p.leaves_open) for p in entry.problems] == [("wrong-weekday", "When was it really?")]
    assert f"{entry.covers[0]:%F %T}" == "2031-04-02 09:30:05"
