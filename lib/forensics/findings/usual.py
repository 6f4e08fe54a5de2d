"""What was over an alert's limit all along: such a limit tells no incident from what is usual."""

from __future__ import annotations

from forensics import runbook
from forensics.analysis import impact as impacts
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Json


def usual(found: impacts.Impact, measured: impacts.Measured, ledger: Ledger) -> list[Json]:
    """Return one entry per series: for how long of what was watched before it was over the limit (`over_s` of `watched_s`)."""
    told = []
    for one in found.usual:
        rule = next(
            r for r in runbook.load().rules if r.signal == one.signal and r.limit == one.limit and not r.declares
        )
        over, watched = one.over.total_seconds(), one.watched.total_seconds()
        entry: Json = {"rule": rule.id, "of": one.signal, "limit": one.limit, "over_s": over, "watched_s": watched}
        statement = (
            f"“{rule.words}” held for {lasting(over)} of the {lasting(watched)} before a criterion was first met: here that is "
            f"usual, so the incident is not measured by it"
        )
        asked = measured.found_by(one.signal, one.statistic, one.limit)
        claim = ledger.claim(
            f"usually over {rule.id} by {one.statistic}",
            f"{statement} ({one.statistic})",
            entry,
            query=asked[0].name,
            parameters=asked[0].parameters,
            asked=asked[1:],
            places=True,
        )
        told.append({**entry, "statement": statement, "claim": claim})
    return told
