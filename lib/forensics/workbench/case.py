"""A case: one incident opened, with everything that notebooks and the command line ask of it."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from IPython.display import display

from forensics import runbook
from forensics.errors import Unknown
from forensics.evidence import intake
from forensics.findings import note_reading
from forensics.model import Evidence, Json, Parameters
from forensics.report import backtest as backtests
from forensics.report import checked, folded, judgement, log_messages, people, sentences
from forensics.report.redaction import Redactor, free_of_secrets, without_secrets
from forensics.report.tables import Table
from forensics.report.words import Times
from forensics.store import Store
from forensics.times import Span, day, parse_time, utc
from forensics.workbench import holdings
from forensics.workbench import incident as incidents
from forensics.workbench import parameters as asked
from forensics.workbench.note_book import NoteBook

if TYPE_CHECKING:
    from forensics.evidence.reading import Progress
    from forensics.report import charts

STORE = "case.duckdb"
OPENED = "opened.json"
CUSTODY = "custody.json"
"""What the evidence was when a batch began, for the comparison at its end."""
FORMERLY = "formerly.txt"
"""Where the evidence was when a report was made of it: left in the working folder by whoever makes that report again."""
NOTES = "notes-at-the-beginning"
"""A folder with people's notes as they were when a batch began, so that all its notebooks tell of the same."""
MOST_LINES = 500
AROUND = timedelta(hours=2)
"""What the desk shows before and after an incident, where the evidence reaches further."""


