"""From when on the service stayed normal until the evidence ends, and why that is not known or was not reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from forensics.analysis import alike, margins, outages, recovery, unruled
from forensics.analysis.impact import Run
from forensics.analysis.known import NEVER_SLOW, REQUEST_SIGNALS, Known, slow_from, unknown, went_wrong
from forensics.lengths import lasting
from forensics.model import Breach, Citation, Moment, Query
from forensics.store import Store
from forensics.times import Span, clock, own_clock, utc


def recovered(store: Store, known: Known, onset: Moment) -> Moment:
    """Return the first moment from which no limit was broken any more, and nothing failed any more that belongs to it."""
    if not known.impact.runs:
        return unknown("recovered", known.why_nothing)
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
            ends.append((*_back(store, known, run), (*asked, *known.found_by(run))))
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
        failed, where = max((time, str(at)) for time, _, at in known.failed_probes(again.start) if time <= again.end)
        with store.noted() as of_requests:
            good = store.rows("first_good_after", time=failed, slow=slow_from(known, last))
        queries = (*queries, *asked, *of_requests)
        if again.open and not good:
            why = f"the last {again.points} probes failed, though all else was back"
            return Moment("recovered", "derived", why=why, reached=False, asked=queries)
        signs = [again.end] * (not again.open) + [good[0][2]] * bool(good)
        span, citation = Span(failed, min(signs)), None
        why = f"between the last of {again.points} failed probes in a row ({where}) and the first answer"
    return Moment("recovered", "derived", span, why, citations=(citation,) if citation else (), asked=queries)


def never_usual(store: Store, known: Known, onset: Moment, recovered: Moment) -> Moment | None:
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


def _lingering(store: Store, known: Known, back: Span, onset: Moment) -> Moment | None:
    """Return when the last request went wrong that belongs to the incident, though no limit was broken any more; None where
    none did. The moment has no bounds where too little follows to tell that it was the last."""
    runs = [run for run in known.impact.runs if run.signal in REQUEST_SIGNALS]
    if not runs:
        return None
    slow, whole = known.wrong_from, known.measured.span
    with store.noted() as asked:
        usual = min([known.impact.first.breach.start, *([onset.span.earliest] if onset.span else [])])
        end = min([whole.end, *(one.start for one in known.impact.others if one.start > back.earliest)])
        found = margins.after(store, whole.start, usual, back.earliest, end, slow)
        if found is None:
            return None
        good = alike.after(store, found.time, slow, Span(usual, found.time))
        following = store.rows("failures_after", start=found.time, end=end)[0][0]
    bad = "failed or was slow" if slow < NEVER_SLOW else "failed"
    if not good or found.may_go_on(following):
        why = (
            f"after the last limit was broken, {found.bad:,} of {found.requests:,} requests still {bad.replace('was', 'were')}"
            f" (usually {found.usually_bad:,} of {found.usually:,}), and too few follow to tell that it was over"
        )
        return replace(unknown("recovered", why), asked=tuple(asked))
    why = f"between the last request that {bad} and the next normal one{good.where}"
    why += went_wrong(found, "after a limit was last broken")
    span, citation = Span(found.time, good.time), Citation(found.path, line=found.line)
    return Moment("recovered", "derived", span, why, citations=(citation,), asked=tuple(asked))


def _back(store: Store, known: Known, run: Run) -> tuple[Span, str, Citation | None]:
    """Return when this stretch ended, as closely as the evidence tells, how we know, and from where."""
    end = run.breach.end
    if run.signal in REQUEST_SIGNALS:
        slow = slow_from(known, run)
        bad = store.rows("last_bad", start=run.breach.start, end=end, slow=slow)
        if bad:
            path, line, completed = bad[0]
            good = alike.after(store, completed, slow, Span(known.impact.start, completed))
            why = (
                f"between the last request that failed or was slow and the next normal one{good.where if good else ''}"
            )
            if not good:
                why += "; none followed, so the end of its bucket stands here"
            return Span(completed, max(completed, good.time if good else end)), why, Citation(path, line=line)
    if run.signal == "availability":
        return _answered(known, run)
    if run.signal == "process":
        down = next((d for d in known.measured.down if d.start == run.breach.start), None)
        return Span(end, end), "the process came back", down.citation if down else None
    if run.signal == "security":
        burst = next(b for b in known.measured.bursts if b.fired == run.breach.start and b.end == end)
        return Span(end, end), f"the last failed login of the burst, from {burst.citation.path}", burst.citation
    if run.signal == unruled.REFUSED and (shown := known.measured.trouble(run.breach.signal)):
        status = shown.value["status"]
        *_, path, line, last, _, after = store.rows("refused_edges", status=status, start=run.breach.start, end=end)[0]
        why = f"between the last request of many that was answered with {status} and the next that was not"
        return Span(last, after or end), why, Citation(path, line=line)
    if run.signal == unruled.QUEUE:
        shown = known.measured.trouble(run.breach.signal)
        after = store.rows("first_point_after", id=shown.course.id, time=end) if shown and shown.course else []
        why = "between the last sample of the queue that was longer than usual and the next"
        return Span(end, after[0][0] if after else end), why, _cited(run.breach)
    signal = next((s for s in known.measured.signals if s.statistic == run.breach.signal), None)
    if signal and signal.within_s:
        over = store.rows("last_point_before", id=signal.id, time=run.breach.latest_end, line=None)
        earliest = over[0][0] - timedelta(seconds=signal.within_s) if over else end
        why = f"within what the last number over its limit and the first within it are of: {lasting(signal.within_s)} each"
        return Span(max(earliest, run.breach.start), run.breach.latest_end), why, _cited(run.breach)
    if signal is None or run.breach.ended_by != "back":
        return Span(end, run.breach.latest_end), "the first sample back within its limit", _cited(run.breach)
    if signal.vantage == "probe" and signal.width_s:
        asked = {"start": run.breach.start, "end": end, "slow": 1000 * slow_from(known, run)}
        *_, bad, good = store.rows("probe_edges", **asked)[0]
        return (
            Span(bad, good or end),
            "between the last probe that failed or was slow and the next that was answered",
            None,
        )
    line = run.breach.end_between.line if run.breach.end_between else None
    over = store.rows("last_point_before", id=signal.id, time=end, line=line)
    why = "between the last sample over its limit and the first back within it"
    why += ", of which only the order is known" if run.breach.end_between else ""
    earliest = max(over[0][0], run.breach.start) if over else end
    return Span(min(earliest, end), run.breach.latest_end), why, _cited(run.breach)


def _answered(known: Known, run: Run) -> tuple[Span, str, Citation | None]:
    """Return when something was answered again of which probes, or the process manager, tell that nothing was."""
    end = run.breach.end
    failed = [one for one in known.failed_probes(run.breach.start) if one[0] < end]
    if not failed or "probe" not in run.breach.signal:
        return Span(end, end), "the process that ran again", None
    time, _, citation = max(failed, key=lambda one: (one[0], str(one[2])))
    return Span(time, end), "between the last probe that failed and the first that was answered again", citation


def _cited(breach: Breach) -> Citation:
    """Return where the sample stands with which a stretch ends."""
    line = breach.end_between.line if breach.end_between else None
    return Citation(breach.signal.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0], line=line)
