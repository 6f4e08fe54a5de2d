"""The pictures of an incident. The lab and the report call the same functions; a widget only chooses their window."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from matplotlib.figure import Figure

from forensics import runbook
from forensics.model import Json, parse_time
from forensics.report import drawing
from forensics.report.drawing import NARROW, WIDE, Mark
from forensics.report.redaction import Redactor
from forensics.report.words import Times, length, plural, quantity, sentence
from forensics.store import Store

MOST_POINTS = 1600
"""Points drawn of one series; of more, the lowest and highest of each stretch."""
MOST_SERIES = 4
LEAST_HOLE = timedelta(seconds=60)
RESOURCES = ("memory", "disk", "db_connections")
_SAID = Times()

Point = tuple[datetime, datetime | None, float, int]
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with what it says: nobody should have to find that out."""

    name: str
    figure: Figure
    title: str
    takeaway: str
    """One line; the caption."""
    alt: str
    """What the picture shows, for those who cannot see it."""
    narrow: Figure | None = None
    """The same, drawn for a telephone."""

    def _repr_html_(self) -> str:
        image = base64.b64encode(png(self)).decode("ascii")
        alt, takeaway = escape(self.alt), escape(self.takeaway)
        return (
            f'<figure style="margin:0"><img style="max-width:100%" alt="{alt}" src="data:image/png;base64,{image}">'
            f"<figcaption>{takeaway}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return f"{self.title}: {self.takeaway}"


def svg(chart: Chart, narrow: bool = False) -> str:
    """Return a chart as an element for a page."""
    if narrow and chart.narrow is not None:
        return drawing.svg(chart.narrow, f"{chart.name}-narrow", chart.title, chart.alt)
    return drawing.svg(chart.figure, chart.name, chart.title, chart.alt)


def png(chart: Chart) -> bytes:
    """Return a chart as an image for a notebook."""
    return drawing.png(chart.figure)


def report_charts(store: Store, result: Json) -> list[Chart]:
    """Return the pictures of a report, the hero first; none is shown twice."""
    found = [hero(store, result), error_rate(store, result), response_time(store, result)]
    found += [*resources(store, result), coverage(result)]
    kept: dict[str, Chart] = {}
    for chart in found:
        if chart is not None:
            kept.setdefault(chart.name, chart)
    return list(kept.values())


def hero(store: Store, result: Json, start: datetime | None = None, end: datetime | None = None) -> Chart | None:
    """Draw the signal in which this incident showed; where there was none, the one that was watched best."""
    runs = sorted(result["impact"]["runs"], key=lambda run: (not run["criterion"], run["start"]))
    shown = [_DRAWN_AS.get(run["of"], run["of"]) for run in runs]
    for signal in dict.fromkeys([*shown, "error_rate", "response_time", *RESOURCES]):
        chart = (
            failed_logins(store, result, start, end) if signal == "security" else _level(store, result, signal, start, end)
        )
        if chart is not None:
            return chart
    return None


_DRAWN_AS = {"availability": "error_rate", "process": "response_time"}
"""What has no level of its own shows in these."""


def error_rate(store: Store, result: Json, start: datetime | None = None, end: datetime | None = None) -> Chart | None:
    """Draw the share of requests that failed."""
    return _level(store, result, "error_rate", start, end)


def response_time(store: Store, result: Json, start: datetime | None = None, end: datetime | None = None) -> Chart | None:
    """Draw how long requests took."""
    return _level(store, result, "response_time", start, end)


def resources(store: Store, result: Json, start: datetime | None = None, end: datetime | None = None) -> list[Chart]:
    """Draw memory, disk and database connections, each against its threshold; what was not measured is not drawn."""
    found = [_level(store, result, signal, start, end) for signal in RESOURCES]
    return [chart for chart in found if chart is not None]


# ---- levels: a signal against its limits ---------------------------------------------------------------------------


def _level(store: Store, result: Json, signal: str, start: datetime | None, end: datetime | None) -> Chart | None:
    measured = store.records("chart_signals", signal=signal)
    by_requests = signal in ("error_rate", "response_time")
    if by_requests:
        measured = [row for row in measured if row["kind"] == "bucket"][:1] or measured
    if not measured:
        return None
    window = _window(store, result, start, end)
    series: list[tuple[Json, list[Point]]] = []
    for row in measured:
        points = _points(store, row, window)
        if points:
            series.append((row, points))
    if not series:
        return None
    series = sorted(series, key=lambda one: -len(one[1]))[:MOST_SERIES]
    verdicts = [verdict for verdict in result["verdicts"] if _rule(verdict).signal == signal]
    title, unit = series[0][0]["title"], series[0][0]["unit"]
    peak_time, peak = max(((time, value) for _, points in series for time, _, value, _ in points), key=lambda p: p[1])
    limits = _limits(verdicts)
    top = 1.12 * max([peak, *(value for value, _ in limits if value < 20 * max(peak, 1e-9) or unit == "%")])
    picture = _Picture(
        name=signal.replace("_", "-"),
        title=title,
        unit=unit,
        top=min(top, 105.0) if unit == "%" and peak <= 100 else top,
        window=window,
        series=[(f"{row['definition'].split(', ')[0]}, {row['path']}", points) for row, points in series],
        limits=limits,
        shades=[*_breaches(verdicts), *_down(result)],
        told=all(row["told"] for row, _ in series),
    )
    marks, few = _marks(store, result, window)
    alt = (
        f"{title} in {_unit(unit)}, {_definition(series[0][0])}, {_SAID.span(window[0].isoformat(), window[1].isoformat())}; "
        f"highest {quantity(peak, unit)} at {peak_time:%H:%M:%S}. "
        + "".join(f"Threshold: {label}. " for _, label in limits)
        + (f"Marked: {', '.join(mark.label for mark in marks)}." if marks else "")
    )
    return picture.drawn(marks, few, _takeaway(title, verdicts, peak, unit), alt)


def _rule(verdict: Json) -> runbook.Rule:
    return runbook.load().rule(verdict["rule"])


def _definition(row: Json) -> str:
    return f"{row['definition']}, from {row['path']} ({row['vantage']})"


def _unit(unit: str) -> str:
    return {"%": "percent", "s": "seconds"}.get(unit, unit)


def _points(store: Store, row: Json, window: Stretch) -> list[Point]:
    gap = float(row["gap_s"] or 0)
    found = store.rows(
        "chart_points", id=row["id"], gap=gap, start=window[0], end=window[1], most=MOST_POINTS,
    )  # fmt: skip
    return [(time, until, float(value), int(run)) for time, until, value, run in found]


def _limits(verdicts: Sequence[Json]) -> list[tuple[float, str]]:
    """Return each limit once, with what the runbook makes of it."""
    found: dict[float, list[str]] = {}
    for verdict in sorted(verdicts, key=lambda one: one["rule"]):
        if verdict["limit"] is None:
            continue
        sustained = verdict["sustained_s"]
        said = f"incident if > {length(sustained)}" if sustained else "alert"
        found.setdefault(float(verdict["limit"]), []).append(said)
    unit = verdicts[0]["unit"] if verdicts else ""
    return [(value, f"> {value:g} {unit}: {', '.join(said)}") for value, said in sorted(found.items())]


def _breaches(verdicts: Sequence[Json]) -> list[tuple[str, datetime, datetime]]:
    """Return what is to be shaded: breaches of criteria, and stretches over an alert threshold around them."""
    declares = any(verdict["sustained_s"] for verdict in verdicts)
    found: list[tuple[str, datetime, datetime]] = []
    for verdict in sorted(verdicts, key=lambda one: one["sustained_s"] is None):
        kind = "breach" if verdict["sustained_s"] or not declares else "over"
        spans = sorted((parse_time(run["start"]), parse_time(run["end"])) for run in verdict["intervals"])
        found += [(kind, *span) for span in _together(spans) if span not in [one[1:] for one in found]]
    return found


def _down(result: Json) -> list[tuple[str, datetime, datetime]]:
    runs = [run for run in result["impact"]["runs"] if run["of"] == "process"]
    return [("down", parse_time(run["start"]), parse_time(run["end"])) for run in runs]


def _takeaway(title: str, verdicts: Sequence[Json], peak: float, unit: str) -> str:
    """Say in one line what the verdicts say about this signal."""
    for verdict in sorted(verdicts, key=lambda one: one["sustained_s"] is None):
        if verdict["verdict"] == "met":
            runs = verdict["intervals"]
            spans = sorted((parse_time(run["start"]), parse_time(run["end"])) for run in runs)
            total = sum(((last - first).total_seconds() for first, last in _together(spans)), 0.0)
            lasted = f" for {length(total)}" if total else ""
            times = f" in {plural(len(_together(spans)), 'stretch', 'stretches')}" if len(_together(spans)) > 1 else ""
            highest = max(run["peak"] for run in runs)
            still = "; still so when the evidence ends" if any(run["open"] for run in runs) else ""
            return (
                f"{title}: over {quantity(verdict['limit'], unit)}{lasted}{times}, {_SAID.span(runs[0]['start'], runs[-1]['end'])}; "
                f"highest {quantity(highest, unit)}{still}."
            )
    unsure = next((verdict for verdict in verdicts if verdict["verdict"] == "not_assessable"), None)
    if unsure:
        return f"{title}: not assessable. {sentence(unsure['why'] or '; '.join(unsure['missing']))}"
    lowest = min((verdict["limit"] for verdict in verdicts), default=None)
    return f"{title}: never over {quantity(lowest, unit)}; highest {quantity(peak, unit)}."


def _together(spans: Sequence[Stretch]) -> list[Stretch]:
    """Join stretches that overlap."""
    joined: list[Stretch] = []
    for first, last in spans:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


# ---- failed logins ----------------------------------------------------------------------------------------------


def failed_logins(store: Store, result: Json, start: datetime | None = None, end: datetime | None = None) -> Chart | None:
    """Draw the failed logins of the addresses that failed most, counted as the rule counts them."""
    counts = store.records("login_counts", start=start or datetime(1970, 1, 2), end=end or datetime(9999, 1, 1))[0]
    told = result["security"]
    if not counts["failed"] or told is None:
        return None
    rule = runbook.load().rule("declare.security_alert")
    within = rule.within or timedelta(minutes=5)
    window = _window(store, result, start, end)
    step = max(5.0, (window[1] - window[0]).total_seconds() / 500)
    rows = store.rows(
        "chart_failed_logins", start=window[0], end=window[1], within=within.total_seconds(), step=step, most=3
    )
    redact = Redactor(store, bool(result["parameters"].get("redact", True)))
    series: dict[str, list[Point]] = {}
    for address, time, failed in rows:
        series.setdefault(address, []).append((time, None, float(failed), 0))
    if not series:
        return None
    minutes = within.total_seconds() / 60
    limit = float(rule.limit or 0)
    verdict = next(one for one in result["verdicts"] if one["rule"] == rule.id)
    marks, few = _marks(store, result, window)
    successes = [
        Mark(parse_time(source["first_success"]), parse_time(source["first_success"]), f"Login succeeded {_SAID.clock(source['first_success'])}")
        for source in told["sources"]
        if source.get("first_success")
    ]  # fmt: skip
    marks, few = sorted([*marks, *successes], key=lambda mark: mark.start), sorted([*few, *successes], key=lambda mark: mark.start)
    peak = max(point[2] for points in series.values() for point in points)
    picture = _Picture(
        name="failed-logins",
        title=f"Failed logins from one address in {minutes:g} minutes",
        unit="",
        top=1.12 * max(peak, limit),
        window=window,
        series=[(drawing.plain(redact(address)), points) for address, points in series.items()],
        limits=[(limit, f"alert from {limit:g} in {minutes:g} minutes")],
        shades=_breaches([{**verdict, "sustained_s": 1, "intervals": [r for r in verdict["intervals"] if r["start"] != r["end"]]}]),
    )
    guessing = sum(1 for source in told["sources"] if source.get("burst"))
    takeaway = f"{told['failed_logins']:,} of {told['attempts']:,} attempts to log in failed; " + (
        f"{plural(guessing, 'address', 'addresses')} reached {limit:g} within {minutes:g} minutes"
        + (f", and from {plural(len(successes), 'of them a login', 'of them logins')} then succeeded." if successes else ".")
        if guessing
        else f"no address reached {limit:g} within {minutes:g} minutes."
    )
    alt = (
        f"Failed logins of the last {minutes:g} minutes for each of {plural(len(series), 'address', 'addresses')}, "
        f"{_SAID.span(window[0].isoformat(), window[1].isoformat())}; highest {peak:g}. "
        f"Threshold: {limit:g}. Marked: {', '.join(mark.label for mark in marks)}."
    )
    return picture.drawn(marks, few, takeaway, alt)


# ---- the window and what is marked in it --------------------------------------------------------------------------


def _window(store: Store, result: Json, start: datetime | None, end: datetime | None) -> Stretch:
    """Return what to show: what was asked for, else the incident with some calm around it, as far as was measured."""
    first, last = store.rows("chart_span")[0]
    told = result["incident"]["window"]
    if told and told["how"] != "evidence span":
        begin, finish = parse_time(told["start"]), parse_time(told["end"])
        spans = [_bounds(moment) for moment in result["moments"].values()]
        finish = max([finish, *(span[1] for span in spans if span and span[0] - finish < timedelta(hours=2))])
        around = max(timedelta(minutes=6), 0.5 * (finish - begin))
        leads = [change["lead_s"] for change in result["changes"] or [] if change["label"] != "unlikely"]
        led = [timedelta(seconds=lead) for lead in leads if lead is not None and lead <= NEAR.total_seconds()]
        around = max([around, *(lead * 1.1 for lead in led)])
        first = min(max(first or begin, begin - around), begin)
        last = max(min(last or finish, finish + around), finish)
    first, last = start or first, end or last
    return first, max(last, first + timedelta(minutes=1))


def _bounds(moment: Json) -> Stretch | None:
    if isinstance(moment.get("earliest"), str) and isinstance(moment.get("latest"), str):
        return parse_time(moment["earliest"]), parse_time(moment["latest"])
    return None


def _marks(store: Store, result: Json, window: Stretch) -> tuple[list[Mark], list[Mark]]:
    """Return the marks for a wide picture and the fewer for a narrow one: moments, changes, actions, dead processes."""
    moments: dict[str, list[tuple[str, Stretch]]] = {}
    for name, moment in result["moments"].items():
        bounds = _bounds(moment)
        if bounds and window[0] <= bounds[0] <= window[1]:
            moments.setdefault(f"{bounds[0]:%H:%M:%S}", []).append((name, bounds))
    strong = [
        Mark(group[0][1][0], group[0][1][1], f"{', '.join(name for name, _ in group)} {clock}".capitalize())
        for clock, group in moments.items()
    ]
    short = [
        Mark(group[0][1][0], group[0][1][1], ", ".join(name for name, _ in group).capitalize())
        for group in moments.values()
    ]
    redact = Redactor(store, bool(result["parameters"].get("redact", True)))
    onset = _bounds(result["moments"]["onset"])
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
        if window[0] <= time <= window[1] and time not in taken
    ]
    spread: list[Mark] = []
    for mark in inside:
        if len(spread) < MOST_WEAK and all(abs(mark.start - other.start) > (window[1] - window[0]) / 60 for other in spread):
            spread.append(mark)
    wide = sorted([*strong, *spread], key=lambda mark: (mark.start, mark.label))
    few = sorted([*short, *(m for m in lead if window[0] <= m.start <= window[1])], key=lambda m: (m.start, m.label))
    return wide, few


