"""Taking the declared records of JSON documents into Arrow tables, each record accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import columns, json_values
from forensics.evidence.account import Account
from forensics.evidence.columns import COLUMNS, Values
from forensics.evidence.leaves import Leaf, leaves
from forensics.evidence.paths import Place, find, has, picker
from forensics.evidence.records import Records
from forensics.evidence.series import series_tables

Objects = list[tuple[Any, int | None]]
"""Documents, each with its line where a file has one a line."""


def harvest(records: Records, objects: Objects, account: Account) -> Iterator[pa.Table]:
    """Yield the rows that these records give, ready for their table."""
    places, lines = _places(records, objects)
    if records.points:
        yield from series_tables(records, places, lines, account)
    elif records.measures:
        yield from _measures(records, places, lines, account)
    elif places:
        yield _rows(records, places, _where(records, lines), account, {})


def _places(records: Records, objects: Objects) -> tuple[list[Place], list[int | None]]:
    """Return every record, in order, and the line on which each stands."""
    places: list[Place] = []
    lines: list[int | None] = []
    for document, line in objects:
        found = list(find(document, records.each)) if records.each else [Place(document)]
        places += found
        lines += [line] * len(found)
    if records.change_of or records.when:
        kept = _chosen(records, places)
        places, lines = [places[one] for one in kept], [lines[one] for one in kept]
    return places, lines


def _chosen(records: Records, places: list[Place]) -> list[int]:
    """Return which elements are such records, and say something that the last of their subject did not say."""
    whose, what = picker(records.change_of or "=all"), picker(records.change_in or "=same")
    last: dict[str, str] = {}
    kept = []
    for number, place in enumerate(places):
        if records.change_of:
            key, state = str(whose(place)), str(what(place))
            if last.get(key) == state:
                continue
            last[key] = state
        if all(has(place.value, condition) for condition in records.when):
            kept.append(number)
    return kept


def _where(records: Records, lines: list[int | None]) -> dict[str, pa.Array]:
    """Return the columns that say where each record stands."""
    line = pa.nulls(len(lines), pa.int64()) if not any(lines) else pa.array(lines, pa.int64())
    position = pa.array(np.arange(1, len(lines) + 1, dtype=np.int64))
    if records.into == "log_events":
        stands = pc.coalesce(line, position)
        return {"line": stands, "last_line": stands}
    if records.into == "people":
        return {}
    if records.into in ("samples", "events", "changes", "spans"):
        return {"line": line, "position": position}
    return {"position": position}


# ---- a record is a row ---------------------------------------------------------------------------------------------


def _rows(
    records: Records, places: list[Place], where: dict[str, pa.Array], account: Account, known: dict[str, Values]
) -> pa.Table:
    """Return one row for each record; `known` holds columns that are read already."""
    cells: dict[str, pa.Array] = {}
    for name, convert in COLUMNS[records.into].items():
        of = records.fields.get(name)
        if name not in known and not of:
            continue
        values = known[name] if name in known else columns.read(of or "", places)
        if name == "labels":
            cells["labels"], cells["series"] = columns.labelled(values)
            continue
        cells[name] = convert(values)
        if convert is columns.times and not account.zoneless:
            account.zoneless = next((one for one in values[:100] if json_values.zoneless(one)), "")
    if "until" in cells:
        cells["duration_ms"] = _duration(cells.pop("until"), cells)
    return account.take(records, pa.table({**where, **cells}))


def _duration(until: pa.Array, cells: dict[str, pa.Array]) -> pa.Array:
    """Return the stated durations, or the time between start and end; what ends before it starts has none."""
    between = pc.cast(pc.cast(pc.subtract(until, cells["time"]), pa.int64()), pa.float64(), safe=False)
    lasting = pc.if_else(pc.greater_equal(between, 0.0), pc.divide(between, 1000.0), None)
    stated = cells.get("duration_ms")
    return lasting if stated is None else pc.coalesce(stated, lasting)


# ---- every number in a record is a sample --------------------------------------------------------------------------


def _measures(records: Records, places: list[Place], lines: list[int | None], account: Account) -> Iterator[pa.Table]:
    """Yield a row for every number; a missing value is one only where another record has the number."""
    leave = frozenset(records.leave)
    each = [(number, leaf) for number, place in enumerate(places) for leaf in leaves(place.value, leave)]
    measured = {leaf.name for _, leaf in each if leaf.value is not None}
    each = [(number, leaf) for number, leaf in each if leaf.name in measured]
    if not each:
        return
    whose = pa.array([number for number, _ in each])
    where = {name: column.take(whose) for name, column in _where(records, lines).items()}
    named = [places[number]._replace(key=leaf.name) for number, leaf in each]
    found = [leaf for _, leaf in each]
    known = _answers(found) if records.into == "probes" else _samples(records, named, found)
    yield _rows(records, named, where, account, known)


def _answers(found: list[Leaf]) -> dict[str, Values]:
    """Read numbers as the statuses of answers."""
    status = [leaf.value for leaf in found]
    return {
        "target": [leaf.name for leaf in found],
        "status": status,
        "ok": [bool(one) and one < 500 for one in status],
    }


def _samples(records: Records, named: list[Place], found: list[Leaf]) -> dict[str, Values]:
    values, units = zip(*(json_values.measure(leaf.value) for leaf in found), strict=True)
    of = records.fields.get("labels", ())
    stated = columns.read(of if isinstance(of, tuple) else (of,), named) if of else [None] * len(found)
    labels = [{**(told or {}), **leaf.labels} or None for told, leaf in zip(stated, found, strict=True)]
    known: dict[str, Values] = {"value": values, "labels": labels}
    if "name" not in records.fields:
        known["name"] = [leaf.name for leaf in found]
    if any(units):
        known["unit"] = units
    return known
