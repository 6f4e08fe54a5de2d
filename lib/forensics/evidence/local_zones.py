"""What the zones of some sources tell of the others': letters that several zones claim, headings, one machine, people's writing.

What is told here is weaker than an event that two sources share: it is assumed, and said to be, and never moves a source of
which events told anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from forensics.evidence import civil_zones, heading_zones, machine_zones, stamps
from forensics.evidence.machine_zones import KINDS, keeps
from forensics.evidence.printed_dates import length
from forensics.evidence.relative_clocks import Heads
from forensics.evidence.shared_events import Telling, written
from forensics.model import Evidence
from forensics.store import Store

_HEADING = re.compile(
    r"\((?P<bracketed>[A-Z]{2,5}|(?:UTC|GMT)?[+-]\d\d:?\d\d)\)"
    r"|(?i:\b(?:times?|timestamps?|stamps|clock|time ?zone|tz|zeit(?:en|zone)?|uhrzeiten)\b[ :=]*(?:are |is |in |sind |ist )*)"
    r"(?P<named>[A-Z]{2,5}\b|(?:UTC|GMT)?[+-]\d\d:?\d\d)"
)
"""How the heading of a list says by which clock it is written: "(CET)", "all times UTC", "Zeiten in CET"."""

_COUNTERS = re.compile(r"\(PDH-[CT]SV [\d.]+\) \([^)]*\)\((-?\d{1,3})\)")
"""The header of Windows' performance counters: a zone's name, and by how many minutes it is behind UTC."""

_AHEAD = re.compile(r"([+-])(\d\d):?(\d\d)$")


ABOVE = 20
"""Lines at a file's beginning in which a heading is looked for."""


def headings(settled: Mapping[str, Evidence], unknown: Sequence[Evidence], heads: Heads) -> Iterator[Telling]:
    """Yield the zones that letters name, in stamps or in a heading above them.

    Letters that several zones claim name the one of these that other logs of the folder keep; where none does, or two do, nothing.
    """
    known = kept(settled, heads)
    for entry in unknown:
        civil = heading_zones.above(heads(entry.path)[:ABOVE]) if entry.clock.lacks == "zone" else ""
        if entry.covers and heading_zones.civil(civil):
            offset = civil_zones.ahead(civil, entry.covers[0])
            others = sorted(path for path in known.get(offset, ()) if path != entry.path)
            sure = (len(others) + 1) / (len(others) + 2)
            yield Telling(entry.path, offset, sure, (0.0, 0.0), f"its heading says {civil}", zone=civil)
            continue
        for name, where in _names(entry, heads):
            offsets = _offsets(name)
            told = [one for one in offsets if one in known] if len(offsets) > 1 else offsets
            if len(told) != 1:
                continue
            (offset,) = told
            others = sorted(path for path in known.get(offset, ()) if path != entry.path)
            sure = (len(others) + 1) / (len(others) + 2)  # the rule of succession: all that is known agrees
            why = f"{where} {name}"
            if len(offsets) > 1:
                why += f", which several zones claim; {', '.join(others[:3])} {'keeps' if len(others) == 1 else 'keep'} {written(offset)}"
            yield Telling(entry.path, offset, sure, (0.0, 0.0), why)


def _names(entry: Evidence, heads: Heads) -> list[tuple[str, str]]:
    """Return what a source names its zone, and where."""
    if entry.clock.lacks == "name":
        return [(entry.clock.zone, "its stamps say")] if re.fullmatch(r"[A-Z]{2,5}", entry.clock.zone) else []
    if entry.clock.lacks not in ("zone", "year"):
        return []
    lines = heads(entry.path)
    above = next((n for n, line in enumerate(lines) if _STAMPED.search(line)), len(lines[:1]))
    counters = _COUNTERS.search(lines[0]) if lines else None
    if counters:
        return [(written(timedelta(minutes=-int(counters[1]))), "its header says")]
    found = {one["bracketed"] or one["named"] for line in lines[:above] for one in _HEADING.finditer(line)}
    known = [name for name in sorted(found) if _offsets(name)]
    return [(known[0], "its heading says")] if len(known) == 1 else []


_STAMPED = re.compile(r"\d\d?:\d\d")
"""What lines with a time hold; a heading stands above them."""


def _offsets(name: str) -> list[timedelta]:
    """Return how far ahead of UTC a zone of this name may be."""
    if found := _AHEAD.search(name):
        return [length(*found.groups())]
    ahead = stamps.zones().get(name)
    several = [ahead] if ahead else stamps.claims().get(name, [])
    return [length(*found.groups()) for one in several if (found := _AHEAD.search(one))]


def kept(settled: Mapping[str, Evidence], heads: Heads) -> dict[timedelta, list[str]]:
    """Return the logs that are known to keep each offset."""
    kept: dict[timedelta, list[str]] = {}
    for entry in settled.values():
        for offset in keeps(entry, heads):
            kept.setdefault(offset, []).append(entry.path)
    return kept


