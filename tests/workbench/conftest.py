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


SMALL = "[2031-04-02T07:30:0{second}.000Z] INFO [req_1_a] Request completed | GET / | IP: 192.0.2.1 | Time: 9ms | Status: 200\n"


def write_small(place: Path) -> Path:
    """Write a whole incident folder of a few lines, in which nothing happened."""
    evidence = place / "small"
    evidence.mkdir()
    (evidence / "app.log").write_text("".join(SMALL.format(second=second) for second in range(9)))
    return evidence


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """An undisturbed run on it."""
    place = tmp_path_factory.mktemp("good")
    done = forensics("run", str(write_small(place)), "--out", str(place / "reports"), "--json")
    return Ran(done.returncode, done.stdout, done.stderr, place / "reports")
