"""What a case's DuckDB file holds, told without changing it: its tables by count and digest, its views by their text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from forensics.errors import ForensicsError, UsageError
from forensics.store import sizing
from forensics.store.store import question

NAMES = "pseudonyms"
"""The table of names that redaction chose in the order in which it met things; it is no evidence and has no digest."""


class Unreadable(ForensicsError):
    """A file that is no store, or none that is whole."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What one store holds."""

    tables: dict[str, tuple[int, int]]
    """How many rows each table holds, and a digest of them in whatever order. Digests of two versions of DuckDB may differ:
    compare those that one process made."""
    views: dict[str, str]
    names: tuple[tuple[str, str, str], ...]
    """Kind, original and pseudonym of what redaction named."""


def contents(place: Path) -> Contents:
    """Look into a store, read-only. Raises Unreadable for what is none, and UsageError while another program has it open."""
    try:
        connection = duckdb.connect(
            str(place),
            read_only=True,
            config={
                "memory_limit": f"{sizing.fitting().memory // 2**20}MB",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "python_enable_replacements": False,
                "enable_external_access": False,
            },
        )
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        if "lock" in said.lower():
            raise UsageError(f"{place.name} is open in another program. Close that, and verify again.") from error
        raise Unreadable(said) from error
    try:
        connection.execute("set lock_configuration = true")
        tables = {}
        for (name,) in connection.execute(question("store_tables")).fetchall():
            if name != NAMES:
                rows, digest = connection.execute(question("store_digest"), {"name": name}).fetchall()[0]
                tables[name] = (int(rows), int(digest))
        views = dict(connection.execute(question("store_views")).fetchall())
        names = connection.execute(question("redaction_pseudonyms")).fetchall()
        return Contents(tables, views, tuple((kind, original, name) for kind, original, name in names))
    except duckdb.Error as error:
        raise Unreadable(str(error).splitlines()[0]) from error
    finally:
        connection.close()