def beside(settled: Mapping[str, Evidence], unknown: Sequence[Evidence], heads: Heads) -> Iterator[Telling]:
    """Yield the offset that all other sources of one folder keep which write local time: a folder holds what one machine wrote.

    Of the files that lie above all folders nothing tells that they are of one machine. That others write UTC tells nothing:
    many programs do so wherever they run.
    """
    for entry in unknown:
        folder = entry.path.rpartition("/")[0]
        if not folder or entry.kind not in KINDS:
            continue
        near = [one for one in settled.values() if one.path.rpartition("/")[0] == folder]
        told = {one.path: ahead for one in near if (ahead := keeps(one, heads))}
        offsets = set().union(*told.values())
        if len(offsets) == 1 and (offset := offsets.pop()):
            why = f"{', '.join(sorted(told)[:3])}, beside it, {'keeps' if len(told) == 1 else 'keep'} {written(offset)}"
            yield Telling(entry.path, offset, 0.5, (0.0, 0.0), why, assumed=True)


def by_hand(
    store: Store, settled: Mapping[str, Evidence], unknown: Sequence[Evidence], heads: Heads
) -> Iterator[Telling]:
    """Yield the offset that all local clocks of the folder keep, those of people's own machines too, for what people wrote or were
    shown: stamps of whole minutes, all of them, or of twelve hours.

    Programs write seconds, and count to 24. A person who writes down when something was done reads it from the clock on the wall, and
    AM and PM stand where a page showed times to somebody, by the clock of the browser.
    """
    local = {offset: paths for offset, paths in kept(settled, heads).items() if offset}
    for offset, path in _own_clocks(store, settled, heads):
        if path not in local.setdefault(offset, []):
            local[offset].append(path)
    zone, told = _set_meanwhile(store, settled, set(local))
    if len(local) != 1 and not zone:
        return
    offset, paths = min(local), [path for held in local.values() for path in held]
    for entry in unknown:
        if entry.format in _SHOWN:
            like = _SHOWN[entry.format]
        elif entry.records < LEAST:
            continue
        elif entry.kind != "metrics" and _whole_minutes(store, entry.path):
            like = "of whole minutes, as people write them"
        elif entry.kind in ("alerts", "messages", "changes", "incident-record") and _of_twelve_hours(heads(entry.path)):
            like = "of twelve hours, as pages show them to people"
        else:
            continue
        offsets = " and ".join(written(one) for one in sorted(local))
        why = f"its stamps are {like}, and {', '.join(sorted(paths)[:3])} keep {offsets}"
        if zone and entry.covers:
            offset_then = civil_zones.ahead(zone, entry.covers[0])
            why += f", as clocks of {zone} do, which were set meanwhile ({told})"
            yield Telling(entry.path, offset_then, 0.5, (0.0, 0.0), why, zone=zone, assumed=True)
            continue
        yield Telling(entry.path, offset, 0.5, (0.0, 0.0), why, assumed=True)


def _own_clocks(store: Store, settled: Mapping[str, Evidence], heads: Heads) -> Iterator[tuple[timedelta, str]]:
    """Yield the offsets that people's own machines keep, with the files that tell: what `date` printed on a terminal, and the stamps
    of commits, which are made there. UTC tells nothing: machines keep it wherever people are."""
    for date in machine_zones.dates(store, "clock_set"):
        if date.offset:
            yield date.offset, date.path
    for entry in settled.values():
        if entry.kind == "changes" and (entry.format or "").startswith("git-log"):
            for offset in {one for line in heads(entry.path) if (one := machine_zones.of_stamp(line))}:
                yield offset, entry.path


def _set_meanwhile(store: Store, settled: Mapping[str, Evidence], local: set[timedelta]) -> tuple[str, str]:
    """Return the zone whose clocks were set within the evidence, and the file that tells it, where it explains all these offsets."""
    printed = machine_zones.dates(store, "clock_set")
    if local and local <= {date.offset for date in printed} and (zone := machine_zones.civil(printed)):
        return zone, printed[-1].path
    for entry in settled.values():
        zone = entry.clock.zone
        if entry.clock.how == "inferred" and entry.covers and zone in civil_zones.names():
            both = {civil_zones.ahead(zone, one) for one in entry.covers}
            if len(both) == 2 and local and local <= both:
                return zone, entry.path
    return "", ""


_SHOWN = {
    "mail-copy": "of mails, as programs show them to people",
    "saved-chat": "of a page that showed messages to people in local time",
    "prtg-messages": "of a monitoring that tells them in local time",
    "table-windows-viewer": "of Windows' event viewer, which shows local time",
    "table-state-changes": "of what a monitoring wrote down where it runs",
}
"""Formats of what programs only ever show in local time."""


def shown(entry: Evidence) -> bool:
    """Say whether a source is of a program that only ever shows local time, and its stamps leave the zone open."""
    return bool(entry.covers) and entry.format in _SHOWN and entry.clock.how == "assumed"


LEAST = 3
"""Fewer stamps may stand on whole minutes by chance: with three, one in 216,000 does."""


def _whole_minutes(store: Store, path: str) -> bool:
    times: list[datetime] = [time for (time,) in store.rows("clock_stamps", path=path)]
    return len(times) >= LEAST and all(not (time.second or time.microsecond) for time in times)


_TWELVE = re.compile(r"\d:\d\d(?::\d\d)?[ \u202f]?[AaPp]\.?[Mm]\b")


def _of_twelve_hours(lines: Sequence[str]) -> bool:
    """Say whether the lines that state a time say whether it was in the morning."""
    stamped = [line for line in lines if _STAMPED.search(line)]
    return bool(stamped) and all(_TWELVE.search(line) for line in stamped)
