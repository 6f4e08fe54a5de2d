"""The monitoring beside the service: it probes, opens incidents by itself, and raises the two alerts that work."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from .clock import Task
from .metrics import series, transaction
from .record import Probe, Request

if TYPE_CHECKING:
    from .world import World

CHECKS = {
    "main-site": ("Main Website", "/", 60_000),
    "api-health": ("API Health Endpoint", "/api/health", 30_000),
    "database-health": ("Database Health", "/api/health/database", 60_000),
    "sailings-api": ("Sailings API", "/api/sailings", 60_000),
}
TIMEOUT = 10_000
MEMORY_LIMIT = 80.0
QUIET = 900_000
"""How long an alert that was sent to people is not sent again."""


class Monitor:
    def __init__(self, world: World) -> None:
        self.world = world
        self.memory_alerts: list[dict[str, Any]] = []
        self.guessing_alerts: list[dict[str, Any]] = []
        self.failed_logins: dict[str, deque[int]] = {}
        self.sent: dict[str, int] = {}

    def watch(self) -> None:
        for order, check in enumerate(CHECKS):
            self.world.clock.start(self._probe(check, 3_000 + order * 400))

    def totals_after(self, uptime: int) -> dict[str, int]:
        """How often a process has been probed that has been up for so many seconds."""
        return {
            series("transaction.count", transaction("GET", path)): uptime * 1000 // every
            for _, path, every in CHECKS.values()
        }

    def _probe(self, check: str, first: int) -> Task[None]:
        title, path, every = CHECKS[check]
        in_a_row = 0
        yield first
        while True:
            began = self.world.clock.now
            request = Request("GET", path, path, "127.0.0.1", began, "uptime-monitor/2.1")
            yield from self.world.send(request)
            probe = self._judged(check, request)
            self.world.record.probes.append(probe)
            in_a_row = 0 if probe.success else in_a_row + 1
            if in_a_row == 3:
                self.world.board.opened_by_monitor(check, title, probe)
            yield max(0, began + every - self.world.clock.now)

    def _judged(self, check: str, request: Request) -> Probe:
        took = (request.ended or self.world.clock.now) - request.sent
        if took > TIMEOUT:
            return Probe(check, request.sent, TIMEOUT, None, "The operation was aborted due to timeout")
        return Probe(check, request.sent, took, request.status, "" if request.answered else "fetch failed")

    def saw_memory(self, usage: float) -> None:
        """Every sample over the limit is an alert record; people hear of the first."""
        if usage <= MEMORY_LIMIT:
            return
        message = f"High Memory Usage: memory.usage is {usage:.1f}% (threshold {MEMORY_LIMIT:.0f}%)"
        alert = self._alert("High Memory Usage", "warning", message, {})
        self.memory_alerts.append(alert | {"metric": "memory.usage", "value": usage, "threshold": MEMORY_LIMIT})
        self._tell("memory", "[ALERT] [WARNING] High Memory Usage")

    def saw_failed_login(self, ip: str) -> None:
        """Five failures of one address within five minutes."""
        now = self.world.clock.now
        failures = self.failed_logins.setdefault(ip, deque(maxlen=5))
        failures.append(now)
        if len(failures) < 5 or failures[0] < now - 300_000 or self.sent.get(ip, -QUIET) > now - QUIET:
            return
        self.sent[ip] = now
        self.world.record.guessing.append((now, ip))
        message = f"Brute Force Attack Detection: 5 failed logins from {ip} within 5 minutes"
        self.guessing_alerts.append(self._alert("Brute Force Attack Detection", "critical", message, {"ip": ip}))
        self.world.log.console("Email alert would be sent to: [ 'security@example.com' ]")
        self._tell("guessing", "[ALERT] Brute Force Attack Detection")

    def _alert(self, rule: str, severity: str, message: str, tags: dict[str, str]) -> dict[str, Any]:
        now = self.world.clock.now
        name = f"alert_{now}_{self.world.letters(9)}"
        about = {"id": name, "rule": rule, "severity": severity, "message": message, "timestamp": now}
        return {**about, "status": "active", "tags": tags}

    def _tell(self, what: str, text: str) -> None:
        now = self.world.clock.now
        if self.sent.get(what, -QUIET) <= now - QUIET:
            self.sent[what] = now
            self.world.clock.at(now + 4_000, lambda: self.world.channel.bot(text))
