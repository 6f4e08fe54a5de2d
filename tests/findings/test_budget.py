"""The error budget: nothing without a stated objective, and never a share without its denominator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import write
from forensics.evidence import reading
from forensics.findings import budget, result
from forensics.model import Parameters
from forensics.store import Store
from small_world import traffic

BAD = {"app.log": traffic(*[0] * 24, *[10] * 6, *[0] * 20)}
"""Of a thousand requests sixty fail, in three minutes over the limit."""


def stated(tmp_path: Path, objective: str) -> dict[str, Any]:
    """Return the budget of that world under an objective."""
    work = tmp_path / "work"
    work.mkdir()
    with Store() as store:
        evidence = reading.read(write(tmp_path / "incident", dict(BAD)), store, work)
        findings = result.build(store, evidence, "w", Parameters(objective=objective), "d")
    return findings.json["error_budget"]  # type: ignore[no-any-return]


def test_no_objective_no_budget(tmp_path: Path) -> None:
    """Nobody stated an objective: no share is made up."""
    assert stated(tmp_path, "") == {"objective": None, "why": "no objective stated"}


def test_shares_have_their_denominators(tmp_path: Path) -> None:
    """99.9 % over 30 days allows 2592 s; of a thousand requests it allows one."""
    found = stated(tmp_path, "99.9 over 30 days")

    assert found["by_time"] == {"over_s": 180.0, "allowed_s": 2592.0, "share": 6.944, "open": False}
    assert found["by_requests"] == {"failed": 60, "requests": 1000, "allowed": 1.0, "share": 6000.0}
    assert "of the 1,000 external requests in the evidence it allows 1.0 to fail, and 60 failed" in found["statement"]


@pytest.mark.parametrize(
    ("text", "percent", "days"),
    [
        pytest.param("99.9", 99.9, 30, id="thirty days unless said"),
        pytest.param("99.95 % over 7 days", 99.95, 7, id="with everything"),
        pytest.param("99/90d", 99.0, 90, id="short"),
    ],
)
def test_objectives_are_read(text: str, percent: float, days: int) -> None:
    """A percentage, and over how many days."""
    assert budget.objective(text) == budget.Objective(percent, days)


@pytest.mark.parametrize("text", ["100", "0", "high", "99.9 over a month", "-1"])
def test_what_is_no_objective_is_refused(text: str) -> None:
    """Nothing can be promised wholly, or not at all, or in words."""
    with pytest.raises(ValueError, match=r"99\.9 over 30 days"):
        budget.objective(text)
