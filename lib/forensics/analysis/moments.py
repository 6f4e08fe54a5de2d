"""The clock points of an incident, each with bounds that follow from the samples around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import by_dated_logs, margins, messages, outages, recovery, too_late
from forensics.analysis.acts import Act, sure
from forensics.analysis.impact import Impact, Measured, Run
from forensics.analysis.margins import Margin
from forensics.analysis.messages import Said
from forensics.analysis.mitigations import Done, mitigations
from forensics.analysis.signals import ALWAYS
from forensics.lengths import lasting
from forensics.model import Breach, Change, Citation, Moment, Parameters, Query, Span, clock, own_clock, parse_time, utc
from forensics.store import Store

SLOW_S = {"response_time": 2.0}
NEVER_SLOW = 1e12
REQUEST_SIGNALS = ("error_rate", "response_time", "availability")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the incident system."""

    id: str
    title: str
    severity: str | None
    status: str | None
    started: datetime | None
    ended: datetime | None
    automatic: bool
    services: tuple[str, ...]
    citation: Citation
    resolution: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the moments are derived from."""

    impact: Impact
    measured: Measured
    said: list[Said]
    records: list[Record]
    changes: list[Change]
    acts: list[Act]


def unknown(name: str, why: str) -> Moment:
    """Return a moment that the evidence does not tell, with the reason."""
    return Moment(name, "unknown", why=why)


def moments(store: Store, known: Known, parameters: Parameters) -> dict[str, Moment]:
    """Return the six moments by name."""
    with store.noted() as asked:
        onset = _onset(store, known, parameters)
    if known.impact.runs:
        asked += _found_by(known, known.impact.first)
    if onset.source == "stated":
        asked.append(Query("evidence_span"))
    onset = replace(onset, asked=tuple(asked))
    recovered = _recovered(store, known, onset)
    if known.impact.runs and recovered.span is None:
        last = max(known.impact.runs, key=lambda run: (run.breach.latest_end, run.breach.end))
        recovered = replace(recovered, asked=recovered.asked or _found_by(known, last))
    if known.impact.dated.incident:
        onset, recovered = (
            by_dated_logs.onset(known.impact.dated, onset),
            by_dated_logs.recovered(known.impact, recovered),
        )
    begun = onset.span.earliest if onset.span else None
    found = [
        onset,
        _noticed_by_then(known, onset, _detected(known, onset.span), recovered),
        _declared(known, begun),
        _acknowledged(known, begun),
    ]
    mitigated = _mitigated(store, known, onset, noticed({moment.name: moment for moment in found}), recovered)
    if still := _never_usual(store, known, onset, recovered):
        recovered = still
        mitigated = replace(mitigated, why=mitigated.why.replace("the service recovered", "the limits were kept again"))
    found += [mitigated, recovered]
    return {moment.name: moment for moment in found}


def noticed(found: Mapping[str, Moment]) -> datetime | None:
    """Return when people may have begun to respond: nobody mitigates what nobody has noticed."""
    spans = [found[name].span for name in ("detected", "declared", "acknowledged")]
    told = [span.earliest for span in spans if span] or [span.earliest for span in [found["onset"].span] if span]
    return min(told, default=None)


def _nothing(known: Known) -> str:
    if lost := next((one for one in known.measured.lost if one.sure), None):
        return f"data is {lost.became}, and nothing tells since when, or until when"
    if known.measured.anything:
        return "nothing that could be measured in this evidence went over a limit"
    return "nothing in this evidence could be measured against a limit"


def _found_by(known: Known, run: Run) -> tuple[Query, ...]:
    return known.measured.found_by(run.signal, run.breach.signal, run.limit)


def _slow(run: Run) -> float:
    return SLOW_S.get(run.signal, NEVER_SLOW)


def _wrong(known: Known) -> float:
    """Return from how many seconds on a single request went wrong: where any failed, only failing is."""
    signals = {run.signal for run in known.impact.runs} & set(REQUEST_SIGNALS)
    return SLOW_S["response_time"] if signals == {"response_time"} else NEVER_SLOW


def _onset(store: Store, known: Known, parameters: Parameters) -> Moment:
    derived = _derived_onset(store, known)
    if parameters.at:
        at = parse_time(parameters.at)
        return Moment("onset", "stated", Span(at, at), "stated with --at", derived=derived)
    return derived


def _derived_onset(store: Store, known: Known) -> Moment:
    if not known.impact.runs:
        return unknown("onset", _nothing(known))
    run = known.impact.first
    if run.signal == "security":
        burst = next(b for b in known.measured.bursts if b.fired == run.breach.start)
        before = store.rows("last_event_before", path=burst.citation.path, line=burst.citation.line)
        earliest = before[0][0] if before and before[0][0] else burst.start
        why = f"the first of {burst.failures:,} failed logins from one address"
        return Moment("onset", "derived", Span(earliest, burst.start), why, citations=(burst.citation,))
    together = [r for r in known.impact.runs if r.breach.start == run.breach.start]
    slow = min(_slow(r) for r in together)
    bad = store.rows("first_bad", start=run.breach.start, end=run.breach.end, slow=slow)
    if run.signal in REQUEST_SIGNALS and bad:
        since = max([known.measured.span.start, *(one.end for one in known.impact.others if one.end < bad[0][3])])
        earlier = margins.before(store, since, bad[0][3], _wrong(known))
        if earlier:
            slow = _wrong(known)
            bad = store.rows("first_bad", start=earlier.time, end=run.breach.end, slow=slow)
        path, line, started, completed = bad[0]
        good = store.rows("last_good_before", time=completed, slow=slow)
        earliest = min(good[0][2], started) if good else started
        how = (
            "failed or was slow"
            if slow < NEVER_SLOW and any(r.signal == "error_rate" for r in together)
            else ("was slow" if slow < NEVER_SLOW else "failed")
        )
        why = f"between the last normal request and the completion of the first that {how}"
        if earlier:
            why += _went_wrong(earlier, "before a limit was broken")
        if run.breach.open_start:
            why += "; the evidence begins over the limit, so it may have begun earlier"
        return Moment("onset", "derived", Span(earliest, completed), why, citations=(Citation(path, line=line),))
    if run.signal == "availability":
        begun = store.rows("last_good_before", time=run.breach.start, slow=NEVER_SLOW)
        probed = store.rows("probes_answered", start=ALWAYS[0], end=run.breach.start)
        earliest = max([time for _, _, time in begun[:1]] + [time for time, _ in probed[-1:]], default=run.breach.start)
        why = "between the last request or probe that was answered and the first sign, while none was logged, that none was"
        paths = run.breach.signal.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0]
        return Moment("onset", "derived", Span(earliest, run.breach.start), why, citations=(Citation(paths),))
    if run.signal == "process":
        good = store.rows("last_good_before", time=run.breach.start, slow=NEVER_SLOW)
        down = next(d for d in known.measured.down if d.start == run.breach.start)
        earliest = good[0][2] if good else run.breach.start
        why = "the process died; before that stands the last request that was answered"
        return Moment("onset", "derived", Span(earliest, run.breach.start), why, citations=(down.citation,))
    if run.signal == "data":
        return _lost_since(known, run)
    return _sampled_onset(store, known, run)


def _sampled_onset(store: Store, known: Known, run: Run) -> Moment:
    """Return when it began by the samples of a measured signal."""
    signal = next(s for s in known.measured.signals if s.statistic == run.breach.signal)
    if signal.within_s:
        return _within(known, run, signal.path, signal.within_s)
    between = run.breach.start_between
    line = between.line if between else None
    before = store.rows("last_point_before", id=signal.id, time=run.breach.start, line=line)
    latest = store.one("point_latest", id=signal.id, time=run.breach.start) or run.breach.start
    shown = _shown_by_then(known, run.breach.start, latest)
    why = "between the last sample within its limit and the first over it"
    why += ", of which only the order is known" if between else ""
    earliest = before[0][0] if before else run.breach.start
    if latest > run.breach.start and not before:
        whole = run.breach.end > run.breach.start
        why = "some time within the stretch of which only the whole was measured"
        why = why if whole else "the first sample over its limit lies between these two times"
        first = (
            by_dated_logs.first_within(store, known.measured.span, Span(run.breach.start, latest)) if whole else None
        )
        if first and first.before and (shown is None or first.first <= shown[0]):
            within = Span(max(earliest, first.before), first.first)
            why += f"; within it, between the last event of {first.path} without an error and its first error"
            return Moment("onset", "derived", within, why, citations=(first.began, Citation(signal.path, line=line)))
        if shown:
            latest, how = shown
            why += f", and {how}"
    elif not before and not signal.own_clock:
        told = store.one("told_first")
        earliest = min(told, run.breach.start) if told else run.breach.start
        why = "the first sample is over its limit already: it began no later, and may have begun before all of this evidence"
    return Moment("onset", "derived", Span(earliest, latest), why, citations=(Citation(signal.path, line=line),))


def _within(known: Known, run: Run, path: str, seconds: float) -> Moment:
    """Return when it began where each number is of so many seconds before it: somewhere within these."""
    latest, how = _shown_by_then(known, run.breach.start, run.breach.latest_start) or (run.breach.latest_start, "")
    why = f"within the {lasting(seconds)} that the first number over its limit is of" + (f", and {how}" if how else "")
    return Moment("onset", "derived", Span(run.breach.start, latest), why, citations=(Citation(path),))


def _lost_since(known: Known, run: Run) -> Moment:
    """Return when a table was lost: when it was dropped, if a statement tells, else between the two states."""
    lost = next(one for one in known.measured.lost if one.sure and one.earliest == run.breach.start)
    for change in known.changes:
        within = change.time is not None and run.breach.start <= change.time <= run.breach.end
        if within and change.time and change.kind == "data" and _names(change.summary, lost.table):
            why = f"the statement that dropped the table: {change.summary}"
            return Moment("onset", "derived", Span(change.time, change.time), why, citations=(change.citation,))
    why = "between the state of the database that still holds the table and the first that does not"
    return Moment("onset", "derived", Span(run.breach.start, run.breach.end), why, citations=lost.citations)


def _names(statement: str, table: str) -> bool:
    return table.lower() in re.split(r"[^a-z0-9_$]+", statement.lower())


def _shown_by_then(known: Known, start: datetime, end: datetime) -> tuple[datetime, str] | None:
    """Return what first shows, within a stretch of which only the whole was measured, that it had begun by then."""
    found = [
        (e.time, "an alert rule was broken by then")
        for e in known.said
        if e.what == "alert state" and _PENDING.search(e.text)
    ]
    found += [(e.time, "an alert rang by then") for e in messages.alerts(known.said)]
    found += [(time, f"a probe of {target} had failed by then") for time, target, _ in known.measured.failed_probes]
    return min((one for one in found if start <= one[0] < end), default=None)


_PENDING = re.compile(r"(?i): pending$")
"""How monitoring tells that a rule is broken, but not yet for long enough to ring."""


def _recovered(store: Store, known: Known, onset: Moment) -> Moment:
    if not known.impact.runs:
        return unknown("recovered", _nothing(known))
    ended = {burst.address: burst.end for burst in known.measured.bursts}
    guessed = [one for one in known.measured.successes if one.time > ended[one.address]] if ended else []
    if guessed:
        last_one = max(guessed, key=lambda one: one.time)
        why = (
            f"a login from an address that had guessed passwords succeeded as late as {clock(last_one.time)}"
            f"{utc(last_one.time)}, and nothing shows that it was shut out"
        )
        late = Query("login_success_after", {"address": last_one.address, "after": ended[last_one.address]})
        return replace(unknown("recovered", why), asked=(late,))
    if known.impact.open:
        return Moment("recovered", "derived", why="a limit was still broken when the evidence ended", reached=False)
    if all(run.signal == "data" for run in known.impact.runs):
        told = [
            act
            for act in known.acts
            if act.what == "restore" and act.time and act.time >= known.impact.runs[0].breach.start
        ]
        why = "no later state of the database shows the rows again"
        why += f"; told is “{told[-1].text.splitlines()[0]}”" if told else ""
        return unknown("recovered", why)
    last = max(known.impact.runs, key=lambda run: (run.breach.latest_end, run.breach.end, run.breach.ended_by == "gap"))
    if last.breach.ended_by == "gap":
        end = f"{clock(last.breach.latest_end)}{utc(last.breach.latest_end)}"
        return unknown("recovered", f"the last stretch over a limit ends in a hole of the evidence at {end}")
    ends = []
    for run in known.impact.runs:
        with store.noted() as asked:
            ends.append((*_back(store, known, run), (*asked, *_found_by(known, run))))
    span, why, citation, queries = max(ends, key=lambda one: (one[0].latest, one[0].earliest, one[1]))
    if lingering := _lingering(store, known, span, onset):
        if lingering.span is None:
            return replace(lingering, asked=(*queries, *lingering.asked))
        span, why, citation, queries = (
            lingering.span,
            lingering.why,
            lingering.citations[0],
            (*queries, *lingering.asked),
        )
    with store.noted() as asked:
        again = outages.after(store, span.latest, known.measured.span)
    if again:
        failed, where = max((time, str(at)) for time, _, at in _failed_probes(known, again.start) if time <= again.end)
        with store.noted() as of_requests:
            good = store.rows("first_good_after", time=failed, slow=_slow(last))
        queries = (*queries, *asked, *of_requests)
        if again.open and not good:
            why = f"the last {again.points} probes failed, though all else was back"
            return Moment("recovered", "derived", why=why, reached=False, asked=queries)
        signs = [again.end] * (not again.open) + [good[0][2]] * bool(good)
        span, citation = Span(failed, min(signs)), None
        why = f"between the last of {again.points} failed probes in a row ({where}) and the first answer"
    return Moment("recovered", "derived", span, why, citations=(citation,) if citation else (), asked=queries)


def _never_usual(store: Store, known: Known, onset: Moment, recovered: Moment) -> Moment | None:
    """Return that it is not over, where limits are kept again and requests take longer than usual to the end, as they took before."""
    if onset.span is None or recovered.span is None or own_clock(recovered.span.latest):
        return None
    with store.noted() as asked:
        found = recovery.never_usual(store, known.measured, known.impact, onset.span.earliest, recovered.span.latest)
    if found is None:
        return None
    usual, level = found
    why = (
        f"no limit was broken after {clock(recovered.span.latest)}{utc(recovered.span.latest)}, but it was never as usual again: requests "
        f"took {level:.2f} s when the evidence ended, and {usual:.2f} s before the onset"
    )
    return Moment("recovered", "derived", why=why, citations=recovered.citations, reached=False, asked=tuple(asked))


def _went_wrong(margin: Margin, when: str) -> str:
    """Say how much went wrong at the margin, and how much usually does."""
    return (
        f"; {when}, {margin.bad:,} of {margin.requests:,} requests did (usually {margin.usually_bad:,} of "
        f"{margin.usually:,})"
    )


def _lingering(store: Store, known: Known, back: Span, onset: Moment) -> Moment | None:
    """Return when the last request went wrong that belongs to the incident, though no limit was broken any more; None where
    none did. The moment has no bounds where too little follows to tell that it was the last."""
    runs = [run for run in known.impact.runs if run.signal in REQUEST_SIGNALS]
    if not runs:
        return None
    slow, whole = _wrong(known), known.measured.span
    with store.noted() as asked:
        usual = min([known.impact.first.breach.start, *([onset.span.earliest] if onset.span else [])])
        end = min([whole.end, *(one.start for one in known.impact.others if one.start > back.earliest)])
        found = margins.after(store, whole.start, usual, back.earliest, end, slow)
        if found is None:
            return None
        good = store.rows("first_good_after", time=found.time, slow=slow)
        following = store.rows("failures_after", start=found.time, end=end)[0][0]
    bad = "failed or was slow" if slow < NEVER_SLOW else "failed"
    if not good or found.may_go_on(following):
        why = (
            f"after the last limit was broken, {found.bad:,} of {found.requests:,} requests still {bad.replace('was', 'were')}"
            f" (usually {found.usually_bad:,} of {found.usually:,}), and too few follow to tell that it was over"
        )
        return replace(unknown("recovered", why), asked=tuple(asked))
    why = f"between the last request that {bad} and the next normal one"
    why += _went_wrong(found, "after a limit was last broken")
    span, citation = Span(found.time, good[0][2]), Citation(found.path, line=found.line)
    return Moment("recovered", "derived", span, why, citations=(citation,), asked=tuple(asked))


def _back(store: Store, known: Known, run: Run) -> tuple[Span, str, Citation | None]:
    """Return when this stretch ended, as closely as the evidence tells, how we know, and from where."""
    end = run.breach.end
    if run.signal in REQUEST_SIGNALS:
        slow = _slow(run)
        bad = store.rows("last_bad", start=run.breach.start, end=end, slow=slow)
        if bad:
            path, line, completed = bad[0]
            good = store.rows("first_good_after", time=completed, slow=slow)
            why = "between the last request that failed or was slow and the next normal one"
            if not good:
                why += "; none followed, so the end of its bucket stands here"
            return Span(completed, max(completed, good[0][2] if good else end)), why, Citation(path, line=line)
    if run.signal == "availability":
        return Span(end, end), "the first probe that was answered again, or the process that ran again", None
    if run.signal == "process":
        down = next((d for d in known.measured.down if d.start == run.breach.start), None)
        return Span(end, end), "the process came back", down.citation if down else None
    if run.signal == "security":
        burst = next(b for b in known.measured.bursts if b.fired == run.breach.start and b.end == end)
        return Span(end, end), f"the last failed login of the burst, from {burst.citation.path}", burst.citation
    signal = next((s for s in known.measured.signals if s.statistic == run.breach.signal), None)
    if signal and signal.within_s:
        over = store.rows("last_point_before", id=signal.id, time=run.breach.latest_end, line=None)
        earliest = over[0][0] - timedelta(seconds=signal.within_s) if over else end
        why = f"within what the last number over its limit and the first within it are of: {lasting(signal.within_s)} each"
        return Span(max(earliest, run.breach.start), run.breach.latest_end), why, _cited(run.breach)
    if run.breach.end_between and run.breach.ended_by == "back":
        why = "the first sample back within its limit lies between these two times"
        return Span(end, run.breach.latest_end), why, _cited(run.breach)
    return Span(end, end), "the first sample back within its limit", None


def _cited(breach: Breach) -> Citation:
    """Return where the sample stands with which a stretch ends."""
    line = breach.end_between.line if breach.end_between else None
    return Citation(breach.signal.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0], line=line)


def _first(name: str, found: Iterable[tuple[datetime, str, Citation]], why_not: str) -> Moment:
    best = min(found, key=lambda one: (one[0], one[1], str(one[2])), default=None)
    if best is None:
        return unknown(name, why_not)
    time, why, citation = best
    return Moment(name, "derived", Span(time, time), why, citations=(citation,))


def _detected(known: Known, onset: Span | None) -> Moment:
    """Return the first alert, incident, failed probe or message: a person's word counts from the latest that the onset can
    have been, for before that it may have been about something else, unless nothing else tells of it."""
    after = onset.earliest if onset else datetime.min
    found = [(e.time, "the first alert", e.citation) for e in messages.alerts(known.said) if e.time >= after]
    found += [
        (r.started, "the monitoring opened an incident by itself", r.citation)
        for r in known.records
        if r.automatic and r.started and r.started >= after
    ]
    found += [
        (time, f"a failed probe of {target}", citation) for time, target, citation in _failed_probes(known, after)
    ]
    if found and onset:
        after = onset.latest
    found += [
        (e.time, "a person's message", e.citation)
        for e in known.said
        if e.kind == "communication" and e.person and e.time >= after
    ]
    return _first("detected", found, "no alert, failed probe or message after the onset is in the evidence")


def _noticed_by_then(known: Known, onset: Moment, detected: Moment, recovered: Moment) -> Moment:
    """Where nothing tells of detection, return that it was by the first thing that a person did against the incident.

    A process may restart by itself: only commands, changes, restored data and what people wrote show that somebody knew. What
    was done when the service was back answers something else.
    """
    if detected.span or onset.span is None or onset.source == "unknown":
        return detected
    until = recovered.span.latest if recovered.span else datetime.max
    done = mitigations(known.acts, onset.span.earliest)
    acts = [one.first for one in done if not one.told_only]
    acts = [act for act in acts if act.time and act.time <= until and (act.kind != "process" or act.what == "restore")]
    if not acts:
        return detected
    first = acts[0]
    why = f"{detected.why}; somebody knew of it when this was done: {first.text.splitlines()[0]}"
    latest = first.until or first.time or onset.span.latest
    return Moment("detected", "derived", Span(onset.span.earliest, latest), why, citations=(first.citation,))


def _failed_probes(known: Known, after: datetime) -> list[tuple[datetime, str, Citation]]:
    return [(time, target, citation) for time, target, citation in known.measured.failed_probes if time >= after]


def _declared(known: Known, begun: datetime | None) -> Moment:
    found = [
        (r.started, "a person opened an incident", r.citation) for r in known.records if not r.automatic and r.started
    ]
    found += [
        (e.time, "a person opened an incident through the API", e.citation)
        for e in known.said
        if e.kind == "decision" and e.what == "POST" and e.person
    ]
    level = runbook.load().updates.level
    named = ((e, re.search(level, sure(e.text))) for e in known.said if e.person and e.time >= (begun or datetime.min))
    found += [(e.time, f"a person named a severity: {said[0]}", e.citation) for e, said in named if said]
    return _first("declared", found, "no incident record opened by a person is in the evidence")


def _acknowledged(known: Known, begun: datetime | None) -> Moment:
    after = begun or datetime.min
    found = [
        (
            e.time,
            "a person updated the incident" if e.what == "incident update" else "a person wrote that they were on it",
            e.citation,
        )
        for e in known.said
        if e.person and e.time >= after and e.what != "POST" and ("acknowledged" in e.means or "update" in e.means)
    ]
    return _first("acknowledged", found, "nobody wrote that they took it, and no alert was acknowledged")


AFTERWARDS = timedelta(minutes=15)
"""An action this long after recovery is still named, as one that cannot be shown to have ended the impact."""
CLOSE = timedelta(seconds=60)
"""An action so soon after the last failure may still have ended the impact: failures come at intervals, and clocks differ."""
_TURNS = ("commit", "deploy", "config", "flag", "scaling")
"""Kinds of changes that may end an impact where nobody is known to have done anything else."""


def _mitigated(store: Store, known: Known, onset: Moment, noticed: datetime | None, recovered: Moment) -> Moment:
    """Return the last action before the service recovered: the mitigations that are known, else any change. What was done when no
    request failed any more is none where something else, done or told, came before it."""
    if onset.span is None:
        return unknown("mitigated", "no onset is known, so no action can be said to have ended what it began")
    if recovered.span is None:
        if stated := _said_to_mitigate(known, onset.span.earliest) or _restored(known, noticed):
            return stated
        return unknown("mitigated", "the impact's end is not known, so no action can be said to have ended it")
    begun, ended = onset.span.earliest, recovered.span.latest
    since = max(begun, noticed or begun)
    done = [one for one in mitigations(known.acts, noticed) if not one.told_only]
    found = [(one.first.time, *_done(one, one.first.time, since, ended)) for one in done if one.first.time]
    if not any(told <= ended + AFTERWARDS for told, *_ in found):
        found = [
            (c.time, Span(c.time, c.time), f"{c.kind} {c.id[:7]} “{c.summary}”", c.citation)
            for c in known.changes
            if c.kind in _TURNS and c.time and c.time >= begun
        ]
    found.sort(key=lambda one: (one[0], one[2]))
    before = [one for one in found if one[0] <= ended]
    after = [one for one in found if ended < one[0] <= ended + AFTERWARDS]
    if not before and not after:
        return unknown("mitigated", "no restart, change or stated action around the recovery is in the evidence")
    told, span, text, citation = before[-1] if before else after[0]
    how = "the last action before the service recovered"
    failed = too_late.failures(store, known.impact)
    if before and failed and failed.over_by(span.earliest):
        late = f"“{text}” came {lasting(span.earliest - failed.last)} after the last request that failed"
        earlier = [one for one in before if not failed.over_by(one[1].earliest)]
        if not earlier:
            return _told_before(known, Span(since, failed.last), late) or Moment(
                "mitigated", "derived", span, f"{how}, though {late}", citations=(citation,)
            )
        told, span, text, citation = earlier[-1]
        how = f"the last action before requests ceased to fail ({late})"
    if told > ended:
        how = "the first action in the evidence, after the service had recovered"
        if span.earliest < told:
            how = "the first action that was told after the service had recovered, and may have been done before"
        elif told <= ended + CLOSE:
            how = "the first action after the service was last seen to suffer, and so close that it may have ended it"
    return Moment("mitigated", "derived", span, f"{how}: {text}", citations=(citation,))


def _told_before(known: Known, span: Span, late: str) -> Moment | None:
    """Return the time within which something was done of which only the closing of the incident tells."""
    told = [one for one in mitigations(known.acts, span.earliest) if one.told_only]
    if not told:
        return None
    first = told[0].first
    why = f"told when the incident was closed: “{told[0].text}”; when it was done is not recorded, and {late}"
    return Moment("mitigated", "derived", span, why, citations=(first.citation,))


def _done(one: Done, time: datetime, since: datetime, ended: datetime) -> tuple[Span, str, Citation]:
    """Return when an action was done, what it was, and where that stands.

    A program's record is the action's time. What a person writes comes a while before it ("restarting it"), and then it
    was done by the recovery, or after it ("restarted it"), and then at any time since people may have noticed.
    """
    act = one.first
    span = Span(time, act.until or time)
    if act.kind in ("message", "record"):
        span = Span(time, max(time, ended)) if one.announced else Span(min(since, time), time)
    return span, act.text.splitlines()[0], act.citation


def _restored(known: Known, noticed: datetime | None) -> Moment | None:
    """Return the last time that lost data was put back, where nothing else happened than that it was lost."""
    if not known.impact.runs or any(run.signal != "data" for run in known.impact.runs):
        return None
    done = [act for one in mitigations(known.acts, noticed) for act in one.traces if act.what == "restore"]
    if not done:
        return None
    last = done[-1]
    assert last.time is not None
    why = f"the last that is told of putting data back: {last.text.splitlines()[0]}; no later state of the database shows what came back"
    return Moment("mitigated", "derived", Span(last.time, last.time), why, citations=(last.citation,))


def _said_to_mitigate(known: Known, begun: datetime) -> Moment | None:
    """Return the first mitigation that people wrote down, from its start until the same source last tells of it."""
    told = [e for e in known.said if e.person and "mitigation" in e.means and e.time >= begun]
    if not told:
        return None
    same = [e for e in told if e.citation.path == told[0].citation.path and e.time - told[0].time <= AFTERWARDS]
    why = f"people wrote “{_line(told[0])}”" + (f", and last “{_line(same[-1])}”" if len(same) > 1 else "")
    why += "; nothing measures whether it ended the impact"
    span = Span(told[0].time, same[-1].time)
    return Moment("mitigated", "stated", span, why, citations=tuple(e.citation for e in same))


def _line(event: Said) -> str:
    return event.text.splitlines()[0]


def durations(found: dict[str, Moment], impact: Impact) -> dict[str, list[float | None] | None]:
    """Return the ranges of the durations, in seconds from onset; a null maximum is still open.

    Where a moment's clock is known to stand ahead of the onset's, the range holds both readings, as written and corrected.
    """

    def since(name: str) -> list[float | None] | None:
        onset, moment = found["onset"], found[name]
        if onset.span is None:
            return None
        if moment.span is None:
            return None if moment.reached else [0.0, None]
        low = (moment.span.earliest - onset.span.latest).total_seconds()
        high = (moment.span.latest - onset.span.earliest).total_seconds()
        if moment.clock and moment.clock.ahead:
            low, high = min(low, low - moment.clock.ahead.most), max(high, high - moment.clock.ahead.least)
        return [round(max(0.0, low), 3), round(max(0.0, high), 3)]

    measured = any(run.signal != "data" for run in impact.runs)
    least, most = round(impact.seconds(), 3), round(impact.seconds(most=True), 3)
    return {
        "to_detect_s": since("detected"),
        "to_acknowledge_s": since("acknowledged"),
        "to_mitigate_s": since("mitigated"),
        "to_recover_s": since("recovered"),
        "impact_s": [least, None if impact.open else most] if measured else None,
    }
