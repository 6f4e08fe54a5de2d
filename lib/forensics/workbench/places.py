"""Where a report is built and where it ends up: whole, or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from forensics.errors import Busy

LOCK = ".{id}.lock"
OLD = ".{id}.old"
NEW = ".{id}.new-"


@contextlib.contextmanager
def held(reports: Path, incident: str, *, wait: bool) -> Iterator[None]:
    """Hold the incident's lock. Raises Busy, naming the holder, unless told to wait."""
    reports.mkdir(parents=True, exist_ok=True)
    place = reports / LOCK.format(id=incident)
    with place.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Busy(
                f"Another run on '{incident}' has not ended (process {holder}).\n"
                "Wait for it with --wait, or end that process."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


def repair(reports: Path, incident: str) -> None:
    """Put back what a crash between two renames left, and remove what a killed run left. Needs the lock."""
    final, old = reports / incident, reports / OLD.format(id=incident)
    if old.exists():
        if final.exists():
            shutil.rmtree(old)
        else:
            old.rename(final)
    for left in reports.glob(NEW.format(id=incident) + "*"):
        shutil.rmtree(left, ignore_errors=True)


def fresh(reports: Path, incident: str) -> Path:
    """Return a new folder beside the final place, on the same file system."""
    return Path(tempfile.mkdtemp(dir=reports, prefix=NEW.format(id=incident)))


def swap_in(built: Path, reports: Path, incident: str) -> Path:
    """Put the built folder in its final place by two renames."""
    final, old = reports / incident, reports / OLD.format(id=incident)
    built.chmod(0o755)
    if final.exists():
        final.rename(old)
    built.rename(final)
    shutil.rmtree(old, ignore_errors=True)
    return final


def failed(reports: Path, incident: str) -> Path:
    """Return where a failed run leaves its reason."""
    return reports / f".{incident}.failed"


def note_failure(reports: Path, incident: str, reason: str) -> None:
    """Remember that the last run failed, so that the index shows the report as stale."""
    failed(reports, incident).write_text(json.dumps({"id": incident, "reason": reason}) + "\n", encoding="utf-8")


def forget_failure(reports: Path, incident: str) -> None:
    """A good run makes an earlier failure history."""
    failed(reports, incident).unlink(missing_ok=True)
