"""The folders of the library are floors: imports point down, and the heavy things wait until somebody needs them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[1] / "lib" / "forensics"
FLOORS = {
    "times": 0,
    "model": 0,
    "errors": 0,
    "declarations": 0,
    "lengths": 0,
    "runbook": 0,
    "evidence": 1,
    "store": 1,
    "analysis": 2,
    "findings": 3,
    "report": 4,
    "workbench": 5,
}
MODULES = sorted(path for path in LIBRARY.rglob("*.py"))


def floor(parts: tuple[str, ...]) -> int:
    """Return the floor on which a module stands; the package itself is the entrance to all of them."""
    return FLOORS[parts[1]] if len(parts) > 1 else max(FLOORS.values())


def dotted(path: Path) -> tuple[str, ...]:
    """Return the name of a module, in parts."""
    parts = ("forensics", *path.relative_to(LIBRARY).with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" else parts


def imported(path: Path) -> set[tuple[str, ...]]:
    """Return the modules of our own that a module imports, wherever in it the import stands."""
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out"
            module = tuple((node.module or "").split("."))
            found |= {(*module, alias.name) for alias in node.names} if module == ("forensics",) else {module}
    return {parts for parts in found if parts[0] == "forensics"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: ".".join(dotted(path)))
def test_imports_point_down(path: Path) -> None:
    """A module imports its own floor and those below it, never one above."""
    if len(dotted(path)) == 1:
        return
    own = floor(dotted(path))

    assert {parts for parts in imported(path) if floor(parts) > own} == set()


def test_every_folder_is_a_floor() -> None:
    """Every module and folder of the library has its floor."""
    names = {path.stem for path in LIBRARY.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert names - {"__init__"} == set(FLOORS)


def test_the_store_knows_nothing_of_evidence() -> None:
    """The store holds tables and asks questions: it imports neither evidence nor words of formats."""
    below = {parts[1] for path in (LIBRARY / "store").rglob("*.py") for parts in imported(path) if len(parts) > 1}

    assert below <= {"store", "model", "times", "errors", "declarations"}


@pytest.mark.parametrize(
    "module",
    [
        "forensics",
        "forensics.model",
        "forensics.runbook",
        "forensics.evidence.reading",
        "forensics.findings.result",
    ],
)
def test_measuring_needs_no_pictures(module: str) -> None:
    """Neither the package nor anything up to the findings loads matplotlib, ipywidgets, papermill or Jupyter."""
    code = f"import sys, {module}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    heavy = {"matplotlib", "ipywidgets", "papermill", "nbconvert", "jupyterlab", "IPython", "scipy", "jinja2"}
    assert heavy & set(done.stdout.split()) == set()


def questions() -> list[Path]:
    """Return every question that can be asked of the store."""
    return sorted((LIBRARY / "store" / "sql").glob("*.sql"))


@pytest.mark.parametrize("path", questions(), ids=lambda path: path.stem)
def test_a_question_says_what_its_rows_are(path: Path) -> None:
    """The first line of every SQL file is a sentence about what it answers."""
    first = path.read_text(encoding="utf-8").splitlines()[0]

    assert first.startswith("-- ")
    assert len(first) > 20


def test_every_question_is_asked() -> None:
    """No SQL file lies there that neither library nor notebooks ask."""
    notebooks = sorted((LIBRARY.parents[1] / "notebooks").glob("*.ipynb"))
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*MODULES, *notebooks])
    asked = {path.stem for path in questions() if re.search(rf"[\"']{path.stem}\\?[\"']", code)}
    into = {
        f"mean_{table}"
        for table in (
            "requests",
            "json_requests",
            "folded_requests",
            "started",
            "request_errors",
            "logins",
            "pool",
            "probes",
            "events",
            "finished",
        )
    }

    assert {path.stem for path in questions()} - asked - into == set()
