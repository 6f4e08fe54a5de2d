"""First answers to the runbook's five questions, each resting on claims, each honest about what is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis.acts import Act
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.messages import Said
from forensics.analysis.stated import Stated
from forensics.findings.claims import Ledger
from forensics.model import (
    Answer,
    Change,
    Citation,
    Evidence,
    Json,
    Moment,
    Span,
    Verdict,
    clock,
    full,
    iso,
    parse_time,
    utc,
)
from forensics.store import Store

RECENT = timedelta(hours=24)
MOST_STEPS = 6
"""Steps that an answer names; the rest is counted."""
LEAST_TOLD = 5
"""A message told less often says little about an incident."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the answers are drawn from."""

    store: Store
    impact: Impact
    measured: Measured
    moments: dict[str, Moment]
    changes: list[Change]
    verdicts: list[Verdict]
    said: list[Said]
    evidence: list[Evidence]
    ledger: Ledger
    window: Span | None
    commands: list[Act]
    """The commands by which people mitigated and fixed it."""
    mitigations: list[Json]
    """What was done against it, in the contract's form."""
    stated: list[Stated]
    """What people state of the moments."""


def answers(case: Case) -> list[Answer]:
    """Return the five answers in the runbook's order."""
    asked = {
        "started": _started,
        "changed": _changed,
        "triggered": _triggered,
        "responded": _responded,
        "mitigated": _mitigated,
    }
    return [asked[question](case, question, words) for question, words in runbook.load().questions]


def between(span: Span) -> str:
    """Say a span for people."""
    if full(span.earliest) == full(span.latest):
        return f"at {full(span.earliest)}{utc(span.earliest)}"
    return f"between {full(span.earliest)} and {clock(span.latest)}{utc(span.latest)}"


def _cut(text: str, length: int = 120) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _remedies(case: Case, *kinds: str) -> tuple[str, ...]:
    found = [
        f"{entry.path}: {problem.remedy}"
        for entry in case.evidence
        for problem in entry.problems
        if problem.remedy and problem.code in kinds
    ]
    return tuple(dict.fromkeys(found))[:4]


def _started(case: Case, question: str, words: str) -> Answer:
    onset = case.moments["onset"]
    if onset.span is None:
        people = [one for one in case.stated if one.moment == "onset" and one.written]
        said = "".join(
            f" “{one.words}” stands in {one.citation}; no data bear it out or contradict it." for one in people[:2]
        )
        return Answer(
            question,
            words,
            "partial" if people else "unknown",
            onset.why[0].upper() + onset.why[1:] + "." + said,
            collect_next=_remedies(case, "empty", "saved-error-page", "cut", "serialised-map", "empty-json"),
        )
    text = f"The service left its normal behaviour {between(onset.span)} ({onset.why})."
    status = "partial" if case.impact.runs and case.impact.first.breach.open_start else "answered"
    return Answer(question, words, status, text, (onset.claim,) if onset.claim else ())  # type: ignore[arg-type]


def _changed(case: Case, question: str, words: str) -> Answer:
    onset = case.moments["onset"]
    dated = [c for c in case.changes if c.time is not None]
    undated = [c for c in case.changes if c.time is None]
    if not case.changes:
        return Answer(
            question,
            words,
            "unknown",
            "No commit, deploy or restart is in the evidence.",
            collect_next=("git log --format='%H %cI %an %s' -20 > git-log.txt",),
        )
    if onset.span is None:
        text = f"{len(dated)} dated changes are in the evidence; without an onset none of them is recent or not."
        return Answer(question, words, "partial", text)
    before = [c for c in dated if c.time and onset.span.latest - RECENT <= c.time <= onset.span.latest]
    claims, sentences = [], []
    for change, changed in [(c, c.time) for c in before if c.time is not None][:3]:
        lead = (onset.span.latest - changed).total_seconds()
        sentence = (
            f"{change.kind} {change.id[:7] + ' ' if change.kind == 'commit' else ''}“{change.summary}” "
            f"at {full(changed)}{utc(changed)}, {lead:,.0f} s before the onset"
        )
        claims.append(
            case.ledger.claim(
                f"change {change.id}",
                sentence,
                {"time": iso(change.time), "lead_s": lead},
                query="changes_all",
                parameters={"id": change.id, "kind": change.kind, "service": change.service},
                evidence=[change.citation],
            )
        )
        sentences.append(sentence)
    if not before:
        text = f"No dated change lies in the day before the onset; the evidence dates {len(dated)} changes."
        status = "partial" if undated and not dated else "answered"
        return Answer(question, words, status, text)  # type: ignore[arg-type]
    more = f" ({len(before) - 3} more in that day)" if len(before) > 3 else ""
    text = (
        "In the day before the onset: "
        + "; ".join(sentences)
        + more
        + ". That one came first does not make it the cause."
    )
    return Answer(question, words, "partial", text, tuple(claims))


