"""The innermost cause that a stack trace names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from conftest import Analysed
from forensics.analysis import causes
from small_world import iso, request

World = Callable[[dict[str, str | bytes]], Analysed]
EXAMPLES = [(language["name"], one) for language in causes.declared() for one in language.get("example", ())]
REJECTS = [(language["name"], one) for language in causes.declared() for one in language.get("reject", ())]


@pytest.mark.parametrize("one", [one for _, one in EXAMPLES], ids=[name for name, _ in EXAMPLES])
def test_each_language_names_the_error_that_went_wrong_first(one: dict[str, Any]) -> None:
    """It is quoted in its own words, whichever way round the language prints them."""
    assert causes.innermost(one["text"]) == one["cause"]


@pytest.mark.parametrize("one", [one for _, one in REJECTS], ids=[name for name, _ in REJECTS])
def test_a_trace_that_names_no_error_has_no_cause(one: dict[str, Any]) -> None:
    """Nothing is guessed from frames alone."""
    assert causes.innermost(one["text"]) == ""


def test_text_without_a_trace_has_no_cause() -> None:
    """A line that speaks of an error is no trace of one."""
    assert causes.innermost("SomeError: it says\nno more") == ""


def test_conditions_quote_the_innermost_cause_of_what_was_loud(world: World) -> None:
    """The message that surged is told with the cause that stands deepest below its first line."""
    trace = "org.ferry.NoBerth: x\n\tat org.ferry.Moor.run(Moor.java:1)\nCaused by: java.io.IOException: no tide\n\t... 9 more"
    lines = [request(n) for n in range(300)] + [request(n, ms=9000) for n in range(300, 900)]
    loud = [f"{iso(second)} ERROR mooring failed\n{trace}" for second in range(300, 400)]
    quiet = [f"{iso(second)} INFO cast off" for second in range(0, 300, 10)]
    found = world({"app.log": "\n".join(lines) + "\n", "ferry.log": "\n".join([*quiet, *loud]) + "\n"}).findings.json
    told = next(one["answer"] for one in found["questions"] if one["id"] == "triggered")

    assert (
        "“java.io.IOException: no tide” is the innermost cause of ERROR “mooring failed”, which was logged 100 times "
        "during the incident"
    ).lower() in told.lower()
