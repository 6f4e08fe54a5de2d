"""Our own reading, called as the commands call it: the one place that knows how."""

from __future__ import annotations

from pathlib import Path

from forensics.evidence import intake, reading
from forensics.model import Parameters
from forensics.store import Store


def read(evidence: Path, folder: Path, start: str = "", end: str = "", *, understand: bool = False) -> None:
    """Read the evidence's folder into a store on disk, as `inspect` does; with a window, only that.

    With `understand` go on as `run` does: tell requests, logins and the like from what was read.
    """
    intake.digest = lambda place: "0" * 64  # no other contender hashes what it reads
    work = folder / "work"
    work.mkdir()
    asked = Parameters(start=start, end=end)
    with Store(folder / "case.duckdb", frugal=True) as store:
        reading.read(evidence.parent, store, work, parameters=asked, understand=understand)
