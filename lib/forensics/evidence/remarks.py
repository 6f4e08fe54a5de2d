"""What is to be said of a JSON document beside its records: what it lacks, assumes or lost."""

from __future__ import annotations

import re
from typing import Any

from forensics.evidence import formats
from forensics.evidence.account import Account
from forensics.evidence.formats import Format
from forensics.evidence.paths import has
from forensics.evidence.series import UNNAMED
from forensics.model import Problem

MOST_RESETS = 5
"""Counters that are named; of the others only how many there are is said."""

_SHARE = re.compile(r"(?i)usage|percent|pct|ratio|utili[sz]ation|(?:error|failure|hit)[_.]?rate")


def of_document(fmt: Format, document: Any) -> list[Problem]:
    """Return what the format declares to be said of documents that hold something."""
    return [notice.problem for notice in fmt.notices if has(document, notice.when)]


def of_account(account: Account) -> list[Problem]:
    """Return what the records of a file made necessary to say."""
    return [*_unnamed(account), *_zoneless(account), *_unitless(account), *_resets(account)]


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


def _resets(account: Account) -> list[Problem]:
    again = {name: total for name, total in sorted(account.totals.items()) if total.began_again}
    said = []
    for name, total in list(again.items())[:MOST_RESETS]:
        time, before, after = total.first or (None, 0.0, 0.0)
        how_often = "once" if total.resets == 1 else f"{total.resets:,} times, first"
        message = (
            f"{name} fell {how_often}, from {before:g} to {after:g} at {time:%Y-%m-%d %H:%M:%S} UTC: the counter began "
            "again, as after a restart; what it counted in between is lost, and no rate is computed across"
        )
        said.append(Problem("counter-reset", message))
    if len(again) > MOST_RESETS:
        said.append(Problem("counter-reset", f"{len(again) - MOST_RESETS:,} more counters began again"))
    return said
