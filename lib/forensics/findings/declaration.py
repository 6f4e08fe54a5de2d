"""When an incident was to be declared by the runbook's criteria, and how long it was how grave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from forensics import runbook
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Breach, Json, Moment, Verdict, clock, iso, own_clock, utc

HIGH_RATE = "error_rate_over"
"""The condition of a level that names a share of failed requests."""


def declarable(verdicts: Iterable[Verdict], declared: Moment, ledger: Ledger) -> Json | None:
    """State when the first decision criterion had held for as long as it must, and how much later a person declared.

    Null where no criterion was met. The delay is negative where a person was faster than the criterion, and null where the
    two stand on different clocks or nobody declared.
    """
    rules = {rule.id: rule for rule in runbook.load().rules if rule.declares}
    reached = [
        (run.start + (rules[verdict.rule].sustained or timedelta(0)), rules[verdict.rule].words, verdict.claim)
        for verdict in verdicts
        if verdict.rule in rules and verdict.verdict == "met"
        for run in verdict.intervals
    ]
    if not reached:
        return None
    at, words, claim = min(reached)
    delay = None
    if declared.span is not None and own_clock(declared.span.earliest) == own_clock(at):
        delay = round((declared.span.earliest - at).total_seconds(), 3)
    statement = f"“{words}” had held for long enough at {clock(at)}{utc(at)}"
    return {
        "at": iso(at),
        "words": words,
        "declared_after_s": delay,
        "claim": ledger.claim(
            "declarable",
            statement,
            {"at": iso(at), "declared_after_s": delay},
            query="breaches",
            asked=ledger[claim].asked,
            claims=[claim, declared.claim],
            evidence=ledger[claim].evidence,
        ),
    }


def spent(verdicts: Sequence[Verdict], shown: Mapping[str, Sequence[Breach]], ledger: Ledger) -> list[Json]:
    """State for how many seconds each level held, the highest first; at each time the highest of them counts.

    `shown` are stretches that show a level by more than their own rule: a database that was away for most users.
    Only levels that measured stretches show are told: that data is lost, or a password guessed, has no length.
    """
    claimed = [verdict.claim for verdict in verdicts if verdict.verdict == "met"]
    taken: list[tuple[datetime, datetime]] = []
    lengths: list[tuple[str, float]] = []
    for level in runbook.load().levels:
        of = [run for verdict in verdicts for run in _of(level.level, verdict)]
        runs = [(run.start, run.end) for run in (*of, *shown.get(level.level, ()))]
        whole = _merged([*taken, *runs])
        seconds = round(_length(whole) - _length(taken), 3)
        taken = whole
        if seconds > 0:
            lengths.append((level.level, seconds))
    found: list[Json] = [{"level": level, "seconds": seconds} for level, seconds in lengths]
    if found:
        told = ", ".join(f"{level} for {lasting(seconds)}" for level, seconds in lengths)
        evidence = [citation for claim in claimed for citation in ledger[claim].evidence]
        claim = ledger.claim("time in each level", told, found, query="breaches", claims=claimed, evidence=evidence)
        found = [{**one, "claim": claim} for one in found]
    return found


def _of(level: str, verdict: Verdict) -> tuple[Breach, ...]:
    """Return the stretches in which a verdict speaks for a level."""
    if verdict.verdict != "met":
        return ()
    high = next((c.over for one in runbook.load().levels for c in one.conditions if c.name == HIGH_RATE), 100.0)
    rule = verdict.rule
    if rule.startswith("alert."):
        return verdict.intervals if level == "P3" else ()
    if rule == "declare.unavailable":
        return verdict.intervals if level == "P0" else ()
    if rule == "declare.response_time":
        return verdict.intervals if level == "P1" else ()
    if rule == "declare.error_rate":
        grave = tuple(run for run in verdict.intervals if (run.rate or 0.0) > high)
        return grave if level == "P1" else verdict.intervals if level == "P2" else ()
    return verdict.intervals if level == "P2" else ()


def _merged(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return the union of stretches, in order."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _length(spans: Sequence[tuple[datetime, datetime]]) -> float:
    return sum((end - start).total_seconds() for start, end in spans)
