"""Whether the service was seen to be back: each signal within its limit and near its own baseline, without a hole, for long enough."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from forensics import runbook
from forensics.analysis import breaches
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.messages import Said
from forensics.analysis.recovery_watches import others
from forensics.analysis.signals import Signal
from forensics.analysis.watched import HOLE, Baseline, Lack, Watched, between, clock, declared, off, told
from forensics.analysis.watched import silent as without
from forensics.model import Citation, Moment
from forensics.store import Store
from forensics.times import Span, counted, own_clock


@dataclass(frozen=True, slots=True)
class SaidOver:
    """Somebody, or something, that said it was over, and what failed afterwards."""

    by: Literal["message", "incident record", "alert"]
    time: datetime
    text: str
    citation: Citation
    requests: int
    failed: int
    last: datetime | None
    last_at: Citation | None
    failed_probes: int
    last_probe: Citation | None
    seen_until: datetime | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """The proof, or what it lacks."""

    verdict: Literal["shown", "not_shown", "not_assessable"]
    begins: datetime
    """Nothing before this counts."""
    begins_how: str
    stable: Span | None
    """The stretch in which all signals were seen to be back together: the first that is long enough, else the longest."""
    signals: tuple[Watched, ...]
    unmeasured: tuple[str, ...]
    """What no series watches."""
    missing: tuple[str, ...]
    said: tuple[SaidOver, ...]
    before: tuple[int, int]
    """How many requests failed before the onset, and of how many."""
    usual: Span | None = None
    """Where what was usual was looked for; None where no onset is known on the same clock."""


def recovery(
    store: Store,
    measured: Measured,
    impact: Impact,
    moments: dict[str, Moment],
    said: Iterable[Said],
    acted: Iterable[datetime] = (),
) -> Recovery | None:
    """Judge whether recovery is shown; None where nothing was over a limit, so that there is nothing to recover from.

    `acted` is when mitigations were done: what is stable before the last of them may be so for another reason after it.
    """
    if impact.kind == "none" or not impact.runs:
        return None
    begins, how = _begins(impact, moments, acted)
    onset = moments["onset"].span
    if onset is not None and own_clock(begins) and begins.year != onset.earliest.year:
        onset = None  # what is seen of it is on another clock
    before_onset = onset.earliest if onset else impact.start
    events = list(said)
    since = Span(began(before_onset, measured.baseline), before_onset)
    found, unmeasured = _signals(store, measured, impact, events, since, begins)
    over = _said_over(store, measured, events, before_onset)
    usual = store.rows("failures_after", start=measured.span.start, end=before_onset)[0] if onset else (0, 0)
    before = (int(usual[1]), int(usual[0]))
    if not any(one.until for one in found):
        lost = (f"nothing measures the service after {clock(begins)}",)
        return Recovery("not_assessable", begins, how, None, tuple(found), unmeasured, lost, over, before, since)
    needed = runbook.load().recovery.stable
    together = _together([one.stretches for one in found if one.until])
    long = [one for one in together if one.latest - one.earliest >= needed]
    stable = long[0] if long else max(together, key=lambda one: one.latest - one.earliest, default=None)
    missing = _missing(found)
    if not long and not missing:
        missing.append("no stretch that is long enough is seen of all signals together")
    verdict: Literal["shown", "not_shown"] = "shown" if long and not missing else "not_shown"
    return Recovery(verdict, begins, how, stable, tuple(found), unmeasured, tuple(missing), over, before, since)


def _missing(found: Sequence[Watched]) -> list[str]:
    """Say what the proof lacks; what many signals lack alike is said once."""
    by: dict[Lack, list[tuple[Watched, str]]] = {}
    for one in found:
        for lack, text in one.lacks:
            by.setdefault(lack, []).append((one, text))
    said = [
        f"{one.title}: {text}" for lack in ("off", "unmeasured", "silent", "hole") for one, text in by.get(lack, [])
    ]
    ends = sorted((one.until, one.title) for one, _ in by.get("ends", []) if one.until)
    if ends:
        seen = sum(1 for one in found if one.until)
        whose = "" if len(ends) == seen else f" of {_listed(title for _, title in ends)}"
        said.append(f"the evidence{whose} ends at {clock(ends[0][0])}")
    if "baseline" in by:
        whose = _listed(one.title for one, _ in by["baseline"])
        said.append(f"what was usual of {whose} before the onset is not known")
    return said


def _listed(titles: Iterable[str]) -> str:
    """Name these signals, or say how many they are where they are more than three."""
    named = [f"{title[0].lower()}{title[1:]}" for title in (re.sub(r" \([^()]*\)$", "", one) for one in titles)]
    named = list(dict.fromkeys(named))
    return ", ".join(named) if len(named) <= MOST_NAMED else f"{len(named)} signals"


MOST_NAMED = 3
"""Signals that lack the same; each says so itself in the list of what was watched."""


def _begins(impact: Impact, moments: dict[str, Moment], acted: Iterable[datetime]) -> tuple[datetime, str]:
    """Return from when on recovery can be shown, and what that is."""
    mitigated, recovered = moments["mitigated"].span, moments["recovered"].span
    if mitigated is not None:
        begins, how = max([mitigated.latest, *acted]), "the last mitigation"
    elif recovered is not None:
        begins, how = recovered.latest, "the end of the impact"
    else:
        onset = moments["onset"].span
        begins, how = impact.end_on(onset.latest) if onset else impact.end, "the end of the last breach"
        how = "the last error of dated logs" if begins != impact.end else how
    down = [run.breach.end for run in impact.runs if run.signal in ("process", "availability", "security")]
    return (max(down), "the end of the last outage or burst") if down and max(down) > begins else (begins, how)


def began(onset: datetime, baseline: timedelta) -> datetime:
    """Return from when on what was usual is looked for: no clock that only counts tells of anything before it began."""
    return max(onset - baseline, onset - timedelta(seconds=counted(onset))) if own_clock(onset) else onset - baseline


def never_usual(
    store: Store, measured: Measured, impact: Impact, onset: datetime, ended: datetime
) -> tuple[float, float] | None:
    """Return the usual level of the response time, in seconds, and its last one, where its limit was broken and it was never usual again.

    A service that the runbook has people watch for half an hour, and that is as far from its usual level at the end of it, is
    not back: it is only less slow. What is seen for a shorter time leaves open how it went on.
    """
    rule = runbook.load().rule("alert.response_time")
    if rule.limit is None or not any(run.signal == rule.signal for run in impact.runs):
        return None
    needed, last = runbook.load().recovery.stable, store.rows("request_span", start=ended, end=measured.span.end)[0][2]
    for signal in measured.judged(rule.signal):
        if not signal.of_requests:
            continue
        one = _watch(store, signal, rule.limit, (began(onset, measured.baseline), onset), ended, last)
        off = one.baseline is not None and any(lack == "off" for lack, _ in one.lacks)
        if off and one.until and one.until - ended >= needed:
            width = declared()["baseline"]["level_s"]
            least, level = store.rows("recovery_level", id=signal.id, start=ended, width=width)[0]
            if least is not None and one.baseline and least > one.baseline.near:
                return one.baseline.median, level
    return None


def _signals(
    store: Store, measured: Measured, impact: Impact, said: Sequence[Said], usual: Span, begins: datetime
) -> tuple[list[Watched], tuple[str, ...]]:
    """Watch every signal of the runbook that a series measures; return the rest by name."""
    book = runbook.load()
    least = declared()["baseline"]["least_readings"]
    hit = {run.signal for run in impact.runs}
    hit |= {rule.signal for rule in book.rules for (of, _), runs in measured.runs.items() if of == rule.id and runs}
    requests_end = store.rows("request_span", start=measured.span.start, end=measured.span.end)[0][2]
    found: list[Watched] = []
    unmeasured: list[str] = []
    for rule in book.rules:
        if rule.declares or rule.limit is None:
            continue
        series = watching(store, measured, rule.signal, least, begins)
        each = [
            _watch(
                store,
                one,
                rule.limit,
                (usual.earliest, usual.latest),
                begins,
                requests_end if one.of_requests else None,
            )
            for one in series
        ]
        found += [
            one for one in each if one.until
        ] or each  # a series that ended with a process that is gone tells nothing
        if not series:
            unmeasured.append(rule.title.lower())
            if rule.signal in hit:
                why = f"it was over its limit, and nothing measures it after {clock(begins)}"
                gone = Watched(rule.title, rule.signal, rule.unit, "", "", rule.limit, None, None, None)
                found.append(replace(gone, lacks=(("unmeasured", why),)))
    for run in impact.runs:
        shown = measured.trouble(run.breach.signal)
        if shown and shown.course and shown.limit is not None:
            last = requests_end if shown.course.of_requests else None
            span = (usual.earliest, usual.latest)
            found.append(_watch(store, shown.course, shown.limit, span, begins, last))
    found += others(store, measured, said, (usual.earliest, usual.latest), begins)
    return found, tuple(unmeasured)


def watching(store: Store, measured: Measured, signal: str, least: int, near: datetime) -> list[Signal]:
    """Return the judged series that can watch a signal on the clock of this time: counted from requests, or more than captures."""
    found = []
    for one in measured.judged(signal):
        first = store.one("points_first", id=one.id)
        same = first is not None and (first.year == near.year if own_clock(near) else not one.own_clock)
        if same and not one.told and (one.of_requests or store.one("points_count", id=one.id) >= least):
            found.append(one)
    return found


def _watch(
    store: Store,
    signal: Signal,
    limit: float,
    usual: tuple[datetime, datetime],
    begins: datetime,
    last: datetime | None,
) -> Watched:
    rule = declared()["baseline"]
    baseline = _baseline(store, signal, limit, *usual)
    over, unusual, back, until, peak, level = store.rows(
        "recovery_back",
        id=signal.id,
        start=begins,
        limit=limit,
        near=baseline.near if baseline and baseline.near is not None else 1e300,
        width=rule["level_s"],
    )[0]
    until = min(until, last) if until and last else until
    title = signal.title if signal.signal in ("error_rate", "response_time") else f"{signal.title} ({signal.path})"
    seen: dict[str, Any] = {
        "title": title, "signal": signal.signal, "unit": signal.unit, "statistic": signal.statistic,
        "path": signal.path, "limit": limit, "baseline": baseline, "peak": peak, "level": level,
    }  # fmt: skip
    if until is None or until <= begins:
        return without(seen, begins)
    if back is None or back >= until:
        beyond = "over its limit" if over and (not unusual or over >= unusual) else "over its usual level"
        return off(seen, until, beyond)
    back = max(back, begins)
    silent = breaches.holes(store, signal, Span(back, until), HOLE.total_seconds())
    stretches = between(Span(back, until), silent)
    return told(Watched(**seen, back=back, until=until, stretches=stretches), silent)


def _baseline(store: Store, signal: Signal, limit: float, since: datetime, onset: datetime) -> Baseline | None:
    rule = declared()["baseline"]
    levels, median, spread, first, last = store.rows(
        "recovery_baseline", id=signal.id, start=since, end=onset, width=rule["level_s"]
    )[0]
    if not levels or (last - first).total_seconds() < rule["least_s"]:
        return None
    near = median + max(rule["spreads"] * spread, rule["slack"] * limit)
    return Baseline(median, spread, near, levels, first, last)


def _together(each: Sequence[tuple[Span, ...]]) -> list[Span]:
    """Return the stretches that lie in a stretch of every one."""
    common = list(each[0]) if each else []
    for stretches in each[1:]:
        common = [
            Span(max(a.earliest, b.earliest), min(a.latest, b.latest))
            for a in common
            for b in stretches
            if min(a.latest, b.latest) > max(a.earliest, b.earliest)
        ]
    return common


# ---- who said that it was over ------------------------------------------------------------------------------------


def says_over(text: str) -> str:
    """Return the words of a text that say that the incident is over; none if it does not say so."""
    rule = declared()["resolved"]
    found = next((hit for pattern in rule["patterns"] if (hit := re.search(pattern, text))), None)
    if found is None:
        return ""
    start = max(text.rfind(end, 0, found.start()) for end in (".", ";", ",", "\n", "。", "，", "、")) + 1
    stop = min(
        (at for end in (".", ";", "\n", "。", "，", "、") if (at := text.find(end, found.end())) >= 0),
        default=len(text),
    )
    words = text[start:stop].strip()
    return "" if re.search(rule["unless"], words) else words


def _said_over(store: Store, measured: Measured, said: Iterable[Said], onset: datetime) -> tuple[SaidOver, ...]:
    """Return who said first that it was over, of each kind, with what failed after that."""
    first: dict[str, Said] = {}
    for event in said:
        by = _who(event)
        if by and by not in first and event.time >= onset and says_over(event.text):
            first[by] = event
    return tuple(_after(store, measured, by, event) for by, event in sorted(first.items(), key=lambda one: one[1].time))


def _who(event: Said) -> Literal["message", "incident record", "alert"] | None:
    if event.what == "alert resolved" or (event.kind == "communication" and event.what == "bot_message"):
        return "alert"
    if event.what in ("PATCH", "incident update"):
        return "incident record"
    return "message" if event.kind == "communication" else None


def _after(store: Store, measured: Measured, by: Any, event: Said) -> SaidOver:
    requests, failed, last, path, line, until = store.rows("failures_after", start=event.time, end=measured.span.end)[0]
    probes = [one for one in measured.failed_probes if one[0] > event.time]
    return SaidOver(
        by,
        event.time,
        says_over(event.text),
        event.citation,
        requests,
        failed,
        last,
        Citation(path, line=line) if path else None,
        len(probes),
        probes[-1][2] if probes else None,
        until,
    )
