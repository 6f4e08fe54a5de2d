"""The case's DuckDB file: locked down, asked only through the files in sql/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

import duckdb
import pyarrow as pa

from forensics.model import Query
from forensics.store import emptiness, sizing

if TYPE_CHECKING:  # pandas takes half a second to import, and an inventory needs none of it
    import pandas as pd

T = TypeVar("T")

MOST_ANSWERS_KEPT = 1000
"""So many answers are kept at the most, so that a question asked twice is answered once."""
MOST_ROWS_KEPT = 500
"""An answer of more rows, or to a question whose parameters are of more letters, is not kept."""


@cache
def question(name: str) -> str:
    """Return the text of sql/<name>.sql."""
    return files("forensics.store").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


_STATEMENTS: dict[str, list[duckdb.Statement]] = {}


def _parsed(name: str, connection: duckdb.DuckDBPyConnection) -> list[duckdb.Statement]:
    """Return the statements of sql/<name>.sql; any connection may execute them, as often as it likes.

    The one at hand takes them apart, for DuckDB itself would open a second database in memory to do so.
    """
    if name not in _STATEMENTS:
        _STATEMENTS[name] = connection.extract_statements(question(name))
    return _STATEMENTS[name]


class _Answer(NamedTuple):
    """What a question was answered."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def copied(self) -> list[tuple[Any, ...]]:
        """Return the rows so that whoever gets them may change them; most hold plain values only."""
        return (
            deepcopy(self.rows)
            if any(isinstance(value, list | dict) for row in self.rows for value in row)
            else [*self.rows]
        )


