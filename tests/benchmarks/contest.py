"""Running contests: evidence made once, contenders in turn, round by round, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import statistics
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import contenders, made, measuring
from benchmarks.made import application_log, json_lines, range_query

DECLARED = Path(__file__).with_name("contests.toml")
ROOM_GB = 3
"""Of disk, for the evidence at full size and the largest of what a contender leaves."""
MAKERS: dict[str, Callable[[Path, float], made.Made]] = {
    "application-log": application_log.make,
    "json-lines": json_lines.make,
    "range-query": lambda place, series: range_query.make(place, max(1, round(series))),
}
MEASURES = ("cpu_s", "seconds", "peak_mb", "left_mb")
Say = Callable[[str], None]


@dataclass(slots=True)
class Result:
    """What one contender did in one contest."""

    contender: str
    does: str
    skipped: str = ""
    cpu_s: list[float] = field(default_factory=list)
    """One a round, as all measures."""
    seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    left_mb: list[float] = field(default_factory=list)
    """What it left on disk."""
    wrong: list[str] = field(default_factory=list)
    """What it found that is not so, or how it failed."""

    def median(self, measure: str) -> float | None:
        """Return the middle of the rounds, or None where it never ran to its end."""
        values = getattr(self, measure)
        return statistics.median(values) if values else None


@dataclass(slots=True)
class Contest:
    """One piece of evidence, and all who read it."""

    name: str
    evidence: made.Made
    results: list[Result]
    size_mb: float
    lines: int | None


_EXPORTED = 1_577_836_800  # 2020-01-01
"""Seconds since 1970 at which the evidence was last written: long ago, for what is still written on is copied first."""


def declared() -> dict[str, Any]:
    """Return the contests and targets."""
    return tomllib.loads(DECLARED.read_text(encoding="utf-8"))


def run(folder: Path, scale: float, rounds: int, only: Sequence[str], say: Say) -> list[Contest]:
    """Make the evidence in `folder` and run all rounds of all contests, or of some."""
    contests = []
    for entry in declared()["contest"]:
        if only and entry["name"] not in only:
            continue
        say(f"making {entry['name']}")
        home = folder / entry["name"]
        home.mkdir()
        one = MAKERS[entry["evidence"]](home / "piece", entry["size"] * scale)
        os.utime(one.place, (_EXPORTED, _EXPORTED))
        known = [contenders.ALL[name] for name in entry["contenders"]]
        results = [Result(contender.name, contender.does, contender.missing()) for contender in known]
        contests.append(Contest(entry["name"], one, results, one.size / made.MEGABYTE, one.facts.get("last_line")))
    for number in range(rounds):
        for contest in contests:
            turn = number % len(contest.results)
            for result in [*contest.results[turn:], *contest.results[:turn]]:
                if not result.skipped:
                    say(f"round {number + 1} of {rounds}: {contest.name}, {result.contender}")
                    _take_part(contest.evidence, result, folder / "own")
    return contests


def _take_part(evidence: made.Made, result: Result, own: Path) -> None:
    contender = contenders.ALL[result.contender]
    (own / "output").mkdir(parents=True)
    (own / "room").mkdir()
    try:
        cost = measuring.measured(contender.command(evidence, own / "room"), own / "output")
        if cost.code:
            result.wrong.append(f"it ended with {cost.code}: {(cost.error.strip().splitlines() or [''])[-1]}")
            return
        result.cpu_s.append(cost.cpu_s)
        result.seconds.append(cost.seconds)
        result.peak_mb.append(cost.peak_bytes / made.MEGABYTE)
        left = sum(place.stat().st_size for place in (own / "room").rglob("*") if place.is_file())
        result.left_mb.append(left / made.MEGABYTE)
        result.wrong += _wrong(evidence, contender.found(evidence, own / "room", cost.out))
    finally:
        shutil.rmtree(own)


def _wrong(evidence: made.Made, found: contenders.Facts) -> list[str]:
    truth = {**evidence.facts, "size": evidence.size}
    return [
        f"{name}: found {value}, true is {truth[name]}"
        for name, value in found.items()
        if value != truth[name] and not (isinstance(value, float) and abs(value - truth[name]) < 0.001)
    ]
