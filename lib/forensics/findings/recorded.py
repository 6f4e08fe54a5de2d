"""What people recorded, while it ran, as the cause: their words, and when they wrote them. Whether they were right is not said here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from forensics import declarations
from forensics.findings import note_lint
from forensics.findings.claims import Ledger
from forensics.lengths import cut
from forensics.model import Event, Json
from forensics.times import clock, iso

MOST = 140
"""Letters of it: the first screen is short."""
NOT_RECORDED = "no incident record or message in the evidence names a cause that was found"
_PEOPLES = ("decision", "communication", "action")


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Return the ways in which a cause is recorded, as recorded.toml declares them."""
    return tuple(re.compile(one["pattern"]) for one in declarations.declared("findings/recorded.toml")["recorded"])


def named(text: str) -> str:
    """Return what a text names as the cause that was found; empty where it names none."""
    found = next((match for one in patterns() if (match := one.search(" ".join(text.split())))), None)
    return found["cause"].strip() if found else ""


def cause(events: Sequence[Event], ledger: Ledger) -> Json | None:
    """State what people recorded last of the cause, and when; None where they recorded none."""
    told = [event for event in events if event.kind in _PEOPLES and named(event.text)]
    if not told:
        return None
    last = max(told, key=lambda event: (event.time, event.citation.place))
    words = cut(named(last.text).rstrip("."), MOST)
    statement = f"people recorded at {clock(last.time)}: “{words}”"
    claim = ledger.claim(
        f"recorded cause {last.citation}",
        statement,
        iso(last.time),
        parameters={"at": str(last.citation), "time": last.time},
        evidence=[last.citation],
    )
    people = {event.who for event in events if " " in event.who}
    hints = note_lint.on_text("root_cause", words, people)
    return {
        "time": iso(last.time),
        "words": words,
        "where": str(last.citation),
        "statement": statement,
        "claim": claim,
        "hints": hints,
    }
