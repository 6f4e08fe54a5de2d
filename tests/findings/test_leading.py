"""The findings that lead a report say each thing once."""

from __future__ import annotations

from typing import Any

from forensics.findings import leading
from small_world import iso


def verdict(rule: str, words: str, peak: float, seen: str = "probes") -> dict[str, Any]:
    """Return a rule that our place to look from saw met, and another did not."""
    run = {"start": iso(0), "end": iso(300), "peak": peak}
    other = {"name": f"{seen} that failed, each minute, from up.csv (probe)", "verdict": "not_met", "intervals": []}
    own = {"statistic": "failed / all requests, from app.log (server)", "verdict": "met", "intervals": [run]}
    return {
        "rule": rule,
        "words": words,
        "unit": "%",
        "limit": 5.0,
        "definitions": [other],
        "claim": f"c-{rule}",
        **own,
    }


def test_rules_that_part_alike_share_a_sentence() -> None:
    """One signal has a criterion and an alert: that the probe saw neither broken is one thing to know."""
    told = [
        verdict("declare.error_rate", "Error rate > 5%", 40.0),
        verdict("alert.error_rate", "Error Rate: > 5%", 40.0),
    ]

    [(rules, said)] = list(leading._elsewhere(told))

    assert [one["rule"] for one in rules] == ["declare.error_rate", "alert.error_rate"]
    assert said == (
        "“Error rate > 5%” and “Error Rate: > 5%” were met as app.log (server) saw it, and were not met as up.csv (probe) did: "
        "probes that failed, each minute, at the highest 40 %"
    )


def test_rules_that_part_otherwise_keep_their_own() -> None:
    """What another peak or another definition shows is another thing to know."""
    told = [
        verdict("declare.error_rate", "Error rate > 5%", 40.0),
        verdict("alert.error_rate", "Error Rate: > 5%", 45.0),
    ]
    told += [verdict("alert.disk", "Disk: > 85%", 40.0, seen="disks")]

    said = [text for _, text in leading._elsewhere(told)]

    assert len(said) == 3
    assert said[0].startswith(
        "“Error rate > 5%” was met as app.log (server) saw it, and was not met as up.csv (probe) did"
    )
