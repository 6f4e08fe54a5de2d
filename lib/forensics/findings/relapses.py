"""What came back after it had ceased: what was done before that, in vain, and the last change before it came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forensics.analysis.acts import Act
from forensics.analysis.mitigations import Done, mitigations
from forensics.analysis.relapses import Relapse, done_before
from forensics.findings.claims import Ledger
from forensics.lengths import cut, lasting
from forensics.model import Citation, Json, Moment
from forensics.times import clock, iso, utc


def relapses(
    found: Sequence[Relapse], acts: Sequence[Act], moments: Mapping[str, Moment], ledger: Ledger
) -> list[Json]:
    """Return one entry per relapse: between which times requests were as usual, with how many of them, what was done last before
    it, and which change came last shortly before it; empty where nothing came back."""
    told: list[Json] = []
    done = _mitigations(found, acts, moments)
    for one in found:
        change, last = one.change, done_before(one, done)
        how = "as usual (" if one.usual else "far less than before and after (usually "
        ceased = "ceased" if one.usual else "all but ceased"
        statement = (
            f"It {ceased} and came back: from {clock(one.ceased)} to {clock(one.again)}{utc(one.again)} "
            f"({lasting(one.again - one.ceased)}) "
            f"{one.bad:,} of {one.requests:,} external requests went wrong, {how}{one.usually_bad:,} of {one.usually:,} before the "
            f"onset); {_in_vain(last)}"
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
            "as_usual": one.usual,
            "usually": one.usually,
            "usually_bad": one.usually_bad,
            "then": one.then,
            "then_bad": one.then_bad,
            "change": change.id if change else None,
            "done": _done(last),
        }
        claim = ledger.claim(
            f"relapse {iso(one.again)}",
            statement,
            entry,
            query=one.asked[-1].name,
            parameters=one.asked[-1].parameters,
            asked=one.asked[:-1],
            evidence=[*([last.first.citation] if last else []), *([change.citation] if change else [])],
        )
        told.append({**entry, "statement": statement, "claim": claim})
    return told


def in_vain(found: Sequence[Relapse], acts: Sequence[Act], moments: Mapping[str, Moment]) -> set[Citation]:
    """Return where the actions stand that were done last before it came back: they belong to the story."""
    done = _mitigations(found, acts, moments)
    return {last.first.citation for one in found if (last := done_before(one, done))}


def _mitigations(found: Sequence[Relapse], acts: Sequence[Act], moments: Mapping[str, Moment]) -> list[Done]:
    noticed = moments["detected"].span or moments["onset"].span
    return mitigations(acts, noticed.earliest) if noticed and found else []


def _in_vain(last: Done | None) -> str:
    if last is None or last.first.time is None:
        return "what was done before that did not end it"
    return f"“{cut(last.text)}” at {clock(last.first.time)}{utc(last.first.time)} did not end it"


def _done(last: Done | None) -> Json | None:
    """Say what was done last before it came back, in the runbook's words for its kind and in those of who wrote of it."""
    if last is None or last.first.time is None:
        return None
    return {
        "kind": last.kind,
        "named": last.named,
        "recorded": last.first.kind,
        "text": last.text,
        "time": iso(last.first.time),
        "where": str(last.first.citation),
    }
