"""The strip of all incidents: when each began, how long it lasted, and how bad it was, in the page's own colours."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from forensics.report.overview import Incident, in_order
from forensics.report.words import length, plural

LEVELS = ("P0", "P1", "P2", "P3")
STEPS = (
    (60, "1 min"),
    (600, "10 min"),
    (3600, "1 h"),
    (6 * 3600, "6 h"),
    (86400, "1 d"),
    (7 * 86400, "7 d"),
    (28 * 86400, "28 d"),
)
"""Seconds and words of the lines across; the axis of lengths is logarithmic."""
SHORTEST = 10.0
"""Seconds; what was shorter is drawn at the foot."""
MOST_TICKS = 6
MOST_STEMS = 60
"""Incidents that still stand on stems; more of them would hide each other."""
_DAYS = (1, 2, 5, 10, 15)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a picture is, and how large what stands in it, in pixels."""

    width: int
    height: int
    left: int
    text: int
    mark: float
    right: int = 14
    top: int = 12
    bottom: int = 34


WIDE = Size(880, 300, 56, 13, 6)
NARROW = Size(360, 280, 54, 12, 5)


def svg(incidents: Sequence[Incident], size: Size, name: str) -> Markup:
    """Return the picture; empty where fewer than two incidents can be placed."""
    drawn = [one for one in in_order(incidents) if one.start is not None and not one.quiet]
    if len(drawn) < 2:
        return Markup("")
    return Markup("").join(Markup(part) for part in _parts(drawn, size, name))  # noqa: S704 - every text in it is escaped


def _parts(drawn: list[Incident], size: Size, name: str) -> Iterator[str]:
    first, last = _reach(drawn)
    most = _most(drawn)
    x = _Scale(first.timestamp(), last.timestamp(), size.left, size.width - size.right)
    y = _Scale(math.log(SHORTEST), math.log(most), size.height - size.bottom, size.top)
    yield (
        f'<svg class="strip" role="img" aria-labelledby="{name}-title {name}-desc" viewBox="0 0 {size.width} {size.height}" '
        f'font-size="{size.text}"><title id="{name}-title">Incidents by time, length and severity</title>'
        f'<desc id="{name}-desc">{escape(_described(drawn))}</desc>'
    )
    for seconds, words in STEPS:
        if SHORTEST < seconds <= most:
            at = y(math.log(seconds))
            yield f'<line class="grid" x1="{size.left}" x2="{size.width - size.right}" y1="{at}" y2="{at}"/>'
            yield f'<text class="tick" x="{size.left - 8}" y="{at + size.text * 0.35:.1f}" text-anchor="end">{words}</text>'
    foot = size.height - size.bottom
    yield f'<line class="axis" x1="{size.left}" x2="{size.width - size.right}" y1="{foot}" y2="{foot}"/>'
    ticks = _ticks(first, last, MOST_TICKS if size.width > 500 else 3)
    for when, words in ticks:
        at = x(when.timestamp())
        yield f'<line class="axis" x1="{at}" x2="{at}" y1="{foot}" y2="{foot + 5}"/>'
        yield f'<text class="tick" x="{at}" y="{foot + 8 + size.text}" text-anchor="middle">{words}</text>'
    for one in drawn:
        yield from _mark(one, x, y, foot, size.mark, stem=len(drawn) <= MOST_STEMS)
    yield "</svg>"


