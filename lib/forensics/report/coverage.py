"""What the evidence covers: each source's stretch of time, its holes and missing ends, the incident, the sources that hold nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from forensics.model import Json
from forensics.report import bars, drawing, strip
from forensics.report.drawing import NARROW, WIDE
from forensics.report.picture import Chart, Stretch
from forensics.report.redaction import Redactor
from forensics.report.words import Times, length, plural
from forensics.times import own_clock, parse_time

MOST_SOURCES = 18
ROW = 0.2
"""Inches from one source to the next."""

LEAST_NAME, MOST_NAME, MOST_NAME_NARROW = 0.8, 2.6, 1.3
"""Inches for the names of sources, on a page and on a telephone: what is wider loses its middle."""
BESIDE_NAME = 0.24
"""Inches between a name and the axis, and to the picture's edge."""

_ABSENT = {"empty": "empty", "error-payload": "saved an error instead"}


@dataclass(frozen=True, slots=True)
class Row:
    """One source, or all captures together, as a line of the picture."""

    name: str
    parts: tuple[Stretch, ...]
    """What it covers, between its holes and pauses."""
    holes: tuple[Stretch, ...] = ()
    pauses: tuple[Stretch, ...] = ()
    """Between two runs of what it tells of."""
    dense: bool = True
    """It goes on telling; otherwise only single moments between its ends are known."""
    late: float = 0.0
    """Seconds by which it begins after the others do."""
    early: float = 0.0
    doubtful: bool = False
    """Its zone is not stated."""
    absent: str = ""
    """Why it covers nothing."""

    @property
    def span(self) -> Stretch:
        """From its first to its last moment."""
        return self.parts[0][0], self.parts[-1][1]


def coverage(
    result: Json, redact: Redactor, start: datetime | None = None, end: datetime | None = None
) -> Chart | None:
    """Draw which stretch of time each source covers, with the incident; sources that hold nothing are named too."""
    held = result["coverage"]
    if not held:
        return None
    unplaced = [e for e in result["evidence"] if e["covers"] and isinstance(e["covers"]["start"], dict)]
    lost = [e for e in result["evidence"] if e["status"] in ("empty", "error-payload", "unreadable")]
    told = result["incident"]["window"]
    incident = (parse_time(told["start"]), parse_time(told["end"])) if told and told["how"] != "evidence span" else None
    if incident and own_clock(incident[0]):
        incident = None  # its seconds have no place on the axis of the others
    window = _window(held, incident, start, end)
    rows = [_row(one, redact) for one in strip.ordered(held) if not strip.momentary(one)]
    captures = [one for one in held if strip.momentary(one)]
    if captures:
        rows.append(_captures(captures))
    rows += [Row(redact(entry["path"]), (), absent="times on no common clock") for entry in unplaced]
    rows += [Row(redact(entry["path"]), (), absent=_ABSENT.get(entry["status"], entry["status"])) for entry in lost]
    more, rows = len(rows) - MOST_SOURCES, rows[:MOST_SOURCES]
    with drawing.style():
        wide, narrow = (_figure(width, window, incident, rows) for width in (WIDE, NARROW))
    takeaway = _takeaway(held, incident, len(lost), more)
    alt = "Bars of the time that each source covers: " + "; ".join(_said(row) for row in rows)
    return Chart("coverage", wide, "What the evidence covers", takeaway, alt + ".", narrow)


def _window(held: Sequence[Json], incident: Stretch | None, start: datetime | None, end: datetime | None) -> Stretch:
    """Return what to show: what was asked for, else the incident and as much around it, else what most sources cover."""
    first, last = strip.axis(held) or (datetime.min, datetime.max)
    if incident:
        around = max(timedelta(minutes=20), incident[1] - incident[0])
        first = min(max(first, incident[0] - around), incident[0])
        last = max(min(last, incident[1] + around), incident[1])
    first, last = start or first, end or last
    if first < last:
        return first, last
    return first - timedelta(minutes=1), last + timedelta(minutes=1)


# ---- rows ----------------------------------------------------------------------------------------------------------


def _row(one: Json, redact: Redactor) -> Row:
    holes, pauses = (
        tuple((parse_time(silence["start"]), parse_time(silence["end"])) for silence in one[name])
        for name in ("holes", "pauses")
    )
    silent = sorted((*holes, *pauses))
    edges = [parse_time(one["start"]), *(edge for silence in silent for edge in silence), parse_time(one["end"])]
    return Row(
        redact(one["path"]),
        tuple(zip(edges[::2], edges[1::2], strict=True)),
        holes,
        pauses,
        dense=strip.dense(one),
        late=one["begins_late_s"] or 0.0,
        early=one["ends_early_s"] or 0.0,
        doubtful=one["doubtful"],
    )


def _captures(captures: Sequence[Json]) -> Row:
    moments = sorted((parse_time(one["start"]), parse_time(one["end"])) for one in captures)
    return Row(plural(len(moments), "capture"), tuple(moments))


