"""The points of one series, however an export writes them: pairs, parallel lists, columns with heads, rows with heads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from forensics.evidence.columns import Values
from forensics.evidence.paths import Place, find
from forensics.evidence.records import Records


@dataclass(frozen=True, slots=True)
class Points:
    """Times and values, as many of one as of the other."""

    times: Values
    values: Values
    about: dict[str, Any] = field(default_factory=dict)
    """What the points themselves say of their series: name, labels, unit; or the column, a part of its name."""


def points(records: Records, place: Place, refused: Counter[str]) -> Iterator[Points]:
    """Yield the points of a record; what is no point is counted."""
    held = next((found.value for found in find(place.value, records.points)), None)
    if records.heads:
        heads = next((found.value for found in find(place.value, records.heads)), None)
        yield from _frame(heads, held if held is not None else heads)
    elif records.times:
        above, path = (
            (place.above[-1], records.times[2:]) if records.times.startswith("^.") else (place.value, records.times)
        )
        yield _parallel(next((found.value for found in find(above, path)), None), held, refused)
    else:
        yield _pairs(held, records.value_first, refused)


def _pairs(held: Any, value_first: bool, refused: Counter[str]) -> Points:
    first: Values
    second: Values
    if isinstance(held, np.ndarray):
        first, second = (held[:, 0], held[:, 1]) if held.ndim == 2 else (held[:0], held[:0])
    else:
        pairs = held if isinstance(held, list) else []
        if len(pairs) == 2 and not isinstance(pairs[0], list):
            pairs = [pairs]
        good = [pair for pair in pairs if isinstance(pair, list) and len(pair) >= 2]
        if len(good) < len(pairs):
            refused["samples: no pair of a time and a value"] += len(pairs) - len(good)
        first, second = [pair[0] for pair in good], [pair[1] for pair in good]
    return Points(second, first) if value_first else Points(first, second)


def _parallel(times: Any, values: Any, refused: Counter[str]) -> Points:
    own, theirs = _listed(times), _listed(values)
    count = min(len(own), len(theirs))
    if len(own) != len(theirs):
        refused["samples: a time without a value, or a value without a time"] += abs(len(own) - len(theirs))
    return Points(own[:count], theirs[:count])


def _listed(value: Any) -> Values:
    return value if isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim == 1) else []


# ---- columns with heads --------------------------------------------------------------------------------------------


def _frame(heads: Any, held: Any) -> Iterator[Points]:
    """Yield a series for each column of numbers beside a column of times."""
    if not isinstance(heads, list) or not isinstance(held, list):
        return
    if all(isinstance(head, str) for head in heads):
        heads = [
            {"column": head, "type": "time" if head.lower() in ("time", "timestamp") else "number"} for head in heads
        ]
        rows = [row for row in held if isinstance(row, list) and len(row) == len(heads)]
        held = [list(column) for column in zip(*rows, strict=True)]
    cells = [
        (head, _listed(head.get("values", held[number] if number < len(held) else None)))
        for number, head in enumerate(heads)
        if isinstance(head, dict)
    ]
    times = next((column for head, column in cells if head.get("type") == "time"), None)
    if times is None:
        return
    for head, column in cells:
        if head.get("type") in ("number", "float", "int") and len(column) == len(times):
            yield Points(times, column, _told(head))


def _told(head: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = head["config"] if isinstance(head.get("config"), dict) else {}
    name = head.get("name")
    shown = config.get("displayNameFromDS") or config.get("displayName") or (name if name != "Value" else None)
    told = {
        "name": shown,
        "column": head.get("column"),
        "labels": head.get("labels"),
        "unit": config.get("unit"),
    }
    return {key: value for key, value in told.items() if value}
