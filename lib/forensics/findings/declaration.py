"""When an incident was to be declared by the runbook's criteria, and how long it was how grave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics import runbook
from forensics.findings.claims import Ledger
from forensics.findings.severity import State
from forensics.lengths import lasting
from forensics.model import Breach, Json, Moment, Verdict
from forensics.times import OWN_CLOCKS, Span, clock, iso, own_clock, utc

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


@dataclass(frozen=True, slots=True)
class Lasted:
    """For how long a level held that rests on no stretch over a limit."""

    level: str
    least: float | None
    """Seconds; None where nothing tells since when."""
    most: float | None
    """None where it still held when the evidence ended, or nothing tells."""
    why: str
    """From when to when, or why that is not known."""
    start: datetime | None = None


def lasted(
    level: str, state: State | None, found: Mapping[str, Moment], evidence: tuple[datetime, datetime] | None
) -> Lasted | None:
    """Say for how long data was lost, or a guessed password open: until the moment that ends it, else until the evidence ends."""
    if state is None:
        return None
    if state.since is None:
        return Lasted(level, None, None, f"{state.what}, and nothing tells since when or until when")
    first, last = state.since.earliest, state.since.latest
    since = f"{state.what} at {clock(first)}{utc(first)}"
    for name in state.ends_with:
        end = found[name].span
        if end is None or end.latest <= first or own_clock(end.latest) != own_clock(first):
            continue
        least = max(0.0, (end.earliest - last).total_seconds())
        when = f"between {clock(end.earliest)} and" if end.earliest > last else "by"
        ended = f"it was {name} {when} {clock(end.latest)}{utc(end.latest)}"
        return Lasted(
            level, round(least, 3), round((end.latest - first).total_seconds(), 3), f"{since}, and {ended}", first
        )
    if evidence is None or evidence[1] < last or own_clock(evidence[1]) != own_clock(first):
        return Lasted(level, 0.0, None, f"{since}, and nothing shows that it was ended", first)
    least = round((evidence[1] - last).total_seconds(), 3)
    return Lasted(level, least, None, f"{since}, and nothing shows that it was ended before the evidence ends", first)


def spent(
    verdicts: Sequence[Verdict],
    shown: Mapping[str, Sequence[Breach]],
    clocks: Sequence[str],
    ledger: Ledger,
    state: Lasted | None = None,
    onset: Span | None = None,
) -> list[Json]:
    """State for how many seconds each level held, the highest first; at each time the highest of them counts.

    What had ended before the onset is no time of this incident.
    `shown` are stretches that show a level by more than their own rule: a database that was away for most users.
    A level that holds by a `state`, as that data is lost or a password guessed, lasted at least `seconds` (null: not known) and
    at most `most_s` (null: not known, or still so when the evidence ended), and `why` says from when to when.
    Lengths on clocks that cannot be compared are never added up: of each level the longest is told, with the file whose `clock`
    it is on (null: dated), and `others` beside it. `clocks` are these files, as `own_clocks.sql` has them.
    """
    claimed = [verdict.claim for verdict in verdicts if verdict.verdict == "met"]
    taken: dict[str | None, list[tuple[datetime, datetime]]] = {}
    found: list[Json] = []
    if state is not None:
        found.append(
            {
                "level": state.level,
                "seconds": state.least,
                "most_s": state.most,
                "why": state.why,
                "clock": None,
                "others": [],
            }
        )
        if state.start and state.least:
            taken[None] = [(state.start, state.start + timedelta(seconds=state.least))]
    for level in runbook.load().levels:
        if state is not None and level.level == state.level:
            continue
        of = [run for verdict in verdicts for run in _of(level.level, verdict) if not _before(run, onset)]
        lengths: list[tuple[float, str | None]] = []
        for whose, runs in _by_clock([*of, *shown.get(level.level, ())], clocks).items():
            whole = merged([*taken.get(whose, ()), *((run.start, run.end) for run in runs)])
            lengths.append((round(_length(whole) - _length(taken.get(whose, ())), 3), whose))
            taken[whose] = whole
        held = sorted((one for one in lengths if one[0] > 0), key=lambda one: (-one[0], one[1] or ""))
        if held:
            others = [{"seconds": seconds, "clock": other} for seconds, other in held[1:]]
            told_of = {"level": level.level, "seconds": held[0][0], "most_s": held[0][0], "why": ""}
            found.append({**told_of, "clock": held[0][1], "others": others})
    if found:
        told = ", ".join(f"{one['level']} for {how_long(one)}{other_clocks(one)}" for one in found)
        evidence = [citation for claim in claimed for citation in ledger[claim].evidence]
        from_ = claimed or [verdict.claim for verdict in verdicts]
        query = "breaches" if claimed else ""
        claim = ledger.claim("time in each level", told, found, query=query, claims=from_, evidence=evidence)
        found = [{**one, "claim": claim} for one in found]
    return found


def how_long(one: Json) -> str:
    """Say for how long a level held: a length, a range, or that it is not known."""
    least, most, why = one["seconds"], one.get("most_s", one["seconds"]), one.get("why", "")
    because = f" ({why})" if why else ""
    if least is None:
        return f"a time that is not known{because}"
    if most is None:
        return f"{lasting(least)} at least{because}"
    if most == least:
        return f"{lasting(least)}{because}"
    return f"{lasting(least)} to {lasting(most)}{because}" if least else f"{lasting(most)} at most{because}"


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


def _before(run: Breach, onset: Span | None) -> bool:
    """Say whether a stretch had ended when it began, as far as both are on one clock."""
    if onset is None or own_clock(run.start) or own_clock(onset.earliest):
        return False
    return run.latest_end < onset.earliest


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


def merged(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
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