def _triggered(case: Case, question: str, words: str) -> Answer:
    claims: list[str] = []
    sentences: list[str] = []
    for success in case.measured.successes[:1]:
        failed = next(b.failures for b in case.measured.bursts if b.address == success.address)
        sentence = (
            f"a login succeeded at {clock(success.time)}{utc(success.time)} from an address with {failed:,} failed ones"
        )
        claims.append(
            case.ledger.claim(
                "a guessed password",
                sentence,
                {"time": iso(success.time), "failures": failed},
                query="login_success_after",
                parameters={"address": success.address},
                evidence=[success.citation],
            )
        )
        sentences.append(sentence)
    if case.window is not None and case.impact.runs:
        rows = case.store.rows("failed_errors", start=case.window.earliest, end=case.window.latest)
        failed = sum(row[1] for row in rows)
        for kind, count, path, line, first, _ in rows[:2]:
            sentence = f"{count:,} of {failed:,} failed external requests failed with “{_cut(kind)}”, first at {clock(first)}{utc(first)}"
            claims.append(
                case.ledger.claim(
                    f"failures with {kind}",
                    sentence,
                    {"failed": count, "of": failed},
                    query="failed_errors",
                    parameters={"start": case.window.earliest, "end": case.window.latest},
                    evidence=[Citation(path, line=line)],
                )
            )
            sentences.append(sentence)
        loud = case.store.rows("loud_templates", start=case.window.earliest, end=case.window.latest, least=LEAST_TOLD)
        for template, level, during, before_, first, path, line in loud[: 0 if rows or case.measured.bursts else 2]:
            said = _cut(template.partition(" | {")[0])
            sentence = (
                f"{level} “{said}” was logged {during:,} times during the incident and {before_:,} times before, "
                f"first at {clock(first)}{utc(first)}"
            )
            claims.append(
                case.ledger.claim(
                    f"messages like {template}",
                    sentence,
                    {"during": during, "before": before_},
                    query="loud_templates",
                    parameters={"start": case.window.earliest, "end": case.window.latest, "least": LEAST_TOLD},
                    evidence=[Citation(path, line=line)],
                )
            )
            sentences.append(sentence)
    for verdict in case.verdicts:
        if verdict.rule in ("alert.memory", "alert.disk", "alert.db_connections") and verdict.verdict == "met":
            run = verdict.intervals[0]
            title = runbook.load().rule(verdict.rule).title.lower()
            sentences.append(
                f"{title} first went over its threshold at {clock(run.start)}{utc(run.start)}, "
                f"peak {max(b.peak for b in verdict.intervals):,.1f} %"
            )
            claims.append(verdict.claim)
    for what, count, path, line, after, before, _ in case.store.rows("undated_events"):
        where = f" between {clock(after)} and {clock(before)}{utc(before)}" if after and before else ""
        sentence = f"{what}: told {count} times by the process itself, undated, so{where or ' at an unknown time'}"
        claims.append(
            case.ledger.claim(
                f"undated {what}",
                sentence,
                {"times": count},
                query="undated_events",
                evidence=[Citation(path, line=line)],
            )
        )
        sentences.append(sentence)
    for burst in case.measured.bursts[:3]:
        sentence = f"{burst.failures:,} failed logins from one address, {clock(burst.start)}–{clock(burst.end)}{utc(burst.end)}"
        claims.append(
            case.ledger.claim(
                f"burst from {burst.address}",
                sentence,
                {"failures": burst.failures, "address": burst.address},
                query="login_bursts",
                parameters={"address": burst.address},
                evidence=[burst.citation],
            )
        )
        sentences.append(sentence)
    collect = _remedies(case, "saved-error-page", "cut", "serialised-map", "empty-json")
    if not sentences:
        return Answer(
            question,
            words,
            "unknown",
            "The evidence shows no error, resource or login that would explain it.",
            (),
            collect,
        )
    text = "; ".join(sentences)
    text = (
        text[0].upper()
        + text[1:]
        + ". These are conditions that were seen; which of them was the trigger is for people to say."
    )
    return Answer(question, words, "partial", text, tuple(claims), collect)


