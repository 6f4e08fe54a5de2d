"""Severity: the highest level whose written definition holds, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from forensics import runbook
from forensics.analysis import losses, outages, unruled
from forensics.analysis.impact import Impact, Measured
from forensics.findings import severity_examples
from forensics.findings.claims import Ledger
from forensics.findings.severity_examples import stretch
from forensics.lengths import quantity
from forensics.model import Breach, Json, Query, Severity, Verdict
from forensics.runbook import Condition
from forensics.store import Store
from forensics.times import Span, clock, iso, own_clock, utc

DATABASE_ERRORS = (
    r"(?i)database is locked|SQLITE_BUSY|pool exhausted|too many connections|connection (?:pool|refused|timed? ?out)|"
    r"could not connect|unable to open database|waiting for a connection|deadlock|connection .*(?:terminated|closed)"
)
"""Texts with which database drivers say that there is no usable connection."""


_RESTS_ON = {
    "unavailable": "declare.unavailable",
    "database_unavailable": "declare.error_rate",
    "security_breach": "declare.security_alert",
    "error_rate_over": "declare.error_rate",
    "slow_for_long": "declare.response_time",
}
"""By which verdict it is known that a condition does not hold."""
_ABOUT = {"authentication_failed": "authentication", "payments_failed": "payments", "feature_failed": ""}
"""Which requests must be in the evidence for it."""


@dataclass(frozen=True, slots=True)
class State:
    """Something that made a level hold from some moment on, and not in a stretch over a limit."""

    what: str
    since: Span | None
    """None where nothing tells since when."""
    ends_with: tuple[str, ...]
    """Which moments end it, the first of them that is known."""


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition that holds, and why."""

    reason: str
    stretches: tuple[Breach, ...] = ()
    """The stretches that show it, where a verdict's own do not."""
    asked: tuple[Query, ...] = ()
    """What else was asked for it when everything was measured."""
    state: State | None = None
    in_words: str = ""
    """The reason without its share of requests; empty where it has none."""
    share: Json | None = None


UNAUTHENTICATED = (401, 407)
"""Statuses that tell that a request was not authenticated (RFC 9110, 15.5.2 and 15.5.8)."""


