"""What other alert settings would have done: as rows for people, as a picture, and in a sentence. Nothing here computes again."""

from __future__ import annotations

from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from forensics.model import Json
from forensics.report import drawing
from forensics.report.picture import Chart
from forensics.report.words import length, plural, quantity

OUTCOMES = {
    "fired": "rang as it should",
    "missed": "should have rung and did not",
    "without_cause": "rang without a cause",
    "not_due": "not due",
    "not_assessable": "not assessable",
}


def summary(audit: Json) -> str:
    """Say in one sentence what became of the alert rules."""
    parts = []
    for outcome, words in OUTCOMES.items():
        named = [rule["title"].lower() for rule in audit["rules"] if rule["outcome"] == outcome]
        if named:
            parts.append(f"{words}: {', '.join(named)}")
    text = "; ".join(parts)
    others = audit["other_alerts"]
    rest = f"; {plural(len(others), 'other alert')} rang, of no alert rule of the runbook" if others else ""
    return f"{text[:1].upper()}{text[1:]}{rest}." if text else "No alert rule was judged."


def shown(audit: Json) -> list[Json]:
    """Return the rules whose settings are worth a table: some setting would have rung, truly or falsely."""
    return [
        rule
        for rule in audit["rules"]
        if rule["backtest"]
        and any(cell["detected"] != "no" or cell["false_alarms_seen"] for cell in rule["backtest"]["cells"])
    ]


def grid(rule: Json) -> tuple[list[int], list[tuple[float, list[Json]]]]:
    """Return the durations, and for each threshold its cells in that order."""
    cells = rule["backtest"]["cells"]
    durations = sorted({cell["duration_s"] for cell in cells})
    by = {(cell["threshold"], cell["duration_s"]): cell for cell in cells}
    thresholds = sorted({cell["threshold"] for cell in cells})
    return durations, [(threshold, [by[threshold, one] for one in durations]) for threshold in thresholds]


def told(cell: Json) -> str:
    """Say when a setting would have rung."""
    if cell["detected"] != "yes":
        return "not at all" if cell["detected"] == "no" else "was never quiet"
    latest = cell["delay_s"][1]
    return f"{length(-latest)} before" if latest < 0 else f"after {length(latest)}"


def alarms(cell: Json) -> str:
    """Say how often a setting rang falsely before; with too little of a history that is only what was seen."""
    count = plural(cell["false_alarms_seen"], "false alarm")
    return count if cell["false_alarms"] is not None else f"{count} seen"


def rows(audit: Json) -> list[dict[str, Any]]:
    """Return one row for each setting that was tried."""
    return [
        {
            "rule": rule["title"],
            "over": quantity(cell["threshold"], rule["unit"]),
            "for longer than": length(cell["duration_s"]) if cell["duration_s"] else "—",
            "would have rung": told(cell),
            "false alarms before": alarms(cell),
            "present": "yes" if cell["present"] else "",
        }
        for rule in audit["rules"]
        if rule["backtest"]
        for cell in rule["backtest"]["cells"]
    ]


def history(rule: Json) -> str:
    """Say on how much of the time before the onset the false alarms were counted."""
    found = rule["backtest"]
    known = "" if found["false_alarms_known"] else ": too little to know how often a setting rings falsely"
    return f"{length(found['history_s'])} before the onset are known{known}"


def change(rule: Json) -> str:
    """Say what one change would have brought, and its price."""
    found = rule["suggestion"]
    if found is None:
        return f"{rule['title']}: no other threshold is suggested ({rule['why_no_suggestion']})."
    moved = (
        f"over {quantity(found['threshold'], rule['unit'])} instead of {quantity(found['instead_of'], rule['unit'])}"
    )
    sooner = found["earlier_s"]
    when = "would have rung, which the present one did not"
    if sooner:
        least = sooner[1]
        when = f"{length(abs(least))} {'earlier' if least > 0 else 'later'}" if least else "at the same time"
    price = f"{plural(found['false_alarms'], 'false alarm')} in {length(found['history_s'])}"
    price += f", and {found['false_alarms_now']:,} with the present one"
    return f"{rule['title']} {moved}: {when}; {price}."


def picture(result: Json) -> Chart | None:
    """Draw the grid of the rule in which this incident showed best; None where no setting would have told anything."""
    known = shown(result["alert_audit"])
    if not known:
        return None
    rule = max(known, key=lambda one: sum(cell["detected"] == "yes" for cell in one["backtest"]["cells"]))
    title = f"{rule['title']}: what other settings would have done"
    present = next((cell for cell in rule["backtest"]["cells"] if cell["present"]), None)
    now = f"The present setting rings {told(present)} the onset; " if present and present["detected"] == "yes" else ""
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
            text = told(cell).replace("not at all", "no").replace("was never quiet", "always")
            text = text.replace("after ", "+").replace(" before", "")
            text = f"−{text}" if rings and cell["delay_s"][1] < 0 else text
            size = 5.4 if small else 7
            axes.text(column + 0.5, row + 0.62, text, ha="center", va="center", color=drawing.INK, fontsize=size)
            false = f"{cell['false_alarms_seen']} false"
            axes.text(column + 0.5, row + 0.28, false, ha="center", va="center", color=drawing.MUTED, fontsize=size)
    return figure
