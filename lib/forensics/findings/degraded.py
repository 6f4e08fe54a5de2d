"""What users felt though their requests did not fail: answers that took long, none at all, a process that was gone, less that was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forensics.analysis.impact import Measured
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Json, Query
from forensics.times import Span, clock, iso, own_clock, utc


def told(hit: Json, measured: Measured, window: Span | None, beyond: Sequence[Json], ledger: Ledger) -> Json:
    """Return an impact with what was degraded beside what failed, the gravest first, and one sentence of both.

    `statement` is null where nothing counts requests. That none failed never stands in it alone where something else was degraded.
    """
    degraded: list[Json] = []
    if hit["kind"] == "users":
        degraded += [*_stopped(measured, window, ledger), *_unanswered(hit), *_slow(hit), *_beyond(beyond, window)]
    entry = {**hit, "degraded": degraded}
    entry |= _sentence(entry)
    why = {"statement": "no requests are counted in the incident"} if entry["statement"] is None else {}
    return {**entry, "why_null": {**hit.get("why_null", {}), **why}}


def _stopped(measured: Measured, window: Span | None, ledger: Ledger) -> Iterator[Json]:
    """Tell how often the process did not run, and for how long in all, in the incident."""
    if window is None or own_clock(window.earliest):
        return
    stops = [one for one in measured.down if window.earliest <= one.start <= window.latest]
    died = [one for one in stops if one.died]
    if not died:
        return
    ended = [(one.end - one.start).total_seconds() for one in died if one.end]
    times = "once" if len(died) == 1 else f"{len(died)} times"
    still = "" if len(ended) == len(died) else ", and was not seen to come back from the last"
    statement = (
        f"the process died {times} between {clock(died[0].start)} and {clock(died[-1].start)}{utc(died[-1].start)}, and did not run "
        f"for {lasting(sum(ended))} in all{still}"
    )
    value: Json = {"died": len(died), "seconds": round(sum(ended), 3), "open": len(ended) < len(died)}
    value |= {"first": iso(died[0].start), "last": iso(died[-1].start)}
    claim = ledger.claim(
        "the process died in the incident",
        statement,
        value,
        query="down",
        asked=[Query("down", {"start": measured.span.start, "end": measured.span.end})],
        evidence=[one.citation for one in died],
    )
    yield {"what": "stopped", **value, "statement": statement, "claim": claim}


def _unanswered(hit: Json) -> Iterator[Json]:
    for one in hit["unanswered"]:
        text = one["statement"]
        yield {"what": "unanswered", "statement": text[:1].lower() + text[1:], "claim": one["claim"]}


def _slow(hit: Json) -> Iterator[Json]:
    if slow := hit.get("slow"):
        yield {"what": "slow", "statement": slow["statement"], "claim": slow["claim"]}


_FELT = {"refusal": "refused", "throughput": "less done"}
"""What crossed no limit, and users felt."""


def _beyond(beyond: Sequence[Json], window: Span | None) -> Iterator[Json]:
    """Tell what was refused, or found to collapse, while the incident lasted."""
    if window is None:
        return
    first, last = iso(window.earliest) or "", iso(window.latest) or ""
    for one in beyond:
        if one["what"] in _FELT and one["start"] <= last and one["end"] >= first:
            text = one["statement"]
            yield {"what": _FELT[one["what"]], "statement": text[:1].lower() + text[1:], "claim": one["claim"]}


def _sentence(hit: Json) -> Json:
    """Say in one sentence how many requests failed, and what was degraded besides where none or few did."""
    if not hit["requests"]:
        return {"statement": None, "statement_claims": []}
    few = f"{hit['failed']:,} of {hit['requests']:,} requests failed"
    if hit["failed"]:
        return {"statement": f"{few}.", "statement_claims": [hit["claim"]]}
    worst = hit["degraded"][:2]
    none = f"none of {hit['requests']:,} requests that were answered failed"
    if not worst:
        return {"statement": f"{none[:1].upper()}{none[1:]}.", "statement_claims": [hit["claim"]]}
    felt = "; ".join(one["statement"] for one in worst)
    return {
        "statement": f"{felt[:1].upper()}{felt[1:]}; {none}.",
        "statement_claims": [*(one["claim"] for one in worst), hit["claim"]],
    }
