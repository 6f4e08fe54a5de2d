"""What was watched after the mitigation, as tables show it: what all signals lack alike is said once, and not in each row."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model import Json
from forensics.report.words import sentence

USUAL = "what was usual before the onset is not known"
"""How what a signal lacks says that nothing tells its usual values."""


def knows_usual(signals: Sequence[Json]) -> bool:
    """Say whether of any signal it is known what was usual: else no column is needed for it."""
    return any(one["baseline"] for one in signals)


def usual(signals: Sequence[Json]) -> str:
    """Say once, where of no signal it is known what was usual, why; empty where of any it is known, or where no row says why."""
    said = [part for one in signals for part in _parts(one) if part.startswith(USUAL)]
    return sentence(f"of all of them {said[0]}") if said and not knows_usual(signals) else ""


def lacks(one: Json, signals: Sequence[Json]) -> str:
    """Say what the proof of one signal lacks, without what is said of all of them."""
    parts = [part for part in _parts(one) if not (usual(signals) and part.startswith(USUAL))]
    return "; ".join(parts)


def _parts(one: Json) -> list[str]:
    return (one["why"] or "").split("; ") if one["why"] else []
