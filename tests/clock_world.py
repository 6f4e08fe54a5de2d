"""Folders of logs by several clocks, and what is said of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from conftest import write
from forensics.evidence import reading
from forensics.model import Evidence, Parameters
from forensics.store import Store
from small_world import at, iso

Read = Callable[..., tuple[dict[str, Evidence], Store]]


def reader(folder: Path) -> Read:
    """Return what reads a folder of texts, with what a person states of clocks."""

    def read(files: dict[str, str | bytes], **asked: str) -> tuple[dict[str, Evidence], Store]:
        work = folder / "work"
        work.mkdir()
        store = Store()
        found = reading.read(write(folder / "incident", files), store, work, parameters=Parameters(**asked))
        return {entry.path: entry for entry in found}, store

    return read


def served(*seconds: int) -> str:
    """Return the application's log of requests at these seconds, in UTC."""
    return "".join(
        f"[{iso(s)}] INFO [req_{1932881400000 + s}_ab3de5fgh] Request completed | GET /ferry\n" for s in seconds
    )


def passed(*seconds: float, ahead: timedelta) -> str:
    """Return a gateway's log of the same requests, by a clock so far ahead of UTC that names no zone."""
    return "".join(
        f"{(at(s) + ahead).isoformat(sep=' ', timespec='milliseconds')} INFO gateway: passed on "
        f"req_{1932881400000 + int(s)}_ab3de5fgh\n"
        for s in seconds
    )


def codes(entry: Evidence) -> set[str]:
    """Return the codes of what is said about a file."""
    return {problem.code for problem in entry.problems}


def said(entry: Evidence, code: str) -> str:
    """Return what is said about a file under one code."""
    return "; ".join(problem.message for problem in entry.problems if problem.code == code)


def times(store: Store, path: str) -> list[datetime]:
    """Return the times of a log's events, in the order of its lines."""
    rows = store.connection.execute("select time from log_events where path = ? order by line", [path]).fetchall()
    return [time for (time,) in rows]
