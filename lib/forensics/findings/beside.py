"""What dated logs tell beside an incident whose signals stand on a clock of their own: nothing says how the two relate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from forensics.analysis.causes import of_event as cause_of
from forensics.analysis.impact import Impact
from forensics.analysis.signals import Signal
from forensics.findings import load_totals
from forensics.findings.claims import Ledger
from forensics.lengths import cut, lasting
from forensics.model import Answer, Citation, Json, Query
from forensics.store import Store
from forensics.times import clock, full, iso, utc

TOLD_BY = "started"
"""The question whose answer tells them; those of what triggered it and how the system responded refer to it."""
MOST_FILES = 4
"""Files whose errors are told one by one; the rest is counted."""
LONGEST = 200
"""Letters of a message that are quoted."""


def dated_errors(
    store: Store, impact: Impact, signals: Sequence[Signal], ledger: Ledger
) -> tuple[str, tuple[str, ...]]:
    """Say which errors dated logs tell beside an incident on a clock of its own, file by file, with their claims.

    Nothing is said where the incident is dated itself, or where no dated log tells of an error.
    """
    if not impact.by_own_clock:
        return "", ()
    rows = store.records("dated_errors")
    if not rows:
        return "", ()
    told = [_told(row) for row in rows[:MOST_FILES]]
    claims = [
        ledger.claim(
            f"dated errors of {row['path']}",
            sentence,
            {
                "errors": row["errors"],
                "first": iso(row["first_time"]),
                "last": iso(row["last_time"]),
                "most_frequent": {name: row[name] for name in ("template", "level", "times")},
            },
            query="dated_errors",
            parameters={"path": row["path"]},
            evidence=[Citation(row["path"], line=row[line]) for line in ("first_line", "last_line", "line")],
        )
        for row, sentence in zip(rows, told, strict=False)
    ]
    more = f"; and {len(rows) - MOST_FILES} more files tell of errors" if len(rows) > MOST_FILES else ""
    text = f"By dated logs: {'; '.join(told)}{more}.{_apart(impact)} {_related(store, impact, signals)}"
    return text, tuple(claims)


def stretches(impact: Impact, ledger: Ledger) -> list[Json]:
    """State the stretches of errors that dated logs tell beside numbers on a clock of their own, in order of time."""
    found = []
    for one in impact.dated.every:
        first, last = one.first, one.last
        told = {"start": iso(first.first), "end": iso(last.last), "errors": one.errors, "paths": list(one.paths)}
        told["of_incident"] = one in impact.dated.incident
        statement = f"{one.errors:,} errors from {full(first.first)} to {clock(last.last)}{utc(last.last)}, in {', '.join(one.paths)}"
        claim = ledger.claim(
            f"stretch of errors {first.began}",
            statement,
            told,
            query="dated_stretches",
            asked=impact.dated.asked,
            evidence=[first.began, last.ended],
        )
        found.append({**told, "statement": statement, "claim": claim})
    return found


def _apart(impact: Impact) -> str:
    """Say which of these errors stand apart from the stretch with which the incident began."""
    if not impact.dated.incident:
        return ""
    end = impact.dated.last.last
    told = [
        f"those from {clock(one.first.first)}{utc(one.first.first)} on ({', '.join(one.paths)}), {lasting(one.first.first - end)} later"
        for one in impact.dated.others[:MOST_FILES]
        if one.first.first > end
    ]
    return f" Not of this stretch, but of another run or another incident, are {'; '.join(told)}." if told else ""


def _related(store: Store, impact: Impact, signals: Sequence[Signal]) -> str:
    """Say how the clocks of logs and numbers relate: not at all, but as many errors may be told as requests failed."""
    unknown = "Nothing tells how their clocks and that of the numbers relate"
    counted = load_totals.totals(store, impact, signals)
    first = next(iter(impact.dated.incident), None)
    if counted and first and counted.failed == first.errors:
        return f"{unknown}, but as many errors are told first as requests failed by {counted.signal.path}: {counted.failed:,}."
    return f"{unknown}."


def causes(store: Store, impact: Impact, ledger: Ledger) -> tuple[str, tuple[str, ...]]:
    """Say the innermost cause of what each of these logs tells most often, with its claims; nothing where no trace names one."""
    if not impact.by_own_clock:
        return "", ()
    told: dict[str, list[Json]] = {}
    for row in store.records("dated_errors")[:MOST_FILES]:
        if cause := cause_of(store, row["path"], row["line"]):
            told.setdefault(re.sub(r"\d+", "0", cause), []).append({**row, "cause": cause})
    sentences, claims = [], []
    for rows in told.values():
        first, where = rows[0], ", ".join(f"{row['path']}:{row['line']}" for row in rows)
        sentence = f"By dated logs, the innermost cause of the most frequent error is “{cut(first['cause'], LONGEST)}” ({where})."
        cited = [Citation(row["path"], line=row["line"]) for row in rows]
        name = f"innermost cause by {where}"
        asked = [Query("event_text", {"path": row["path"], "line": row["line"]}) for row in rows]
        claims.append(ledger.claim(name, sentence, first["cause"], query="event_text", asked=asked, evidence=cited))
        sentences.append(sentence)
    return " ".join(sentences), tuple(claims)


def told_too(answer: Answer, errors: tuple[str, tuple[str, ...]], innermost: tuple[str, tuple[str, ...]]) -> Answer:
    """Return an answer that tells these errors too: in full where it asks when it began, by their innermost cause, where a trace
    names one, where it asks for conditions, else by a reference. One that was unknown is known in part then."""
    refers = (REFERENCE if errors[0] else "", errors[1])
    said = {TOLD_BY: errors, "triggered": innermost if innermost[0] else refers, "responded": refers}
    text, claims = said.get(answer.question, ("", ()))
    if not text:
        return answer
    if answer.status == "unknown":
        answer = replace(answer, status="partial")
    if answer.question == "triggered" and innermost[0]:  # it says most, so that it stands first
        return replace(answer, text=f"{text} {answer.text}", claims=(*claims, *answer.claims))
    return replace(answer, text=f"{answer.text} {text}", claims=(*answer.claims, *claims))


REFERENCE = "What dated logs tell of it stands with the first question."


def _told(row: Json) -> str:
    first, last, errors, times = row["first_time"], row["last_time"], row["errors"], row["times"]
    lines = row["template"].partition(" | {")[0].splitlines() or [""]
    said = f"{row['level']} “{cut(lines[0], LONGEST)}”"
    if errors == 1:
        return f"{row['path']} tells one error, at {full(first)}{utc(first)}: {said}"
    same_day = first.date() == last.date()
    until = f"{clock(last) if same_day else full(last)}{utc(last)}"
    often = "all of them" if times == errors else f"most often, {times:,} times,"
    return f"{row['path']} tells {errors:,} errors, {full(first)}–{until}, {often} {said}"
