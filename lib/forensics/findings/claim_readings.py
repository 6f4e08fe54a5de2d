"""What the evidence tells of the things that people count: each number it can be read as, and what it proves at the least.

One thing is counted in several ways (lines or attempts, one file or all, the incident or everything): each is a reading, and
a statement that agrees with one of them is supported. Only what is proven contradicts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forensics.analysis import messages
from forensics.analysis.claim_shapes import Shaped
from forensics.analysis.impact import Impact, Measured
from forensics.analysis.messages import Said
from forensics.model import Change, Citation, Evidence, Json, Moment
from forensics.store import Store
from forensics.times import Span, clock, day, own_clock, utc

EVER = datetime(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One number that the evidence can be read as, within bounds."""

    low: float
    high: float
    told: str
    """What was counted or measured, with the number, as a part of a sentence."""
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything that the evidence tells of one thing."""

    query: str
    """The file in store/sql that was asked first."""
    of: tuple[Reading, ...] = ()
    least: float | None = None
    """It was proven to be no less, however it is counted; None: nothing is proven."""
    most: float | None = None
    """It was proven to be no more."""
    proof: str = ""
    """What proves it, where no reading says it."""
    proven_by: tuple[Citation, ...] = ()
    why: str = ""
    """Why it cannot be decided, where none agrees and nothing is proven."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the checks are made on."""

    store: Store
    measured: Measured
    impact: Impact
    moments: Mapping[str, Moment]
    said: Sequence[Said]
    changes: Sequence[Change]
    evidence: Sequence[Evidence]
    result: Json
    accounts: tuple[str, ...]
    """Files in which people state something: none of them supports a statement."""

    @property
    def window(self) -> Span | None:
        """From the onset until users were hit no more; None where either is not known."""
        onset, recovered = self.moments["onset"].span, self.moments["recovered"].span
        if onset is None or not self.impact.runs:
            return None
        return Span(onset.earliest, recovered.latest if recovered else self.impact.end_on(onset.earliest))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the evidence: what is stated, in which sentence, and until when it can have been known."""

    shaped: Shaped
    sentence: str
    until: datetime
    clause: str
    """The part of the sentence that states it."""
    path: str
    """The file that states it."""


def when(time: datetime) -> str:
    """Say a time with its day, as well as it is known."""
    return clock(time) + utc(time) if own_clock(time) else f"{day(time)} {clock(time)}{utc(time)}"


def cited(path: str | None, line: int | None = None, position: int | None = None) -> tuple[Citation, ...]:
    """Return a citation as a tuple, none where there is no path."""
    return (Citation(path, line=line, position=position if line is None else None),) if path else ()


def exactly(count: float, told: str, citations: Iterable[Citation] = ()) -> Reading:
    """Return a reading of one number."""
    return Reading(count, count, told, tuple(citations))


def count(case: Case, asked: Asked) -> Readings:
    """Return what the evidence tells of something that is counted. Raises KeyError for what no shape counts."""
    return _COUNTED[asked.shaped.of](case, asked)


# ---- attempts to log in ---------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


def _failed_logins(case: Case, asked: Asked) -> Readings:
    named = _ADDRESS.search(asked.sentence)
    rows = [
        row
        for row in case.store.records("claim_logins", until=asked.until, address=named[0] if named else "")
        if not row["ok"]
    ]
    if not rows:
        return replace(_no_logins(case), query="claim_logins")
    found = [reading for row in rows for reading in _of_address(row, "failed")] if len(rows) > 1 else []
    attempts, lines = sum(row["attempts"] for row in rows), sum(row["lines"] for row in rows)
    first = min(rows, key=lambda row: row["first_time"])
    where = cited(first["path"], first["line"])
    from_ = f" from {rows[0]['address']}" if len(rows) == 1 else f" from {len(rows):,} addresses"
    found.insert(0, exactly(attempts, f"{attempts:,} attempts to log in failed{from_}", where))
    if lines != attempts:
        found.insert(1, exactly(lines, f"{lines:,} lines tell of one that failed{from_}", where))
    return Readings("claim_logins", tuple(found), least=min(one.low for one in found))


def _of_address(row: Mapping[str, Any], what: str) -> list[Reading]:
    where = cited(row["path"], row["line"])
    found = [exactly(row["attempts"], f"{row['attempts']:,} attempts {what} from {row['address']}", where)]
    if row["lines"] != row["attempts"]:
        found.append(
            exactly(row["lines"], f"{row['lines']:,} lines tell of one that {what} from {row['address']}", where)
        )
    return found


def _successful_logins(case: Case, asked: Asked) -> Readings:
    rows = case.store.records("claim_logins", until=asked.until, address="")
    if not rows:
        return replace(_no_logins(case), query="claim_logins")
    entered = [one for one in case.measured.successes if one.time <= asked.until]
    guessed = {burst.address: burst for burst in case.measured.bursts if burst.start <= asked.until}
    every = sum(row["attempts"] for row in rows if row["ok"])
    first = min((row for row in rows if row["ok"]), key=lambda row: row["first_time"], default=None)
    where = cited(first["path"], first["line"]) if first else ()
    all_of_them = exactly(every, f"{every:,} logins were accepted", where)
    if not guessed:
        return Readings("claim_logins", (all_of_them,), least=every, most=every)
    addresses = sorted({one.address for one in entered})
    if not entered:
        told = f"none was accepted from the {len(guessed):,} addresses that guessed passwords"
        none = exactly(0, told, [burst.citation for burst in guessed.values()])
        return Readings("login_success_after", (none, all_of_them) if asked.shaped.number else (none,), least=0)
    earliest = min(entered, key=lambda one: one.time)
    burst = guessed[earliest.address]
    told = (
        f"{len(entered):,} {'login was' if len(entered) == 1 else 'logins were'} accepted from {', '.join(addresses)} after "
        f"passwords were guessed from there ({burst.failures:,} failures from {when(burst.start)}), the first at "
        f"{when(earliest.time)}; whether it was the attacker's, the log does not say: a person must judge"
    )
    proven = exactly(len(entered), told, (earliest.citation, burst.citation))
    found = (proven, all_of_them) if asked.shaped.number else (proven,)
    return Readings("login_success_after", found, least=len(entered), proven_by=proven.citations)


def _no_logins(case: Case) -> Readings:
    return Readings("claim_logins", why="no attempt to log in that this is about is in the evidence")


# ---- requests -------------------------------------------------------------------------------------------------------


def _requests(case: Case, asked: Asked) -> list[dict[str, Any]]:
    window = case.window
    start, end = (window.earliest, window.latest) if window else (EVER, EVER)
    return case.store.records("claim_requests", until=asked.until, start=start, end=end)


def _failed_requests(case: Case, asked: Asked) -> Readings:
    rows = _requests(case, asked)
    numbers = _numbers(case, asked, r"(?i)fail|error|5xx|5\.\.")
    found: list[Reading] = []
    for row in rows:
        where = cited(row["path"], row["line"])
        if row["external"]:
            told = f"{row['external_failed']:,} of {row['external']:,} external requests failed by {row['paths']}"
            found.append(exactly(row["external_failed"], told, where or cited(row["path"])))
        if row["within"]:
            told = f"{row['within_failed']:,} of {row['within']:,} in the incident by {row['paths']}"
            found.append(exactly(row["within_failed"], told, where or cited(row["path"])))
    for row in rows:
        if row["failed"] != row["external_failed"] and asked.shaped.number:
            told = f"{row['failed']:,} of all {row['requests']:,} requests, those of the machine itself included, failed by {row['paths']}"
            found.append(exactly(row["failed"], told, cited(row["path"])))
    for one in case.result["impact"]["unanswered"]:
        if one["vantage"] != "probe":
            found.append(
                exactly(one["unanswered"], one["statement"][:1].lower() + one["statement"][1:], cited(one["path"]))
            )
    found += numbers
    counts = [one.low for one in found]
    one_source = len(rows) == 1 and not numbers and _all_seen(case)
    return Readings(
        "claim_requests",
        tuple(found),
        least=min(counts) if counts else None,
        most=max(row["failed"] for row in rows) if one_source else None,
        why="" if found else "no request of which the outcome is known is in the evidence",
    )


def _all_seen(case: Case) -> bool:
    """Say whether a log of requests can hold every failure: it was over, the process ran, and nothing was left unanswered."""
    return bool(case.moments["recovered"].span) and not case.measured.down and not case.result["impact"]["unanswered"]


def _all_requests(case: Case, asked: Asked) -> Readings:
    found = []
    for row in _requests(case, asked):
        for name, words in (
            ("external", "external requests"),
            ("within", "of them in the incident"),
            ("requests", "requests in all"),
        ):
            if row[name]:
                found.append(exactly(row[name], f"{row[name]:,} {words} by {row['paths']}", cited(row["path"])))
    found += _numbers(case, asked, r"(?i)req|iterations|calls")
    return Readings("claim_requests", tuple(found), why="" if found else "no count of requests is in the evidence")


def _status(case: Case, asked: Asked) -> Readings:
    status = asked.shaped.parts["status"]
    rows = case.store.records("claim_statuses", until=asked.until, status=int(status))
    found = []
    for row in rows:
        told = f"{row['answered']:,} of {row['requests']:,} requests were answered with {status} by {row['path']}"
        found.append(exactly(row["answered"], told, cited(row["path"], row["line"])))
        if row["external"] != row["answered"]:
            told = f"{row['external']:,} of them came from outside"
            found.append(exactly(row["external"], told, cited(row["path"], row["line"])))
    found += _numbers(case, asked, rf"(?:^|[^\d.]){status}(?:[^\d.]|$)")
    counts = [one.low for one in found]
    return Readings(
        "claim_statuses",
        tuple(found),
        least=min(counts) if counts else None,
        why="" if found else "no request whose status is known is in the evidence",
    )


def _numbers(case: Case, asked: Asked, fitting: str) -> list[Reading]:
    rows = case.store.records("claim_numbers", until=asked.until, fitting=fitting)
    return [
        exactly(
            row["value"],
            f"{row['name']} is {row['value']:,.10g} in {row['path']}",
            cited(row["path"], row["line"], row["position"]),
        )
        for row in rows
    ]


# ---- logs, processes, alerts, data ----------------------------------------------------------------------------------


def _log_errors(case: Case, asked: Asked) -> Readings:
    rows = case.store.records("claim_log_errors", until=asked.until, accounts=list(case.accounts))
    named = re.search(r"(?i)\b(?:in|from) (?:the |our )?(?P<name>[\w.-]+) logs?\b", asked.sentence)
    if named and named["name"].lower() not in ("whole", "entire", "server", "application", "app", "system", "the"):
        rows = [row for row in rows if named["name"].lower() in row["path"].lower()]
    found = [
        exactly(
            row["errors"],
            f"{row['errors']:,} of {row['events']:,} events of {row['path']} are errors",
            cited(row["path"], row["line"]),
        )
        for row in rows
    ]
    if len(rows) > 1:
        errors = sum(row["errors"] for row in rows)
        found.append(exactly(errors, f"{errors:,} events of {len(rows):,} logs are errors"))
    zero = asked.shaped.number == 0
    least = max((one.low for one in found), default=None) if zero else min((one.low for one in found), default=None)
    if zero and least:  # one log without an error does not make the others so
        found = [one for one in found if one.low]
    return Readings(
        "claim_log_errors", tuple(found), least=least, why="" if found else "no such log is in the evidence"
    )


def _restarts(case: Case, asked: Asked) -> Readings:
    changes = [one for one in case.changes if one.kind == "restart" and (one.time is None or one.time <= asked.until)]
    starts = case.store.records(
        "claim_happened", what="process started", until=asked.until, accounts=list(case.accounts)
    )
    found = []
    if changes:
        told = f"{len(changes):,} restarts are told, the first by {changes[0].citation}"
        found.append(exactly(len(changes), told, [one.citation for one in changes]))
    if starts:
        first = cited(starts[0]["path"], starts[0]["line"], starts[0]["position"])
        found.append(exactly(len(starts), f"the process started {len(starts):,} times by {first[0]}", first))
        found.append(exactly(len(starts) - 1, f"{len(starts) - 1:,} times after the first", first))
    return Readings(
        "changes_restarts",
        tuple(found),
        least=1 if changes else None,
        why="" if found else "nothing in the evidence tells of starts of a process",
    )


def _crashes(case: Case, asked: Asked) -> Readings:
    died = [one for one in case.measured.down if one.died and one.start <= asked.until]
    if not died:
        return Readings("down", why="nothing in the evidence tells that a process died")
    told = f"the process died {len(died):,} {'time' if len(died) == 1 else 'times'}, first at {when(died[0].start)}"
    return Readings("down", (exactly(len(died), told, [one.citation for one in died]),), least=len(died))


def _out_of_memory(case: Case, asked: Asked) -> Readings:
    rows = case.store.records("claim_happened", what="out of memory", until=asked.until, accounts=list(case.accounts))
    if not rows:
        return Readings("claim_happened", why="nothing in the evidence tells that memory ran out")
    first = cited(rows[0]["path"], rows[0]["line"], rows[0]["position"])
    told = f"{len(rows):,} {'line tells' if len(rows) == 1 else 'lines tell'} that memory ran out, the first {first[0]}"
    return Readings("claim_happened", (exactly(len(rows), told, first),), least=1)


def _alerts(case: Case, asked: Asked) -> Readings:
    window = case.window
    rang = [one for one in messages.alerts(case.said) if one.time <= asked.until]
    rang = [one for one in rang if "resolved" not in one.what and (window is None or one.time >= window.earliest)]
    kept = case.result["alert_audit"]["kept_in"]
    if not rang and not kept:
        return Readings("firings", why="nothing in the evidence keeps which alerts rang")
    if not rang:
        return Readings(
            "firings", (exactly(0, f"no alert stands in {', '.join(kept)}", [Citation(one) for one in kept]),), least=0
        )
    told = f"{len(rang):,} {'message tells' if len(rang) == 1 else 'messages tell'} of alerts, the first at {when(rang[0].time)}"
    names = len({re.sub(r"\d+", "", one.text) for one in rang})
    found = [exactly(len(rang), told, [one.citation for one in rang])]
    if names != len(rang):
        found.append(exactly(names, f"{names:,} different ones", [rang[0].citation]))
    return Readings("firings", tuple(found), least=1)


def _data_lost(case: Case, asked: Asked) -> Readings:
    sure = [one for one in case.measured.lost if one.sure]
    rows = [one for one in sure if one.rows]
    found = [exactly(one.rows, one.told, one.citations) for one in rows]
    for path, other, table, lost in case.store.rows("claim_lost"):
        if lost:
            told = f"{path} lacks {lost:,} rows of {table} that {other} holds: restoring it alone loses them"
            found.append(exactly(lost, told, cited(path) + cited(other)))
    if sure:
        proof = "; ".join(one.told for one in sure)
        by = tuple(citation for one in sure for citation in one.citations)
        return Readings("tables_gone", tuple(found), least=1, proof=proof, proven_by=by)
    return Readings(
        "tables_gone", tuple(found), why="nothing in the evidence shows that all data is there, or that some is not"
    )


def _runs(case: Case, asked: Asked) -> Readings:
    labels: dict[str, str] = {}
    for entry in case.evidence:
        for label in re.findall(r"(?i)(?:^|[_\W])r(?:un)?[_-]?(\d{1,3})(?![\dA-Za-z])", entry.path):
            labels.setdefault(label, entry.path)
    found = []
    if labels:
        told = f"files of {'run' if len(labels) == 1 else 'the runs'} {', '.join(sorted(labels, key=int))} are in the evidence"
        found.append(exactly(len(labels), told, [Citation(path) for path in sorted(set(labels.values()))]))
    tables: dict[str, set[str]] = {}
    for path, run in case.store.rows("claim_runs"):
        tables.setdefault(path, set()).add(run)
    found += [exactly(len(runs), f"{path} tells of {len(runs):,} runs", cited(path)) for path, runs in tables.items()]
    return Readings("claim_runs", tuple(found), why="" if found else "nothing in the evidence is of a numbered run")


_COUNTED: Mapping[str, Callable[[Case, Asked], Readings]] = {
    "failed logins": _failed_logins,
    "successful logins": _successful_logins,
    "failed requests": _failed_requests,
    "requests": _all_requests,
    "status": _status,
    "log errors": _log_errors,
    "restarts": _restarts,
    "crashes": _crashes,
    "out of memory": _out_of_memory,
    "alerts": _alerts,
    "data lost": _data_lost,
    "runs": _runs,
}
