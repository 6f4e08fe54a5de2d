"""What must hold for every folder, whatever harm is in it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forensics.evidence import exact
from forensics.findings import inventory
from forensics.model import Evidence
from forensics.store import Store

PROJECT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("HAZARD_SEED", "20310402"))
"""Fixed, unless it is asked for by name; `make soak` draws another one each time."""
TIMES = 10
"""Times that are promised are tested at so many times the figure: machines are busy."""

Bytes = str | bytes
Files = dict[str, Bytes] | dict[bytes, Bytes]


# ---- what a folder is, before and after ------------------------------------------------------------------------------


def state(folder: Path) -> dict[bytes, tuple[Any, ...]]:
    """Return name, kind, size, time, mode and content of everything in a folder, without following a link."""
    found: dict[bytes, tuple[Any, ...]] = {}
    waiting = [os.fsencode(folder)]
    while waiting:
        place = waiting.pop()
        for entry in sorted(os.scandir(place), key=lambda one: one.name):
            if len(entry.path) > LONGEST_PATH:
                continue  # the system itself cannot name it
            status = os.lstat(entry.path)
            content = b""
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                content = hashlib.sha256(Path(os.fsdecode(entry.path)).read_bytes()).digest()
            found[entry.path] = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ino, content)
    return found


LONGEST_PATH = 4_000


def physical(raw: bytes) -> list[tuple[int, bytes]]:
    """Return offset and content of each line, without its end: LF, CRLF or a lone CR."""
    found, begin = [], 0
    for end in re.finditer(rb"\r\n|\n|\r", raw):
        found.append((begin, raw[begin : end.start()]))
        begin = end.end()
    if begin < len(raw):
        found.append((begin, raw[begin:]))
    return found


BIDI = {0x061C, *range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def raw_controls(text: str, allowed: str = "\n") -> set[str]:
    """Return the characters in a text that act on a terminal instead of being seen, or that are half a character."""
    return {
        letter
        for letter in text
        if letter not in allowed and (unicodedata.category(letter) in ("Cc", "Cs") or ord(letter) in BIDI)
    }


# ---- reading, with what holds for every folder -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A folder that was read."""

    folder: Path
    store: Store
    entries: dict[str, Evidence]

    @property
    def code(self) -> int:
        """The exit code that the command would end with."""
        return 3 if inventory.reserved({"evidence": [one.json() for one in self.entries.values()]}) else 0

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the store."""
        return self.store.connection.execute(query).fetchall()

    def codes(self, path: str) -> list[str]:
        """Return the codes of what is wrong with an entry."""
        return [problem.code for problem in self.entries[path].problems]

    def said(self, path: str) -> str:
        """Return all that is said about an entry."""
        return "; ".join(problem.message for problem in self.entries[path].problems)


Holder = Callable[..., Held]


def write(folder: Path, files: Files) -> Path:
    """Write files, whatever their names are."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        place = Path(os.fsdecode(os.path.join(os.fsencode(folder), name if isinstance(name, bytes) else name.encode())))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def beside(base: Path) -> set[Path]:
    """Return the files that lie beside the incident's folder."""
    folders = [place for place in base.iterdir() if place.name != "incident"]
    return {path for folder in folders for path in (folder, *folder.rglob("*")) if path.is_file()}


def accounted(held: Held, entry: Evidence) -> None:
    """See that every physical line went somewhere, and that each quarantined one can be had back."""
    count = entry.lines.json() if entry.lines else {}
    assert sum(count.values()) == 2 * count.get("physical", 0), f"{entry.path}: {count}"
    kept = held.store.connection.execute(
        'select line, "offset", length, reason, shown from quarantine where path = ? order by line', [entry.path]
    ).fetchall()
    assert len(kept) == count.get("quarantined", 0), entry.path
    if not entry.lines:
        return
    with exact.unpacked(held.folder, entry.path) as place:
        whole = physical(place.read_bytes())
    assert count["physical"] == len(whole), entry.path
    for line, offset, length, reason, shown in kept:
        at, content = whole[line - 1]
        assert reason, f"{entry.path}:{line} has no reason"
        assert (offset, length) == (at, len(content)), f"{entry.path}:{line}"
        assert "\0" not in shown
    for line, offset, length, *_ in kept[:: max(1, len(kept) // 3)][:4]:
        assert exact.bytes_of(held.folder, entry.path, offset, length) == whole[line - 1][1]


def shown_safely(held: Held) -> None:
    """See that what the command prints of a folder holds nothing that acts on a terminal or is no character."""
    told = json.dumps([entry.json() for entry in held.entries.values()], ensure_ascii=False)
    assert raw_controls(told) == set()
    for entry in held.entries.values():
        assert entry.path.isprintable()
        for problem in entry.problems:
            assert raw_controls(problem.message + problem.remedy) == set()


# ---- the command itself ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the command said of a folder."""

    code: int
    entries: dict[str, dict[str, Any]]
    told: str
    rss: int
    """Bytes of memory at its highest."""


MEASURED = (
    "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(done.returncode)"
)


def inspect(folder: Path, seconds: float = 100, **environment: str) -> Inspected:
    """Run `forensics inspect` on a folder, and see that it ends as it must, within its time."""
    before = state(folder)
    command = [sys.executable, "-m", "forensics.workbench.cli", "inspect", str(folder), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, check=False, timeout=seconds,
    )  # fmt: skip
    told, errors = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    *errors_told, rss = errors.strip().splitlines()
    assert "Traceback" not in errors
    assert done.returncode in (0, 3), errors
    assert raw_controls(told) == raw_controls("\n".join(errors_told)) == set()
    assert state(folder) == before, "evidence was changed"
    entries = {entry["path"]: entry for entry in json.loads(told)}
    return Inspected(done.returncode, entries, told, int(rss) * 1024)


def unfolded(folder: Path, path: str) -> bytes:
    """Return the unpacked bytes of an entry of a folder."""
    with exact.unpacked(folder, path) as place:
        return place.read_bytes()
