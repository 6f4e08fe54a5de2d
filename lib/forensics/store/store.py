"""The case's DuckDB file: locked down, asked only through the files in sql/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb
import pyarrow as pa

from forensics.model import Query
from forensics.store import sizing

if TYPE_CHECKING:  # pandas takes half a second to import, and an inventory needs none of it
    import pandas as pd


@cache
def question(name: str) -> str:
    """Return the text of sql/<name>.sql."""
    return files("forensics.store").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


class Store:
    """One case's tables. Nothing but this process may write them while it is open; its threads take turns."""

    def __init__(self, path: Path | None = None, *, frugal: bool = False) -> None:
        """Open the file, creating it and its tables when it is new; None keeps everything in memory.

        A frugal store takes little memory and writes down what does not fit: enough for reading evidence of any size.
        """
        size = sizing.fitting()
        if frugal and path:
            size = replace(size, memory=min(size.memory, sizing.FRUGAL), threads=1)
        self.path = path
        self.turn = RLock()
        self._noted: list[Query] | None = None
        self.connection = duckdb.connect(
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
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute(
            "set enable_progress_bar = false"
        )  # in a notebook it leaves a widget where a machine is slow
        self.connection.execute("set enable_external_access = false")
        self.connection.execute("set lock_configuration = true")
        self.connection.execute(question("schema"))
        self.connection.execute(question("stamp_macros"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write everything down and let go of the file."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write everything that is written inside at once, or, where it fails, nothing of it."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def settle(self) -> None:
        """Inside a transaction, write down what is there, so that it does not wait in memory."""
        self.connection.commit()
        self.connection.begin()

    def run(self, name: str, /, **parameters: Any) -> None:
        """Execute sql/<name>.sql for its effect, statement by statement; each gets those parameters that it names."""
        with self.turn:
            statements = self.connection.extract_statements(question(name))
            if len(statements) == 1:
                self.connection.execute(statements[0], parameters).fetchall()
                return
            for statement in statements:
                own = {one: parameters[one] for one in sorted(statement.named_parameters)}
                self.connection.execute(statement, own).fetchall()

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
        with self.turn:
            return self.connection.execute(question(name), parameters).fetchall()

    def records(self, name: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Return the answer to sql/<name>.sql as dictionaries."""
        self._note(name, parameters)
        with self.turn:
            cursor = self.connection.execute(question(name), parameters)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def frame(self, name: str, /, **parameters: Any) -> pd.DataFrame:
        """Return the answer to sql/<name>.sql as a table for people."""
        with self.turn:
            return self.connection.execute(question(name), parameters).df()

    def arrow(self, name: str, /, **parameters: Any) -> pa.Table:
        """Return the answer to sql/<name>.sql as an Arrow table."""
        with self.turn:
            return self.connection.sql(question(name), params=parameters).to_arrow_table()

    def one(self, name: str, /, **parameters: Any) -> Any:
        """Return the single value that sql/<name>.sql answers, or None."""
        rows = self.rows(name, **parameters)
        return rows[0][0] if rows else None

    def lend(self, name: str, table: pa.Table) -> None:
        """Let questions read an Arrow table under a name, without copying it."""
        self.connection.register(name, table)

    def take_back(self, name: str) -> None:
        """Forget a lent table."""
        self.connection.unregister(name)

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Append rows to one of our own tables; return how many. Names come from our code, never from evidence."""
        kept = list(rows)
        if kept:
            names = ", ".join(f'"{column}"' for column in columns)
            schema = self.connection.sql(f'select {names} from "{table}" limit 0').to_arrow_table().schema  # noqa: S608
            arrow = pa.table(
                [pa.array([row[i] for row in kept], type=schema.field(i).type) for i in range(len(columns))],
                schema=schema,
            )
            self.append(table, arrow)
        return len(kept)

    def append(self, table: str, rows: pa.Table) -> int:
        """Append an Arrow table to one of our own tables, column by column of the same name; return how many rows."""
        names = ", ".join(f'"{column}"' for column in rows.column_names)
        self.lend("arriving", rows)
        self.connection.execute(f'insert into "{table}" ({names}) select {names} from arriving')  # noqa: S608
        self.take_back("arriving")
        return int(rows.num_rows)
