"""Action items as a table for trackers and spreadsheets. No cell of it is a formula."""

from __future__ import annotations

import csv
import io
import unicodedata

from forensics.model import Json
from forensics.report import written
from forensics.report.redaction import Redactor
from forensics.report.words import deep_visible

COLUMNS = ("text", "owner", "due", "test", "type", "answers", "done")
_FORMULA = ("=", "+", "-", "@", "|", "%")
"""What a spreadsheet takes for the beginning of a formula or of a call."""


def render(result: Json, claims: list[Json], redact: Redactor) -> str:
    """Return the table: one row per action item that people wrote; the heading alone where nobody has."""
    told: Json = deep_visible(redact.deep({"notes": result.get("notes")}))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    stamp = ["not redacted"] if redact.stamp else []
    rows.writerow([*COLUMNS, *stamp])
    for one in written.actions(told):
        rows.writerow(
            [cell(one.text), *map(cell, (one.owner, one.due, one.test, one.type, one.answers)), _done(one), *stamp]
        )
    return text.getvalue()


def cell(text: str) -> str:
    """Write a text as a spreadsheet shows it, in one line: one that would open a formula gets an apostrophe before it."""
    line = " ".join(text.split())
    opens = unicodedata.normalize("NFKC", line).lstrip().startswith(_FORMULA)
    return f"'{line}" if opens else line


def _done(one: written.Action) -> str:
    return "yes" if one.done else "no"
