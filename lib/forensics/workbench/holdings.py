"""What an incident's evidence holds, as rows for people: files, lines, problems, clocks, coverage. Nothing here asks the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from forensics.errors import Unknown
from forensics.evidence.formats import FALLBACK
from forensics.findings import notes
from forensics.model import Json
from forensics.report import folded, moments_told, strip
from forensics.report import response as answers
from forensics.report import watched as seen
from forensics.report.words import Times, length, quantity

Row = dict[str, Any]

NONE = "—"


def how(entry: Json) -> str:
    """Say how a file was recognised: by one declared format, by several, by stamps alone, or not at all."""
    name = entry["format"]
    if name is None:
        return "not recognised"
    return "by stamps alone" if FALLBACK in name else "mixed" if " + " in name else "exact"


def clock(entry: Json) -> str:
    """Say which zone a file's times are in, and how that is known; nothing where it has no times."""
    told = entry["clock"]
    if entry["covers"] and isinstance(entry["covers"]["start"], dict) and "offset_s" in entry["covers"]["start"]:
        return "relative, zero unknown"
    sure = f", {sureness(told['confidence'])}" if "confidence" in told else ""
    return f"{told['zone']} ({told['how']}{sure})" if entry["covers"] and told["zone"] else NONE


def sureness(confidence: float) -> str:
    """Say how sure an inference is; none is ever all of it."""
    return f"{min(99, int(100 * confidence))} %"


def inventory(result: Json) -> list[Row]:
    """Return one row for each file."""
    return [
        {
            "file": entry["path"],
            "status": entry["status"],
            "kind": entry["kind"],
            "format": f"{entry['format']} ({how(entry)})" if entry["format"] else NONE,
            "records": entry["records"],
            "lines": entry["lines"]["physical"] if entry["lines"] else NONE,
            "from": _edge(entry, "start"),
            "to": _edge(entry, "end"),
            "clock": clock(entry),
        }
        for entry in result["evidence"]
    ]


def _edge(entry: Json, edge: str) -> str:
    return Times().full(entry["covers"][edge]) if entry["covers"] else NONE


def accounting(result: Json) -> list[Row]:
    """Return one row for each text: where its physical lines went."""
    return [{"file": entry["path"], **entry["lines"]} for entry in result["evidence"] if entry["lines"]]


def problems(result: Json, *, leaving_open: bool | None = None) -> list[Row]:
    """Return one row for each problem: those that leave a question open, those that do not, or all."""
    return [
        {
            "file": f"{entry['path']}:{problem['line']}" if problem["line"] else entry["path"],
            "problem": problem["message"],
            "leaves open": problem["leaves_open"] or NONE,
            "collect it with": problem["remedy"] or NONE,
        }
        for entry in result["evidence"]
        for problem in entry["problems"]
        if leaving_open is None or bool(problem["leaves_open"]) == leaving_open
    ]


def clocks(result: Json) -> list[Row]:
    """Return one row for each file with times: its zone, how that is known, and how far its writing stood ahead of UTC."""
    return [
        {
            "file": entry["path"],
            "zone": entry["clock"]["zone"] or NONE,
            "how it is known": entry["clock"]["how"],
            "ahead of UTC by": _ahead(entry["clock"]["offset_s"]),
            "sure": sureness(entry["clock"]["confidence"]) if "confidence" in entry["clock"] else NONE,
            "within": _bounds(entry["clock"]),
            "why": entry["clock"]["why"] or NONE,
            "doubts": "; ".join(p["message"] for p in entry["problems"] if p["code"] in _CLOCK) or NONE,
        }
        for entry in result["evidence"]
        if entry["covers"]
    ]


def _ahead(seconds: float) -> str:
    return f"{'-' if seconds < 0 else ''}{length(abs(seconds))}" if seconds else NONE


def _bounds(clock: Json) -> str:
    """Say how far the accounts of one event lie from the offset: the least and the most, in seconds."""
    if "bounds_s" not in clock:
        return NONE
    least, most = (quantity(edge - clock["offset_s"]) for edge in clock["bounds_s"])
    return f"{least} to {most} s"


_CLOCK = {
    *(
        "clock-skew",
        "clock-back",
        "zone-unknown",
        "zone-inferred",
        "zone-assumed",
        "zone-carried",
        "date-inferred",
        "date-assumed",
        "zero-inferred",
        "no-year",
        "year-inferred",
        "year-stated",
        "no-date",
    ),
    *("dst-gap", "dst-fold", "ambiguous-date", "relative-clock", "no-zone", "out-of-order"),
}
"""Problems of times, not of content."""


