"""The lines that a log export carries in its records: read once more, by the format of the log that they came from."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from forensics.evidence import lines, recognition
from forensics.evidence.folding import Folder
from forensics.evidence.formats import Format
from forensics.evidence.matching import Matcher
from forensics.store import Store

LEAST_SHARE = 0.8
"""So much of the lines must be read by one declared format; other exports keep their lines as they are."""

_PARTS = ("level", "source", "message")


def refine(store: Store, events: pa.Table) -> pa.Table:
    """Return log events with the level, source and message that their own lines state.

    The time stays the export's: it is when the line was written, or received, and has a zone.
    """
    texts = [str(text or "") for text in events["message"].to_pylist()]
    heads, bodies = (
        zip(*(text.replace("\r", "").partition("\n")[::2] for text in texts), strict=True) if texts else ((), ())
    )
    found = recognition.recognise(heads[: recognition.SAMPLE_LINES])
    if found.how == "fallback" or found.fmt.generic or found.fmt.kind != "log" or found.share < LEAST_SHARE:
        return events
    read = _parts(store, found.fmt, "\n".join(heads).encode("utf-8", "surrogatepass"))
    whose = np.full(len(heads), -1, dtype=np.int64)
    whose[read["line"].to_numpy() - 1] = np.arange(read.num_rows)
    places = pa.array(whose, mask=whose < 0)
    outer = {
        name: events[name] if name in events.column_names else pa.nulls(len(heads), pa.string()) for name in _PARTS
    }
    told = {name: pc.coalesce(read[name].cast(pa.string()).take(places), outer[name]) for name in _PARTS}
    body = pa.array([body or None for body in bodies], pa.string())
    others = [name for name in events.column_names if name not in _PARTS]
    return pa.table({**{name: events[name] for name in others}, **told, "body": body})


def _parts(store: Store, fmt: Format, raw: bytes) -> pa.Table:
    """Return what the lines that begin an event state; others stay what they are, each with the time of its record."""
    matcher, folder = Matcher(store, fmt.lines), Folder(whole=True)
    found = [folder.events(matcher.lines(chunk)) for chunk in lines.chunks(memoryview(raw))]
    together = pa.concat_tables([*found, folder.rest()], promote_options="permissive")
    return together.select(["line", *_PARTS])
