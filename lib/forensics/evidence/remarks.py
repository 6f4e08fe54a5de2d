"""What is to be said of a JSON document beside its records: what it lacks, assumes or lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forensics.evidence import formats
from forensics.evidence.account import Account
from forensics.evidence.formats import Format
from forensics.evidence.paths import has
from forensics.evidence.series import UNNAMED
from forensics.evidence.values import named
from forensics.model import Problem


def of_documents(fmt: Format, documents: Sequence[Any]) -> list[Problem]:
    """Return what the format declares to be said where one of its documents holds something."""
    return [notice.problem for notice in fmt.notices if any(has(document, notice.when) for document in documents)]


def of_account(account: Account) -> list[Problem]:
    """Return what the records of a file made necessary to say."""
    return [*_unnamed(account), *_zoneless(account)]


def header_objects(count: int) -> Problem:
    """Name objects that stand before the document in its file."""
    return Problem(
        "header-objects",
        f"{count} {'object stands' if count == 1 else 'objects stand'} before the document: a tool's wrapper",
    )


def nearest(document: Any) -> list[Problem]:
    """Name the declared format that an unknown document comes nearest to, and what it would need."""
    best: tuple[float, Format | None, list[str]] = (0.5, None, [])
    for fmt in formats.load():
        missing = [need for need in fmt.needs if not has(document, need)]
        share = 1 - len(missing) / len(fmt.needs) if fmt.structure.startswith("json") and fmt.needs else 0.0
        if missing and share >= best[0] and not fmt.fallback:
            best = (share, fmt, missing)
    _, nearest_to, missing = best
    if nearest_to is None:
        return []
    return [
        Problem("missing-keys", f"nearest to {nearest_to.title} ({nearest_to.name}); it lacks: {', '.join(missing)}")
    ]


def _unnamed(account: Account) -> list[Problem]:
    if not account.unnamed:
        return []
    message = (
        f"{account.unnamed:,} series state no name, because their query was an aggregate: they are called “{UNNAMED}”, "
        "and speak for no rule; a file's name says nothing about its content"
    )
    return [
        Problem("unnamed-series", message, "save the query with its answer, or keep the name in it: label_replace(…)")
    ]


def _zoneless(account: Account) -> list[Problem]:
    if not account.zoneless:
        return []
    return [Problem("no-zone", f"times such as “{named(account.zoneless)}” state no zone: taken as UTC")]
