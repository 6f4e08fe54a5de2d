"""What each line of a chunk is by a format: an event, a continuation, a blank, or nothing that the format reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import digit_heads, layouts, stamps
from forensics.evidence.lines import Chunk, Flags, Numbers
from forensics.evidence.paths import steps
from forensics.evidence.patterns import LinePattern, json_path
from forensics.evidence.recognition import LINE_CAP
from forensics.store import Store

UNREAD, EVENT, UNDATED, NOTHING, BLANK, SEPARATOR, NUL, NO_TIME, ORPHAN = range(9)
"""What a line is: no pattern reads it; it begins a dated or an undated event, or none; it is blank, or separates; it
holds NULs; its stamp states a time that does not exist; it continues an event that this text does not hold."""

_BEGINS = {"event": EVENT, "undated": UNDATED, "nothing": NOTHING, "separator": SEPARATOR}
_HEADS = np.array([code in (EVENT, UNDATED, ORPHAN) for code in range(ORPHAN + 1)])
_NEVER = r"$^"
_LOOKED_AT = 200
"""Lines of a chunk that are looked at to learn a layout."""

FEW = 64
"""Lines that are few enough to be looked at one by one before the store is asked."""

SOME = 0.25
"""Of a chunk's lines, so many are few enough to look first which of them fit."""

_SPACE = np.zeros(256, dtype=bool)
_SPACE[[9, 10, 11, 12, 13, 32]] = True

EARLIEST = np.datetime64("1995-01-01", "us")
LATEST = np.datetime64("2100-01-01", "us")
"""Times outside of these are those of a clock that was never set: kept as written, never taken for when it was."""


@dataclass(slots=True)
class Lines:
    """The lines of one chunk, read."""

    chunk: Chunk
    begins: npt.NDArray[np.int8]
    events: pa.Table
    """One row per line that begins an event: nth, head, time, own, level, source, message (null where it is all that
    follows the head)."""
    laid: layouts.Laid | None = None
    """Dated lines that stand as a layout wants them, where these were left out of the events for being so many."""

    def heads(self) -> Numbers:
        """Return which lines begin an event, be it among `events` or `laid`."""
        return np.flatnonzero(_HEADS[self.begins])

    def with_all(self) -> Lines:
        """Return the same with every event among `events`."""
        if self.laid is None:
            return self
        return Lines(self.chunk, self.begins, in_order([laid_rows(self.laid), self.events]))


