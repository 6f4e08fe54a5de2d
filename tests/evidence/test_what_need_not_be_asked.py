"""What need not be asked: questions about tables that hold nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import emptiness as truth
import pyarrow as pa
import pytest
from conftest import Analysed
from forensics.store import Store, emptiness
from small_world import every, log, messages, request, samples, traffic

MIXED: dict[str, str | bytes] = {
    "application.log": traffic(0, 0, 0, 7, 8, 7, 0, 0, 0, 0),
    "metrics.json": samples("memory_usage", every(30, 40, 41, 97, 98, 97, 96, 42, 41)),
    "messages.json": messages((120, "nora", "orders fail"), (200, "ola", "rolled back")),
}
WORLDS: list[Any] = [
    pytest.param({}, id="nothing at all"),
    pytest.param({"plain.log": log([request(0), request(30, failed=True)])}, id="a log alone"),
    pytest.param({"metrics.json": samples("memory_usage", every(30, 40, 97, 41))}, id="samples alone"),
    pytest.param(MIXED, id="a log, samples and messages"),
]


def test_what_is_declared_follows_from_the_texts_of_the_questions() -> None:
    """That no row answers where some tables hold nothing, is so by the joins, groups and conditions of each question."""
    follows = truth.derived()
    declared = {
        (name, tables)
        for name, several in emptiness.needs().items()
        for tables in several
        if not any(way <= tables for way in follows.get(name, ()))
    }

    assert declared == set()


@pytest.mark.parametrize("files", WORLDS)
def test_what_is_not_asked_would_have_been_answered_by_nothing(
    files: dict[str, str | bytes], world: Callable[..., Analysed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question that was not asked has no answer, as the store itself says."""
    answered, wrong, left_out = Store._answer, [], []

    def answer(store: Store, name: str, parameters: dict[str, Any]) -> Any:
        found = answered(store, name, parameters)
        if not found.columns:
            left_out.append(name)
            [statement] = store._connection.extract_statements(truth.SQL.joinpath(f"{name}.sql").read_text())
            wrong.extend((name, row) for row in store._connection.execute(statement, parameters).fetchall())
        return found

    monkeypatch.setattr(Store, "_answer", answer)
    world(files)

    assert (bool(left_out), wrong) == (True, [])


@pytest.mark.parametrize("files", WORLDS)
def test_what_is_not_asked_changes_nothing(
    files: dict[str, str | bytes], world: Callable[..., Analysed], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A folder is told in the same words where everything is asked and written."""
    quick = world(files)
    monkeypatch.setattr(emptiness.Tables, "nothing", lambda *_: False)
    tmp_path.joinpath("work").rmdir()
    slow = world(files)

    assert (quick.findings.json, quick.findings.claims) == (slow.findings.json, slow.findings.claims)


def test_what_was_written_is_asked() -> None:
    """A table that got rows is asked, however they came, and one whose rows were put back by a failure, too."""
    with Store() as store:
        assert store.rows("changes_restarts") == []
        store.add("facts", ["name", "value"], [["colour", "green"]])

        assert store.rows("fact", name="colour") == [("green",)]

        store.connection.execute("insert into pseudonyms values ('a', 'b', 'c')")

        assert len(store.rows("redaction_pseudonyms")) == 1


def test_what_a_question_writes_is_asked() -> None:
    """Rows that come by a statement which answers how many they are, are there as well."""
    with Store() as store:
        store.lend("copied_lines", pa.table({"number": [1], "line": pa.array(["7\tquay"], pa.large_string())}))
        names = {"path": "a.sql", "table": "boats", "names": ['"id"', '"name"'], "holds": ["number", "text"]}

        assert store.rows("database_copied", **names) == [(1,)]
        assert len(store.rows("database_sizes", path="a.sql")) == 1


def test_only_what_is_run_or_answers_in_rows_writes() -> None:
    """Nothing that is asked for as a table of Arrow or pandas writes: its writing would go unseen."""
    asked = re.compile(r"\.(?:arrow|frame)\(\s*\"(\w+)\"")
    library = truth.SQL.parents[1]
    names = {name for file in library.rglob("*.py") for name in asked.findall(file.read_text(encoding="utf-8"))}

    assert names
    assert [
        name
        for name in names
        if re.search(r"^insert into", truth.SQL.joinpath(f"{name}.sql").read_text(), re.MULTILINE)
    ] == []


def test_what_is_known_of_tables_is_learned_from_what_statements_did() -> None:
    """A table made without a row holds nothing; one into which a row came may hold some, and after anything else nothing is known."""
    known = emptiness.Tables()
    known.begin(
        "create table if not exists grown_within (path text);\ncreate table if not exists requests (path text);"
    )
    with duckdb.connect() as connection:

        def done(text: str) -> bool:
            for statement in connection.extract_statements(text):
                known.written(statement, connection.execute(statement).fetchall())
            return known.nothing("claim_grown")

        assert done("create or replace table grown_within as select 'a' as path where false")
        assert done("insert into grown_within select 'a' where false; create or replace view v as select 1")
        assert not done("insert into grown_within select 'a'")
        assert not done("delete from grown_within")
        assert done("-- Made anew.\ncreate or replace temp table grown_within (path text)")
        assert not done("set threads = 1")
