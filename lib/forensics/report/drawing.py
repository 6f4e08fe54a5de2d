"""How a picture is drawn: its canvas, lines, limits, shades and marks. Nothing here asks the store."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape

import matplotlib
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator

from forensics.report.words import visible
from forensics.times import day, own_clock, utc

PAPER, INK, MUTED, GRID = "#fffffe", "#1b1f28", "#5b6372", "#dcdfe5"
LIMIT, BREACH, DOWN, HOLE = "#a8200f", "#c4321f", "#6a7080", "#9aa1ad"
SERIES = ("#1f5fa9", "#7d4a99", "#23735a", "#8a5a02")
STYLES = ("solid", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
"""One line style for each colour: a picture must be readable in grey."""

VARIABLES = {
    PAPER: "--paper", INK: "--ink", MUTED: "--muted", GRID: "--grid", LIMIT: "--limit", BREACH: "--breach",
    DOWN: "--down", HOLE: "--hole", **{color: f"--series-{number}" for number, color in enumerate(SERIES, 1)},
}  # fmt: skip
"""Every color stands for itself in a PNG and for a variable of the page, which knows light from dark, in an SVG."""

WIDE, BESIDE, NARROW = 7.6, 5.6, 3.9
"""Inches: a page on a desk, half of a wide one, and a telephone."""
PLOT, TALL = 2.15, 2.9
"""Inches that a plot is high, and one that stands beside a text."""
SIZE = 8.5
LEFT, RIGHT = 0.46, 0.12
LANE = 0.165
"""Inches from one row of labels to the next."""
MOST_BAND = 0.25
"""Of a picture: a wider band would say nothing but hide what lies in it; the bounds stand in the label."""
BELOW = 0.42
"""Inches below a plot for the times on its axis; the names of series begin there."""

SCREEN = 72
"""Dots in an inch, as SVG counts them."""

_STYLE = {
    "font.family": ["DejaVu Sans"],
    "font.size": SIZE,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "incident forensics",
    "timezone": "UTC",
    "figure.dpi": SCREEN,
    "savefig.dpi": 144,
    "hatch.linewidth": 0.5,
    "path.simplify": False,
    "axes.unicode_minus": False,
    "axes.formatter.use_locale": False,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw as we do, whatever the notebook around us has set, and leave its settings as they were."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line with a short label above the picture."""

    start: datetime
    end: datetime
    """Later than `start` where the time is known only within bounds."""
    label: str
    strong: bool = True
    """A moment of the incident; otherwise a change or an action near it."""


def at(time: datetime) -> float:
    """Return where on the axis a time stands."""
    return float(dates.date2num(time))


