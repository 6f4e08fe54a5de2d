"""Taking the declared records of JSON documents into Arrow tables, each record accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import columns
from forensics.evidence.columns import COLUMNS, NEEDED, TIMESTAMP, Values
from forensics.evidence.paths import Place, find, has, picker, steps
from forensics.evidence.points import Points, points
from forensics.evidence.records import Field, Records

Objects = list[tuple[Any, int | None]]
"""Documents, each with its line where a file has one a line."""

UNNAMED = "unnamed series"

TOGETHER = 1_000_000
"""Samples that go to the store at once."""


@dataclass(slots=True)
class Account:
    """What came of the records of one file."""

    path: str
    records: int = 0
    covers: tuple[datetime, datetime] | None = None
    refused: Counter[str] = field(default_factory=Counter)
    """Why records were left out, or kept without their value, and how many."""
    unnamed: int = 0
    """Series that state no name."""
    zoneless: str = ""
    """A time that states no zone, as it is written, if there is one."""
    names: set[str] = field(default_factory=set)
    """What was measured."""
    unitless: set[str] = field(default_factory=set)
    """What was measured in a unit that is not stated."""

    def cover(self, times: pa.ChunkedArray | pa.Array) -> None:
        """Widen the covered time by these."""
        ends = pc.min_max(times).as_py()
        if ends["min"] is not None:
            known = self.covers or (ends["min"], ends["max"])
            self.covers = (min(known[0], ends["min"]), max(known[1], ends["max"]))


@dataclass(frozen=True, slots=True)
class _Found:
    """One record, with its line and its number among the records of its kind."""

    place: Place
    line: int | None
    position: int


def harvest(records: Records, objects: Objects, account: Account) -> Iterator[pa.Table]:
    """Yield the rows that these records give, ready for their table."""
    found = list(_found(records, objects))
    if not found:
        return
    if records.points:
        yield from _series(records, found, account)
    elif records.measures:
        yield from _measures(records, found, account)
    else:
        yield _rows(records, found, account, {})


def _found(records: Records, objects: Objects) -> Iterator[_Found]:
    position = 0
    for place, line in _changes(records, _places(records, objects)):
        if all(has(place.value, condition) for condition in records.when):
            position += 1
            yield _Found(place, line, position)


def _places(records: Records, objects: Objects) -> Iterator[tuple[Place, int | None]]:
    for document, line in objects:
        for place in find(document, records.each) if records.each else (Place(document),):
            yield place, line


def _changes(records: Records, places: Iterator[tuple[Place, int | None]]) -> Iterator[tuple[Place, int | None]]:
    """Leave out what only says again what the last record of its subject said."""
    if not records.change_of:
        yield from places
        return
    whose, what = picker(records.change_of), picker(records.change_in)
    last: dict[str, str] = {}
    for place, line in places:
        key, state = str(whose(place)), str(what(place))
        if last.get(key) != state:
            last[key] = state
            yield place, line


def _read(of: Field, places: Iterable[Place]) -> list[Any]:
    """Return what a field says of each element."""
    if isinstance(of, str):
        reader = picker(of)
        return [reader(place) for place in places]
    readers = [((steps(way) or ("",))[-1], picker(way)) for way in of]
    return [columns.merged([(name, reader(place)) for name, reader in readers]) or None for place in places]


# ---- a record is a row ---------------------------------------------------------------------------------------------


def _rows(records: Records, found: list[_Found], account: Account, known: dict[str, Values]) -> pa.Table:
    """Return one row for each record; `known` holds columns that are read already."""
    places = [one.place for one in found]
    cells: dict[str, pa.Array] = {}
    for name, convert in COLUMNS[records.into].items():
        of = records.fields.get("labels" if name == "series" else name)
        if name in known:
            cells[name] = convert(known[name])
        elif of:
            values = _read(of, places)
            cells[name] = convert(values)
            if convert is columns.times and not account.zoneless:
                account.zoneless = next((one for one in values[:100] if columns.zoneless(one)), "")
    if "until" in cells:
        cells["duration_ms"] = _duration(cells.pop("until"), cells)
    return _accounted(records, pa.table({**_where(records, found), **cells}), account)


def _duration(until: pa.Array, cells: dict[str, pa.Array]) -> pa.Array:
    between = pc.divide(pc.cast(pc.subtract(until, cells["time"]), pa.int64()), 1000.0)
    stated = cells.get("duration_ms")
    return between if stated is None else pc.coalesce(stated, between)


def _where(records: Records, found: list[_Found]) -> dict[str, pa.Array]:
    """Return the columns that say where a record stands."""
    lines = pa.array([one.line for one in found], pa.int64())
    positions = pa.array([one.position for one in found], pa.int64())
    if records.into == "log_events":
        line = pc.coalesce(lines, positions)
        return {"line": line, "last_line": line}
    if records.into == "people":
        return {}
    if records.into in ("samples", "events", "changes", "spans"):
        return {"line": lines, "position": positions}
    return {"position": positions}


def _accounted(records: Records, table: pa.Table, account: Account) -> pa.Table:
    """Leave out the rows that lack what their table needs, count why, and say which file all are from."""
    needed = [name for name in NEEDED.get(records.into, ()) if not (name == "time" and records.undated)]
    lacking = np.zeros(table.num_rows, dtype=np.int64)
    for number, name in enumerate(needed):
        missing = table[name].is_null().to_numpy() if name in table.column_names else np.ones(table.num_rows, bool)
        lacking |= missing.astype(np.int64) << number
    if records.into == "samples" and "clock_s" in table.column_names:
        lacking[table["clock_s"].is_valid().to_numpy()] &= ~(1 << needed.index("time")) if "time" in needed else -1
    for code, count in zip(*np.unique(lacking, return_counts=True), strict=True):
        if code and not records.optional:
            names = [name for number, name in enumerate(needed) if code >> number & 1]
            account.refused[f"{records.into}: no usable {' or '.join(names)}"] += int(count)
    valueless = 1 << needed.index("value") if "value" in needed and not records.optional else 0
    if lacking.any():
        table = table.filter(pa.array((lacking == 0) | (lacking == valueless)))
    return _told(table, account)


def _told(table: pa.Table, account: Account) -> pa.Table:
    account.records += table.num_rows
    if "value" in table.column_names:
        names = table["name"]
        account.names.update(pc.unique(names).to_pylist())
        bare = names.filter(table["unit"].is_null()) if "unit" in table.column_names else names
        account.unitless.update(pc.unique(bare).to_pylist())
    for name in ("time", "started"):
        if name in table.column_names:
            account.cover(table[name])
    paths = pa.DictionaryArray.from_arrays(pa.array(np.zeros(table.num_rows, np.int32)), pa.array([account.path]))
    return table.append_column("path", paths)


# ---- a record is a series ------------------------------------------------------------------------------------------


def _series(records: Records, found: list[_Found], account: Account) -> Iterator[pa.Table]:
    """Yield the points of series, in tables of a million rows or so."""
    waiting: list[tuple[_Found, Points, dict[str, str | None]]] = []
    begin = 0
    for one in found:
        for part in points(records, one.place, account.refused):
            waiting.append((one, part, _about(records, one.place, part, account)))
        if sum(len(part.values) for _, part, _ in waiting) > TOGETHER:
            yield _points_table(records, waiting, begin, account)
            begin += sum(len(part.values) for _, part, _ in waiting)
            waiting = []
    if waiting:
        yield _points_table(records, waiting, begin, account)


def _about(records: Records, place: Place, part: Points, account: Account) -> dict[str, str | None]:
    """Return what holds for all points of a series: its name, labels and unit."""
    told = {
        name: _read(of, [place])[0]
        for name in ("name", "labels", "unit")
        if name not in part.about and (of := records.fields.get(name))
    } | {name: value for name, value in part.about.items() if name != "column"}
    if "column" in part.about:
        told["name"] = ".".join(filter(None, (told.get("name"), part.about["column"])))
    if told.get("name") is None:
        account.unnamed += 1
        told["name"] = UNNAMED
    told["series"] = told.get("labels")
    return {name: COLUMNS["samples"][name]([value])[0].as_py() for name, value in told.items()}


def _points_table(
    records: Records, waiting: list[tuple[_Found, Points, dict[str, str | None]]], begin: int, account: Account
) -> pa.Table:
    lengths = np.array([len(part.values) for _, part, _ in waiting])
    whose = pa.array(np.repeat(np.arange(len(waiting), dtype=np.int32), lengths))
    texts = {
        name: pa.DictionaryArray.from_arrays(whose, pa.array([about.get(name) for _, _, about in waiting], pa.string()))
        for name in ("name", "labels", "series", "unit")
    }
    lines = pa.array([one.line for one, _, _ in waiting], pa.int64())
    clock = "clock_s" if "clock_s" in records.fields else "time"
    whens = [COLUMNS["samples"][clock](part.times) for _, part, _ in waiting]
    if clock == "time" and not account.zoneless:
        heads = (value for _, part, _ in waiting if isinstance(part.times, list) for value in part.times[:3])
        account.zoneless = next((one for one in heads if columns.zoneless(one)), "")
    cells = {
        **texts,
        "line": lines.take(whose),
        "position": pa.array(np.arange(begin + 1, begin + 1 + len(whose), dtype=np.int64)),
        clock: pa.chunked_array(whens, TIMESTAMP if clock == "time" else pa.float64()),
        "value": pa.chunked_array([columns.numbers(part.values) for _, part, _ in waiting], pa.float64()),
    }
    table = pa.table(cells).combine_chunks()  # a thousand small chunks cost the store half as much again
    return _accounted(records, table, account)


# ---- every number in a record is a sample --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One number inside a record, with the keys that lead to it and the texts that stand beside it."""

    name: str
    value: Any
    labels: dict[str, Any]


