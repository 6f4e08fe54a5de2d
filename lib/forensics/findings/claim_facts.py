"""What the evidence tells of times, orders, health, quoted texts and named changes that people state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from forensics.analysis import stated
from forensics.findings.claim_measures import placed
from forensics.findings.claim_readings import Asked, Case, cited, when
from forensics.lengths import lasting
from forensics.model import Citation, Moment
from forensics.times import STAND_IN, Span, own_clock

VerdictWord = Literal["supported", "contradicted", "not_decidable"]

CLOSE = timedelta(seconds=60)
"""People write times to the minute: what differs by no more contradicts nothing."""
BEFORE = timedelta(hours=24)
"""A change so long before the onset came before it; an older one may be any."""
TOGETHER = timedelta(minutes=5)
"""A commit, its deploy and the restart that comes with it are one change."""
QUARTER = 15 * 60
"""Zones differ by whole quarters of an hour."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one statement."""

    verdict: VerdictWord
    compared: str
    citations: tuple[Citation, ...] = ()
    query: str = "events_between"


# ---- times ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimeStated:
    """A moment of the incident that a sentence places on the clock."""

    moment: str
    written: str
    span: Span
    zone_open: bool
    """Whether nothing says which zone's clock it was."""


def times(
    sentence: str, moments: dict[str, Moment], written: datetime | None, ahead: timedelta = timedelta(0)
) -> list[TimeStated]:
    """Return the moments that a sentence states, on the day that brings them nearest to what the data tell, where it names none.

    Where it names no zone, it was told by a clock that stands so far `ahead` of UTC.
    """
    found = []
    for name in ("onset", "detected", "mitigated", "recovered"):
        known = moments[name].derived or moments[name]
        span = known.span or (moments["onset"].derived or moments["onset"]).span
        if span is None or own_clock(span.earliest) or _yearless(span.earliest):
            continue
        for moment, _, text, told, open_ in _told(sentence, written or span.latest + timedelta(hours=12), ahead):
            if moment == name and told is not None:
                dated = bool(re.match(r"\d{4}-", text)) or written is not None
                found.append(TimeStated(name, text, told if dated else _nearest(told, span), open_))
    return found


@lru_cache(maxsize=4)
def _told(sentence: str, written: datetime, ahead: timedelta) -> Sequence[tuple[str, str, str, Span | None, bool]]:
    """Read a sentence once for all moments that are looked for in it."""
    return stated.told(sentence, written, ahead)


def _yearless(time: datetime) -> bool:
    return STAND_IN - 10 < time.year <= STAND_IN


def _nearest(told: Span, span: Span) -> Span:
    days = (timedelta(days=one) for one in (-1, 0, 1))
    moved = (Span(told.earliest + day, told.latest + day) for day in days)
    return min(moved, key=lambda one: abs(one.earliest - span.earliest))


def time(case: Case, asked: TimeStated, path: str) -> Judged:
    """Compare when a moment is said to have come with what the data tell of it."""
    known = case.moments[asked.moment].derived or case.moments[asked.moment]
    there = _stands_there(case, asked, path)
    if known.span is None or known.source != "derived":
        why = f"the evidence does not tell when: {known.why}"
        return Judged(
            "supported" if there else "not_decidable",
            f"{there[0]} stands there" if there else why,
            there[1] if there else (),
        )
    told = f"{_NAMES[asked.moment]} is {placed(known.span)} ({known.why})"
    apart = _apart(asked.span, known.span)
    if abs(apart) <= CLOSE:
        return Judged("supported", told, known.citations)
    way = "later" if apart > timedelta(0) else "earlier"
    differs = f"{told}, and it is stated {lasting(abs(apart))} {way}"
    off = abs(apart).total_seconds() % QUARTER
    if asked.zone_open and abs(apart).total_seconds() > QUARTER - 120 and min(off, QUARTER - off) <= 120:
        return Judged(
            "not_decidable",
            f"{differs}; it names no zone, and a clock of another zone may have said so",
            known.citations,
        )
    if there:
        return Judged(
            "not_decidable", f"{differs}; at the stated time stands {there[0]}", (*known.citations, *there[1])
        )
    if asked.moment == "onset" or (asked.moment == "detected" and way == "later"):
        return Judged("contradicted", differs, known.citations)
    if asked.moment == "recovered" and way == "earlier" and _failing(case, asked.span):
        return Judged("contradicted", differs, known.citations)
    return Judged("not_decidable", f"{differs}: that alone contradicts nothing", known.citations)


_ASKED = ("refused", "error_rate", "response_time")
"""What is asked whether something helped: what was wrong first."""
_NAMES = {
    "onset": "the first that was not normal", "detected": "the first sign that somebody or something noticed",
    "mitigated": "the action that ended the impact", "recovered": "the beginning of what stayed normal",
}  # fmt: skip


def _apart(stated_span: Span, known: Span) -> timedelta:
    if stated_span.earliest > known.latest:
        return stated_span.earliest - known.latest
    if stated_span.latest < known.earliest:
        return stated_span.latest - known.earliest
    return timedelta(0)


