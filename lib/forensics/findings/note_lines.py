"""On which line of a TOML text each key stands: parsers tell what is written, not where."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
"""Names of tables and keys from the top; elements of arrays of tables by their number, from 0."""

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_TABLE = re.compile(rf"^\s*(?P<open>\[\[?)\s*(?P<name>{_DOTTED})\s*\]")
_ASSIGNED = re.compile(rf"^\s*(?P<name>{_DOTTED})\s*=(?P<value>.*)$")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_FENCES = ('"""', "'''")


def lines(text: str) -> dict[Path, int]:
    """Return the line, counted from 1, of each table and key. `text` is valid TOML."""
    return {path: first for path, (first, _) in spans(text).items()}


def spans(text: str) -> dict[Path, tuple[int, int]]:
    """Return the first and the last line of each key with its value; of a table, its header. `text` is valid TOML."""
    found: dict[Path, tuple[int, int]] = {}
    latest: Path = ()
    table: Path = ()
    counted: dict[Path, int] = {}
    fence, depth = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if fence:
            _, closing, rest = line.partition(fence)
            if closing:
                fence, depth = _open(rest, depth)  # what follows a closed text is no key
            found[latest] = found[latest][0], number
            continue
        if depth:
            fence, depth = _open(line, depth)
            found[latest] = found[latest][0], number
            continue
        if header := _TABLE.match(line):
            name: Path = _parts(header["name"])
            if header["open"] == "[[":
                counted[name] = counted.get(name, -1) + 1
                name = (*name, counted[name])
            table = name
            found.setdefault(table, (number, number))
        elif assigned := _ASSIGNED.match(line):
            latest = (*table, *_parts(assigned["name"]))
            found.setdefault(latest, (number, number))
            fence, depth = _open(assigned["value"], 0)
    return found


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_KEY, name))


def _open(text: str, depth: int) -> tuple[str, int]:
    """Return which text over several lines a line leaves open, and how many brackets."""
    while text:
        fence = next((one for one in _FENCES if text.startswith(one)), "")
        if fence:
            closing = text.find(fence, 3)
            if closing < 0:
                return fence, depth
            text = text[closing + 3 :]
        elif quoted := _QUOTED.match(text):
            text = text[quoted.end() :]
        elif text[0] == "#":
            break
        else:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(text[0], 0)
            text = text[1:]
    return "", max(depth, 0)
