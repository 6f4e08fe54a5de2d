"""The result of a run: everything the report states, built once; page, Markdown and notebooks render it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from forensics import runbook
from forensics.analysis import accounts, clock_doubt, messages, moments, taken_back, timeline
from forensics.analysis import acts as acting
from forensics.analysis import changes as changed
from forensics.analysis import impact as impacts
from forensics.analysis import recovery as recoveries
from forensics.analysis import stated as stating
from forensics.evidence import meanings, years
from forensics.findings import (
    budget,
    candidates,
    captured,
    claim_check,
    coverage,
    declaration,
    degraded,
    disagreement,
    fix_steps,
    impact_section,
    leading,
    log_patterns,
    mitigated,
    note_merging,
    parameters_used,
    prompts,
    questions,
    response,
    runbook_corrections,
    sections,
    several,
    shut_out,
    unplaced,
    updates,
    vantages,
)
from forensics.findings import recovery as proofs
from forensics.findings.alert_audit import Auditor
from forensics.findings.claim_readings import Case as ClaimCase
from forensics.findings.claims import Ledger
from forensics.findings.noted import noted
from forensics.findings.notes import Notes
from forensics.findings.severity import Levels
from forensics.findings.standing import Standing
from forensics.findings.verdicts import Judge
from forensics.model import Change, Citation, Evidence, Json, Moment, Parameters, Query, Severity, Span, iso, parse_time
from forensics.store import Store

SCHEMA = 1
_HELD = ("bytes", "records", "lines", "covers", "status")


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, as values; `json` is the contract's form of it."""

    json: Json
    claims: list[Json]


