"""Many incidents side by side, from their results alone: how long things took, what recurs, what is still to be done.

Nothing here is a score. Durations of incidents are skewed, so there is no mean; a median stands with how many it rests on.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from forensics.model import Json
from forensics.report import nothing, story, written
from forensics.report.known_names import KnownNames
from forensics.report.likeness import Text
from forensics.report.redaction import Redactor
from forensics.report.words import Times, clip, length, plural, visible
from forensics.times import parse_time

SPANS = {
    "to_detect_s": "From onset to detection",
    "to_acknowledge_s": "From onset to acknowledgement",
    "to_mitigate_s": "From onset to mitigation",
    "to_recover_s": "From onset to recovery",
}
Pair = tuple[float, float]
"""Seconds, at least and at most; at most infinite: still open when the evidence ended."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What the overview tells of one report."""

    id: str
    """The name of its folder."""
    title: str
    level: str
    """P0 to P3, none or undetermined."""
    state: str
    when: str
    start: datetime | None
    """None where nothing places it among the others."""
    end: datetime | None
    length: Pair | None
    """From onset to recovery, else the time over limits; None where neither is known."""
    hit: str
    spans: dict[str, Pair | None]
    """By the keys of SPANS; None: not known."""
    quiet: bool
    """Whether rules were judged and no incident was seen."""
    review: str
    traits: tuple[Trait, ...]
    actions: tuple[written.Action, ...]
    texts: tuple[Text, ...] = ()
    """What people wrote of causes and of what is to be done."""
    cause: str = ""
    """The cause, as people wrote it; empty: nobody has."""


@dataclass(frozen=True, slots=True)
class Trait:
    """Something of an incident that others may share."""

    kind: str
    """error (of a request), message (of an error in a log), warning, condition, mitigation or service."""
    name: str
    """By which it is known again."""
    words: str
    """As this incident tells it."""


def incident(folder: str, result: Json, redact: Redactor) -> Incident:
    """Read what the overview tells out of one result, redacted. Raises KeyError or TypeError where it is none of ours."""
    say = _Said(redact, written.people(result), _writers(result))
    lines = {line.name: line.text for line in story.summary(result, Times())}
    window = result["incident"]["window"]
    placed = bool(window) and isinstance(window["start"], str) and isinstance(window["end"], str)
    spans = {name: _pair(result["durations"].get(name)) for name in SPANS}
    quiet = nothing.quiet(result)
    return Incident(
        id=folder,
        title=say(story.heading(result), 140),
        level=str(result["severity"]["level"]),
        state=say(lines["State now"], 160),
        when=say(lines["When"], 160),
        start=parse_time(window["start"]) if placed else None,
        end=parse_time(window["end"]) if placed else None,
        length=None if quiet else spans["to_recover_s"] or _pair(result["durations"].get("impact_s")),
        hit=say(lines["Who was hit"], 200),
        spans=spans,
        quiet=quiet,
        review=say(written.review(result), 40),
        traits=() if quiet else tuple(dict.fromkeys(_traits(result, say))),
        texts=() if quiet else tuple(Text(one.kind, say(one.text, 400)) for one in written.causes(result)),
        cause=say(written.narrative(result, "root_cause"), 240),
        actions=tuple(
            replace(
                one, text=say(one.text, 300), owner=say(one.owner, 80), due=say(one.due, 40), type=say(one.type, 20)
            )
            for one in written.actions(result)
        ),
    )


class _Said:
    """Says texts of a result as a page may show them: redacted, nothing in them acts, and not longer than fits."""

    def __init__(self, redact: Redactor, people: Iterable[str], known: KnownNames) -> None:
        self._redact = redact
        self._known = known
        self._people = sorted(people, key=lambda name: (-len(name), name))

    def __call__(self, text: str, most: int) -> str:
        for name in self._people:
            text = text.replace(name, "a person")
        text = self._known.hide(text, lambda _: "[person]")
        return clip(visible(self._redact(text)), most)


def _writers(result: Json) -> KnownNames:
    """Return who wrote or did what the timeline tells; a word without a capital may be a stage or a job."""
    told = {event["who"] for event in result["timeline"] if event["who"] and event["who"][0].isupper()}
    return KnownNames(((name, "") for name in sorted(told)), result["incident"]["services"] or ())


def _pair(told: Any) -> Pair | None:
    if not told or told[0] is None:
        return None
    least, most = told
    return float(least), math.inf if most is None else float(most)


def _traits(result: Json, say: _Said) -> Iterator[Trait]:
    for one in result["impact"].get("errors") or []:
        said = say(one["kind"], 140)
        yield Trait("error", template(said), said)
    for one in result.get("patterns") or []:
        if one["loud"] and one["novelty"] != "vanished":
            said = say(one["said"], 140)
            yield Trait("warning" if one["level"].startswith("WARN") else "message", template(said), said)
    for verdict in result["verdicts"]:
        if verdict["verdict"] == "met":
            yield Trait("condition", verdict["rule"], f"“{verdict.get('words', verdict['rule'])}”")
    for one in (result.get("response") or {}).get("mitigations") or []:
        yield Trait("mitigation", one["kind"], one["kind"])
    for service in result["incident"]["services"] or []:
        yield Trait("service", service.lower(), say(service, 60))


