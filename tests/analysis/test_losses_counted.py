"""How many records are there of those that should be, by the words of a failed check."""

from __future__ import annotations

from typing import Any

import pytest
from forensics.analysis import losses

EXAMPLES = [pytest.param(one, id=one["row"]) for entry in losses.declared()["count"] for one in entry["example"]]
REJECTS = [pytest.param(one, id=one["row"]) for entry in losses.declared()["count"] for one in entry["reject"]]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_row_says_how_many_are_missing(example: dict[str, Any]) -> None:
    """Each declared example gives its two numbers."""
    assert losses.counted(example["row"]) == (example["present"], example["expected"])


@pytest.mark.parametrize("reject", REJECTS)
def test_other_rows_say_no_such_thing(reject: dict[str, Any]) -> None:
    """What is no count of the same thing, or misses nothing, is no loss."""
    assert losses.counted(reject["row"]) is None, reject["why"]
