"""Parts of a result in the contract's form: values as JSON, each with the claim that it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from forensics import runbook
from forensics.analysis import changes as changed
from forensics.analysis import impact as impacts
from forensics.analysis import named_signals
from forensics.analysis.losses import Lost
from forensics.analysis.signals import Signal
from forensics.analysis.stated import Stated
from forensics.findings import note_merging, questions
from forensics.findings import recovery as proofs
from forensics.findings.claims import Ledger
from forensics.lengths import lasting
from forensics.model import Change, Citation, Event, Json, Moment, Parameters, Query, Span, Verdict, clock, iso, utc
from forensics.store import Store

MOST_ROUTES = 10
"""Of those that failed or were slow; the rest is counted."""


def moment(found: Moment, statements: Sequence[Stated], ledger: Ledger) -> Json:
    """State when something happened, or why that is not known, and beside it what people stated of it."""
    beside = [_stated(found, one, ledger) for one in statements if one.moment == found.name]
    if found.span is None and not found.reached:
        told: Json = {"source": "derived", "reached": False, "why": found.why}
    elif found.span is None:
        told = {"source": "unknown", "why": found.why}
    else:
        told = {**found.span.json(), "source": found.source, "why": found.why, "claim": found.claim}
    if found.claim:
        told["claim"] = found.claim
    if found.clock is not None:
        told["clock"] = found.clock.json()
    if found.derived is not None:
        derived = found.derived
        told["derived"] = {**(derived.span.json() if derived.span else {}), "why": derived.why}
        if derived.span and found.span:
            told["derived"]["stated_later_s"] = later(found.span, derived.span)
    return {**told, "stated": beside}


def later(one: Span, other: Span) -> list[float]:
    """Return how many seconds one time is later than another, at least and at most; negative: earlier."""
    least, most = one.earliest - other.latest, one.latest - other.earliest
    return [round(least.total_seconds(), 3), round(most.total_seconds(), 3)]


def _stated(found: Moment, one: Stated, ledger: Ledger) -> Json:
    """State what somebody said of a moment, and how much later that is than what the data tell."""
    told: Json = one.span.json() if one.span else {"earliest": None, "latest": None}
    told |= {"words": one.words, "written": one.written or None, "who": one.who, "where": str(one.citation)}
    comparable = one.span and found.span and utc(one.span.earliest) == utc(found.span.earliest)
    told["later_s"] = later(one.span, found.span) if comparable and one.span and found.span else None
    told["utc_assumed"] = one.assumed_utc
    told["claim"] = ledger.claim(
        f"stated {found.name} {one.citation} {one.written}",
        f"{found.name} as stated: “{one.words}”",
        {name: told[name] for name in ("earliest", "latest", "later_s")},
        parameters={"at": str(one.citation), "written": one.written},
        evidence=[one.citation],
    )
    return told


_ASKED = {"error_rate": ("bucket",), "response_time": ("statistic", "bucket"), "availability": ("baseline",)}
"""Which parameters a verdict rests on, by the signal of its rule."""


def verdict(found: Verdict, parameters: Parameters) -> Json:
    """State what became of a rule, by which definition and parameters, and what is missing."""
    rule = runbook.load().rule(found.rule)
    return {
        "rule": found.rule,
        "title": rule.title,
        "words": rule.words,
        "verdict": found.verdict,
        "statistic": found.statistic,
        "definitions": [definition.json() for definition in found.definitions],
        "depends": found.depends,
        "parameters": {name: getattr(parameters, name) for name in _ASKED.get(rule.signal, ())},
        "limit": rule.limit,
        "unit": rule.unit,
        "sustained_s": rule.sustained.total_seconds() if rule.sustained else None,
        "intervals": [run.json() for run in found.intervals],
        "too_short": [run.json() for run in found.too_short] if found.verdict != "met" else [],
        "missing": list(found.missing),
        "why": found.why,
        "claim": found.claim,
    }


def changes(found: list[Change], onset: Moment, ledger: Ledger) -> list[Json] | None:
    """State what was changed, and how long before the onset; null where the evidence holds no change."""
    if not found:
        return None
    entries = []
    for rank, change in enumerate(found, 1):
        lead = None
        first = changed.before(change, onset)
        near = (
            change.time is not None and onset.span is not None and onset.span.latest - change.time <= questions.RECENT
        )
        time = Span(change.time, change.until).json() if change.time and change.until else iso(change.time)
        if change.time is not None and onset.span is not None and not change.until:
            lead = round((onset.span.latest - change.time).total_seconds(), 3)
        claim = ledger.claim(
            f"change {change.id}",
            f"{change.kind} “{change.summary}”{_when(change)}",
            {"time": time, "lead_s": lead},
            query=questions.asked_of(change),
            parameters={"id": change.id, "kind": change.kind, "service": change.service},
            evidence=[change.citation],
        )
        entries.append(
            {
                "rank": rank,
                "id": change.id,
                "time": time,
                "kind": change.kind,
                "service": change.service,
                "summary": change.summary,
                "lead_s": lead,
                "before_onset": first if change.time is not None and onset.span is not None else None,
                "score": None,
                "label": "lead" if first and near else "unlikely",
                "claim": claim,
                "where": str(change.citation),
            }
        )
    return entries


def _when(change: Change) -> str:
    if change.time is None:
        return ", undated"
    return f" between {iso(change.time)} and {iso(change.until)}" if change.until else f" at {iso(change.time)}"


def security(store: Store, measured: impacts.Measured, ledger: Ledger) -> Json | None:
    """State how many attempts to log in failed, and from where; null where the evidence holds none."""
    told = store.records("login_counts", start=measured.span.start, end=measured.span.end)[0]
    if not told["attempts"]:
        return None
    rows = store.rows("login_sources")
    statement = (
        f"{told['failed']:,} of {told['attempts']:,} attempts to log in failed, from {told['addresses']:,} addresses"
    )
    claim = ledger.claim(
        "failed logins",
        statement,
        {"failed": told["failed"], "attempts": told["attempts"]},
        query="login_counts",
        parameters={"start": measured.span.start, "end": measured.span.end},
        evidence=[Citation(path) for path in (told["paths"] or "").split(", ") if path],
    )
    guessed = {s.address: s for s in reversed(measured.successes)}  # the first of each
    return {
        "failed_logins": told["failed"],
        "attempts": told["attempts"],
        "sources": [
            {
                "ip": address,
                "failed": failed,
                "succeeded_after": succeeded,
                "burst": any(b.address == address for b in measured.bursts),
                "first_success": iso(guessed[address].time) if address in guessed else None,
            }
            for address, failed, succeeded, _, _ in rows
        ],
        "claims": [claim],
    }


def impact(
    store: Store,
    found: impacts.Impact,
    window: Span | None,
    lost: Sequence[Lost],
    signals: Sequence[Signal],
    ledger: Ledger,
) -> Json:
    """State who was hit, with the denominator, or that it was not measured."""
    runs = [{**run.breach.json(), "of": run.signal, "criterion": run.tier == 1} for run in found.runs]
    entry: Json = {"kind": found.kind, "runs": runs, "requests": None, "failed": None, "p95_s": None, "routes": []}
    entry["unanswered"] = []
    entry["measured"] = []
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
            f"{counts['failed']:,} of {counts['requests']:,} external requests failed ({share:.1f} %) "
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
            {"route": route, "failed": failed, "requests": requests}
            for route, failed, requests in by_route[:MOST_ROUTES]
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
            "addresses": counts["addresses"],
            "addresses_failed": counts["addresses_failed"],
            "accounts": counts["accounts"] or None,
            "accounts_failed": counts["accounts_failed"] if counts["accounts"] else None,
            "claim": claim,
            "routes": routes,
            "more_routes": {"routes": len(rest), "failed": sum(row[1] for row in rest)},
            "slow": _slow(ledger, store, window, counts["requests"]),
            "errors": errors,
            "claims": _detail_claims(ledger, store, window, routes, errors),
        }
    entry["measured"] = [] if counts["requests"] else _measured(store, found, signals, ledger)
    return entry


def _slow(ledger: Ledger, store: Store, window: Span, requests: int) -> Json | None:
    """State how many requests took longer than the runbook's criterion of response time; None where none did."""
    rule = runbook.load().rule("declare.response_time")
    parameters: Json = {"start": window.earliest, "end": window.latest, "over": rule.limit}
    found = store.rows("slow_requests", **parameters)
    slow = sum(row[1] for row in found)
    if not slow:
        return None
    routes = [{"route": route, "slow": count, "requests": of} for route, count, of in found]
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
        refused = f", {one['refused']:,} of them refused" if one["refused"] else ""
        statement = (
            f"nothing answered {one['unanswered']:,} of {one['asked']:,} {what}{refused}, from {clock(one['first_time'])} to "
            f"{clock(one['last_time'])}{utc(one['last_time'])}, as {one['path']} ({one['vantage']}) saw it"
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
        total = store.one("whole_run_total", path=signal.path, names=named_signals.totals()) if signal.whole else None
        asked = [Query("points_highest", {"id": signal.id})]
        asked += (
            [Query("whole_run_total", {"path": signal.path, "names": named_signals.totals()})] if signal.whole else []
        )
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


def timeline(events: Sequence[Event], ids: Sequence[str], key: Mapping[int, str], ledger: Ledger) -> list[Json]:
    """State all events; those of which `key` holds the words, by their place, are key events."""
    return [
        {"id": name, **event(one, ledger, key.get(place))}
        for place, (name, one) in enumerate(zip(ids, events, strict=True))
    ]


def event(found: Event, ledger: Ledger, key: str | None) -> Json:
    """State one event of the timeline; a key event, in the words of `key`, is claimed."""
    text = key or found.text
    claim = None
    if key is not None:
        claim = ledger.claim(
            f"event {found.citation} {found.kind} {re.sub(r'[0-9]+', '', found.text)[:80]}",
            f"{iso(found.time)} {text}",
            iso(found.time),
            parameters={"at": str(found.citation), "time": found.time},
            asked=found.asked,
            evidence=[found.citation],
        )
    return {
        "time": iso(found.time),
        "kind": found.kind,
        "text": text,
        "who": found.who,
        "where": str(found.citation),
        "key": key is not None,
        "claim": claim,
    }


def beyond_limits(measured: impacts.Measured, ledger: Ledger) -> list[Json]:
    """State what crossed no limit of the runbook and is no health either."""
    found = []
    for one in measured.troubles:
        statement = one.statement[:1].upper() + one.statement[1:]
        value = {"start": iso(one.start), "end": iso(one.end), **one.value}
        told = {"what": one.what, "paths": [cited.path for cited in one.citations], "start": one.start}
        claim = ledger.claim(
            f"beyond limits: {one.what}",
            statement,
            value,
            query=one.query,
            parameters=told,
            asked=one.asked,
            evidence=one.citations,
        )
        found.append(
            {
                "what": one.what,
                "kind": one.kind,
                "statement": statement,
                **value,
                "possible_unavailability": one.possible_outage,
            }
            | {"claim": claim}
        )
    return found


_SEEN_FROM = re.compile(r", from (?P<paths>[^()]+) \((?P<vantage>[^()]+)\)$")


def _elsewhere(verdict: Json) -> str:
    """Say where a rule would be judged otherwise from another place to look from; nothing where all agree."""
    ours = _SEEN_FROM.search(verdict["statistic"])
    for other in verdict["definitions"]:
        theirs = _SEEN_FROM.search(other["name"])
        if (
            ours
            and theirs
            and ours["vantage"] != theirs["vantage"]
            and {verdict["verdict"], other["verdict"]} == {"met", "not_met"}
        ):
            said = {"met": "was met", "not_met": "was not met"}
            peaks = [run["peak"] for run in (*verdict["intervals"], *other["intervals"]) if run["peak"] is not None]
            most = f", at the highest {max(peaks):.4g} {verdict['unit']}" if peaks else ""
            return (
                f"“{verdict['words']}” {said[verdict['verdict']]} as {ours['paths']} ({ours['vantage']}) saw it, and "
                f"{said[other['verdict']]} as {theirs['paths']} ({theirs['vantage']}) did: {other['name'].partition(', from ')[0]}{most}"
            )
    return ""


def seen_elsewhere(verdicts: Sequence[Verdict]) -> tuple[str, str] | None:
    """Return from where no criterion to declare was met, by our definition, and from where one was; None where none was."""
    for verdict in verdicts:
        ours = _SEEN_FROM.search(verdict.statistic)
        if not ours or verdict.verdict != "not_met" or not verdict.rule.startswith("declare."):
            continue
        for other in verdict.definitions:
            theirs = _SEEN_FROM.search(other.name)
            if theirs and other.verdict == "met" and theirs["vantage"] != ours["vantage"]:
                return str(ours["vantage"]), str(theirs["vantage"])
    return None


WRITTEN_CLOSELY_S = 60.0
"""People write times to the minute: what differs by no more contradicts nothing."""


def _contradicted(moments: Json) -> Iterator[tuple[str, str, list[str]]]:
    """Give statements of when it began, or was noticed or mitigated, that the data do not bear out.

    Recovery is left to what failed after it was said to be over: who says so later than the data contradicts nothing.
    """
    for name in ("onset", "detected", "mitigated"):
        told = moments[name]
        derived = told.get("derived") if told["source"] == "stated" else told
        if not derived or not derived.get("earliest"):
            continue
        for one in told["stated"]:
            if one["written"] is None or one["later_s"] is None:
                continue
            least, most = one["later_s"]
            apart = least if least > 0 else most
            if least <= 0 <= most or abs(apart) <= WRITTEN_CLOSELY_S:
                continue
            way = "later" if apart > 0 else "earlier"
            statement = (
                f"“{one['words']}” ({one['where']}) puts {name} {lasting(abs(apart))} {way} than the data tell "
                f"({derived['why']})"
            )
            yield f"{name} {one['where']}", statement, [claim for claim in (one["claim"], told.get("claim")) if claim]


def leading(result: Json) -> list[Json]:
    """Gather facts the report leads with, each under an id that says what it is about; hypotheses are people's."""
    found: list[tuple[tuple[str, ...], str, str, list[str]]] = []
    if (several := result["incident"]["others"])["statement"]:
        found.append((("several incidents",), "fact", several["statement"], [several["claim"]]))
    for verdict in result["verdicts"]:
        if verdict["verdict"] == "met":
            found.append((("met", verdict["rule"]), "fact", f"“{verdict['words']}” was met", [verdict["claim"]]))
        if elsewhere := _elsewhere(verdict):
            found.append((("elsewhere", verdict["rule"]), "fact", elsewhere, [verdict["claim"]]))
    severity, impact = result["severity"], result["impact"]
    found.append((("severity",), "inference", f"{severity['level']}: {severity['reason']}", [severity["claim"]]))
    if "data_loss_claim" in impact:
        found.append((("data lost",), "fact", impact["data_loss"], [impact["data_loss_claim"]]))
    found += [
        (("said over", *claims), "fact", statement, claims)
        for statement, claims in proofs.failed_on(result["recovery"])
    ]
    found += [
        (("contradicted", what), "fact", statement, claims)
        for what, statement, claims in _contradicted(result["moments"])
    ]
    told = {subject[1] for subject, *_ in found if subject[0] == "contradicted"}
    found += [
        (("human claim", one["claim"]), "fact", one["statement"], [one["claim"]])
        for one in result["human_claims"]
        if one["verdict"] == "contradicted" and f"{one['shape'].removeprefix('time: ')} {one['where']}" not in told
    ]
    found += [
        (("beyond limits", one["what"], one["claim"]), one["kind"], one["statement"], [one["claim"]])
        for one in result["beyond_limits"]
    ]
    found += [(("vantages", one["statistic"]), "fact", one["statement"], [one["claim"]]) for one in result["vantages"]]
    found += [
        (("unanswered", one["path"], one["vantage"]), "fact", one["statement"], [one["claim"]])
        for one in impact["unanswered"]
    ]
    for question in result["questions"]:
        if question["id"] in ("changed", "triggered") and question["claims"]:
            found.append((("question", question["id"]), "inference", question["answer"], question["claims"]))
    ids = note_merging.numbered(note_merging.finding_id(subject) for subject, *_ in found)
    return [
        {"id": name, "kind": kind, "statement": statement, "claims": claims}
        for name, (_, kind, statement, claims) in zip(ids, found, strict=True)
    ]
