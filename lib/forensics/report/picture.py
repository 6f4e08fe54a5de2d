"""A chart: a picture, what it says in one line, and what it shows for those who cannot see it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape

from matplotlib.figure import Figure

from forensics.report import drawing
from forensics.report.drawing import BESIDE, LIMIT, NARROW, PLOT, TALL, WIDE, Mark
from forensics.report.redaction import Redactor
from forensics.report.words import length

NAMED_BY = 0.5
"""Inches that the dash before the name of a series takes."""
LEAST_HOLE = timedelta(seconds=60)
"""Shorter stretches without a sample are not pointed out."""

Point = tuple[datetime, datetime | None, float, int]
"""Time, end of the bucket if it is one, value, and a number that counts up at every hole."""
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
    beside: Figure | None = None
    """The same, drawn to stand beside the summary."""

    def _repr_html_(self) -> str:
        image = base64.b64encode(png(self)).decode("ascii")
        alt, takeaway = escape(self.alt), escape(self.takeaway)
        return (
            f'<figure style="margin:0"><img style="max-width:100%" alt="{alt}" src="data:image/png;base64,{image}">'
            f"<figcaption>{takeaway}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return f"{self.title}: {self.takeaway}"


def svg(chart: Chart, narrow: bool = False, beside: bool = False) -> str:
    """Return a chart as an element for a page."""
    if narrow and chart.narrow is not None:
        return drawing.svg(chart.narrow, f"{chart.name}-narrow", chart.title, chart.alt)
    if beside and chart.beside is not None:
        return drawing.svg(chart.beside, f"{chart.name}-beside", chart.title, chart.alt)
    return drawing.svg(chart.figure, chart.name, chart.title, chart.alt)


def png(chart: Chart) -> bytes:
    """Return a chart as an image for a notebook."""
    return drawing.png(chart.figure)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that one picture needs, before its width is known."""

    name: str
    redact: Redactor
    """Whatever a picture says passes it: names of series and files hold addresses and names of people, too."""
    title: str
    unit: str
    top: float
    window: Stretch
    series: list[tuple[str, list[Point]]]
    limits: list[tuple[float, str]]
    shades: list[tuple[str, datetime, datetime]]
    sources: list[Stretch | None] = field(default_factory=list)
    """From when to when the source of each series tells; None where that is not known."""
    told: bool = False
    """Told only when something failed: silence is then no hole."""

    def drawn(self, wide: list[Mark], few: list[Mark], takeaway: str, alt: str) -> Chart:
        """Draw it for a desk, for a telephone and for the place beside the summary."""
        with drawing.style():
            figures = self.at(WIDE, wide), self.at(NARROW, few), self.at(BESIDE, wide, TALL)
        title, takeaway, alt = self.redact(self.title), self.redact(takeaway), self.redact(alt)
        return Chart(self.name, figures[0], title, takeaway, alt, *figures[1:])

    def at(self, width: float, marks: list[Mark], plot: float = PLOT) -> Figure:
        """Draw it at one width, with a plot of this height; both in inches."""
        start, end = self.window
        rows = drawing.lanes_for(marks, width, start, end)
        figure, axes = drawing.canvas(
            width, start, end, max(rows, default=-1) + 1, plot, names=len(self.series) if len(self.series) > 1 else 0
        )
        drawing.scale(axes, self.title, self.unit, self.top)
        taken: list[drawing.Named] = []
        for kind, first, last in self.shades:
            if last > start and first < end:
                drawing.shade(axes, max(first, start), min(last, end), kind)
                if kind == "paused":
                    within, said = (max(first, start), min(last, end)), length((last - first).total_seconds())
                    for words in (f"pause, {said}", "pause"):
                        if drawing.inside(axes, *within, words, drawing.MUTED, taken):
                            break
                if kind == "breach":
                    drawing.inside(
                        axes,
                        max(first, start),
                        min(last, end),
                        f"breach, {length((last - first).total_seconds())}",
                        LIMIT,
                        taken,
                    )
        if not self.told:
            covered = [span for _, points in self.series for span in drawing.spans(points)]
            for first, last in drawing.holes(covered, start, end, max(LEAST_HOLE, (end - start) / 50)):
                drawing.shade(axes, first, last, "hole")
                drawing.inside(axes, first, last, "not collected", drawing.MUTED, taken)
        drawing.limits(axes, [one for one in self.limits if one[0] <= self.top], plot)
        sources = self.sources or [None] * len(self.series)
        for number, ((label, points), source) in enumerate(zip(self.series, sources, strict=True)):
            room = width - drawing.LEFT - drawing.RIGHT - NAMED_BY
            name = drawing.fitting(self.redact(label), room, drawing.SIZE - 0.5)
            drawing.line(axes, points, number, name, source)
        drawing.draw_marks(axes, marks, rows, width, start, end)
        drawing.named(axes)
        return figure
