"""What a result says, beside what was true. Plain Python on two dictionaries: nothing here asks the library.

The truths of the recorded kits and of the demonstration incidents have the same keys, so one comparison serves both.
Each function returns its differences; a test says which of them it accepts, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]
Stretch = tuple[datetime, datetime]
Request = tuple[datetime, bool, bool]

CLOCKS_AGREE = timedelta(seconds=1)
"""Senders, servers and files round their stamps differently; some of them write whole seconds."""

WRITTEN_DOWN = timedelta(minutes=3)
"""Where no program records what people do, their next message or record does."""

RULES = {
    "declare.unavailable": lambda t: t["criteria"]["C1_unavailable_gt_5min"]["breach"],
    "declare.error_rate": lambda t: t["criteria"]["C2_error_rate_gt_5pct_gt_2min"]["breach_primary"],
    "declare.response_time": lambda t: t["criteria"]["C3_response_gt_5s_gt_5min"]["breach_p95"],
    "declare.security_alert": lambda t: t["criteria"]["C4_security_alert"]["breach"],
    "alert.response_time": lambda t: bool(t["alert_thresholds"]["A1_p95_gt_2s_30s_buckets"]),
    "alert.error_rate": lambda t: bool(t["alert_thresholds"]["A2_error_rate_gt_5pct_30s_buckets"]),
    "alert.memory": lambda t: bool(t["alert_thresholds"]["A3_memory_gt_80pct"]),
    "alert.disk": lambda t: bool(t["alert_thresholds"]["A4_disk_gt_85pct"]),
    "alert.db_connections": lambda t: bool(t["alert_thresholds"]["A5_pool_gt_90pct"]),
}
"""What the truth says of each rule; complaints are told apart, because they are people's words."""

SAMPLED = {"alert.memory": "memory.usage", "alert.disk": "disk.usage", "alert.db_connections": "db.pool.usage"}
"""Which metric of the export could show a rule."""

LONGEST_SILENCE = timedelta(minutes=2)
"""Samples that are silent for longer than this during the incident cannot show that nothing was over a threshold."""


class Difference(NamedTuple):
    """Something that a result says otherwise than the truth."""

    what: str
    ours: Any
    truth: Any


def time(text: str) -> datetime:
    """Read a time of either file."""
    return datetime.fromisoformat(text)


def verdict(result: Json, rule: str) -> Json:
    """Return the verdict on a rule."""
    return next(one for one in result["verdicts"] if one["rule"] == rule)


# ---- verdicts ----------------------------------------------------------------------------------------------------


def verdicts(result: Json, truth: Json, evidence: Path) -> list[Difference]:
    """Compare the ten verdicts; where the evidence cannot show the truth, `not_assessable` agrees with it."""
    found = []
    for rule, true_of in RULES.items():
        ours, true = verdict(result, rule), true_of(truth)
        agreeing = {"met"} if true else {"not_met"}
        if rule in SAMPLED and not _sampled(evidence, SAMPLED[rule], truth):
            agreeing = {"not_assessable"} | ({"met"} if true else set())
        if ours["verdict"] not in agreeing:
            found.append(Difference(rule, ours["verdict"], " or ".join(sorted(agreeing))))
    ours, reports = verdict(result, "declare.complaints"), _complaints(truth)
    agreeing = "not_assessable" if len(reports) < 2 else "met" if max(reports[1:]) > reports[0] else "not_met"
    if ours["verdict"] != agreeing:
        found.append(Difference("declare.complaints", ours["verdict"], f"{agreeing}: {reports} reports"))
    return found


def _complaints(truth: Json) -> list[int]:
    """Return how many reports the customer support counted, message by message."""
    said = (re.search(r"\b(\d+) tickets?\b", one["text"]) for one in truth["comms"] if one["who"] == "support")
    return [int(found[1]) for found in said if found]


def _sampled(evidence: Path, name: str, truth: Json) -> bool:
    """Say whether the export holds this metric for all of the incident."""
    window = truth["counts"]["incident_window"]
    start, end = time(window["start"]), time(window["end"])
    inside = [start, *(stamp for stamp in _stamps(evidence, name) if start <= stamp <= end), end]
    return all(later - earlier <= LONGEST_SILENCE for earlier, later in pairwise(inside))


