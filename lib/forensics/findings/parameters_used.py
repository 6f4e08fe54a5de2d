"""Which parameters a verdict rests on: those that changed what was measured for it, with the values that were used."""

from __future__ import annotations

from forensics import runbook
from forensics.analysis.impact import Measured
from forensics.model import Json, Parameters, Verdict


def used(verdict: Verdict, measured: Measured, parameters: Parameters) -> Json:
    """Return the parameters of a verdict, by name; nothing for what it did not ask.

    `statistic` is the one that was judged, which may be another than the one asked for where the evidence holds only that.
    `bucket` is the length in seconds of the buckets that were judged; probes that are rare need longer ones. Single samples and
    numbers of whole runs have no bucket. `baseline` is in minutes, and stands where what was usual before was compared.
    `start` and `end` stand where a person asked that nothing before or after them be judged.
    """
    rule = runbook.load().rule(verdict.rule)
    judged = [one for one in measured.judged(rule.signal) if one.statistic in verdict.statistic]
    found: Json = {}
    if statistics := list(dict.fromkeys(one.held for one in judged if one.held and one.signal == "response_time")):
        found["statistic"] = ", ".join(statistics)
    if widths := sorted({one.width_s for one in judged if one.width_s}):
        found["bucket"] = widths[0] if len(widths) == 1 else widths
    if any(one.name.startswith(FALL) for one in verdict.definitions):
        found["baseline"] = parameters.baseline
    return found | {name: asked for name in ("start", "end") if (asked := getattr(parameters, name))}


FALL = "possible unavailability: far less was done"
"""How a definition begins that compares how much was done with how much was usual."""
