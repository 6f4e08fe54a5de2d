"""What is held: each file and how much of it was read, as claims, and what keeps a report from being whole."""

from __future__ import annotations

from forensics.analysis import impact as impacts
from forensics.findings.claims import Ledger
from forensics.model import Citation, Evidence, Json, Query
from forensics.store import Store
from forensics.times import iso

_HELD = ("bytes", "records", "lines", "covers", "status")
"""What the claim on a file states of it."""


def files_claimed(evidence: list[Evidence], ledger: Ledger) -> dict[str, str]:
    """Claim of each file what it is and how much of it was read; return the claims by path."""
    claims = {}
    for entry in evidence:
        held = {name: value for name, value in entry.json().items() if name in _HELD}
        summary = f"{entry.path}: {entry.status}, {entry.size:,} bytes, {entry.records:,} records"
        claims[entry.path] = ledger.claim(
            f"evidence {entry.path}",
            summary,
            held,
            query="evidence_entry",
            parameters={"path": entry.path},
            asked=[
                Query(name, {"path": entry.path})
                for name in ("evidence_entry", *(["problems_of"] if entry.problems else []))
            ],
            evidence=[Citation(entry.path)],
        )
    return claims


def whole_claimed(store: Store, measured: impacts.Measured, files: dict[str, str], ledger: Ledger) -> str:
    """Claim how much evidence there is, how much of it is not whole, and what logs, metrics and probes cover together."""
    held = store.records("evidence_held")[0]
    first, last = measured.evidence or (None, None)
    return ledger.claim(
        "files held",
        f"{held['files']:,} files; {held['not_whole']:,} of them are not whole",
        {"files": held["files"], "not_whole": held["not_whole"], "first": iso(first), "last": iso(last)},
        asked=[Query("evidence_held"), Query("evidence_span")],
        claims=list(files.values()),
    )


def reserved(result: Json) -> list[str]:
    """Return why a report on this evidence is not an exit code 0, one line for each reason."""
    found = []
    for entry in result["evidence"]:
        if entry["status"] not in ("ok", "duplicate"):
            why = entry["problems"][0]["message"] if entry["problems"] else entry["status"]
            found.append(f"{entry['path']}: {entry['status']}: {why}")
        elif entry["lines"] and entry["lines"]["quarantined"]:
            count = entry["lines"]["quarantined"]
            found.append(f"{entry['path']}: {count:,} {'line' if count == 1 else 'lines'} could not be read")
    found += [f"{path}: changed while it was read" for path in result.get("custody", {}).get("changed_during_run", [])]
    return found
