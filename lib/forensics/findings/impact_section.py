"""What the incident did to requests and resources, in the contract's form."""

from __future__ import annotations

from collections.abc import Sequence

from forensics import runbook
from forensics.analysis import impact as impacts
from forensics.analysis import losses, named_signals, whole_counts
from forensics.analysis.losses import Lost
from forensics.analysis.signals import Signal
from forensics.findings import beside, load_totals
from forensics.findings.claims import Ledger
from forensics.lengths import quantity
from forensics.model import Citation, Json, Query
from forensics.store import Store
from forensics.times import Span, clock, iso, utc

MOST_ROUTES = 10
"""Of those that failed or were slow; the rest is counted."""

MOST_PATHS = 5
"""Of one route, those paths that failed most often."""


NEARLY_ALL = 0.95
"""The share of the failures that a route must hold for an incident to be its own."""
RISK = 0.05
"""How probable it may be that failures fall on one route by chance: the usual 5 %."""


def impact(
    store: Store,
    found: impacts.Impact,
    window: Span | None,
    lost: Sequence[Lost],
    signals: Sequence[Signal],
    ledger: Ledger,
) -> Json:
    """State who was hit, with the denominator, or that it was not measured: then null, with the reason in its `why_null`."""
    entry = _counted(store, found, window, lost, signals, ledger)
    return entry | {"why_null": _why_null(entry, found, window)}


def _only(most: Json, requests: int, failed: int) -> Json | None:
    """Return the route that (nearly) all failures are of, where that is more than its share of the requests makes probable."""
    told: Json = {name: most[name] for name in ("route", "failed", "requests")}
    by_chance = (most["requests"] / requests) ** most["failed"]
    return told if most["failed"] and most["failed"] >= NEARLY_ALL * failed and by_chance <= RISK else None


WHO = ("addresses", "addresses_failed", "accounts", "accounts_failed")
"""From how many addresses requests came, how many accounts asked, and how many of them saw one fail."""


def _why_null(entry: Json, found: impacts.Impact, window: Span | None) -> dict[str, str]:
    """Say of each count of requests and of who made them why it is null."""
    if found.kind == "none" or window is None:
        why = "nothing in this evidence was over a limit: there is no incident of which requests could be counted"
        return {name: why for name in ("requests", "failed", "p95_s", *WHO) if entry[name] is None}
    if entry["requests"] is None and entry["measured"]:
        why = "no request of the incident is told singly; what a series tells of all of them names no address"
    elif entry["requests"] is None:
        why = "no request of the incident is told singly, and nothing counts them"
    elif entry.get("counted"):
        why = "requests are told in sum only, by the summary of a load test, and of a sum nobody tells who asked"
    else:
        why = "no log of these requests tells it"
    reasons = dict.fromkeys(("requests", "failed", "p95_s"), why)
    told = entry["requests"] is not None and not entry.get("counted")
    reasons |= dict.fromkeys(WHO[:2], "no log of these requests tells from which address they came" if told else why)
    reasons |= dict.fromkeys(WHO[2:], "no log of these requests names the account that asked" if told else why)
    return {name: reason for name, reason in reasons.items() if entry[name] is None}


def with_loss(told: str | None, entry: Json) -> Json:
    """Return what was hit with what files tell of lost data, where nothing else does; null with its reason where nothing tells."""
    loss = entry.get("data_loss", told)
    why = {
        "data_loss": "nothing in the evidence tells of it: no two states of a database that differ, and no failed check"
    }
    return {"data_loss": loss, **entry, "why_null": {**entry["why_null"], **(why if loss is None else {})}}


