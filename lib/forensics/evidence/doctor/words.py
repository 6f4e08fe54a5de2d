"""How the doctor says times and lengths."""

from __future__ import annotations

import re
from datetime import datetime, timedelta


def placed(time: datetime) -> str:
    """Write a time as people read it."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def stretch(start: datetime, end: datetime) -> str:
    """Write a stretch of time, its day once where it is one day."""
    last = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    return f"{start:%Y-%m-%d %H:%M:%S} to {last} UTC"


def lasting(length: timedelta | float) -> str:
    """Say how long something lasted, in its two greatest units."""
    seconds = round(length.total_seconds() if isinstance(length, timedelta) else length)
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    return " ".join([f"{count} {unit}" for count, unit in parts if count][:2]) or "0 s"


_SECRET = re.compile(
    r"(?i)(--?pass(?:word|wd)?[= ]|(?<!\S)-p(?=[^\s-])|\b(?:pass(?:word|wd)?|pwd|token|secret|api[_-]?key|key)[=:] ?"
    r"|\b(?:bearer|basic) |(?<!\S)(?:-u|--user)[= ][^\s:]+:)[^\s@&\"']+|(?<=://)([^/\s:@]+:)[^\s@/]+(?=@)"
)
"""What a quoted command or message may hold that opens something."""


def shortened(text: str, most: int = 120) -> str:
    """Cut what evidence says to what fits into a sentence, on one line, without what opens something."""
    line = _SECRET.sub(lambda found: f"{found[1] or found[2]}…", " ".join(text.split()))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
