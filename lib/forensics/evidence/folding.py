"""Events out of lines: each takes in the lines that continue it, and undated ones know the times around them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence.lines import Flags, Numbers
from forensics.evidence.matching import NOTHING, ORPHAN, SEPARATOR, Lines
from forensics.evidence.recognition import LINE_CAP

QUIET = ("TRACE", "DEBUG", "INFO", "NOTICE")
"""Severities of events whose text stays in the evidence where a log is too large to copy."""

LONGEST_HOLD = 50_000
"""Undated events that wait for the next dated one; beyond this they go without knowing it."""

_TIME = pa.timestamp("us")


class Folder:
    """Folds the lines of consecutive chunks; the last event of a chunk waits, for the next chunk may continue it."""

    def __init__(self, *, whole: bool = True) -> None:
        """With `whole`, the text of every event is kept; without, that of loud, undated and folded ones."""
        self.whole = whole
        self.quiet: pa.Table | None = None
        """The quiet events of the last chunk of a large log, with the columns of their own table."""
        self._waiting: pa.Table | None = None
        self._more: list[str] = []
        self._cut = True
        """Whether the next continuation has nothing to continue: the file begins, or a separator stood last."""
        self._last_dated: Any = None

    def events(self, lines: Lines) -> pa.Table:
        """Return the events that are complete, with the columns of the store's table."""
        self.quiet = None
        lines = self._adopt_orphans(lines)
        heads = lines.events["nth"].to_numpy()
        continued = np.flatnonzero(lines.begins == NOTHING)
        owner = np.searchsorted(heads, continued, side="right") - 1
        self._continue_waiting(lines, continued[owner < 0])
        self._note_end(lines, heads)
        if not len(heads):
            return _NO_EVENTS
        times = lines.events["time"]
        table = self._rows(lines, heads, continued[owner >= 0], owner[owner >= 0])
        dated = pc.index(pc.is_valid(times), True).as_py()
        return self._release(table, times[dated] if dated >= 0 else None)

    def rest(self) -> pa.Table:
        """Return what still waits when the text has ended."""
        found, self._waiting = self._settled(), None
        return found if found is not None else _NO_EVENTS

    def _adopt_orphans(self, lines: Lines) -> Lines:
        """A continuation with nothing before it that it could continue is kept as an undated event of its own."""
        heads = lines.events["nth"].to_numpy()
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
        _, first = np.unique(last_separator[alone], return_index=True)
        lines.begins[orphans[first]] = ORPHAN
        count = len(first)
        nowhere = pa.array(np.full(count, -1, dtype=np.int64))
        rows = {"nth": pa.array(orphans[first]), "head": pa.array(np.zeros(count, dtype=np.int32))}
        rows |= {"source_at": nowhere, "source_to": nowhere}
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

    def _rows(self, lines: Lines, heads: Numbers, continued: Numbers, owner: Numbers) -> pa.Table:
        """Return the events that go into the table with their text; quiet ones of a large log are set aside."""
        last = heads.copy()
        last[owner] = continued
        after, before = self._around(lines.events)
        body = _bodies(lines, continued, owner, len(heads))
        if self.whole:
            return _rows(lines, heads, last, body, after, before)
        loud = self._loud(lines.events, last > heads)
        self.quiet = _quiet_rows(lines, heads, ~loud)
        chosen = np.flatnonzero(loud)
        picked = pa.array(chosen)
        lines = Lines(lines.chunk, lines.begins, lines.events.take(picked))
        return _rows(lines, heads[chosen], last[chosen], body.take(picked), after.take(picked), before.take(picked))

    def _loud(self, events: pa.Table, folded: Flags) -> Flags:
        """Say which events go into the table with their text: all but dated ones of one line that nobody worries about."""
        words = events["level"].combine_chunks()
        if not pa.types.is_dictionary(words.type):
            words = pc.dictionary_encode(words)
        quiet = np.array([word in QUIET for word in words.dictionary.to_pylist()] + [False])
        codes = pc.fill_null(words.indices, len(quiet) - 1).to_numpy(zero_copy_only=False)
        loud: Flags = folded | ~quiet[codes] | pc.is_null(events["time"]).to_numpy()
        loud[-1] = True  # it may go on in the next chunk
        return loud

    def _around(self, events: pa.Table) -> tuple[pa.Array, pa.Array]:
        """Return, for undated events, the last time before them and the first one after them in this chunk."""
        time = events["time"].combine_chunks()
        undated = pc.and_(pc.is_null(time), pc.is_null(events["own"].combine_chunks()))
        after = before = pa.nulls(len(time), _TIME)
        if pc.any(undated).as_py():
            past = pa.concat_arrays([pa.array([self._last_dated], _TIME), time])
            after = pc.if_else(undated, pc.fill_null_forward(past)[:-1], after)
            before = pc.if_else(undated, pc.fill_null_backward(time), before)
        dated = pc.drop_null(time)
        self._last_dated = dated[-1].as_py() if len(dated) else self._last_dated
        return after, before

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
    owners, first = np.unique(owner, return_index=True)
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
            "source": _sources(lines),
            "message": _messages(lines, heads),
            "body": body,
            "after": after,
            "before": before,
            "own_clock": events["own"],
        }
    )


def _quiet_rows(lines: Lines, heads: Numbers, quiet: Flags) -> pa.Table:
    """Return the quiet events of a chunk; their level is its number among the words of the store."""
    chunk, events = lines.chunk, lines.events
    which = np.flatnonzero(quiet)
    chosen = heads[which]
    words = events["level"].combine_chunks()
    if not pa.types.is_dictionary(words.type):
        words = pc.dictionary_encode(words)
    codes = np.array(
        [QUIET.index(word) if word in QUIET else 0 for word in words.dictionary.to_pylist()] or [0], np.uint8
    )
    numbers = pc.fill_null(words.indices, 0) if words.null_count else words.indices
    at, to = (events[name].to_numpy()[which] for name in ("source_at", "source_to"))
    source = chunk.views(at, to) if (at >= 0).all() else _sources(lines).take(pa.array(which))
    return pa.table(
        {
            "line": (chosen + chunk.first_line).astype(np.uint32),
            "offset": chunk.offset[chosen],
            "length": chunk.length[chosen].astype(np.uint32),
            "head": events["head"].to_numpy()[which].astype(np.uint16),
            "time": pa.array(events["time"].to_numpy()[which]),
            "level": codes[numbers.to_numpy()[which]],
            "source": source,
        }
    )


def _sources(lines: Lines) -> pa.ChunkedArray:
    """Return the sources of events, those that are known by their places as well."""
    given, at = lines.events["source"].cast(pa.large_string()), lines.events["source_at"].to_numpy()
    placed = at >= 0
    if not placed.any():
        return given
    found = lines.chunk.pieces(at[placed], lines.events["source_to"].to_numpy()[placed])
    return pc.coalesce(given, _scattered(found, placed))


def _messages(lines: Lines, heads: Numbers) -> pa.Array:
    """Return the messages of events: what a pattern captured, or all that follows its head."""
    chunk, given = lines.chunk, lines.events["message"].cast(pa.large_string())
    if given.null_count == 0:
        return given.combine_chunks()
    starts = chunk.starts()[heads] + lines.events["head"].to_numpy()
    follows = chunk_pieces(lines, starts, chunk.ends()[heads])
    return follows if given.null_count == len(given) else pc.coalesce(given, follows).combine_chunks()
