"""Taking the declared records of JSON documents into Arrow tables, each record accounted for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import columns, json_values
from forensics.evidence.account import Account
from forensics.evidence.columns import COLUMNS, NEEDED, Values
from forensics.evidence.json_text import Held
from forensics.evidence.leaves import Leaf, leaves
from forensics.evidence.numbering import Numbering
from forensics.evidence.paths import Place, find, has, picker
from forensics.evidence.records import Field, Records
from forensics.evidence.series import Found, nth_point, series_tables

Objects = list[tuple[Any, int | None]]
"""Documents, each with its line where a file has one a line."""


class Harvest:
    """Takes one kind of record out of the documents of a file, which may come piece by piece."""

    def __init__(self, records: Records, account: Account, numbering: Numbering) -> None:
        self.records, self.account, self.numbering = records, account, numbering
        self._stood = 0
        """Elements, or points of series, that stood in earlier pieces."""
        self._last: dict[str, str] = {}
        """What each subject said last."""
        self._measured: set[str] = set()
        """The names of which some record had a number so far."""

    def tables(self, objects: Objects) -> Iterator[pa.Table]:
        """Yield the rows that these documents give, ready for their table."""
        records = self.records
        places, lines = self._places(objects)
        if records.points:
            self._stood = yield from series_tables(
                records, *self._kept(places, lines)[:2], self.account, self.numbering, self._stood
            )
            return
        stood, self._stood = self._stood, self._stood + len(places)
        if records.change_of and "time" in records.fields and places:  # it watched on, though nothing changed any more
            self.account.cover(columns.times(columns.read(records.fields["time"], places[-1:])))
        places, lines, nth = self._kept(places, lines)
        where = self._where(lines, stood + nth)
        if records.measures:
            yield from self._measures(places, where)
        elif places:
            yield _rows(records, places, where, self.account, {})

    def elements(self, objects: Objects, numbers: Collection[int]) -> dict[int, Found]:
        """Return the elements, or the points of series, that have these numbers among these documents; others are not here."""
        places, lines = self._places(objects)
        kept = self._kept(places, lines)[0] if self.records.points else []
        found: dict[int, Found] = {}
        stood = len(places)
        for number in numbers:
            nth = self.numbering.nth(number)
            place = -1 if nth is None else nth - self._stood
            if self.records.points:
                one, stood = nth_point(self.records, kept, place)
            else:
                value = places[place].value if 0 <= place < len(places) else None
                one = None if value is None else Found(value, value)
            if one is not None:
                found[number] = one
        self._stood += stood
        return found

    def _places(self, objects: Objects) -> tuple[list[Place], list[int | None]]:
        """Return every element where such records stand, in order, and the line of each."""
        records = self.records
        places: list[Place] = []
        lines: list[int | None] = []
        for document, line in objects:
            found = list(find(document, records.each)) if records.each else [Place(document)]
            places += found
            lines += [line] * len(found)
        return places, lines

    def _kept(
        self, places: list[Place], lines: list[int | None]
    ) -> tuple[list[Place], list[int | None], npt.NDArray[np.int64]]:
        """Return the elements that are such records, the line of each, and which of the elements they are."""
        if not (self.records.change_of or self.records.when):
            return places, lines, np.arange(len(places), dtype=np.int64)
        kept = self._chosen(places)
        return [places[one] for one in kept], [lines[one] for one in kept], np.array(kept, dtype=np.int64)

    def _chosen(self, places: list[Place]) -> list[int]:
        """Return which elements are such records, and say something that the last of their subject did not say."""
        records, last = self.records, self._last
        whose, what = picker(records.change_of or "=all"), picker(records.change_in or "=same")
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

    def _where(self, lines: list[int | None], nth: npt.NDArray[np.int64]) -> dict[str, pa.Array]:
        """Return the columns that say where each record stands."""
        into = self.records.into
        line = pa.nulls(len(lines), pa.int64()) if not any(lines) else pa.array(lines, pa.int64())
        position = pa.array(self.numbering.numbers(nth))
        if into == "log_events":
            stands = pc.coalesce(line, position)
            return {"line": stands, "last_line": stands}
        if into == "people":
            return {}
        if into in ("samples", "events", "changes", "spans"):
            return {"line": line, "position": position}
        return {"position": position}

    def _measures(self, places: list[Place], where: dict[str, pa.Array]) -> Iterator[pa.Table]:
        """Yield a row for every number; a missing value is one only where some record has the number, in this piece of
        the file or in an earlier one."""
        records, leave = self.records, frozenset(self.records.leave)
        each = [(number, leaf) for number, place in enumerate(places) for leaf in leaves(place.value, leave)]
        self._measured |= {leaf.name for _, leaf in each if leaf.value is not None}
        each = [(number, leaf) for number, leaf in each if leaf.name in self._measured]
        if not each:
            return
        whose, found = [number for number, _ in each], [leaf for _, leaf in each]
        where = {name: column.take(pa.array(whose)) for name, column in where.items()}
        if any("$key" in way for of in records.fields.values() for way in _ways(of)):
            places, whose = [places[number]._replace(key=leaf.name) for number, leaf in each], list(range(len(each)))
        known = _answers(found) if records.into == "probes" else _samples(records, places, whose, found)
        yield _rows(records, places, where, self.account, known, pa.array(whose))


# ---- long lists ----------------------------------------------------------------------------------------------------


def beside(kinds: tuple[Records, ...], objects: Objects, lists: Sequence[Held]) -> set[int] | None:
    """Return which kinds of record stand beside the long lists of a document, and not in them.

    None where some kind stands in both, or holds a list: then no piece can be read without the others.
    """
    held, found = [list(one) for one in lists], set()
    for number, records in enumerate(kinds):
        for one in lists:
            one.clear()
        outside = [place for document, _ in objects for place in find(document, records.each)]
        for one, piece in zip(lists, held, strict=True):
            one[:] = piece
        every = sum(1 for document, _ in objects for _ in find(document, records.each))
        if outside and (every > len(outside) or any(_holds(place.value) for place in outside)):
            return None
        found |= {number} if outside else set()
    return found


def _holds(value: Any) -> bool:
    """Say whether a long list lies inside."""
    if isinstance(value, Held):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_holds, inner))


# ---- a record is a row ---------------------------------------------------------------------------------------------


def _rows(
    records: Records,
    places: list[Place],
    where: dict[str, pa.Array],
    account: Account,
    known: dict[str, Values],
    whose: pa.Array | None = None,
) -> pa.Table:
    """Return one row for each record, or for each number in `whose` that of the record to which it belongs; `known` holds
    columns that are read already."""
    cells: dict[str, pa.Array] = {}
    for name, convert in COLUMNS[records.into].items():
        of = records.fields.get(name)
        if name not in known and not of:
            continue
        values = known[name] if name in known else columns.read(of or "", places)
        if name == "level" and records.levels:
            values = [records.levels.get(str(one), one) for one in values]
        if name == "labels":
            cells["labels"], cells["series"] = columns.labelled(values)
            continue
        cells[name] = convert(values) if whose is None or name in known else convert(values).take(whose)
        if convert is columns.times and not account.zoneless:
            account.zoneless = next((one for one in values[:100] if json_values.zoneless(one)), "")
        free = records.undated or "time" not in NEEDED.get(records.into, ())
        if name == "time" and free and cells[name].null_count:
            unread = cells[name].is_null().to_pylist()
            account.unread.update(str(one) for one, lost in zip(values, unread, strict=True) if lost and one)
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


def _answers(found: list[Leaf]) -> dict[str, Values]:
    """Read numbers as the statuses of answers."""
    status = [leaf.value for leaf in found]
    return {
        "target": [leaf.name for leaf in found],
        "status": status,
        "ok": [bool(one) and one < 500 for one in status],
    }


def _ways(of: Field) -> tuple[str, ...]:
    return of if isinstance(of, tuple) else (of,)


def _samples(records: Records, places: list[Place], whose: list[int], found: list[Leaf]) -> dict[str, Values]:
    values, units = zip(*(json_values.measure(leaf.value) for leaf in found), strict=True)
    of = records.fields.get("labels", ())
    stated = columns.read(_ways(of), places) if of else [None] * len(places)
    told = (stated[number] for number in whose)
    labels = [{**(one or {}), **leaf.labels} if leaf.labels else one for one, leaf in zip(told, found, strict=True)]
    known: dict[str, Values] = {"value": values, "labels": labels}
    if "name" not in records.fields:
        known["name"] = [leaf.name for leaf in found]
    if any(units):
        known["unit"] = units
    return known
