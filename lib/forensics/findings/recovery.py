"""The proof of recovery in the contract's form, each number of it a claim's value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from forensics import runbook
from forensics.analysis.recovery import Recovery, SaidOver
from forensics.analysis.watched import Baseline, Watched, clock, declared
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Citation, Json, Query
from forensics.times import Span, iso

MOST_MISSING = 2
"""Of what the proof lacks, so many are told in the sentence; all of them stand in the list."""
_WORDS = {"shown": "shown", "not_shown": "not shown", "not_assessable": "not assessable"}


def recovery(
    found: Recovery | None, end: datetime, ledger: Ledger, asked: Sequence[Query] = (), claims: Iterable[str] = ()
) -> Json | None:
    """State whether recovery is shown, by which signals, and what failed from when somebody said that it was over to the `end`.

    `asked` is what was asked for it, and `claims` are those of the moments from which it counts.
    """
    if found is None:
        return None
    watch = runbook.load().recovery
    entry: Json = {
        "verdict": found.verdict,
        "stable_for_s": None if found.verdict == "not_assessable" else _seconds(found.stable),
        "needed_s": watch.stable.total_seconds(),
        "words": watch.words,
        "rule": _rule(found.usual),
        "parameters": _parameters(found.usual),
        "begins": iso(found.begins),
        "begins_how": found.begins_how,
        "stable": _span(found.stable),
        "why": _why(found, watch.stable),
        "missing": list(found.missing),
        "signals": [_signal(one) for one in found.signals],
        "unmeasured": list(found.unmeasured),
    }
    entry["claim"] = ledger.claim(
        "recovery",
        f"“{watch.words}”: {_WORDS[found.verdict]}. {entry['why']}",
        dict(entry),
        query="recovery_back",
        asked=asked,
        claims=claims,
        parameters={
            "begins": found.begins,
            "stable_s": watch.stable.total_seconds(),
            **declared()["baseline"],
            "baseline_s": _seconds(found.usual),
        },
        evidence=[Citation(path) for one in found.signals for path in one.path.split(", ") if path],
    )
    entry["said_over"] = [_said_over(one, found, end, ledger) for one in found.said]
    return entry


def _rule(usual: Span | None) -> str:
    rule, pace = declared()["baseline"], declared()["throughput"]
    window = f" in the {lasting(_seconds(usual))} before the onset" if usual else " before the onset"
    return (
        f"within the alert thresholds of the runbook, and with no mean of {rule['level_s'] / 60:g} minutes more than "
        f"{rule['spreads']:g} spreads, or {100 * rule['slack']:g} % of the threshold, over the median of such means{window}; of how "
        f"much is done, none more than so many spreads, or {100 * pace['slack']:g} %, below it; of probes, not three in a row failed, "
        "and no more of them than before; of complaints, no count higher than the one before"
    )


def _parameters(usual: Span | None) -> Json:
    """State where what was usual was looked for, and what near it means."""
    return {
        "baseline": _seconds(usual) / 60 if usual else None,
        "baseline_start": iso(usual.earliest) if usual else None,
        "baseline_end": iso(usual.latest) if usual else None,
        **declared()["baseline"],
        "throughput_slack": declared()["throughput"]["slack"],
    }


def _why(found: Recovery, needed: timedelta) -> str:
    if found.verdict == "not_assessable":
        return f"{found.missing[0][0].upper()}{found.missing[0][1:]}."
    if found.stable is None:
        return _listed(found.missing)
    seen = [one for one in found.signals if one.until]
    whose = f"all {len(seen)} measured signals" if len(seen) > 1 else seen[0].title
    known = [one.baseline is not None for one in seen]
    near = (
        " and near what was usual"
        if known and all(known)
        else " and, where known, near what was usual"
        if any(known)
        else ""
    )
    lasted = f"{whose[0].upper()}{whose[1:]} stayed within limits{near} from {clock(found.stable.earliest)} to "
    lasted += f"{clock(found.stable.latest)} ({lasting(found.stable.latest - found.stable.earliest)})"
    if found.verdict == "shown":
        return lasted + "."
    return f"{lasted}, and {lasting(needed)} are needed. {_listed(found.missing)}"


def _listed(missing: tuple[str, ...]) -> str:
    more = f"; and {len(missing) - MOST_MISSING} more" if len(missing) > MOST_MISSING else ""
    said = "; ".join(missing[:MOST_MISSING]) + more + "."
    return said[:1].upper() + said[1:]


def _signal(one: Watched) -> Json:
    return {
        "signal": one.signal,
        "title": one.title,
        "unit": one.unit,
        "limit": one.limit,
        "statistic": one.statistic,
        "baseline": _baseline(one.baseline),
        "back": iso(one.back),
        "until": iso(one.until),
        "watched_s": one.longest.total_seconds(),
        "stretches": [_span(span) for span in one.stretches],
        "after": {"peak": _rounded(one.peak), "level": _rounded(one.level)},
        "why": "; ".join(text for _, text in one.lacks),
    }


def _baseline(found: Baseline | None) -> Json | None:
    if found is None:
        return None
    return {
        "median": _rounded(found.median),
        "spread": _rounded(found.spread),
        "near": _rounded(found.near),
        "near_from": _rounded(found.near_from),
        "levels": found.levels,
        "start": iso(found.start),
        "end": iso(found.end),
    }


def _said_over(one: SaidOver, found: Recovery, end: datetime, ledger: Ledger) -> Json:
    failed, of = found.before
    entry: Json = {
        "by": one.by,
        "time": iso(one.time),
        "words": one.text,
        "where": str(one.citation),
        "requests_after": one.requests,
        "failed_after": one.failed,
        "last_failed": iso(one.last),
        "where_last": str(one.last_at) if one.last_at else None,
        "failed_probes_after": one.failed_probes,
        "seen_until": iso(one.seen_until),
        "failed_before_onset": failed,
        "requests_before_onset": of,
    }
    said = f"a {one.by}" if one.by != "alert" and one.by[0] not in "aeiou" else f"an {one.by}"
    statement = f"{said} said at {clock(one.time)} that it was over (“{one.text}”)"
    if one.last is not None:
        statement += (
            f"; of the {one.requests:,} external requests after that, {one.failed:,} failed, the last at {clock(one.last)}"
            f" (before the onset {failed:,} of {of:,})"
        )
    elif one.requests:
        statement += f"; none of the {one.requests:,} external requests after that failed"
    else:
        statement += "; no request after that is in the evidence"
    if one.failed_probes:
        statement += f"; {one.failed_probes:,} probes failed after that"
    entry["statement"] = f"{statement[0].upper()}{statement[1:]}."
    cited = [one.citation, *([one.last_at] if one.last_at else []), *([one.last_probe] if one.last_probe else [])]
    entry["claim"] = ledger.claim(
        f"after {one.by} said that it was over",
        entry["statement"],
        dict(entry),
        query="failures_after",
        parameters={"start": one.time, "end": end},
        evidence=cited,
    )
    return entry


def failed_on(found: Json | None) -> list[tuple[str, list[str]]]:
    """Return what is a finding of its own: failures that went on after somebody said that it was over."""
    said = (found or {}).get("said_over", [])
    return [(one["statement"], [one["claim"]]) for one in said if one["failed_after"] or one["failed_probes_after"]]


def _span(span: Span | None) -> Json | None:
    return {"start": iso(span.earliest), "end": iso(span.latest)} if span else None


def _seconds(span: Span | None) -> float:
    return (span.latest - span.earliest).total_seconds() if span else 0.0


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
