"""The pictures of an incident. The lab and the report call the same functions; a widget only chooses their window."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import series_labels, unruled
from forensics.analysis.known import REQUEST_SIGNALS
from forensics.findings.declaration import merged
from forensics.model import Json
from forensics.report import drawing, marks, shares
from forensics.report.backtest_picture import picture as backtest
from forensics.report.coverage import coverage
from forensics.report.drawing import Mark
from forensics.report.picture import Chart, Picture, Point, Stretch, png, svg
from forensics.report.redaction import Redactor
from forensics.report.words import Times, length, plural, quantity, sentence
from forensics.store import Store
from forensics.times import clock, counted, own_clock, parse_time, utc

__all__ = [
    "Chart",
    "backtest",
    "coverage",
    "error_rate",
    "failed_logins",
    "hero",
    "png",
    "report_charts",
    "resources",
    "response_time",
    "svg",
]

MOST_POINTS = 1600
"""Points drawn of one series; of more, the lowest and highest of each stretch."""
MOST_SERIES = 4
RESOURCES = ("memory", "disk", "db_connections")
_SAID = Times()


def report_charts(store: Store, result: Json) -> list[Chart]:
    """Return the pictures of a report, the hero first; none is shown twice."""
    found = [hero(store, result), error_rate(store, result), response_time(store, result)]
    found += [
        *resources(store, result),
        coverage(result, _redactor(store, result)),
    ]
    kept: dict[str, Chart] = {}
    for chart in found:
        if chart is not None:
            kept.setdefault(chart.name, chart)
    return list(kept.values())


def _redactor(store: Store, result: Json) -> Redactor:
    return Redactor(store, bool(result["parameters"].get("redact", True)))


def hero(store: Store, result: Json, start: datetime | None = None, end: datetime | None = None) -> Chart | None:
    """Draw the signal in which this incident showed; where there was none, the one that was watched best."""
    runs = sorted(result["impact"]["runs"], key=lambda run: (not run["criterion"], parse_time(run["start"])))
    shown = [_DRAWN_AS.get(run["of"], run["of"]) for run in runs]
    for signal in dict.fromkeys([*shown, "error_rate", "response_time", *RESOURCES]):
        chart = (
            failed_logins(store, result, start, end)
            if signal == "security"
            else _level(store, result, signal, start, end)
        )
        if chart is not None:
            return chart
    return None


_DRAWN_AS = {"availability": "error_rate", "process": "response_time"}
"""What has no level of its own shows in these."""


def error_rate(store: Store, result: Json, start: datetime | None = None, end: datetime | None = None) -> Chart | None:
    """Draw the share of requests that failed."""
    return _level(store, result, "error_rate", start, end)


def response_time(
    store: Store, result: Json, start: datetime | None = None, end: datetime | None = None
) -> Chart | None:
    """Draw how long requests took."""
    return _level(store, result, "response_time", start, end)


def resources(store: Store, result: Json, start: datetime | None = None, end: datetime | None = None) -> list[Chart]:
    """Draw memory, disk and database connections, each against its threshold; what was not measured is not drawn."""
    found = [_level(store, result, signal, start, end) for signal in RESOURCES]
    return [chart for chart in found if chart is not None]


# ---- levels: a signal against its limits ---------------------------------------------------------------------------


def _level(store: Store, result: Json, signal: str, start: datetime | None, end: datetime | None) -> Chart | None:
    measured = store.records("chart_signals", signal=signal)
    measured = [
        row for row in measured if row["points"] > 1 or row["kind"] == "bucket" or row["whole"]
    ]  # one look: no course
    verdicts = [verdict for verdict in result["verdicts"] if _rule(verdict).signal == signal]
    if signal in ("error_rate", "response_time"):
        measured = _shown(measured, verdicts)
    if not measured:
        return None
    window = marks.window(store, result, start, end)
    series: list[tuple[Json, list[Point]]] = []
    for row in measured:
        points = _points(store, row, window)
        if points:
            series.append((row, points))
    if not series:
        return None
    series = sorted(series, key=lambda one: (-max(point[2] for point in one[1]), -len(one[1])))[:MOST_SERIES]
    title, unit = series[0][0]["title"], series[0][0]["unit"]
    peak_time, peak = max(((time, value) for _, points in series for time, _, value, _ in points), key=lambda p: p[1])
    limits = _limits(verdicts)
    top = 1.12 * max([peak, *(value for value, _ in limits if value < 20 * max(peak, 1e-9) or unit == "%")])
    sources = {one["path"]: (parse_time(one["start"]), parse_time(one["end"])) for one in result["coverage"]}
    picture = Picture(
        name=signal.replace("_", "-"),
        redact=_redactor(store, result),
        title=title,
        unit=unit,
        top=min(top, 105.0) if unit == "%" and peak <= 100 else top,
        window=window,
        series=[(f"{named(row, [one for one, _ in series])}, {row['path']}", points) for row, points in series],
        limits=limits,
        shades=[*_breaches(verdicts), *_unruled(result, signal), *_down(result), *_paused(result, signal)],
        sources=[sources.get(row["path"]) for row, _ in series],
        told=all(row["told"] for row, _ in series),
    )
    cut = any(drawing.cut(points, sources.get(row["path"])) for row, points in series)
    marked, few = marks.marks(store, result, window)
    alt = (
        f"{title} in {_unit(unit)}, {_definition(series[0][0])}, {_window(window)}; "
        f"highest {quantity(peak, unit)} at {clock(peak_time)}. "
        + "".join(f"Threshold: {label}. " for _, label in limits)
        + ("Dotted: counted over less than a whole bucket, for its source begins or ends within it. " if cut else "")
        + "".join(
            f"As usual from {clock(start)} to {clock(end)}, before it came back. "
            for kind, start, end in picture.shades
            if kind == "paused"
        )
        + (f"Marked: {_labels(marked)}." if marked else "")
    )
    return picture.drawn(marked, few, _takeaway(title, verdicts, peak, unit), alt)


def _window(window: Stretch) -> str:
    """Say which stretch of time a picture shows."""
    if own_clock(window[0]):
        return f"{counted(window[0]):g} – {counted(window[1]):g} s by the source's own clock"
    said = _SAID.span(window[0].isoformat(), window[1].isoformat())
    return said if utc(window[0]) else f"{said} as written, zone not known"


def _shown(measured: Sequence[Json], verdicts: Sequence[Json]) -> list[Json]:
    """Return, of the many ways in which requests are counted, our definition and those that saw a breach; else every judged one."""
    judged = [row for row in measured if row["judged"]] or list(measured)
    own = [row for row in judged if row["kind"] == "bucket"][:1]
    broken = {run["signal"] for verdict in verdicts for run in verdict["intervals"]}
    seen = [row for row in judged if _definition(row) in broken and row not in own]
    return [*own, *seen] or judged


def _rule(verdict: Json) -> runbook.Rule:
    return runbook.load().rule(verdict["rule"])


def _labels(marked: Sequence[Mark]) -> str:
    return ", ".join(mark.label for mark in marked)


def _definition(row: Json) -> str:
    return f"{row['definition']}, from {row['path']} ({row['vantage']})"


_LABELLED = re.compile(r"(?P<name>[^{},]+?) (?P<labels>\{.*?\})(?=,|$)")
"""A definition that begins with a name and its labels."""


def named(row: Json, among: Sequence[Json]) -> str:
    """Name a series briefly: by what it measures, and by what of its labels tells it from the others of the picture."""
    found, others = _LABELLED.match(row["definition"]), [_LABELLED.match(one["definition"]) for one in among]
    if not found:
        return str(row["definition"]).split(", ")[0]
    return found["name"] + series_labels.told(found["labels"], [one["labels"] for one in others if one])


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
        found += [(kind, *span) for span in merged(spans) if span not in [one[1:] for one in found]]
    return found


def _unruled(result: Json, signal: str) -> list[tuple[str, datetime, datetime]]:
    """Return the stretches of the incident that no rule of the runbook is about."""
    runs = [run for run in result["impact"]["runs"] if run["of"] == signal and signal in unruled.SIGNALS.values()]
    return [("over", parse_time(run["start"]), parse_time(run["end"])) for run in runs]


def _paused(result: Json, signal: str) -> list[tuple[str, datetime, datetime]]:
    """Return between which times it had ceased before it came back: only what requests did tells of it."""
    found = result["impact"].get("relapses", ()) if signal in REQUEST_SIGNALS or signal == unruled.REFUSED else ()
    return [("paused", parse_time(one["ceased"]), parse_time(one["again"])) for one in found]


def _down(result: Json) -> list[tuple[str, datetime, datetime]]:
    runs = [run for run in result["impact"]["runs"] if run["of"] == "process"]
    return [("down", parse_time(run["start"]), parse_time(run["end"])) for run in runs]


def _takeaway(title: str, verdicts: Sequence[Json], peak: float, unit: str) -> str:
    """Say in one line what the verdicts say about this signal."""
    for verdict in sorted(verdicts, key=lambda one: one["sustained_s"] is None):
        if verdict["verdict"] == "met":
            clock = _clock(verdict["intervals"][0])
            runs = [
                run for run in verdict["intervals"] if _clock(run) == clock
            ]  # a stretch by another clock stands elsewhere
            apart = sorted({str(_clock(run)) for run in verdict["intervals"]} - {str(clock)})
            spans = sorted((parse_time(run["start"]), parse_time(run["end"])) for run in runs)
            total = sum(((last - first).total_seconds() for first, last in merged(spans)), 0.0)
            lasted = f" for {length(total)}" if total else ""
            times = f" in {plural(len(merged(spans)), 'stretch', 'stretches')}" if len(merged(spans)) > 1 else ""
            highest = max(run["peak"] for run in runs)
            still = "; still so when the evidence ends" if any(run["open"] for run in runs) else ""
            return (
                f"{title}: over {quantity(verdict['limit'], unit)}{lasted}{times}, "
                f"{_SAID.span(runs[0]['start'], runs[-1]['end'])}{_highest(highest, unit, runs[0]['signal'])}{still}."
                + (f" Over it, too, on the clock of {' and of '.join(apart)}." if apart else "")
            )
    unsure = next((verdict for verdict in verdicts if verdict["verdict"] == "not_assessable"), None)
    if unsure:
        return f"{title}: not assessable. {sentence(unsure['why'] or '; '.join(unsure['missing']))}"
    if not verdicts:
        return f"{title}: highest {quantity(peak, unit)}. The runbook has no rule for it."
    lowest = min((verdict["limit"] for verdict in verdicts), default=None)
    return f"{title}: never over {quantity(lowest, unit)}; highest {quantity(peak, unit)}."


def _highest(value: float, unit: str, signal: str) -> str:
    """Say the highest value; of a share of requests the table of shares does, with what it is of."""
    return "" if unit == "%" and shares.step(signal) else f"; highest {quantity(value, unit)}"


def _clock(run: Json) -> str | None:
    """Return the source whose clock tells when a stretch was, where nothing places that clock."""
    return str(run["start"]["clock"]) if isinstance(run["start"], dict) else None


# ---- failed logins ----------------------------------------------------------------------------------------------


def failed_logins(
    store: Store, result: Json, start: datetime | None = None, end: datetime | None = None
) -> Chart | None:
    """Draw the failed logins of the addresses that failed most, counted as the rule counts them."""
    counts = store.records("login_counts", start=start or datetime(1970, 1, 2), end=end or datetime(9999, 1, 1))[0]
    told = result["security"]
    if not counts["failed"] or told is None:
        return None
    rule = runbook.load().rule("declare.security_alert")
    within = rule.within or timedelta(minutes=5)
    window = marks.window(store, result, start, end)
    step = max(5.0, (window[1] - window[0]).total_seconds() / 500)
    rows = store.rows(
        "chart_failed_logins", start=window[0], end=window[1], within=within.total_seconds(), step=step, most=3
    )
    series: dict[str, list[Point]] = {}
    for address, time, failed in rows:
        series.setdefault(address, []).append((time, None, float(failed), 0))
    if not series:
        return None
    minutes = within.total_seconds() / 60
    limit = float(rule.limit or 0)
    verdict = next(one for one in result["verdicts"] if one["rule"] == rule.id)
    marked, few = marks.marks(store, result, window)
    successes = [parse_time(source["first_success"]) for source in told["sources"] if source.get("first_success")]
    shown = [time for time in successes if window[0] <= time <= window[1]]
    marked = sorted([*marked, *(Mark(t, t, f"Login succeeded {t:%H:%M:%S}") for t in shown)], key=lambda m: m.start)
    few = sorted([*few, *(Mark(t, t, "Login succeeded") for t in shown)], key=lambda m: m.start)
    peak = max(point[2] for points in series.values() for point in points)
    picture = Picture(
        name="failed-logins",
        redact=_redactor(store, result),
        title=f"Failed logins from one address in {minutes:g} minutes",
        unit="",
        top=1.12 * max(peak, limit),
        window=window,
        series=list(series.items()),
        limits=[(limit, f"alert from {limit:g} in {minutes:g} minutes")],
        shades=_breaches(
            [{**verdict, "sustained_s": 1, "intervals": [r for r in verdict["intervals"] if r["start"] != r["end"]]}]
        ),
    )
    guessing = sum(1 for source in told["sources"] if source.get("burst"))
    takeaway = f"{told['failed_logins']:,} of {told['attempts']:,} attempts to log in failed; " + (
        f"{plural(guessing, 'address', 'addresses')} reached {limit:g} within {minutes:g} minutes{_let_in(guessing, successes, window)}."
        if guessing
        else f"no address reached {limit:g} within {minutes:g} minutes."
    )
    alt = (
        f"Failed logins of the last {minutes:g} minutes for each of {plural(len(series), 'address', 'addresses')}, "
        f"{_window(window)}; highest {peak:g}. "
        f"Threshold: {limit:g}. Marked: {_labels(marked)}."
    )
    return picture.drawn(marked, few, takeaway, alt)


def _let_in(guessing: int, successes: Sequence[datetime], window: Stretch) -> str:
    """Say from how many of the addresses that guessed a login then succeeded, and when, where the picture does not reach so far."""
    if not successes:
        return ""
    whose = "it" if guessing == 1 else f"{len(successes):,} of them"
    first = min(successes)
    beyond = "" if window[0] <= first <= window[1] else f" at {clock(first)}, outside of this picture"
    return f", and from {whose} {'a login' if len(successes) == 1 else 'logins'} then succeeded{beyond}"
