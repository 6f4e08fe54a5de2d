"""Messages of people that were saved as a web page: a chat's, or a thread of mails; no page that stands instead of data.

Products name the parts of their pages in their own ways, so that not one is known here: a message is the largest part that holds one
time, and a page is a chat where several such parts name who wrote them (saved_chats.toml).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from forensics import declarations
from forensics.evidence import chat_copies, folder_days, formats, page_parts
from forensics.evidence.folder_days import Days
from forensics.evidence.incoming import File
from forensics.evidence.page_parts import Part
from forensics.evidence.printed_dates import length
from forensics.model import Clock, Evidence, Problem
from forensics.store import Store

FORMAT = "saved-chat"

MOST_BYTES = 32 * 1024 * 1024
LONGEST_STAMP = 80
LONGEST_NAME = 80

_EPOCH = re.compile(r"1\d{9}(?:\.\d{1,9})?|1\d{12}")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?\d*(?:Z|[+-]\d\d:?\d\d)?")
_NUMBERS = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)\b|\b(\d{4})([./-])(\d{1,2})\6(\d{1,2})\b")
_HOUR = re.compile(r"\b(\d{1,2})[:.h](\d\d)(?:[:.](\d\d))?(?:[\s\u202f]?([AaPp])\.?[Mm]\b)?")
_AHEAD = re.compile(r" ?\(?(?:UTC|GMT)([+-])(\d\d):?(\d\d)\)?$")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a page says of when a message was written."""

    hour: timedelta
    day: date | None
    """None where only the file as a whole tells which number is the day."""
    numbers: tuple[int, int, int] | None = None
    """Two numbers and a year of which the first or the second is the day."""
    zoned: bool = False
    american: bool = False
    """Whether its hours count to twelve: the month may come first."""

    def time(self, order: str) -> datetime | None:
        """Return the time, with the day and month in this order where that is open."""
        day = self.day or (_dates(self.numbers)[order] if self.numbers and order else None)
        return datetime.combine(day, datetime.min.time()) + self.hour if day else None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a page."""

    line: int
    stamp: Stamp
    who: str
    text: str


@cache
def _declared() -> dict[str, Any]:
    return declarations.declared("evidence/saved_chats.toml")


def read(file: File, store: Store) -> Evidence | None:
    """Read the messages of a page into the store as what people said, and return the entry; None where the page holds none."""
    if file.content.size > MOST_BYTES:
        return None
    text = bytes(file.content.whole()).decode("utf-8-sig", "replace")
    found = list(messages(text))
    if not found:
        return None
    order, problem = _order([one.stamp for one in found], file.asked.days)
    file.problems += [problem] if problem else []
    timed = [(one, one.stamp.time(order)) for one in found]
    rows = [[file.found.path, m.line, at, "communication", "message", m.who, m.text, 2] for m, at in timed]
    store.add("events", ["path", "line", "time", "kind", "what", "who", "text", "weight"], rows)
    times = [time for _, time in timed if time]
    zoned = all(one.stamp.zoned for one in found)
    fmt = formats.named(FORMAT)
    clock = Clock("UTC", "stated") if zoned else Clock("UTC", "assumed", 0.0, "zone", fmt.clock_why)
    return file.entry(
        kind=fmt.kind,
        fmt=fmt.name,
        records=len(found),
        covers=(min(times), max(times)) if times else None,
        clock=clock if times else None,
    )


def messages(text: str) -> Iterator[Message]:
    """Yield the messages of a page; none where it is no chat and no thread of mails."""
    page = page_parts.read(text)
    found = list(_of_chat(page))
    named = sum(bool(one.who) for one in found)
    if len(found) > 1 and 2 * named >= len(found):
        who = ""
        for one in found:
            who = one.who or who  # what one person writes in a row has the name above it alone
            yield replace(one, who=who)
        return
    yield from _of_mails(page, text)


def _of_chat(page: Part) -> Iterator[Message]:
    stamped = list(_stamped(page))
    inside = Counter(id(above) for part, *_ in stamped for above in part.above_all())
    for part, stamp, author in stamped:
        whole = part
        for above in part.above_all():
            if inside[id(above)] > 1 or not above.tag:
                break
            whole = above
        writer = None if author else _writer(whole, part)
        apart = frozenset(id(one) for one in (part if part is not whole else None, writer) if one)
        bodies = list(_topmost(whole, "text", apart))
        said = "\n".join(filter(None, (one.text(apart) for one in bodies or [whole])))
        if said:
            yield Message(part.line, stamp, author or (writer.text() if writer else ""), said)


def _stamped(page: Part) -> Iterator[tuple[Part, Stamp, str]]:
    """Yield the parts that state the time of a message, with who wrote it where the same attribute says that."""
    taken: set[int] = set()
    for part in page.parts():
        if any(id(above) in taken for above in part.above_all()):
            continue
        values = [part.attributes[name] for name in _declared()["stamps"] if part.attributes.get(name)]
        if part.tag == "time" or _called(part, "time"):
            values.append(part.text())
        for value in values:
            both = re.fullmatch(_declared()["before"], value)
            written = both["time"] if both else value.strip()
            stamp = moment(written) if len(written) <= LONGEST_STAMP else None
            if stamp is not None:
                if len(part.text()) <= LONGEST_STAMP:
                    taken.add(id(part))
                yield part, stamp, both["author"] if both else ""
                break


def _called(part: Part, what: str) -> bool:
    attributes = part.attributes
    names = " ".join(attributes.get(name, "") for name in ("class", "data-testid", "data-tid", "data-qa", "itemprop"))
    return bool(names.strip()) and any(re.search(_declared()[what], name) for name in names.split())


def _writer(whole: Part, stamp: Part) -> Part | None:
    """Return the part that names who wrote a message."""
    for part in whole.parts():
        if part is not stamp and _called(part, "author") and 0 < len(part.text()) <= LONGEST_NAME:
            return part
    return None


def _topmost(whole: Part, what: str, apart: frozenset[int]) -> Iterator[Part]:
    taken: set[int] = set()
    for part in whole.parts():
        if part is whole or id(part) in apart or not _called(part, what):
            continue
        if not any(id(above) in taken for above in part.above_all()):
            taken.add(id(part))
            yield part


def _of_mails(page: Part, text: str) -> Iterator[Message]:
    """Yield the mails of a page, each below its own headings."""
    lines = page.text().split("\n")
    heads = [(line.partition(":")[0].strip(), line.partition(":")[2].strip()) for line in lines]
    begins = [at for at, (name, value) in enumerate(heads) if value and re.match(_declared()["from"], name)]
    for at, following in zip(begins, [*begins[1:], len(lines)], strict=False):
        ends = at + 1
        while ends < following and heads[ends][1] and len(heads[ends][0]) <= 12:
            ends += 1
        dated = [value for name, value in heads[at:ends] if re.match(_declared()["sent"], name)]
        stamp = moment(dated[0]) if dated else None
        said = "\n".join(lines[ends:following])
        if stamp is not None and said:
            above = text.find(dated[0])
            who = re.sub(r"\s*[<\[(][^>\])]*[>\])]?\s*$", "", heads[at][1]).strip('" ') or heads[at][1]
            yield Message(text.count("\n", 0, max(0, above)) + 1, stamp, who, said)


def moment(text: str) -> Stamp | None:
    """Return the day and the time of the day that a text states; None where it does not state both."""
    if _EPOCH.fullmatch(text):
        seconds = float(text) / (1 if "." in text or len(text) == 10 else 1000)
        return _whole(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), zoned=True)
    if iso := _ISO.search(text):
        try:
            time = datetime.fromisoformat(iso[0])
        except ValueError:
            return None
        return (
            _whole(time.astimezone(UTC).replace(tzinfo=None), zoned=True) if time.tzinfo else _whole(time, zoned=False)
        )
    ahead = _AHEAD.search(text)
    if ahead:
        local = moment(text.replace(ahead[0], ""))
        return local and _zoned(local, length(*ahead.groups()))
    numbers = _NUMBERS.search(text)
    rest = _NUMBERS.sub(" ", text)
    hour = _HOUR.search(rest)
    if hour is None or int(hour[1]) > 23 or int(hour[2]) > 59:
        return None
    hours = int(hour[1]) % 12 + 12 * (hour[4].lower() == "p") if hour[4] else int(hour[1])
    of_day = timedelta(hours=hours, minutes=int(hour[2]), seconds=int(hour[3] or 0))
    if numbers is None:
        day = chat_copies.day(rest[: hour.start()] + " " + rest[hour.end() :], None)
        return Stamp(of_day, day) if day else None
    if numbers[5]:
        day = _date(int(numbers[5]), int(numbers[7]), int(numbers[8]))
        return Stamp(of_day, day) if day else None
    first, second, year = int(numbers[1]), int(numbers[3]), int(numbers[4])
    year += 2000 * (year < 100)
    if numbers[2] == ".":
        day = _date(year, second, first)
        return Stamp(of_day, day) if day else None
    return Stamp(of_day, None, (first, second, year), american=bool(hour[4]))


def _zoned(local: Stamp, ahead: timedelta) -> Stamp:
    """Return the instant of a stamp whose zone stands beside it, where its day is known."""
    if local.day is None:
        return local
    return _whole(datetime.combine(local.day, datetime.min.time()) + local.hour - ahead, zoned=True)


def _whole(time: datetime, *, zoned: bool) -> Stamp:
    return Stamp(time - datetime.combine(time.date(), datetime.min.time()), time.date(), zoned=zoned)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


DAY_FIRST, MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"


def _dates(numbers: tuple[int, int, int]) -> dict[str, date | None]:
    first, second, year = numbers
    return {DAY_FIRST: _date(year, second, first), MONTH_FIRST: _date(year, first, second)}


def _order(stamps: Sequence[Stamp], days: Days) -> tuple[str, Problem | None]:
    """Return whether the day or the month comes first in dates of numbers, and what is to be said of that."""
    open_ = [one for one in stamps if one.numbers]
    possible = {
        order: [_dates(one.numbers)[order] for one in open_ if one.numbers] for order in (DAY_FIRST, MONTH_FIRST)
    }
    dates = {order: found for order, found in possible.items() if None not in found}
    if not open_ or len(dates) == 1:
        return next(iter(dates), ""), None
    told = days.order(possible)
    if told:
        return told, folder_days.told("its dates", told)
    doubt = "its dates can be read day first or month first: no time is taken from them"
    return "", Problem("ambiguous-dates", doubt, leaves_open="When was each of these written?")
