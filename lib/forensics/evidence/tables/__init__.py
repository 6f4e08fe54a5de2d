"""Reading tables: delimited text, recognised by its content, into samples, log events, spans, requests and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from forensics.evidence import formats
from forensics.evidence.content import Content
from forensics.evidence.folder_days import Days
from forensics.evidence.formats import Format
from forensics.evidence.tables import annotated, complaints, exposition, rows
from forensics.evidence.tables import columns as judging
from forensics.evidence.tables import layout as layouts
from forensics.evidence.tables.columns import Columns
from forensics.evidence.tables.complaints import TableReading
from forensics.evidence.tables.filling import CLOSE, Filled, Table, called, fill
from forensics.evidence.tables.layout import Layout
from forensics.model import Clock
from forensics.store import Store

__all__ = ["CLOSE", "TableReading", "chosen", "read", "recognised", "sampled"]

HEAD = 256 * 1024
"""Bytes by which the way a table is written is judged."""

HEAD_LINES = 400


def read(store: Store, path: str, content: Content, days: Days = Days()) -> TableReading | None:  # noqa: B008  it never changes
    """Read a table into the store; None when the text is none. `days` are those that other files name."""
    sample = sampled(content)
    if exposition.recognise(sample):
        return exposition.read(store, path, content)
    parts = annotated.parts(content.view) if isinstance(content.view, bytes) else []
    whole = [annotated.Part(1, 0, content.size)]
    found = [(part, layouts.recognise(_sampled(content, part))) for part in parts] or [
        (whole[0], layouts.recognise(sample))
    ]
    tables = [(part, layout) for part, layout in found if layout is not None]
    return _delimited(store, path, content, tables, days) if len(tables) == len(found) else None


def _delimited(
    store: Store, path: str, content: Content, parts: list[tuple[annotated.Part, Layout]], days: Days
) -> TableReading:
    """Read the tables of a text; nearly every text is one."""
    store.run("table_macros")
    tally = rows.Tally()
    read = [_part(store, path, content, part, layout, tally, days) for part, layout in parts]
    store.run("table_shares", path=path)
    for refused in tally.quarantined:
        store.lend("refused", refused)
        store.run("table_quarantine", path=path)
        store.take_back("refused")
    told = store.records("table_covers", path=path)[0]
    covers = (told["first_time"], told["last_time"]) if told["first_time"] else None
    problems = [
        problem
        for table, filled in read
        for problem in complaints.about(table, tally, filled, told, unterminated=content.unterminated())
    ]
    table = read[0][0]
    clock = _clock(table.columns, covers is not None)
    return TableReading(table.fmt, told["records"], tally.count, covers, tuple(dict.fromkeys(problems)), clock)


def _part(
    store: Store, path: str, content: Content, part: annotated.Part, layout: Layout, tally: rows.Tally, days: Days
) -> tuple[Table, Filled]:
    """Put one table of a text into the store."""
    filled = Filled()
    layout = replace(layout, first=layout.first + part.first_line - 1)
    batches = rows.batches(content.view, layout, tally, part)
    first = next(batches, None)
    columns = judging.judge(store, layout, first, days) if first is not None else Columns()
    fmt = chosen(layout, columns)
    if fmt.zoneless_utc and columns.reading.read != "none":
        columns = replace(columns, reading=replace(columns.reading, zoned=True))
    table = Table(path, layout, columns, fmt)
    for batch in _all(first, batches):
        fill(store, table, batch, filled)
    return table, filled


def recognised(text: str) -> Format | None:
    """Return the format of the table that this text is or begins, without keeping anything."""
    sample = _lines(text)[:HEAD_LINES]
    if exposition.recognise(sample):
        return formats.named(exposition.FORMAT)
    layout = layouts.recognise(sample)
    if layout is None:
        return None
    first = next(rows.batches(memoryview(text.encode("utf-8", "replace")), layout, rows.Tally()), None)
    with Store() as store:
        store.run("table_macros")
        return chosen(layout, judging.judge(store, layout, first) if first is not None else Columns())


def sampled(content: Content) -> list[str]:
    """Return the first lines of a text, whole."""
    head = content.head(HEAD)
    found = _lines(head.decode("utf-8", "backslashreplace").replace("\0", "\\x00"))
    if len(head) < content.size or not found[-1]:
        found.pop()
    return found[:HEAD_LINES]


def _sampled(content: Content, part: annotated.Part) -> list[str]:
    """Return the first lines of one table of a text."""
    head = bytes(content.view[part.begin : min(part.end, part.begin + HEAD)])
    found = _lines(head.decode("utf-8", "backslashreplace").replace("\0", "\\x00"))
    return (found if found[-1] else found[:-1])[:HEAD_LINES]


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)


def _all(first: pa.Table | None, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    if first is not None:
        yield first
        yield from rest


def chosen(layout: Layout, columns: Columns) -> Format:
    """Return the declared format that needs most of what this table has."""
    fitting = [
        fmt
        for fmt in formats.load("table")
        if all(_has(layout, columns, need) for need in fmt.needs)
        and not any(_has(layout, columns, lack) for lack in fmt.lacks)
    ]
    return max(fitting, key=lambda fmt: (len(fmt.needs), fmt.name))


def _has(layout: Layout, columns: Columns, need: str) -> bool:
    """Say whether a table has a column of one of these names, or columns that hold what `$` asks for."""
    if need.startswith("$"):
        return {
            "$time": columns.time is not None,
            "$clock": columns.clock is not None,
            "$value": bool(columns.values),
            "$levels": bool(layout.levels),
            "$messages": columns.messages,
            "$matrix": columns.matrix,
            "$exposition": False,
            "$declared": layout.comments and not layout.quotes,
        }[need]
    return any(called(layout.names, name) is not None for name in need.split("|"))


def _clock(columns: Columns, timed: bool) -> Clock:
    if not timed:
        return Clock("", "unknown")
    if columns.reading.zoned:
        return Clock("UTC", "stated")
    return Clock("UTC", "assumed", 0.0, "zone", "its times name no zone")
