"""The best supported candidate for the cause, as a candidate: a change that was taken back, a statement, an innermost cause.

Which of them was the cause is for people to say. What speaks for a candidate decides how sure it is: that people took a change
back since says more than that it came first. A restart is no candidate, for it is what people do against an incident; nor is a
change that somebody made longer before the onset than the runbook calls recent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from forensics.analysis import plain_errors
from forensics.evidence import conditions
from forensics.findings.claims import Claim, Ledger
from forensics.lengths import lasting
from forensics.model import Citation, Json
from forensics.times import parse_time

LONGEST = 64
"""Letters of a quotation: the first screen is short."""
MOST_BARE = 3
"""Words of a deploy that say little more than which commit it brought: a branch, a release and the commit's id."""
SOON_S = 900.0
"""What began by itself no longer before the onset is a likely cause: such things act within minutes."""
NO_CANDIDATE = "no change shortly before the onset, no statement and no innermost cause of an error is in the evidence"


@dataclass(frozen=True, slots=True)
class _Candidate:
    sure: str
    """`likely` or `possible`."""
    what: str
    why: str
    claims: tuple[str, ...]


def best(result: Json, ledger: Ledger) -> Json | None:
    """Return the candidate for which most speaks, how sure it is and why, with its claim; None where there is none, or where
    no incident was seen."""
    if result["impact"]["kind"] == "none" and result["severity"]["level"] in ("none", "undetermined"):
        return None
    found = next(
        iter(
            [
                *_changes(result),
                *_statements(result, ledger),
                *_conditions(result, ledger),
                *_filled(result),
                *_innermost(result, ledger),
                *_leads(result, named=True),
                *_full(result),
                *_leads(result),
            ]
        ),
        None,
    )
    if found is None:
        return None
    statement = f"{found.what}: {found.sure} cause ({found.why})"
    cited = [one for claim in found.claims for one in ledger[claim].evidence]
    claim = ledger.claim(
        "candidate for the cause",
        statement,
        {"sure": found.sure, "what": found.what},
        claims=found.claims,
        evidence=cited or [Citation(entry["path"]) for entry in result["evidence"][:1]],
    )
    return {"statement": statement, "sure": found.sure, "what": found.what, "why": found.why, "claim": claim}


def _changes(result: Json) -> Iterator[_Candidate]:
    """Yield changes that somebody took back since, where none of them came after the onset."""
    for change in result["changes"] or []:
        if change["label"] == "suspect" and change["before_onset"] is not False and change["reverted_by"]:
            by = change["reverted_by"]
            why = f"reverted since by {by[:7]}" if re.fullmatch("[0-9a-f]{7,64}", by) else "taken back since"
            why += ", and fewer requests went wrong then" if change["reverted_with_effect"] else ""
            yield _Candidate("likely", _named(change, result["changes"]), why, (change["claim"],))


def _statements(result: Json, ledger: Ledger) -> Iterator[_Candidate]:
    """Yield statements on the data that stand at the onset itself."""
    for claim in _triggering(result, ledger):
        if claim.subject.startswith("statement "):
            yield _Candidate("likely", claim.statement, "it took away what is gone", (claim.id,))


def _conditions(result: Json, ledger: Ledger) -> Iterator[_Candidate]:
    """Yield what began by itself shortly before the onset: a certificate that ran out, a statement that waited for a lock."""
    onset = result["moments"]["onset"].get("latest")
    for claim in _triggering(result, ledger) if isinstance(onset, str) else ():
        if claim.subject.startswith((conditions.CERTIFICATE, conditions.LOCK)) and isinstance(claim.value, str):
            lead = (parse_time(onset) - parse_time(claim.value)).total_seconds()
            if 0 <= lead <= SOON_S:
                what = claim.statement.partition(": at ")[0].partition(" (so say ")[0].partition("; ")[0]
                what = f"{what[:1].upper()}{what[1:]}"
                yield _Candidate("likely", _cut(what, 2 * LONGEST), f"{lasting(lead)} before", (claim.id,))


def _filled(result: Json) -> Iterator[_Candidate]:
    """Yield what memory was filled with, where memory ran out or was over its threshold."""
    short = any(run["of"] == "memory" for run in result["impact"]["runs"])
    short = short or any(one["what"] == "exhaustion" for one in result["beyond_limits"])
    for one in result["beyond_limits"] if short else ():
        if one["what"] == "filled":
            what = f"memory filled with {one['said']}, “{one['measure']}” ({one['held']:,.3g} of {one['used']:,.3g} {one['unit']})"
            yield _Candidate(
                "likely", what, "it only grew" if one["only_grew"] else "most of what was in use", (one["claim"],)
            )


