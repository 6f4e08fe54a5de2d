"""The examination of a whole folder: what only shows when its files are seen beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from forensics.evidence.doctor import constants, coverage, losses, manifests, searches, states
from forensics.evidence.doctor.exports import advise
from forensics.evidence.intake import Found
from forensics.model import Evidence, Parameters, Problem
from forensics.store import Store


def examine(store: Store, entries: Sequence[Evidence], asked: Parameters, found: Sequence[Found]) -> list[Evidence]:
    """Return the entries with the problems that the folder as a whole shows; keep what each covers in the store."""
    places = {one.path: one.place for one in found}
    sources, main = coverage.measure(store, entries, asked)
    running = [one for one in sources if one.kind in coverage.RUNNING]
    reach = [(one.start, one.end) for one in [one for one in running if one.steady] or running]
    restarted = dict(losses.restarted(store, entries, reach))
    told: dict[str, list[Problem]] = {}
    for path, problem in chain(
        searches.missed(store, entries, places),
        searches.one_hour(store),
        losses.truncated(store),
        restarted.items(),
        coverage.problems(store, sources, main, losses.restarts(store), restarted),
        states.old(store, entries, main),
        losses.dropped(store),
        losses.commands(store, entries),
        constants.constant(store, entries),
        manifests.compared(entries, places),
    ):
        told.setdefault(path, []).append(advise(path, problem))
    return [replace(one, problems=(*one.problems, *told.get(one.path, ()))) for one in entries]
