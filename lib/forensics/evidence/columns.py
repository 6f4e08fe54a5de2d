"""Turning the values that JSON records hold into columns of the store, in bulk where they are plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from forensics.evidence import json_values
from forensics.evidence.paths import Place, pick_all, steps
from forensics.evidence.records import Field
from forensics.evidence.values import EXACT, instant, number, text, truth

Values = Sequence[Any] | npt.NDArray[np.float64]

TIMESTAMP = pa.timestamp("us")

_UNITS_OF_EPOCHS = ((1e17, 10**9), (1e14, 10**6), (1e11, 10**3), (1e8, 1))


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


def left_open(values: Values) -> int:
    """Return how many values say that there is none: null, NaN, Inf; as monitoring writes where nothing was measured."""
    if isinstance(values, np.ndarray):
        return int(np.count_nonzero(~np.isfinite(values)))
    return sum(one is None or str(one).strip().lstrip("+-").lower() in _NO_VALUES for one in values)


_NO_VALUES = {"nan", "inf", "infinity"}


def read(of: Field, places: Sequence[Place]) -> list[Any]:
    """Return what a field says of each of many elements."""
    if isinstance(of, str):
        return pick_all(places, of)
    parts = [((steps(way) or ("",))[-1], pick_all(places, way)) for way in of]
    each = zip(*(found for _, found in parts), strict=True)
    return [
        json_values.merged([(name, one) for (name, _), one in zip(parts, row, strict=True)]) or None for row in each
    ]


def _each(convert: Callable[[Any], Any], kind: pa.DataType) -> Callable[[Values], pa.Array]:
    """Return a column's conversion that does value after value, the same value once."""

    def column(values: Values) -> pa.Array:
        codes, unlike = _coded(values)
        return _spread(codes, map(convert, unlike), kind)

    return column


def _spread(codes: npt.NDArray[np.int32], texts: Iterable[Any], kind: pa.DataType | None = None) -> pa.Array:
    """Return the text that each number stands for."""
    found = list(texts)
    missing = np.isin(codes, [code for code, one in enumerate(found) if one is None])
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), pa.array(found, kind or pa.string()))


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


def labelled(values: Values) -> tuple[pa.Array, pa.Array]:
    """Return labels as text, and as text without those that change with a release: what tells series apart."""
    codes, unlike = _coded(values)
    return _spread(codes, map(_as_text, unlike)), _spread(codes, map(json_values.series, unlike))


def _texts(convert: Callable[[Any], Any]) -> Callable[[Values], pa.Array]:
    return _each(convert, pa.string())


def _as_text(value: Any) -> str | None:
    return text(json_values.labels(value))


_text = _texts(text)

COLUMNS: dict[str, dict[str, Callable[[Values], pa.Array]]] = {
    "samples": {
        "name": _text,
        "labels": _texts(_as_text),
        "series": _texts(json_values.series),
        "time": times,
        "value": numbers,
        "unit": _texts(json_values.unit),
        "clock_s": numbers,
    },
    "probes": {
        "target": _text,
        "time": times,
        "ok": _each(truth, pa.bool_()),
        "response_ms": numbers,
        "status": _each(json_values.whole, pa.int32()),
        "detail": _text,
    },
    "events": {
        "time": times,
        "kind": _text,
        "what": _text,
        "who": _text,
        "text": _texts(json_values.said),
        "weight": _each(lambda value: int(number(value) or 0), pa.int32()),
    },
    "changes": {
        "id": _text,
        "time": times,
        "kind": _text,
        "service": _text,
        "summary": _texts(json_values.first_line),
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
        "status": _texts(json_values.outcome),
    },
    "log_events": {
        "time": times,
        "level": _texts(json_values.level),
        "source": _text,
        "message": _texts(json_values.message),
    },
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
