"""Drafts of missing status updates lie beside the report, the same bytes each time."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import write
from forensics.model import Parameters
from forensics.report import response
from forensics.report.redaction import STAMP, Redactor
from forensics.workbench.case import Case
from small_world import epoch_ms, messages, traffic

OPENED = {
    "id": "incident_1", "title": "Bookings fail", "status": "resolved", "severity": "critical", "createdBy": "on-call-engineer",
    "startTime": epoch_ms(600), "endTime": epoch_ms(3600), "autoCreated": False, "timeline": [],
}  # fmt: skip
FILES: dict[str, str | bytes] = {
    "app.log": traffic(*[0] * 10, *[20] * 40, *[0] * 100),
    "incidents.json": json.dumps({"incidents": [OPENED]}),
    "slack.json": messages((660, "U2", "nora.quist@example.com cannot book, killed pid 12 of 192.0.2.66")),
}


def reported(evidence: Path, work: Path) -> dict[str, str]:
    """Write the report of an incident, and return its drafts."""
    case = Case(evidence, work, Parameters())
    case.write_report()
    case.close()
    return {path.name: path.read_text(encoding="utf-8") for path in work.glob("update-*")}


def test_the_missing_update_is_drafted_beside_the_report(tmp_path: Path) -> None:
    """One was due at 12:40 and none was sent in the half hour that ended with the resolution at 13:00."""
    drafts = reported(write(tmp_path / "ferry", FILES), tmp_path / "work")

    assert list(drafts) == ["update-1.md"]
    assert drafts["update-1.md"].startswith(
        "**Draft, written afterwards and never sent.** An update was due by 2031-04-02 12:40 UTC (P0), and none"
    )
    assert "<code>update-1.md</code>" in (tmp_path / "work" / "postmortem.html").read_text(encoding="utf-8")
    assert "update-1.md" in (tmp_path / "work" / "postmortem.md").read_text(encoding="utf-8")


def test_a_draft_is_redacted_and_the_same_each_time(tmp_path: Path) -> None:
    """Neither an address nor a mail of the evidence stands in it, or it says so; the same evidence gives the same bytes."""
    evidence = write(tmp_path / "ferry", FILES)

    first, second = (reported(evidence, tmp_path / name)["update-1.md"] for name in ("one", "two"))
    result = json.loads((tmp_path / "one" / "result.json").read_text(encoding="utf-8"))
    clear = response.drafts(result, Redactor(None, enabled=False))["update-1.md"]

    assert first == second
    assert (STAMP in first, STAMP in clear) == (False, True)
    assert "killed pid" in first
    assert [private for private in ("192.0.2.66", "nora.quist@example.com") if private in first] == []
