"""Files that we recognise and do not read, each named with the command that makes something readable of it."""

from __future__ import annotations

import re
from functools import cache

from forensics import declarations
from forensics.model import Problem


@cache
def _kinds() -> tuple[tuple[re.Pattern[bytes], dict[str, str]], ...]:
    return tuple(
        (re.compile(kind["magic"].encode(), re.DOTALL), kind)
        for kind in declarations.declared("evidence/unread.toml")["file"]
    )


def named(head: bytes) -> Problem | None:
    """Say what a file that begins so is; None where it is none of those."""
    found = next((kind for magic, kind in _kinds() if magic.match(head)), None)
    if found is None:
        return None
    return Problem(
        found["code"], f"{found['name']}: not read", found["remedy"], leaves_open=found.get("leaves_open", "")
    )
