"""The ways in which `collect` gathers one thing: an answer, a command's output, a log, a database, the machine's measures.

Each only reads, and says what it could not do. Nothing here decides where a file goes.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit

import psutil

ANSWERS_WITHIN_S = 10.0
ENDS_WITHIN_S = 60.0
LOCKED_FOR_S = 5.0
"""So long a lock is waited for before the files are copied as they are."""
COPIED_WITHIN_S = 120.0
LARGEST_ANSWER = 256 * 1024 * 1024
_CHUNK = 1024 * 1024
_PAGES = 1000
_WAL = b"\x02\x02"
"""The bytes 18 and 19 of a database that is written through a write-ahead log."""


class Refused(Exception):
    """Something that could not be collected: why, with what came instead."""

    def __init__(self, why: str, came: bytes = b"", code: int | None = None) -> None:
        super().__init__(why)
        self.came = came
        self.code = code
        """The exit code, or the status of an answer."""


@dataclass(frozen=True, slots=True)
class Target:
    """The system that is asked."""

    url: str
    """Its address, without a path of ours."""
    authorization: str = ""
    """The value of the Authorization header; never written down."""


def now() -> str:
    """Return the time, in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def asked(target: Target, path: str) -> bytes:
    """Return the body of an answer. No proxy is used and no redirection followed: only the given address is contacted.

    Raises Refused for whatever is not a good answer, with its body.
    """
    parts = urlsplit(target.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWERS_WITHIN_S)
    headers = {
        "Accept": "application/json",
        **({"Authorization": target.authorization} if target.authorization else {}),
    }
    try:
        connection.request("GET", parts.path.rstrip("/") + path, headers=headers)
        answer = connection.getresponse()
        body = answer.read(LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise Refused(f"no answer: {_reason(error)}") from error
    finally:
        connection.close()
    if 300 <= answer.status < 400:
        raise Refused(
            f"it leads elsewhere, to {answer.getheader('Location')}, which was not followed", body, answer.status
        )
    if answer.status >= 400:
        raise Refused(f"status {answer.status} {answer.reason}", body, answer.status)
    if len(body) > LARGEST_ANSWER:
        raise Refused(f"the answer is larger than {LARGEST_ANSWER:,} bytes", body[:_CHUNK], answer.status)
    return body


def probe_line(body: bytes) -> str:
    """Return what a line holds for an answer: the object as it came, on one line; another answer inside of one."""
    text = body.decode("utf-8", "backslashreplace").strip()
    try:
        told = json.loads(text)
    except ValueError:
        told = text
    return json.dumps(told if isinstance(told, dict) else {"answer": told}, ensure_ascii=False, separators=(",", ":"))


def ran(command: Sequence[str], into: BinaryIO, fine: Sequence[int] = (0,)) -> int:
    """Run a command without a shell, its output into a file, and return its exit code.

    Raises Refused where it is not here, ends with another code than those that are fine, or does not end.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  the commands of collect.toml, without a shell
            command, stdin=subprocess.DEVNULL, stdout=into, stderr=subprocess.PIPE, start_new_session=True,
            env={**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
        )  # fmt: skip
    except OSError as error:
        raise Refused(f"{command[0]} cannot be run: {_reason(error)}") from error
    try:
        _, said = process.communicate(timeout=ENDS_WITHIN_S)
    except BaseException as error:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise Refused(f"it did not end within {ENDS_WITHIN_S:.0f} s") from error
        raise
    if process.returncode not in fine:
        last = said.decode("utf-8", "backslashreplace").strip().splitlines()[-1:]
        raise Refused(f"exit code {process.returncode}: {''.join(last)}", said, process.returncode)
    return process.returncode


def copied(source: Path, into: BinaryIO) -> list[str]:
    """Copy a file as long as it is now, and return what is to be said of that. Raises Refused where it cannot be read."""
    try:
        handle = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
        with open(handle, "rb") as file:
            told = os.fstat(file.fileno())
            left = told.st_size
            while left and (chunk := file.read(min(left, _CHUNK))):
                into.write(chunk)
                left -= len(chunk)
    except OSError as error:
        raise Refused(f"it cannot be read: {_reason(error)}") from error
    remarks = [f"it became {left:,} bytes shorter while it was copied"] if left else []
    with contextlib.suppress(OSError):
        after = source.stat()
        if (after.st_dev, after.st_ino) != (told.st_dev, told.st_ino):
            remarks.append("another file took its place while it was copied")
    return remarks


def rotated(log: Path) -> list[Path]:
    """Return a log and its older parts beside it, whose names begin with its own; links are left alone."""
    beside = sorted(
        one
        for one in log.parent.glob("*")
        if one.name.startswith(f"{log.name}.") or one.name.startswith(f"{log.name}-")
    )
    return [log, *(one for one in beside if one.is_file() and not one.is_symlink())]


def saved(database: Path, into: Path) -> None:
    """Save a SQLite database page by page, as its own backup does, through a connection that cannot write.

    Raises Refused where it is locked for long, where it changes faster than it is copied, or where opening it would leave a
    file beside it.
    """
    header, beside = _header(database), {end: Path(f"{database}{end}") for end in ("-wal", "-shm")}
    if header[:15] != b"SQLite format 3":
        raise Refused("it is no SQLite database")
    if header[18:20] == _WAL and not all(one.exists() for one in beside.values()):
        raise Refused("nobody has it open: a connection would leave a file beside it")
    give_up = time.monotonic() + COPIED_WITHIN_S

    def watch(_status: int, left: int, total: int) -> None:
        if time.monotonic() > give_up:
            raise Refused(f"it changes faster than it can be copied: {left:,} of {total:,} pages are left")

    try:
        with (
            contextlib.closing(
                sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=LOCKED_FOR_S)
            ) as source,
            contextlib.closing(sqlite3.connect(into)) as target,
        ):
            source.execute("pragma query_only=on")
            source.execute("select count(*) from sqlite_master").fetchone()  # waits for a lock; a backup would not
            source.backup(target, pages=_PAGES, progress=watch, sleep=0.01)
    except sqlite3.Error as error:
        raise Refused(f"sqlite: {error}") from error


def _header(database: Path) -> bytes:
    try:
        with database.open("rb") as file:
            return file.read(100)
    except OSError as error:
        raise Refused(f"it cannot be read: {_reason(error)}") from error


def parts(database: Path) -> list[Path]:
    """Return the files that a database consists of now: itself, its write-ahead log, its journal."""
    return [one for end in ("", "-wal", "-journal") if (one := Path(f"{database}{end}")).is_file()]


def machine() -> str:
    """Return what the machine measures now, as exposition text below a line with the time."""
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    gauges: list[tuple[str, list[tuple[str, float]]]] = [
        ("node_memory_MemTotal_bytes", [("", memory.total)]),
        ("node_memory_MemAvailable_bytes", [("", memory.available)]),
        ("node_memory_SwapTotal_bytes", [("", swap.total)]),
        ("node_memory_SwapFree_bytes", [("", swap.free)]),
        ("node_load1", [("", os.getloadavg()[0])]),
    ]
    sizes, free = [], []
    for disk in psutil.disk_partitions(all=False):
        with contextlib.suppress(OSError):
            used = psutil.disk_usage(disk.mountpoint)
            labels = f"{{device={json.dumps(disk.device)},mountpoint={json.dumps(disk.mountpoint)}}}"
            sizes.append((labels, float(used.total)))
            free.append((labels, float(used.free)))
    gauges += [("node_filesystem_size_bytes", sizes), ("node_filesystem_avail_bytes", free)]
    lines = [now()]
    for name, rows in gauges:
        if rows:
            lines += [f"# TYPE {name} gauge", *(f"{name}{labels} {_plain(value)}" for labels, value in rows)]
    return "\n".join(lines) + "\n"


def _plain(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value!r}"


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
