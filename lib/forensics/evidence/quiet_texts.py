"""What lines say and the store does not hold, where clocks are compared by it: of large logs the texts of some quiet events, of
others the ids of requests and traces that stand beside their messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from forensics.evidence import exact, intake, streams
from forensics.store import Store

MOST = 20_000
"""So many of each log are read: of two logs with a million shared requests each, some hundreds are then seen in both."""

TRIED = 40
"""By so many events of a log it is seen whether ids stand beside its messages."""

LEAST_NAMED = 0.1
"""In so many of them at least."""

LONGEST = 64 * 1024 * 1024
"""Bytes of a document that is read once more for its ids."""

COLUMNS = ["path", "line", "time", "own_clock", "source", "message"]

_ID = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-f]{16,32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-zA-Z])"
)
"""The id of a trace, a span or a request, as tracers make them."""


def hear(store: Store, places: Mapping[str, Path]) -> None:
    """Let questions about clocks see some of what the files in these places say and the store does not; packed ones are left out."""
    store.run("clock_heard")
    if not places:
        return
    for path, events in groupby(store.rows("clock_quiet", most=MOST), key=lambda row: str(row[0])):
        if path in places:
            store.add("heard_events", COLUMNS, _texts(places[path], events))


def hear_ids(store: Store, places: Mapping[str, Path]) -> None:
    """Let questions about clocks see the ids that stand in lines of logs, but not in their messages; packed ones are left out."""
    rows = store.rows("clock_unsaid", most=MOST, paths=list(places))
    for path, events in groupby(rows, key=lambda row: str(row[0])):
        store.add("heard_events", COLUMNS, _ids(places[path], list(events)))


def _texts(place: Path, events: Iterator[tuple[Any, ...]]) -> Iterator[list[Any]]:
    try:
        with intake.open_readonly(place) as file:
            if streams.packing(file.read(streams.HEAD)) is not None:
                return
            for path, line, begins, length, time, local, source in events:
                file.seek(begins)
                text = file.read(length).decode("utf-8", "backslashreplace")
                yield [path, line, time, time if local else None, source, text]
    except OSError:
        return


def _ids(place: Path, events: Sequence[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Yield the events of a log with the ids beside their messages; none where few of the first have any."""
    named = 0
    for number, (text, (path, line, _, _, time, own_clock, source, message)) in enumerate(
        _with_texts(place, events), 1
    ):
        found = [one for one in dict.fromkeys(_ID.findall(text)) if one not in message]
        named += bool(found)
        if number == TRIED and named < LEAST_NAMED * TRIED:
            return
        if found:
            yield [path, line, time, own_clock, source, " ".join(found)[:400]]


def _with_texts(place: Path, events: Sequence[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield events with the first line of what they stand in, or the element of a document that they are; none of packed files."""
    try:
        with intake.open_readonly(place) as file:
            if streams.packing(file.read(streams.HEAD)) is not None:
                return
            if events[0][2] is None:
                yield from _elements(place, events)
                return
            for event in events:
                file.seek(event[2])
                yield file.read(event[3]).split(b"\n", 1)[0].decode("utf-8", "backslashreplace"), event
    except OSError:
        return


def _elements(place: Path, events: Sequence[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the events of a document with their elements; of a few first, so that no others are looked for where these name nothing."""
    if place.stat().st_size > LONGEST:
        return
    for some in (events[:TRIED], events[TRIED:]):
        elements = exact.elements_at(place, [event[1] for event in some])
        for event in some:
            if event[1] in elements:
                yield elements[event[1]][0], event
