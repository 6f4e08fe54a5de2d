"""The audit of alerts and the back-test of their settings in the contract's form, each number of it a claim's value."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forensics import runbook
from forensics.analysis import alert_audit as audits
from forensics.analysis import backtest as backtests
from forensics.analysis.alert_audit import Audited, Due
from forensics.analysis.backtest import Backtest, Cell
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.messages import Said
from forensics.analysis.recovery import declared as recovery_declared
from forensics.analysis.recovery import watching
from forensics.evidence import intake
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Citation, Evidence, Json, Moment, Parameters, Verdict, iso
from forensics.runbook import Rule
from forensics.store import Store

CONFIGURATION = "monitoring-config"
LARGEST = 1_000_000
"""Bytes; a larger configuration is not ours."""


class Auditor:
    """Audits the alert rules of the runbook against one incident's evidence."""

    def __init__(
        self,
        store: Store,
        measured: Measured,
        impact: Impact,
        moments: dict[str, Moment],
        verdicts: Sequence[Verdict],
        said: Sequence[Said],
        evidence: Sequence[Evidence],
        ledger: Ledger,
        parameters: Parameters,
        folder: Path | None,
    ) -> None:
        self.store, self.measured, self.impact, self.moments = store, measured, impact, moments
        self.verdicts, self.ledger, self.parameters = verdicts, ledger, parameters
        self.heard = audits.heard(said, evidence)
        self.configured = _Configuration(evidence, folder)

    def audit(self) -> Json:
        """State for each alert rule what was due, what rang, and what other settings would have done."""
        rules = [rule for rule in runbook.load().rules if not rule.declares]
        found = [self._audited(rule) for rule in rules]
        others = [one.citation for one in self.heard.others]
        return {
            "rules": found,
            "other_alerts": [_alert(one) for one in self.heard.others],
            "claim": self.ledger.claim(
                "alerts heard",
                f"what became of {len(found)} alert rules, and {len(others):,} alerts of none of them",
                {"outcomes": {one["rule"]: one["outcome"] for one in found}, "other_alerts": len(others)},
                claims=[one["claim"] for one in found],
                evidence=others,
            ),
            "kept_in": [one.path for one in self.heard.histories] + list(self.heard.channels),
        }

    def _audited(self, rule: Rule) -> Json:
        with self.store.noted() as asked:
            entry, cited, verdict = self._rule(rule)
        entry["claim"] = self.ledger.claim(
            f"alert audit {rule.id}",
            entry["statement"],
            dict(entry),
            query="firings",
            parameters={"rule": rule.id, "present": entry["present"]},
            asked=asked,
            places=True,
            claims=[verdict.claim, self.moments["onset"].claim],
            evidence=cited,
        )
        return entry

    def _rule(self, rule: Rule) -> tuple[Json, list[Citation], Verdict]:
        """Audit one rule: its entry, what it cites, and the verdict on it."""
        verdict = next(one for one in self.verdicts if one.rule == rule.id)
        found = audits.audit(self.store, rule, verdict, self.measured, self.heard, self.parameters.bucket)
        meets = audits.criterion(rule, self.verdicts, runbook.load().rules)
        tested = self._backtest(rule)
        stated = self.configured.of(rule)
        present = stated if stated is not None else rule.limit or 0.0
        suggestion, why_none = self._suggestion(rule, tested, present)
        entry: Json = {
            "rule": rule.id,
            "title": rule.title,
            "words": rule.words,
            "unit": rule.unit,
            "outcome": found.outcome,
            "why": found.why,
            "due": [_due(one) for one in found.due],
            "without_cause": [_alert(one) for one in found.without_cause],
            "unclear": [_alert(one) for one in found.unclear],
            "criterion": {"rule": meets.rule, "verdict": meets.verdict} if meets else None,
            "configured": stated,
            "present": present,
            "backtest": _table(tested, present),
            "suggestion": suggestion,
            "why_no_suggestion": why_none,
        }
        entry["statement"] = _said(found, entry)
        alerts = [one.alert for one in found.due if one.alert] + [*found.without_cause, *found.unclear]
        cited = [*(one.citation for one in alerts), *self.ledger[verdict.claim].evidence, *self.configured.cited]
        return entry, cited, verdict

    def _backtest(self, rule: Rule) -> Backtest | None:
        onset = self.moments["onset"].span
        if onset is None or not self.impact.runs:
            return None
        least = recovery_declared()["baseline"]["least_readings"]
        series = watching(self.store, self.measured, rule.signal, least, onset.earliest)
        end = max(self.impact.end_on(onset.latest), onset.latest)
        stated = self.configured.of(rule)
        present = stated if stated is not None else rule.limit or 0.0
        return backtests.backtest(self.store, rule, series, present, onset, end)

    def _suggestion(self, rule: Rule, found: Backtest | None, present: float) -> tuple[Json | None, str]:
        """Suggest one change at most, with its price, or say why there is none."""
        if found is None:
            no_onset = self.moments["onset"].span is None or not self.impact.runs
            return None, "no incident to try it on" if no_onset else "no series measures it"
        if not found.tried:
            least = lasting(backtests.declared()["audit"]["least_tried_s"])
            return None, f"no setting can be tried: less than {least} of the time before the onset is known"
        best = backtests.better(found, present)
        now = found.at(present, 0)
        if best is None or now is None:
            tried = "" if found.known else f", tried on {lasting(found.history.total_seconds())} before the onset"
            return None, f"no threshold of the grid would have done better{tried}"
        earlier = (
            [round(a - b, 3) for a, b in zip(now.delay, best.delay, strict=True)] if now.delay and best.delay else None
        )
        return {
            "threshold": best.threshold,
            "instead_of": present,
            "earlier_s": earlier,
            "false_alarms": best.false_alarms,
            "false_alarms_now": now.false_alarms,
            "history_s": found.history.total_seconds(),
            "false_alarms_known": found.known,
            "false_alarms_per_hour_at_most": round(backtests.at_most(best.false_alarms, found.history), 3),
            **self.configured.change(rule, present, best.threshold),
        }, ""


