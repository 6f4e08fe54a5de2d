"""Events out of lines: each takes in the lines that continue it, and undated ones know the times around them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence.layouts import Laid
from forensics.evidence.lines import Chunk, Flags, Numbers
from forensics.evidence.matching import NOTHING, ORPHAN, SEPARATOR, Lines, in_order, laid_rows
from forensics.evidence.recognition import LINE_CAP

QUIET = ("TRACE", "DEBUG", "INFO", "NOTICE")
"""Severities of events whose text stays in the evidence where a log is too large to copy."""

LONGEST_HOLD = 50_000
"""Undated events that wait for the next dated one; beyond this they go without knowing it."""

_TIME = pa.timestamp("us")
Times = npt.NDArray[np.datetime64]


class Folder:
    """Folds the lines of consecutive chunks; the last event of a chunk waits, for the next chunk may continue it."""

    def __init__(self, *, whole: bool = True) -> None:
        """With `whole`, the text of every event is kept; without, that of loud, undated and folded ones."""
        self.whole = whole
        self.quiet: list[pa.Table] = []
        """The quiet events of the last chunk of a large log, with the columns of their own table, and `local` where their
        stamps do not say their zone."""
        self.falls: list[Any] = []
        """Of the last chunk of a large log, where written times fall back: how often, the line of the deepest fall, and
        the times before and after it; empty where none does."""
        self._waiting: pa.Table | None = None
        self._more: list[str] = []
        self._cut = True
        """Whether the next continuation has nothing to continue: the file begins, or a separator stood last."""
        self._last_dated = _NEVER
        """The last time of earlier chunks, as an array of one."""
        self._last_written = _NEVER
        """The same as it is written there."""

    def events(self, lines: Lines) -> pa.Table:
        """Return the events that are complete, with the columns of the store's table."""
        self.quiet, self.falls = [], []
        lines = self._adopt_orphans(lines.with_all() if self.whole else lines)
        heads = lines.heads()
        continued = np.flatnonzero(lines.begins == NOTHING)
        owner = np.searchsorted(heads, continued, side="right") - 1
        self._continue_waiting(lines, continued[owner < 0])
        self._note_end(lines, heads)
        if not len(heads):
            return _NO_EVENTS
        events = _Events(lines, heads)
        table = self._rows(events, continued[owner >= 0], owner[owner >= 0])
        return self._release(table, events.first())

    def rest(self) -> pa.Table:
        """Return what still waits when the text has ended."""
        found, self._waiting = self._settled(), None
        return found if found is not None else _NO_EVENTS

    def _adopt_orphans(self, lines: Lines) -> Lines:
        """A continuation with nothing before it that it could continue is kept as an undated event of its own."""
        heads = lines.heads()
        continued = np.flatnonzero(lines.begins == NOTHING)
        separators = np.flatnonzero(lines.begins == SEPARATOR)
        before = np.searchsorted(separators, continued) - 1
        last_separator = np.where(before >= 0, separators[before] if len(separators) else 0, -2 if self._cut else -1)
        owner = np.searchsorted(heads, continued) - 1
        last_head = np.where(owner >= 0, heads[owner] if len(heads) else 0, -1 if not self._cut else -3)
        alone = (last_separator > last_head) | ((last_head < 0) & (last_separator != -1))
        orphans = continued[alone]
        if not len(orphans):
            return lines
        first = _firsts(last_separator[alone])
        lines.begins[orphans[first]] = ORPHAN
        count = len(first)
        rows = {"nth": pa.array(orphans[first]), "head": pa.array(np.zeros(count, dtype=np.int32))}
        extra = pa.table(
            {f.name: rows.get(f.name, pa.nulls(count, f.type)) for f in lines.events.schema}, lines.events.schema
        )
        together = pa.concat_tables([lines.events, extra])
        lines.events = together.take(pa.array(np.argsort(together["nth"].to_numpy(), kind="stable")))
        return lines

    def _continue_waiting(self, lines: Lines, more: Numbers) -> None:
        """Let the event that waits take in the lines at the beginning of this chunk that continue it."""
        if not len(more) or self._waiting is None:
            return
        chunk, last = lines.chunk, int(more[-1])
        at = self._waiting.num_rows - 1
        stop = int(chunk.offset[last] + chunk.length[last])
        begun = self._waiting["offset"][at].as_py()
        self._waiting = _replace_last(self._waiting, {"last_line": chunk.first_line + last, "length": stop - begun})
        if sum(map(len, self._more)) < LINE_CAP:
            texts = chunk.pieces(chunk.starts()[more], chunk.ends()[more]).to_pylist()
            self._more.append("\n".join(texts)[:LINE_CAP])

    def _note_end(self, lines: Lines, heads: Numbers) -> None:
        """Remember whether a separator stands after the last event of this chunk."""
        separators = np.flatnonzero(lines.begins == SEPARATOR)
        if len(separators) and (not len(heads) or separators[-1] > heads[-1]):
            self._cut = True
        elif len(heads):
            self._cut = False

    def _rows(self, events: _Events, continued: Numbers, owner: Numbers) -> pa.Table:
        """Return the events that go into the table with their text; quiet ones of a large log are set aside."""
        lines, heads = events.lines, events.heads
        last = heads.copy()
        last[owner] = continued
        after, before = events.around(self._last_dated)
        self._last_dated = events.latest(self._last_dated)
        if not self.whole:
            self.falls, self._last_written = events.falls(self._last_written)
            lines, loud = self._sifted(events, last)
            numbers = np.zeros(len(heads), dtype=np.int64)
            numbers[loud] = np.arange(len(loud))
            owner = numbers[owner]  # only loud events are continued
            heads, last, after, before = heads[loud], last[loud], after[loud], before[loud]
        body = _bodies(lines, continued, owner, len(heads))
        return _rows(lines, heads, last, body, pa.array(after), pa.array(before))

    def _sifted(self, every: _Events, last: Numbers) -> tuple[Lines, Numbers]:
        """Set aside the events that nobody worries about: dated, of one line, and not the last one, which may go on in
        the next chunk. Return the others, and which of all events they are."""
        chunk, events, laid = every.lines.chunk, every.lines.events, every.lines.laid
        alone = np.zeros(len(chunk), dtype=bool)
        alone[every.heads[(last == every.heads) & (every.heads != every.heads[-1])]] = True
        left = []
        if laid is not None:
            quiet = _quiet_words(laid.pattern.severity(word) for word in laid.levels)[laid.level] & alone[laid.nth]
            self.quiet.append(_quiet_laid(chunk, laid.chosen(quiet)))
            left.append(laid_rows(laid.chosen(~quiet)))
        if events.num_rows:
            nth = events["nth"].to_numpy()
            quiet = _quiet_events(events) & alone[nth]
            if quiet.any():
                self.quiet.append(_quiet_rows(Lines(chunk, every.lines.begins, events.filter(pa.array(quiet)))))
            left.append(events.filter(pa.array(~quiet)))
        events = in_order(left)
        return Lines(chunk, every.lines.begins, events), every.place[events["nth"].to_numpy()]

    def _release(self, table: pa.Table, first: pa.Scalar | None) -> pa.Table:
        """Hold back the last event, and undated ones that no dated one follows yet; return all others.

        `first` is the first time of this chunk.
        """
        settled = self._settled()
        if settled is not None and first is not None:
            before = pc.if_else(_awaits(settled), first, settled["before"])
            settled = settled.set_column(settled.schema.get_field_index("before"), "before", before)
        together = table if settled is None else pa.concat_tables([settled, table])
        open_ones = np.flatnonzero(_awaits(together).to_numpy())
        hold = min(together.num_rows - 1, int(open_ones[0]) if len(open_ones) else together.num_rows)
        hold = max(hold, together.num_rows - LONGEST_HOLD)
        self._waiting = together.slice(hold)
        return together.slice(0, hold)

    def _settled(self) -> pa.Table | None:
        """Return the events that waited, the last one with the body that later chunks gave it."""
        if self._waiting is None or not self._more:
            return self._waiting
        last = self._waiting.num_rows - 1
        body = "\n".join([self._waiting["body"][last].as_py() or "", *self._more]).lstrip("\n")[:LINE_CAP]
        self._more = []
        return _replace_last(self._waiting, {"body": body})