class Matcher:
    """Reads chunk after chunk by the patterns of one format, and counts which of them read."""

    def __init__(self, store: Store, patterns: tuple[LinePattern, ...]) -> None:
        self.store = store
        self.patterns = patterns
        self.read: dict[str, int] = dict.fromkeys((pattern.name for pattern in patterns), 0)
        self.timeless = 0
        """How many objects should have told a time and told none that can be read."""
        self._layouts: dict[str, layouts.Layout | digit_heads.Head | None] = {}

    def lines(self, chunk: Chunk) -> Lines:
        """Say what each line of the chunk is."""
        begins = _plain(chunk)
        waiting = np.flatnonzero(begins == UNREAD)
        few = _few(chunk)
        found: list[pa.Table] = []
        laid: layouts.Laid | None = None
        written = _Written(chunk)
        for pattern in self.patterns:
            if not len(waiting):
                break
            if few and not pattern.object and all(pattern.fit(few[nth]) is None for nth in waiting.tolist()):
                continue
            if pattern.object and len(waiting) > len(chunk) * SOME and not written.keys(pattern):
                continue  # few lines are sooner asked themselves
            quick = self._laid_out(chunk, waiting, pattern)
            if quick is not None and len(quick):
                self.read[pattern.name] += len(quick)
                begins[quick.nth] = _BEGINS[pattern.begins]
                waiting = waiting[begins[waiting] == UNREAD]
                if laid is None:
                    laid = quick
                else:
                    found.append(laid_rows(quick))
            asked = waiting if pattern.may_begin is None else waiting[_begin_with(chunk, waiting, pattern.may_begin)]
            if not len(asked):
                continue
            if pattern.first_decides:
                rows, fits = None, np.ones(len(asked), dtype=bool)
            elif pattern.pattern == "^(?P<message>.*)$":
                rows, fits = _whole(asked), np.ones(len(asked), dtype=bool)
            else:
                asked = _fitting(chunk, asked, pattern)
                if not len(asked):
                    continue
                rows, fits = self._ask(chunk, asked, pattern)
            hits = asked if fits.all() else asked[fits]
            if not len(hits):
                continue
            self.read[pattern.name] += len(hits)
            begins[hits] = _BEGINS[pattern.begins]
            if rows is not None and pattern.begins in ("event", "undated"):
                rows = rows if len(hits) == len(asked) else rows.filter(pa.array(fits))
                found.append(_event_rows(rows, pattern, begins))
                self.timeless += int(np.count_nonzero(begins[hits] == UNDATED)) if pattern.begins == "event" else 0
            waiting = waiting[begins[waiting] == UNREAD]
        return Lines(chunk, begins, in_order(found), laid)

    def first_time(self, chunk: Chunk) -> datetime | None:
        """Return the time of the chunk's first line, where it stands as a pattern's others did; None leaves it open."""
        line = chunk.text[0].as_py().rstrip("\r\n")
        for pattern in self.patterns:
            laid = self._laid_out(chunk, np.zeros(1, dtype=np.int64), pattern)
            if laid is not None and len(laid):
                time: datetime = laid.time.view("datetime64[us]")[0].item()
                return time
            if pattern.fit(line[:LINE_CAP]) is not None:
                return None
        return None

    def _laid_out(self, chunk: Chunk, waiting: Numbers, pattern: LinePattern) -> layouts.Laid | None:
        """Read the lines that stand as this pattern's others did, where it has a fixed layout."""
        if chunk.dirty or pattern.begins != "event" or pattern.object:
            return None
        if not (pattern.sliced or digit_heads.may_begin(pattern)):
            return None
        if pattern.name not in self._layouts:
            line = next(
                (one for one in chunk.text[: min(len(chunk), _LOOKED_AT)].to_pylist() if pattern.fit(one)), None
            )
            if line is None:
                return None
            learn = layouts.learn if pattern.sliced else digit_heads.learn
            self._layouts[pattern.name] = learn(pattern, line.rstrip("\r\n"))
        layout = self._layouts[pattern.name]
        if layout is None:
            return None
        if isinstance(layout, layouts.Layout):
            return layouts.read(layout, pattern, chunk, waiting)
        return digit_heads.read(layout, pattern, chunk, waiting)

    def _ask(self, chunk: Chunk, waiting: Numbers, pattern: LinePattern) -> tuple[pa.Table, Flags]:
        whole = len(waiting) == len(chunk)
        text = chunk.text if whole else chunk.text.take(pa.array(waiting))
        if not pattern.object and "(?P<time>" not in pattern.pattern:
            return _untimed(waiting, text, pattern)
        length = chunk.length if whole else chunk.length[waiting]
        self.store.lend("waiting", pa.table({"nth": waiting, "length": length, "text": text}))
        if pattern.object:
            rows = self.store.arrow("line_objects", **_object_places(pattern))
            fits = np.zeros(len(waiting), dtype=bool)
            rows = rows.filter(rows["fits"])
            fits[np.searchsorted(waiting, rows["nth"].to_numpy())] = True
            filled = pa.nulls(len(waiting), pa.int64())
            rows = rows.drop_columns(["fits"]) if fits.all() else _spread(rows.drop_columns(["fits"]), fits, filled)
        else:
            stamp = stamps.named(pattern.stamp)
            rows = self.store.arrow(
                "line_parts",
                pattern=pattern.scan,
                groups=pattern.scan_groups,
                read=stamp.read,
                removed=stamp.drop or _NEVER,
                prefix=stamp.prefix,
                patterns=stamp.patterns(pattern.order),
                cap=LINE_CAP,
            )
            fits = rows["head"].to_numpy() > 0
        self.store.take_back("waiting")
        return rows, fits


def _untimed(waiting: Numbers, text: pa.Array, pattern: LinePattern) -> tuple[pa.Table, Flags]:
    """Read lines by a pattern that captures no time, as the question line_parts would."""
    parts = pc.extract_regex(pc.utf8_slice_codeunits(text, 0, LINE_CAP), pattern.scan_named)
    fits = parts.is_valid().to_numpy(zero_copy_only=False)
    found = {name: pc.struct_field(parts, name) for name in ("level", "source", "message")}
    head = pc.fill_null(pc.binary_length(pc.struct_field(parts, "head")), 0).cast(pa.int32())
    return pa.table({"nth": waiting, "head": head, "time": pa.nulls(len(waiting), pa.timestamp("us")), **found}), fits


def _fitting(chunk: Chunk, asked: Numbers, pattern: LinePattern) -> Numbers:
    """Leave out lines that do not fit, where most do not, or few of a large chunk wait: the store takes long to ask in vain."""
    if pattern.object:
        return asked
    if (
        len(asked) > len(chunk) * SOME
        and _fits(chunk, asked[:_LOOKED_AT], pattern).sum() > len(asked[:_LOOKED_AT]) * SOME
    ):
        return asked
    left: Numbers = asked[_fits(chunk, asked, pattern)]
    return left


