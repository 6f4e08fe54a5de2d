"""An application log of any size: logger lines, requests, stack traces, objects without a time, over 26 hours."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks import made

BLOCK = 8 * made.MEGABYTE
KINDS_OF_BLOCK = 4
STAMP = "0000-00-00T00:00:00.000"
ROUTES = ("/sailings", "/sailings/17", "/bookings", "/bookings/4711/seats", "/harbours", "/tides", "/login", "/account")
SOURCES = ("app", "auth.session", "booking.seats", "tides.import", "cache", "mail.outbox")
SAYINGS = (
    'Sailing published | {"vessel":"Gannet","seats":120}',
    "Tide table renewed | tags: [tides, import]",
    "Cache warmed in 12 entries",
    'Seat held | {"deck":2,"row":14,"held_for_s":600}',
    "Mail handed to the outbox",
)
FAULTS = (
    "no such table: moorings",
    "database is locked",
    "timeout of 5000ms exceeded",
    "connect ECONNREFUSED 192.0.2.9",
)
NOISE = ("Health check registered: tides", "Email alert would be sent to: [ 'harbour@example.org' ]")


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines whose times and ids are still to be written."""

    text: made.Bytes
    stamps: made.Integers
    """Places of the times."""
    ids: made.Integers
    """Places of the requests' ids, two for each request: where it started and where it ended."""
    begun: made.Integers
    """For each request, which of the stamps it started at."""
    counts: Counter[str]


def make(place: Path, megabytes: float) -> made.Made:
    """Write about so many megabytes to `place`."""
    random, generator = Random(made.SEED), np.random.default_rng(made.SEED)  # noqa: S311  no secret: it must repeat
    wanted = int(megabytes * made.MEGABYTE)
    blocks = [_block(random, min(BLOCK, wanted // 4)) for _ in range(KINDS_OF_BLOCK)]
    order = [blocks[number % KINDS_OF_BLOCK] for number in range(max(1, round(wanted / len(blocks[0].text))))]
    mean = made.SPAN / timedelta(milliseconds=1) / sum(len(block.stamps) for block in order)
    window = [made.milliseconds(made.START + timedelta(hours=hours)) + 0.5 for hours in (12, 13)]
    counts: Counter[str] = Counter()
    time, request, inside, size = made.milliseconds(made.START), 0, 0, 0
    with place.open("wb") as file:
        for block in order:
            times = made.rising(generator, time, len(block.stamps), mean)
            file.write(_written(block, times, request).data)
            low, high = np.searchsorted(times, window)
            time, request = int(times[-1]), request + len(block.begun)
            inside, size = inside + int(high - low), size + len(block.text)
            counts += block.counts
    return made.Made(place, _facts(counts, size, time, window, inside))


def _facts(counts: Counter[str], size: int, last: int, window: list[float], inside: int) -> dict[str, Any]:
    events = counts["dated"] + counts["undated"]
    return {
        "events": events,
        "dated": counts["dated"],
        "errors": counts["errors"],
        "first": made.instant(made.milliseconds(made.START)),
        "last": made.instant(last),
        "last_line": counts["lines"],
        "length": size - events,  # every event but for its last line end
        "window": [made.instant(edge) for edge in window],
        "inside": inside,
    }


def _written(block: _Block, times: made.Integers, request: int) -> made.Bytes:
    text = block.text.copy()
    made.put(text, block.stamps, made.stamps(times))
    numbers = (np.arange(request, request + len(block.begun)) * 48_271_000_003 + 7) % 36**9
    ids = np.hstack([made.digits(times[block.begun], 13), np.full((len(numbers), 1), ord("_"), np.uint8)])
    ids = np.hstack([ids, made.digits(numbers, 9, base=36)])
    made.put(text, block.ids, np.repeat(ids, 2, axis=0))
    return text


ID = "0" * 13 + "_" + "-" * 9


def _block(random: Random, size: int) -> _Block:
    parts: list[str] = []
    length, counts = 0, Counter[str]()
    while length < size:
        part = random.choices((_requests, _logger, _stack, _security, _console, _noise), (52, 14, 2, 2, 0.5, 0.3))[0](
            random
        )
        parts.append(part)
        length += len(part)
    raw = "".join(parts).encode()
    dated = [found.start() for found in re.finditer(re.escape(STAMP.encode()), raw)]
    ids = [found.start() for found in re.finditer(re.escape(ID.encode()), raw)]
    counts["dated"], counts["lines"] = len(dated), raw.count(b"\n")
    counts["undated"] = len(re.findall(rb"(?m)^[^\[ }]|^\[SECURITY", raw))
    counts["errors"] = raw.count(b"Z] ERROR ")
    stamps = np.array(dated, dtype=np.int64)
    started = np.searchsorted(stamps, np.array(ids[::2], dtype=np.int64)) - 1
    return _Block(
        np.frombuffer(raw, dtype=np.uint8), stamps, np.array(ids, dtype=np.int64), started.astype(np.int64), counts
    )


def _line(level: str, source: str, message: str) -> str:
    return f"[{STAMP}Z] {level} [{source}] {message}\n"


def _requests(random: Random) -> str:
    """One request from its start to its end."""
    request = (
        f"{random.choice(('GET', 'GET', 'GET', 'POST'))} {random.choice(ROUTES)} | IP: 192.0.2.{random.randint(1, 254)}"
    )
    user = f" | User: {random.randint(1, 5000)}" if random.random() < 0.4 else ""
    took = f" | Time: {random.randint(1, 900)}ms" if random.random() < 0.95 else ""
    start = _line("INFO", f"req_{ID}", f"Request started | {request}{user}")
    if random.random() < 0.02:
        end = f"Request failed | {request}{user}{took} | Status: 500 | Error: {random.choice(FAULTS)}"
        return start + _line("ERROR", f"req_{ID}", end)
    status = random.choices((200, 201, 304, 404), (80, 8, 8, 4))[0]
    level = "WARN" if status == 404 else "INFO"
    return start + _line(level, f"req_{ID}", f"Request completed | {request}{user}{took} | Status: {status}")


def _logger(random: Random) -> str:
    level = random.choices(("DEBUG", "INFO", "WARN"), (3, 6, 1))[0]
    return _line(level, random.choice(SOURCES), random.choice(SAYINGS))


def _stack(random: Random) -> str:
    """An error with its stack trace, a dozen lines."""
    frames = "".join(
        f"    at Quay.{random.choice(('moor', 'cast', 'load'))} (/srv/ferry/quay.js:{random.randint(1, 900)}:{n})\n"
        for n in range(11)
    )
    return _line("ERROR", random.choice(SOURCES), f"TypeError: {random.choice(FAULTS)}") + frames


def _security(random: Random) -> str:
    """An object over several lines, without a time."""
    level, address = random.choice(("LOW", "MEDIUM", "HIGH")), random.randint(1, 254)
    inner = (
        f"  ip: '192.0.2.{address}',\n  userAgent: 'Mozilla/5.0',\n  details: {{ attempt: {random.randint(1, 9)} }}\n"
    )
    return f"[SECURITY-{level}] login_failure: Invalid email or password {{\n{inner}}}\n"


def _console(random: Random) -> str:
    inner = f"  category: 'database',\n  message: '{random.choice(FAULTS)}',\n  context: {{ table: 'sailings' }}\n"
    return f"🚨 Database Error: {{\n{inner}}}\n"


def _noise(random: Random) -> str:
    return random.choice(NOISE) + "\n"
