"""What a person may ask of a run: names known, types checked, before anything starts."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from forensics import runbook
from forensics.errors import Unknown, UsageError
from forensics.findings import budget, promise
from forensics.model import Parameters
from forensics.times import parse_time

STATISTICS = ("p95", "mean", "max")
BUCKETS = range(1, 3601)
BASELINES = range(10, 7 * 24 * 60 + 1)
"""Ten minutes are the least that a baseline rests on (analysis/recovery.toml, beyond_limits.toml)."""


def known() -> list[str]:
    """Return the names of all parameters."""
    return [field.name for field in fields(Parameters)]


def checked(given: Mapping[str, Any]) -> Parameters:
    """Return the parameters, or raise UsageError saying which is wrong and what would be right."""
    for name in given:
        if name not in known():
            raise Unknown("parameter", name, known())
    kinds = {field.name: type(field.default) for field in fields(Parameters)}
    return _sensible(Parameters(**{name: _typed(name, value, kinds[name]) for name, value in given.items()}))


def from_text(pairs: list[str]) -> dict[str, str]:
    """Read NAME=VALUE arguments. A value stays the text it was; its type follows from its name."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"-p {pair}: a parameter is written NAME=VALUE, for example -p bucket=60.")
        if name not in known():
            raise Unknown("parameter", name, known())
        found[name] = value
    return found


def _typed(name: str, value: Any, kind: type) -> Any:
    if kind is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if isinstance(value, bool):
            return value
        if str(value).lower() not in words:
            raise UsageError(f"{name}={value!r}: true or false is wanted.")
        return words[str(value).lower()]
    if kind is int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise UsageError(f"{name}={value!r}: a whole number is wanted.")
        try:
            return int(value)
        except ValueError:
            raise UsageError(f"{name}={value!r}: a whole number is wanted.") from None
    if type(value) is not str:
        raise UsageError(f"{name}={value!r}: text is wanted.")
    if any(not character.isprintable() for character in value):
        raise UsageError(f"{name}: the value holds control characters.")
    return value


def _sensible(parameters: Parameters) -> Parameters:
    for name in ("at", "start", "end"):
        text = getattr(parameters, name)
        try:
            if text:
                parse_time(text)
        except ValueError:
            raise UsageError(
                f"{name}={text!r}: a time in ISO 8601 is wanted, for example 2031-04-02T07:30:00Z."
            ) from None
    if parameters.start and parameters.end and parse_time(parameters.start) >= parse_time(parameters.end):
        raise UsageError(f"start={parameters.start} is not before end={parameters.end}.")
    if parameters.statistic not in STATISTICS:
        raise Unknown("statistic", parameters.statistic, STATISTICS)
    if parameters.bucket not in BUCKETS:
        raise UsageError(f"bucket={parameters.bucket}: {BUCKETS.start} to {BUCKETS.stop - 1} seconds are wanted.")
    if parameters.baseline not in BASELINES:
        raise UsageError(
            f"baseline={parameters.baseline}: {BASELINES.start} to {BASELINES.stop - 1:,} minutes are wanted."
        )
    try:
        runbook.own_words(parameters.severity_words)
    except ValueError as error:
        raise UsageError(f"severity_words={parameters.severity_words!r}: {error}.") from None
    try:
        budget.objective(parameters.objective)
    except ValueError as error:
        raise UsageError(f"objective={parameters.objective!r}: {error}.") from None
    try:
        zoneinfo.ZoneInfo(parameters.zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise Unknown("time zone", parameters.zone, zoneinfo.available_timezones() & _COMMON) from None
    promise.hours(parameters.business_hours, parameters.zone)
    return parameters


_COMMON = {"UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo"}
