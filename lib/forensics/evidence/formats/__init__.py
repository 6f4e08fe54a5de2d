"""The declared formats: how to read a line or a JSON document. What it means is declared elsewhere (meanings/)."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from forensics.errors import DeclarationError
from forensics.evidence.paths import Place, find, has, pick
from forensics.evidence.records import Notice, Records, declared_notice, declared_records
from forensics.model import Clock

__all__ = ["Notice", "Place", "Records", "find", "has", "pick"]

Begins = Literal["event", "undated", "nothing", "separator"]
PARTS = ("time", "level", "source", "message")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern so that Python reads it as DuckDB's RE2 does: ASCII classes, and no vertical tab in `\\s`."""
    found, in_class, place = "", False, 0
    while place < len(pattern):
        pair = pattern[place : place + 2]
        if pair[0] == "\\" and len(pair) == 2:
            found += {
                "\\s": r"\t\n\f\r " if in_class else r"[\t\n\f\r ]",
                "\\S": "\\S" if in_class else r"[^\t\n\f\r ]",
            }.get(pair, pair)
            place += 2
            continue
        in_class = pair[0] == "[" or (in_class and pair[0] != "]")
        found += pair[0]
        place += 1
    return re.compile(found, re.ASCII)


@dataclass(frozen=True, slots=True)
class LinePattern:
    """One kind of line."""

    name: str
    pattern: str
    begins: Begins
    """`event`: a dated event; `undated`: an event without a time; `nothing`: it continues the event above."""
    stamp: str
    """How its time is written: `iso-zoned`, `iso-local`, or a strptime pattern."""
    source: str
    level: str
    weak: bool
    """It fits many texts, so that it reads lines but does not help to recognise the format."""

    @property
    def complete(self) -> str:
        """The pattern with an empty group for each part that it does not capture."""
        captured = re.compile(self.pattern).groupindex
        return self.pattern + "".join(f"(?P<{part}>)" for part in PARTS if part not in captured)

    @property
    def groups(self) -> list[str]:
        """Names of all groups of `complete`, in order."""
        found = re.compile(self.complete)
        names = {index: name for name, index in found.groupindex.items()}
        return [names.get(index, f"group_{index}") for index in range(1, found.groups + 1)]


