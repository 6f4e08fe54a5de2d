"""The runbook as data: its rules, severity levels, questions and steps, read from runbook.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from forensics import declarations
from forensics.errors import Unknown


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the ten rules: five decision criteria and five alert thresholds."""

    id: str
    title: str
    words: str
    """The runbook's own words."""
    section: str
    signal: str
    """What must be measured to judge it: error_rate, response_time, availability, memory …"""
    unit: str
    limit: float | None
    """Strictly over this; None where the rule counts something else than a level."""
    sustained: timedelta | None
    """For strictly longer than this; None for alert rules, where one sample over suffices."""
    within: timedelta | None
    """The window in which a count must be reached, for the security rule."""

    @property
    def declares(self) -> bool:
        """Whether it is a decision criterion; the others are alert thresholds."""
        return self.id.startswith("declare.")


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to reach a severity level."""

    name: str
    words: str
    over: float


@dataclass(frozen=True, slots=True)
class Level:
    """A severity level, P0 to P3."""

    level: str
    title: str
    definition: str
    response: str
    response_time: timedelta | None
    """None where the promise is a calendar one: next business day."""
    update_every: timedelta | None
    """None where the runbook promises no updates."""
    conditions: tuple[Condition, ...]
    untold: tuple[tuple[str, str], ...] = ()
    """Examples of the runbook that no evidence can show, each with what would tell."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How long the service must be seen stable before it counts as recovered."""

    words: str
    section: str
    stable: timedelta


@dataclass(frozen=True, slots=True)
class Updates:
    """What counts as a status update, as patterns of what people write."""

    section: str
    template: str
    """How the template opens."""
    heading: str
    """A message that opens so is one, too."""
    states: tuple[str, ...]
    state: str
    """A line that states how it is."""
    opening: str
    """A message that opens with how it is, is one."""
    record: str
    """How an entry of an incident record or a status page states how it is."""
    actions: str
    """The line of an update that tells what is done."""
    level: str
    """A message in which somebody names the level."""
    unsure: str
    """Whoever asks, wishes, plans or denies has not done it."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What would show that something was done; empty: nothing of that kind would."""

    events: tuple[str, ...] = ()
    command: str = ""
    says: str = ""
    formats: tuple[str, ...] = ()
    change: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody who is to be told, and what would show that they were."""

    id: str
    words: str
    role: str
    called: str


@dataclass(frozen=True, slots=True)
class Mitigation:
    """One kind of mitigation, and what would show that it was done."""

    kind: str
    words: str
    trace: Trace
    named: str
    """What people who know no commands call one: "a restart"."""
    while_over: tuple[tuple[str, str], ...] = ()
    """Pairs of a resource and the commands that are one only while this is over its limit, or full."""
    affects: tuple[str, ...] = ()
    """What it is to relieve, beside requests: signals, or `failed_logins`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a phase, and what would show that it was taken."""

    section: str
    words: str
    trace: Trace
    moment: str
    """The clock point that shows it."""
    mobilize: str
    mitigation: str
    stated: str
    """What of the response as a whole shows it: severity, updates or resolved."""
    since: str
    """The moment before which nothing is a trace of it."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the five phases of the process."""

    number: int
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Runbook:
    """What we measure against."""

    source: str
    rules: tuple[Rule, ...]
    levels: tuple[Level, ...]
    """Highest first."""
    severity_words: dict[str, str]
    """Which level a word of people or of another system means."""
    questions: tuple[tuple[str, str], ...]
    """Pairs of id and the runbook's words."""
    recovery: Watch
    updates: Updates
    channels: dict[str, str]
    """Of a format of evidence, the channel that it speaks of."""
    to_call: tuple[Called, ...]
    mitigations: tuple[Mitigation, ...]
    phases: tuple[Phase, ...]

    def stated_level(self, word: str, own: str = "") -> str | None:
        """Return the level that a word of severity means, by a person's `own` words first; None where nobody says."""
        said = _spoken(word)
        own_said = own_words(own)
        bare = re.sub(r"^\d(?=[a-z]{3})", "", said)  # `2 - High`, as a list of priorities numbers its words
        return next(
            (words[one] for words in (own_said, self.severity_words) for one in (said, bare) if one in words), None
        )

    def rule(self, rule_id: str) -> Rule:
        """Return the rule of that id."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    def level(self, name: str) -> Level | None:
        """Return the level of that name, or None for `none` and `undetermined`."""
        return next((level for level in self.levels if level.level == name), None)


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def _minutes(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(minutes=value)


def _spoken(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word).lower()


def own_words(text: str) -> dict[str, str]:
    """Read words of severity that a person states, such as `major=P0; sev2=P2`. Raises ValueError, saying what is wrong."""
    found = {}
    for pair in filter(None, (one.strip() for one in text.split(";"))):
        word, equals, level = (one.strip() for one in pair.partition("="))
        if not equals or not word:
            raise ValueError("words and levels are wanted, for example major=P0; sev2=P2")
        if level not in (known := [one.level for one in load().levels]):
            raise Unknown("severity level", level, known)
        found[_spoken(word)] = level
    return found


@cache
def load() -> Runbook:
    """Return the runbook that ships with the library."""
    data = declarations.declared("runbook.toml")
    rules = tuple(
        Rule(
            id=rule["id"],
            title=rule["title"],
            words=rule["words"],
            section=rule["section"],
            signal=rule["signal"],
            unit=rule["unit"],
            limit=rule.get("limit"),
            sustained=_seconds(rule.get("sustained_s")),
            within=_seconds(rule.get("within_s")),
        )
        for rule in data["rule"]
    )
    levels = tuple(
        Level(
            level=level["level"],
            title=level["title"],
            definition=level["definition"],
            response=level["response"],
            response_time=_minutes(level.get("response_minutes")),
            update_every=_minutes(level.get("update_minutes")),
            conditions=tuple(
                Condition(when["condition"], when["words"], float(when.get("over", 0))) for when in level["when"]
            ),
            untold=tuple((one["words"], one["tells"]) for one in level.get("untold", ())),
        )
        for level in data["severity"]
    )
    questions = tuple((question["id"], question["words"]) for question in data["question"])
    watch = data["recovery"]
    recovery = Watch(watch["words"], watch["section"], timedelta(seconds=watch["stable_s"]))
    return Runbook(
        source=data["source"],
        rules=rules,
        levels=levels,
        severity_words=dict(data["severity_words"]),
        questions=questions,
        recovery=recovery,
        updates=Updates(**data["updates"] | {"states": tuple(data["updates"]["states"])}),
        channels=dict(data["channels"]),
        to_call=tuple(Called(**one) for one in data["mobilize"]),
        mitigations=tuple(
            Mitigation(
                one["kind"],
                one["words"],
                _trace(one),
                one["named"],
                tuple(one.get("while_over", {}).items()),
                tuple(one.get("affects", ())),
            )
            for one in data["mitigation"]
        ),
        phases=tuple(
            Phase(phase["number"], phase["title"], tuple(_step(step) for step in phase["step"]))
            for phase in data["phase"]
        ),
    )


def _trace(data: dict[str, Any]) -> Trace:
    return Trace(
        events=tuple(data.get("events", ())),
        command=data.get("command", ""),
        says=data.get("says", ""),
        formats=tuple(data.get("formats", ())),
        change=data.get("change", ""),
    )


def _step(data: dict[str, Any]) -> Step:
    told = {name: data.get(name, "") for name in ("moment", "mobilize", "mitigation", "stated")}
    return Step(section=data["section"], words=data["words"], trace=_trace(data), since=data.get("from", ""), **told)
