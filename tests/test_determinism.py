"""The same evidence gives the same bytes, on whatever machine and in whatever place it is read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
INCIDENT = PROJECT / "data" / "incidents" / "demo-database"

READ = """
import sys, tempfile
from pathlib import Path
from forensics.evidence import reading
from forensics.findings import result
from forensics.model import Parameters
from forensics.store import Store

folder, target = Path(sys.argv[1]), Path(sys.argv[2])
with tempfile.TemporaryDirectory() as work, Store() as store:
    evidence = reading.read(folder, store, Path(work))
    result.write(result.build(store, evidence, "an incident", Parameters(), "a digest"), target)
"""


def written(folder: Path, target: Path, **environment: str) -> tuple[bytes, bytes]:
    """Read and judge a folder in a process of its own, and return the bytes of result and claims."""
    target.mkdir()
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "TZ", "FORENSICS_"))
    }
    subprocess.run(
        [sys.executable, "-c", READ, str(folder), str(target)],
        env=kept | environment,
        check=True,
        cwd=target,
        timeout=300,
    )
    return (target / "result.json").read_bytes(), (target / "claims.json").read_bytes()


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """What one ordinary run wrote."""
    target = tmp_path_factory.mktemp("once") / "report"
    return written(INCIDENT, target, FORENSICS_THREADS="1", TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="1")


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"FORENSICS_THREADS": "2", "PYTHONHASHSEED": "2"}, id="two threads"),
        pytest.param({"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "3"}, id="another zone and no locale"),
        pytest.param({"TZ": "America/St_Johns", "PYTHONUTF8": "0", "PYTHONHASHSEED": "4"}, id="an odd zone"),
    ],
)
def test_another_machine_writes_the_same_bytes(
    once: tuple[bytes, bytes], tmp_path: Path, environment: dict[str, str]
) -> None:
    """Threads, zone, locale and hash seed leave no trace in result and claims."""
    assert written(INCIDENT, tmp_path / "report", **environment) == once


def test_another_place_writes_the_same_bytes(once: tuple[bytes, bytes], tmp_path: Path) -> None:
    """A copy of the folder, elsewhere and with other times of its files, gives the same bytes."""
    copy = shutil.copytree(INCIDENT, tmp_path / "elsewhere" / "demo-database", copy_function=shutil.copyfile)

    assert written(copy, tmp_path / "report") == once


def test_claims_have_one_id_each(once: tuple[bytes, bytes]) -> None:
    """Every claim that the result cites is there, once, and each has evidence, a question, or claims that it was drawn from."""
    result, claims = once[0].decode(), json.loads(once[1])
    ids = [claim["id"] for claim in claims]

    assert len(ids) == len(set(ids))
    cited = {part[:14] for part in result.split('"') if part.startswith("c-") and len(part) == 14}
    assert cited <= set(ids)
    assert all(claim["evidence"] or claim["query"] or claim["claims"] for claim in claims)


def test_claims_only_the_owner_may_read(tmp_path: Path) -> None:
    """Claims hold evidence in the clear, so their file is its owner's alone."""
    target = tmp_path / "report"
    written(PROJECT / "data" / "incidents" / "demo-security", target)

    assert (target / "claims.json").stat().st_mode & 0o077 == 0