def coverage(result: Json) -> list[Row]:
    """Return one row for each file with times, but for single captures: its stretch, its pauses, what it lacks at both ends."""
    return [
        {
            "file": one["path"],
            "from": Times().full(one["start"]),
            "to": Times().full(one["end"]),
            "usual pause": length(one["usual_s"]) if one["usual_s"] is not None else "tells seldom",
            "holes": len(one["holes"]) if strip.dense(one) else NONE,
            "begins late by": length(one["begins_late_s"]) if one["begins_late_s"] else NONE,
            "ends early by": length(one["ends_early_s"]) if one["ends_early_s"] else NONE,
            "of this time": "no" if one["apart"] else "yes",
        }
        for one in strip.ordered(result["coverage"])
        if not strip.momentary(one)
    ]


def tables(inventory: Sequence[Row]) -> list[Row]:
    """Return one row for each table of a database that holds rows, from the store's inventory."""
    return [
        {
            "database": one["path"],
            "table": one["table"],
            "rows": one["rows"] if one["rows"] is not None else "not known",
            "first write": _second(one["first_write"]),
            "last write": _second(one["last_write"]),
            "told by": one["time_column"] or NONE,
            "rows a minute": quantity(one["rows_a_minute"]) if one["rows_a_minute"] is not None else NONE,
            "at most": one["most_a_minute"] if one["most_a_minute"] is not None else NONE,
            "rules that rows break": one["broken_rules"] or NONE,
        }
        for one in inventory
        if one["rows"] != 0
    ]


