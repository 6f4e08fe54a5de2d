"""The bodies with which an incident is opened and closed at the incidents API (runbook 1.3 and 4.2). Nothing is sent."""

from __future__ import annotations

import json
import re
from datetime import UTC

from forensics import runbook
from forensics.model import Json
from forensics.report import bounding, story, written
from forensics.report.redaction import Redactor
from forensics.report.words import Times, clip

CREATE = ("POST", "/api/monitoring/incidents")
CLOSE = ("PATCH", "/api/monitoring/incidents/${incidentId}")
LONGEST_ROLE = 40
"""Letters of a role's name; whoever is named otherwise may be a person, and is left out."""


def render(result: Json, claims: list[Json], redact: Redactor) -> str:
    """Return both bodies; what is unknown in them is null, and `why` says why and what a value rests on."""
    told = bounding.bounded(result, redact, bounding.BOUNDS)
    why: dict[str, str] = {}
    create = {
        "title": clip(story.heading(told), 200),
        "description": _description(told),
        "severity": _severity(told, why),
        "affectedServices": told["incident"]["services"] or None,
        "createdBy": _opened_by(told, why),
    }
    if not told["incident"]["services"]:
        why["create.affectedServices"] = "no incident record in the evidence names a service"
    document = {
        "sent": False,
        "redacted": redact.enabled,
        "create": {"method": CREATE[0], "url": CREATE[1], "body": create},
        "close": {"method": CLOSE[0], "url": CLOSE[1], "body": _close(told, why)},
        "why": why,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _description(told: Json) -> str:
    lines = {line.name: line.text for line in story.summary(told, Times())}
    return f"{lines['What']} {lines['Who was hit']} {lines['When']}"


def _severity(told: Json, why: dict[str, str]) -> str | None:
    """Return the incident system's word for our level: the first of the level's title, in small letters."""
    level = runbook.load().level(told["severity"]["level"])
    if level is None:
        why["create.severity"] = f"{told['severity']['level']}: {told['severity']['reason']}"
        return None
    why["create.severity"] = f"{level.level}: {told['severity']['reason']}"
    return level.title.partition(" ")[0].lower()


def _opened_by(told: Json, why: dict[str, str]) -> str | None:
    """Return the role of whoever said something at the very moment of the declaration: that is the declaration."""
    when = told["moments"]["declared"].get("earliest")
    names = [event["who"] for event in told["timeline"] if when and event["time"] == when and event["who"]]
    return _role(names, "create.createdBy", "nothing in the evidence names the role that opened an incident", why)


def _close(told: Json, why: dict[str, str]) -> Json:
    recovered = told["moments"]["recovered"]
    stated = [one for one in recovered.get("stated", ()) if re.search(r"(?i)\bresolved\b", one["words"])]
    shown = bool(told["recovery"]) and told["recovery"]["verdict"] == "shown"
    status = _status(told, bool(stated), shown, why)
    last = told["moments"]["mitigated"].get("why") if told["moments"]["mitigated"].get("earliest") else ""
    known = f"; known is {last}" if last else ""
    why["close.resolution"] = f"only people can say what resolved it; owner: {written.COMMANDER}{known}"
    by = [one["who"] for one in stated if one["who"]]
    return {
        "status": status,
        "resolution": None,
        "resolvedBy": _role(by, "close.resolvedBy", "nobody's word that it is resolved names a role", why),
        "resolvedAt": _resolved_at(recovered, status, why),
    }


def _status(told: Json, stated: bool, shown: bool, why: dict[str, str]) -> str | None:
    """Return how it stands: resolved where that is stated or shown, monitoring after a recovery that is not shown yet."""
    stable = story.stability(told["recovery"]) if told["recovery"] else "nothing was over a limit"
    if stated or shown:
        why["close.status"] = f"{'a person stated it' if stated else 'the evidence shows it'}; {stable}"
        return "resolved"
    if told["moments"]["recovered"].get("earliest"):
        why["close.status"] = f"the service recovered and nobody stated that it is resolved; {stable}"
        return "monitoring"
    why["close.status"] = f"not known: {told['moments']['recovered'].get('why', stable)}"
    return None


def _resolved_at(recovered: Json, status: str | None, why: dict[str, str]) -> int | None:
    """Return the moment by which the service was back, in ms since 1970; null before it is resolved."""
    latest = Times().read(recovered.get("latest"))
    if status != "resolved" or latest is None:
        why["close.resolvedAt"] = (
            "it is not resolved"
            if status != "resolved"
            else f"not known when it recovered: {recovered.get('why', 'no reason given')}"
        )
        return None
    why["close.resolvedAt"] = f"the latest that it can have recovered: {recovered['latest']}"
    return round(latest.replace(tzinfo=UTC).timestamp() * 1000)


def _role(names: list[str], place: str, otherwise: str, why: dict[str, str]) -> str | None:
    known = runbook.load().to_call
    roles = [name for name in names if len(name) <= LONGEST_ROLE and any(re.search(one.role, name) for one in known)]
    if not roles:
        why[place] = otherwise
        return None
    return re.sub(r"\s+", "-", roles[0].strip()).lower()
