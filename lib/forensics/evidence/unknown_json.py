"""JSON of a shape that no format declares: what can be kept of it without knowing what it means, and on which grounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from forensics.evidence import formats, number_words
from forensics.evidence.formats import Format
from forensics.evidence.harvest import Objects
from forensics.evidence.json_text import Held
from forensics.evidence.leaves import leaves
from forensics.evidence.paths import steps
from forensics.evidence.records import Records
from forensics.evidence.values import instant, named, number
from forensics.model import Problem

LOOKED_AT = 200
"""Records of a list by which it is judged."""

SHOWN = 8
"""Names that a sentence lists."""

DEEPEST = 5
"""Levels at which lists of records are looked for."""

UNEVEN, EVENLY = 0.25, 0.8
"""How far a step may differ from the usual one, and how many of the steps may not."""

MOST_EVENTS = 2000
"""Records of one list that become events of the timeline; more of them are kept like lines of a log."""

_BEST_TIMES = re.compile(r"(?i)@?(?:timestamp|time|ts|t|date|datetime|time_?utc)")
_TIMES = re.compile(
    r"(?i)(?:.*[_.@-])?(?:time|timestamp|ts|date|datetime|at|when|start|started|created|updated|epoch|observed|occurred|fired)"
)
_CAMEL_TIMES = re.compile(r".*(?:Time|Timestamp|At|Date|Stamp)(?:Seconds|Secs|Ms|Millis|Nanos|UnixNano)?")
_SECONDS = re.compile(r"(?i)t|t_?s|secs?|seconds?|elapsed(?:_?(?:s|ms))?|offset_?s|uptime_?s|second")
_TEXTS = re.compile(
    r"(?i)event|event_?type|message|msg|text|title|description|summary|state|status|type|action|reason|name|kind|what|note"
)


@dataclass(frozen=True, slots=True)
class _List:
    """A list of objects inside a document, and what its fields seem to be."""

    path: str
    elements: list[dict[str, Any]]
    count: int | None
    """How many there are; None where only a part of the document is there, and they are not counted."""

    @property
    def many(self) -> bool:
        """Whether they are too many for the timeline."""
        return self.count is None or self.count > MOST_EVENTS

    @property
    def sample(self) -> list[dict[str, Any]]:
        return self.elements[:LOOKED_AT]


@dataclass(frozen=True, slots=True)
class _Time:
    """The field taken as the records' time, and why."""

    key: str
    into: str
    """`time`, or `clock_s` for seconds of a clock of the source's own."""
    expression: str
    why: str


def keys(document: Any) -> tuple[str, ...]:
    """Return the keys of a document, or of the objects that it lists."""
    objects = [document] if isinstance(document, dict) else document if isinstance(document, list) else []
    found = {named(key) for one in objects[:LOOKED_AT] if isinstance(one, dict) for key in one}
    return tuple(sorted(found))[:20]


def is_dated(record: dict[str, Any]) -> bool:
    """Say whether an object states a time of its own."""
    return any(_is_time([record], str(key)) for key in record)


def guess(document: Any) -> tuple[Format, list[Problem]] | None:
    """Return a format for this one document, with what must be said of it; None where it holds no records."""
    guessed = [records for one in _lists(document, "", 0) if (records := _guess_list(one))]
    if guessed:
        return _format(guessed)
    return _snapshot(document) if isinstance(document, dict) else None


def guess_lines(objects: Objects, *, more: bool = False) -> tuple[Format, list[Problem]] | None:
    """Return a format for objects of one shape, one a line; or for the records that each of them lists.

    With `more`, other lines follow.
    """
    lines = [one for one, _ in objects if isinstance(one, dict)]
    guessed = _guess_list(_List("", lines, None if more else len(lines)))
    if guessed:
        return _format([guessed])
    nested = [
        replace(one, path=one.path.removeprefix("[]."), count=None if more else one.count)
        for one in _lists(lines, "", 0)
        if one.path != "[]"
    ]
    records = [found for one in nested if (found := _guess_list(one))]
    return _format(records) if records else None


# ---- lists of records ----------------------------------------------------------------------------------------------