def _fits(chunk: Chunk, asked: Numbers, pattern: LinePattern) -> Flags:
    text = pc.utf8_slice_codeunits(chunk.text.take(pa.array(asked)), 0, LINE_CAP)
    flags: Flags = pc.match_substring_regex(text, pattern.scan).to_numpy(zero_copy_only=False)
    return flags


class _Written:
    """What stands somewhere in the text of a chunk."""

    def __init__(self, chunk: Chunk) -> None:
        """Look at this chunk, once for each word that is asked for."""
        self._text = memoryview(chunk.text.buffers()[2] or b"")
        self._known: dict[str, bool] = {}

    def __contains__(self, word: str) -> bool:
        if word not in self._known:
            self._known[word] = re.search(re.escape(word.encode()), self._text) is not None
        return self._known[word]

    def keys(self, pattern: LinePattern) -> bool:
        """Say whether some line may be an object with all that this kind needs: none is where a key stands nowhere as it is
        usually written, and no character is written by its number."""
        keys = [key for need in pattern.needs for key in steps(need.partition("=")[0])]
        return all(f'"{key}"' in self for key in keys if not _ESCAPED.search(key)) or "\\u" in self


_ESCAPED = re.compile(r'[/"\\\x00-\x1f\x7f]')
"""Characters that JSON may, or must, write with a backslash."""


def _begin_with(chunk: Chunk, waiting: Numbers, characters: frozenset[str]) -> Flags:
    """Say which waiting lines begin with one of these characters."""
    data = np.frombuffer(chunk.text.buffers()[2], dtype=np.uint8)
    wanted = np.zeros(256, dtype=bool)
    codes = [ord(one) for one in characters]
    wanted[[code for code in codes if code < 128]] = True
    wanted[128:] = any(code >= 128 for code in codes)
    flags: Flags = wanted[data[chunk.starts()[waiting]]]
    return flags


def _spread(rows: pa.Table, fits: Flags, nulls: pa.Array) -> pa.Table:
    """Return rows for all waiting lines, empty where none was found, so that one mask speaks for both."""
    places = np.full(len(fits), -1, dtype=np.int64)
    places[fits] = np.arange(rows.num_rows)
    return rows.take(pc.if_else(pa.array(places >= 0), pa.array(places), nulls))


def _few(chunk: Chunk) -> list[str]:
    """Return the lines of a small chunk: to ask the store of a pattern that fits none costs more than to look here."""
    if len(chunk) > FEW or chunk.length.sum() > LINE_CAP:
        return []
    return [text.rstrip("\r\n") for text in chunk.text.to_pylist()]


def _plain(chunk: Chunk) -> npt.NDArray[np.int8]:
    """Find the lines that need no format: blank ones, grep's separators, and those that hold NULs."""
    begins = np.zeros(len(chunk), dtype=np.int8)
    if chunk.nul is not None:
        begins[chunk.nul] = NUL
    data = np.frombuffer(chunk.text.buffers()[2] or b"", dtype=np.uint8)
    starts, ends = chunk.starts(), chunk.ends()
    short = np.flatnonzero(ends - starts == 2)
    begins[short[(data[starts[short]] == 45) & (data[starts[short] + 1] == 45)]] = SEPARATOR
    begins[(ends == starts) & (begins == UNREAD)] = BLANK
    some = np.flatnonzero(ends > starts)
    odd = some[_SPACE[data[starts[some]]] & _SPACE[data[ends[some] - 1]]]
    if len(odd):
        empty = pc.equal(pc.utf8_length(pc.utf8_trim(chunk.text.take(pa.array(odd)), characters=" \t\n\r\v\f")), 0)
        begins[odd[empty.to_numpy(zero_copy_only=False)]] = BLANK
    return begins


def _object_places(pattern: LinePattern) -> dict[str, object]:
    """Number all paths of an object's parts and needs, as the question wants them."""
    needs = [need.partition("=") for need in pattern.needs[:4]]
    paths = list(dict.fromkeys([need[0] for need in needs] + list(chain(*pattern.object.values()))))
    places: dict[str, object] = {"paths": [json_path(path) for path in paths], "prefix": pattern.prefix}
    places["prefix_source"] = re.compile(pattern.prefix).groupindex.get("source", 0)
    for part, most in (("time", 3), ("level", 3), ("source", 3), ("message", 3), ("error", 3), ("finer", 1)):
        known = pattern.object.get(part, ())
        for number in range(most):
            places[f"{part}_{number + 1}"] = paths.index(known[number]) + 1 if number < len(known) else 0
    for number in range(4):
        places[f"needs_{number + 1}"] = paths.index(needs[number][0]) + 1 if number < len(needs) else 0
        places[f"value_{number + 1}"] = (needs[number][2] or None) if number < len(needs) else None
    return places