class _Events:
    """All events of one chunk, in order: where they begin, and their times."""

    def __init__(self, lines: Lines, heads: Numbers) -> None:
        """`heads` are the lines that begin events."""
        self.lines = lines
        self.heads = heads
        self.place = np.zeros(len(lines.chunk), dtype=np.int64)
        """For each line that begins an event, which of the events it is."""
        self.place[heads] = np.arange(len(heads))
        nth = lines.events["nth"].to_numpy()
        self.time = np.full(len(heads), np.datetime64("NaT"), dtype="datetime64[us]")
        self.time[self.place[nth]] = lines.events["time"].to_numpy()
        self.undated = np.zeros(len(heads), dtype=bool)
        self.undated[self.place[nth]] = pc.and_(
            pc.is_null(lines.events["time"]), pc.is_null(lines.events["own"])
        ).to_numpy()
        if lines.laid is not None:
            self.time[self.place[lines.laid.nth]] = lines.laid.time.view("datetime64[us]")
        self.dated = np.flatnonzero(~np.isnat(self.time))

    def first(self) -> pa.Scalar | None:
        """The time of the first dated event."""
        return pa.scalar(self.time[self.dated[0]], _TIME) if len(self.dated) else None

    def latest(self, before: Times) -> Times:
        """The time of the last dated event, as an array of one, or that of an earlier chunk."""
        return self.time[self.dated[-1:]] if len(self.dated) else before

    def around(self, past: Times) -> tuple[Times, Times]:
        """Of undated events, the last time before them and the first one after them in this chunk; `past` is the last one
        of earlier chunks."""
        after = np.full(len(self.heads), np.datetime64("NaT"), dtype="datetime64[us]")
        before = after.copy()
        which = np.flatnonzero(self.undated)
        known = np.concatenate([past, self.time[self.dated], _NEVER])
        next_one = np.searchsorted(self.dated, which)
        after[which], before[which] = known[next_one], known[next_one + 1]
        return after, before

    def falls(self, past: Times) -> tuple[list[Any], Times]:
        """Where times fall back from one line to the next, as they are written, and the last of them; `past` is the last
        one of earlier chunks. What stands in the year 2000 lacks its date, and is in the table of loud events."""
        written = self.time.copy()
        found = self.lines.events
        written[self.place[found["nth"].to_numpy()]] = pc.coalesce(found["own"], found["time"]).to_numpy()
        dated = np.flatnonzero((written < _NO_DATE[0]) | (written >= _NO_DATE[1]))
        times = np.concatenate([past, written[dated]])
        fell = np.flatnonzero(times[1:] < times[:-1])
        if not len(fell):
            return [], times[-1:]
        deepest = fell[(times[fell] - times[fell + 1]).argmax()]
        line = self.lines.chunk.first_line + int(self.heads[dated[deepest]])
        return [len(fell), line, *times[deepest : deepest + 2].tolist()], times[-1:]


