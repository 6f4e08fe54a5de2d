"""The declared formats: how to read a line or a JSON document. What it means is declared elsewhere (meanings/)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from forensics.errors import DeclarationError
from forensics.evidence.paths import Place, find, has, pick
from forensics.evidence.patterns import LinePattern, compiled, declared
from forensics.evidence.records import Notice, Records, declared_notice, declared_records
from forensics.model import Clock

__all__ = ["LinePattern", "Notice", "Place", "Records", "compiled", "find", "has", "pick"]

_SEVERITIES = ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG")
PRIORITIES = {str(number): _SEVERITIES[number % 8] for number in range(192)}
"""What syslog's numbers mean: a severity alone, or added to eight times the facility. Formats with `priorities` use it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A specimen, and what must come of it."""

    text: str
    pattern: str
    fields: dict[str, Any]
    level: str = ""
    """Our word for its severity."""


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
    structure: Literal["lines", "json", "json-lines", "table"]
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
    speaks: str = ""
    """A pattern that names of measures fit; a document most of whose numbers have such names is of this format."""
    fallback: bool = False
    """Only for documents that no other format fits."""
    generic: bool = False
    """Its patterns fit lines of many programs: a format that tells more of them goes first."""
    into: str = "log_events"
    examples: tuple[Example, ...] = ()
    rejects: tuple[Reject, ...] = ()

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
    """Read one declaration. Raises DeclarationError, naming the file and what is wrong.

    Our own declarations are checked by their examples, in the tests; checking all patterns at each start takes long.
    """
    try:
        data = tomllib.loads(text)
        levels = dict(data.get("levels", {})) | (PRIORITIES if data.get("priorities") else {})
        clock = data.get("clock", {})
        return Format(
            name=data["name"],
            title=data["title"],
            kind=data["kind"],
            structure=data["structure"],
            clock=Clock(clock.get("zone", "UTC"), clock.get("how", "unknown")),
            clock_why=clock.get("why", ""),
            vantage=data.get("vantage", ""),
            lines=tuple(declared(entry, where, levels, checked=checked) for entry in data.get("line", ())),
            needs=tuple(data.get("needs", ())),
            lacks=tuple(data.get("lacks", ())),
            records=tuple(declared_records(entry) for entry in data.get("records", ())),
            problem=dict(data.get("problem", {})),
            notices=tuple(declared_notice(entry) for entry in data.get("notice", ())),
            prefix=data.get("prefix", ""),
            also_lines=data.get("also_lines", False),
            speaks=data.get("speaks", ""),
            fallback=data.get("fallback", False),
            generic=data.get("generic", False),
            into=data.get("into", "log_events"),
            examples=tuple(
                Example(entry["text"], entry.get("pattern", ""), dict(entry.get("fields", {})), entry.get("level", ""))
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
        parse(entry.read_text(encoding="utf-8"), entry.name, checked=False)
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name.removesuffix(".toml"))
        if entry.name.endswith(".toml")
    )


def named(name: str) -> Format:
    """Return the format of that name."""
    return next(fmt for fmt in load() if fmt.name == name)


FALLBACK = "unknown-text"
"""The name of texts that no format fits; such a format is made for each of them, from the stamps it holds."""


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
        and not (fmt.fallback or fmt.prefix)
        and all(has(record, need) for need in fmt.needs)
        and not any(has(record, lack) for lack in fmt.lacks)
    ]
    return max(fitting, key=lambda fmt: (len(fmt.needs), fmt.name), default=None)
