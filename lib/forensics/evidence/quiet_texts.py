"""The texts of some quiet events of large logs: the store keeps only their places, and clocks are compared by what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from forensics.evidence import intake, streams
from forensics.store import Store

MOST = 20_000
"""So many of each log are read: of two logs with a million shared requests each, some hundreds are then seen in both."""


def hear(store: Store, places: Mapping[str, Path]) -> None:
    """Let questions about clocks see some of the quiet events in these places, with their texts; packed files are left out."""
    store.run("clock_heard")
    if not places:
        return
    for path, events in groupby(store.rows("clock_quiet", most=MOST), key=lambda row: str(row[0])):
        if path in places:
            columns = ["path", "line", "time", "own_clock", "source", "message"]
            store.add("heard_events", columns, _texts(places[path], events))


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