@dataclass(frozen=True, slots=True)
class Example:
    """A specimen, and what must come of it."""

    text: str
    pattern: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reject:
    """A specimen that must be left alone, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Format:
    """One declared format: one TOML file."""

    name: str
    title: str
    kind: str
    structure: Literal["lines", "json", "json-lines"]
    clock: Clock
    clock_why: str
    vantage: str
    lines: tuple[LinePattern, ...] = ()
    needs: tuple[str, ...] = ()
    """Paths that a JSON document of this format has."""
    lacks: tuple[str, ...] = ()
    records: tuple[Records, ...] = ()
    problem: dict[str, str] = field(default_factory=dict)
    """What is wrong with every document of this shape: an error payload, a serialised Map."""
    notices: tuple[Notice, ...] = ()
    """What is wrong with documents of this shape that hold something."""
    prefix: str = ""
    """What stands before the object on each line: a pattern with a group for its time."""
    speaks: str = ""
    """A pattern that names of measures fit; a document most of whose numbers have such names is of this format."""
    fallback: bool = False
    """Only for documents that no other format fits."""
    into: str = "log_events"
    examples: tuple[Example, ...] = ()
    rejects: tuple[Reject, ...] = ()

    def first_fit(self, line: str) -> tuple[LinePattern, dict[str, str]] | None:
        """Return the pattern that reads this line and what it captures, or None."""
        for pattern in self.lines:
            found = compiled(pattern.pattern).match(line)
            if found:
                return pattern, {name: value or "" for name, value in found.groupdict().items()}
        return None


def _line_pattern(entry: dict[str, Any], where: str) -> LinePattern:
    try:
        captured = re.compile(entry["pattern"]).groupindex
    except re.error as error:
        raise DeclarationError(f"{where}: pattern '{entry['name']}' is no regular expression: {error}.") from error
    begins = entry.get("begins", "event")
    if begins == "event" and "time" not in captured:
        raise DeclarationError(
            f"{where}: the pattern '{entry['name']}' captures no 'time'.\n"
            f"It captures: {', '.join(captured) or 'nothing'}.\n"
            "Every dated event needs a time; name that part of the pattern (?P<time>...)."
        )
    if re.search(r"\(\?[=!<](?!P)[=!]?", entry["pattern"].replace("(?P<", "")):
        raise DeclarationError(f"{where}: pattern '{entry['name']}' looks around; DuckDB's RE2 cannot read that.")
    return LinePattern(
        name=entry["name"],
        pattern=entry["pattern"],
        begins=begins,
        stamp=entry.get("stamp", "iso-zoned"),
        source=entry.get("source", ""),
        level=entry.get("level", ""),
        weak=entry.get("weak", False),
    )


def parse(text: str, where: str) -> Format:
    """Read one declaration. Raises DeclarationError, naming the file and what is wrong."""
    try:
        data = tomllib.loads(text)
        clock = data.get("clock", {})
        return Format(
            name=data["name"],
            title=data["title"],
            kind=data["kind"],
            structure=data["structure"],
            clock=Clock(clock.get("zone", "UTC"), clock.get("how", "unknown")),
            clock_why=clock.get("why", ""),
            vantage=data.get("vantage", ""),
            lines=tuple(_line_pattern(entry, where) for entry in data.get("line", ())),
            needs=tuple(data.get("needs", ())),
            lacks=tuple(data.get("lacks", ())),
            records=tuple(declared_records(entry) for entry in data.get("records", ())),
            problem=dict(data.get("problem", {})),
            notices=tuple(declared_notice(entry) for entry in data.get("notice", ())),
            prefix=data.get("prefix", ""),
            speaks=data.get("speaks", ""),
            fallback=data.get("fallback", False),
            into=data.get("into", "log_events"),
            examples=tuple(
                Example(entry["text"], entry.get("pattern", ""), dict(entry.get("fields", {})))
                for entry in data.get("example", ())
            ),
            rejects=tuple(Reject(entry["text"], entry["why"]) for entry in data.get("reject", ())),
        )
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{where}: this is not TOML: {error}.") from error
    except KeyError as error:
        raise DeclarationError(f"{where}: the declaration has no {error}.") from error


@cache
def load() -> tuple[Format, ...]:
    """Return all formats that ship with the library, in the order of their names."""
    folder = files("forensics.evidence").joinpath("formats")
    return tuple(
        parse(entry.read_text(encoding="utf-8"), entry.name)
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name.removesuffix(".toml"))
        if entry.name.endswith(".toml")
    )


def named(name: str) -> Format:
    """Return the format of that name."""
    return next(fmt for fmt in load() if fmt.name == name)


# ---- recognition ----------------------------------------------------------------------------------------------

FALLBACK = "unknown-text"
"""The format of texts that no other fits; it is never recognised, only fallen back to."""

LEAST_SHARE = 0.5
"""Of the sampled lines, this share must be read by the format; the rest is quarantined line by line."""


def recognise_lines(sample: list[str]) -> tuple[Format | None, float]:
    """Return the line format that reads most of this sample, and the share it reads.

    Lines that only a weak pattern fits, or that merely continue, count half: they say little about a format.
    """
    lines = [line for line in sample if line.strip() and line != "--"]
    best: tuple[float, Format | None] = (0.0, None)
    for fmt in load():
        if fmt.structure != "lines" or fmt.name == FALLBACK or not lines:
            continue
        if fmt.kind == "capture" and not _telling(fmt.first_fit(lines[0])):
            continue  # the output of a command begins with its header
        score, strong = 0.0, 0
        for line in lines:
            fit = fmt.first_fit(line)
            if fit is None:
                continue
            telling = _telling(fit)
            strong += telling
            score += 1.0 if telling else 0.5
        share = score / len(lines)
        if strong and share > best[0]:
            best = (share, fmt)
    return (best[1], best[0]) if best[0] >= LEAST_SHARE / 2 else (None, best[0])


def _telling(fit: tuple[LinePattern, dict[str, str]] | None) -> bool:
    return fit is not None and fit[0].begins in ("event", "undated") and not fit[0].weak


def recognise_document(document: Any) -> Format | None:
    """Return the JSON format whose needed paths this document has; the one that needs most wins."""
    if document == []:
        return named("empty-list")
    fitting = [
        fmt
        for fmt in load()
        if fmt.structure == "json"
        and not fmt.fallback
        and all(has(document, need) for need in fmt.needs)
        and not any(has(document, lack) for lack in fmt.lacks)
    ]
    return max(fitting, key=lambda fmt: (len(fmt.needs), fmt.name), default=None)


def recognise_object(record: Any) -> Format | None:
    """Return the JSON-lines format that fits this one object."""
    fitting = [
        fmt
        for fmt in load()
        if fmt.structure == "json-lines"
        and not fmt.fallback
        and all(has(record, need) for need in fmt.needs)
        and not any(has(record, lack) for lack in fmt.lacks)
    ]
    return max(fitting, key=lambda fmt: (len(fmt.needs), fmt.name), default=None)


# ---- explanation ----------------------------------------------------------------------------------------------


def explain(head: str) -> list[tuple[str, bool, str]]:
    """Return, for each format, whether it fits this beginning of a text and where it stopped, the fitting one first."""
    lines = re.split(r"\r\n|\n|\r", head)[:400]
    try:
        document = json.loads(head)
    except (ValueError, RecursionError):
        document = None
    if document is not None:
        fitting = recognise_document(document) or recognise_object(document)
    else:
        fitting, _ = recognise_lines(lines)
    told = [
        (fmt.name, fmt is fitting, "it fits" if fmt is fitting else _stopped(fmt, document, lines))
        for fmt in load()
        if fmt.name != FALLBACK
    ]
    return sorted(told, key=lambda one: (not one[1], one[0]))


def _stopped(fmt: Format, document: Any, lines: list[str]) -> str:
    if fmt.structure != "lines":
        if document is None:
            return "this is no whole JSON document"
        missing = [need for need in fmt.needs if not has(document, need)]
        present = [lack for lack in fmt.lacks if has(document, lack)]
        if missing:
            return f"it has no {', no '.join(missing)}"
        return (
            f"it has {', '.join(present)}, which this format never has" if present else "every path it needs is there"
        )
    first = next((line for line in lines if line.strip() and fmt.first_fit(line) is None), None)
    if first is None:
        return "its patterns would read these lines, but none of them is a line of its own"
    reached = max((_reached(pattern.pattern, first) for pattern in fmt.lines), default=0)
    number = lines.index(first) + 1
    shown = first[:100]
    return f"line {number}: {shown}\n{' ' * (len(f'line {number}: ') + min(reached, 100))}^ matched up to here"


def _reached(pattern: str, line: str) -> int:
    """Return how far a pattern's longest prefix that is itself a pattern reads into the line."""
    best = 0
    for end in range(len(pattern), 0, -1):
        try:
            found = re.match(pattern[:end], line[:400])
        except re.error:
            continue
        if found:
            best = max(best, found.end())
            break
    return best
