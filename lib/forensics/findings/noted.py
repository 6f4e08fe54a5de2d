"""People's notes as they are by now, joined to a result that was built before."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.findings import note_lint, note_merging
from forensics.findings.notes import Notes
from forensics.model import Json
from forensics.store import Store


def noted(store: Store, notes: Notes | None, result: Json, claims: Sequence[Json]) -> Json | None:
    """Return what people say, joined to the result, with hints on it; None without notes."""
    told = note_merging.merged(notes, result, claims)
    if told is not None:
        told["lint"] = note_lint.lint(told, result, persons(store))
    return told


def persons(store: Store) -> set[str]:
    """Return the names of people that the evidence knows, where they are of several words: one word may be another's."""
    return {name for _, name, _ in store.rows("redaction_people") if " " in (name or "")}
