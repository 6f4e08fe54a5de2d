"""Events of the timeline that say the same again and again, as one row: how many, from when to when, and in what they differ.

The timeline of the result has every event by itself; what is shown of it is folded, and each row keeps those that it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set

from forensics.lengths import lasting, quantity
from forensics.model import Json
from forensics.report.words import Times

FOLDED = ("signal", "communication")
"""Kinds that come in crowds; each change, action and decision is told by itself."""
LEAST = 3
"""So many events that differ in a number or in a name are one row; of those that say exactly the same, two are."""
LEAST_WORDS = 3
"""Words that events must share: what differs is no more than its circumstances."""
MOST_NAMED = 4
"""Names in which the events of a row differ that the row tells; the rest is counted."""
MOST_COMPARED = 2_000
"""Events of a row that are compared word by word; of more, only how many they are is told."""
MOST_LISTS = 2
"""Lists of names that a row tells, of those in which its events differ."""

_SAME = "…"
_FIRST_OF = re.compile(r" \(the first of [\d,]+ like it\)$")
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_QUANTITY = re.compile(rf"(?P<number>{_NUMBER}) ?(?P<unit>%|[a-zA-Z]{{1,3}})?")
_LENGTH = re.compile(rf"(?:{_NUMBER} (?:d|h|min|s)(?: |$))+")
_SECONDS = {"d": 86400, "h": 3600, "min": 60, "s": 1}
_UNITS = frozenset(("%", "ms", "s", "min", "h", "d", "kB", "KB", "MB", "GB", "B"))
_VARIES = re.compile(r"(?=.*\d)(?:[^a-zA-Z]+|.*\w[-_./:=@#]\w.*|[a-z]{2,}\d+|\d+(?:%|ms|s|kB|KB|MB|GB|B))")
"""A number, a name with a number in it that has parts, as those of pods and hosts have, or one that ends in a number."""
_LABEL = re.compile(r"(?P<key>[A-Za-z_][\w.]*=)(?P<value>\S+)")
_FRAME = re.compile(r"^(?P<before>[(\[{“\"']*)(?P<word>.*?)(?P<after>[)\]}”\"',;:.!?]*)$", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{3,}")


def rows(events: Sequence[Json], noted: Set[str], redact: Callable[[str], str]) -> list[Json]:
    """Return one row for each event, or for those that say the same: the first of them, with all of them as `alike`.

    Those that people wrote a note on stand by themselves, by their ids or places in `noted`. What came before the first key event
    that says the same is a row of its own: the story begins with that one.
    """
    groups: dict[tuple[str, ...], list[Json]] = {}
    for place, event in enumerate(events):
        alone = event["kind"] not in FOLDED or event.get("id") in noted or event["where"] in noted
        shape = _shape(told(event["text"]))
        by = "" if _SAME in shape else event["who"] or ""  # numbered tickets are alike, whoever wrote them
        key = (str(place),) if alone else (event["kind"], by, shape)
        groups.setdefault(key, []).append(event)
    found = [row for alike in groups.values() for part in _parted(alike) for row in _row(part, redact)]
    places = {id(event): place for place, event in enumerate(events)}
    return [row for _, row in sorted(((places[id(first)], row) for first, row in found), key=lambda pair: pair[0])]


def alerts(rung: Sequence[Json], redact: Callable[[str], str]) -> list[Json]:
    """Return one row for each alert, or for those that say the same."""
    events = [{"kind": "signal", "who": "", "key": False, **one} for one in rung]
    return rows(events, frozenset(), redact)


def told(text: str) -> str:
    """Return what an event says, without how many others are like it."""
    return _FIRST_OF.sub("", text)


def counted(row: Json, times: Times) -> str:
    """Say how many events a row stands for, until when, and in what they differ; nothing for an event by itself."""
    alike = row.get("alike")
    if not alike:
        return ""
    last = alike["last"]
    until = times.clock(last) if times.day(last) == times.day(row["time"]) else times.full(last)
    said = f"{alike['count']:,} times" + (f", last {until}" if last != row["time"] else ", all at once")
    lists = [_names(names) for names in alike["differ"][:MOST_LISTS]]
    return said + (f"; “{_SAME}” is {', then '.join(lists)}" if lists else "")


def in_words(row: Json, times: Times) -> str:
    """Say what a row tells, and of how many events."""
    said = counted(row, times)
    return f"{row['text']} — {said}" if said else str(row["text"])


def events_of(found: Iterable[Json]) -> int:
    """Count the events that rows stand for."""
    return sum(row["alike"]["count"] if row.get("alike") else 1 for row in found)


def bounded(found: Sequence[Json], most: int, each: int) -> list[Json]:
    """Return as many rows as show no more than `most` events, `each` of one row at the most."""
    kept: list[Json] = []
    for row in found:
        if most <= 0:
            break
        shown = row["alike"]["events"][: min(each, most)] if row.get("alike") else ()
        kept.append({**row, "alike": {**row["alike"], "events": list(shown)}} if row.get("alike") else row)
        most -= max(1, len(shown))
    return kept


def _parted(alike: list[Json]) -> Iterator[list[Json]]:
    """Yield the events before the first key event, and those from it on."""
    first = next((place for place, event in enumerate(alike) if event["key"]), 0)
    yield from filter(None, (alike[:first], alike[first:]))


def _row(alike: list[Json], redact: Callable[[str], str]) -> Iterator[tuple[Json, Json]]:
    """Yield what is shown of events that say the same, with the event that it stands at."""
    same = len({told(event["text"]) for event in alike}) == 1
    if len(alike) < (2 if same else LEAST):
        yield from ((event, {**event, "alike": None}) for event in alike)
        return
    text, differ, own = _compared([redact(told(event["text"])) for event in alike[:MOST_COMPARED]])
    own += [redact(told(event["text"])) for event in alike[MOST_COMPARED:]]
    claims = [event["claim"] for event in alike if event.get("claim")]
    yield (
        alike[0],
        {
            **alike[0],
            "text": text,
            "key": any(event["key"] for event in alike),
            "who": alike[0]["who"] if len({event["who"] for event in alike}) == 1 else "",
            "claim": claims or None,
            "alike": {
                "count": len(alike),
                "last": alike[-1]["time"],
                "differ": differ if len(alike) <= MOST_COMPARED else [],
                "events": [{**event, "text": said} for event, said in zip(alike, own, strict=True)],
            },
        },
    )


def _pieces(text: str) -> list[tuple[str, str]]:
    """Split a text into what must be the same and what may differ, in turns: pairs of the one and the other that follows it."""
    found: list[tuple[str, str]] = [("", "")]
    for word in text.split(" "):
        before, bare, after = _FRAME.match(word).groups()  # type: ignore[union-attr]
        label = _LABEL.fullmatch(bare)
        fixed, open_ = found[-1]
        if label:
            found[-1:] = [(fixed, open_), (f" {before}{label['key']}", label["value"]), (after, "")]
        elif _VARIES.fullmatch(bare):
            if open_ and not before:
                found[-1:] = [(fixed, f"{open_} {bare}"), *([(after, "")] if after else [])]
            else:
                found[-1:] = [(fixed, open_), (f" {before}", bare), *([(after, "")] if after else [])]
        elif open_ and bare in _UNITS and not before:
            found[-1:] = [(fixed, f"{open_} {bare}"), *([(after, "")] if after else [])]
        elif open_:
            found.append((f" {word}", ""))
        else:
            found[-1] = (f"{fixed} {word}", "")
    return found


def _shape(text: str) -> str:
    """Return what events must share to be told in one row; the whole text where too little of it would be shared."""
    shape = "".join(fixed + (_SAME if open_ else "") for fixed, open_ in _pieces(text))
    return shape if len(_WORD.findall(shape)) >= LEAST_WORDS else text


def _compared(texts: Sequence[str]) -> tuple[str, list[list[str]], list[str]]:
    """Return what texts share, with the span of the numbers in which they differ; the names in which they do; and of each what
    no other part of it tells."""
    split = [_pieces(text) for text in texts]
    if len(set(texts)) == 1:
        return texts[0], [], [""] * len(texts)
    if len({len(pieces) for pieces in split}) > 1:
        return texts[0], [], list(texts)
    said, differ = "", []
    own: list[list[str]] = [[] for _ in texts]
    for turn in zip(*split, strict=True):
        values = list(dict.fromkeys(open_ for _, open_ in turn))
        span = values[0] if len(values) == 1 else _span(values)
        for found, (_, open_) in zip(own, turn if len(values) > 1 else (), strict=False):
            found.append(open_)
        if span is None:
            differ.append(values)
        said += turn[0][0] + (_SAME if span is None else span)
    return said.strip(), differ, [", ".join(found) for found in own]


def _span(values: Sequence[str]) -> str | None:
    """Say from which to which values go that were measured; None where they are no quantities: whole numbers may be names."""
    read = [_QUANTITY.fullmatch(value) for value in values]
    units = {one["unit"] for one in read if one}
    numbers = [float(one["number"].replace(",", "")) for one in read if one]
    if None not in read and len(units) == 1:
        unit = units.pop() or ""
        measured = unit in _UNITS or not all(number.is_integer() for number in numbers)
        return f"{quantity(min(numbers))} to {quantity(max(numbers), unit)}" if measured else None
    if all(_LENGTH.fullmatch(value) for value in values):
        seconds = [_seconds(value) for value in values]
        return f"{lasting(min(seconds))} to {lasting(max(seconds))}"
    return None


def _seconds(value: str) -> float:
    words = value.split()
    return sum(
        float(number.replace(",", "")) * _SECONDS[unit] for number, unit in zip(words[::2], words[1::2], strict=True)
    )


def _names(names: Sequence[str]) -> str:
    rest = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{rest}"
