"""Response times of whole runs, as different places saw them: what waits before a server is in no number of the server."""

from __future__ import annotations

from forensics.analysis.impact import Measured
from forensics.analysis.signals import Signal
from forensics.findings.claims import Ledger
from forensics.model import Citation, Json, Query
from forensics.store import Store

APART = 2.0
"""From so many times the other on, two places did not see the same."""


ORDER = ("p95", "p99", "mean", "max")
"""Which statistic is compared where the one asked for was not measured at two places."""


def differing(store: Store, measured: Measured, statistic: str, ledger: Ledger) -> list[Json]:
    """State where one place saw at least twice the response time that another did, at the highest; by one statistic.

    Only whole runs are compared: of what was measured bucket by bucket, the verdicts say where places differ.
    """
    highest: dict[str, dict[str, tuple[float, str, Signal]]] = {}
    for signal in measured.of("response_time"):
        value = store.one("points_highest", id=signal.id) if signal.whole and signal.held else None
        if value is not None:
            seen = highest.setdefault(signal.held, {})
            best = seen.get(signal.vantage)
            if best is None or value > best[0]:
                seen[signal.vantage] = (value, signal.id, signal)
    found = []
    both = [held for held in (statistic, *ORDER) if len(highest.get(held, {})) > 1]
    for held in both[:1]:
        seen = highest[held]
        most, least = max(seen.values(), key=_first), min(seen.values(), key=_first)
        if least[0] <= 0 or most[0] < APART * least[0]:
            continue
        (high, _, there), (low, _, here) = most, least
        statement = (
            f"{there.path} ({there.vantage}) saw a response time of {high:.3g} {there.unit} at {held} of its whole run, "
            f"{here.path} ({here.vantage}) {low:.3g} {here.unit} at the highest of its own ({_named(here.definition)}): "
            f"what waits before the {here.vantage} takes it up is in no number of it. Nothing tells whether both are of one run"
        )
        value = {"statistic": held, there.vantage: round(high, 6), here.vantage: round(low, 6)}
        claim = ledger.claim(
            f"response time by place, {held}",
            statement,
            value,
            query="points_highest",
            parameters={"signals": [there.id, here.id]},
            asked=[Query("points_highest", {"id": one.id}) for one in (there, here)],
            evidence=[Citation(there.path), Citation(here.path)],
        )
        found.append({"statement": statement, **value, "claim": claim})
    return found


def _named(definition: str) -> str:
    """Return what was measured, with the labels that tell it apart."""
    name, brace, rest = definition.partition("{")
    return f"{name}{{{rest.partition('}')[0]}}}" if brace and "}" in rest else definition.partition(", ")[0]


def _first(seen: tuple[float, str, Signal]) -> tuple[float, str]:
    return seen[:2]
