"""The innermost cause of an error: which of the errors that a stack trace prints went wrong first.

How languages print them is declared in causes.toml.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from forensics import declarations
from forensics.store import Store

MOST_LINES = 2000
"""Lines of one trace that are looked at."""


@cache
def declared() -> list[dict[str, Any]]:
    """Return the languages of causes.toml."""
    return list(declarations.declared("analysis/causes.toml")["language"])


def innermost(trace: str) -> str:
    """Return the innermost error that a trace names, in its own words; empty where it names none."""
    lines = [line.rstrip("\r") for line in trace.split("\n")[:MOST_LINES]]
    for language in declared():
        if not any(re.search(language["shown_by"], line) for line in lines):
            continue
        named = [found["cause"].strip() for line in lines if (found := re.search(language["line"], line))]
        return named[0 if language["innermost"] == "first" else -1] if named else ""
    return ""


def of_event(store: Store, path: str, line: int) -> str:
    """Return the innermost cause of a log event, from what stands below its first line; empty where nothing tells it."""
    rows = store.rows("event_text", path=path, line=line)
    return innermost(rows[0][0]) if rows and rows[0][0] else ""
