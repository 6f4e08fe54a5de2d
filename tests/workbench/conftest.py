"""One whole run of the command, shared by the tests that look at what it left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).resolve().parents[2]


class Ran(NamedTuple):
    """A finished command."""

    code: int
    out: str
    err: str
    reports: Path


def forensics(*arguments: str, cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "forensics.workbench.cli", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Run the batch on the security demonstration."""
    reports = tmp_path_factory.mktemp("reports")
    done = forensics("run", "data/incidents/demo-security", "--out", str(reports))
    return Ran(done.returncode, done.stdout, done.stderr, reports)