def build(
    store: Store,
    evidence: list[Evidence],
    incident_id: str,
    parameters: Parameters,
    digest: str,
    folder: Path | None = None,
    notes: Notes | None = None,
) -> Findings:
    """Measure, order, judge and answer, and write everything down once.

    `folder` is where the evidence lies; without it, no change to a file of it can be suggested. `notes` are what people say
    beside it: input, joined to what was found, and changing nothing that the evidence tells.
    """
    ledger = Ledger(evidence, {notes.path: notes.sha256} if notes else {})
    yearless = years.yearless(evidence)
    if yearless:
        years.stand_in(store, yearless)
        meanings.understand(store, meanings.DATED)
    measured = impacts.measure(store, parameters)
    said = messages.said(store)
    found_impact = impacts.with_dated_errors(store, measured, impacts.impact(measured))
    found_changes = changed.changes(store, said)
    records = _records(store)
    acts = acting.acts(store, said, found_changes, evidence, measured)
    known = moments.Known(found_impact, measured, said, records, found_changes, acts)
    derived = clock_doubt.doubted(store, moments.moments(store, known, parameters), evidence)
    found_moments = {name: _claimed(moment, ledger) for name, moment in derived.items()}
    statements = [*stating.stated(acts, records), *note_merging.stated(notes)]
    window, how = _window(measured, found_impact, found_moments, said, parameters)
    verdicts = Judge(store, measured, said, evidence, window, ledger, found_impact.counted_from).all()
    stated = next((r.severity for r in records if not r.automatic and r.severity), None) or _named(
        acts, found_moments["onset"], parameters
    )
    levels = Levels(store, measured, found_impact, verdicts)
    severity = levels.judge(notes.severity.level if notes and notes.severity else stated)
    severity_claim = ledger.claim(
        "severity",
        f"{severity.level}: {severity.reason}",
        severity.level,
        parameters={"rules": [level.level for level in runbook.load().levels]},
        asked=levels.asked,
        claims=[v.claim for v in verdicts if v.verdict == "met"] or [v.claim for v in verdicts],
        evidence=_citations(ledger, [v.claim for v in verdicts if v.verdict == "met"]),
    )
    commands = response.commands(acts, found_moments)
    events = fix_steps.marked(
        [*timeline.timeline(said, found_changes, found_impact, measured), *response.events(commands)],
        acts,
        found_moments,
    )
    ids = list(note_merging.numbered(map(note_merging.event_id, events)))
    key = timeline.with_stars(
        events, timeline.key_events(events, found_moments), note_merging.starred(notes, events, ids)
    )
    services = sorted({service for record in records for service in record.services})
    person = _named_by(records, window)
    elsewhere = leading.seen_elsewhere(verdicts)
    title = person.title if person and person.title else _untitled(found_impact, severity, elsewhere)
    durations = moments.durations(found_moments, found_impact)
    told_updates, no_updates, responded = response.response(
        response.Responded(
            store,
            measured,
            found_impact,
            acts,
            records,
            found_moments,
            severity,
            severity_claim,
            title,
            evidence,
            parameters,
            ledger,
        )
    )
    hit = impact_section.impact(store, found_impact, window, measured.lost, measured.signals, ledger)
    beyond, shut = sections.beyond_limits(measured, ledger), shut_out.shut_out(store, measured, ledger)
    case = questions.Case(
        store,
        found_impact,
        measured,
        found_moments,
        found_changes,
        verdicts,
        said,
        evidence,
        ledger,
        window,
        commands,
        responded["mitigations"],
        responded["later_actions"],
        statements,
        [*shut, *hit["measured"], *beyond],
        _in_vain(store, found_changes, found_moments, responded["mitigations"]),
    )
    answers = questions.answers(case)
    durations_claim = ledger.claim(
        "durations",
        "seconds from the onset to each moment, as ranges, and the total time in breach",
        durations,
        claims=[*(moment.claim for moment in found_moments.values()), *(v.claim for v in verdicts)],
        evidence=[citation for moment in found_moments.values() for citation in moment.citations],
    )
    with store.noted() as recovery_asked:
        recovered = recoveries.recovery(
            store, measured, found_impact, found_moments, said, mitigated.acted(responded["mitigations"])
        )
    file_claims = _claim_files(evidence, ledger)
    told_otherwise, no_patterns = log_patterns.compared(store, derived, parameters, ledger)
    covered = coverage.coverage(store)
    result: Json = {
        "schema": SCHEMA,
        "incident": {
            "id": incident_id,
            "title": notes.title if notes and notes.title else title,
            "title_source": note_merging.title_source(notes) or (str(person.citation) if person else None),
            "services": services,
            "window": {"start": iso(window.earliest), "end": iso(window.latest), "how": how} if window else None,
            "evidence_digest": digest,
            "notes_sha256": notes.sha256 if notes else None,
            "elsewhere": {"none": elsewhere[0], "met": elsewhere[1]} if elsewhere else None,
            "state": _state(found_impact, found_moments, severity, elsewhere),
            "others": several.others(found_impact, measured.baseline, measured.evidence, verdicts, ledger),
        },
        "parameters": _parameters(parameters),
        "evidence": [{**entry.json(), "claim": file_claims[entry.path]} for entry in evidence],
        "evidence_claim": _claim_held(store, measured, file_claims, ledger),
        "moments": {name: sections.moment(one, statements, ledger) for name, one in found_moments.items()},
        "durations": durations,
        "durations_claim": durations_claim,
        "verdicts": [
            {
                **sections.verdict(verdict, parameters_used.used(verdict, measured, parameters)),
                "rests_on": coverage.resting(covered, ledger[verdict.claim].evidence),
            }
            for verdict in verdicts
        ],
        "severity": {
            "level": severity.level,
            "rule": severity.rule,
            "reason": severity.reason,
            "stated": severity.stated,
            "stated_in_evidence": stated,
            "stated_level": runbook.load().stated_level(severity.stated or "", parameters.severity_words),
            "parameters": {"severity_words": parameters.severity_words or "runbook.toml"},
            "claim": severity_claim,
            **levels.examples(ledger),
            "spent": declaration.spent(
                verdicts,
                {severity.level: levels.stretches},
                [path for (path,) in store.rows("own_clocks")],
                ledger,
                declaration.lasted(severity.level, levels.state, found_moments, measured.evidence),
            ),
        },
        "declarable": declaration.declarable(verdicts, found_moments["declared"], ledger),
        "questions": [
            {
                "id": a.question,
                "words": a.words,
                "status": a.status,
                "answer": a.text,
                "claims": list(a.claims),
                "collect_next": list(a.collect_next),
            }
            for a in answers
        ],
        "changes": sections.changes(found_changes, found_moments["onset"], ledger, case.vain),
        "suspects": None,
        **told_otherwise,
        "security": sections.security(store, measured, shut, ledger),
        "recovery": proofs.recovery(
            recovered,
            measured.span.end,
            ledger,
            recovery_asked,
            [found_moments[name].claim for name in ("onset", "mitigated", "recovered")],
        ),
        "updates": told_updates,
        "response": responded,
        "beyond_limits": beyond,
        "vantages": vantages.differing(store, measured, parameters.statistic, ledger),
        "disagreements": disagreement.disagreeing(store, measured, ledger),
        "captures_beside": captured.compared(store, measured, evidence, ledger),
        "findings": [],
        "alert_audit": Auditor(
            store, measured, found_impact, found_moments, verdicts, said, evidence, ledger, parameters, folder
        ).audit(),
        "error_budget": budget.budget(
            store, found_impact, Span(*measured.evidence) if measured.evidence else None, parameters, verdicts, ledger
        ),
        "impact": degraded.told(
            impact_section.with_loss(coverage.data_loss(evidence), hit), measured, window, beyond, ledger
        ),
        "timeline": sections.timeline(events, ids, key, Standing(store), ledger),
        "common_stretch": coverage.common_stretch(store),
        "coverage": covered,
    }
    _check(
        result,
        ClaimCase(store, measured, found_impact, found_moments, said, found_changes, evidence, result, ()),
        notes,
        folder,
        ledger,
    )
    result |= {"candidate": candidates.best(result, ledger), "findings": leading.leading(result)}
    result["prompts"] = prompts.prompts(result)
    claims = _claims_of(result, ledger, store)
    result["notes"] = _said_by_people(store, notes, result, claims)
    reasons = {**_NULL, "updates": no_updates, "patterns": no_patterns, "pattern_comparison": no_patterns}
    result["why_null"] = {name: why for name, why in reasons.items() if result[name] is None}
    return _placed(store, yearless, result, claims)


