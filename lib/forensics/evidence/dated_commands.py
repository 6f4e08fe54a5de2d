"""Commands of a terminal in one line with `date`, as in `df -h; date`: they, and what they printed, have the time that it printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forensics.evidence.measures import TERMINAL, open_numbers
from forensics.model import Evidence
from forensics.store import Store


def date(store: Store, entries: Sequence[Evidence]) -> list[Evidence]:
    """Give such commands and numbers their time, once all zones are known; the entries say what still has none."""
    terminals = [entry.path for entry in entries if entry.format == TERMINAL]
    if not terminals:
        return list(entries)
    store.run("terminal_dated", terminals=terminals)
    store.run("terminal_timed", terminals=terminals)
    undated = dict(store.rows("terminal_undated", terminals=terminals))
    return [_told(entry, undated.get(entry.path, 0)) if entry.path in terminals else entry for entry in entries]


def _told(entry: Evidence, undated: int) -> Evidence:
    """Say of how many numbers the time is open now."""
    kept = tuple(one for one in entry.problems if one.code != "no-time")
    if len(kept) == len(entry.problems):
        return entry
    return replace(entry, problems=(*kept, open_numbers(undated)) if undated else kept)
