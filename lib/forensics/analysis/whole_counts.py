"""How many requests the summary of a load test counts, and how many of them failed; what tells which is declared in signals.toml."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Any

from forensics.analysis.signals import Signal
from forensics.model import Query
from forensics.store import Store
from forensics.times import own_clock


@cache
def declared() -> dict[str, Any]:
    """Return what counts requests of whole runs, of signals.toml."""
    text = files("forensics.analysis").joinpath("signals.toml").read_text(encoding="utf-8")
    return dict(loads(text)["totals"])


def names() -> list[str]:
    """Return every name by which a summary counts requests, answers or failures."""
    return [name for of in ("requests", "failed", "succeeded", "responses", "errors") for name in declared()[of]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the summary of one run counts."""

    requests: int
    failed: int
    """As the tool counts failures; where it counts answers by status, those of a server's error and those that never came."""
    lines: tuple[int | None, ...]
    """Where the counts stand."""
    asked: Query


def of(store: Store, path: str) -> Counts | None:
    """Return what the summary in a file counts; None where it counts no requests, or tells of several runs.

    Numbers of several runs are never added up: the same thing counted twice, and not alike, tells of two. Only a tool that prints
    its table again and again while it runs, so that its counts never fall, has told the whole with the last.
    """
    asked = Query("whole_run_counts", {"path": path, "names": names()})
    rows = store.rows(asked.name, **asked.parameters)
    told = [(name, _labels(series), value, line) for name, value, _, line, series in rows]
    found = _by_name(told) or _by_status(told)
    if found is None or not found[0] or found[1] > found[0]:
        return None
    return Counts(*found, tuple(line for *_, line in told), asked)


Told = tuple[str, dict[str, str], float, int | None]
"""A number's name, its labels, itself, and its line."""


def _by_name(told: Sequence[Told]) -> tuple[int, int] | None:
    """Return requests and failures where the summary counts both, or all and a share."""
    every = {of: [one for one in told if one[0] in declared()[of]] for of in ("requests", "failed", "succeeded")}
    requests, failed = _only(every["requests"]), _only(every["failed"])
    if requests and not every["failed"]:
        failed = _by_share(requests, [100 - one[2] for one in every["succeeded"]])
    return None if not requests or failed is None else (requests, failed)


def _by_status(told: Sequence[Told]) -> tuple[int, int] | None:
    """Return requests and failures where answers are counted by status, and beside them what was never answered."""
    answers = [one for one in told if one[0] in declared()["responses"]]
    errors = [one for one in told if one[0] in declared()["errors"]]
    kinds = [tuple(sorted(labels.items())) for _, labels, *_ in (*answers, *errors)]
    if not answers or len(kinds) != len(set(kinds)):
        return None
    unanswered = sum(int(one[2]) for one in errors)
    failed = sum(int(one[2]) for one in answers if one[1].get("status", "").startswith("5"))
    return sum(int(one[2]) for one in answers) + unanswered, failed + unanswered


def _only(told: Sequence[Told]) -> int | None:
    """Return the number that is told; None where none is, or several that differ: then they are of several runs."""
    values = [one[2] for one in told]
    running = all(one[0] in declared()["running"] for one in told)
    if len(set(values)) > 1 and not (running and values == sorted(values)):
        return None
    return int(values[-1]) if values else None


def _by_share(requests: int, shares: Sequence[float]) -> int | None:
    """Return the only count whose share of the requests is this one, as finely as it is written; None where several are."""
    if len(set(shares)) != 1:
        return None
    within = requests * 0.5 * 10 ** -int(declared()["decimals"]) / 100
    nearest = round(requests * shares[0] / 100)
    return nearest if within < 0.5 else None


def _labels(series: str | None) -> dict[str, str]:
    read = json.loads(series) if series else {}
    return {str(key): str(value) for key, value in read.items()}


def signals(store: Store, found: Sequence[Signal], vantages: dict[str, str]) -> Iterator[Signal]:
    """Fill the store's points with the share of failed requests of each run that a summary counts, and yield it as a signal; nothing
    of a file that tells that share itself. `vantages` are of the files, by path."""
    told = {one.path for one in found if one.signal == "error_rate"}
    for number, path in enumerate(sorted(vantages.keys() - told)):
        counts = of(store, path)
        if counts is None:
            continue
        id_ = f"error_rate/{path}/counted/{number}"
        line = next((line for line in counts.lines if line is not None), None)
        store.run(
            "points_whole_counts", id=id_, path=path, requests=counts.requests, failed=counts.failed, line=line or 0
        )
        begins = store.one("points_first", id=id_) if store.one("points_count", id=id_) else None
        if begins is not None:
            what = "failed / all requests that a load test counts, of the whole run"
            one = Signal(id_, "error_rate", "Error rate", "%", what, path, vantages[path], "sample", 30.0)
            yield replace(one, whole=True, own_clock=own_clock(begins))
