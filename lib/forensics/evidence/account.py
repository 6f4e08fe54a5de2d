"""Accounting for the records of one file: how many were kept, which were not and why, and what they cover."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence.columns import NEEDED
from forensics.evidence.records import Records
from forensics.evidence.values import EPOCH

_TOTAL = re.compile(r"(?i)[_.](?:total|count|sum|bucket|errors|requests)$")
"""Names that running totals have."""


@dataclass(slots=True)
class Total:
    """How a running total moved, in all its series."""

    falls: int = 0
    resets: int = 0
    """Falls to less than half."""
    rises: int = 0
    first: tuple[datetime, float, float] | None = None
    """When it fell first, from what, and to what."""

    @property
    def began_again(self) -> bool:
        """Whether its falls are those of a counter that began again: deep, and few beside its rises."""
        return self.resets > 0 and self.falls == self.resets and self.rises >= 4 * self.resets


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
    unitless: set[str] = field(default_factory=set)
    """What was measured in a unit that is not stated."""
    totals: dict[str, Total] = field(default_factory=dict)

    def take(self, records: Records, table: pa.Table) -> pa.Table:
        """Leave out the rows that lack what their table needs, count why, and say which file all are from."""
        needed = [name for name in NEEDED.get(records.into, ()) if not (name == "time" and records.undated)]
        lacking = _lacking(needed, table)
        for code, count in zip(*np.unique(lacking, return_counts=True), strict=True):
            if code and not records.optional:
                names = [name for number, name in enumerate(needed) if code >> number & 1]
                self.refused[f"{records.into}: no usable {' or '.join(names)}"] += int(count)
        valueless = 1 << needed.index("value") if "value" in needed and not records.optional else 0
        if lacking.any():
            table = table.filter(pa.array((lacking == 0) | (lacking == valueless)))
        self.records += table.num_rows
        for name in ("time", "started"):
            if name in table.column_names:
                self._cover(table[name])
        if records.into == "samples" and table.num_rows:
            self._measured(table)
        paths = pa.DictionaryArray.from_arrays(pa.array(np.zeros(table.num_rows, np.int32)), pa.array([self.path]))
        return table.append_column("path", paths)

    def _cover(self, times: pa.ChunkedArray) -> None:
        """Widen the covered time by these."""
        ends = pc.min_max(times).as_py()
        if ends["min"] is not None:
            known = self.covers or (ends["min"], ends["max"])
            self.covers = (min(known[0], ends["min"]), max(known[1], ends["max"]))

    def _measured(self, table: pa.Table) -> None:
        names = table["name"]
        bare = names.filter(table["unit"].is_null()) if "unit" in table.column_names else names
        self.unitless.update(pc.unique(bare).to_pylist())
        if "time" in table.column_names:
            _count_falls(table, self.totals)


def _lacking(needed: list[str], table: pa.Table) -> npt.NDArray[np.int64]:
    """Return, for each row, which of the needed values are missing, as bits."""
    lacking = np.zeros(table.num_rows, dtype=np.int64)
    for number, name in enumerate(needed):
        if name not in table.column_names:
            missing = np.ones(table.num_rows, dtype=bool)
        elif table[name].null_count == 0:
            continue
        else:
            missing = table[name].is_null().to_numpy()
        lacking |= missing.astype(np.int64) << number
    if "clock_s" in table.column_names and "time" in needed:
        lacking[table["clock_s"].is_valid().to_numpy()] &= ~(1 << needed.index("time"))
    return lacking


def _count_falls(table: pa.Table, totals: dict[str, Total]) -> None:
    """Count how the running totals among some rows moved from one reading of a series to the next."""
    code, names = _coded(table["name"])
    wanted = [number for number, name in enumerate(names) if _TOTAL.search(name)]
    if not wanted:
        return
    series, _ = _coded(table["series"]) if "series" in table.column_names else (np.zeros_like(code), [])
    time, value = table["time"].cast(pa.int64()).to_numpy(), table["value"].to_numpy()
    kept = np.flatnonzero(np.isin(code, wanted) & np.isfinite(value))
    code, series, time, value = code[kept], series[kept], time[kept], value[kept]
    whose = code * (int(series.max(initial=0)) + 2) + series
    if not np.all((whose[1:] > whose[:-1]) | ((whose[1:] == whose[:-1]) & (time[1:] >= time[:-1]))):
        order = np.lexsort((time, whose))
        code, whose, time, value = code[order], whose[order], time[order], value[order]
    same, step = whose[1:] == whose[:-1], value[1:] - value[:-1]
    fell = np.flatnonzero(same & (step < 0))
    count = len(names)
    rises = np.bincount(code[1:][same & (step > 0)], minlength=count)
    falls = np.bincount(code[fell], minlength=count)
    resets = np.bincount(code[fell[value[fell + 1] < value[fell] / 2]], minlength=count)
    fell = fell[np.lexsort((time[fell + 1], code[fell]))]
    firsts = dict(zip(*np.unique(code[fell], return_index=True), strict=True))
    for number in wanted:
        total = totals.setdefault(names[number], Total())
        total.falls += int(falls[number])
        total.resets += int(resets[number])
        total.rises += int(rises[number])
        if number in firsts:
            place = int(fell[firsts[number]])
            first = (EPOCH + timedelta(microseconds=int(time[place + 1])), float(value[place]), float(value[place + 1]))
            total.first = min(total.first or first, first)


def _coded(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return a number for each text of a column, and the texts by their numbers; -1 is a missing text."""
    whole = column.combine_chunks()
    if pa.types.is_dictionary(whole.type):
        keys = whole.dictionary.dictionary_encode()
        codes = keys.indices.take(whole.indices)
    else:
        keys = whole.dictionary_encode()
        codes = keys.indices
    return codes.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64), keys.dictionary.to_pylist()
