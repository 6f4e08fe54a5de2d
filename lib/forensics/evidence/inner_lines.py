"""The lines that a log export carries in its records: read once more, by the format of the log that they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import lines, recognition
from forensics.evidence.folding import Folder
from forensics.evidence.formats import Format
from forensics.evidence.lines import Numbers
from forensics.evidence.matching import Matcher
from forensics.evidence.patterns import LinePattern
from forensics.store import Store

LEAST_SHARE = 0.8
"""Where so much of the lines is read by their format, what it takes for more of the line above is that."""

UNTOLD = frozenset({"", "INFO"})
"""Levels that shippers write where they know none; beside any other, a mere word at the beginning of a line says nothing."""

_REST = LinePattern("rest", "^(?P<message>.*)$", "undated", "iso-zoned", "", "", weak=True)
"""A line that no pattern reads stands for itself."""

_PARTS = ("level", "source", "message")


def refine(store: Store, events: pa.Table) -> pa.Table:
    """Return log events with the level, source and message that their own lines state.

    The time stays the export's: it is when the line was written, or received, and has a zone. Where an export left all
    times out, those of the lines stand. Records of requests are kept whole, and are no lines.
    """
    if "source" in events.column_names and pc.all(pc.equal(events["source"].cast(pa.string()), "access")).as_py():
        return events
    heads, bodies = _split(events["message"])
    undated = events["time"].null_count == len(events) > 0
    fmt = _format(heads)
    if fmt is None:
        return events
    read = _read(store, fmt, heads)
    places = _places(read, len(heads))
    outer = {
        name: events[name] if name in events.column_names else pa.nulls(len(heads), pa.string()) for name in _PARTS
    }
    read = _heeded(read, outer["level"].take(pa.array(read["line"].to_numpy() - 1)))
    told = {name: pc.coalesce(read[name].cast(pa.string()).take(places), outer[name]) for name in _PARTS}
    if undated:
        told["time"] = read["time"].take(places)
    others = [name for name in events.column_names if name not in told]
    return pa.table({**{name: events[name] for name in others}, **told, "body": bodies})


@dataclass(frozen=True, slots=True)
class Inner:
    """What came of the lines inside the records of one text."""

    title: str
    """The format of these lines."""
    records: int
    """How many of them begin an event."""
    folded: int
    """How many records continue the event of the one before, as the lines of a stack trace do."""
    ahead: float | None
    """Seconds by which the times inside the lines stand ahead of those of their records, in the middle."""


def refine_stored(store: Store, path: str) -> Inner | None:
    """Give the stored events of a text what the lines inside its records state; None where no format reads them.

    A record whose line continues the one before it, in the same stream, becomes part of that event.
    """
    store.run("inner_trimmed", path=path)
    events = store.arrow("inner_events", path=path)
    heads, _ = _split(events["message"])
    fmt = _format(heads)
    if fmt is None:
        return None
    read = _read(store, fmt, heads)
    first, last = read["line"].to_numpy() - 1, read["last_line"].to_numpy() - 1
    read = _heeded(read, events["level"].take(pa.array(first)))
    last = np.where(_changes(events["source"])[last] == _changes(events["source"])[first], last, first)
    folded = np.zeros(len(heads) + 1, dtype=np.int64)
    np.add.at(folded, first + 1, 1)
    np.add.at(folded, last + 1, -1)
    gone = np.cumsum(folded)[:-1] > 0
    begin, end = events["offset"].to_numpy(), events["offset"].to_numpy() + events["length"].to_numpy()
    whole = pa.array(last > first)
    told = {
        "line": events["line"].take(pa.array(first)),
        "last_line": events["last_line"].take(pa.array(last)),
        "length": pa.array(end[last] - begin[first]),
        **{name: read[name].cast(pa.string()) for name in _PARTS},
        "body": pc.if_else(whole, read["body"].cast(pa.string()), pa.scalar(None, pa.string())),
        "inner": pc.coalesce(read["time"], read["own_clock"]),
    }
    store.lend("told", pa.table(told))
    store.lend("gone", pa.table({"line": events["line"].filter(pa.array(gone))}))
    ahead = store.one("inner_ahead", path=path)
    store.run("inner_told", path=path)
    store.take_back("told")
    store.take_back("gone")
    return Inner(fmt.title, len(first), int(gone.sum()), ahead)


def _split(messages: pa.ChunkedArray) -> tuple[pa.LargeStringArray, pa.ChunkedArray]:
    """Return the first line of each message, and what follows it, where anything does."""
    texts = pc.replace_substring(pc.fill_null(messages.cast(pa.large_string()), ""), "\r", "")
    parts = pc.utf8_rtrim(texts, characters="\n")
    heads = pc.replace_substring_regex(parts, pattern=r"(?s)\n.*", replacement="").combine_chunks()
    bodies = pc.replace_substring_regex(parts, pattern=r"(?s)^[^\n]*\n?", replacement="")
    return heads, pc.if_else(pc.equal(bodies, ""), pa.scalar(None, pa.large_string()), bodies).cast(pa.string())


def _format(heads: pa.LargeStringArray) -> Format | None:
    """Return the format of these lines; None where few of them tell a time or a level."""
    sample = [head for head in heads[: recognition.SAMPLE_LINES].to_pylist() if head.strip()]
    found = recognition.recognise(sample)
    if found.how == "fallback" or found.fmt.kind != "log":
        return None
    lines = tuple(one for one in found.fmt.lines if one.begins == "nothing" or _tells(one) or not found.fmt.generic)
    fmt = replace(found.fmt, lines=lines)
    fits = [fit[0] for head in sample if (fit := fmt.first_fit(head))]
    if sum(one.telling for one in fits) < recognition.LEAST_TOLD * len(sample):
        return None
    sure = sum(not one.weak for one in fits) >= LEAST_SHARE * len(sample)
    return replace(fmt, lines=(*(one for one in lines if sure or not one.weak), _REST))


def _tells(pattern: LinePattern) -> bool:
    """Say whether lines of this kind tell a time or a level of their own."""
    return bool(pattern.object) or "(?P<time>" in pattern.pattern or "(?P<level>" in pattern.pattern


def _heeded(read: pa.Table, outer: pa.ChunkedArray) -> pa.Table:
    """Return what lines tell, but for a level without a time where their records have a level that somebody chose."""
    dated = pc.is_valid(pc.coalesce(read["time"], read["own_clock"]))
    chosen = pc.invert(pc.is_in(pc.fill_null(outer, ""), pa.array(sorted(UNTOLD))))
    unheard = pc.and_(chosen, pc.and_(pc.invert(dated), pc.is_valid(read["level"])))
    for name in ("level", "message"):
        told = pc.if_else(unheard, pa.scalar(None, pa.string()), read[name].cast(pa.string()))
        read = read.set_column(read.schema.get_field_index(name), name, told)
    return read


def _read(store: Store, fmt: Format, heads: pa.LargeStringArray) -> pa.Table:
    """Return what the lines that begin an event state; others stay what they are, each with the time of its record."""
    matcher, folder = Matcher(store, fmt.lines), Folder(whole=True)
    ended = pc.binary_join_element_wise(heads, pa.scalar("", pa.large_string()), pa.scalar("\n", pa.large_string()))
    found = [folder.events(matcher.lines(chunk)) for chunk in lines.chunks(memoryview(ended.buffers()[2]))]
    return pa.concat_tables([*found, folder.rest()], promote_options="permissive")


def _places(read: pa.Table, count: int) -> pa.Array:
    """Return, for each line, which of the read events it begins; null where it begins none."""
    whose = np.full(count, -1, dtype=np.int64)
    whose[read["line"].to_numpy() - 1] = np.arange(read.num_rows)
    return pa.array(whose, mask=whose < 0)


def _changes(texts: pa.ChunkedArray) -> Numbers:
    """Number the stretches of equal texts."""
    codes = pc.dictionary_encode(pc.fill_null(texts, "")).combine_chunks().indices.to_numpy()
    return np.cumsum(np.diff(codes, prepend=codes[:1]) != 0)
