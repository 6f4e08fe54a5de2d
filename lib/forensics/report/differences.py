"""What changed between two versions of a report, claim by claim. Nothing here reads a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from forensics.model import Json
from forensics.report.words import Times, clip, plural, visible

Kind = Literal["added", "removed", "changed"]
MOST_VALUES = 6
"""Parts of one value that are told; the rest is counted."""
LONGEST = 300
"""Letters of one side of a difference, in text; JSON has all of them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    part: str
    """severity, moments, durations, verdicts, questions, findings, claims, evidence, parameters or actions."""
    kind: Kind
    id: str
    """What it is called in its part: a claim's id, a rule, the path of a file."""
    name: str
    """What people call it; empty: the id says it."""
    before: Any
    """None where it was added."""
    after: Any
    """None where it was removed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a report, side by side."""

    old: str
    """The older one's incident."""
    new: str
    differences: list[Difference]
    unchanged_claims: int
    """Claims whose statement and value are as they were."""
    rest_elsewhere: list[str]
    """Ids of those among them that are asked or cited otherwise than before."""
    other_parts: list[str] = field(default_factory=list)
    """Parts of result.json that differ, beside those that are compared above."""

    @property
    def same(self) -> bool:
        """Whether result and claims are alike in everything."""
        return not (self.differences or self.rest_elsewhere or self.other_parts)

    def of(self, part: str, kind: str = "") -> list[Difference]:
        """Return the differences of a part, of one kind if asked."""
        return [one for one in self.differences if one.part == part and kind in ("", one.kind)]

    def json(self) -> Json:
        """Return everything, for programs."""
        counts = {kind: len(self.of("claims", kind)) for kind in ("added", "removed", "changed")}
        return {"same": self.same, "claims": {**counts, "unchanged": self.unchanged_claims}, **asdict(self)}


def compare(old: Json, old_claims: list[Json], new: Json, new_claims: list[Json]) -> Comparison:
    """Compare two results with their claims."""
    found = [
        *_by_id("severity", _severity(old), _severity(new)),
        *_by_id("moments", _moments(old), _moments(new)),
        *_by_id("durations", _named(old["durations"]), _named(new["durations"])),
        *_by_id("verdicts", _verdicts(old), _verdicts(new)),
        *_by_id("questions", _questions(old), _questions(new)),
        *_by_id("findings", _findings(old), _findings(new)),
        *_by_id("claims", _claims(old_claims), _claims(new_claims)),
        *_by_id("actions", _actions(old), _actions(new)),
        *_by_id("evidence", _evidence(old), _evidence(new)),
        *_by_id("parameters", _named(old["parameters"]), _named(new["parameters"])),
    ]
    before, after = ({claim["id"]: claim for claim in claims} for claims in (old_claims, new_claims))
    differing = {one.id for one in found if one.part == "claims"}
    kept = [one for one in before if one in after and one not in differing]
    compared = {one.part for one in found}
    others = [
        name
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name) and name not in compared and not (name == "notes" and "actions" in compared)
    ]
    return Comparison(
        old["incident"]["id"],
        new["incident"]["id"],
        found,
        len(kept),
        [one for one in kept if before[one] != after[one]],
        others,
    )


Named = dict[str, tuple[str, Any]]
"""By id: what people call it, and what is compared."""


def _by_id(part: str, old: Named, new: Named) -> Iterator[Difference]:
    for one, (name, before) in old.items():
        if one not in new:
            yield Difference(part, "removed", one, name, before, None)
        elif new[one][1] != before:
            yield Difference(part, "changed", one, new[one][0], before, new[one][1])
    for one, (name, after) in new.items():
        if one not in old:
            yield Difference(part, "added", one, name, None, after)


def _named(values: Json) -> Named:
    return {name: ("", value) for name, value in values.items()}


def _severity(result: Json) -> Named:
    severity = result["severity"]
    return {"severity": ("", {name: severity.get(name) for name in ("level", "rule", "reason", "stated")})}


def _moments(result: Json) -> Named:
    told = ("earliest", "latest", "source", "reached", "why")
    return {
        name: ("", {key: moment[key] for key in told if key in moment}) for name, moment in result["moments"].items()
    }


def _verdicts(result: Json) -> Named:
    compared = ("verdict", "limit", "statistic", "depends", "intervals", "missing")
    return {
        verdict["rule"]: (f"“{verdict.get('words', verdict['rule'])}”", {name: verdict.get(name) for name in compared})
        for verdict in result["verdicts"]
    }


def _questions(result: Json) -> Named:
    return {
        one["id"]: (one.get("words", one["id"]), {"status": one["status"], "answer": one["answer"]})
        for one in result["questions"]
    }


def _findings(result: Json) -> Named:
    return {one["id"]: ("", {"kind": one["kind"], "statement": one["statement"]}) for one in result["findings"] or []}