class Store:
    """One case's tables. Nothing but this process may write them while it is open; its threads take turns.

    A question that was asked before with the same parameters, since anything was written, is not asked again.
    """

    def __init__(self, path: Path | None = None, *, frugal: bool = False) -> None:
        """Open the file, creating it and its tables when it is new; None keeps everything in memory.

        A frugal store takes little memory and writes down what does not fit: enough for reading evidence of any size. What cannot
        be written down, as the sorting of wide rows, gets the memory that this machine has, once it is wanted.
        """
        size = sizing.fitting(path.stat().st_size if path and path.exists() else 0)
        self._more_memory = size.memory if frugal and path else 0
        """Bytes that a frugal store may take when it must; 0 where it has them."""
        if frugal and path:
            size = replace(size, memory=min(size.memory, sizing.FRUGAL), threads=1)
        self.path = path
        self.turn = RLock()
        self._noted: list[Query] | None = None
        self._answers: dict[str, _Answer] = {}
        self._empty = emptiness.Tables()
        self._writing = False
        new = path is None or not path.exists()
        self._connection = duckdb.connect(
            str(path) if path else ":memory:",
            config={
                "memory_limit": f"{size.memory // 2**20}MB",
                "threads": size.threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "python_enable_replacements": False,
                "temp_directory": str(path.parent) if path else "",
            },
        )
        self._connection.execute("set TimeZone = 'UTC'")
        self._connection.execute(
            "set enable_progress_bar = false"
        )  # in a notebook it leaves a widget where a machine is slow
        self._connection.execute("set enable_external_access = false")
        if not self._more_memory:
            self._connection.execute("set lock_configuration = true")
        with self.transaction():  # one for all: each writes to the file when it ends
            for name in ("schema", "stamp_macros"):
                for statement in _parsed(name, self._connection):
                    self._connection.execute(statement)
        if new:
            self._empty.begin(question("schema"))

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """DuckDB's own connection, for what no method does. Whoever takes it may write, so all answers are forgotten."""
        self._forget()
        self._empty.clear()
        return self._connection

    def _forget(self) -> None:
        self._answers.clear()

    def _answer(self, name: str, parameters: dict[str, Any]) -> _Answer:
        """Ask sql/<name>.sql, or return what it was answered since anything was written."""
        key = f"{name} {sorted(parameters.items())!r}"
        with self.turn:
            if key in self._answers:
                known = self._answers[key]
                return _Answer(known.columns, known.copied())
            if self._empty.nothing(name):
                return _Answer((), [])
            [statement] = _parsed(name, self._connection)
            answer = self._with_memory(lambda: self._asked(statement, parameters))
            if len(answer.rows) <= MOST_ROWS_KEPT and len(key) <= MOST_ROWS_KEPT:
                if len(self._answers) >= MOST_ANSWERS_KEPT:
                    self._forget()
                self._answers[key] = _Answer(answer.columns, answer.copied())
            return answer

    def _asked(self, statement: duckdb.Statement, parameters: dict[str, Any]) -> _Answer:
        cursor = self._connection.execute(statement, parameters)
        answer = _Answer(tuple(column[0] for column in cursor.description or ()), cursor.fetchall())
        self._empty.written(statement, answer.rows)
        return answer

    def _with_memory(self, ask: Callable[[], T]) -> T:
        """Ask, and where a frugal store runs out of memory, once more with what this machine has.

        While something is written as a whole, that would be lost: then the error stands.
        """
        try:
            return ask()
        except duckdb.OutOfMemoryException:
            if not self._more_memory or self._writing:
                raise
        self._connection.execute(f"set memory_limit = '{self._more_memory // 2**20}MB'")
        self._connection.execute("set lock_configuration = true")
        self._more_memory = 0
        return ask()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write everything down and let go of the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything that is written inside at once, or, where it fails, nothing of it."""
        self._connection.begin()
        self._writing = True
        try:
            yield
        except BaseException:
            self._forget()
            self._empty.clear()
            self._connection.rollback()
            raise
        finally:
            self._writing = False
        self._connection.commit()

    def settle(self) -> None:
        """Inside a transaction, write down what is there, so that it does not wait in memory."""
        self._connection.commit()
        self._connection.begin()

    def run(self, name: str, /, **parameters: Any) -> None:
        """Execute sql/<name>.sql for its effect, statement by statement; each gets those parameters that it names."""
        with self.turn:
            self._forget()
            if self._empty.nothing(name):
                return
            statements = _parsed(name, self._connection)
            for number, statement in enumerate(statements, 1):
                own = (
                    {one: parameters[one] for one in sorted(statement.named_parameters)}
                    if statements[1:]
                    else parameters
                )
                if not self._empty.nothing(f"{name}.{number}", statement):
                    self._with_memory(partial(self._asked, statement, own))

    @contextmanager
    def noted(self) -> Iterator[list[Query]]:
        """Note which questions are asked inside, in their order: what is claimed after them can be asked again by these."""
        mine: list[Query] = []
        around = self._noted
        self._noted = mine
        try:
            yield mine
        finally:
            self._noted = around
            if around is not None:
                around += mine

    def _note(self, name: str, parameters: dict[str, Any]) -> None:
        if self._noted is not None:
            self._noted.append(Query(name, parameters))

    def rows(self, name: str, /, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return the answer to sql/<name>.sql as tuples."""
        self._note(name, parameters)
        return self._answer(name, parameters).rows

    def records(self, name: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the answer to sql/<name>.sql as dictionaries."""
        self._note(name, parameters)
        answer = self._answer(name, parameters)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    def frame(self, name: str, /, **parameters: Any) -> pd.DataFrame:
        """Return the answer to sql/<name>.sql as a table for people."""
        with self.turn:
            return self._connection.execute(question(name), parameters).df()

    def arrow(self, name: str, /, **parameters: Any) -> pa.Table:
        """Return the answer to sql/<name>.sql as an Arrow table."""
        with self.turn:
            return self._with_memory(lambda: self._connection.sql(question(name), params=parameters).to_arrow_table())

    def one(self, name: str, /, **parameters: Any) -> Any:
        """Return the single value that sql/<name>.sql answers, or None."""
        rows = self.rows(name, **parameters)
        return rows[0][0] if rows else None

    def lend(self, name: str, table: pa.Table) -> None:
        """Let questions read an Arrow table under a name, without copying it."""
        self._forget()
        self._connection.register(name, table)

    def take_back(self, name: str) -> None:
        """Forget a lent table."""
        self._forget()
        self._connection.unregister(name)

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Append rows to one of our own tables; return how many. Names come from our code, never from evidence."""
        kept = list(rows)
        if kept:
            names = ", ".join(f'"{column}"' for column in columns)
            schema = self._connection.sql(f'select {names} from "{table}" limit 0').to_arrow_table().schema  # noqa: S608
            arrow = pa.table(
                [pa.array([row[i] for row in kept], type=schema.field(i).type) for i in range(len(columns))],
                schema=schema,
            )
            self.append(table, arrow)
        return len(kept)

    def append(self, table: str, rows: pa.Table) -> int:
        """Append an Arrow table to one of our own tables, column by column of the same name; return how many rows."""
        names = ", ".join(f'"{column}"' for column in rows.column_names)
        self._empty.filled(table)
        self.lend("arriving", rows)
        self._connection.execute(f'insert into "{table}" ({names}) select {names} from arriving')  # noqa: S608
        self.take_back("arriving")
        return int(rows.num_rows)
