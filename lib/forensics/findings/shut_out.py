"""How the system responded to guessed passwords, in the contract's form: what cut off, locked or blocked, and what did not."""

from __future__ import annotations

from forensics.analysis import lockouts
from forensics.analysis.impact import Measured
from forensics.findings.claims import Ledger
from forensics.model import Citation, Json
from forensics.store import Store
from forensics.times import clock, iso, utc

_SAID = {
    "cut off": ("{by} cut off {times:,} connections after too many failures", "that a connection was cut off"),
    "locked": ("{by} said {times:,} times that an account was locked", "that an account was locked"),
    "blocked": ("{by} said {times:,} times that an address was blocked", "that an address was blocked"),
}


def shut_out(store: Store, measured: Measured, ledger: Ledger) -> list[Json]:
    """State, where somebody guessed passwords, who was shut out, by what and when, and what no line tells; each with its claim."""
    if not measured.bursts:
        return []
    start, end = min(one.start for one in measured.bursts), measured.span.end
    with store.noted() as asked:
        found = lockouts.lockouts(store, start, end)
    told = []
    for one in found:
        whom = [f"account {', '.join(one.accounts[:3])}"] if one.accounts else []
        whom += [f"from {', '.join(one.addresses[:3])}"] if one.addresses else []
        when = f"{clock(one.first)}–{clock(one.last)}{utc(one.last)}"
        said = _SAID[one.kind][0].format(by=one.by, times=one.times)
        statement = f"{said} ({', '.join([*whom, when])}, in {one.citation.path})"
        value: Json = {
            "kind": one.kind, "by": one.by, "times": one.times, "first": iso(one.first), "last": iso(one.last),
            "accounts": list(one.accounts), "addresses": list(one.addresses),
        }  # fmt: skip
        claim = ledger.claim(
            f"shut out: {one.kind} {one.by} {one.citation.path}", statement, value, asked=asked, evidence=[one.citation]
        )
        told.append({**value, "statement": statement, "where": str(one.citation), "claim": claim})
    missing = [_SAID[kind][1] for kind in lockouts.KINDS if kind not in {one.kind for one in found}]
    if missing:
        paths = sorted({one.citation.path for one in measured.bursts})
        statement = f"no line of the logs, {', '.join(paths[:3])} among them, tells {' or '.join(missing)} after the guessing began"
        claim = ledger.claim(
            "shut out: nothing", statement, missing, asked=asked, evidence=[Citation(path) for path in paths]
        )
        none: Json = {
            "kind": "none",
            "by": None,
            "times": 0,
            "first": None,
            "last": None,
            "accounts": [],
            "addresses": [],
        }
        told.append({**none, "statement": statement, "where": ", ".join(paths), "claim": claim})
    return told