def plain(text: str, most: int = 32) -> str:
    """Make a text fit to stand in a picture: one visible, short line."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def fitting(text: str, room: float, size: float = SIZE) -> str:
    """Make a text fit into so many inches: what is too wide loses its middle, for names differ at their ends."""
    whole = plain(text, 1000)
    kept = len(whole)
    said = whole
    while kept > 2 and wide(said, size) > room:
        kept -= 1
        said = f"{whole[: kept // 2].rstrip()}…{whole[len(whole) - (kept - kept // 2) :].lstrip()}"
    return said


def canvas(
    width: float, start: datetime, end: datetime, lanes: int, plot: float = PLOT, left: float = LEFT, names: int = 0
) -> tuple[Figure, Axes]:
    """Return a figure with one plot of a fixed height, room above it for rows of labels and below it for names."""
    above = 0.34 + lanes * LANE
    below = BELOW + 0.15 * names
    height = above + plot + below
    figure = Figure(figsize=(width, height), facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((left / width, below / height, (width - left - RIGHT) / width, plot / height))
    axes.set_facecolor("none")
    axes.set_xlim(at(start), at(end))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(colors=MUTED, labelcolor=MUTED, length=3, width=0.6, labelsize=SIZE)
    axes.tick_params(axis="y", length=0)
    axes.set_axisbelow(True)
    hours(axes, start, end, width)
    return figure, axes


def hours(axes: Axes, start: datetime, end: datetime, width: float) -> None:
    """Label the axis of time: times of day, the zone, and the date wherever it changes."""
    locator = dates.AutoDateLocator(minticks=3, maxticks=9 if width > NARROW else 5, tz=None)
    for short, whole in ((dates.HOURLY, 24), (dates.MINUTELY, 60), (dates.SECONDLY, 60)):
        steps = locator.intervald[short]
        locator.intervald[short] = [*steps, whole]  # where two or three of the longer are shown narrowly
    axes.xaxis.set_major_locator(locator)
    long = end - start > timedelta(days=4)
    fine = end - start < timedelta(minutes=4)

    def said(number: float, _: object) -> str:
        text = written(number)
        first, last = axes.get_xlim()
        to_the_right = (last - number) / (last - first) * axes.get_position().width * width + RIGHT
        return text if wide(text) / 2 <= to_the_right else ""  # what the picture's edge would cut is not written

    def written(number: float) -> str:
        time = dates.num2date(number)
        if own_clock(start):
            return f"{(number - dates.date2num(datetime(start.year, 1, 1))) * 86400:,.0f} s"
        midnight = (time.hour, time.minute, time.second) == (0, 0, 0)
        return f"{time:%m-%d}" if long or midnight else f"{time:%H:%M:%S}" if fine else f"{time:%H:%M}"

    axes.xaxis.set_major_formatter(FuncFormatter(said))
    days = day(start) if start.date() == end.date() else f"{day(start)} to {day(end)}"
    told = f"{days}, times {'in UTC' if utc(start) else 'as written'}"
    if own_clock(start):
        told = "seconds by the source's own clock"
    axes.set_xlabel(told, color=MUTED, fontsize=SIZE, labelpad=3, loc="left")


def scale(axes: Axes, title: str, unit: str, top: float) -> None:
    """Label the axis of values, from zero; its name stands level above it, where it is read first."""
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.annotate(
        f"{title}, {unit}" if unit else title, (0, 1), (2, -3), "figure fraction", "offset points",
        color=INK, fontsize=SIZE + 0.5, fontweight="bold", va="top", ha="left",
    )  # fmt: skip


def line(
    axes: Axes,
    points: Sequence[tuple[datetime, datetime | None, float, int]],
    number: int,
    label: str = "",
    told: tuple[datetime, datetime] | None = None,
) -> None:
    """Draw one series: steps for buckets, a line for samples; every hole interrupts it, and a lone point is a dot.

    A bucket that reaches beyond what its source has `told` is thin and dotted: it counts less than the others do.
    """
    color, dashes = SERIES[number % len(SERIES)], STYLES[number % len(STYLES)]
    runs: dict[int, list[tuple[datetime, datetime | None, float]]] = {}
    cut = [point for point in points if _cut(point, told)]
    cut = cut if len(cut) < len(points) else []
    for time, until, value, _ in cut:
        axes.plot(
            [at(time), at(until or time)], [value, value], color=color, linewidth=1, linestyle=(0, (1, 1)), zorder=3
        )
    for time, until, value, run in (point for point in points if point not in cut):
        runs.setdefault(run, []).append((time, until, value))
    for position, run_points in enumerate(runs.values()):
        times: list[float] = []
        values: list[float] = []
        for time, until, value in run_points:
            times += [at(time), at(until)] if until else [at(time)]
            values += [value, value] if until else [value]
        dotted = len(times) == 1
        axes.plot(
            times, values, color=color, linewidth=1.5, linestyle=dashes, solid_joinstyle="round", zorder=3,
            marker="o" if dotted else None, markersize=4, label=label if position == 0 else None,
        )  # fmt: skip


def _cut(point: tuple[datetime, datetime | None, float, int], told: tuple[datetime, datetime] | None) -> bool:
    """Say whether a bucket begins before or ends after what its source tells of."""
    return bool(told and point[1] and (point[0] < told[0] or point[1] > told[1]))


def cut(points: Sequence[tuple[datetime, datetime | None, float, int]], told: tuple[datetime, datetime] | None) -> int:
    """Return how many buckets of a series are not whole, where others are."""
    found = sum(_cut(point, told) for point in points)
    return found if found < len(points) else 0


def limits(axes: Axes, named: Sequence[tuple[float, str]], plot: float) -> None:
    """Draw thresholds, each named on its line, in a plot that is so many inches high; where another line or its name is in the way, the
    name stands below its own line, or at the other end."""
    top = axes.get_ylim()[1]
    taken: list[tuple[bool, float, float]] = []
    for value, label in sorted(named, reverse=True):
        right, below = _beside(value / top * plot, [other / top * plot for other, _ in named if other != value], taken)
        axes.axhline(value, color=LIMIT, linewidth=1.1, linestyle=(0, (4, 2)), zorder=2.5)
        axes.annotate(
            label, (1 if right else 0, value), (-3 if right else 3, -2.5 if below else 2.5), ("axes fraction", "data"),
            "offset points", color=LIMIT, fontsize=SIZE - 0.5, va="top" if below else "bottom", ha="right" if right else "left",
            zorder=4, bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.82, "pad": 0.8},
        )  # fmt: skip


def _beside(line_at: float, others: Sequence[float], taken: list[tuple[bool, float, float]]) -> tuple[bool, bool]:
    """Return whether a line's name stands at its right end and whether below it, and take that place."""
    places = [(right, below) for right in (False, True) for below in (False, True) if not below or line_at > LANE]
    edges = {below: (line_at - LANE, line_at) if below else (line_at, line_at + LANE) for below in (False, True)}
    free = [
        (right, below)
        for right, below in places
        if not any(end == right and edges[below][0] < high and edges[below][1] > low for end, low, high in taken)
    ]
    clear = [one for one in free if not any(edges[one[1]][0] < other < edges[one[1]][1] for other in others)]
    right, below = next(iter([*clear, *free, (False, False)]))
    taken.append((right, *edges[below]))
    return right, below


