"""The unit of a number that an access log gives without a name, by the order of its lines.

Behind the size of the answer many servers were told to write how long it took: Apache's `%D` microseconds
(https://httpd.apache.org/docs/2.4/mod/mod_log_config.html), its `%T` whole seconds, Tomcat's `%D` milliseconds, and the line does
not say which, or whether it is a duration at all. A server writes a line when the request has ended. Apache stamps it with its
beginning: by the right unit, and by it alone, the lines stand in the order of their ends. Tomcat stamps it with its end
(AccessLogValve, `%t`): the stamps stand in order whatever the unit, and only how short or long the numbers are tells it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from forensics.evidence import intake
from forensics.model import Evidence, Problem
from forensics.store import Store

BARE = r'" \d{3}\b.*(?: (?:\d+|-)|[^ ]") \d+$'
"""A line that ends with a number without a name, behind the size of the answer or the browser."""

FEWEST = 20
"""The order of fewer lines tells nothing."""

IN_ORDER = 0.95
"""Of so many lines at least the order must fit: processes write a moment after each other."""

SHORTEST_US = 100
"""No log of microseconds has more than one in twenty below this: a server that reads, answers and logs takes longer."""

LONGEST_MS = 600_000
"""No server answers after ten minutes: a number above that counts no milliseconds."""

USUAL_MS = 10_000
"""No server takes longer than this for half of what it is asked."""

LONGEST_S = 3600
"""No server lets anybody wait for more than an hour."""

FEWEST_LATE = 3
"""So many lines must stand behind later ones, and their numbers must be why, for numbers to be whole seconds."""

FAST_MS, SLOW_MS = 2, 100
"""Milliseconds vary: half of the numbers are at least the one, and some at least the other. Seconds, and how many requests a
connection had, do not."""


def settle(store: Store, entries: Sequence[Evidence], places: Mapping[str, Path]) -> list[Evidence]:
    """Let the requests of each log whose numbers have no name have the unit that its lines tell, or no duration.

    `places` says where the files lie: of large logs the store holds no text.
    """
    bare = {path for (path,) in store.rows("request_bare", pattern=BARE)}
    bare |= {one.path for one in entries if one.format == "access-log" and _bare(places.get(one.path))}
    return [_settled(store, one) if one.path in bare else one for one in entries]


def _bare(place: Path | None) -> bool:
    return place is not None and any(re.search(BARE, line.rstrip()) for line in intake.head(place))


def _settled(store: Store, entry: Evidence) -> Evidence:
    told = Numbers(*store.rows("request_unit", path=entry.path)[0])
    if not told.requests:
        return entry
    worth, ends, what = _unit(told)
    store.run("request_unit_set", path=entry.path, worth=worth, ends=ends)
    return replace(entry, problems=(*entry.problems, Problem("unit-of-durations", what, _REMEDY)))


_REMEDY = "name it in the log's format, as in D=%D, or say what the format is"


class Numbers(NamedTuple):
    """The numbers without a name of one log, and how many lines stand out of order by each reading of them."""

    requests: int
    least: float
    """One in twenty lies below it."""
    middle: float
    most: float
    short: int
    """Were they microseconds, and the stamps of the beginning."""
    long: int
    """Were they milliseconds, and the stamps of the beginning."""
    ended: int
    """Were the stamps of the end."""
    whole: int
    """Were they whole seconds, and the stamps of the beginning."""


def _unit(told: Numbers) -> tuple[float | None, bool, str]:
    """Return how many microseconds one is worth, or None, whether stamps are of the end, and what is said of it."""
    number = "the number at the end of its lines has no name"
    if told.requests < FEWEST:
        return None, False, f"{number}, and its lines are too few to tell its unit: it is not read as a duration"
    by_short, by_long, by_end = (1 - wrong / told.requests for wrong in (told.short, told.long, told.ended))
    ends = told.ended <= min(told.short, told.long)
    if told.least >= SHORTEST_US and by_short >= IN_ORDER > by_long and told.short < told.ended:
        how = (
            f"so {by_short:.1%} of its lines stand in the order in which requests ended, as milliseconds {by_long:.1%}"
        )
        return 1.0, False, f"{number}; it is read as the microseconds that the request took: {how}"
    if told.least >= SHORTEST_US and max(by_short, by_end) >= IN_ORDER and _long(told):
        how = "milliseconds would be longer than servers take"
        return 1.0, ends, f"{number}; it is read as the microseconds that the request took: {how}"
    if told.least < SHORTEST_US and by_long >= IN_ORDER > by_short:
        how = (
            f"so {by_long:.1%} of its lines stand in the order in which requests ended, as microseconds {by_short:.1%}"
        )
        return 1000.0, False, f"{number}; it is read as the milliseconds that the request took: {how}"
    varied = told.middle >= FAST_MS and SLOW_MS <= told.most < LONGEST_MS
    if told.least < SHORTEST_US and by_end >= IN_ORDER and varied:
        how = "many are too short for microseconds, and its stamps stand in the order in which requests ended"
        return 1000.0, True, f"{number}; it is read as the milliseconds that the request took: {how}"
    if (
        told.most <= LONGEST_S
        and told.short >= FEWEST_LATE
        and told.whole <= told.short / 10
        and told.whole < told.long
    ):
        how = f"so {told.short - told.whole:,} lines that stand behind later ones are where they ended"
        return 1_000_000.0, False, f"{number}; it is read as the whole seconds that the request took: {how}"
    return None, False, f"{number}, and the order of its lines does not tell its unit: it is not read as a duration"


def _long(told: Numbers) -> bool:
    return told.middle >= USUAL_MS or told.most >= LONGEST_MS