def reasons(result: Json) -> list[Difference]:
    """Compare each verdict that cannot be given with the promise to name what is missing."""
    return [
        Difference(one["rule"], one["missing"], "what would be needed, and why")
        for one in result["verdicts"]
        if one["verdict"] == "not_assessable" and not (one["missing"] and one["why"])
    ]


# ---- intervals and definitions -----------------------------------------------------------------------------------


CRITERIA = {
    "declare.error_rate": "C2_error_rate_gt_5pct_gt_2min",
    "declare.response_time": "C3_response_gt_5s_gt_5min",
}
OWN = {
    "declare.error_rate": "server_external_tumbling_30s",
    "declare.response_time": "server_external_p95_tumbling_30s",
}
"""The truth's names of our own definitions."""


def _stretches(intervals: Iterable[Json]) -> list[Stretch]:
    """Return the stretches of either file that meet a rule."""
    return [(time(one["start"]), time(one["end"])) for one in intervals if one.get("qualifies", True)]


def buckets(result: Json, truth: Json) -> list[Difference]:
    """Compare the stretches that meet our own definition, which are whole buckets of 30 s: exactly."""
    alerts = truth["alert_thresholds"]
    true = {rule: truth["criteria"][key]["by_definition"][OWN[rule]] for rule, key in CRITERIA.items()} | {
        "alert.error_rate": alerts["A2_error_rate_gt_5pct_30s_buckets"],
        "alert.response_time": alerts["A1_p95_gt_2s_30s_buckets"],
    }
    found = []
    for rule, intervals in true.items():
        ours, expected = _stretches(verdict(result, rule)["intervals"]), _stretches(intervals)
        if ours != expected:
            found.append(Difference(rule, _clocks(ours), _clocks(expected)))
    return found


def samples(result: Json, truth: Json, evidence: Path) -> list[Difference]:
    """Compare the stretches of samples over a threshold, where the export could show them: to the sample.

    The truth names the last sample that was over; ours end with the next sample of the export, which no longer was.
    What other files say of the same thing must lie beside what was true, or between two samples.
    """
    found = []
    for rule, key in (("alert.memory", "A3_memory_gt_80pct"), ("alert.db_connections", "A5_pool_gt_90pct")):
        if verdict(result, rule)["verdict"] != "met":
            continue
        true = [(time(one["first_sample"]), time(one["last_sample"])) for one in truth["alert_thresholds"][key]]
        exported, elsewhere = [], []
        for one in verdict(result, rule)["intervals"]:
            ours = exported if "from incident-metrics.json" in one["signal"] else elsewhere
            ours.append((time(one["start"]), time(one["end"])))
        if exported:
            stamps = _stamps(evidence, SAMPLED[rule])
            expected = [(start, next((s for s in stamps if s > end), end)) for start, end in true]
            if not _near(exported, expected, CLOCKS_AGREE):
                found.append(Difference(rule, _clocks(exported), _clocks(expected)))
        spacing = _spacing(truth["alert_thresholds"][key])
        for start, end in elsewhere:
            unseen = end - start < spacing  # it fits between two samples
            if not unseen and not any(start <= last + spacing and end >= first - spacing for first, last in true):
                found.append(Difference(f"{rule} elsewhere", _clocks([(start, end)]), _clocks(true)))
        if not exported and not all(any(s <= last and e >= first for s, e in elsewhere) for first, last in true):
            found.append(Difference(rule, _clocks(elsewhere), _clocks(true)))
    return found


def _stamps(evidence: Path, name: str) -> list[datetime]:
    """Return the times of a metric's samples in the export, looking at nothing but its text."""
    text = (evidence / "incident-metrics.json").read_text(encoding="utf-8")
    record = rf'"name": ?"{re.escape(name)}"(?:(?!"name":).)*?"timestamp": ?(\d{{13}})'
    return [datetime.fromtimestamp(stamp / 1000, UTC) for stamp in sorted(map(int, re.findall(record, text)))]


def _spacing(stretches: Iterable[Json]) -> timedelta:
    """Return the distance between two samples."""
    long = max(stretches, key=lambda one: one["samples"])
    return (time(long["last_sample"]) - time(long["first_sample"])) / max(1, long["samples"] - 1)


