"""How a table is written, judged by its first lines: delimiter, header, comments, quotes. Nothing here reads a file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

Record = tuple[int, list[str]]
"""A row of the sample: the physical line on which it ends, from 1, and its cells."""

DELIMITERS = "\t;,|"
MOST_PREAMBLE = 12
"""Lines that may stand before a header: a title, comments, `sep=;`, what a tool prints about itself."""

LEAST_ALIKE = 0.8
"""Of the sampled rows, this share must have the same number of cells."""

MISSING = frozenset({"", "-", "nan", "null", "none", "n/a", "na", "inf", "+inf", "-inf", "undefined", "(null)", "\\n"})
"""What exports write where there is no number, in lower case."""

LEAST_RAGGED = 0.3
"""Below a header that names measurements, this share is enough: what is set apart is named, and no row moves its cells."""

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_COMMAS = re.compile(r"[+-]?\d+(?:,\d+)+(?:\.\d+)?\Z", re.ASCII)
_UNITED = re.compile(r"[+-]?\d+(?:[.,]\d+)?\s?(?:%|[a-zA-Zµμ/]{1,5})?\Z", re.ASCII)
_TIME = re.compile(
    r"\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T ]\d\d?:\d\d.*)?\Z|\d\d?[-/.]\w{2,3}[-/.]\d{4}[ :T,].*\d:\d\d|"
    r"\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?\Z|\w{3},? \d\d?,? .*\d\d:\d\d|\w{3} \w{3} \d\d \d{4} \d\d:\d\d",
    re.ASCII,
)
_NAME = re.compile(r"[\w#%][\w .%/()\[\]#°µ:+-]{0,79}\Z|\Z")
_PREAMBLE = re.compile(r"#|\{|(?i:sep=)")
_SIZED = re.compile(r"\d+(?:\.\d+)?\s?[a-zA-Z]{1,2}\Z", re.ASCII)
_BORDER = re.compile(r"[\s|+:=-]*[-=]{2,}[\s|+:=-]*\Z")
_FOOTER = re.compile(r"\(?\d+ rows?(?: in set)?\b.*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one table is written."""

    delimiter: str
    names: tuple[str, ...]
    """One distinct name a column; a column that has none is called `column 3`."""
    first: int
    """The physical line of the first row, from 1: what stands before it is no row."""
    header: str = ""
    """The line that names the columns: wherever it stands again, a new part begins, and no row."""
    headed: bool = True
    """False where the first line already is a row: then nothing says what the columns are."""
    levels: tuple[tuple[str, ...], ...] = ()
    """The rows of a header that has several, each beginning with what the row is about."""
    quotes: bool = True
    """Whether a quote around a value may hide delimiters and line ends."""
    escapes: bool = False
    """Whether a backslash stands before quotes inside values, instead of a second quote."""
    comments: bool = False
    """Whether lines that begin with # are no rows."""
    ruled: bool = False
    """Whether it was drawn for eyes, as database clients do: padded, with lines between."""


def recognise(lines: list[str]) -> Layout | None:
    """Return how these first lines of a text are written as a table, or None when they are none."""
    lines = [line.removeprefix("\ufeff") if number == 0 else line for number, line in enumerate(lines)]
    declared = _declared(lines)
    if declared:
        return declared
    stated = next((line[4:5] for line in lines[:1] if re.fullmatch(r"(?i)sep=.", line)), "")
    found = [
        layout
        for delimiter in stated or DELIMITERS
        if any(delimiter in line for line in lines) and (layout := _delimited(lines, delimiter)) is not None
    ]
    return max(found, key=lambda layout: len(layout.names), default=None)


def is_number(text: str) -> bool:
    """Say whether a cell holds a plain number and nothing else."""
    return bool(_NUMBER.match(text.strip()))


def is_missing(text: str) -> bool:
    """Say whether a cell says that there is no number."""
    return text.strip().lower() in MISSING


def _is_value(text: str) -> bool:
    return is_number(text) or bool(_TIME.match(text.strip())) or bool(_UNITED.match(text.strip()))


def _declared(lines: list[str]) -> Layout | None:
    """Read the header of tables that declare themselves: Zeek's #separator and #fields, W3C's #Fields,
    whose rows may be divided by tabs where the names are by blanks."""
    delimiter, names = "\t", distinct([])
    for number, line in enumerate(lines, 1):
        if not line.startswith("#"):
            delimiter = "\t" if delimiter == " " and line.count("\t") + 1 == len(names) else delimiter
            return Layout(delimiter, names, number, quotes=False, comments=True) if len(names) > 1 else None
        if line.startswith("#separator "):
            delimiter = _unescaped(line[11:])[:1] or "\t"
        elif line.startswith("#fields"):
            names = distinct(line.split(delimiter)[1:])
        elif line.startswith("#Fields: "):
            delimiter, names = " ", distinct(line[9:].split())
    return None