def shade(axes: Axes, start: datetime, end: datetime, kind: str) -> None:
    """Shade a stretch of time: a `breach` hatched, `over` plain, `down` and `hole` each with a hatch of its own, `paused` in the
    color of calm."""
    color, alpha, hatch = {
        "breach": (BREACH, 0.13, "////"), "over": (BREACH, 0.07, None), "down": (DOWN, 0.25, "xxxx"),
        "hole": (HOLE, 0.14, "\\\\\\\\"), "incident": (BREACH, 0.1, None), "paused": (SERIES[2], 0.1, None),
    }[kind]  # fmt: skip
    first, last = at(start), at(end)
    axes.axvspan(first, last, facecolor=color, alpha=alpha, edgecolor="none", linewidth=0, zorder=0.5)
    if hatch:
        axes.axvspan(
            first, last, facecolor="none", edgecolor=color, alpha=0.4, hatch=hatch, linewidth=0, zorder=0.6,
        )  # fmt: skip


Named = tuple[int, float, float]
"""Where a name stands in a picture: its row from above, its left and its right end in inches."""


def inside(axes: Axes, start: datetime, end: datetime, text: str, color: str, taken: list[Named]) -> bool:
    """Name a shaded stretch in its own band, where there is room; below the names that are `taken`, where it would cover one. Say
    whether there was room."""
    first, last = axes.get_xlim()
    plot = axes.get_window_extent().width / SCREEN
    room = (at(end) - at(start)) / (last - first) * plot
    needed = wide(text, SIZE - 1) + 0.1
    if room > needed:
        right = (at(end) - first) / (last - first) * plot
        row = next(
            row
            for row in range(len(taken) + 1)
            if not any(lane == row and right - needed < other and right > left for lane, left, other in taken)
        )
        taken.append((row, right - needed, right))
        below = 3 + row * (SIZE + 3)
        axes.annotate(
            text, (at(end), 1), (-3, -below), ("data", "axes fraction"), "offset points", color=color, fontsize=SIZE - 1,
            ha="right", va="top", zorder=5, bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
        )  # fmt: skip
    return room > needed


@lru_cache(maxsize=4096)
def wide(text: str, size: float = SIZE, weight: str = "normal") -> float:
    """Return the width of a text in inches; the font ships with matplotlib, so it is the same everywhere."""
    font = FontProperties(family="DejaVu Sans", weight=weight)
    path = TextPath((0, 0), text, size=size, prop=font)
    drawn = path.vertices[path.codes != Path.CLOSEPOLY, 0]
    return float(drawn.max() - drawn.min()) / 72 if len(drawn) else 0.0


def lanes_for(marks: Sequence[Mark], width: float, start: datetime, end: datetime) -> list[int]:
    """Return a row for each mark's label, so that none covers another; the last in time stand lowest."""
    seconds = (end - start).total_seconds()
    plot = width - LEFT - RIGHT
    taken: list[tuple[int, float, float]] = []
    rows = [0] * len(marks)
    for index in sorted(range(len(marks)), key=lambda i: (marks[i].start, i), reverse=True):
        left, right = _box(marks[index], seconds, plot, start)
        row = max((lane + 1 for lane, other_left, _ in taken if left < other_left < right), default=0)
        while any(lane == row and left < other_right and right > other_left for lane, other_left, other_right in taken):
            row += 1
        taken.append((row, left, right))
        rows[index] = row
    return rows


def _box(mark: Mark, seconds: float, plot: float, start: datetime) -> tuple[float, float]:
    place = (mark.start - start).total_seconds() / seconds * plot
    needed = wide(mark.label, SIZE - 0.5, "bold" if mark.strong else "normal") + 0.12
    left = max(min(place, plot + 0.1 - needed), -0.4)
    return left, left + needed


