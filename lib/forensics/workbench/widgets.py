"""The free desk: widgets that choose the arguments of the functions every other notebook calls, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import ipywidgets
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML

from forensics.times import Span, day, utc
from forensics.workbench.case import Case

MOST_STEPS = 240
"""Positions of the window's slider; a longer span gets longer steps."""


def steps(span: Span) -> list[tuple[str, datetime]]:
    """Return the slider's positions over a span, as pairs of label and time, the last at or after its end."""
    seconds = max(1.0, (span.latest - span.earliest).total_seconds())
    step = next(one for one in (1, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400, 10**9) if seconds / one <= MOST_STEPS)
    first = span.earliest.replace(microsecond=0)
    count = int(seconds // step) + 2
    times = [first + timedelta(seconds=step * number) for number in range(count)]
    several_days = times[0].date() != times[-1].date()
    return [(f"{time:%m-%d %H:%M:%S}" if several_days else f"{time:%H:%M:%S}", time) for time in times]


def shown(
    case: Case,
    window: tuple[datetime, datetime],
    levels: tuple[str, ...],
    sources: tuple[str, ...],
    text: str,
    lines: int,
) -> list[Any]:
    """Return heading, timeline, charts and raw lines of one window: the same calls that the other notebooks make."""
    start, end = window
    if start == end:
        end = start + timedelta(seconds=1)
    count = case.log_count(start, end, levels=levels, sources=sources, text=text)
    return [
        _heading(f"Timeline, {day(start)} {start:%H:%M:%S} to {end:%H:%M:%S}{utc(start)}"),
        case.timeline(start=start, end=end),
        *case.charts(start=start, end=end),
        _heading(f"{count:,} log lines fit; at most {lines:,} are shown"),
        case.log(start, end, levels=levels, sources=sources, text=text, most=lines),
    ]


def _heading(text: str) -> HTML:
    return HTML(f"<h3>{text}</h3>")


class View:
    """What the desk shows: drawn by one thread at a time, the newest choice last.

    Jupyter delivers the messages of different widgets in different threads. Whoever comes while another draws waits,
    and draws what is chosen by then; choices that a newer one has overtaken are not drawn at all.
    """

    def __init__(self, case: Case, chosen: Mapping[str, ipywidgets.Widget]) -> None:
        """Draw what is chosen now, and again whenever one of the choices changes."""
        self.case = case
        self.chosen = chosen
        self.output = ipywidgets.Output()
        self.drawing = Lock()
        self.newest = 0
        for widget in chosen.values():
            widget.observe(self.draw, names="value")
        self.draw()

    def draw(self, _change: object = None) -> None:
        """Replace what is shown by what is chosen; what cannot be drawn leaves nothing of an older choice behind."""
        self.newest += 1
        mine = self.newest
        with self.drawing:
            if mine == self.newest:
                arguments = {name: widget.value for name, widget in self.chosen.items()}
                self.output.outputs = ()
                self.output.outputs = tuple(_output(one) for one in shown(self.case, **arguments))


def _output(shown: Any) -> dict[str, Any]:
    data, metadata = InteractiveShell.instance().display_formatter.format(shown)
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def desk(case: Case) -> ipywidgets.VBox:
    """Return the desk of a case: a window, filters, and what they show."""
    options = steps(case.span())
    window = ipywidgets.SelectionRangeSlider(
        options=options,
        index=(0, len(options) - 1),
        description="Window",
        continuous_update=False,
        readout=False,  # it would be cut off; the heading below says the window
        layout=ipywidgets.Layout(width="95%"),
    )
    levels = ipywidgets.SelectMultiple(options=case.levels(), description="Level", rows=5)
    sources = ipywidgets.SelectMultiple(options=case.sources(), description="Source", rows=5)
    text = ipywidgets.Text(description="Text", placeholder="any part of a message", continuous_update=False)
    lines = ipywidgets.Dropdown(options=[50, 200, 500, 2000], value=50, description="Lines")
    view = View(case, {"window": window, "levels": levels, "sources": sources, "text": text, "lines": lines})
    filters = ipywidgets.HBox([levels, sources, ipywidgets.VBox([text, lines])])
    return ipywidgets.VBox([window, filters, view.output])
