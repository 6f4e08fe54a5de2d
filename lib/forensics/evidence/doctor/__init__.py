"""The export doctor: what is wrong with a piece of evidence, what that leaves open, and how to collect it properly."""

from __future__ import annotations

from forensics.evidence.doctor.answers import answer, empty, html_page, unterminated
from forensics.evidence.doctor.examination import examine
from forensics.evidence.doctor.exports import LOSSES, advise
from forensics.evidence.doctor.losses import dropping, hear

__all__ = ["LOSSES", "advise", "answer", "dropping", "empty", "examine", "hear", "html_page", "unterminated"]
