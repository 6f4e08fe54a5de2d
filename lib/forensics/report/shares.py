"""The shares of failed requests that a report tells, side by side, each with what it is of: so that nobody asks which is right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.model import Json
from forensics.report.line import Line
from forensics.report.words import Times, quantity

_STEP = re.compile(r"\b(\d+ (?:s|min)) buckets\b")


def rows(result: Json, times: Times) -> list[Line]:
    """Return each share with what it is of, the first screen's first; nothing where that is the only one."""
    found = list(_shares(result, times))
    return found if len(found) > 1 else []


def step(signal: str) -> str:
    """Return in which steps of time a signal is counted; empty where its name does not tell."""
    told = _STEP.search(signal)
    return told[1] if told else ""


def _shares(result: Json, times: Times) -> Iterator[Line]:
    impact, severity = result["impact"], result["severity"]
    claims = [impact.get("claim") or ""]
    if impact.get("requests") and not impact.get("counted") and impact["failed"]:
        yield Line("Impact window", quantity(impact["failed_share"], "%"), claims)
        if only := impact.get("only_route"):
            percent = 100 * only["failed"] / only["requests"]
            yield Line(
                f"{only['route']} in it",
                _share(percent, only["failed"], only["requests"]),
                impact["claims"][:1],
            )
    counted = (impact["failed"], impact["requests"])
    if (share := severity.get("share")) and (share["failed"], share["requests"]) != counted:
        yield Line(
            f"Breach, {_between(share, times)} (severity)",
            _share(share["percent"], share["failed"], share["requests"]),
            [severity.get("claim") or ""],
        )
    if worst := _worst(result):
        run, claim = worst
        yield Line(f"Worst {step(run['signal'])}", quantity(run["peak"], "%"), [claim])


def _between(share: Json, times: Times) -> str:
    one_day = times.day(share["start"]) == times.day(share["end"])
    return (
        f"{times.clock(share['start'])} – {times.clock(share['end'])}"
        if one_day
        else times.span(share["start"], share["end"])
    )


def _share(percent: float, failed: int | None, requests: int | None) -> str:
    counted = f" ({failed:,} of {requests:,})" if failed is not None and requests is not None else ""
    return f"{quantity(percent, '%')}{counted}"


def _worst(result: Json) -> tuple[Json, str] | None:
    """Return the stretch with the highest step, as our own definition counts it, and its claim."""
    for name in ("declare.error_rate", "alert.error_rate"):
        verdict = next((one for one in result["verdicts"] if one["rule"] == name), None)
        stepped = [run for run in (verdict or {}).get("intervals", ()) if step(run["signal"])]
        if verdict and stepped:
            return max(stepped, key=lambda run: float(run["peak"])), str(verdict["claim"])
    return None
