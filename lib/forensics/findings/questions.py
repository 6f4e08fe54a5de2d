"""First answers to the runbook's five questions, each resting on claims, each honest about what is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import causes, changes, commands, losses, security
from forensics.analysis.acts import Act
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.messages import Said
from forensics.analysis.stated import Stated
from forensics.findings import beside
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import (
    Answer,
    Change,
    Citation,
    Evidence,
    Json,
    Moment,
    Query,
    Span,
    Verdict,
    clock,
    full,
    iso,
    own_clock,
    parse_time,
    utc,
)
from forensics.store import Store

RECENT = timedelta(hours=24)
MOST_SEEN = 4
"""Statements on what series told that an answer holds; the rest is counted."""
MOST_STEPS = 6
"""Steps that an answer names; the rest is counted."""
MOST_CHANGES = 4
"""So many changes are told in one answer."""
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
    later_actions: int
    """How many there were long after the service, or all that was measured, had been back: they answer something else."""
    stated: list[Stated]
    """What people state of the moments."""
    seen: list[Json]
    """Statements, with their claims, on what series told of requests, and on what no limit is about."""


def answers(case: Case) -> list[Answer]:
    """Return the five answers in the runbook's order."""
    asked = {
        "started": _started,
        "changed": _changed,
        "triggered": _triggered,
        "responded": _responded,
        "mitigated": _mitigated,
    }
    dated = beside.dated_errors(case.store, case.window, case.ledger)
    innermost = beside.causes(case.store, case.window, case.ledger)
    found = [asked[question](case, question, words) for question, words in runbook.load().questions]
    return [beside.told_too(answer, dated, innermost) for answer in found]


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
    logs = [(entry.covers[0], entry.path) for entry in case.evidence if entry.kind == "log" and entry.covers]
    begins, path = min(logs, default=(onset.span.earliest, ""))
    if begins > onset.span.earliest and not own_clock(onset.span.earliest) and not own_clock(begins):
        status = "partial"
        text += f" No log reaches back to it: the first line is of {full(begins)}{utc(begins)} ({path})."
    return Answer(question, words, status, text, (onset.claim,) if onset.claim else ())  # type: ignore[arg-type]


def _changed(case: Case, question: str, words: str) -> Answer:
    onset = case.moments["onset"]
    dated = [(c, c.time) for c in case.changes if c.time is not None]
    undated = [c for c in case.changes if c.time is None]
    until = onset.span.latest if onset.span else datetime.max
    since = until - RECENT if onset.span else datetime.min
    told = [
        e for e in case.said
        if e.person and "changed" in e.means and "mitigation" not in e.means and "update" not in e.means
        and since <= e.time <= until
    ]  # fmt: skip
    if not case.changes and not told:
        return Answer(
            question,
            words,
            "unknown",
            "No commit, deploy or restart is in the evidence.",
            collect_next=("git log --format='%H %cI %an %s' -20 > git-log.txt",),
        )
    before = [
        (c, time) for c, time in dated if since <= time <= until and (onset.span is None or changes.before(c, onset))
    ]
    parts, claims = [], []
    if before:
        shown = [_told_change(case, change, time) for change, time in before[:MOST_CHANGES]]
        claims += [claim for claim, _ in shown]
        more = f" ({len(before) - MOST_CHANGES} more)" if len(before) > MOST_CHANGES else ""
        order = (
            "That one came first does not make it the cause."
            if onset.span
            else "Without an onset none is recent or not."
        )
        where = "In the day before the onset: " if onset.span else ""
        parts.append(f"{where}{'; '.join(text for _, text in shown)}{more}. {order}")
    elif onset.span:
        parts.append(f"No dated change lies in the day before the onset; the evidence dates {len(dated)} changes.")
        claims.append(
            case.ledger.claim(
                "no change before the onset",
                parts[-1],
                {"changes": len(case.changes), "dated": len(dated)},
                query="changes_all",
                claims=[onset.claim],
                evidence=[change.citation for change, _ in dated],
            )
        )
    for one in told[:MOST_CHANGES]:
        sentence = f"People wrote at {full(one.time)}{utc(one.time)}: “{_cut(one.text.splitlines()[0])}”."
        claims.append(
            case.ledger.claim(
                f"told change {one.citation}",
                sentence,
                iso(one.time),
                parameters={"at": str(one.citation), "time": one.time},
                evidence=[one.citation],
            )
        )
        parts.append(sentence)
    if undated:
        named = "; ".join(_named(change) for change in undated[:MOST_CHANGES])
        more = f" and {len(undated) - MOST_CHANGES} more" if len(undated) > MOST_CHANGES else ""
        parts.append(f"Without a time: {named}{more}.")
        claims.append(
            case.ledger.claim(
                "undated changes",
                f"changes without a time: {named}{more}",
                [change.id for change in undated],
                query="changes_all",
                evidence=[change.citation for change in undated],
            )
        )
    answered = onset.span is not None and not before and not undated and not told
    return Answer(question, words, "answered" if answered else "partial", _sentence(parts), tuple(claims))


