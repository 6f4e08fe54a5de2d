"""The rows of a delimited text as Arrow tables, in bulk, with every physical line accounted for.

A row that does not have the columns of its table is set apart with its line, offset and reason; no value is moved to
another column. A quote that is never closed costs its own line, not the rest of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from forensics.evidence import lines
from forensics.evidence.content import Slices
from forensics.evidence.tables.annotated import Part
from forensics.evidence.tables.layout import Layout
from forensics.model import LineCount

LONGEST_ROW = 10_000
"""Physical lines that one quoted value may go over; beyond, its quote counts as one that is never closed."""

MOST_STRAY = 20
"""Quotes that are never closed, after which those of one chunk are no longer told apart one by one."""

SHOWN = 200
"""Characters of a refused line that are shown."""

_END, _NOTHING = pa.scalar("\n", pa.large_string()), pa.scalar("", pa.large_string())

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]


@dataclass(slots=True)
class Tally:
    """Where the physical lines went, and which could not be read."""

    accepted: int = 0
    continued: int = 0
    blank: int = 0
    separator: int = 0
    quarantined: list[pa.Table] = field(default_factory=list)
    """line, offset, length, reason, shown."""

    @property
    def count(self) -> LineCount:
        """The account of the whole text."""
        refused = sum(table.num_rows for table in self.quarantined)
        told = (self.accepted, self.continued, self.blank, self.separator, refused)
        return LineCount(sum(told), *told)


def column(position: int) -> str:
    """Name the Arrow column that holds a column's texts; names from evidence never become names of ours."""
    return f"cell_{position}"


def batches(view: Slices, layout: Layout, tally: Tally, part: Part | None = None) -> Iterator[pa.Table]:
    """Yield the rows, of a part where one is given: line, offset, length and one column of texts for each column of the table."""
    left: pa.Table | None = None
    waiting = lines.chunks(view, part.first_line, part.begin, part.end) if part else lines.chunks(view)
    chunk = next(waiting, None)
    while chunk is not None:
        following = next(waiting, None)
        piece = chunk.table.select(["line", "offset", "length", "text", "nul"])
        piece = piece if left is None else pa.concat_tables([left, piece])
        batch, left = _Part(piece, layout).read(tally, last=following is None)
        if batch.num_rows:
            yield batch
        chunk = following


