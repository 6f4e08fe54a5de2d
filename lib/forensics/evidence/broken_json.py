"""JSON that a parser cannot take: texts that were cut, and texts nested so deep that they exhaust it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

DEEPEST = 200
"""Levels of nesting; deeper documents are refused instead of exhausting the interpreter's stack."""

LOOKED_AT = 4_000_000
"""Characters in which depth is looked for: whoever nests to do harm begins early."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{},]', re.DOTALL)


class Salvaged(NamedTuple):
    """What a cut JSON text still holds."""

    document: Any
    stop: int
    """The character up to which it is held."""
    cut_through: tuple[Any, ...]
    """The objects and lists that the cut goes through, outermost first: of them only a beginning is there."""


def salvage(source: str, loads: Callable[[str], Any] = json.loads) -> Salvaged | None:
    """Return what a cut JSON text still holds; None when not even one element was whole.

    The text is kept up to the last whole element of a list, or member of an object that stands in no list, and the open
    brackets are closed; what was cut is dropped.
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
        document = loads(source[:stop] + closing)
    except (ValueError, RecursionError):
        return None
    return Salvaged(document, stop, tuple(islice(_way_to_the_end(document), len(closing))))


def _way_to_the_end(document: Any) -> Iterator[Any]:
    """Yield the document, its last element, that one's last element and so on."""
    while document:
        yield document
        if not isinstance(document, dict | list):
            return
        document = document[-1] if isinstance(document, list) else next(reversed(document.values()))


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
