"""Which steps of the runbook this incident's evidence shows to have failed, and what they should say instead (4.2, Documentation)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from forensics import declarations
from forensics.analysis.impact import Impact
from forensics.analysis.messages import Said
from forensics.findings.claims import Ledger
from forensics.model import Breach, Citation, Evidence, Json, Query
from forensics.times import clock, day, utc

_USERS = ("error_rate", "response_time", "availability")
"""What is over where users are hit."""


@cache
def declared() -> list[dict[str, Any]]:
    """Return the corrections of runbook_corrections.toml."""
    found: list[dict[str, Any]] = declarations.declared("findings/runbook_corrections.toml")["correction"]
    return found


def corrections(
    evidence: Sequence[Evidence],
    said: Sequence[Said],
    impact: Impact,
    errors: Sequence[str],
    claims: Sequence[str],
    ledger: Ledger,
) -> list[Json]:
    """Return each step that failed, once, in the order in which they are declared, with what happened and where.

    `errors` is what failed requests of the incident told; `claims` are those of limits that were broken.
    """
    found = []
    for rule in declared():
        if "errors" in rule and not any(re.search(rule["errors"], error) for error in errors):
            continue
        shown = list(_healthy(rule, said, impact) if "healthy" in rule else _broken(rule, evidence))
        if shown:
            found.append(_correction(rule, shown, claims, ledger))
    return found


def _correction(
    rule: Mapping[str, Any], shown: Sequence[tuple[str, Citation]], claims: Sequence[str], ledger: Ledger
) -> Json:
    happened, first = shown[0]
    more = f" (and {len(shown) - 1} more)" if len(shown) > 1 else ""
    entry: Json = {
        "section": rule["section"],
        "step": rule["step"],
        "command": rule["command"],
        "happened": happened + more,
        "where": str(first),
        "instead": rule["instead"],
    }
    entry["statement"] = f"{rule['section']}, “{rule['step']}”: {first} — {happened}{more}"
    entry["claim"] = ledger.claim(
        f"runbook step {rule['section']} {rule['step']}",
        entry["statement"],
        {name: entry[name] for name in ("happened", "where")},
        query="evidence_entry" if "codes" in rule else "events_between",
        parameters={"command": rule["command"]},
        asked=[Query("problems_of", {"path": one.path}) for _, one in shown] if "codes" in rule else (),
        places="codes" not in rule,
        claims=[] if "codes" in rule else claims,
        evidence=[citation for _, citation in shown],
    )
    return entry


def _broken(rule: Mapping[str, Any], evidence: Sequence[Evidence]) -> Iterator[tuple[str, Citation]]:
    """Give what the inventory says of files that such a step left behind."""
    for entry in evidence:
        name = PurePosixPath(entry.path).name.lower()
        if any(fnmatch(name, one) for one in rule["names"]) and entry.format in rule.get("formats", [entry.format]):
            problem = next((one for one in entry.problems if one.code in rule["codes"]), None)
            if problem is not None:
                yield problem.message, Citation(entry.path, line=problem.line)


def _healthy(rule: Mapping[str, Any], said: Sequence[Said], impact: Impact) -> Iterator[tuple[str, Citation]]:
    """Give the answers that said healthy while a limit was broken by what users got."""
    for event in said:
        if event.what != rule["healthy"] or not event.text.partition(" answered: ")[2].startswith("healthy"):
            continue
        run = next((one for one in impact.runs if one.signal in _USERS and _within(event, one.breach)), None)
        if run is not None:
            at = f"{day(event.time)} {clock(event.time)}{utc(event.time)}"
            over = run.signal.replace("_", " ")
            told = f"it answered healthy at {at}, while {over} was over its limit ({run.breach.signal})"
            yield told, event.citation


def _within(event: Said, breach: Breach) -> bool:
    return breach.start <= event.time < breach.end
