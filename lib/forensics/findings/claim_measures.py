"""What the evidence tells of shares, lengths and levels that people state, and within what they must lie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from typing import Any

from forensics.analysis.claim_shapes import Shaped, declared
from forensics.findings.claim_readings import EVER, Asked, Case, Reading, Readings, cited, exactly, when
from forensics.lengths import lasting
from forensics.model import Citation
from forensics.times import Span, own_clock, parse_time

# ---- shares ---------------------------------------------------------------------------------------------------------


def share(case: Case, asked: Asked) -> Readings:
    """Return which share of requests failed, over what, and within what any such share must lie, in percent."""
    found: list[Reading] = []
    window = case.window
    start, end = (window.earliest, window.latest) if window else (EVER, EVER)
    rows = case.store.records("claim_requests", until=asked.until, start=start, end=end)
    for row in rows:
        for failed, of, words in (
            ("within_failed", "within", "in the incident"),
            ("external_failed", "external", "in all"),
        ):
            if row[of]:
                value = 100 * row[failed] / row[of]
                told = (
                    f"{row[failed]:,} of {row[of]:,} external requests failed {words} ({value:.3g} %) by {row['paths']}"
                )
                found.append(exactly(value, told, cited(row["path"], row["line"])))
    for run in case.impact.runs:
        if run.signal == "error_rate" and run.breach.rate is not None and run.breach.start <= asked.until:
            told = f"{run.breach.rate:.4g} % over the whole of a breach, {run.breach.signal}"
            found.append(exactly(run.breach.rate, told, case.moments["onset"].citations))
    for path, definition, value, _ in case.store.rows("claim_shares"):
        found.append(exactly(value, f"{value:.4g} % by {path}: {definition}", cited(path)))
    levels = [one for one in _levels(case, "error_rate", asked.until) if one["unit"] == "%"]
    highest = []
    for row in levels:
        if not row["whole"] and row["kind"] == "bucket" and re.search(declared()["highest"], asked.clause):
            told = f"at the highest {row['highest']:.4g} %, {row['definition']}, from {row['path']}, at {when(row['highest_time'])}"
            highest.append(exactly(row["highest"], told, cited(row["path"])))
    if highest:  # whoever speaks of a peak means no share of the whole, and no peak is below that
        means = [one.low for one in found if one.high < min(peak.low for peak in highest)]
        sure = len(rows) == 1 and all(row["of_requests"] for row in levels)
        most = max(one.high for one in highest) if sure else None
        least = max(means) if means and sure else None
        return Readings("claim_requests", tuple(highest), least=least, most=most)
    most = max([*(row["highest"] for row in levels), *(one.high for one in found)], default=None)
    only = len(rows) == 1 and all(row["of_requests"] for row in levels)
    why = "" if found else "no share of failed requests is in the evidence"
    least = min((one.low for one in found), default=None) if only else None
    return Readings("claim_requests", tuple(found), least=least, most=most if only else None, why=why)


def share_of_some(case: Case, asked: Asked, words: list[str]) -> Readings:
    """Return which share failed of the requests whose route holds one of these words, in the incident."""
    window = case.window
    if window is None or not words:
        return Readings("claim_routes", why="of which requests it speaks the evidence does not tell")
    row = case.store.records("claim_routes", start=window.earliest, end=window.latest, words=words)[0]
    if not row["requests"]:
        return Readings("claim_routes", why=f"no route in the evidence is named {' or '.join(words)}")
    value, routes = 100 * row["failed"] / row["requests"], 100 * row["routes_failed"] / row["routes"]
    named = " or ".join(words)
    found = [
        exactly(
            value,
            f"{row['failed']:,} of {row['requests']:,} requests for routes named {named} failed in the incident ({value:.3g} %)",
            cited(row["path"], row["line"]),
        ),
        exactly(
            routes,
            f"{row['routes_failed']:,} of {row['routes']:,} such routes failed ({routes:.3g} %)",
            cited(row["path"], row["line"]),
        ),
    ]
    return Readings("claim_routes", tuple(found))


# ---- lengths --------------------------------------------------------------------------------------------------------


def length(case: Case, asked: Asked) -> Readings:
    """Return how long it took, from where to where, in seconds."""
    of = asked.shaped.of
    if of == "until out of memory":
        return _until_out_of_memory(case, asked)
    found = list(_lengths(case, of))
    said_later = asked.until < EVER  # while it lasts nobody can say how long it will
    over = case.moments["recovered"].span and not said_later
    return Readings(
        "breaches",
        tuple(found),
        least=min(one.low for one in found) if found and over else None,
        most=max(one.high for one in found) if found and over else None,
        why="" if found else _why_no_length(case, of),
    )


_ENDS = {
    "impact": (("onset", "recovered"), ("onset", "mitigated"), ("detected", "recovered"), ("declared", "recovered")),
    "to detect": (("onset", "detected"), ("onset", "acknowledged"), ("onset", "declared")),
    "to recover": (
        ("onset", "recovered"), ("onset", "mitigated"), ("detected", "recovered"), ("detected", "mitigated"),
        ("declared", "recovered"), ("declared", "mitigated"), ("mitigated", "recovered"),
    ),
}  # fmt: skip


def _why_no_length(case: Case, of: str) -> str:
    name = next((one for one in _ENDS[of][0] if case.moments[one].span is None), None)
    return f"{name} is not known: {case.moments[name].why}" if name else "nothing in the evidence lasted"


def _lengths(case: Case, of: str) -> Iterator[Reading]:
    for begin, end in _ENDS[of]:
        first, last = case.moments[begin].span, case.moments[end].span
        if first and last and last.latest >= first.earliest and own_clock(first.earliest) == own_clock(last.latest):
            low = max(0.0, (last.earliest - first.latest).total_seconds())
            high = (last.latest - first.earliest).total_seconds()
            told = f"{_length(low, high)} from {begin} to {end}"
            yield Reading(low, high, told, (*case.moments[begin].citations[:1], *case.moments[end].citations[:1]))
    if of == "impact" and case.impact.runs and not case.impact.open:
        low, high = case.impact.seconds(), case.impact.seconds(most=True)
        yield Reading(low, high, f"{_length(low, high)} in breach of a limit")
        for run in case.impact.runs:
            yield exactly(
                run.breach.seconds,
                f"{_length(run.breach.seconds, run.breach.seconds)} over a limit, {run.breach.signal}",
            )
    for path, within in _asked_about(case) if of == "impact" else ():
        yield exactly(within, f"{within:g} s are what the queries of {path} ask about", cited(path))


def _asked_about(case: Case) -> list[tuple[str, float]]:
    return sorted({(path, float(within)) for path, within in case.store.rows("claim_grown")})


def _length(low: float, high: float) -> str:
    return lasting(low) if round(low) == round(high) else f"{lasting(low)} to {lasting(high)}"


def _until_out_of_memory(case: Case, asked: Asked) -> Readings:
    found = []
    for path, name, zero, more, line, position in case.store.rows("claim_flags", fitting=r"(?i)\boom\b|out.?of.?mem"):
        if path not in case.accounts:
            told = f"{name} of {path} is 0 at {zero:g} s and more than that at {more:g} s of its own clock"
            found.append(Reading(zero, more, told, cited(path, line, position)))
    proven = bool(found)
    starts = case.store.records(
        "claim_happened", what="process started", until=asked.until, accounts=list(case.accounts)
    )
    for row in case.store.records(
        "claim_happened", what="out of memory", until=asked.until, accounts=list(case.accounts)
    ):
        before = [one["time"] for one in starts if one["time"] and row["time"] and one["time"] <= row["time"]]
        if before:
            seconds = (row["time"] - max(before)).total_seconds()
            told = f"memory ran out {lasting(seconds)} after the process had started"
            found.append(exactly(seconds, told, cited(row["path"], row["line"], row["position"])))
            proven = False  # since when a person counts is not known
    return Readings(
        "claim_flags",
        tuple(found),
        least=min(one.low for one in found) if proven else None,
        most=max(one.high for one in found) if proven else None,
        why="" if found else "nothing in the evidence tells how long it took until memory ran out",
    )


_STEM = re.compile(r"[a-z]{4,}")


def _words(phrase: str) -> set[str]:
    common = {word[:6] for word in declared()["names_nothing"].split()}
    return {word.removesuffix("ing").removesuffix("ed")[:6] for word in _STEM.findall(phrase.lower())} - common


def between(case: Case, asked: Asked) -> Readings:
    """Return the lengths between two dated events whose words are those that are named."""
    events = [one for one in case.result["timeline"] if Citation.written(one["where"]).path != asked.path]
    begins, ends = _words(asked.shaped.parts["from"]), _words(asked.shaped.parts["to"])
    stems = [(one, {word[:6] for word in _words(one["text"])}) for one in events]
    pairs = [(first, last) for (first, one), (last, other) in combinations(stems, 2) if begins & one and ends & other]
    found = []
    for first, last in pairs:
        seconds = (parse_time(last["time"]) - parse_time(first["time"])).total_seconds()
        told = f"{seconds:,.3f} s lie between “{first['text'][:80]}” ({first['where']}) and “{last['text'][:80]}” ({last['where']})"
        found.append(exactly(seconds, told, (Citation.written(first["where"]), Citation.written(last["where"]))))
    low, high = asked.shaped.bounds
    agreeing = [one for one in found if low <= one.low <= high]
    return Readings(
        "events_between", tuple(agreeing or found[:3]), why="" if found else "no two dated events have these names"
    )


# ---- levels ---------------------------------------------------------------------------------------------------------

_NAMED = {
    "memory": r"(?i)mem|heap|rss",
    "disk": r"(?i)disk|filesystem|volume",
    "db_connections": r"(?i)pool|connection",
}


def _levels(case: Case, signal: str, until: datetime) -> list[dict[str, Any]]:
    return [
        row
        for row in case.store.records("claim_levels", signal=signal, until=until)
        if row["path"] not in case.accounts
    ]


def level(case: Case, asked: Asked) -> Readings:
    """Return how high it was, by each series that tells of it: the highest is what the reading is."""
    shaped = asked.shaped
    if shaped.of == "response_time":
        return _response_time(case, asked)
    if shaped.unit in ("%", "percent"):
        return _percent(case, asked)
    return _size(case, asked)


def _percent(case: Case, asked: Asked) -> Readings:
    rows = [row for row in _levels(case, asked.shaped.of, asked.until) if row["unit"] == "%"]
    found = [
        exactly(
            row["highest"],
            f"at the highest {row['highest']:.4g} % at {when(row['highest_time'])}, {row['definition']}, from {row['path']}",
            cited(row["path"]),
        )
        for row in rows
    ]
    peaked = asked.shaped.parts.get("verb", "").startswith("peak")
    most = max(row["highest"] + max(row["jump"] or 0.0, 1.0) for row in rows) if rows else None
    return Readings(
        "claim_levels",
        tuple(found),
        least=min(row["highest"] for row in rows) if rows and peaked else None,
        most=most if all(_whole(case, row) for row in rows) else None,
        why="" if found else f"nothing in the evidence measures {asked.shaped.of.replace('_', ' ')} in percent",
    )


def _whole(case: Case, row: dict[str, Any]) -> bool:
    """Say whether a series was read without a hole from before the onset to after its end."""
    window = case.window
    if window is None or row["points"] < 3 or not row["gap_s"]:
        return False
    return bool(
        row["pause"] <= row["gap_s"] and row["first_time"] <= window.earliest and row["last_time"] >= window.latest
    )


def _size(case: Case, asked: Asked) -> Readings:
    power = declared()["bytes"].get(asked.shaped.unit)
    fitting = _NAMED.get(asked.shaped.of)
    if power is None or fitting is None:
        return Readings("claim_sizes", why="nothing in the evidence measures it in this unit")
    rows = case.store.records("claim_sizes", until=asked.until, fitting=fitting, units=list(_BYTES))
    found = []
    for row in rows:
        if row["path"] in case.accounts or row["samples"] < 2:
            continue
        worth = [
            row["highest"] * one / other
            for one in _BYTES[row["unit"].lower()]
            for other in (1000.0**power, 1024.0**power)
        ]
        if row["unit"].lower() == asked.shaped.unit.lower():
            worth = [row["highest"]]
        told = f"{row['name']} of {row['path']} is {row['highest']:,.6g} {row['unit']} at the highest"
        found.append(Reading(min(worth), max(worth), told, cited(row["path"], row["line"], row["position"])))
    peaked = asked.shaped.parts.get("verb", "").startswith("peak")
    return Readings(
        "claim_sizes",
        tuple(found),
        least=found[0].low if len(found) == 1 and peaked else None,
        why=""
        if found
        else f"nothing in the evidence measures {asked.shaped.of.replace('_', ' ')} in this unit over time",
    )


_BYTES = {
    "bytes": (1.0,), "byte": (1.0,), "b": (1.0,), "kb": (1e3, 1024.0), "kib": (1024.0,), "mb": (1e6, 1024.0**2),
    "mib": (1024.0**2,), "gb": (1e9, 1024.0**3), "gib": (1024.0**3,),
}  # fmt: skip

_STATISTICS = {
    "median": "med|p50|median",
    "average": "avg|mean|average",
    "mean": "avg|mean|average",
    "max": "max",
    "maximum": "max",
}


def _response_time(case: Case, asked: Asked) -> Readings:
    statistic = asked.shaped.parts.get("statistic", "").lower()
    digits = re.search(r"\d\d", statistic)
    known = rf"p\(?{digits[0]}\)?" if digits else _STATISTICS.get(statistic, "")
    found: list[Reading] = []
    window = case.window
    start, end = (window.earliest, window.latest) if window else (EVER, EVER)
    rows = case.store.records("claim_requests", until=asked.until, start=start, end=end)
    impact = case.result["impact"]
    if known.startswith("p\\(?95") and impact.get("p95_s") is not None and asked.until == EVER:
        found.append(
            exactly(impact["p95_s"], f"p95 of all external requests in the incident is {impact['p95_s']:.4g} s")
        )
    levels = [row for row in _levels(case, "response_time", asked.until) if row["unit"] == "s"]
    for row in levels:
        if not known or re.search(rf"(?i)\b(?:{known})", row["definition"]):
            told = f"at the highest {row['highest']:.4g} s at {when(row['highest_time'])}, {row['definition']}, from {row['path']}"
            found.append(exactly(row["highest"], told, cited(row["path"])))
    if known:
        for row in case.store.records(
            "claim_sizes", until=asked.until, fitting=r"(?i)dur|time|latency", units=["ms", "s"]
        ):
            if row["path"] not in case.accounts and re.fullmatch(f"(?i){known}", row["statistic"]):
                value = row["highest"] * (0.001 if row["unit"] == "ms" else 1)
                told = f"{row['statistic']} of {row['name']} is {value:.5g} s in {row['path']}"
                found.append(exactly(value, told, cited(row["path"], row["line"], row["position"])))
    longest = [row["longest_s"] for row in rows if row["longest_s"] is not None]
    only = len(rows) == 1 and len(longest) == 1 and all(row["of_requests"] for row in levels)
    return Readings(
        "claim_levels",
        tuple(found),
        most=longest[0] if only else None,
        proof=f"the longest of all requests took {longest[0]:.4g} s by {rows[0]['path']}" if only else "",
        why="" if found else "nothing in the evidence measures response times by this statistic",
    )


def over(shaped: Shaped) -> bool:
    """Say whether it is stated that something was above a level, and not that it was that high."""
    return shaped.parts.get("verb", "") in ("above", "over", "exceeded")


def placed(span: Span | None) -> str:
    """Say a span in words; nothing where there is none."""
    if span is None:
        return ""
    first, last = when(span.earliest), when(span.latest)
    return f"at {first}" if first == last else f"between {first} and {last}"