def _responded(case: Case, question: str, words: str) -> Answer:
    claims, sentences = [], []
    if case.window is not None and case.measured.requests.seen:
        parameters = {"start": case.window.earliest, "end": case.window.latest}
        requests, failed, p95, *_ = case.store.rows("request_counts", **parameters)[0]
        if requests:
            sentence = f"{failed:,} of {requests:,} external requests failed ({100 * failed / requests:.1f} %)"
            sentence += "" if p95 is None else f", p95 {p95:.2f} s"
            claims.append(
                case.ledger.claim(
                    "requests in the incident",
                    sentence,
                    {"requests": requests, "failed": failed, "p95_s": p95},
                    query="request_counts",
                    parameters=parameters,
                    evidence=[
                        Citation(path)
                        for path in (e.path for e in case.evidence)
                        if path in case.measured.requests.name
                    ],
                )
            )
            sentences.append(sentence)
    died = [d for d in case.measured.down if d.died]
    if died:
        sentence = f"the process died by itself {len(died)} times, first at {clock(died[0].start)}{utc(died[0].start)}"
        claims.append(
            case.ledger.claim("process deaths", sentence, len(died), query="down", evidence=[d.citation for d in died])
        )
        sentences.append(sentence)
    failed_probes = [
        p for p in case.measured.failed_probes if case.window and case.window.earliest <= p[0] <= case.window.latest
    ]
    if case.measured.probes:
        sentence = f"{len(failed_probes)} probes failed during the incident"
        claims.append(
            case.ledger.claim(
                "failed probes",
                sentence,
                len(failed_probes),
                query="probes_failed",
                evidence=[p[2] for p in failed_probes[:10]]
                or [Citation(path) for path, *_ in case.store.rows("probe_files")],
                parameters={"start": case.window.earliest, "end": case.window.latest} if case.window else {},
            )
        )
        sentences.append(sentence)
    if not sentences:
        return Answer(question, words, "unknown", "No requests, probes or process events are in the evidence.", (), ())
    text = "; ".join(sentences)
    return Answer(question, words, "answered", text[0].upper() + text[1:] + ".", tuple(claims))


def _mitigated(case: Case, question: str, words: str) -> Answer:
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
                (change.time, f"commit {change.id[:7]} “{_cut(change.summary, 100)}”", _changed_by(case, change))
            )
    for act in case.commands:
        if act.time and str(act.citation) not in told:
            text = (
                _by({"earliest": iso(act.time), "latest": iso(act.until or act.time)}) + f"command “{_cut(act.text)}”"
            )
            claim = case.ledger.claim(
                f"step {act.citation}", text, iso(act.time), query="events_between", evidence=[act.citation]
            )
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
    status = "answered" if case.moments["mitigated"].span else "partial"
    return Answer(question, words, status, text + ".", tuple(claim for _, _, claim in shown))  # type: ignore[arg-type]


def _by(time: Json) -> str:
    """Say by when something was done, where only that is known."""
    latest = parse_time(time["latest"])
    return f"(at {clock(latest)}{utc(latest)} at the latest) " if time["latest"] != time["earliest"] else ""


def _step(done: Json) -> str:
    """Say one mitigation: its kind, what was written of it, and what was measured before and after it."""
    told = f"{done['kind']}: “{_cut(done['text'])}”"
    if done["told_only"]:
        return told + " (an update tells of it; when it was done is not known)"
    names = {"error_rate": "error rate", "response_time": "response time"}
    effects = [
        f"{names[name]} {measured['before']:,.3g} {measured['unit']} before, {measured['after']:,.3g} {measured['unit']} after"
        for name, measured in (done["effect"] or {}).items()
        if measured and measured["before"] is not None and measured["after"] is not None
    ]
    return f"{told} ({'; '.join(effects)})" if effects else told


def _changed_by(case: Case, change: Change) -> str:
    return case.ledger.claim(
        f"step {change.citation}",
        f"commit {change.id[:7]} “{change.summary}”",
        iso(change.time),
        query="changes_all",
        evidence=[change.citation],
    )
