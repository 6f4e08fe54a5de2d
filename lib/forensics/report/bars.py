"""How rows of sources are drawn, one below the other: what each covers, its holes and its ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from matplotlib.axes import Axes

from forensics.report.drawing import INK, LIMIT, MUTED, SERIES, SIZE, at


def above(axes: Axes, time: datetime, text: str) -> None:
    """Name a shaded stretch above the picture."""
    axes.annotate(
        text, (at(time), 1), (0, 3), ("data", "axes fraction"), "offset points", color=INK, fontsize=SIZE - 0.5,
        ha="center", va="bottom",
    )  # fmt: skip


def bar(
    axes: Axes,
    row: int,
    start: datetime,
    end: datetime,
    before: bool,
    after: bool,
    least: timedelta,
    dense: bool = True,
) -> None:
    """Draw what one source covers, thin where it tells seldom; an arrow where it goes on beyond the picture."""
    end = max(end, start + least)
    left, width = at(start), at(end) - at(start)
    axes.barh(
        row,
        width,
        0.52 if dense else 0.16,
        left,
        facecolor=SERIES[0],
        edgecolor=INK,
        linewidth=0.4 if dense else 0,
        zorder=3,
    )
    for edge, beyond in ((start, before), (end, after)):
        if not (dense or beyond):  # of a source that tells seldom, the two ends are known
            axes.plot([at(edge)], [row], marker="o", color=SERIES[0], markersize=3, zorder=3.5)
    for beyond, place, sign in ((before, start, "<"), (after, end, ">")):
        if beyond:
            axes.plot([at(place)], [row], marker=sign, color=INK, markersize=5, clip_on=False, zorder=4)


def rest(axes: Axes, row: int, start: datetime, end: datetime) -> None:
    """Draw a stretch in which there was nothing to tell: not covered, and not missing either."""
    if start < end:
        axes.plot([at(start), at(end)], [row, row], color=MUTED, linewidth=0.8, linestyle=":", zorder=2.5)


def between(axes: Axes, row: int, start: datetime, end: datetime, text: str) -> None:
    """Name a hole in what one source covers, in the hole."""
    axes.text(
        (at(start) + at(end)) / 2, row, text, color=MUTED, fontsize=SIZE - 1, ha="center", va="center_baseline", zorder=4
    )  # fmt: skip


def cut(axes: Axes, row: int, time: datetime, text: str, *, before: bool) -> None:
    """Mark an end of a source that is missing, and say by how much beside it."""
    axes.plot([at(time)] * 2, [row - 0.4, row + 0.4], color=LIMIT, linewidth=1.6, zorder=4, solid_capstyle="butt")
    axes.annotate(
        text, (at(time), row), (-4 if before else 4, 0), "data", "offset points", color=LIMIT, fontsize=SIZE - 1,
        va="center_baseline", ha="right" if before else "left", zorder=4,
    )  # fmt: skip


def outside(axes: Axes, row: int, before: bool, when: str) -> None:
    """Say that a source lies beyond the picture."""
    text = f"‹ until {when}" if before else f"from {when} ›"
    axes.annotate(
        text, (0 if before else 1, row), (2 if before else -2, 0), ("axes fraction", "data"), "offset points", color=MUTED,
        fontsize=SIZE - 1, va="center", ha="left" if before else "right",
    )  # fmt: skip


def absent(axes: Axes, row: int, why: str, start: datetime) -> None:
    """Say that a source holds nothing."""
    axes.annotate(
        f"× {why}",
        (at(start), row),
        (2, 0),
        "data",
        "offset points",
        color=LIMIT,
        fontsize=SIZE - 0.5,
        va="center",
        ha="left",
    )
