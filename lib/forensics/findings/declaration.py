"""When an incident was to be declared by the runbook's criteria, and how long it was how grave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from forensics import runbook
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import OWN_CLOCKS, Breach, Json, Moment, Verdict, clock, iso, own_clock, utc

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


def spent(
    verdicts: Sequence[Verdict], shown: Mapping[str, Sequence[Breach]], clocks: Sequence[str], ledger: Ledger
) -> list[Json]:
    """State for how many seconds each level held, the highest first; at each time the highest of them counts.

    `shown` are stretches that show a level by more than their own rule: a database that was away for most users.
    Only levels that measured stretches show are told: that data is lost, or a password guessed, has no length.
    Lengths on clocks that cannot be compared are never added up: of each level the longest is told, with the file whose `clock`
    it is on (null: dated), and `others` beside it. `clocks` are these files, as `own_clocks.sql` has them.
    """
    claimed = [verdict.claim for verdict in verdicts if verdict.verdict == "met"]
    taken: dict[str | None, list[tuple[datetime, datetime]]] = {}
    found: list[Json] = []
    for level in runbook.load().levels:
        of = [run for verdict in verdicts for run in _of(level.level, verdict)]
        lengths: list[tuple[float, str | None]] = []
        for whose, runs in _by_clock([*of, *shown.get(level.level, ())], clocks).items():
            whole = _merged([*taken.get(whose, ()), *((run.start, run.end) for run in runs)])
            lengths.append((round(_length(whole) - _length(taken.get(whose, ())), 3), whose))
            taken[whose] = whole
        held = sorted((one for one in lengths if one[0] > 0), key=lambda one: (-one[0], one[1] or ""))
        if held:
            others = [{"seconds": seconds, "clock": other} for seconds, other in held[1:]]
            found.append({"level": level.level, "seconds": held[0][0], "clock": held[0][1], "others": others})
    if found:
        told = ", ".join(f"{one['level']} for {lasting(one['seconds'])}{other_clocks(one)}" for one in found)
        evidence = [citation for claim in claimed for citation in ledger[claim].evidence]
        claim = ledger.claim("time in each level", told, found, query="breaches", claims=claimed, evidence=evidence)
        found = [{**one, "claim": claim} for one in found]
    return found


def other_clocks(one: Json) -> str:
    """Say on whose clock a length is, where nothing dates it, and how long the level held on others; empty where all is on one."""
    if not one.get("others"):
        return ""
    where = f" on the clock of {one['clock']}" if one["clock"] else ""
    many = len(one["others"])
    rest = f"{many} other clocks" if many > 1 else "another clock"
    longest = lasting(one["others"][0]["seconds"])
    return f"{where} (on {rest} {'at most ' if many > 1 else ''}{longest}, which cannot be added)"


def _by_clock(runs: Iterable[Breach], clocks: Sequence[str]) -> dict[str | None, list[Breach]]:
    """Return stretches by the file on whose clock they stand; null are those that are dated."""
    found: dict[str | None, list[Breach]] = {}
    for run in runs:
        place = run.start.year - OWN_CLOCKS
        whose = (clocks[place] if place < len(clocks) else str(place)) if own_clock(run.start) else None
        found.setdefault(whose, []).append(run)
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
