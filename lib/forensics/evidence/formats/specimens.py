"""What a declaration promises of specimens: what is read of them, and which are left alone. Read when they are asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar

from forensics.errors import DeclarationError

_Read = TypeVar("_Read")
_HEADINGS = frozenset({"[[whole]]", "[[example]]", "[[reject]]"})
_BEGINS = re.compile(r"^\[\[(?:whole|example|reject)\]\]$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A specimen, and what must come of it."""

    text: str
    pattern: str
    fields: dict[str, Any]
    level: str = ""
    """Our word for its severity."""
    where: str = ""
    """The file and the line on which it is declared."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A specimen that must be left alone, and why."""

    text: str
    why: str
    where: str = ""


class Specimens(NamedTuple):
    """All specimens of one declaration."""

    wholes: tuple[Example, ...] = ()
    """Texts of one record with several lines, and the event that comes of it."""
    examples: tuple[Example, ...] = ()
    rejects: tuple[Reject, ...] = ()


def before(text: str) -> str:
    """Return a declaration up to its specimens, where nothing else follows them: they are more than half of it, and reading needs none.

    A heading that may stand within a text of several lines is not taken for one: then all of it is returned.
    """
    first = _BEGINS.search(text)
    if first is None:
        return text
    head, rest = text[: first.start()], text[first.start() :]
    headings = {line.strip() for line in rest.splitlines() if line.lstrip().startswith("[")}
    within = head.count("'''") % 2 or head.count('"""') % 2
    return text if within or headings - _HEADINGS else head


def read(data: dict[str, Any], text: str, where: str) -> Specimens:
    """Return the specimens of a declaration. Raises DeclarationError where one of them lacks something."""
    return Specimens(
        each(data, "whole", text, where, _example),
        each(data, "example", text, where, _example),
        each(data, "reject", text, where, lambda one, at: Reject(one["text"], one["why"], at)),
    )


@cache
def later(text: str, where: str) -> Specimens:
    """Return the specimens of a declaration that was read without them."""
    return read(tomllib.loads(text), text, where)


def each(
    data: dict[str, Any], heading: str, text: str, where: str, read: Callable[[dict[str, Any], str], _Read]
) -> tuple[_Read, ...]:
    """Read every part of a declaration that stands under this heading; what is wrong is told with its line."""
    if heading not in data:
        return ()
    numbers = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == f"[[{heading}]]"]
    found = []
    for nth, entry in enumerate(data.get(heading, ())):
        at = f"{where}, line {numbers[nth]}" if nth < len(numbers) else where
        try:
            found.append(read(entry, at))
        except KeyError as error:
            raise DeclarationError(f"{at}: the declaration has no {error}.") from error
        except DeclarationError as error:
            told = str(error)
            raise DeclarationError(told if told.startswith(where) else f"{at}: {told}") from error
    return tuple(found)


def _example(entry: dict[str, Any], at: str) -> Example:
    fields = dict(entry.get("fields", {}))
    return Example(entry["text"], entry.get("pattern", ""), fields, entry.get("level", ""), at)
