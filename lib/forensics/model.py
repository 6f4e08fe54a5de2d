"""The words of an incident. Nothing here reads a file, a clock or a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from forensics.times import Span, iso

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a piece of evidence, and how to collect it properly."""

    code: str
    message: str
    remedy: str = ""
    """A command, or what to do; empty where nothing can be done any more."""
    line: int | None = None
    leaves_open: str = ""
    """The question that this leaves unanswerable."""

    def json(self) -> Json:
        """Write it as the contract does."""
        return {
            "code": self.code,
            "line": self.line,
            "message": self.message,
            "remedy": self.remedy,
            "leaves_open": self.leaves_open,
        }


@dataclass(frozen=True, slots=True)
class LineCount:
    """Where every physical line of a text went; the last five sum to the first."""

    physical: int
    accepted: int = 0
    continued: int = 0
    blank: int = 0
    separator: int = 0
    quarantined: int = 0

    def json(self) -> Json:
        """Write it as the contract does."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Skew:
    """How far a clock stands ahead of another one, by events that both tell: a difference that is told and never applied."""

    than: str
    """The source that keeps the other clock."""
    seconds: float
    """The usual difference."""
    least: float
    most: float
    events: int
    """So many events tell it."""

    def json(self) -> Json:
        """Write it as the contract does."""
        bounds = [round(self.least, 3), round(self.most, 3)]
        return {"than": self.than, "seconds": round(self.seconds, 3), "bounds_s": bounds, "events": self.events}


@dataclass(frozen=True, slots=True)
class Clock:
    """Which clock a source keeps."""

    zone: str = "UTC"
    how: Literal["stated", "inferred", "assumed", "unknown"] = "unknown"
    offset_s: float = 0.0
    """How far its writing stood ahead of UTC, in seconds, where that was stated or inferred."""
    lacks: str = ""
    """What its stamps leave out (evidence/stamps.py): zone, name, year, date, order, epoch; empty: nothing."""
    why: str = ""
    """How we know its zone, in words."""
    confidence: float | None = None
    """How sure an inferred zone is: the share of the events that tell it, less what chance would bring about."""
    left_s: tuple[float, float] | None = None
    """The bounds of an inferred offset: what remains between the accounts of one event, in seconds."""
    skews: tuple[Skew, ...] = ()
    """How far it differs from clocks of other sources, where that is more than a delay explains."""

    def json(self) -> Json:
        """Write it as the contract does."""
        told: Json = {"zone": self.zone, "how": self.how, "offset_s": self.offset_s, "why": self.why}
        if self.confidence is not None and self.left_s is not None:
            told["confidence"] = round(self.confidence, 4)
            told["bounds_s"] = [round(self.offset_s + left, 3) for left in self.left_s]
        if self.skews:
            told["skew"] = [skew.json() for skew in self.skews]
        return told


Status = Literal["ok", "partial", "empty", "unreadable", "error-payload", "duplicate"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file of the incident folder, as we found it."""

    path: str
    """Relative to the incident folder; bytes that are not UTF-8 as \\xNN."""
    sha256: str
    size: int
    kind: str = "unknown"
    format: str | None = None
    status: Status = "ok"
    records: int = 0
    lines: LineCount | None = None
    covers: tuple[datetime, datetime] | None = None
    clock: Clock = field(default_factory=Clock)
    problems: tuple[Problem, ...] = ()
    path_base64: str | None = None
    own_clock: tuple[str, str] | None = None
    """The first and last time as written, where they cannot be placed in UTC."""
    piece: tuple[str, int, int] | None = None
    """Of a log that was rotated: the log, the piece that this file is of it, the oldest counted as 1, and of how many."""
    grepped: bool = False
    """Whether the lines stand in it that grep prints between matches: then it is an extract, which may print a line twice."""

    def json(self) -> Json:
        """Write it as the contract does."""
        entry: Json = {
            "path": self.path,
            "sha256": self.sha256,
            "bytes": self.size,
            "kind": self.kind,
            "format": self.format,
            "status": self.status,
            "records": self.records,
            "lines": self.lines.json() if self.lines else None,
            "covers": self._covers(),
            "clock": self.clock.json(),
            "problems": [problem.json() for problem in self.problems],
        }
        if self.path_base64:
            entry["path_base64"] = self.path_base64
        if self.piece:
            entry["rotated"] = dict(zip(("log", "piece", "of"), self.piece, strict=True))
        return entry

    def _unplaced(self, written: str) -> Json:
        counted = (
            {"offset_s": float(written.removesuffix(" s"))} if self.clock.lacks == "epoch" else {"written": written}
        )
        return {"clock": self.path, **counted}

    def _covers(self) -> Json | None:
        if self.covers:
            return {"start": iso(self.covers[0]), "end": iso(self.covers[1])}
        if self.own_clock:
            start, end = (self._unplaced(written) for written in self.own_clock)
            return {"start": start, "end": end}
        return None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where in the evidence a statement rests: a line, a position in a document, or a row of a table."""

    path: str
    line: int | None = None
    position: int | None = None
    """The number of the record's element in a document that has no lines; no other element has it. `forensics inspect
    FOLDER --bytes 'PATH#NUMBER'` gives the element."""
    table: str | None = None
    row: int | None = None

    def __str__(self) -> str:
        if self.line is not None:
            return f"{self.path}:{self.line}"
        if self.table is not None:
            return f"{self.path} [{self.table} row {self.row}]"
        return f"{self.path} #{self.position}" if self.position is not None else self.path

    @classmethod
    def written(cls, text: str) -> Citation:
        """Return the citation that was written as this text: of a line, a position, or a file as a whole."""
        path, sign, place = text.rpartition(" #" if " #" in text else ":")
        if not place.isdigit():
            return cls(text)
        return cls(path, position=int(place)) if sign == " #" else cls(path, line=int(place))

    @property
    def place(self) -> tuple[str, int, int, str, int]:
        """What puts citations in the order in which they stand in the evidence: line 2 before line 10."""
        numbers = (self.line, self.position, self.row)
        line, position, row = (-1 if one is None else one for one in numbers)
        return self.path, line, position, self.table or "", row


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the store that anybody can ask again."""

    name: str
    """Its file in store/sql, without the ending."""
    parameters: Json = field(default_factory=dict)
    """All that it wants."""


@dataclass(frozen=True, slots=True)
class Between:
    """What is known of a sample that has no time of its own: it stands between two times, in an order with its neighbours."""

    latest: datetime
    """The later of the two."""
    line: int | None
    """Where it stands in its file; null of a document that has no lines."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One unbroken stretch of time in which a signal was over a limit."""

    start: datetime
    """The first sample or bucket over the limit."""
    end: datetime
    """The first sample no longer over; at a gap or at the end of evidence the last that was."""
    peak: float
    ended_by: Literal["back", "gap", "evidence_end"]
    open_start: bool
    """The evidence began over the limit."""
    signal: str
    points: int
    """How many samples or buckets were over."""
    rate: float | None = None
    """Mean over the whole stretch, weighted by requests, where the signal is a rate."""
    start_between: Between | None = None
    """Where `start` is only the earliest that the first sample can have."""
    end_between: Between | None = None
    """Where `end` is only the earliest that the sample with which it ends can have."""

    @property
    def open(self) -> bool:
        """Whether it still lasted when the evidence ended."""
        return self.ended_by == "evidence_end"

    @property
    def seconds(self) -> float:
        """Its length; where its ends only lie between two times, the least that it can have."""
        return (self.end - self.start).total_seconds()

    @property
    def latest_start(self) -> datetime:
        """The latest that its start can have been."""
        return self.start_between.latest if self.start_between else self.start

    @property
    def latest_end(self) -> datetime:
        """The latest that its end can have been."""
        return self.end_between.latest if self.end_between else self.end

    def json(self) -> Json:
        """Write it as the contract does; where a time is only the earliest that can be, the latest stands beside it."""
        loose = {"start_latest": self.start_between, "end_latest": self.end_between}
        return {
            "start": iso(self.start),
            "end": iso(self.end),
            "peak": round(self.peak, 3),
            "open": self.open,
            "ended_by": self.ended_by,
            "open_start": self.open_start,
            "signal": self.signal,
            **{name: iso(one.latest) for name, one in loose.items() if one},
        }


VerdictWord = Literal["met", "not_met", "not_assessable"]


@dataclass(frozen=True, slots=True)
class Definition:
    """How one reasonable definition of a rule judges the evidence."""

    name: str
    verdict: VerdictWord
    intervals: tuple[Breach, ...] = ()

    def json(self) -> Json:
        """Write it as the contract does."""
        return {"name": self.name, "verdict": self.verdict, "intervals": [i.json() for i in self.intervals]}


@dataclass(frozen=True, slots=True)
class JudgedSeries:
    """One of the series by which a rule was judged, judged by itself."""

    statistic: str
    """What it measured, from which file and vantage point."""
    verdict: VerdictWord
    highest: float | None
    """The highest that it was, in the rule's unit; None where it has no point."""
    at: datetime | None
    """When it first was so high; None where that only lies between two times."""
    intervals: tuple[Breach, ...]
    """Its stretches that meet the rule."""
    too_short: tuple[Breach, ...]
    """Its other stretches over the limit."""
    why: str = ""
    """Why it could not be assessed."""

    def json(self) -> Json:
        """Write it as the contract writes verdicts."""
        return {
            "statistic": self.statistic,
            "verdict": self.verdict,
            "over": bool(self.intervals or self.too_short),
            "highest": None if self.highest is None else round(self.highest, 3),
            "highest_at": iso(self.at),
            "intervals": [run.json() for run in self.intervals],
            "too_short": [run.json() for run in self.too_short],
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule, judged."""

    rule: str
    verdict: VerdictWord
    statistic: str
    """What was measured, over what, from which file and vantage point."""
    intervals: tuple[Breach, ...] = ()
    """The stretches that meet the rule."""
    too_short: tuple[Breach, ...] = ()
    """Stretches over the limit that did not last long enough."""
    definitions: tuple[Definition, ...] = ()
    missing: tuple[str, ...] = ()
    """What would be needed to assess it."""
    why: str = ""
    claim: str = ""
    series: tuple[JudgedSeries, ...] = ()
    """Each series by which it was judged, by itself; empty where no series tells of it."""

    @property
    def depends(self) -> bool:
        """Whether other reasonable definitions judge differently."""
        return len({self.verdict, *(d.verdict for d in self.definitions if d.verdict != "not_assessable")}) > 1


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """What the clock that dates a moment leaves open."""

    path: str
    zone: str
    how: str
    """How its zone is known, as in `Clock`."""
    step_s: float
    """It writes times to so many seconds; 0: finer than one."""
    left_s: tuple[float, float] | None
    """What an inferred zone leaves open, in seconds."""
    ahead: Skew | None
    """How far it stands ahead of the clock that dates the onset, where that is known; never applied to the moment."""
    others: tuple[Skew, ...] = ()
    """Of the onset alone: how far its clock stands ahead of others, where that is known; which of them is right is not."""

    def json(self) -> Json:
        """Write it as the contract does."""
        told: Json = {"path": self.path, "zone": self.zone, "how": self.how, "step_s": self.step_s}
        if self.left_s is not None:
            told["left_s"] = [round(left, 3) for left in self.left_s]
        if self.ahead is not None:
            told["ahead_of_onset"] = self.ahead.json()
        if self.others:
            told["ahead_of_others"] = [skew.json() for skew in self.others]
        return told


@dataclass(frozen=True, slots=True)
class Moment:
    """A clock point of the incident, with its bounds and what it rests on."""

    name: str
    source: Literal["derived", "stated", "unknown"]
    span: Span | None = None
    why: str = ""
    """For what is derived: how; for what is unknown: why."""
    reached: bool = True
    """False when the evidence shows that it had not come by its end."""
    citations: tuple[Citation, ...] = ()
    claim: str = ""
    clock: ClockDoubt | None = None
    """Of the source that dates it; its doubt is in the bounds."""
    derived: Moment | None = None
    """For what was stated by a parameter: the same from the data."""
    on_own_clock: Moment | None = None
    """For what dated logs tell: the same as numbers tell it on a clock that only counts seconds."""
    asked: tuple[Query, ...] = field(default=(), compare=False)
    """What was asked of the store for its bounds; empty: its time stands where it cites."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that people or programs altered: a commit, a deploy, a restart."""

    id: str
    time: datetime | None
    kind: str
    summary: str
    citation: Citation
    service: str | None = None
    until: datetime | None = None
    """For what only stands between two dated things: it was made after `time` and before this."""
    reverts: str = ""
    """The id of the commit that its message says it reverts; empty where it names none by its id."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing of the timeline that a person would mention."""

    time: datetime
    kind: Literal["signal", "change", "decision", "action", "communication"]
    text: str
    citation: Citation
    who: str = ""
    """A role where one is known, never needed to understand the event."""
    weight: int = 0
    """How much it matters to the story; the key events are the heaviest."""
    asked: tuple[Query, ...] = field(default=(), compare=False)
    """What was asked for it, where it stands nowhere in the evidence."""
    step: str = ""
    """The step of the runbook's permanent fix that it is a trace of, in the runbook's words."""


@dataclass(frozen=True, slots=True)
class Severity:
    """How bad it was by the runbook's written definitions."""

    level: str
    rule: str
    reason: str
    stated: str | None
    """What people declared, if they did."""
    in_words: str = ""
    """The reason without the share of requests that it rests on."""
    share: Json | None = None
    """That share, and what it is of: percent, failed and requests (null where they were not counted), start, end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the evidence says to one of the five questions."""

    question: str
    words: str
    status: Literal["answered", "partial", "unknown"]
    text: str
    claims: tuple[str, ...] = ()
    collect_next: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a person may ask of a run. Everything has a default; a run on the same evidence with the same answers
    gives the same bytes."""

    at: str = ""
    """When the incident began, if known (ISO 8601)."""
    start: str = ""
    """Judge nothing before this (ISO 8601)."""
    end: str = ""
    """Judge nothing after this (ISO 8601)."""
    zone: str = "UTC"
    """The zone shown second in reports, for people who live in it."""
    statistic: str = "p95"
    """Which response time is judged: p95, mean or max."""
    bucket: int = 30
    """Length of a bucket in seconds."""
    baseline: int = 60
    """How far back what was usual of a signal is looked for, in minutes before the onset or a fall."""
    clocks: str = ""
    """Zones of sources that do not say theirs: logs/pm2.log=Europe/Berlin; *=+02:00."""
    reference: str = ""
    """A date (ISO 8601) that stamps without a year lie before: the day on which the evidence was collected."""
    anchors: str = ""
    """When the own clock of a source began that has no time of day: stats.txt=2031-04-02T07:30:00Z."""
    objective: str = ""
    """How much is to be good, in percent, and over how many days: 99.9 over 30 days. Empty: nobody stated one."""
    business_hours: str = "Mon-Fri 09:00-17:00"
    """When business is open, in the reports' zone: what is promised during business hours is counted in them."""
    severity_words: str = ""
    """Which level a word of severity means here, before those of runbook.toml: major=P0; sev2=P2."""
    redact: bool = True
    """Blur personal data in everything that leaves for stakeholders."""
