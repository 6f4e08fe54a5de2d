"""First answers to the runbook's five questions, each resting on claims, each honest about what is unknown."""

from __future__ import annotations

from forensics import runbook
from forensics.findings import beside
from forensics.findings.questions.case import RECENT, Case, between
from forensics.findings.questions.changed import asked_of, changed
from forensics.findings.questions.mitigated import mitigated
from forensics.findings.questions.responded import responded
from forensics.findings.questions.started import started
from forensics.findings.questions.triggered import triggered
from forensics.model import Answer

__all__ = ["RECENT", "Case", "answers", "asked_of", "between"]


def answers(case: Case) -> list[Answer]:
    """Return the five answers in the runbook's order."""
    asked = {
        "started": started,
        "changed": changed,
        "triggered": triggered,
        "responded": responded,
        "mitigated": mitigated,
    }
    dated = beside.dated_errors(case.store, case.impact, case.measured.signals, case.ledger)
    innermost = beside.causes(case.store, case.impact, case.ledger)
    found = [asked[question](case, question, words) for question, words in runbook.load().questions]
    return [beside.told_too(answer, dated, innermost) for answer in found]
