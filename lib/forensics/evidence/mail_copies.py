"""Mails copied from the program that showed them: headings in whatever language, of which the date is written out, and words below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from forensics.evidence import chat_copies
from forensics.model import Clock, Evidence
from forensics.store import Store

FORMAT = "mail-copy"

_HOUR = re.compile(r"\b(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?(?: ?([AaPp])\.?[Mm]\b)?[^\d]*$")
_NUMBERS = re.compile(r"\b(?:(\d{4})-(\d\d?)-(\d\d?)|(\d\d?)\.(\d\d?)\.(\d{4}))\b")


@dataclass
class _Mail:
    line: int
    who: str
    time: datetime | None = None
    words: list[str] = field(default_factory=list)


def place(store: Store, entry: Evidence, near: datetime | None) -> Evidence:
    """Put the mails of a copy into the store's events, at the local times that they state."""
    mails = list(_mails(store.rows("chat_lines", path=entry.path), near))
    rows: list[list[Any]] = [
        [entry.path, one.line, one.time, "communication", "email", one.who, "\n".join(one.words), 3]
        for one in mails
        if one.time and one.words
    ]
    if not rows:
        return entry
    store.add("events", ["path", "line", "time", "kind", "what", "who", "text", "weight"], rows)
    store.run("chat_dated", path=entry.path)
    times = [one.time for one in mails if one.time]
    clock = Clock("UTC", "assumed", 0.0, "zone", "programs show mails in local time, without a zone")
    return replace(entry, clock=clock, covers=(min(times), max(times) + timedelta(seconds=59)), own_clock=None)


def _mails(rows: Sequence[tuple[Any, ...]], near: datetime | None) -> Iterator[_Mail]:
    mail: _Mail | None = None
    for line, _, source, message, body in rows:
        if source == "from":
            if mail:
                yield mail
            mail = _Mail(line, re.sub(r"\s*[<\[(][^>\])]*[>\])]\s*$", "", message).strip('" ') or message)
        if mail is None:
            continue
        if source == "sent":
            mail.time = sent(message, near)
        if source == "subject":
            mail.words.append(message)
        mail.words += [body.strip()] if body and body.strip() else []
    if mail:
        yield mail


def sent(text: str, near: datetime | None) -> datetime | None:
    """Return the time that a heading states: a date with the month's name, or in numbers with the day or the year first."""
    hour, numbers = _HOUR.search(text), _NUMBERS.search(text)
    if hour is None:
        return None
    if numbers:
        year, month, day = (int(one) for one in (numbers.groups()[:3] if numbers[1] else numbers.groups()[:2:-1]))
        try:
            on: date | None = date(year, month, day)
        except ValueError:
            on = None
    else:
        on = chat_copies.day(text[: hour.start()], near)
    hours = int(hour[1]) % 12 + 12 * (hour[4].lower() == "p") if hour[4] else int(hour[1])
    if on is None or hours > 23 or int(hour[2]) > 59:
        return None
    return datetime(on.year, on.month, on.day, hours, int(hour[2]), min(int(hour[3] or 0), 59))
