"""The audit of alerts and the back-test of their settings in the contract's form, each number of it a claim's value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from forensics import runbook
from forensics.analysis import alert_audit as audits
from forensics.analysis import backtest as backtests
from forensics.analysis.alert_audit import Audited, Due
from forensics.analysis.backtest import Backtest, Watch
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.messages import Said
from forensics.analysis.signals import Signal
from forensics.analysis.watched import declared as recovery_declared
from forensics.findings import counted_settings
from forensics.findings.alert_configuration import Configuration
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Citation, Evidence, Json, Moment, Parameters, Verdict
from forensics.runbook import Rule
from forensics.store import Store
from forensics.times import iso, own_clock


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
        self.configured = Configuration(evidence, folder)

    def audit(self) -> Json:
        """State for each alert rule what was due, what rang, and what other settings would have done."""
        rules = [rule for rule in runbook.load().rules if not rule.declares]
        found = [self._audited(rule) for rule in rules]
        others = [one.citation for one in self.heard.others]
        return {
            "rules": found,
            "criteria": self._criteria(),
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

    def _criteria(self) -> list[Json]:
        """State what other settings of the criteria that count would have done."""
        onset = self.moments["onset"].span
        watch = None
        if onset is not None and self.impact.runs:
            watch = Watch(onset, max(self.impact.end_on(onset.latest), onset.latest), self.impact.open)
        on = self.moments["onset"].claim
        judged = {verdict.rule: verdict.claim for verdict in self.verdicts}
        return [
            counted_settings.stated(self.store, self.measured, rule, watch, self.ledger, [judged[rule.id], on])
            for rule in runbook.load().rules
            if rule.declares and rule.signal in counted_settings.TRIED
        ]

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
        stated = self.configured.of(rule)
        present = stated if stated is not None else rule.limit or 0.0
        lasting_now = self.configured.duration(rule)
        tests = self._backtests(rule, present, lasting_now)
        tested = next(iter(tests.values()), None)
        suggestion, why_none = self._suggestion(rule, tested, present, lasting_now)
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
            "present_duration_s": lasting_now,
            "backtest": counted_settings.table(tested, present, lasting_now),
            "backtests": [
                {"of": of, **(counted_settings.table(one, present, lasting_now) or {})} for of, one in tests.items()
            ],
            "why_no_backtest": "" if tested else why_none,
            "suggestion": suggestion,
            "why_no_suggestion": why_none,
        }
        entry["statement"] = _said(found, entry)
        alerts = [one.alert for one in found.due if one.alert] + [*found.without_cause, *found.unclear]
        cited = [*(one.citation for one in alerts), *self.ledger[verdict.claim].evidence, *self.configured.cited]
        return entry, cited, verdict

    def _backtests(self, rule: Rule, present: float, lasting_now: int) -> dict[str, Backtest]:
        """Try the rule's grid on each series that is judged: on all together that stand on the onset's clock first, then on each of
        those that were watched, then on those of every other clock, of which nothing tells where the incident lies on it."""
        if self.moments["onset"].span is None or not self.impact.runs:
            return {}
        thresholds = backtests.settings(rule.id, present, rule.limit)
        durations = backtests.durations(lasting_now)
        found: dict[str, Backtest] = {}
        placed = {clock: self._watch(series[0]) for clock, series in self._by_clock(rule).items()}
        for clock, series in sorted(
            self._by_clock(rule).items(), key=lambda one: (placed[one[0]] is None, one[0] or "")
        ):
            watch = placed[clock]
            whole = backtests.backtest(self.store, thresholds, durations, series, watch, clock)
            if whole is None:
                continue
            found[f"all on the clock of {clock}" if watch is None else "all together"] = whole
            least = recovery_declared()["baseline"]["least_readings"]
            watched = [one for one in series if one.of_requests or self.store.one("points_count", id=one.id) >= least]
            if watch is not None and len(series) > 1:
                alone = [backtests.backtest(self.store, thresholds, durations, [one], watch) for one in watched]
                found |= {one.signals[0]: one for one in alone if one}
        return found

    def _by_clock(self, rule: Rule) -> dict[str | None, list[Signal]]:
        """Return the series that a rule is judged by, by the file on whose clock they stand; null are those that are dated."""
        found: dict[str | None, list[Signal]] = {}
        for one in self.measured.judged(rule.signal):
            if self.store.one("points_count", id=one.id):
                found.setdefault(one.path if one.own_clock else None, []).append(one)
        return found

    def _watch(self, signal: Signal) -> Watch | None:
        """Return from when to when a setting can have detected the incident on a series; None where nothing tells that on its clock."""
        onset = self.moments["onset"]
        first: datetime | None = self.store.one("points_first", id=signal.id)
        for moment in (onset, onset.on_own_clock):
            span = moment.span if moment else None
            if span is None or first is None or own_clock(span.earliest) != own_clock(first):
                continue
            if own_clock(first) and span.earliest.year != first.year:
                continue
            end = max(self.impact.end_on(span.latest), span.latest)
            return Watch(span, end, self.impact.open)
        return None

    def _suggestion(
        self, rule: Rule, found: Backtest | None, present: float, lasting_now: int
    ) -> tuple[Json | None, str]:
        """Suggest one change at most, with its price, or say why there is none."""
        if found is None:
            no_onset = self.moments["onset"].span is None or not self.impact.runs
            return None, "no incident to try it on" if no_onset else "no series measures it"
        if found.clock is not None:
            return None, f"nothing tells how the clock of {found.clock} and that of the onset relate"
        if not found.tried:
            least = lasting(backtests.declared()["audit"]["least_tried_s"])
            return None, f"no setting can be tried: less than {least} of the time before the onset is known"
        best = backtests.better(found, present, lasting_now)
        now = found.at(present, lasting_now)
        if now is not None and now.detected is None:
            return None, f"what the present setting would have done is not known: {now.why}"
        if best is None or now is None:
            tried = "" if found.known else f", tried on {lasting(found.history.total_seconds())} before the onset"
            return None, f"no other threshold of the grid, and no other duration, would have done better{tried}"
        earlier = (
            [round(a - b, 3) for a, b in zip(now.delay, best.delay, strict=True)] if now.delay and best.delay else None
        )
        alarms = best.false_alarms or 0
        return {
            "changes": "threshold" if best.threshold != present else "duration",
            "threshold": best.threshold,
            "instead_of": present,
            "duration_s": best.duration,
            "instead_of_s": lasting_now,
            "earlier_s": earlier,
            "false_alarms": alarms,
            "false_alarms_now": now.false_alarms or 0,
            "history_s": found.history.total_seconds(),
            "false_alarms_known": found.known,
            "false_alarms_per_hour_at_most": round(backtests.at_most(alarms, found.history), 3),
            **self.configured.change(rule, best, present),
        }, ""


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
        text += f"; {_times(len(found.without_cause))} it rang without a cause"
    if found.unclear:
        text += f"; {_times(len(found.unclear))} it rang while nothing measured its signal"
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


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
