"""Patterns of log messages that are new, surged or vanished since the onset, each with its claim."""

from __future__ import annotations

from datetime import datetime

from forensics.analysis import patterns
from forensics.analysis.patterns import Compared, Pattern
from forensics.findings.claims import Ledger
from forensics.lengths import cut, lasting
from forensics.model import Json, Moment, Parameters
from forensics.store import Store
from forensics.times import clock, full, iso, utc

MOST = 60
"""Patterns that a result lists; how many more there are is counted."""
LONGEST = 160
"""Letters of a pattern in a statement; the pattern itself stands whole beside it."""
RULE = (
    "New: told since the onset and never before it. Surged: told more than twice as often as before; vanished: told not once, where "
    "half as often would have shown. Surged and vanished by exact conditional tests of two Poisson rates, at 5 % for all patterns of "
    "this evidence together (Holm), counts that cluster by the minute weighed less. Requests are left out: they are counted by themselves."
)


def compared(store: Store, moments: dict[str, Moment], parameters: Parameters, ledger: Ledger) -> tuple[Json, str]:
    """Return the keys of a result that tell of patterns, and why there are none where `patterns` is null."""
    found = patterns.compare(store, moments, parameters)
    if isinstance(found, str):
        return {"patterns": None, "pattern_comparison": None}, found
    told = [_told(one, found, ledger) for one in found.patterns[:MOST]]
    return {"patterns": told, "pattern_comparison": _comparison(found, ledger)}, ""


def _told(one: Pattern, of: Compared, ledger: Ledger) -> Json:
    value = {"novelty": one.novelty, "before": one.before, "during": one.during}
    claim = ledger.claim(
        f"pattern {one.template}",
        statement(one),
        {**value, "first": _time(one.first), "chance": _rounded(one.chance)},
        query="patterns_compared",
        parameters=_asked(of),
        evidence=[one.citation],
    )
    return {
        "template": one.template,
        "said": one.said,
        "novelty": one.novelty,
        "before": one.before,
        "during": one.during,
        "before_s": round(one.before_s, 3),
        "during_s": round(one.during_s, 3),
        "first": _time(one.first),
        "last_before": _time(one.last),
        "level": one.level,
        "loud": one.loudness < 2,
        "chance": _rounded(one.chance),
        "where": str(one.citation),
        "statement": statement(one),
        "claim": claim,
    }


def statement(one: Pattern) -> str:
    """Say how often a pattern was told on either side of the onset."""
    said = cut(one.said, LONGEST)
    level = f"{one.level} " if one.level else ""
    since, before = f"in the {lasting(one.during_s)} from", f"in the {lasting(one.before_s)} before"
    if one.novelty == "vanished":
        return f"{level}“{said}” was told {_times(one.before)} {before} the onset, and not once {since} it on"
    first = f", first {_between(*one.first)}" if one.first else ""
    never = "never" if one.novelty == "new" else _times(one.before)
    return f"{level}“{said}” was told {_times(one.during)} {since} the onset on{first}, and {never} {before} it"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _between(earliest: datetime, latest: datetime) -> str:
    if earliest.replace(microsecond=0) == latest.replace(microsecond=0):
        return f"at {full(earliest)}{utc(earliest)}"
    return f"between {full(earliest)} and {clock(latest)}{utc(latest)}"


def _time(between: tuple[datetime, datetime] | None) -> Json | str | None:
    """Write when a message was told: an undated one between its dated neighbours."""
    if between is None:
        return None
    earliest, latest = between
    return iso(earliest) if earliest == latest else {"earliest": iso(earliest), "latest": iso(latest)}


def _comparison(of: Compared, ledger: Ledger) -> Json:
    windows = of.windows
    claim = ledger.claim(
        "patterns compared",
        f"{of.tested:,} patterns of log messages were compared: told from {full(windows.begin)} to the onset, "
        f"{full(windows.onset)}, and from then to {full(windows.end)}{utc(windows.end)}",
        {"compared": of.tested, "changed": len(of.patterns)},
        query="patterns_compared",
        parameters=_asked(of),
    )
    return {
        "before": {"start": iso(windows.begin), "end": iso(windows.onset)},
        "during": {
            "start": iso(windows.onset),
            "end": iso(windows.end),
            "ended_by": "recovery" if windows.recovered else "evidence_end",
        },
        "compared": of.tested,
        "counts": {
            novelty: sum(one.novelty == novelty for one in of.patterns) for novelty in ("new", "surged", "vanished")
        },
        "more": max(0, len(of.patterns) - MOST),
        "rule": RULE,
        "left_out": [{"log": log, "why": why} for log, why in of.left_out],
        "only_loud": list(of.only_loud),
        "claim": claim,
    }


def _asked(of: Compared) -> Json:
    return {"begin": of.windows.begin, "onset": of.windows.onset, "end": of.windows.end}


def _rounded(chance: float) -> float:
    return float(f"{chance:.1e}")
