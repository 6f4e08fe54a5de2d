"""Which stretch of time a picture shows, and what is marked in it: moments, changes, actions, deaths of the process."""

from __future__ import annotations

from datetime import datetime, timedelta

from forensics.model import Json
from forensics.report import drawing
from forensics.report.drawing import Mark
from forensics.report.picture import Stretch
from forensics.report.redaction import Redactor
from forensics.store import Store
from forensics.times import OWN_CLOCKS, clock, own_clock, parse_time

NEAR = timedelta(minutes=20)
"""A change no longer before the onset than this is shown with it."""
LOOSE = 1 / 20
"""Of a picture: a moment whose bounds lie further apart is named with both of them, for its line shows only the earlier."""
MOST_WEAK = 5
"""Changes and actions marked in one picture; the timeline has them all."""


def window(store: Store, result: Json, start: datetime | None, end: datetime | None) -> Stretch:
    """Return what to show: what was asked for, else the incident with some calm around it, as far as was measured."""
    first, last = store.rows("chart_span", first_year=OWN_CLOCKS)[0]
    told = result["incident"]["window"]
    if told and told["how"] != "evidence span":
        begin, finish = _shown_of(result) or (parse_time(told["start"]), parse_time(told["end"]))
        spans = [bounds(moment) for moment in result["moments"].values()]
        finish = max([finish, *(span[1] for span in spans if span and span[0] - finish < timedelta(hours=2))])
        around = max(timedelta(minutes=6), 0.5 * (finish - begin))
        leads = [change["lead_s"] for change in result["changes"] or [] if change["label"] != "unlikely"]
        led = [timedelta(seconds=lead) for lead in leads if lead is not None and lead <= NEAR.total_seconds()]
        around = max([around, *(lead * 1.1 for lead in led)])
        first = min(max(first or begin, begin - around), begin)
        last = max(min(last or finish, finish + around), finish)
    if last and own_clock(last):
        first = max(first, datetime(last.year, 1, 1))  # a clock that counts has nothing before its zero
    first, last = start or first, end or last
    return first, max(last, first + timedelta(minutes=1))


def _shown_of(result: Json) -> Stretch | None:
    """Return the incident on the clock that counts seconds on which its numbers stand, where dated logs place it on another: only
    numbers are drawn."""
    runs = [(parse_time(run["start"]), parse_time(run["end"])) for run in result["impact"]["runs"]]
    counted = [run for run in runs if own_clock(run[0])]
    return (min(run[0] for run in counted), max(run[1] for run in counted)) if counted else None


def bounds(moment: Json) -> Stretch | None:
    """Return within which times a moment lies, where that is known."""
    if moment.get("earliest") and moment.get("latest"):
        return parse_time(moment["earliest"]), parse_time(moment["latest"])
    return None


def marks(store: Store, result: Json, shown: Stretch) -> tuple[list[Mark], list[Mark]]:
    """Return the marks for a wide picture and the fewer for a narrow one: moments, changes, actions, dead processes."""
    redact = Redactor(store, bool(result["parameters"].get("redact", True)))
    together: dict[tuple[str, str], list[tuple[str, Stretch]]] = {}
    for name, moment in result["moments"].items():
        span = next(
            (one for one in (bounds(moment), bounds(moment.get("on_own_clock", {}))) if one and _within(one, shown)),
            None,
        )
        if span:
            loose = span[1] - span[0] > (shown[1] - shown[0]) * LOOSE
            together.setdefault((clock(span[0]), clock(span[1]) if loose else ""), []).append((name, span))
    wide, few = [], []
    for (first, last), group in together.items():
        start, end = group[0][1]
        names = ", ".join(name for name, _ in group).capitalize()
        wide.append(Mark(start, end, f"{names} {first}" + (f" – {last}" if last else "")))
        few.append(Mark(start, end, names))
    taken = [mark.start for mark in wide]
    least = (shown[1] - shown[0]) / 60
    for place, (time, label) in enumerate(_others(result, redact).items()):
        if not shown[0] <= time <= shown[1] or time in taken:
            continue
        if place == 0:
            few.append(Mark(time, time, label, False))
        if all(mark.strong or abs(mark.start - time) > least for mark in wide) and len(wide) < len(taken) + MOST_WEAK:
            wide.append(Mark(time, time, f"{label} {time:%H:%M}", False))
    return _in_order(wide), _in_order(few)


def _others(result: Json, redact: Redactor) -> dict[datetime, str]:
    """Return what else to mark, the change that came closest to the onset first."""
    onset = bounds(result["moments"]["onset"])
    found: dict[datetime, str] = {}
    changes = [change for change in result["changes"] or [] if change["time"]]
    for change in sorted(changes, key=lambda one: (one["label"] == "unlikely", _distance(one, onset), one["rank"])):
        name = f"{change['kind']} {change['id'][:7]}" if change["kind"] == "commit" else change["kind"]
        found.setdefault(_earliest(change), drawing.plain(redact(name), 24))
    for run in result["impact"]["runs"]:
        if run["of"] == "process":
            found.setdefault(parse_time(run["start"]), "process died")
    for event in result["timeline"]:
        if event["key"] and event["kind"] == "action" and event["time"]:
            label = _kind(result, event["where"]) or redact(event["text"])
            found.setdefault(parse_time(event["time"]), drawing.plain(label, 26))
    return found


def _kind(result: Json, where: str) -> str:
    """Return the kind of the mitigation that stands there: a few letters of what people wrote of it would say less; empty where none is."""
    done = (result.get("response") or {}).get("mitigations") or []
    kind = next((str(one["kind"]) for one in done if where in (one["where"], *one["traces"])), "")
    return "" if kind == "other" else kind.removeprefix("service ")


def _within(span: Stretch, shown: Stretch) -> bool:
    return shown[0] <= span[0] <= shown[1]


def _in_order(some: list[Mark]) -> list[Mark]:
    return sorted(some, key=lambda mark: (mark.start, mark.label))


def _earliest(change: Json) -> datetime:
    """Return when a change was made; of one that only lies between two times, the earlier of them."""
    time = change["time"]
    return parse_time(time["earliest"] if isinstance(time, dict) and "earliest" in time else time)


def _distance(change: Json, onset: Stretch | None) -> float:
    time = _earliest(change)
    return abs((time - onset[1]).total_seconds()) if onset else -time.timestamp()
