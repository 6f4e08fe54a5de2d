"""What is to be said of a JSON document beside its records: what it lacks, assumes or lost."""

from __future__ import annotations

import re
from typing import Any

from forensics.evidence import formats
from forensics.evidence.formats import Format
from forensics.evidence.harvest import UNNAMED, Account
from forensics.evidence.paths import has
from forensics.model import Problem
from forensics.store import Store

_COUNTER = re.compile(r"(?i)(?:[_.](?:total|count|sum|bucket|errors|requests))$")
_SHARE = re.compile(r"(?i)usage|percent|pct|ratio|utili[sz]ation|(?:error|failure|hit)[_.]?rate")


def of_document(fmt: Format, document: Any) -> list[Problem]:
    """Return what the format declares to be said of documents that hold something."""
    return [notice.problem for notice in fmt.notices if has(document, notice.when)]


def of_account(store: Store, account: Account) -> list[Problem]:
    """Return what the records of a file made necessary to say."""
    said = [*_unnamed(account), *_zoneless(account), *_unitless(account)]
    if any(_COUNTER.search(name) for name in account.names):
        said += _resets(store, account)
    return said


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
    return [Problem("no-zone", f"times such as {account.zoneless!r} state no zone: taken as UTC")]


def _unitless(account: Account) -> list[Problem]:
    shares = sorted(name for name in account.unitless if _SHARE.search(name))
    if not shares:
        return []
    named = ", ".join(shares[:5]) + (f" and {len(shares) - 5} more" if len(shares) > 5 else "")
    return [
        Problem(
            "no-unit", f"{named}: no unit is stated, so that a fraction and a percentage cannot be told apart for sure"
        )
    ]


def _resets(store: Store, account: Account) -> list[Problem]:
    rows = store.rows("counter_resets", path=account.path)
    said = []
    for name, resets, time, before, after in rows[:5]:
        message = (
            f"{name} fell {'once' if resets == 1 else f'{resets:,} times, first'}, from {before:g} to {after:g} at {time:%Y-%m-%d %H:%M:%S} UTC: the counter "
            "began again, as after a restart; what it counted in between is lost, and no rate is computed across"
        )
        said.append(Problem("counter-reset", message))
    if len(rows) > 5:
        said.append(Problem("counter-reset", f"{len(rows) - 5:,} more counters began again"))
    return said
