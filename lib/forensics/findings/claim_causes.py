"""What the evidence tells of causes, settings and cadences that people state.

A cause is supported no further than our own judgement goes: where it calls the same change, or the same condition, the likely one.
A change that is known to have come after the onset cannot have caused it. Everything else is for people to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from forensics.analysis import claim_shapes
from forensics.findings.claim_facts import BEFORE, CLOSE, TOGETHER, Judged
from forensics.findings.claim_measures import placed
from forensics.findings.claim_readings import Asked, Case, when
from forensics.lengths import lasting
from forensics.model import Change, Citation, Json
from forensics.times import Span, parse_time

SHORT = 80
"""Letters of a change that a comparison quotes."""
LOOSE = 1.2
"""What came every fifteen minutes came within eighteen."""


def change(case: Case, asked: Asked) -> Judged:
    """Compare a change that is said to have caused it, or not to have, with the changes that are known and with the onset."""
    onset = (case.moments["onset"].derived or case.moments["onset"]).span
    said = asked.shaped.parts
    named = _named(case, asked)
    what = said.get("what", "commit").lower()
    if not named:
        told = f"no {what} that it could mean is in the evidence; a log of deploys, or of commits with their times, would tell"
        if _time(said):
            told = (
                f"no {what} of {_time(said)} UTC is in the evidence; of another zone's {_time(said)} it cannot be asked"
            )
        return Judged("not_decidable", told, query="changes_all")
    if onset is None:
        return Judged(
            "not_decidable", "when it began is not known", tuple(one.citation for one in named), "changes_all"
        )
    began = f"it began {placed(onset)}"
    denied = any(said.get(name) for name in ("not", "unrelated", "never"))
    exact = bool(said.get("id") or (_time(said) and (said.get("zone") or said.get("clock"))))
    after = [one for one in named if one.time and one.time > onset.latest + CLOSE]
    if exact and len(after) == len(named):
        first = after[0]
        assert first.time is not None
        told = f"{began}; {_called(first)} came {lasting(first.time - onset.latest)} later, at {when(first.time)}: it cannot have caused it"
        return Judged("supported" if denied else "contradicted", told, _cited(case, first), "changes_all")
    likely = _likely(case, named, onset, exact or bool(_words(said)))
    if likely and not denied:
        one, row = likely
        told = (
            f"{_called(one)} was {_before(one, onset)}: {began}; by the evidence it is the likely cause ({_why(row)})"
        )
        return Judged("supported", told, _cited(case, one), "changes_all")
    if likely:
        told = f"{_called(likely[0])} is the likely cause by the evidence ({_why(likely[1])}); that alone does not prove it"
        return Judged("not_decidable", told, _cited(case, likely[0]), "changes_all")
    known = [one for one in named if one not in after][-1:] or named[:1]
    order = f"was {_before(known[0], onset)}" if known[0] not in after else f"came after {began.removeprefix('it ')}"
    told = f"{_called(known[0])} {order}: {began}. That is an order; nothing else in the evidence tells whether it was the cause"
    return Judged("not_decidable", told, _cited(case, known[0]), "changes_all")


def condition(case: Case, asked: Asked) -> Judged:
    """Compare a condition that is said to have caused it with the one that the evidence makes the likely cause."""
    words = asked.shaped.parts["what"].lower()
    class_ = next((one for one in claim_shapes.declared()["condition"] if re.search(one["said"], words)), None)
    candidate: Json | None = case.result.get("candidate")
    if class_ and candidate and candidate["sure"] == "likely" and re.search(class_["found"], candidate["what"]):
        told = f"by the evidence the likely cause is: {candidate['statement']}. Whether it was is for people to say"
        return Judged("supported", told, query="changes_all")
    seen = (
        f"by the evidence it is rather: {candidate['statement']}; "
        if candidate and candidate["sure"] == "likely"
        else ""
    )
    return Judged(
        "not_decidable", f"{seen}of a cause the evidence tells no more than what came first", query="changes_all"
    )


def setting(case: Case, asked: Asked) -> Judged:
    """Compare a value that something is said to have been set to with the changes that tell of one."""
    said, target = asked.shaped.parts, asked.shaped.number
    old = _number(said.get("old", ""))
    words = [word for word in re.findall(r"[a-z]{3,}", said["what"].lower()) if word not in _GENERAL]
    read = [one for change in case.changes if change.citation.path != asked.path for one in _set(change, words)]
    told = "; ".join(dict.fromkeys(f"“{one.words}” in {_called(one.change)}{_at(one.change)}" for one in read[:3]))
    cited_ = tuple(one.change.citation for one in read[:3])
    if not read:
        return Judged("not_decidable", "no change of it with its value is in the evidence", query="changes_all")
    agreeing = [one for one in read if one.now == target and old in (None, one.before) and _turned(said["verb"], one)]
    if agreeing:
        found = agreeing[0].change
        told = f"{_called(found)}{_at(found)} says so (“{agreeing[0].words}”)"
        return Judged("supported", told, (found.citation,), "changes_all")
    if len(read) == 1 and old is not None and old == read[0].before and not asked.shaped.unit:
        told = f"the only change of it from {said['old']} that the evidence tells of is {told}"
        return Judged("contradicted", told, cited_, "changes_all")
    return Judged("not_decidable", f"the evidence tells of {told}", cited_, "changes_all")


@dataclass(frozen=True, slots=True)
class _Set:
    """A value that a change says it set."""

    change: Change
    before: float | None
    now: float | None
    words: str


def _set(change: Change, words: Sequence[str]) -> list[_Set]:
    """Return the values that a change set of what all these words name, shortly before them."""
    text = change.summary.lower().replace("_", " ")
    found = []
    for pair in _PAIR.finditer(change.summary):
        near = text[max(0, pair.start() - NEAR) : pair.start()]
        if words and all(word[:6] in near for word in words):
            before, now = pair["before"] or pair["old"] or "", pair["now"] or pair["new"]
            found.append(_Set(change, _number(before), _number(now), pair[0].strip()))
    return found


def _turned(verb: str, one: _Set) -> bool:
    """Say whether a value went the way that was said."""
    if one.before is None or one.now is None:
        return True
    if re.match("(?i)reduc|lower|decreas|cut|scaled (?:down|in)", verb):
        return one.now < one.before
    return one.now > one.before if re.match("(?i)rais|increas|bump|scaled (?:up|out)", verb) else True


def cadence(case: Case, asked: Asked) -> Judged:
    """Compare how often updates are said to have been sent with when those that are known were."""
    channel = asked.shaped.parts.get("where", "").lower()
    rows = [
        one
        for one in case.result["updates"] or []
        if one["sent"] and (not channel or channel.split()[0] in (one["channel"] or ""))
    ]
    sent = sorted(parse_time(one["sent"]) for one in rows if isinstance(one["sent"], str))
    every = timedelta(seconds=(asked.shaped.number or 0.0) * asked.shaped.worth)
    if len(sent) < 3:
        return Judged(
            "not_decidable",
            f"{len(sent)} updates of it are in the evidence: too few to tell how often",
            query="events_between",
        )
    longest = max(later - earlier for earlier, later in pairwise(sent))
    told = f"the {len(sent)} updates that are known came up to {lasting(longest)} apart, {when(sent[0])} to {when(sent[-1])}"
    return Judged("supported" if longest <= every * LOOSE else "not_decidable", told, query="events_between")


# ---- which change is meant, and what speaks for it --------------------------------------------------------------------

_KINDS = {
    "deploy": ("deploy", "commit"), "release": ("deploy", "commit"), "rollout": ("deploy", "commit"), "commit": ("commit", "deploy"),
    "merge": ("commit", "deploy"), "migration": ("schema", "data", "commit", "deploy"), "upgrade": ("deploy", "commit"),
    "config": ("config", "commit", "deploy"), "feature": ("flag", "config"), "flag": ("flag", "config"), "restart": ("restart",),
    "change": ("commit", "deploy", "config", "flag", "schema", "data", "scaling"),
}  # fmt: skip
_TELLS = {"migration": "migrat|schema", "upgrade": "upgrad|bump|update|->"}
"""What a commit or a deploy says of itself that is meant by such a word."""
_GENERAL = frozenset({
    "the", "our", "new", "last", "latest", "previous", "recent", "bad", "faulty", "broken", "same", "this", "that", "first", "second",
    "old", "and", "for", "size", "limit", "value", "max", "maximum",
})  # fmt: skip
_PAIR = re.compile(
    r"(?P<before>\d+(?:\.\d+)?) ?[a-zA-Z]{0,3} ?(?:->|→|=>) ?(?P<now>\d+(?:\.\d+)?)"
    r"|(?:\bfrom (?P<old>\d+(?:\.\d+)?) ?[a-zA-Z]{0,3} )?\bto (?P<new>\d+(?:\.\d+)?)(?![\d:])"
)
NEAR = 40
"""Letters before a value in which stands what was set."""


def _time(said: Mapping[str, str]) -> str:
    return str(said.get("time") or said.get("at") or "")


def _words(said: Mapping[str, str]) -> list[str]:
    return [one for one in re.findall(r"[a-z][a-z0-9-]{2,}", said.get("of", "").lower()) if one not in _GENERAL]


def _named(case: Case, asked: Asked) -> list[Change]:
    """Return the changes that the words can mean, in their order."""
    said = dict(asked.shaped.parts)
    kinds = next((kinds for name, kinds in _KINDS.items() if said.get("what", "commit").lower().startswith(name)), ())
    found = [one for one in case.changes if one.citation.path != asked.path and one.kind in kinds]
    said_so = next((tells for name, tells in _TELLS.items() if said.get("what", "").lower().startswith(name)), "")
    found = [one for one in found if one.kind in ("schema", "data") or re.search(said_so, one.summary.lower())]
    if name := said.get("id", "").lower().lstrip("#"):
        found = [
            one
            for one in found
            if one.id.lower().startswith(name)
            or re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.]*\w)", one.summary.lower())
        ]
    if stated := _time(said):
        found = [one for one in found if one.time and f"{one.time:%H:%M}" == stated]
    for word in _words(said):
        found = [one for one in found if word in f"{one.summary} {one.service or ''}".lower()]
    return sorted(found, key=lambda one: (one.time or datetime.min, str(one.citation)))


def _likely(case: Case, named: Sequence[Change], onset: Span, specific: bool) -> tuple[Change, Json] | None:
    """Return the change among these that people took back since, where the words can mean no other one."""
    rows = {row["where"]: row for row in case.result["changes"] or []}
    suspects = [
        (one, row)
        for one in named
        if (row := rows.get(str(one.citation)))
        and row["label"] == "suspect" and row["before_onset"] is not False and row["reverted_by"]
    ]  # fmt: skip
    lead = [one for one in named if one.time and timedelta(0) <= onset.latest + CLOSE - one.time <= BEFORE]
    if len(suspects) != 1 or (specific and len(named) > 1 and len(lead) > 1):
        return None
    suspect = suspects[0]
    newest = max((one.time for one in lead if one.time), default=None)
    alone = newest is None or (suspect[0].time is not None and newest - suspect[0].time <= TOGETHER)
    return suspect if specific or alone else None


def _why(row: Json) -> str:
    by = str(row["reverted_by"])
    return f"reverted since by {by[:7]}" if re.fullmatch("[0-9a-f]{7,64}", by) else "taken back since"


def _called(one: Change) -> str:
    name = f" {one.id[:7]}" if re.fullmatch("[0-9a-f]{7,64}", one.id) else ""
    return f"the {one.kind}{name} “{one.summary[:SHORT]}”"


def _at(one: Change) -> str:
    return f" at {when(one.time)}" if one.time else ", undated"


def _before(one: Change, onset: Span) -> str:
    if one.time is None:
        return "made nobody knows when"
    return f"{lasting(onset.latest - one.time)} before" if one.time <= onset.latest else "no later"


def _cited(case: Case, one: Change) -> tuple[Citation, ...]:
    return (one.citation, *case.moments["onset"].citations)


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else None
