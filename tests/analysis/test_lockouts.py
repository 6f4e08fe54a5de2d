"""Who guesses passwords is shut out, or is not: what logs say of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from forensics.analysis import lockouts
from small_world import failed_login, iso, log

World = Callable[..., Any]

EXAMPLES = [(entry, one) for entry in lockouts.declared() for one in entry["example"]]
REJECTS = [(entry, one) for entry in lockouts.declared() for one in entry["reject"]]
GUESSED = "".join(failed_login(second) + "\n" for second in range(0, 60, 5))


@pytest.mark.parametrize(("entry", "one"), EXAMPLES, ids=lambda one: one.get("message", one.get("kind")))
def test_the_declared_examples_hold_in_both_engines(entry: dict[str, Any], one: dict[str, str]) -> None:
    """Each example fits, with the account and the address that it names; Python and the store read it alike."""
    found = re.search(entry["pattern"], one["message"])
    groups = re.compile(entry["pattern"]).groupindex

    assert found is not None
    for name in ("account", "address"):
        assert ((found[name] or "") if name in groups else "") == one[name]
    assert duckdb.execute("select regexp_matches($1, $2)", [one["message"], entry["pattern"]]).fetchone() == (True,)


@pytest.mark.parametrize(("entry", "one"), REJECTS, ids=lambda one: one.get("message", one.get("kind")))
def test_the_declared_rejects_are_left_alone(entry: dict[str, Any], one: dict[str, str]) -> None:
    """What says another thing is not taken for being shut out."""
    assert re.search(entry["pattern"], one["message"]) is None


def told(result: dict[str, Any]) -> list[str]:
    """Return what is said of being shut out."""
    return [one["statement"] for one in result["security"]["shut_out"]]


def test_that_nobody_was_shut_out_is_said(world: World) -> None:
    """Guessing, and no word of a lock: the answer says that no line tells one."""
    result = world({"auth.log": GUESSED}).findings.json

    assert told(result) == [
        "no line of the logs, auth.log among them, tells that a connection was cut off or that an account was locked or that an "
        "address was blocked after the guessing began"
    ]
    answer = next(one["answer"] for one in result["questions"] if one["id"] == "responded")
    assert told(result)[0][1:] in answer


def test_who_was_shut_out_by_what_and_when_is_told(world: World) -> None:
    """An account was locked, twice, and the address blocked; a lock before the guessing is another matter."""
    lines = [
        f"[{iso(-600)}] WARN [auth] Account bob temporarily locked after 5 failed attempts",
        f"[{iso(30)}] WARN [auth] Account nora@example.com temporarily locked after 5 failed attempts",
        f"[{iso(50)}] WARN [auth] Account nora@example.com temporarily locked after 5 failed attempts",
        f"[{iso(70)}] WARN [auth] Blocked IP 192.0.2.66 after 12 failures",
    ]
    result = world({"auth.log": log([lines[0]]) + GUESSED + log(lines[1:])}).findings.json

    assert told(result) == [
        "the application said 2 times that an account was locked (account nora@example.com, 12:00:30–12:00:50 UTC, in auth.log)",
        "the application said 1 times that an address was blocked (from 192.0.2.66, 12:01:10–12:01:10 UTC, in auth.log)",
        "no line of the logs, auth.log among them, tells that a connection was cut off after the guessing began",
    ]


def test_without_guessing_nothing_is_said_of_locks(world: World) -> None:
    """Two typos are no attack: nobody had to be shut out."""
    result = world({"auth.log": failed_login(0) + "\n" + failed_login(5) + "\n"}).findings.json

    assert told(result) == []
