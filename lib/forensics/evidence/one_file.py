"""Reading one file of the incident folder into the store: unpack, recognise, read, account, name what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from forensics.evidence import databases, doctor, documents, intake, logs, recognition, tables
from forensics.evidence.lines import Content
from forensics.model import Clock, Evidence, LineCount, Problem, Status
from forensics.store import Store

DOCUMENT_CAP = 512 * 1024 * 1024


@dataclass(slots=True)
class _File:
    """One file on its way into the store."""

    found: intake.Found
    content: Content
    problems: list[Problem]

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


_SPOILING = {"cut", "packed-damaged", "unpacks-too-large", "trailing-bytes", "unknown-format", "records-refused"}


def read_one(
    one: intake.Found,
    store: Store,
    work: Path,
    number: int,
    companions: dict[tuple[str, str], str],
    found: list[intake.Found],
) -> Evidence:
    content = Content(one.place)
    problems: list[Problem] = []
    unpacked: Path | None = None
    try:
        packed_as = intake.packing(content.head(8))
        if packed_as:
            content.close()
            unpacked = work / f"unpacked-{number}"
            problems += intake.unpack(one.place, packed_as, unpacked)
            content = Content(unpacked)
        file = _File(one, content, problems)
        place = unpacked or one.place
        return _recognise(file, store, work, place, databases.beside(one, companions, found))
    finally:
        content.close()
        if unpacked:
            unpacked.unlink(missing_ok=True)


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
    if intake.archive(head):
        file.problems.append(Problem("archive", "an archive of files: not opened", "unpack it into the folder"))
        return file.entry(status="unreadable")
    if _binary(head):
        file.problems.append(Problem("binary", "binary data in no form that we read", "export it as text or JSON"))
        return file.entry(status="unreadable")
    text = head.decode("utf-8-sig", "backslashreplace")
    if documents.looks_like_json(text) and file.content.size <= DOCUMENT_CAP:
        entry = _document(file, store)
        if entry is not None:
            return entry
    return _table(file, store) or _text(file, store, head)


def _binary(head: bytes) -> bool:
    """Say whether bytes are no text: many control characters that are neither line ends, tabs, escapes nor NUL runs."""
    sample = head.replace(b"\0", b"")
    if len(sample) < len(head) / 2:
        return True
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\v\x08\x1b\x07" for byte in sample)
    try:
        sample[: len(sample) - 4].decode("utf-8")
        bad = 0
    except UnicodeDecodeError:
        bad = sample.decode("utf-8", "replace").count("\ufffd")
    return (odd + bad) > len(sample) * 0.1


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


def _text(file: _File, store: Store, head: bytes) -> Evidence:
    found = recognition.recognise(recognition.sample(head))
    fmt = found.fmt
    if found.how == "fallback":
        file.problems.append(
            Problem(
                "unknown-format",
                "text that no declared format fits: read line by line, with times only where a line holds a stamp",
                "forensics formats FILE shows how far each format came",
            )
        )
    reading = logs.read(store, file.found.path, file.content, fmt)
    if file.content.unterminated() and fmt.kind != "capture":
        file.problems.append(doctor.unterminated(reading.count.physical))
    if fmt.problem:
        file.problems.append(
            Problem(
                fmt.problem["code"],
                fmt.problem["message"],
                fmt.problem.get("remedy", ""),
                leaves_open=fmt.problem.get("leaves_open", ""),
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
    kind = fmt.kind
    return file.entry(kind, fmt.name, "ok", reading.count.accepted, reading.count, reading.covers, fmt.clock)
