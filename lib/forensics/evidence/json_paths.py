"""Where an object stands in a JSON document, as other tools find it: `data.result[3].values[7]`, counted from 0."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

MOST = 2_000_000
"""Objects and lists that are looked through; what stands behind them is found by its number alone."""


def paths(document: Any, wanted: Collection[int]) -> dict[int, str]:
    """Return where these objects stand, by their identity (`id`); the document itself stands at an empty path."""
    found: dict[int, str] = {}
    waiting = [(document, "")]
    seen = 0
    while waiting and len(found) < len(wanted) and seen < MOST:
        value, path = waiting.pop()
        seen += 1
        if id(value) in wanted:
            found[id(value)] = path
        if isinstance(value, dict):
            waiting += [(one, joined(path, _key(key))) for key, one in value.items() if isinstance(one, dict | list)]
        else:
            waiting += [(one, f"{path}[{nth}]") for nth, one in enumerate(value) if isinstance(one, dict | list)]
    return found


def joined(path: str, below: str) -> str:
    """Return a path that goes on."""
    return f"{path}.{below}" if path and below and not below.startswith("[") else path + below


def _key(key: str) -> str:
    return key if re.fullmatch(r"[^\W\d]\w*", key) else f"[{json.dumps(key, ensure_ascii=False)}]"
