"""A log of JSON lines as a Node.js logger writes them: numeric levels, milliseconds since 1970."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import numpy as np

from benchmarks import made

BLOCK = 8 * made.MEGABYTE
TIME = b"0000000000000"
LEVELS, OFTEN = (20, 30, 40, 50), (10, 80, 7, 3)


def make(place: Path, megabytes: float) -> made.Made:
    """Write about so many megabytes to `place`."""
    random, generator = Random(made.SEED), np.random.default_rng(made.SEED)  # noqa: S311  no secret: it must repeat
    wanted = int(megabytes * made.MEGABYTE)
    raw, counts = _block(random, min(BLOCK, wanted // 2))
    block = np.frombuffer(raw, dtype=np.uint8).copy()
    places = np.array([found.start() for found in re.finditer(TIME, raw)], dtype=np.int64)
    times = max(1, round(wanted / len(raw)))
    mean = made.SPAN / timedelta(milliseconds=1) / (len(places) * times)
    last = made.milliseconds(made.START)
    with place.open("wb") as file:
        for _ in range(times):
            rising = made.rising(generator, last, len(places), mean)
            made.put(block, places, made.digits(rising, 13))
            file.write(block.data)
            last = int(rising[-1])
    facts = {
        "events": counts["lines"] * times,
        "dated": counts["lines"] * times,
        "errors": counts["errors"] * times,
        "first": made.instant(made.milliseconds(made.START)),
        "last": made.instant(last),
        "last_line": counts["lines"] * times,
        "length": (len(raw) - counts["lines"]) * times,
    }
    return made.Made(place, facts)


def _block(random: Random, size: int) -> tuple[bytes, Counter[str]]:
    lines: list[bytes] = []
    length, counts = 0, Counter[str]()
    while length < size:
        level = random.choices(LEVELS, OFTEN)[0]
        record = {
            "level": level,
            "time": 0,
            "pid": 411,
            "hostname": "quay-1",
            "reqId": f"{random.randrange(16**8):08x}",
            "req": {"method": "GET", "url": f"/sailings/{random.randint(1, 99)}", "remoteAddress": "192.0.2.7"},
            "res": {"statusCode": 500 if level == 50 else 200},
            "responseTime": random.randint(1, 900),
            "msg": "request errored" if level == 50 else "request completed",
        }
        text = json.dumps(record, separators=(",", ":")).encode().replace(b'"time":0', b'"time":' + TIME)
        lines.append(text + b"\n")
        length += len(text) + 1
        counts["lines"] += 1
        counts["errors"] += level == 50
    return b"".join(lines), counts