def _innermost(result: Json, ledger: Ledger) -> Iterator[_Candidate]:
    """Yield what traces name as the innermost cause of the errors that came with the incident."""
    for claim in _triggering(result, ledger):
        told = claim.value.get("innermost_cause") if isinstance(claim.value, dict) else claim.value
        cause = told if isinstance(claim.value, dict) or claim.subject.startswith("innermost cause") else None
        if cause:
            why = "the innermost cause in traces of the most frequent errors"
            plain = plain_errors.said(str(cause))
            what = f"{plain} (“{_cut(str(cause))}”)" if plain else f"“{_cut(str(cause), 2 * LONGEST)}”"
            yield _Candidate("possible", what, why, (claim.id,))


def _full(result: Json) -> Iterator[_Candidate]:
    """Yield a resource of which all was in use, while a queue for it grew, from shortly before the onset on."""
    onset = result["moments"]["onset"].get("latest")
    for one in result["beyond_limits"]:
        lead, left = _between(one["start"], onset), _between(onset, one["end"])
        if one["what"] == "saturation" and lead is not None and left is not None and 0 <= lead <= SOON_S and left > 0:
            what = one["statement"].partition(" was in use")[0] + f" was in use ({one['limit']:,.4g})"
            yield _Candidate("possible", _cut(what, 2 * LONGEST), f"since {lasting(lead)} before", (one["claim"],))


def _between(first: Any, last: Any) -> float | None:
    """Return the seconds from one time to another; None where they stand on different clocks, or one is not known."""
    if isinstance(first, str) and isinstance(last, str):
        return (parse_time(last) - parse_time(first)).total_seconds()
    counted = all(isinstance(one, dict) and "offset_s" in one for one in (first, last))
    return float(last["offset_s"] - first["offset_s"]) if counted and first["clock"] == last["clock"] else None


def _leads(result: Json, *, named: bool = False) -> Iterator[_Candidate]:
    """Yield the change that names what the failures name, else the one that came last before the onset; nothing else speaks for it."""
    recent = [
        change
        for change in result["changes"] or []
        if change["label"] in ("lead", "suspect")
        and change["before_onset"] is not False
        and change["kind"] != "restart"
    ]
    for change in sorted(recent, key=lambda one: (one["lead_s"] is None, -(one["score"] or 0.0), one["lead_s"] or 0.0)):
        if change["lead_s"] is not None and (change["names_with_failures"] or not named):
            names = ", ".join(f"“{word}”" for word in change["names_with_failures"][:2])
            why = (_before(change) if not names else f"names {names} as the failures do") or "last change"
            yield _Candidate("possible", _named(change, result["changes"]), why, (change["claim"],))


def _triggering(result: Json, ledger: Ledger) -> Sequence[Claim]:
    return [
        ledger[one] for question in result["questions"] if question["id"] == "triggered" for one in question["claims"]
    ]


def _named(change: Json, among: Sequence[Json]) -> str:
    """Name a change by what it is and says; a deploy that says only which commit it brought, by what that says."""
    ids = re.findall(r"\b[0-9a-f]{7,40}\b", change["summary"]) if change["kind"] == "deploy" else ()
    brought = [one for one in among if one["kind"] == "commit" and any(one["id"].startswith(id_) for id_ in ids)]
    if len(brought) == 1 and len(change["summary"].split()) <= MOST_BARE:
        return f"deploy of {_named(brought[0], ())}"
    name = f"commit {change['id'][:7]}" if change["kind"] == "commit" else str(change["kind"])
    if (
        change["kind"] == "deploy"
        and re.fullmatch(r"[vr]?\d{1,6}", change["id"])
        and not re.search(r"\d", change["summary"])
    ):
        name += f" {change['id']}"  # its number in the list tells it from the others that say the same
    return f"{name} “{_cut(change['summary'])}”"


def _before(change: Json) -> str:
    return (
        f"last change, {lasting(change['lead_s'])} before"
        if change["lead_s"] is not None and change["lead_s"] >= 0
        else ""
    )


def _cut(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"
