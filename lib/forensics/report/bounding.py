"""A result cut to what a page holds: long texts, long lists and many claims end with how much more there is."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import Any

from forensics.model import Json
from forensics.report import checked, folded, people
from forensics.report.redaction import Redactor
from forensics.report.words import clip, deep_visible, visible


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of everything is shown; the rest is counted."""

    text: int = 600
    events: int = 400
    rows: int = 60
    problems: int = 12
    claims: int = 400
    cited: int = 10
    quoted: int = 3
    words: int = 12_000
    """Letters of one text that people wrote: their words are cut last."""


BOUNDS = Bounds()


TIGHTER = Bounds(text=300, events=120, rows=40, problems=6, claims=150, cited=5, quoted=2, words=4_000)


TIGHTEST = Bounds(text=120, events=40, rows=20, problems=3, claims=60, cited=2, quoted=1, words=1_500)


def bounded(result: Json, redact: Redactor, bound: Bounds) -> Json:
    """Return the result as it may be shown: lists cut, with how many are `more`, texts redacted, visible and short."""
    rows = folded.rows(result["timeline"], set(people.remarks(result)), redact)
    keys = folded.bounded([row for row in rows if row["key"]][:15], bound.events, bound.rows)
    others = [row for row in rows if not row["key"]]
    shown_rows = folded.bounded(others, bound.events, bound.rows)
    cut: Json = {
        "timeline": keys + shown_rows,
        "evidence": [
            {
                **entry,
                "problems": entry["problems"][: bound.problems],
                "more": max(0, len(entry["problems"]) - bound.problems),
            }
            for entry in result["evidence"][: 5 * bound.rows]
        ],
        "coverage": result["coverage"][: bound.rows],
        "verdicts": [_cut_verdict(verdict, bound) for verdict in result["verdicts"]],
        "more": {
            "timeline": folded.events_of(others[len(shown_rows) :]),
            "evidence": max(0, len(result["evidence"]) - 5 * bound.rows),
        },
    }
    for name in ("changes", "suspects", "patterns", "updates", "findings"):
        rows = result[name]
        cut[name] = None if rows is None else rows[: bound.rows]
        cut["more"][name] = max(0, len(rows or []) - bound.rows)
    cut["human_claims"] = checked.ordered(result["human_claims"])[: bound.rows]
    cut["more"]["human_claims"] = max(0, len(result["human_claims"]) - bound.rows)
    if result["recovery"] is not None:
        watched = result["recovery"].get("signals", [])
        cut["recovery"] = {**result["recovery"], "signals": watched[: bound.rows]}
        cut["more"]["watched"] = max(0, len(watched) - bound.rows)
    rules = result["alert_audit"]["rules"]
    cut["alert_audit"] = {**result["alert_audit"], "rules": [_cut_audit(rule, bound) for rule in rules]}
    alerts = folded.alerts(result["alert_audit"]["other_alerts"], redact)
    cut["alert_audit"]["other_alerts"] = folded.bounded(alerts, bound.rows, bound.rows)[: bound.problems]
    cut["alert_audit"]["others"] = len(result["alert_audit"]["other_alerts"])
    shown_alerts = len(cut["alert_audit"]["other_alerts"])
    cut["more"]["other_alerts"] = folded.events_of(alerts[shown_alerts:])
    if result.get("response"):
        cut["response"] = _cut_response(result["response"], bound)
    if result["security"] is not None:
        sources = result["security"]["sources"]
        cut["security"] = {**result["security"], "sources": sources[:10]}
        cut["more"]["sources"] = max(0, len(sources) - 10)
    shown: Json = _shown({**result, **cut, "notes": None}, redact, bound)
    for one, asked in zip(shown["questions"], result["questions"], strict=True):
        one["answer"] = clip(visible(redact(asked["answer"])), 3 * bound.text)
    shown["notes"] = _shown(result.get("notes"), redact, replace(bound, text=bound.words))
    return shown


def bounded_claim(claim: Json, redact: Redactor, bound: Bounds) -> Json:
    """Return a claim as it may be shown."""
    cited = claim["evidence"]
    cut = {**claim, "evidence": cited[: bound.cited], "more": max(0, len(cited) - bound.cited)}
    answer = claim.get("answer")
    cut["answer"] = answer and {**answer, "first": answer["first"][: bound.quoted]}
    cut["also_asked"] = claim["also_asked"][: bound.cited]
    cut["more_asked"] = max(0, len(claim["also_asked"]) - bound.cited)
    cut["quoted"] = [
        {
            "where": where(one) + (f" ({one['json_path']})" if one.get("json_path") else ""),
            "text": one.get("text") or one.get("element") or "bytes that are no UTF-8 text",
        }
        for one in cited[: bound.quoted]
        if "text" in one or "element" in one or "base64" in one
    ]
    cut["bytes"] = next(
        (f"forensics inspect FOLDER --bytes {shlex.quote(where(one))}" for one in cited if _single(one)), ""
    )
    shown: Json = _shown(cut, redact, bound)
    return shown


def _single(cited: Json) -> bool:
    return "line" in cited or "position" in cited


def where(cited: Json) -> str:
    """Write a place of the evidence as `forensics inspect --bytes` takes it, where it is a line or an element."""
    if "line" in cited:
        return f"{cited['path']}:{cited['line']}"
    if "position" in cited:
        return f"{cited['path']} #{cited['position']}"
    return f"{cited['path']} [{cited['table']} row {cited['rowid']}]" if "table" in cited else str(cited["path"])


def drawn_from(result: Json) -> list[Json]:
    """Return the findings that causes can be drawn from, without those that repeat an answer, a verdict or the severity."""
    said = {question["answer"] for question in result["questions"]}
    said |= {f"“{verdict['words']}” was met" for verdict in result["verdicts"]}
    said.add(f"{result['severity']['level']}: {result['severity']['reason']}")
    return [finding for finding in result["findings"] or [] if finding["statement"] not in said]


def _shown(value: Any, redact: Redactor, bound: Bounds) -> Any:
    return _clipped(deep_visible(redact.deep(value)), bound.text)


def _clipped(value: Any, most: int) -> Any:
    if isinstance(value, str):
        return clip(value, most)
    if isinstance(value, dict):
        return {key: _clipped(one, most) for key, one in value.items()}
    if isinstance(value, list):
        return [_clipped(one, most) for one in value]
    return value


def _cut_audit(rule: Json, bound: Bounds) -> Json:
    lists = ("due", "without_cause", "unclear")
    return {**rule, **{name: rule[name][: bound.problems] for name in lists}}


def _cut_verdict(verdict: Json, bound: Bounds) -> Json:
    most = bound.problems
    return {
        **verdict,
        "intervals": verdict["intervals"][:most],
        "more": max(0, len(verdict["intervals"]) - most),
        "too_short": verdict.get("too_short", [])[:most],
        "more_short": max(0, len(verdict.get("too_short", [])) - most),
        "series": verdict["series"][: 2 * most],
        "more_series": max(0, len(verdict["series"]) - 2 * most),
        "definitions": [
            {**one, "intervals": one["intervals"][:3], "more": max(0, len(one["intervals"]) - 3)}
            for one in verdict["definitions"][: 2 * most]
        ],
    }


def _cut_response(told: Json, bound: Bounds) -> Json:
    return {
        **told,
        "mitigations": told["mitigations"][: bound.rows],
        "more": max(0, len(told["mitigations"]) - bound.rows),
        "phases": [
            {**phase, "steps": [{**step, "traces": step["traces"][:3]} for step in phase["steps"]]}
            for phase in told["phases"]
        ],
    }
