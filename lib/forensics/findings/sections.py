"""Parts of a result in the contract's form: values as JSON, each with the claim that it rests on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from forensics import runbook
from forensics.analysis import changes as changed
from forensics.analysis import deeds, event_words, reverts
from forensics.analysis import impact as impacts
from forensics.analysis.shared_words import Shared
from forensics.analysis.stated import Stated
from forensics.analysis.taken_back import Undoings
from forensics.evidence.shared_events import written
from forensics.findings import questions
from forensics.findings.claims import Ledger
from forensics.findings.standing import Standing, bare
from forensics.model import Change, Citation, Event, Json, Moment, Verdict
from forensics.store import Store
from forensics.times import Span, iso, utc


def moment(found: Moment, statements: Sequence[Stated], ledger: Ledger) -> Json:
    """State when something happened, or why that is not known, and beside it what people stated of it."""
    beside = [_stated(found, one, ledger) for one in statements if one.moment == found.name]
    if found.span is None and not found.reached:
        told: Json = {"source": "derived", "reached": False, "why": found.why}
    elif found.span is None:
        told = {"source": "unknown", "why": found.why}
    else:
        told = {**found.span.json(), "source": found.source, "why": found.why, "claim": found.claim}
    if found.claim:
        told["claim"] = found.claim
    if found.clock is not None:
        told["clock"] = found.clock.json()
    if found.derived is not None:
        derived = found.derived
        told["derived"] = {**(derived.span.json() if derived.span else {}), "why": derived.why}
        if derived.span and found.span:
            told["derived"]["stated_later_s"] = later(found.span, derived.span)
    if found.on_own_clock is not None:
        counted = found.on_own_clock
        told["on_own_clock"] = {**(counted.span.json() if counted.span else {}), "why": counted.why}
    return {**told, "stated": beside}


def later(one: Span, other: Span) -> list[float]:
    """Return how many seconds one time is later than another, at least and at most; negative: earlier."""
    least, most = one.earliest - other.latest, one.latest - other.earliest
    return [round(least.total_seconds(), 3), round(most.total_seconds(), 3)]


def _stated(found: Moment, one: Stated, ledger: Ledger) -> Json:
    """State what somebody said of a moment, and how much later that is than what the data tell."""
    told: Json = one.span.json() if one.span else {"earliest": None, "latest": None}
    told |= {"words": one.words, "written": one.written or None, "who": one.who, "where": str(one.citation)}
    comparable = one.span and found.span and utc(one.span.earliest) == utc(found.span.earliest)
    told["later_s"] = later(one.span, found.span) if comparable and one.span and found.span else None
    told["utc_assumed"] = one.zone_assumed and not one.ahead
    told["zone_assumed"] = written(one.ahead) if one.ahead else None
    told["claim"] = ledger.claim(
        f"stated {found.name} {one.citation} {one.written}",
        f"{found.name} as stated: “{one.words}”",
        {name: told[name] for name in ("earliest", "latest", "later_s")},
        parameters={"at": str(one.citation), "written": one.written},
        evidence=[one.citation],
    )
    return told


def verdict(found: Verdict, asked: Json) -> Json:
    """State what became of a rule, by which definition and parameters, and what is missing."""
    rule = runbook.load().rule(found.rule)
    return {
        "rule": found.rule,
        "title": rule.title,
        "words": rule.words,
        "verdict": found.verdict,
        "statistic": found.statistic,
        "definitions": [definition.json() for definition in found.definitions],
        "depends": found.depends,
        "parameters": asked,
        "limit": rule.limit,
        "unit": rule.unit,
        "sustained_s": rule.sustained.total_seconds() if rule.sustained else None,
        "intervals": [run.json() for run in found.intervals],
        "too_short": [run.json() for run in found.too_short] if found.verdict != "met" else [],
        "series": [series.json() for series in found.series],
        "missing": list(found.missing),
        "why": found.why,
        "claim": found.claim,
    }


def changes(
    found: list[Change], onset: Moment, ledger: Ledger, undone_by: Undoings, named: Mapping[Citation, Shared]
) -> list[Json] | None:
    """State what was changed, and how long before the onset; null where the evidence holds no change."""
    if not found:
        return None
    entries = []
    undone = [(one.citation, by.citation, one.id, by.id) for one, by in reverts.reverted(found)]
    for rank, (change, label) in enumerate(
        reverts.likely(found, onset, questions.RECENT, undone_by.vain, undone_by.helped, named), 1
    ):
        lead = None
        first = changed.before(change, onset)
        time = Span(change.time, change.until).json() if change.time and change.until else iso(change.time)
        if change.time is not None and onset.span is not None and not change.until:
            lead = round((onset.span.latest - change.time).total_seconds(), 3)
        claim = ledger.claim(
            f"change {change.id}",
            f"{change.kind} “{change.summary}”{_when(change)}",
            {"time": time, "lead_s": lead},
            query=questions.asked_of(change),
            parameters={"id": change.id, "kind": change.kind, "service": change.service},
            evidence=[change.citation],
        )
        entries.append(
            {
                "rank": rank,
                "id": change.id,
                "time": time,
                "kind": change.kind,
                "service": change.service,
                "summary": change.summary,
                "lead_s": lead,
                "before_onset": first if change.time is not None and onset.span is not None else None,
                "score": float(len(named[change.citation].words)) if change.citation in named else None,
                "names_with_failures": list(named[change.citation].words) if change.citation in named else [],
                "label": label,
                "reverts": next((id_ for _, by, id_, _ in undone if by == change.citation), None),
                "reverted_by": next((id_ for one, _, _, id_ in undone if one == change.citation), None),
                "reverted_in_vain": change.citation in undone_by.vain,
                "reverted_with_effect": change.citation in undone_by.helped,
                "claim": claim,
                "where": str(change.citation),
            }
        )
    return entries


def _when(change: Change) -> str:
    if change.time is None:
        return ", undated"
    return f" between {iso(change.time)} and {iso(change.until)}" if change.until else f" at {iso(change.time)}"


def security(store: Store, measured: impacts.Measured, shut: list[Json], ledger: Ledger) -> Json | None:
    """State how many attempts to log in failed, from where, and who was shut out; null where the evidence holds none."""
    told = store.records("login_counts", start=measured.span.start, end=measured.span.end)[0]
    if not told["attempts"]:
        return None
    rows = store.rows("login_sources")
    statement = (
        f"{told['failed']:,} of {told['attempts']:,} attempts to log in failed, from {told['addresses']:,} addresses"
    )
    claim = ledger.claim(
        "failed logins",
        statement,
        {"failed": told["failed"], "attempts": told["attempts"]},
        query="login_counts",
        parameters={"start": measured.span.start, "end": measured.span.end},
        evidence=[Citation(path) for path in (told["paths"] or "").split(", ") if path],
    )
    guessed = {s.address: s for s in reversed(measured.successes)}  # the first of each
    return {
        "failed_logins": told["failed"],
        "attempts": told["attempts"],
        "sources": [
            {
                "ip": address,
                "failed": failed,
                "succeeded_after": succeeded,
                "burst": any(b.address == address for b in measured.bursts),
                "first_success": iso(guessed[address].time) if address in guessed else None,
            }
            for address, failed, succeeded, _, _ in rows
        ],
        "shut_out": shut,
        "claims": [claim],
    }


def timeline(
    events: Sequence[Event], ids: Sequence[str], key: Mapping[int, str], standing: Standing, ledger: Ledger
) -> list[Json]:
    """State all events; those of which `key` holds the words, by their place, are key events."""
    return [
        {"id": name, **event(one, standing, ledger, key.get(place))}
        for place, (name, one) in enumerate(zip(ids, events, strict=True))
    ]


def event(found: Event, standing: Standing, ledger: Ledger, key: str | None) -> Json:
    """State one event of the timeline; a key event, in the words of `key`, is claimed. One that was measured stands where the
    first of its records does."""
    more = (key or found.text).removeprefix(found.text)
    text = f"{event_words.said(found.text)}{more}" if (key or found.text).startswith(found.text) else str(key)
    claim = None
    placed = standing.places(found.citation.path, found.asked, since=found.time) if bare(found.citation) else ()
    if key is not None:
        claim = ledger.claim(
            f"event {found.citation} {found.kind} {re.sub(r'[0-9]+', '', found.text)[:80]}",
            f"{iso(found.time)} {text}",
            iso(found.time),
            parameters={"at": str(found.citation), "time": found.time},
            asked=found.asked,
            evidence=[found.citation],
        )
    return {
        "time": iso(found.time),
        "kind": deeds.kind(found),
        "text": text,
        "who": found.who,
        "where": str(next(iter(placed), found.citation)),
        "key": key is not None,
        "step": found.step or None,
        "claim": claim,
    }


def beyond_limits(measured: impacts.Measured, ledger: Ledger) -> list[Json]:
    """State what crossed no limit of the runbook and is no health either."""
    found = []
    for one in measured.troubles:
        statement = one.statement[:1].upper() + one.statement[1:]
        value = {"start": iso(one.start), "end": iso(one.end), **one.value}
        told = {"what": one.what, "paths": [cited.path for cited in one.citations], "start": one.start}
        told |= {"measure": one.value["measure"]} if "measure" in one.value else {}
        claim = ledger.claim(
            f"beyond limits: {one.what}",
            statement,
            value,
            query=one.query,
            parameters=told,
            asked=one.asked,
            evidence=one.citations,
        )
        found.append(
            {
                "what": one.what,
                "kind": one.kind,
                "statement": statement,
                **value,
                "possible_unavailability": one.possible_outage,
            }
            | {"claim": claim}
        )
    return found
