"""Evidence for measuring, made in bulk from a fixed seed; each maker knows what is in what it made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

SEED = 2031
START = datetime(2031, 4, 2, 7, 30)
SPAN = timedelta(hours=26)
MEGABYTE = 10**6

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Made:
    """One file, and what is true of it."""

    place: Path
    facts: dict[str, Any]
    """By name: what a reading of the file must find."""

    @property
    def size(self) -> int:
        """Bytes."""
        return self.place.stat().st_size


def milliseconds(time: datetime) -> int:
    """Return the milliseconds since 1970 of a time in UTC."""
    return (time - datetime(1970, 1, 1)) // timedelta(milliseconds=1)


def instant(epoch_ms: float) -> str:
    """Write a time since 1970 as stores give it back."""
    return (datetime(1970, 1, 1) + timedelta(milliseconds=epoch_ms)).isoformat(timespec="microseconds")


def digits(values: Integers, width: int, base: int = 10) -> Bytes:
    """Return each value as a row of `width` digits, 0-9 and then a-z."""
    rows = np.empty((len(values), width), dtype=np.uint8)
    rest = values.copy()
    for place in range(width - 1, -1, -1):
        rest, rows[:, place] = np.divmod(rest, base)
    return (rows + np.where(rows < 10, ord("0"), ord("a") - 10)).astype(np.uint8)


def stamps(times: Integers) -> Bytes:
    """Return times in milliseconds since 1970 as rows of ISO 8601 without a zone, `2031-04-02T07:30:05.120`."""
    seconds, thousandths = np.divmod(times, 1000)
    days, seconds = np.divmod(seconds, 86_400)
    first = int(days[0])
    texts = [str(np.datetime64(day, "D")) for day in range(first, int(days[-1]) + 1)]
    dates = np.array([list(text.encode()) for text in texts], dtype=np.uint8)[days - first]
    rows = np.empty((len(times), 23), dtype=np.uint8)
    rows[:] = np.frombuffer(b"0000-00-00T00:00:00.000", dtype=np.uint8)
    rows[:, :10] = dates
    for place, values, width in (
        (11, seconds // 3600, 2),
        (14, seconds // 60 % 60, 2),
        (17, seconds % 60, 2),
        (20, thousandths, 3),
    ):
        rows[:, place : place + width] = digits(values, width)
    return rows


def put(block: Bytes, places: Integers, rows: Bytes) -> None:
    """Write each row of characters at its place in a block."""
    block[places[:, None] + np.arange(rows.shape[1])] = rows


def rising(generator: np.random.Generator, first: int, count: int, mean: float) -> Integers:
    """Return `count` times that never fall, the first of them `first`, about `mean` milliseconds apart."""
    gaps = generator.integers(0, max(1, round(2 * mean)) + 1, count)
    gaps[0] = 0
    return (first + np.cumsum(gaps)).astype(np.int64)
