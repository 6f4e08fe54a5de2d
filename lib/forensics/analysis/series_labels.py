"""What tells series of one name apart, said briefly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence


def parsed(labels: str) -> dict[str, str]:
    """Return labels by name; none where they are not written as an object."""
    try:
        told = json.loads(labels)
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}


def without(labels: str, names: Sequence[str]) -> str:
    """Return labels without some of them, written as they were."""
    kept = {name: value for name, value in parsed(labels).items() if name not in names}
    return json.dumps(kept) if kept else "{}"


def told(labels: str, among: Iterable[str]) -> str:
    """Return what tells these labels from those of the others, in parentheses behind a space; empty where nothing does.

    The shortest label that no other series of them shares stands alone; else all that differ.
    """
    mine, others = parsed(labels), [parsed(one) for one in among if one != labels]
    if not others:
        return ""
    if not mine:
        return "" if labels == "{}" else f" {labels}"
    alone = [(name, value) for name, value in mine.items() if all(other.get(name) != value for other in others)]
    differing = [(name, value) for name, value in mine.items() if any(other.get(name) != value for other in others)]
    shown = [min(alone, key=lambda one: (len(one[1]), one[0]))] if alone else differing
    return f" ({', '.join(f'{name} {value}' for name, value in shown)})" if shown else ""
