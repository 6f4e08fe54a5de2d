"""What people say in other languages than English that they did against an incident, as mitigation_words.toml declares."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from forensics import declarations


def declared() -> dict[str, Any]:
    """Return mitigation_words.toml."""
    return declarations.declared("analysis/mitigation_words.toml")


_ENDS = ".!?;:,\u3001\u3002\uff01\uff0c\uff1b\uff1f"
_CLAUSE = re.compile(rf"[^{_ENDS}\n]+(?:[.](?=\S)[^{_ENDS}\n]*)*[{_ENDS}]?")
"""A sentence or clause; a dot inside a number or a name ends nothing."""


def _sure(text: str) -> list[str]:
    """Return the clauses of a message in which nobody asks or denies."""
    never = declared()["never"]
    clauses = [one.strip() for one in _CLAUSE.findall(text)]
    return [one for one in clauses if not one.endswith(("?", "\uff1f")) and not re.search(never, one)]


@lru_cache(2**14)
def kinds(text: str) -> frozenset[str]:
    """Return the kinds of mitigation that a message says were done; a clause that asks, denies or plans says none."""
    told, sure = declared(), _sure(text)
    return frozenset(one["kind"] for one in told["says"] if any(re.search(one["pattern"], clause) for clause in sure))


def announced(text: str, kind: str) -> bool:
    """Say whether a message only says of a kind of mitigation that somebody is at it, and not that it was done."""
    told = [one for one in declared()["says"] if one["kind"] == kind]
    done = [one["pattern"] for one in told if not one.get("announces")]
    begun = [one["pattern"] for one in told if one.get("announces")]
    clauses = _sure(text)
    return any(re.search(one, part) for one in begun for part in clauses) and not any(
        re.search(one, part) for one in done for part in clauses
    )
