"""Folders that harm, made from a seed, read, and seen to keep what must hold for each of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from forensics.evidence import reading
from forensics.model import Parameters
from forensics.store import Store

from hazards.holding import SEED, Files, Held, Holder, accounted, beside, shown_safely, state, write


def pytest_report_header() -> str:
    """Print the seed, so that a failure can be had again."""
    return f"hazards: HAZARD_SEED={SEED}"


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Chance that is the same for the same seed and test."""
    print(f"HAZARD_SEED={SEED} makes this again")
    return random.Random(f"{SEED} {request.node.name}")  # noqa: S311  nothing is kept secret by it


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Holder]:
    """Write a folder of files, or take one as it is; read it; see that everything common to all hazards holds."""
    stores: list[Store] = []

    def holding(files: Files | None = None, **parameters: str) -> Held:
        folder, work = tmp_path / "incident", tmp_path / "work"
        write(folder, files or {})
        work.mkdir(exist_ok=True)
        before, outside = state(folder), beside(tmp_path)
        store = Store()
        stores.append(store)
        entries = reading.read(folder, store, work, parameters=Parameters(**parameters))
        assert state(folder) == before, "evidence was changed"
        assert beside(tmp_path) == outside, "something was written outside"
        held = Held(folder, store, {entry.path: entry for entry in entries})
        assert len(held.entries) == len(entries), "two entries have one path"
        for entry in entries:
            accounted(held, entry)
        shown_safely(held)
        return held

    yield holding
    for store in stores:
        store.close()
