"""Requests that ask for the health of the service, which no user sends: by their paths, as health_checks.toml declares."""

from __future__ import annotations

from datetime import datetime

from forensics import declarations
from forensics.store import Store

LEFT_OUT = "external requests other than health checks"
"""How a definition is called that does without them."""


def pattern() -> str:
    """Return what the path of such a request looks like."""
    return str(declarations.declared("analysis/health_checks.toml")["pattern"])


def beside_others(store: Store, view: str, start: datetime, end: datetime) -> bool:
    """Say whether external requests seen from one place ask for health, and others for something else."""
    checks, others = store.rows("health_checks_asked", view=view, checks=pattern(), start=start, end=end)[0]
    return bool(checks and others)
