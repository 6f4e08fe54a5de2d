"""Signals counted from single requests, as each place from which they were seen tells them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from forensics.analysis import health_checks
from forensics.analysis.signals import Signal, Span
from forensics.model import Parameters
from forensics.store import Store


def find(store: Store, parameters: Parameters, span: Span) -> Iterator[Signal]:
    """Yield what requests tell, our own definition first: external ones, as the place nearest to the server saw them."""
    ours = {"error_rate", "response_time"}
    for view, paths, _, external in store.rows("request_vantages", start=span.start, end=span.end):
        seen = _Seen(store, span, view, paths)
        whose = [True, False] if external else [False]
        for signal in (*_error_rates(seen, parameters, whose), *_response_times(seen, parameters, bool(external))):
            yield replace(signal, judged=signal.signal in ours)
            ours.discard(signal.signal)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Requests as they were seen from one place."""

    store: Store
    span: Span
    view: str
    paths: str

    def points(self, question: str, name: str, **how: Any) -> str:
        """Fill the points of a signal, and return its id."""
        id_ = name if self.view == "server" else f"{self.view}/{name}"
        self.store.run(question, id=id_, view=self.view, start=self.span.start, end=self.span.end, **how)
        return id_

    def stamps(self) -> str:
        """Say what was assumed of stamps that nothing tells to be of the start or of the end; empty where it is known."""
        asked = {"view": self.view, "start": self.span.start, "end": self.span.end}
        if not self.store.one("request_stamps", **asked):
            return ""
        return ", each at its stamp (in nginx's logs its end, in Apache's its start)"

    def signal(
        self, id_: str, signal: str, title: str, unit: str, definition: str, *, width: int | None = None, held: str = ""
    ) -> Signal:
        """Return a signal that these requests tell, in buckets of so many seconds, or else every second."""
        kind, gap = ("bucket", 0.0) if width else ("sample", 1.0)
        told = (id_, signal, title, unit, definition, self.paths, self.view, kind, gap)
        return Signal(*told, of_requests=True, held=held, width_s=width)


def _error_rates(seen: _Seen, parameters: Parameters, whose: list[bool]) -> Iterator[Signal]:
    widths = [parameters.bucket, *(width for width in (10, 30, 60) if width != parameters.bucket)]
    stamps = seen.stamps()
    for external in whose:
        of, word = ("external", "external ") if external else ("all", "")
        for width in widths:
            id_ = seen.points("points_error_rate", f"error_rate/{of}/{width}", width=width, external=external)
            what = f"failed / all {word}requests, {width} s buckets{stamps}"
            yield seen.signal(id_, "error_rate", "Error rate", "%", what, width=width)
        id_ = seen.points("points_error_rate_rolling", f"error_rate/{of}/rolling", width=60, external=external)
        what = f"failed / all {word}requests of the last 60 s, every second"
        yield seen.signal(id_, "error_rate", "Error rate", "%", what)
        if external and health_checks.beside_others(seen.store, seen.view, seen.span.start, seen.span.end):
            width, how = parameters.bucket, {"checks": health_checks.pattern()}
            id_ = seen.points("points_error_rate_without_checks", "error_rate/asked", width=width, **how)
            what = f"failed / all {health_checks.LEFT_OUT}, {width} s buckets{stamps}"
            yield seen.signal(id_, "error_rate", "Error rate", "%", what, width=width)


def _response_times(seen: _Seen, parameters: Parameters, external: bool) -> Iterator[Signal]:
    statistics = [parameters.statistic, *(s for s in ("p95", "mean") if s != parameters.statistic)]
    word = "external " if external else ""
    for width in (parameters.bucket, *(width for width in (30, 60) if width != parameters.bucket)):
        for statistic in statistics:
            name = f"response_time/{statistic}/{width}"
            id_ = seen.points("points_response_time", name, width=width, statistic=statistic, external=external)
            if not seen.store.one("points_count", id=id_):
                continue  # no line says how long its request took
            what = f"{statistic} of response times of {word}requests, {width} s buckets"
            yield seen.signal(id_, "response_time", "Response time", "s", what, width=width, held=statistic)


def by_probes(store: Store, parameters: Parameters, span: Span) -> Iterator[Signal]:
    """Yield what probes tell of the answers that users had, in buckets long enough to hold some of them."""
    probes, spacing, paths, timed = store.rows("probes_spacing", start=span.start, end=span.end)[0]
    if not probes:
        return
    width = parameters.bucket * max(1, ceil(3 * (spacing or 0.0) / parameters.bucket))
    told = [("error_rate", "Error rate", "%", "failed / all probes", False)]
    if timed:
        told.append(
            ("response_time", "Response time", "s", f"{parameters.statistic} of the times that probes took", True)
        )
    for signal, title, unit, what, by_time in told:
        id_ = f"probe/{signal}"
        statistic = parameters.statistic if by_time else ""
        asked = {"timed": by_time, "statistic": statistic, "start": span.start, "end": span.end}
        store.run("points_probes", id=id_, width=width, **asked)
        definition = f"{what}, {width} s buckets"
        yield Signal(id_, signal, title, unit, definition, paths, "probe", "bucket", 0.0, held=statistic, width_s=width)
