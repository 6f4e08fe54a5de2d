"""What people captured of a resource, beside what was measured all along at that time: whether the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forensics.analysis import same_thing
from forensics.analysis.impact import Measured
from forensics.analysis.signals import Signal
from forensics.findings.claims import Ledger
from forensics.model import Citation, Evidence, Json, Query
from forensics.store import Store
from forensics.times import clock, utc

MOST_PAIRS = 2000
"""Of one signal: pairs of series that are compared."""


def pairs(measured: Measured, evidence: Iterable[Evidence], name: str) -> list[tuple[Signal, Signal]]:
    """Return each series of a resource that a capture shows, with each that was measured all along and may be of the same thing:
    nothing says that they are of different machines, file systems or pools.

    Where a capture shows several, as `df` does, those that share the name of a thing are taken; where none does, that of the
    root file system; and else none, for nothing tells which of them was measured.
    """
    captures = {entry.path for entry in evidence if entry.kind == "capture"}
    series = [one for one in measured.judged(name) if one.name and not one.told and not one.whole and not one.own_clock]
    shown = [one for one in series if one.path in captures]
    others = [one for one in series if one.path not in captures]
    found: dict[tuple[str, str], list[tuple[Signal, Signal]]] = {}
    for one in shown:
        for other in others:
            if same_thing.may_be_one(one.named, other.named):
                found.setdefault((one.path, other.id), []).append((one, other))
    return [pair for every in found.values() for pair in _told_apart(every)]


def _told_apart(every: list[tuple[Signal, Signal]]) -> list[tuple[Signal, Signal]]:
    """Return the pairs, of one capture and one measured series, that are of that series as far as names tell."""
    if len(every) == 1:
        return every
    shared = [(one, other) for one, other in every if shared_things(one, other)]
    return shared or [(one, other) for one, other in every if same_thing.things(one.labels).get("file system") == "/"]


def shared_things(one: Signal, other: Signal) -> list[str]:
    """Return the things that both series name, and name alike, in words; a port is no part of a machine's name."""
    ours, theirs = same_thing.things(one.labels), same_thing.things(other.labels)
    return sorted(f"{what} {ours[what]}" for what in ours.keys() & theirs.keys() if ours[what] == theirs[what])


def compared(store: Store, measured: Measured, evidence: Sequence[Evidence], ledger: Ledger) -> list[Json]:
    """State for each resource, and for each series that was measured all along, how far captures of that time lie from it: once
    where they disagree, with the furthest, and once where they agree; both figures, and how many other captures say the same.

    A capture is compared with the sample nearest to it, within three times the usual distance of samples (half a minute at
    least). Without a sample so near nothing is compared, and nothing is said.
    """
    found = []
    for name in same_thing.declared()["compared"]["signals"]:
        of = pairs(measured, evidence, name)[:MOST_PAIRS]
        if of:
            asked = {
                "captured": [one.id for one, _ in of],
                "measured": [other.id for _, other in of],
                "near": [other.gap_s for _, other in of],
            }
            found += _stated(store.records("captured_beside", **asked), of, ledger)
    return found


def _stated(rows: Sequence[Json], of: Sequence[tuple[Signal, Signal]], ledger: Ledger) -> list[Json]:
    known = {signal.id: signal for pair in of for signal in pair}
    least = same_thing.declared()["compared"]["apart"]
    groups: dict[tuple[str, bool], list[Json]] = {}
    for row in rows:
        agrees = abs(row["captured_value"] - row["measured_value"]) < least
        groups.setdefault((row["measured"], agrees), []).append(row)
    return [_one(group, known, agrees, ledger) for (_, agrees), group in groups.items()]


def _one(rows: Sequence[Json], known: dict[str, Signal], agrees: bool, ledger: Ledger) -> Json:
    """State the pair of these that lies furthest apart, both figures with their times and sources."""
    row = max(rows, key=lambda one: (abs(one["captured_value"] - one["measured_value"]), one["captured_at"]))
    shown, other = known[row["captured"]], known[row["measured"]]
    least = same_thing.declared()["compared"]["apart"]
    value: Json = {
        "signal": shown.signal,
        "agree": agrees,
        "captured": {"statistic": shown.statistic, "value": round(row["captured_value"], 3)},
        "measured": {"statistic": other.statistic, "value": round(row["measured_value"], 3)},
        "unit": shown.unit,
        "others": len(rows) - 1,
    }
    shared = shared_things(shown, other)
    value["same"] = "stated" if shared else "not told"
    same = f"both name {' and '.join(shared)}" if shared else "nothing tells whether both are of one thing"
    apart = abs(row["captured_value"] - row["measured_value"])
    verdict = f"they agree within {least:g} points" if agrees else f"they disagree by {apart:.3g} points"
    statement = (
        f"{shown.title} was {row['captured_value']:.3g} {shown.unit} at {clock(row['captured_at'])}{utc(row['captured_at'])} as "
        f"{shown.path} shows it, and {row['measured_value']:.3g} {other.unit} at {clock(row['measured_at'])}"
        f"{utc(row['measured_at'])} as {other.path} does ({other.definition}): {verdict}; {same}"
    )
    if value["others"]:
        statement += ". So does 1 other capture" if len(rows) == 2 else f". So do {value['others']} other captures"
    near = {"captured": [shown.id], "measured": [other.id], "near": [other.gap_s]}
    claim = ledger.claim(
        f"capture beside {other.id}, {'agreeing' if agrees else 'disagreeing'}",
        statement,
        value,
        query="captured_beside",
        parameters=near,
        asked=[Query("captured_beside", near)],
        evidence=[Citation(shown.path), Citation(other.path)],
    )
    return {"statement": statement, **value, "claim": claim}
