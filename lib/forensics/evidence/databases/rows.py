"""Rows on their way into the store, a batch at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa

from forensics.store import Store

BATCH_ROWS = 50_000
BATCH_BYTES = 32 * 1024 * 1024


class Rows:
    """Takes the rows of one piece of evidence, and gives them to the store when there are enough of them."""

    def __init__(self, store: Store, path: str) -> None:
        self.store, self.path = store, path
        self.tables: list[str] = []
        self.numbers: list[int] = []
        self.values: list[str] = []
        self.times: list[datetime | None] = []
        self.held = 0

    def add(self, table: str, number: int, values: str, time: datetime | None = None) -> None:
        """Take one row: its number within its table, its values as a JSON object, when it was written if that is known."""
        self.tables.append(table)
        self.numbers.append(number)
        self.values.append(values)
        self.times.append(time)
        self.held += len(values)
        if self.held > BATCH_BYTES or len(self.numbers) >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Give the store what was taken so far."""
        if self.numbers:
            batch = pa.table(
                {
                    "table": self.tables,
                    "row": self.numbers,
                    "values": pa.array(self.values, pa.large_string()),
                    "time": pa.array(self.times, pa.timestamp("us")),
                }
            )
            self.store.lend("arriving_rows", batch)
            self.store.run("database_rows_add", path=self.path)
            self.store.take_back("arriving_rows")
            self.tables, self.numbers, self.values, self.times, self.held = [], [], [], [], 0

    def add_lines(self, table: str, first: int, lines: Sequence[str], names: list[str], holds: list[str]) -> int:
        """Take the lines of a COPY block, numbered from `first`; return how many have the right number of cells."""
        copied = pa.table({"number": np.arange(first, first + len(lines)), "line": pa.array(lines, pa.large_string())})
        self.store.lend("copied_lines", copied)
        found = {"path": self.path, "table": table, "names": names, "holds": holds}
        [(kept,)] = self.store.rows("database_copied", **found)
        self.store.take_back("copied_lines")
        return int(kept)


def copied_lines(raw: bytes) -> list[str]:
    r"""Give the lines of a COPY block. What has to be written visibly (\xNN) is doubled there, as any backslash is."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        parts = re.split("([\udc80-\udcff]+)", raw.decode("utf-8", "surrogateescape"))
        text = "".join(
            "".join(f"\\\\x{ord(c) - 0xDC00:02x}" for c in part) if odd % 2 else part for odd, part in enumerate(parts)
        )
    return text.replace("\0", "\\\\x00").replace("\r\n", "\n").removesuffix("\n").split("\n")
