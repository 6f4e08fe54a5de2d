"""Turning the values that JSON records hold into columns of the store, in bulk where they are plain numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forensics.evidence import stamps
from forensics.evidence.paths import Place, pick_all, steps
from forensics.evidence.records import Field
from forensics.evidence.values import EXACT, instant, number, text, truth

Values = Sequence[Any] | npt.NDArray[np.float64]

TIMESTAMP = pa.timestamp("us")
RELEASE_LABELS = frozenset({"version", "environment", "service_version", "release", "pid", "instance_id"})
"""Labels that change when a service is deployed or restarted, while the thing measured stays the same."""

_UNITS_OF_EPOCHS = ((1e17, 10**9), (1e14, 10**6), (1e11, 10**3), (1e8, 1))
_MEASURE = re.compile(r"\s*([+-]?\d+(?:[.]\d+)?(?:[eE][+-]?\d+)?)\s*(%|[A-Za-zµμ][A-Za-zµμ/]{0,11})?\s*")
_UNIT_WORDS = {"percentage": "percent", "pct": "percent", "none": None, "": None, "plain": None, "short": None}
_OUTCOMES = {"TRUE": "ERROR", "2": "ERROR", "FALSE": "OK", "1": "OK", "0": "UNSET", "": "UNSET"}
_SYSLOG = ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG")


# ---- single values -------------------------------------------------------------------------------------------------


def labels(value: Any) -> Any:
    """Return labels as one object, however an export lists them: keys and values, `a:b` texts, typed values."""
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and re.fullmatch(r"[^\s:,]+:[^,]*(?:,[^\s:,]+:[^,]*)*", value):
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
        return (number(found[1]), unit(found[2])) if found else (None, None)
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


def level(value: Any) -> str | None:
    """Return a level's word in capitals; numbers are those of syslog up to 7 and of pino from 10 on."""
    found = number(value)
    if found is None:
        word = None if value is None or isinstance(value, bool) else str(value).upper()
        return None if word is None else stamps.levels().get(word, word)
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
    """Say whether this is a time of day without a zone, which is read as UTC: an assumption to be stated."""
    return isinstance(value, str) and ":" in value and not re.search(r"(?i)(?:z|utc|gmt|[+-]\d\d:?\d\d)\s*$", value)


# ---- columns -------------------------------------------------------------------------------------------------------


def times(values: Values) -> pa.Array:
    """Return instants; epochs of one unit are converted together."""
    found = _epochs(values)
    return pa.array([instant(value) for value in values], TIMESTAMP) if found is None else pa.array(found, TIMESTAMP)


def _plain(values: Values) -> npt.NDArray[Any] | None:
    """Return plain numbers as an array, exact; None where some are no numbers or too large to be kept."""
    if isinstance(values, np.ndarray):
        return values
    kinds = set(map(type, values))
    if not kinds or not kinds <= {int, float}:
        return None
    try:
        found = np.array(values, dtype=np.int64 if kinds == {int} else np.float64)
    except OverflowError:
        return None
    if kinds == {int, float} and np.abs(found[np.isfinite(found)]).max(initial=0) >= EXACT:
        return None
    return found


def _epochs(values: Values) -> npt.NDArray[np.int64] | None:
    found = _plain(values)
    if found is None or not len(found):
        return None
    low, high = found.min(), found.max()
    per_second = next((per for least, per in _UNITS_OF_EPOCHS if low >= least), None)
    if per_second is None or per_second != next((per for least, per in _UNITS_OF_EPOCHS if high >= least), None):
        return None
    if high >= 1e20 or high / per_second >= 1e11:
        return None
    if found.dtype == np.int64:
        return found * (10**6 // per_second) if per_second <= 10**6 else found // (per_second // 10**6)
    return np.rint(found * 1e6 / per_second).astype(np.int64)


def numbers(values: Values) -> pa.Array:
    """Return finite numbers; anything else is missing."""
    found = _plain(values)
    if found is None or (found.dtype == np.int64 and np.abs(found).max(initial=0) > EXACT):
        return pa.array([number(value) for value in values], pa.float64())
    found = found.astype(np.float64)
    return pa.array(found, pa.float64(), mask=~np.isfinite(found))


def read(of: Field, places: Sequence[Place]) -> list[Any]:
    """Return what a field says of each of many elements."""
    if isinstance(of, str):
        return pick_all(places, of)
    parts = [((steps(way) or ("",))[-1], pick_all(places, way)) for way in of]
    each = zip(*(found for _, found in parts), strict=True)
    return [merged([(name, one) for (name, _), one in zip(parts, row, strict=True)]) or None for row in each]


def _each(convert: Callable[[Any], Any], kind: pa.DataType) -> Callable[[Values], pa.Array]:
    """Return a column's conversion that does value after value, the same value once."""

    def column(values: Values) -> pa.Array:
        codes, unlike = _coded(values)
        found = [convert(one) for one in unlike]
        missing = np.isin(codes, [code for code, one in enumerate(found) if one is None])
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), pa.array(found, kind))

    return column


