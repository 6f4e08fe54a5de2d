"""What an error means to somebody who reads no code, as plain_errors.toml declares."""

from __future__ import annotations

import re
from functools import cache

from forensics import declarations

MOST = 400
"""Letters of an error that are looked at: what it is stands at its beginning."""


@cache
def patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns with what is said of errors that fit them."""
    declared = declarations.declared("analysis/plain_errors.toml")["error"]
    return tuple((re.compile(one["pattern"]), one["said"]) for one in declared)


def framing(text: str | None) -> bool:
    """Say whether a text only frames a trace: it does not say what went wrong."""
    return bool(
        re.search(declarations.declared("analysis/plain_errors.toml")["framing"]["pattern"], (text or "")[:MOST])
    )


_UNFILLED = re.compile(
    r"(?P<frame>(?:(?!: ).)*\{[@$]?[A-Za-z]\w*(?:,-?\d+)?(?::[^}]*)?\}.*?): (?P<thrown>(?:[\w$]+\.)*\w+(?:Exception|Error)\b.*)",
    re.DOTALL,
)
"""A template whose names nobody filled in, and what was thrown behind it."""


def thrown_first(text: str) -> str:
    """Put what was thrown before the template of the message that it stands behind: with its names unfilled that says little."""
    found = _UNFILLED.fullmatch(text)
    return f"{found['thrown']} — in {found['frame']}" if found else text


def said(error: str) -> str:
    """Return what an error means in plain words; empty where nothing is declared of its like."""
    return next((words for pattern, words in patterns() if pattern.search(error[:MOST])), "")