def draw_marks(
    axes: Axes, marks: Sequence[Mark], rows: Sequence[int], width: float, start: datetime, end: datetime
) -> None:
    """Draw the vertical lines and their labels; a time known within bounds is a band."""
    seconds = (end - start).total_seconds()
    plot = width - LEFT - RIGHT
    for mark, row in zip(marks, rows, strict=True):
        color = INK if mark.strong else MUTED
        height = 11 + row * LANE * 72
        dashes = "solid" if mark.strong else (0, (1, 1.6))
        if 0.03 / plot < (mark.end - mark.start).total_seconds() / seconds < MOST_BAND:
            axes.axvspan(at(mark.start), at(mark.end), facecolor=color, alpha=0.14, linewidth=0, zorder=1)
        axes.axvline(at(mark.start), color=color, linewidth=0.8, linestyle=dashes, zorder=2)
        axes.annotate(
            "", (at(mark.start), 1), (0, height), ("data", "axes fraction"), "offset points",
            arrowprops={"arrowstyle": "-", "color": color, "linewidth": 0.8, "linestyle": dashes, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        left, _ = _box(mark, seconds, plot, start)
        axes.annotate(
            mark.label, (0, 1), (left * 72 + 2.5, height - 8), "axes fraction", "offset points", color=color,
            fontsize=SIZE - 0.5, va="bottom", ha="left", fontweight="bold" if mark.strong else "normal",
            zorder=6, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip


def named(axes: Axes) -> None:
    """Name the series below the picture when there is more than one, as far below as the canvas has room, however high the plot is."""
    handles, labels = axes.get_legend_handles_labels()
    if len(labels) > 1:
        plot = axes.get_window_extent().height / SCREEN
        axes.legend(
            handles, labels, loc="upper left", bbox_to_anchor=(0, -BELOW / plot), ncols=1, labelspacing=0.15, frameon=False,
            fontsize=SIZE - 0.5, labelcolor=INK, handlelength=2.4, borderaxespad=0, borderpad=0,
        )  # fmt: skip


_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ID = re.compile(r'\b(id=")([^"]+)"|(url\(#)([^)]+)\)|(href="#)([^"]+)"')
_FAMILY = "var(--sans, 'DejaVu Sans', sans-serif)"
_FONT = re.compile(r"font: ?(?:(bold|[1-9]00) )?([\d.]+)px [^;\"]*")


def svg(figure: Figure, name: str, title: str, alt: str) -> str:
    """Return the figure as an element for a page: stable bytes, ids of its own, colors that follow light and dark."""
    out = io.StringIO()
    with style():
        figure.savefig(
            out, format="svg", facecolor="none", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = _FORBIDDEN.sub(lambda found: visible(found.group()), out.getvalue())
    text = text[text.index("<svg") :]
    text = re.sub(r"<style[^>]*>.*?</style>|<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    width, height = (float(number) for number in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)[0])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width:g} {height:g}" '
        f'role="img" aria-labelledby="{name}-title {name}-desc" style="stroke-linejoin:round;stroke-linecap:butt">'
        f'<title id="{name}-title">{escape(visible(title))}</title><desc id="{name}-desc">{escape(visible(alt))}</desc>'
    )
    body = text[text.index(">") + 1 :]
    body = re.sub("<[^>]+>", lambda found: _ours(found.group(), name), body)
    body = re.sub(r">\s+<", "><", body)
    return head + body.strip()


def _ours(tag: str, name: str) -> str:
    """Give a tag ids of its own, the page's font and the page's colors; text between tags is left as it is."""
    tag = _ID.sub(lambda found: _own_id(found, name), tag)
    tag = _FONT.sub(lambda found: f"font: {found[1] + ' ' if found[1] else ''}{found[2]}px {_FAMILY}", tag)
    for color, variable in VARIABLES.items():
        tag = tag.replace(color, f"var({variable}, {color})")
    return tag


def _own_id(found: re.Match[str], name: str) -> str:
    if found[1]:
        return f'{found[1]}{name}-{found[2]}"'
    return f"{found[3]}{name}-{found[4]})" if found[3] else f'{found[5]}{name}-{found[6]}"'


def png(figure: Figure) -> bytes:
    """Return the figure as an image for a notebook."""
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def holes(
    covered: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime, longer: timedelta
) -> list[tuple[datetime, datetime]]:
    """Return the stretches between start and end that none of the spans covers, if they are long enough to matter."""
    reached = start
    edges: list[tuple[datetime, datetime]] = []
    for first, last in sorted(covered):
        if first > reached:
            edges.append((reached, min(first, end)))
        reached = max(reached, last)
    if reached < end:
        edges.append((reached, end))
    return [(first, last) for first, last in edges if last - first > longer]


def spans(points: Sequence[tuple[datetime, datetime | None, float, int]]) -> list[tuple[datetime, datetime]]:
    """Return the stretches that a series covers without a hole."""
    runs: dict[int, list[datetime]] = {}
    for time, until, _, run in points:
        runs.setdefault(run, []).extend([time, until or time])
    return [(min(times), max(times)) for times in runs.values()]
