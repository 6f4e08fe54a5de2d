"""The stakeholders' page: one file that fetches nothing, runs nothing and opens at the summary."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from forensics import runbook
from forensics.model import Json
from forensics.report import (
    backtest,
    bounding,
    causes,
    checked,
    folded,
    judgement,
    log_messages,
    moments_told,
    nothing,
    people,
    response,
    shares,
    story,
    watched,
)
from forensics.report import charts as pictures
from forensics.report.charts import Chart
from forensics.report.redaction import Redactor
from forensics.report.words import (
    Times,
    capital,
    clip,
    instruction,
    length,
    lengths,
    plural,
    quantity,
    sentence,
    tied,
    tied_markup,
    visible,
)

LARGEST = 1_900_000
"""Characters; a page that would be larger leaves out its least, and says so."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as the template needs it."""

    name: str
    title: str
    takeaway: str
    claims: list[str]
    """What its takeaway rests on."""
    wide: Markup
    narrow: Markup
    beside: Markup
    """Of the first one only; empty for the others."""


class References:
    """Numbers the claims that the page mentions, in the order of their first mention, as many as it may show."""

    def __init__(self, claims: Sequence[Json], redact: Redactor, bound: bounding.Bounds) -> None:
        self._known = {claim["id"]: claim for claim in claims}
        self._numbers: dict[str, int] = {}
        self._redact = redact
        self._bound = bound

    def __call__(self, ids: Any) -> list[tuple[str, int]]:
        """Return id and number of each of these claims that is shown."""
        wanted = [ids] if isinstance(ids, str) else list(ids or [])
        for one in wanted:
            if one in self._known and len(self._numbers) < self._bound.claims:
                self._numbers.setdefault(one, len(self._numbers) + 1)
        return [(one, self._numbers[one]) for one in wanted if one in self._numbers]

    def listed(self) -> list[tuple[int, Json]]:
        """Return the claims that were mentioned, and those that these were drawn from, in the order of their numbers."""
        for one in list(self._numbers):
            self(self._known[one]["claims"])
        return [
            (number, bounding.bounded_claim(self._known[one], self._redact, self._bound))
            for one, number in self._numbers.items()
        ]


def render(result: Json, claims: list[Json], charts: list[Chart], redact: Redactor) -> str:
    """Return the page. Everything passes one filter on its way in: redaction, then visible escapes, then a bound."""
    for bound in (bounding.BOUNDS, bounding.TIGHTER, bounding.TIGHTEST):
        page = _render(result, claims, charts, redact, bound)
        if len(page.encode("utf-8")) < LARGEST:
            break
    return page


def _render(result: Json, claims: list[Json], charts: list[Chart], redact: Redactor, bound: bounding.Bounds) -> str:
    told = bounding.bounded(result, redact, bound)
    references = References(claims, redact, bound)
    drawn = [
        Drawn(
            chart.name,
            visible(redact(chart.title)),
            visible(redact(chart.takeaway)),
            story.pictured(told, chart.name),
            Markup(pictures.svg(chart)),  # noqa: S704 - made by us, every text in it escaped
            Markup(pictures.svg(chart, narrow=True)),  # noqa: S704
            Markup(pictures.svg(chart, beside=True) if chart is charts[0] and chart.beside else ""),  # noqa: S704
        )
        for chart in charts
    ]
    times = Times(story.zone(told))
    say = {
        "full": times.full, "clock": times.clock, "day": times.day, "span": times.span, "later": times.later,
        "when": times.when, "plural": plural,
        "sentence": sentence, "clip": clip, "json": lambda value: redact(_json(value)), "length": lambda seconds: tied(length(seconds)),
        "instruction": instruction,
        "lengths": lambda pair: tied(lengths(pair)), "quantity": lambda value, unit="": tied(quantity(value, unit)),
    }  # fmt: skip
    return _template().render(
        r=told,
        not_redacted=redact.stamp,
        say=say,
        refer=references,
        people=people,
        heading=story.heading(told),
        course=moments_told.course(told),
        quiet=nothing.quiet(told),
        verification=story.verification(told),
        where=bounding.where,
        counted=lambda event: folded.counted(event, times),
        events_of=folded.events_of,
        changed=(told.get("custody") or {}).get("changed_during_run") or [],
        summary=story.summary(told, times),
        findings=bounding.drawn_from(told),
        stretches=story.stretches(told),
        shares=shares.rows(told, times),
        watched=watched,
        stated=lambda moment: moments_told.stated(moment, times),
        said_of=moments_told.said_of,
        seen=lambda verdict: story.seen(verdict, times),
        by_itself=lambda series, verdict: judgement.by_itself(series, verdict, times),
        causes=causes.shown(told, times),
        messages={
            "legend": lambda texts: log_messages.legend(told, texts),
            "summary": log_messages.summary(told),
            "windows": log_messages.windows(told, times) if told["pattern_comparison"] else "",
            "rows": log_messages.rows(told, times, log_messages.MOST),
        },
        sooner=causes.sooner(told, times),
        clock_note=lambda moment: moments_told.clock_note(moment, times),
        declarable=story.declarable(told, times),
        spent=story.spent(told),
        severity_words=story.words(),
        verdict_words=story.VERDICTS,
        alerts=backtest,
        checked=checked,
        charts=drawn,
        rules={rule.id: rule for rule in runbook.load().rules},
        response={
            "cadence": response.cadence(told, times),
            "silence": response.silence(told, times),
            "promise": response.promise(told),
            "effect": response.effect,
            "others": response.others,
            "compared": lambda mitigation: response.compared(mitigation, times),
            "when": lambda mitigation: response.when(mitigation, times),
            "found": response.found_steps,
            "traced": response.traced,
            "drafts": list(response.drafts(result, redact)),
        },
        level=runbook.load().level(told["severity"]["level"]),
        version=_version(),
        bound=bound,
        style=Markup(_text("style.css")),  # noqa: S704 - our own file
    )


def _json(value: Any) -> str:
    return clip(json.dumps(value, ensure_ascii=False, sort_keys=True), 600)


def _text(name: str) -> str:
    return files("forensics.report").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["tied"] = tied_markup
    environment.filters["first_capital"] = capital
    return environment.get_template("postmortem.html.j2")


@cache
def _version() -> str:
    try:
        return version("incident-forensics-workbench")
    except PackageNotFoundError:
        return "unknown"
