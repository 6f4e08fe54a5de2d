"""Reading one text into the store by its format, and what is remarkable about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa

from forensics.evidence import (
    bodies,
    doctor,
    formats,
    inner_lines,
    logs,
    meanings,
    measures,
    recognition,
    split_lines,
    tables,
    text_clocks,
    unknown_text,
    weekdays,
    windows,
)
from forensics.evidence.incoming import File
from forensics.evidence.recognition import Recognised
from forensics.model import Clock, Evidence, Problem
from forensics.store import Store

WHOLE_TEXT = 64 * 1024 * 1024
"""Of a log up to this size, the text of every event is copied into the store."""


def read(file: File, store: Store, found: Recognised) -> Evidence:
    """Read a text by the format that was recognised, and return its entry."""
    found, several = _outputs(file, found)
    fmt, whole = found.fmt, file.content.size <= WHOLE_TEXT
    measured = _measured(file, store, found)
    if measured is not None and found.how == "fallback" and (measured.mostly or measured.kinds > 1):
        fmt = replace(fmt, **(_NUMBERS if measured.mostly and not several else _OUTPUTS))
    elif found.how == "fallback":
        file.problems.append(
            Problem(
                "unknown-format",
                "text that no declared format fits: read line by line, with times only where a line holds a stamp",
                "forensics formats FILE shows how far each format came",
            )
        )
    stretch = None if whole else _stretch(file, store, fmt)
    hear = partial(_heard, store, frozenset(one.source for one in fmt.lines)) if file.asked.understand else None
    reading = logs.read(store, file.found.path, file.content, fmt, whole=whole, part=stretch, hear=hear)
    own = sum(reading.read.get(one.name, 0) for one in fmt.lines if one.begins == "separator")
    grepped = reading.count.separator > own  # besides what the format itself writes between its lines, these are grep's
    if fmt.pieces and whole:
        reading = _folded(reading, split_lines.join(store, file.found.path, file.content, fmt))
    if fmt.inner and whole:
        reading = _inner(file, store, reading)
    if fmt.body:
        fmt, reading = _completed(store, file.found.path, fmt, reading)
    if not whole:
        file.problems.append(
            Problem(
                "text-by-offset",
                "too large to copy: times, levels and places of all events are kept, text only of those that are loud, "
                "undated or folded; all other text is read from the evidence itself",
            )
        )
    status = file.declared(fmt, reading.read, dated=reading.covers is not None)
    if file.content.unterminated() and fmt.kind != "capture":
        file.problems.append(doctor.unterminated(reading.count.physical))
    if reading.long:
        line, length = reading.longest
        file.problems.append(
            Problem(
                "long-lines",
                f"{reading.long:,} lines are longer than the {logs.LINE_CAP:,} bytes that are looked at and shown; the "
                f"longest has {length:,} bytes; the rest of each can be had back by offset and length",
                line=line,
            )
        )
    if reading.count.quarantined:
        file.problems.append(
            Problem(
                "quarantined",
                f"{reading.count.quarantined:,} of {reading.count.physical:,} lines could not be read; "
                f"{'it is' if reading.count.quarantined == 1 else 'they are'} kept, counted and shown",
            )
        )
    if reading.timeless:
        file.problems.append(
            Problem(
                "unread-times",
                f"{reading.timeless:,} of {reading.count.accepted:,} records hold no time that can be read: they are kept, undated",
                "save it with times in ISO 8601 or as epochs",
                leaves_open="When did they happen?",
            )
        )
    clock, problem = text_clocks.kept(fmt, reading, recognition.sample(file.content.head()))
    if problem is not None and clock.lacks == "date":  # its numbers stand on the same clock
        file.problems[:] = [one for one in file.problems if one.code != "relative-clock"]
    undated = text_clocks.mostly_undated(fmt, reading) if clock.how != "unknown" else None
    altered = weekdays.wrong(recognition.sample(file.content.head())) if fmt.kind == "capture" else None
    file.problems += [one for one in (problem, undated, altered) if one]
    if measured is not None and measured.covers and reading.covers is None:
        how, lacks = ("stated", "") if measured.stated else ("assumed", "zone")
        clock = Clock("UTC", how, 0.0, lacks, fmt.clock_why)  # type: ignore[arg-type]
        reading = replace(reading, covers=measured.covers)
    placed = clock.lacks not in ("year", "date", "order", "epoch")
    covers = _bounds(store, file.found.path) if fmt.into == "changes" else reading.covers if placed else None
    if (
        fmt.into == "changes" and covers and clock.how == "unknown"
    ):  # its dates stand below its commits, each with its offset
        clock = Clock("UTC", "stated", 0.0, "", fmt.clock_why)
    samples = measured.samples if measured is not None and fmt.kind == "metrics" else 0
    entry = file.entry(fmt.kind, fmt.name, status, samples or reading.count.accepted, reading.count, covers, clock)
    entry = replace(entry, grepped=grepped)
    if placed or reading.covers is None:
        return entry
    first, last = (text_clocks.written(time, clock.lacks) for time in reading.covers)
    return replace(entry, own_clock=(first, last))


def _inner(file: File, store: Store, reading: logs.TextReading) -> logs.TextReading:
    """Read the lines that records carry once more, by the format of the program that wrote them."""
    found = inner_lines.refine_stored(store, file.found.path)
    if found is None:
        return reading
    if found.ahead is not None and abs(found.ahead) > tables.CLOSE:
        file.problems.append(
            Problem(
                "two-clocks",
                f"the times inside its messages stand {abs(found.ahead):,.0f} s {'ahead of' if found.ahead > 0 else 'behind'} "
                "those of its records: another zone, or a wrong clock; the records' times are used",
                leaves_open="Which of the two clocks was right?",
            )
        )
    return _folded(reading, found.folded)


def _folded(reading: logs.TextReading, folded: int) -> logs.TextReading:
    """Count so many lines, which began records of their own, as continuing others."""
    count = reading.count
    return replace(reading, count=replace(count, accepted=count.accepted - folded, continued=count.continued + folded))


def _completed(
    store: Store, path: str, fmt: formats.Format, reading: logs.TextReading
) -> tuple[formats.Format, logs.TextReading]:
    """Let events say what the lines below their first tell, where a format declares that; a time among it counts."""
    body, times = bodies.complete(store, path, fmt.body)
    if body is None:
        return fmt, reading
    read = reading.read | {body.name: times}
    return replace(fmt, lines=(*fmt.lines, body)), replace(reading, read=read, covers=_bounds(store, path))


def _bounds(store: Store, path: str) -> tuple[datetime, datetime] | None:
    """Return the first and the last time that a file tells, of those that could be placed."""
    first, last = store.rows("clock_span", path=path)[0]
    return (first, last) if first else None


_NUMBERS: dict[str, Any] = {"name": measures.NUMBERS, "kind": "metrics"}
_OUTPUTS: dict[str, Any] = {"name": measures.OUTPUTS, "kind": "capture", "vantage": "responder's terminal"}


def _heard(store: Store, sources: frozenset[str], events: pa.Table) -> None:
    """Take what quiet events of a large log say, before their text is let go."""
    doctor.hear(store, meanings.hear(store, events, besides=doctor.dropping(), sources=sources))


def _stretch(file: File, store: Store, fmt: formats.Format) -> windows.Part | None:
    """Find the part of a large log that a person asked for, and say what is left out."""
    if not (file.asked.start or file.asked.end):
        return None
    part = windows.part(store, file.content, fmt, file.asked.start, file.asked.end)
    if part is not None:
        file.problems.append(
            Problem(
                "only-a-stretch",
                f"of its {file.content.size:,} bytes only those of the asked stretch are read and counted, from line "
                f"{part.first_line:,} and byte {part.begin:,} to byte {part.end:,}; its times ascend where it was probed",
                "run without start and end to read all of it",
            )
        )
    return part


def _outputs(file: File, found: Recognised) -> tuple[Recognised, bool]:
    """Take a text that holds the outputs of several commands for that, where it looks like one of them, or like steps that somebody
    wrote down, or like a log by the times above them; say whether it is."""
    fmt = found.fmt
    if not (
        (fmt.kind == "capture" and fmt.name != measures.TERMINAL) or (fmt.generic and fmt.kind in ("document", "log"))
    ):
        return found, False
    lines = recognition.sample(file.content.head())
    if not measures.several(fmt.name, lines):
        return found, False
    fits = [fit for fit in map(fmt.first_fit, lines) if fit is not None]
    if fmt.kind == "document" and any(line.startswith("## ") for line in lines):
        return found, False  # what an account quotes is the account's
    begun = sum(pattern.begins == "event" for pattern, *_ in fits)
    if fmt.kind == "log" and begun > len(lines) / 3:
        return found, False
    return Recognised(unknown_text.fallback(lines), "fallback", 0.0), True


def _measured(file: File, store: Store, found: Recognised) -> measures.Measured | None:
    """Read the numbers that the lines of a command's output tell, or of a text that no declared format fits."""
    if found.how != "fallback" and found.fmt.kind not in ("capture", "metrics"):
        return None
    told = measures.read(store, file.found.path, file.content, found.fmt.name, declared_format=found.how != "fallback")
    file.problems += told.problems if told else ()
    return told
