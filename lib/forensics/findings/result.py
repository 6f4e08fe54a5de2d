"""The result of a run: everything the report states, built once; page, Markdown and notebooks render it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from forensics import runbook
from forensics.analysis import (
    accounts,
    clock_doubt,
    going_on,
    messages,
    moments,
    shared_words,
    taken_back,
    timeline,
    wall_clocks,
)
from forensics.analysis import acts as acting
from forensics.analysis import changes as changed
from forensics.analysis import impact as impacts
from forensics.analysis import recovery as recoveries
from forensics.analysis import relapses as relapsing
from forensics.analysis import stated as stating
from forensics.analysis.known import Known, declaring
from forensics.evidence import meanings, years
from forensics.findings import (
    budget,
    by_chance,
    candidates,
    captured,
    claim_check,
    coverage,
    declaration,
    degraded,
    disagreement,
    fix_steps,
    impact_section,
    incident,
    inventory,
    leading,
    log_patterns,
    mitigated,
    note_merging,
    parameters_used,
    prompts,
    questions,
    recorded,
    relapses,
    response,
    runbook_corrections,
    sections,
    several,
    shut_out,
    unplaced,
    usual,
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
from forensics.model import Citation, Evidence, Json, Moment, Parameters
from forensics.store import Store
from forensics.times import Span, iso, parse_time

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, as values; `json` is the contract's form of it."""

    json: Json
    claims: list[Json]


def _yearless(store: Store, evidence: list[Evidence]) -> list[Evidence]:
    """Return the sources without years where nothing tells one; their stamps stand in one, so that order and lengths can be told."""
    if found := years.yearless(evidence):
        years.stand_in(store, found)
        meanings.understand(store, meanings.DATED)
    return found


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
    yearless = _yearless(store, evidence)
    measured = impacts.measure(store, parameters)
    said = messages.said(store)
    found_impact = going_on.impact(store, measured)
    found_changes = changed.changes(store, said)
    records = incident.of_this(incident.records(store), found_impact)
    ahead = wall_clocks.wall_clocks(said, evidence).ahead
    acts = acting.acts(store, said, found_changes, evidence, measured, ahead)
    known = Known(found_impact, measured, said, records, found_changes, acts, clock_doubt.apart(evidence))
    derived = clock_doubt.doubted(store, moments.moments(store, known, parameters), evidence)
    found_moments = {name: _claimed(moment, ledger) for name, moment in derived.items()}
    statements = [
        *stating.stated(acts, records, ahead),
        *note_merging.stated(notes),
    ]
    window, how = incident.window(measured, found_impact, found_moments, said, parameters)
    verdicts = Judge(store, measured, said, evidence, window, ledger, found_impact.counted_from).all()
    stated = next((r.severity for r in declaring(records) if r.severity), None) or incident.level_named(
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
    commands, again = response.commands(acts, found_moments), relapsing.relapses(store, known, derived["onset"])
    events = fix_steps.marked(
        [
            *timeline.timeline(said, found_changes, found_impact, measured),
            *relapsing.events(again),
            *response.events(commands),
        ],
        acts,
        found_moments,
    )
    ids = list(note_merging.numbered(map(note_merging.event_id, events)))
    key = timeline.with_stars(
        events,
        timeline.key_events(events, found_moments, relapses.in_vain(again, acts, found_moments)),
        note_merging.starred(notes, events, ids),
    )
    services = sorted({service for record in records for service in record.services})
    person = incident.named_by(records, window)
    elsewhere, may = leading.seen_elsewhere(verdicts), incident.possible(measured)
    hit = impact_section.impact(store, found_impact, window, measured.lost, measured.signals, ledger) | {
        "usual": usual.usual(found_impact, measured, ledger),
        "by_chance": by_chance.by_chance(found_impact, measured, verdicts, ledger),
        "relapses": relapses.relapses(again, acts, found_moments, ledger),
    }
    title = incident.titled(person, found_impact) or incident.untitled(
        found_impact, severity, elsewhere, hit["only_route"], may, {v.rule for v in verdicts if v.verdict == "met"}
    )
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
            again,
        )
    )
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
        _undoings(store, known, found_moments, responded["mitigations"], again),
        shared_words.shared(store, window, found_changes),
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
    file_claims = inventory.files_claimed(evidence, ledger)
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
            "state": incident.state(found_impact, found_moments, severity, elsewhere, may),
            "others": several.others(found_impact, measured.baseline, measured.evidence, verdicts, ledger),
        },
        "parameters": _parameters(parameters),
        "evidence": [{**entry.json(), "claim": file_claims[entry.path]} for entry in evidence],
        "evidence_claim": inventory.whole_claimed(store, measured, file_claims, ledger),
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
            "in_words": severity.in_words or severity.reason,
            "share": severity.share,
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
                found_moments["onset"].span,
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
        "changes": sections.changes(found_changes, found_moments["onset"], ledger, case.undoings, case.named),
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
    result["candidate"] = candidates.best(result, ledger)
    _check(
        result,
        ClaimCase(store, measured, found_impact, found_moments, said, found_changes, evidence, result, ()),
        notes,
        folder,
        ledger,
    )
    result |= {
        "recorded_cause": recorded.cause(events, ledger),
        "findings": leading.leading(result),
    }
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
    "recorded_cause": recorded.NOT_RECORDED,
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
    result["human_claims_left"] = claim_check.left(written, result["human_claims"])
    result["human_claims_claim"] = claim_check.counted(result["human_claims"], result["human_claims_left"], ledger)
    errors = [one["kind"] or "" for one in result["impact"].get("errors", [])]
    result["runbook_corrections"] = runbook_corrections.corrections(
        case.evidence,
        case.said,
        case.impact,
        errors,
        [one["claim"] for one in result["verdicts"] if one["verdict"] == "met"],
        ledger,
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


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _parameters(parameters: Parameters) -> Json:
    return {name: getattr(parameters, name) for name in parameters.__slots__}


def _claimed(moment: Moment, ledger: Ledger) -> Moment:
    if moment.span is None and not moment.asked:
        return moment
    when = questions.between(moment.span) if moment.span else "not reached" if not moment.reached else "not known"
    told = moment.span.json() if moment.span else None
    statement = f"{moment.name}: {when}; {moment.why}"
    claim = ledger.claim(f"moment {moment.name}", statement, told, asked=moment.asked, evidence=moment.citations)
    return replace(moment, claim=claim)


def _undoings(
    store: Store, known: Known, told: dict[str, Moment], done: list[Json], again: Sequence[relapsing.Relapse]
) -> taken_back.Undoings:
    acted = [parse_time(one["time"]) for one in done if isinstance(one["time"], str)]
    return taken_back.undoings(store, known.changes, told["onset"], told["recovered"], acted, known.wrong, again)


def _citations(ledger: Ledger, claims: list[str]) -> list[Citation]:
    return [citation for claim in claims for citation in ledger[claim].evidence]
