"""Whether a message tells that somebody noticed something wrong, as noticed_words.toml declares."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from forensics import declarations


def declared() -> dict[str, Any]:
    """Return noticed_words.toml."""
    return declarations.declared("analysis/noticed_words.toml")


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    told = declared()
    return re.compile(told["never"]), tuple(re.compile(one["pattern"]) for one in told["says"])


def noticed(text: str) -> bool:
    """Say whether a message says, or asks whether, something is wrong; in a language that is not declared none does."""
    never, says = _patterns()
    left = never.sub(" ", text)
    return any(one.search(left) for one in says)