def _counted(
    store: Store,
    found: impacts.Impact,
    window: Span | None,
    lost: Sequence[Lost],
    signals: Sequence[Signal],
    ledger: Ledger,
) -> Json:
    """State what was counted."""
    runs = [{**run.breach.json(), "of": run.signal, "criterion": run.tier == 1} for run in found.runs]
    entry: Json = {"kind": found.kind, "runs": runs, "requests": None, "failed": None, "p95_s": None, "routes": []}
    entry |= dict.fromkeys(WHO)
    entry["only_route"] = None
    entry["unanswered"] = []
    entry["measured"] = []
    entry["dated_errors"] = beside.stretches(found, ledger)
    entry["gone_rows"] = sum(one.rows for one in lost if one.table and one.sure) or None
    entry["incomplete"] = [
        {"present": present, "expected": expected}
        for present, expected in dict.fromkeys(
            filter(None, (losses.counted(one.told) for one in lost if not one.table))
        )
    ]
    if lost:
        told = "; ".join(one.told for one in lost)
        entry["data_loss"] = f"{told[:1].upper()}{told[1:]}."
        entry["data_loss_claim"] = ledger.claim(
            "data lost",
            told,
            [{"table": one.table, "rows": one.rows, "told": one.told} for one in lost],
            query="tables_gone",
            places=True,
            evidence=[citation for one in lost for citation in one.citations],
        )
    if window is None or found.kind == "none":
        return entry
    parameters: Json = {"start": window.earliest, "end": window.latest}
    entry["unanswered"] = _unanswered(store, parameters, ledger)
    counts = store.records("request_counts", **parameters)[0]
    if counts["requests"]:
        share = 100 * counts["failed"] / counts["requests"]
        p95 = None if counts["p95_s"] is None else round(counts["p95_s"], 3)
        statement = (
            f"{counts['failed']:,} of {counts['requests']:,} external requests failed ({quantity(share, '%')}) "
            f"between {clock(window.earliest)} and {clock(window.latest)}{utc(window.latest)}"
        )
        claim = ledger.claim(
            "requests in the incident",
            statement,
            {**counts, "failed_share": round(share, 3), "p95_s": p95},
            query="request_counts",
            parameters=parameters,
            evidence=_request_files(store, window),
        )
        by_route = store.rows("failed_routes", **parameters)
        routes = [
            {"route": route, "failed": failed, "requests": requests, **_paths(paths, paths_failed, most)}
            for route, failed, requests, paths, paths_failed, most in by_route[:MOST_ROUTES]
        ]
        rest = by_route[MOST_ROUTES:]
        errors = [
            {"kind": row[0], "failed": row[1], "where": str(Citation(row[2], line=row[3]))}
            for row in store.rows("failed_errors", **parameters)[:10]
        ]
        entry |= {
            "requests": counts["requests"],
            "failed": counts["failed"],
            "failed_share": round(share, 3),
            "p95_s": p95,
            "addresses": counts["addresses"] or None,
            "addresses_failed": counts["addresses_failed"] if counts["addresses"] else None,
            "accounts": counts["accounts"] or None,
            "accounts_failed": counts["accounts_failed"] if counts["accounts"] else None,
            "claim": claim,
            "routes": routes,
            "only_route": _only(routes[0], counts["requests"], counts["failed"]) if routes else None,
            "more_routes": {"routes": len(rest), "failed": sum(row[1] for row in rest)},
            "slow": _slow(ledger, store, window, counts["requests"]),
            "errors": errors,
            "claims": _detail_claims(ledger, store, window, routes, errors),
        }
        return entry
    entry["measured"] = _measured(store, found, signals, ledger)
    return entry | (load_totals.counted(store, found, signals, ledger) or {})


def _paths(paths: int, failed: int, most: list[Json]) -> Json:
    """State of a route that stands for several paths how many failed, and which most often where others did not fail at all."""
    if paths == 1:
        return {}
    return {"paths": paths, "paths_failed": failed, "failing": most[:MOST_PATHS] if failed < paths else []}


def _slow(ledger: Ledger, store: Store, window: Span, requests: int) -> Json | None:
    """State how many requests took longer than the runbook's criterion of response time; None where none did."""
    rule = runbook.load().rule("declare.response_time")
    parameters: Json = {"start": window.earliest, "end": window.latest, "over": rule.limit}
    found = store.rows("slow_requests", **parameters)
    slow = sum(row[1] for row in found)
    if not slow:
        return None
    routes = [
        {"route": route, "slow": count, "requests": of, **({"paths": paths, "paths_slow": hit} if paths > 1 else {})}
        for route, count, of, paths, hit in found
    ]
    told: Json = {"over_s": rule.limit, "requests": slow, "of": requests, "routes": routes[:MOST_ROUTES]}
    told["more_routes"] = {
        "routes": len(routes[MOST_ROUTES:]),
        "slow": sum(one["slow"] for one in routes[MOST_ROUTES:]),
    }
    statement = f"{slow:,} of {requests:,} external requests took longer than {rule.limit:g} s"
    claim = ledger.claim(
        "slow requests in the incident",
        statement,
        told,
        query="slow_requests",
        parameters=parameters,
        evidence=_request_files(store, window),
    )
    return {**told, "statement": statement, "claim": claim}