class Case:
    """One incident. Tables come out redacted; the store keeps the truth."""

    def __init__(
        self,
        evidence: Path,
        work: Path,
        parameters: Parameters,
        progress: Progress = lambda path: None,
        formerly: Path | None = None,
    ) -> None:
        self.evidence = evidence
        """The incident folder; only ever read."""
        self.work = work
        """Where the store and the report are written."""
        self.parameters = parameters
        self.formerly = formerly or self._formerly() or evidence
        """Where the evidence was when a report was made of it, if it lies elsewhere now: its names stand in the report."""
        self.id = incidents.name(evidence, self.formerly)
        self.written: list[str] = []
        """The files that `write_report` wrote."""
        self.store = self._open(progress)
        self.redact = Redactor(self.store, enabled=parameters.redact)
        self.notes = NoteBook(incidents.sidecar(evidence), evidence, self.id, self.result, self.claims)
        """What people write about the incident, beside its folder; saved whole at each call."""

    # ---- opening ----------------------------------------------------------------------------------------------

    def _open(self, progress: Progress) -> Store:
        """Read and judge the evidence, or take up what an earlier notebook of the same run has read and judged."""
        self.found = intake.find(self.evidence, self._begun())
        self.digest = intake.evidence_digest(self.found)
        notes = note_reading.read(self._notes())
        if notes:
            notes = replace(notes, path=incidents.sidecar(self.formerly).name)
        stamp: Json = {"digest": self.digest, "parameters": asdict(self.parameters), "id": self.id}
        stamp["notes"] = notes.sha256 if notes else None
        marker = self.work / OPENED
        self.work.mkdir(parents=True, exist_ok=True)
        if marker.is_file():
            kept = json.loads(marker.read_text(encoding="utf-8"))
            if kept["stamp"] == stamp:
                self.result: Json = kept["result"]
                self.claims: list[Json] = kept["claims"]
                return Store(self.work / STORE)
            marker.unlink()
        from forensics.evidence import reading  # noqa: PLC0415  a notebook that takes up what another read needs none of it
        from forensics.findings import quoting  # noqa: PLC0415
        from forensics.findings import result as results  # noqa: PLC0415

        (self.work / STORE).unlink(missing_ok=True)
        reader = Store(self.work / STORE, frugal=True)
        (self.work / STORE).chmod(0o600)
        with reader, tempfile.TemporaryDirectory(dir=self.work, prefix=".reading-") as private:
            entries: list[Evidence] = reading.read(
                self.evidence, reader, Path(private), progress, self.parameters, found=self.found
            )
        store = Store(self.work / STORE)
        findings = results.build(store, entries, self.id, self.parameters, self.digest, self.evidence, notes)
        self.result = free_of_secrets(findings.json)
        self.claims = free_of_secrets(quoting.quoted(findings.claims, self.evidence, without_secrets))
        marker.touch(mode=0o600)
        marker.write_text(
            json.dumps({"stamp": stamp, "result": self.result, "claims": self.claims}, ensure_ascii=False),
            encoding="utf-8",
        )
        return store

    def _begun(self) -> intake.Custody:
        """Return what the evidence was when the batch began; nothing where no batch runs."""
        begun = self.work / CUSTODY
        return json.loads(begun.read_text(encoding="utf-8")) if begun.is_file() else {}

    def _formerly(self) -> Path | None:
        """Return where the evidence was, if whoever runs the notebooks again says so."""
        told = self.work / FORMERLY
        return Path(told.read_text(encoding="utf-8")) if told.is_file() else None

    def _notes(self) -> Path:
        """Return where people's notes are: beside the folder or, of a batch that has begun, as they were then."""
        beside = incidents.sidecar(self.evidence)
        return self.work / NOTES / beside.name if (self.work / NOTES).is_dir() else beside

    def close(self) -> None:
        """Let go of the store, so that another notebook can open it."""
        self.store.close()

    # ---- what we hold -----------------------------------------------------------------------------------------

    def inventory(self) -> Table:
        """One row per file: what it is, whether it is whole, how much of it was read, which time it covers."""
        return self._table(holdings.inventory(self.result))

    def accounting(self) -> Table:
        """One row per text: where each of its physical lines went."""
        return self._table(holdings.accounting(self.result))

    def problems(self, *, leaving_open: bool | None = None) -> Table:
        """One row per problem: what is wrong, which question it leaves open, how to collect it properly."""
        rows = holdings.problems(self.result, leaving_open=leaving_open)
        return self._table(rows, ["file", "problem", "leaves open", "collect it with"])

    def clocks(self) -> Table:
        """One row per file with times: the zone it keeps, how that is known, what is doubtful."""
        return self._table(holdings.clocks(self.result))

    def covered(self) -> Table:
        """One row per file with times: its stretch, its holes, what it lacks at both ends."""
        return self._table(holdings.coverage(self.result))

    def quarantine(self) -> Table:
        """One row per file and reason for which lines could not be read: how many, and the first of them."""
        return self._frame("quarantine_grouped")

    def quarantined(self, path: str = "", most: int = 50) -> Table:
        """The lines that no format could read, of one file if named, at most so many of them, each with its place."""
        return (
            self._frame("quarantine_of", path=path, most=most) if path else self._frame("quarantine_shown", most=most)
        )

    # ---- what happened ----------------------------------------------------------------------------------------

    def moments(self) -> Table:
        """One row per clock point as they came, with its bounds and how it was found."""
        return self._table(holdings.moments(self.result, self._times()))

    def timeline(
        self, *, key: bool = False, start: datetime | None = None, end: datetime | None = None, ids: bool = False
    ) -> Table:
        """One row per event, the key events alone if asked, within a window if given; those that say the same are one row.

        With `ids`, by which notes name them, each event is a row of its own.
        """
        found = [
            event
            for event in self.result["timeline"]
            if (start is None or parse_time(event["time"]) >= start)
            and (end is None or parse_time(event["time"]) <= end)
        ]
        alike = found if ids else folded.rows(found, set(people.remarks(self.result)), self.redact)
        rows = holdings.events([row for row in alike if row["key"] or not key], self._times())
        return self._table(rows, [*(["id"] if ids else []), "time", "kind", "event", "where"])

    def changes(self) -> Table:
        """One row per change, dated ones newest first."""
        return self._table(
            holdings.changes(self.result, self._times()), ["time", "kind", "change", "before the onset", "where"]
        )

    def _times(self) -> Times:
        return Times(self.parameters.zone)

    def databases(self) -> Table:
        """One row per table that holds rows: how many, when and how fast they were written, which rules they break."""
        return self._table(holdings.tables(self.store.records("database_inventory")))

    def span(self) -> Span:
        """What the fullest log covers (or the fullest metrics), but no more than some hours around the incident."""
        dated = [e for e in self.result["evidence"] if _placed(e["covers"]) and e["kind"] in ("log", "metrics")]
        fullest = sorted(dated, key=lambda e: (e["kind"] != "log", -e["records"], e["path"]))[:1]
        covers = [e["covers"] for e in fullest]
        window = self.result["incident"]["window"]
        if not covers:
            start = parse_time(window["start"]) if window else datetime(2000, 1, 1)
            return Span(start, parse_time(window["end"]) if window else start)
        first, last = min(parse_time(c["start"]) for c in covers), max(parse_time(c["end"]) for c in covers)
        if window:
            first = max(first, parse_time(window["start"]) - AROUND)
            last = min(last, parse_time(window["end"]) + AROUND)
        return Span(first, last)

    # ---- raw lines --------------------------------------------------------------------------------------------

    def log(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        levels: Sequence[str] = (),
        sources: Sequence[str] = (),
        text: str = "",
        most: int = MOST_LINES,
    ) -> Table:
        """The log lines of a window that fit the filters: one row each, at most so many, in order."""
        return self._frame("log_window", **self._filters(start, end, levels, sources, text), most=most)

    def log_count(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        levels: Sequence[str] = (),
        sources: Sequence[str] = (),
        text: str = "",
    ) -> int:
        """How many log lines fit, however many are shown."""
        return int(self.store.one("log_window_count", **self._filters(start, end, levels, sources, text)))

    def levels(self) -> list[str]:
        """The levels that occur in the logs, the most frequent first."""
        return [level for level, _ in self.store.rows("log_levels")]

    def sources(self) -> list[str]:
        """The files that gave log events, the fullest first."""
        return [path for path, _ in self.store.rows("log_sources")]

    def _filters(
        self, start: datetime | None, end: datetime | None, levels: Sequence[str], sources: Sequence[str], text: str
    ) -> dict[str, Any]:
        span = self.span()
        return {
            "start": start or span.earliest,
            "end": end or span.latest,
            "levels": list(levels),
            "sources": list(sources),
            "text": text,
        }

    # ---- what we claim ----------------------------------------------------------------------------------------

    def verdicts(self) -> Table:
        """One row per rule of the runbook, what is met first: what was seen, and by whom; criteria before alert thresholds."""
        times = Times(self.parameters.zone)
        rows = [
            {
                "rule": v["words"],
                "verdict": v["verdict"].replace("_", " ") + (", depends on the definition" if v["depends"] else ""),
                "what was seen (times in UTC)": judgement.seen(v, times).replace(" UTC", ""),
                "measured": v["statistic"],
            }
            for v in judgement.ordered(self.result["verdicts"])
        ]
        return self._table(rows)

    def breaches(self, rule: str) -> Table:
        """One row per stretch that meets a rule, or that was over its limit for too short a time."""
        return self._table(
            holdings.stretches(self._verdict(rule)), ["from (UTC)", "to (UTC)", "peak", "ended by", "meets the rule"]
        )

    def recovery(self) -> Table:
        """One row per signal that was watched after the mitigation: what was usual, since when it is back, what its proof lacks."""
        return self._table(holdings.watched(self.result), holdings.watched_columns(self.result))

    def alerts(self) -> Table:
        """One row per alert rule: whether it rang as it should, and what of the decision criterion of the same signal."""
        columns = ["rule", "outcome", "said", "criterion of the same signal"]
        return self._table(holdings.audited(self.result), columns)

    def backtest(self, *, every: bool = False) -> Table:
        """One row per alert rule: what its present setting would have done, and the change that is suggested, with its price.

        With `every`, one row per setting that was tried.
        """
        audit = self.result["alert_audit"]
        return self._table(backtests.rows(audit) if every else backtests.compared(audit))

    def definitions(self, rule: str, *, differing: bool = False) -> Table:
        """One row per reasonable definition of a rule, and how it judges; those alone that judge otherwise, if asked."""
        verdict = self._verdict(rule)
        others = judgement.differing(verdict) if differing else verdict["definitions"]
        rows = [{"name": "ours: " + verdict["statistic"], "verdict": verdict["verdict"]}, *others] if others else []
        told = [{"definition": one["name"], "verdict": one["verdict"].replace("_", " ")} for one in rows]
        return self._table(told, ["definition", "verdict"])

    def _verdict(self, rule: str) -> Json:
        known = {v["rule"]: v for v in self.result["verdicts"]}
        if rule not in known:
            raise Unknown("rule", rule, known)
        verdict: Json = known[rule]
        return verdict

    def questions(self) -> Table:
        """One row per question of the runbook, with what the evidence answers."""
        rows = [
            {
                "question": q["words"],
                "answer": q["answer"],
                "status": q["status"],
                "collect next": "; ".join(q["collect_next"]) or "—",
            }
            for q in self.result["questions"]
        ]
        return self._table(rows)

    def errors(self) -> Table:
        """One row per kind of error of the incident's failed requests."""
        return self._table(self.result["impact"].get("errors", []), ["kind", "failed", "where"])

    def patterns(self) -> Table:
        """One row per pattern of log messages that is new, surged or vanished since the onset, the most telling first."""
        rows = log_messages.rows(self.result, Times(self.parameters.zone))
        return self._table(rows, ["message", "level", "what", "before", "since", "first", "where"])

    def routes(self) -> Table:
        """One row per route that failed during the incident."""
        return self._table(self.result["impact"].get("routes", []), ["route", "failed", "requests"])

    def findings(self) -> Table:
        """One row per finding, with the id that actions answer it by, and whether one does."""
        return self._table(holdings.findings(self._now()), ["id", "kind", "finding", "answered"])

    def waiting(self) -> Table:
        """One row per part that only people can write: whose it is, whether it is written, and what is asked."""
        return self._table(holdings.waiting(self._now()), ["part", "owner", "state", "asked"])

    def hints(self) -> Table:
        """One row per hint on what people wrote, and per note that points at nothing or could not be taken as written."""
        return self._table(holdings.hints(self._now()), ["line", "about", "hint"])

    def _now(self) -> Json:
        """Return the result with people's notes as they are by now; of a batch, as they were when it began."""
        if (self.work / NOTES).is_dir():
            return self.result
        from forensics.findings import noted  # noqa: PLC0415  in a batch, notes were joined when it was opened

        told = note_reading.read(incidents.sidecar(self.evidence))
        return {**self.result, "notes": noted.noted(self.store, told, self.result, self.claims)}

    def statements(self) -> Table:
        """One row per statement of people that evidence can be asked about, contradicted ones first."""
        rows = [
            {**one, "verdict": one["verdict"].replace("_", " ")} for one in checked.ordered(self.result["human_claims"])
        ]
        return self._table(rows, ["words", "where", "verdict", "compared"])

    def corrections(self) -> Table:
        """One row per step of the runbook that the evidence shows to have failed, with what to write instead."""
        return self._table(self.result["runbook_corrections"], ["section", "step", "happened", "where", "instead"])

    def response(self, about: str) -> Table:
        """One row per `updates`, `mitigations` or `steps` of the response; steps without a trace say so."""
        return self._table(*holdings.response(self.result, about))

    # ---- what is shown ----------------------------------------------------------------------------------------

    def chart(self, name: str, start: datetime | None = None, end: datetime | None = None) -> charts.Chart | None:
        """Draw one of the report's charts, of a window if given; None where nothing measured it."""
        from forensics.report import charts  # noqa: PLC0415  what draws takes longest to load, and tables need none of it

        drawn: dict[str, Callable[[], charts.Chart | None]] = {
            "hero": lambda: charts.hero(self.store, self.result, start, end),
            "error_rate": lambda: charts.error_rate(self.store, self.result, start, end),
            "response_time": lambda: charts.response_time(self.store, self.result, start, end),
            "failed_logins": lambda: charts.failed_logins(self.store, self.result, start, end),
            "backtest": lambda: charts.backtest(self.result),
            "coverage": lambda: charts.coverage(self.result, self.redact, start, end),
        }
        if name in drawn:
            return drawn[name]()
        return {chart.name: chart for chart in charts.resources(self.store, self.result, start, end)}.get(
            name.replace("_", "-")
        )

    def show(self, *names: str) -> None:
        """Show charts; where nothing measured one, say so instead of showing nothing."""
        for name in names:
            display(self.chart(name) or self.say(f"no {name}"))

    def charts(self, start: datetime | None = None, end: datetime | None = None) -> list[charts.Chart]:
        """Draw the charts of the signals that were measured, of a window if given."""
        names = ("hero", "error_rate", "response_time", "memory", "disk", "db_connections")
        found = [chart for name in names if (chart := self.chart(name, start, end)) is not None]
        return list({chart.name: chart for chart in found}.values())

    def say(self, about: str) -> sentences.Sentence:
        """Say in one or two sentences what this incident shows about something."""
        return sentences.about(about, self.result, self.redact)

    def write_report(self) -> sentences.Sentence:
        """Write result, claims, page, and everything that is rendered from them for other readers; say where."""
        from forensics.findings import result as results  # noqa: PLC0415  only the last notebook of a batch writes
        from forensics.report import charts, outputs, page  # noqa: PLC0415

        changed = intake.changed(self._begun() or intake.custody(self.found), self.evidence)
        self.result["custody"] = {"digest": self.digest, "files": len(self.found), "changed_during_run": changed}
        notes = self.result["notes"]
        self.result["custody"]["notes"] = {name: notes[name] for name in ("path", "sha256", "bytes")} if notes else None
        results.write(results.Findings(self.result, self.claims), self.work)
        drawn = charts.report_charts(self.store, self.result)
        texts = {
            "postmortem.html": page.render(self.result, self.claims, drawn, self.redact),
            **outputs.rendered(self.result, self.claims, self.redact),
        }
        for name, text in texts.items():
            (self.work / name).write_text(text, encoding="utf-8")
        self.written = ["result.json", "claims.json", *texts]
        return self.say("written")

    def done(self) -> Done:
        """Close the store and say that this notebook came to its end."""
        self.close()
        return Done()

    # ---- tables -----------------------------------------------------------------------------------------------

    def _table(self, rows: list[dict[str, Any]], columns: list[str] | None = None) -> Table:
        told = [{name: _told(value) for name, value in row.items()} for row in rows]
        return Table(self.redact.deep(told), columns=columns)

    def _frame(self, question: str, **parameters: Any) -> Table:
        frame = self.store.frame(question, **parameters)
        for column in frame.columns:
            if pd.api.types.is_string_dtype(frame[column]) or frame[column].dtype == object:
                frame[column] = [self.redact(value) if isinstance(value, str) else value for value in frame[column]]
            elif pd.api.types.is_datetime64_any_dtype(frame[column]) and not all(map(utc, frame[column].dropna())):
                frame[column] = [f"{day(time)} {time:%H:%M:%S}" if pd.notna(time) else "" for time in frame[column]]
        return Table(frame)


class Done:
    """The mark that a notebook came to its end; a run without it has failed."""

    MARK = "forensics-done"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[Json, Json]:
        return {"text/plain": "This notebook came to its end."}, {"forensics": self.MARK}


def open_case(incident: str, work: str = "", **parameters: Any) -> Case:
    """Open an incident. Without a work folder, a private one is made and removed when Python ends."""
    chosen = asked.checked(parameters)
    evidence = incidents.folder(incident)
    if work:
        return Case(evidence, Path(work), chosen)
    private = Path(tempfile.mkdtemp(prefix="forensics-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    return Case(evidence, private, chosen)


def _placed(covers: Json | None) -> bool:
    """Say whether what a file covers can be told from what another does."""
    try:
        return bool(covers and parse_time(covers["start"]))
    except ValueError:
        return False


def _told(value: Any) -> Any:
    return Times.unplaced(value) if isinstance(value, dict) and "clock" in value else value


def rules() -> list[str]:
    """The ids of the runbook's rules."""
    return [rule.id for rule in runbook.load().rules]
