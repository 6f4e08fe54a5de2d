"""What names of numbers tell of them: whether they measure something, count something, or only tell which one it is."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

from forensics import declarations

Tells = Literal["measure", "amount", "label", ""]

_WORD = re.compile(r"[pP]\d{2,4}|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _declared() -> dict[str, Any]:
    return declarations.declared("evidence/number_words.toml")


@cache
def tells(name: str) -> Tells:
    """Return what a name says of its number; empty where it says nothing that we know."""
    declared = _declared()
    words = [word.lower() for word in _WORD.findall(name)]
    last = list(words)
    while last and last[-1] in declared["units"]:
        last.pop()
    measures = len(last) < len(words) or any(
        word in declared["measures"] or re.fullmatch(declared["percentiles"], word) for word in words
    )
    if last and last[-1] in declared["labels"] and "per" not in words:
        return "label"
    if measures:
        return "measure"
    return "amount" if any(word in declared["amounts"] for word in words) else ""
