"""A cluster's events as kubectl lists them, each so long before the command ran: placed where `date` says when that was.

Ages are cut to what kubectl shows, whole minutes mostly: an event stands at the end of what its age leaves open, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from forensics.evidence.measures import TERMINAL
from forensics.model import Evidence
from forensics.store import Store

_ROW = re.compile(
    r"(?:[a-z0-9][\w.-]*\s+)?(?P<age>(?:\d+[dhms])+)(?:\s+\(x\d+ over [\dsmhd]+\))?\s+(?P<type>Normal|Warning)\s+(?P<reason>[A-Z]\w+)\s+"
    r"(?P<object>[\w.-]+/\S+)\s+(?P<message>\S.*)"
)
"""Perhaps a namespace, then when it was last seen."""

_ASKED = re.compile(r"\b(?:kubectl|oc|k)\b.*\b(?:events?|ev)\b")
_LENGTHS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}
_SCALED = ("ScalingReplicaSet", "SuccessfulRescale")


def tell(store: Store, entries: Sequence[Evidence]) -> None:
    """Put the events of such lists on terminals into the store, and as changes those by which something was scaled."""
    for entry in entries:
        if entry.format != TERMINAL:
            continue
        events, changes = [], []
        for line, now, row in _rows(store, entry.path):
            length, step = age(row["age"])
            text = f"{row['type']} {row['reason']} {row['object']}: {row['message'].strip()}"
            about = f" (seen last {row['age']} before it was listed)" if step > _LENGTHS["s"] else ""
            events.append([entry.path, line, now - length, "signal", "cluster event", text + about, 1])
            if row["reason"] in _SCALED:
                service = row["object"].partition("/")[2]
                changes.append([entry.path, line, now - length, "scaling", service, row["message"].strip()])
        store.add("events", ["path", "line", "time", "kind", "what", "text", "weight"], events)
        store.add("changes", ["path", "line", "time", "kind", "service", "summary"], changes)


def age(written: str) -> tuple[timedelta, timedelta]:
    """Return how long ago an age says that something was, and the smallest step in which it counts."""
    parts = [(int(number), _LENGTHS[unit]) for number, unit in re.findall(r"(\d+)([dhms])", written)]
    return sum((number * unit for number, unit in parts), timedelta(0)), min(unit for _, unit in parts)


def _rows(store: Store, path: str) -> Iterator[tuple[int, datetime, re.Match[str]]]:
    """Yield the rows of such lists: on which line, and when they were listed."""
    asked, now = False, None
    dated = dict(store.rows("captured_times", path=path))
    for line, source, message, body in store.rows("captured_outputs", path=path):
        if source == "shell":
            asked, now = bool(_ASKED.search(message or "")), dated.get(line)
        elif source == "clock":
            now = dated.get(line)
        if not asked or now is None:
            continue
        for number, printed in enumerate((body or "").split("\n"), line + 1):
            if row := _ROW.fullmatch(printed.strip()):
                yield number, now, row
