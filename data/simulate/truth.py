"""What was true, from the raw events alone. Nothing here reads a file that people saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .clock import iso
from .criteria import Seen, dark, error_rate, mean, p95, rolling, sample_runs, tumbling, verdicts
from .pool import SIZE
from .record import Request

if TYPE_CHECKING:
    from .world import World

WIDTHS = (10, 30, 60)
PRIMARY = "server_external_tumbling_30s"


@dataclass
class Story:
    """What only a person can say about an incident."""

    title: str
    root_cause: str
    trigger: str
    trigger_change: str | None
    onset: int
    onset_is: str
    mitigated: int
    fault_removed: int | None
    bad: Callable[[Request], bool]
    """Which requests were hurt by the fault, or were the fault."""
    bad_is: str
    severity: str
    severity_reason: str
    complaints: str
    tickets: list[tuple[str, int]]
    """When support counted, and how many."""
    attackers: tuple[str, ...]
    tables_affected: list[str]
    unknown: list[str]
    traps: list[str]


def truth(world: World, story: Story) -> dict[str, Any]:
    """Lay out the expected values for one incident. Whatever came after the collection is left out."""
    assert world.captured is not None
    record, until = world.record, world.captured[1]
    done = [request for request in record.requests if request.ended is not None and request.ended <= until]
    bad = sorted((request for request in done if story.bad(request)), key=lambda request: request.ended or 0)
    recovered = bad[-1].ended or 0
    views = _views(done)
    return {
        "case": world.name,
        "produced_by": "plain Python, from the raw events of the simulation",
        "clock": {"factor": 1, "v0": iso(world.start), "local_tz": "UTC", "monitor_skew_s": 0},
        "title": story.title,
        "root_cause": story.root_cause,
        "trigger": story.trigger,
        "instants": _instants(world, story, bad),
        "mttx_seconds_from_onset": {
            "detected": _since(story.onset, _detected(world)),
            "declared": _since(story.onset, world.board.declared_at),
            "mitigated": _since(story.onset, story.mitigated),
            "recovered": _since(story.onset, recovered),
        },
        "actions": record.actions,
        "process_aborts": [iso(time) for time in record.aborts],
        "restarts": record.restarts,
        "changes": record.changes,
        "comms": world.channel.said,
        "recovered": True,
        "criteria": _criteria(world, story, views),
        "alert_thresholds": _alert_thresholds(world, views["server_external"], until),
        "severity": story.severity,
        "severity_reason": story.severity_reason,
        "counts": _counts(world, story, done, recovered),
        "tables_affected": story.tables_affected,
        "unknown_or_uncollected": story.unknown,
        "traps": story.traps,
        "uptime_checks_failed": dict(Counter(probe.check for probe in record.probes if not probe.success)),
        "auto_incidents": [
            {"t": iso(incident["startTime"]), "title": incident["title"]}
            for incident in world.board.incidents
            if incident["autoCreated"]
        ],
    }


def _views(done: list[Request]) -> dict[str, list[Seen]]:
    server = [request for request in done if request.answered]
    return {
        "server_external": [_seen(request, request.took) for request in server if request.external],
        "server_all": [_seen(request, request.took) for request in server],
        "client": [_seen(request, (request.ended or 0) - request.sent) for request in done if request.external],
    }


def _seen(request: Request, took: int) -> Seen:
    return Seen(request.ended or 0, took, request.failed)


def _detected(world: World) -> int:
    """The on-call engineer's first message; alerts and automatic incidents may be earlier."""
    said = next(message for message in world.channel.messages if message["type"] == "message" and "user" in message)
    return int(said["ts"].replace(".", "")[:13])


def _since(onset: int, time: int | None) -> float | None:
    return None if time is None else round((time - onset) / 1000, 1)


def _instants(world: World, story: Story, bad: list[Request]) -> dict[str, str | None]:
    automatic = [incident["startTime"] for incident in world.board.incidents if incident["autoCreated"]]
    assert world.captured is not None
    return {
        "onset": iso(story.onset),
        "onset_is": story.onset_is,
        "trigger_change": story.trigger_change,
        "first_bad_request_started": iso(bad[0].started or bad[0].sent),
        "first_bad_request_completed": iso(bad[0].ended or 0),
        "bad_is": story.bad_is,
        "detected": iso(_detected(world)),
        "declared": iso(world.board.declared_at or 0),
        "first_auto_incident": iso(automatic[0]) if automatic else None,
        "mitigated": iso(story.mitigated),
        "fault_removed": iso(story.fault_removed) if story.fault_removed else None,
        "recovered_last_bad_completed": iso(bad[-1].ended or 0),
        "last_bad_answered": iso(max(request.ended or 0 for request in bad if request.answered)),
        "resolved_by_api": iso(world.board.resolved_at or 0),
        "capture_begin": iso(world.captured[0]),
        "capture_end": iso(world.captured[1]),
    }


