"""Five lines to paste into a chat: plain text, which nothing in it makes a link, a mention or a format of."""

from __future__ import annotations

from forensics.model import Json
from forensics.report import bounding, story
from forensics.report.plain_text import chat
from forensics.report.redaction import Redactor
from forensics.report.words import Times, clip

MOST = 280
"""Letters of one line; a chat folds longer ones."""


def render(result: Json, claims: list[Json], redact: Redactor) -> str:
    """Return what, when, how long, who was hit, and the state with severity and the way to the report: five lines."""
    told = bounding.bounded(result, redact, bounding.BOUNDS)
    lines = {line.name: line.text for line in story.summary(told, Times(story.zone(told)))}
    title, what = clip(story.heading(told), 120), lines["What"]
    level = told["severity"]["level"]
    said = [
        chat(title) + ("" if what.rstrip(".") == title.rstrip(".") else f" — {_line(what)}"),
        f"When: {_line(lines['When'])}",
        f"How long: {_line(lines['How long'])}",
        f"Who was hit: {_line(lines['Who was hit'])}",
        f"State: {_line(lines['State now'])} Severity: {chat(level)}. Report: postmortem.html"
        + (f" {redact.stamp}" if redact.stamp else ""),
    ]
    return "\n".join(said) + "\n"


def _line(text: str) -> str:
    return chat(clip(text, MOST))