def _failing(case: Case, span: Span) -> bool:
    """Say whether a limit was broken from before a time until well after it."""
    return any(run.breach.start <= span.earliest and run.breach.end > span.latest + CLOSE for run in case.impact.runs)


def _stands_there(case: Case, asked: TimeStated, path: str) -> tuple[str, tuple[Citation, ...]] | None:
    """Return what is told of the stated time that a person may have meant: a change, an act, a message, an alert."""
    around = Span(asked.span.earliest - CLOSE, asked.span.latest + CLOSE)
    for change in case.changes:
        if change.time and around.earliest <= change.time <= around.latest and change.citation.path != path:
            return f"the {change.kind} “{change.summary[:80]}” at {when(change.time)}", (change.citation,)
    for event in case.said:
        if around.earliest <= event.time <= around.latest and event.citation.path != path and event.kind != "signal":
            return f"“{' '.join(event.text.split())[:80]}” at {when(event.time)}", (event.citation,)
    return None


# ---- orders ---------------------------------------------------------------------------------------------------------

_KINDS = {
    "deploy": ("deploy", "commit", "restart"), "release": ("deploy", "commit"), "rollout": ("deploy", "commit"),
    "commit": ("commit", "deploy"), "restart": ("restart",), "config": ("config", "commit"), "migration": ("schema", "data", "commit"),
}  # fmt: skip


def order(case: Case, asked: Asked) -> Judged:
    """Compare the order in which it began and something was changed; an order is no cause."""
    onset = (case.moments["onset"].derived or case.moments["onset"]).span
    what, side = asked.shaped.parts["what"].lower(), asked.shaped.parts["side"].lower()
    kinds = next((kinds for name, kinds in _KINDS.items() if what.startswith(name)), ())
    dated = [
        one for one in case.changes if one.kind in kinds and one.time is not None and one.citation.path != asked.path
    ]
    stated_time = asked.shaped.parts.get("time", "")
    dated = [one for one in dated if one.time and (not stated_time or f"{one.time:%H:%M}" == stated_time)]
    if onset is None or not dated:
        return Judged(
            "not_decidable",
            f"no dated {what} that it could mean is in the evidence" if onset else "when it began is not known",
            query="changes_all",
        )
    began = f"it began {placed(onset)}"
    lead = [one for one in dated if one.time and timedelta(0) <= onset.latest - one.time <= BEFORE]
    follow = [one for one in dated if one.time and one.time > onset.latest + CLOSE]
    if side in ("after", "following", "with") and lead:
        newest = max(one.time for one in lead if one.time)
        last = min(
            (one for one in lead if one.time and newest - one.time <= TOGETHER), key=lambda one: kinds.index(one.kind)
        )
        assert last.time is not None
        told = (
            f"the {last.kind} “{last.summary[:80]}” was {lasting(onset.latest - last.time)} before: {began}. "
            "It is an order, not yet a cause"
        )
        return Judged("supported", told, (last.citation, *case.moments["onset"].citations), "changes_all")
    if side in ("after", "following", "with") and follow and len(follow) == len(dated):
        first = min(follow, key=lambda one: one.time or datetime.max)
        assert first.time is not None
        told = f"{began}, and every {what} in the evidence came later, the first at {when(first.time)} (“{first.summary[:80]}”)"
        known = len({one.kind for one in case.changes if one.time is None}) == 0
        return Judged(
            "contradicted" if known else "not_decidable",
            told,
            (first.citation, *case.moments["onset"].citations),
            "changes_all",
        )
    if side == "before" and follow:
        first = min(follow, key=lambda one: one.time or datetime.max)
        assert first.time is not None
        return Judged(
            "supported", f"{began}, and a {what} came at {when(first.time)}", (first.citation,), "changes_all"
        )
    return Judged(
        "not_decidable", f"{began}; of the {what} that it means the evidence does not tell", query="changes_all"
    )


def fixed(case: Case, asked: Asked) -> Judged:
    """Compare what was measured before and after an action that is said to have ended it."""
    what = asked.shaped.parts["what"].lower()
    kinds = (
        ("service restart",) if what.startswith("restart") else ("configuration", "roll-back", "rollback", "database")
    )
    done = [
        one
        for one in case.result["response"]["mitigations"]
        if one["kind"] in kinds and what[:4] in one["text"].lower() + one["kind"]
    ]
    for one in done:
        effect = one["effect"] and next((told for name in _ASKED if (told := one["effect"].get(name))), None)
        if effect and effect["before"] is not None and effect["after"] is not None and effect["before"] > 0:
            told = (
                f"{effect['statistic']}: {effect['before']:g} {effect['unit']} in the minutes before it and {effect['after']:g} "
                f"{effect['unit']} after (“{one['text'][:80]}”, {one['where']})"
            )
            better = effect["after"] <= effect["before"] / 2
            return Judged(
                "supported" if better else "not_decidable", told, (Citation.written(one["where"]),), "effect_of_action"
            )
    return Judged(
        "not_decidable",
        f"no {what} with something measured before and after it is in the evidence",
        query="effect_of_action",
    )


