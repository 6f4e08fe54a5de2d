"""`forensics diff`: two report folders, and what is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import INCIDENTS, Analysed
from forensics.findings import result as results
from forensics.workbench.cli import main


def diff(*arguments: Path | str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


@pytest.fixture
def report(analysed: Callable[[Path], Analysed], tmp_path: Path) -> Path:
    """A report folder, as far as a comparison needs it."""
    folder = tmp_path / "old"
    folder.mkdir()
    results.write(analysed(INCIDENTS / "demo-security").findings, folder)
    return folder


def altered(report: Path, name: str = "new") -> Path:
    """Return a version of it that judges otherwise."""
    folder = report.with_name(name)
    folder.mkdir()
    told = json.loads((report / "result.json").read_text(encoding="utf-8"))
    told["severity"]["level"] = "P3"
    (folder / "result.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "claims.json").write_bytes((report / "claims.json").read_bytes())
    return folder


def test_the_same_is_0(report: Path) -> None:
    """A report does not differ from itself."""
    done = diff(report, report)

    assert (done.exit_code, done.output.splitlines()[1][:9]) == (0, "The same:")


def test_something_else_is_1(report: Path) -> None:
    """As diff has it: different is 1; as text and as JSON."""
    new = altered(report)

    text, told = diff(report, new), diff("--json", report, new)

    assert (text.exit_code, told.exit_code) == (1, 1)
    assert "  ~ severity\n      was  P0: " in text.output
    assert [one["part"] for one in json.loads(told.output)["differences"]] == ["severity"]


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        pytest.param(lambda new: None, "No report 'nw'", id="no such folder"),
        pytest.param(lambda new: new.mkdir(), "is no report: it holds no result.json", id="an empty folder"),
        pytest.param(lambda new: _write(new, "{", "[]"), "result.json cannot be read:", id="a broken result"),
        pytest.param(lambda new: _write(new, "[]", "[]"), "is no report: result.json is to be an object", id="another shape"),
        pytest.param(lambda new: _write(new, "{}", "[]"), "cannot be compared", id="a part that is missing"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_wrong_usage(prepare: Callable[[Path], None], message: str, report: Path) -> None:
    """It says which folder, what is wrong, and what a report is; exit code 2."""
    new = report.with_name("nw")
    prepare(new)

    done = diff(report, new)

    assert (done.exit_code, message in done.output) == (2, True), done.output


def test_a_wrong_name_gets_the_nearest(report: Path) -> None:
    """Report folders beside it are named."""
    done = diff(report, report.with_name("olde"))

    assert "Did you mean 'old'?" in done.output


def _write(folder: Path, result: str, claims: str) -> None:
    folder.mkdir()
    (folder / "result.json").write_text(result, encoding="utf-8")
    (folder / "claims.json").write_text(claims, encoding="utf-8")
