"""What people say in other languages than English that they did against an incident, as mitigation_words.toml declares."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from forensics import declarations


def declared() -> dict[str, Any]:
    """Return mitigation_words.toml."""
    return declarations.declared("analysis/mitigation_words.toml")


_ENDS = ".!?;:,\u3001\u3002\uff01\uff1f"
_CLAUSE = re.compile(rf"[^{_ENDS}\n]+(?:[.](?=\S)[^{_ENDS}\n]*)*[{_ENDS}]?")
"""A sentence or clause; a dot inside a number or a name ends nothing."""


@lru_cache(2**14)
def kinds(text: str) -> frozenset[str]:
    """Return the kinds of mitigation that a message says were done; a clause that asks, denies or plans says none."""
    told = declared()
    sure = [
        one for one in _CLAUSE.findall(text) if not one.endswith(("?", "\uff1f")) and not re.search(told["never"], one)
    ]
    return frozenset(one["kind"] for one in told["says"] if any(re.search(one["pattern"], clause) for clause in sure))
