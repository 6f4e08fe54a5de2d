"""What tests share: folders analysed once a session, and small worlds built by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

sys.path.insert(0, str(Path(__file__).parent))  # helpers are found in every import mode

from forensics.evidence import one_file, reading
from forensics.findings import result
from forensics.findings.result import Findings
from forensics.model import Evidence, Parameters
from forensics.store import Store

one_file.forgiven = ()  # what reading does wrong fails a test, and is not told of the file
PROJECT = Path(__file__).resolve().parents[1]
INCIDENTS = PROJECT / "data" / "incidents"


SAME_FOLDERS = (
    "test_case_truth.py", "test_origin_traps.py", "test_origin_truth.py", "test_rubric.py", "test_recovery.py", "test_alert_audit.py",
    "test_human_claims.py", "test_renamed_kit.py", "test_doctor_on_kits.py", "test_routes.py",
    "test_told_truth.py", "test_traps_of_cases.py", "test_other_documents.py",
)  # fmt: skip
"""Files of tests that look at the same shared incidents: one process reads each of them once for all of these."""


SAME_RUNS = ("test_verify.py", "test_batch.py", "test_notebook_pages.py")
"""Files of tests that look at the same reports of the whole batch."""


LONGEST = (
    *SAME_RUNS,
    "test_jupyterlab.py",
    "test_page_in_browser.py",
    *SAME_FOLDERS,
    "test_determinism.py",
)
"""Files that take minutes: they begin first, so that no process waits for another at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest begin."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


class ByWhatTheyRead(LoadScopeScheduling):
    """Keep the tests of a file in one process, and with them those of files that read the same folders."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        name = file.rsplit("/", 1)[-1]
        return "shared incidents" if name in SAME_FOLDERS else "whole runs" if name in SAME_RUNS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """How tests are shared out, whatever --dist says: in the order in which they were collected."""
    config.option.loadscopereorder = False
    return ByWhatTheyRead(config, log)


class Analysed(NamedTuple):
    """One folder, read and judged."""

    store: Store
    evidence: list[Evidence]
    findings: Findings


def analyse(folder: Path, work: Path) -> Analysed:
    """Read and judge a folder, in memory, with nothing asked for."""
    store = Store()
    evidence = reading.read(folder, store, work)
    return Analysed(store, evidence, result.build(store, evidence, folder.name, Parameters(), "a digest", folder))


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Analysed]]:
    """Read and judge a folder, once a session."""
    kept: dict[Path, Analysed] = {}

    def once(folder: Path) -> Analysed:
        if folder not in kept:
            kept[folder] = analyse(folder, tmp_path_factory.mktemp("work"))
        return kept[folder]

    yield once
    for one in kept.values():
        one.store.close()


@pytest.fixture
def world(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Analysed]:
    """Build an incident folder by hand, from names and contents, and read and judge it."""

    def build(files: dict[str, str | bytes]) -> Analysed:
        work = tmp_path / "work"
        work.mkdir()
        return analyse(write(tmp_path / "incident", files), work)

    return build


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write a folder of files."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