def _unanswered(store: Store, parameters: Json, ledger: Ledger) -> list[Json]:
    """State, for each place to look from, to how many requests or probes nothing answered: a server logs none of them."""
    found = []
    for one in store.records("unanswered", **parameters):
        what = "probes" if one["vantage"] == "probe" else "requests"
        first, last = clock(one["first_time"]), clock(one["last_time"])
        between = f"at {first}" if first == last else f"from {first} to {last}"
        refused = f", {one['refused']:,} of them refused" if one["refused"] else ""
        statement = (
            f"nothing answered {one['unanswered']:,} of {one['asked']:,} {what}{refused}, {between}{utc(one['last_time'])}, as "
            f"{one['path']} ({one['vantage']}) saw it"
        )
        told = {name: one[name] for name in ("path", "vantage", "asked", "unanswered", "refused")}
        told |= {"first": iso(one["first_time"]), "last": iso(one["last_time"])}
        cited = Citation(one["path"], line=one["line"], position=one["position"] if one["line"] is None else None)
        claim = ledger.claim(
            f"unanswered as {one['path']} saw it",
            statement,
            told,
            query="unanswered",
            parameters=parameters,
            evidence=[cited],
        )
        found.append({**told, "statement": f"{statement[:1].upper()}{statement[1:]}", "claim": claim})
    return found


def _told_of_requests(one: Json) -> str:
    """Say what a series told of requests that are not told singly: of all that it measured, or at the worst."""
    when = f"over all that {one['by']} measured" if one["whole_run"] else f"at the worst, as {one['by']} measured"
    if one["of"] == "response_time":
        return f"response time {one['value']:.3g} {one['unit']} {when}"
    count = f"{one['requests']:,} requests" if one["requests"] else "requests"
    return f"{one['value']:.3g} {one['unit']} of {count} failed {when}"


def _measured(store: Store, found: impacts.Impact, signals: Sequence[Signal], ledger: Ledger) -> list[Json]:
    """State what series tell of requests where none is told singly: the highest value of each, and of how many requests."""
    known = {signal.statistic: signal for signal in signals}
    told = []
    for run in found.runs:
        signal = known.get(run.breach.signal)
        if signal is None or run.signal not in ("error_rate", "response_time") or run.breach.peak is None:
            continue
        counts = whole_counts.of(store, signal.path) if signal.whole else None
        total = store.one("whole_run_total", path=signal.path, names=named_signals.totals()) if signal.whole else None
        total = counts.requests if counts and not total else total
        asked = [Query("points_highest", {"id": signal.id})]
        asked += (
            [Query("whole_run_total", {"path": signal.path, "names": named_signals.totals()})] if signal.whole else []
        )
        asked += [counts.asked] if counts else []
        entry = {"of": run.signal, "value": run.breach.peak, "unit": signal.unit, "whole_run": signal.whole}
        entry |= {"requests": int(total) if total else None, "by": f"{signal.path} ({signal.vantage})"}
        entry["statement"] = _told_of_requests(entry)
        entry["claim"] = ledger.claim(
            f"measured {signal.id}",
            f"{entry['statement']}: {signal.statistic}",
            dict(entry),
            query="points_within",
            asked=asked,
            evidence=[Citation(signal.path)],
        )
        told.append(entry)
    once = {(one["of"], one["value"], one["by"]): one for one in reversed(told)}
    return list(reversed(once.values()))


def _detail_claims(ledger: Ledger, store: Store, window: Span, routes: list[Json], errors: list[Json]) -> list[str]:
    """Claim what failed by route and by error, where anything did."""
    parameters: Json = {"start": window.earliest, "end": window.latest}
    files = _request_files(store, window)
    told = (("routes that failed", "failed_routes", routes), ("errors of failed requests", "failed_errors", errors))
    return [
        ledger.claim(
            name, f"{name} in the incident, most first", value, query=query, parameters=parameters, evidence=files
        )
        for name, query, value in told
        if value
    ]


def _request_files(store: Store, window: Span) -> list[Citation]:
    paths = store.rows("request_span", start=window.earliest, end=window.latest)[0][0]
    return [Citation(path) for path in (paths or "").split(", ") if path]
