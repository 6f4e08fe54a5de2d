"""What people stated and what became of it, and which steps of the runbook failed, in the words of the report."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model import Json
from forensics.report.words import plural

VERDICTS = {"contradicted": "contradicted", "supported": "supported", "not_decidable": "not decidable"}


def summary(claims: Sequence[Json], left: Json, more: int = 0) -> str:
    """Say how many statements were checked and what became of them, and in how many sentences of write-ups nothing was found to ask
    about (`left`); `more` statements are not among these."""
    return _compared(claims, more) + _left(left)


def _left(left: Json) -> str:
    if not left["unread"]:
        return ""
    every = "sentence of a write-up" if left["sentences"] == 1 else "sentences of write-ups"
    return (
        f" In {left['unread']:,} of {left['sentences']:,} {every} this check found nothing that evidence can be asked about: people "
        "must judge what they state."
    )


def _compared(claims: Sequence[Json], more: int) -> str:
    if not claims:
        return "Nobody stated anything in a form that evidence can be asked about."
    count = {name: sum(one["verdict"] == name for one in claims) for name in VERDICTS}
    found = ", ".join(f"{count[name]} {words}" for name, words in VERDICTS.items() if count[name])
    every = len(claims) + more
    were, them = ("was", "it") if every == 1 else ("were", "them")
    of_those = f"; of {len(claims)} of them" if more else ""
    return f"{plural(every, 'statement')} {were} compared with all evidence but the file that makes {them}{of_those}: {found}."


def ordered(claims: Sequence[Json]) -> list[Json]:
    """Return the statements, contradicted ones first, otherwise as they were found."""
    return sorted(claims, key=lambda one: list(VERDICTS).index(one["verdict"]))


def corrected(corrections: Sequence[Json]) -> str:
    """Say how many steps of the runbook the evidence shows to have failed."""
    if not corrections:
        return "The evidence shows no step of the runbook that failed."
    shown = "1 step of the runbook" if len(corrections) == 1 else f"{len(corrections)} steps of the runbook"
    return f"The evidence shows that {shown} failed here; what to write instead stands beside each."
