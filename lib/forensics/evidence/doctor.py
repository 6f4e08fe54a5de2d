"""What is wrong with a piece of evidence, what that leaves open, and how to collect it properly."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files

from forensics.model import Problem

LOSSES = {
    *("empty", "empty-json", "saved-error-page", "saved-error-payload", "serialised-map", "cut", "packed-damaged"),
    *("database-locked", "dump-rolled-back", "unreadable", "unknown-format", "binary", "archive"),
}
"""Problems with which an export does not answer what it was collected for; others leave its answer standing."""


@cache
def _exports() -> dict[str, dict[str, str]]:
    text = files("forensics.evidence").joinpath("exports.toml").read_text(encoding="utf-8")
    return {export["name"]: export for export in tomllib.loads(text)["export"]}


def advise(path: str, problem: Problem) -> Problem:
    """Add what the runbook's export of this name was to answer, and the command that collects it properly."""
    export = _exports().get(path.rsplit("/", 1)[-1])
    if export is None or problem.code not in LOSSES:
        return problem
    return replace(
        problem,
        remedy=export["command"],
        leaves_open=problem.leaves_open or export["answers"],
    )


def html_page(head: bytes) -> Problem | None:
    """Name a web page that was saved instead of data."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not re.match(r"(?i)<!doctype html|<html|<head|<body", text):
        return None
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
    words = re.sub(r"\s+", " ", title[1]).strip()[:80] if title else "no title"
    return Problem(
        "saved-error-page",
        f"a web page was saved instead of data: “{words}”",
        "curl -fsS URL -o FILE   (-f fails on an error instead of saving its page)",
        line=1,
    )


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
