"""The smallest pieces of evidence, written by hand: lines of a request log, samples, messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

NOON = datetime(2031, 4, 2, 12)
"""Every small world begins here, on a whole bucket."""

BUCKET = 30
"""Seconds."""


def at(seconds: float) -> datetime:
    """Return a time so many seconds after the world began."""
    return NOON + timedelta(seconds=seconds)


def iso(seconds: float) -> str:
    """Write that time as logs and results do, to the millisecond."""
    return at(seconds).isoformat(timespec="milliseconds") + "Z"


def short(seconds: float) -> str:
    """Write that time as results do when it has no part of a second."""
    return at(seconds).isoformat() + "Z"


def within(seconds: float) -> str:
    """Write the last instant that a stamp of whole seconds may mean."""
    return short(seconds + 0.999999)


def epoch_ms(seconds: float) -> int:
    """Write that time as exports do."""
    return round(at(seconds).replace(tzinfo=UTC).timestamp() * 1000)


def request(
    seconds: float, *, failed: bool = False, ms: int = 50, ip: str = "192.0.2.7", error: str = "", path: str = "/api/x"
) -> str:
    """Return the line of a request that completed at this second."""
    level, what, status = ("ERROR", "Request failed", 500) if failed else ("INFO", "Request completed", 200)
    name = f"req_{epoch_ms(seconds) - ms}_{round(seconds * 1000):09d}"
    told = f" | Error: {error}" if error else ""
    return f"[{iso(seconds)}] {level} [{name}] {what} | GET {path} | IP: {ip} | Time: {ms}ms | Status: {status}{told}"


def traffic(*buckets: int | None, of: int = 20, start: float = 0, error: str = "") -> str:
    """Return a log of buckets of thirty seconds, each with so many failures; None is a bucket without a request."""
    lines = []
    for place, failed in enumerate(buckets):
        if failed is not None:
            lines += [
                request(
                    start + BUCKET * (place + number / of),
                    failed=number < failed,
                    error=error if number < failed else "",
                )
                for number in range(of)
            ]
    return log(lines)


def slow_traffic(*buckets: int, of: int = 20) -> str:
    """Return a log of buckets of thirty seconds, in each of which all requests take so many milliseconds."""
    return log(
        request(BUCKET * (place + number / of), ms=ms) for place, ms in enumerate(buckets) for number in range(of)
    )


def failed_login(seconds: float, ip: str = "192.0.2.66", account: str = "nora@example.com") -> str:
    """Return the line of a login that was refused."""
    return f'[{iso(seconds)}] WARN [auth] FAILED_LOGIN {ip} {account} | {{"ip":"{ip}"}} | tags: [SECURITY, auth]'


def good_login(seconds: float, ip: str = "192.0.2.66", account: str = "nora@example.com") -> str:
    """Return the line of a login that worked."""
    return f'[{iso(seconds)}] INFO [auth] LOGIN_SUCCESS {ip} {account} | {{"ip":"{ip}","userId":3}}'


def log(lines: Iterable[str]) -> str:
    """Return lines as the text of a file."""
    return "".join(f"{line}\n" for line in lines)


def samples(name: str, readings: Sequence[tuple[float, Any]], unit: str | None = "percent") -> str:
    """Return an export of one metric, as a flat list of records."""
    said = {"unit": unit} if unit is not None else {}
    return json.dumps(
        [
            {"name": name, "value": value, "type": "gauge", "tags": {}, "timestamp": epoch_ms(second), **said}
            for second, value in readings
        ]
    )


def every(seconds: float, *values: Any, start: float = 0) -> list[tuple[float, Any]]:
    """Return readings at equal distances; None is a reading that is not there."""
    return [(start + place * seconds, value) for place, value in enumerate(values) if value is not None]


def messages(*said: tuple[float, str, str]) -> str:
    """Return a chat export of (second, user, text)."""
    return json.dumps(
        [
            {"type": "message", "user": user, "text": text, "ts": f"{epoch_ms(second) / 1000:.6f}"}
            for second, user, text in said
        ]
    )
