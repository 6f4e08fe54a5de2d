"""The export doctor on recorded kits: each broken export that their truths tell of is named, and none that is whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Analysed
from forensics.model import Evidence
from shared import origin_evidence, origin_kits, origin_truth

pytestmark = pytest.mark.shared
Examined = Callable[[str], dict[str, Evidence]]


@pytest.fixture
def examined(analysed: Callable[[Path], Analysed]) -> Examined:
    """Read a kit, once for all tests that look at it."""
    return lambda name: {entry.path: entry for entry in analysed(origin_evidence(name)).evidence}


def facts(name: str) -> dict[str, Any]:
    """Return what plain Python found in the files of a kit; a kit that was cut from another has that one's facts."""
    found: dict[str, Any] = origin_truth(name)["evidence_facts"]
    if "note" in found:
        found = origin_truth(str(found["note"]).removeprefix("see ").split(";")[0])["evidence_facts"]
    return found


def codes(entry: Evidence) -> set[str]:
    return {problem.code for problem in entry.problems}


def first(metrics: dict[str, dict[str, Any]]) -> datetime:
    return min(datetime.fromisoformat(series["first"]) for series in metrics.values())


@pytest.mark.parametrize("name", origin_kits())
class TestEachKit:
    """What holds for every recorded kit."""

    def test_the_search_that_could_match_nothing_is_explained(self, name: str, examined: Examined) -> None:
        """The file is empty, because the log writes a T between date and hour."""
        log = facts(name)["logs/application.log"]
        entry = examined(name)["incident-logs.txt"]

        missed = next(problem for problem in entry.problems if problem.code == "search-missed")
        assert entry.status == "empty"
        assert f"({log['first'][:13]})" in missed.message

    def test_metrics_that_a_restart_emptied_are_said_to_be(self, name: str, examined: Examined) -> None:
        """Exactly where they begin minutes after the log does, and the truth tells of a restart."""
        held, entry = facts(name), examined(name)["incident-metrics.json"]
        if not isinstance(held["metrics"], dict):
            assert entry.status == "error-payload"
            return
        late = first(held["metrics"]) - datetime.fromisoformat(held["logs/application.log"]["first"])

        lost = late > timedelta(minutes=5) and bool(origin_truth(name)["restarts"])
        assert ("lost-to-restart" in codes(entry)) == lost

    def test_an_error_saved_instead_of_an_answer_is_named(self, name: str, examined: Examined) -> None:
        """The endpoint that always fails is, and so is the page of constants, which carries no verdict."""
        told = {entry.format: codes(entry) for entry in examined(name).values()}

        assert told["error-payload"] == {"saved-error-payload"}
        assert told["monitoring-dashboard"] == {"summary-not-evidence"}

    def test_a_count_that_names_no_address_is_named(self, name: str, examined: Examined) -> None:
        """Where somebody counted failed logins so."""
        counted = [entry for entry in examined(name).values() if entry.format == "counts-of-a-word"]

        assert all(codes(entry) == {"counts-no-addresses"} for entry in counted)
        assert bool(counted) == ("failed-login" in " ".join(facts(name)["files"]))

    def test_a_whole_log_has_no_fault(self, name: str, examined: Examined) -> None:
        """It covers what plain Python found in it, and nothing of coverage is held against it."""
        held, entry = facts(name)["logs/application.log"], examined(name)["logs/application.log"]

        assert entry.covers is not None
        assert [f"{edge.isoformat(timespec='milliseconds')}Z" for edge in entry.covers] == [held["first"], held["last"]]
        assert (
            codes(entry) & {"hole", "begins-late", "ends-early", "apart", "log-truncated", "messages-dropped"} == set()
        )


def test_the_folder_of_evidence_is_where_it_was(examined: Examined) -> None:
    """Reading changed nothing: the kits are shared."""
    assert all(Path(origin_evidence(name)).is_dir() for name in origin_kits())
