"""Texts of several tables, each under annotations of its own, as InfluxDB writes answers whose columns change."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ANNOTATION = re.compile(rb"^#(?:group|datatype|default)\b", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a text."""

    first_line: int
    """The physical line on which its annotations begin, from 1."""
    begin: int
    end: int
    """Its bytes within the text."""


def parts(text: bytes) -> list[Part]:
    """Return the tables of a text, where annotations stand above each; those below each other with the same columns are one.

    Empty where the text is none of these, or one table.
    """
    if not _ANNOTATION.match(text):
        return []
    begins, heads = _blocks(text)
    kept = [0] + [at for at in range(1, len(begins)) if heads[at] != heads[at - 1]]
    places = [begins[at] for at in kept]
    found = [
        Part(1 + _count(text, begin), begin, end) for begin, end in zip(places, [*places[1:], len(text)], strict=True)
    ]
    return found if len(found) > 1 else []


def _blocks(text: bytes) -> tuple[list[int], list[bytes]]:
    """Return where each block of annotations begins, and the line below it, which names its columns."""
    begins: list[int] = []
    heads: list[bytes] = []
    after = -1
    for found in _ANNOTATION.finditer(text):
        if found.start() != after:
            begins.append(found.start())
            heads.append(b"")
        after = _end(text, found.start())
        heads[-1] = text[after : _end(text, after)].rstrip()
    return begins, heads


def _end(text: bytes, begin: int) -> int:
    """Return where the line that begins here ends, its end included."""
    found = _LINE.match(text, begin)
    return found.end() if found else len(text)


def _count(text: bytes, end: int) -> int:
    """Return how many lines end before a place."""
    return len(re.findall(rb"\r\n|\n|\r", text[:end]))
