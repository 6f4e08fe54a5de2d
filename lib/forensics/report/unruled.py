"""How a report says what no rule of the runbook is about: requests that were refused, and queues that grew."""

from __future__ import annotations

from forensics.analysis import unruled
from forensics.model import Json
from forensics.report.words import quantity

TITLES = {unruled.REFUSED: "Requests refused", unruled.QUEUE: "Queue"}
SAID = {
    "Requests refused": "far more requests than usual were refused",
    "Queue": "a queue grew far longer than usual",
}
"""What is said of each, by its title: it was over no limit."""
UNITS = {unruled.REFUSED: "%", unruled.QUEUE: ""}


def claims(result: Json, of: str) -> list[str]:
    """Return the claims that such stretches of the impact rest on."""
    return [one["claim"] for one in _of(result, of)]


def refused(result: Json) -> tuple[str, list[str]]:
    """Say how many requests were refused in the incident, and the claims; empty where that is no part of it."""
    if not any(run["of"] == unruled.REFUSED for run in result["impact"]["runs"]):
        return "", []
    found = _of(result, unruled.REFUSED)
    told = [
        f"{one['refused']:,} of {one['requests']:,} requests from outside were answered with {one['status']} "
        f"({quantity(100 * one['refused'] / one['requests'], '%')})"
        for one in found
    ]
    return "; ".join(told), [one["claim"] for one in found]


def _of(result: Json, of: str) -> list[Json]:
    return [one for one in result.get("beyond_limits") or [] if unruled.SIGNALS.get(one["what"]) == of]
