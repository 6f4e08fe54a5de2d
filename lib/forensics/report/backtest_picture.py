"""What other alert settings would have done, as a picture."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from forensics.model import Json
from forensics.report import drawing
from forensics.report.backtest import alarms, grid, history, shown, told
from forensics.report.picture import Chart
from forensics.report.words import length, quantity


def picture(result: Json) -> Chart | None:
    """Draw the grid of the rule in which this incident showed best; None where no setting would have told anything."""
    known = shown(result["alert_audit"])
    if not known:
        return None
    rule = max(known, key=lambda one: sum(cell["detected"] == "yes" for cell in one["backtest"]["cells"]))
    if rule["backtest"]["clock"]:
        return None  # nothing tells when any setting rang, counted from the onset
    title = f"{rule['title']}: what other settings would have done"
    present = next((cell for cell in rule["backtest"]["cells"] if cell["present"]), None)
    now = f"The present setting rings {_from_onset(present)}; " if present and present["detected"] == "yes" else ""
    takeaway = f"{now}{history(rule)}."
    durations, lines = grid(rule)
    alt = "; ".join(
        f"over {quantity(threshold, rule['unit'])}"
        + (f" for more than {length(duration)}" if duration else "")
        + f": {told(cell)}, {alarms(cell)}"
        for threshold, cells in lines
        for duration, cell in zip(durations, cells, strict=True)
    )
    with drawing.style():
        wide, narrow = (_drawn(rule, title, width) for width in (drawing.WIDE, drawing.NARROW))
    return Chart("backtest", wide, title, takeaway, alt, narrow)


def _from_onset(cell: Json) -> str:
    """Say how long after the onset, or before it, a setting rings."""
    delay = told(cell)
    return f"{delay.removeprefix('after ')} after the onset" if delay.startswith("after ") else f"{delay} the onset"


def _drawn(rule: Json, title: str, width: float) -> Figure:
    durations, lines = grid(rule)
    small = width <= drawing.NARROW
    height = 0.62 + 0.42 * len(lines)
    figure = Figure(figsize=(width, height), facecolor=drawing.PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.62 / width, 0.06 / height, (width - 0.7) / width, 0.42 * len(lines) / height))
    axes.set_xlim(0, len(durations))
    axes.set_ylim(0, len(lines))
    axes.axis("off")
    said = title if not small else rule["title"]
    figure.text(0.06 / width, 1 - 0.05 / height, said, color=drawing.INK, fontsize=drawing.SIZE, va="top")
    for column, duration in enumerate(durations):
        head = f"> {length(duration)}" if duration else "at once"
        axes.text(column + 0.5, len(lines) + 0.08, head, ha="center", va="bottom", color=drawing.MUTED, fontsize=7)
    for row, (threshold, cells) in enumerate(lines):
        label = f"> {quantity(threshold, rule['unit'])}"
        axes.text(-0.06, row + 0.5, label, ha="right", va="center", color=drawing.MUTED, fontsize=7)
        for column, cell in enumerate(cells):
            rings = cell["detected"] == "yes"
            box = Rectangle(
                (column + 0.03, row + 0.06), 0.94, 0.88, facecolor=drawing.GRID if rings else "none",
                edgecolor=drawing.LIMIT if cell["present"] else drawing.GRID, linewidth=1.6 if cell["present"] else 0.6,
            )  # fmt: skip
            axes.add_patch(box)
            text = told(cell).replace("not at all", "no").replace("was never quiet", "always").replace("not known", "?")
            text = text.replace("after ", "+").replace(" before", "")
            text = f"−{text}" if rings and cell["delay_s"][1] < 0 else text
            size = 5.4 if small else 7
            axes.text(column + 0.5, row + 0.62, text, ha="center", va="center", color=drawing.INK, fontsize=size)
            false = "false: ?" if cell["false_alarms_seen"] is None else f"{cell['false_alarms_seen']} false"
            axes.text(column + 0.5, row + 0.28, false, ha="center", va="center", color=drawing.MUTED, fontsize=size)
    return figure
