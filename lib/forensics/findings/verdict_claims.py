"""What verdicts rest on: each is a claim, with the questions that were asked for it and the places that bear it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from forensics.analysis import messages, outages, security
from forensics.analysis.impact import Measured
from forensics.analysis.messages import Said
from forensics.findings.claims import Ledger
from forensics.findings.standing import Standing
from forensics.lengths import quantity
from forensics.model import Breach, Citation, Evidence, Query, Verdict
from forensics.runbook import Rule
from forensics.store import Store
from forensics.times import clock, utc


@dataclass(frozen=True, slots=True)
class VerdictClaims:
    """Writes verdicts into the ledger."""

    store: Store
    measured: Measured
    said: Sequence[Said]
    evidence: Sequence[Evidence]
    ledger: Ledger

    def claimed(self, rule: Rule, verdict: Verdict, asked: Sequence[Query]) -> Verdict:
        """Give a verdict its claim: each series that it rests on has its question, then whatever else was asked to judge it."""
        said = {"met": "met", "not_met": "not met", "not_assessable": "not assessable"}[verdict.verdict]
        statement = f"“{rule.words}”: {said}. Measured: {verdict.statistic}."
        if verdict.intervals:
            statement += " " + _spans(verdict.intervals, rule.unit)
        elif verdict.why:
            statement += f" {verdict.why}."
        signal = next((s for s in self.measured.of(rule.signal)), None)
        ids: list[str] = []
        if signal is not None and rule.limit is not None and rule.signal != "security":
            ids = sorted({s.id for s in self.measured.of(rule.signal) if s.statistic in verdict.statistic})
            ours = next((s for s in self.measured.of(rule.signal) if s.id in ids), signal)
            query = "breaches"
            parameters = {
                "id": ours.id,
                "limit": rule.limit,
                "gap": ours.gap_s,
                "evidence_end": self.measured.ends[ours.id],
            }
            parameters |= {"signals": ids, "sustained_s": _seconds(rule)}
        else:
            query = {"availability": "failed_runs", "security": "login_bursts"}.get(rule.signal, "")
            parameters = {"rule": rule.id, "limit": rule.limit, "sustained_s": _seconds(rule)}
            parameters |= {"start": self.measured.span.start, "end": self.measured.span.end}
            parameters |= {"availability": {"least": outages.LEAST_IN_A_ROW}, "security": security.asked(rule)}.get(
                rule.signal, {}
            )
        value = {
            "verdict": verdict.verdict,
            "intervals": [run.json() for run in verdict.intervals],
            "too_short": [run.json() for run in verdict.too_short],
            "definitions": [definition.json() for definition in verdict.definitions],
            "series": [series.json() for series in verdict.series],
        }
        claim = self.ledger.claim(
            f"verdict {rule.id}",
            statement,
            value,
            query=query,
            parameters=parameters,
            asked=[*self._asked(rule, ids), *asked],
            places=rule.signal in ("security", "complaints") and bool(verdict.intervals),
            evidence=self._rests_on(rule, verdict),
        )
        return replace(verdict, claim=claim)

    def _asked(self, rule: Rule, ids: Sequence[str]) -> Iterator[Query]:
        """Yield what was asked to measure what a rule is about: one question for each series of it that counts."""
        if rule.signal == "availability":
            yield from self.measured.availability_asked
        elif rule.signal == "security":
            span = {"start": self.measured.span.start, "end": self.measured.span.end}
            yield Query("login_bursts", {**security.asked(rule), **span})
        elif rule.signal == "complaints":
            yield Query("files_of_kinds", {"kinds": ["messages"]})
        else:
            every = [one for one in self.measured.of(rule.signal) if one.id in self.measured.ends]
            for one in sorted(every, key=lambda one: one.id not in ids):  # of the others, definitions are told
                end = self.measured.ends[one.id]
                yield Query("breaches", {"id": one.id, "limit": rule.limit, "gap": one.gap_s, "evidence_end": end})
            if not every:
                yield Query("chart_signals", {"signal": rule.signal})

    def _rests_on(self, rule: Rule, verdict: Verdict) -> list[Citation]:
        """Return where the stretches begin, are highest and end in the evidence, or the files that were looked at."""
        cited: list[Citation] = []
        for run in verdict.intervals[:10]:
            cited += self._around(rule, run.start, run.end)
        cited += self._highest(rule, verdict)
        cited += [
            at for one in self.measured.of(rule.signal) if one.statistic in verdict.statistic for at in one.joined
        ]
        if not cited:
            cited = [Citation(entry.path) for entry in self.evidence if entry.path in verdict.statistic]
        return cited

    def _highest(self, rule: Rule, verdict: Verdict) -> Iterator[Citation]:
        """Yield where the highest value of each series stands that meets the rule: of a p95, a request that took so long."""
        met = {run.signal for run in verdict.intervals}
        standing = Standing(self.store)
        for one in self.measured.of(rule.signal):
            if one.statistic in met and one.id in self.measured.ends:
                yield from standing.places(one.path, [Query("points_highest", {"id": one.id})])

    def _around(self, rule: Rule, start: datetime, end: datetime) -> list[Citation]:
        if rule.signal in ("error_rate", "response_time", "availability"):
            slow = rule.limit if rule.signal == "response_time" and rule.limit else 1e12
            rows = self.store.rows("first_bad", start=start, end=end + timedelta(seconds=1), slow=slow)
            rows += self.store.rows("last_bad", start=start, end=end, slow=slow)
            return [Citation(path, line=line) for path, line, *_ in rows]
        if rule.signal == "security":
            lines = [b.citation for b in self.measured.bursts if b.fired == start]
            return lines or [e.citation for e in messages.alerts(self.said) if e.time == start]
        if rule.signal == "complaints":
            return [e.citation for e, _ in messages.complaints(self.said)]
        rows = self.store.rows(
            "samples_at", names_of=[s.id for s in self.measured.of(rule.signal)], start=start, end=end
        )
        return [
            Citation(path, line=line) if line is not None else Citation(path, position=position)
            for path, line, position in rows
        ]


def _seconds(rule: Rule) -> float | None:
    return rule.sustained.total_seconds() if rule.sustained else None


def _spans(intervals: tuple[Breach, ...], unit: str) -> str:
    texts = [f"{clock(b.start)}–{clock(b.end)}{utc(b.end)}, peak {quantity(b.peak, unit)}" for b in intervals[:4]]
    more = f"; and {len(intervals) - 4} more" if len(intervals) > 4 else ""
    return "; ".join(texts) + more + "."
