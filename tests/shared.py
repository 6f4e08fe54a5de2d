"""The shared evidence: recorded kits and their truths, and cases from the wild. It lies beside the project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[1]
_BESIDE = PROJECT.parent / "shared"
SHARED: Path | None = _BESIDE if _BESIDE.is_dir() else None
"""None where the project stands alone."""


def need_shared() -> Path:
    """Return the folder of the shared evidence; without it the test is skipped, or fails where CI promised it."""
    if SHARED is None:
        why = f"the shared evidence is not here: no folder {_BESIDE}"
        if os.environ.get("CI"):
            pytest.fail(f"{why}, and CI is to run on it")
        pytest.skip(why)
    return SHARED


def origin_kits() -> list[str]:
    """Return the names of the recorded kits, for parameters; empty where the shared evidence is not here."""
    folder = SHARED / "origin" / "evidence" if SHARED else None
    return sorted(kit.name for kit in folder.iterdir()) if folder and folder.is_dir() else []


def origin_evidence(name: str) -> Path:
    """Return the folder of one kit."""
    return need_shared() / "origin" / "evidence" / name


def origin_truth(name: str) -> dict[str, Any]:
    """Return what was true of one kit."""
    text = (need_shared() / "origin" / "truth" / f"{name}.TRUTH.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def case_folders() -> list[Path]:
    """Return the evidence folders of the cases from the wild."""
    folder = SHARED / "cases" if SHARED else None
    return sorted(case / "evidence" for case in folder.iterdir() if case.is_dir()) if folder and folder.is_dir() else []


def case_evidence(name: str) -> Path:
    """Return the evidence folder of one case from the wild."""
    return need_shared() / "cases" / name / "evidence"
