"""What reads, runs and renders notebooks, loaded without what none of it needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_GRAMMAR = "rfc3987_syntax"


@contextmanager
def quickly() -> Iterator[None]:
    """Load nbformat inside without the grammar of international addresses, which jsonschema builds as it is loaded (two
    CPU seconds) and does without where it is not installed; no notebook's schema asks for it."""
    if _GRAMMAR in sys.modules:
        yield
        return
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # how Python says that there is no such module
    try:
        yield
    finally:
        del sys.modules[_GRAMMAR]
