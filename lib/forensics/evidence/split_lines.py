"""Long lines that a container runtime kept in pieces: joined again, so that what was one line is one event.

CRI marks each piece but the last with `P`; Docker's files leave the line's end out of it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import inner_lines, lines
from forensics.evidence.content import Content
from forensics.evidence.formats import Format
from forensics.evidence.lines import Numbers
from forensics.evidence.recognition import LINE_CAP
from forensics.store import Store


def join(store: Store, path: str, content: Content, fmt: Format) -> int:
    """Join the events of one text that are pieces of one line; return how many of them continue another.

    Pieces are of one stream. Where the last one is missing, or one was taken for the continuation of something else, they
    stay as they are.
    """
    runs = _runs(content, fmt)
    if not runs:
        return 0
    events = store.arrow("inner_events", path=path)
    known = {line: place for place, line in enumerate(events["line"].to_pylist())}
    whole = [[known[line] for line in run] for run in runs if all(line in known for line in run)]
    if not whole:
        return 0
    first, last = np.array([run[0] for run in whole]), np.array([run[-1] for run in whole])
    messages = events["message"].to_pylist()
    end = events["offset"].to_numpy() + events["length"].to_numpy()
    told = pa.table(
        {
            "line": events["line"].take(pa.array(first)),
            "last_line": events["last_line"].take(pa.array(last)),
            "length": pa.array(end[last] - events["offset"].to_numpy()[first]),
            "time": events["time"].take(pa.array(first)),
            "level": events["level"].take(pa.array(first)),
            "source": events["source"].take(pa.array(first)),
            "message": pa.array(["".join(messages[place] or "" for place in run)[:LINE_CAP] for run in whole]),
        }
    )
    told = told if fmt.inner else inner_lines.refine(store, told)  # what is inside is read once more anyway
    if "body" in told.column_names:
        told = told.drop_columns(["body"])
    gone = [place for run in whole for place in run[1:]]
    store.lend("told", told.append_column("body", events["body"].take(pa.array(last))))
    store.lend("gone", pa.table({"line": events["line"].take(pa.array(gone))}))
    store.run("inner_told", path=path)
    store.take_back("told")
    store.take_back("gone")
    return len(gone)


def _runs(content: Content, fmt: Format) -> list[list[int]]:
    """Return the numbers of the lines of which each is one piece of the same longer line, the last piece included."""
    numbers: list[Numbers] = []
    streams: list[pa.Array] = []
    partial: list[pa.Array] = []
    for chunk in lines.chunks(content.view):
        long = chunk.length >= fmt.piece_bytes
        found = pc.extract_regex(chunk.text, fmt.pieces)
        begun = pc.fill_null(pc.not_equal(pc.struct_field(found, "partial"), ""), False)
        partial.append(pc.and_(begun, pa.array(long)))
        streams.append(pc.struct_field(found, "stream"))
        numbers.append(np.arange(chunk.first_line, chunk.first_line + len(chunk)))
    flags = pa.chunked_array(partial).to_numpy() if partial else np.zeros(0, dtype=bool)
    if not flags.any():
        return []
    line, stream = np.concatenate(numbers), pa.chunked_array(streams)
    found_runs: list[list[int]] = []
    for name in pc.unique(pc.drop_null(stream)).to_pylist():
        own = np.flatnonzero(pc.fill_null(pc.equal(stream, name), False).to_numpy())
        ends = np.flatnonzero(~flags[own])
        for before, end in pairwise([-1, *ends.tolist()]):
            if end - before > 1:
                found_runs.append(line[own[before + 1 : end + 1]].tolist())
    return found_runs
