"""Patterns of log messages that changed since the onset, as tables, pages and sentences say them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from forensics.model import Json
from forensics.report.words import Times, clip, length, plural

NOVELTIES = ("new", "surged", "vanished")
MOST = 12
"""Rows of the page; the notebook and result.json hold the others."""
LONGEST = 160


def summary(result: Json) -> str:
    """Say how many patterns changed, and how; why it is not known where nothing could be compared."""
    found = result["pattern_comparison"]
    if found is None:
        return f"not compared: {result['why_null'].get('patterns', 'no reason given')}"
    told = [f"{found['counts'][name]} {name}" for name in NOVELTIES if found["counts"][name]]
    return ", ".join(told) or "none told otherwise than before"


def windows(result: Json, times: Times) -> str:
    """Say what was compared with what, and what could not be."""
    found = result["pattern_comparison"]
    before, during = found["before"], found["during"]
    end = "the recovery" if during["ended_by"] == "recovery" else "where these logs end"
    text = (
        f"{plural(found['compared'], 'pattern')} of messages compared: from {times.full(before['start'])} to the onset, "
        f"{times.full(before['end'])}, with from then to {end}, {times.full(during['end'])}."
    )
    if found["left_out"]:
        left_out = [f"{one['log']} {one['why']}" for one in found["left_out"]]
        text += f" Not compared: {_few(left_out)}."
    if found["only_loud"]:
        text += f" Too large to copy, so that only their warnings and errors were: {_few(found['only_loud'])}."
    return text


def legend(result: Json, texts: Iterable[str]) -> str:
    """Say what stands in these texts for what differed from message to message; nothing where nothing does."""
    told = " ".join(texts)
    kinds = [row["kind"].rstrip("…")[:100] for row in result["impact"].get("errors") or []]
    numbers = any("N" in kind and not _DIGIT.search(kind) and kind in told for kind in kinds)
    words = "<*>" in told
    if numbers and words:
        return "N stands for numbers and <*> for words that differ from message to message."
    differs = "differs from message to message."
    return f"N stands for a number that {differs}" if numbers else f"<*> stands for what {differs}" if words else ""


NUMBERED = re.compile(r"(?<![A-Za-z0-9])N(?:ms|s|[kKMG]?B|%)?(?![A-Za-z0-9])")
"""A text in which N stands for a number."""
_DIGIT = re.compile(r"\d")


def _few(texts: list[str], most: int = 3) -> str:
    more = f"; and {len(texts) - most} more" if len(texts) > most else ""
    return "; ".join(texts[:most]) + more


def rows(result: Json, times: Times, most: int | None = None) -> list[dict[str, Any]]:
    """Return one row per pattern that changed, the most telling first."""
    return [
        {
            "message": clip(one.get("said") or one["template"], LONGEST),
            "level": one["level"] or "—",
            "what": one["novelty"],
            "before": _often(one["before"], one.get("before_s")),
            "since": _often(one["during"], one.get("during_s")),
            "first": _first(one["first"], times),
            "where": one.get("where", ""),
            "claim": one["claim"],
        }
        for one in (result["patterns"] or [])[:most]
    ]


def _often(count: int, seconds: float | None) -> str:
    within = "" if seconds is None else f" in {length(seconds)}"
    return f"{count:,}{within}" if count else "never"


def _first(first: Any, times: Times) -> str:
    if isinstance(first, dict) and "earliest" in first:
        return " to ".join(dict.fromkeys(times.clock(first[edge]) for edge in ("earliest", "latest")))
    return times.clock(first) if first else "—"


def sentence(result: Json) -> str:
    """Say what logs began to tell, or no longer told, with what it rests on; the first of them in its own words."""
    found, told = result["pattern_comparison"], result["patterns"]
    if found is None:
        return f"What logs began to tell was {summary(result)}."
    text = f"{windows(result, Times())} Of these: {summary(result)}."
    return f"{text} The most telling: {told[0]['statement']}." if told else text