class _Scale:
    """Brings values of one range into another."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)


def _mark(one: Incident, x: _Scale, y: _Scale, foot: int, radius: float, *, stem: bool) -> Iterator[str]:
    at = x(one.start.timestamp()) if one.start else 0.0
    level = one.level.lower() if one.level in LEVELS else "unknown"
    if one.length is None:
        yield f'<g class="mark {level} open">{_shape("unknown", at, foot - radius, radius)}</g>'
        return
    least, most = (math.log(max(SHORTEST, min(value, 1e12))) for value in one.length)
    open_ = math.isinf(one.length[1])
    top = y(least) if open_ else y((least + most) / 2)
    arrow = f'<path class="more" d="M{at} {top - radius - 1}v-9m-3.5 3.5l3.5 -3.5l3.5 3.5"/>' if open_ else ""
    line = f'<line x1="{at}" x2="{at}" y1="{foot}" y2="{top}"/>' if stem else ""
    yield f'<g class="mark {level}">{line}{_shape(level, at, top, radius)}{arrow}</g>'


def _shape(level: str, x: float, y: float, r: float) -> str:
    """Return the mark of a level: each has its own form, so that it is known without colour."""
    if level == "p0":
        return f'<rect x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r}" height="{2 * r}"/>'
    if level == "p1":
        return f'<path d="M{x} {y - r * 1.3:.1f}l{r * 1.2:.1f} {r * 2.2:.1f}h-{r * 2.4:.1f}z"/>'
    if level == "p2":
        return f'<circle cx="{x}" cy="{y}" r="{r * 0.9:.1f}"/>'
    if level == "p3":
        return f'<path d="M{x} {y - r:.1f}l{r} {r}l-{r} {r}l-{r} -{r}z"/>'
    return f'<path d="M{x - r} {y}h{2 * r}m-{r} -{r}v{2 * r}"/>'


def legend(level: str) -> Markup:
    """Return the mark of a level alone, to stand before its name."""
    known = level.lower() if level in LEVELS else "unknown"
    shape = _shape(known, 8, 8, 5.5)
    return Markup(f'<svg class="key" viewBox="0 0 16 16" aria-hidden="true"><g class="mark {known}">{shape}</g></svg>')  # noqa: S704 - no text


def _reach(drawn: Sequence[Incident]) -> tuple[datetime, datetime]:
    starts = [one.start for one in drawn if one.start is not None]
    margin = max((max(starts) - min(starts)) * 0.03, timedelta(hours=1))
    return min(starts) - margin, max(starts) + margin


def _most(drawn: Sequence[Incident]) -> float:
    known = [value for one in drawn if one.length for value in one.length if not math.isinf(value)]
    longest = max([600.0, *known]) * 1.4
    return float(next((seconds for seconds, _ in STEPS if seconds >= longest), longest * 1.2))


def _ticks(first: datetime, last: datetime, most: int) -> list[tuple[datetime, str]]:
    """Return at most so many times to write below the axis, on whole hours, days or months."""
    days = (last - first).total_seconds() / 86400
    if days < 2:
        step = next((h for h in (1, 2, 3, 6, 12) if days * 24 / h <= most), 12)
        start = first.replace(minute=0, second=0, microsecond=0)
        hours = [start + timedelta(hours=n) for n in range(1, int(days * 24) + 2)]
        return [(when, f"{when:%d %b %H:%M}") for when in hours if when.hour % step == 0 and when < last]
    if days <= _DAYS[-1] * most:
        step = next(step for step in _DAYS if days / step <= most)
        start = first.replace(hour=0, minute=0, second=0, microsecond=0)
        whole = [start + timedelta(days=n) for n in range(1, int(days) + 2)]
        return [(when, f"{when:%d %b %Y}") for n, when in enumerate(whole) if n % step == 0 and when < last]
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((step for step in _MONTHS if months / step <= most), _MONTHS[-1])
    count = [first.year * 12 + first.month - 1 + n for n in range(1, months + 1)]
    return [
        (when, f"{when:%Y}" if step >= 12 else f"{when:%b %Y}")
        for number in count
        if number % step == 0 and (when := datetime(number // 12, number % 12 + 1, 1)) < last
    ]


def _described(drawn: Sequence[Incident]) -> str:
    """Say in words what the picture shows."""
    told = []
    for level in (*LEVELS, "undetermined", "none"):
        of = [one for one in drawn if one.level == level]
        known = sorted(one.length[0] for one in of if one.length)
        if of:
            reach = (
                f", from {length(known[0])} to {length(known[-1])}"
                if len(known) > 1
                else f", {length(known[0])}"
                if known
                else ""
            )
            told.append(f"{plural(len(of), level, level)}{reach}")
    open_ = sum(1 for one in drawn if one.length and math.isinf(one.length[1]))
    ends = f"{drawn[0].start:%Y-%m-%d} to {drawn[-1].start:%Y-%m-%d}"
    return (
        f"{plural(len(drawn), 'incident')}, {ends}: {'; '.join(told)}. Still open when their evidence ended: {open_}."
    )
