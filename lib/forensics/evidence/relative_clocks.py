"""Clocks that only count seconds: when they stood at 0, by a person's word, by the text itself, or by events shared with others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from forensics.evidence import formats, printed_dates
from forensics.evidence.shared_events import EPOCH, Telling
from forensics.model import Clock, Evidence, Problem
from forensics.store import Store

Heads = Callable[[str], list[str]]
"""The first lines of a file, by its path."""

_INSTANT = r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?\d*) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:])"
_BEGAN = re.compile(
    rf"(?i)\b(?:start(?:ed|s|ing)?|began|begun|begins?|launched|boot(?:ed)?|t0)\b[^\d\n]{{0,40}}{_INSTANT}"
)
_NOW = re.compile(rf"(?i)\b(?:system clock|current time|wall[- ]?clock|local time|date)\b[^\d\n]{{0,20}}{_INSTANT}")

AGREE = timedelta(seconds=2)
"""Statements of one beginning lie no further apart."""


def counts(entry: Evidence) -> bool:
    """Say whether a source's times only count seconds from a beginning that is not known yet."""
    return not entry.covers and any(problem.code == "relative-clock" for problem in entry.problems)


def marked(store: Store, entry: Evidence) -> Evidence:
    """Say of a source that only counts seconds from when to when it does."""
    least, most, _ = store.rows("clock_counted", path=entry.path)[0]
    if least is None:
        return entry
    clock = Clock("", "unknown", 0.0, "epoch", "it counts seconds, and nothing tells when it stood at 0")
    return replace(entry, clock=clock, own_clock=(f"{round(least, 3):.12g} s", f"{round(most, 3):.12g} s"))


def said(store: Store, entry: Evidence, heads: Heads, dated: Sequence[str]) -> Telling | None:
    """Return when a clock stood at 0 by what is said of it: that it began then, above all counted lines; how late it is; or, in a
    `dated` log beside it, for how long the program had run.
    """
    first = store.rows("clock_counted", path=entry.path)[0][2] or 0
    found = [
        (f"line {number:,}", *told, 0.0)
        for number, line in enumerate(heads(entry.path)[: max(0, first - 1)], 1)
        for told in _instants(_BEGAN, line)
    ]
    found += [
        (f"line {line:,}", *told, seconds)
        for line, seconds, message in store.rows("clock_now", path=entry.path)
        for told in _instants(_NOW, message)
    ]
    found += _running(store, entry, dated)
    if booted := printed_dates.began(heads(entry.path)[: max(0, first - 1)]):
        found.append((f"line {booted[0]:,}", booted[1], timedelta(seconds=1), 0.0))
    zeros = [instant - timedelta(seconds=seconds) for _, instant, _, seconds in found]
    if not zeros or max(zeros) - min(zeros) > AGREE:
        return None
    # A whole second is any moment within it.
    latest = max(zero + within for zero, (_, _, within, _) in zip(zeros, found, strict=True))
    lines = ", ".join(line for line, *_ in found[:3])
    why = f"that is said ({lines}), to within {(latest - min(zeros)).total_seconds():g} s"
    left = (0.0, (latest - min(zeros)).total_seconds())
    # Of n that agreed and none that did not, the next one does in (n + 1) of (n + 2) cases: the rule of succession.
    return Telling(entry.path, min(zeros) - EPOCH, (len(zeros) + 1) / (len(zeros) + 2), left, why)


def _running(store: Store, entry: Evidence, dated: Sequence[str]) -> list[tuple[str, datetime, timedelta, float]]:
    """Return where logs beside it say for how long its program had run, when that was, how exact it is, and how long."""
    fmt = formats.known(entry.format) if entry.format else None
    pattern = fmt.clock_began if fmt else ""
    if not pattern:
        return []
    folder = entry.path[: entry.path.rfind("/") + 1]
    rows = store.rows("clock_began", paths=list(dated), folder=folder, pattern=pattern)
    return [
        (f"{path}:{line}", time, timedelta(seconds=10.0 ** -len(seconds.partition(".")[2])), float(seconds))
        for path, line, time, seconds in rows
    ]


def _instants(pattern: re.Pattern[str], text: str) -> list[tuple[datetime, timedelta]]:
    """Return the instants that a text states so, in UTC, and how much later each may be meant."""
    found = []
    for written, fraction, zone in pattern.findall(text):
        ahead = "+00:00" if zone.upper() in ("Z", "UTC", "GMT") else zone
        try:
            instant = datetime.fromisoformat(f"{written[:19]}{fraction}{ahead}").astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            continue
        found.append((instant, timedelta(0) if fraction else timedelta(seconds=1)))
    return found


def placed(store: Store, entry: Evidence, began: datetime, clock: Clock, notes: Sequence[Problem] = ()) -> Evidence:
    """Give a source the times that follow from its beginning."""
    store.run("clock_anchor", path=entry.path, began=began)
    first, last = store.rows("clock_span", path=entry.path)[0]
    kept = tuple(problem for problem in entry.problems if problem.code not in ("relative-clock", "no-date"))
    return replace(
        entry, clock=clock, covers=(first, last) if first else None, own_clock=None, problems=(*kept, *notes)
    )


def inferred(store: Store, entry: Evidence, told: Telling) -> Evidence:
    """Give a source the times that follow from what was told of its beginning, and say so."""
    began = EPOCH + told.offset
    why = f"its clock stood at 0 at {began.isoformat(timespec='milliseconds')}Z: {told.why}"
    clock = Clock("UTC", "inferred", 0.0, "epoch", why, told.confidence, told.left)
    how = f"inferred ({min(99, int(100 * told.confidence))} % sure)"
    if told.assumed:
        clock, how = replace(clock, how="assumed", confidence=None, left_s=None), "assumed"
    return placed(store, entry, began, clock, [Problem("zero-inferred", f"it only counts seconds; {how}: {why}")])
