"""Messages copied from a chat: who said what, at the hour that stands beside the name, on the day that stands above.

Such copies name neither a year nor, often, a zone. The year is the one in which the day lies nearest to what else the folder dates; without
anything dated nothing is placed. Where no day stands above, it is the one day at whose like hours nearly all else happened. The zone is
looked for like that of any other source (named_zones.py).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from forensics import declarations
from forensics.evidence import stamps
from forensics.model import Clock, Evidence, Problem
from forensics.store import Store

FORMAT = "chat-copy"
UPDATES = "provider-updates"
"""What a provider told on its status page, in lines whose hours name their zone."""
BESIDE = ("kakaotalk-computer", "line-chat")
"""Exports in which a line says what was said beside the hour, below the day."""
EXPORTED = ("chat-headings", "chat-lines", "discord-text", "kakaotalk", "whatsapp")
"""Exports whose lines state the day, too."""
HEADINGS = ("chat-headings", "discord-text")
"""Of these, a line holds no more than who speaks and when."""

ONE_DAY = 0.95
"""So much of what is dated at the hours of a copy must lie on one day, for this to be the copy's."""

_BACK = timedelta(hours=12)
"""Where the hour falls back by more and no day stands between, midnight has passed."""


def declared() -> dict[str, Any]:
    """Return chat_copies.toml."""
    return declarations.declared("evidence/chat_copies.toml")


def place(store: Store, entries: Sequence[Evidence], anchors: Mapping[str, datetime]) -> list[Evidence]:
    """Put what was said into the store's events, where the text or the folder tells its day; the entries say how that is known.

    `anchors` say when the first days of copies began, where a person stated that.
    """
    dated = [e.covers for e in entries if e.covers and e.kind in ("log", "metrics") and e.clock.how != "unknown"]
    near = max((end for _, end in dated), default=None)
    for entry in entries:
        if entry.format in EXPORTED:
            store.run("chat_exported", path=entry.path, heading=entry.format in HEADINGS)
    copies = (FORMAT, UPDATES, *BESIDE)
    return [_placed(store, e, near, anchors.get(e.path), entries) if e.format in copies else e for e in entries]


def day(text: str, near: datetime | None) -> date | None:
    """Return the day that a line names; without a year, the one nearest to a time; None where it names none, or no year is told."""
    if whole := _NUMBERS.search(text):
        return _date(*map(int, whole.groups()))
    if last := _YEAR_LAST.search(text):
        first, second, year = map(int, last.groups()[1:])
        both = [one for one in (_date(year, first, second), _date(year, second, first)) if one]
        return next((one for one in both if one.strftime("%a").lower() == last[1].lower()), None)
    words = re.findall(r"[^\W\d_]+", text.lower())
    month = next((n for n, names in enumerate(declared()["months"], 1) if any(word in names for word in words)), None)
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    days, years = [n for n in numbers if n < 32], [n for n in numbers if n > 1900]
    if month is None or len(days) != 1 or not (years or near):
        return None
    candidates = years or [near.year + one for one in (-1, 0, 1)] if near else years
    found = [one for year in candidates if (one := _date(year, month, days[0]))]
    return min(found, key=lambda one: abs((one - near.date()).days) if near else 0, default=None)


_NUMBERS = re.compile(r"(\d{4})(?:[/.-]|[年년] ?)(\d\d?)(?:[/.-]|[月월] ?)(\d\d?)(?:\b|[日일])")
_YEAR_LAST = re.compile(r"\b(\w{3}), (\d\d?)/(\d\d?)/(\d{4})$")
"""Which number is the day, the day of the week tells."""


def _date(year: int, month: int, day_of_month: int) -> date | None:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


_Row = tuple[int, datetime | None, str, str | None, str]


def _named(rows: Sequence[tuple[Any, ...]]) -> list[_Row]:
    """Return the lines with who said each: where a name stands above its hour, it is the last line of what is above it."""
    below = re.compile(declared()["below"])
    found: list[_Row] = []
    for line, hour, who, message, body in rows:
        name = who or ""
        if hour is not None and not name and found:
            above = found[-1]
            said, _, name = above[4].rstrip().rpartition("\n")
            found[-1] = (*above[:4], said)
        found.append((line, hour, name, message, body or ""))
    return [(*row[:4], "\n".join(one for one in row[4].split("\n") if not below.match(one.strip()))) for row in found]