def _near(ours: list[Stretch], true: list[Stretch], slack: timedelta) -> bool:
    return len(ours) == len(true) and all(
        abs(a - c) <= slack and abs(b - d) <= slack for (a, b), (c, d) in zip(ours, true, strict=True)
    )


_OURS = re.compile(
    r"(?:(p95|mean) of response times of|failed / all) (external )?requests(?:, (\d+) s buckets| of the last 60 s)"
)


def _named(statistic: str) -> str | None:
    """Return the truth's name for a definition of ours."""
    found = _OURS.match(statistic)
    if not found:
        return None
    whose = "external" if found[2] else "all"
    measure = f"_{found[1]}" if found[1] else ""
    return f"server_{whose}{measure}_" + (f"tumbling_{found[3]}s" if found[3] else "rolling_60s_step_1s")


def definitions(result: Json, truth: Json) -> list[Difference]:
    """Compare how every definition that we compute judges the two rules, and whether that depends on the definition."""
    found = []
    for rule, key in CRITERIA.items():
        ours, true = verdict(result, rule), truth["criteria"][key]["verdict_by_definition"]
        every = [*ours["definitions"], {**ours, "name": ours["statistic"]}]
        judged = {_named(one["name"]): one["verdict"] for one in every}
        server = {name: "met" if holds else "not_met" for name, holds in true.items() if name.startswith("server_")}
        if missing := sorted(server.keys() - judged.keys()):
            found.append(Difference(f"{rule}: definitions", sorted(filter(None, judged)), f"also {missing}"))
        found += [
            Difference(f"{rule} by {name}", judged[name], holds)
            for name, holds in server.items()
            if name in judged and judged[name] != holds
        ]
        if ours["depends"] != (len(set(server.values())) > 1):
            found.append(Difference(f"{rule} depends", ours["depends"], server))
    return found


def definition_intervals(result: Json, truth: Json) -> list[Difference]:
    """Compare the stretches of every other definition: buckets exactly, rolling windows to a step on either side."""
    found = []
    for rule, key in CRITERIA.items():
        for one in verdict(result, rule)["definitions"]:
            name = _named(one["name"])
            if name not in truth["criteria"][key]["by_definition"]:
                continue
            ours, true = _stretches(one["intervals"]), _stretches(truth["criteria"][key]["by_definition"][name])
            if not _near(ours, true, timedelta(seconds=2 if "rolling" in name else 0)):
                found.append(Difference(f"{rule} by {name}", _clocks(ours), _clocks(true)))
    return found


def _clocks(stretches: Iterable[Stretch]) -> str:
    return "; ".join(f"{start:%H:%M:%S}-{end:%H:%M:%S}" for start, end in stretches) or "none"


# ---- severity, counts, logins --------------------------------------------------------------------------------------


def severity(result: Json, truth: Json) -> list[Difference]:
    """Compare the level of severity."""
    ours = result["severity"]["level"]
    return [] if ours == truth["severity"] else [Difference("severity", ours, truth["severity"])]


def counts(requests: Iterable[Request], truth: Json) -> list[Difference]:
    """Count external requests and failures in the truth's window from (completion, external, failed)."""
    window = truth["counts"]["incident_window"]
    start, end = (time(window[edge]).replace(tzinfo=None) for edge in ("start", "end"))
    inside = [failed for completed, external, failed in requests if external and start <= completed <= end]
    ours = {"server_external": len(inside), "server_5xx_external": sum(inside)}
    return [Difference(key, count, window[key]) for key, count in ours.items() if count != window[key]]


_LOGGED = re.compile(
    r"(?m)^\[(?P<time>[^]]+Z)\] \w+ +\[req_[^]]+\] Request (?:completed|failed) \| \w+ (?P<path>[^ |]+) \| IP: (?P<ip>[^ |]+) \|"
    r".*?\| Status: (?P<status>\d+)(?: \| Error: (?P<error>[^|\n]*))?"
)


class Logged(NamedTuple):
    """A request as its line in the log tells it."""

    completed: datetime
    path: str
    external: bool
    failed: bool
    error: str


