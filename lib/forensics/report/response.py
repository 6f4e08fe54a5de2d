"""How the response is said: updates against the promise, what mitigations did, and drafts of the updates that are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forensics.model import Json
from forensics.report.redaction import Redactor
from forensics.report.words import Times, clip, deep_visible, length, lengths, plural, quantity

VERDICTS = {"kept": "kept", "not_kept": "not kept", "not_known": "not known"}


def cadence(result: Json, times: Times) -> str:
    """Say how many updates were sent, late and missing, over which stretch, and how we know that."""
    told = result.get("response") or {}
    course, counts = told.get("course"), told.get("counts")
    if not course or not counts:
        return ""
    parts = [
        f"{plural(counts['sent'], 'update')} sent",
        f"{counts['late'] or 'none'} late",
        f"{counts['missing'] or 'none'} missing",
    ]
    text = f"{', '.join(parts)}, {times.span(course['start'], course['end'])} ({course['start_why']}; {course['end_why']})."
    return text + (f" {plural(counts['unlisted'], 'missing one')} not listed." if counts["unlisted"] else "")


def silence(result: Json, times: Times) -> str:
    """Say the longest stretch without an update, and what was written in it."""
    told = (result.get("response") or {}).get("silence")
    if not told:
        return ""
    others = plural(told["messages"], "other message") if told["messages"] else "no other message"
    stretch = times.span(told["start"], told["end"])
    return f"The longest stretch without one: {length(told['length_s'])}, {stretch}, with {others} of people in it."


def promise(result: Json) -> str:
    """Say what response time was promised, at whose level, and what it was."""
    told = (result.get("response") or {}).get("promise")
    if not told:
        return ""
    if not told["words"]:
        return f"Not known: {told['why']}."
    whose = "declared" if told["level_how"] == "declared" else "by our reading"
    took = f"; {told['from']} to acknowledged took {lengths(told['took_s'])}" if told["took_s"] else ""
    counted = f", {lengths(told['counted_s'])} of it in business hours" if told.get("counted_s") else ""
    why = f": {told['why']}" if told["verdict"] == "not_known" else ""
    hours = told["parameters"]
    asked = (
        f" (parameters: business_hours {hours['business_hours']}, zone {hours['zone']})" if hours_count(told) else ""
    )
    return f"{told['level']} ({whose}) promises “{told['words']}”{took}{counted}{asked}{why}."


def hours_count(promised: Json) -> bool:
    """Say whether what is promised hangs on business hours: hours of them are counted, or the end of the next business day."""
    return bool(re.search(r"(?i)\bbusiness (?:hours?|days?)\b", promised["words"] or ""))


def called(one: Json, times: Times) -> str:
    """Say how somebody was first told, or first wrote, when, and over which channel."""
    how = "was called" if one["trace"] == "was called" else "first wrote"
    over = f", over {one['channel']}" if one.get("channel") else ""
    return f"{how} {times.full(one['time'])}{over}{' (' + one['room'] + ')' if one.get('room') else ''}"


def channels(told: Json) -> str:
    """Say over which channels people were told or wrote, with the rooms of them that are known; empty where none is."""
    rooms: dict[str, set[str]] = {}
    for one in told["mobilised"]:
        rooms.setdefault(one.get("channel") or "", set()).update([one["room"]] if one.get("room") else [])
    return ", ".join(
        channel + (f" ({', '.join(sorted(rooms[channel]))})" if rooms.get(channel) else "")
        for channel in told["channels"]
    )


def effect(mitigation: Json, name: str) -> str:
    """Say a measurement of the minutes before and after a mitigation, or that there is none."""
    found = (mitigation["effect"] or {}).get(name)
    if not found:
        return "not measured"
    return f"{quantity(found['before'], found['unit'])} → {quantity(found['after'], found['unit'])}"


NAMES = {
    "error_rate": "error rate",
    "response_time": "response time",
    "failed_logins": "failed logins",
    "memory": "memory",
    "disk": "disk",
    "db_connections": "database connections",
    "refused": "requests refused",
    "queue": "length of the queue",
}
"""How what was measured before and after an action is called."""


def others(mitigation: Json) -> str:
    """Say what else than requests was measured before and after a mitigation, and that it came when no request failed any more; a
    dash where there is nothing of either."""
    measured = [name for name, one in (mitigation["effect"] or {}).items() if one and name not in _REQUESTS]
    told = [f"{NAMES[name]} {effect(mitigation, name)}" for name in measured]
    if late := mitigation.get("after_last_failure_s"):
        after = f"{length(late)} after the last request that failed"
        told.append(
            f"told {after}; nobody wrote when it was done"
            if mitigation["told_only"]
            else f"{after}: it did not end the failures"
        )
    return "; ".join(told) or "—"


_REQUESTS = ("error_rate", "response_time")


def compared(mitigation: Json, times: Times) -> str:
    """Say what bounds the minutes before and after a mitigation, and with which actions it was measured as one."""
    if later := mitigation.get("not_separated_from"):
        return f"inseparable from “{clip(later['text'], 60)}”"
    if mitigation.get("after_last_failure_s"):
        return ""  # said already
    if mitigation["why_not_measured"] or not mitigation["effect"]:
        return str(mitigation["why_not_measured"])
    said = []
    if falling := mitigation.get("falling_since"):
        said.append(f"already falling since {times.clock(falling['time'])}: inseparable")
    if mitigation.get("together_with"):
        earlier = len(mitigation["together_with"])
        said.append("with the action before it" if earlier == 1 else f"with the {earlier} actions before it")
    if mitigation.get("since"):
        said.append(f"“before” begins at the last action, {times.clock(mitigation['since'])}")
    if mitigation.get("until"):
        said.append(f"“after” ends at the next action, {times.clock(mitigation['until'])}")
    return "; ".join(said)


def when(mitigation: Json, times: Times) -> str:
    """Say when it was done, as closely as is known."""
    time = mitigation["time"]
    if mitigation["told_only"]:
        return f"before {times.full(time)}"
    if isinstance(time, dict) and "earliest" in time:
        return times.span(time["earliest"], time["latest"])
    return times.full(time)


def found_steps(phase: Json) -> int:
    """Count the steps of a phase that left a trace."""
    return sum(step["trace"] == "found" for step in phase["steps"])


def traced(told: Json) -> str:
    """Say how many of the steps of all phases left a trace."""
    steps = sum(len(phase["steps"]) for phase in told["phases"])
    return f"{sum(found_steps(phase) for phase in told['phases'])} of {steps}"


# ---- drafts ---------------------------------------------------------------------------------------------------------


def drafts(result: Json, redact: Redactor) -> dict[str, str]:
    """Return the drafts of missing updates, by the names of their files."""
    missing = [update for update in result.get("updates") or [] if update.get("draft")]
    return {update["draft"]["name"]: _draft(deep_visible(redact.deep(update)), redact.stamp) for update in missing}


def _draft(update: Json, stamp: str) -> str:
    draft = update["draft"]
    lines = [
        f"INCIDENT UPDATE - {_minute(draft['time'])}",
        f"Incident: {draft['title']}",
        f"Status: {draft['status']}",
        f"Impact: {_impact(draft['impact'])}",
        f"Actions: {_actions(draft['actions'])}",
        "ETA: Not known; nothing in the evidence estimates it",
        f"Next Update: {_minute(draft['next'])}",
    ]
    text = "\n".join(" ".join(clip(line, 1200).split()) for line in lines)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return (
        f"**Draft, written afterwards and never sent.** An update was due by {_minute(update['due'])} ({update['level']}), and none is "
        f"in the evidence. This is what the evidence had shown by then; the status is {draft['status_how']}.{stamp and ' ' + stamp}\n\n"
        f"{fence}\n{text}\n{fence}\n"
    )


def _minute(time: object) -> str:
    read = Times().read(time)
    return f"{read:%Y-%m-%d %H:%M} UTC" if read and Times().full(time).endswith("UTC") else Times().full(time)


def _actions(actions: Sequence[Json]) -> str:
    """Say what was done since the last update, and then what before it; times are in the zone of the update's own."""
    new = [one for one in actions if one["new"]]
    earlier = [one for one in actions if not one["new"]]
    said = "; ".join(map(_action, new)) or ("None in the evidence since the last update was due" if earlier else "")
    before = f". Before: {'; '.join(map(_action, earlier))}" if earlier else ""
    return f"{said}{before}" or "None in the evidence by then"


