"""How it is told that an incident ceased and came back: when, and what had been done before it that did not end it."""

from __future__ import annotations

from forensics.model import Json
from forensics.report.words import Times

MOST = 2
"""Pauses that are told with their times on the first screen; of more, the longest."""


def relapses(result: Json) -> list[Json]:
    """Return the relapses in their order; results of before they were looked for hold none."""
    return list(result["impact"].get("relapses") or [])


def brief(result: Json, times: Times) -> str:
    """Say for the first screen when it ceased and came back, and after what kind of action; empty where it did not."""
    found = relapses(result)
    if not found:
        return ""
    if len(found) == 1:
        one = found[0]
        after = f" after {_done(one, times)}" if one.get("done") else ""
        return f"it ceased {times.clock(one['ceased'])}{after} and came back {times.clock(one['again'])}"
    paused = [f"{times.clock(one['ceased'])} – {times.clock(one['again'])}" for one in _longest(found)]
    said = f"it ceased and came back {'twice' if len(found) == 2 else f'{len(found):,} times'}"
    said += f" ({'longest ' if len(found) > MOST else ''}{', '.join(paused)})"
    last = next((one for one in reversed(found) if one.get("done")), None)
    return said + (f"; {_done(last, times)} had not ended it" if last else "")


def claims(result: Json) -> list[str]:
    """Return what the words of the first screen rest on."""
    return [one["claim"] for one in relapses(result)][:MOST]


def outside(result: Json, times: Times) -> str:
    """Say the same to those outside, who need not know what was done; empty where it did not come back."""
    found = relapses(result)
    if not found:
        return ""
    paused = [f"{times.clock(one['ceased'])} to {times.clock(one['again'])}" for one in _longest(found)]
    if len(found) > MOST:
        return f"It seemed to be over {len(found):,} times, and came back."
    return f"It seemed to be over from {' and from '.join(paused)}, and came back."


def _longest(found: list[Json]) -> list[Json]:
    """Return as many as are told with their times: all of a few, else those in which most requests were as usual."""
    most = sorted(found, key=lambda one: (-one["requests"], one["again"]))[:MOST]
    return [one for one in found if one in most]


def _done(one: Json, times: Times) -> str:
    return f"{one['done']['named']} ({times.clock(one['done']['time'])})"
