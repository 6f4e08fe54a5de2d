"""Claims: statements with the question they came from and the evidence they rest on."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forensics.findings.asking import Asking, named, plain
from forensics.findings.coverage import resting
from forensics.findings.standing import MOST_OF_A_FILE, Standing, bare
from forensics.model import Citation, Evidence, Json, Query
from forensics.store import Store

MOST_CITATIONS = 50
"""Of one claim; the rest can be had by asking its question again."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of the report."""

    id: str
    subject: str
    statement: str
    query: str
    """The file in store/sql that was asked; empty for what a person stated."""
    parameters: Json
    method: str
    """The function that made it, by its dotted name."""
    value: Any
    evidence: tuple[Citation, ...]
    asked: tuple[Query, ...] = ()
    """All that was asked for it, where that is more than its one question, or another."""
    places: bool = False
    """Whether what stands where it cites was asked, too."""
    claims: tuple[str, ...] = ()
    """The claims that its value was drawn from."""


class _Placed:
    """What claims cite: where that is a file as a whole, the records of it on which their questions, or the claims that they were
    drawn from, rest."""

    def __init__(
        self, claims: Mapping[str, Claim], standing: Standing, queries: Callable[[Claim], Sequence[Query]]
    ) -> None:
        self._claims, self._standing, self._queries = claims, standing, queries
        self._known: dict[str, tuple[Citation, ...]] = {}

    def evidence(self, claim_id: str) -> tuple[Citation, ...]:
        """Return what a claim cites, as closely as it can be told."""
        if claim_id not in self._known:
            claim = self._claims[claim_id]
            self._known[claim_id] = claim.evidence  # while it is looked for: claims may be drawn from each other
            found = [one for citation in claim.evidence for one in self._placed(claim, citation)]
            self._known[claim_id] = tuple(dict.fromkeys(found))[:MOST_CITATIONS]
        return self._known[claim_id]

    def _placed(self, claim: Claim, citation: Citation) -> Sequence[Citation]:
        if not bare(citation):
            return [citation]
        if any(one.path == citation.path and not bare(one) for one in claim.evidence):
            return []
        stretch = (claim.value.get("start"), claim.value.get("end")) if isinstance(claim.value, dict) else (None, None)
        found = self._standing.places(citation.path, self._queries(claim), stretch, claim.parameters.get("time"))
        drawn = [one for other in claim.claims if other in self._claims for one in self.evidence(other)]
        others = [one for one in drawn if one.path == citation.path and not bare(one)]
        return found or list(dict.fromkeys(others))[:MOST_OF_A_FILE] or [citation]


class Ledger:
    """All claims of one report, in the order in which they were made."""

    def __init__(self, evidence: Iterable[Evidence], notes: Mapping[str, str] | None = None) -> None:
        """Begin with what may be cited: the evidence and, by name and SHA-256, what people wrote beside it."""
        held = list(evidence)
        self._sha = {**(notes or {}), **{entry.path: entry.sha256 for entry in held}}
        self._documents = {entry.path for entry in held if entry.lines is None}
        """What has no lines: the events of a log that is a JSON document are numbered instead."""
        self._claims: dict[str, Claim] = {}
        self._placed: _Placed | None = None

    def where(self, claim_id: str) -> list[str]:
        """Return the places that a claim rests on, as closely as they were told when all claims were written."""
        cited = self._placed.evidence(claim_id) if self._placed else self._claims[claim_id].evidence
        return [str(one) for one in cited]

    def claim(
        self,
        subject: str,
        statement: str,
        value: Any,
        *,
        query: str = "",
        parameters: Json | None = None,
        asked: Iterable[Query] = (),
        places: bool = False,
        claims: Iterable[str] = (),
        evidence: Iterable[Citation] = (),
    ) -> str:
        """Make a claim and return its id: a hash of subject, question and parameters, not of the answer.

        Times among the parameters are derived from the evidence, so the id does not depend on them either; nor does it on what
        else was `asked` (with `places`, what stands where it cites, too), or on the `claims` that the value was drawn from.
        """
        stood = plain(parameters or {})
        stated = {name: stood[name] for name, value in (parameters or {}).items() if not isinstance(value, datetime)}
        key = json.dumps([subject, query, stated], sort_keys=True, ensure_ascii=False)
        claim_id = "c-" + hashlib.sha256(key.encode()).hexdigest()[:12]
        cited = tuple(dict.fromkeys(evidence))[:MOST_CITATIONS]
        maker = sys._getframe(1)  # the claim is made where it is computed
        method = f"{maker.f_globals['__name__']}.{maker.f_code.co_qualname}"
        from_ = tuple(dict.fromkeys(claim for claim in claims if claim))
        self._claims[claim_id] = Claim(
            claim_id, subject, statement, query, stood, method, plain(value), cited, tuple(asked), places, from_
        )
        return claim_id

    def __getitem__(self, claim_id: str) -> Claim:
        return self._claims[claim_id]

    def json(self, store: Store, covered: Iterable[Json] = ()) -> list[Json]:
        """Write all claims as the contract does, each with what is `covered` by the files that it cites.

        `query` is one that can be asked again of the store, with its `parameters`, and `answer` what it gives; `also_asked` are
        the others where it took several. `claims` are those that the value was drawn from. `given` is what else the `method`
        was given, the function that made the value of all this.
        """
        held, asking = list(covered), Asking(store)
        placed = self._placed = _Placed(self._claims, Standing(store), self._queries)
        found = []
        for claim in self._claims.values():
            cited = [self._cited(citation) for citation in placed.evidence(claim.id)]
            found.append(
                {
                    "id": claim.id,
                    "subject": claim.subject,
                    "statement": claim.statement,
                    **asking.answered(self._queries(claim), claim.parameters, cited, places=claim.places),
                    "claims": list(claim.claims),
                    "method": claim.method,
                    "value": claim.value,
                    "evidence": cited,
                    "rests_on": resting(held, claim.evidence),
                }
            )
        return found

    @staticmethod
    def _queries(claim: Claim) -> Sequence[Query]:
        """Return what can be asked again for a claim: all that was asked, its own question first; where nothing is
        told, its question, if its parameters are all there."""
        wanted = named(claim.query) if claim.query else set()
        own = {name: value for name, value in claim.parameters.items() if name in wanted}
        if not claim.asked and claim.query and wanted == own.keys():
            return [Query(claim.query, own)]
        return sorted(claim.asked, key=lambda one: one.name != claim.query)

    def _cited(self, citation: Citation) -> Json:
        entry: Json = {"path": citation.path, "sha256": self._sha.get(citation.path, "")}
        if citation.line is not None:
            entry["position" if citation.path in self._documents else "line"] = citation.line
        elif citation.table is not None:
            entry |= {"table": citation.table, "rowid": citation.row}
        elif citation.position is not None:
            entry["position"] = citation.position
        return entry
