"""What a missing status update could have said: what the evidence had shown by the time it was due, and nothing later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forensics.analysis import unruled
from forensics.analysis.impact import Measured
from forensics.analysis.mitigations import Done
from forensics.analysis.relapses import Relapse
from forensics.findings.claims import Ledger
from forensics.findings.updates import Update
from forensics.lengths import cut
from forensics.model import Citation, Json, Moment
from forensics.store import Store
from forensics.times import iso

MOST_ACTIONS = 5
MOST_TROUBLES = 2
RECENT = timedelta(minutes=5)
"""What an update calls the last minutes: whether it still goes on is what its readers ask first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a draft may be made from."""

    store: Store
    measured: Measured
    moments: dict[str, Moment]
    title: str
    ledger: Ledger
    again: Sequence[Relapse] = ()
    """Where it ceased and came back."""


def draft(
    shown: Shown,
    time: datetime,
    every: timedelta | None,
    before: Sequence[Update],
    done: Sequence[Done],
    since: datetime | None,
) -> Json:
    """Return what could have been said at this time; `since` when the last was sent or due, if one was."""
    states = [update.state for update in before if update.state and update.time <= time]
    dated = [(one, one.first) for one in done]
    by_then = [(one, act) for one, act in dated if act.time and (act.until or act.time) <= time]
    acts = [act for _, act in by_then]
    told: Json = {
        "time": iso(time),
        "title": shown.title,
        "status": states[-1] if states else "Investigating",
        "status_how": "the last that somebody had stated"
        if states
        else "the template’s first, for nobody had stated one",
        "impact": _impact(shown, time),
        "actions": [
            {
                "time": iso(act.time),
                "until": iso(act.until),
                "named": one.named,
                "text": cut(one.text, 200),
                "where": str(act.citation),
                "new": since is None or (act.time is not None and act.time > since),
            }
            for one, act in by_then[-MOST_ACTIONS:]
        ],
        "next": iso(time + every) if every else None,
    }
    with shown.store.noted() as asked:
        _impact(shown, time)
    told["claim"] = shown.ledger.claim(
        f"draft of the update due {iso(time)}",
        f"what the evidence had shown by {iso(time)}",
        {"time": told["time"], "impact": told["impact"], "actions": len(acts), "next": told["next"]},
        query="request_counts",
        asked=asked,
        claims=[shown.moments["onset"].claim],
        parameters={"end": time, **({"start": onset.earliest} if (onset := shown.moments["onset"].span) else {})},
        evidence=[*(citation for update in before[-1:] for citation in update.citations), *_sources(shown, acts)],
    )
    return told


def _sources(shown: Shown, acts: Sequence[object]) -> list[Citation]:
    cited = [getattr(act, "citation", None) for act in acts]
    return [one for one in (*shown.moments["onset"].citations, *cited) if one is not None]


def _impact(shown: Shown, time: datetime) -> Json | None:
    """Return what had been measured from the onset to this time; None where nothing had."""
    onset = shown.moments["onset"].span
    if onset is None or onset.latest > time:
        return None
    counts = shown.store.records("request_counts", start=onset.earliest, end=time)[0]
    logins = shown.store.records("login_counts", start=onset.earliest, end=time)[0]
    deaths = sum(1 for down in shown.measured.down if down.died and onset.earliest <= down.start <= time)
    found: Json = {"since": iso(onset.latest)}
    if counts["requests"]:
        share = round(100 * counts["failed"] / counts["requests"], 3)
        found |= {"requests": counts["requests"], "failed": counts["failed"], "failed_share": share}
        found |= {"p95_s": round(counts["p95_s"], 3)} if counts["p95_s"] is not None else {}
    if any(burst.fired <= time for burst in shown.measured.bursts):
        found |= {"failed_logins": logins["failed"]}
    if deaths:
        found["deaths"] = deaths
    recent = shown.store.records("request_counts", start=time - RECENT, end=time)[0]
    if recent["requests"] and counts["requests"] and time - RECENT > onset.latest:
        found["recent"] = {"over_s": RECENT.total_seconds(), "requests": recent["requests"], "failed": recent["failed"]}
    if paused := [one for one in shown.again if onset.latest < one.ceased and one.again <= time]:
        found["paused"] = [{"ceased": iso(one.ceased), "again": iso(one.again)} for one in paused[-MOST_TROUBLES:]]
    begun = [one for one in shown.measured.troubles if one.what in unruled.SIGNALS and one.start + RECENT <= time]
    if begun:
        found["beyond"] = [
            {
                "what": one.what,
                "measure": one.value["measure"],
                "since": iso(one.start),
                "until": iso(one.end) if one.end <= time else None,
            }
            for one in begun[:MOST_TROUBLES]
        ]
    return found if len(found) > 1 else None
