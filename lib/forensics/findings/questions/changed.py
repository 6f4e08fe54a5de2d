"""What changed recently?"""

from __future__ import annotations

from datetime import datetime

from forensics.analysis import changes, reverts
from forensics.analysis.taken_back import Undoings
from forensics.findings.questions.case import (
    MOST_CHANGES,
    MOST_WORDS,
    RECENT,
    Case,
    between,
)
from forensics.lengths import cut, lasting
from forensics.model import Answer, Change
from forensics.times import Span, full, iso, utc


def changed(case: Case, question: str, words: str) -> Answer:
    onset = case.moments["onset"]
    dated = [(c, c.time) for c in case.changes if c.time is not None]
    likely = [
        change
        for change, _ in reverts.likely(
            case.changes, onset, RECENT, case.undoings.vain, case.undoings.helped, case.named
        )
    ]
    undated = [c for c in likely if c.time is None]
    pairs = reverts.reverted(case.changes)
    until = onset.span.latest if onset.span else datetime.max
    since = until - RECENT if onset.span else datetime.min
    told = [
        e for e in case.said
        if e.person and "changed" in e.means and "mitigation" not in e.means and "update" not in e.means
        and since <= e.time <= until
    ]  # fmt: skip
    if not case.changes and not told:
        return Answer(
            question,
            words,
            "unknown",
            "No commit, deploy or restart is in the evidence.",
            collect_next=("git log --format='%H %cI %an %s' -20 > git-log.txt",),
        )
    before = [
        (c, time)
        for c, time in dated
        if (since <= time or c.citation in case.named)
        and time <= until
        and (onset.span is None or changes.before(c, onset))
    ]
    parts, claims = [], []
    if before:
        before.sort(key=lambda one: likely.index(one[0]))
        shown = [
            (claim, text + _names(case, change) + _taken_back(change, pairs, case.undoings))
            for change, time in before[:MOST_CHANGES]
            for claim, text in [_told_change(case, change, time)]
        ]
        claims += [claim for claim, _ in shown]
        claims += [
            case.ledger.claim(
                f"named by failures {change.id}",
                f"{_named(change)} and “{shared.error}” both name {', '.join(shared.words)}",
                {"words": list(shared.words)},
                asked=shared.asked,
                evidence=[change.citation, shared.citation],
            )
            for change, _ in before[:MOST_CHANGES]
            if (shared := case.named.get(change.citation))
        ]
        claims += [
            case.ledger.claim(
                f"taken back {'in vain' if change.citation in case.undoings.vain else 'with effect'} {change.id}",
                f"after {_named(found.by)} {found.told}",
                {
                    "failed": list(found.bad),
                    "of": list(found.of),
                },
                asked=found.asked,
                evidence=[change.citation, found.by.citation],
            )
            for change, _ in before[:MOST_CHANGES]
            if (found := case.undoings.told(change))
        ]
        more = f" ({len(before) - MOST_CHANGES} more)" if len(before) > MOST_CHANGES else ""
        order = (
            "That one came first does not make it the cause."
            if onset.span
            else "Without an onset none is recent or not."
        )
        older = any(time < since for _, time in before[:MOST_CHANGES])
        where = f"{'Before the onset' if older else 'In the day before the onset'}: " if onset.span else ""
        parts.append(f"{where}{'; '.join(text for _, text in shown)}{more}. {order}")
    elif onset.span:
        known = f"the evidence dates {len(dated):,} at other times" if dated else "no change in the evidence has a time"
        parts.append(f"No dated change lies in the day before the onset; {known}.")
        claims.append(
            case.ledger.claim(
                "no change before the onset",
                parts[-1],
                {"changes": len(case.changes), "dated": len(dated)},
                query="changes_all",
                claims=[onset.claim],
                evidence=[change.citation for change, _ in dated],
            )
        )
    for one in told[:MOST_CHANGES]:
        sentence = f"People wrote at {full(one.time)}{utc(one.time)}: “{cut(one.text.splitlines()[0])}”."
        claims.append(
            case.ledger.claim(
                f"told change {one.citation}",
                sentence,
                iso(one.time),
                parameters={"at": str(one.citation), "time": one.time},
                evidence=[one.citation],
            )
        )
        parts.append(sentence)
    if undated:
        named = "; ".join(
            _named(change) + _taken_back(change, pairs, case.undoings) for change in undated[:MOST_CHANGES]
        )
        more = f" and {len(undated) - MOST_CHANGES} more" if len(undated) > MOST_CHANGES else ""
        parts.append(f"Without a time: {named}{more}.")
        claims.append(
            case.ledger.claim(
                "undated changes",
                f"changes without a time: {named}{more}",
                [change.id for change in undated],
                query="changes_all",
                evidence=[change.citation for change in undated],
            )
        )
    answered = onset.span is not None and not before and not undated and not told
    return Answer(question, words, "answered" if answered else "partial", _sentence(parts), tuple(claims))


def _sentence(parts: list[str]) -> str:
    text = " ".join(parts)
    return text[:1].upper() + text[1:]


def _told_change(case: Case, change: Change, changed: datetime) -> tuple[str, str]:
    """Claim a change, and say it: how long before the onset it was made, where that is known."""
    onset = case.moments["onset"].span
    lead = (onset.latest - changed).total_seconds() if onset and not change.until else None
    sentence = f"{_named(change)} {between(Span(changed, change.until or changed))}"
    sentence += "" if lead is None else f", {lasting(lead)} before the onset"
    ordered = onset and change.until and change.until > onset.earliest
    sentence += f", before the onset as {change.citation.path} orders them" if ordered else ""
    claim = case.ledger.claim(
        f"change {change.id}",
        sentence,
        {"time": iso(change.time), "lead_s": lead},
        query=asked_of(change),
        parameters={"id": change.id, "kind": change.kind, "service": change.service},
        evidence=[change.citation],
    )
    return claim, sentence


def asked_of(change: Change) -> str:
    """Return the question that gives a change; what an event tells is asked of where it stands."""
    if change.until:
        return "commands_told"
    return "" if change.id == str(change.citation) else "changes_all"


def _named(change: Change) -> str:
    return f"{change.kind} {_short(change)}“{change.summary}”"


def _short(change: Change) -> str:
    return f"{change.id[:7]} " if change.kind == "commit" else ""


def _names(case: Case, change: Change) -> str:
    """Say what a change and the failures both name, and where they do."""
    named = case.named.get(change.citation)
    if named is None:
        return ""
    words = ", ".join(f"“{word}”" for word in named.words[:MOST_WORDS])
    return f", which names {words} as the failures do ({named.citation})"


def _taken_back(change: Change, pairs: list[tuple[Change, Change]], undoings: Undoings) -> str:
    """Say which change reverts this one; empty where none is known to."""
    by = next((by for one, by in pairs if one.citation == change.citation), None)
    if by is None:
        return ""
    told = undoings.told(change)
    named = f"commit {_short(by)}" if by.kind == "commit" else f"{by.kind} “{cut(by.summary, 80)}” "
    return f", which {named}reverts" + (f", after which {told.told}" if told else "")