def _sentence(parts: list[str]) -> str:
    text = " ".join(parts)
    return text[:1].upper() + text[1:]


def _told_change(case: Case, change: Change, changed: datetime) -> tuple[str, str]:
    """Claim a change, and say it: how long before the onset it was made, where that is known."""
    onset = case.moments["onset"].span
    lead = (onset.latest - changed).total_seconds() if onset and not change.until else None
    sentence = f"{_named(change)} {between(Span(changed, change.until or changed))}"
    sentence += "" if lead is None else f", {lasting(lead)} before the onset"
    ordered = onset and change.until and change.until > onset.earliest
    sentence += f", before the onset as {change.citation.path} orders them" if ordered else ""
    claim = case.ledger.claim(
        f"change {change.id}",
        sentence,
        {"time": iso(change.time), "lead_s": lead},
        query=asked_of(change),
        parameters={"id": change.id, "kind": change.kind, "service": change.service},
        evidence=[change.citation],
    )
    return claim, sentence


def asked_of(change: Change) -> str:
    """Return the question that gives a change; what an event tells is asked of where it stands."""
    if change.until:
        return "commands_told"
    return "" if change.id == str(change.citation) else "changes_all"


def _named(change: Change) -> str:
    return f"{change.kind} {change.id[:7] + ' ' if change.kind == 'commit' else ''}“{change.summary}”"


