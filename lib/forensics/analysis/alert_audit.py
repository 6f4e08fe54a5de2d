"""Which alerts should have rung by the evidence, which did, and what rang without a cause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from forensics.analysis import messages
from forensics.analysis.backtest import declared
from forensics.analysis.impact import Measured
from forensics.analysis.messages import Said
from forensics.model import Breach, Evidence, Verdict
from forensics.runbook import Rule
from forensics.store import Store
from forensics.times import Span, own_clock

Outcome = Literal["fired", "missed", "without_cause", "not_due", "not_assessable"]


@dataclass(frozen=True, slots=True)
class Due:
    """One stretch in which an alert should have rung."""

    since: Span
    """From when on: a bucket is known at its end."""
    until: datetime
    alert: Said | None
    """What rang for it first."""
    again: int = 0
    """How many more rang for it."""
    silence_tells: bool = False
    """Whether an alert that is not in the evidence did not ring."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One alert rule, and what became of it."""

    rule: Rule
    outcome: Outcome
    due: tuple[Due, ...]
    without_cause: tuple[Said, ...]
    unclear: tuple[Said, ...]
    """Rang while nothing measured its signal."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """All alerts of the evidence."""

    by_rule: dict[str, list[Said]]
    others: tuple[Said, ...]
    """Of no alert rule of the runbook."""
    histories: tuple[Evidence, ...]
    """Files that keep what rang."""
    channels: tuple[str, ...]
    """Where programs announce alerts."""


def belongs(text: str) -> str | None:
    """Return the rule that an alert's text names, or None."""
    return next((one["rule"] for one in declared()["name"] if re.search(one["pattern"], text)), None)


def heard(said: Sequence[Said], evidence: Iterable[Evidence]) -> Heard:
    """Sort the alerts of the evidence by the rule that they name."""
    by: dict[str, list[Said]] = {}
    others = []
    for alert in messages.alerts(said):
        rule = belongs(alert.text)
        if rule:
            by.setdefault(rule, []).append(alert)
        else:
            others.append(alert)
    kept = declared()["audit"]["histories"]
    histories = [one for one in evidence if one.format in kept and one.status in ("ok", "partial", "empty")]
    channels = dict.fromkeys(e.citation.path for e in said if e.what != "alert" and not e.person and "alert" in e.means)
    return Heard(by, tuple(others), tuple(histories), tuple(channels))


def audit(store: Store, rule: Rule, verdict: Verdict, measured: Measured, found: Heard, bucket: int) -> Audited:
    """Hold the alerts of one rule against the stretches in which its signal was over the threshold."""
    settings = declared()["audit"]
    early, late = (timedelta(seconds=settings[name]) for name in ("early_s", "late_s"))
    alerts = found.by_rule.get(rule.id, [])
    step = timedelta(seconds=bucket) if any(s.of_requests for s in measured.judged(rule.signal)) else timedelta(0)
    due, used = [], set()
    episodes = _episodes(verdict, timedelta(seconds=settings["joined_s"]))
    for place, (start, end) in enumerate(episodes):
        after = [begin - early for begin, _ in episodes[place + 1 :][:1]]  # what rings then rings for the next
        ringing = [
            one
            for one in alerts
            if start - early <= one.time <= end + late and not any(one.time >= edge for edge in after)
        ]
        used |= {id(one) for one in ringing}
        first = ringing[0] if ringing else None
        tells = _silence_tells(found, measured, start)
        due.append(Due(Span(start, start + step), end, first, max(0, len(ringing) - 1), tells))
    rest = [one for one in alerts if id(one) not in used]
    seen = [one for one in rest if _measured_at(store, measured, rule, one.time, early, late)]
    unclear = tuple(one for one in rest if one not in seen)
    outcome, why = _outcome(verdict, due, seen, found)
    return Audited(rule, outcome, tuple(due), tuple(seen), unclear, why)


def _placed(verdict: Verdict) -> list[Breach]:
    """Return the stretches that alerts can be held against: not those of clocks that only count."""
    return [run for run in verdict.intervals if not own_clock(run.start)]


def _episodes(verdict: Verdict, apart: timedelta) -> list[tuple[datetime, datetime]]:
    """Join the stretches over the threshold that one alert rings for."""
    joined: list[tuple[datetime, datetime]] = []
    for run in sorted(_placed(verdict), key=lambda one: one.start):
        if joined and run.start - joined[-1][1] <= apart:
            joined[-1] = (joined[-1][0], max(joined[-1][1], run.end))
        else:
            joined.append((run.start, run.end))
    return joined


def _silence_tells(found: Heard, measured: Measured, start: datetime) -> bool:
    """Say whether an alert that rang then would be in the evidence."""
    in_memory = declared()["audit"]["in_memory"]
    restarted = any(down.start >= start for down in measured.down)
    lasting = [one for one in found.histories if one.format not in in_memory or not restarted]
    return bool(lasting or found.channels)


def _measured_at(
    store: Store, measured: Measured, rule: Rule, time: datetime, early: timedelta, late: timedelta
) -> bool:
    """Say whether the signal was seen around a time, so that an alert then had no cause."""
    ids = [one.id for one in measured.of(rule.signal) if not one.told]
    return bool(ids and store.one("points_between", ids=ids, start=time - late, end=time + early))


def _outcome(verdict: Verdict, due: list[Due], seen: list[Said], found: Heard) -> tuple[Outcome, str]:
    if any(one.alert for one in due):
        return "fired", ""
    if due and all(one.silence_tells for one in due):
        where = ", ".join([one.path for one in found.histories] + list(found.channels))
        return "missed", f"no alert of it stands in {where}"
    if due:
        return "not_assessable", _unheard(found)
    if verdict.verdict == "met":
        return "not_assessable", "it was over on a clock that only counts, and nothing tells when alerts rang by that"
    if verdict.verdict == "not_assessable":
        return "not_assessable", verdict.why or "; ".join(verdict.missing)
    return ("without_cause", "") if seen else ("not_due", "")


def _unheard(found: Heard) -> str:
    if found.histories:
        names = ", ".join(one.path for one in found.histories)
        return f"{names} is kept in the memory of a process that restarted afterwards, and its silence tells nothing"
    return "nothing in the evidence keeps the alerts that rang"


def criterion(rule: Rule, verdicts: Iterable[Verdict], rules: Iterable[Rule]) -> Any:
    """Return the decision criterion of the same signal with its verdict: crossing the threshold is not meeting it."""
    ids = {one.id for one in rules if one.declares and one.signal == rule.signal}
    return next((one for one in verdicts if one.rule in ids), None)