class _Part:
    """Some consecutive physical lines."""

    def __init__(self, table: pa.Table, layout: Layout) -> None:
        self.table = table
        self.layout = layout
        text = pc.utf8_rtrim(table["text"].combine_chunks(), characters="\r\n")
        if table.num_rows and table["line"][0].as_py() == 1:
            first = text[0].as_py().removeprefix("\ufeff")
            text = pa.concat_arrays([pa.array([first], text.type), text.slice(1)])
        if layout.ruled:
            text = pc.replace_substring_regex(text, r"^\s*\|(.*)\|\s*$", r"\1")
        self.text = text
        self.nul = _bools(table["nul"])
        self.blank = _bools(pc.match_substring_regex(text, r"^\s*$"))
        self.drawn = _whole(table["line"]) < layout.first
        if layout.comments:
            self.drawn |= _bools(pc.starts_with(text, "#"))
        if layout.ruled:
            self.drawn |= _bools(pc.match_substring_regex(text, r"^[\s|+:=-]*[-=]{2,}[\s|+:=-]*$"))
            self.drawn |= _bools(pc.match_substring_regex(text, r"^\s*\(?\d+ rows?( in set.*)?\)?\s*$"))
        if layout.header:
            self.drawn |= _bools(pc.equal(text, pa.scalar(layout.header, text.type)))
        self.quotes = _quotes(text, layout)
        self.quotes[self.nul | self.drawn] = 0

    def read(self, tally: Tally, *, last: bool) -> tuple[pa.Table, pa.Table | None]:
        """Return the rows of these lines, and the lines of a row that goes on in the next part."""
        starts = self._starts(last=last)
        stop = len(starts)
        if not last and len(starts) and self.quotes.sum() % 2:
            stop = int(np.flatnonzero(starts)[-1])
        left = self.table.slice(stop) if stop < len(starts) else None
        return self._rows(starts[:stop], tally), left

    def _starts(self, *, last: bool) -> Mask:
        """Say which lines begin a row. Quotes that cannot belong to a value are taken for plain characters."""
        for attempt in range(MOST_STRAY + 1):
            before = np.cumsum(self.quotes) - self.quotes
            starts = before % 2 == 0
            begins, ends = _edges(starts)
            several = np.flatnonzero(ends - begins > 1)
            if not last and len(several) and ends[several[-1]] == len(starts) and self.quotes.sum() % 2:
                several = several if ends[several[-1]] - begins[several[-1]] > LONGEST_ROW else several[:-1]
            spoilt = several[~self._regular(begins[several], ends[several])]
            if not len(spoilt):
                break
            for place in spoilt if attempt == MOST_STRAY else spoilt[:1]:
                stray = slice(begins[place], ends[place] if attempt == MOST_STRAY else begins[place] + 1)
                self.quotes[stray] = 0
        before = np.cumsum(self.quotes) - self.quotes
        return np.asarray(before % 2 == 0)

    def _joined(self, begins: Whole, ends: Whole) -> pa.LargeStringArray:
        """The texts of rows, each with its line ends."""
        ended = pc.binary_join_element_wise(self.text.take(pa.array(_between(begins, ends))), _END, _NOTHING)
        offsets = np.frombuffer(ended.buffers()[1], dtype=np.int64)[ended.offset : ended.offset + len(ended) + 1]
        edges = np.concatenate([[0], np.cumsum(ends - begins)]).astype(np.int64)
        return pa.LargeStringArray.from_buffers(len(begins), pa.py_buffer(offsets[edges].tobytes()), ended.buffers()[2])

    def _regular(self, begins: Whole, ends: Whole) -> Mask:
        """Say which rows quote as the layout does."""
        return _bools(pc.match_substring_regex(self._joined(begins, ends), _well_quoted(self.layout)))

    def _rows(self, starts: Mask, tally: Tally) -> pa.Table:
        begins, ends = _edges(starts)
        plain = ends - begins == 1
        nul = np.add.reduceat(self.nul[: len(starts)], begins) > 0 if len(begins) else plain
        drawn = self.drawn[begins] & plain & ~nul
        blank = self.blank[begins] & plain & ~nul & ~drawn
        blank |= self.blank[begins] & plain & drawn
        drawn &= ~blank
        tally.blank += int(blank.sum())
        tally.separator += int(drawn.sum())
        rest = ~(blank | drawn)
        begins, ends, nul = begins[rest], ends[rest], nul[rest]
        return self._cells(begins, ends, nul, tally)

    def _cells(self, begins: Whole, ends: Whole, nul: Mask, tally: Tally) -> pa.Table:
        """Read rows into columns, and set apart those that have other columns or hold NULs."""
        wanted = len(self.layout.names)
        texts = self._joined(begins, ends)
        quoted = _bools(pc.match_substring(texts, '"')) if self.layout.quotes else np.zeros(len(begins), dtype=bool)
        bare = texts
        regular = np.ones(len(begins), dtype=bool)
        if quoted.any():
            regular = ~quoted | _bools(pc.match_substring_regex(texts, _well_quoted(self.layout)))
            bare = pc.replace_substring_regex(texts, _quoted_value(self.layout), "")
            bare = pc.if_else(pa.array(regular), bare, texts)
        widths = _whole(pc.count_substring(bare, self.layout.delimiter)) + 1
        good = (widths == wanted) & ~nul & (regular | (ends - begins == 1))
        tally.accepted += int(good.sum())
        tally.continued += int((ends - begins - 1)[good].sum())
        self._refuse(begins[~good], ends[~good], widths[~good], nul[~good], regular[~good], tally)
        literal = good & ~regular
        read = [
            self._parsed(texts, begins, ends, good & regular, quotes=self.layout.quotes),
            self._parsed(texts, begins, ends, literal, quotes=False),
        ]
        return pa.concat_tables([table for table in read if table.num_rows] or read[:1])

    def _parsed(self, texts: pa.LargeStringArray, begins: Whole, ends: Whole, which: Mask, *, quotes: bool) -> pa.Table:
        names = [column(position) for position in range(len(self.layout.names))]
        picked = texts.filter(pa.array(which))
        raw = picked.buffers()[2] if len(picked) else None
        offset, length = _whole(self.table["offset"]), _whole(self.table["length"])
        first, final = begins[which], ends[which] - 1
        place = {
            "line": _whole(self.table["line"])[first],
            "last_line": _whole(self.table["line"])[final],
            "offset": offset[first],
            "length": offset[final] + length[final] - offset[first],
        }
        if raw is None:
            empty: list[pa.Array] = [pa.array([], pa.string()) for _ in names]
            return pa.table([*(pa.array(values) for values in place.values()), *empty], names=[*place, *names])
        cells = pa_csv.read_csv(
            pa.BufferReader(raw),
            read_options=pa_csv.ReadOptions(
                column_names=names, block_size=min(raw.size + 1, 2**31 - 1), use_threads=False
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=self.layout.delimiter,
                quote_char='"' if quotes else False,
                double_quote=not self.layout.escapes,
                escape_char="\\" if self.layout.escapes and quotes else False,
                newlines_in_values=quotes,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
        values = [pc.utf8_trim_whitespace(cells[name]) if self.layout.ruled else cells[name] for name in names]
        return pa.table([*(pa.array(numbers) for numbers in place.values()), *values], names=[*place, *names])

    def _refuse(self, begins: Whole, ends: Whole, widths: Whole, nul: Mask, regular: Mask, tally: Tally) -> None:
        if not len(begins):
            return
        spans = ends - begins
        kept = _between(begins, ends)
        reasons = [
            "holds NUL bytes, as a file does where it was truncated or the disk was full"
            if empty
            else f"{width:,} of {len(self.layout.names):,} columns"
            if whole
            else "a quote that is never closed, or text beside a quoted value"
            for width, empty, whole in zip(widths.tolist(), nul.tolist(), regular.tolist(), strict=True)
        ]
        lines_of = self.table.take(pa.array(kept))
        tally.quarantined.append(
            pa.table(
                {
                    "line": lines_of["line"],
                    "offset": lines_of["offset"],
                    "length": lines_of["length"],
                    "reason": pa.array(np.repeat(np.array(reasons, dtype=object), spans), pa.string()),
                    "shown": pc.utf8_slice_codeunits(self.text.take(pa.array(kept)), 0, SHOWN).cast(pa.string()),
                }
            )
        )


def _edges(starts: Mask) -> tuple[Whole, Whole]:
    """The places where rows begin, and those just after their ends."""
    begins = np.flatnonzero(starts).astype(np.int64)
    return begins, np.append(begins[1:], len(starts)).astype(np.int64) if len(begins) else begins


def _between(begins: Whole, ends: Whole) -> Whole:
    """All places from each begin to its end, in order."""
    spans = ends - begins
    return np.asarray(np.arange(spans.sum()) + np.repeat(begins - np.cumsum(spans) + spans, spans), dtype=np.int64)


def _bools(values: Any) -> Mask:
    return np.asarray(values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values, dtype=bool)


def _whole(values: Any) -> Whole:
    return np.asarray(values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values, dtype=np.int64)


def _quotes(text: pa.Array, layout: Layout) -> Whole:
    if not layout.quotes:
        return np.zeros(len(text), dtype=np.int64)
    counts = _whole(pc.count_substring(text, '"')).copy()
    return counts - _whole(pc.count_substring(text, '\\"')) if layout.escapes else counts


def _quoted_value(layout: Layout) -> str:
    return r'"(?:[^"\\]|\\(?:.|\n))*"' if layout.escapes else r'"(?:[^"]|"")*"'


def _well_quoted(layout: Layout) -> str:
    """The pattern of a row in which every quote either encloses a whole value or is doubled inside one."""
    mark = {"\t": r"\t", "|": r"\|"}.get(layout.delimiter, layout.delimiter)
    value = rf'(?:{_quoted_value(layout)}|[^"\n{mark}]*)'
    return rf"\A{value}(?:{mark}{value})*\n\z"
