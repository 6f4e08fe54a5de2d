"""What a broken file leaves open and another file of the folder answers: nobody is sent for what lies beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from forensics.evidence.doctor import exports
from forensics.evidence.doctor.coverage import RUNNING, Source, Stretch
from forensics.model import Evidence, Problem
from forensics.store import Store

APPLICATION = "./logs/application.log"
"""Where the runbook has the application's log."""

NOT_WHOLE = {"log-truncated", "begins-late", "ends-early", "hole", "apart", "extract-of", "sampled", "cut-by-number"}
"""Problems of a log that lacks a part."""

LOST = exports.LOSSES | {
    *("search-missed", "counts-no-addresses", "one-clock-hour", "constant-answer", "constant-measure"),
}
"""Problems of files that do not hold what they were to hold."""

PARTS = {"hole", "begins-late", "ends-early", "log-truncated"}
"""Problems of sources that do not tell of a part of the time."""

OLD = {"state-before", "rows-end-early", "data-loss-window"}
"""Problems of databases that are not the one that was in use."""


def answered(
    store: Store, entries: Sequence[Evidence], sources: Sequence[Source], main: Stretch | None
) -> list[Evidence]:
    """Return the entries; where another file answers what a problem leaves open, the problem says which, and leaves nothing open."""
    others = _Others(store, entries, sources, main)
    return [
        replace(entry, problems=tuple(others.judged(entry.path, one) for one in entry.problems)) for entry in entries
    ]


@dataclass(frozen=True, slots=True)
class _Others:
    """The files of a folder, asked for what they can answer in the place of one of them."""

    store: Store
    entries: Sequence[Evidence]
    sources: Sequence[Source]
    main: Stretch | None

    def judged(self, path: str, problem: Problem) -> Problem:
        """Return a problem with the file that answers what it leaves open, if there is one."""
        other = (
            next((one for one in self._answering(path, problem) if one != path), None) if problem.leaves_open else None
        )
        if other is None:
            return problem
        next_time = f"; the next time: {problem.remedy}" if problem.remedy else ""
        told = "covers that time" if problem.code in PARTS else f"tells it ({problem.leaves_open.split('?')[0]}?)"
        return replace(problem, remedy=f"{other} is here and {told}{next_time}", leaves_open="")

    def _answering(self, path: str, problem: Problem) -> Iterator[str]:
        if problem.code in PARTS:
            own = next((one for one in self.sources if one.path == path), None)
            yield from self._covering(_missing(own, problem, self.main), RUNNING) if own else ()
        elif problem.code in LOST:
            for begins, holders in _HOLDERS:
                if problem.leaves_open.startswith(begins):
                    yield from holders(self)
            if APPLICATION in problem.remedy:
                logs = [
                    one
                    for one in self.entries
                    if one.kind == "log" and one.records and one.path.endswith(APPLICATION[2:])
                ]
                yield from (one.path for one in logs if len(logs) == 1 and not _codes(one) & NOT_WHOLE)

    def _covering(self, stretches: Sequence[Stretch], kinds: Sequence[str]) -> Iterator[str]:
        """Yield the sources that tell of all these stretches, logs first; of one that tells seldom, silence says nothing."""
        for one in sorted(self.sources, key=lambda one: (one.kind != "log", one.path)):
            if one.steady and not one.apart and one.kind in kinds and stretches and all(map(one.tells, stretches)):
                yield one.path

    def logs(self) -> Iterator[str]:
        return self._covering([self.main] if self.main else [], ("log",))

    def requests(self) -> Iterator[str]:
        return self._named("request_span")

    def logins(self) -> Iterator[str]:
        return self._named("login_counts")

    def _named(self, query: str) -> Iterator[str]:
        """Yield the whole logs that a query names."""
        if self.main is not None:
            [row] = self.store.records(query, start=self.main[0], end=self.main[1])
            named = (row["paths"] or "").split(", ")
            yield from (one.path for one in self.entries if one.path in named and not _codes(one) & NOT_WHOLE)

    def changes(self) -> Iterator[str]:
        return (row["path"] for row in self.store.records("changes_all") if row["time"] is not None)

    def databases(self) -> Iterator[str]:
        whole = {row["path"] for row in self.store.records("database_known") if row["whole"]}
        return (one.path for one in self.entries if one.path in whole and one.records and not _codes(one) & OLD)


_HOLDERS = (
    ("When did the issue start?", _Others.logs),
    ("What was the error rate?", _Others.requests),
    ("Was the service available?", _Others.requests),
    ("Has the service recovered?", _Others.requests),
    ("Did five logins fail", _Others.logins),
    ("Who logged in", _Others.logins),
    ("What changed recently?", _Others.changes),
    ("Was data lost or damaged?", _Others.databases),
)
"""What answers the questions of the declared exports, by how these begin."""


def _codes(entry: Evidence) -> set[str]:
    return {problem.code for problem in entry.problems}


def _missing(own: Source, problem: Problem, main: Stretch | None) -> list[Stretch]:
    """Return the stretches of which a source does not tell."""
    if problem.code == "hole":
        return own.holes
    if main is None:
        return []
    part = (own.end, main[1]) if problem.code == "ends-early" else (main[0], own.start)
    return [part] if part[0] < part[1] else []
