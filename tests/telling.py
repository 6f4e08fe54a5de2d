"""Reports made from small worlds."""

from __future__ import annotations

from typing import NamedTuple

from conftest import Analysed
from forensics.model import Json
from forensics.report import charts, markdown, page
from forensics.report.charts import Chart
from forensics.report.redaction import Redactor


class Told(NamedTuple):
    """Everything that a report shows of one incident."""

    result: Json
    charts: list[Chart]
    page: str
    markdown: str


def tell(analysed: Analysed) -> Told:
    """Make the report of an incident."""
    result, claims = analysed.findings.json, analysed.findings.claims
    drawn = charts.report_charts(analysed.store, result)
    redact = Redactor(analysed.store)
    return Told(result, drawn, page.render(result, claims, drawn, redact), markdown.render(result, redact, claims))