def distinct(names: list[str]) -> tuple[str, ...]:
    """Make column names usable: trimmed, present and distinct."""
    seen: Counter[str] = Counter()
    found = []
    for number, name in enumerate((name.strip() for name in names), 1):
        called = name or f"column {number}"
        seen[called] += 1
        found.append(called if seen[called] == 1 else f"{called} ({seen[called]})")
    return tuple(found)


def _records(lines: list[str], delimiter: str, *, escapes: bool = False) -> list[Record]:
    """Split the sampled lines into cells; the last one is left out when the sample ends inside a quoted value."""
    reader = csv.reader(
        (line + "\n" for line in lines),
        delimiter=delimiter,
        doublequote=not escapes,
        escapechar="\\" if escapes else None,
    )
    found: list[Record] = []
    try:
        for cells in reader:
            found.append((reader.line_num, cells))
    except csv.Error:
        return found
    return found


def borders(line: str) -> bool:
    """Say whether a line is drawn between rows, or counts them, as database clients do."""
    return bool(_BORDER.match(line)) or bool(_FOOTER.match(line.strip()))


def unframed(line: str) -> str:
    """Take away the bars around a row that was drawn for eyes."""
    return re.sub(r"^\s*\|(.*)\|\s*\Z", r"\1", line)


def _delimited(lines: list[str], delimiter: str) -> Layout | None:
    ruled = delimiter == "|" and any(borders(line) for line in lines[:6])
    if ruled:
        shown = ["" if borders(line) else unframed(line) for line in lines]
    else:
        shown = lines
    escapes = any('\\"' in line for line in lines) and not any('""' in line for line in lines)
    records = [(end, cells) for end, cells in _records(shown, delimiter, escapes=escapes) if any(map(str.strip, cells))]
    rows = [(end, cells) for end, cells in records if not _PREAMBLE.match(cells[0])]
    rows = _widened(rows)
    ragged = _ragged(rows)
    widths = Counter(len(cells) for _, cells in (rows[:1] if ragged else rows))
    width = widths.most_common(1)[0][0] if rows else 0
    start = next((place for place, (_, cells) in enumerate(rows) if len(cells) == width), 0)
    alike = sum(len(cells) == width for _, cells in rows[start:])
    if width < 2 or start > MOST_PREAMBLE or alike < (0 if ragged else LEAST_ALIKE) * (len(rows) - start):
        return None
    body = [record for record in rows[start:] if len(record[1]) == width]
    above = [cells for end, cells in records if end < body[0][0] and cells[0].startswith("#") and len(cells) == width]
    surely = ragged or ruled or _quoted(shown, delimiter) or body[0][1] == ["Variable_name", "Value"]
    layout = _headed(body, above[-1] if above else None, delimiter, surely=surely)
    if layout is None:
        return None
    header = shown[layout.first - 2] if layout.headed and layout.first > 1 else ""
    return replace(
        layout,
        header=header,
        escapes=escapes,
        comments=any(cells[0].startswith("#") for _, cells in records),
        ruled=ruled,
    )


def _widened(rows: list[Record]) -> list[Record]:
    """Name the empty last column of rows that all end with a delimiter which their header lacks."""
    if not rows or not _names(rows[0][1]):
        return rows
    end, head = rows[0]
    body = [cells for _, cells in rows[1:] if cells != head]
    if not body or any(len(cells) != len(head) + 1 or cells[-1].strip() for cells in body):
        return rows
    return [(end, [*head, f"column {len(head) + 1}"]), *rows[1:]]


def _ragged(rows: list[Record]) -> bool:
    """Say whether the first row names measurements, and many rows below have more or fewer cells than it.

    Rows of words are left to those who read logs: there the words hold the delimiter. Where no row has
    the cells of the header, commas stand inside the numbers, and nobody can tell which.
    """
    head = rows[0][1] if rows else []
    body = [cells for _, cells in rows[1:] if cells != head]
    fits = [cells for cells in body if len(cells) == len(head)]
    if len(head) < 2 or len(fits) >= LEAST_ALIKE * len(body) or not _names(head) or not all(map(_NAME.match, head)):
        return False
    if not fits:
        return all(len(cells) > len(head) for cells in body) and _measured(rows[1:])
    worded = sum(len(cell.split()) > 2 for cells in fits for cell in cells if not _is_value(cell))
    ends = [cell for cells in fits for cell in (cells[0], cells[-1])]
    enough = len(head) > 2 and len(fits) >= LEAST_RAGGED * len(body) and worded < len(fits) / 2
    return enough and all(is_missing(cell) or _is_value(cell) for cell in ends)


