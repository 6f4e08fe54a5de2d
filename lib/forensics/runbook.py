"""The runbook as data: its rules, severity levels and questions, read from runbook.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files


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


@dataclass(frozen=True, slots=True)
class Watch:
    """How long the service must be seen stable before it counts as recovered."""

    words: str
    section: str
    stable: timedelta


@dataclass(frozen=True, slots=True)
class Runbook:
    """What we measure against."""

    source: str
    rules: tuple[Rule, ...]
    levels: tuple[Level, ...]
    """Highest first."""
    severity_words: dict[str, str]
    questions: tuple[tuple[str, str], ...]
    """Pairs of id and the runbook's words."""
    recovery: Watch

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


@cache
def load() -> Runbook:
    """Return the runbook that ships with the library."""
    data = tomllib.loads(files("forensics").joinpath("runbook.toml").read_text(encoding="utf-8"))
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
        )
        for level in data["severity"]
    )
    questions = tuple((question["id"], question["words"]) for question in data["question"])
    watch = data["recovery"]
    recovery = Watch(watch["words"], watch["section"], timedelta(seconds=watch["stable_s"]))
    return Runbook(data["source"], rules, levels, dict(data["severity_words"]), questions, recovery)
