"""What mitigation steps were taken?"""

from __future__ import annotations

from datetime import datetime

from forensics.analysis.trouble import number
from forensics.findings.questions.case import (
    MOST_STEPS,
    Case,
)
from forensics.lengths import cut, lasting
from forensics.model import Answer, Change, Json
from forensics.times import clock, iso, parse_time, utc


def mitigated(case: Case, question: str, words: str) -> Answer:
    onset = case.moments["onset"].span
    steps: list[tuple[datetime, str, str]] = []
    for done in case.mitigations:
        time = done["time"] if isinstance(done["time"], dict) else {"earliest": done["time"], "latest": done["time"]}
        if time["earliest"]:
            steps.append((parse_time(time["earliest"]), _by(time) + _step(done), done["claim"]))
    told = {done["where"] for done in case.mitigations} | {at for done in case.mitigations for at in done["traces"]}
    changes = [c for c in case.changes if onset and c.time and c.kind == "commit" and c.time >= onset.latest]
    for change in changes:
        if change.time and str(change.citation) not in told:
            steps.append(
                (change.time, f"commit {change.id[:7]} “{cut(change.summary, 100)}”", _changed_by(case, change))
            )
    for act in case.commands:
        if act.time and str(act.citation) not in told:
            text = _by({"earliest": iso(act.time), "latest": iso(act.until or act.time)}) + f"command “{cut(act.text)}”"
            claim = case.ledger.claim(f"step {act.citation}", text, iso(act.time), evidence=[act.citation])
            steps.append((act.time, text, claim))
    if not steps:
        why = case.moments["mitigated"].why
        return Answer(
            question,
            words,
            "unknown",
            f"No mitigation is in the evidence: {why}.",
            (),
            ("pm2 logs, shell history and messages of the responders",),
        )
    steps.sort()
    shown = steps[:MOST_STEPS]
    text = "; ".join(f"{clock(time)}{utc(time)} {said}" for time, said, _ in shown)
    text += f"; and {len(steps) - len(shown)} more" if len(steps) > len(shown) else ""
    if case.later_actions:
        back = "the service had" if case.moments["recovered"].span else "all that was measured had"
        text += f"; not counted: {case.later_actions} when {back} long been back"
    status = "answered" if case.moments["mitigated"].span else "partial"
    return Answer(question, words, status, text + ".", tuple(claim for _, _, claim in shown))  # type: ignore[arg-type]


def _by(time: Json) -> str:
    """Say by when something was done, where only that is known."""
    latest = parse_time(time["latest"])
    return f"(at {clock(latest)}{utc(latest)} at the latest) " if time["latest"] != time["earliest"] else ""


def _step(done: Json) -> str:
    """Say one mitigation: its kind, what was written of it, and what was measured before and after it."""
    told = f"{done['kind']}: “{cut(done['text'])}”"
    if done["told_only"]:
        return told + " (an update tells of it; when it was done is not known)"
    late = done["after_last_failure_s"]
    too_late = f"{lasting(late)} after the last request that failed: it did not end the failures" if late else ""
    if later := done.get("not_separated_from"):
        return f"{told} (cannot be separated from “{cut(later['text'])}”{'; ' + too_late if too_late else ''})"
    effects = [
        f"{name.replace('_', ' ')} {_level(measured, 'before')} before, {_level(measured, 'after')} after"
        for name, measured in (done["effect"] or {}).items()
        if measured and measured["before"] is not None and measured["after"] is not None
    ]
    if effects and (earlier := done.get("together_with")):
        effects.append(f"measured as one with {'the action' if len(earlier) == 1 else 'the actions'} just before it")
    if falling := done.get("falling_since"):
        began = parse_time(falling["time"])
        effects.append(f"already falling since {clock(began)}{utc(began)}: inseparable")
    effects += [too_late] if too_late else []
    return f"{told} ({'; '.join(effects)})" if effects else told


def _level(measured: Json, side: str) -> str:
    return f"{number(measured[side])} {measured['unit']}".strip()


def _changed_by(case: Case, change: Change) -> str:
    return case.ledger.claim(
        f"step {change.citation}",
        f"commit {change.id[:7]} “{change.summary}”",
        iso(change.time),
        query="changes_all",
        evidence=[change.citation],
    )
