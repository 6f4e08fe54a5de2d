"""Reading line-oriented text into the store by a declared format; every physical line is accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forensics.evidence import lines
from forensics.evidence.formats import Format
from forensics.model import LineCount
from forensics.store import Store

LINE_CAP = 65536
"""Characters of a line that patterns look at; the rest stays in the evidence, reachable by offset and length."""


@dataclass(frozen=True, slots=True)
class TextReading:
    """What came of one text."""

    count: LineCount
    covers: tuple[datetime, datetime] | None


def read(store: Store, path: str, content: lines.Content, fmt: Format) -> TextReading:
    """Read all lines of a text into the store's table for this format."""
    store.run("log_begin")
    for chunk in lines.chunks(content.view):
        store.lend("chunk", chunk.table)
        store.run("log_pending", cap=LINE_CAP)
        store.take_back("chunk")
        store.run("log_plain")
        store.run("log_plain_done")
        for pattern in fmt.lines:
            store.run(
                "log_match",
                pattern=pattern.complete,
                groups=pattern.groups,
                begins=pattern.begins,
                level=pattern.level,
                source=pattern.source,
                stamp=pattern.stamp,
            )
            store.run("log_match_done", pattern=pattern.complete)
        store.run("log_rest")
    if fmt.into == "changes":
        store.run("log_changes", path=path)
    else:
        store.run("log_fold", path=path)
    store.run("log_quarantine", path=path)
    row = store.rows("log_count")[0]
    covers = (row[6], row[7]) if row[6] is not None else None
    return TextReading(LineCount(*row[:6]), covers)


def mark_copies(store: Store, extracts: list[str]) -> dict[str, tuple[int, int]]:
    """Mark events that two files share, so that nothing counts twice; return events and copies per file.

    `extracts` are the paths whose text shows grep's separators: they never outrank a whole file.
    """
    store.run("log_repeated", extracts=extracts)
    copied = [path for (path,) in store.rows("log_all_copied")]
    store.run("log_repeated_undated", extracts=sorted({*extracts, *copied}))
    return {path: (events, copies) for path, events, copies in store.rows("log_copies")}
