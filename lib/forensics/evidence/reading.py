"""Reading a whole incident folder into the store: find, recognise, read, account, name what is wrong."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from forensics.evidence import (
    aged_events,
    archives,
    captured_changes,
    chat_copies,
    clocks,
    conditions,
    databases,
    dated_commands,
    doctor,
    folder_days,
    formats,
    intake,
    logs,
    mail_copies,
    markup,
    meanings,
    measures,
    metric_doctor,
    one_file,
    request_units,
    rotation,
    twins,
)
from forensics.evidence.rotation import Piece
from forensics.model import Clock, Evidence, LineCount, Parameters, Problem
from forensics.store import Store
from forensics.times import parse_time

Progress = Callable[[str], None]


def read(
    folder: Path,
    store: Store,
    work: Path,
    progress: Progress = lambda path: None,
    parameters: Parameters | None = None,
    *,
    understand: bool = True,
    found: list[intake.Found] | None = None,
) -> list[Evidence]:
    """Read everything in `folder` into the store and return one entry for each file, in the order of their names.

    `work` is a private folder for unpacked files and copies of databases. Nothing in `folder` is opened for writing.
    `parameters` say what a person knows of clocks, and which stretch of large logs to read. Without `understand`,
    what messages mean is left out: an inventory does not need it. `found` is what lies there, where that is known
    already. Raises UsageError for clocks that make no sense.
    """
    asked = parameters or Parameters()
    said = clocks.stated(asked)
    window = (parse_time(asked.start) if asked.start else None, parse_time(asked.end) if asked.end else None)
    entries: list[Evidence] = []
    seen: dict[str, str] = {}
    again: dict[str, tuple[intake.Found, str]] = {}
    found = archives.opened(intake.find(folder) if found is None else found, work)
    wanted = one_file.Asked(*window, understand, folder_days.named(found))
    companions = databases.companions(found)
    for number, one in enumerate(found):
        progress(one.path)
        if one.refused:
            problem = Problem("refused", one.refused, "copy the file itself into the folder")
            entries.append(one_file.not_read(one, one.problems or (problem,)))
            continue
        if one.sha256 in seen and one.size:
            entries.append(twins.copy(one, seen[one.sha256]))
            again[one.path] = (one, seen[one.sha256])
            continue
        seen[one.sha256] = one.path
        if one.path in companions.values():
            entries.append(_companion(one))
            continue
        if one.archive:
            entries.append(one_file.archive(one, found))
            continue
        entries.append(one_file.read_one(one, store, work, number, companions, found, wanted))
    numbers = itertools.count(len(found))
    entries = twins.settle(
        store,
        entries,
        again,
        lambda one: one_file.read_one(one, store, work, next(numbers), companions, found, wanted),
    )
    archives.clear(work)
    places = {one.path: one.place for one in found if not one.refused}
    entries = _said(store, entries, said)
    entries = databases.compare(store, _mark_extracts(store, clocks.settle(store, entries, said, places)))
    entries = dated_commands.date(store, entries)
    entries = captured_changes.tell(store, entries)
    aged_events.tell(store, entries)
    if understand:
        meanings.understand(store)
        entries = request_units.settle(store, entries, places)
    captures = [entry.path for entry in entries if entry.kind == "capture"]
    measures.line_times(store, captures)
    beside, metrics = measures.date_beside(store), metric_doctor.everything(store)
    known = {entry.path: entry.clock for entry in entries}
    entries = [_also(_dated(entry, known, beside.get(entry.path)), metrics.get(entry.path, [])) for entry in entries]
    untimed = measures.untimed(store, captures)
    entries = [_also(entry, untimed.get(entry.path, [])) for entry in entries]
    entries = rotated(store, doctor.examine(store, rotated(store, entries), asked, found))
    _record(store, entries)
    if understand:
        conditions.tell(store)
    return entries


def _said(store: Store, entries: list[Evidence], said: clocks.Stated) -> list[Evidence]:
    """Let what people wrote be events: bare of markup, and once where it was sent again."""
    store.run("log_said_again")
    entries = chat_copies.place(store, entries, said.anchors)
    near = max(
        (end for _, end in (e.covers for e in entries if e.covers and e.kind in ("log", "metrics"))), default=None
    )
    entries = [mail_copies.place(store, e, near) if e.format == mail_copies.FORMAT else e for e in entries]
    markup.unmark(store)
    return entries


def _also(entry: Evidence, problems: list[Problem]) -> Evidence:
    """Add problems of kinds that the entry does not name yet."""
    known = {problem.code for problem in entry.problems}
    if "cut" in known:
        problems = [replace(one, message=metric_doctor.of_a_cut(one.message)) for one in problems]
    return replace(entry, problems=(*entry.problems, *(p for p in problems if p.code not in known)))


def _dated(entry: Evidence, clocks: Mapping[str, Clock], beside: tuple[str, datetime, Problem] | None) -> Evidence:
    """Let a capture that states no time cover the one that its numbers were given, by the clock that tells it."""
    if beside is None:
        return entry
    date, time, problem = beside
    if entry.covers is None:
        entry = replace(entry, covers=(time, time), clock=clocks[date])
    return _also(entry, [problem])


_WITHIN_A_SET = {"begins-late": 1, "ends-early": -1}
"""Problems of coverage that only the first or only the last piece of a rotated log can have."""


def rotated(store: Store, entries: list[Evidence]) -> list[Evidence]:
    """Say which logs are pieces of one that was rotated; where one piece ends, the next one goes on.

    Lines that two pieces share, as they do where a log was copied first and emptied later, are of one of them.
    """
    own = {path: (first, last) for path, first, last in store.rows("own_spans") if first}
    pieces = [
        Piece(entry.path, entry.format or "", *own.get(entry.path, entry.covers or (None, None)))
        for entry in entries
        if entry.kind in ("log", "unknown") and entry.lines and entry.status in ("ok", "partial")
    ]
    known = rotation.sets(pieces)
    places = {path: (one, number) for one in known for number, path in enumerate(one, 1)}
    lacking = {after: (before, numbers) for one in known for before, after, numbers in rotation.missing(one)}
    found = []
    for entry in entries:
        if entry.path in places:
            one, number = places[entry.path]
            inner = [code for code, end in _WITHIN_A_SET.items() if number != (1 if end == 1 else len(one))]
            kept = tuple(problem for problem in entry.problems if problem.code not in inner)
            gap = (rotation.left_out(rotation.stem(one[-1]), *lacking[entry.path]),) if entry.path in lacking else ()
            kept += tuple(problem for problem in gap if problem not in kept)
            entry = replace(entry, piece=(rotation.stem(one[-1]), number, len(one)), problems=kept)  # noqa: PLW2901
        found.append(entry)
    return found


def _companion(one: intake.Found) -> Evidence:
    return Evidence(one.path, one.sha256, one.size, kind="sqlite-database", format="sqlite-companion")


def _mark_extracts(store: Store, entries: list[Evidence]) -> list[Evidence]:
    """Say which texts are extracts of others, so that no event counts twice."""
    extracts = [entry.path for entry in entries if entry.grepped]
    copies = logs.mark_copies(store, extracts)
    marked = []
    for entry in entries:
        events, again = copies.get(entry.path, (0, 0))
        if again and entry.kind != "capture":
            pieces = events - entry.records if again <= entry.records else 0
            told = "a piece of an event" if pieces == 1 else f"{pieces:,} pieces of events"
            cut = f"; beside them it holds {told}, without the beginning" if pieces else ""
            note = Problem(
                "extract-of",
                f"{again:,} of its {events - pieces:,} events stand in a fuller log of this folder, or twice in this one; "
                f"they count once{cut}",
            )
            entry = replace(entry, problems=(*entry.problems, note))  # noqa: PLW2901
        marked.append(entry)
    return marked


def _record(store: Store, entries: list[Evidence]) -> None:
    rows = []
    problems = []
    for e in entries:
        count = e.lines or LineCount(0)
        fmt = formats.known(e.format) if e.format else None
        rows.append(
            [
                e.path,
                e.sha256,
                e.size,
                e.kind,
                e.format,
                e.status,
                e.records,
                *([getattr(count, name) for name in LineCount.__slots__] if e.lines else [None] * 6),
                e.covers[0] if e.covers else None,
                e.covers[1] if e.covers else None,
                e.clock.zone,
                e.clock.how,
                fmt.vantage if fmt else "",
                e.piece[0] if e.piece else None,
            ]
        )
        problems += [[e.path, p.code, p.line, p.message, p.remedy, p.leaves_open] for p in e.problems]
    counts = ["physical", "accepted", "continued", "blank", "separator", "quarantined"]
    about = ["path", "sha256", "bytes", "kind", "format", "status", "records"]
    columns = [*about, *counts, "first_time", "last_time", "zone", "zone_how", "vantage", "log"]
    store.add("evidence", columns, rows)
    store.add("problems", ["path", "code", "line", "message", "remedy", "leaves_open"], problems)
