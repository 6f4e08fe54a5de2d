"""Where sources that may be of one thing tell different numbers of a resource at the same time."""

from __future__ import annotations

from itertools import permutations

from forensics.analysis import same_thing
from forensics.analysis.impact import Measured
from forensics.analysis.signals import Signal
from forensics.findings.claims import Ledger
from forensics.model import Citation, Json, Query
from forensics.store import Store
from forensics.times import clock, utc

MOST_PAIRS = 2000
"""Of one signal: pairs of series that are compared. Beyond them it is said that not all were."""


def disagreeing(store: Store, measured: Measured, ledger: Ledger) -> list[Json]:
    """State for each resource where one source tells much more than another does at that time, at the highest of the one;
    where several pairs do, the pair that lies furthest apart, and how many others do."""
    found = []
    for name in same_thing.declared()["compared"]["signals"]:
        series = [one for one in measured.judged(name) if not one.told and not one.whole and one.name]
        pairs = [
            (one, other)
            for one, other in permutations(series, 2)
            if (one.path, one.name) != (other.path, other.name) and same_thing.may_be_one(one.named, other.named)
        ]
        if pairs:
            found += _apart(store, name, pairs[:MOST_PAIRS], len(pairs), ledger)
    return found


def _apart(store: Store, name: str, pairs: list[tuple[Signal, Signal]], of: int, ledger: Ledger) -> list[Json]:
    """State the pair of one signal that lies furthest apart."""
    asked = {
        "first": [one.id for one, _ in pairs],
        "second": [other.id for _, other in pairs],
        "near": [other.gap_s for _, other in pairs],
    }
    known = {signal.id: signal for pair in pairs for signal in pair}
    least = same_thing.declared()["compared"]["apart"]
    rows = [row for row in store.records("series_apart", **asked) if row["highest"] - row["most"] >= least]
    if not rows:
        return []
    widest = max(rows, key=lambda row: (row["highest"] - row["most"], row["first"], row["second"]))
    one, other = known[widest["first"]], known[widest["second"]]
    others = len({frozenset((row["first"], row["second"])) for row in rows}) - 1
    value: Json = {
        "signal": name,
        "highest": {"statistic": one.statistic, "value": round(widest["highest"], 3)},
        "beside": {"statistic": other.statistic, "value": round(widest["most"], 3)},
        "unit": one.unit,
        "other_pairs": others,
        "same": "stated" if same_thing.surely_one(one.named, other.named) else "not told",
        "all_compared": of <= MOST_PAIRS,
    }
    same = "both name the same" if value["same"] == "stated" else "nothing tells whether both are of one thing"
    statement = (
        f"{one.title.lower()} was {widest['highest']:.4g} {one.unit} at {clock(widest['at'])}{utc(widest['at'])} as {one.path} "
        f"tells it ({one.definition}), and {widest['most']:.4g} {other.unit} at the most around then as {other.path} does "
        f"({other.definition}); {same}"
    )
    statement = statement[:1].upper() + statement[1:]
    statement += f". So do {others} other pairs of series" if others else ""
    near = {"first": [one.id], "second": [other.id], "near": [other.gap_s]}
    claim = ledger.claim(
        f"sources disagree on {name}",
        statement,
        value,
        query="series_apart",
        parameters=near,
        asked=[Query("series_apart", near)],
        evidence=[Citation(one.path), Citation(other.path)],
    )
    return [{"statement": statement, **value, "claim": claim}]
