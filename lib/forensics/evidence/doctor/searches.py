"""Searches of logs that missed: an empty file where the log speaks of the thing in other words, or one clock hour alone."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from forensics.evidence.doctor.exports import declared, named
from forensics.evidence.intake import open_readonly
from forensics.lengths import lasting
from forensics.model import Evidence, Problem
from forensics.store import Store

HOUR = timedelta(hours=1)

LEAST_BEYOND = timedelta(seconds=30)
"""A log that goes on for less than this beyond the hour of an extract leaves nothing out that matters."""

_HEAD = 200
"""Bytes of a line in which its stamp stands."""

Said = Iterator[tuple[str, Problem]]


@dataclass(frozen=True, slots=True)
class Search:
    """One search that people run on logs."""

    names: tuple[str, ...]
    """Patterns of the names under which its answer is saved."""
    leaves_open: str
    word: str = ""
    others: str = ""
    """Other words for the same."""
    hour: bool = False
    """It looks for the hour before, as a date and an hour with a space between."""


@cache
def searches() -> tuple[Search, ...]:
    """Return the declared searches."""
    return tuple(Search(**{**one, "names": tuple(one["names"])}) for one in declared("searches.toml")["search"])


def meant(path: str) -> Search | None:
    """Return which search a file was meant to be the answer to, by its name, or None."""
    return next((one for one in searches() if named(path, one.names)), None)


def missed(store: Store, entries: Sequence[Evidence], places: Mapping[str, Path]) -> Said:
    """Say of each empty answer to a search whether the logs of this folder should have given one."""
    logs = [entry.path for entry in entries if entry.kind == "log" and entry.records]
    for entry in entries:
        search = meant(entry.path) if entry.status == "empty" and logs else None
        if search is not None:
            problem = _hour(store, search, places) if search.hour else _word(store, search, logs)
            if problem is not None:
                yield entry.path, problem


def _word(store: Store, search: Search, logs: Sequence[str]) -> Problem | None:
    rows = store.rows("search_words", logs=list(logs), word=search.word, others=search.others)
    if not rows:
        return None
    path, _, hits, first_hit, others, first_other, said = rows[0]
    if hits:
        return Problem(
            "search-missed",
            f"a search for {search.word} would have found {_lines(hits)} in {path} (first at {path}:{first_hit}): it was run "
            "elsewhere, on another file, or before they were written",
            leaves_open=search.leaves_open,
        )
    if others:
        return Problem(
            "search-missed",
            f"a search for {search.word} matches nothing: {path} speaks of {said} ({_lines(others)}, first at {path}:{first_other})",
            f"grep -iF {shlex.quote(said)} {shlex.quote(path)}",
            leaves_open=search.leaves_open,
        )
    where = path if len(rows) == 1 else f"{len(rows)} logs"
    total = sum(row[1] for row in rows)
    return Problem(
        "search-true",
        f"a search for {search.word} matches nothing, and neither does any other word for it: none of the {_lines(total)} of "
        f"{where} tells of one",
    )


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"


def _hour(store: Store, search: Search, places: Mapping[str, Path]) -> Problem | None:
    """Say why a search for a date and an hour found nothing, from how the fullest log writes its stamps."""
    rows = store.rows("search_logs")
    if not rows:
        return None
    path, dated, offset, first = rows[0]
    head = _peek(places.get(path), offset)
    wanted, none_of = f"{first:%Y-%m-%d %H}", f"matches none of its {dated:,} dated lines"
    if stamp := re.search(r"\d{4}-\d\d-\d\dT\d\d", head):
        why = (
            f"{path} writes a T between date and hour ({stamp[0]}): "
            f"a search for “{stamp[0].replace('T', ' ')}”, with a space, {none_of}"
        )
    elif re.search(r"\d{4}-\d\d-\d\d \d\d", head):
        why = f"{path} does write them so (“{wanted}”): the hour that was searched is not in it, perhaps the local one of another zone"
    elif head.isprintable() and head:
        why = f"{path} writes its times otherwise (“{head[:32].rstrip()}…”): a search for “{wanted}” {none_of}"
    else:
        why = f"how {path} writes its times was not compared; a search for “{wanted}” fits only one way to write them"
    return Problem("search-missed", f"it was to hold an hour of a log, and {why}", leaves_open=search.leaves_open)


def _peek(place: Path | None, offset: int) -> str:
    """Return the beginning of a line as it is written; nothing where its file is packed or gone."""
    if place is None:
        return ""
    try:
        with open_readonly(place) as file:
            file.seek(offset)
            return file.read(_HEAD).decode("utf-8", "replace").splitlines()[0]
    except (OSError, IndexError):
        return ""


def one_hour(store: Store) -> Said:
    """Name the extracts that hold one clock hour of a log that goes on before or after it."""
    for path, hour, log, first, last in store.rows("search_hours"):
        before, after = hour - first, last - (hour + HOUR)
        beyond = [
            f"{what} {lasting(length)}"
            for what, length in (("begins earlier, by", before), ("goes on after it, for", after))
            if length >= LEAST_BEYOND
        ]
        if beyond:
            yield path, _of_hour(hour, log, beyond, after)


def _of_hour(hour: datetime, log: str, beyond: list[str], after: timedelta) -> Problem:
    local = "; so long before its end, it was perhaps the hour of the local clock" if after > HOUR else ""
    return Problem(
        "one-clock-hour",
        f"it holds the lines of one clock hour, {hour:%Y-%m-%d %H}:00 to {hour:%H}:59 UTC, and no others: "
        f"{log} {' and '.join(beyond)}{local}",
        leaves_open="When did the issue start, and how did it end?"
        if after > LEAST_BEYOND
        else "When did the issue start?",
    )
