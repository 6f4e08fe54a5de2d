"""Reading one file of the incident folder into the store: unpack, recognise, read, account, name what is wrong."""

from __future__ import annotations

import re
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from forensics.evidence import (
    archives,
    databases,
    doctor,
    documents,
    folder_days,
    intake,
    mail,
    packed,
    recognition,
    saved_chats,
    tables,
    texts,
    unread,
)
from forensics.evidence.content import Content
from forensics.evidence.documents import DocumentReading
from forensics.evidence.incoming import Asked, File
from forensics.evidence.recognition import Recognised
from forensics.model import Clock, Evidence, Problem, Status
from forensics.store import Store

__all__ = ["Asked", "archive", "not_read", "read_one"]


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
        file = File(one, content, [*one.problems, *unfolded.problems], asked)
        beside = databases.beside(one, companions, found)
        try:
            entry = _recognise(file, store, work, unfolded.place, beside)
        except forgiven as fault:
            return not_read(one, (*file.problems, _own_fault(fault)))
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


FAULTS: tuple[type[Exception], ...] = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    *(duckdb.DataError, duckdb.ProgrammingError, duckdb.NotSupportedError),
)
"""What reading raises where it is wrong itself: one file is given up for it, and not the incident."""

forgiven = FAULTS
"""Nothing, in tests."""


def _own_fault(fault: Exception) -> Problem:
    """Say that our reading failed, and where, so that nobody looks for what is wrong with the file."""
    at = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{type(fault).__name__} at {Path(at.filename).name}:{at.lineno}"
    message = f"the workbench failed to read it ({where}: {str(fault)[:200]}); what was read before that may be used"
    return Problem("fault-of-ours", message, "tell its makers, with the first lines of the file")


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


def _recognise(file: File, store: Store, work: Path, place: Path, companions: dict[str, Path]) -> Evidence:
    head = file.content.head()
    if file.content.size == 0:
        file.problems.append(doctor.empty())
        return file.entry(status="empty")
    if databases.is_database(head) or databases.is_dump(head):
        return _database(file, store, work, place, companions, is_dump=not databases.is_database(head))
    page = doctor.html_page(head)
    if page and (chat := saved_chats.read(file, store)):
        return chat
    if page:
        file.problems.append(page)
        return file.entry(fmt="html-page", status="error-payload")
    answer = doctor.answer(head)
    if answer is not None:
        return texts.read(file, store, Recognised(answer, "exact", 1.0))
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
    if mail.looks_like_mail(head) and file.content.size <= mail.MOST_BYTES:
        return mail.read(file, store)
    sample, later = recognition.sample(head), recognition.sample(file.content.tail(65536))[1:]
    found = recognition.recognise(sample, later)
    if order := recognition.order_beside(found.fmt, [*sample, *later], file.asked.days):
        found = replace(found, fmt=recognition.ordered(found.fmt, order))
        file.problems.append(folder_days.told("its dates", next(iter(order.values()))))
    if _surely_log(found):
        return texts.read(file, store, found)
    text = head.decode("utf-8-sig", "backslashreplace")
    if documents.looks_like_json(text):
        entry = _document(file, store)
        if entry is not None:
            return entry
    return _table(file, store) or texts.read(file, store, found)


def _surely_log(found: Recognised) -> bool:
    """Say whether a text is a log or a capture by a declared format, so that it is neither taken for a document nor for a table."""
    sure = found.how != "fallback" and found.fmt.kind in ("log", "capture") and not found.fmt.generic
    return sure and found.share >= recognition.MIXED_SHARE


_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\v\x08\x1b\x07")


def _binary(head: bytes) -> bool:
    """Say whether bytes are no text: many control characters that are neither line ends, tabs nor escapes.

    Runs of NULs, as a file holds them where it was truncated or the disk was full, say nothing.
    """
    sample = re.sub(rb"\0{16,}", b"", head)
    odd = len(sample) - len(sample.translate(None, _CONTROLS))
    try:
        sample[: len(sample) - 4].decode("utf-8")
        bad = 0
    except UnicodeDecodeError:
        bad = sample.decode("utf-8", "replace").count("\ufffd")
    return (odd + bad) > len(sample) * 0.1 or not sample


def _database(
    file: File, store: Store, work: Path, place: Path, companions: dict[str, Path], *, is_dump: bool
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


def _before_the_cut(reading: DocumentReading) -> str:
    """Say what of a cut document is used, and whether all of that is whole."""
    whole = "" if reading.half else "whole "
    records = f"1 {whole}record before the cut is" if reading.records == 1 else ""
    told = f"{records or f'{reading.records:,} {whole}records before the cut are'} used, what followed is lost"
    if not reading.half:
        return told
    elements = "an element" if reading.half == 1 else f"{reading.half:,} elements, one inside the other,"
    return f"{told}; the cut goes through {elements} that records tell of: these know only its beginning"


def _document(file: File, store: Store) -> Evidence | None:
    reading = documents.read(store, file.found.path, file.content.whole())
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
                f"the document breaks off: readable up to byte {reading.cut_at:,} of {size:,}; {_before_the_cut(reading)}",
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
    status = file.declared(fmt)
    return file.entry(
        fmt.kind, fmt.name, status, reading.records, reading.lines, reading.covers, reading.clock or fmt.clock
    )


def _table(file: File, store: Store) -> Evidence | None:
    reading = tables.read(store, file.found.path, file.content, file.asked.days)
    if reading is None:
        return None
    file.problems += reading.problems
    fmt = reading.fmt
    return file.entry(fmt.kind, fmt.name, "ok", reading.records, reading.lines, reading.covers, reading.clock)
