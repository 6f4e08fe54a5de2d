"""Deaths of a process, as two programs tell of them: its manager by a clock whose zone is not known, and its own log by one that is.

What a process says as it dies often has no stamp: it stands between the last dated line before it and the first one after it. That
one death falls between two such lines may be chance; that nearly all do, by one whole number of quarters of an hour and by no other,
is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.evidence import civil_zones, meanings
from forensics.evidence.shared_events import (
    BY_CHANCE,
    CLOSE,
    FARTHEST,
    LEAST_AGREEING,
    LEAST_MATCHES,
    QUARTER,
    Telling,
    within,
    written,
)
from forensics.evidence.shared_targets import OFFSETS, as_many
from forensics.store import Store

MOST = 2000
"""So many deaths are looked at: a process that dies more often has other troubles than its zone."""

WIDEST = timedelta(minutes=10)
"""Between two dated lines that are further apart, nothing says when a process died."""

TOLD = ("process died", "out of memory")
"""What a line may tell that a process dies of."""


@dataclass(frozen=True, slots=True)
class Death:
    """Between what times, by one clock, a process died."""

    earliest: datetime
    latest: datetime


def told(store: Store, known: Sequence[str], unknown: Sequence[str]) -> Iterator[Telling]:
    """Yield what deaths tell of the clocks of the `unknown` logs, by each of the `known` ones that tells of deaths too."""
    deaths = _deaths(store, [*known, *unknown])
    for path in unknown:
        ended = [one.earliest for one in deaths.get(path, ()) if one.earliest == one.latest]
        for other in known:
            if found := _beside(path, ended, other, deaths.get(other, [])):
                yield found


def _deaths(store: Store, paths: Sequence[str]) -> dict[str, list[Death]]:
    """Return the deaths that each log tells of, in order; what is told of one again and again counts once."""
    telling = [one for one in meanings.load() if one.into == "events" and one.constants.get("what") in TOLD]
    found: dict[str, list[Death]] = defaultdict(list)
    rows = store.rows("clock_deaths", paths=list(paths), pattern=meanings.any_of(telling), most=MOST)
    for path, _, source, message, own, after, before in rows:
        if not any(one.reads(source, message) is not None for one in telling):
            continue
        if own is not None:
            found[path].append(Death(own, own))
        elif after is not None and before is not None and timedelta(0) <= before - after <= WIDEST:
            found[path].append(Death(after, before))
    return {path: _once(sorted(of, key=lambda one: (one.earliest, one.latest))) for path, of in found.items()}


def _once(deaths: Sequence[Death]) -> list[Death]:
    kept: list[Death] = []
    for one in deaths:
        if not kept or one.earliest - kept[-1].earliest > CLOSE:
            kept.append(one)
    return kept


def _beside(path: str, ended: Sequence[datetime], other: str, deaths: Sequence[Death]) -> Telling | None:
    """Return the offset at which a log's deaths are those that another tells of; None where several fit, or chance would do it."""
    if min(len(ended), len(deaths)) < LEAST_MATCHES:
        return None
    fits = {}
    for quarters in range(-(OFFSETS // 2), OFFSETS // 2 + 1):
        offset = quarters * QUARTER
        pairs = [(time, one) for time in ended for one in deaths if _holds(one, time - offset)]
        fits[quarters] = len({id(one) for _, one in pairs}), pairs
    best = max(sorted(fits), key=lambda one: fits[one][0])
    count, pairs = fits[best]
    beside = max(times for quarters, (times, _) in fits.items() if quarters != best)
    offset, few = best * QUARTER, min(len(ended), len(deaths))
    held = sum(((one.latest - one.earliest) + 2 * CLOSE for one in deaths), timedelta(0))
    span = max(FARTHEST, deaths[-1].latest - deaths[0].earliest)
    by_chance = min(1.0, OFFSETS * as_many(few, min(1.0, count / few), min(1.0, max(held / span, beside / few))))
    if count < max(LEAST_MATCHES, LEAST_AGREEING * few) or beside > count / 2 or by_chance > BY_CHANCE:
        return None
    if not civil_zones.kept(offset):
        return None
    left = (
        max((time - offset - one.latest).total_seconds() for time, one in pairs),
        min((time - offset - one.earliest).total_seconds() for time, one in pairs),
    )
    bounds = min(left), max(left)
    why = (
        f"{count:,} of {few:,} times a process died stand {written(offset)} off where {other} tells of it, {within(bounds)}, and no "
        "other offset explains half as many"
    )
    return Telling(path, offset, count / few * (1 - by_chance), bounds, why)


def _holds(death: Death, time: datetime) -> bool:
    return death.earliest - CLOSE <= time <= death.latest + CLOSE