_NEVER = np.array(["NaT"], dtype="datetime64[us]")
_NO_DATE = np.array(["2000-01-01", "2001-01-01"], dtype="datetime64[us]")
_NO_EVENTS = pa.table({"line": pa.array([], pa.int64())})


def _awaits(table: pa.Table) -> pa.ChunkedArray:
    """Say which events have no time, of any clock, and do not know yet which time comes after them."""
    return pc.and_(pc.is_null(table["time"]), pc.and_(pc.is_null(table["own_clock"]), pc.is_null(table["before"])))


def _replace_last(table: pa.Table, values: dict[str, Any]) -> pa.Table:
    """Return a table whose last row holds other values."""
    last = table.slice(table.num_rows - 1).to_pylist()[0] | values
    row = pa.Table.from_pylist([last], schema=table.schema)
    return pa.concat_tables([table.slice(0, table.num_rows - 1), row])


def chunk_pieces(lines: Lines, starts: Numbers, ends: Numbers) -> pa.LargeStringArray:
    """Return pieces of a chunk's text, none longer than patterns look at, and no character of them cut in half."""
    data = np.frombuffer(lines.chunk.text.buffers()[2] or b"", dtype=np.uint8)
    stops = np.minimum(np.maximum(ends, starts), starts + LINE_CAP)
    cut = np.flatnonzero(stops < ends)
    for _ in range(3):
        stops[cut] -= (data[stops[cut]] & 0xC0) == 0x80
    return lines.chunk.pieces(starts, stops)


def _firsts(ascending: Numbers) -> Numbers:
    """Return where each number stands first. (numpy's own `unique` imports masked arrays, which takes long.)"""
    return np.flatnonzero(np.diff(ascending, prepend=ascending[0] - 1)) if len(ascending) else ascending


def _quiet_words(words: Iterable[str | None]) -> Flags:
    """Say which of some severities nobody worries about."""
    return np.array([word in QUIET for word in words], dtype=bool)


