"""The notebooks as they lie in git: arguments that happen to run."""

from __future__ import annotations

import ast
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from forensics.model import Parameters

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
NAMES = ["0_evidence", "1_timeline", "2_thresholds", "3_causes", "4_postmortem", "investigate"]


def cells(notebook: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_these_are_the_notebooks() -> None:
    """Five for the batch, and the free desk."""
    assert [notebook.stem for notebook in NOTEBOOKS] == NAMES


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
class TestEachNotebook:
    """What holds for every one of them."""

    def test_its_title_is_a_question(self, notebook: Path) -> None:
        """A person would ask it."""
        assert source(cells(notebook, "markdown")[0]).splitlines()[0].endswith("?")

    def test_it_says_what_is_not_assumed(self, notebook: Path) -> None:
        """Before any data is shown."""
        assert "do **not**" in source(cells(notebook, "markdown")[0])

    def test_it_is_stripped(self, notebook: Path) -> None:
        """No output and no count lies in git."""
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(notebook, "code"))

    def test_it_has_one_parameters_cell_that_is_typed_and_commented(self, notebook: Path) -> None:
        """Its names and defaults are those that the command line knows, beside the folder and the place of work."""
        tagged = [c for c in cells(notebook, "code") if "parameters" in c["metadata"].get("tags", [])]
        assert len(tagged) == 1
        lines = source(tagged[0]).splitlines()
        found = [ast.parse(line).body[0] for line in lines]
        assert all(isinstance(one, ast.AnnAssign) for one in found)
        assert all("  # " in line for line in lines)
        defaults = {one.target.id: ast.literal_eval(one.value) for one in found}  # type: ignore[union-attr,attr-defined,arg-type]
        assert defaults == {
            "incident": "data/incidents/demo-database",
            "work": "",
            **{field.name: field.default for field in fields(Parameters)},
        }

    def test_it_is_thin(self, notebook: Path) -> None:
        """No function, loop, condition or SQL; at most ten lines a cell beside that of parameters; more prose than code."""
        code = [source(cell) for cell in cells(notebook, "code")]
        unwanted = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Lambda)
        assert not [text for text in code if any(isinstance(node, unwanted) for node in ast.walk(ast.parse(text)))]
        assert not [text for text in code if "select " in text.lower()]
        called = [source(c) for c in cells(notebook, "code") if "parameters" not in c["metadata"].get("tags", [])]
        assert max(len(text.splitlines()) for text in called) <= 10
        assert len(cells(notebook, "markdown")) >= len(code)

    def test_typed_prose_holds_no_number(self, notebook: Path) -> None:
        """Numbers come from the incident, so that prose is true of every incident."""
        prose = " ".join(source(cell) for cell in cells(notebook, "markdown"))
        for name in NAMES:
            prose = prose.replace(name, "")
        assert not [character for character in prose if character.isdigit()]
