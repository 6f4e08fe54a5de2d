"""How a length of time and a number are said, and a text cut at a length, in findings, problems and reports alike."""

from __future__ import annotations

import re
from datetime import timedelta


def lasting(length: timedelta | float) -> str:
    """Say how long something lasted, in its two greatest units; under ten seconds to the tenth.

    Seconds stand for themselves up to a minute: 570 is “9 min 30 s”, 90061 is “1 d 1 h”, 2.5 is “2.5 s”. What is less than
    a twentieth of a second is “less than 0.1 s”, nothing at all “0 s”. The exact number is in the claim and in the result.
    """
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    if 0 < seconds < 0.05:
        return "less than 0.1 s"
    if 0 < seconds < 9.95 and round(seconds, 1) != int(seconds):
        return f"{seconds:.1f} s" if round(seconds, 1) != round(seconds) else f"{round(seconds)} s"
    whole = round(seconds)
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join([f"{count} {unit}" for count, unit in parts if count][:2]) or "0 s"


def quantity(value: float, unit: str = "") -> str:
    """Say a number with its unit, without digits that nobody measured: two behind the point below ten, else one, none where it is whole."""
    digits = 0 if float(value).is_integer() else 1 if abs(value) >= 10 else 2
    said = f"{value:,.{digits}f}"
    said = said.rstrip("0").rstrip(".") if digits else said
    return f"{said} {unit}" if unit else said


def cut(text: str, most: int = 120) -> str:
    """Return a text of so many letters at most; an ellipsis says that there was more.

    No word is cut in two where that leaves half of the letters or more: of a half name or key nobody could tell what it is, nor
    that it is to be hidden.
    """
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    if not text[most - 1].isspace():
        words = re.split(r"\s\S*$", kept)[0]
        kept = words if 2 * len(words) >= most else kept
    return f"{kept.rstrip()}…"
