"""The figures that are promised of reading: millions of spoilt lines and many spoilt files, each accounted for.

`python tests/hazards/soak.py` runs them all, on all processors, or only the kinds that are named (lines, documents,
dumps, databases); HAZARD_SEED repeats a run, SOAK=0.01 runs a hundredth.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

from forensics.evidence import reading  # noqa: E402
from forensics.store import Store  # noqa: E402

from hazards import mutations  # noqa: E402
from hazards.holding import Held, accounted, shown_safely, state, write  # noqa: E402

SECONDS = 10.0
"""Within which each file is read; tested at ten times that, for the machine is busy."""
MEMORY = 1024**3
LINES_A_FILE = 100_000
FILES_A_FOLDER = 20
"""Few, for the states of a database that lie in one folder are compared with each other."""


class Batch(NamedTuple):
    """One folder to make, read and check."""

    kind: str
    number: int
    seed: int


class Outcome(NamedTuple):
    """What came of one folder."""

    batch: Batch
    trouble: str
    lines: int
    files: int
    slowest: float
    memory: int


def _lines(chance: random.Random) -> dict[str, bytes]:
    share = chance.choice([0.05, 0.5, 1.0])
    return {"a.log": mutations.lines(chance, LINES_A_FILE, share=share)}


def _spoilt(wholes: Callable[[], list[bytes]]) -> Callable[[random.Random], dict[str, bytes]]:
    def files(chance: random.Random) -> dict[str, bytes]:
        return {f"{n}": mutations.spoilt(chance, chance.choice(wholes())) for n in range(FILES_A_FOLDER)}

    return files


MAKERS: dict[str, Callable[[random.Random], dict[str, bytes]]] = {
    "lines": _lines,
    "documents": _spoilt(lambda: list(mutations.documents().values())),
    "dumps": _spoilt(lambda: [mutations.dump(), *mutations.foreign_dumps()]),
    "databases": _spoilt(lambda: [mutations.database()]),
}
FIGURES = {"lines": 10_000_000 // LINES_A_FILE, "documents": 1_700, "dumps": 1_650, "databases": 1_650}
"""Folders of each kind: ten million lines, and a hundred thousand files."""


def tried(batch: Batch) -> Outcome:
    """Make one folder, read it, and see that everything that holds for every folder holds for it."""
    chance = random.Random(f"{batch.seed} {batch.kind} {batch.number}")  # noqa: S311
    slowest, begun = 0.0, time.monotonic()

    def progress(path: str) -> None:
        nonlocal slowest, begun
        slowest, begun = max(slowest, time.monotonic() - begun), time.monotonic()

    lines = files = 0
    trouble = ""
    with tempfile.TemporaryDirectory(prefix="forensics-soak-") as base, Store() as store:
        folder = write(
            Path(base) / "incident", {**MAKERS[batch.kind](chance), "~": "the last file, after all are measured\n"}
        )
        work = Path(base) / "work"
        work.mkdir()
        before = state(folder)
        try:
            begun = time.monotonic()
            entries = reading.read(folder, store, work, progress)
            files = len(entries) - 1
            held = Held(folder, store, {entry.path: entry for entry in entries})
            for entry in entries:
                lines += entry.lines.physical if entry.lines else 0
                accounted(held, entry)
            shown_safely(held)
            assert state(folder) == before, "evidence was changed"
            assert [path for path in work.rglob("*") if path.is_file()] == [], "something was left over"
            assert slowest < SECONDS * 10, f"a file took {slowest:.1f} s"
        except Exception as error:  # whatever it is, it is what we look for
            trouble = f"{type(error).__name__}: {str(error)[:500]}"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Outcome(batch, trouble, lines, files, slowest, memory)


def main(kinds: list[str]) -> int:
    """Run the figures; return 1 if one of them does not hold."""
    seed = int(os.environ.get("HAZARD_SEED") or random.SystemRandom().randrange(10**9))
    share = float(os.environ.get("SOAK", "1"))
    print(f"HAZARD_SEED={seed}", flush=True)
    figures = {kind: most for kind, most in FIGURES.items() if kind in kinds or not kinds}
    batches = [
        Batch(kind, number, seed) for kind, most in figures.items() for number in range(max(1, round(most * share)))
    ]
    outcomes: list[Outcome] = []
    with multiprocessing.get_context("spawn").Pool(maxtasksperchild=40) as pool:
        for outcome in pool.imap_unordered(tried, batches):
            outcomes.append(outcome)
            if outcome.trouble:
                print(f"{outcome.batch}: {outcome.trouble}", flush=True)
    failed = False
    for kind in figures:
        of_kind = [one for one in outcomes if one.batch.kind == kind]
        troubles = sum(bool(one.trouble) for one in of_kind)
        memory = max(one.memory for one in of_kind)
        failed |= bool(troubles) or memory > MEMORY
        print(
            f"{kind:10} {sum(one.files for one in of_kind):>9,} files {sum(one.lines for one in of_kind):>12,} lines  "
            f"slowest {max(one.slowest for one in of_kind):6.2f} s  memory {memory / 2**20:6.0f} MiB  {troubles} troubles"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
