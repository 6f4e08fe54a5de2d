"""What was over an alert's limit no more than usual traffic is by chance: it rings, and is no incident."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from forensics import runbook
from forensics.analysis import impact as impacts
from forensics.findings.claims import Ledger
from forensics.model import Json, Query, Verdict
from forensics.times import iso


def by_chance(
    found: impacts.Impact, measured: impacts.Measured, verdicts: Sequence[Verdict], ledger: Ledger
) -> list[Json]:
    """Return one entry per alert rule: its stretches, each with what went wrong of how many requests in it and before it; and
    whether these `alone` crossed it."""
    told: list[Json] = []
    crossed = {verdict.rule: len(verdict.intervals) for verdict in verdicts}
    for id_, group in groupby(found.by_chance, key=lambda one: one.rule):
        stretches = list(group)
        rule = runbook.load().rule(id_)
        worst = max(stretches, key=lambda one: (one.bad / one.requests, one.breach.peak))
        wrong = "failed" if rule.signal == "error_rate" else "were slower"
        many = len(stretches) > 1
        statement = (
            f"“{rule.words}” was crossed {f'{len(stretches)} times' if many else 'once'} by no more than chance: {worst.bad:,} of "
            f"{worst.requests:,} requests {wrong}{' in the worst of these stretches' if many else ''}, where usually "
            f"{worst.usually_bad:,} of {worst.usually:,} do, and there were {worst.buckets:,} buckets; no incident is "
            "measured by it"
        )
        entry: Json = {
            "rule": id_,
            "of": rule.signal,
            "alone": len(stretches) == crossed[id_],
            "stretches": [
                {
                    "start": iso(one.breach.start),
                    "end": iso(one.breach.end),
                    "bad": one.bad,
                    "requests": one.requests,
                    "usually_bad": one.usually_bad,
                    "usually": one.usually,
                }
                for one in stretches
            ],
            "buckets": worst.buckets,
        }
        counted = Query(
            "wrong_in_stretches",
            {
                "start": measured.span.start,
                "slow": rule.limit if rule.signal == "response_time" else None,
                "starts": [one.breach.start for one in stretches],
                "ends": [one.breach.end for one in stretches],
            },
        )
        over = measured.found_by(rule.signal, worst.breach.signal, rule.limit or 0.0)
        claim = ledger.claim(
            f"{id_} by chance",
            statement,
            entry,
            query=over[0].name,
            parameters=over[0].parameters,
            asked=[*over[1:], counted],
            places=True,
        )
        told.append({**entry, "statement": statement, "claim": claim})
    return told
