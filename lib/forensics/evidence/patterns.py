"""One declared kind of line: a regular expression that both engines read alike, or the keys of a JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, Literal, get_args

from forensics.errors import DeclarationError
from forensics.evidence import pattern_holds, stamps
from forensics.evidence.paths import steps

Begins = Literal["event", "undated", "nothing", "separator"]
PARTS = ("time", "level", "source", "message")
LONGEST_PREFIX = 1_000
"""Characters in which another program's prefix ends."""

_MESSAGE = "(?P<message>.*)$"
_ANCHOR = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$")
"""An end that a pattern asks for, with what must not be taken for one: escaped characters and classes."""
_UNNAMED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?!\?)")
"""The beginning of a group without a name, with what must not be taken for one."""


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
    """The regular expression; empty for objects."""
    begins: Begins
    """`event`: a dated event; `undated`: an event without a time; `nothing`: it continues the event above."""
    stamp: str
    """The shape of its time (stamps.toml); `any` for objects, whose times may be ISO 8601 or epochs."""
    source: str
    level: str
    weak: bool
    """It fits many texts, so that it reads lines but does not help to recognise the format."""
    object: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """For JSON lines: the paths at which each part stands, the first that is there counts. An `error` is told behind the message."""
    needs: tuple[str, ...] = ()
    """Paths that an object of this kind has."""
    levels: dict[str, str] = field(default_factory=dict)
    """What this format's own words for severities mean, where levels.toml would read them otherwise."""
    prefix: str = ""
    """For JSON lines: a pattern for what another program wrote before each object."""
    order: str = ""
    """The order of day, month and year, where the stamp leaves it open and the file decides."""

    @property
    def lacks(self) -> str:
        """What this kind of line's stamp leaves out; nothing where it begins no dated event."""
        if self.begins != "event":
            return ""
        stamp = stamps.named(self.stamp)
        return "order" if stamp.choices and not self.order else stamp.lacks

    @property
    def may_begin(self) -> frozenset[str] | None:
        """The characters with which a line of this kind can begin; None where the pattern leaves that open."""
        return (
            frozenset(" \t{")
            if self.object and not self.prefix
            else pattern_holds.first(self.pattern.removeprefix("^"))
        )

    @property
    def first_decides(self) -> bool:
        """Whether a line's first character alone says that it is of this kind, which begins nothing."""
        return self.begins == "nothing" and self.may_begin is not None and pattern_holds.is_one_character(self.pattern)

    @property
    def telling(self) -> bool:
        """Whether a line of this kind tells of its format: it begins an event, and is not anybody's."""
        return self.begins in ("event", "undated") and not self.weak

    def severity(self, word: str) -> str:
        """Return our word for a severity as these lines write it; nothing where they write none."""
        word = word or self.level
        ours = stamps.levels().get(word.upper(), word.upper())
        return self.levels.get(word, self.levels.get(word.upper(), ours))

    @property
    def complete(self) -> str:
        """The pattern with an empty group for each part that it does not capture."""
        captured = re.compile(self.pattern).groupindex
        return self.pattern + "".join(f"(?P<{part}>)" for part in PARTS if part not in captured)

    @property
    def groups(self) -> list[str]:
        """Names of all groups of `complete`, in order."""
        return group_names(self.complete)

    @property
    def sliced(self) -> bool:
        """Whether the message is all that follows the other parts, so that its place says what it is."""
        return self.pattern.endswith(_MESSAGE) and len(self.pattern) > len(_MESSAGE) + 1

    @property
    def scan(self) -> str:
        """The pattern for bulk reading: `head` is what stands before the message (or the whole), and line ends, which
        bulk text keeps, are let through."""
        body = self.pattern.removeprefix("^")
        if self.sliced:
            body = body.removesuffix(_MESSAGE)
        elif body.endswith(".*)$"):
            body = body[:-4] + r"[^\r\n]*)$"  # a part that takes all the rest must leave the line end
        body = _ANCHOR.sub(lambda one: r"[\r\n]*$" if one[0] == "$" else one[0], body)
        captured = re.compile(body).groupindex
        return f"^(?P<head>{body})" + "".join(f"(?P<{part}>)" for part in PARTS if part not in captured)

    @property
    def scan_named(self) -> str:
        """`scan` without the groups that have no name, which Arrow refuses."""
        return _UNNAMED.sub(lambda one: "(?:" if one[0] == "(" else one[0], self.scan)

    @property
    def scan_groups(self) -> list[str]:
        """Names of all groups of `scan`, in order."""
        return group_names(self.scan)

    def fit(self, line: str) -> dict[str, str] | None:
        """Return what this pattern captures of a line, or None when it is none of this kind."""
        if self.object:
            return self._fit_object(line)
        found = compiled(self.pattern).match(line)
        return {name: value or "" for name, value in found.groupdict().items()} if found else None

    def missing(self, line: str) -> list[str] | None:
        """Return what an object on this line lacks of what this kind needs; None where the line is no object."""
        record = _record(line)
        if not isinstance(record, dict):
            return None
        return [need for need in self.needs if not _at(record, need.partition("="))]

    def _fit_object(self, line: str) -> dict[str, str] | None:
        if self.missing(line) != []:
            return None
        record = _record(line)
        found = {
            part: next((text for path in paths if (text := _text(_get(record, path))) is not None), "")
            for part, paths in self.object.items()
        }
        error = found.pop("error", "")
        if error and not error.startswith(("{", "[")) and error not in found["message"]:
            found["message"] += f": {error}"
        return found

    def within(self, wrapper: Wrapper) -> LinePattern:
        """Return this kind of line behind a prefix that another program wrote; the prefix's time comes first."""
        if self.object:
            return replace(self, name=f"{wrapper.name}: {self.name}")
        inner = self.pattern.removeprefix("^")
        if wrapper.stamp:
            inner = inner.replace("(?P<time>", "(?:")
        if wrapper.source_named:
            inner = inner.replace("(?P<source>", "(?:")
        return replace(
            self,
            name=f"{wrapper.name}: {self.name}",
            pattern=f"^{wrapper.pattern}{inner}",
            begins="event" if wrapper.stamp and self.begins == "undated" else self.begins,
            stamp=wrapper.stamp or self.stamp,
        )


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A prefix that a program puts before the lines of others: grep -n, docker compose, kubectl, CRI."""

    name: str
    title: str
    pattern: str
    """Without ^; may capture `source` and `time`."""
    stamp: str
    examples: tuple[str, ...]
    aside: str = ""
    """What the program says between these lines of itself, without a prefix."""
    pieces: str = ""
    """A pattern that captures the `stream` of a line, and `partial` where the line goes on in the next of that stream."""

    @property
    def source_named(self) -> bool:
        """Whether the prefix says which program wrote the line."""
        return "(?P<source>" in self.pattern

    def strip(self, line: str) -> tuple[str, str] | None:
        """Return the program that a line names and the line without its prefix; None when it has no such prefix."""
        found = compiled("^" + self.pattern).match(line[:LONGEST_PREFIX])
        return (found.groupdict().get("source") or "", line[found.end() :]) if found else None


def group_names(pattern: str) -> list[str]:
    """Return the names of all groups of a pattern, in order; those without one have a number."""
    found = re.compile(pattern)
    names = {index: name for name, index in found.groupindex.items()}
    return [names.get(index, f"group_{index}") for index in range(1, found.groups + 1)]


@lru_cache(maxsize=1024)
def _record(line: str) -> Any:
    """Return the JSON value on a line, or None; many formats ask for the same lines."""
    try:
        return json.loads(line, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _get(record: Any, path: str) -> Any:
    for key in steps(path):
        if not isinstance(record, dict) or key not in record:
            return None
        record = record[key]
    return record


def _at(record: Any, need: tuple[str, str, str]) -> bool:
    text = _text(_get(record, need[0]))
    return text is not None and (not need[1] or text == need[2])


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_path(path: str) -> str:
    """Write a path of ours as DuckDB writes it."""
    return "$" + "".join("." + json.dumps(key) for key in steps(path))


def declared(entry: dict[str, Any], where: str, levels: dict[str, str], *, checked: bool = True) -> LinePattern:
    """Read one [[line]] of a declaration. Raises DeclarationError, naming the file and what is wrong."""
    begins = entry.get("begins", "event")
    _check_words(entry, begins, where)
    objects = {part: tuple(paths.split("|")) for part, paths in dict(entry.get("object", {})).items()}
    pattern, stamp = stamps.expand(entry["pattern"]) if not objects else ("", "any")
    if objects:
        _check_object(objects, entry.get("needs", ()), where)
    elif checked:
        _check(pattern, entry["name"], begins, where)
    stamps.named(stamp or entry.get("stamp", "iso-zoned"))
    return LinePattern(
        name=entry["name"],
        pattern=pattern,
        begins=begins,
        stamp=stamp or entry.get("stamp", "iso-zoned"),
        source=entry.get("source", ""),
        level=entry.get("level", ""),
        weak=entry.get("weak", False),
        object=objects,
        needs=tuple(entry.get("needs", ())),
        levels=levels,
        order=entry.get("order", ""),
    )


_WORDS = ("name", "pattern", "begins", "stamp", "order", "source", "level", "weak", "object", "needs")
_OBJECT_PARTS = (*PARTS, "error", "finer")
MOST_NEEDS, MOST_PLACES = 4, 3


def _check_words(entry: dict[str, Any], begins: str, where: str) -> None:
    unknown = [word for word in entry if word not in _WORDS]
    if unknown:
        raise DeclarationError(f"{where}: a line knows no '{unknown[0]}'. It knows: {', '.join(_WORDS)}.")
    if begins not in get_args(Begins):
        raise DeclarationError(f"{where}: '{begins}' is nothing a line can begin: {', '.join(get_args(Begins))}.")


def _check_object(objects: dict[str, tuple[str, ...]], needs: Sequence[str], where: str) -> None:
    unknown = [part for part in objects if part not in _OBJECT_PARTS]
    if unknown:
        raise DeclarationError(f"{where}: an object has no '{unknown[0]}'. It has: {', '.join(_OBJECT_PARTS)}.")
    if len(needs) > MOST_NEEDS or any(len(places) > MOST_PLACES for places in objects.values()):
        told = f"an object has at most {MOST_NEEDS} needs, and each of its parts at most {MOST_PLACES} places."
        raise DeclarationError(f"{where}: {told}")


def _check(pattern: str, name: str, begins: str, where: str) -> None:
    try:
        captured = re.compile(pattern).groupindex
    except re.error as error:
        raise DeclarationError(f"{where}: pattern '{name}' is no regular expression: {error}.") from error
    if begins == "event" and "time" not in captured:
        raise DeclarationError(
            f"{where}: the pattern '{name}' captures no 'time'.\n"
            f"It captures: {', '.join(captured) or 'nothing'}.\n"
            "Every dated event needs a time; name that part of the pattern (?P<time>...)."
        )
    if re.search(r"\(\?[=!<](?!P)[=!]?", pattern.replace("(?P<", "")):
        raise DeclarationError(f"{where}: pattern '{name}' looks around; DuckDB's RE2 cannot read that.")
