"""What came back after it had ceased, and the last change before it did."""

from __future__ import annotations

from forensics.analysis import relapses as found_again
from forensics.analysis.known import Known
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Json
from forensics.store import Store
from forensics.times import clock, iso, utc


def relapses(store: Store, known: Known, ledger: Ledger) -> list[Json]:
    """Return one entry per relapse: between which times requests were as usual, with how many of them, and which change came last
    shortly before it; empty where nothing came back."""
    told: list[Json] = []
    for one in found_again.relapses(store, known):
        change = one.change
        statement = (
            f"It ceased and came back: from {clock(one.ceased)} to {clock(one.again)}{utc(one.again)} ({lasting(one.again - one.ceased)}) "
            f"{one.bad:,} of {one.requests:,} external requests went wrong, as usual ({one.usually_bad:,} of {one.usually:,} before the "
            "onset); what was done before that did not end it"
        )
        if change and change.time:
            statement += (
                f". The last change before it came back: {change.kind} {change.id[:12]} “{change.summary}” at {clock(change.time)}"
                f"{utc(change.time)}, {lasting(one.again - change.time)} before"
            )
        entry: Json = {
            "ceased": iso(one.ceased),
            "again": iso(one.again),
            "requests": one.requests,
            "bad": one.bad,
            "usually": one.usually,
            "usually_bad": one.usually_bad,
            "then": one.then,
            "then_bad": one.then_bad,
            "change": change.id if change else None,
        }
        claim = ledger.claim(
            f"relapse {iso(one.again)}",
            statement,
            entry,
            query=one.asked[-1].name,
            parameters=one.asked[-1].parameters,
            asked=one.asked[:-1],
            evidence=[change.citation] if change else [],
        )
        told.append({**entry, "statement": statement, "claim": claim})
    return told
