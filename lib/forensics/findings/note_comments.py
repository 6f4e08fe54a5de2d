"""Comments in a value of a TOML file that is about to be replaced: people wrote them, so they stay. Nothing here reads a file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field

_PARTS = re.compile(
    r"""(?P<text>\"{3}(?:[^"\\]|\\.|"(?!""))*"{3,5}|'{3}(?:[^']|'(?!''))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<other>.)""",
    re.DOTALL,
)


@dataclass(slots=True)
class _Item:
    """One text of a list, with what people wrote around it."""

    raw: str
    above: list[str] = field(default_factory=list)
    """Comments on lines of their own, before it."""
    beside: str = ""
    """The comment behind it."""


class Old:
    """A value as it stands in the file, with everything behind its key's sign of equality."""

    def __init__(self, text: str) -> None:
        self.behind = ""
        """The comment after the value, with the space before it."""
        self._items: list[_Item] = []
        self._last: list[str] = []
        self._several = False
        self._take_apart(text)

    def listed(self, values: tuple[str, ...], quoted: Callable[[str], str]) -> str | None:
        """Return a list of these texts, one a line, with every comment of the old list: beside what it stood beside, and of
        a text that is gone, on a line of its own. None where the old list has no comment."""
        if not any(item.above or item.beside for item in self._items) and not self._last:
            return None
        old = [(item, _value(item.raw)) for item in self._items]
        lines: list[str] = []
        for value in values:
            place = next((place for place, (_, known) in enumerate(old) if known == value), None)
            if place is None:
                lines.append(f"{quoted(value)},")
                continue
            for item, _ in old[:place]:
                lines += _orphaned(item)
            item = old[place][0]
            lines += [*item.above, f"{item.raw},{item.beside}"]
            del old[: place + 1]
        for item, _ in old:
            lines += _orphaned(item)
        return "[\n" + "".join(f"  {line}\n" for line in [*lines, *self._last]) + "]"

    def _take_apart(self, text: str) -> None:
        depth = 0
        fresh = True  # whether nothing but space stands on the line so far
        above: list[str] = []
        before = ""
        for part in _PARTS.finditer(text):
            kind, said = part.lastgroup, part.group()
            if kind == "comment" and depth == 0:
                self.behind = before[len(before.rstrip()) :] + said
            elif kind == "comment" and (fresh or not self._items):
                above.append(said.rstrip())
            elif kind == "comment":
                self._items[-1].beside = before[len(before.rstrip()) :] + said.rstrip()
            elif kind == "text" and depth:
                self._items.append(_Item(said, above))
                above = []
            elif said == "[":
                depth += 1
            elif said == "]":
                depth -= 1
            fresh = kind == "newline" or (fresh and said.isspace())
            before = "" if kind == "newline" else before + said
        self._last = above


def _value(raw: str) -> str:
    return str(tomllib.loads(f"x = {raw}")["x"]).strip()


def _orphaned(item: _Item) -> list[str]:
    return [*item.above, *([item.beside.strip()] if item.beside else [])]