def _action(action: Json) -> str:
    until = f"–{Times().clock(action['until'])}" if action["until"] else ""
    return f"{Times().clock(action['time'])}{until} {action['named']}: “{clip(action['text'], 120)}”"


def _impact(impact: Json | None) -> str:
    """Say who was hit since it began, and whether they still were in the last minutes."""
    if not impact:
        return "Not measured by then"
    parts = []
    if impact.get("requests"):
        rate = quantity(impact["failed_share"], "%")
        said = f"{impact['failed']:,} of {impact['requests']:,} requests from outside failed ({rate})"
        if recent := impact.get("recent"):
            share = quantity(100 * recent["failed"] / recent["requests"], "%") if recent["requests"] else ""
            said += f", {recent['failed']:,} of {recent['requests']:,} in the last {length(recent['over_s'])} ({share})"
        parts.append(said)
    if impact.get("p95_s") is not None:
        parts.append(f"one in twenty took {quantity(impact['p95_s'], 's')} or longer")
    for one in impact.get("beyond", ()):
        since = (
            f" from {_minute(one['since'])} to {_minute(one['until'])}"
            if one["until"]
            else f" since {_minute(one['since'])}"
        )
        parts.append(
            f"the queue {one['measure']} longer than usual{since}"
            if one["what"] == "queue"
            else f"more requests than usual answered with {one['measure']}{since}"
        )
    for one in impact.get("paused", ()):
        parts.append(f"it had ceased at {_minute(one['ceased'])} and came back at {_minute(one['again'])}")
    if impact.get("failed_logins"):
        parts.append(f"{impact['failed_logins']:,} logins failed")
    if impact.get("deaths"):
        parts.append(f"the process died {plural(impact['deaths'], 'time')}")
    return f"Since {_minute(impact['since'])}: {'; '.join(parts)}"