NEAR = timedelta(minutes=20)
"""A change no longer before the onset than this is shown with it."""
MOST_WEAK = 5
"""Changes and actions marked in one picture; the timeline has them all."""


def _distance(change: Json, onset: Stretch | None) -> float:
    time = parse_time(change["time"])
    return abs((time - onset[1]).total_seconds()) if onset else -time.timestamp()


# ---- drawing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Picture:
    """Everything that one picture needs, before its width is known."""

    name: str
    title: str
    unit: str
    top: float
    window: Stretch
    series: list[tuple[str, list[Point]]]
    limits: list[tuple[float, str]]
    shades: list[tuple[str, datetime, datetime]]
    told: bool = False
    """Told only when something failed: silence is then no hole."""

    def drawn(self, wide: list[Mark], few: list[Mark], takeaway: str, alt: str) -> Chart:
        """Draw it for a desk and for a telephone."""
        with drawing.style():
            return Chart(self.name, self.at(WIDE, wide), self.title, takeaway, alt, self.at(NARROW, few))

    def at(self, width: float, marks: list[Mark]) -> Figure:
        """Draw it at one width."""
        start, end = self.window
        rows = drawing.lanes_for(marks, width, start, end)
        figure, axes = drawing.canvas(width, start, end, max(rows, default=-1) + 1, names=len(self.series) if len(self.series) > 1 else 0)
        drawing.scale(axes, self.title, self.unit, self.top)
        for kind, first, last in self.shades:
            if last > start and first < end:
                drawing.shade(axes, max(first, start), min(last, end), kind)
                if kind == "breach":
                    drawing.inside(axes, max(first, start), min(last, end), f"breach, {length((last - first).total_seconds())}", drawing.LIMIT)
        if not self.told:
            covered = [span for _, points in self.series for span in drawing.spans(points)]
            for first, last in drawing.holes(covered, start, end, max(LEAST_HOLE, (end - start) / 50)):
                drawing.shade(axes, first, last, "hole")
                drawing.inside(axes, first, last, "not collected", drawing.MUTED)
        for value, label in self.limits:
            if value <= self.top:
                drawing.limit(axes, value, label)
        for number, (label, points) in enumerate(self.series):
            drawing.line(axes, points, number, drawing.plain(label, 60 if width > NARROW else 38))
        drawing.draw_marks(axes, marks, rows, width, start, end)
        drawing.named(axes)
        return figure