def _claims(claims: list[Json]) -> Named:
    return {
        claim["id"]: (claim.get("subject", ""), {"statement": claim["statement"], "value": claim["value"]})
        for claim in claims
    }


def _actions(result: Json) -> Named:
    found = (result.get("notes") or {}).get("actions") or []
    return {one["id"]: (one["text"], {key: value for key, value in one.items() if key != "line"}) for one in found}


def _evidence(result: Json) -> Named:
    compared = ("sha256", "bytes", "kind", "format", "status", "records")
    return {entry["path"]: ("", {name: entry.get(name) for name in compared}) for entry in result["evidence"]}


# ---- in words -------------------------------------------------------------------------------------------------------

_TITLES = {
    "severity": "Severity",
    "moments": "Moments",
    "durations": "Durations",
    "verdicts": "Verdicts",
    "questions": "Questions",
    "findings": "Findings",
    "claims": "Claims",
    "actions": "Action items",
    "evidence": "Evidence",
    "parameters": "Parameters",
}
_SIGNS: dict[Kind, str] = {"added": "+", "removed": "-", "changed": "~"}


def told(comparison: Comparison) -> list[str]:
    """Say what changed, in lines for a terminal; text from the evidence cannot act there."""
    return [visible(line) for line in _lines(comparison)]


def _lines(comparison: Comparison) -> Iterator[str]:
    counts = ", ".join(f"{len(comparison.of('claims', kind))} {kind}" for kind in ("changed", "added", "removed"))
    yield f"{comparison.old} → {comparison.new}"
    if comparison.same:
        yield f"The same: {plural(comparison.unchanged_claims, 'claim')}, and everything else of the result."
        return
    yield f"Claims: {counts}, {comparison.unchanged_claims} unchanged."
    for part, title in _TITLES.items():
        found = comparison.of(part)
        if found:
            yield ""
            yield f"{title} ({len(found)})"
            for one in found:
                yield from _said(one)
    if comparison.rest_elsewhere:
        yield ""
        yield f"Say the same, but are asked or cited otherwise: {plural(len(comparison.rest_elsewhere), 'claim')}"
        yield f"  {clip(', '.join(comparison.rest_elsewhere), LONGEST)}"
    if comparison.other_parts:
        yield ""
        yield f"Also different in result.json: {', '.join(comparison.other_parts)}"


def _said(one: Difference) -> Iterator[str]:
    name = f"{one.id} {one.name}".strip() if one.part in ("claims", "findings", "actions") else one.name or one.id
    yield f"  {_SIGNS[one.kind]} {clip(name, LONGEST)}"
    if one.kind == "changed":
        yield from _sides(one)
    elif one.part != "actions":
        yield f"      {clip(_short(one.part, one.before if one.kind == 'removed' else one.after), LONGEST)}"


def _sides(one: Difference) -> Iterator[str]:
    saying = _SAYING.get(one.part)
    before, after = (saying(one.before), saying(one.after)) if saying else ("", "")
    if before != after:
        yield f"      was  {clip(before, LONGEST)}"
        yield f"      now  {clip(after, LONGEST)}"
        return
    parts = list(_changes("", one.before, one.after))
    yield from (f"      {clip(part, LONGEST)}" for part in parts[:MOST_VALUES])
    if len(parts) > MOST_VALUES:
        yield f"      … and {plural(len(parts) - MOST_VALUES, 'more difference')}"


def _changes(place: str, before: Any, after: Any) -> Iterator[str]:
    """Say which parts of a value differ, each by its place in it."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            if before.get(key) != after.get(key):
                yield from _changes(f"{place}.{key}" if place else str(key), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after) and any(before):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            if one != other:
                yield from _changes(f"{place}[{number}]", one, other)
    else:
        sides = (clip(json.dumps(side, ensure_ascii=False), LONGEST // 3) for side in (before, after))
        yield f"{place}{': ' if place else ''}{' → '.join(sides)}"


def _short(part: str, value: Any) -> str:
    saying = _SAYING.get(part)
    return saying(value) if saying else json.dumps(value, ensure_ascii=False)


def _moment(value: Json) -> str:
    if value.get("earliest"):
        return f"{Times().span(value['earliest'], value['latest'])}: {value.get('why', '')}"
    return f"{'not reached' if value.get('reached') is False else 'not known'}: {value.get('why', 'no reason given')}"


_SAYING: dict[str, Callable[[Any], str]] = {
    "severity": lambda value: f"{value['level']}: {value['reason']}",
    "moments": _moment,
    "verdicts": lambda value: str(value["verdict"]).replace("_", " "),
    "questions": lambda value: f"{value['status']}: {value['answer']}",
    "findings": lambda value: f"{value['kind']}: {value['statement']}",
    "claims": lambda value: str(value["statement"]),
    "evidence": lambda value: f"{value['status']}, {value['bytes']:,} bytes, SHA-256 {value['sha256']}",
}