def _lists(value: Any, path: str, depth: int) -> Iterator[_List]:
    """Yield every list of objects inside, with its path; lists inside listed objects are one list together."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for key, one in value.items():
            if '"' not in str(key):
                yield from _lists(one, f"{path}.{_quoted(str(key))}".lstrip("."), depth + 1)
    elif isinstance(value, list):
        objects = [one for one in value if isinstance(one, dict)]
        if objects and len(objects) * 2 > len(value):
            held = value if isinstance(value, Held) else None
            yield _List(f"{path}[]", objects, held.objects if held else len(objects))
            inside: dict[str, list[dict[str, Any]]] = {}
            for one in objects:
                for found in _lists(one, f"{path}[]", depth + 1):
                    inside.setdefault(found.path, []).extend(found.elements)
            yield from (_List(where, found, None if held else len(found)) for where, found in inside.items())


def _guess_list(found: _List) -> tuple[list[Records], str] | None:
    """Return the records that a list seems to hold and the words for it; None where no field can be its time."""
    time = _time(found.sample) or _seconds(found.sample)
    if time is None:
        return None
    times = [key for key in _keys(found.sample) if key != time.key and _is_time(found.sample, key)]
    told = [key for key in _keys(found.sample) if _TEXTS.fullmatch(key) and _is_text(found.sample, key)]
    numbers = _numbers(found.sample, frozenset({time.key, *times}))
    measured = _measured(found.sample, time, numbers, told=bool(told))
    tagged = _tagged(found.sample, {time.key, *times, *numbers})
    unclear = [name for name in numbers if name not in measured]
    records = []
    if measured:
        leave = tuple(sorted({*times, time.key, *unclear}))
        into = "probes" if _statuses(found.sample, measured) and time.into == "time" else "samples"
        fields: dict[str, Any] = {time.into: time.expression}
        if into == "samples" and tagged:
            fields["labels"] = tuple(tagged)
        key = (steps(found.path.removesuffix("[]")) or ("",))[-1]
        if into == "samples" and _BARE.fullmatch(measured[0]) and len(measured) == 1 and re.search("[a-z]", key):
            fields["name"] = f"={key}"  # several lists may hold values: each is what its list is called
        records.append(Records(found.path, into, fields, measures=True, leave=leave))
    if time.into == "time" and (not measured or (told and not found.many)):
        records.append(_told(found, time))
    if not records:
        return None
    kept = f"numbers as samples ({_listed(measured)})" if measured else "each as a record of unknown meaning"
    counted = "" if found.count is None else f"{found.count:,} "
    where = f"at {named(found.path)}" if found.path else "one a line"
    whole = len(records) > bool(measured)
    rest = [key for key in _keys(found.sample) if key not in {time.key, *measured, *tagged, *unclear} and not whole]
    left = f"; fields of unknown meaning, no samples: {_listed(unclear)}" if unclear else ""
    left += f"; not kept: {_listed(rest)}" if rest else ""
    return (
        records,
        f"{counted}records {where}, their time from “{named(time.key)}” ({time.why}), {kept}{left}",
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(map(named, names[:SHOWN])) + more


def _told(found: _List, time: _Time) -> Records:
    rest = f"$rest but {time.key}"
    if found.many:
        return Records(found.path, "log_events", {"time": time.expression, "message": rest})
    fields: dict[str, Any] = {"time": time.expression, "kind": "=signal", "what": "=record", "text": rest}
    return Records(found.path, "events", fields)


def _format(guessed: list[tuple[list[Records], str]]) -> tuple[Format, list[Problem]]:
    records = tuple(one for group, _ in guessed for one in group)
    measured = any(one.into in ("samples", "probes") for one in records)
    fmt = replace(formats.named("json-records"), records=records, kind="metrics" if measured else "document")
    told = "; ".join(words for _, words in guessed)
    message = f"JSON of a shape that no declared format fits, so that its meaning is unknown: {told}"
    return fmt, [Problem("unknown-shape", message, "declare it as a format: forensics formats FILE shows the nearest")]


def _keys(sample: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(key) for one in sample for key in one))


def _values(sample: list[dict[str, Any]], key: str) -> list[Any]:
    return [one[key] for one in sample if one.get(key) is not None]


def _is_time(sample: list[dict[str, Any]], key: str) -> bool:
    """Say whether nearly all values of a key are times: dates as text, or epochs under a name that speaks of time."""
    values = _values(sample, key)
    if len(values) * 2 < len(sample) or sum(instant(one) is not None for one in values) < 0.9 * len(values):
        return False
    dated = all(isinstance(one, str) and "-" in one for one in values)
    return dated or _hint(key) > 0


def _hint(key: str) -> int:
    if _BEST_TIMES.fullmatch(key):
        return 2
    return 1 if _TIMES.fullmatch(key) or _CAMEL_TIMES.fullmatch(key) else 0


def _time(sample: list[dict[str, Any]]) -> _Time | None:
    fitting = [key for key in _keys(sample) if _is_time(sample, key)]
    if not fitting:
        return None
    best = max(fitting, key=_hint)
    why = "the only field that holds times" if len(fitting) == 1 else f"of {_listed(fitting)} the likeliest by name"
    return _Time(best, "time", _quoted(best), why)


def _seconds(sample: list[dict[str, Any]]) -> _Time | None:
    """Return a field that counts seconds on a clock of the source's own."""
    for key in _keys(sample):
        values = [number(one) for one in _values(sample, key)]
        known = [one for one in values if one is not None]
        rising = all(a <= b for a, b in pairwise(known))
        if _SECONDS.fullmatch(key) and len(known) == len(sample) > 1 and rising:
            scale = " / 1000" if key.lower().endswith("ms") else ""
            return _Time(
                key, "clock_s", _quoted(key) + scale, "seconds on a clock of its own: no time of day is stated"
            )
    return None


