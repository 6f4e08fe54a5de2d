"""An SQLite database that keeps a write-ahead log (-wal) which did not come with it: what may be missing, and how we know."""

from __future__ import annotations

import shlex
from pathlib import PurePosixPath
from typing import Literal

from forensics.evidence.databases.sql_text import visible
from forensics.model import Problem, Status

KEEPS_A_LOG = b"\2\2"
"""What stands at bytes 18 and 19 of a database that keeps one. It stays there when the log is gone, and in copies by .backup."""

VERSION = 3_007_000
"""What an index of a log (-shm) begins with, in the byte order of its machine."""
LAST_PAGE, WRITTEN_BACK = 16, 96
"""Where an index says how many pages the log holds, and how many of them stand in the database by now."""


def absent(path: str, head: bytes, index: bytes | None) -> tuple[Problem, Status] | None:
    """Say what a database lacks whose log is not here, by its first bytes and, if that came with it, the log's `index`.

    The header alone cannot tell: whoever closes a database last writes the log back and removes it, together with its index.
    """
    if head[18:20] != KEEPS_A_LOG:
        return None
    pages = _pages(index) if index else None
    says = "it keeps a write-ahead log (bytes 18 and 19 of its header are 2), and no -wal came with it"
    if pages is None:
        why = (
            "if a program had it open when it was copied, the last transactions stood in the -wal alone, and are not here; if the "
            "last one had closed it, or .backup made it, nothing is missing. The file does not tell which"
        )
        return _problem(path, f"{says}: {why}"), "ok"
    held, back = pages
    count = f"{held:,} page{'' if held == 1 else 's'}"
    if back >= held:
        why = (
            f"its -shm tells that all the log held ({count}) was written back"
            if held
            else "its -shm tells of an empty log"
        )
        return Problem("note", f"{says}; {why}: nothing is missing"), "ok"
    why = f"its -shm tells that the log held {count}, of which {back:,} were written back: the last transactions are not here"
    return _problem(path, f"{says}; {why}"), "partial"


def _pages(index: bytes) -> tuple[int, int] | None:
    """Read from the index of a log how many pages the log held and how many of them were written back."""
    order: Literal["little", "big"] = "little" if index[:1] == (VERSION & 0xFF).to_bytes() else "big"
    if int.from_bytes(index[:4], order) != VERSION or len(index) < WRITTEN_BACK + 4:
        return None
    held, back = (int.from_bytes(index[at : at + 4], order) for at in (LAST_PAGE, WRITTEN_BACK))
    return held, back


def _problem(path: str, message: str) -> Problem:
    name = shlex.quote(visible(PurePosixPath(path).name))
    copies = " ".join(shlex.quote(visible(PurePosixPath(path).name) + end) for end in ("", "-wal", "-shm"))
    return Problem(
        "wal-absent",
        message,
        f"sqlite3 {name} \"VACUUM INTO 'incident.db'\"   # a whole copy without a log; or all three, while nothing writes: "
        f"cp -p {copies} incident/",
        leaves_open="Which rows were written last?",
    )