def _criteria(world: World, story: Story, views: dict[str, list[Seen]]) -> dict[str, Any]:
    unavailable = dark(views["client"])
    errors = {
        f"{name}_tumbling_{width}s": tumbling(view, width * 1000, error_rate, 5, 120)
        for name, view in views.items()
        for width in WIDTHS
    }
    errors |= {f"{name}_rolling_60s_step_1s": rolling(view, 5, 120) for name, view in views.items()}
    slow = {
        f"{name}_{measured}_tumbling_{width}s": tumbling(views[name], width * 1000, measure, 5_000, 300)
        for name in ("server_external", "client")
        for width in (30, 60)
        for measured, measure in (("p95", p95), ("mean", mean))
    }
    fired = [{"t": iso(time), "ip": ip} for time, ip in world.record.guessing]
    return {
        "C1_unavailable_gt_5min": {
            "definition": "client view; every completed request failed, at least 3 in a row",
            "runs": unavailable,
            "breach": any(run["qualifies"] for run in unavailable),
        },
        "C2_error_rate_gt_5pct_gt_2min": {
            "by_definition": errors,
            "verdict_by_definition": verdicts(errors),
            "breach": _agreed(verdicts(errors)),
            "breach_primary": verdicts(errors)[PRIMARY],
            "primary": PRIMARY,
        },
        "C3_response_gt_5s_gt_5min": {
            "by_definition": slow,
            "verdict_by_definition": verdicts(slow),
            "breach_p95": _agreed({name: verdict for name, verdict in verdicts(slow).items() if "_p95_" in name}),
        },
        "C4_security_alert": {
            "definition": "5 failed logins of one address within 5 min, then 15 min quiet for that address",
            "fired": fired,
            "breach": bool(fired),
        },
        "C5_complaints": story.complaints,
        "C5_reports": [{"t": iso(world.time(time)), "tickets": tickets} for time, tickets in story.tickets],
        "C5_breach": story.tickets[-1][1] > story.tickets[0][1] if len(story.tickets) > 1 else None,
    }


def _agreed(judged: dict[str, bool]) -> bool | str:
    return judged[next(iter(judged))] if len(set(judged.values())) == 1 else "depends on the definition"


def _alert_thresholds(world: World, server: list[Seen], until: int) -> dict[str, Any]:
    samples: dict[str, list[tuple[int, float]]] = {}
    for time, name, value in world.record.samples:
        if time <= until:
            samples.setdefault(name, []).append((time, value))
    peaks = {name: max(value for _, value in taken) for name, taken in samples.items()}
    return {
        "A1_p95_gt_2s_30s_buckets": tumbling(server, 30_000, p95, 2_000),
        "A2_error_rate_gt_5pct_30s_buckets": tumbling(server, 30_000, error_rate, 5),
        "A3_memory_gt_80pct": sample_runs(samples["memory.usage"], 80),
        "A3_peak_pct": round(peaks["memory.usage"], 1),
        "A4_disk_gt_85pct": sample_runs(samples["disk.usage"], 85),
        "A4_peak_pct": round(peaks["disk.usage"], 1),
        "A5_pool_gt_90pct": sample_runs(samples["db.pool.usage"], 90),
        "A5_peak_active": int(peaks["db.pool.active"]),
        "A5_size": SIZE,
    }


def _counts(world: World, story: Story, done: list[Request], recovered: int) -> dict[str, Any]:
    external = [request for request in done if request.external]
    broken = [request for request in external if request.answered and request.failed]
    within = [request for request in external if story.onset <= (request.ended or 0) <= recovered]
    logins = [login for login in world.record.logins if login.time <= (world.captured or (0, 0))[1]]
    return {
        "client_requests": len(external),
        "client_failed": sum(request.failed for request in external),
        "client_connection_errors": sum(not request.answered for request in external),
        "server_requests_all": sum(request.answered for request in done),
        "server_requests_external": sum(request.answered for request in external),
        "server_5xx_all": sum(request.answered and request.failed for request in done),
        "server_5xx_external": len(broken),
        "incident_window": {
            "start": iso(story.onset),
            "end": iso(recovered),
            "client_requests": len(within),
            "client_failed": sum(request.failed for request in within),
            "server_external": sum(request.answered for request in within),
            "server_5xx_external": sum(request.answered and request.failed for request in within),
        },
        "server_5xx_by_error": dict(Counter(request.error.split("(")[0] for request in broken)),
        "server_5xx_by_path": dict(Counter(request.route for request in broken)),
        "failed_logins_total": sum(not login.accepted for login in logins),
        "attackers": {ip: _attempts(external, ip) for ip in story.attackers},
        "attack_success": [
            {"t": iso(login.time), "ip": login.ip, "status": 200}
            for login in logins
            if login.accepted and login.ip in story.attackers
        ],
    }


def _attempts(external: list[Request], ip: str) -> dict[str, int]:
    sent = [request for request in external if request.ip == ip]
    logins = [request for request in sent if request.route == "/api/auth/login"]
    failed = sum(request.status == 401 for request in logins)
    succeeded = sum(request.status == 200 for request in logins)
    return {"failed": failed, "succeeded": succeeded, "blocked_or_other": len(sent) - failed - succeeded}
