"""What the README promises holds."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from forensics.evidence import formats

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_first_example_gives_the_output_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is run as it stands, and its output compared line by line."""
    monkeypatch.chdir(PROJECT)
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    parsed = doctest.DocTestParser().get_doctest(example[1], {}, "README.md", "README.md", 0)

    told: list[str] = []
    failed, tried = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(parsed, out=told.append)

    assert (failed, tried > 3) == (0, True), "".join(told)


def test_a_format_is_added_as_it_says(tmp_path: Path) -> None:
    """The declaration, the lines and the command of the section give the output that is shown."""
    section = README.split("## How to add a format\n")[1].split("\n## ")[0]
    lines, declaration, shown = re.findall(r"```(?:text|toml|console)\n(.*?)```", section, re.DOTALL)
    folder = re.search(r"FORENSICS_FORMATS=(\S+)", shown)
    assert folder is not None
    (tmp_path / folder[1]).mkdir()
    (tmp_path / folder[1] / "quay-log.toml").write_text(declaration, encoding="utf-8")
    (tmp_path / "quay.log").write_text(lines, encoding="utf-8")

    command = [sys.executable, "-m", "forensics.workbench.cli", "formats", "quay.log"]
    told = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, formats.OWN: folder[1]}, capture_output=True, text=True, check=True
    )

    assert told.stdout.splitlines()[:2] == shown.splitlines()[-2:]
    assert f"`{folder[1]}/quay-log.toml`" in section


def test_every_path_that_it_names_is_there() -> None:
    """Folders and files of the project that the README names exist."""
    named = set(re.findall(r"`((?:lib|data|notebooks|tests|reports)/[\w./*-]+)`", README))
    assert named
    missing = {path for path in named if not list(PROJECT.glob(path.rstrip("/")))}
    assert missing - {"reports/demo-database/postmortem.html"} == set()


def test_every_command_of_the_makefile_that_it_names_is_there() -> None:
    """`make report` and `make test` are targets."""
    targets = set(re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make (\w+)`?", README)) - {"sure"} <= targets


def test_ci_runs_the_readmes_test_command() -> None:
    """`.ci/run` is executable and calls `make test`."""
    assert os.access(PROJECT / ".ci" / "run", os.X_OK)
    assert "make test" in (PROJECT / ".ci" / "run").read_text()
