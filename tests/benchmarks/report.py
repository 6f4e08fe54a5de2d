"""What the contests showed: medians and spreads, ratios to the peers, and targets met or not met."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from benchmarks import contenders, contest, measuring

UNITS = {"cpu_s": "CPU s", "seconds": "s", "peak_mb": "MB", "left_mb": "MB"}


def told(contests: list[contest.Contest], scale: float, rounds: int) -> dict[str, Any]:
    """Return everything that was measured and what it means, ready for JSON."""
    return {
        "rounds": rounds,
        "scale": scale,
        "machine": f"{platform.platform()}, {os.cpu_count()} cores",
        "versions": contenders.versions(),
        "memory": measuring.HOW_MEMORY,
        "contests": [_contest(one) for one in contests],
        "targets": [_target(entry, contests, scale) for entry in contest.declared()["target"]],
    }


def _contest(one: contest.Contest) -> dict[str, Any]:
    ours = one.results[0]
    return {
        "name": one.name,
        "size_mb": one.size_mb,
        "lines": one.lines,
        "results": [{**asdict(result), **_summary(result), **_ratios(ours, result)} for result in one.results],
    }


def _summary(result: contest.Result) -> dict[str, Any]:
    return {
        "median": {measure: result.median(measure) for measure in contest.MEASURES},
        "cpu_spread": [min(result.cpu_s), max(result.cpu_s)] if result.cpu_s else None,
    }


def _ratios(ours: contest.Result, result: contest.Result) -> dict[str, Any]:
    """Return our medians over this contender's: below one, we take less."""
    if ours is result:
        return {"ours_to_this": None}
    return {"ours_to_this": {measure: _ratio(ours, result, measure) for measure in ("cpu_s", "seconds", "peak_mb")}}


def _ratio(of: contest.Result, to: contest.Result, measure: str) -> float | None:
    above, below = of.median(measure), to.median(measure)
    return above / below if above is not None and below else None


def _target(entry: dict[str, Any], contests: list[contest.Contest], scale: float) -> dict[str, Any]:
    results = {(one.name, result.contender): result for one in contests for result in one.results}
    of, to = results.get(tuple(entry["of"])), results.get(tuple(entry.get("to", ())))
    value = of.median(entry["measure"]) if of else None
    if "to" in entry:
        value = _ratio(of, to, entry["measure"]) if of and to else None
    right = not any(result.wrong for result in (of, to) if result)
    met = None if value is None or scale != 1 else right and value <= entry["at_most"]
    return {**entry, "value": value, "met": met}


def text(report: dict[str, Any]) -> str:
    """Return the report for people."""
    return "\n".join(_lines(report))


def _lines(report: dict[str, Any]) -> Iterator[str]:
    yield f"{report['machine']}; " + ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    yield f"Medians of rounds taken in turn: {report['rounds']}. CPU: user + system of the process. Memory: {report['memory']}."
    for one in report["contests"]:
        lines = f", {one['lines']:,} lines" if one["lines"] else ""
        yield f"\n{one['name']}: {one['size_mb']:,.0f} MB{lines}"
        for result in one["results"]:
            yield from _result(result)
    yield "\nTargets" + ("" if report["scale"] == 1 else " (at full size only: not judged here)")
    for target in report["targets"]:
        value = "not measured" if target["value"] is None else f"{target['value']:,.2f}"
        unit = "" if "to" in target else " " + UNITS[target["measure"]]
        word = {True: "met", False: "NOT met", None: "-"}[target["met"]]
        yield f"  {word:8} {target['says']}: {value}{unit} (at most {target['at_most']:g}{unit})"


def _result(result: dict[str, Any]) -> Iterator[str]:
    if result["skipped"]:
        yield f"  {result['contender']:15} skipped: {result['skipped']}"
        return
    if result["cpu_spread"]:
        median, (low, high) = result["median"], result["cpu_spread"]
        yield (
            f"  {result['contender']:15} {median['cpu_s']:8.2f} CPU s ({low:.2f} to {high:.2f})  {median['seconds']:8.2f} s"
            f"  {median['peak_mb']:7,.0f} MB memory  {median['left_mb']:6,.0f} MB left   {result['does']}"
        )
        ratio = result["ours_to_this"]
        if ratio and ratio["cpu_s"]:
            said = ", ".join(
                f"{name} {ratio[key]:.2f}" for key, name in (("cpu_s", "CPU"), ("peak_mb", "memory")) if ratio[key]
            )
            yield f"  {'':15} ours to this: {said}"
    for wrong in sorted(set(result["wrong"])):
        yield f"  {result['contender']:15} WRONG: {wrong}"
