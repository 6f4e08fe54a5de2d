"""Series: records that hold many points, as rows of samples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from forensics.evidence import columns, json_values
from forensics.evidence.account import Account
from forensics.evidence.columns import COLUMNS, TIMESTAMP
from forensics.evidence.numbering import Numbering
from forensics.evidence.paths import Place, find
from forensics.evidence.points import Points, points
from forensics.evidence.records import Records
from forensics.evidence.values import text

UNNAMED = "unnamed series"

TOGETHER = 1_000_000
"""Samples that go to the store at once."""

_TEXTS = ("name", "labels", "series", "unit")


class _Part(NamedTuple):
    """One series: the line it stands on, its points, and what holds for all of them."""

    line: int | None
    points: Points
    about: dict[str, str | None]


def series_tables(
    records: Records,
    places: list[Place],
    lines: list[int | None],
    account: Account,
    numbering: Numbering,
    begin: int = 0,
) -> Generator[pa.Table, None, int]:
    """Yield the points of series, in tables of a million rows or so; return how many stand there, after `begin` others."""
    waiting: list[_Part] = []
    held = 0
    for place, line in zip(places, lines, strict=True):
        for part in points(records, place, account.refused):
            waiting.append(_Part(line, part, _about(records, place, part, account)))
            held += len(part.values)
        if held > TOGETHER:
            yield _table(records, waiting, numbering, begin, account)
            waiting, begin, held = [], begin + held, 0
    if waiting:
        yield _table(records, waiting, numbering, begin, account)
    return begin + held


class Found(NamedTuple):
    """An element of a document, or a point of a series."""

    element: Any
    holder: Any
    """The object or list of the document that it is, or stands in."""
    below: str | None = ""
    """The way from there to it; None where that cannot be told by keys and places."""


def nth_point(records: Records, places: list[Place], nth: int) -> tuple[Found | None, int]:
    """Return the point that so many others stand before, with the series it is of, and how many points there are."""
    point: Found | None = None
    count = 0
    for place in places:
        for part in points(records, place, Counter()):
            here = nth - count
            if 0 <= here < len(part.values):
                told = _about(records, place, part, Account(""))
                found = {name: value for name, value in told.items() if value is not None and name != "series"}
                found |= {"time": _plain(part.times[here]), "value": _plain(part.values[here])}
                point = Found(found, place.value, _below(records, place.value, here, len(part.values)))
            count += len(part.values)
    return point, count


def _below(records: Records, holder: Any, nth: int, count: int) -> str | None:
    """Return the way from a series to one of its points, where they stand in one list, as they were read."""
    plain = not records.heads and re.fullmatch(r"\w+(?:\.\w+)*", records.points)
    held = next((found.value for found in find(holder, records.points)), None) if plain else None
    listed = isinstance(held, list | np.ndarray) and len(held) == count
    return f"{records.points}[{nth}]" if listed else None


def _plain(value: Any) -> Any:
    """Return a number of an array as one that JSON can hold."""
    return value.item() if isinstance(value, np.generic) else value


class Numbers:
    """Numbers of series, so that what all points of one share is kept once."""

    def __init__(self, first: int) -> None:
        """`first` is the number that the next new series gets."""
        self._known: dict[tuple[str | None, ...], int] = {}
        self._first = first

    def apart(self, table: pa.Table) -> tuple[pa.Table, pa.Table]:
        """Return the new series among these samples, and the samples with the number of their series instead."""
        parts = [table[name].combine_chunks() for name in ("path", *_TEXTS)]
        told = [part.dictionary.to_pylist() for part in parts[1:]]
        path = parts[0].dictionary[0].as_py()
        numbers, new = [], []
        for texts in zip(*told, strict=True):
            number = self._known.get((path, *texts))
            if number is None:
                number = self._known[path, *texts] = self._first + len(self._known)
                new.append((number, path, *texts))
            numbers.append(number)
        whose = np.array(numbers, dtype=np.int32)[table["whose"].to_numpy()]
        names = ("number", "path", *_TEXTS)
        series = pa.table({name: [row[at] for row in new] for at, name in enumerate(names)}, schema=_SERIES)
        return series, table.drop_columns(["path", "whose", *_TEXTS]).append_column("number", pa.array(whose))


_SERIES = pa.schema([("number", pa.int32()), ("path", pa.string()), *((name, pa.string()) for name in _TEXTS)])


def _about(records: Records, place: Place, part: Points, account: Account) -> dict[str, str | None]:
    """Return what holds for all points of a series: its name, labels and unit."""
    told = {name: columns.read(of, [place])[0] for name in _TEXTS if (of := records.fields.get(name))}
    told |= {name: value for name, value in part.about.items() if name != "column"}
    if "column" in part.about:
        told["name"] = ".".join(filter(None, (text(told.get("name")), text(part.about["column"]))))
    if told.get("name") is None:
        account.unnamed += 1
        told["name"] = UNNAMED
    told["series"] = told.get("labels")
    return {name: COLUMNS["samples"][name]([value])[0].as_py() for name, value in told.items()}


def _table(records: Records, waiting: list[_Part], numbering: Numbering, begin: int, account: Account) -> pa.Table:
    lengths = np.array([len(one.points.values) for one in waiting])
    whose = pa.array(np.repeat(np.arange(len(waiting), dtype=np.int32), lengths))
    texts = {
        name: pa.DictionaryArray.from_arrays(whose, pa.array([one.about.get(name) for one in waiting], pa.string()))
        for name in _TEXTS
    }
    clock = "clock_s" if "clock_s" in records.fields else "time"
    if clock == "time" and not account.zoneless:
        heads = (time for one in waiting if isinstance(one.points.times, list) for time in one.points.times[:3])
        account.zoneless = next((time for time in heads if json_values.zoneless(time)), "")
    times = [COLUMNS["samples"][clock](one.points.times) for one in waiting]
    values = [columns.numbers(one.points.values) for one in waiting]
    cells = {
        **texts,
        "whose": whose,
        "line": pa.array([one.line for one in waiting], pa.int64()).take(whose),
        "position": pa.array(numbering.numbers(np.arange(begin, begin + len(whose), dtype=np.int64))),
        clock: pa.chunked_array(times, TIMESTAMP if clock == "time" else pa.float64()),
        "value": pa.chunked_array(values, pa.float64()),
    }
    table = pa.table(cells).combine_chunks()  # a thousand small chunks cost the store half as much again
    left_open = sum(
        columns.left_open(one.points.values) for one, read in zip(waiting, values, strict=True) if read.null_count
    )
    return account.take(records, table, left_open)
