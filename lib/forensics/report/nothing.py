"""Whether the evidence shows an incident at all, or could not be judged."""

from __future__ import annotations

from forensics.model import Json


def nothing_seen(result: Json) -> bool:
    """Whether the evidence shows no incident."""
    return bool(result["impact"]["kind"] == "none" and result["severity"]["level"] in ("none", "undetermined"))


def nothing_judged(result: Json) -> bool:
    """Whether not one rule could be assessed."""
    return nothing_seen(result) and all(verdict["verdict"] == "not_assessable" for verdict in result["verdicts"])


def quiet(result: Json) -> bool:
    """Whether rules were judged and no incident was seen: then people have nothing to write."""
    judged = nothing_seen(result) and not nothing_judged(result) and result["severity"]["level"] != "undetermined"
    return judged and not possible(result)


def possible(result: Json) -> bool:
    """Whether there may have been an outage though no limit was broken."""
    return nothing_seen(result) and any(one["possible_unavailability"] for one in result["beyond_limits"])
