"""Tables that compare what was stored with a control of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from forensics.analysis import comparisons, losses
from small_world import log

World = Callable[..., Any]
RULE = losses.declared()["comparison"]


@pytest.mark.parametrize("one", RULE["example"])
def test_the_declared_examples_name_a_ratio_and_a_control(one: dict[str, Any]) -> None:
    """Each is found among its columns."""
    assert comparisons.named(one["columns"]) == (one["ratio"], one["control"])


@pytest.mark.parametrize("one", RULE["reject"])
def test_the_declared_rejects_compare_nothing(one: dict[str, Any]) -> None:
    """A share has no control."""
    assert None in comparisons.named(one["columns"])


def told(world: World, *rows: str) -> str:
    """Return what is said of lost or doubted data."""
    table = log(["day,crossings,control_count,ratio", *rows])
    return str(world({"ferries.csv": table}).findings.json["impact"]["data_loss"])


def test_how_far_a_column_is_from_its_control_is_told(world: World) -> None:
    """Five times in the second row, half in the third, and right in the last."""
    said = told(world, "Monday,30,10,3.0", "Tuesday,50,10,5.0", "Wednesday,5,10,0.5", "Thursday,10,10,1.0")

    assert said == (
        "Ferries.csv compares crossings with control_count: 2 of 4 rows are over it and 1 under it, at the most 5 times it "
        "(50 beside 10, line 3)."
    )


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(["Monday,10,10,1.0", "Tuesday,9,9,1.0", "Wednesday,8,8,1.0"], id="all rows are as their control"),
        pytest.param(
            ["Monday,30,10,3.0", "Tuesday,50,10,9.0", "Wednesday,5,10,0.5"], id="the ratio is that of other columns"
        ),
        pytest.param(["Monday,30,10,3.0", "Tuesday,50,10,5.0"], id="two rows are too few to know what the columns are"),
    ],
)
def test_what_is_no_difference_is_not_told(world: World, rows: list[str]) -> None:
    """Nothing is said to be wrong with such a table."""
    assert told(world, *rows) == "None"


def test_a_table_whose_rows_have_times_is_compared_alike(world: World) -> None:
    """Where each row has a time, its numbers are series, and the same is told of them."""
    rows = ["2031-04-01,30,10,3.0", "2031-04-02,50,10,5.0", "2031-04-03,5,10,0.5", "2031-04-04,10,10,1.0"]
    said = told(world, *rows)

    assert said == (
        "Ferries.csv compares crossings with control_count: 2 of 4 rows are over it and 1 under it, at the most 5 times it "
        "(50 beside 10, line 3)."
    )