def _placed(
    store: Store, entry: Evidence, near: datetime | None, anchor: datetime | None, entries: Sequence[Evidence]
) -> Evidence:
    rows = _named(store.rows("chat_lines", path=entry.path))
    hours = [row[1] for row in rows if row[1] is not None]
    if not hours:
        return entry
    stated, found = True, anchor.date() if anchor else None
    if found is None and not any(row[1] is None and day(row[3] or "", near) for row in rows):
        others = [e for e in entries if e.path != entry.path and e.kind not in ("changes", "document")]
        found, stated = _only_day(store, [e.path for e in others], rows) or _one_stretch(others), False
    ahead = anchor - datetime.combine(anchor.date(), datetime.min.time()) if anchor else timedelta(0)
    falling = sum(after < before for before, after in itertools.pairwise(hours)) > len(hours) / 2
    told = _Told(entry, near, found, rows if not falling else rows[::-1])
    events = told.events()
    if not events:
        return entry
    events = [[*one[:2], one[2] + ahead, *one[3:]] for one in events]
    store.add("events", ["path", "line", "time", "kind", "what", "who", "text", "weight"], sorted(events, key=_line))
    store.run("chat_dated", path=entry.path)
    kept = tuple(problem for problem in entry.problems if problem.code != "no-date")
    covers = (min(one[2] for one in events), max(one[2] for one in events) + timedelta(seconds=59))
    entry = replace(entry, covers=covers, own_clock=None)
    if anchor:
        clock = Clock("UTC", "stated", 0.0, "", "a person stated when its first day began")
        return replace(entry, clock=clock, problems=kept)
    if found:
        how = f"the day {found.isoformat()} is assumed, the one on which nearly all else is dated that happened at these hours"
        note = Problem("date-assumed" if told.zoned else "day-assumed", f"its stamps hold no date: {how}")
    else:
        how = "the day stands above them" + (
            "" if told.stated else ", its year is the one nearest to what else is dated here"
        )
        note = Problem("day-above", f"its stamps hold no date: {how}")
    clock = Clock("UTC", "assumed", 0.0, "" if told.zoned else "zone", f"its stamps name no zone; {how}")
    if told.zoned:
        clock = replace(clock, why=f"each stamp says its zone: {', '.join(sorted(told.zones))}; {how}")
    return replace(entry, clock=clock, problems=kept if told.stated and stated else (*kept, note))


def _line(event: Sequence[Any]) -> int:
    return int(event[1])


def _one_stretch(entries: Sequence[Evidence]) -> date | None:
    """Return the one day on which all logs and metrics lie, whatever the hour, where they cover no more than a part of it."""
    covers = [e.covers for e in entries if e.covers and e.kind in ("log", "metrics") and e.clock.how == "stated"]
    first, last = min((one[0] for one in covers), default=None), max((one[1] for one in covers), default=None)
    if first is None or last is None or first.date() != last.date() or last - first > _BACK:
        return None
    return first.date()


def _only_day(store: Store, paths: Sequence[str], rows: Sequence[_Row]) -> date | None:
    """Return the one day on which nearly all lies that other sources date at the hours of a copy; None where several have some."""
    zones = {row[2] for row in rows if row[1] is not None} if _updates(rows) else set()
    ahead = _ahead(next(iter(zones))) if len(zones) == 1 else None
    hours = [row[1] - (ahead or timedelta(0)) for row in rows if row[1] is not None]
    counted = store.rows("chat_days", paths=list(paths), first=min(hours), last=max(hours), ahead=ahead or timedelta(0))
    if not counted or counted[0][1] < ONE_DAY * sum(count for _, count in counted):
        return None
    found: date = counted[0][0]
    return found


def _updates(rows: Sequence[_Row]) -> bool:
    return all(row[2] in stamps.zones() for row in rows if row[1] is not None)


def _ahead(letters: str) -> timedelta:
    found = re.fullmatch(r"([+-])(\d\d):(\d\d)", stamps.zones().get(letters, "+00:00"))
    length = timedelta(hours=int(found[2]), minutes=int(found[3])) if found else timedelta(0)
    return -length if found and found[1] == "-" else length


@dataclass
class _Told:
    """What a copy tells, placed from one line to the next."""

    entry: Evidence
    near: datetime | None
    on: date | None
    rows: Sequence[_Row]
    stated: bool = True
    """Whether each day that stands above names its year."""

    @property
    def zoned(self) -> bool:
        """Whether the letters of its zones tell them."""
        return self.entry.format == UPDATES and _updates(self.rows)

    @property
    def zones(self) -> set[str]:
        """The letters of zones that its stamps name."""
        return {row[2] for row in self.rows if row[1] is not None}

    def events(self) -> list[list[Any]]:
        """Return the events of what was said."""
        before: datetime | None = None
        events: list[list[Any]] = []
        for line, hour, who, message, body in self.rows:
            if hour is None:
                self.on, before = day(message or "", self.near) or self.on, None
                self.stated = self.stated and bool(
                    re.search(r"\d{4}", message or "") or not day(message or "", self.near)
                )
                continue
            said = (
                "\n".join(filter(None, ((message or "").strip(), body.strip())))
                if self.entry.format != FORMAT
                else body.strip()
            )
            if "\n" in said and self.entry.format in BESIDE:
                said = re.sub(r'^"(.*)"$', r"\1", said, flags=re.DOTALL)  # LINE puts what takes several lines in quotes
            if self.on is None or not said:
                continue
            time = datetime.combine(self.on, hour.time())
            if before is not None and before - time > _BACK:
                self.on, time = self.on + timedelta(days=1), time + timedelta(days=1)
            before = time
            events.append([self.entry.path, line, *self._event(time, who, said)])
        return events

    def _event(self, time: datetime, who: str, said: str) -> list[Any]:
        if self.entry.format == UPDATES:
            return [time - _ahead(who), "signal", "provider update", None, f"Provider's status: {said}", 3]
        program = re.search(declared()["program"], who)
        name = who[: program.start()] if program else who
        return [time, "communication", "bot_message" if program else "message", name, said, 2]
