"""What were the triggering conditions?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis import causes, losses, plain_errors, security
from forensics.evidence import conditions
from forensics.findings.questions.case import (
    LEAST_TOLD,
    MOST_SEEN,
    RECENT,
    Case,
    between,
    remedies,
)
from forensics.findings.questions.changed import asked_of
from forensics.lengths import cut, lasting, quantity
from forensics.model import Answer, Citation, Query
from forensics.times import Span, clock, iso, placed, utc


def triggered(case: Case, question: str, words: str) -> Answer:
    claims: list[str] = []
    sentences: list[str] = []
    for change in case.changes:
        if change.kind == "data" and change.time and change.citation in case.moments["onset"].citations:
            sentence = f"the statement “{cut(change.summary)}” was run at {clock(change.time)}{utc(change.time)}"
            claims.append(
                case.ledger.claim(
                    f"statement {change.citation}",
                    sentence,
                    iso(change.time),
                    query=asked_of(change),
                    evidence=[change.citation],
                )
            )
            sentences.append(sentence)
    for sentence, claim in _conditions(case):
        claims.append(claim)
        sentences.append(sentence)
    for success in case.measured.successes[:1]:
        burst = next(b for b in case.measured.bursts if b.address == success.address)
        later = [one for one in case.measured.successes if one.address == success.address]
        times = f"{len(later)} logins succeeded, the first" if len(later) > 1 else "a login succeeded"
        sentence = (
            f"{times} at {clock(success.time)}{utc(success.time)}, from an address {burst.told(success.time)}: "
            "whether the one who guessed or somebody entitled logged in needs a person's judgement"
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
        if not any(row[5] for row in rows) and not case.measured.bursts and not case.impact.by_own_clock:
            for sentence, claim in _loud(case, case.window):
                claims.append(claim)
                sentences.append(sentence)
        failed = sum(row[1] for row in rows)
        for kind, count, path, line, first, _ in rows[:2]:
            sentence = f"{count:,} of {failed:,} failed external requests failed with “{cut(kind)}”, first at {clock(first)}{utc(first)}"
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
    for verdict in case.verdicts:
        if verdict.rule in ("alert.memory", "alert.disk", "alert.db_connections") and verdict.verdict == "met":
            run = verdict.intervals[0]
            title = runbook.load().rule(verdict.rule).title.lower()
            when = f"at {placed(run.start)}"
            if run.start_between:
                when = between(Span(run.start, run.start_between.latest))
            sentences.append(
                f"{title} first went over {'their' if title.endswith('s') else 'its'} threshold {when}, "
                f"peak {quantity(max(b.peak for b in verdict.intervals), '%')}"
            )
            claims.append(verdict.claim)
    for what, count, path, line, after, before, _, least, most in case.store.rows("undated_events"):
        where = _undated(after, before, least, most)
        sentence = f"{what}: told {count} times by the process itself, undated, so{where}"
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
                query=(of := doubted.asked or Query("checks_failed", losses.asked())).name,
                asked=[of],
                places=True,
                evidence=doubted.citations,
            )
        )
        sentences.append(doubted.told)
    collect = remedies(case, "saved-error-page", "cut", "serialised-map", "empty-json")
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


def _conditions(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what began by itself in the day before the onset or in the incident (evidence/conditions.py), with its claim."""
    onset = case.moments["onset"].span
    if onset is None or case.window is None:
        return
    begun = [e for e in case.said if e.what in (conditions.CERTIFICATE, conditions.LOCK)]
    begun = [e for e in begun if onset.earliest - RECENT <= e.time <= case.window.latest][:MOST_SEEN]
    if any(e.what == conditions.LOCK for e in begun):
        begun += [e for e in case.said if e.what == conditions.HOLDER and e.time <= case.window.latest][:1]
    for one in sorted(begun, key=lambda e: (e.time, e.citation.place)):
        lead = onset.latest - one.time
        before = f", {lasting(lead)} before the onset" if lead > timedelta(0) else ""
        sentence = f"{one.text[:1].lower()}{one.text[1:]}: at {clock(one.time)}{utc(one.time)}{before}"
        yield (
            sentence,
            case.ledger.claim(
                f"{one.what} {one.citation}",
                sentence,
                iso(one.time),
                query="events_between",
                parameters={"start": one.time, "end": one.time},
                evidence=[one.citation],
            ),
        )


MOST_SETTLED = 2
"""Of the texts beside a message that are the same each time, so many are told."""


def _loud(case: Case, window: Span) -> Iterator[tuple[str, str]]:
    """Yield the two messages that surged most, each by the innermost cause that its trace names, with its claim; no lines that
    only frame a trace."""
    asked_of = {"start": window.earliest, "end": window.latest, "least": LEAST_TOLD}
    surged = [row for row in case.store.rows("loud_templates", **asked_of) if not plain_errors.framing(row[0])]
    for template, level, during, before, first, path, line in surged[:2]:
        words = dict(case.store.rows("pattern_words", templates=[template], begin=window.earliest, end=window.latest))
        said = words.get(template, template).partition(" | {")[0].replace("<*>", "…")
        said = cut(plain_errors.thrown_first(said))
        of_context = {"template": template, "begin": window.earliest, "end": window.latest}
        settled = case.store.rows("settled_context", **of_context)[:MOST_SETTLED]
        with_it = f" ({', '.join(f'{key}: “{value}”' for key, value in settled)})" if settled else ""
        earlier = f"{before:,} times before" if before else "never before"
        logged = f"was logged {during:,} times during the incident and {earlier}, first at {clock(first)}{utc(first)}"
        cause = causes.of_event(case.store, path, line)
        sentence = f"{level} “{said}”{with_it} {logged}"
        if cause:
            sentence = (
                f"“{cut(cause, 200)}” is the innermost cause of {level} “{cut(said, 80)}”{with_it}, which {logged}"
            )
        asked = [Query("loud_templates", asked_of), *([Query("settled_context", of_context)] if settled else [])]
        asked += [Query("event_text", {"path": path, "line": line})] if cause else []
        yield (
            sentence,
            case.ledger.claim(
                f"messages like {template}",
                sentence,
                {"during": during, "before": before, "innermost_cause": cause or None},
                query="loud_templates",
                parameters=asked_of,
                asked=asked,
                evidence=[Citation(path, line=line)],
            ),
        )


def _undated(after: datetime | None, before: datetime | None, least: float | None, most: float | None) -> str:
    """Say between which times, or between which of the seconds that a log counts, something undated stands."""
    if after and before:
        return f" between {clock(after)} and {clock(before)}{utc(before)}"
    if least is not None and most is not None:
        return f" between the lines that count {least:,g} s and {most:,g} s"
    return " at an unknown time"
