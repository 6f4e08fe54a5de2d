"""What the evidence holds that helps people to write what only they can write: facts beside the prompt, never in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.lengths import lasting
from forensics.model import Json
from forensics.times import clock, parse_time, utc

BIGGEST = 3
"""So many surprises are shown, each of another kind."""
WORTH_SAYING_S = 60.0
"""People write times to the minute: what differs by no more surprises nobody."""
_LONGEST = 120
"""Letters of a log message in a sentence."""
_LEVELS = ("P3", "P2", "P1", "P0")
_SERVICE = ("error_rate", "response_time", "availability", "process", "db_connections")
_HEALTHY = re.compile(r"(?i)\bhealth\b.*\b(?:answered: )(?:healthy|ok|up|pass)\b")


@dataclass(frozen=True, slots=True)
class Surprise:
    """Something in which what was believed and what was so were apart."""

    kind: str
    statement: str
    seconds: float
    """For how long, at least."""
    claims: tuple[str, ...] = ()


def prompts(result: Json) -> Json:
    """Return, by section of the narrative, what helps to write it; sections that nothing helps are not there."""
    helps = {
        "went_well": _kept(result),
        "could_be_improved": _not_kept(result),
        "surprised_us": [
            {"statement": one.statement, "seconds": one.seconds, "claims": list(one.claims), "kind": one.kind}
            for one in surprises(result)
        ],
    }
    return {name: found for name, found in helps.items() if found}


def surprises(result: Json) -> list[Surprise]:
    """Return the biggest surprises in the data, the longest first, at most one of each kind."""
    found = [one for kind in _KINDS for one in kind(result) if one.seconds > WORTH_SAYING_S]
    kept: dict[str, Surprise] = {}
    for one in sorted(found, key=lambda one: (-one.seconds, one.statement)):
        kept.setdefault(one.kind, one)
    return list(kept.values())[:BIGGEST]


def _time(text: str) -> str:
    time = parse_time(text)
    return f"{clock(time)}{utc(time)}"


def _seconds(start: str, end: str) -> float:
    return round((parse_time(end) - parse_time(start)).total_seconds(), 3)


def _broken(result: Json) -> list[tuple[str, str]]:
    """Return the stretches in which the service broke a limit."""
    return [(run["start"], run["end"]) for run in result["impact"]["runs"] if run["of"] in _SERVICE]


def _stated_apart(result: Json) -> Iterator[Surprise]:
    for name, moment in result["moments"].items():
        for one in moment["stated"]:
            if one["written"] is None or one["later_s"] is None or moment["source"] == "stated":
                continue
            least, most = one["later_s"]
            apart = max(least, -most)
            way = "later" if least > 0 else "earlier"
            yield Surprise(
                "stated apart",
                f"{name.capitalize()} was stated {lasting(apart)} {way} than the data tell: “{one['words']}” ({one['where']}).",
                apart,
                tuple(claim for claim in (one["claim"], moment.get("claim")) if claim),
            )


def _health(result: Json) -> Iterator[Surprise]:
    onset = result["moments"]["onset"]
    if not onset.get("latest"):
        return
    for event in result["timeline"]:
        within = any(parse_time(a) <= parse_time(event["time"]) <= parse_time(b) for a, b in _broken(result))
        if event["kind"] == "signal" and within and _HEALTHY.search(event["text"]):
            yield Surprise(
                "health",
                f"“{event['text'].partition(' (the first of')[0]}” ({event['where']}) at {_time(event['time'])}, "
                f"{lasting(_seconds(onset['latest'], event['time']))} after the onset and while a limit was broken.",
                _seconds(onset["latest"], event["time"]),
                tuple(claim for claim in (event["claim"],) if claim),
            )


def _constant(result: Json) -> Iterator[Surprise]:
    lasted = (result["durations"].get("impact_s") or [0.0])[0] or 0.0
    for entry in result["evidence"]:
        for problem in entry["problems"]:
            if problem["code"] == "constant-answer":
                message = problem["message"].partition(": this l")[0].rstrip(".")
                claims = (entry["claim"],) if entry.get("claim") else ()
                yield Surprise("a check that could not fail", f"{entry['path']}: {message}.", lasted, claims)


def _vantage(result: Json) -> Iterator[Surprise]:
    for finding in result["findings"]:
        if not re.search(r" was (?:not )?met as .* saw it, and was ", finding["statement"]):
            continue
        verdict = next((v for v in result["verdicts"] if v["claim"] in finding["claims"]), None)
        if verdict is not None:
            runs = [run for one in (verdict, *verdict["definitions"]) for run in one["intervals"]]
            lasted = max((_seconds(run["start"], run["end"]) for run in runs), default=0.0)
            yield Surprise("seen from elsewhere", f"{finding['statement'].rstrip('.')}.", lasted, (verdict["claim"],))


def _silent_alerts(result: Json) -> Iterator[Surprise]:
    for rule in result["alert_audit"]["rules"]:
        if rule["outcome"] == "missed" and rule["due"]:
            due = rule["due"][0]
            lasted = _seconds(due["latest"], due["until"])
            yield Surprise("silent alert", rule["statement"], lasted, (rule["claim"],))


def _late_declaration(result: Json) -> Iterator[Surprise]:
    found = result.get("declarable")
    if found and found["declared_after_s"]:
        after = found["declared_after_s"]
        yield Surprise(
            "declared late",
            f"“{found['words']}” had held for long enough at {_time(found['at'])}; people declared {lasting(after)} later.",
            after,
            (found["claim"],),
        )


def _not_over(result: Json) -> Iterator[Surprise]:
    for one in (result["recovery"] or {}).get("said_over", []):
        if one["failed_after"] and one["last_failed"]:
            yield Surprise(
                "said to be over", one["statement"], _seconds(one["time"], one["last_failed"]), (one["claim"],)
            )


def _over_before(result: Json) -> Iterator[Surprise]:
    recovered, mitigated = result["moments"]["recovered"], result["moments"]["mitigated"]
    if recovered.get("latest") and mitigated.get("earliest"):
        ahead = _seconds(recovered["latest"], mitigated["earliest"])
        yield Surprise(
            "over before it was mitigated",
            f"It had recovered at {_time(recovered['latest'])}, {lasting(ahead)} before the action that is taken for its "
            f"mitigation ({mitigated['why']}).",
            ahead,
            tuple(one["claim"] for one in (recovered, mitigated) if one.get("claim")),
        )


def _graver(result: Json) -> Iterator[Surprise]:
    severity = result["severity"]
    level, stated = severity["level"], severity["stated_level"]
    if level in _LEVELS and stated in _LEVELS and _LEVELS.index(level) > _LEVELS.index(stated):
        lasted = max((one["seconds"] or 0.0 for one in severity["spent"] if one["level"] == level), default=0.0)
        yield Surprise(
            "graver than declared",
            f"People declared it {severity['stated']} ({stated}); by the runbook it was {level}: {severity['reason']}.",
            lasted,
            (severity["claim"],),
        )


def _unlogged(result: Json) -> Iterator[Surprise]:
    for one in result["impact"]["unanswered"]:
        yield Surprise("in no log", f"{one['statement']}.", _seconds(one["first"], one["last"]), (one["claim"],))


def _told_first(result: Json) -> Iterator[Surprise]:
    """Yield the errors that a log had begun to tell, or told more often, before anybody or anything noticed."""
    detected = result["moments"]["detected"].get("earliest")
    for one in result.get("patterns") or []:
        if not (one["loud"] and isinstance(one["first"], str) and isinstance(detected, str)):
            continue
        ahead = _seconds(one["first"], detected)
        novelty = "told for the first time" if one["novelty"] == "new" else "told more often than before"
        yield Surprise(
            "in the log before it was noticed",
            f"{one['level']} “{one['said'][:_LONGEST]}” ({one['where']}) was {novelty} from {_time(one['first'])} on, "
            f"{lasting(ahead)} before it was detected.",
            ahead,
            (one["claim"],),
        )


_KINDS = (
    _stated_apart,
    _health,
    _constant,
    _vantage,
    _silent_alerts,
    _late_declaration,
    _not_over,
    _over_before,
    _graver,
    _unlogged,
    _told_first,
)


def _kept(result: Json) -> list[Json]:
    """Return which promises and defences held."""
    found = []
    response, recovery = result["response"] or {}, result["recovery"]
    promise, counts = response.get("promise"), response.get("counts")
    if promise and promise["verdict"] == "kept":
        found.append(_help(f"The promised response time was kept: {promise['why']}.", promise["claim"]))
    if counts and counts["sent"] and not counts["late"] and not counts["missing"]:
        found.append(_help("No status update that was due came late or is missing.", counts["claim"]))
    found += [_help(r["statement"], r["claim"]) for r in result["alert_audit"]["rules"] if r["outcome"] == "fired"]
    if recovery and recovery["verdict"] == "shown":
        found.append(_help("Recovery was watched for long enough to be shown.", recovery["claim"]))
    return found


def _not_kept(result: Json) -> list[Json]:
    """Return which promises and defences did not hold, and what the evidence lacks because it was not collected well."""
    found = []
    response = result["response"] or {}
    promise, counts = response.get("promise"), response.get("counts")
    if promise and promise["verdict"] == "not_kept":
        found.append(_help(f"The promised response time was not kept: {promise['why']}.", promise["claim"]))
    if counts and (counts["late"] or counts["missing"]):
        statement = f"Status updates: {counts['late']} late, {counts['missing']} missing."
        found.append(_help(statement, counts["claim"]))
    outcomes = ("missed", "without_cause")
    found += [_help(r["statement"], r["claim"]) for r in result["alert_audit"]["rules"] if r["outcome"] in outcomes]
    broken = [entry for entry in result["evidence"] if entry["status"] not in ("ok", "duplicate")]
    if broken:
        more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
        told = f"Evidence that was not saved whole: {', '.join(entry['path'] for entry in broken[:3])}{more}."
        found.append(_help(told, *(entry.get("claim") for entry in broken[:3])))
    return found


def _help(statement: str, *claims: str | None) -> Json:
    return {"statement": statement, "claims": [claim for claim in claims if claim]}
