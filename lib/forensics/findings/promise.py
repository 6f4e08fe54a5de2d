"""The response time that the runbook promises at each level, beside the one that the evidence shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from forensics import runbook
from forensics.errors import UsageError
from forensics.model import Json, Moment
from forensics.times import Span, iso

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = re.compile(r"([A-Z][a-z]{2})-([A-Z][a-z]{2}) (\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """When business is open, in the zone of those who keep it."""

    days: frozenset[int]
    """0 is Monday."""
    opens: time
    closes: time
    zone: ZoneInfo

    def within(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of a stretch lies in business hours."""
        total, day = timedelta(0), self._local(start).date()
        while day <= self._local(end).date():
            if day.weekday() in self.days:
                opened, closed = self._utc(day, self.opens), self._utc(day, self.closes)
                total += max(timedelta(0), min(end, closed) - max(start, opened))
            day += timedelta(days=1)
        return total

    def next_day_ends(self, moment: datetime) -> datetime:
        """Return when the business day after this moment's day ends."""
        day = self._local(moment).date() + timedelta(days=1)
        while day.weekday() not in self.days:
            day += timedelta(days=1)
        return self._utc(day, self.closes)

    def _local(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone(self.zone)

    def _utc(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC).replace(tzinfo=None)


def hours(text: str, zone: str) -> Hours:
    """Read business hours such as `Mon-Fri 09:00-17:00`. Raises UsageError."""
    found = _HOURS.fullmatch(text)
    try:
        first, last = (DAYS.index(day) for day in found.groups()[:2]) if found else (0, -1)
        opens, closes = (time(int(found[i]), int(found[i + 1])) for i in (3, 5)) if found else (time(), time())
    except ValueError:
        first, last, opens, closes = 0, -1, time(), time()
    if first > last or opens >= closes:
        raise UsageError(f"business_hours={text!r}: days and hours are wanted, for example Mon-Fri 09:00-17:00.")
    return Hours(frozenset(range(first, last + 1)), opens, closes, ZoneInfo(zone))


def promise(found: dict[str, Moment], level: str, how: str, open_hours: Hours) -> Json:
    """Say whether somebody took it within the time that the level promises; a range where a moment is one."""
    known = runbook.load().level(level)
    begun = next((found[name] for name in ("detected", "declared") if found[name].span), None)
    told: Json = {
        "level": level,
        "level_how": how,
        "words": known.response if known else None,
        "promise_s": known.response_time.total_seconds() if known and known.response_time else None,
        "from": begun.name if begun else None,
        "took_s": None,
        "verdict": "not_known",
    }
    taken = found["acknowledged"]
    if known is None:
        return told | {"why": "no level of the runbook was declared, nor found, so no time was promised"}
    if begun is None or begun.span is None:
        return told | {"why": "neither detection nor declaration is known"}
    if taken.span is None:
        return told | {"why": taken.why}
    bounds = _took(begun.span, taken.span)
    told["took_s"] = [round(bound.total_seconds(), 3) for bound in bounds]
    if known.response_time is None:
        ends = [open_hours.next_day_ends(moment) for moment in (begun.span.earliest, begun.span.latest)]
        kept = [taken.span.latest <= ends[0], taken.span.earliest <= ends[1]]
        told["until"] = iso(ends[0])
    else:
        counted = bounds
        if "business hours" in known.response:
            counted = tuple(
                open_hours.within(min(a, b), b)
                for a, b in ((begun.span.latest, taken.span.earliest), (begun.span.earliest, taken.span.latest))
            )
            told["counted_s"] = [round(length.total_seconds(), 3) for length in counted]
        kept = [counted[1] <= known.response_time, counted[0] <= known.response_time]
    told["verdict"] = "kept" if all(kept) else "not_known" if any(kept) else "not_kept"
    return told | {"why": f"from {begun.name} ({begun.why}) to acknowledged ({taken.why})"}


def _took(begun: Span, taken: Span) -> tuple[timedelta, ...]:
    least = max(timedelta(0), taken.earliest - begun.latest)
    return least, max(timedelta(0), taken.latest - begun.earliest)
