"""Questions of claims, asked again: with which parameters, and what the store answers.

A claim carries the question that can be asked again, on the case's own file: the one that was asked where its parameters are
all there, else what the store holds at the place that it cites first. What was made of the answer in Python is its `method`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb

from forensics.model import Json, iso, parse_time
from forensics.store import Store
from forensics.store.store import question

MOST_ROWS = 5
"""Of an answer that are written down; the rest is counted, and can be had by asking again."""
LONGEST = 400
"""Letters of a text in such a row."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_NAMED = re.compile(r"\$([a-z_]+)")


def named(query: str) -> set[str]:
    """Return the parameters that sql/<query>.sql wants."""
    lines = (line.partition("--")[0] for line in question(query).splitlines())
    return {name for line in lines for name in _NAMED.findall(line)}


def asked(store: Store, query: str, parameters: Json) -> list[Json]:
    """Ask sql/<query>.sql again with the parameters of a claim, as result or claims.json write them.

    Times that nothing places are asked for as the store holds them. Raises duckdb.Error where it cannot be asked.
    """
    return store.records(query, **{name: _bound(value) for name, value in parameters.items()})


def _bound(value: Any) -> Any:
    if isinstance(value, str) and _TIME.fullmatch(value):
        return parse_time(value)
    if isinstance(value, dict) and ("offset_s" in value or "written" in value):
        return parse_time(value)
    return value


def plain(value: Any) -> Any:
    """Write times and numbers as JSON holds them."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


class Asking:
    """Asks the questions of claims, each once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, list[Json] | None] = {}

    def answered(self, query: str, parameters: Json, cited: Sequence[Json]) -> Json:
        """Return the question that can be asked again, its parameters, what else was `given`, and the answer."""
        wanted = named(query) if query else set()
        own = {name: value for name, value in parameters.items() if name in wanted}
        rows = self._rows(query, own) if query and wanted == own.keys() else None
        given = {name: value for name, value in parameters.items() if name not in own}
        if rows is None:
            query, own, given = "", {}, parameters
            for place in (_place(one) for one in cited[:1]):
                if found := self._rows(*place):
                    (query, own), rows = place, found
        told: Json = {"query": f"sql/{query}.sql" if query else None, "parameters": own}
        return told | {"given": given, "answer": _answer(rows, cited) if rows is not None else None}

    def _rows(self, query: str, parameters: Json) -> list[Json] | None:
        key = json.dumps([query, parameters], sort_keys=True)
        if key not in self._known:
            try:
                rows = asked(self._store, query, parameters)
            except duckdb.Error:  # it rests on what is only there while signals are measured
                self._known[key] = None
            else:
                self._known[key] = rows if "order by" in question(query) else sorted(rows, key=repr)
        return self._known[key]


def _place(cited: Json) -> tuple[str, Json]:
    """Return the question for what the store holds at a place, or of a file."""
    if "line" in cited:
        return "record_at_line", {"path": cited["path"], "line": cited["line"]}
    if "position" in cited:
        return "record_at_position", {"path": cited["path"], "position": cited["position"]}
    if "table" in cited:
        return "record_at_row", {"path": cited["path"], "table": cited["table"], "row": cited["rowid"]}
    return "evidence_entry", {"path": cited["path"]}


def _answer(rows: list[Json], cited: Sequence[Json]) -> Json:
    """Write an answer down: how many rows, and those first that stand where the claim cites."""
    places = {(one["path"], one.get("line", one.get("position"))) for one in cited}
    near = [row for row in rows if (row.get("path"), row.get("line") or row.get("position")) in places]
    others = [row for row in rows if row not in near] if len(near) < MOST_ROWS else []
    return {"rows": len(rows), "first": [_written(row) for row in (*near, *others)[:MOST_ROWS]]}


def _written(row: Json) -> Json:
    return {name: _short(plain(value)) for name, value in row.items()}


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
    if value is None or isinstance(value, bool | int | float | list | dict):
        return value
    return str(value)
