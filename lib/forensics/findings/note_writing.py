"""Changing the text of notes: one key, or one table more; everything else stays byte for byte, comments and order too.

A library that parses and writes the whole moves tables that stand apart, and the comments above them (tomlkit does). So
lines are cut and added, and what came of it is read again and compared before anybody gets it. Nothing here writes a file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from forensics.errors import UsageError
from forensics.findings import note_comments, note_lines

Value = str | bool | date | datetime | tuple[str, ...]
_SHORT = 100
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\f": "\\f", "\r": "\\r", "\n": "\\n", "\t": "\\t"}
_ACTING = re.compile(r'[\\"\x00-\x1f\x7f]')
_ACTING_IN_LINES = re.compile(r"[\\\x00-\x08\x0b-\x1f\x7f]")


def with_table(text: str, name: str, table: Mapping[str, Value]) -> str:
    """Return the notes with one [[name]] more, at their end. Raises UsageError where their form does not let it be added."""
    said = {key: value for key, value in table.items() if value not in ("", ())}
    block = "".join(f"{key(one)} = {written(value)}\n" for one, value in said.items())
    new = _ended(text) + _newlines(f"\n[[{key(name)}]]\n{block}", text)
    wanted = _read(text)
    wanted[name] = [*(wanted.get(name, [])), {one: _plain(value) for one, value in said.items()}]
    return _checked(new, wanted, f"[[{name}]]")


def with_key(text: str, table: note_lines.Path, name: str, value: Value) -> str:
    """Return the notes in which a key of a table holds a value; the table is made where there is none.

    Raises UsageError where their form (an inline table, for example) does not let it be changed.
    """
    wanted = _read(text)
    _put(wanted, table, name, _plain(value))
    found = note_lines.spans(text.replace("\r\n", "\n"))
    lines = text.split("\n")
    if (path := (*table, name)) in found:
        first, last = found[path]
        head = re.match(r"\s*[^=]*?=\s*", lines[first - 1])
        begun = head.group() if head else f"{key(name)} = "
        old = note_comments.Old("\n".join(lines[first - 1 : last])[len(begun) :].replace("\r\n", "\n").rstrip("\r"))
        told = old.listed(value, _quoted) if isinstance(value, tuple) else None
        end = "\r" if lines[last - 1].endswith("\r") else ""
        new = _newlines(begun + (told or written(value)) + old.behind, text) + end
        lines[first - 1 : last] = [new]
        return _checked("\n".join(lines), wanted, name)
    assigned = _newlines(f"{key(name)} = {written(value)}\n", text)
    if table in found:
        after = max(
            last for path, (_, last) in found.items() if path[: len(table)] == table and len(path) <= len(table) + 1
        )
        kept_lines = _ended("\n".join(lines[:after]))
        return _checked(kept_lines + assigned + "\n".join(lines[after:]), wanted, name)
    if not table:
        tops = [
            last for path, (first, last) in found.items() if len(path) == 1 and lines[first - 1].lstrip()[:1] != "["
        ]
        after = max(tops, default=0)
        kept_lines = _ended("\n".join(lines[:after])) if after else ""
        return _checked(kept_lines + assigned + "\n".join(lines[after:]), wanted, name)
    header = _newlines(f"\n[{'.'.join(key(str(part)) for part in table)}]\n", text)
    return _checked(_ended(text) + header + assigned, wanted, name)


def key(name: str) -> str:
    """Write a key: bare where that is possible."""
    return name if _BARE.fullmatch(name) else _quoted(name)


def written(value: Value) -> str:
    """Write a value as people would: texts over several lines as such, lists one a line. Raises UsageError for what is no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _quoted(value) if "\n" not in value.strip("\n") else _over_lines(value)
    items = [_quoted(one) for one in value]
    whole = f"[{', '.join(items)}]"
    return whole if len(whole) <= _SHORT else "[\n" + "".join(f"  {one},\n" for one in items) + "]"


def _quoted(text: str) -> str:
    return f'"{_ACTING.sub(_escape, _encodable(text))}"'


def _over_lines(text: str) -> str:
    safe = _ACTING_IN_LINES.sub(_escape, _encodable(text)).replace('"""', '""\\"')
    if safe.endswith('"'):
        safe = f'{safe[:-1]}\\"'
    return f'"""\n{safe}"""'


def _escape(found: re.Match[str]) -> str:
    letter = found.group()
    return _ESCAPED.get(letter) or f"\\u{ord(letter):04x}"


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            f"This text cannot be written: letter {error.start + 1} is half of a character. Nothing was saved."
        ) from error
    return text


def _newlines(addition: str, text: str) -> str:
    """End added lines as the text ends most of its own."""
    return addition.replace("\n", "\r\n") if text.count("\r\n") * 2 > text.count("\n") else addition


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + _newlines("\n", text)


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _put(document: dict[str, Any], table: note_lines.Path, name: str, value: Any) -> None:
    place: Any = document
    for part in table:
        if isinstance(place, list) and isinstance(part, int):
            place = place[part]
        elif isinstance(place, dict):
            place = place.setdefault(part, {})
    if not isinstance(place, dict):
        raise UsageError(_FORM.format(what=name))
    place[name] = value


_FORM = "'{what}' cannot be changed from here in the form in which these notes are written. Nothing was saved; change it in a text editor."


def _checked(new: str, wanted: dict[str, Any], what: str) -> str:
    """Return the new text if it says what is wanted, and nothing else has changed in it."""
    try:
        same = _read(new) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise UsageError(_FORM.format(what=what))
    return new
