"""The examination of a whole folder: what only shows when its files are seen beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from forensics.evidence.doctor import (
    answers,
    constants,
    coverage,
    instead,
    losses,
    manifests,
    numbered,
    queries,
    restored,
    samples,
    searches,
    states,
)
from forensics.evidence.doctor.exports import advise
from forensics.evidence.intake import Found, open_readonly
from forensics.model import Evidence, Parameters, Problem
from forensics.store import Store


def examine(store: Store, entries: Sequence[Evidence], asked: Parameters, found: Sequence[Found]) -> list[Evidence]:
    """Return the entries with the problems that the folder as a whole shows; keep what each covers in the store."""
    places = {one.path: one.place for one in found}
    entries = [_second_look(entry, places.get(entry.path)) for entry in entries]
    sources, main = coverage.measure(store, entries, asked)
    running = [one for one in sources if one.kind in coverage.RUNNING]
    reach = [(one.start, one.end) for one in [one for one in running if one.steady] or running]
    restarted = dict(losses.restarted(store, entries, reach))
    told: dict[str, list[Problem]] = {}
    for path, problem in chain(
        searches.missed(store, entries, places),
        searches.one_hour(store),
        losses.truncated(store),
        losses.holes(store),
        restarted.items(),
        coverage.problems(store, sources, main, losses.restarts(store), restarted),
        states.old(store, entries, main),
        restored.lacking(store, entries, sources),
        losses.dropped(store),
        losses.commands(store, entries),
        constants.constant(store, entries),
        constants.blind(store, entries),
        constants.failed(store, entries),
        manifests.compared(entries, places),
        queries.compared(entries, places),
        numbered.cut(store, entries),
        samples.logs(store, entries),
        samples.items(store),
        samples.traces(store),
    ):
        told.setdefault(path, []).append(advise(path, problem))
    dated = {path: (other, held) for path, other, held in store.rows("changes_dated_elsewhere")}
    entries = [replace(one, problems=(*_still_open(one, dated), *told.get(one.path, ()))) for one in entries]
    return instead.answered(store, entries, sources, main)


def _still_open(entry: Evidence, dated: Mapping[str, tuple[str, int]]) -> tuple[Problem, ...]:
    """Return the problems of a file; that its changes have no times leaves nothing open where another file states them."""
    if entry.path not in dated:
        return entry.problems
    other, held = dated[entry.path]
    note = Problem("changes-dated", f"changes without times; when each of the {held:,} was made, {other} states")
    return tuple(note if problem.code == "undated-changes" else problem for problem in entry.problems)


def _second_look(entry: Evidence, place: Path | None) -> Evidence:
    """Look again at what no format fits, or what gave nothing: it may be an error, or hollow."""
    codes = {problem.code for problem in entry.problems}
    if entry.format is None and "unknown-format" in codes and entry.size <= answers.MOST_BYTES and place is not None:
        found = answers.hollow(_text(place))
        if found is not None:
            problem = advise(entry.path, found.problem)
            return replace(entry, format=found.format, status=found.status, problems=(problem,))
    unread = entry.lines is not None and entry.lines.quarantined
    if entry.kind in GIVING and not (entry.records or unread) and entry.status == "ok":
        problem = advise(
            entry.path, Problem("no-records", "it holds no record: nothing matched, or nothing was collected")
        )
        return replace(entry, status="empty", problems=(problem, *entry.problems))
    if entry.kind == "alerts" and not entry.records and entry.status == "ok" and "empty-list" not in codes:
        none = Problem(
            "no-alert",
            "it lists none: nothing was raised, or what was raised is no longer kept, as after a restart; which of the two, the "
            "file cannot say",
            leaves_open="Did anything raise an alert?",
        )
        return replace(entry, problems=(*entry.problems, advise(entry.path, none)))
    return entry


GIVING = ("metrics", "log", "traces")
"""Kinds of evidence that are of no use without a record."""


def _text(place: Path) -> str:
    try:
        with open_readonly(place) as file:
            return file.read().decode("utf-8-sig", "replace")
    except OSError:
        return ""
