"""The people: what they write in Slack, the incidents they open and close, and the changes they commit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from .clock import iso, ms, seconds
from .record import Probe, Request

if TYPE_CHECKING:
    from .world import World

USERS = {
    "oncall": ("U05ONCALL1", "On-call engineer"),
    "ic": ("U05COMMAND", "Incident commander"),
    "dev": ("U05DEVEL01", "Developer"),
    "support": ("U05SUPPORT", "Customer support"),
}


class Channel:
    """#incidents, as a Slack export holds it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.messages: list[dict[str, Any]] = []
        self.said: list[dict[str, str]] = []
        """Who said what, for the truth."""

    def say(self, who: str, text: str) -> None:
        message = {"client_msg_id": self._message_id(), "type": "message", "user": USERS[who][0], "text": text}
        self.messages.append({**message, "ts": self._ts(), "team": "T05FERRY", "user_team": "T05FERRY"})
        self.said.append({"t": iso(self.world.clock.now), "who": who, "text": text})

    def bot(self, text: str) -> None:
        message = {"subtype": "bot_message", "text": text, "type": "message", "ts": self._ts()}
        self.messages.append({**message, "bot_id": "B05MONITOR", "username": "monitoring"})
        self.said.append({"t": iso(self.world.clock.now), "who": "monitoring", "text": text})

    def update(self, title: str, status: str, impact: str, actions: str, *, eta: str = "-", then: str = "-") -> None:
        """Post a status update in the runbook's template."""
        now = seconds(self.world.clock.now)
        self.say(
            "ic",
            f"INCIDENT UPDATE - {now[:10]} {now[11:16]} UTC\nIncident: {title}\nStatus: {status}\nImpact: {impact}\n"
            f"Actions: {actions}\nETA: {eta}\nNext Update: {then}",
        )

    def _ts(self) -> str:
        now = self.world.clock.now
        return f"{now // 1000}.{now % 1000:03d}{len(self.messages) + 9:03d}"

    def _message_id(self) -> str:
        digest = hashlib.sha256(f"{self.world.name} {len(self.messages)}".encode()).hexdigest()
        return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"


class Board:
    """The incident records, and the calls by which people changed them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.incidents: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.declared_at: int | None = None
        self.resolved_at: int | None = None

    def declare(self, title: str, description: str, severity: str, services: list[str]) -> None:
        self.declared_at = self.world.clock.now
        body = {"title": title, "description": description, "severity": severity, "affectedServices": services}
        body["createdBy"] = "on-call-engineer"
        incident = self._open(body, "Incident declared", [], {}, automatic=False)
        answer = {**incident, "timeline": list(incident["timeline"])}
        self._call("POST", "/api/monitoring/incidents", "/api/monitoring/incidents", body, {"response": answer})

    def patch(self, status: str, message: str) -> None:
        """Move the declared incident on."""
        incident = self._declared()
        body = {"status": status, "message": message, "author": "incident-commander"}
        incident["status"] = status
        incident["timeline"].append(self._update(status, message, "incident-commander"))
        path = f"/api/monitoring/incidents/{incident['id']}"
        self._call("PATCH", path, "/api/monitoring/incidents/[id]", body, {"status_response": status})

    def resolve(self, resolution: str) -> None:
        now = self.resolved_at = self.world.clock.now
        incident = self._declared()
        body = {"status": "resolved", "resolution": resolution, "resolvedBy": "incident-commander", "resolvedAt": now}
        incident |= {"status": "resolved", "resolution": resolution, "endTime": now}
        path = f"/api/monitoring/incidents/{incident['id']}"
        self._call("PATCH", path, "/api/monitoring/incidents/[id]", body, {"status_response": "resolved"})

    def opened_by_monitor(self, check: str, title: str, probe: Probe) -> None:
        error = probe.error or f"HTTP {probe.status}"
        text = f"Service {title} has failed 3 consecutive health checks. Last error: {error}"
        body = {"title": f"{title} is down", "description": text, "severity": "critical", "affectedServices": [check]}
        body["createdBy"] = "uptime-monitor"
        about = {"checkId": check, "consecutiveFailures": 3, "lastError": error, "lastResponseTime": probe.took}
        self._open(body, "Incident created automatically by uptime monitor", ["uptime"], about, automatic=True)

    def _open(
        self, body: dict[str, Any], message: str, tags: list[str], about: dict[str, Any], automatic: bool
    ) -> dict[str, Any]:
        now = self.world.clock.now
        incident = {"id": f"incident_{now}_{self.world.letters(9)}", "title": body["title"]}
        incident |= {"description": body["description"], "status": "investigating", "severity": body["severity"]}
        incident |= {"affectedServices": body["affectedServices"], "startTime": now, "createdBy": body["createdBy"]}
        incident |= {"timeline": [self._update("investigating", message, body["createdBy"])]}
        incident |= {"metadata": about, "tags": tags, "autoCreated": automatic}
        self.incidents.append(incident)
        return incident

    def _declared(self) -> dict[str, Any]:
        return next(incident for incident in self.incidents if not incident["autoCreated"])

    def _update(self, status: str, message: str, author: str) -> dict[str, Any]:
        now = self.world.clock.now
        about = {"id": f"update_{now}_{self.world.letters(9)}", "timestamp": now, "status": status, "message": message}
        return {**about, "author": author, "type": "status_change"}

    def _call(self, method: str, path: str, route: str, body: dict[str, Any], result: dict[str, Any]) -> None:
        now = self.world.clock.now
        self.calls.append({"method": method, "url": path, "at": now, "body": body, **result})
        self.world.clock.start(self.world.send(Request(method, path, route, "127.0.0.1", now, "curl/8.5.0")))


class History:
    """The repository's commits, newest last."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.commits: list[tuple[int, str, str, str]] = []

    def commit(self, when: str, author: str, subject: str) -> str:
        """Add a commit; its short id comes back."""
        sha = hashlib.sha256(f"{self.name} {when} {subject}".encode()).hexdigest()[:40]
        self.commits.append((ms(when), sha, author, subject))
        return sha[:7]

    def oneline(self) -> str:
        return "".join(f"{sha[:7]} {subject}\n" for _, sha, _, subject in reversed(self.commits))

    def dated(self) -> str:
        return "".join(
            f"{sha} {seconds(time)}+00:00 {author} {subject}\n" for time, sha, author, subject in reversed(self.commits)
        )
