"""Several incidents in one folder: which of them a report is about, and how to look at the others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from forensics.analysis.impact import Impact, Stretch, apart
from forensics.findings.claims import Ledger
from forensics.model import Citation, Json, Verdict
from forensics.times import full, iso, utc

MOST = 4
"""Others that the statement names one by one; the list has them all."""


def others(
    impact: Impact,
    baseline: timedelta,
    evidence: tuple[datetime, datetime] | None,
    verdicts: Iterable[Verdict],
    ledger: Ledger,
) -> Json:
    """State which stretches far from this incident were as serious, and by which parameters each is judged alone.

    `statement` is empty, and so is the list, where there is none.
    """
    if not impact.others or not evidence:
        return {"list": [], "statement": "", "claim": None}
    here = Stretch(impact.start, impact.end, tuple(sorted({run.signal for run in impact.runs})), ())
    every = sorted([here, *impact.others], key=lambda one: one.start)
    # Each is judged from a baseline before it, but never from within the one before, to the middle of the quiet after it.
    middles = [one.end + (later.start - one.end) / 2 for one, later in pairwise(every)]
    edges = [evidence[0], *middles, evidence[1]]
    found: list[Json] = [
        {
            "start": iso(one.start),
            "end": iso(one.end),
            "of": list(one.of),
            "parameters": {
                "start": iso(_whole(max(edges[place], one.start - 2 * baseline))),
                "end": iso(_whole(edges[place + 1]) + timedelta(seconds=1)),
            },
        }
        for place, one in enumerate(every)
        if one is not here
    ]
    told = [
        f"from {full(one.start)} to {full(one.end)}{utc(one.end)} ({', '.join(name.replace('_', ' ') for name in one.of)}: "
        f"-p start={entry['parameters']['start']} -p end={entry['parameters']['end']})"
        for one, entry in zip((one for one in every if one is not here), found, strict=True)
    ]
    more = f"; and {len(told) - MOST} more" if len(told) > MOST else ""
    hours = apart().total_seconds() / 3600
    statement = (
        f"limits were broken in {len(every)} stretches that lie more than {hours:g} hours apart: this report is about the one from "
        f"{full(here.start)}{utc(here.start)}, while its verdicts are of all the evidence. To judge another alone, run it "
        f"{'; '.join(told[:MOST])}{more}"
    )
    cited = [Citation(path) for one in every for path in one.paths]
    cited += [Citation(run.breach.signal.rsplit(", from ", 1)[-1].rsplit(" (", 1)[0]) for run in impact.runs[:1]]
    claim = ledger.claim(
        "several incidents",
        statement,
        {"stretches": len(every), "others": found},
        query="breaches",
        parameters={"apart_s": apart().total_seconds()},
        claims=[verdict.claim for verdict in verdicts if verdict.verdict == "met"],
        evidence=list(dict.fromkeys(cited)),
    )
    return {"list": found, "statement": f"{statement[:1].upper()}{statement[1:]}", "claim": claim}


def _whole(time: datetime) -> datetime:
    return time.replace(microsecond=0)
