"""What is to be said of a JSON document beside its records: what it lacks, assumes or lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from forensics import declarations
from forensics.evidence import formats
from forensics.evidence.account import Account
from forensics.evidence.formats import Format
from forensics.evidence.json_text import Held
from forensics.evidence.paths import find, has
from forensics.evidence.records import Notice, declared_notice
from forensics.evidence.series import UNNAMED
from forensics.evidence.values import named, number
from forensics.model import Problem


def of_documents(fmt: Format, documents: Sequence[Any]) -> list[Problem]:
    """Return what the format declares to be said where one of its documents holds something."""
    each = (next(filter(None, (_noticed(one, document) for document in documents)), None) for one in fmt.notices)
    return [problem for problem in each if problem is not None]


def of_pages(document: Any) -> list[Problem]:
    """Say of a document, whatever its format, that it calls itself one page of several, or a part of the answer."""
    each = (_noticed(one, document) for one in _pages())
    return [problem for problem in each if problem is not None][:1]


@cache
def _pages() -> tuple[Notice, ...]:
    declared = declarations.declared("evidence/pages.toml")
    return tuple(declared_notice(one) for one in declared["notice"])


def _noticed(notice: Notice, document: Any) -> Problem | None:
    """Return what a notice says of a document, with its numbers; None where it says nothing."""
    if not all(has(document, condition) for condition in notice.when):
        return None
    given = sum(_length(place.value) for place in find(document, notice.of.removesuffix("[]"))) if notice.of else 0
    stated = next((number(place.value) for place in find(document, notice.stated)), None) if notice.stated else None
    if (notice.stated and (stated is None or stated <= given)) or (notice.exactly and given not in notice.exactly):
        return None
    message = notice.problem.message.replace("{given}", f"{given:,}").replace("{stated}", f"{stated or 0:,.0f}")
    return replace(notice.problem, message=message)


def _length(value: Any) -> int:
    """Return how long a list is, of which only a part may be loaded."""
    return (value.objects or len(value)) if isinstance(value, Held) else len(value) if isinstance(value, list) else 0


def of_account(account: Account) -> list[Problem]:
    """Return what the records of a file made necessary to say."""
    return [*_unnamed(account), *_left_open(account), *_zoneless(account), *_unread(account)]


def header_objects(count: int) -> Problem:
    """Name objects that stand before the document in its file."""
    return Problem(
        "header-objects",
        f"{count} {'object stands' if count == 1 else 'objects stand'} before the document: a tool's wrapper",
    )


def nearest(document: Any) -> list[Problem]:
    """Name the declared format that an unknown document comes nearest to, and what it would need."""
    best: tuple[float, Format | None, list[str]] = (0.5, None, [])
    for fmt in formats.load("json", "json-lines"):
        missing = [need for need in fmt.needs if not has(document, need)]
        share = 1 - len(missing) / len(fmt.needs) if fmt.needs else 0.0
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


def _left_open(account: Account) -> list[Problem]:
    if not account.left_open:
        return []
    samples = "sample says" if account.left_open == 1 else "samples say"
    message = (
        f"{account.left_open:,} {samples} that there is no value (NaN, Inf or null): kept as no value, which is not 0"
    )
    return [Problem("no-values", message)]


def _zoneless(account: Account) -> list[Problem]:
    if not account.zoneless:
        return []
    letters = account.zoneless[-2:].isalpha()
    says = "name a zone that several places claim, or none" if letters else "state no zone"
    return [Problem("no-zone", f"times such as “{named(account.zoneless)}” {says}: taken as UTC")]


def _unread(account: Account) -> list[Problem]:
    if not account.unread:
        return []
    count, example = account.unread.total(), named(next(iter(account.unread)))
    message = f"{count:,} records state times that could not be read, such as “{example}”: they are kept, undated"
    return [
        Problem(
            "unread-times", message, "save it with times in ISO 8601 or as epochs", leaves_open="When did they happen?"
        )
    ]
