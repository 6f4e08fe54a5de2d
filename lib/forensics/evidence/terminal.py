"""What a terminal showed of a line in which somebody typed, erased and moved about, as `script` records it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HEAD = b"Script started on "
_SEQUENCE = r"\[([0-9;?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78cDEHMNOZ]"
_PIECE = re.compile(rf"\x1b(?:{_SEQUENCE})|(.)", re.DOTALL)
_MOVED = re.compile("[\x07\x08\x1b]")
_GOES_ON = re.compile(r"\x1b\[\d*[@CP]")
"""Begins a line on which the one above was typed further."""

WIDEST = 4096
"""Columns that a movement may reach; no terminal is wider."""


def recorded(head: bytes | memoryview) -> bool:
    """Say whether a text is a recording by `script`; in others, whoever wrote a backspace may want to hide something."""
    return bytes(head[: len(_HEAD)]) == _HEAD


def shown(lines: Iterable[str]) -> list[str]:
    """Return these lines, without their ends, as a terminal shows them when each is over.

    A line that was typed further on the next one, as happens where somebody leafs through the history, is empty, and
    the next one holds what stood there at last.
    """
    found: list[str] = []
    for line in lines:
        typed_on = bool(found) and _GOES_ON.match(line) is not None
        found.append(_line(line, found[-1] if typed_on else ""))
        if typed_on:
            found[-2] = ""
    return found


def _line(line: str, before: str) -> str:
    if not _MOVED.search(line):
        return line
    cells, at = list(before), 0
    for piece in _PIECE.finditer(line):
        number, command, character = piece.groups()
        if character is not None:
            at = _typed(cells, at, character)
        elif command is not None:
            at = _obeyed(cells, at, command, int(number) if number.isdigit() else 0)
    return "".join(cells).rstrip(" ")


def _typed(cells: list[str], at: int, character: str) -> int:
    if character == "\b":
        return max(0, at - 1)
    if character in "\a\r\n":
        return 0 if character == "\r" else at
    cells += " " * (at - len(cells))
    cells[at : at + 1] = [character]
    return at + 1


def _obeyed(cells: list[str], at: int, command: str, number: int) -> int:
    """Move the cursor or change the line as a control sequence wants; colours and the like change nothing."""
    count = min(max(number, 1), WIDEST)
    match command:
        case "C":
            return min(at + count, WIDEST)
        case "D":
            return max(0, at - count)
        case "G":
            return count - 1
        case "K":
            cells[:] = cells[:at] if number == 0 else [" "] * at + cells[at:] if number == 1 else []
        case "P":
            del cells[at : at + count]
        case "@":
            cells[at:at] = " " * count
        case "X":
            cells[at : at + count] = " " * len(cells[at : at + count])
    return at