class _Configuration:
    """The application's own thresholds, where their file is in the evidence and says them once."""

    def __init__(self, evidence: Sequence[Evidence], folder: Path | None) -> None:
        self.path, self.text, self.values = "", "", {}  # type: str, str, Json
        for entry in evidence:
            place = folder / entry.path if folder else None
            if entry.format == CONFIGURATION and entry.size < LARGEST and place:
                try:
                    with intake.open_readonly(place) as file:
                        text = file.read(LARGEST).decode("utf-8", "replace")
                except OSError:
                    continue  # it stood in an archive: its text is not at hand
                thresholds = _object(text).get("thresholds")
                if isinstance(thresholds, dict):
                    self.path, self.text, self.values = entry.path, text, thresholds
                    break

    @property
    def cited(self) -> list[Citation]:
        return [Citation(self.path)] if self.path else []

    def of(self, rule: Rule) -> float | None:
        """Return the configured threshold in the rule's unit; None where none is known."""
        setting = _setting(rule)
        value = self.values.get(setting["key"])
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        return round(float(value) * float(setting["worth"]), 6)

    def change(self, rule: Rule, present: float, wanted: float) -> Json:
        """Return the change as a unified diff of that file, or else as the fragment to add."""
        setting = _setting(rule)
        number = f"{wanted / setting['worth']:.10g}"
        found = list(re.finditer(rf'("{re.escape(setting["key"])}"\s*:\s*)-?[\d.eE+]+', self.text))
        if len(found) != 1 or self.of(rule) is None:
            fragment = json.dumps({"thresholds": {setting["key"]: json.loads(number)}}, indent=2)
            return {"diff": None, "fragment": fragment}
        changed = self.text[: found[0].start()] + found[0][1] + number + self.text[found[0].end() :]
        name = self.path
        lines = difflib.unified_diff(
            self.text.splitlines(keepends=True), changed.splitlines(keepends=True), f"a/{name}", f"b/{name}"
        )
        ended = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
        return {"diff": "".join(ended), "fragment": None}


def _object(text: str) -> Json:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _setting(rule: Rule) -> dict[str, Any]:
    return next(one for one in backtests.declared()["setting"] if one["rule"] == rule.id)


def _alert(one: Said) -> Json:
    return {"time": iso(one.time), "text": one.text.splitlines()[0], "where": str(one.citation)}


def _due(one: Due) -> Json:
    delay = None
    if one.alert:
        delay = [round((one.alert.time - edge).total_seconds(), 3) for edge in (one.since.latest, one.since.earliest)]
    return {
        **one.since.json(),
        "until": iso(one.until),
        "alert": _alert(one.alert) if one.alert else None,
        "again": one.again,
        "delay_s": delay,
        "silence_tells": one.silence_tells,
    }


def _table(found: Backtest | None, present: float) -> Json | None:
    if found is None:
        return None
    return {
        "signals": list(found.signals),
        "history_s": found.history.total_seconds(),
        "false_alarms_known": found.known,
        "cells": [
            _cell(one, found.known) | {"present": (one.threshold, one.duration) == (present, 0)} for one in found.cells
        ],
    }


def _cell(one: Cell, known: bool) -> Json:
    return {
        "threshold": one.threshold,
        "duration_s": one.duration,
        "detected": one.detected,
        "delay_s": list(one.delay) if one.delay else None,
        "false_alarms": one.false_alarms if known else None,
        "false_alarms_seen": one.false_alarms,
    }


_SAID = {
    "fired": "rang as it should",
    "missed": "should have rung and did not",
    "without_cause": "rang without a cause",
    "not_due": "was not due, and did not ring",
    "not_assessable": "not assessable",
}


def _said(found: Audited, entry: Json) -> str:
    text = f"“{found.rule.words}” {_SAID[found.outcome]}"
    first = next((one for one in entry["due"] if one["alert"]), None)
    if first:
        text += f", {_after(first['delay_s'])}"
    elif entry["due"]:
        text += f"; it was first due at {found.due[0].since.earliest:%H:%M:%S} UTC"
    lost = sum(one.alert is None for one in found.due)
    if first and lost:
        text += f"; {lost} of {len(found.due)} times it was due nothing in the evidence rang"
    if found.without_cause and found.outcome != "without_cause":
        text += f"; {len(found.without_cause)} times it rang without a cause"
    if found.unclear:
        text += f"; {len(found.unclear)} times it rang while nothing measured its signal"
    return text + (f": {found.why}" if found.why else "") + "."


def _after(delay: list[float]) -> str:
    low, high = (round(one) for one in delay)
    if high < 0:
        return f"{lasting(-high)} before the first reading over it"
    return (
        f"{lasting(max(low, 0))} to {lasting(high)} after it was first over it"
        if max(low, 0) != high
        else f"{lasting(high)} after it was first over it"
    )