def leaves(value: Any, leave: frozenset[str], name: str = "", labels: dict[str, Any] | None = None) -> Iterator[_Leaf]:
    """Yield every value inside that is a number or missing; texts inside listed objects become labels."""
    told = labels or {}
    for key, one in value.items() if isinstance(value, dict) else ():
        if not name and key in leave:
            continue
        full = f"{name}.{key}" if name else str(key)
        if one is None or columns.is_measure(one):
            yield _Leaf(full, one, told)
        elif isinstance(one, dict):
            yield from leaves(one, leave, full, told)
        elif isinstance(one, list):
            for element in one:
                beside = {k: v for k, v in element.items() if _names(v)} if isinstance(element, dict) else {}
                yield from leaves(element, leave, full, {**told, **beside})


def _names(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 80 and not columns.is_measure(value)


def _measures(records: Records, found: list[_Found], account: Account) -> Iterator[pa.Table]:
    """Yield a sample for every number; a missing value is one only where another record has the number."""
    leave = frozenset(records.leave)
    each = [(one, leaf) for one in found for leaf in leaves(one.place.value, leave)]
    measured = {leaf.name for _, leaf in each if leaf.value is not None}
    each = [(one, leaf) for one, leaf in each if leaf.name in measured]
    if not each:
        return
    named = [replace(one, place=replace(one.place, key=leaf.name)) for one, leaf in each]
    if records.into == "probes":
        status = [leaf.value for _, leaf in each]
        answered = [bool(one) and one < 500 for one in status]
        targets = [leaf.name for _, leaf in each]
        yield _rows(records, named, account, {"target": targets, "status": status, "ok": answered})
        return
    values, units = zip(*(columns.measure(leaf.value) for _, leaf in each), strict=True)
    of = records.fields.get("labels", ())
    places = [one.place for one, _ in each]
    stated = _read(of if isinstance(of, tuple) else (of,), places) if of else [None] * len(each)
    labels = [{**(told or {}), **leaf.labels} or None for told, (_, leaf) in zip(stated, each, strict=True)]
    known: dict[str, Values] = {"value": values, "labels": labels, "series": labels}
    if any(units):
        known["unit"] = units
    with_name = replace(records, fields={"name": "$key", **records.fields})
    yield _rows(with_name, named, account, known)