def _said(row: Row) -> str:
    if row.absent:
        return f"{row.name} nothing ({row.absent})"
    said = f"{row.name} {Times().span(row.span[0].isoformat(), row.span[1].isoformat())}"
    lacks = [plural(len(row.holes), "hole")] if row.holes and row.dense else []
    lacks += [plural(len(row.pauses), "pause") + " between runs"] if row.pauses and row.dense else []
    lacks += [f"begins {length(row.late)} late"] if row.late else []
    lacks += [f"ends {length(row.early)} early"] if row.early else []
    lacks += ["its zone is not stated"] if row.doubtful else []
    return said + (f" ({', '.join(lacks)})" if lacks else "")


def _takeaway(held: Sequence[Json], incident: Stretch | None, lost: int, more: int) -> str:
    said = f"{plural(len(held), 'source has', 'sources have')} times"
    if incident:
        whole = [one for one in held if _covers(one, incident)]
        said += f"; {len(whole) or 'none'} of them {'cover' if len(whole) > 1 else 'covers'} the whole incident without a hole"
    holed = sum(bool(one["holes"]) for one in held if strip.dense(one))
    ends = sum(bool(one["begins_late_s"] or one["ends_early_s"]) for one in held)
    said += f"; {plural(holed, 'has', 'have')} holes" if holed else ""
    paused = sum(bool(one["pauses"]) for one in held if strip.dense(one))
    said += f"; {plural(paused, 'pauses', 'pause')} between runs" if paused else ""
    said += f"; {plural(ends, 'begins late or ends early', 'begin late or end early')}" if ends else ""
    said += f"; {plural(lost, 'more holds', 'more hold')} nothing usable" if lost else ""
    said += "; ? marks a zone that nobody stated" if any(one["doubtful"] for one in held) else ""
    return said + (f"; {plural(more, 'source')} not drawn." if more > 0 else ".")


def _covers(one: Json, incident: Stretch) -> bool:
    """Say whether a source goes on telling from the incident's beginning to its end."""
    whole = parse_time(one["start"]) <= incident[0] and parse_time(one["end"]) >= incident[1]
    holes = [(parse_time(hole["start"]), parse_time(hole["end"])) for hole in one["holes"]]
    inside = [hole for hole in holes if hole[1] > incident[0] and hole[0] < incident[1]]
    return strip.dense(one) and whole and not inside


# ---- drawing -------------------------------------------------------------------------------------------------------


def _figure(width: float, window: Stretch, incident: Stretch | None, rows: Sequence[Row]) -> Figure:
    start, end = window
    size = drawing.SIZE - 0.5
    most = MOST_NAME if width > NARROW else MOST_NAME_NARROW
    names = [drawing.fitting(row.name, most, size) + (" ?" if row.doubtful else "") for row in rows]
    left = max(LEAST_NAME, *(drawing.wide(name, size) + BESIDE_NAME for name in names))
    figure, axes = drawing.canvas(width, start, end, 0, plot=ROW * len(rows) + 0.1, left=left)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), names)
    axes.tick_params(axis="y", labelcolor=drawing.INK, labelsize=size, pad=7)
    if incident:
        drawing.shade(axes, *incident, "incident")
        bars.above(axes, incident[0] + (incident[1] - incident[0]) / 2, "incident")
    for place, row in enumerate(rows):
        if row.absent:
            bars.absent(axes, place, row.absent, start)
        elif row.span[1] < start or row.span[0] > end:
            before = row.span[1] < start
            bars.outside(axes, place, before, f"{row.span[before]:%Y-%m-%d %H:%M}")
        else:
            _bars(axes, place, row, window, width - left)
    return figure


def _bars(axes: Axes, place: int, row: Row, window: Stretch, room: float) -> None:
    """Draw one source: a bar for each part, a mark at an end that is missing, and what is missing where there is room."""
    start, end = window
    least = (end - start) / 300
    for first, last in row.parts:
        if last >= start and first <= end:
            bars.bar(axes, place, max(first, start), min(last, end), first < start, last > end, least, row.dense)
    seconds = (end - start).total_seconds()
    for first, last in row.pauses:
        bars.rest(axes, place, max(first, start), min(last, end))
    for words, silences in (("silent", row.holes), ("between runs", row.pauses)):
        for first, last in silences:
            text = f"{words} {length((last - first).total_seconds())}"
            if (
                row.dense
                and first > start
                and last < end
                and _fits(text, (last - first).total_seconds() / seconds * room)
            ):
                bars.between(axes, place, first, last, text)
    if row.late and row.span[0] > start:
        text = f"{length(row.late)} late"
        fits = _fits(text, (row.span[0] - start).total_seconds() / seconds * room)
        bars.cut(axes, place, row.span[0], text if fits else "", before=True)
    if row.early and row.span[1] < end:
        text = f"ends {length(row.early)} early"
        fits = _fits(text, (end - row.span[1]).total_seconds() / seconds * room)
        bars.cut(axes, place, row.span[1], text if fits else "", before=False)


def _fits(text: str, room: float) -> bool:
    return drawing.wide(text, drawing.SIZE - 1) + 0.12 < room
