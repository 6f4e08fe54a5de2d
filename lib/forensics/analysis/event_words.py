"""How events are told that programs wrote in words of their own: a call of an API, a line of a process manager."""

from __future__ import annotations

import re
from functools import cache

from forensics import declarations


@cache
def patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what is said otherwise than it is written, as event_words.toml declares it."""
    declared = declarations.declared("analysis/event_words.toml")["said"]
    return tuple((re.compile(one["pattern"]), one["words"]) for one in declared)


def said(text: str) -> str:
    """Return an event's text as people would say it; what is not declared stands as it is written."""
    for pattern, words in patterns():
        if found := pattern.fullmatch(text):
            groups = {name: value or "" for name, value in found.groupdict().items()}
            return words.format(
                **{name: value.capitalize() if name.istitle() else value for name, value in groups.items()}
            )
    return text
