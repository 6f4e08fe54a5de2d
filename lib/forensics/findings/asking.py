"""Questions of claims, asked again: with which parameters, and what the store answers.

A claim carries the questions that can be asked again, on the case's own file: those that were asked where their parameters are
all there, else what the store holds at the places that it cites. What was made of the answers in Python is its `method`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import duckdb

from forensics.lengths import cut
from forensics.model import Json, Query
from forensics.store import Store
from forensics.store.store import question
from forensics.times import iso, parse_time

MOST_ROWS = 5
"""Of an answer that are written down; the rest is counted, and can be had by asking again."""
MOST_FILES = 10
"""Files whose records are asked for where a claim rests on no question of its own."""
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
    return store.records(query, **{name: bound(value) for name, value in parameters.items()})


def bound(value: Any) -> Any:
    """Return a parameter as the store takes it: times that are written as results write them are times again."""
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

    def answered(self, queries: Sequence[Query], parameters: Json, cited: Sequence[Json], *, places: bool) -> Json:
        """Return the first question that can be asked again, its parameters, what else was `given`, the answer, and all that
        was `also_asked`: these `queries` and, where there are none or with `places`, what the store holds where the claim cites."""
        told = self._told(queries, cited)
        if places or not told:
            told += [one for one in self._standing(cited) if one not in told]
        first: Json = told[0] if told else {"query": None, "parameters": {}, "answer": None}
        given = {name: value for name, value in parameters.items() if name not in first["parameters"]}
        return {"query": first["query"], "parameters": first["parameters"], "given": given} | {
            "answer": first["answer"],
            "also_asked": told[1:],
        }

    def _told(self, queries: Iterable[Query], cited: Sequence[Json]) -> list[Json]:
        """Ask each once; what cannot be asked of the case's file is left out."""
        told: dict[str, Json] = {}
        for one in queries:
            parameters = plain(one.parameters)
            rows = self._rows(one.name, parameters)
            if rows is not None:
                entry = {"query": f"sql/{one.name}.sql", "parameters": parameters, "answer": _answer(rows, cited)}
                told.setdefault(json.dumps([one.name, parameters], sort_keys=True), entry)
        return list(told.values())

    def _standing(self, cited: Sequence[Json]) -> list[Json]:
        """Ask what stands at the places that a claim cites, file by file; of a file of which it cites no record, what it is."""
        told, bare = [], []
        for path in list(dict.fromkeys(one["path"] for one in cited))[:MOST_FILES]:
            own = [one for one in cited if one["path"] == path]
            found = [one for one in self._told(_places(path, own), cited) if one["answer"]["rows"]]
            told += found
            bare += [] if found else [path]
        query = (
            Query("evidence_entry", {"path": bare[0]}) if len(bare) == 1 else Query("evidence_entries", {"paths": bare})
        )
        told += [one for one in self._told([query] if bare else [], cited) if one["answer"]["rows"]]
        return told

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


def _places(path: str, cited: Sequence[Json]) -> Iterator[Query]:
    """Yield the questions for what the store holds at the places of one file that a claim cites."""
    for what in ("line", "position"):
        if numbers := sorted({one[what] for one in cited if what in one}):
            yield _one_or_more(what, path, numbers)
    for one in cited:
        if "table" in one:
            yield Query("record_at_row", {"path": path, "table": one["table"], "row": one["rowid"]})


_AT = {"line": ("record_at_line", "records_at_lines"), "position": ("record_at_position", "records_at_positions")}
"""The questions for one place of a file and for several."""


def _one_or_more(what: str, path: str, numbers: Sequence[int]) -> Query:
    one, several = _AT[what]
    if len(numbers) == 1:
        return Query(one, {"path": path, what: numbers[0]})
    return Query(several, {"path": path, f"{what}s": list(numbers)})


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
        return cut(value, LONGEST)
    if value is None or isinstance(value, bool | int | float | list | dict):
        return value
    return str(value)
