"""Where a claim stands in a file that it cites as a whole: the records on which the answers to its own questions rest.

A count over a thousand requests rests on all of them; the first and the last that it counts stand for it, and its question gives
the others. A limit that was never broken rests on the highest value there was. What is true of a file as a whole (what it is, that
it is empty, that nothing in it tells of something) rests on no record: there the file stays, with its SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from forensics.findings.asking import asked, bound
from forensics.model import Citation, Json, Query
from forensics.store import Store

MOST_OF_A_FILE = 6
"""Records of one file that stand for a claim."""
_LAST, _FIRST = datetime(9999, 1, 1), datetime(1, 1, 1)


def _signal(id_: str, **wanted: Any) -> Query:
    nothing: Json = {"limit": None, "highest": False, "before": None, "after": None}
    return Query("standing_signal", nothing | {"id": id_} | wanted)


def _stretch(name: str, told: Json, **more: Any) -> Query:
    return Query(name, {"start": told.get("start", _FIRST), "end": told.get("end", _LAST), **more})


def _requests(told: Json) -> list[Query]:
    return [_stretch("standing_requests", told, slow=told.get("over"))]


_RESTS_ON: Mapping[str, Callable[[Json], list[Query]]] = {
    "breaches": lambda told: [_signal(told["id"], limit=told["limit"], highest=True)],
    "captured_beside": lambda told: [_signal(one, highest=True) for one in (*told["captured"], *told["measured"])],
    "firings": lambda told: [_signal(told["id"], highest=True)],
    "series_highest": lambda told: [_signal(one, highest=True) for one in told["names_of"]],
    "points_highest": lambda told: [_signal(told["id"], highest=True)],
    "points_count": lambda told: [_signal(told["id"], before=_LAST, after=_FIRST)],
    "points_first": lambda told: [_signal(told["id"], after=_FIRST)],
    "points_last": lambda told: [_signal(told["id"], before=_LAST)],
    "last_point_before": lambda told: [_signal(told["id"], before=told["time"], after=told["time"])],
    "recovery_back": lambda told: [_signal(told["id"], limit=told["limit"], before=_LAST)],
    "request_counts": _requests,
    "slow_requests": _requests,
    "gone_wrong": lambda told: [_stretch("standing_requests", told, slow=told["slow"])],
    "failed_routes": _requests,
    "failed_errors": _requests,
    "failed_runs": _requests,
    "request_span": _requests,
    "failures_after": _requests,
    "probe_runs": lambda told: [_stretch("standing_probes", told)],
    "probe_counts": lambda told: [_stretch("standing_probes", told)],
    "probes_counted": lambda told: [_stretch("standing_probe", told, target=told["target"])],
    "login_counts": lambda told: [_stretch("standing_logins", told)],
    "login_bursts": lambda told: [_stretch("standing_logins", told)],
}
"""By question: the questions for the records that stand for its answer."""


class Standing:
    """Finds the records on which answers rest, each question once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, list[Citation]] = {}

    def places(
        self, path: str, queries: Iterable[Query], stretch: tuple[Any, Any] | None = None, since: Any = None
    ) -> tuple[Citation, ...]:
        """Return the records of a file on which the answers to these `queries` rest, in the file's order; none where they rest
        on no record of it. What began at one time (`since`) rests on what was measured first from then on. Where the queries
        name no record, samples at the edges of a `stretch` stand for it."""
        found = self._first(path, [query for one in queries for query in self._of(one, bound(since))])
        start, end = (bound(time) for time in stretch or (None, None))
        if not found and isinstance(start, datetime) and isinstance(end, datetime):
            found = self._first(path, [Query("standing_times", {"path": path, "start": start, "end": end})])
        return tuple(sorted(found, key=lambda one: one.place))

    def _first(self, path: str, queries: Sequence[Query]) -> list[Citation]:
        found = dict.fromkeys(one for query in queries for one in self._rows(query) if one.path == path)
        return list(found)[:MOST_OF_A_FILE]

    @staticmethod
    def _of(query: Query, since: Any) -> list[Query]:
        if query.name == "breaches" and isinstance(since, datetime):
            return [_signal(query.parameters["id"], after=since)]
        rests_on = _RESTS_ON.get(query.name)
        return rests_on(query.parameters) if rests_on else []

    def _rows(self, query: Query) -> list[Citation]:
        key = repr((query.name, sorted(query.parameters.items())))
        if key not in self._known:
            try:
                rows = asked(self._store, self._nearest(query), query.parameters)
            except duckdb.Error:  # nothing was measured, so there is no signal to ask for
                rows = []
            self._known[key] = list(_cited(rows))
        return self._known[key]

    def _nearest(self, query: Query) -> str:
        """Return the name of the question that asks the same of fewer tables, where a signal is measured of requests alone."""
        if query.name != "standing_signal":
            return query.name
        of_requests = (query.parameters["id"],) in self._store.rows("signals_of_requests")
        return "standing_of_requests" if of_requests else query.name


def _cited(rows: Iterable[Json]) -> Iterator[Citation]:
    for row in rows:
        if row["line"] is not None:
            yield Citation(row["path"], line=row["line"])
        elif row["position"] is not None:
            yield Citation(row["path"], position=row["position"])


def bare(citation: Citation) -> bool:
    """Say whether a citation names a file and no place in it."""
    return citation.line is None and citation.position is None and citation.table is None
