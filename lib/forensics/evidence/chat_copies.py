"""Messages copied from a chat: who said what, at the hour that stands beside the name, on the day that stands above.

Such copies name neither a year nor, often, a zone. The year is the one in which the day lies nearest to what else the folder dates; without
anything dated nothing is placed. The zone is looked for like that of any other source (named_zones.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from forensics import declarations
from forensics.model import Clock, Evidence, Problem
from forensics.store import Store

FORMAT = "chat-copy"
EXPORTED = ("discord-text", "whatsapp")
"""Exports whose lines state the day, too; of the first, a line holds no more than who speaks and when."""

_BACK = timedelta(hours=12)
"""Where the hour falls back by more and no day stands between, midnight has passed."""


def declared() -> dict[str, Any]:
    """Return chat_copies.toml."""
    return declarations.declared("evidence/chat_copies.toml")


def place(store: Store, entries: Sequence[Evidence]) -> list[Evidence]:
    """Put what was said into the store's events, where the text names its day; the entries say how that is known."""
    dated = [e.covers for e in entries if e.covers and e.kind in ("log", "metrics") and e.clock.how != "unknown"]
    near = max((end for _, end in dated), default=None)
    for entry in entries:
        if entry.format in EXPORTED:
            store.run("chat_exported", path=entry.path, heading=entry.format == EXPORTED[0])
    return [_placed(store, entry, near) if entry.format == FORMAT else entry for entry in entries]


def day(text: str, near: datetime | None) -> date | None:
    """Return the day that a line names; without a year, the one nearest to a time; None where it names none, or no year is told."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    month = next((n for n, names in enumerate(declared()["months"], 1) if any(word in names for word in words)), None)
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    days, years = [n for n in numbers if n < 32], [n for n in numbers if n > 1900]
    if month is None or len(days) != 1 or not (years or near):
        return None
    candidates = years or [near.year + one for one in (-1, 0, 1)] if near else years
    found = [one for year in candidates if (one := _date(year, month, days[0]))]
    return min(found, key=lambda one: abs((one - near.date()).days) if near else 0, default=None)


def _date(year: int, month: int, day_of_month: int) -> date | None:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


_Row = tuple[int, datetime | None, str, str | None, str]


def _named(rows: Sequence[tuple[Any, ...]]) -> list[_Row]:
    """Return the lines with who said each: where a name stands above its hour, it is the last line of what is above it."""
    below = re.compile(declared()["below"])
    found: list[_Row] = []
    for line, hour, who, message, body in rows:
        name = who or ""
        if hour is not None and not name and found:
            above = found[-1]
            said, _, name = above[4].rstrip().rpartition("\n")
            found[-1] = (*above[:4], said)
        found.append((line, hour, name, message, body or ""))
    return [(*row[:4], "\n".join(one for one in row[4].split("\n") if not below.match(one.strip()))) for row in found]


def _placed(store: Store, entry: Evidence, near: datetime | None) -> Evidence:
    on: date | None = None
    before: datetime | None = None
    events: list[list[Any]] = []
    stated = True
    for line, hour, who, message, body in _named(store.rows("chat_lines", path=entry.path)):
        if hour is None:
            on, before = day(message or "", near) or on, None
            stated = stated and bool(re.search(r"\d{4}", message or "") or (message or "").startswith("#"))
            continue
        if on is None or not (body or "").strip():
            continue
        time = datetime.combine(on, hour.time())
        if before is not None and before - time > _BACK:
            on, time = on + timedelta(days=1), time + timedelta(days=1)
        before = time
        program = re.search(declared()["program"], who)
        name = who[: program.start()] if program else who
        what = "bot_message" if program else "message"
        events.append([entry.path, line, time, "communication", what, name, body.strip(), 2])
    if not events:
        return entry
    store.add("events", ["path", "line", "time", "kind", "what", "who", "text", "weight"], events)
    store.run("chat_dated", path=entry.path)
    how = "the day stands above them" + ("" if stated else ", its year is the one nearest to what else is dated here")
    clock = Clock("UTC", "assumed", 0.0, "zone", f"its stamps name no zone; {how}")
    kept = tuple(problem for problem in entry.problems if problem.code != "no-date")
    note = Problem("day-above", f"its stamps hold no date: {how}")
    covers = (min(one[2] for one in events), max(one[2] for one in events) + timedelta(seconds=59))
    return replace(entry, clock=clock, covers=covers, own_clock=None, problems=kept if stated else (*kept, note))