def logged(evidence: Path) -> list[Logged]:
    """Return the requests of the application's log, looking at nothing but its text."""
    text = (evidence / "logs" / "application.log").read_text(encoding="utf-8", errors="replace")
    return [
        Logged(
            time(one["time"]),
            one["path"],
            not one["ip"].startswith(("127.", "::1")),
            int(one["status"]) >= 500,
            (one["error"] or "").strip(),
        )
        for one in _LOGGED.finditer(text)
    ]


def logins(result: Json, truth: Json) -> list[Difference]:
    """Compare how often each attacking address failed to log in, and whether it got in."""
    ours = {one["ip"]: one for one in (result["security"] or {"sources": []})["sources"]}
    found = []
    for address, true in truth["counts"]["attackers"].items():
        seen = ours.get(address, {"failed": 0, "succeeded_after": 0})
        for mine, theirs in (("failed", "failed"), ("succeeded_after", "succeeded")):
            if seen[mine] != true[theirs]:
                found.append(Difference(f"{address} {theirs}", seen[mine], true[theirs]))
    return found


def all_logins(result: Json, truth: Json, evidence: Path) -> list[Difference]:
    """Compare all failed logins with the log's lines; the truth's total runs on past the moment of the export."""
    text = (evidence / "logs" / "application.log").read_text(encoding="utf-8", errors="replace")
    held = len(re.findall(r"(?m)^\[[^]]+Z\] \w+ +\[auth\] FAILED_LOGIN ", text))
    ours, true = (result["security"] or {"failed_logins": 0})["failed_logins"], truth["counts"]["failed_logins_total"]
    return [] if ours == held <= true else [Difference("failed logins", ours, f"{held} in the log, {true} in all")]


# ---- moments -------------------------------------------------------------------------------------------------------


def onset(result: Json, truth: Json) -> list[Difference]:
    """Compare the onset: its bounds hold the start of the first bad request, and end with its completion."""
    ours, instants = result["moments"]["onset"], truth["instants"]
    if ours["source"] == "unknown":
        return [Difference("onset", ours["why"], instants["first_bad_request_completed"])]
    earliest, latest = time(ours["earliest"]), time(ours["latest"])
    started, completed = (time(instants[f"first_bad_request_{edge}"]) for edge in ("started", "completed"))
    found = []
    if earliest > started + CLOCKS_AGREE or latest < started - CLOCKS_AGREE:
        found.append(Difference("onset begins", ours["earliest"], instants["first_bad_request_started"]))
    if abs(latest - completed) > CLOCKS_AGREE:
        found.append(Difference("onset ends", ours["latest"], instants["first_bad_request_completed"]))
    return found


def detected(result: Json, truth: Json) -> list[Difference]:
    """Compare the detection: not before the onset, and no later than the first sign that the truth dates.

    The truth only counts failed probes, so a probe may have been earlier than everything that it dates.
    """
    ours, instants = result["moments"]["detected"], truth["instants"]
    begun = time(result["moments"]["onset"]["earliest"])
    signs = [instants["detected"], instants["first_auto_incident"], *(one["t"] for one in truth["auto_incidents"])]
    signs += [one["t"] for one in truth["comms"]]
    known = [time(sign) for sign in signs if sign and time(sign) >= begun]
    fired = [time(one["t"]) for one in truth["criteria"]["C4_security_alert"]["fired"]]
    if ours["source"] == "unknown":
        return [Difference("detected", ours["why"], str(min(known)))] if known else []
    latest = time(ours["latest"])
    probed = sum(truth["uptime_checks_failed"].values()) > 0
    first = min(known)
    too_early = latest < begun or (not probed and latest < min([first, *fired]) - CLOCKS_AGREE)
    if too_early or latest > first + CLOCKS_AGREE:
        return [Difference("detected", ours["latest"], f"from {begun} to {first}")]
    return []


def declared(result: Json, truth: Json) -> list[Difference]:
    """Compare the declaration, which a person made, or did not make."""
    ours, true = result["moments"]["declared"], truth["instants"]["declared"]
    if true is None or ours["source"] == "unknown":
        same = true is None and ours["source"] == "unknown"
        return [] if same else [Difference("declared", ours.get("latest"), true)]
    near = abs(time(ours["latest"]) - time(true)) <= CLOCKS_AGREE
    return [] if near else [Difference("declared", ours["latest"], true)]


