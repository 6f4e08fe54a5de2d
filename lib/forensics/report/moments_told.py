"""How the moments of an incident are told: as they came, with what people stated of them and what their clocks leave open."""

from __future__ import annotations

from forensics.model import Json
from forensics.report.line import Line
from forensics.report.words import Times, clip, length, lengths, plural
from forensics.times import parse_time

MOMENTS = ("onset", "detected", "acknowledged", "declared", "mitigated", "recovered")
"""In the order in which they are hoped for."""


def course(result: Json) -> list[str]:
    """Return the moments as they came; one that nothing places stands where it would be hoped for."""
    placed = [name for name in MOMENTS if result["moments"][name].get("earliest")]
    in_time = iter(sorted(placed, key=lambda name: parse_time(result["moments"][name]["earliest"])))
    return [next(in_time) if name in placed else name for name in MOMENTS]


MOST_STATED = 2
"""Statements of people that are shown beside a moment; result.json has all."""


def stated(moment: Json, times: Times) -> list[Line]:
    """Say what people stated of a moment, and how much earlier or later that is than what the data tell."""
    found = []
    for one in moment.get("stated", ())[:MOST_STATED]:
        when = times.span(one["earliest"], one["latest"]) if one["earliest"] else f"{one['written']} (zone not known)"
        when += (
            ", zone assumed"
            if one["utc_assumed"]
            else f", read at {one['zone_assumed']}"
            if one.get("zone_assumed")
            else ""
        )
        words = (
            f"{times_apart(one['later_s'])}: “{clip(one['words'], 100)}”"
            if one["later_s"]
            else f"“{clip(one['words'], 100)}”"
        )
        found.append(Line("Stated", f"{when}, {words} ({one['where']})", [one["claim"]]))
    left = len(moment.get("stated", ())) - len(found)
    return [*found, Line("Stated", f"and {plural(left, 'more statement')}", [])] if left > 0 else found


def said_of(moment: Json) -> str:
    """Say in a few words how far the times that people stated lie from the data's."""
    told = moment["stated"]
    apart = [max(map(abs, one["later_s"])) for one in told if one["later_s"] and not _agrees(one["later_s"])]
    found = plural(len(told), "statement")
    return f"{found} of people, up to {length(max(apart))} from the data" if apart else f"{found} of people"


def _agrees(later: list[float]) -> bool:
    return later[0] <= 0 <= later[1]


def times_apart(later: list[float]) -> str:
    """Say how much later or earlier a stated time is than the derived one."""
    least, most = later
    if _agrees(later):
        return "which agrees with the data"
    ends = sorted([abs(least), abs(most)])
    return f"{lengths([*ends])} {'later' if least > 0 else 'earlier'} than the data tell"


def clock_note(moment: Json, times: Times) -> str:
    """Say what the clock that dates a moment leaves open beyond its bounds; empty: nothing."""
    clock = moment.get("clock") or {}
    said = []
    if clock.get("how") in ("assumed", "unknown"):
        said.append(f"the zone of {clock['path']} is assumed to be {clock['zone']}")
    if ahead := clock.get("ahead_of_onset"):
        way = "ahead of" if ahead["seconds"] > 0 else "behind"
        said.append(
            f"the clock of {clock['path']} stands {length(abs(ahead['seconds']))} {way} that of {ahead['than']}"
        )
    if others := clock.get("ahead_of_others"):
        said.append(_beside(clock["path"], others))
    if (derived := moment.get("derived")) and derived.get("earliest"):
        said.append(f"the data tell {times.span(derived['earliest'], derived['latest'])}: {derived['why']}")
    return "; ".join(said)


def _beside(path: str, others: list[Json]) -> str:
    """Say how far the clock that dates the onset stands from those of other sources."""
    told = []
    for way, side in (("ahead of", 1), ("behind", -1)):
        apart = [one for one in others if one["seconds"] * side > 0]
        if apart:
            far = [abs(one["seconds"]) for one in apart]
            whose = f"that of {apart[0]['than']}" if len(apart) == 1 else f"those of {len(apart)} other sources"
            told.append(f"{lengths([min(far), max(far)])} {way} {whose}")
    right = "; which of the two is right is not known" if len(others) == 1 else ""
    return f"the clock of {path} stands {' and '.join(told)}{right}"
