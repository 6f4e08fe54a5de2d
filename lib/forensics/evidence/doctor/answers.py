"""Small texts and web pages that were saved instead of data, or that prove nothing, told by their whole content."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from forensics.evidence.doctor.exports import declared
from forensics.evidence.doctor.words import shortened
from forensics.evidence.formats import Format
from forensics.evidence.patterns import LinePattern
from forensics.model import Clock, Problem, Status

MOST_BYTES = 4096
"""Longer texts are no answers of this kind."""

_ANY = LinePattern("any", "^(?P<message>.*)$", "undated", "iso-zoned", "", "", weak=True)


@cache
def answers() -> tuple[dict[str, Any], ...]:
    """Return the declared answers."""
    return tuple(declared("answers.toml")["answer"])


def answer(whole: bytes) -> Format | None:
    """Return the format of a text that is an answer of a known kind, with its problem, or None."""
    if not 0 < len(whole) <= MOST_BYTES:
        return None
    text = whole.decode("utf-8-sig", "backslashreplace")
    lines = [line for line in text.splitlines() if line.strip()]
    found = next((one for one in answers() if _fits(one, lines)), None)
    return _format(found) if found else None


def _fits(declared_answer: dict[str, Any], lines: list[str]) -> bool:
    """Say whether lines are such an answer; each is looked at alone, so that no pattern can take long."""
    if len(lines) > declared_answer.get("most", MOST_BYTES) or bool(lines) != bool(declared_answer["line"]):
        return False
    if "holds" in declared_answer and not any(re.search(declared_answer["holds"], line) for line in lines):
        return False
    first = declared_answer.get("first", declared_answer["line"])
    return all(re.fullmatch(declared_answer["line"] if n else first, line) for n, line in enumerate(lines))


def _format(found: dict[str, Any]) -> Format:
    return Format(
        name=found["name"],
        title=found["title"],
        kind=found["kind"],
        structure="lines",
        clock=Clock("", "unknown"),
        clock_why="it holds no time",
        vantage="responder's terminal",
        lines=(_ANY,),
        problem={name: found[name] for name in ("code", "message", "status", "remedy") if name in found},
    )


@dataclass(frozen=True, slots=True)
class Hollow:
    """What a small document of no declared format is, when it holds nothing of use."""

    format: str
    status: Status
    problem: Problem


def hollow(text: str) -> Hollow | None:
    """Say of a document that it holds no record, or only the words of an error; None where it holds more."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or any(_filled(value) for value in document.values()):
        return None
    said = [value for key, value in document.items() if isinstance(value, str) and key.lower() in _WORDS]
    if document.keys() <= _ABOUT | _WORDS and any(re.search(_TROUBLE, words) for words in said):
        message = f"the server's error was saved instead of data: “{shortened(said[0])}”"
        return Hollow("error-words", "error-payload", Problem("saved-error-payload", message))
    if any(value in ([], {}, None) for value in document.values()):
        keys = ", ".join(key for key, value in document.items() if value in ([], {}, None))
        message = f"the document holds no record: {keys[:120]} {'is' if ',' not in keys else 'are'} empty"
        return Hollow("hollow-json", "empty", Problem("empty-json", message))
    return None


def _filled(value: Any) -> bool:
    """Say whether a list or an object holds anything, however deep."""
    if isinstance(value, dict):
        return any(_filled(one) or not isinstance(one, dict | list) for one in value.values())
    return isinstance(value, list) and bool(value)


_WORDS = {"message", "msg", "error", "errors", "detail", "details", "title", "reason", "description"}
_ABOUT = {
    "status",
    "statuscode",
    "statusCode",
    "code",
    "path",
    "timestamp",
    "success",
    "ok",
    "type",
    "instance",
    "requestId",
    *("request_id", "documentation_url", "messageId", "traceID", "accessErrorId", "errorCode", "error_code", "data"),
}
_TROUBLE = (
    r"(?i)unauthor|forbidden|not found|denied|invalid|expired|fail|error|time[d -]?out|unavailable|exceeded|required|missing|"
    r"not allowed|no such|refused|too many|credential|permission|authenticat|not provided"
)


def html_page(head: bytes) -> Problem | None:
    """Name a web page that was saved instead of data."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not re.match(
        r"(?is)(?:<\?xml[^>]{0,200}\?>\s*|<!--.{0,2000}?-->\s*){0,3}(?:<!doctype html|<html|<head|<body)", text
    ):
        return None
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
    words = re.sub(r"\s+", " ", title[1]).strip()[:80] if title else "no title"
    page: dict[str, str] = next(
        (page for page in declared("answers.toml")["page"] if re.search(page["text"], text)), {}
    )
    which = f", which {page['says']}" if page else ""
    said = f"a web page was saved instead of data{which}: “{words}”"
    return Problem("saved-error-page", said, page.get("remedy", ""), line=1)


def empty() -> Problem:
    """Name a file without a byte."""
    return Problem("empty", "empty (0 bytes): the command that made it matched nothing, or failed before it wrote")


def unterminated(physical: int) -> Problem:
    """Name a last line without an end."""
    return Problem(
        "unterminated",
        "unterminated: the last line has no line end; it may have been cut",
        "copy the file again after the service has written on",
        line=physical,
    )
