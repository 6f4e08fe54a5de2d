"""What was done against an incident, in the contract's form: each mitigation with its claim and its measured effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import effects, too_late, unruled
from forensics.analysis.effects import Sides
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.mitigated import TOLD_SOON
from forensics.analysis.mitigations import Done
from forensics.findings.claims import Ledger
from forensics.lengths import cut, lasting
from forensics.model import Json, Moment, Query
from forensics.store import Store
from forensics.times import Span, iso, parse_time

FELL = 0.2
"""By this share of what was before an action, what was measured fell after it; it may go on falling after the next one."""
MOST_TRACES = 10
"""Of one step; the rest is counted."""


def of_this(done: Sequence[Done], recovered: Moment, last: datetime | None, resolved: datetime | None) -> list[Done]:
    """Return what was done until the service had been back for as long as the runbook watches it, or until people resolved
    the incident, whichever came last: what is done later answers something else. Where it is not known when the service was
    back, it is counted from the `last` that anything was over a limit; None where that had no end."""
    back = recovered.span.latest if recovered.span else last
    if back is None:
        return list(done)
    until = max([back + runbook.load().recovery.stable, *([resolved] if resolved else [])])
    return [one for one in done if one.first.time is None or one.first.time <= until]


def told(store: Store, measured: Measured, impact: Impact, done: Sequence[Done], ledger: Ledger) -> list[Json]:
    """State each mitigation, when it was done, what was measured before and after it, and whether failures had ended before it."""
    with store.noted() as asked:
        failed = too_late.failures(store, impact)
    placed = [one for one in done if not one.told_only and one.first.time and effects.known_closely(one.first)]
    groups = [[placed[place] for place in group] for group in effects.together([_time(one) for one in placed])]
    near = {
        id(one): _Near(
            group[: group.index(one)],
            group[group.index(one) + 1 :],
            effects.sides(
                _time(group[0]),
                _time(group[-1]),
                _time(groups[place - 1][-1]) if place else None,
                _time(groups[place + 1][0]) if place + 1 < len(groups) else None,
            ),
        )
        for place, group in enumerate(groups)
        for one in group
    }
    hit = tuple(dict.fromkeys(run.signal for run in impact.runs if run.signal in unruled.SIGNALS.values()))
    found: list[Json] = []
    for number, one in enumerate(done, 1):
        late = _late(one, failed)
        found.append(
            _told(store, measured, one, number, near.get(id(one)), placed, late, asked, hit, tuple(found), ledger)
        )
    return found


def _falling(effect: Json | None, time: datetime | None, before: Sequence[Json]) -> Json | None:
    """Return the last action shortly before one after which already fell what fell on after this one: how much of that is the
    doing of which, nothing tells. None where nothing did."""
    for other in reversed(before):
        at = parse_time(other["time"]) if isinstance(other["time"], str) and other["effect"] else None
        if time is None or at is None or not timedelta(0) < time - at <= effects.AROUND:
            continue
        names = [
            name
            for name, one in (effect or {}).items()
            if (first := other["effect"].get(name)) and _fell(first, FELL) and one and _fell(one, 0.0)
        ]
        if names:
            return {"time": other["time"], "text": other["text"], "where": other["where"], "of": names}
    return None


def _fell(measured: Json, share: float) -> bool:
    before, after = measured["before"], measured["after"]
    return before is not None and after is not None and after < before and after <= (1 - share) * before


def _late(one: Done, failed: too_late.Failures | None) -> float | None:
    """Return how many seconds after the last failure something was done, where the next one was due by then."""
    time = one.first.time
    if failed is None or time is None or one.told_only or one.first.until or not failed.over_by(time):
        return None
    return round((time - failed.last).total_seconds(), 3)


def _told_after(one: Done, late: float | None) -> bool:
    """Say whether a person told of it after the last failure, as of what was done: it may have been done before that."""
    return late is not None and late <= TOLD_SOON.total_seconds() and one.first.kind == "message" and not one.announced


def _uncredited(effect: Json) -> Json:
    """Return an effect without the failures that had ended before, and without what was not measured since then."""
    kept = {name: one for name, one in effect.items() if one is None or one["before"] is not None}
    return {**dict.fromkeys(effect), **kept, "error_rate": None}


def _time(one: Done) -> datetime:
    assert one.first.time is not None
    return one.first.time


@dataclass(frozen=True, slots=True)
class _Near:
    """The actions that one cannot be told apart from, and what is compared for all of them."""

    earlier: list[Done]
    later: list[Done]
    sides: Sides

    def all_after(self, time: datetime | None, late: float) -> bool:
        """Say whether all of the actions were so many seconds, at the last of them, after the last failure, so that none was
        before it."""
        return time is not None and self.sides.before > time - timedelta(seconds=late)

    def named(self, found: Sequence[Done]) -> list[Json]:
        return [
            {"time": iso(one.first.time), "text": cut(one.text, 300), "where": str(one.first.citation)} for one in found
        ]

    def json(self) -> Json:
        """Say from when to when it was compared, where actions next to it bound that, and with what it was measured as one."""
        return {
            "since": iso(self.sides.start) if self.sides.previous else None,
            "until": iso(self.sides.end) if self.sides.next else None,
            "together_with": [] if self.later else self.named(self.earlier),
            "not_separated_from": self.named(self.later[:1])[0] if self.later else None,
        }


def acted(mitigations: Sequence[Json]) -> list[datetime]:
    """Return by when each mitigation was done, of those whose time is known."""
    done = [one["time"] for one in mitigations if not one["told_only"] and one["time"]]
    return [parse_time(time["latest"] if isinstance(time, dict) else time) for time in done]


def _told(
    store: Store,
    measured: Measured,
    one: Done,
    number: int,
    near: _Near | None,
    placed: Sequence[Done],
    late: float | None,
    of_failures: Sequence[Query],
    hit: tuple[str, ...],
    before: Sequence[Json],
    ledger: Ledger,
) -> Json:
    act = one.first
    time, until = act.time, act.until
    asked: list[Query] = []
    entry: Json = {
        "kind": one.kind,
        "time": Span(time, until).json() if time and until else iso(time),
        "text": cut(one.text, 300),
        "source": act.channel or act.kind,
        "told_only": one.told_only,
        "where": str(act.citation),
        "traces": [str(other.citation) for other in one.traces[:MOST_TRACES]],
        "effect": None,
        "why_not_measured": "",
        "after_last_failure_s": late,
    }
    if one.told_only:
        entry["why_not_measured"] = "an update tells of it; when it was done is not known"
    elif near and near.later:
        after = (_time(near.later[0]) - _time(one)).total_seconds()
        entry["why_not_measured"] = (
            f"cannot be separated from “{cut(near.later[0].text)}”, {lasting(after)} later: what both did is measured as one, "
            f"at “{cut(near.later[-1].text)}”"
            if after
            else f"cannot be separated from “{cut(near.later[0].text)}”, at the same time: what both did is measured as one"
        )
    else:
        affects = tuple(
            dict.fromkeys(name for other in [*(near.earlier if near else []), one] for name in other.affects)
        )
        over = late is not None and near is not None and near.all_after(time, late)
        around = near.sides if near else None
        if over and time and around:  # what was before the last failure had ended by itself, or by something else
            around = replace(around, start=max(around.start, time - timedelta(seconds=late or 0.0)))
        with store.noted() as asked:
            effect = effects.effect(store, measured, act, (*hit, *affects), around)
        if over:
            effect = _uncredited(effect)
            entry["why_not_measured"] = (
                f"it was told {lasting(late or 0.0)} after the last request that failed, and done before that time, nobody wrote when"
                if _told_after(one, late)
                else f"no request failed any more when it was done ({lasting(late or 0.0)} after the last one), so that no fall of "
                "failures is its effect"
            )
        entry["effect"] = effect if any(effect.values()) else None
        if over:
            pass
        elif entry["effect"] is None and not effects.known_closely(act):
            entry["why_not_measured"] = "when it was done is not known closely enough"
        elif entry["effect"] is None:
            entry["why_not_measured"] = "no requests or samples stand around it in the evidence"
    if _told_after(one, late):
        entry["after_last_failure_s"] = None
    entry["falling_since"] = _falling(entry["effect"], time if near else None, before)
    if time and near:
        entry |= near.json()
        entry["beside"] = sum(abs(_time(other) - time) <= effects.AROUND for other in placed if other is not one)
    entry["claim"] = ledger.claim(
        f"mitigation {number} {one.kind}",
        f"{one.kind} at {iso(time)}: {entry['text']}",
        {
            "time": entry["time"],
            "effect": entry["effect"],
            "beside": entry.get("beside"),
            "after_last_failure_s": entry["after_last_failure_s"],
            **({"falling_since": entry["falling_since"]} if entry["falling_since"] else {}),
            **(near.json() if near else {}),
        },
        query="effect_of_action" if entry["effect"] else "",
        asked=[*(asked if entry["effect"] else ()), *(of_failures if late is not None else ())],
        places=True,
        parameters={
            "time": iso(time),
            "minutes": effects.AROUND.total_seconds() / 60,
            "signals": [one["signal"] for one in (entry["effect"] or {}).values() if one],
        },
        evidence=[other.citation for other in one.traces],
    )
    return entry
