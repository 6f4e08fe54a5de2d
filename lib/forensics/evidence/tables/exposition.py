"""Exposition text of Prometheus and OpenMetrics: the metrics page of a service, saved once or again and again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from forensics.evidence import doctor, formats, lines
from forensics.evidence.content import Content
from forensics.evidence.json_values import RELEASE_LABELS
from forensics.evidence.tables.columns import name_unit
from forensics.evidence.tables.complaints import TableReading, no_numbers
from forensics.model import Clock, LineCount, Problem
from forensics.store import Store

FORMAT = "exposition"
MOST = 0.8
"""Of the sampled lines that are no comments, this share must be samples."""

_SAMPLE = re.compile(
    r"(?:[a-zA-Z_:][\w:.]*)?\s*(?P<labels>\{(?:[^\"}]|\"(?:[^\"\\]|\\.)*\")*\})?\s+"
    r"[+-]?(?:\d[\d.eE+-]*|\.\d+|(?i:inf|infinity|nan))(?:\s+-?\d[\d.]*)?\s*(?:#\s*\{.*)?\Z"
)
_STAMP = re.compile(
    r"[#=-]*\s*(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*|1\d{9}(?:\.\d+)?|1\d{12}|\w{3} \w{3} [ \d]\d [\d:]{8} UTC \d{4})\s*[=-]*\Z"
)
_COMMENT = re.compile(r"# (?:HELP|TYPE|UNIT) \S+ ")


@dataclass(slots=True)
class _Told:
    """What the lines told so far."""

    accepted: int = 0
    blank: int = 0
    separator: int = 0
    quarantined: int = 0
    undated: int = 0
    between: int = 0
    """Samples that a line between the scrapes dates."""
    carried: datetime | None = None
    first_bad: int | None = None
    unread: Counter[str] = field(default_factory=Counter)


def recognise(sample: list[str]) -> bool:
    """Say whether these first lines are exposition text."""
    filled = [line.strip() for line in sample if line.strip()]
    found = [_SAMPLE.match(line) for line in filled if not line.startswith("#") and not _STAMP.match(line)]
    samples = [match for match in found if match and not match[0][0].isspace()]
    commented = any(_COMMENT.match(line) for line in filled)
    labelled = sum(bool(match["labels"]) for match in samples)
    return bool(samples) and len(samples) >= MOST * len(found) and (commented or labelled >= len(samples) / 2)


def read(store: Store, path: str, content: Content) -> TableReading:
    """Read all samples of a text into the store."""
    store.run("table_macros")
    told = _Told()
    for chunk in lines.chunks(content.view):
        store.lend("chunk", chunk.table)
        store.run("exposition_lines", before=told.carried)
        store.take_back("chunk")
        _keep(store, path, told)
    count = LineCount(
        told.accepted + told.blank + told.separator + told.quarantined,
        accepted=told.accepted,
        blank=told.blank,
        separator=told.separator,
        quarantined=told.quarantined,
    )
    row = store.records("table_covers", path=path)[0]
    covers = (row["first_time"], row["last_time"]) if row["first_time"] else None
    clock = Clock("UTC", "stated") if covers else Clock("", "unknown")
    problems = tuple(_problems(told, count, content.unterminated()))
    return TableReading(formats.named(FORMAT), told.accepted, count, covers, problems, clock)


def _keep(store: Store, path: str, told: _Told) -> None:
    """Put the samples of one chunk into the store, and count its lines."""
    names = [name for (name,) in store.rows("exposition_names")]
    units = {name: unit for name in names if (unit := name_unit(name)) is not None}
    store.lend(
        "units", pa.table({"named": pa.array(units, pa.string()), "unit": pa.array(units.values(), pa.string())})
    )
    store.run("exposition_samples", path=path, passing=sorted(RELEASE_LABELS))
    store.take_back("units")
    store.run("exposition_quarantine", path=path)
    told.unread.update(dict(store.rows("exposition_unread")))
    row = store.records("exposition_count")[0]
    told.accepted += row["accepted"]
    told.blank += row["blank"]
    told.separator += row["separator"]
    told.quarantined += row["quarantined"]
    told.undated += row["undated"]
    told.between += row["dated_between"]
    told.carried = row["carried"]
    told.first_bad = told.first_bad or row["first_bad"]


def _problems(told: _Told, count: LineCount, unterminated: bool) -> Iterator[Problem]:
    if told.undated:
        yield Problem(
            "snapshot",
            f"a snapshot: {told.undated:,} samples of one moment, and the file does not say which",
            "date -u +%FT%TZ > FILE.date; curl -fsS URL/metrics -o FILE   "
            "(or, for a course over time: curl -fsSG PROMETHEUS/api/v1/query_range --data-urlencode 'query=…' "
            "-d 'start=…&end=…&step=15' -o FILE)",
            leaves_open="When was it so, and how did it get there?",
        )
    if told.between:
        yield Problem(
            "dated-between", f"{told.between:,} samples have the time of the line that stands above their scrape"
        )
    yield from no_numbers(told.unread)
    if count.quarantined:
        yield Problem(
            "quarantined",
            f"{count.quarantined:,} of {count.physical:,} lines are neither samples nor comments; they are kept, counted and shown",
            line=told.first_bad,
        )
    if unterminated:
        yield doctor.unterminated(count.physical)
