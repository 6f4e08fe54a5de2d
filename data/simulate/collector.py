"""What people save during and after an incident: the runbook's commands, run against this world."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import database
from .clock import Task, seconds
from .criteria import percentile
from .grep import grep
from .heap import MIB
from .log import compact
from .metrics import Metrics
from .monitor import CHECKS
from .people import USERS
from .pool import SIZE
from .record import Probe, Request

if TYPE_CHECKING:
    from .world import World

HOME = "/srv/ferry-tickets"


def look(world: World, suffix: str = "") -> Task[None]:
    """Ask both health endpoints, as an on-call engineer does first."""
    for name, path in (("health", "/api/health"), ("health-database", "/api/health/database")):
        answer = yield from _curl(world, path)
        save(world, f"{name}{suffix}.json", compact(answer))
        yield 2_400


def dump_during(world: World) -> None:
    save(world, "database-state-during.sql", database.dump(world.database))


def lsof(world: World, job: tuple[str, int]) -> None:
    """Name who has the database file open; the capital W is a lock for writing on all of it."""
    app, (command, pid) = world.pm2.app, job
    assert app is not None
    size = world.database.stat().st_size
    rows = [("node", app.pid, f"{number}u") for number in range(22, 22 + SIZE + 1)] + [(command, pid, "3uW")]
    text = "COMMAND   PID  USER   FD   TYPE DEVICE SIZE/OFF   NODE NAME\n"
    for name, number, descriptor in rows:
        text += f"{name:<8}{number:>5} ferry {descriptor:>4}   REG  254,1 {size:>8} 131402 {HOME}/local.db\n"
    save(world, "lsof-during.txt", text)


def capture(world: World, shape: Callable[[Metrics], str], pattern: str, keep_database: bool = False) -> Task[None]:
    """Collect the evidence. Logs and database are taken last, and in one instant, so that they agree."""
    began = world.clock.now
    save(world, "date.txt", datetime.fromtimestamp(began // 1000, UTC).strftime("%a %b %e %H:%M:%S UTC %Y\n"))
    save(world, "df.txt", _df())
    save(world, "free.txt", _free(world))
    yield 3_100
    yield from look(world)
    yield from _curl(world, "/api/monitoring/metrics")
    app = world.pm2.app
    assert app is not None
    save(world, "incident-metrics.json", shape(app.metrics))
    yield 1_700
    save(world, "uptime.json", compact(_uptime(world.record.probes)))
    save(world, "alerts.json", compact(_alerts(world)))
    save(world, "incidents.json", compact({"incidents": world.board.incidents}))
    yield 2_300
    save(world, "git-log.txt", world.history.oneline())
    save(world, "git-log-dated.txt", world.history.dated())
    save(world, "logs/application.log", world.log.text())
    save(world, "incident-logs.txt", grep(world.log.lines, pattern, 10))
    save(world, "logs/pm2.log", "".join(f"{line}\n" for line in world.pm2.lines))
    save(world, "database-state.sql", database.dump(world.database))
    if keep_database:
        world.evidence["local.db"] = world.database.read_bytes()
    world.captured = (began, world.clock.now)


def export_conversation(world: World) -> None:
    """Save the calls and the chat, when all is over."""
    users = [{"id": key, "name": name, "profile": {"real_name": real}} for name, (key, real) in USERS.items()]
    save(world, "incident-api-calls.json", json.dumps(world.board.calls, indent=1))
    save(world, f"slack/incidents/{seconds(world.start)[:10]}.json", json.dumps(world.channel.messages, indent=4))
    save(world, "slack/users.json", json.dumps(users, indent=4))
    save(world, "slack/channels.json", json.dumps([{"id": "C05INCID", "name": "incidents"}], indent=4))


def save(world: World, name: str, text: str) -> None:
    world.evidence[name] = text.encode()


def _curl(world: World, path: str) -> Task[Any]:
    request = Request("GET", path, path, "127.0.0.1", world.clock.now, "curl/8.5.0")
    yield from world.send(request)
    return request.answer


def _df() -> str:
    return (
        "Filesystem      Size  Used Avail Use% Mounted on\n"
        "/dev/vda1        79G   33G   43G  44% /\n"
        "tmpfs           2.0G     0  2.0G   0% /dev/shm\n"
    )


def _free(world: World) -> str:
    app = world.pm2.app
    used = 0.93 + (app.heap.used / MIB / 1024 if app else 0)
    return (
        "               total        used        free      shared  buff/cache   available\n"
        f"Mem:           3.8Gi       {used:.1f}Gi       {2.4 - used:.1f}Gi        18Mi       1.4Gi"
        f"       {3.7 - used:.1f}Gi\n"
        "Swap:             0B          0B          0B\n"
    )


def _uptime(probes: list[Probe]) -> dict[str, Any]:
    by_check = {check: [probe for probe in probes if probe.check == check] for check in CHECKS}
    return {
        "metrics": {check: _summary(seen) for check, seen in by_check.items()},
        "results": {check: [_result(probe) for probe in seen] for check, seen in by_check.items()},
    }


def _summary(seen: list[Probe]) -> dict[str, Any]:
    good = [probe for probe in seen if probe.success]
    bad = [probe for probe in seen if not probe.success]
    took = [probe.took for probe in seen]
    uptime = 100 * len(good) / len(seen)
    return {
        "uptime": uptime,
        "availability": uptime,
        "avgResponseTime": sum(took) / len(took),
        "responseTimeP95": percentile(took, 95),
        "responseTimeP99": percentile(took, 99),
        "totalChecks": len(seen),
        "successfulChecks": len(good),
        "failedChecks": len(bad),
        "lastCheck": seen[-1].time,
        "lastSuccess": good[-1].time if good else None,
        "lastFailure": bad[-1].time if bad else None,
        "mttr": 0,
        "mtbf": 0,
    }


def _result(probe: Probe) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if probe.status not in (None, 200):
        details = {"unexpectedStatus": True, "expectedStatus": [200], "actualStatus": probe.status}
    result = {"checkId": probe.check, "timestamp": probe.time, "success": probe.success, "responseTime": probe.took}
    result |= {"location": "local", "details": details}
    if probe.status is not None:
        result["statusCode"] = probe.status
    if probe.error:
        result["error"] = probe.error
    return result


def _alerts(world: World) -> dict[str, Any]:
    """The last hundred samples over the limit, and the firings of the rule against guessing."""
    memory, guessing = world.monitor.memory_alerts[-100:], world.monitor.guessing_alerts
    severities = [alert["severity"] for alert in guessing]
    return {
        "apm": memory,
        "alerting": guessing,
        "statistics": {
            "total": len(guessing),
            "active": len(guessing),
            "acknowledged": 0,
            "resolved": 0,
            "suppressed": 0,
            "bySeverity": {name: severities.count(name) for name in ("info", "warning", "error", "critical")},
        },
    }
