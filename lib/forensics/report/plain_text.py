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


_CHAT = (
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])"), "＼"),  # Markdown would hide it
    (re.compile(r"(?<=[A-Za-z])://"), "[:]//"),  # an address, which chats and Markdown would make a link of
    (re.compile(r"(?i)\b(www)\.(?=\w)"), r"\1[.]"),
    (re.compile(r"\](?=[(\[])"), "] "),  # a link of Markdown
    (re.compile(r"<(?=[A-Za-z/!?@#])"), "‹"),  # a tag, or what a chat takes for one
    (re.compile(r"&(?=#?\w+;)"), "＆"),
    (re.compile(r"@(?=\w)"), "@ "),  # a mention would ring
    (re.compile(r"(?<![\w:]):(?=[a-z0-9_+-]+:)"), ": "),  # a short name of an emoji
    (re.compile(r"\*"), "∗"),
    (re.compile(r"`"), "'"),
    (re.compile(r"~"), "∼"),
    (re.compile(r"\$"), "＄"),
    (re.compile(r"(?<![^\W_])_|_(?![^\W_])"), "ˍ"),
)
"""What acts in a chat or in Markdown, and what looks like it and does not."""


def chat(text: object) -> str:
    """Write a text for a chat, in one line: as it reads, without a mark that shows where Markdown is not known, and nothing in it acts."""
    line = " ".join(str(text).split())
    for acting, harmless in _CHAT:
        line = acting.sub(harmless, line)
    return line


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
