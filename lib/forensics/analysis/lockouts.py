"""What logs say of shutting out who guesses passwords: connections cut off, accounts locked, addresses blocked.

How programs say it is declared in lockouts.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from forensics import declarations
from forensics.model import Citation, Json
from forensics.store import Store

KINDS = ("cut off", "locked", "blocked")


@cache
def declared() -> list[dict[str, Any]]:
    """Return lockouts.toml."""
    return list(declarations.declared("analysis/lockouts.toml")["told"])


@dataclass(frozen=True, slots=True)
class Lockout:
    """That somebody was shut out, as one file says it in one way."""

    kind: str
    """`cut off`, `locked` or `blocked`."""
    by: str
    """The program that did it."""
    times: int
    first: datetime
    last: datetime
    accounts: tuple[str, ...]
    """Whose accounts, where the lines name them."""
    addresses: tuple[str, ...]
    """From which addresses, where the lines name them."""
    citation: Citation


def asked(entry: dict[str, Any], start: datetime, end: datetime) -> Json:
    """Return with which parameters lockouts.sql is asked for a declaration; group 0 of RE2 would be the whole line."""
    groups = re.compile(entry["pattern"]).groupindex
    none = re.compile(entry["pattern"]).groups + 1
    pattern = f"{entry['pattern']}()"  # a group that is always empty, for what a declaration does not capture
    return {
        "pattern": pattern,
        "account": groups.get("account", none),
        "address": groups.get("address", none),
        "start": start,
        "end": end,
    }


def lockouts(store: Store, start: datetime, end: datetime) -> list[Lockout]:
    """Return what logs of this time say of shutting somebody out, in the order of the kinds and of time; of one file and kind only
    the first way in which it says so, as programs tell one thing in several lines."""
    found: dict[tuple[str, str], Lockout] = {}
    for entry in declared():
        for path, times, first, last, line, accounts, addresses in store.rows("lockouts", **asked(entry, start, end)):
            told = Lockout(
                entry["kind"],
                entry["by"],
                times,
                first,
                last,
                tuple(accounts),
                tuple(addresses),
                Citation(path, line=line),
            )
            found.setdefault((entry["kind"], path), told)
    return sorted(found.values(), key=lambda one: (KINDS.index(one.kind), one.first, one.citation.path))
