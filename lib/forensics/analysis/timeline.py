"""The timeline: what happened, in order, each event with its evidence; and the few that tell the story."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import by_dated_logs
from forensics.analysis.impact import Impact, Measured, Run
from forensics.analysis.messages import Said, rehearsed
from forensics.lengths import cut, lasting, quantity
from forensics.model import Change, Citation, Event, Moment
from forensics.times import clock

KEY_EVENTS = 15
GRAVE = 8
"""So heavy is a login that succeeded after its password was guessed."""
RELAPSED = 7
"""So heavy is that it ceased, and that it came back: it belongs to the story."""
MOST_RELAPSED = 4
"""Events that it ceased or came back which the story has each; of more, the first stand for all."""
LIGHT = 2
"""So light are the states of alert rules and single probes: before the onset they tell of calm."""
RECENT = timedelta(hours=24)
"""A change so long before the onset belongs to the story: the runbook asks for recent ones (section 2.2)."""
LEAD = timedelta(minutes=30)
"""The story begins this long before the onset: what changed recently belongs to it."""

MOST_IN_VAIN = 2
"""Actions before a relapse that the story has, the last of them."""

_KINDS = {"signal", "change", "decision", "action", "communication"}
_UNITS = {"error_rate": "%", "response_time": "s", "memory": "%", "disk": "%", "db_connections": "%"}
_TITLES = {
    "error_rate": "Error rate over its limit",
    "response_time": "Response time over its limit",
    "availability": "Every request failed",
    "security": "Failed logins from one address",
    "memory": "Memory over its limit",
    "disk": "Disk over its limit",
    "db_connections": "Database connections over their limit",
    "refused": "Far more requests refused than usual",
    "queue": "A queue longer than usual",
}


_KIN = re.compile(r"\d+|(?<=Probe of )\S+|(?<=answered: )\w+")
"""What differs between events that tell the same story: the first of them stands for all."""


def timeline(said: list[Said], changes: list[Change], impact: Impact, measured: Measured) -> list[Event]:
    """Return every event that can be dated, in order; samples and log lines stay in the store."""
    events = [
        Event(e.time, e.kind if e.kind in _KINDS else "signal", _short(e.text), e.citation, e.who, _weight(e))  # type: ignore[arg-type]
        for e in said
    ]
    told = {e.citation for e in said if (e.kind, e.what) == ("change", "data")}
    events += [
        Event(c.time, "change", f"{_named(c)}: {_short(c.summary)}{_by(c)}", c.citation, weight=3)
        for c in changes
        if c.time is not None and c.kind != "restart" and c.citation not in told
    ]
    seen: set[tuple[datetime, str]] = set()
    for run in impact.runs:
        title = _TITLES.get(run.signal)
        if title is None or (run.signal == "availability" and run.tier > 1) or (run.breach.start, title) in seen:
            continue
        seen.add((run.breach.start, title))
        unit = _UNITS.get(run.signal)
        peak = f", peak {quantity(run.breach.peak, unit)}" if unit else ""
        text = f"{title} {_lasting(run)}{peak}"
        events.append(
            Event(
                run.breach.start,
                "signal",
                text,
                path_of(run.breach.signal),
                weight=5 if run.tier == 1 else 3,
                asked=measured.found_by(run.signal, run.breach.signal, run.limit),
            )
        )
    events += [
        Event(
            one.time,
            "signal",
            "A login succeeded from an address that had guessed passwords",
            one.citation,
            weight=GRAVE,
        )
        for one in measured.successes
    ]
    events += [
        Event(one.latest, "signal", f"{one.told[:1].upper()}{one.told[1:]}", one.citations[-1], weight=5)
        for one in measured.lost
        if one.latest
    ]
    events += by_dated_logs.events(impact.dated)
    events += _resources(measured)
    for start, target, citation in _first_probes(measured):
        events.append(Event(start, "signal", f"Probe of {target} failed", citation, weight=2))
    return sorted(events, key=order)


def order(event: Event) -> tuple[datetime, str, tuple[str, int, int, str, int], str]:
    """Return what events are put in order by: of those that share a time and a kind, as they stand in their files."""
    return event.time, event.kind, event.citation.place, event.text


def _by(change: Change) -> str:
    """Say by when a change was made that only lies between two times."""
    return f" (at some time until {clock(change.until)})" if change.until else ""


def _lasting(run: Run) -> str:
    """Say how long a stretch lasted; of one that a single sample shows, or one whose samples only stand in order, nothing is
    known of its length."""
    if run.breach.start_between or run.breach.end_between:
        return f"at some time until {clock(run.breach.latest_end)}"
    if run.breach.points <= 1 and not run.breach.seconds:
        return "in one sample"
    return f"for {lasting(run.breach.seconds)}"


def _weight(event: Said) -> int:
    """Say how much an event matters: a person's action more than a person's word, and an alert that only rehearses nearly nothing."""
    if not event.person and rehearsed(event.text):
        return 1
    return event.weight + (2 if event.person and "action" in event.means and "update" not in event.means else 0)


def _resources(measured: Measured) -> Iterable[Event]:
    """Yield the first time that each resource went over its threshold."""
    for signal in ("memory", "disk", "db_connections"):
        runs = [run for (rule, _), found in measured.runs.items() if rule == f"alert.{signal}" for run in found]
        if runs:
            first = min(runs, key=lambda run: (run.start, run.signal))
            text = f"{_TITLES[signal]}, {quantity(max(run.peak for run in runs), _UNITS[signal])} at the most"
            limit = runbook.load().rule(f"alert.{signal}").limit or 0.0
            asked = measured.found_by(signal, first.signal, limit)
            yield Event(first.start, "signal", text, path_of(first.signal), weight=3, asked=asked)


def _first_probes(measured: Measured) -> Iterable[tuple[datetime, str, Citation]]:
    """Yield the first failed probe of each target in each quarter of an hour: the rest says the same."""
    last: dict[str, datetime] = {}
    for time, target, citation in measured.failed_probes:
        if target not in last or time - last[target] > timedelta(minutes=15):
            yield time, target, citation
        last[target] = time


def path_of(statistic: str) -> Citation:
    return Citation(statistic.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0])


def _short(text: str) -> str:
    first = " ".join(line.strip() for line in text.strip().splitlines()[:4])
    return cut(first, 200)


def key_events(events: list[Event], moments: dict[str, Moment], in_vain: Set[Citation] = frozenset()) -> dict[int, str]:
    """Return at most fifteen events that tell the story, as their place in the list and their words.

    What the moments rest on belongs to them, the last change in the day before the onset, and that it ceased and came back, with what
    was done before it `in_vain`; where that is more than fifteen, each moment has one of them, and the heaviest are told of the rest.
    Of the others the heaviest near the incident, and of the permanent fix, are chosen, one of each kin: where several tell the same,
    the first says how many. The heaviest of all belong to the story whenever they were: who guesses a password may use it much later.
    Without an onset nothing tells what is near, and the first fifteen are told.
    """
    spans = [m.span for m in moments.values() if m.span]
    if moments["onset"].span is None:
        return {place: event.text for place, event in enumerate(events[:KEY_EVENTS])}
    onset = moments["onset"].span.earliest
    counted = moments["onset"].on_own_clock
    clock_of_numbers = counted.span.earliest.year if counted and counted.span else None
    start = min(s.earliest for s in spans) - LEAD
    end = max(s.latest for s in spans) + LEAD
    cited = _cited(events, moments, start, end)
    relapsed = [place for place, event in enumerate(events) if event.weight == RELAPSED][:MOST_RELAPSED]
    relapsed += [place for place, event in enumerate(events) if event.citation in in_vain][-MOST_IN_VAIN:]
    told = {place for places in cited for place in places} | _last_change(events, onset) | set(relapsed)
    placed = {
        place
        for places, moment in zip(cited, moments.values(), strict=True)
        for place in places
        if moment.span and moment.span.earliest <= events[place].time <= moment.span.latest
    }
    repeated = _repeated(events, told - placed)
    between = {place for alike in repeated for place in alike[1:-1]}
    told -= between
    kin: dict[str, list[int]] = {}
    for place, event in enumerate(events):
        calm = event.kind == "signal" and event.time < onset and event.weight <= LIGHT
        near = start <= event.time <= end or event.time.year == clock_of_numbers or bool(event.step)
        if place not in told | between and ((near and event.weight > 1 and not calm) or event.weight >= GRAVE):
            kin.setdefault(f"{event.kind} {_KIN.sub('', event.text)[:60]}", []).append(place)
    first = {places[0] for places in cited if places} | _last_change(events, onset) | set(relapsed)
    heaviest = sorted(told, key=lambda place: (place not in first, -events[place].weight, place))
    chosen = {place: events[place].text for place in heaviest[:KEY_EVENTS]}
    for alike in repeated:
        chosen.update(
            {alike[0]: f"{events[alike[0]].text} (the first of {len(alike)} like it)"} if alike[0] in chosen else {}
        )
    firsts = sorted(kin.values(), key=lambda alike: (-events[alike[0]].weight, alike[0]))
    for alike in firsts[: KEY_EVENTS - len(chosen)]:
        chosen[alike[0]] = events[alike[0]].text + (f" (the first of {len(alike)} like it)" if alike[1:] else "")
    return dict(sorted(chosen.items()))


def _repeated(events: list[Event], told: set[int]) -> list[list[int]]:
    """Return the signals among events which say the same more than three times: the first and the last of them tell the story.

    They lie outside of the bounds of what they are cited for: stretches over a limit, all of which one file tells.
    """
    kin: dict[str, list[int]] = {}
    for place in sorted(told):
        if events[place].kind == "signal":
            kin.setdefault(_KIN.sub("", events[place].text)[:60], []).append(place)
    return [places for places in kin.values() if len(places) > 3]


def _cited(events: list[Event], moments: dict[str, Moment], start: datetime, end: datetime) -> list[list[int]]:
    """Return, for each moment, the places of the events that it rests on: those that its bounds hold first, then by their time."""
    found = []
    for moment in moments.values():
        cited, span = set(moment.citations), moment.span
        places = [at for at, event in enumerate(events) if event.citation in cited and start <= event.time <= end]
        found.append(
            sorted(places, key=lambda at: (not (span and span.earliest <= events[at].time <= span.latest), at))
        )
    return found


def _last_change(events: list[Event], onset: datetime) -> set[int]:
    """Return the place of the last change in the day before the onset; nothing where there was none."""
    recent = [
        place
        for place, event in enumerate(events)
        if event.kind == "change" and timedelta() < onset - event.time <= RECENT
    ]
    return set(recent[-1:])


def with_stars(events: list[Event], key: dict[int, str], starred: set[int]) -> dict[int, str]:
    """Return the key events with those that people gave a star; these take the places of the lightest others."""
    told = {**{place: events[place].text for place in starred}, **key}
    heaviest = sorted(told, key=lambda place: (place not in starred, -events[place].weight, place))[:KEY_EVENTS]
    return {place: told[place] for place in sorted(heaviest)}


def _named(change: Change) -> str:
    """Name a change by its kind and, where that is a commit, by as much of its id as people quote."""
    return f"Commit {change.id[:7]}" if change.kind == "commit" else change.kind.capitalize()
