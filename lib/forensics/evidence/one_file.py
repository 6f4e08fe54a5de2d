"""Reading one file of the incident folder into the store: unpack, recognise, read, account, name what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from forensics.evidence import (
    archives,
    bodies,
    databases,
    doctor,
    documents,
    formats,
    inner_lines,
    intake,
    logs,
    meanings,
    measures,
    packed,
    recognition,
    stamps,
    tables,
    unread,
    windows,
)
from forensics.evidence.lines import Content
from forensics.evidence.patterns import LinePattern
from forensics.evidence.recognition import Recognised
from forensics.model import Clock, Evidence, LineCount, Problem, Status
from forensics.store import Store

WHOLE_TEXT = 64 * 1024 * 1024
"""Of a log up to this size, the text of every event is copied into the store."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of each file."""

    start: datetime | None = None
    end: datetime | None = None
    """Of large logs, only this stretch is read."""
    understand: bool = True
    """What messages mean is wanted as well."""


@dataclass(slots=True)
class _File:
    """One file on its way into the store."""

    found: intake.Found
    content: Content
    problems: list[Problem]
    asked: Asked

    def entry(
        self,
        kind: str = "unknown",
        fmt: str | None = None,
        status: Status = "ok",
        records: int = 0,
        lines: LineCount | None = None,
        covers: tuple[datetime, datetime] | None = None,
        clock: Clock | None = None,
    ) -> Evidence:
        if status == "ok" and any(p.code in _SPOILING for p in self.problems):
            status = "partial"
        return Evidence(
            path=self.found.path,
            sha256=self.found.sha256,
            size=self.found.size,
            kind=kind,
            format=fmt,
            status=status,
            records=records,
            lines=lines,
            covers=covers,
            clock=clock or Clock(zone="", how="unknown"),
            problems=tuple(doctor.advise(self.found.path, problem) for problem in self.problems),
            path_base64=self.found.path_base64,
        )


_SPOILING = {
    *("cut", "packed-damaged", "unpacks-too-large", "trailing-bytes", "unknown-format", "records-refused"),
    *("changed-during-run", "no-room"),
}


def read_one(
    one: intake.Found,
    store: Store,
    work: Path,
    number: int,
    companions: dict[tuple[str, str], str],
    found: list[intake.Found],
    asked: Asked,
) -> Evidence:
    """Read a file into the store; it may have changed, or vanished, since it was found."""
    try:
        unfolded = packed.unfold(one.place, work, f"unpacked-{number}")
        content = Content(unfolded.place)
    except OSError as error:
        problem = intake.altered(one) or Problem("unreadable", f"could not be read: {error.strerror or error}")
        return not_read(one, (*one.problems, problem))
    try:
        if unfolded.refused:
            return not_read(one, (*one.problems, *unfolded.problems))
        file = _File(one, content, [*one.problems, *unfolded.problems], asked)
        entry = _recognise(file, store, work, unfolded.place, databases.beside(one, companions, found))
    finally:
        content.close()
        if unfolded.place != one.place:
            unfolded.place.unlink(missing_ok=True)
    changed = intake.altered(one)
    if changed is None:
        return entry
    return replace(
        entry, status="partial" if entry.status == "ok" else entry.status, problems=(*entry.problems, changed)
    )


def not_read(one: intake.Found, problems: tuple[Problem, ...]) -> Evidence:
    """Return the entry of what is not read, and why."""
    return replace(_UNREAD, **_about(one), problems=tuple(doctor.advise(one.path, problem) for problem in problems))


_UNREAD = Evidence("", "", 0, status="unreadable", clock=Clock("", "unknown"))


def _about(one: intake.Found) -> dict[str, Any]:
    return {"path": one.path, "sha256": one.sha256, "size": one.size, "path_base64": one.path_base64}


def archive(one: intake.Found, found: list[intake.Found]) -> Evidence:
    """Return the entry of an archive: its members have their own; what was refused of it is said here."""
    members = any(other.member and other.path.startswith(one.path + archives.BETWEEN) for other in found)
    status: Status = "ok" if not one.problems else "partial" if members else "unreadable"
    return replace(not_read(one, one.problems), kind="document", format=one.archive, status=status)


