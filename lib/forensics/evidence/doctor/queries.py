"""Answers to queries beside what was asked: those of another time, and those that a tool says matched nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from forensics.evidence.doctor.words import stretch
from forensics.evidence.intake import open_readonly
from forensics.lengths import lasting
from forensics.model import Evidence, Problem
from forensics.times import parse_time

HEAD = 8192
"""Bytes at the beginning of a file, and of its document, in which a tool writes what it was asked."""

KINDS = ("metrics", "log", "traces")

LEAST_OFF = timedelta(minutes=5)
"""Answers reach a step or two beyond what was asked."""

_ASKED = re.compile(r'"start": ?"(\d{4}-[^"]{12,32})",\s*"end": ?"(\d{4}-[^"]{12,32})"')
_NOTHING = re.compile(r'"status": ?"no_data"')


def compared(entries: Sequence[Evidence], places: Mapping[str, Path]) -> Iterator[tuple[str, Problem]]:
    """Compare each answer that carries its query with what was asked for."""
    for entry in entries:
        if entry.kind not in KINDS or entry.path not in places:
            continue
        try:
            with open_readonly(places[entry.path]) as file:
                head = file.read(HEAD).decode("utf-8", "replace")
        except OSError:
            continue
        if _NOTHING.search(head):
            yield entry.path, _nothing()
        asked = _ASKED.search(head)
        if asked is not None and (problem := _elsewhere(entry, *asked.groups())):
            yield entry.path, problem


def _nothing() -> Problem:
    return Problem(
        "no-records",
        "the tool that asked says that nothing matched (“no_data”): what stands here is its own account of the query",
        "ask again without the filter, and look whether anything is found at all",
        leaves_open="Did nothing happen, or was it searched for in other words?",
    )


def _elsewhere(entry: Evidence, start: str, end: str) -> Problem | None:
    """Name an answer of which no part lies in the time that was asked for."""
    try:
        begins, ends = parse_time(start), parse_time(end)
    except ValueError:
        return None
    if entry.covers is None or (entry.covers[0] <= ends + LEAST_OFF and entry.covers[1] >= begins - LEAST_OFF):
        return None
    later = entry.covers[0] > ends
    off = entry.covers[0] - ends if later else begins - entry.covers[1]
    return Problem(
        "answers-another-time",
        f"asked for was {stretch(begins, ends)}, and what it holds is of {stretch(*entry.covers)}, {lasting(off)} "
        f"{'later' if later else 'earlier'}: another query's answer, or a clock or data that were moved",
        "ask once more, and look at once whether the answer begins when the question does",
        leaves_open=f"What happened from {stretch(begins, ends)}?",
    )
