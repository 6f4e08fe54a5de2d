"""What we say of the demonstration incidents, beside what was true of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import truth_comparison as compared

PROJECT = Path(__file__).resolve().parents[1]
INCIDENTS = PROJECT / "data" / "incidents"

ACCEPTED: dict[str, dict[str, str]] = {
    "demo-memory": {
        "recovered": "The truth's last bad requests were refused while the roll-back restarted the service on purpose; "
        "only their visitors saw that.",
    },
}
"""Where we differ from the truth and are content to, with the reason. All other differences are failures."""


def truth(name: str) -> dict[str, Any]:
    """Return what was true of a demonstration incident."""
    text = (PROJECT / "tests" / "truth" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


NAMES = sorted(folder.name for folder in INCIDENTS.iterdir() if folder.is_dir())
every_incident = pytest.mark.parametrize("name", NAMES)


@every_incident
def test_we_say_what_was_true(analysed: Callable[..., Any], name: str) -> None:
    """Verdicts, intervals, definitions, severity, counts, logins and moments are true, but for what we accept."""
    store, _, findings = analysed(INCIDENTS / name)
    requests = store.connection.execute("select time, external, failed from requests").fetchall()

    found = compared.compare(findings.json, truth(name), INCIDENTS / name, requests)

    assert {one.what: one for one in found}.keys() == ACCEPTED.get(name, {}).keys(), found
    assert len(found) == len(ACCEPTED.get(name, {}))


def test_every_incident_has_its_truth() -> None:
    """A truth stands for each demonstration incident, and for nothing else."""
    assert {path.stem for path in (PROJECT / "tests" / "truth").iterdir()} == set(NAMES)
