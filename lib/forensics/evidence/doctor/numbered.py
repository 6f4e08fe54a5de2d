"""Logs of which a number of lines was kept (`tail -n 100`): the number tells it, and a fuller log beside them proves it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from forensics.model import Evidence, Problem
from forensics.store import Store

LEAST = 100
"""Fewer lines are no number that people ask for, unless a fuller log beside them proves it."""

MOST = 100_000
"""Whoever wants more asks for the whole."""

SHOWN = 4
"""Words that a sentence quotes."""

Said = Iterator[tuple[str, Problem]]

_ROUND = re.compile(r"[125]0+")
_WORD = re.compile(r"[A-Za-z]{3,}")
_COLUMNS = re.compile(r"csv|table")


def cut(store: Store, entries: Sequence[Evidence]) -> Said:
    """Name the logs that hold exactly as many lines as a person asks for, and no others."""
    logs = [one for one in entries if one.kind == "log" and one.records]
    for entry in logs:
        number = _asked(entry)
        if number is None or entry.piece:
            continue
        extract = any(problem.code == "extract-of" for problem in entry.problems)
        fuller = [one.path for one in logs if one.path != entry.path] if extract else []
        problem = _proved(store, entry, number, fuller) if fuller else _supposed(entry, number)
        if problem is not None:
            yield entry.path, problem


def _asked(entry: Evidence) -> int | None:
    """Return the round number of lines that a file holds, or of records, where its lines are something else."""
    lines = entry.lines
    if lines is None or (entry.format and _COLUMNS.search(entry.format)):
        number = entry.records
    elif lines.separator or entry.grepped:
        return None
    else:
        number = lines.physical
    return number if number <= MOST and _ROUND.fullmatch(str(number)) else None


def _proved(store: Store, entry: Evidence, number: int, fuller: Sequence[str]) -> Problem | None:
    """Say what a fuller log holds before or after an extract, of the lines that it is made of; None where it proves nothing."""
    words = _common([text for (text,) in store.rows("texts_of_a_log", path=entry.path)])
    rows = store.rows("lines_beside_an_extract", path=entry.path, logs=list(fuller), words=words)
    log, before, after = rows[0] if rows else ("", 0, 0)
    if bool(before) == bool(after):
        return None
    end, where, command = ("last", "before", "tail") if before else ("first", "after", "head")
    alike = f" that have the words of all its own ({', '.join(words[:SHOWN])})" if words else ""
    run = f"grep WORD FILE | {command} -n {number}" if words else f"{command} -n {number} FILE"
    return Problem(
        "cut-by-number",
        f"it holds exactly {number:,} lines, and {log} holds {before or after:,} more {where} them{alike}: only the {end} were kept; "
        f"probably run: {run}",
        f"{log} is here and holds them; the next time: keep all that was found, without “| {command}”",
    )


def _common(texts: Sequence[str]) -> list[str]:
    """Return the words that stand in every one of some texts, as the first one orders them."""
    shared = set.intersection(*(set(_WORD.findall(text)) for text in texts)) if texts else set()
    return [word for word in dict.fromkeys(_WORD.findall(texts[0] if texts else "")) if word in shared]


def _supposed(entry: Evidence, number: int) -> Problem | None:
    if number < LEAST:
        return None
    many = f"exactly {number:,} {'lines' if entry.lines and entry.lines.physical == number else 'records'}"
    return Problem(
        "cut-by-number",
        f"it holds {many}, as where a number was asked for (tail -n {number}, --tail {number}, the limit of a search): what came "
        "before the first, or after the last, may be missing",
        "ask by time, and not by number: journalctl --since TIME; docker logs --timestamps --since TIME; kubectl logs --timestamps "
        "--since-time TIME; or take the whole file",
        leaves_open="When did the issue start?",
    )
