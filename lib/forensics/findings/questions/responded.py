"""How did the system respond?"""

from __future__ import annotations

from collections.abc import Iterator

from forensics.analysis import commands
from forensics.findings.questions.case import (
    MOST_SEEN,
    MOST_TARGETS,
    MOST_UNDATED,
    Case,
)
from forensics.lengths import cut, quantity
from forensics.model import Answer, Citation, Query
from forensics.times import clock, utc


def responded(case: Case, question: str, words: str) -> Answer:
    claims, sentences = [], []
    if case.window is not None and case.measured.requests.seen:
        parameters = {"start": case.window.earliest, "end": case.window.latest}
        requests, failed, p95, *_ = case.store.rows("request_counts", **parameters)[0]
        if requests:
            sentence = f"{failed:,} of {requests:,} external requests failed ({quantity(100 * failed / requests, '%')})"
            sentence += "" if p95 is None else f", p95 {quantity(p95, 's')}"
            claims.append(
                case.ledger.claim(
                    "requests in the incident",
                    sentence,
                    {"requests": requests, "failed": failed, "p95_s": p95},
                    query="request_counts",
                    parameters=parameters,
                    evidence=[
                        Citation(path)
                        for path in (e.path for e in case.evidence)
                        if path in case.measured.requests.name
                    ],
                )
            )
            sentences.append(sentence)
    undated = list(_undated(case))
    for sentence, claim in (*_full(case), *undated):
        sentences.append(sentence)
        claims.append(claim)
    died = [d for d in case.measured.down if d.died]
    if died:
        sentence = f"the process died by itself {len(died)} times, first at {clock(died[0].start)}{utc(died[0].start)}"
        claims.append(
            case.ledger.claim(
                "process deaths",
                sentence,
                len(died),
                query="down",
                parameters={"start": case.measured.span.start, "end": case.measured.span.end},
                evidence=[d.citation for d in died],
            )
        )
        sentences.append(sentence)
    if case.measured.probes:
        sentence, claim = _probes(case)
        sentences.append(sentence)
        claims.append(claim)
    seen = case.seen[:MOST_SEEN]
    claims += [one["claim"] for one in seen]
    told = [row for row in case.store.records("incident_records") if row["description"] and not row["automatic"]]
    if not sentences and not seen:
        nothing = "No requests, probes or process events are in the evidence."
        if not told:
            return Answer(question, words, "unknown", nothing, (), ())
        for row in told[:3]:
            claims.append(
                case.ledger.claim(
                    f"described {row['id']}",
                    row["description"],
                    row["description"],
                    query="incident_records",
                    evidence=[Citation(row["path"], position=row["position"])],
                )
            )
        said = " ".join(f"“{cut(row['description'], 300)}”" for row in told[:3])
        return Answer(question, words, "partial", f"{nothing} People describe it: {said}", tuple(claims))
    text = "; ".join(sentences)
    parts = [text[0].upper() + text[1:] + "."] if text else []
    parts += [f"{one['statement'][0].upper()}{one['statement'][1:].rstrip('.')}." for one in seen]
    left = len(case.seen) - len(seen)
    parts += [f"{left:,} more such statements stand among the findings."] if left > 0 else []
    status = "answered" if seen or len(sentences) > len(undated) else "partial"
    return Answer(question, words, status, " ".join(parts), tuple(claims))  # type: ignore[arg-type]


def _full(case: Case) -> Iterator[tuple[str, str]]:
    """Yield, of each resource that programs said to be full during the incident, the sentence and its claim."""
    window = case.window
    for one in commands.declared()["full"] if window else ():
        rows = case.store.records("full_told", says=one["says"])
        during = [
            row
            for row in rows
            if window and row["first"] and row["first"] <= window.latest and row["last"] >= window.earliest
        ]
        if not during:
            continue
        times = sum(row["times"] for row in during)
        first = min(during, key=lambda row: (row["first"], row["path"]))
        sentence = (
            f"programs said {times:,} times that the {one['signal']} was full, first with “{cut(first['message'])}”"
        )
        if times == 1:
            sentence = f"a program said that the {one['signal']} was full: “{cut(first['message'])}”"
        cited = [Citation(row["path"], line=row["first_line"]) for row in during]
        value = {"times": times, "files": len(during)}
        yield (
            sentence,
            case.ledger.claim(
                f"{one['signal']} said to be full",
                sentence,
                value,
                query="full_told",
                asked=[Query("full_told", {"says": one["says"]})],
                evidence=cited,
            ),
        )


def _undated(case: Case) -> Iterator[tuple[str, str]]:
    """Yield, where no incident can be placed in time, what captures tell as a warning or worse without a time."""
    captures = [entry.path for entry in case.evidence if entry.kind == "capture"]
    placed = case.moments["onset"].span is not None
    rows = [] if placed or not captures else case.store.rows("undated_warnings", paths=captures)
    if not rows:
        return
    told = [(" ".join(message.split()), Citation(path, line=line)) for path, line, _, message in rows]
    words = " and ".join(f"“{cut(message, 200)}” ({citation})" for message, citation in told[:MOST_UNDATED])
    left = len(told) - MOST_UNDATED
    sentence = f"without a time: {words}" + (f", and {left:,} more such warnings" if left > 0 else "")
    asked = [Query("undated_warnings", {"paths": captures})]
    cited = [citation for _, citation in told]
    yield (
        sentence,
        case.ledger.claim(
            "undated warnings", sentence, len(told), query="undated_warnings", asked=asked, evidence=cited
        ),
    )


def _probes(case: Case) -> tuple[str, str]:
    """Say, and claim, how many probes failed in the incident, and of which targets; where there was none, in all the evidence."""
    window = case.window if case.impact.runs else None
    start, end = (window.earliest, window.latest) if window else (case.measured.span.start, case.measured.span.end)
    asked_of = {"start": start, "end": end}
    rows = case.store.rows("probe_counts", **asked_of)
    asked, failed = sum(row[1] for row in rows), sum(row[2] for row in rows)
    sentence = f"{failed:,} of {asked:,} probes failed{' during the incident' if window else ''}"
    if not asked:
        sentence = "no probe was sent during the incident"
    worst = [f"{bad:,} of {all_:,} of {target}" for target, all_, bad in rows if bad][:MOST_TARGETS]
    more = sum(1 for row in rows if row[2]) - len(worst)
    well = [row[0] for row in rows if not row[2]]
    if worst and len(rows) > 1:
        sentence += f" ({', '.join(worst)}"
        sentence += f", and of {more:,} more targets" if more else ""
        others = well[0] if len(well) == 1 else f"{len(well):,} other targets"
        sentence += f"; all of {others} were answered)" if well else ")"
    cited = [one[2] for one in case.measured.failed_probes if start <= one[0] <= end][:10]
    claim = case.ledger.claim(
        "failed probes",
        sentence,
        {"asked": asked, "failed": failed, "of": [[target, all_, bad] for target, all_, bad in rows]},
        query="probe_counts",
        parameters=asked_of,
        evidence=cited or [Citation(path) for path, *_ in case.store.rows("probe_files")],
    )
    return sentence, claim