def _claims_of(result: Json, ledger: Ledger, store: Store) -> list[Json]:
    """Write all claims, and beside each moment and verdict the places where it stands in the evidence."""
    claims = ledger.json(store, result["coverage"])
    for one in (*result["moments"].values(), *result["verdicts"]):
        one["where"] = ledger.where(one["claim"]) if one.get("claim") else []
    return claims


_NULL = {
    "suspects": "ranking of suspects is not built",
    "security": "no attempt to log in is in the evidence",
    "changes": "no commit, deploy or restart is in the evidence",
    "recovery": "nothing in this evidence was over a limit, so there is nothing to recover from",
    "notes": note_merging.NO_NOTES,
    "candidate": candidates.NO_CANDIDATE,
}
"""Why a part of a result is null."""


def _said_by_people(store: Store, notes: Notes | None, result: Json, claims: list[Json]) -> Json | None:
    """Join people's notes to the result, with hints on them; whom they name is redacted like those of the evidence."""
    if notes is None:
        return None
    named = [["", None, role.who, role.role] for role in notes.roles if role.who]
    store.add("people", ["path", "id", "name", "role"], named)
    return noted(store, notes, result, claims)


def _check(result: Json, case: ClaimCase, notes: Notes | None, folder: Path | None, ledger: Ledger) -> None:
    """Check what people state against the evidence, and which steps of the runbook it shows to have failed."""
    written = accounts.sentences(case.store, case.said, folder)
    case = replace(case, accounts=accounts.paths(written))
    result["human_claims"] = claim_check.check(case, [*claim_check.named(notes), *written], ledger)
    result["human_claims_claim"] = claim_check.counted(result["human_claims"], ledger)
    errors = [one["kind"] or "" for one in result["impact"].get("errors", [])]
    result["runbook_corrections"] = runbook_corrections.corrections(
        case.evidence,
        case.said,
        case.impact,
        errors,
        [one["claim"] for one in result["verdicts"] if one["verdict"] == "met"],
        ledger,
    )


