"""What was measured before and after an action: of requests, of logins, and of the resource that it was to relieve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.analysis import unruled
from forensics.analysis.acts import Act
from forensics.analysis.impact import Measured
from forensics.model import Json
from forensics.store import Store

AROUND = timedelta(minutes=5)
"""The effect of an action is measured over this long before and after it, but no further than to the actions next to it."""
LEAST_BETWEEN = timedelta(minutes=1)
"""So much must lie between two actions, two buckets of requests: else what follows the first may be the second's doing, and what
both did is measured as one."""
LEAST_LOGINS = timedelta(minutes=1)
"""On either side, the logs of logins must have spoken for this long."""
DONE_WITHIN = timedelta(minutes=1)
"""Over stretches of time an effect is only measured where it is known this closely when the action was done."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Which stretches before and after an action, or several that cannot be told apart, are compared."""

    start: datetime
    before: datetime
    """Until the first of the actions."""
    after: datetime
    """From the last of them on."""
    end: datetime
    next: bool = False
    """Whether another action ends it."""
    previous: bool = False
    """Whether an action before it begins it."""


def together(times: Sequence[datetime]) -> list[list[int]]:
    """Return the places of actions, given by their times, in groups: those of one follow each other too closely to be told apart."""
    groups: list[list[int]] = []
    for place in sorted(range(len(times)), key=lambda one: (times[one], one)):
        if groups and times[place] - times[groups[-1][-1]] < LEAST_BETWEEN:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def sides(first: datetime, last: datetime, previous: datetime | None, following: datetime | None) -> Sides:
    """Return what is compared for actions from the first to the last, between the actions next to them."""
    start, end = first - AROUND, last + AROUND
    early, late = previous is not None and previous > start, following is not None and following < end
    return Sides(
        previous if previous and early else start, first, last, following if following and late else end, late, early
    )


def known_closely(act: Act) -> bool:
    """Say whether it is known closely enough when something was done to measure before and after it."""
    return act.time is not None and (act.until is None or act.until - act.time <= DONE_WITHIN)


def effect(store: Store, measured: Measured, act: Act, affects: tuple[str, ...], around: Sides | None = None) -> Json:
    """Return error rate and response time in the minutes before and after an action, and what else actions of its kind affect;
    null where it was not measured on either side. What nothing measured of the latter is left out."""
    found: Json = {"error_rate": None, "response_time": None}
    for name in (*found, *affects):
        one = None
        if act.time is not None and known_closely(act):
            between = around or sides(act.time, act.time, None, None)
            one = _logins(store, between) if name == "failed_logins" else _level(store, measured, name, between)
        elif act.until is not None and name in affects:
            one = _by_order(store, measured, name, act)
        if one is not None or name in found:
            found[name] = one
    return found


def _level(store: Store, measured: Measured, name: str, around: Sides) -> Json | None:
    for signal in measured.of(name):
        if signal.told:
            continue  # what is told only when a query fails shows no effect
        between = {"start": around.start, "before": around.before, "after": around.after, "end": around.end}
        row = store.records("effect_of_action", id=signal.id, **between)[0]
        if not row["points_before"] and not row["points_after"]:
            continue
        # A rate is that of all requests of these minutes; of response times the middle one of the buckets' is told.
        which = "mean" if name in ("error_rate", unruled.REFUSED) else "median"
        before, after = row[f"{which}_before"], row[f"{which}_after"]
        statistic = ("" if which == "mean" else "median of ") + signal.statistic
        points = [row["points_before"], row["points_after"]]
        return _told(signal.id, statistic, signal.unit, before, after, points)
    return None


def _by_order(store: Store, measured: Measured, name: str, act: Act) -> Json | None:
    """Compare the sample before an action with the one after it, where only their order in one file is known."""
    for signal in measured.judged(name):
        if signal.path != act.citation.path or act.citation.line is None:
            continue
        row = store.records("effect_by_order", id=signal.id, line=act.citation.line)[0]
        if row["before"] is None or row["after"] is None:
            continue
        statistic = f"the sample before it and the one after it, by their order; {signal.statistic}"
        return _told(signal.id, statistic, signal.unit, row["before"], row["after"], [1, 1])
    return None


def _logins(store: Store, around: Sides) -> Json | None:
    """Compare failed logins a minute; a side on which the logs of logins did not speak for long enough is not known."""
    between = {"start": around.start, "before": around.before, "after": around.after, "end": around.end}
    row = store.records("effect_on_logins", **between)[0]
    sides = []
    for side in ("before", "after"):
        spoke = row[f"seconds_{side}"] or 0.0
        sides.append(60 * row[f"failed_{side}"] / spoke if spoke >= LEAST_LOGINS.total_seconds() else None)
    if sides == [None, None]:
        return None
    statistic = f"failed logins a minute while the logs spoke, from {row['paths']}"
    return _told("failed_logins", statistic, "/min", sides[0], sides[1], [row["failed_before"], row["failed_after"]])


def _told(signal: str, statistic: str, unit: str, before: float | None, after: float | None, points: list[int]) -> Json:
    return {
        "signal": signal,
        "statistic": statistic,
        "unit": unit,
        "before": None if before is None else round(before, 3),
        "after": None if after is None else round(after, 3),
        "points": points,
    }
