"""Text from the evidence in Markdown: it stays text, in one line, whatever is in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_SPECIAL = re.compile(
    r"[`*\[\]<|~$@#]"  # spans of code, emphasis, links, HTML, tables, struck text, formulas, mentions, references
    r"|\\(?=[!-/:-@\[-`{-~]|$)|&(?=[#\w])|:(?=[A-Za-z/])"  # escapes, entities, addresses and short names of emoji
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis by underscores; inside a word they mean nothing
)
_OPENING = re.compile(r"^(?:[-+=>]|\d{1,9}(?=[.)](?:\s|$)))")
_ADDRESS = re.compile(r"(?i)\bwww\.")


def literal(text: object) -> str:
    """Write a text so that Markdown shows it as it is, in one line: no markup, link, entity, mention or formula in it works."""
    line = _SPECIAL.sub(lambda found: "\\" + found.group(), " ".join(str(text).split()))
    line = _OPENING.sub(
        lambda found: found.group() + "\\" if found.group()[0].isdigit() else "\\" + found.group(), line
    )
    return _ADDRESS.sub(lambda found: found.group()[:3] + "\\.", line)


def code(text: object) -> str:
    """Write a text as code, with a fence longer than any in it."""
    line = " ".join(str(text).split())
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}" if line else ""


def table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """Yield the lines of a table, of cells that are Markdown already."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell or " " for cell in row) + " |"
