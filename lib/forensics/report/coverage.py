"""What the evidence covers: each source's stretch of time, the incident, and the sources that hold nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from matplotlib.figure import Figure

from forensics.model import Json, parse_time
from forensics.report import drawing
from forensics.report.drawing import NARROW, WIDE
from forensics.report.picture import Chart, Stretch
from forensics.report.redaction import Redactor
from forensics.report.words import Times, plural

MOST_SOURCES = 18


def coverage(result: Json, start: datetime | None = None, end: datetime | None = None) -> Chart | None:
    """Draw which stretch of time each source covers, with the incident; sources that hold nothing are named too."""
    held = [
        source for source in result["coverage"] if isinstance(source["start"], str) and isinstance(source["end"], str)
    ]
    lost = [e for e in result["evidence"] if e["status"] in ("empty", "error-payload", "unreadable")]
    if not held:
        return None
    spans = [
        (source["path"], source["kind"], parse_time(source["start"]), parse_time(source["end"])) for source in held
    ]
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
    order = sorted(spans, key=lambda s: (s[3] <= window[0] or s[2] >= window[1], s[2], s[3], s[0]))
    redact = Redactor(None, bool(result["parameters"].get("redact", True)))
    rows: list[tuple[str, str, Stretch | None]] = [
        (redact(path), kind, (first, last)) for path, kind, first, last in order
    ]
    rows += [(redact(entry["path"]), entry["status"], None) for entry in lost]
    more = len(rows) - MOST_SOURCES
    rows = rows[:MOST_SOURCES]
    whole = [s for s in spans if incident and s[2] <= incident[0] and s[3] >= incident[1]]
    takeaway = f"{len(spans)} sources have times" + (
        f"; {len(whole)} of them cover the whole incident" if incident else ""
    )
    takeaway += f"; {plural(len(lost), 'more holds', 'more hold')} nothing usable" if lost else ""
    takeaway += f"; {plural(more, 'source')} not drawn" if more > 0 else ""
    alt = "Bars of the time that each source covers: " + "; ".join(
        f"{path} {Times().span(span[0].isoformat(), span[1].isoformat())}" if span else f"{path} nothing ({kind})"
        for path, kind, span in rows
    )
    with drawing.style():
        wide, narrow = (_bars(width, window, incident, rows) for width in (WIDE, NARROW))
    return Chart("coverage", wide, "What the evidence covers", takeaway + ".", alt + ".", narrow)


def _bars(
    width: float, window: Stretch, incident: Stretch | None, rows: list[tuple[str, str, Stretch | None]]
) -> Figure:
    start, end = window
    figure, axes = drawing.canvas(
        width, start, end, 0, plot=0.2 * len(rows) + 0.1, left=2.1 if width > NARROW else 1.35
    )
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [drawing.plain(path, 34 if width > NARROW else 20) for path, _, _ in rows])
    axes.tick_params(axis="y", labelcolor=drawing.INK, labelsize=drawing.SIZE - 0.5)
    if incident:
        drawing.shade(axes, *incident, "incident")
        drawing.above(axes, incident[0] + (incident[1] - incident[0]) / 2, "incident")
    for row, (_, kind, span) in enumerate(rows):
        if span is None:
            drawing.absent(
                axes, row, {"empty": "empty", "error-payload": "saved an error instead"}.get(kind, kind), start
            )
        elif span[1] < start or span[0] > end:
            drawing.outside(
                axes,
                row,
                span[1] < start,
                f"{span[1]:%Y-%m-%d %H:%M}" if span[1] < start else f"{span[0]:%Y-%m-%d %H:%M}",
            )
        else:
            drawing.bar(
                axes, row, max(span[0], start), min(span[1], end), span[0] < start, span[1] > end, (end - start) / 300
            )
    return figure