# ---- what was there -------------------------------------------------------------------------------------------------


def health(case: Case, asked: Asked) -> Judged:
    """Compare what probes answered while it lasted with what is said of them."""
    window = case.window
    if window is None:
        return Judged("not_decidable", "from when to when it lasted is not known", query="claim_probes")
    rows = case.store.records("claim_probes", start=window.earliest, end=window.latest)
    before = asked.sentence[: max(asked.sentence.find(asked.shaped.words), 0)].split()
    named = re.sub(r"\W", "", before[-1].lower()) if before else ""
    if named and named not in ("the", "our", "all", "and", "while", "but", "although", "though"):
        rows = [row for row in rows if named in row["target"].lower()]
    elif asked.shaped.words.lower().startswith("health"):
        rows = [row for row in rows if "health" in row["target"].lower()]
    if not rows:
        return Judged("not_decidable", "no probe of it during the incident is in the evidence", query="claim_probes")
    failed = [row for row in rows if row["failed"]]
    probes = sum(row["probes"] for row in rows)
    if failed:
        first = min(failed, key=lambda row: row["first_failed"])
        count = sum(row["failed"] for row in failed)
        told = (
            f"{count:,} of {probes:,} probes failed while it lasted, the first of {first['target']} at "
            f"{when(first['first_failed'])}"
        )
        return Judged("contradicted", told, cited(first["path"], first["line"], first["position"]), "claim_probes")
    told = f"none of {probes:,} probes of {', '.join(row['target'] for row in rows[:4])} failed while it lasted"
    return Judged("supported", told, tuple(Citation(row["any_path"]) for row in rows), "claim_probes")


def quote(case: Case, asked: Asked) -> Judged:
    """Look for a quoted text in everything that is no account of people."""
    text = asked.shaped.parts["quoted"].strip(" .…")
    row = case.store.records("claim_text", text=text, accounts=list(case.accounts))[0]
    if row["times"]:
        told = f"{row['times']:,} {'event holds' if row['times'] == 1 else 'events hold'} it, the first {row['path']}:{row['line']}"
        return Judged("supported", told, cited(row["path"], row["line"]), "claim_text")
    told = f"none of {row['events']:,} events of {row['files']:,} files holds it; another log may"
    return Judged("not_decidable", told, query="claim_text")


def change(case: Case, asked: Asked) -> Judged:
    """Look for a change or a version by its id."""
    name = asked.shaped.parts["id"].lower()
    for one in case.changes:
        if one.citation.path != asked.path and (one.id.lower().startswith(name) or name in one.summary.lower()):
            at = f" at {when(one.time)}" if one.time else ", undated"
            return Judged("supported", f"the {one.kind} “{one.summary[:80]}”{at}", (one.citation,), "changes_all")
    row = case.store.records("claim_text", text=name, accounts=list(case.accounts))[0]
    if row["times"]:
        return Judged(
            "supported",
            f"{row['times']:,} events name it, the first {row['path']}:{row['line']}",
            cited(row["path"], row["line"]),
            "claim_text",
        )
    return Judged("not_decidable", "nothing in the evidence names it", query="changes_all")


_ROW = r"(?m)^\s*{}\s+(?P<total>\d[\d.]*[KMGT]?)\s+(?P<used>\d[\d.]*[KMGT]?)\s+(?P<free>\d[\d.]*[KMGT]?)\s+(?P<share>\d{{1,3}})%"


def filesystem(case: Case, asked: Asked) -> Judged:
    """Compare a row of df, as a document repeats it, with the rows that were recorded of the same device."""
    said = asked.shaped.parts
    rows = []
    for path, line, message, body in case.store.rows("claim_lines", text=said["device"], accounts=list(case.accounts)):
        for found in re.finditer(_ROW.format(re.escape(said["device"])), f"{message}\n{body or ''}"):
            rows.append((found.groupdict(), Citation(path, line=line)))
    same = [one for one in rows if all(one[0][name] == said[name] for name in ("total", "used", "free", "share"))]
    if same:
        return Judged(
            "supported",
            f"{len(same):,} recorded rows of {said['device']} say the same",
            tuple(one for _, one in same),
            "claim_lines",
        )
    units = said["total"][-1].isdigit()
    alike = [one for one in rows if one[0]["total"][-1].isdigit() == units]
    totals = sorted({one[0]["total"] for one in alike})
    if alike and said["total"] not in totals:
        what = "inodes or blocks" if units else "of size"
        told = f"all {len(alike):,} recorded rows of {said['device']} have {' or '.join(totals)} {what} in total, not {said['total']}"
        return Judged("contradicted", told, tuple(one for _, one in alike), "claim_lines")
    return Judged("not_decidable", f"no recorded row of {said['device']} says so", query="claim_lines")