def _whole(waiting: Numbers) -> pa.Table:
    count = len(waiting)
    return pa.table(
        {
            "nth": waiting,
            "head": np.zeros(count, dtype=np.int32),
            "time": pa.nulls(count, pa.timestamp("us")),
            "level": pa.nulls(count, pa.string()),
            "source": pa.nulls(count, pa.string()),
            "message": pa.nulls(count, pa.string()),
        }
    )


def laid_rows(laid: layouts.Laid) -> pa.Table:
    """Return lines that a layout read with the columns of all other events."""
    count = len(laid)
    time = pa.array(laid.time.view("datetime64[us]"))
    level = pa.DictionaryArray.from_arrays(pa.array(laid.level), pa.array(laid.levels))
    nothing = pa.nulls(count, pa.string())
    return pa.table(
        {
            "nth": laid.nth,
            "head": laid.head.astype(np.int32),
            "time": time,
            "own": time if laid.pattern.lacks else pa.nulls(count, pa.timestamp("us")),
            "level": _levels(pa.chunked_array([level]), laid.pattern),
            "source": laid.source().cast(pa.string()),
            "message": nothing,
        }
    )


def _event_rows(rows: pa.Table, pattern: LinePattern, begins: npt.NDArray[np.int8]) -> pa.Table:
    """Give the rows of one pattern the constants it declares, and keep apart the times that cannot be placed."""
    written = rows["time"].combine_chunks()
    lacks = pattern.lacks
    if pattern.begins == "event":
        lost = pc.is_null(written).to_numpy(zero_copy_only=False)
        if lost.any():
            begins[rows["nth"].to_numpy()[lost]] = UNDATED if pattern.object else NO_TIME
            if not pattern.object:
                rows = rows.filter(pa.array(~lost))
                written = rows["time"].combine_chunks()
    count = rows.num_rows
    nothing = pa.nulls(count, pa.timestamp("us"))
    wild = pc.fill_null(pc.or_(pc.less(written, EARLIEST), pc.greater_equal(written, LATEST)), False)
    placed = nothing if lacks in ("year", "date", "order", "epoch") else pc.if_else(wild, nothing, written)
    own = written if lacks else pc.if_else(wild, written, nothing)
    message = rows["message"] if not pattern.sliced or pattern.object else pa.nulls(count, pa.string())
    return pa.table(
        {
            "nth": rows["nth"],
            "head": rows["head"] if pattern.sliced and not pattern.object else pa.array(np.zeros(count, np.int32)),
            "time": placed,
            "own": own,
            "level": _levels(rows["level"], pattern),
            "source": _filled(rows["source"], pattern.source).cast(pa.string()),
            "message": _missing(message).cast(pa.string()),
        }
    )


def _missing(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return empty texts as null."""
    if texts.null_count == len(texts):
        return texts
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, texts.type), texts)


def _filled(texts: pa.ChunkedArray, otherwise: str) -> pa.ChunkedArray:
    """Return missing texts as what the pattern declares."""
    found = _missing(texts)
    return pc.fill_null(found, otherwise) if otherwise and found.null_count else found


def _levels(texts: pa.ChunkedArray, pattern: LinePattern) -> pa.Array:
    """Return our words for severities; a format's own words come first, and what nobody knows is kept in capitals."""
    coded = texts.combine_chunks()
    if not pa.types.is_dictionary(coded.type):
        coded = pc.dictionary_encode(_filled(texts, pattern.level)).combine_chunks()
    known = stamps.levels()
    words = [
        None
        if word is None
        else pattern.levels.get(word, pattern.levels.get(word.upper(), known.get(word.upper(), word.upper())))
        for word in coded.dictionary.to_pylist()
    ]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(words, pa.string()))


def in_order(found: list[pa.Table]) -> pa.Table:
    """Put the events of several patterns into the order of their lines."""
    some = [one for one in found if one.num_rows]
    if len(some) == 1:
        return some[0]
    if not some:
        return _event_rows(_whole(np.zeros(0, dtype=np.int64)), _NO_PATTERN, np.zeros(0, dtype=np.int8))
    together = pa.concat_tables(some, promote_options="permissive").unify_dictionaries()
    return together.take(pa.array(np.argsort(together["nth"].to_numpy(), kind="stable")))


_NO_PATTERN = LinePattern("none", "^(?P<message>.*)$", "undated", "iso-zoned", "", "", weak=True)
