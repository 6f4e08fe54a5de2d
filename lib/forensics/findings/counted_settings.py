"""Grids of settings in the contract's form, and those of the criteria that count: outages and guessed passwords."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.analysis import counted_settings as counted
from forensics.analysis import outages
from forensics.analysis.backtest import Backtest, Cell, Watch
from forensics.analysis.impact import Measured
from forensics.findings.claims import Ledger
from forensics.model import Json
from forensics.runbook import Rule
from forensics.store import Store
from forensics.times import iso, own_clock

TRIED = {"availability": counted.outages, "security": counted.guesses}
"""How the grid of a criterion is tried, by its signal."""
ASKED = {"availability": "outage_firings", "security": "login_bursts"}


def stated(
    store: Store, measured: Measured, rule: Rule, watch: Watch | None, ledger: Ledger, claims: Sequence[str]
) -> Json:
    """State what other settings of a criterion would have done; without a `watch` there is no incident to try them on."""
    settings = counted.grid(rule.id)
    present = float(outages.LEAST_IN_A_ROW if rule.limit is None else rule.limit)
    length = rule.within or rule.sustained
    lasting = round(length.total_seconds()) if length else 0
    with store.noted() as asked:
        found = TRIED[rule.signal](store, measured, watch) if watch else None
    why = "" if found else _why(watch)
    entry: Json = {
        "rule": rule.id,
        "title": rule.title,
        "words": rule.words,
        "unit": settings["threshold_words"],
        "threshold_words": settings["threshold_words"],
        "duration_words": settings["duration_words"],
        "present": present,
        "present_duration_s": lasting,
        "backtest": table(found, present, lasting),
        "why_no_backtest": why,
    }
    entry["claim"] = ledger.claim(
        f"other settings of {rule.id}",
        f"what other settings of “{rule.words}” would have done{f': {why}' if why else ''}",
        dict(entry),
        query=ASKED[rule.signal] if found else "",
        parameters={"rule": rule.id},
        asked=asked,
        places=True,
        claims=claims,
    )
    return entry


def _why(watch: Watch | None) -> str:
    if watch is None:
        return "no incident to try it on"
    if own_clock(watch.onset.earliest):
        return (
            "the incident stands on a clock of its own, and nothing tells where on it requests, probes and logins lie"
        )
    return "nothing in the evidence tells of it"


def table(found: Backtest | None, present: float, lasting_now: int) -> Json | None:
    """State a grid; null where there is none."""
    if found is None:
        return None
    return {
        "signals": list(found.signals),
        "clock": found.clock,
        "history_s": None if found.clock else found.history.total_seconds(),
        "false_alarms_known": found.known,
        "cells": [
            _cell(one, found.known) | {"present": (one.threshold, one.duration) == (present, lasting_now)}
            for one in found.cells
        ],
    }


def _cell(one: Cell, known: bool) -> Json:
    return {
        "threshold": one.threshold,
        "duration_s": one.duration,
        "detected": one.detected,
        "why": one.why,
        "rings": iso(one.rings),
        "delay_s": list(one.delay) if one.delay else None,
        "false_alarms": one.false_alarms if known else None,
        "false_alarms_seen": one.false_alarms,
    }