class Levels:
    """Asks each condition of the runbook's levels."""

    def __init__(self, store: Store, measured: Measured, impact: Impact, verdicts: list[Verdict]) -> None:
        self.store = store
        self.impact = impact
        self.measured = measured
        self.verdicts = {verdict.rule: verdict for verdict in verdicts}
        self.stretches: tuple[Breach, ...] = ()
        """Those that show the level that was judged, where no verdict's own do."""
        self.state: State | None = None
        """What made the level hold that was judged, where that is no stretch over a limit."""
        self.asked: tuple[Query, ...] = ()
        """What was asked for the level that was judged, beside the verdicts."""

    def judge(self, stated: str | None) -> Severity:
        """Return the highest level that holds; `none` when nothing was over, `undetermined` when too little is known."""
        book = runbook.load()
        for level in book.levels:
            for condition in level.conditions:
                with self.store.noted() as asked:
                    holds = self._ask(condition)
                if holds:
                    self.stretches, self.asked = holds.stretches, (*asked, *holds.asked)
                    self.state = holds.state
                    told = holds.in_words or holds.reason
                    return Severity(level.level, condition.words, holds.reason, stated, told, holds.share)
        silent = [v for v in self.verdicts.values() if v.verdict == "not_assessable" and v.rule.startswith("declare.")]
        seen = {v.rule for v in self.verdicts.values() if v.verdict == "not_met"}
        if not {"declare.error_rate", "declare.response_time"} <= seen:
            words = {rule.id: rule.words for rule in runbook.load().rules}
            names = "; ".join(f"“{words[v.rule]}”" for v in silent)
            return Severity("undetermined", "", f"too little evidence to tell: {names} could not be assessed", stated)
        reason = "no decision criterion was met and no alert threshold was crossed"
        if open_ := [v for v in self.verdicts.values() if v.verdict == "not_assessable"]:
            reason += f", as far as was measured; {len(open_)} of {len(self.verdicts)} rules could not be assessed"
        return Severity("none", "", reason, stated)

    def _ask(self, condition: Condition) -> Holds | None:
        questions: dict[str, Callable[[Condition], Holds | None]] = {
            "unavailable": self._unavailable,
            "database_unavailable": self._database_unavailable,
            "security_breach": self._security_breach,
            "data_lost": self._data_lost,
            "error_rate_over": self._error_rate_over,
            "slow_for_long": self._slow_for_long,
            "crash_loop": self._crash_loop,
            "declarable": self._declarable,
            "authentication_failed": self._authentication_failed,
            "payments_failed": self._payments_failed,
            "feature_failed": self._feature_failed,
            "alert_crossed": self._alert_crossed,
        }
        return questions[condition.name](condition)

    def examples(self, ledger: Ledger) -> Json:
        """State which examples of the runbook's levels hold, as one claim."""
        with self.store.noted() as asked:
            found = self._examples()
        claim = ledger.claim(
            "examples of severity",
            f"which of the {len(found)} examples of the runbook's severity levels hold",
            found,
            parameters={"levels": [level.level for level in runbook.load().levels]},
            asked=asked,
            claims=[verdict.claim for verdict in self.verdicts.values()],
        )
        return {"examples": found, "examples_claim": claim}

    def _examples(self) -> list[Json]:
        """State of each example of the runbook's levels whether it holds, null where that cannot be told, and why."""
        found: list[Json] = []
        for level in runbook.load().levels:
            for condition in level.conditions:
                holds = self._ask(condition)
                why = holds.reason if holds else self._open(condition)
                told = True if holds else None if why else False
                found.append(
                    {
                        "level": level.level,
                        "words": condition.words,
                        "condition": condition.name,
                        "holds": told,
                        "why": why,
                    }
                )
            found += [
                {
                    "level": level.level,
                    "words": words,
                    "condition": None,
                    "holds": None,
                    "why": f"what would tell: {tells}",
                }
                for words, tells in level.untold
            ]
        return found

    def _open(self, condition: Condition) -> str:
        """Say why a condition that does not hold could not be assessed; empty where it could."""
        verdict = self.verdicts.get(_RESTS_ON.get(condition.name, ""))
        if verdict is not None and verdict.verdict == "not_assessable":
            return f"not assessable: {verdict.why or '; '.join(verdict.missing)}"
        wanted = _ABOUT.get(condition.name)
        span = {"start": self.measured.span.start, "end": self.measured.span.end}
        if wanted is not None:
            seen = self.store.one("routes_asked", pattern=severity_examples.pattern(wanted) if wanted else "", **span)
            if not seen and not (
                wanted == "authentication" and self.store.records("login_counts", **span)[0]["attempts"]
            ):
                return f"not assessable: no request {f'about {wanted} ' if wanted else ''}is in the evidence"
        if condition.name == "data_lost" and not self.store.rows(
            "files_of_kinds", kinds=["sqlite-dump", "sqlite-database"]
        ):
            return "not assessable: no state of a database is in the evidence"
        return ""

    def _authentication_failed(self, condition: Condition) -> Holds | None:
        shown = severity_examples.logins(self.store, self.measured, condition) or severity_examples.routes(
            self.store, self.measured, condition, "authentication"
        )
        return Holds(*shown) if shown else self._refused()

    def _refused(self) -> Holds | None:
        """Where far more requests than usual were refused in the incident because nothing told who made them, authentication failed."""
        for one in self.measured.troubles:
            within = any(one.start <= run.breach.latest_end and run.breach.start <= one.end for run in self.impact.runs)
            if within and one.what == "refusal" and one.value["status"] in UNAUTHENTICATED:
                return Holds(one.statement, (unruled.stretch(one),), asked=one.asked)
        return None

    def _payments_failed(self, condition: Condition) -> Holds | None:
        shown = severity_examples.routes(self.store, self.measured, condition, "payments")
        return Holds(*shown) if shown else None

    def _feature_failed(self, condition: Condition) -> Holds | None:
        shown = severity_examples.feature(self.store, self.measured, condition)
        return Holds(*shown) if shown else None

    def _met(self, rule: str) -> Verdict | None:
        verdict = self.verdicts[rule]
        return verdict if verdict.verdict == "met" else None

    def _unavailable(self, condition: Condition) -> Holds | None:
        verdict = self._met("declare.unavailable")
        return Holds(f"the service was unavailable: {stretch(verdict.intervals[0])}") if verdict else None

    def _database_unavailable(self, condition: Condition) -> Holds | None:
        verdict = self._met("declare.error_rate")
        for run in verdict.intervals if verdict else ():
            requests, failed = self.store.rows(
                "failed_errors_like", start=run.start, end=run.end, pattern=DATABASE_ERRORS
            )[0]
            if requests and 100.0 * failed / requests > condition.over:
                percent = 100 * failed / requests
                return Holds(
                    f"{failed:,} of {requests:,} external requests ({quantity(percent, '%')}) failed for want of a "
                    f"database connection in the whole buckets of the breach, {stretch(run)}",
                    (run,),
                    in_words=f"more than {condition.over:g} % of the requests of the breach failed for want of a database connection",
                    share=_share(run, percent, failed, requests),
                )
        return None

    def _security_breach(self, condition: Condition) -> Holds | None:
        if not self.measured.successes:
            return None
        first = min(self.measured.successes, key=lambda one: one.time)
        burst = next(b for b in self.measured.bursts if b.address == first.address)
        return Holds(
            f"a login succeeded at {clock(first.time)}{utc(first.time)} from an address "
            f"{burst.told(first.time)}: a guessed password was accepted, unless a person knows better",
            asked=(Query("login_success_after", {"address": burst.address, "after": burst.start}),),
            state=State("a guessed password was accepted", Span(first.time, first.time), ("mitigated",)),
        )

    def _error_rate_over(self, condition: Condition) -> Holds | None:
        verdict = self._met("declare.error_rate")
        over = [b for b in (verdict.intervals if verdict else ()) if (b.rate or 0.0) > condition.over]
        if not over:
            return self._error_rate_seen(condition)
        whose = "external requests" if "external" in over[0].signal else "requests"
        return Holds(
            f"{quantity(over[0].rate or 0.0, '%')} of {whose} failed over the whole breach, {stretch(over[0])}",
            in_words=f"more than {condition.over:g} % of requests failed over the whole breach",
            share=_share(over[0], over[0].rate or 0.0),
        )

    def _error_rate_seen(self, condition: Condition) -> Holds | None:
        """Where nothing tells how long requests failed, what was measured of them speaks for itself."""
        if self.verdicts["declare.error_rate"].verdict != "not_assessable":
            return None
        crossed = self._met("alert.error_rate")
        over = [
            b for b in (crossed.intervals if crossed else ()) if (b.rate or 0.0) > condition.over and self._of_it(b)
        ]
        if not over:
            return None
        return Holds(
            f"{quantity(over[0].rate or 0.0, '%')} of requests failed where that was measured, at "
            f"{clock(over[0].start)}{utc(over[0].start)}; for how long is not known"
        )

    def _of_it(self, run: Breach) -> bool:
        """Say whether a stretch is of the incident: not on a clock that it is not on."""
        return not own_clock(run.start) or (bool(self.impact.runs) and run.start.year == self.impact.start.year)

    def _data_lost(self, condition: Condition) -> Holds | None:
        first = next((one for one in self.measured.lost if one.sure), None)
        if first is None:
            return None
        asked = Query("tables_gone") if first.table else Query("checks_failed", losses.asked())
        since = Span(first.earliest, first.latest) if first.earliest and first.latest else None
        return Holds(
            f"{first.told}: data is {first.became}, unless a person knows better",
            asked=(asked,),
            state=State(f"data was {first.became}", since, ("recovered", "mitigated")),
        )

    def _slow_for_long(self, condition: Condition) -> Holds | None:
        verdict = self._met("declare.response_time")
        if not verdict:
            return None
        run = verdict.intervals[0]
        return Holds(
            f"response time was over 5 s for more than 5 minutes, {stretch(run)}, peak {quantity(run.peak, 's')}"
        )

    def _crash_loop(self, condition: Condition) -> Holds | None:
        died = [d for d in self.measured.down if d.died]
        if len(died) <= condition.over:
            return None
        return Holds(
            f"the process died by itself {len(died)} times between {clock(died[0].start)} and {clock(died[-1].start)} "
            "UTC, each time for all users; no single outage lasted long enough for a decision criterion",
            (_loop(died),),
            asked=(Query("down", {"start": self.measured.span.start, "end": self.measured.span.end}),),
        )

    def _declarable(self, condition: Condition) -> Holds | None:
        met = [v for v in self.verdicts.values() if v.verdict == "met" and v.rule.startswith("declare.")]
        if not met:
            return None
        words = {rule.id: rule.words for rule in runbook.load().rules}
        why = "; ".join(f"“{words[v.rule]}” is met" for v in met)
        rates = [b.rate for v in met if v.rule == "declare.error_rate" for b in v.intervals if b.rate is not None]
        rate = f" ({quantity(max(rates), '%')} over the whole breach, and P1 begins over 10 %)" if rates else ""
        less = " (P1 begins over 10 % of the requests of a breach)" if rates else ""
        worst = max(
            (run for v in met if v.rule == "declare.error_rate" for run in v.intervals if run.rate is not None),
            key=lambda run: run.rate or 0.0,
            default=None,
        )
        said = (
            f"{why}, so an incident is to be declared{{}}; the runbook names no higher level that fits: a gap in the "
            "runbook, closed here with P2"
        )
        share = _share(worst, worst.rate or 0.0) if worst else None
        return Holds(said.format(rate), in_words=said.format(less), share=share)

    def _alert_crossed(self, condition: Condition) -> Holds | None:
        met = [v.rule for v in self.verdicts.values() if v.verdict == "met" and v.rule.startswith("alert.")]
        words = {rule.id: rule.words for rule in runbook.load().rules}
        if not met:
            return None
        told = "only alert thresholds were crossed: " + "; ".join(f"“{words[rule]}”" for rule in met)
        chances = Counter(one.rule for one in self.impact.by_chance)
        if all(chances[rule] == len(self.verdicts[rule].intervals) for rule in met):
            told += ", and that no more than usual traffic does by chance"
        return Holds(told)


def _share(run: Breach, percent: float, failed: int | None = None, requests: int | None = None) -> Json:
    """State a share of the requests of a stretch over a limit; of how many is null where they were not counted."""
    told: Json = {"percent": round(percent, 3), "failed": failed, "requests": requests}
    return told | {"start": iso(run.start), "end": iso(run.end)}


def _loop(died: Sequence[outages.Down]) -> Breach:
    """Return the stretch in which a process died again and again: from the first time until it was back from the last."""
    last = died[-1]
    ended: Literal["back", "evidence_end"] = "back" if last.end else "evidence_end"
    told = f"the process died {len(died)} times, from {last.citation.path} (process manager)"
    return Breach(died[0].start, last.end or last.start, 100.0, ended, False, told, len(died))
