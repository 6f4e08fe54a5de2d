"""Of which tables it follows from a question's text that, where they hold nothing, no row answers it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import forensics.store
from forensics.store import Store

SQL = Path(forensics.store.__file__).parent / "sql"

Tables = frozenset[str]
Ways = frozenset[Tables]
"""Sets of tables: where all tables of one set hold nothing, there is no row. None of them where that never follows."""

NEVER: Ways = frozenset()
ALWAYS: Ways = frozenset({frozenset()})


def either(*several: Ways) -> Ways:
    """Return when one of several has no row."""
    return _least(frozenset().union(*several))


def both(*several: Ways) -> Ways:
    """Return when none of several has a row."""
    return _least(frozenset(frozenset().union(*one) for one in product(*several)))


def _least(ways: Ways) -> Ways:
    return frozenset(one for one in ways if not any(other < one for other in ways))


class Reader:
    """Reads statements as DuckDB itself takes them apart."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, views: dict[str, list[str]]) -> None:
        """`views` are the texts by which a view may be known, several where another may take its place."""
        self._connection = connection
        self._views = views
        self._known: dict[str, Ways] = {}
        found = connection.execute(
            "select distinct function_name from duckdb_functions() where function_type = 'aggregate'"
        )
        self._aggregates = {name for (name,) in found.fetchall()}

    def ways(self, select: str) -> Ways:
        """Return of which tables it follows that a text of one SELECT has no row."""
        answer = self._connection.execute(
            "select json_serialize_sql($1, skip_null := true, skip_empty := true, skip_default := true)", [select]
        ).fetchone()
        assert answer is not None
        parsed = json.loads(answer[0])
        assert not parsed["error"], parsed
        [statement] = parsed["statements"]
        return self._node(statement["node"], {})

    def _named(self, name: str) -> Ways:
        if name not in self._views:
            return frozenset({frozenset({name})})
        if name not in self._known:
            self._known[name] = NEVER  # a view that asks itself tells nothing
            self._known[name] = both(*map(self.ways, self._views[name]))
        return self._known[name]

    def _node(self, node: dict[str, Any], around: dict[str, Ways]) -> Ways:
        known = dict(around)
        for entry in node.get("cte_map", {}).get("map", []):
            known[entry["key"].lower()] = self._node(entry["value"]["query_node"], known)
        if node["type"] == "SET_OPERATION_NODE":
            parts = [self._node(one, known) for one in _parts(node)]
            return both(*parts) if node["setop_type"] == "UNION" else parts[0]
        if node["type"] == "RECURSIVE_CTE_NODE":
            return self._node(node["left"], known)
        if node["type"] != "SELECT_NODE" or not self._grouped(node):
            return NEVER
        return either(
            self._from(node.get("from_table", {"type": "EMPTY"}), known), self._where(node.get("where_clause"), known)
        )

    def _grouped(self, node: dict[str, Any]) -> bool:
        """Say whether a SELECT of no row has no row: what only counts has one all the same."""
        items = [self._aggregated(one) for one in node.get("select_list", [])]
        if node["aggregate_handling"] == "FORCE_AGGREGATES":
            return not all(items)
        if node.get("group_sets"):
            return all(node["group_sets"])
        if node.get("group_expressions"):
            return True
        return not (any(items) or "having" in node or self._aggregated(node.get("modifiers", [])))

    def _aggregated(self, expression: Any) -> bool:
        if isinstance(expression, list):
            return any(map(self._aggregated, expression))
        if not isinstance(expression, dict):
            return False
        if expression.get("class") == "SUBQUERY":
            return self._aggregated(expression.get("child"))
        name = expression.get("function_name")
        if expression.get("class") == "FUNCTION" and (name in self._aggregates or name not in _scalars()):
            return True
        return any(map(self._aggregated, expression.values()))

    def _from(self, table: dict[str, Any], known: dict[str, Ways]) -> Ways:
        kind = table["type"]
        if kind == "BASE_TABLE":
            name = table["table_name"].lower()
            return known[name] if name in known else self._named(name)
        if kind == "SUBQUERY":
            return self._node(table["subquery"]["node"], known)
        if kind != "JOIN" or table.get("ref_type") == "POSITIONAL":
            return NEVER
        left, right = self._from(table["left"], known), self._from(table["right"], known)
        join = table["join_type"]
        if join in ("INNER", "SEMI"):
            return either(left, right)
        return {"LEFT": left, "ANTI": left, "SINGLE": left, "MARK": left, "RIGHT": right}.get(join, both(left, right))

    def _where(self, condition: dict[str, Any] | None, known: dict[str, Ways]) -> Ways:
        if condition is None:
            return NEVER
        if condition["type"] == "CONJUNCTION_AND":
            return either(*(self._where(one, known) for one in condition["children"]))
        if condition["class"] == "SUBQUERY" and condition["subquery_type"] in ("EXISTS", "ANY"):
            return self._node(condition["subquery"]["node"], known)
        return NEVER


