"""What programs read holds addresses and names, and never a credential; the evidence keeps it."""

from __future__ import annotations

from pathlib import Path

from forensics.model import Parameters
from forensics.workbench.case import Case
from small_world import log, messages, request

PASSWORD = "hunter2-of-the-quay"  # noqa: S105  nobody's
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2


def test_result_and_claims_hold_no_credential(tmp_path: Path) -> None:
    """Not in an error that requests failed with, nor in a message, its claim, or what its question answers; all else stays."""
    evidence = tmp_path / "quay"
    (evidence / "slack").mkdir(parents=True)
    error = f"login to db failed: password={PASSWORD} for tides"
    lines = [
        request(second, failed=600 <= second < 900, error=error if second >= 600 else "") for second in range(1800)
    ]
    (evidence / "app.log").write_text(log(lines))
    (evidence / "slack" / "2031-04-02.json").write_text(
        messages(
            (620, "U1", f"looking. the deploy key is {TOKEN}"), (880, "U1", f"restarting with password={PASSWORD}")
        )
    )

    case = Case(evidence, tmp_path / "work", Parameters())
    case.write_report()
    case.close()

    for name in ("result.json", "claims.json"):
        written = (tmp_path / "work" / name).read_text(encoding="utf-8")
        assert PASSWORD not in written, name
        assert TOKEN not in written, name
        assert "login to db failed: password=" in written, name
    assert PASSWORD in (evidence / "app.log").read_text()