def _quiet_events(events: pa.Table) -> Flags:
    """Say which events are dated, and of a severity that nobody worries about."""
    words = _coded(events["level"])
    quiet = np.append(_quiet_words(words.dictionary.to_pylist()), False)
    codes = pc.fill_null(words.indices, len(quiet) - 1).to_numpy(zero_copy_only=False)
    flags: Flags = quiet[codes] & pc.is_valid(events["time"]).to_numpy()
    return flags


def _coded(words: pa.ChunkedArray) -> pa.DictionaryArray:
    one = words.combine_chunks()
    return one if pa.types.is_dictionary(one.type) else pc.dictionary_encode(one)


def _scattered(found: pa.Array, mask: Flags) -> pa.Array:
    """Return found values where the mask is set, nulls elsewhere."""
    if mask.all():
        return found
    places = np.cumsum(mask) - 1
    return found.take(pa.array(places, mask=~mask))


def _bodies(lines: Lines, continued: Numbers, owner: Numbers, count: int) -> pa.Array:
    """Return, for each event, the lines that continue it as one text; null where there are none."""
    if not len(continued):
        return pa.nulls(count, pa.large_string())
    chunk = lines.chunk
    texts = chunk_pieces(lines, chunk.starts()[continued], chunk.ends()[continued])
    first = _firsts(owner)
    owners = owner[first]
    bounds = pa.array(np.append(first, len(owner)).astype(np.int32))
    joined = pc.binary_join(pa.ListArray.from_arrays(bounds, texts.cast(pa.string())), "\n")
    joined = pc.utf8_slice_codeunits(joined, 0, LINE_CAP).cast(pa.large_string())
    folded = np.zeros(count, dtype=bool)
    folded[owners] = True
    return _scattered(joined, folded)


def _rows(lines: Lines, heads: Numbers, last: Numbers, body: pa.Array, after: pa.Array, before: pa.Array) -> pa.Table:
    """Return events with the columns of the store's table; `last` is the last line of each."""
    chunk, events = lines.chunk, lines.events
    return pa.table(
        {
            "line": heads + chunk.first_line,
            "last_line": last + chunk.first_line,
            "offset": chunk.offset[heads],
            "length": chunk.offset[last] + chunk.length[last] - chunk.offset[heads],
            "time": events["time"],
            "level": events["level"].cast(pa.string()),
            "source": events["source"],
            "message": _messages(lines, heads),
            "body": body,
            "after": after,
            "before": before,
            "own_clock": events["own"],
        }
    )


def _quiet_laid(chunk: Chunk, laid: Laid) -> pa.Table:
    """Return quiet events with the columns of their table; their level is its number among the words of the store."""
    return pa.table(
        {
            "line": (laid.nth + chunk.first_line).astype(np.uint32),
            "offset": chunk.offset[laid.nth],
            "length": chunk.length[laid.nth].astype(np.uint32),
            "head": laid.head.astype(np.uint16),
            "time": pa.array(laid.time.view("datetime64[us]")),
            "level": _codes(laid.pattern.severity(level) for level in laid.levels)[laid.level],
            "source": laid.source(),
            "local": np.full(len(laid), bool(laid.pattern.lacks)),
        }
    )


def _quiet_rows(lines: Lines) -> pa.Table:
    """Return quiet events, all those of these lines, with the columns of their table."""
    chunk, events = lines.chunk, lines.events
    nth, words = events["nth"].to_numpy(), _coded(events["level"])
    return pa.table(
        {
            "line": (nth + chunk.first_line).astype(np.uint32),
            "offset": chunk.offset[nth],
            "length": chunk.length[nth].astype(np.uint32),
            "head": events["head"].to_numpy().astype(np.uint16),
            "time": events["time"],
            "level": _codes(words.dictionary.to_pylist())[words.indices.to_numpy()],
            "source": events["source"],
            "local": pc.is_valid(events["own"]),
        }
    )


def _codes(words: Iterable[str]) -> npt.NDArray[np.uint8]:
    return np.array([QUIET.index(word) if word in QUIET else 0 for word in words], np.uint8)


def _messages(lines: Lines, heads: Numbers) -> pa.Array:
    """Return the messages of events: what a pattern captured, or all that follows its head."""
    chunk, given = lines.chunk, lines.events["message"].cast(pa.large_string())
    if given.null_count == 0:
        return given.combine_chunks()
    starts = chunk.starts()[heads] + lines.events["head"].to_numpy()
    follows = chunk_pieces(lines, starts, chunk.ends()[heads])
    return follows if given.null_count == len(given) else pc.coalesce(given, follows).combine_chunks()
