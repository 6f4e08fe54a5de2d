"""What memory was filled with: a queue, a buffer or a cache whose size is measured beside the memory that is in use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from forensics.analysis.named_signals import LEAST_GAP_S, spoken
from forensics.analysis.signals import Span
from forensics.analysis.trouble import Trouble, declared, number, when
from forensics.model import Citation, Json
from forensics.store import Store
from forensics.times import own_clock, utc

_BYTES = {"b": 1.0, "k": 2.0**10, "m": 2.0**20, "g": 2.0**30}
"""By the first letter of a unit: how much one of it is."""

Row = tuple[datetime, float, float]
"""When, how much it held, and how much memory was in use, in its own unit."""


def held(name: str) -> tuple[str, str] | None:
    """Return what a name is the size of ("a queue"), and its unit; None where it is no such size."""
    for entry in declared()["filled"]["held"]:
        if unit := _unit(name, entry["names"]):
            return entry["said"], unit
    return None


def used(name: str) -> str:
    """Return the unit of a name that measures how much memory is in use; empty where it is none."""
    return "" if held(name) else _unit(name, declared()["filled"]["used"])


def _unit(name: str, patterns: Sequence[str]) -> str:
    said, rule = spoken(name), declared()["filled"]
    found = (re.fullmatch(pattern.replace("UNIT", rule["unit"]), said) for pattern in patterns)
    return next((fits["unit"] for fits in found if fits), "")


def memory(store: Store, span: Span, series: Sequence[tuple[Any, ...]]) -> Iterator[Trouble]:
    """Yield for each file what most of its memory was filled with, while memory in use rose."""
    rule = declared()["filled"]
    for path in dict.fromkeys(one[0] for one in series):
        mine = [one for one in series if one[0] == path and one[3] >= rule["least"]]
        uses = [(one[4] * _BYTES[unit[0]], one[1], one[2], unit) for one in mine if (unit := used(one[1]))]
        if not uses:
            continue
        _, in_use, labels, its_unit = max(uses)
        told: list[Trouble] = []
        for _, name, mark, *_ in (one for one in mine if held(one[1])):
            what, unit = held(name) or ("", "")
            spacing = store.one("series_spacing", path=path, name=name, start=span.start, end=span.end) or 0.0
            with store.noted() as asked:
                rows = store.rows(
                    "held_of_memory", path=path, held=name, held_series=mark, used=in_use, used_series=labels,
                    reach=max(3 * spacing, LEAST_GAP_S), start=span.start, end=span.end,
                )  # fmt: skip
            scale = _BYTES[its_unit[0]] / _BYTES[unit[0]]
            grown = _grown([(time, value, scale * most) for time, value, most in rows])
            told += [_trouble(path, name, what, unit, in_use, grown, tuple(asked))] if grown else []
        if told:
            yield max(told, key=lambda one: (one.value["held"], one.statement))


def _grown(rows: Sequence[Row]) -> Sequence[Row]:
    """Return the rows from where it began to grow to where it was highest, if it then was most of the memory that was in use."""
    rule = declared()["filled"]
    if len(rows) < rule["least"]:
        return ()
    top = max(range(len(rows)), key=lambda at: (rows[at][1], -at))
    _, height, in_use = rows[top]
    low = max((at for at in range(top) if rows[at][1] <= rule["from"] * height), default=None)
    begun = next((at for at in range(low, -1, -1) if at == 0 or rows[at - 1][1] > rows[at][1]), 0) if low else low
    if height <= 0 or begun is None or height < rule["share"] * in_use:
        return ()
    least = min(one[2] for one in rows[begun : top + 1])
    return rows[begun : top + 1] if in_use - least >= rule["rose"] * in_use else ()


def _trouble(
    path: str, name: str, what: str, unit: str, in_use: str, rows: Sequence[Row], asked: tuple[Any, ...]
) -> Trouble:
    (start, first, _), (end, height, most) = rows[0], rows[-1]
    least = min(one[2] for one in rows)
    shrank = sum(1 for (_, before, _), (_, after, _) in pairwise(rows) if after < before) / max(1, len(rows) - 1)
    only_grew = shrank <= declared()["filled"]["shrinks"]
    said = when(start, end, is_open=False)
    said = said.replace(utc(end), "") + f" on the clock of {path}" if own_clock(start) else said
    shown = {"b": "bytes", "k": "kB", "m": "MB", "g": "GB"}[unit[0]]
    statement = (
        f"memory filled with {what}: {name} rose from {number(first)} to {number(height)} {shown} ({said})"
        f"{' and hardly ever shrank' if only_grew else ''}, while {in_use} rose from {number(least)} to {number(most)}: "
        f"it was {100 * height / most:.0f} % of the memory in use"
    )
    value: Json = {
        "said": what, "measure": name, "held": height, "used": most, "unit": shown, "share": round(height / most, 4),
        "only_grew": only_grew, "path": path,
    }  # fmt: skip
    return Trouble(
        "filled", "inference", statement, start, end, value, (Citation(path),), "held_of_memory", asked, False
    )