def mitigated(result: Json, truth: Json) -> list[Difference]:
    """Compare the mitigation, as near as people write down what they do; without one in truth we name none."""
    ours, true = result["moments"]["mitigated"], truth["instants"]["mitigated"]
    if true is None or "latest" not in ours:
        same = true is None and ours["source"] == "unknown"
        return [] if same else [Difference("mitigated", ours.get("latest"), true)]
    near = abs(time(ours["latest"]) - time(true)) <= WRITTEN_DOWN
    return [] if near else [Difference("mitigated", ours["latest"], true)]


def recovered(result: Json, truth: Json) -> list[Difference]:
    """Compare the recovery: its bounds hold the completion of the last bad request."""
    ours, true = result["moments"]["recovered"], truth["instants"]["recovered_last_bad_completed"]
    if "latest" not in ours:
        return [Difference("recovered", ours["why"], true)] if truth["recovered"] else []
    inside = time(ours["earliest"]) - CLOCKS_AGREE <= time(true) <= time(ours["latest"]) + CLOCKS_AGREE
    return [] if inside else [Difference("recovered", f"{ours['earliest']} to {ours['latest']}", true)]


PROMISED = {"P0": timedelta(minutes=30), "P1": timedelta(hours=1), "P2": timedelta(hours=4)}
STATED = {"critical": "P0", "high": "P1", "medium": "P2"}

IN_TWO_PLACES = timedelta(minutes=5)
"""Who closes the record and says so in chat does one of them first."""


def updates(result: Json, truth: Json) -> list[Difference]:
    """Compare the status updates: each that was sent is ours, and as many are missing as silence was longer than promised."""
    declared, resolved = truth["instants"]["declared"], truth["instants"]["resolved_by_api"]
    sent = [time(one["t"]) for one in truth["comms"] if one["text"].startswith("INCIDENT UPDATE")]
    if declared is None:
        return [] if result["updates"] is None else [Difference("updates", result["updates"], "none was due")]
    ours = [(time(one["sent"]), one["channel"]) for one in result["updates"] or [] if one["sent"]]
    found = [
        Difference("update", [str(when) for when, _ in ours], str(true))
        for true in sent
        if not any(abs(when - true) <= CLOCKS_AGREE or ("slack" in channel and abs(when - true) <= IN_TWO_PLACES)
                   for when, channel in ours)
    ]  # fmt: skip
    every = PROMISED[STATED.get(result["severity"]["stated"] or "", result["severity"]["level"])]
    told = [time(declared), *(one for one in sent if one < time(resolved)), time(resolved)]
    missing = sum(int((later - earlier) / every) for earlier, later in pairwise(told))
    if sum(one["missing"] for one in result["updates"] or []) > missing:
        found.append(Difference("updates missing", rows_missing(result), missing))
    return found


def rows_missing(result: Json) -> list[str]:
    """Return when those updates were due that we miss."""
    return [one["due"] for one in result["updates"] or [] if one["missing"]]


def restarts(result: Json, truth: Json) -> list[Difference]:
    """Compare the restarts that people made once they had noticed: each is a mitigation of ours, at its second."""
    ours = [time(one["time"]) for one in result["response"]["mitigations"] if one["kind"] == "service restart"]
    noticed = result["moments"]["detected"].get("earliest")
    made = [time(one["t"]) for one in truth["restarts"] if one["what"] == "restart_begin"]
    wanted = [one for one in made if noticed and one >= time(noticed)]
    near = [any(abs(one - other) <= CLOCKS_AGREE + timedelta(seconds=1) for other in ours) for one in wanted]
    same = len(ours) == len(wanted) and all(near)
    return [] if same else [Difference("restarts", [str(one) for one in ours], [str(one) for one in wanted])]


def compare(result: Json, truth: Json, evidence: Path, requests: Iterable[Request]) -> list[Difference]:
    """Make all comparisons."""
    told = (
        *(buckets, definitions, definition_intervals, severity, logins),
        *(onset, detected, declared, mitigated, recovered, updates, restarts),
    )
    found = [difference for one in told for difference in one(result, truth)]
    found += verdicts(result, truth, evidence) + samples(result, truth, evidence) + all_logins(result, truth, evidence)
    return found + reasons(result) + counts(requests, truth)