def _triggered(case: Case, question: str, words: str) -> Answer:
    claims: list[str] = []
    sentences: list[str] = []
    for success in case.measured.successes[:1]:
        burst = next(b for b in case.measured.bursts if b.address == success.address)
        later = [one for one in case.measured.successes if one.address == success.address]
        times = f"{len(later)} logins succeeded, the first" if len(later) > 1 else "a login succeeded"
        sentence = (
            f"{times} at {clock(success.time)}{utc(success.time)}, from an address with {burst.failures:,} failed ones, "
            f"the last of them at {clock(burst.end)}{utc(burst.end)}: whether the one who guessed or somebody entitled "
            "logged in needs a person's judgement"
        )
        claims.append(
            case.ledger.claim(
                "a guessed password",
                sentence,
                {"time": iso(success.time), "failures": burst.failures, "succeeded": len(later)},
                query="login_success_after",
                parameters={"address": success.address, "after": burst.start},
                evidence=[one.citation for one in later],
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
            cause = causes.of_event(case.store, path, line)
            told = {"start": case.window.earliest, "end": case.window.latest, "least": LEAST_TOLD}
            asked = [Query("loud_templates", told)]
            asked += [Query("event_text", {"path": path, "line": line})] if cause else []
            sentence += f", the innermost cause of that one “{_cut(cause, 200)}”" if cause else ""
            claims.append(
                case.ledger.claim(
                    f"messages like {template}",
                    sentence,
                    {"during": during, "before": before_, "innermost_cause": cause or None},
                    query="loud_templates",
                    parameters={"start": case.window.earliest, "end": case.window.latest, "least": LEAST_TOLD},
                    asked=asked,
                    evidence=[Citation(path, line=line)],
                )
            )
            sentences.append(sentence)
    for verdict in case.verdicts:
        if verdict.rule in ("alert.memory", "alert.disk", "alert.db_connections") and verdict.verdict == "met":
            run = verdict.intervals[0]
            title = runbook.load().rule(verdict.rule).title.lower()
            when = f"at {clock(run.start)}{utc(run.start)}"
            if run.start_between:
                when = between(Span(run.start, run.start_between.latest))
            sentences.append(
                f"{title} first went over its threshold {when}, peak {max(b.peak for b in verdict.intervals):,.1f} %"
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
                parameters={"address": burst.address, **security.asked(runbook.load().rule("declare.security_alert"))}
                | {"start": case.measured.span.start, "end": case.measured.span.end},
                evidence=[burst.citation],
            )
        )
        sentences.append(sentence)
    for doubted in [one for one in case.measured.lost if not one.table][:3]:
        claims.append(
            case.ledger.claim(
                f"doubted {doubted.citations[0]}",
                doubted.told,
                doubted.became if doubted.sure else "doubted",
                query="checks_failed",
                asked=[Query("checks_failed", losses.asked())],
                places=True,
                evidence=doubted.citations,
            )
        )
        sentences.append(doubted.told)
    collect = _remedies(case, "saved-error-page", "cut", "serialised-map", "empty-json")
    if not sentences:
        return Answer(
            question,
            words,
            "unknown",
            "The evidence places no error, resource or login in the incident that would explain it.",
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
    for sentence, claim in _full(case):
        sentences.append(sentence)
        claims.append(claim)
    died = [d for d in case.measured.down if d.died]
    if died:
        sentence = f"the process died by itself {len(died)} times, first at {clock(died[0].start)}{utc(died[0].start)}"
        claims.append(
            case.ledger.claim(
                "process deaths",
                sentence,
                len(died),
                query="down",
                parameters={"start": case.measured.span.start, "end": case.measured.span.end},
                evidence=[d.citation for d in died],
            )
        )
        sentences.append(sentence)
    failed_probes = [
        p for p in case.measured.failed_probes if case.window and case.window.earliest <= p[0] <= case.window.latest
    ]
    if case.measured.probes:
        sentence = f"{len(failed_probes)} probes failed during the incident"
        if not case.impact.runs:
            sentence = f"{len(failed_probes)} of {case.measured.probes[0].seen:,} probes failed"
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
    seen = case.seen[:MOST_SEEN]
    claims += [one["claim"] for one in seen]
    told = [row for row in case.store.records("incident_records") if row["description"] and not row["automatic"]]
    if not sentences and not seen:
        nothing = "No requests, probes or process events are in the evidence."
        if not told:
            return Answer(question, words, "unknown", nothing, (), ())
        for row in told[:3]:
            claims.append(
                case.ledger.claim(
                    f"described {row['id']}",
                    row["description"],
                    row["description"],
                    query="incident_records",
                    evidence=[Citation(row["path"], position=row["position"])],
                )
            )
        said = " ".join(f"“{_cut(row['description'], 300)}”" for row in told[:3])
        return Answer(question, words, "partial", f"{nothing} People describe it: {said}", tuple(claims))
    text = "; ".join(sentences)
    parts = [text[0].upper() + text[1:] + "."] if text else []
    parts += [f"{one['statement'][0].upper()}{one['statement'][1:].rstrip('.')}." for one in seen]
    left = len(case.seen) - len(seen)
    parts += [f"{left:,} more such statements stand among the findings."] if left > 0 else []
    return Answer(question, words, "answered", " ".join(parts), tuple(claims))


def _full(case: Case) -> Iterator[tuple[str, str]]:
    """Yield, of each resource that programs said to be full during the incident, the sentence and its claim."""
    window = case.window
    for one in commands.declared()["full"] if window else ():
        rows = case.store.records("full_told", says=one["says"])
        during = [
            row
            for row in rows
            if window and row["first"] and row["first"] <= window.latest and row["last"] >= window.earliest
        ]
        if not during:
            continue
        times = sum(row["times"] for row in during)
        first = min(during, key=lambda row: (row["first"], row["path"]))
        sentence = (
            f"programs said {times:,} times that the {one['signal']} was full, first with “{_cut(first['message'])}”"
        )
        if times == 1:
            sentence = f"a program said that the {one['signal']} was full: “{_cut(first['message'])}”"
        cited = [Citation(row["path"], line=row["first_line"]) for row in during]
        value = {"times": times, "files": len(during)}
        yield (
            sentence,
            case.ledger.claim(
                f"{one['signal']} said to be full",
                sentence,
                value,
                query="full_told",
                asked=[Query("full_told", {"says": one["says"]})],
                evidence=cited,
            ),
        )


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
    told = f"{done['kind']}: “{_cut(done['text'])}”"
    if done["told_only"]:
        return told + " (an update tells of it; when it was done is not known)"
    effects = [
        f"{name.replace('_', ' ')} {measured['before']:,.3g} {measured['unit']} before, {measured['after']:,.3g} {measured['unit']} after"
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
