"""The error budget: which share of what a stated objective allows this incident used up, with the denominator."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from forensics.analysis.impact import Impact
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Citation, Json, Parameters, Verdict
from forensics.store import Store
from forensics.times import Span

FELT = ("availability", "error_rate", "response_time", "process")
"""What users feel; a resource over its threshold uses no budget."""
DAYS = 30
_OBJECTIVE = re.compile(r"\s*(\d{1,2}(?:\.\d{1,6})?)\s*%?\s*(?:(?:over|in|/)\s*(\d{1,3})\s*d(?:ays?)?)?\s*")


@dataclass(frozen=True, slots=True)
class Objective:
    """So much of the time, or of the requests, is to be good."""

    percent: float
    days: int

    @property
    def allowed(self) -> float:
        """The share that may be bad."""
        return 1 - self.percent / 100


def objective(text: str) -> Objective | None:
    """Read `99.9` or `99.9 over 30 days`; None where nothing is stated. Raises ValueError."""
    if not text.strip():
        return None
    found = _OBJECTIVE.fullmatch(text)
    if found is None or not 0 < float(found[1]) < 100 or int(found[2] or DAYS) < 1:
        raise ValueError("a percentage below one hundred is wanted, for example 99.9 or 99.9 over 30 days")
    return Objective(float(found[1]), int(found[2] or DAYS))


def budget(
    store: Store,
    impact: Impact,
    everything: Span | None,
    parameters: Parameters,
    verdicts: Iterable[Verdict],
    ledger: Ledger,
) -> Json:
    """State the share by time, of the objective's period, and by requests, of those that the evidence holds."""
    stated = objective(parameters.objective)
    if stated is None:
        return {"objective": None, "why": "no objective stated"}
    bad = round(Impact(tuple(run for run in impact.runs if run.signal in FELT), impact.kind).seconds(), 3)
    allowed = stated.days * 86400 * stated.allowed
    entry: Json = {
        "objective": stated.percent,
        "days": stated.days,
        "by_time": {
            "over_s": bad,
            "allowed_s": round(allowed, 3),
            "share": round(100 * bad / allowed, 3),
            "open": impact.open,
        },
        "by_requests": None,
    }
    open_end = "at least " if impact.open else ""
    statement = (
        f"{stated.percent:g} % over {stated.days} days allows {lasting(allowed)} over limits that users feel; this incident used "
        f"{open_end}{lasting(bad)} of them, {100 * bad / allowed:,.1f} %"
    )
    cited: list[Citation] = []
    if everything is not None:
        requests, failed, *_ = store.rows("request_counts", start=everything.earliest, end=everything.latest)[0]
        paths = store.rows("request_span", start=everything.earliest, end=everything.latest)[0][0]
        cited = [Citation(path) for path in (paths or "").split(", ") if path]
        if requests:
            may = requests * stated.allowed
            entry["by_requests"] = {
                "failed": failed,
                "requests": requests,
                "allowed": round(may, 3),
                "share": round(100 * failed / may, 3),
            }
            statement += (
                f"; of the {requests:,} external requests in the evidence it allows {may:,.1f} to fail, and {failed:,} failed, "
                f"{100 * failed / may:,.1f} %"
            )
    entry["statement"] = f"{statement}."
    entry["claim"] = ledger.claim(
        "error budget",
        entry["statement"],
        dict(entry),
        query="request_counts",
        parameters={"objective": stated.percent, "days": stated.days}
        | ({"start": everything.earliest, "end": everything.latest} if everything else {}),
        claims=[verdict.claim for verdict in verdicts],
        evidence=cited,
    )
    return entry