def _recognise(file: _File, store: Store, work: Path, place: Path, companions: dict[str, Path]) -> Evidence:
    head = file.content.head()
    if file.content.size == 0:
        file.problems.append(doctor.empty())
        return file.entry(status="empty")
    if databases.is_database(head) or databases.is_dump(head):
        return _database(file, store, work, place, companions, is_dump=not databases.is_database(head))
    page = doctor.html_page(head)
    if page:
        file.problems.append(page)
        return file.entry(fmt="html-page", status="error-payload")
    answer = doctor.answer(head)
    if answer is not None:
        return _text(file, store, Recognised(answer, "exact", 1.0))
    named = unread.named(head)
    if named is None and archives.kind(head):
        named = Problem("archive", "an archive of files: not opened", "unpack it into the folder")
    if named is not None:
        file.problems.append(named)
        return file.entry(status="unreadable")
    head = file.content.after_nuls()
    if _binary(head):
        file.problems.append(Problem("binary", "binary data in no form that we read", "export it as text or JSON"))
        return file.entry(status="unreadable")
    found = recognition.recognise(recognition.sample(head), recognition.sample(file.content.tail(65536))[1:])
    if _surely_log(found):
        return _text(file, store, found)
    text = head.decode("utf-8-sig", "backslashreplace")
    if documents.looks_like_json(text):
        entry = _document(file, store)
        if entry is not None:
            return entry
    return _table(file, store) or _text(file, store, found)


def _surely_log(found: Recognised) -> bool:
    """Say whether a text is a log by a declared format, so that it is neither taken for a document nor for a table."""
    sure = found.how != "fallback" and found.fmt.kind == "log" and not found.fmt.generic
    return sure and found.share >= recognition.MIXED_SHARE


def _binary(head: bytes) -> bool:
    """Say whether bytes are no text: many control characters that are neither line ends, tabs nor escapes.

    Runs of NULs, as a file holds them where it was truncated or the disk was full, say nothing.
    """
    sample = re.sub(rb"\0{16,}", b"", head)
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\v\x08\x1b\x07" for byte in sample)
    try:
        sample[: len(sample) - 4].decode("utf-8")
        bad = 0
    except UnicodeDecodeError:
        bad = sample.decode("utf-8", "replace").count("\ufffd")
    return (odd + bad) > len(sample) * 0.1 or not sample


def _database(
    file: _File, store: Store, work: Path, place: Path, companions: dict[str, Path], *, is_dump: bool
) -> Evidence:
    found = databases.read(store, file.found.path, place, work, companions, is_dump=is_dump)
    file.problems += found.problems
    return file.entry(
        kind=found.kind,
        fmt=found.fmt,
        status=found.status,
        records=found.records,
        covers=found.covers,
        clock=found.clock,
    )


def _document(file: _File, store: Store) -> Evidence | None:
    reading = documents.read(store, file.found.path, file.content.view)
    if reading is None:
        return None
    if reading.error:
        if recognition.recognise_lines(recognition.sample(file.content.head()))[0]:
            return None  # a log that only begins like a document
        file.problems.append(Problem("refused", reading.error))
        return file.entry(status="unreadable")
    if reading.cut_at is not None:
        size = file.content.size
        file.problems.append(
            Problem(
                "cut",
                f"the document breaks off: readable up to byte {reading.cut_at:,} of {size:,}; "
                f"{reading.records:,} whole records before the cut are used, what followed is lost",
                "curl -fsS --retry 2 URL -o FILE; then: python3 -m json.tool FILE > /dev/null",
            )
        )
    file.problems += reading.remarks
    if reading.doubled:
        keys = ", ".join(reading.doubled[:5])
        file.problems.append(
            Problem("doubled-keys", f"a key stands twice in one object ({keys}): the last value is used")
        )
    if reading.trailing:
        file.problems.append(
            Problem("trailing-bytes", f"{reading.trailing:,} bytes follow the end of the document; not read")
        )
    if reading.fmt is None:
        keys = ", ".join(reading.keys) or "none"
        file.problems.append(
            Problem("unknown-format", f"JSON of a shape that no declared format fits; its keys: {keys}")
        )
        return file.entry()
    for reason, count in sorted(reading.refused.items()):
        file.problems.append(Problem("records-refused", f"{count:,} records without a usable value ({reason})"))
    for name, impossible, samples, worst in store.rows("samples_impossible", path=file.found.path):
        file.problems.append(
            Problem(
                "impossible-values",
                f"{impossible:,} of {samples:,} samples of {name} are no possible percentage (for example {worst:g}): left out",
            )
        )
    fmt = reading.fmt
    status: Status = "ok"
    if fmt.problem:
        file.problems.append(
            Problem(
                fmt.problem["code"],
                fmt.problem["message"],
                fmt.problem.get("remedy", ""),
                leaves_open=fmt.problem.get("leaves_open", ""),
            )
        )
        status = fmt.problem.get("status", "ok")  # type: ignore[assignment]
    return file.entry(
        fmt.kind, fmt.name, status, reading.records, reading.lines, reading.covers, reading.clock or fmt.clock
    )


