"""What people state about the incident, checked against the evidence: supported, contradicted, or not decidable.

Strict on one side: what is narrowed by words that we do not understand, was said before it was over, or may speak of
something that is not in the evidence is contradicted by nothing. The file that states something never supports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from forensics.analysis import claim_shapes, wall_clocks
from forensics.analysis.accounts import Sentence
from forensics.analysis.claim_shapes import Shaped
from forensics.findings import claim_causes, claim_facts, claim_measures, claim_readings
from forensics.findings.claim_facts import Judged
from forensics.findings.claim_readings import EVER, Asked, Case, Reading, Readings
from forensics.findings.claims import Ledger
from forensics.findings.notes import Notes
from forensics.model import Citation, Json, Query

SHOWN = 4
"""Readings that a comparison names."""


def named(notes: Notes | None) -> list[Sentence]:
    """Return the claims that people list in the notes beside the folder."""
    if notes is None:
        return []
    return [Sentence(one.text, Citation(notes.path, line=one.line), None, one.by, named=True) for one in notes.claims]


def check(case: Case, sentences: Iterable[Sentence], ledger: Ledger) -> list[Json]:
    """Return every statement that has a checkable form, with its verdict and what it was compared with.

    A claim that somebody lists in the notes is always returned, one of no form that we know as not decidable.
    """
    found, seen = [], set()
    walls = wall_clocks.wall_clocks(case.said, case.evidence)
    for sentence in sentences:
        told = list(_checked(case, sentence, walls.ahead(sentence.citation.path, sentence.who)))
        if sentence.named and not told:
            held = Query("claim_text", {"text": sentence.text, "accounts": list(case.accounts)})
            judged = Judged("not_decidable", "it has no form that the evidence can be asked in")
            told = [("none", sentence.text, judged, [held])]
        for shape, words, judged, asked in told:
            key = (shape, " ".join(words.lower().split()))
            if key not in seen or sentence.named:
                seen.add(key)
                found.append(_entry(case, sentence, shape, words, judged, asked, ledger))
    return found


def left(sentences: Iterable[Sentence], found: Sequence[Json]) -> Json:
    """Return how many sentences write-ups hold, and in how many of them nothing was found that evidence can be asked about: what
    they state is for people to judge, and is not taken for true."""
    held = {one.text for one in sentences if one.written is None and not one.named}
    return {"sentences": len(held), "unread": len(held - {one["text"] for one in found})}


def counted(found: Sequence[Json], unread: Json, ledger: Ledger) -> str | None:
    """Claim how many statements there are of each verdict, and in how many sentences none was found; None where nobody stated anything."""
    if not found and not unread["sentences"]:
        return None
    counts = {
        word: sum(one["verdict"] == word for one in found) for word in ("contradicted", "supported", "not_decidable")
    }
    told = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items())
    told += f"; nothing to ask about in {unread['unread']} of {unread['sentences']} sentences of write-ups"
    value = {"statements": len(found), **counts, **unread}
    asked = "" if found else "account_lines"  # what people wrote is all that it rests on
    return ledger.claim("statements checked", told, value, query=asked, claims=[one["claim"] for one in found])


def _entry(
    case: Case, sentence: Sentence, shape: str, words: str, judged: Judged, asked: Sequence[Query], ledger: Ledger
) -> Json:
    verdict = {"not_decidable": "not decidable"}.get(judged.verdict, judged.verdict)
    statement = f"“{words}” ({sentence.citation}): {verdict} — {judged.compared}"
    entry: Json = {
        "text": sentence.text,
        "words": words,
        "path": sentence.citation.path,
        "line": sentence.citation.line,
        "where": str(sentence.citation),
        "who": sentence.who,
        "shape": shape,
        "verdict": judged.verdict,
        "compared": judged.compared,
        "evidence": [str(one) for one in dict.fromkeys(judged.citations)][:SHOWN],
        "statement": statement,
    }
    entry["claim"] = ledger.claim(
        f"human claim {shape}",
        statement,
        {"verdict": judged.verdict, "compared": judged.compared},
        query=judged.query,
        asked=asked,
        places=True,
        claims=[case.moments[shape.removeprefix("time: ")].claim] if shape.startswith("time: ") else [],
        parameters={"words": words, "in": sentence.citation.path},
        evidence=[sentence.citation, *judged.citations],
    )
    return entry


def _checked(case: Case, sentence: Sentence, ahead: timedelta) -> Iterator[tuple[str, str, Judged, Sequence[Query]]]:
    """Yield of each statement in a sentence its form, its words, what became of it, and what was asked for that."""
    for one in claim_facts.times(sentence.text, dict(case.moments), sentence.written, ahead):
        words = (
            f"{one.moment} {one.written}" if one.written not in sentence.text else _around(sentence.text, one.written)
        )
        yield f"time: {one.moment}", words, claim_facts.time(case, one, sentence.citation.path), ()
    for shaped in claim_shapes.stated(sentence.text):
        asked = Asked(
            shaped,
            sentence.text,
            (sentence.written + timedelta(seconds=1)) if sentence.written else EVER,
            _clause(sentence.text, shaped.words),
            sentence.citation.path,
        )
        with case.store.noted() as queries:
            judged = _judged(case, asked)
        yield f"{shaped.shape}: {shaped.of}", shaped.words, judged, queries


def _around(text: str, written: str) -> str:
    place = text.find(written)
    return text[max(0, place - 60) : place + len(written)].lstrip(" ,;:*-|#")


def _clause(text: str, words: str) -> str:
    """Return the part of a sentence, between two marks, in which something stands, with an opening that speaks of a part of it."""
    plain = re.sub(r"[*_`]", "", text)
    place = plain.find(words)
    if place < 0:
        return plain
    begin = max((plain.rfind(mark, 0, place) for mark in ",;:(|—"), default=-1) + 1
    ends = [end for mark in ",;(|—" if (end := plain.find(mark, place + len(words))) >= 0]
    opening = re.match(claim_shapes.declared()["opens"], plain)
    return (opening[0] if opening and begin >= opening.end() else "") + plain[begin : min(ends, default=len(plain))]


# ---- by the form of a statement ---------------------------------------------------------------------------------------

_FACTS = {
    "health": claim_facts.health, "quote": claim_facts.quote, "change": claim_facts.change, "filesystem": claim_facts.filesystem,
    "setting": claim_causes.setting, "cadence": claim_causes.cadence,
}  # fmt: skip


def _judged(case: Case, asked: Asked) -> Judged:
    shaped = asked.shaped
    if shaped.shape in _FACTS:
        return _FACTS[shaped.shape](case, asked)
    if shaped.shape == "cause":
        return claim_causes.change(case, asked) if shaped.of == "change" else claim_causes.condition(case, asked)
    if shaped.shape == "order":
        return claim_facts.fixed(case, asked) if shaped.of == "fixed" else claim_facts.order(case, asked)
    if shaped.shape == "count":
        return _number(shaped.bounds, claim_readings.count(case, asked), _narrowed(asked), shaped)
    if shaped.shape == "length":
        return _number(shaped.bounds, claim_measures.length(case, asked), False, shaped)
    if shaped.shape == "between":
        return _number(shaped.bounds, claim_measures.between(case, asked), True, shaped)
    if shaped.shape == "level":
        return _level(case, asked)
    return _share(case, asked)


def _share(case: Case, asked: Asked) -> Judged:
    shaped = asked.shaped
    low, high = shaped.bounds
    some = _some(asked)
    if shaped.shape == "ratio":
        of = shaped.parts["of"]
        whole = float(of) if of.isdigit() else float(claim_shapes.declared()["numbers"].get(of, 20))
        near = 0.5 / whole * 100  # "one in seven" is right from one in 6.5 to one in 7.5, or so
        share = 100 * (shaped.number or 0.0) / whole
        loose = share * claim_shapes.declared()["about"] if shaped.how == "about" else near / whole
        low, high = share - loose, share + loose
    readings = claim_measures.share_of_some(case, asked, some) if some else claim_measures.share(case, asked)
    return _number((low, high), readings, bool(some) or _narrowed(asked), shaped)


def _some(asked: Asked) -> list[str]:
    """Return the words that say of which requests a share is stated; none where it is of all."""
    of_some = claim_shapes.declared()["of_some"]
    found = re.search(of_some["pattern"], asked.clause)
    words = found["some"].lower().split() if found else []
    return [word.rstrip("s") for word in words if word not in of_some["all"].split()]


def _level(case: Case, asked: Asked) -> Judged:
    readings = claim_measures.level(case, asked)
    low, high = asked.shaped.bounds
    if claim_measures.over(asked.shaped):
        above = [one for one in readings.of if one.high > (asked.shaped.number or 0.0) * asked.shaped.worth]
        if above:
            return Judged("supported", _told(above), _cited(above), readings.query)
        high = float("inf")
    return _number((low, high), readings, False, asked.shaped)


def _narrowed(asked: Asked) -> bool:
    """Say whether words that we do not understand may narrow what a number is of."""
    letters = [letter for letter in asked.sentence if letter.isalpha()]
    foreign = sum(not letter.isascii() for letter in letters) > len(letters) / 4
    rest = asked.clause.replace(asked.shaped.words, " ", 1)
    return foreign or bool(re.search(claim_shapes.declared()["narrows"], rest))


def _number(bounds: tuple[float, float], readings: Readings, narrowed: bool, shaped: Shaped) -> Judged:
    """Compare a stated number with every reading of the evidence, and with what is proven."""
    low, high = bounds
    agreeing = [one for one in readings.of if one.high >= low and one.low <= high]
    every = (
        shaped.number == 0 or shaped.how == "most"
    )  # that there was nothing, or no more, holds however it is counted
    if agreeing and (not every or len(agreeing) == len(readings.of)):
        return Judged("supported", _told(agreeing), _cited(agreeing), readings.query)
    if not narrowed and (every or not agreeing):
        proof = readings.proof or _told(_most_telling(readings.of, low))
        by = readings.proven_by or _cited(_most_telling(readings.of, low))
        too_few = readings.least is not None and high < readings.least
        too_many = readings.most is not None and low > readings.most
        if too_few or too_many:
            return Judged("contradicted", proof, by, readings.query)
    if readings.of:
        why = "it may speak of another part; " if narrowed else ""
        return Judged(
            "not_decidable", f"{why}the evidence tells: {_told(readings.of)}", _cited(readings.of), readings.query
        )
    return Judged(
        "not_decidable",
        readings.proof or readings.why or "the evidence tells nothing of it",
        readings.proven_by,
        readings.query,
    )


def _most_telling(readings: Sequence[Reading], stated: float) -> list[Reading]:
    return sorted(readings, key=lambda one: (abs(one.low - stated), one.told))[:SHOWN]


def _told(readings: Iterable[Reading]) -> str:
    told = list(dict.fromkeys(one.told for one in readings))
    more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return "; ".join(told[:SHOWN]) + more


def _cited(readings: Iterable[Reading]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citation for one in readings for citation in one.citations))
