"""What is blurred, what is left alone, and that one thing keeps one pseudonym."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from forensics.report.redaction import Redactor, rules
from forensics.store import Store

EXAMPLES = [pytest.param(b, a, id=f"{rule.name}: {a[:40]}") for rule in rules() for b, a in rule.examples]
REJECTS = [pytest.param(text, id=f"{rule.name}: {why}") for rule in rules() for text, why in rule.rejects]


@pytest.mark.parametrize(("before", "after"), EXAMPLES)
def test_example(before: str, after: str) -> None:
    """Every example of a rule becomes what it says."""
    assert Redactor(None)(before) == after


@pytest.mark.parametrize("text", REJECTS)
def test_reject(text: str) -> None:
    """What a rule rejects is left alone by all of them."""
    assert Redactor(None)(text) == text


def test_every_rule_shows_an_example() -> None:
    """No rule goes without a specimen of what it hides."""
    assert [rule.name for rule in rules() if not rule.examples] == []
