"""The signals of an incident: what was measured, from which file and vantage point, as points in the store."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from forensics.model import Parameters, parse_time
from forensics.store import Store

ALWAYS = (datetime(1970, 1, 2), datetime(9999, 1, 1))


@dataclass(frozen=True, slots=True)
class Signal:
    """One measured series."""

    id: str
    signal: str
    """What it speaks for: error_rate, response_time, memory …"""
    title: str
    unit: str
    definition: str
    """How it was computed, in words."""
    path: str
    vantage: str
    kind: str
    """`bucket` or `sample`."""
    gap_s: float
    """Two samples further apart than this have a hole between them."""
    told: bool = False
    """Only told when something failed, so that its silence means nothing."""

    @property
    def statistic(self) -> str:
        """What was measured and where it was seen from, in one line."""
        return f"{self.definition}, from {self.path} ({self.vantage})"


@dataclass(frozen=True, slots=True)
class Span:
    """What of the evidence is judged."""

    start: datetime
    end: datetime


def judged(parameters: Parameters) -> Span:
    """Return the stretch of time that a person asked to judge; everything by default."""
    start = parse_time(parameters.start) if parameters.start else ALWAYS[0]
    end = parse_time(parameters.end) if parameters.end else ALWAYS[1]
    return Span(start, end)


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(files("forensics.analysis").joinpath("signals.toml").read_text(encoding="utf-8"))


def measure(store: Store, parameters: Parameters) -> list[Signal]:
    """Fill the store's points and return what was measured; the first signal of each kind is our own definition."""
    store.run("points_schema")
    span = judged(parameters)
    found = [*_of_requests(store, parameters, span), *_of_samples(store, span)]
    columns = ["id", "signal", "title", "unit", "definition", "path", "vantage", "kind", "gap_s", "told"]
    store.add("signals", columns, [[getattr(signal, column) for column in columns] for signal in found])
    return found


def _of_requests(store: Store, parameters: Parameters, span: Span) -> Iterator[Signal]:
    paths, _, _, requests, external = store.rows("request_span", start=span.start, end=span.end)[0]
    if not requests:
        return
    whose = {True: "external", False: "all"}
    widths = [parameters.bucket, *(width for width in (10, 30, 60) if width != parameters.bucket)]
    for only_external in (True, False):
        if only_external and not external:
            continue
        for width in widths:
            name = f"error_rate/{whose[only_external]}/{width}"
            store.run("points_error_rate", id=name, width=width, external=only_external, start=span.start, end=span.end)
            yield Signal(
                name,
                "error_rate",
                "Error rate",
                "%",
                f"failed / all {'external ' if only_external else ''}requests, {width} s buckets",
                paths,
                "server",
                "bucket",
                0.0,
            )
        name = f"error_rate/{whose[only_external]}/rolling"
        store.run(
            "points_error_rate_rolling", id=name, width=60, external=only_external, start=span.start, end=span.end
        )
        yield Signal(
            name,
            "error_rate",
            "Error rate",
            "%",
            f"failed / all {'external ' if only_external else ''}requests of the last 60 s, every second",
            paths,
            "server",
            "sample",
            1.0,
        )
    statistics = [parameters.statistic, *(s for s in ("p95", "mean") if s != parameters.statistic)]
    for width in (parameters.bucket, *(width for width in (30, 60) if width != parameters.bucket)):
        for statistic in statistics:
            name = f"response_time/{statistic}/{width}"
            store.run(
                "points_response_time",
                id=name,
                width=width,
                statistic=statistic,
                external=bool(external),
                start=span.start,
                end=span.end,
            )
            yield Signal(
                name,
                "response_time",
                "Response time",
                "s",
                f"{statistic} of response times of {'external ' if external else ''}requests, {width} s buckets",
                paths,
                "server",
                "bucket",
                0.0,
            )


def _of_samples(store: Store, span: Span) -> Iterator[Signal]:
    declared = _declared()
    for entry in declared["signal"]:
        rows = store.records("series_named", names=entry["names"], start=span.start, end=span.end)
        for number, row in enumerate(rows, 1):
            unit = str(row["unit"] or "").lower()
            worth = declared["units"].get(unit)
            assumed = ""
            if worth is None and unit:
                continue  # bytes are never compared with percent
            if worth is None:
                worth = 100.0 if row["most"] <= 1.0 else 1.0
                assumed = f", unit assumed ({'fraction' if worth > 1 else 'percent'})"
            name = f"{entry['name']}/{row['path']}/{number}"
            store.run(
                "points_samples",
                id=name,
                path=row["path"],
                name=row["name"],
                series=row["series"],
                worth=worth,
                start=span.start,
                end=span.end,
            )
            spacing = store.one("points_spacing", id=name) or 0.0
            if row["loose"]:
                assumed += f", {row['loose']:,} of them at the earliest time that they can have"
            told = row["told"] and row["series"] == "told by failing queries"
            yield Signal(
                name,
                entry["name"],
                entry["title"],
                entry["unit"],
                f"{row['name']}{_labelled(row['series'])}{', told by failing queries' if told else ', each sample'}{assumed}",
                row["path"],
                "server",
                "sample",
                max(3 * spacing, 30.0),
                told,
            )


def _labelled(series: str) -> str:
    return "" if series in ("{}", "told by failing queries") else f" {series}"
