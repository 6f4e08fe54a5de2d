"""What logs began to tell when it began, tell more often since, or no longer tell: patterns of messages, before and during.

A pattern is a message with everything that varies taken out (the view line_patterns). The runbook asks for it in 2.2 and 4.1,
"analyze logs for errors or anomalies". That something is new is counted; that it surged or vanished is tested, for a count alone
would show what chance shows anyway.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from forensics.analysis import chance, plain_errors
from forensics.lengths import lasting
from forensics.model import Citation, Moment, Parameters
from forensics.store import Store
from forensics.times import STAND_IN, own_clock, parse_time

Novelty = Literal["new", "surged", "vanished"]
TIMES_AS_OFTEN = 2.0
"""The rate that must be exceeded, not merely reached by chance: with enough lines, every small difference is sure."""
RISK = 0.05
"""That among all patterns of one incident any is called surged or vanished by chance: the usual 5 %."""
LOUD = ("EMERGENCY", "FATAL", "ALERT", "CRITICAL", "ERROR")
LOW = ("WARN", "WARNING")


@dataclass(frozen=True, slots=True)
class Windows:
    """The two stretches that are compared."""

    begin: datetime
    """The first line of the logs that are compared."""
    onset: datetime
    """The earliest that it may have begun: what was told from here on is not from before."""
    end: datetime
    """The latest that it may have recovered, else the last line of these logs."""
    recovered: bool
    """Whether `end` is the recovery."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of messages that was told otherwise than before."""

    template: str
    novelty: Novelty
    level: str | None
    before: int
    during: int
    before_s: float
    """For how long the logs that tell it were watched before the onset."""
    during_s: float
    """And from it on."""
    first: tuple[datetime, datetime] | None
    """When it was first told since the onset, at the earliest and at the latest; None where it vanished."""
    last: tuple[datetime, datetime] | None
    """When it was last told before; None where it is new."""
    chance: float
    """How probable such counts are where nothing changed: of one that is new, at the same rate; else, at the rate of the rule."""
    citation: Citation
    told: str = ""
    """The template with the words put back that are the same in all its messages; empty where that is not known."""

    @property
    def loudness(self) -> int:
        """0: an error or worse; 1: a warning; 2: whatever else."""
        return 0 if self.level in LOUD else 1 if self.level in LOW else 2

    @property
    def said(self) -> str:
        """The pattern for people: its first line without the fields behind it, and with … for what varies from message to message."""
        line = (self.told or self.template).strip().partition(" | {")[0].splitlines()[0]
        text = re.sub(r"\s+", " ", line.replace("<*>", "…")).rstrip(" {[(:")
        return plain_errors.thrown_first(text) or self.template.strip()


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing."""

    windows: Windows
    patterns: tuple[Pattern, ...]
    """The most telling first: errors before warnings before the rest, and of each the least probable first."""
    tested: int
    """How many patterns were compared, these among them."""
    left_out: tuple[tuple[str, str], ...]
    """Logs that were not compared, and why."""
    only_loud: tuple[str, ...]
    """Logs that are too large to copy: only their warnings, errors and folded events were compared."""


def compare(store: Store, moments: dict[str, Moment], parameters: Parameters) -> Compared | str:
    """Compare what logs told before the onset with what they tell from it on; a text says why that cannot be done."""
    span = moments["onset"].span
    if span is None:
        return "when it began is not known, so that no line is known to be from before it"
    onset = span.earliest
    begin, end = _one_clock(onset)
    if onset.year < STAND_IN - 9:  # what is asked for in UTC says nothing of other clocks
        begin = max(begin, parse_time(parameters.start)) if parameters.start else begin
        end = min(end, parse_time(parameters.end)) if parameters.end else end
    back = moments["recovered"].span
    recovered = back is not None and onset < back.latest <= end
    end = back.latest if back and recovered else end
    logs = store.rows("logs_watched", floor=begin, ceiling=end)
    fit = [(first, last) for _, first, last in logs if first < onset < last]
    left_out = [(log, _unfit(first, onset)) for log, first, last in logs if not first < onset < last]
    if not logs:
        return "no log has a line with a time on the clock of the onset"
    if not fit:
        return f"no log reaches from before the onset to after it: {'; '.join(' '.join(one) for one in left_out[:3])}"
    watched = (onset - min(one[0] for one in fit)).total_seconds()
    if watched < parameters.bucket:
        return f"logs reach back only {lasting(watched)} before the onset, less than one bucket: too little to know what was usual"
    windows = Windows(min(one[0] for one in fit), onset, end if recovered else max(one[1] for one in fit), recovered)
    rows = store.records("patterns_compared", begin=windows.begin, onset=onset, end=windows.end)
    found = _with_their_words(store, _told_otherwise(rows), windows)
    return Compared(windows, tuple(found), len(rows), tuple(left_out), _only_loud(store))


def _with_their_words(store: Store, found: list[Pattern], windows: Windows) -> list[Pattern]:
    """Put back what never varies: of “no tariff for harbour <*>”, told of one harbour alone, the harbour is what people need."""
    templates = [one.template for one in found]
    rows = store.rows("pattern_words", templates=templates, begin=windows.begin, end=windows.end) if templates else []
    told = dict(rows)
    return [replace(one, told=told.get(one.template, "")) for one in found]


def _one_clock(onset: datetime) -> tuple[datetime, datetime]:
    """Return between which times a line stands on the same clock as the onset: real ones, or one that stands in for others."""
    if own_clock(onset):
        return datetime(onset.year, 1, 1), datetime(onset.year + 1, 1, 1) - timedelta.resolution
    if onset.year >= STAND_IN - 9:
        return datetime(STAND_IN - 9, 1, 1), datetime(STAND_IN + 1, 1, 1) - timedelta.resolution
    return datetime(1, 1, 2), datetime(STAND_IN - 9, 1, 1) - timedelta.resolution


def _unfit(first: datetime, onset: datetime) -> str:
    return "tells nothing from before the onset" if first >= onset else "tells nothing from the onset on"


def _only_loud(store: Store) -> tuple[str, ...]:
    return tuple(path for (path,) in store.rows("large_log_paths"))


def _told_otherwise(rows: list[dict[str, Any]]) -> list[Pattern]:
    """Return the rows that are new, surged or vanished, in order; what may well be so by chance is left out."""
    found = [_pattern(row) for row in rows]
    tested = [one for one in found if one.novelty != "new"]
    held = chance.holding([one.chance for one in tested], 2 * len(tested), RISK)  # each might have risen, or fallen
    kept = [one for one in found if one.novelty == "new"]
    kept += [one for one, holds in zip(tested, held, strict=True) if holds]
    return sorted(kept, key=lambda one: (one.loudness, one.chance, -one.during - one.before, one.template))


def _pattern(row: dict[str, Any]) -> Pattern:
    """Say which of the three a row may be, and how probable its counts would be if nothing had changed."""
    before, during, before_s, during_s = (row[name] for name in ("before", "during", "before_s", "during_s"))
    heavy = chance.clustering(before, row["squares"], before_s / 60)
    novelty: Novelty = "new" if not before else "surged" if during else "vanished"
    times = {"new": 1.0, "surged": TIMES_AS_OFTEN, "vanished": 1 / TIMES_AS_OFTEN}[novelty]
    share = times * during_s / (before_s + times * during_s)
    if novelty == "vanished":
        probable = (1 - share) ** (before / heavy)
    else:
        probable = chance.more_in_the_second(before / heavy, during / heavy, share)
    return Pattern(
        template=row["template"],
        novelty=novelty,
        level=row["level"],
        before=before,
        during=during,
        before_s=before_s,
        during_s=during_s,
        first=(row["first"], row["first_latest"]) if during else None,
        last=(row["last"], row["last_latest"]) if before else None,
        chance=probable,
        citation=Citation(row["path"], line=row["line"]),
    )