_BARE = re.compile(r"(?i)value|val|v|y")
"""Names that say of a number nothing but that it is one."""


def _quoted(key: str) -> str:
    return key if steps(key) == (key,) and re.fullmatch(r"[\w@-]+", key) else f'"{key}"'


def _numbers(sample: list[dict[str, Any]], leave: frozenset[str]) -> dict[str, list[Any]]:
    """Return all numbers inside, by their names."""
    found: dict[str, list[Any]] = {}
    for one in sample:
        for leaf in leaves(one, leave):
            if leaf.value is not None:
                found.setdefault(leaf.name, []).append(leaf.value)
    return found


def _measured(sample: list[dict[str, Any]], time: _Time, numbers: dict[str, list[Any]], *, told: bool) -> list[str]:
    """Return the names of those numbers that are samples, and not an id, a year or a setting.

    A name that measures says so, and one that counts something, where no text says what happened: then the number belongs
    to that. Any number may be a sample that is read at an even pace, or on a clock of its own, or has a fraction.
    """
    if _statuses(sample, list(numbers)):
        return list(numbers)
    paced = time.into == "clock_s" or _paced(sample, time.key)
    found = []
    for name, values in numbers.items():
        says = number_words.tells(name)
        if says == "label" or _dates(name, values) or (told and len(values) * 2 < len(sample)):
            continue
        broken = any(isinstance(one, float) and not one.is_integer() for one in values)
        if says == "measure" or paced or (not told and (says == "amount" or broken)):
            found.append(name)
    return found


def _dates(name: str, values: list[Any]) -> bool:
    """Say whether numbers are times, under a name that speaks of one."""
    return _hint(name.rpartition(".")[2]) > 0 and all(instant(one) is not None or one == 0 for one in values)


def _paced(sample: list[dict[str, Any]], key: str) -> bool:
    """Say whether records come at an even pace, as readings of a meter do and happenings do not."""
    times = sorted({time for one in sample if (time := instant(one.get(key))) is not None})
    steps_between = [(b - a).total_seconds() for a, b in pairwise(times)]
    usual = median(steps_between) if len(steps_between) > 1 else 0.0
    even = sum(abs(step - usual) <= usual * UNEVEN for step in steps_between)
    return usual > 0 and even >= len(steps_between) * EVENLY


def _statuses(sample: list[dict[str, Any]], measured: list[str]) -> bool:
    """Say whether every number in these records is the status of an HTTP answer."""
    values = [one.get(name) for one in sample for name in measured]
    return 200 in values and all(isinstance(one, int) and (one == 0 or 200 <= one < 600) for one in values)


def _tagged(sample: list[dict[str, Any]], others: set[str]) -> list[str]:
    """Return the keys of short texts that tell the records' subjects apart."""
    found = []
    for key in _keys(sample):
        values = _values(sample, key)
        short = values and all(isinstance(one, str) and len(one) <= 80 for one in values)
        if key not in others and short and len(set(values)) <= max(12, len(sample) // 4):
            found.append(_quoted(key))
    return found


def _is_text(sample: list[dict[str, Any]], key: str) -> bool:
    values = _values(sample, key)
    return bool(values) and all(isinstance(one, str) for one in values)


# ---- one moment ----------------------------------------------------------------------------------------------------


def _snapshot(document: dict[str, Any]) -> tuple[Format, list[Problem]] | None:
    """Return the format of a document that states measures of one moment, judged by the names of its numbers.

    What it lists is left alone: a list of objects without a time may be anything.
    """
    fmt = formats.named("json-snapshot")
    listed = [str(key) for key, one in document.items() if isinstance(one, list)]
    times = [key for key in document if _is_time([document], str(key))]
    time = max(times, key=_hint, default="")
    inside = _numbers([document], frozenset([*times, *listed]))
    mute = [name for name, values in inside.items() if number_words.tells(name) == "label" or _dates(name, values)]
    found = [name for name in inside if name not in mute]
    spoken = [name for name in found if re.search(fmt.speaks, name)]
    if len(spoken) < 2 or len(spoken) * 2 < len(found):
        return None
    if time:
        message = (
            f"one moment, no series: {len(found)} values at the time in “{named(time)}”; how long they held is not told"
        )
        fields, undated = {"time": _quoted(time)}, False
    else:
        message = f"{len(found)} values without any time: of which moment they are, this document does not say"
        fields, undated = {}, True
    if mute:
        message += f"; fields of unknown meaning, no samples: {_listed(mute)}"
    leave = tuple(sorted([*times, *listed, *mute]))
    records = Records("", "samples", dict(fields), measures=True, leave=leave, undated=undated)
    code = "one-moment" if time else "no-time"
    remedy = "ask for a range of time, or save the answer every few seconds with the time before it"
    return replace(fmt, records=(records,)), [Problem(code, message, remedy, leaves_open="When did the issue start?")]