def _parts(node: dict[str, Any]) -> list[dict[str, Any]]:
    return list(node["children"]) if "children" in node else [node["left"], node["right"]]


@cache
def _scalars() -> frozenset[str]:
    """Return the names of functions that give one value for each row."""
    with duckdb.connect() as connection:
        found = connection.execute(
            "select distinct function_name from duckdb_functions() where function_type in ('scalar', 'macro')"
            " except select function_name from duckdb_functions() where function_type not in ('scalar', 'macro')"
        )
        return frozenset(name for (name,) in found.fetchall()) | {"unnest"}


def derived() -> dict[str, set[Tables]]:
    """Return of which tables it follows, for each question and each statement that inserts (`name.2`, where a file has several)."""
    views: dict[str, list[str]] = defaultdict(list)
    made: set[str] = set()
    selects: dict[str, str] = {}
    with Store() as store:
        connection = store.connection
        for file in sorted(SQL.glob("*.sql")):
            statements = connection.extract_statements(file.read_text(encoding="utf-8"))
            for number, statement in enumerate(statements, 1):
                text = statement.query
                name = f"{file.stem}.{number}" if statements[1:] else file.stem
                if view := _VIEW.search(text):
                    views[view[1]].append(text[view.end() :].rstrip().removesuffix(";"))
                if table := _TABLE.search(text):
                    made.add(table[1])
                if statement.type == duckdb.StatementType.SELECT:
                    selects[name] = text
                if (insert := _INSERT.search(text)) and not _BY_NAME.search(text):
                    selects[name] = text[insert.end() :]
        reader = Reader(connection, views)
        return {name: {one for one in reader.ways(text) if one <= made} for name, text in selects.items()}


_VIEW = re.compile(r"^create (?:or replace )?(?:temp )?view (?:if not exists )?(\w+) as\b", re.MULTILINE)
_TABLE = re.compile(r"^create (?:or replace )?(?:temp )?table (?:if not exists )?(\w+)", re.MULTILINE)
_INSERT = re.compile(r"^insert into \w+\s*(?:\([^)]*\))?\s*", re.MULTILINE)
_BY_NAME = re.compile(r"^insert into \w+ by name", re.MULTILINE)


def written() -> str:
    """Return what `store/needs.toml` would say of all questions."""
    asked: dict[Tables, list[str]] = defaultdict(list)
    for name, ways in derived().items():
        for way in ways:
            asked[way].append(name)
    entries = []
    for way, names in sorted(asked.items(), key=lambda one: sorted(one[0])):
        tables = ", ".join(f'"{table}"' for table in sorted(way))
        lines = [f'    "{name}",' for name in sorted(names)]
        entries.append("\n".join(["[[needs]]", f"tables = [{tables}]", "asked_by = [", *lines, "]"]))
    return "\n\n".join(entries) + "\n"


if __name__ == "__main__":
    print(written(), end="")
