"""Reading what people wrote beside an incident folder. What cannot be taken as it stands is named with its line and kept."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from forensics.errors import UsageError
from forensics.findings import note_lines, notes
from forensics.findings.notes import Notes, Trouble, When
from forensics.times import Span

TICK = timedelta(microseconds=1)
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?P<second>:\d\d(?:\.\d+)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?")

_TABLES = {
    "severity": ("level", "by", "at"),
    "role": ("role", "team", "who"),
    "moment": ("moment", "at", "earliest", "latest", "by", "words"),
    "note": ("id", "on", "text", "star", "by", "at"),
    "hypothesis": ("id", "text", "for", "against", "state", "by"),
    "action": ("id", "text", "owner", "due", "test", "type", "answers", "done", "outside"),
    "claim": ("id", "text", "by"),
    "review": ("state", "version", "by", "at"),
}
_KNOWN = ("id", "title", *_TABLES, "narrative", "meant")


def read(place: Path) -> Notes | None:
    """Return the notes that a file holds; None where there is no such file. Raises UsageError, with what to do, for one
    that is no TOML: it is left as it is."""
    try:
        content = place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{place.name} cannot be read: {error.strerror}. It was left as it is.") from error
    return parsed(content, place.name)


def document(content: bytes, name: str) -> dict[str, Any]:
    """Return a notes file as TOML. Raises UsageError with line and column, the line itself, and what to do."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{name}:{line}: this byte is not UTF-8: 0x{content[error.start]:02x}. The file was left as it is.\n"
            "Save it as UTF-8, and run again."
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        told = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(told[1]) if told else content.count(b"\n") + 1
        shown = content.decode("utf-8-sig").split("\n")[line - 1 : line]
        raise UsageError(
            f"{name}:{line}: this is no TOML: {str(error).partition(' (at')[0]}. The file was left as it is.\n"
            + "".join(f"    {text.strip()[:160]}\n" for text in shown)
            + 'Correct that line (text stands in quotes: title = "…"), or move the file away, and run again.'
        ) from error


def parsed(content: bytes, name: str) -> Notes:
    """Return what the bytes of a notes file say. Raises UsageError where they are no TOML."""
    told = document(content, name)
    reading = _Reading(note_lines.lines(content.decode("utf-8-sig").replace("\r\n", "\n")))
    reading.known((), told, _KNOWN)
    reading.text((), told, "id")
    severity = reading.severity(told)
    return Notes(
        path=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        title=reading.text((), told, "title"),
        title_line=reading.line(("title",)),
        severity=severity,
        roles=tuple(reading.roles(told)),
        moments=tuple(reading.moments(told)),
        narrative=reading.narrative(told),
        notes=tuple(reading.remarks(told)),
        hypotheses=tuple(reading.hypotheses(told)),
        actions=tuple(reading.actions(told)),
        claims=tuple(reading.claims(told)),
        review=reading.review(told),
        meant=reading.meant(told),
        troubles=tuple(sorted(reading.troubles, key=lambda one: (one.line or 0, one.message))),
    )


def own_id(prefix: str, *parts: str) -> str:
    """Return the id of something that people wrote and gave none: a hash of what it says."""
    said = json.dumps(parts, ensure_ascii=False)
    return f"{prefix}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is meant, and all that are known."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return (f"Did you mean '{near[0]}'? " if near else "") + f"Known: {', '.join(names)}."


