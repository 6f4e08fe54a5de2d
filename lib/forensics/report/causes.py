"""What the evidence shows beside what only people can say of causes, defences and detection."""

from __future__ import annotations

from forensics.model import Json
from forensics.report import backtest, cause_line, written
from forensics.report.line import Line
from forensics.report.words import Times, clip, length, sentence
from forensics.times import parse_time

MOST = 3
"""Lines beside one prompt; the rest stands in the tables below it."""

_BLIND = ("constant-answer",)
"""Problems of evidence that tell of a check which could not have noticed anything."""


def shown(result: Json, times: Times) -> dict[str, list[Line]]:
    """Return what the evidence shows of each section on causes that people write, by the section's name."""
    return {
        "trigger": [*_recorded(result), *cause_line.triggers(result)],
        "contributing_factors": contributing(result),
        "why_not_stopped": defences(result, times),
    }


def _recorded(result: Json) -> list[Line]:
    """Return what people recorded of the cause while it ran, until they have written what it was."""
    told = result.get("recorded_cause")
    if not told or written.narrative(result, "root_cause"):
        return []
    return [Line("", cause_line.recorded(told), [told["claim"]])]


def caught_sooner(result: Json, times: Times) -> list[Line]:
    """Return what would have shown it sooner: the alert that was due first, and what one change of a setting would have brought."""
    first = sooner(result, times)
    settings = [
        Line("", backtest.change(rule), [rule["claim"]] if rule.get("claim") else [])
        for rule in result["alert_audit"]["rules"]
        if rule["suggestion"]
    ]
    return [*([first] if first.text else []), *settings]


_RAN_OUT = ("filled", "saturation", "exhaustion", "queue")
"""Troubles that say what there was too little of; what else went wrong meanwhile may be what followed."""
MOST_RAN_OUT = 2


def contributing(result: Json) -> list[Line]:
    """Return the changes that came shortly before the onset or were reverted since, the likeliest first, and what there was too
    little of in the incident's time: leads, not causes."""
    found = [change for change in result["changes"] or [] if change["label"] in ("suspect", "lead")]
    return [*_changes(found), *_ran_out(result)]


def _ran_out(result: Json) -> list[Line]:
    """Return of what all was in use or nothing was left, each resource once; what a clock of its own dates is told with that clock."""
    window = result["incident"]["window"]
    found: dict[str, Line] = {}
    for one in result.get("beyond_limits") or []:
        if one["what"] in _RAN_OUT and _met(one, window):
            said = str(one["statement"])
            head = said.partition(" was in use")[0] if one["what"] == "saturation" else said
            if one["what"] == "saturation" and one.get("queue"):
                most = f"{one['queue_most']:,.4g}" if one["queue_most"] < 10_000 else f"{one['queue_most']:,.0f}"
                said = f"{head} was in use ({one['limit']:,.4g}), while {one['queue']} rose to {most}: what limits is this, or who holds it"
            found.setdefault(head, Line("", sentence(clip(said, 200)), [one["claim"]]))
    return list(found.values())[:MOST_RAN_OUT]


def _met(one: Json, window: Json | None) -> bool:
    """Say whether a trouble was in the incident's time, as far as one clock tells both."""
    edges = [one["start"], one["end"], *((window["start"], window["end"]) if window else ())]
    if len(edges) < 4 or not all(isinstance(edge, str) for edge in edges):
        return True
    start, end, first, last = map(parse_time, edges)
    return start <= last and end >= first


def _changes(found: list[Json]) -> list[Line]:
    return [
        Line(
            "",
            sentence(f"{_named(change)} “{clip(change['summary'], 100)}”{_ordered(change)}"),
            [change["claim"]] if change.get("claim") else [],
        )
        for change in found[:MOST]
    ]


def defences(result: Json, times: Times) -> list[Line]:
    """Return which alerts were due and missed, which limits are broken all along, and which checks answered alike whatever happened."""
    missed = [
        Line(
            "",
            f"The alert “{rule['words']}” was due {_due(rule, times)} and none is in the evidence.",
            [rule["claim"]] if rule.get("claim") else [],
        )
        for rule in result["alert_audit"]["rules"]
        if rule["outcome"] == "missed" and rule["due"] and rule["rule"] not in _always(result)
    ]
    deaf = [Line("", f"{one['statement']}.", [one["claim"]]) for one in result["impact"]["usual"]]
    blind = [
        Line(
            "",
            sentence(f"{entry['path']}: {clip(problem['message'], 400)}"),
            [entry["claim"]] if entry.get("claim") else [],
        )
        for entry in result["evidence"]
        for problem in entry["problems"]
        if problem["code"] in _BLIND
    ]
    return [*missed, *deaf, *blind][:MOST]


def sooner(result: Json, times: Times) -> Line:
    """Say which alert of the runbook was due before anybody or anything noticed; empty where detection is not known."""
    detected = result["moments"]["detected"]
    if not isinstance(detected.get("earliest"), str):
        return Line("", "")
    noticed = parse_time(detected["earliest"])
    due = [
        (parse_time(one["latest"]), rule)
        for rule in result["alert_audit"]["rules"]
        for one in rule["due"][:1]
        if isinstance(one["latest"], str) and rule["rule"] not in _always(result)
    ]
    if not due:
        return Line("", "No alert of the runbook is known to have been due.")
    when, rule = min(due, key=lambda pair: (pair[0], pair[1]["rule"]))
    if when >= noticed:
        return Line("", "No alert of the runbook was certain to be due before it was detected.")
    early = length((noticed - when).total_seconds())
    said = f"“{rule['words']}” was due {_due(rule, times)}, at least {early} before it was detected."
    return Line("", said, [claim for claim in (rule.get("claim"), detected.get("claim")) if claim])


def _always(result: Json) -> set[str]:
    """Return the alerts whose limit is broken all along, or by chance alone: that they were due shows nothing."""
    impact = result["impact"]
    return {one["rule"] for one in [*impact["usual"], *(one for one in impact.get("by_chance", ()) if one["alone"])]}


def _due(rule: Json, times: Times) -> str:
    return f"at {times.span(rule['due'][0]['earliest'], rule['due'][0]['latest'])}"


def _named(change: Json) -> str:
    return f"commit {change['id'][:7]}" if change["kind"] == "commit" else str(change["kind"])


def _ordered(change: Json) -> str:
    """Say when it was made beside the onset, and by what it was reverted, as far as that is known."""
    when = f", {length(change['lead_s'])} before the onset" if change["lead_s"] is not None else ""
    when = when or (", undated" if change.get("time") is None and change.get("reverted_by") else "")
    return when + (f", reverted by {change['reverted_by'][:7]}" if change.get("reverted_by") else "")
