"""Why a text is of one format and of no other: what each format asks for, and how far its patterns come."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from forensics.evidence import formats, mail, recognition, tables
from forensics.evidence.formats import Format
from forensics.evidence.paths import has
from forensics.evidence.patterns import LinePattern, compiled

SHOWN = 100
"""Characters of a line that are shown, and looked at four times as far."""

_QUANTIFIER = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})\??")
_GROUP = re.compile(r"\((?:\?P<\w+>|\?:|(?!\?))")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one format."""

    name: str
    fits: bool
    why: str
    """Where it stopped, with the line and a caret below it; or what a document lacks."""
    near: float = 0.0
    """How much of its nearest pattern the line holds, from nothing to all of it."""


def explain(head: str) -> list[Told]:
    """Return, for each format, whether it fits this beginning of a text and where it stopped: the fitting one first,
    then the nearest."""
    lines = recognition.sample(head.encode())
    try:
        document = json.loads(head)
    except (ValueError, RecursionError):
        document = None
    fitting = _fitting(head, document, lines)
    told = [
        Told(fmt.name, True, "it fits") if fmt.name in fitting else _stopped(fmt, document, lines)
        for fmt in formats.load()
    ]
    return sorted(told, key=lambda one: (not one.fits, -one.near, one.name))


def _fitting(head: str, document: Any, lines: Sequence[str]) -> list[str]:
    found = recognition.recognise(lines)
    names = re.split(r": | \+ ", found.fmt.name) if found.how != "fallback" else []
    if names and found.share >= recognition.MIXED_SHARE and not found.fmt.generic:
        return names
    fmt = None
    if document is not None:
        alone = formats.recognise_alone(document) or (None, None)
        fmt = formats.recognise_document(document) or formats.recognise_object(document) or alone[0]
    fmt = fmt or (formats.named("email") if mail.looks_like_mail(head.encode()) else tables.recognised(head))
    return [fmt.name] if fmt is not None else names


def _stopped(fmt: Format, document: Any, lines: Sequence[str]) -> Told:
    if fmt.structure == "lines":
        return _stopped_at(fmt, lines)
    return Told(fmt.name, False, _lacking(fmt, document))


def _lacking(fmt: Format, document: Any) -> str:
    if fmt.structure == "mail":
        return "it does not begin with the headers of an e-mail: From, Date and another"
    if fmt.structure == "page":
        return "this is no page of HTML on which messages stand, each with its time and who wrote it"
    if fmt.structure == "table":
        return f"this is no table that has {' and '.join(fmt.needs) or 'rows'}"
    if document is None:
        return "this is no whole JSON document"
    missing = [need for need in fmt.needs if not has(document, need)]
    if missing:
        return f"it has no {', no '.join(missing)}"
    present = [lack for lack in fmt.lacks if has(document, lack)]
    return f"it has {', '.join(present)}, which this format never has" if present else "every path it needs is there"


def _stopped_at(fmt: Format, lines: Sequence[str]) -> Told:
    telling = [one for one in fmt.lines if one.begins in ("event", "undated") and not one.weak]
    number, line = next(
        (
            (n, line)
            for n, line in enumerate(lines, 1)
            if line.strip() and all(one.fit(line) is None for one in telling)
        ),
        (0, ""),
    )
    if not number:
        return Told(fmt.name, False, "it reads these lines too, but another format tells more of them")
    near, below = max((_near(one, line) for one in telling), key=lambda one: one[0], default=(0.0, 0))
    where = f"line {number}: "
    if isinstance(below, int):
        below = " " * (len(where) + min(below, SHOWN)) + "^ matched up to here"
    return Told(fmt.name, False, f"{where}{line[:SHOWN]}\n{below}", near)


def _near(pattern: LinePattern, line: str) -> tuple[float, int | str]:
    """Return how much of a pattern a line holds, and where it stops, or what an object lacks."""
    if not pattern.object:
        return _reached(pattern, line)
    missing = pattern.missing(line)
    if missing is None:
        return 0.0, 0
    return 1 - len(missing) / max(1, len(pattern.needs)), f"its object has no {', no '.join(missing)}"


def _reached(pattern: LinePattern, line: str) -> tuple[float, int]:
    """Return how much of a pattern the line holds from its beginning, and how far that reads."""
    parts = list(_parts(pattern.pattern.removeprefix("^")))
    text = line[: 4 * SHOWN]
    least, most = 0, len(parts)
    while least < most:
        middle = (least + most + 1) // 2
        if compiled("".join(parts[:middle])).match(text):
            least = middle
        else:
            most = middle - 1
    found = compiled("".join(parts[:least])).match(text)
    end = found.end() if found else 0
    return least / len(parts) if end else 0.0, end


def _parts(pattern: str) -> Iterator[str]:
    """Split a regular expression into what follows one another in it; plain groups are taken apart as well."""
    for atom in _atoms(pattern):
        group = _GROUP.match(atom)
        inner = atom[group.end() : -1] if group and atom.endswith(")") else ""
        if inner and "|" not in _atoms(inner):
            yield from _parts(inner)
        else:
            yield atom


def _atoms(pattern: str) -> list[str]:
    """Split a regular expression into characters, classes and groups, each with what says how often it comes."""
    found, place = [], 0
    while place < len(pattern):
        end = _atom_end(pattern, place)
        repeated = _QUANTIFIER.match(pattern, end)
        end = repeated.end() if repeated else end
        found.append(pattern[place:end])
        place = end
    return found


def _atom_end(pattern: str, place: int) -> int:
    """Return where the character, class or group ends that begins here."""
    depth, in_class = 0, False
    while place < len(pattern):
        one = pattern[place]
        place += 2 if one == "\\" else 1
        if one == "\\":
            pass
        elif in_class:
            in_class = one != "]"
        elif one == "[":
            in_class = True
            place += pattern[place : place + 1] == "^"
            place += pattern[place : place + 1] == "]"
        else:
            depth += (one == "(") - (one == ")")
        if depth == 0 and not in_class:
            return place
    return place