def _table(file: _File, store: Store) -> Evidence | None:
    reading = tables.read(store, file.found.path, file.content)
    if reading is None:
        return None
    file.problems += reading.problems
    fmt = reading.fmt
    return file.entry(fmt.kind, fmt.name, "ok", reading.records, reading.lines, reading.covers, reading.clock)


def _text(file: _File, store: Store, found: Recognised) -> Evidence:
    fmt, whole = found.fmt, file.content.size <= WHOLE_TEXT
    measured = _measured(file, store, found)
    if measured is not None and found.how == "fallback" and (measured.mostly or measured.kinds > 1):
        fmt = replace(fmt, **(_NUMBERS if measured.mostly else _OUTPUTS))
    elif found.how == "fallback":
        file.problems.append(
            Problem(
                "unknown-format",
                "text that no declared format fits: read line by line, with times only where a line holds a stamp",
                "forensics formats FILE shows how far each format came",
            )
        )
    stretch = None if whole else _stretch(file, store, fmt)
    hear = partial(_heard, store) if file.asked.understand else None
    reading = logs.read(store, file.found.path, file.content, fmt, whole=whole, part=stretch, hear=hear)
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
    if fmt.problem:
        file.problems.append(_declared_problem(fmt))
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
                "they are kept, counted and shown",
            )
        )
    clock, problem = _clock(fmt, reading, recognition.sample(file.content.head()))
    file.problems += [problem] if problem else []
    placed = clock.lacks not in ("year", "date", "order", "epoch")
    status: Status = fmt.problem.get("status", "ok")  # type: ignore[assignment]
    covers = reading.covers if placed else None
    entry = file.entry(fmt.kind, fmt.name, status, reading.count.accepted, reading.count, covers, clock)
    if placed or reading.covers is None:
        return entry
    first, last = (time.strftime(_WRITTEN[clock.lacks]) for time in reading.covers)
    return replace(entry, own_clock=(first, last))


def _inner(file: _File, store: Store, reading: logs.TextReading) -> logs.TextReading:
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
    count = reading.count
    accepted, continued = count.accepted - found.folded, count.continued + found.folded
    return replace(reading, count=replace(count, accepted=accepted, continued=continued))


def _completed(
    store: Store, path: str, fmt: formats.Format, reading: logs.TextReading
) -> tuple[formats.Format, logs.TextReading]:
    """Let events say what the lines below their first tell, where a format declares that; a time among it counts."""
    assert fmt.body is not None
    body, times = bodies.complete(store, path, fmt.body)
    if not times:
        return fmt, reading
    first, last = store.rows("clock_span", path=path)[0]
    read = reading.read | {body.name: times}
    return replace(fmt, lines=(*fmt.lines, body)), replace(reading, read=read, covers=(first, last) if first else None)


_NUMBERS: dict[str, Any] = {"name": measures.NUMBERS, "kind": "metrics"}
_OUTPUTS: dict[str, Any] = {"name": measures.OUTPUTS, "kind": "capture", "vantage": "responder's terminal"}


def _heard(store: Store, events: pa.Table) -> None:
    """Take what quiet events of a large log say, before their text is let go."""
    meanings.hear(store, events)
    doctor.hear(store, events)


def _stretch(file: _File, store: Store, fmt: formats.Format) -> windows.Part | None:
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


