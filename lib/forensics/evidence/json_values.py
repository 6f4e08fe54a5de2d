"""Single values as JSON exports write them: labels, measures with their units, messages, levels, outcomes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from forensics.evidence import stamps
from forensics.evidence.values import number, text

RELEASE_LABELS = frozenset({"version", "environment", "service_version", "release", "pid", "instance_id"})
"""Labels that change when a service is deployed or restarted, while the thing measured stays the same."""

_MEASURE = re.compile(
    r"\s*([+-]?\d+(?:[.]\d+)?(?:[eE][+-]?\d+)?)(?:\s+(%|[A-Za-zµμ][A-Za-zµμ/]{0,11})|"
    r"(%|[nuµμm]?s|secs?|min|mins|[hdmCFVW]|[kKMGT]?i?[bB](?:/s|ps)?|[kKMGTP]i?|[kMG]?Hz|rpm|rps|qps|req/s|ops/s))?\s*"
)
"""A number, and a unit; one that follows at once must be known, for `9ab` is the beginning of a hash."""
_UNIT_WORDS = {"percentage": "percent", "pct": "percent", "none": None, "": None, "plain": None, "short": None}
_OUTCOMES = {"TRUE": "ERROR", "2": "ERROR", "FALSE": "OK", "1": "OK", "0": "UNSET", "": "UNSET"}
_SYSLOG = ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG")


def labels(value: Any) -> Any:
    """Return labels as one object, however an export lists them: keys and values, `a:b` texts, typed values."""
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and re.fullmatch(r"[^\s:,]+:[^\s,/][^,]*(?:,[^\s:,]+:[^\s,/][^,]*)*", value):
        value = value.split(",")
    if not isinstance(value, list) or not value:
        return value
    if all(isinstance(one, str) for one in value):
        pairs = [one.partition(":") for one in value]
        return {key.strip(): rest for key, mark, rest in pairs if mark} if all(p[1] for p in pairs) else value
    if all(isinstance(one, dict) for one in value):
        named = [
            (one.get("key", one.get("Name", one.get("name"))), one.get("value", one.get("Value"))) for one in value
        ]
        if all(isinstance(key, str) for key, _ in named):
            return {str(key): _typed(found) for key, found in named}
    return value


def _typed(value: Any) -> Any:
    """Return what stands inside `{"stringValue": …}` and its like."""
    if isinstance(value, dict) and len(value) == 1 and str(next(iter(value))).endswith("Value"):
        return next(iter(value.values()))
    return value


def merged(parts: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the labels of several places as one object; what is no object is a label named by its key."""
    found: dict[str, Any] = {}
    for name, part in parts:
        one = labels(part)
        if isinstance(one, dict):
            found.update(one)
        elif one is not None and not isinstance(one, list):
            found[name] = one
    return found


def series(value: Any) -> str | None:
    """Return the labels that tell one thing measured from another, as text."""
    found = labels(value)
    if not isinstance(found, dict):
        return text(found)
    return text({name: one for name, one in found.items() if name not in RELEASE_LABELS and name != "__name__"})


def unit(value: Any) -> str | None:
    """Return a unit as it is written; what only says that there is none is none."""
    found = text(value)
    return _UNIT_WORDS.get(found.lower(), found) if found is not None else None


def measure(value: Any) -> tuple[float | None, str | None]:
    """Return a number and its unit, also from text like "85.34 MB" or "71.1%"; (None, None) for anything else."""
    if isinstance(value, str):
        found = _MEASURE.fullmatch(value)
        return (number(found[1]), unit(found[2] or found[3])) if found else (None, None)
    return number(value), None


def is_measure(value: Any) -> bool:
    """Say whether a value is a number, or text that is nothing but a number and perhaps its unit."""
    if isinstance(value, str):
        return len(value) < 40 and measure(value)[0] is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def message(value: Any) -> str | None:
    """Return a message as text; one that is kept as a list of bytes is decoded, odd bytes visibly."""
    if isinstance(value, list) and value and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        return bytes(value).decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    return text(value)


def said(value: Any) -> str | None:
    """Return what somebody said as text; one that is kept in pieces, some of them with how they are shown, is put together."""
    if isinstance(value, list) and value:
        pieces = [one.get("text") if isinstance(one, dict) else one for one in value]
        if all(isinstance(one, str) for one in pieces):
            return text("".join(map(str, pieces)))
    return text(value)


def level(value: Any) -> str | None:
    """Return a level's word in capitals; numbers are those of syslog up to 7 and of pino from 10 on."""
    found = number(value)
    if found is None:
        word = None if isinstance(value, bool) else text(value)
        return None if word is None else stamps.levels().get(word.upper(), word.upper())
    if 0 <= found <= 7:
        return _SYSLOG[int(found)]
    names = {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL"}
    return names.get(int(found))


def first_line(value: Any) -> str | None:
    """Return the first line of a text: what a change is called, of all that is said about it."""
    found = text(value)
    return found.strip().partition("\n")[0].rstrip() or None if found is not None else None


def outcome(value: Any) -> str | None:
    """Return how a span ended, in the word of the field: OK, ERROR or UNSET; another word stays what it is."""
    found = text(value)
    return None if found is None else _OUTCOMES.get(found.upper().removeprefix("STATUS_CODE_"), found.upper())


def whole(value: Any) -> int | None:
    """Return a whole number, or None."""
    found = number(value)
    return None if found is None else int(found)


def zoneless(value: Any) -> bool:
    """Say whether this is a time of day that states no zone, or letters of none, which is read as UTC: an assumption to
    be stated."""
    return isinstance(value, str) and ":" in value and not stamps.zoned(value.upper())
