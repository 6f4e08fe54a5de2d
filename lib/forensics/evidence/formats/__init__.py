"""The declared formats: how to read a line or a JSON document. What it means is declared elsewhere (meanings/)."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from forensics.errors import DeclarationError
from forensics.evidence import stamps
from forensics.evidence.formats import specimens
from forensics.evidence.formats.specimens import Example, Reject, each
from forensics.evidence.paths import Place, find, has, pick
from forensics.evidence.patterns import LinePattern, compiled, declared
from forensics.evidence.records import Notice, Records, declared_notice, declared_records
from forensics.model import Clock

__all__ = ["Example", "LinePattern", "Notice", "Place", "Records", "Reject", "compiled", "find", "has", "pick"]

Structure = Literal["lines", "json", "json-lines", "table", "mail", "page"]
OWN = "FORENSICS_FORMATS"
"""The environment variable that names a folder of one's own formats; one that is called as ours takes its place."""

_SEVERITIES = ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG")
PRIORITIES = {str(number): _SEVERITIES[number % 8] for number in range(192)}
"""What syslog's numbers mean: a severity alone, or added to eight times the facility. Formats with `priorities` use it."""


@dataclass(frozen=True, slots=True)
class Format:
    """One declared format: one TOML file."""

    name: str
    title: str
    kind: str
    structure: Structure
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
    also_lines: bool = False
    """Such documents are also written one a line."""
    aside: tuple[str, ...] = ()
    """Conditions, of which each names lines of such a file that hold no record, and nothing is wrong with them."""
    zoneless_utc: bool = False
    """Its times that name no zone are UTC, because the program says so elsewhere; `clock_why` says where."""
    alone: str = ""
    """The path at which such a document lists its records; one of them is also saved by itself, without the list."""
    speaks: str = ""
    """A pattern that names of measures fit; a document most of whose numbers have such names is of this format."""
    fallback: bool = False
    """Only for documents that no other format fits."""
    holds: str = ""
    """A pattern that fits some line of every text of this format, where no pattern that begins an event tells of it alone."""
    opening: str = ""
    """The name of a pattern: a text whose first line it fits, and of which this format reads every line, is of it, whatever
    else might read more of the lines below."""
    generic: bool = False
    """Its patterns fit lines of many programs: a format that tells more of them goes first."""
    in_memory: bool = False
    """What it lists lives in the memory of the process that is asked: a restart empties it."""
    into: str = "log_events"
    body: tuple[LinePattern, ...] = ()
    """What the lines that continue an event tell of it: its level, its source, its message, its time. Each pattern adds
    what it finds; what the last one captures as `rest` is left of the lines. Blank lines are none of them."""
    inner: bool = False
    """Its messages are lines of another program's log, which are read once more by their own format."""
    pieces: str = ""
    """A pattern that captures the `stream` of a line, and `partial` where the line goes on in the next of that stream."""
    piece_bytes: int = 0
    """A line shorter than this is no piece of one that was split for its length."""
    clock_began: str = ""
    """Where its stamps count seconds: a pattern that tells, in another log of the folder, how many `seconds` they count then."""
    clock_said: str = ""
    """A pattern of messages by which the program says how far its clock is `ahead` of UTC (“2:00”), or one moment by both
    clocks, `local` and `utc`."""
    declaration: str = ""
    """The text of its declaration; empty for a format that is made for one text."""
    where: str = ""
    """The file that declares it."""

    @property
    def wholes(self) -> tuple[Example, ...]:
        """Texts of one record with several lines, and the event that comes of it."""
        return specimens.later(self.declaration, self.where).wholes

    @property
    def examples(self) -> tuple[Example, ...]:
        """Specimens, and what must come of them."""
        return specimens.later(self.declaration, self.where).examples

    @property
    def rejects(self) -> tuple[Reject, ...]:
        """Specimens that must be left alone."""
        return specimens.later(self.declaration, self.where).rejects

    @property
    def needed(self) -> int:
        """How many keys its objects need, at the most."""
        return max((len(pattern.needs) for pattern in self.lines), default=0)

    def first_fit(self, line: str) -> tuple[LinePattern, dict[str, str]] | None:
        """Return the pattern that reads this line and what it captures, or None."""
        for pattern in self.lines:
            found = pattern.fit(line)
            if found is not None:
                return pattern, found
        return None