def _measured(file: _File, store: Store, found: Recognised) -> measures.Measured | None:
    """Read the numbers that the lines of a command's output tell, or of a text that no declared format fits."""
    if found.how != "fallback" and found.fmt.kind != "capture":
        return None
    told = measures.read(store, file.found.path, file.content, found.fmt.name, declared_format=found.how != "fallback")
    file.problems += told.problems if told else ()
    return told


_WRITTEN = {"year": "%b %d %H:%M:%S", "date": "%H:%M:%S", "order": "%d or %m: %H:%M:%S", "epoch": "%s s"}


def _declared_problem(fmt: formats.Format) -> Problem:
    declared = fmt.problem
    return Problem(
        declared["code"],
        declared["message"],
        declared.get("remedy", ""),
        leaves_open=declared.get("leaves_open", ""),
    )


def _clock(fmt: formats.Format, reading: logs.TextReading, sample: list[str]) -> tuple[Clock, Problem | None]:
    """Return which clock a text keeps, by the stamps that most of its dated lines carry, and what is doubtful about it."""
    dated = [pattern for pattern in fmt.lines if pattern.begins == "event" and reading.read.get(pattern.name)]
    if not dated:
        return Clock("", "unknown"), None
    most = max(dated, key=lambda pattern: reading.read[pattern.name])
    why = fmt.clock_why if most.lacks == "zone" else ""
    match most.lacks:
        case "" if most.stamp.startswith(stamps.LETTERED):
            return _lettered_clock(fmt, most, sample, {time.month for time in reading.covers or ()})
        case "":
            return Clock("UTC", "stated", 0.0, "", "each stamp says its zone"), None
        case "zone" | "year" | "date" | "order" | "epoch":
            return Clock("UTC", "assumed", 0.0, most.lacks, why or _DOUBTS[most.lacks]), _unplaced(most.lacks)
        case _:
            return _lettered_clock(fmt, most, sample)


_DOUBTS = {
    "zone": "its stamps name no zone",
    "year": "its stamps hold no year and name no zone",
    "date": "its stamps hold no date",
    "order": "which number of its dates is the day and which the month is open",
    "epoch": "it counts seconds from a beginning that it does not name",
}


def _unplaced(lacks: str) -> Problem | None:
    if lacks in ("zone", "year"):
        return None
    remedies = {
        "date": "state its day: not possible yet; collect it with dates",
        "order": "collect it with ISO dates, or give a longer stretch of it",
        "epoch": "state when it began: -p anchors='FILE=2031-04-02T07:30:00Z'",
    }
    return Problem(
        {"date": "no-date", "order": "ambiguous-date", "epoch": "relative-clock"}[lacks],
        f"{_DOUBTS[lacks]}: its times are kept as written and cannot be placed",
        remedies[lacks],
        leaves_open="When was it, and what happened at the same time elsewhere?",
    )


def _lettered_clock(
    fmt: formats.Format, pattern: LinePattern, sample: list[str], months: Collection[int] = ()
) -> tuple[Clock, Problem | None]:
    """Say what the letters of a zone tell: most name one zone, some are claimed by several, or by none."""
    shape = stamps.named(pattern.stamp)
    fits = [fit for line in sample if (fit := fmt.first_fit(line)) and fit[0] == pattern]
    names = sorted({stamps.letters(shape, fit[1]["time"]) for fit in fits} - {""})
    name = ", ".join(names) or "no name"
    if not pattern.lacks:
        ahead = {one: stamps.zones().get(one, "?") for one in names}
        doubts = [f"{one}, read as {ahead[one]}: {said}" for one in names if (said := stamps.assumed(one, months))]
        why = f"each stamp says its zone: {', '.join(f'{one} ({zone})' for one, zone in ahead.items())}"
        if not doubts:
            return Clock("UTC", "stated", 0.0, "", why), None
        zone = ahead[names[0]] if len(names) == 1 else "UTC"
        return Clock(zone, "assumed", 0.0, "", why), Problem("zone-assumed", f"its stamps say {'; '.join(doubts)}")
    problem = Problem(
        "zone-unknown",
        f"its stamps say {name}, which several zones claim, or none: read as if it were UTC, the true times lie up to 14 h away",
        "state the zone: -p clocks='FILE=Europe/Berlin'",
        leaves_open="What happened at the same time elsewhere?",
    )
    return Clock(name, "unknown", 0.0, "name", f"{name} names no single zone"), problem
