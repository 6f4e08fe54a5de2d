"""The case's DuckDB file and the questions we ask it."""

from forensics.store.store import Store

__all__ = ["Store"]
