"""What `forensics verify` found, in lines for people and as JSON; and how far it is, where that takes longer than a moment."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

from tqdm import tqdm

from forensics.model import Json
from forensics.workbench import differences
from forensics.workbench.verification import Verification

MOST = 20
"""Differences of one kind that are printed; --json gives all."""

TITLES = {
    "evidence": "Evidence",
    "input": "Beside the evidence",
    "run": "The run",
    "claim": "Claims",
    "result": "result.json",
    "file": "Files of the report",
    "notebook": "Notebooks",
    "store": "case.duckdb",
}


@contextlib.contextmanager
def watched() -> Iterator[Callable[[str], None]]:
    """Show which file is read, on a terminal and after a second."""
    with tqdm(unit="file", delay=1, disable=not sys.stderr.isatty(), leave=False) as bar:

        def progress(path: str) -> None:
            bar.set_description(path[-40:])
            bar.update()

        yield progress


def lines(found: Verification, report: str) -> Iterator[str]:
    """Say what holds or, by kind and place, what does not: what is stated, and what is computed now."""
    told = ", ".join(f"{count:,} {name}" for name, count in found.counts.items())
    if found.holds:
        yield f"{report}: everything holds. Computed again and compared: {told}."
    else:
        count = f"{len(found.found):,} differences" if len(found.found) > 1 else "one difference"
        yield f"{report}: does not hold; {count}. Computed again and compared: {told}."
    grouped = differences.kinds(found.found)
    for kind, title in TITLES.items():
        some = grouped.get(kind, [])
        if some:
            yield ""
            yield f"{title}:"
        for one in some[:MOST]:
            yield f"  {one.where} {one.what}"
            if one.stated != differences.NOTHING or one.computed != differences.NOTHING:
                yield f"    stated   {one.stated}"
                yield f"    computed {one.computed}"
        if len(some) > MOST:
            yield f"  … and {len(some) - MOST:,} more (--json gives all)"
    if found.remarks:
        yield ""
        yield from found.remarks


def told(found: Verification) -> Json:
    """Return everything for programs."""
    return {
        "holds": found.holds,
        "compared": found.counts,
        "differences": [one.json() for one in found.found],
        "remarks": found.remarks,
    }
