"""Text that stands in HTML: what people wrote, without the marks of how it looked."""

from __future__ import annotations

import html
import re

import pyarrow as pa

from forensics.store import Store

_TAGS = re.compile(r"<[^<>]*>")
_BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]*>")
_SPACES = re.compile(r"[^\S\n]+")


def bare(text: str, instead: str = " ") -> str:
    """Return the text without its tags, `instead` of each; a break or the end of a paragraph ends a line."""
    return html.unescape(_TAGS.sub(instead, _BREAKS.sub("\n", text)))


def unmark(store: Store) -> None:
    """Let what people wrote in chats that export HTML stand as they read it; the marks stay in the evidence."""
    rows = store.rows("events_marked")
    if not rows:
        return
    texts = [
        "\n".join(_SPACES.sub(" ", line).strip() for line in bare(row[1], "").splitlines()).strip() for row in rows
    ]
    store.lend("unmarked", pa.table({"text": [row[1] for row in rows], "bare": texts}))
    store.run("events_unmark")
    store.take_back("unmarked")