def _coded(values: Values) -> tuple[npt.NDArray[np.int32], list[Any]]:
    """Return a number for each value, and the unlike values by their numbers."""
    kinds = set(map(type, values))
    keys: Iterable[Any]
    if kinds <= {str, type(None)}:
        keys = values
    elif kinds <= {dict, list, type(None)}:
        keys = map(repr, values)
    else:  # 1, 1.0 and true are three values, and one hash
        keys = ((type(one), repr(one)) for one in values)
    known: dict[Any, int] = {}
    unlike: list[Any] = []
    codes = np.empty(len(values), dtype=np.int32)
    for place, (key, value) in enumerate(zip(keys, values, strict=True)):
        code = known.get(key)
        if code is None:
            code = known[key] = len(unlike)
            unlike.append(value)
        codes[place] = code
    return codes, unlike


def told_apart(values: Values) -> pa.Array:
    """Return the labels that tell one thing measured from another, as text."""
    return _texts(series)(values)


def _texts(convert: Callable[[Any], Any]) -> Callable[[Values], pa.Array]:
    return _each(convert, pa.string())


def _as_text(value: Any) -> str | None:
    return text(labels(value))


_text = _texts(text)

COLUMNS: dict[str, dict[str, Callable[[Values], pa.Array]]] = {
    "samples": {
        "name": _text,
        "labels": _texts(_as_text),
        "series": _texts(series),
        "time": times,
        "value": numbers,
        "unit": _texts(unit),
        "clock_s": numbers,
    },
    "probes": {
        "target": _text,
        "time": times,
        "ok": _each(truth, pa.bool_()),
        "response_ms": numbers,
        "status": _each(whole, pa.int32()),
        "detail": _text,
    },
    "events": {
        "time": times,
        "kind": _text,
        "what": _text,
        "who": _text,
        "text": _text,
        "weight": _each(lambda value: int(number(value) or 0), pa.int32()),
    },
    "changes": {
        "id": _text,
        "time": times,
        "kind": _text,
        "service": _text,
        "summary": _texts(first_line),
        "author": _text,
        "files": _text,
        "detail": _text,
    },
    "spans": {
        "trace": _text,
        "span": _text,
        "parent": _text,
        "service": _text,
        "name": _text,
        "time": times,
        "until": times,
        "duration_ms": numbers,
        "status": _texts(outcome),
    },
    "log_events": {"time": times, "level": _texts(level), "source": _text, "message": _texts(message)},
    "incident_records": {
        "id": _text,
        "title": _text,
        "description": _text,
        "status": _text,
        "severity": _text,
        "services": _text,
        "started": times,
        "ended": times,
        "created_by": _text,
        "automatic": _each(truth, pa.bool_()),
        "resolution": _text,
    },
    "people": {"id": _text, "name": _text, "role": _text},
    "security_events": {"time": times, "what": _text, "address": _text, "account": _text, "severity": _text},
}
"""What each table's columns take, beside the place where a record stands."""

NEEDED = {
    "samples": ("name", "time", "value"),
    "probes": ("time", "ok"),
    "events": ("time", "text"),
    "changes": ("summary",),
    "spans": ("span", "time"),
    "log_events": ("message",),
}
"""Without these a record is none, but for a sample's value: a value that is missing is kept as missing."""
