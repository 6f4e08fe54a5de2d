"""Marks of claims in Markdown: a footnote behind each sentence that states a fact, numbered in the order of their first mention.

While it is written, a mark is a claim's id between two letters that no text from the evidence can hold: `words.visible` writes
letters for private use as escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from forensics.model import Json
from forensics.report import bounding
from forensics.report.plain_text import code
from forensics.report.redaction import Redactor
from forensics.report.words import clip, visible

_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f"{_BEGIN}([^{_END}]*){_END}")
MOST_PLACES = 2
"""Places that a note names; the rest is counted, and stands in claims.json."""
LONGEST = 160
"""Letters of one place."""


def mark(ids: Iterable[str | None] | str | None) -> str:
    """Return the marks of these claims, to stand behind a sentence; nothing for those that are empty or None."""
    wanted = [ids] if isinstance(ids, str) else list(ids or ())
    return "".join(f"{_BEGIN}{one}{_END}" for one in dict.fromkeys(wanted) if one)


def numbered(lines: Iterable[str], claims: Sequence[Json], redact: Redactor, verification: str) -> Iterator[str]:
    """Yield the lines with footnotes for marks, and then the notes; marks of claims that are not among these are left out."""
    known = {claim["id"]: claim for claim in claims}
    numbers: dict[str, int] = {}

    def footnote(found: re.Match[str]) -> str:
        if found[1] not in known:
            return ""
        return f"[^{numbers.setdefault(found[1], len(numbers) + 1)}]"

    for line in lines:
        yield _MARK.sub(footnote, line)
    if numbers:
        yield from (
            "",
            "## Claims",
            f"Each stands in `claims.json` with its question, its answer and its lines. {verification}",
            "",
        )
    for one, number in numbers.items():
        yield f"[^{number}]: `{one}` {_rests_on(known[one], redact)}"


def _rests_on(claim: Json, redact: Redactor) -> str:
    """Say on what a claim rests: the places that it cites, else the claims that it was drawn from, else all of the evidence."""
    places = [code(clip(visible(redact(bounding.where(one))), LONGEST)) for one in claim["evidence"]]
    more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
    if places:
        return f"rests on {', '.join(places[:MOST_PLACES])}{more}"
    if claim["claims"]:
        drawn = claim["claims"][:MOST_PLACES]
        left = len(claim["claims"]) - len(drawn)
        return f"was drawn from {', '.join(f'`{one}`' for one in drawn)}{f' and {left} more' if left else ''}"
    return "rests on the whole of the evidence"
