"""Accounting for the records of one file: how many were kept, which were not and why, and what they cover."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence.columns import NEEDED
from forensics.evidence.records import Records


@dataclass(slots=True)
class Account:
    """What came of the records of one file."""

    path: str
    records: int = 0
    covers: tuple[datetime, datetime] | None = None
    refused: Counter[str] = field(default_factory=Counter)
    """Why records were left out, or kept without their value, and how many."""
    left_open: int = 0
    """Points of series whose value is said to be none: they are kept, and nothing is wrong with them."""
    unnamed: int = 0
    """Series that state no name."""
    zoneless: str = ""
    """A time that states no zone, as it is written, if there is one."""
    unread: Counter[str] = field(default_factory=Counter)
    """Times that could not be read, as they are written, of records that are kept without them."""

    def take(self, records: Records, table: pa.Table, left_open: int = 0) -> pa.Table:
        """Leave out the rows that lack what their table needs, count why, and say which file all are from.

        Of rows without a value, so many say that there is none.
        """
        needed = [name for name in NEEDED.get(records.into, ()) if not (name == "time" and records.undated)]
        lacking = _lacking(needed, table)
        for code, count in zip(*np.unique(lacking, return_counts=True), strict=True):
            if code and not records.optional:
                names = [name for number, name in enumerate(needed) if code >> number & 1]
                self.refused[f"{records.into}: no usable {' or '.join(names)}"] += int(count)
        valueless = 1 << needed.index("value") if "value" in needed and not records.optional else 0
        self.left_open += left_open
        if left_open:
            self.refused = +(self.refused - Counter({f"{records.into}: no usable value": left_open}))
        if lacking.any():
            table = table.filter(pa.array((lacking == 0) | (lacking == valueless)))
        self.records += table.num_rows
        for name in ("time", "started"):
            if name in table.column_names:
                self.cover(table[name])
        paths = pa.DictionaryArray.from_arrays(pa.array(np.zeros(table.num_rows, np.int32)), pa.array([self.path]))
        return table.append_column("path", paths)

    def cover(self, times: pa.ChunkedArray) -> None:
        """Widen the covered time by these."""
        ends = pc.min_max(times).as_py()
        if ends["min"] is not None:
            known = self.covers or (ends["min"], ends["max"])
            self.covers = (min(known[0], ends["min"]), max(known[1], ends["max"]))


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
