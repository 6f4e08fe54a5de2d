"""The answer to a Prometheus range query: a day of samples every 15 seconds, for any number of series."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks import made

STEP_S = 15
POINTS = 24 * 3600 // STEP_S


def make(place: Path, series: int) -> made.Made:
    """Write so many series to `place`."""
    generator = np.random.default_rng(made.SEED)
    start = made.milliseconds(made.START) // 1000
    rows = np.empty((POINTS, 23), dtype=np.uint8)
    rows[:] = np.frombuffer(b'[0000000000,"00.0000"],', dtype=np.uint8)
    rows[:, 1:11] = made.digits(start + STEP_S * np.arange(POINTS, dtype=np.int64), 10)
    total = 0
    with place.open("wb") as file:
        file.write(b'{"status":"success","data":{"resultType":"matrix","result":[')
        for number in range(series):
            values = generator.integers(100_000, 1_000_000, POINTS)
            rows[:, 13:15] = made.digits(values // 10_000, 2)
            rows[:, 16:20] = made.digits(values % 10_000, 4)
            total += int(values.sum())
            labels = f'"__name__":"cabin_temperature","vessel":"gannet-{number:04}","deck":"{number % 7}"'
            file.write(f'{"," if number else ""}{{"metric":{{{labels}}},"values":['.encode())
            file.write(rows.tobytes()[:-1] + b"]}")
        file.write(b"]}}")
    facts = {
        "samples": series * POINTS,
        "series": series,
        "first": made.instant(start * 1000),
        "last": made.instant((start + STEP_S * (POINTS - 1)) * 1000),
        "sum": total / 10_000,
    }
    return made.Made(place, facts)
