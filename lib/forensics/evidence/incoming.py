"""A file of the incident folder on its way into the store: what is wanted of it, and what is known of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from forensics.evidence import doctor, intake
from forensics.evidence.content import Content
from forensics.evidence.folder_days import Days
from forensics.evidence.formats import Format
from forensics.model import Clock, Evidence, LineCount, Problem, Status


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of each file."""

    start: datetime | None = None
    end: datetime | None = None
    """Of large logs, only this stretch is read."""
    understand: bool = True
    """What messages mean is wanted as well."""
    days: Days = field(default_factory=Days)
    """The days that files of the folder name: they tell the order of day and month where a file leaves it open."""


@dataclass(slots=True)
class File:
    """What was found, its bytes, and what is wrong with it."""

    found: intake.Found
    content: Content
    problems: list[Problem]
    asked: Asked

    def entry(
        self,
        kind: str = "unknown",
        fmt: str | None = None,
        status: Status = "ok",
        records: int = 0,
        lines: LineCount | None = None,
        covers: tuple[datetime, datetime] | None = None,
        clock: Clock | None = None,
    ) -> Evidence:
        """Return its entry; what spoils a part of it makes it partial."""
        if status == "ok" and any(p.code in _SPOILING for p in self.problems):
            status = "partial"
        return Evidence(
            path=self.found.path,
            sha256=self.found.sha256,
            size=self.found.size,
            kind=kind,
            format=fmt,
            status=status,
            records=records,
            lines=lines,
            covers=covers,
            clock=clock or Clock(zone="", how="unknown"),
            problems=tuple(doctor.advise(self.found.path, problem) for problem in self.problems),
            path_base64=self.found.path_base64,
        )

    def declared(self, fmt: Format, read: Mapping[str, int] | None = None, *, dated: bool = False) -> Status:
        """Name what a format declares to be wrong with files of its kind; return the status that it gives them.

        `read` is how many lines each pattern read: a problem `of` some patterns is one of files with such lines; `dated` says
        whether the file tells a time: some problems are only of those that do not.
        """
        told = fmt.problem
        spared = dated and told.get("spares") == "dated"
        unread = "of" in told and not any((read or {}).get(name) for name in told["of"].split("|"))
        if told and not (spared or unread):
            problem = Problem(
                told["code"], told["message"], told.get("remedy", ""), leaves_open=told.get("leaves_open", "")
            )
            self.problems.append(problem)
        status: Status = told.get("status", "ok")  # type: ignore[assignment]
        return status


_SPOILING = {
    *("cut", "packed-damaged", "unpacks-too-large", "trailing-bytes", "unknown-format", "records-refused"),
    *("changed-during-run", "no-room", "more-pages", "partial-answer", "unread-times"),
}
