"""What dated logs tell beside an incident whose signals stand on a clock of their own: nothing says how the two relate."""

from __future__ import annotations

from dataclasses import replace

from forensics.findings.claims import Ledger
from forensics.model import Answer, Citation, Json, Span, clock, full, iso, own_clock, utc
from forensics.store import Store

QUESTIONS = ("started", "triggered", "responded")
"""The questions whose answers tell them too."""
MOST_FILES = 4
"""Files whose errors are told one by one; the rest is counted."""
LONGEST = 200
"""Letters of a message that are quoted."""


def dated_errors(store: Store, window: Span | None, ledger: Ledger) -> tuple[str, tuple[str, ...]]:
    """Say which errors dated logs tell beside an incident on a clock of its own, file by file, with their claims.

    Nothing is said where the incident is dated itself, or where no dated log tells of an error.
    """
    if window is None or not own_clock(window.earliest):
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
    text = f"By dated logs: {'; '.join(told)}{more}. Nothing tells how their clocks and that of the numbers relate."
    return text, tuple(claims)


def told_too(answer: Answer, text: str, claims: tuple[str, ...]) -> Answer:
    """Return an answer that tells these errors too; one that was unknown is known in part then."""
    if not text:
        return answer
    if answer.status == "unknown":
        answer = replace(answer, status="partial")
    return replace(answer, text=f"{answer.text} {text}", claims=(*answer.claims, *claims))


def _told(row: Json) -> str:
    first, last, errors, times = row["first_time"], row["last_time"], row["errors"], row["times"]
    lines = row["template"].partition(" | {")[0].splitlines() or [""]
    words = lines[0] if len(lines[0]) <= LONGEST else lines[0][: LONGEST - 1] + "…"
    said = f"{row['level']} “{words}”"
    if errors == 1:
        return f"{row['path']} tells one error, at {full(first)}{utc(first)}: {said}"
    same_day = first.date() == last.date()
    until = f"{clock(last) if same_day else full(last)}{utc(last)}"
    often = "all of them" if times == errors else f"most often, {times:,} times,"
    return f"{row['path']} tells {errors:,} errors, {full(first)}–{until}, {often} {said}"
