"""How the doctor says times and lengths."""

from __future__ import annotations

import re
from datetime import datetime


def placed(time: datetime) -> str:
    """Write a time as people read it."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def stretch(start: datetime, end: datetime) -> str:
    """Write a stretch of time, its day once where it is one day."""
    last = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
    return f"{start:%Y-%m-%d %H:%M:%S} to {last} UTC"


_SECRET = re.compile(
    r"(?i)(--?pass(?:word|wd)?[= ]|(?<!\S)-p(?=[^\s-])|\b(?:pass(?:word|wd)?|pwd|token|secret|api[_-]?key|key)[=:] ?"
    r"|\b(?:bearer|basic) |(?<!\S)(?:-u|--user)[= ][^\s:]+:)[^\s@&\"']+|(?<=://)([^/\s:@]+:)[^\s@/]+(?=@)"
)
"""What a quoted command or message may hold that opens something."""


def shortened(text: str, most: int = 120) -> str:
    """Cut what evidence says to what fits into a sentence, on one line, without what opens something."""
    line = _SECRET.sub(lambda found: f"{found[1] or found[2]}…", " ".join(text.split()))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
