"""Small texts and web pages that were saved instead of data, or that prove nothing, told by their whole content."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from forensics.evidence.doctor.exports import declared
from forensics.evidence.formats import Format
from forensics.evidence.patterns import LinePattern
from forensics.model import Clock, Problem

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
        problem={name: found[name] for name in ("code", "message", "status") if name in found},
    )


def html_page(head: bytes) -> Problem | None:
    """Name a web page that was saved instead of data."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not re.match(r"(?i)<!doctype html|<html|<head|<body", text):
        return None
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
    words = re.sub(r"\s+", " ", title[1]).strip()[:80] if title else "no title"
    says = next((page["says"] for page in declared("answers.toml")["page"] if re.search(page["text"], text)), "")
    which = f", which {says}" if says else ""
    return Problem("saved-error-page", f"a web page was saved instead of data{which}: “{words}”", line=1)


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