def template(text: str) -> str:
    """Return what stays of an error when its figures, ids and quotations are taken away: by this it is known again."""
    said = re.sub(r"(?i)\b(?:0x)?(?=[0-9a-f-]*\d)[0-9a-f]{6,}(?:-[0-9a-f]{4,})*\b", "N", text)
    said = re.sub(r"\"[^\"]*\"|'[^']*'|`[^`]*`", "“…”", said)
    said = re.sub(r"\d+(?:[.,:]\d+)*|<\*>|…", "N", said)
    return re.sub(r"\s+", " ", said).strip().lower()


# ---- how long things took -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Median:
    """The middle of a duration over all incidents that know it."""

    name: str
    value: Pair | None
    """Within the bounds of the durations themselves; None where no incident knows it."""
    known: int
    """On how many incidents it rests."""
    open: int
    """How many of them were still open when their evidence ended; they count as longer than all others."""
    unknown: int

    @property
    def words(self) -> str:
        """Say it with its bounds."""
        if self.value is None:
            return "not known"
        least, most = self.value
        if math.isinf(least):
            return "still open when the evidence ends, for half of them or more"
        if math.isinf(most):
            return f"at least {length(least)}"
        return length(least) if length(least) == length(most) else f"{length(least)} to {length(most)}"


def medians(incidents: Iterable[Incident]) -> list[Median]:
    """Return the median of each span; folders without an incident do not count."""
    real = [one for one in incidents if not one.quiet]
    found = []
    for key, name in SPANS.items():
        pairs = [pair for one in real if (pair := one.spans[key]) is not None]
        middle = (statistics.median([p[0] for p in pairs]), statistics.median([p[1] for p in pairs])) if pairs else None
        open_ = sum(math.isinf(pair[1]) for pair in pairs)
        found.append(Median(name, middle, len(pairs), open_, len(real) - len(pairs)))
    return found


# ---- what recurs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recurring:
    """A trait that several incidents share."""

    kind: str
    words: str
    incidents: tuple[Incident, ...]
    """Oldest first."""


def recurring(incidents: Sequence[Incident], *kinds: str) -> list[Recurring]:
    """Return the traits of some kinds that at least two incidents have, the most frequent first.

    What only repeats another of as many incidents, as the log's line about a failed request does, is left out.
    """
    having: dict[str, dict[str, Incident]] = {}
    traits: dict[str, Trait] = {}
    for one in in_order(incidents):
        for trait in one.traits:
            if trait.kind in kinds:
                having.setdefault(trait.name, {})[one.id] = one
                traits.setdefault(trait.name, trait)
    shared = {name: ones for name, ones in having.items() if len(ones) > 1}
    found = [
        Recurring(traits[name].kind, traits[name].words, tuple(ones.values()))
        for name, ones in shared.items()
        if not any(other != name and other in name and having[other].keys() == ones.keys() for other in shared)
    ]
    return sorted(found, key=lambda one: (-len(one.incidents), kinds.index(one.kind), one.words))


def in_order(incidents: Iterable[Incident]) -> list[Incident]:
    """Return incidents as they began, those that nothing places last."""
    return sorted(incidents, key=lambda one: (one.start is None, one.start or datetime.min, one.id))


# ---- what is to be done ---------------------------------------------------------------------------------------------


def open_actions(incidents: Sequence[Incident]) -> list[tuple[Incident, written.Action, bool]]:
    """Return the actions that are not done, by due date, and whether each was due before the latest incident ended."""
    latest = max((one.end for one in incidents if one.end is not None), default=None)
    found = [(one, action) for one in in_order(incidents) for action in one.actions if not action.done]
    found.sort(key=lambda pair: (not pair[1].due, pair[1].due))
    return [(one, action, latest is not None and action.late(f"{latest:%Y-%m-%d}")) for one, action in found]


def takeaway(incidents: Sequence[Incident]) -> str:
    """Say in a sentence or two how many incidents there were, how bad, and which lasted longest."""
    real = [one for one in incidents if not one.quiet]
    if not real:
        return "No report here tells of an incident."
    levels = {level: sum(one.level == level for one in real) for level in sorted({one.level for one in real})}
    said = ", ".join(f"{count} {level}" for level, count in levels.items())
    known = [(one.length[0], one) for one in real if one.length is not None]
    text = f"{plural(len(real), 'incident')}: {said}."
    if known:
        longest = max(known, key=lambda pair: (pair[0], pair[1].id))
        over = longest[1].length is not None and math.isinf(longest[1].length[1])
        text += f" The longest that is known, “{longest[1].title}”, lasted {'at least ' if over else ''}{length(longest[0])}."
    unknown = len(real) - len(known)
    return text + (f" Of {unknown} the length is not known." if unknown else "")