class _Reading:
    """One file being read: its lines, and the troubles met so far."""

    def __init__(self, lines: dict[note_lines.Path, int]) -> None:
        self.troubles: list[Trouble] = []
        self._lines = lines
        self._ids: set[str] = set()

    def line(self, path: note_lines.Path) -> int | None:
        """Return where a key stands, or the table around it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return None

    def trouble(self, path: note_lines.Path, message: str, value: Any) -> None:
        kept = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        self.troubles.append(Trouble(self.line(path), message, kept))

    def known(self, path: note_lines.Path, table: dict[str, Any], names: Iterable[str]) -> None:
        """Name each key that nobody reads."""
        for key, value in table.items():
            if key not in names:
                where = f" in [{path[0]}]" if path else ""
                self.trouble((*path, key), f"nobody reads '{key}'{where}. {nearest(key, names)}", value)

    def tables(self, told: dict[str, Any], name: str) -> list[tuple[note_lines.Path, dict[str, Any]]]:
        """Return each table of an array of them; a single table is one."""
        value = told.get(name, [])
        found: list[tuple[note_lines.Path, dict[str, Any]]] = []
        for number, one in enumerate(value if isinstance(value, list) else [value]):
            path: note_lines.Path = (name, number) if isinstance(value, list) else (name,)
            if isinstance(one, dict):
                self.known(path, one, _TABLES[name])
                found.append((path, one))
            else:
                self.trouble(path, f"'{name}' holds tables: write [[{name}]] and its keys below it", one)
        return found

    def table(self, told: dict[str, Any], name: str) -> dict[str, Any]:
        value = told.get(name, {})
        if isinstance(value, dict):
            return value
        self.trouble((name,), f"'{name}' is a table: write [{name}] and its keys below it", value)
        return {}

    def text(self, path: note_lines.Path, table: dict[str, Any], key: str, *, wanted: bool = False) -> str:
        """Return a text; a number is one too."""
        value = table.get(key, "")
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.trouble((*path, key), f"'{key}' is a text: write it in quotes", value)
            return ""
        if wanted and not value.strip():
            self.trouble((*path, key), f"'{key}' is missing in [[{path[0]}]]", table)
        return value.strip()

    def texts(self, path: note_lines.Path, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            self.trouble((*path, key), f'\'{key}\' is a list of texts: ["…", "…"]', value)
            found = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
        return tuple(one.strip() for one in found if one.strip())

    def flag(self, path: note_lines.Path, table: dict[str, Any], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.trouble((*path, key), f"'{key}' is true or false, without quotes", value)
        return value is True

    def one_of(self, path: note_lines.Path, table: dict[str, Any], key: str, known: tuple[str, ...]) -> str:
        """Return one of the known words; empty where there is none."""
        value = self.text(path, table, key)
        if value and value.lower() not in known:
            self.trouble((*path, key), f"'{key}' cannot be '{value}'. {nearest(value.lower(), known)}", value)
            return ""
        return value.lower()

    def when(self, path: note_lines.Path, table: dict[str, Any], key: str) -> When | None:
        """Return a time, as exactly as it was written; one without a zone is in UTC."""
        value = table.get(key)
        if value is None or value == "":
            return None
        written = value.strip() if isinstance(value, str) else _written(value)
        read = _WRITTEN.fullmatch(written)
        try:
            start = datetime.fromisoformat(written) if read else None
        except ValueError:
            start = None
        if read is None or start is None or isinstance(value, time):
            forms = '2031-05-20T14:02:00Z, "2031-05-20T14:02Z" for that minute, 2031-05-20 for that day'
            self.trouble((*path, key), f"'{key}' is a time with its date: {forms}", written)
            return None
        start = start.astimezone(UTC).replace(tzinfo=None) if start.tzinfo else start
        width = timedelta(days=1) if len(written) == 10 else timedelta(seconds=1 if read["second"] else 60)
        if read["second"] and "." in read["second"]:
            width = TICK
        return When(Span(start, start + width - TICK), written, len(written) > 10 and not read["zone"])

    def day(self, path: note_lines.Path, table: dict[str, Any], key: str) -> date | None:
        when = self.when(path, table, key)
        return when.span.earliest.date() if when else None

    def identity(self, path: note_lines.Path, table: dict[str, Any], prefix: str, *parts: str) -> str:
        """Return the id that is written, else one made of what is said; two with one id are told apart."""
        stated = self.text(path, table, "id") or own_id(prefix, *parts)
        found, number = stated, 2
        while found in self._ids:
            found, number = f"{stated}-{number}", number + 1
        if found != stated and table.get("id"):
            self.trouble((*path, "id"), f"the id '{stated}' is given twice; this one is called '{found}'", stated)
        self._ids.add(found)
        return found

    # ---- the tables -------------------------------------------------------------------------------------------

    def severity(self, told: dict[str, Any]) -> notes.DeclaredSeverity | None:
        value = told.get("severity")
        if isinstance(value, str):
            return notes.DeclaredSeverity(value.strip(), "", None, self.line(("severity",))) if value.strip() else None
        path, table = ("severity",), self.table(told, "severity")
        self.known(path, table, _TABLES["severity"])
        level, at = self.text(path, table, "level"), self.when(path, table, "at")
        by = self.text(path, table, "by")
        if not level:
            if table:
                self.trouble(path, "[severity] has no 'level', for example level = \"P1\"", table)
            return None
        return notes.DeclaredSeverity(level, by, at, self.line(path))

    def roles(self, told: dict[str, Any]) -> Iterable[notes.Role]:
        for path, one in self.tables(told, "role"):
            role = self.text(path, one, "role", wanted=True)
            if role:
                yield notes.Role(role, self.text(path, one, "team"), self.text(path, one, "who"), self.line(path))

    def moments(self, told: dict[str, Any]) -> Iterable[notes.StatedMoment]:
        for path, one in self.tables(told, "moment"):
            name = self.one_of(path, one, "moment", notes.MOMENTS)
            at = self.when(path, one, "at")
            first, last = self.when(path, one, "earliest"), self.when(path, one, "latest")
            if at is None and first and last and first.span.earliest <= last.span.latest:
                span = Span(first.span.earliest, last.span.latest)
                at = When(span, f"{first.written} to {last.written}", first.utc_assumed or last.utc_assumed)
            by, words = self.text(path, one, "by"), self.text(path, one, "words")
            if name and at:
                yield notes.StatedMoment(name, at, by, words, self.line(path))
            elif not name and not one.get("moment"):
                self.trouble(path, f"[[moment]] does not say which: moment = one of {', '.join(notes.MOMENTS)}", one)
            elif name and not one.get("at"):
                self.trouble(path, "[[moment]] has no time: write 'at', or 'earliest' and 'latest' in order", one)

    def narrative(self, told: dict[str, Any]) -> dict[str, notes.Passage]:
        table = self.table(told, "narrative")
        self.known(("narrative",), table, notes.sections())
        found = {}
        for name in notes.sections():
            items = self.texts(("narrative",), table, name)
            if isinstance(table.get(name), str):
                items = _points(items)
            if items:
                found[name] = notes.Passage(items, self.line(("narrative", name)))
        return found

    def remarks(self, told: dict[str, Any]) -> Iterable[notes.Note]:
        for path, one in self.tables(told, "note"):
            on, text, star = self.text(path, one, "on"), self.text(path, one, "text"), self.flag(path, one, "star")
            identity = self.identity(path, one, "n", on, text)
            by, at = self.text(path, one, "by"), self.when(path, one, "at")
            if not text and not star:
                self.trouble(path, "[[note]] has neither 'text' nor 'star = true'", one)
            yield notes.Note(identity, on, text, star, by, at, self.line(path))

    def hypotheses(self, told: dict[str, Any]) -> Iterable[notes.Hypothesis]:
        for path, one in self.tables(told, "hypothesis"):
            text = self.text(path, one, "text", wanted=True)
            yield notes.Hypothesis(
                self.identity(path, one, "h", text),
                text,
                self.texts(path, one, "for"),
                self.texts(path, one, "against"),
                self.one_of(path, one, "state", notes.STATES) or "open",
                self.text(path, one, "by"),
                self.line(path),
            )

    def actions(self, told: dict[str, Any]) -> Iterable[notes.Action]:
        for path, one in self.tables(told, "action"):
            text = self.text(path, one, "text", wanted=True)
            yield notes.Action(
                self.identity(path, one, "a", text),
                text,
                self.text(path, one, "owner"),
                self.day(path, one, "due"),
                str(one.get("due", "")),
                self.text(path, one, "test"),
                self.one_of(path, one, "type", notes.TYPES),
                self.texts(path, one, "answers"),
                self.flag(path, one, "done"),
                self.line(path),
                self.text(path, one, "outside"),
            )

    def claims(self, told: dict[str, Any]) -> Iterable[notes.StatedClaim]:
        for path, one in self.tables(told, "claim"):
            text = self.text(path, one, "text", wanted=True)
            if text:
                by = self.text(path, one, "by")
                yield notes.StatedClaim(self.identity(path, one, "s", text), text, by, self.line(path))

    def review(self, told: dict[str, Any]) -> notes.Review:
        path, table = ("review",), self.table(told, "review")
        self.known(path, table, _TABLES["review"])
        return notes.Review(
            self.one_of(path, table, "state", notes.REVIEWS) or "draft",
            self.text(path, table, "version"),
            self.text(path, table, "by"),
            self.day(path, table, "at"),
            self.line(path),
        )

    def meant(self, told: dict[str, Any]) -> dict[str, str]:
        table = self.table(told, "meant")
        return {key: self.text(("meant",), table, key) for key in table}


def _written(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date | time) else str(value)


def _points(items: tuple[str, ...]) -> tuple[str, ...]:
    """Return a text that consists of points as these; any other as it is."""
    for text in items:
        rows = [row.strip() for row in text.split("\n") if row.strip()]
        if rows and rows[0].startswith(("- ", "* ")):
            found: list[str] = []
            for row in rows:
                if row.startswith(("- ", "* ")):
                    found.append(row[2:].strip())
                else:
                    found[-1] += f" {row}"
            return tuple(found)
    return items
