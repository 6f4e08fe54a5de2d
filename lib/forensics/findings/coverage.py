"""What the evidence covers, as a result states it, and how far single conclusions reach."""

from __future__ import annotations

from collections.abc import Iterable

from forensics.model import Citation, Evidence, Json
from forensics.store import Store
from forensics.times import iso

REACH = ("path", "start", "end", "holes", "pauses", "begins_late_s", "ends_early_s")


def coverage(store: Store) -> list[Json]:
    """State what each file covers, with its holes and what it lacks at both ends.

    Its pauses are no holes: between two runs of what it tells of, there is nothing that it could have told.
    """
    silent: dict[tuple[str, bool], list[Json]] = {}
    for path, start, end, between_runs in store.rows("coverage_gaps"):
        silent.setdefault((path, between_runs), []).append({"start": iso(start), "end": iso(end)})
    return [
        {
            **row,
            "start": iso(row["start"]),
            "end": iso(row["end"]),
            "holes": silent.get((row["path"], False), []),
            "pauses": silent.get((row["path"], True), []),
        }
        for row in store.records("coverage")
    ]


def common_stretch(store: Store) -> Json | None:
    """Return the stretch that most sources cover; null where there is none."""
    start, end = (store.one("fact", name=f"common stretch {edge}") for edge in ("start", "end"))
    return {"start": start, "end": end} if start and end else None


def resting(held: Iterable[Json], cited: Iterable[Citation]) -> list[Json]:
    """Return the coverage of the files that a conclusion cites: it reaches no further, and not into their holes."""
    paths = {citation.path for citation in cited}
    return [{name: one[name] for name in REACH} for one in held if one["path"] in paths]


def data_loss(evidence: Iterable[Evidence]) -> str | None:
    """Return what a database shows to be lost of its rows; null where none shows such a loss."""
    return next((f"{e.path}: {p.message}" for e in evidence for p in e.problems if p.code == "rows-missing"), None)
