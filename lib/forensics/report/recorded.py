"""What people recorded, while it ran, as the cause: their words, and when they wrote them. Whether they were right is not said here."""

from __future__ import annotations

import re
from functools import cache

from forensics import declarations
from forensics.model import Json
from forensics.report.line import Line
from forensics.report.words import Times, clip

MOST = 140
"""Letters of it: the first screen is short."""
_PEOPLES = ("decision", "communication", "action")


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """Return the ways in which a cause is recorded, as recorded.toml declares them."""
    return tuple(re.compile(one["pattern"]) for one in declarations.declared("report/recorded.toml")["recorded"])


def named(text: str) -> str:
    """Return what a text names as the cause that was found; empty where it names none."""
    found = next((match for one in patterns() if (match := one.search(" ".join(text.split())))), None)
    return found["cause"].strip() if found else ""


def recorded(result: Json, times: Times) -> Line:
    """Return what people recorded last of the cause, with its time and claim; an empty line where they recorded none."""
    told = [
        event for event in result["timeline"] if event["kind"] in _PEOPLES and event["time"] and named(event["text"])
    ]
    if not told:
        return Line("", "")
    last = max(told, key=lambda event: (str(event["time"]), str(event["where"])))
    said = clip(named(last["text"]).rstrip("."), MOST)
    return Line(
        "", f"People recorded at {times.clock(last['time'])}: “{said}”.", [last["claim"]] if last.get("claim") else []
    )
