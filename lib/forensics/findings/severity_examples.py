"""The runbook's examples of severity that name no number: which routes, or logins, failed throughout, and what no evidence shows."""

from __future__ import annotations

from typing import Any

from forensics import declarations, runbook
from forensics.analysis.impact import Measured
from forensics.lengths import lasting
from forensics.model import Breach, Json
from forensics.runbook import Condition
from forensics.store import Store
from forensics.times import clock, utc


def declared() -> dict[str, Any]:
    """Return severity_routes.toml."""
    return declarations.declared("findings/severity_routes.toml")


def pattern(what: str) -> str:
    """Return the pattern of paths that are about this."""
    return str(next(one["pattern"] for one in declared()["about"] if one["what"] == what))


def longer() -> float:
    """Return for how many seconds it must last: as long as an error rate must (1.3), the shortest that the runbook names."""
    sustained = runbook.load().rule("declare.error_rate").sustained
    return sustained.total_seconds() if sustained else 0.0


Shown = tuple[str, tuple[Breach, ...]]


def routes(store: Store, measured: Measured, condition: Condition, what: str) -> Shown | None:
    """Say which route about this failed throughout for long enough; None where none did."""
    rows = _failing(store, measured, condition, pattern(what))
    return _said(rows[0], what) if rows else None


def feature(store: Store, measured: Measured, condition: Condition) -> Shown | None:
    """Say which route failed throughout while most requests for others were answered, and had worked before; None where none did."""
    rows = [
        row
        for row in _failing(store, measured, condition, "")
        if row["answered"] > row["others_failed"] and not row["open_start"]
    ]
    return _said(rows[0], "one of its features") if rows else None


def logins(store: Store, measured: Measured, condition: Condition) -> Shown | None:
    """Say when every attempt to log in failed, from several addresses of which none guessed; None where that never was."""
    rows = store.records(
        "logins_failing",
        start=measured.span.start,
        end=measured.span.end,
        least=int(condition.over),
        longer=longer(),
        guessing=sorted({burst.address for burst in measured.bursts}),
    )
    if not rows:
        return None
    row = rows[0]
    told = f"all attempts to log in failed, from {row['path']} (server)"
    run = Breach(row["start"], row["last"], 100.0, "gap", False, told, row["failures"])
    return f"{row['failures']:,} attempts to log in in a row failed, and none worked, {stretch(run)}", (run,)


def _failing(store: Store, measured: Measured, condition: Condition, fits: str) -> list[Json]:
    return store.records(
        "routes_failing",
        start=measured.span.start,
        end=measured.span.end,
        pattern=fits,
        least=int(condition.over),
        longer=longer(),
    )


def _said(row: Json, what: str) -> Shown:
    told = f"all requests for {row['route']} failed, from {row['path']} (server)"
    ended = row["next_good"] or row["last"]
    run = Breach(
        row["start"],
        ended,
        100.0,
        "back" if row["next_good"] else "evidence_end",
        row["open_start"],
        told,
        row["failures"],
    )
    return (
        f"{what} failed: all {row['failures']:,} requests for {row['route']} in a row, {stretch(run)}, while "
        f"{row['answered']:,} for other routes were answered",
        (run,),
    )


def stretch(run: Breach) -> str:
    """Say from when to when a stretch lasted."""
    return f"from {clock(run.start)} to {clock(run.end)}{utc(run.end)} ({lasting(run.seconds)})"