def parse(text: str, where: str, *, checked: bool = True) -> Format:
    """Read one declaration. Raises DeclarationError, naming the file, the line and what is wrong.

    Our own declarations are checked by their examples, in the tests; checking all patterns at each start takes long, and so does
    reading the examples.
    """
    try:
        data = tomllib.loads(text if checked else specimens.before(text))
        levels = dict(data.get("levels", {})) | (PRIORITIES if data.get("priorities") else {})
        clock = data.get("clock", {})
        if data.get("structure", "lines") not in get_args(Structure):
            known = ", ".join(get_args(Structure))
            raise DeclarationError(f"{where}: the structure '{data['structure']}' is none of {known}.")
        made = Format(
            name=data["name"],
            title=data["title"],
            kind=data["kind"],
            structure=data["structure"],
            clock=Clock(clock.get("zone", "UTC"), clock.get("how", "unknown")),
            clock_why=clock.get("why", ""),
            clock_began=clock.get("began", ""),
            clock_said=clock.get("said", ""),
            vantage=data.get("vantage", ""),
            lines=each(data, "line", text, where, lambda one, at: declared(one, at, levels, checked=checked)),
            needs=tuple(data.get("needs", ())),
            lacks=tuple(data.get("lacks", ())),
            records=each(data, "records", text, where, lambda one, at: declared_records(one, levels)),
            problem=dict(data.get("problem", {})),
            notices=each(data, "notice", text, where, lambda one, at: declared_notice(one)),
            prefix=data.get("prefix", ""),
            also_lines=data.get("also_lines", False),
            aside=tuple(data.get("aside", ())),
            zoneless_utc=clock.get("zoneless_utc", False),
            alone=data.get("alone", ""),
            speaks=data.get("speaks", ""),
            fallback=data.get("fallback", False),
            holds=data.get("holds", ""),
            opening=data.get("opening", ""),
            generic=data.get("generic", False),
            in_memory=data.get("in_memory", False),
            into=data.get("into", "log_events"),
            body=tuple(
                declared({"name": "body", **one}, where, levels, checked=checked)
                for one in _several(data.get("body", ()))
            ),
            inner=data.get("inner", False),
            pieces=data.get("pieces", ""),
            piece_bytes=data.get("piece_bytes", 0),
            declaration=text,
            where=where,
        )
        if checked:
            specimens.read(data, text, where)
        return made
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{where}: this is not TOML: {error}.") from error
    except KeyError as error:
        raise DeclarationError(f"{where}: the declaration has no {error}.") from error


def _several(entries: Any) -> Any:
    """Return tables that may be one or a list."""
    return (entries,) if isinstance(entries, dict) else entries


@dataclass(frozen=True, slots=True)
class _Declaration:
    """A TOML file that ships with the library, before it is read."""

    where: str
    text: str
    name: str
    structure: str


@cache
def _shipped() -> tuple[_Declaration, ...]:
    folder = files("forensics.evidence").joinpath("formats")
    texts = {
        entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")
    }
    return tuple(
        _Declaration(where, text, *(_plainly(text, where, key) for key in ("name", "structure")))
        for where, text in texts.items()
    )


