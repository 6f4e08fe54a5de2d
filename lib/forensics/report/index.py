"""The page of a reports folder: all incidents on one strip, what recurs, what is to be done, and which runs failed."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forensics.model import Json
from forensics.report import incident_strip, neighbours, outputs, overview, sheet
from forensics.report.log_messages import NUMBERED
from forensics.report.overview import Incident
from forensics.report.redaction import Redactor
from forensics.report.seen_before import seen_before
from forensics.report.words import clip, deep_visible

MOST_LISTED = 1000
"""Incidents in the list; the page counts what it leaves out."""
MOST_ROWS = 40
"""Rows of each other table."""
KINDS = {
    "Errors, and what logs began to warn of": ("error", "message", "warning"),
    "Rules of the runbook that were met": ("condition",),
    "What was done against it": ("mitigation",),
    "Services that incident records name": ("service",),
}
"""What may recur, by its title; the first stands open."""
OTHERS = ("external.html", "meeting.html", "brief.md")


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that came to no report, or a report that cannot be read."""

    id: str
    reason: str
    stale: bool
    """Whether an earlier report stands."""

    @property
    def words(self) -> str:
        """Say what there is instead of a good report."""
        return "Stale: the last run failed" if self.stale else "No report: the run failed"


def write(reports: Path) -> list[str]:
    """Write reports/index.html from the results that lie there, and into each report's page what earlier ones had shown.

    Returns the reports whose page could not be written.
    """
    incidents, failed, files = gathered(reports)
    text = render(incidents, failed, files)
    handle, temporary = tempfile.mkstemp(dir=reports, prefix=".index-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(reports / "index.html")
    return neighbours.renew(reports, neighbours.fragments(seen_before(incidents)), [one.id for one in incidents])


def beside(report: Path) -> str:
    """Return what the page of a report is to tell of the incidents whose reports lie beside it."""
    folder = report.resolve()
    incidents, _, _ = gathered(folder.parent)
    return neighbours.fragments(seen_before(incidents)).get(folder.name, "")


def gathered(reports: Path) -> tuple[list[Incident], list[Failed], dict[str, list[str]]]:
    """Read every report that lies in a folder: incidents, failed runs, and which files for other readers each has."""
    redact = Redactor(None, numbered=False)
    incidents: list[Incident] = []
    failed: list[Failed] = []
    files: dict[str, list[str]] = {}
    for place in sorted(reports.glob("*/result.json")):
        folder = place.parent
        try:
            incidents.append(overview.incident(folder.name, _read(place), redact))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            failed.append(
                Failed(folder.name, f"its result.json cannot be read: {type(error).__name__}: {error}", False)
            )
            continue
        files[folder.name] = [name for name in OTHERS if (folder / name).is_file()]
    known = {one.id for one in incidents}
    for place in sorted(reports.glob(".*.failed")):
        try:
            failure = _read(place)
            failed.append(Failed(str(failure["id"]), str(failure["reason"]), failure["id"] in known))
        except (OSError, ValueError, KeyError, TypeError) as error:
            failed.append(Failed(place.name[1 : -len(".failed")], f"its reason cannot be read: {error}", False))
    told = [Failed(one.id, clip(deep_visible(redact(one.reason)), 300), one.stale) for one in failed]
    return incidents, told, files


def render(incidents: Sequence[Incident], failed: Sequence[Failed], files: dict[str, list[str]]) -> str:
    """Return the page: the same reports give the same page."""
    newest = overview.in_order(incidents)[::-1]
    placed = [one for one in newest if one.start is not None]
    listed = [*placed, *(one for one in newest if one.start is None)]
    levels = list(dict.fromkeys(one.level for one in placed if not one.quiet))
    recurring = [(title, overview.recurring(listed, *kinds)) for title, kinds in KINDS.items()]
    return sheet.render(
        "index.html.j2",
        incidents=listed[:MOST_LISTED],
        left=max(0, len(listed) - MOST_LISTED),
        count=len(listed),
        quiet=sum(one.quiet for one in listed),
        unplaced=sum(one.start is None for one in listed),
        span=f"{placed[-1].start:%Y-%m-%d} – {placed[0].start:%Y-%m-%d}" if placed else "",
        failed=failed,
        stale={one.id for one in failed if one.stale},
        wide=incident_strip.svg(listed, incident_strip.WIDE, "wide"),
        narrow=incident_strip.svg(listed, incident_strip.NARROW, "narrow"),
        any_open=any(one.length is not None and math.isinf(one.length[1]) for one in placed),
        legend=[(level, incident_strip.legend(level)) for level in sorted(levels)],
        takeaway=overview.takeaway(listed),
        medians=overview.medians(listed),
        recurring=recurring,
        differing=any(NUMBERED.search(row.words) for _, rows in recurring for row in rows[:MOST_ROWS]),
        seen=seen_before(listed),
        actions=overview.open_actions(listed),
        most=MOST_ROWS,
        files=files,
        titles={output.name: output.name.partition(".")[0] for output in outputs.OUTPUTS},
    )


def _read(place: Path) -> Any:
    found: Json = json.loads(place.read_text(encoding="utf-8"))
    return found
