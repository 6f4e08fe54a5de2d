"""Reading line-oriented text into the store by a format; every physical line is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import lines, matching
from forensics.evidence.arriving import Arriving
from forensics.evidence.content import Content
from forensics.evidence.folding import QUIET, Folder, chunk_pieces
from forensics.evidence.formats import Format
from forensics.evidence.matching import Lines, Matcher
from forensics.evidence.recognition import LINE_CAP
from forensics.evidence.windows import Part
from forensics.model import LineCount
from forensics.store import Store

Hear = Callable[[pa.Table], None]

__all__ = ["LINE_CAP", "TextReading", "mark_copies", "read"]

SETTLE_EVERY = 8
"""After so many chunks the rows are written down: a transaction of a whole large log would fill the memory."""

_REASONS = {
    matching.UNREAD: "no line of the format fits",
    matching.NUL: "holds NUL bytes, as a file does where it was truncated or the disk was full",
    matching.NO_TIME: "its stamp states a time that does not exist",
}

_LOST = np.array([code in _REASONS for code in range(matching.ORPHAN + 1)])


@dataclass(frozen=True, slots=True)
class TextReading:
    """What came of one text."""

    count: LineCount
    covers: tuple[datetime, datetime] | None
    read: dict[str, int]
    """How many lines each pattern read."""
    long: int
    """How many lines are longer than patterns look at."""
    longest: tuple[int, int]
    """Number and bytes of the longest line."""
    timeless: int = 0
    """How many records should have told a time and told none that can be read; they are kept undated."""


def read(
    store: Store,
    path: str,
    content: Content,
    fmt: Format,
    *,
    whole: bool = True,
    part: Part | None = None,
    hear: Hear | None = None,
) -> TextReading:
    """Read all lines of a text, or a part of them, into the store's table for this format.

    With `whole`, the text of every event is copied; without, only that of loud, undated and folded events, while all
    others can be had back by offset and length; `hear` is told these with their text before it is let go.
    """
    with store.transaction():
        return _read(store, path, content, fmt, whole, part or Part(0, content.size, 1), hear)


def _read(
    store: Store, path: str, content: Content, fmt: Format, whole: bool, part: Part, hear: Hear | None
) -> TextReading:
    matcher, folder = Matcher(store, fmt.lines), Folder(whole=whole)
    file = 0 if whole else _large(store, path)
    counts: Counter[int] = Counter()
    bounds, arriving = _Bounds(), Arriving(store)
    long, longest = 0, (0, 0)
    for number, chunk in enumerate(lines.chunks(content.view, part.first_line, part.begin, part.end)):
        found = matcher.lines(chunk)
        bounds.add(_put(store, arriving, path, fmt, folder.events(found)))
        for quiet in folder.quiet:
            bounds.add(_put_quiet(arriving, file, quiet, chunk.size))
            if hear:
                hear(_told(path, found, quiet))
        if folder.falls:
            store.add("large_log_falls", ["path", "falls", "line", "before", "written"], [[path, *folder.falls]])
        times = np.bincount(found.begins)
        long += int(np.count_nonzero(chunk.length > LINE_CAP))
        here = int(chunk.length.argmax())
        longest = max(longest, (chunk.first_line + here, int(chunk.length[here])), key=lambda one: one[1])
        counts.update({code: count for code, count in enumerate(times.tolist()) if count})
        _quarantine(store, path, found)
        if number % SETTLE_EVERY == SETTLE_EVERY - 1:
            store.settle()
    bounds.add(_put(store, arriving, path, fmt, folder.rest()))
    arriving.rest()
    return TextReading(_count(counts), bounds.covers(), matcher.read, long, longest, matcher.timeless)


def _count(counts: Counter[int]) -> LineCount:
    return LineCount(
        physical=counts.total(),
        accepted=counts[matching.EVENT] + counts[matching.UNDATED],
        continued=counts[matching.NOTHING] + counts[matching.ORPHAN],
        blank=counts[matching.BLANK],
        separator=counts[matching.SEPARATOR],
        quarantined=sum(counts[reason] for reason in _REASONS),
    )


def _large(store: Store, path: str) -> int:
    """Give a log that is too large to copy a number, by which its quiet events are known, and the next one to local ones."""
    file = int(store.one("large_logs_count"))
    store.add("large_logs", ["file", "path", "local"], [[file, path, False], [file + 1, path, True]])
    if file == 0:
        store.add("level_words", ["code", "level"], list(enumerate(QUIET)))
    return file


def _told(path: str, found: Lines, quiet: pa.Table) -> pa.Table:
    """Return quiet events as the table of events would hold them, with their text."""
    chunk = found.chunk
    nth = quiet["line"].to_numpy().astype(np.int64) - chunk.first_line
    starts = chunk.starts()[nth] + quiet["head"].to_numpy()
    words = pa.DictionaryArray.from_arrays(quiet["level"].combine_chunks(), pa.array(QUIET)).cast(pa.string())
    return pa.table(
        {
            "path": [path] * len(nth),
            "line": nth + chunk.first_line,
            "time": quiet["time"],
            "level": words,
            "source": quiet["source"],
            "message": chunk_pieces(found, starts, chunk.ends()[nth]),
            "times": np.ones(len(nth), dtype=np.int32),
        }
    )


class _Bounds:
    """The first and last time of a text: of those that could be placed, or else of those that are only written."""

    def __init__(self) -> None:
        self.seen: dict[str, list[datetime]] = {"time": [], "own_clock": []}

    def add(self, events: pa.Table) -> None:
        for name in self.seen.keys() & set(events.column_names):
            bounds = pc.min_max(events[name])
            self.seen[name] += [time for time in (bounds["min"].as_py(), bounds["max"].as_py()) if time is not None]

    def covers(self) -> tuple[datetime, datetime] | None:
        found = self.seen["time"] or self.seen["own_clock"]
        return (min(found), max(found)) if found else None


def _put_quiet(arriving: Arriving, file: int, events: pa.Table, held: int) -> pa.Table:
    """Let the quiet events of a large log, which keep so many bytes of it in memory, into the store, and return them."""
    number = pc.add(events["local"].cast(pa.uint16()), pa.scalar(file, pa.uint16()))
    arriving.add("quiet_events", events.drop_columns(["local"]).add_column(0, "file", number), held)
    return events


def _put(store: Store, arriving: Arriving, path: str, fmt: Format, events: pa.Table) -> pa.Table:
    """Let events into their table, and return them."""
    if not events.num_rows:
        return events
    first = pa.array(np.zeros(events.num_rows, dtype=np.int8))
    events = events.append_column("path", pa.DictionaryArray.from_arrays(first, [path]))
    if fmt.into == "changes":
        store.lend("arriving_events", events)
        store.run("log_changes")
        store.take_back("arriving_events")
    else:
        arriving.add("log_events", events, events.nbytes)
    return events


def _quarantine(store: Store, path: str, found: Lines) -> None:
    """Keep the lines that could not be read, each with its place and the reason."""
    lost = np.flatnonzero(_LOST[found.begins])
    if not len(lost):
        return
    chunk = found.chunk
    shown = pc.utf8_slice_codeunits(pc.utf8_rtrim(chunk.text.take(pa.array(lost)), characters="\r\n"), 0, 200)
    store.append(
        "quarantine",
        pa.table(
            {
                "path": [path] * len(lost),
                "line": lost + chunk.first_line,
                "offset": chunk.offset[lost],
                "length": chunk.length[lost],
                "reason": [_REASONS[code] for code in found.begins[lost].tolist()],
                "shown": shown,
            }
        ),
    )


LEAST_IN_A_BLOCK = 5
"""So many lines in a row, all different, stand twice in one log by no chance."""


def mark_copies(store: Store, extracts: list[str]) -> dict[str, tuple[int, int]]:
    """Mark events that two files share, or one holds twice, so that nothing counts twice; return events and copies per file.

    `extracts` are the paths whose text shows grep's separators: they never outrank a whole file.
    """
    if extracts or store.one("log_texts") > 1:
        store.run("log_repeated", extracts=extracts)
    store.run("log_blocks_twice", least=LEAST_IN_A_BLOCK)
    copied = [path for (path,) in store.rows("log_all_copied")]
    store.run("log_repeated_undated", extracts=sorted({*extracts, *copied}))
    return {path: (events, copies) for path, events, copies in store.rows("log_copies")}
