"""JSON that a parser cannot take: texts that were cut, and texts nested so deep that they exhaust it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

DEEPEST = 200
"""Levels of nesting; deeper documents are refused instead of exhausting the interpreter's stack."""

LOOKED_AT = 4_000_000
"""Characters in which depth is looked for: whoever nests to do harm begins early."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{},]', re.DOTALL)


def salvage(source: str, loads: Callable[[str], Any] = json.loads) -> tuple[Any, int] | None:
    """Return what a cut JSON text still holds, and the character up to which it holds it.

    The text is kept up to the last whole element of a list, or member of an object that stands in no list, and the open
    brackets are closed; what was cut is dropped, so that no record is half a record. Returns None when not even one element was whole.
    """
    open_brackets: list[str] = []
    whole: tuple[int, str] | None = None
    for token in _TOKEN.finditer(source):
        mark = token[0]
        if mark in "[{":
            open_brackets.append("]" if mark == "[" else "}")
        elif mark in "]}":
            if not open_brackets or open_brackets.pop() != mark:
                break
            if open_brackets and open_brackets[-1] == "]":
                whole = (token.end(), "".join(reversed(open_brackets)))
        elif (
            mark == ","
            and open_brackets
            and open_brackets[-2:] != ["]", "]"]
            and (open_brackets[-1] == "]" or "]" not in open_brackets)
        ):
            whole = (token.start(), "".join(reversed(open_brackets)))
    if whole is None:
        return None
    stop, closing = whole
    try:
        return loads(source[:stop] + closing), stop
    except (ValueError, RecursionError):
        return None


def too_deep(source: str) -> bool:
    """Say whether a text is nested deeper than we read."""
    depth = deepest = 0
    for token in _TOKEN.finditer(source, 0, LOOKED_AT):
        if token[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in "]}":
            depth -= 1
    return deepest > DEEPEST