def _plainly(text: str, where: str, key: str) -> str:
    """Return what one of our declarations says on a line of its own, without reading all of it."""
    found = re.search(rf'^{key} = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise DeclarationError(f"{where}: the declaration has no line with its {key}.")
    return found[1]


@cache
def _read(one: _Declaration) -> Format:
    return parse(one.text, one.where, checked=False)


@cache
def load(*structures: Structure) -> tuple[Format, ...]:
    """Return all formats, or those of some structures, in the order of their names: those that ship with the library, and a
    person's own. What is not asked for is not read: that takes longer than reading a small log."""
    own = {fmt.name: fmt for fmt in _own()}
    shipped = (one for one in _shipped() if one.name not in own and (not structures or one.structure in structures))
    mine = (fmt for fmt in own.values() if not structures or fmt.structure in structures)
    return tuple(sorted((*map(_read, shipped), *mine), key=lambda fmt: fmt.name))


@dataclass(frozen=True, slots=True)
class Sketch:
    """What recognising lines asks first of a format; most formats are not read further."""

    name: str
    patterns: tuple[str, ...] | None
    """Those of its lines that tell of it; None where only reading it tells them."""
    read: Callable[[], Format]


def sketches() -> tuple[Sketch, ...]:
    """Return the formats of lines in the order of their names, without having read most of them."""
    return _sketches(os.environ.get(OWN, ""))


@cache
def _sketches(_: str) -> tuple[Sketch, ...]:
    own = {fmt.name: fmt for fmt in _own()}
    shipped = (one for one in _shipped() if one.name not in own and one.structure == "lines")
    mine = (Sketch(fmt.name, None, partial(_itself, fmt)) for fmt in own.values() if fmt.structure == "lines")
    found = (Sketch(one.name, _plain_patterns(one.text), partial(_read, one)) for one in shipped)
    return tuple(sorted((*found, *mine), key=lambda one: one.name))


def _itself(fmt: Format) -> Format:
    return fmt


def _plain_patterns(text: str) -> tuple[str, ...] | None:
    """Return the patterns that a declaration holds on lines of their own, or None where some of its lines have none there."""
    head, *lines = _HEADING.split(specimens.before(text))
    found = []
    for line in lines if "pattern" not in head else ():
        pattern = _PATTERN.search(line)
        if pattern is None:
            return None
        if not _NOT_TELLING.search(line):
            found.append(stamps.expand(pattern[2])[0])
    return tuple(found) if found else None


_HEADING = re.compile(r"^\[\[line\]\]$", re.MULTILINE)
_PATTERN = re.compile(r"^pattern = ('''|')(.*)\1$", re.MULTILINE)
_NOT_TELLING = re.compile(r'^(?:weak = true|begins = "(?:nothing|separator)")$', re.MULTILINE)


def known(name: str) -> Format | None:
    """Return the format of that name, or None."""
    if os.environ.get(OWN):
        return next((fmt for fmt in load() if fmt.name == name), None)
    return next((_read(one) for one in _shipped() if one.name == name), None)


def _own() -> Iterator[Format]:
    """Yield the formats of the folder that a person names; each must hold what its examples promise."""
    folder = os.environ.get(OWN)
    if not folder:
        return
    if not Path(folder).is_dir():
        raise DeclarationError(f"{OWN}={folder}: there is no such folder.")
    for place in sorted(Path(folder).glob("*.toml")):
        try:
            text = place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DeclarationError(f"{place}: it cannot be read: {error}.") from error
        fmt = parse(text, str(place))
        check(fmt)
        yield fmt


def check(fmt: Format) -> None:
    """Raise DeclarationError where a format of lines does not hold what its examples promise."""
    if fmt.structure != "lines":
        return
    for example in fmt.examples:
        fit = fmt.first_fit(example.text)
        if fit is None:
            raise DeclarationError(f"{example.where}: no pattern reads this example:\n{example.text}")
        pattern, captured = fit
        if example.pattern not in ("", pattern.name):
            raise DeclarationError(f"{example.where}: '{pattern.name}' reads this example, not '{example.pattern}'.")
        for name, wanted in example.fields.items():
            if captured.get(name, "") != wanted:
                told = f"the {name} of this example is '{captured.get(name, '')}', not '{wanted}'."
                raise DeclarationError(f"{example.where}: {told}")
        if example.level and pattern.severity(captured.get("level", "")) != example.level:
            told = (
                f"the level of this example means {pattern.severity(captured.get('level', ''))}, not {example.level}."
            )
            raise DeclarationError(f"{example.where}: {told}")
    for reject in fmt.rejects:
        taken = [one.name for one in fmt.lines if one.telling and one.fit(reject.text) is not None]
        if taken:
            raise DeclarationError(
                f"{reject.where}: '{taken[0]}' reads this line, which must be left alone: {reject.why}"
            )


def named(name: str) -> Format:
    """Return the format of that name."""
    found = known(name)
    if found is None:
        raise KeyError(name)
    return found


FALLBACK = "unknown-text"
"""The name of texts that no format fits; such a format is made for each of them, from the stamps it holds."""


def recognise_document(document: Any) -> Format | None:
    """Return the JSON format whose needed paths this document has; the one that needs most wins."""
    if document == []:
        return named("empty-list")
    return _neediest(fmt for fmt in load("json") if not fmt.fallback and _fits(fmt, document))


def recognise_alone(document: Any) -> tuple[Format, Any] | None:
    """Return the format of which this object is one record without its list, and the document with the list."""
    if not isinstance(document, dict):
        return None
    listed = {fmt.name: _listed(document, fmt.alone) for fmt in load() if fmt.alone}
    fmt = _neediest(fmt for fmt in load() if fmt.alone and _fits(fmt, listed[fmt.name]))
    return (fmt, listed[fmt.name]) if fmt else None


def _listed(record: Any, path: str) -> Any:
    key = path.removesuffix("[]")
    return {key: [record]} if key else [record]


def recognise_object(record: Any) -> Format | None:
    """Return the JSON-lines format that fits this one object."""
    wanted = (fmt for fmt in load("json-lines") if not (fmt.fallback or fmt.prefix))
    return _neediest(fmt for fmt in wanted if _fits(fmt, record))


def _fits(fmt: Format, document: Any) -> bool:
    return all(has(document, need) for need in fmt.needs) and not any(has(document, lack) for lack in fmt.lacks)


def _neediest(fitting: Iterator[Format]) -> Format | None:
    return max(fitting, key=lambda fmt: (len(fmt.needs), fmt.name), default=None)
