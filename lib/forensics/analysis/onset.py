"""When the service left its normal behaviour, as users would see it: between the last normal sample and the first that is not."""

from __future__ import annotations

import re
from datetime import datetime

from forensics.analysis import alike, by_dated_logs, margins, messages, unruled
from forensics.analysis.impact import Run
from forensics.analysis.known import NEVER_SLOW, REQUEST_SIGNALS, Known, slow_from, unknown, went_wrong
from forensics.analysis.signals import ALWAYS
from forensics.lengths import lasting
from forensics.model import Citation, Moment, Parameters
from forensics.store import Store
from forensics.times import Span, parse_time


def onset(store: Store, known: Known, parameters: Parameters) -> Moment:
    """Return when it began, as a person stated it or as the evidence tells."""
    found = _derived(store, known)
    if parameters.at:
        at = parse_time(parameters.at)
        return Moment("onset", "stated", Span(at, at), "stated with --at", derived=found)
    return found


def _derived(store: Store, known: Known) -> Moment:
    if not known.impact.runs:
        return unknown("onset", known.why_nothing)
    run = known.impact.first
    if run.signal == "security":
        burst = next(b for b in known.measured.bursts if b.fired == run.breach.start)
        before = store.rows("last_event_before", path=burst.citation.path, line=burst.citation.line)
        earliest = before[0][0] if before and before[0][0] else burst.start
        why = f"the first of {burst.failures:,} failed logins from one address"
        return Moment("onset", "derived", Span(earliest, burst.start), why, citations=(burst.citation,))
    together = [r for r in known.impact.runs if r.breach.start == run.breach.start]
    slow = min(slow_from(known, r) for r in together)
    bad = store.rows("first_bad", start=run.breach.start, end=run.breach.end, slow=slow)
    if run.signal in REQUEST_SIGNALS and bad:
        since = max([known.measured.span.start, *(one.end for one in known.impact.others if one.end < bad[0][3])])
        earlier = margins.before(store, since, bad[0][3], known.began_from, run.breach.end)
        if earlier:
            slow = known.began_from
            bad = store.rows("first_bad", start=earlier.time, end=run.breach.end, slow=slow)
        path, line, started, completed = bad[0]
        good = alike.before(store, completed, slow, Span(completed, max(completed, known.impact.end_on(completed))))
        earliest = min(good.time, started) if good else started
        how = (
            "failed or was slow"
            if slow < NEVER_SLOW and any(r.signal == "error_rate" for r in together)
            else ("was slow" if slow < NEVER_SLOW else "failed")
        )
        why = f"between the last normal request{good.where if good else ''} and the completion of the first that {how}"
        if earlier:
            why += went_wrong(earlier, "before a limit was broken")
        if run.breach.open_start:
            why += "; the evidence begins over the limit, so it may have begun earlier"
        return Moment("onset", "derived", Span(earliest, completed), why, citations=(Citation(path, line=line),))
    if run.signal == "availability":
        begun = store.rows("last_good_before", time=run.breach.start, slow=NEVER_SLOW)
        probed = store.rows("probes_answered", start=ALWAYS[0], end=run.breach.start)
        earliest = max([time for _, _, time in begun[:1]] + [time for time, _ in probed[-1:]], default=run.breach.start)
        why = "between the last request or probe that was answered and the first sign, while none was logged, that none was"
        if not begun and not probed:
            why = "the first sign that none was answered; nothing tells of one before that was, so that it may have begun before"
        paths = run.breach.signal.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0]
        return Moment("onset", "derived", Span(earliest, run.breach.start), why, citations=(Citation(paths),))
    if run.signal == "process":
        answered = store.rows("last_good_before", time=run.breach.start, slow=NEVER_SLOW)
        down = next(d for d in known.measured.down if d.start == run.breach.start)
        earliest = answered[0][2] if answered else run.breach.start
        why = "the process died; before that stands the last request that was answered"
        return Moment("onset", "derived", Span(earliest, run.breach.start), why, citations=(down.citation,))
    if run.signal == "data":
        return _lost_since(known, run)
    if run.signal == unruled.REFUSED:
        return _refused_since(store, known, run)
    if run.signal == unruled.QUEUE:
        return _queued_since(store, known, run)
    return _sampled_onset(store, known, run)


def _refused_since(store: Store, known: Known, run: Run) -> Moment:
    """Return when requests were first refused in a stretch in which far more were than usual; some are all along."""
    shown = known.measured.trouble(run.breach.signal)
    status = shown.value["status"] if shown else None
    path, line, first, *_, before, _ = store.rows(
        "refused_edges", status=status, start=run.breach.start, end=run.breach.end
    )[0]
    why = f"between the last request that was not answered with {status} and the first that was, where far more were than usual"
    earliest = min(before or first, run.breach.start)
    return Moment("onset", "derived", Span(earliest, first), why, citations=(Citation(path, line=line),))


def _queued_since(store: Store, known: Known, run: Run) -> Moment:
    """Return when a queue was first longer than usual: since the sample before."""
    shown, start = known.measured.trouble(run.breach.signal), run.breach.start
    before = (
        store.rows("last_point_before", id=shown.course.id, time=start, line=None) if shown and shown.course else []
    )
    why = "between the last sample of a queue that was as usual and the first that was longer, from then on"
    path = run.breach.signal.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0]
    return Moment("onset", "derived", Span(before[0][0] if before else start, start), why, citations=(Citation(path),))


def _sampled_onset(store: Store, known: Known, run: Run) -> Moment:
    """Return when it began by the samples of a measured signal."""
    signal = next(s for s in known.measured.signals if s.statistic == run.breach.signal)
    if signal.within_s:
        return _within(known, run, signal.path, signal.within_s)
    if signal.vantage == "probe" and signal.width_s:
        return _probed(store, known, run)
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


def _probed(store: Store, known: Known, run: Run) -> Moment:
    """Return when it began by the probes that the first bucket over its limit is of."""
    slow = slow_from(known, run)
    asked = {"start": run.breach.start, "end": run.breach.end, "slow": 1000 * slow}
    path, line, position, bad, good, *_ = store.rows("probe_edges", **asked)[0]
    why = f"between the last probe that was answered and the first that {'failed' if slow >= NEVER_SLOW else 'failed or was slow'}"
    why += "" if good else ": no earlier one of its target was, so that it may have begun before"
    return Moment(
        "onset", "derived", Span(good or bad, bad), why, citations=(Citation(path, line=line, position=position),)
    )


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
