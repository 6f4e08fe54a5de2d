"""The case's DuckDB file and the questions we ask it."""

from forensics.store import without_pandas
from forensics.store.store import Store

__all__ = ["Store"]

without_pandas.look_once()