def _claim_files(evidence: list[Evidence], ledger: Ledger) -> dict[str, str]:
    """Claim of each file what it is and how much of it was read; return the claims by path."""
    claims = {}
    for entry in evidence:
        held = {name: value for name, value in entry.json().items() if name in _HELD}
        summary = f"{entry.path}: {entry.status}, {entry.size:,} bytes, {entry.records:,} records"
        claims[entry.path] = ledger.claim(
            f"evidence {entry.path}",
            summary,
            held,
            query="evidence_entry",
            parameters={"path": entry.path},
            asked=[
                Query(name, {"path": entry.path})
                for name in ("evidence_entry", *(["problems_of"] if entry.problems else []))
            ],
            evidence=[Citation(entry.path)],
        )
    return claims


def _claim_held(store: Store, measured: impacts.Measured, files: dict[str, str], ledger: Ledger) -> str:
    """Claim how much evidence there is, how much of it is not whole, and what logs, metrics and probes cover together."""
    held = store.records("evidence_held")[0]
    first, last = measured.evidence or (None, None)
    return ledger.claim(
        "files held",
        f"{held['files']:,} files; {held['not_whole']:,} of them are not whole",
        {"files": held["files"], "not_whole": held["not_whole"], "first": iso(first), "last": iso(last)},
        asked=[Query("evidence_held"), Query("evidence_span")],
        claims=list(files.values()),
    )


def _placed(store: Store, yearless: list[Evidence], result: Json, claims: Any) -> Findings:
    """Say times that nothing places as their clocks count or write them."""
    clocks = [path for (path,) in store.rows("own_clocks")]
    if clocks:
        result, claims = unplaced.on_own_clocks(result, clocks), unplaced.on_own_clocks(claims, clocks)
    if yearless:
        paths = [entry.path for entry in sorted(yearless, key=lambda entry: -entry.records)]
        result, claims = unplaced.as_written(result, paths), unplaced.as_written(claims, paths)
    return Findings(result, claims)


def write(findings: Findings, folder: Path) -> None:
    """Write result.json and claims.json; claims hold evidence in the clear, so they are their owner's alone."""
    (folder / "result.json").write_text(_text(findings.json), encoding="utf-8")
    claims = folder / "claims.json"
    claims.touch(mode=0o600)
    claims.write_text(_text(findings.claims), encoding="utf-8")


def reserved(result: Json) -> list[str]:
    """Return why a report on this evidence is not an exit code 0, one line for each reason."""
    found = []
    for entry in result["evidence"]:
        if entry["status"] not in ("ok", "duplicate"):
            why = entry["problems"][0]["message"] if entry["problems"] else entry["status"]
            found.append(f"{entry['path']}: {entry['status']}: {why}")
        elif entry["lines"] and entry["lines"]["quarantined"]:
            found.append(f"{entry['path']}: {entry['lines']['quarantined']} lines could not be read")
    found += [f"{path}: changed while it was read" for path in result.get("custody", {}).get("changed_during_run", [])]
    return found


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _parameters(parameters: Parameters) -> Json:
    return {name: getattr(parameters, name) for name in parameters.__slots__}


def _window(
    measured: impacts.Measured,
    impact: impacts.Impact,
    found: dict[str, Moment],
    said: list[messages.Said],
    parameters: Parameters,
) -> tuple[Span | None, str]:
    if parameters.start and parameters.end:
        return Span(measured.span.start, measured.span.end), "stated"
    onset, recovered = found["onset"], found["recovered"]
    if onset.span is not None and (impact.runs or recovered.span):
        last = impact.end_on(onset.span.earliest) if impact.runs else onset.span.latest
        end = max(recovered.span.latest, last) if recovered.span else last
        return Span(onset.span.earliest, max(end, onset.span.latest)), "derived"
    experiments = [event.time for event in said if event.what == "experiment"]
    if experiments:
        return Span(min(experiments), max(experiments)), "stated"  # other files may tell of other days
    if measured.evidence:
        return Span(*measured.evidence), "evidence span"
    return None, ""


