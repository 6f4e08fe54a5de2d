"""The ten verdicts: each rule met, not met, or not assessable with what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import breaches, messages, named_signals, outages, same_thing, security
from forensics.analysis.impact import Measured
from forensics.analysis.messages import Said
from forensics.analysis.signals import Signal
from forensics.findings import captured
from forensics.findings.claims import Ledger
from forensics.findings.incident import POSSIBLE
from forensics.findings.verdict_claims import VerdictClaims
from forensics.model import Breach, Definition, Evidence, JudgedSeries, Verdict, VerdictWord
from forensics.runbook import Rule
from forensics.store import Store
from forensics.times import Span, clock, own_clock, utc

LARGEST_HOLE = timedelta(minutes=2)
"""Alert rules name no duration. A hole longer than the shortest duration in the runbook leaves them open."""


class Judge:
    """Judges the rules against what was measured."""

    def __init__(
        self,
        store: Store,
        measured: Measured,
        said: list[Said],
        evidence: Iterable[Evidence],
        window: Span | None,
        ledger: Ledger,
        clock_of_numbers: datetime | None = None,
    ) -> None:
        self.store = store
        self.measured = measured
        self.said = said
        self.evidence = list(evidence)
        self.window = window
        """The stretch a `not met` must have seen whole; None when no dated evidence is there."""
        self.claims = VerdictClaims(store, measured, said, self.evidence, ledger)
        self.clock_of_numbers = clock_of_numbers or (window.earliest if window else None)
        """A time on the clock on which the incident's own numbers stand, where that is another than the window's."""

    def all(self) -> list[Verdict]:
        """Return the ten verdicts in the runbook's order."""
        judges = {
            "availability": self._availability,
            "security": self._security,
            "complaints": self._complaints,
        }
        found = []
        for rule in runbook.load().rules:
            with self.store.noted() as asked:
                verdict = judges.get(rule.signal, self._level)(rule)
            found.append(self.claims.claimed(rule, verdict, asked))
        return found

    # ---- levels: error rate, response time, memory, disk, connections -----------------------------------------

    def _level(self, rule: Rule) -> Verdict:
        signals = self.measured.of(rule.signal)
        if not signals:
            lost = self._lost(rule)
            return Verdict(
                rule.id,
                "not_assessable",
                f"no evidence measures {rule.title.lower()}",
                missing=(lost,),
                why=f"Not collected: {lost}",
            )
        ours = self.measured.judged(rule.signal)
        judged = [(signal, *self._one(rule, signal)) for signal in ours]
        others: dict[tuple[str, str], list[Signal]] = {}
        for signal in signals:
            if signal not in ours:
                others.setdefault((signal.definition, signal.vantage), []).append(signal)
        definitions = [self._definition(rule, same, ours) for same in others.values()]
        definitions += self._captures(rule, judged)
        return replace(self._together(rule, judged, definitions), series=self._by_itself(rule, judged))

    def _by_itself(
        self, rule: Rule, judged: Sequence[tuple[Signal, VerdictWord, tuple[Breach, ...], str]]
    ) -> tuple[JudgedSeries, ...]:
        """Return each series as it was judged, those that meet the rule first, then the highest."""
        found = []
        rows = self.store.rows("series_highest", names_of=[signal.id for signal, *_ in judged])
        highest = {id_: (value, time) for id_, value, time in rows}
        for signal, word, kept, why in judged:
            short = tuple(run for run in self.measured.runs[rule.id, signal.id] if run not in kept)
            found.append(JudgedSeries(signal.statistic, word, *highest.get(signal.id, (None, None)), kept, short, why))
        return tuple(sorted(found, key=lambda one: (one.verdict != "met", -(one.highest or 0.0), one.statistic)))

    def _definition(self, rule: Rule, same: list[Signal], ours: list[Signal]) -> Definition:
        """Judge by another definition, or from another place, of which each file may tell; where it looks from is said where
        that is not whence the rule is judged."""
        judged = [self._one(rule, signal) for signal in same]
        words = [word for word, *_ in judged]
        word: VerdictWord = next((one for one in ("met", "not_met") if one in words), "not_assessable")
        seen = {(signal.path, signal.vantage) for signal in same}
        name = same[0].definition
        if seen != {(signal.path, signal.vantage) for signal in ours}:
            name += f", from {', '.join(sorted(path for path, _ in seen))} ({same[0].vantage})"
        return Definition(name, word, tuple(run for _, kept, _ in judged for run in kept))

    def _captures(
        self, rule: Rule, judged: Sequence[tuple[Signal, VerdictWord, tuple[Breach, ...], str]]
    ) -> list[Definition]:
        """Return what captures on a terminal would say alone, where what they show was measured all along, too."""
        beside = {shown.id for shown, _ in captured.pairs(self.measured, self.evidence, rule.signal)}
        found: dict[str, Definition] = {}
        for signal, word, kept, _ in judged:
            if signal.id in beside:
                found.setdefault(signal.statistic, Definition(signal.statistic, word, kept))
        return list(found.values())

    def _one(self, rule: Rule, signal: Signal) -> tuple[VerdictWord, tuple[Breach, ...], str]:
        """Judge one signal: the verdict, the stretches that meet the rule, and why it could not be assessed."""
        runs = self.measured.runs[rule.id, signal.id]
        kept = breaches.lasting(runs, rule.sustained)
        if kept:
            return "met", kept, ""
        cut = [run for run in runs if run.ended_by != "back" or run.open_start]
        unsure = next((run for run in cut if run.open), None)
        if unsure and rule.sustained:
            return (
                "not_assessable",
                (),
                f"it was still over the limit when the evidence ended, at {clock(unsure.end)}{utc(unsure.end)}",
            )
        left = next((run for run in cut if rule.sustained and self._left_over(signal, run, rule.sustained)), None)
        if left:
            return (
                "not_assessable",
                (),
                f"nothing tells how long it was over the limit after {clock(left.end)}{utc(left.end)}",
            )
        if signal.told:
            return "not_assessable", (), "it is told only when a query fails, so its silence means nothing"
        window = self._window_of(signal)
        if window is None and signal.own_clock:
            return "not_assessable", (), f"nothing tells when the clock of {signal.path} began to count"
        if window is None:
            return "not_assessable", (), "no dated evidence"
        longest = rule.sustained or LARGEST_HOLE
        near = {"start": window.earliest - longest, "end": window.latest + longest}
        if not self.store.one("points_within", id=signal.id, **near):
            return "not_assessable", (), f"{signal.path} says nothing about {rule.title.lower()} near the incident"
        holes = breaches.holes(self.store, signal, window, longest.total_seconds()) or (
            self._unprobed("", window, longest) if signal.vantage == "probe" and signal.kind == "bucket" else ()
        )
        if holes:
            first = holes[0]
            return (
                "not_assessable",
                (),
                f"{signal.path} says nothing about {rule.title.lower()} from {clock(first.earliest)} to "
                f"{clock(first.latest)}{utc(first.latest)}",
            )
        return "not_met", (), ""

    def _left_over(self, signal: Signal, run: Breach, sustained: timedelta) -> bool:
        """Say whether samples were last seen over the limit, and none follows soon enough to tell that it was too short. What
        was measured of a whole stretch (one point, and it lasted) is over with it."""
        if signal.kind != "sample" or run.ended_by != "gap" or (run.points == 1 and run.seconds):
            return False
        if run.end_between and not signal.within_s:
            return True
        last = run.latest_end
        soon = {"start": last + timedelta(microseconds=1), "end": last + sustained}
        return not self.store.one("points_within", id=signal.id, **soon)

    def _unprobed(self, target: str, window: Span, longest: timedelta) -> tuple[Span, ...]:
        """Return the stretches of the window that are longer, and in which nothing was probed."""
        asked = {"start": window.earliest, "end": window.latest, "longer": longest.total_seconds()}
        rows = self.store.rows("probe_silences", target=target, width=self.measured.bucket, **asked)
        return tuple(Span(start, end) for start, end in rows)

    def _window_of(self, signal: Signal) -> Span | None:
        """Return the stretch that a signal must have told whole. One on a clock of its own tells nothing of an incident on
        another; where the incident itself is on such a clock, the others must tell of all that the evidence covers."""
        placed = self.window if self.window is None or not own_clock(self.window.earliest) else None
        if not signal.own_clock:
            return placed or (Span(*self.measured.evidence) if self.measured.evidence else None)
        first, last = self.store.one("points_first", id=signal.id), self.store.one("points_last", id=signal.id)
        other = self.clock_of_numbers is not None and self.clock_of_numbers.year != first.year
        return None if other else Span(first, last)

    def _together(
        self,
        rule: Rule,
        judged: list[tuple[Signal, VerdictWord, tuple[Breach, ...], str]],
        definitions: list[Definition],
    ) -> Verdict:
        """Make one verdict of several series: one breach in any of them suffices; without one, a file all of whose
        series were seen whole settles it."""
        met = [one for one in judged if one[1] == "met"]
        clean = [one for one in judged if one[1] == "not_met"]
        statistic = "; ".join(dict.fromkeys(one[0].statistic for one in (met or clean or judged)))
        if met:
            intervals = tuple(sorted((b for one in met for b in one[2]), key=lambda b: (b.start, b.end, b.signal)))
            return Verdict(rule.id, "met", statistic, intervals, definitions=tuple(definitions))
        short = tuple(run for one in judged for run in self.measured.runs[rule.id, one[0].id])
        whole = {one[0].path for one in clean} - {
            one[0].path for one in judged if one[1] != "not_met" and not one[0].told
        }
        others = [one for one in judged if one[1] != "not_met" and self._watched(one[0])]
        settles = [one[0] for one in clean if one[0].path in whole]
        if any(not any(same_thing.may_be_one(signal.named, one[0].named) for signal in settles) for one in others):
            whole = set()  # what is another machine's, or another file system's, is not known by these
        if whole:
            statistic = "; ".join(dict.fromkeys(one[0].statistic for one in clean if one[0].path in whole))
            return Verdict(rule.id, "not_met", statistic, (), short, tuple(definitions))
        unknown = [one for one in judged if one[1] != "not_met"] or judged
        fullest = max(unknown, key=lambda one: self.store.one("points_count", id=one[0].id))
        reasons = (fullest[3],)
        statistic = fullest[0].statistic
        lost = self._lost(rule)
        missing = (*reasons, lost) if lost else reasons
        return Verdict(rule.id, "not_assessable", statistic, (), short, tuple(definitions), missing, "; ".join(reasons))

    def _watched(self, signal: Signal) -> bool:
        """Say whether a named series was watched in the incident: what somebody looked at once is watched by nobody."""
        window = self._window_of(signal)
        if window is None or signal.told or signal.whole or not signal.name:
            return False
        return bool(self.store.one("points_within", id=signal.id, start=window.earliest, end=window.latest) > 1)

    def _lost(self, rule: Rule) -> str:
        """Name the source that would have answered, or what can have held it and broke; what a broken file held is not known."""
        if rule.signal in ("error_rate", "response_time"):
            return "a request log or request metrics of the time of the incident"
        broken = [
            entry
            for entry in self.evidence
            if entry.kind in ("metrics", "unknown")
            and any(p.code in ("saved-error-page", "serialised-map", "cut") for p in entry.problems)
        ]
        named = "; ".join(f"{e.path} ({e.problems[0].message})" for e in broken)
        if named:
            which = "one of these broken files" if len(broken) > 1 else "a broken file"
            return f"{rule.title.lower()} samples, unless they were in {which}: {named}"
        samples = [s for s in self.measured.of(rule.signal) if not s.told]
        fullest = max(samples, key=lambda s: self.store.one("points_count", id=s.id), default=None)
        began = self.store.one("points_first", id=fullest.id) if fullest else None
        window = self.window
        restarted = window and began and any(window.earliest <= d.start <= began for d in self.measured.down)
        if restarted and began and window and began > window.earliest:
            return f"{rule.title.lower()} samples of before the last restart: metrics kept in memory are lost with the process"
        return f"{rule.title.lower()} samples of the time of the incident"

    # ---- availability -----------------------------------------------------------------------------------------

    def _availability(self, rule: Rule) -> Verdict:
        sustained = rule.sustained or timedelta(0)
        requests, probes = self.measured.requests, self.measured.probes
        views = [requests, *probes] if requests.seen else probes
        if not views:
            summed = next(iter([*self.measured.of("error_rate"), *self.measured.of("response_time")]), None)
            return Verdict(
                rule.id,
                "not_assessable",
                "no requests or probes in the evidence",
                missing=("a request log, or results of uptime checks",),
                why=f"Requests are told in sum only ({summed.statistic}), and not when each was asked and answered."
                if summed
                else "Nothing in the evidence was asked or answered.",
            )
        ours, others = views[0], views[1:]
        verdict, kept, why = self._view(ours, sustained)
        if ours is requests:
            verdict, kept, why = self._silences(verdict, kept, why, sustained)
            others = [*([self.measured.without_checks] if self.measured.without_checks else []), *others]
        definitions = tuple(Definition(view.name, *self._view(view, sustained)[:2]) for view in others)
        down = outages.as_breaches(self.measured.down)
        if down:
            long_down = breaches.lasting(down, sustained)
            definitions += (
                Definition("process down by its manager's log", "met" if long_down else "not_met", long_down),
            )
        definitions += self._possible()
        statistic = (
            f"{outages.LEAST_IN_A_ROW} or more in a row failed, and none was answered, of {ours.seen:,} {ours.name}"
        )
        missing = (why,) if verdict == "not_assessable" else ()
        return Verdict(rule.id, verdict, statistic, kept, ours.runs, definitions, missing, why)

    def _view(self, view: outages.View, sustained: timedelta) -> tuple[VerdictWord, tuple[Breach, ...], str]:
        kept = breaches.lasting(view.runs, sustained)
        if kept:
            return "met", kept, ""
        if any(run.open for run in view.runs):
            return "not_assessable", (), "everything failed until the evidence ended"
        if view.covers is None or self.window is None:
            return "not_assessable", (), "nothing was seen"
        if view in (self.measured.requests, self.measured.without_checks):
            return "not_met", (), ""
        if view.covers[0] > self.window.earliest + sustained or view.covers[1] < self.window.latest - sustained:
            return "not_assessable", (), "the probes do not cover the incident"
        if unprobed := self._unprobed(view.target, self.window, sustained):
            first = unprobed[0]
            return (
                "not_assessable",
                (),
                f"nothing was probed from {clock(first.earliest)} to {clock(first.latest)}{utc(first.latest)}",
            )
        return "not_met", (), ""

    def _possible(self) -> tuple[Definition, ...]:
        """Return what else may have been an outage though nothing shows that it was: no failed request, and no verdict."""
        found = []
        for what, name in POSSIBLE.items():
            runs = [one for one in self.measured.troubles if one.what == what and one.possible_outage]
            paths = ", ".join(sorted({cited.path for one in runs for cited in one.citations}))
            told = f"possible unavailability: {name}, from {paths} (evidence without a failure)"
            intervals = tuple(Breach(one.start, one.end, 0.0, "back", False, told, 1) for one in runs)
            found += [Definition(told, "not_assessable", intervals)] if runs else []
        return tuple(found)

    def _silences(
        self, verdict: VerdictWord, kept: tuple[Breach, ...], why: str, sustained: timedelta
    ) -> tuple[VerdictWord, tuple[Breach, ...], str]:
        """Add what became of the stretches in which the server logged no request: each is settled by others, or open."""
        window = self.window
        silent = [
            one
            for one in self.measured.silences
            if window and one.span.earliest < window.latest and one.span.latest > window.earliest
        ]
        outside = tuple(run for one in silent for run in one.outages)
        if outside:
            kept = tuple(sorted((*kept, *outside), key=lambda run: (run.start, run.end, run.signal)))
        settled = "; ".join(one.by for one in silent if one.settled == "unavailable")
        if kept:
            return "met", kept, settled
        silent = [one for one in silent if window and _shared(one.span, window) > sustained]
        still_open = next((one.by for one in silent if one.settled == "open"), "")
        if still_open and verdict == "not_met":
            return "not_assessable", (), still_open
        return verdict, kept, why or "; ".join(one.by for one in silent if one.settled == "answered")

    # ---- security, complaints ---------------------------------------------------------------------------------

    def _security(self, rule: Rule) -> Verdict:
        words = re.compile(r"(?i)security|brute.?force|attack|intrusion|breach|suspicious|unauthori[sz]ed")
        alerts = [e for e in messages.alerts(self.said) if words.search(e.text)]
        told = security.counts(self.store, self.measured.span)
        intervals = list(security.intervals(self.measured.bursts))
        intervals += [
            Breach(e.time, e.time, 1.0, "back", False, f"an alert record, from {e.citation.path} (monitoring)", 1)
            for e in alerts
        ]
        minutes = (rule.within or timedelta(0)).total_seconds() / 60
        statistic = f"{rule.limit:.0f} failed logins from one address within {minutes:.0f} minutes, or an alert record"
        if told["attempts"]:
            statistic += f", from {told['paths']} (server; {told['failed']:,} of {told['attempts']:,} attempts failed)"
        if intervals:
            return Verdict(rule.id, "met", statistic, tuple(sorted(intervals, key=lambda b: (b.start, b.signal))))
        if told["attempts"]:
            return self._quiet_logins(rule, statistic)
        lists = [
            entry.path
            for entry in self.evidence
            if entry.format in named_signals.declared()["alerts"]["all_that_were_raised"] and entry.status == "ok"
        ]
        if lists:
            statistic += (
                f": no log tells of logins, and no alert of that kind stands in {', '.join(lists)} (monitoring)"
            )
            return Verdict(rule.id, "not_met", statistic)
        missing = ("a log of logins, or the security monitor's alerts",)
        why = "No source tells of logins or alerts."
        if messages.alerts(self.said):
            why = "No log tells of logins; no collected alert is of security, and nothing says that they are all."
        return Verdict(rule.id, "not_assessable", statistic, missing=missing, why=why)

    def _quiet_logins(self, rule: Rule, statistic: str) -> Verdict:
        """Judge logs in which nobody guessed: they must have spoken all through the incident."""
        longer = (rule.within or LARGEST_HOLE).total_seconds()
        window = self.window
        silent = (
            self.store.rows("login_log_silences", start=window.earliest, end=window.latest, longer=longer)
            if window
            else []
        )
        if not silent:
            return Verdict(rule.id, "not_met", statistic)
        why = f"the logs that tell of logins are silent from {clock(silent[0][0])} to {clock(silent[0][1])}{utc(silent[0][1])}"
        return Verdict(rule.id, "not_assessable", statistic, missing=(why,), why=why)

    def _complaints(self, rule: Rule) -> Verdict:
        channel = [e for e in self.evidence if e.kind == "messages" and e.records]
        counted = messages.complaints(self.said)
        statistic = "counted reports of customers in messages, the later higher than the earlier"
        rises = [
            (earlier, later)
            for index, earlier in enumerate(counted)
            for later in counted[index + 1 :]
            if later[1] > earlier[1]
        ]
        if rises:
            (first, _), (last, most) = rises[0][0], rises[-1][1]
            run = Breach(
                first.time,
                last.time,
                float(most),
                "back",
                False,
                f"counted reports, from {last.citation.path} (people)",
                2,
            )
            return Verdict(rule.id, "met", statistic, (run,))
        if not channel:
            missing = ("messages or tickets of customers",)
            return Verdict(rule.id, "not_assessable", statistic, missing=missing, why="No channel was collected.")
        if len(counted) < 2:
            said = f"{len(counted)} message counts reports" if counted else "no message counts reports"
            missing = ("at least two counts of customers' reports, with times",)
            return Verdict(rule.id, "not_assessable", statistic, missing=missing, why=f"{said}: a rise cannot be seen")
        return Verdict(rule.id, "not_met", statistic)


def _shared(one: Span, other: Span) -> timedelta:
    return min(one.latest, other.latest) - max(one.earliest, other.earliest)
