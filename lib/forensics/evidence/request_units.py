"""The unit of a number that an access log gives without a name, by the order of its lines.

Behind the size of the answer many servers were told to write how long it took: Apache's `%D` microseconds
(https://httpd.apache.org/docs/2.4/mod/mod_log_config.html), Tomcat's `%D` milliseconds, and the line does not say which, or whether
it is a duration at all. A server writes a line when the request has ended, and stamps it with its beginning: by the right
unit, and by it alone, the lines stand in the order of their ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

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
    count, least, short, long = store.rows("request_unit", path=entry.path)[0]
    if not count:
        return entry
    worth, what = _unit(count, least, short, long)
    store.run("request_unit_set", path=entry.path, worth=worth)
    return replace(entry, problems=(*entry.problems, Problem("unit-of-durations", what, _REMEDY)))


_REMEDY = "name it in the log's format, as in D=%D, or say what the format is"


def _unit(count: int, least: float, short: int, long: int) -> tuple[float | None, str]:
    """Return how many microseconds one is worth, or None, and what is said of it."""
    number = "the number at the end of its lines has no name"
    by_short, by_long = (1 - wrong / count for wrong in (short, long))
    if count >= FEWEST and least >= SHORTEST_US and by_short >= IN_ORDER > by_long:
        told = (
            f"so {by_short:.1%} of its lines stand in the order in which requests ended, as milliseconds {by_long:.1%}"
        )
        return 1.0, f"{number}; it is read as the microseconds that the request took: {told}"
    if count >= FEWEST and least < SHORTEST_US and by_long >= IN_ORDER > by_short:
        told = (
            f"so {by_long:.1%} of its lines stand in the order in which requests ended, as microseconds {by_short:.1%}"
        )
        return 1000.0, f"{number}; it is read as the milliseconds that the request took: {told}"
    return None, f"{number}, and the order of its lines does not tell its unit: it is not read as a duration"