def _headed(body: list[Record], comment: list[str] | None, delimiter: str, *, surely: bool) -> Layout | None:
    """Find the header of rows that are alike, and say whether they are a table at all."""
    levels = _levels(body)
    if levels:
        return Layout(delimiter, _joined(levels), body[len(levels)][0], levels=tuple(tuple(row) for row in levels))
    head, rows = body[0][1], [cells for _, cells in body[1:]]
    if _names(head):
        named, first = head, body[0][0] + 1
    elif comment and _names([comment[0].lstrip("# "), *comment[1:]]):
        named, first = [comment[0].lstrip("# "), *comment[1:]], body[0][0]
        rows.insert(0, head)
    elif _measured(body):
        return Layout(delimiter, distinct([""] * len(head)), body[0][0], headed=False)
    else:
        return None
    rows = [cells for cells in rows if cells != named]
    if not (rows and _holds_values(rows, delimiter)) and not _plain_words(named, 2 if surely else 3):
        return None
    return Layout(delimiter, distinct(named), first)


def _names(cells: list[str]) -> bool:
    """Say whether cells can be names of columns: filled but for the first, distinct, none of them a value."""
    inner = [cell.strip() for cell in cells]
    filled = [cell for cell in inner[1:] if cell] + inner[:1]
    return (
        len(filled) >= max(2, 0.8 * len(inner))
        and len(set(filled)) > 0.5 * len(filled)
        and not any(is_number(cell) or _TIME.match(cell) for cell in filled)
        and not inner[0].startswith(("[", "<"))
        and not _SIZED.match(inner[0])
    )


def _levels(body: list[Record]) -> list[list[str]]:
    """Return the rows of a header that has two to four, with the row that names the index; else nothing."""
    texts = [cells for _, cells in body[:6]]
    count = next((n for n, row in enumerate(texts) if any(is_number(c) or _COMMAS.match(c) for c in row[1:])), 0)
    count = next((n for n, row in enumerate(texts) if count and _TIME.match(row[0].strip())), count)
    index = 1 if count and not any(cell.strip() for cell in texts[count - 1][1:]) else 0
    heads = texts[: count - index]
    if not 2 <= len(heads) <= 4 or not all(map(str.strip, (cell for row in heads for cell in row[1:]))):
        return []
    combined = list(zip(*(row[1:] for row in heads), strict=True))
    repeated = any(len(set(row[1:])) < len(row[1:]) for row in heads)
    below = count < len(texts) and (is_number(texts[count][0]) or _TIME.match(texts[count][0].strip()) is not None)
    return texts[:count] if (repeated or below) and len(set(combined)) == len(combined) else []


def _joined(levels: list[list[str]]) -> tuple[str, ...]:
    rows = [row for row in levels if any(cell.strip() for cell in row[1:])]
    index = next((row[0] for row in levels if row not in rows), levels[0][0])
    return distinct([index, *(" ".join(parts) for parts in list(zip(*rows, strict=True))[1:])])


def _columns(rows: list[list[str]]) -> Iterator[list[str]]:
    for cells in zip(*rows, strict=True):
        yield [cell.strip() for cell in cells if not is_missing(cell)]


def _holds_values(rows: list[list[str]], delimiter: str) -> bool:
    """Say whether some column holds values; a comma before milliseconds parts no cells but a time."""
    columns = list(_columns(rows))
    if delimiter == "," and any(
        left and right and all(re.search(r"\d\d:\d\d:\d\d\Z", cell) for cell in left)
        and all(re.match(r"\d{3}\D", cell) for cell in right)
        for left, right in pairwise(columns)
    ):  # fmt: skip
        return False
    return any(column and sum(map(_is_value, column)) >= 0.9 * len(column) for column in columns)


def _quoted(lines: list[str], delimiter: str) -> bool:
    """Say whether every cell of the first line stands in quotes, as exports write them and nobody else."""
    first = next((line for line in lines if line.strip()), "")
    return re.fullmatch(rf'"[^"]*"(?:{re.escape(delimiter)}"[^"]*")+', first) is not None


def _plain_words(named: list[str], least: int) -> bool:
    """Say whether a table of words, or one without rows, is one: some columns, named as programs name them."""
    return len(named) >= least and all(
        _NAME.match(name.strip()) and ": " not in name and not re.match(r"\d[\d.]* [a-z]", name.strip())
        for name in named
    )


def _measured(body: list[Record]) -> bool:
    """Say whether rows without a header are measurements: a time, then numbers, in nearly every row."""
    rows = [cells for _, cells in body]
    good = sum(
        (bool(_TIME.match(cells[0].strip())) or (is_number(cells[0]) and float(cells[0]) > 1e8))
        and all(is_number(cell) or is_missing(cell) for cell in cells[1:])
        for cells in rows
    )
    return len(rows) >= 3 and good >= 0.95 * len(rows)


def _unescaped(text: str) -> str:
    """Return what a separator is that is written as an escape; a damaged one is none."""
    try:
        return text.encode("ascii", "ignore").decode("unicode_escape")
    except UnicodeDecodeError:
        return ""