# ---- coverage -------------------------------------------------------------------------------------------------------

MOST_SOURCES = 18


def coverage(result: Json, start: datetime | None = None, end: datetime | None = None) -> Chart | None:
    """Draw which stretch of time each source covers, with the incident; sources that hold nothing are named too."""
    held = [source for source in result["coverage"] if isinstance(source["start"], str) and isinstance(source["end"], str)]
    lost = [e for e in result["evidence"] if e["status"] in ("empty", "error-payload", "unreadable")]
    if not held:
        return None
    spans = [(source["path"], source["kind"], parse_time(source["start"]), parse_time(source["end"])) for source in held]
    told = result["incident"]["window"]
    incident = (parse_time(told["start"]), parse_time(told["end"])) if told and told["how"] != "evidence span" else None
    window = (min(s[2] for s in spans), max(s[3] for s in spans))
    if incident:
        around = max(timedelta(minutes=20), incident[1] - incident[0])
        window = (max(window[0], incident[0] - around), min(window[1], incident[1] + around))
        window = (min(window[0], incident[0]), max(window[1], incident[1]))
    window = (start or window[0], end or window[1])
    if window[0] >= window[1]:
        window = (window[0] - timedelta(minutes=1), window[1] + timedelta(minutes=1))
    order = sorted(spans, key=lambda s: (s[3] <= window[0] or s[2] >= window[1], s[1], s[2], s[0]))
    redact = Redactor(None, bool(result["parameters"].get("redact", True)))
    rows: list[tuple[str, str, Stretch | None]] = [(redact(path), kind, (first, last)) for path, kind, first, last in order]
    rows += [(redact(entry["path"]), entry["status"], None) for entry in lost]
    more = len(rows) - MOST_SOURCES
    rows = rows[:MOST_SOURCES]
    whole = [s for s in spans if incident and s[2] <= incident[0] and s[3] >= incident[1]]
    takeaway = f"{len(spans)} sources have times" + (f"; {len(whole)} of them cover the whole incident" if incident else "")
    takeaway += f"; {plural(len(lost), 'more holds', 'more hold')} nothing usable" if lost else ""
    takeaway += f"; {plural(more, 'source')} not drawn" if more > 0 else ""
    alt = "Bars of the time that each source covers: " + "; ".join(
        f"{path} {_SAID.span(span[0].isoformat(), span[1].isoformat())}" if span else f"{path} nothing ({kind})"
        for path, kind, span in rows
    )
    with drawing.style():
        wide, narrow = (_bars(width, window, incident, rows) for width in (WIDE, NARROW))
    return Chart("coverage", wide, "What the evidence covers", takeaway + ".", alt + ".", narrow)


def _bars(width: float, window: Stretch, incident: Stretch | None, rows: list[tuple[str, str, Stretch | None]]) -> Figure:
    start, end = window
    figure, axes = drawing.canvas(width, start, end, 0, plot=0.2 * len(rows) + 0.1, left=2.1 if width > NARROW else 1.35)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [drawing.plain(path, 34 if width > NARROW else 20) for path, _, _ in rows])
    axes.tick_params(axis="y", labelcolor=drawing.INK, labelsize=drawing.SIZE - 0.5)
    if incident:
        drawing.shade(axes, *incident, "incident")
        drawing.above(axes, incident[0] + (incident[1] - incident[0]) / 2, "incident")
    for row, (_, kind, span) in enumerate(rows):
        if span is None:
            drawing.absent(axes, row, {"empty": "empty", "error-payload": "saved an error instead"}.get(kind, kind), start)
        elif span[1] < start or span[0] > end:
            drawing.outside(axes, row, span[1] < start, f"{span[1]:%Y-%m-%d %H:%M}" if span[1] < start else f"{span[0]:%Y-%m-%d %H:%M}")
        else:
            drawing.bar(axes, row, max(span[0], start), min(span[1], end), span[0] < start, span[1] > end, (end - start) / 300)
    return figure

