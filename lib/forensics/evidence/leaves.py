"""The numbers inside a record, with the keys that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from forensics.evidence.json_values import is_measure


class Leaf(NamedTuple):
    """One number inside a record, with the keys that lead to it and the texts that stand beside it."""

    name: str
    value: Any
    labels: dict[str, Any]


def leaves(value: Any, leave: frozenset[str], name: str = "", labels: dict[str, Any] | None = None) -> Iterator[Leaf]:
    """Yield every value inside that is a number or missing, but for what stands at names to be left; texts inside listed
    objects become labels."""
    told = labels or {}
    for key, one in value.items() if isinstance(value, dict) else ():
        full = f"{name}.{key}" if name else str(key)
        if full in leave:
            continue
        if one is None or is_measure(one):
            yield Leaf(full, one, told)
        elif isinstance(one, dict):
            yield from leaves(one, leave, full, told)
        elif isinstance(one, list):
            for element in one:
                beside = {k: v for k, v in element.items() if _names(v)} if isinstance(element, dict) else {}
                yield from leaves(element, leave, full, {**told, **beside})


def _names(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 80 and not is_measure(value)
