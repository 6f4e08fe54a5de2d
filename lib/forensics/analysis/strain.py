"""Which resources were over their limit, or full, when something was done."""

from __future__ import annotations

from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis.commands import declared
from forensics.analysis.impact import Measured
from forensics.model import Breach, Citation
from forensics.store import Store

FULL_FOR = timedelta(hours=1)
"""So long after the last message that says so, a resource still counts as full."""


class Strain:
    """What is known of resources at any place in the evidence."""

    def __init__(self, store: Store, measured: Measured) -> None:
        self.runs: list[tuple[str, str, Breach]] = [
            (signal.signal, signal.path, run)
            for rule in runbook.load().rules
            if not rule.declares and rule.signal not in ("error_rate", "response_time")
            for signal in measured.judged(rule.signal)
            for run in measured.runs.get((rule.id, signal.id), ())
        ]
        self.full = [
            (one["signal"], row["path"], row["first_line"], row["first"], row["last"])
            for one in declared()["full"]
            for row in store.records("full_told", says=one["says"])
        ]

    def then(self, citation: Citation, time: datetime | None, until: datetime | None) -> tuple[str, ...]:
        """Return which resources were over their limit, or said to be full, at a place of the evidence.

        Where a place only lies between two times, only the order in one file can tell.
        """
        if time is None:
            return ()
        over = {signal for signal, path, run in self.runs if _during(run, path, citation, time, until)}
        for signal, path, first_line, first, last in self.full:
            if until is None and first is not None and first <= time <= last + FULL_FOR:
                over.add(signal)
            elif until is not None and path == citation.path and first_line < (citation.line or 0):
                over |= {signal} if last is None or time <= last + FULL_FOR else set()
        return tuple(sorted(over))


def _during(run: Breach, path: str, citation: Citation, time: datetime, until: datetime | None) -> bool:
    """Say whether a stretch over a limit lasted at a place."""
    if until is None and not (run.start_between or run.end_between):
        return run.start <= time <= run.latest_end
    begins = run.start_between.line if run.start_between else None
    ends = run.end_between.line if run.end_between else None
    if path != citation.path or citation.line is None or (begins is None and ends is None):
        return until is not None and run.start <= time and until <= run.end
    return (begins is None or begins < citation.line) and (ends is None or citation.line < ends)