def _second(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time is not None else NONE


ENDED = {"back": "back within it", "gap": "a gap in the evidence", "evidence_end": "the end of the evidence"}
"""What ended a stretch over a limit, in words."""


def stretches(verdict: Json) -> list[Row]:
    """Return one row for each stretch over a rule's limit, those that meet the rule first."""
    times = Times()
    return [
        {
            "from (UTC)": _moment(times, one["start"]),
            "to (UTC)": times.clock(one["end"])
            if times.day(one["start"]) == times.day(one["end"])
            else _moment(times, one["end"]),
            "peak": quantity(one["peak"], verdict["unit"] or ""),
            "ended by": ENDED[one["ended_by"]],
            "meets the rule": meets,
        }
        for meets, found in (("yes", verdict["intervals"]), ("no", verdict["too_short"]))
        for one in found
    ]


def _moment(times: Times, time: Any) -> str:
    """Say day and time of day, or where a time stands on a clock of its own."""
    return f"{times.day(time)} {times.clock(time)}" if times.read(time) else times.full(time)


def moments(result: Json, times: Times) -> list[Row]:
    """Return one row for each clock point, as they came: its bounds, or that it is not known, and how it was found."""
    found = [(name, result["moments"][name]) for name in moments_told.course(result)]
    return [
        {
            "moment": name,
            "when": times.span(one["earliest"], one["latest"])
            if one.get("earliest")
            else "not reached"
            if one.get("reached") is False
            else "not known",
            "how": one["why"],
        }
        for name, one in found
    ]


def events(found: Sequence[Json], times: Times) -> list[Row]:
    """Return one row for each event, with its id; rows that stand for several say how many."""
    return [
        {
            "id": one["id"],
            "time": times.full(one["time"]),
            "kind": one["kind"],
            "event": folded.in_words(one, times),
            "where": one["where"],
        }
        for one in found
    ]


def changes(result: Json, times: Times) -> list[Row]:
    """Return one row for each change: when it was made, and how long before the onset."""
    return [
        {
            "time": times.when(one["time"]) if one["time"] else "undated",
            "kind": one["kind"],
            "change": one["summary"],
            "before the onset": _lead(one["lead_s"]),
            "where": one["where"],
        }
        for one in result["changes"] or []
    ]


def _lead(seconds: float | None) -> str:
    return NONE if seconds is None else length(seconds) if seconds >= 0 else f"{length(-seconds)} after it"


def watched(result: Json) -> list[Row]:
    """Return one row for each signal that was watched after the mitigation."""
    times = Times()
    signals = (result["recovery"] or {}).get("signals", [])
    return [
        {
            "signal": one["title"],
            **({"usual before": _usual(one)} if seen.knows_usual(signals) else {}),
            "back from (UTC)": _moment(times, one["back"]) if one["back"] else NONE,
            "watched for": length(one["watched_s"]),
            "lacks": seen.lacks(one, signals) or NONE,
        }
        for one in signals
    ]


def watched_columns(result: Json) -> list[str]:
    """Return the columns of that table; what was usual has one where that is known of any signal."""
    known = seen.knows_usual((result["recovery"] or {}).get("signals", []))
    return ["signal", *(["usual before"] if known else []), "back from (UTC)", "watched for", "lacks"]


def _usual(one: Json) -> str:
    found = one["baseline"]
    if found is None:
        return "not known"
    return f"{quantity(found['median'], one['unit'])} ± {quantity(found['spread'], one['unit'])}"


def audited(result: Json) -> list[Row]:
    """Return one row for each alert rule."""
    return [
        {
            "rule": rule["words"],
            "outcome": rule["outcome"].replace("_", " "),
            "said": rule["statement"],
            "criterion of the same signal": rule["criterion"]["verdict"].replace("_", " ")
            if rule["criterion"]
            else NONE,
        }
        for rule in result["alert_audit"]["rules"]
    ]


def response(result: Json, about: str) -> tuple[list[Row], list[str]]:
    """Return rows and columns of the response's updates, mitigations or steps. Raises Unknown."""
    told, times = result["response"], Times()
    rows: dict[str, list[Row]] = {
        "updates": [
            {
                "due by": times.full(one["due"]) if one["due"] else "not due",
                "sent": "missing" if one["missing"] else times.full(one["sent"]),
                "late": length(one["late_s"]) if one["late_s"] else NONE,
                "level": one["level"],
                "channel": one["channel"] or NONE,
                "status": one["status"] or NONE,
            }
            for one in result["updates"] or []
        ],
        "mitigations": [
            {
                "when": answers.when(one, times),
                "kind": one["kind"],
                "what": one["text"],
                "error rate": answers.effect(one, "error_rate"),
                "response time": answers.effect(one, "response_time"),
                "else": answers.others(one),
                "where": one["where"],
            }
            for one in told["mitigations"]
        ],
        "steps": [
            {
                "phase": phase["phase"],
                "step": step["words"],
                "trace": step["trace"],
                "first": times.full(step["first"]) if step["first"] else NONE,
                "where": step["traces"][0]["where"] if step["traces"] else NONE,
            }
            for phase in told["phases"]
            for step in phase["steps"]
        ],
    }
    columns = {
        "updates": ["due by", "sent", "late", "level", "channel", "status"],
        "mitigations": ["when", "kind", "what", "error rate", "response time", "else", "where"],
        "steps": ["phase", "step", "trace", "first", "where"],
    }
    if about not in rows:
        raise Unknown("part of the response", about, rows)
    return rows[about], columns[about]


def findings(result: Json) -> list[Json]:
    """Return what was found, with the id of each and whether an action answers it."""
    actions = (result["notes"] or {}).get("actions", [])
    answered = {ref for action in actions for ref in action["answers"]}
    return [
        {
            "id": one["id"],
            "kind": one["kind"],
            "finding": one["statement"],
            "answered": "yes" if answered & {one["id"], *one["claims"]} else "no",
        }
        for one in result["findings"]
    ]


def waiting(result: Json) -> list[Json]:
    """Return the parts that only people can write, in the order of the report, and whether they are written."""
    written = (result["notes"] or {}).get("narrative", {})
    return [
        {
            "part": section.title,
            "owner": section.owner,
            "state": "written" if written.get(name) else "not written yet",
            "asked": section.asks,
        }
        for name, section in notes.sections().items()
    ]


def hints(result: Json) -> list[Json]:
    """Return what is to be looked at in people's notes: what could not be taken, what points at nothing, and hints."""
    told = result["notes"] or {"problems": [], "orphans": [], "lint": []}
    rows = [{"line": one["line"], "about": "", "hint": one["message"]} for one in told["problems"]]
    for one in told["orphans"]:
        meant = f", which was “{one['meant']}”" if one["meant"] else ""
        rows.append({"line": one["line"], "about": one["ref"], "hint": f"not in this evidence{meant}"})
    rows += [{"line": one["line"], "about": one["about"], "hint": one["message"]} for one in told["lint"]]
    return [{**row, "line": row["line"] or "—", "about": row["about"] or "—"} for row in rows]
