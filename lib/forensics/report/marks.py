"""Which stretch of time a picture shows, and what is marked in it: moments, changes, actions, deaths of the process."""

from __future__ import annotations

from datetime import datetime, timedelta

from forensics.model import Json, parse_time
from forensics.report import drawing
from forensics.report.drawing import Mark
from forensics.report.picture import Stretch
from forensics.report.redaction import Redactor
from forensics.store import Store

NEAR = timedelta(minutes=20)
"""A change no longer before the onset than this is shown with it."""
MOST_WEAK = 5
"""Changes and actions marked in one picture; the timeline has them all."""


def window(store: Store, result: Json, start: datetime | None, end: datetime | None) -> Stretch:
    """Return what to show: what was asked for, else the incident with some calm around it, as far as was measured."""
    first, last = store.rows("chart_span")[0]
    told = result["incident"]["window"]
    if told and told["how"] != "evidence span":
        begin, finish = parse_time(told["start"]), parse_time(told["end"])
        spans = [bounds(moment) for moment in result["moments"].values()]
        finish = max([finish, *(span[1] for span in spans if span and span[0] - finish < timedelta(hours=2))])
        around = max(timedelta(minutes=6), 0.5 * (finish - begin))
        leads = [change["lead_s"] for change in result["changes"] or [] if change["label"] != "unlikely"]
        led = [timedelta(seconds=lead) for lead in leads if lead is not None and lead <= NEAR.total_seconds()]
        around = max([around, *(lead * 1.1 for lead in led)])
        first = min(max(first or begin, begin - around), begin)
        last = max(min(last or finish, finish + around), finish)
    first, last = start or first, end or last
    return first, max(last, first + timedelta(minutes=1))


def bounds(moment: Json) -> Stretch | None:
    if isinstance(moment.get("earliest"), str) and isinstance(moment.get("latest"), str):
        return parse_time(moment["earliest"]), parse_time(moment["latest"])
    return None


def marks(store: Store, result: Json, shown: Stretch) -> tuple[list[Mark], list[Mark]]:
    """Return the marks for a wide picture and the fewer for a narrow one: moments, changes, actions, dead processes."""
    moments: dict[str, list[tuple[str, Stretch]]] = {}
    for name, moment in result["moments"].items():
        span = bounds(moment)
        if span and shown[0] <= span[0] <= shown[1]:
            moments.setdefault(f"{span[0]:%H:%M:%S}", []).append((name, span))
    strong = [
        Mark(group[0][1][0], group[0][1][1], f"{', '.join(name for name, _ in group)} {clock}".capitalize())
        for clock, group in moments.items()
    ]
    short = [
        Mark(group[0][1][0], group[0][1][1], ", ".join(name for name, _ in group).capitalize())
        for group in moments.values()
    ]
    redact = Redactor(store, bool(result["parameters"].get("redact", True)))
    onset = bounds(result["moments"]["onset"])
    weak: dict[datetime, str] = {}
    changes = [change for change in result["changes"] or [] if isinstance(change["time"], str)]
    near = sorted(changes, key=lambda change: (change["label"] == "unlikely", _distance(change, onset)))
    for change in near:
        name = f"{change['kind']} {change['id'][:7]}" if change["kind"] == "commit" else change["kind"]
        weak.setdefault(parse_time(change["time"]), drawing.plain(redact(name), 24))
    lead = [Mark(time, time, label, False) for time, label in list(weak.items())[:1]]
    for run in result["impact"]["runs"]:
        if run["of"] == "process":
            weak.setdefault(parse_time(run["start"]), "process died")
    for event in result["timeline"]:
        if event["key"] and event["kind"] == "action" and isinstance(event["time"], str):
            weak.setdefault(parse_time(event["time"]), drawing.plain(redact(event["text"]), 26))
    taken = {mark.start for mark in strong}
    inside = [
        Mark(time, time, f"{label} {time:%H:%M}", False)
        for time, label in weak.items()
        if shown[0] <= time <= shown[1] and time not in taken
    ]
    spread: list[Mark] = []
    for mark in inside:
        if len(spread) < MOST_WEAK and all(
            abs(mark.start - other.start) > (shown[1] - shown[0]) / 60 for other in spread
        ):
            spread.append(mark)
    wide = sorted([*strong, *spread], key=lambda mark: (mark.start, mark.label))
    few = sorted([*short, *(m for m in lead if shown[0] <= m.start <= shown[1])], key=lambda m: (m.start, m.label))
    return wide, few


def _distance(change: Json, onset: Stretch | None) -> float:
    time = parse_time(change["time"])
    return abs((time - onset[1]).total_seconds()) if onset else -time.timestamp()