def _records(store: Store) -> list[moments.Record]:
    found = []
    for row in store.records("incident_records"):
        services = json.loads(row["services"]) if row["services"] and row["services"].startswith("[") else []
        found.append(
            moments.Record(
                id=row["id"] or "",
                title=row["title"] or "",
                severity=row["severity"],
                status=row["status"],
                started=row["started"],
                ended=row["ended"],
                automatic=row["automatic"],
                services=tuple(str(service) for service in services),
                citation=Citation(row["path"], position=row["position"]),
                resolution=row["resolution"],
            )
        )
    return found


def _named(acts: list[acting.Act], onset: Moment, parameters: Parameters) -> str | None:
    """Return the level that people first named in their messages since it began; None where nobody did."""
    if onset.span is None:
        return None
    return next(
        (one.value for one in updates.levels(acts, (), parameters.severity_words) if one.time >= onset.span.earliest),
        None,
    )


def _claimed(moment: Moment, ledger: Ledger) -> Moment:
    if moment.span is None and not moment.asked:
        return moment
    when = questions.between(moment.span) if moment.span else "not reached" if not moment.reached else "not known"
    told = moment.span.json() if moment.span else None
    statement = f"{moment.name}: {when}; {moment.why}"
    claim = ledger.claim(f"moment {moment.name}", statement, told, asked=moment.asked, evidence=moment.citations)
    return replace(moment, claim=claim)


def _state(
    impact: impacts.Impact, found: dict[str, Moment], severity: Severity, elsewhere: tuple[str, str] | None
) -> str:
    if impact.kind == "none" and severity.level not in ("none", "undetermined"):
        return "not known"
    if impact.kind == "none" and elsewhere:
        return f"not known: no incident as the {elsewhere[0]} saw it, one as the {elsewhere[1]} did"
    if impact.kind == "none":
        return "not known: too little evidence" if severity.level == "undetermined" else "no incident in this evidence"
    if impact.open or not found["recovered"].reached:
        return "ongoing when the evidence ends"
    return "recovered" if found["recovered"].span else "not known"


def _named_by(records: list[moments.Record], window: Span | None) -> moments.Record | None:
    """Return the record that names the incident: the first that a person opened, else the first that a program opened while it lasted;
    where nothing tells when it lasted, the first of all."""
    person = next((one for one in records if not one.automatic), None)
    then = [one for one in records if window and one.started and window.earliest <= one.started <= window.latest]
    return person or next(iter(then if window else records), None)


def _in_vain(
    store: Store, found: list[Change], told: dict[str, Moment], mitigations: list[Json]
) -> dict[Citation, taken_back.Vain]:
    acted = [parse_time(one["time"]) for one in mitigations if isinstance(one["time"], str)]
    return taken_back.in_vain(store, found, told["onset"], told["recovered"], acted)


def _untitled(impact: impacts.Impact, severity: Severity, elsewhere: tuple[str, str] | None) -> str:
    if impact.kind == "none" and severity.level not in ("none", "undetermined"):
        return "Data lost or damaged"
    if impact.kind == "none" and elsewhere:
        return f"An incident as the {elsewhere[1]} saw it, none as the {elsewhere[0]} did"
    if impact.kind == "none":
        return "Not known" if severity.level == "undetermined" else "No incident in this evidence"
    if impact.first.signal == "response_time" and any(r.signal == "error_rate" and r.tier == 1 for r in impact.runs):
        return "Requests failed or were slow"
    return {
        "error_rate": "Requests failed",
        "response_time": "Slow responses",
        "availability": "Service unavailable",
        "security": "Failed logins",
        "data": "Data lost",
        "process": "The process died",
        "db_connections": "Database connections over their threshold",
    }.get(impact.first.signal, f"{impact.first.signal.replace('_', ' ').capitalize()} over its threshold")


def _citations(ledger: Ledger, claims: list[str]) -> list[Citation]:
    return [citation for claim in claims for citation in ledger[claim].evidence]
